/**
 * MTSPR and MFSPR: who may use which register, and what an attempt by others raises (Book III 4.4.4).
 *
 * Problem state: a privileged register number (bit 0x10) gives a privileged Program interrupt, another one Hypervisor
 * Emulation Assistance. The operating system: a hypervisor register is no operation unless LPCR.EVIRT is 1. Ultravisor
 * registers below the ultravisor, and the debug registers while SMFCTRL.D is 1, give Hypervisor Emulation Assistance
 * (ultravisor.rst, Hardware).
 */
import { PRIVILEGE_RANK } from '../isa/causes';
import type { FacilityName } from '../isa/facilities';
import type { Privilege } from '../isa/ir';
import { type SprRow, SPRN, SPRS, sprByNumber } from '../isa/sprs';
import * as state from './state';

const PRIVILEGES: readonly Privilege[] = ['problem', 'privileged', 'hypervisor', 'ultravisor'];

/** Outcome of the check: the row to access, nothing to do, or an interrupt. */
export type SprDecision =
  | { readonly kind: 'access'; readonly row: SprRow }
  /** A facility is off; the performance monitor may be so for problem state only. */
  | { readonly kind: 'facility'; readonly name: FacilityName }
  | { readonly kind: 'monitor' }
  | { readonly kind: 'no operation' }
  | { readonly kind: 'privileged'; readonly detail: string }
  | { readonly kind: 'emulation assistance'; readonly detail: string };

/** Facts on which the decision depends. */
export interface SprContext {
  readonly rank: number;
  /** LPCR.EVIRT */
  readonly evirt: boolean;
  /** SMFCTRL.D */
  readonly debugRestricted: boolean;
  /** MMCR0.PMCC */
  readonly pmcc: number;
  readonly isOff: (facility: FacilityName) => boolean;
}

/** Register numbers that do nothing in every state (Book III 4.4.4). */
const NO_OPERATION = [808, 809, 810, 811];
/** Register numbers that stay illegal where others are no operation. */
const ILLEGAL_READ = [0, 4, 5, 6];
const ILLEGAL_WRITE = [0];

/** The state may use the register: are its facility, and the monitor in problem state, on? */
function facilityDecision(row: SprRow, write: boolean, context: SprContext): SprDecision {
  if (row.facility !== undefined && context.isOff(row.facility)) return { kind: 'facility', name: row.facility };
  if (row.monitor === undefined || context.rank !== PRIVILEGE_RANK.problem) return { kind: 'access', row };
  // MMCR0.PMCC (Book III 9.4.4): 0 reads only, 1 nothing, 2 all, 3 all but counters 5 and 6.
  if (context.pmcc === 1 || (context.pmcc === 3 && row.monitor === 'counter 5 or 6')) return { kind: 'monitor' };
  if (!write || context.pmcc !== 0) return { kind: 'access', row };
  return { kind: 'emulation assistance', detail: `write of ${row.name} with MMCR0.PMCC = 0` };
}

/**
 * The bits of a register that a state reaches.
 *
 * @param load gives the value of a register
 */
export function reachOf(
  row: SprRow,
  write: boolean,
  rank: number,
  load: (number: number) => bigint,
): bigint | undefined {
  const privilege = PRIVILEGES[rank];
  const limit = privilege && row.reach[privilege];
  if (typeof limit !== 'string') return limit;
  return write ? load(SPRN[limit]) : undefined;
}

/** Decides an access of software. */
export function decideSprAccess(number: number, write: boolean, context: SprContext): SprDecision {
  const row = sprByNumber(number);
  const needed = row && (write ? row.write : row.read);
  const verb = write ? 'write' : 'read';
  const name = row?.name ?? `SPR ${number}`;
  if (row && needed !== undefined) {
    const rank = row.debug && context.debugRestricted ? PRIVILEGE_RANK.ultravisor : PRIVILEGE_RANK[needed];
    if (context.rank >= rank) return facilityDecision(row, write, context);
    if (context.rank > PRIVILEGE_RANK.problem) {
      const detail = `${verb} of ${name}, which is the ${rank === PRIVILEGE_RANK.ultravisor ? 'ultravisor' : 'hypervisor'}'s`;
      if (rank === PRIVILEGE_RANK.ultravisor || context.evirt) return { kind: 'emulation assistance', detail };
      return { kind: 'no operation' };
    }
  }
  if (NO_OPERATION.includes(number)) return { kind: 'no operation' };
  if (context.rank === PRIVILEGE_RANK.problem) {
    const detail = `${verb} of ${name} in problem state`;
    return (number & 0x10) !== 0 ? { kind: 'privileged', detail } : { kind: 'emulation assistance', detail };
  }
  const illegal = (write ? ILLEGAL_WRITE : ILLEGAL_READ).includes(number);
  if (illegal || (context.evirt && context.rank === PRIVILEGE_RANK.privileged)) {
    return { kind: 'emulation assistance', detail: `${verb} of ${name}, which the machine does not have` };
  }
  return { kind: 'no operation' };
}

/** Registers whose writing changes how the machine translates or executes. */
const CONTROLLING: readonly number[] = [
  SPRN.HRMOR,
  SPRN.URMOR,
  SPRN.LPCR,
  SPRN.LPIDR,
  SPRN.PIDR,
  SPRN.PTCR,
  SPRN.AMR,
  SPRN.IAMR,
  SPRN.SMFCTRL,
  SPRN.CIABR,
  SPRN.DAWR0,
  SPRN.DAWRX0,
  SPRN.FSCR,
  SPRN.HFSCR,
];

/** Whether writing this register changes translation or execution. */
export function isControlling(number: number): boolean {
  return CONTROLLING.includes(number);
}

/**
 * Registers whose writing may let an interrupt in or make one, or on which fetches depend: the host looks at the state behind
 * the instruction, and the next one is fetched anew.
 */
const ATTENDED: readonly number[] = [
  SPRN.DEC,
  SPRN.HDEC,
  SPRN.LPCR,
  SPRN.DPDES,
  SPRN.DHDES,
  SPRN.HMER,
  SPRN.HMEER,
  SPRN.MMCR0,
  SPRN.CIABR,
  SPRN.PIDR,
  SPRN.LPIDR,
  SPRN.IAMR,
  SPRN.PTCR,
  SPRN.HRMOR,
  SPRN.URMOR,
];

/** Whether the host must look at the state after a write. */
export function isAttended(number: number): boolean {
  return ATTENDED.includes(number);
}

/** Fills the table by which generated code decides whether it may access a register by itself. */
export function fillSprAccess(u8: Uint8Array): void {
  u8.fill(state.SPR_ACCESS_HOST, state.SPR_ACCESS, state.SPR_ACCESS + 4 * 2048);
  for (const row of SPRS) {
    if (row.time || row.debug || row.facility !== undefined || row.storage !== row.number) continue;
    for (let rank = 0; rank < 4; rank++) {
      const at = state.SPR_ACCESS + 2048 * rank + row.number;
      if (row.read !== undefined && rank >= PRIVILEGE_RANK[row.read]) u8[at] = state.SPR_ACCESS_PLAIN;
      const plainWrite =
        row.bits === 64 && Object.keys(row.reach).length === 0 && !isControlling(row.number) && !isAttended(row.number);
      if (plainWrite && row.write !== undefined && rank >= PRIVILEGE_RANK[row.write]) {
        u8[at + 1024] = state.SPR_ACCESS_PLAIN;
      }
    }
  }
}
