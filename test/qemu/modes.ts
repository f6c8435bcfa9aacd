/** The states of the machine in which cases are compared, and what QEMU offers for each. */
import { MSR_BIT } from '../../emulator/isa/registers';

export type PrivilegeMode = 'problem' | 'supervisor' | 'hypervisor';

export interface Mode {
  readonly name: string;
  /** problem: qemu-ppc64 and qemu-ppc64le; supervisor: qemu-system-ppc64, pseries; hypervisor: the same, powernv9. */
  readonly privilege: PrivilegeMode;
  readonly littleEndian: boolean;
  /** MSR with all facilities. */
  readonly msr: bigint;
  /** Special purpose registers that cases have besides XER, LR, CTR, VRSAVE, TAR: numbers, in the order of the record. */
  readonly sprs: readonly number[];
  /** Part of the cases of a run. */
  readonly share: number;
}

// prettier-ignore
export const SPR_NUMBERS = {
  DSISR: 18, DAR: 19, SRR0: 26, SRR1: 27, SPRG1: 273, SPRG2: 274, SPRG3: 275,
  HSPRG0: 304, HSPRG1: 305, HDSISR: 306, HDAR: 307, HSRR0: 314, HSRR1: 315,
} as const;
const { DSISR, DAR, SRR0, SRR1, SPRG1, SPRG2, SPRG3, HSPRG0, HSPRG1, HDSISR, HDAR, HSRR0, HSRR1 } = SPR_NUMBERS;
const SUPERVISOR = [SRR0, SRR1, DAR, DSISR, SPRG1, SPRG2, SPRG3];
const HYPERVISOR = [...SUPERVISOR, HSRR0, HSRR1, HSPRG0, HSPRG1, HDAR, HDSISR];
const SPRS: Readonly<Record<PrivilegeMode, readonly number[]>> = {
  problem: [],
  supervisor: SUPERVISOR,
  hypervisor: HYPERVISOR,
};

function mode(privilege: PrivilegeMode, littleEndian: boolean, share: number): Mode {
  const { SF, HV, PR, FP, VEC, VSX, FE0, FE1, ME, RI, LE } = MSR_BIT;
  const state = { problem: PR, supervisor: ME | RI, hypervisor: HV | ME | RI }[privilege];
  const msr = SF | FP | VEC | VSX | FE0 | FE1 | state | (littleEndian ? LE : 0n);
  const name = `${privilege} state, ${littleEndian ? 'little' : 'big'}-endian`;
  return { name, privilege, littleEndian, msr, sprs: SPRS[privilege], share };
}

export const PROBLEM_LITTLE = mode('problem', true, 0.35);
export const MODES: readonly Mode[] = [
  PROBLEM_LITTLE,
  mode('problem', false, 0.25),
  mode('supervisor', true, 0.1),
  mode('supervisor', false, 0.1),
  mode('hypervisor', true, 0.1),
  mode('hypervisor', false, 0.1),
];
