/** Why an instruction raises an interrupt: the rows' side of the interrupts table (interrupts.ts maps them to vectors). */

/** Causes by name, with the number that generated code leaves for the host. */
export const INTERRUPT_CAUSES = {
  /** Not an instruction of this machine: Hypervisor Emulation Assistance (Book III 6.5.26 of 3.0B). */
  illegal: 1,
  /** Needs more privilege than the state has; the needed rank (PRIVILEGE_RANK) is the information. */
  privileged: 2,
  trap: 3,
  /** The information is LEV. */
  'system-call': 4,
  /** The information is the effective address. */
  alignment: 5,
  /** The information is the facility's number in facilities.ts. */
  facility: 6,
  /** scv; the information is LEV. */
  'system-call-vectored': 7,
  /** A function code that the atomic instruction does not have; the effective address. */
  'atomic-function': 8,
  /** Caching inhibited access with translation on; the effective address. */
  'cache-inhibited': 9,
  /** A transition of the transaction state that must not be. */
  'tm-bad-thing': 10,
} as const;

export type InterruptCause = keyof typeof INTERRUPT_CAUSES;

/** Privileges in their order: each may do what the ones before it may. */
export const PRIVILEGE_RANK = { problem: 0, privileged: 1, hypervisor: 2, ultravisor: 3 } as const;
