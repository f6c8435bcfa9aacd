/** The levels of software by MSR(S,HV,PR), and the state in which each actor begins. */

import type { Actor } from '../common/machine';
import { MSR_BIT as MSR } from '../isa/registers';
import { sprMask } from '../isa/sprs';

/** Problem state always has external interrupts and translation on (Book III 4.2.1: EE, IR and DR when PR is set). */
export const PROBLEM_STATE = MSR.PR | MSR.EE | MSR.IR | MSR.DR;

export const LEVEL_MSR = {
  /** Bits whose change is a change of level. */
  mask: MSR.S | MSR.HV | MSR.PR,
  problem: MSR.PR,
  /** HILE: the hypervisor and the ultravisor take interrupts little-endian (POWER9). */
  hid: sprMask('HID', 'HILE'),
  /**
   * LPCR at power-on: little-endian interrupts, process tables, a radix host, guests that invalidate their translations
   * themselves (as KVM lets them), a decrementer that takes long.
   */
  lpcr:
    sprMask('LPCR', 'ILE') |
    sprMask('LPCR', 'UPRT') |
    sprMask('LPCR', 'HR') |
    sprMask('LPCR', 'GTSE') |
    sprMask('LPCR', 'LD'),
};

export type Level = 'guest' | 'hypervisor' | 'ultravisor';

/** Whose software runs with this MSR. */
export function levelOf(msr: bigint): Level {
  if ((msr & MSR.HV) === 0n) return 'guest';
  return (msr & MSR.S) === 0n ? 'hypervisor' : 'ultravisor';
}

/** The MSR in which an actor's software begins. */
export function actorMsr(actor: Actor, endian: 'little' | 'big'): bigint {
  // Floating point and vectors are on, as an operating system leaves them to a program that uses them.
  const facilities = MSR.FP | MSR.VEC | MSR.VSX;
  const base = MSR.SF | facilities | MSR.ME | MSR.RI | (endian === 'little' ? MSR.LE : 0n);
  switch (actor.kind) {
    case 'guest':
      return actor.user ? base | PROBLEM_STATE : base;
    case 'hypervisor':
      return base | MSR.HV;
    case 'host user':
      return base | MSR.HV | PROBLEM_STATE;
    case 'ultravisor':
      return base | MSR.HV | MSR.S;
  }
}
