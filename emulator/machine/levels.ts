/** The levels of software by MSR(S,HV,PR), and the state in which each actor begins. */

import type { Actor } from '../common/machine';

/** MSR bits by name (Power ISA 3.0B Book III 4.2.1; S from ultravisor.rst: bit 41). */
export const MSR = {
  SF: 1n << 63n,
  HV: 1n << 60n,
  S: 1n << 22n,
  PR: 1n << 14n,
  ME: 1n << 12n,
  RI: 1n << 1n,
} as const;
export const MSR_LE = 1n;

/** Special purpose registers that the machine itself uses. */
export const SPR = {
  SRR0: 26,
  SRR1: 27,
  HSRR0: 314,
  HSRR1: 315,
  LPCR: 318,
  LPIDR: 319,
  USRR0: 506,
  USRR1: 507,
  SMFCTRL: 511,
};

export const LEVEL_MSR = {
  /** Bits whose change is a change of level. */
  mask: MSR.S | MSR.HV | MSR.PR,
  /** LPCR at power-on: ILE (interrupts little-endian, bit 38), UPRT (bit 41), HR (bit 43): a radix host. */
  lpcr: (1n << 25n) | (1n << 22n) | (1n << 20n),
};

export type Level = 'guest' | 'hypervisor' | 'ultravisor';

/** Whose software runs with this MSR. */
export function levelOf(msr: bigint): Level {
  if ((msr & MSR.HV) === 0n) return 'guest';
  return (msr & MSR.S) === 0n ? 'hypervisor' : 'ultravisor';
}

/** The MSR in which an actor's software begins. */
export function actorMsr(actor: Actor, endian: 'little' | 'big'): bigint {
  const base = MSR.SF | MSR.ME | MSR.RI | (endian === 'little' ? MSR_LE : 0n);
  switch (actor.kind) {
    case 'guest':
      return actor.user ? base | MSR.PR : base;
    case 'hypervisor':
      return base | MSR.HV;
    case 'host user':
      return base | MSR.HV | MSR.PR;
    case 'ultravisor':
      return base | MSR.HV | MSR.S;
  }
}

/** The privilege state in the words of ultravisor.rst. */
export function privilegeName(msr: bigint): string {
  const secure = (msr & MSR.S) !== 0n;
  const problem = (msr & MSR.PR) !== 0n;
  if ((msr & MSR.HV) !== 0n) {
    if (problem) return secure ? 'reserved' : 'problem (host)';
    return secure ? 'ultravisor' : 'hypervisor';
  }
  return `${secure ? 'secure ' : ''}${problem ? 'problem' : 'privileged'}`;
}
