/**
 * Interrupt entry: which level takes an interrupt, what the save registers say, the new MSR (Book III 6.4.3 and 6.5;
 * the ultravisor's part by the ultravisor document and the open-source ultravisor's handlers).
 */
import type { FacilityRow } from '../isa/facilities';
import { type InterruptRow, interruptAt } from '../isa/interrupts';
import { MSR_BIT } from '../isa/registers';
import { SPRN } from '../isa/sprs';

/** An interrupt that an instruction asks for. */
export interface InterruptRequest {
  readonly vector: number;
  /** Bits for SRR1 or HSRR1. */
  readonly status?: bigint;
  /** Registers that the interrupt sets, by number. */
  readonly registers?: readonly (readonly [number: number, value: bigint])[];
  /** LEV of a system call. */
  readonly lev?: number;
  /** The save register gets the address behind the instruction. */
  readonly afterInstruction?: boolean;
  /** The reason in words. */
  readonly detail: string;
}

export type Level = 'guest' | 'hypervisor' | 'ultravisor';

/** Status bits by the manual's numbers. */
const bit = (n: number): bigint => 1n << BigInt(63 - n);
const STATUS = {
  'floating point': bit(43),
  illegal: bit(44),
  privileged: bit(45),
  trap: bit(46),
};
/** SRR1 bits that an interrupt sets by itself; the others are copies of MSR. */
const STATUS_BITS = [33, 34, 35, 36, 42, 43, 44, 45, 46, 47].reduce((mask, n) => mask | bit(n), 0n);

/** Hypervisor Emulation Assistance: HEIR gets the instruction. */
export function emulationAssistance(word: number, detail: string): InterruptRequest {
  return { vector: 0xe40, registers: [[SPRN.HEIR, BigInt(word >>> 0)]], detail };
}

export function programInterrupt(
  kind: 'floating point' | 'illegal' | 'privileged' | 'trap',
  detail: string,
): InterruptRequest {
  return { vector: 0x700, status: STATUS[kind], detail };
}

/**
 * A facility is off. (Hypervisor) Facility Unavailable leaves the facility's number in the high byte of FSCR or HFSCR.
 *
 * @param status the value of that register before
 */
export function facilityUnavailable(row: FacilityRow, vector: number, status: bigint): InterruptRequest {
  const detail = `${row.doc} (${row.name}) is off`;
  const register = vector === 0xf60 ? SPRN.FSCR : vector === 0xf80 ? SPRN.HFSCR : undefined;
  if (register === undefined) return { vector, detail };
  const cause = BigInt((register === SPRN.FSCR ? row.fscr : row.hfscr) ?? 0) << 56n;
  return { vector, registers: [[register, (status & ((1n << 56n) - 1n)) | cause]], detail };
}

export function alignmentInterrupt(ea: bigint): InterruptRequest {
  return {
    vector: 0x600,
    registers: [[SPRN.DAR, ea]],
    detail: `the operand at 0x${ea.toString(16)} is not aligned, or the instruction needs big-endian mode`,
  };
}

/**
 * sc. SRR1 bits 42:43 hold LEV, by which the ultravisor tells an ultracall from a hypercall. The higher bits of the
 * field are reserved and ignored (Book I 2.6).
 */
export function systemCall(field: number): InterruptRequest {
  const lev = field & 3;
  return { vector: 0xc00, status: BigInt(lev) << 20n, lev, afterInstruction: true, detail: `sc ${lev}` };
}

/** The level that takes an interrupt. */
export function levelOf(row: InterruptRow, lev: number | undefined, msr: bigint, smfEnabled: boolean): Level {
  const secure = (msr & MSR_BIT.S) !== 0n;
  const above: Level = secure ? 'ultravisor' : 'hypervisor';
  // LEV 2 is the ultravisor's from every state, and the hypervisor's without the facility. LEV 3 is reserved: it has the
  // bit of the ultravisor, so that less privileged software never sees it.
  if (lev !== undefined && lev >= 2) return smfEnabled ? 'ultravisor' : above;
  if (lev === 1 || row.level === 'hypervisor') return above;
  return (msr & MSR_BIT.HV) === 0n ? 'guest' : above;
}

/** What an interrupt makes of the machine state. */
export interface EnteredState {
  readonly level: Level;
  readonly row: InterruptRow;
  readonly nia: bigint;
  readonly msr: bigint;
  /** Registers that are set, by number. */
  readonly registers: readonly (readonly [number: number, value: bigint])[];
}

/** Registers on which an entry depends. */
export interface EntryContext {
  readonly msr: bigint;
  readonly cia: bigint;
  /** LPCR.ILE and HID.HILE: byte order of the operating system's handlers, and of the hypervisor's and ultravisor's. */
  readonly guestLittleEndian: boolean;
  readonly hostLittleEndian: boolean;
  readonly smfEnabled: boolean;
}

/** Computes an interrupt entry. */
export function enter(request: InterruptRequest, context: EntryContext): EnteredState {
  const row = interruptAt(request.vector);
  const { msr } = context;
  const level = levelOf(row, request.lev, msr, context.smfEnabled);
  const littleEndian = level === 'guest' ? context.guestLittleEndian : context.hostLittleEndian;
  const kept = msr & (request.vector === 0x200 ? 0n : MSR_BIT.ME);
  const privilege =
    level === 'ultravisor' ? MSR_BIT.S | MSR_BIT.HV : level === 'hypervisor' ? MSR_BIT.HV : msr & MSR_BIT.S;
  const [save0, save1] = row.saves === 'SRR' ? [SPRN.SRR0, SPRN.SRR1] : [SPRN.HSRR0, SPRN.HSRR1];
  const resume = request.afterInstruction === true ? BigInt.asUintN(64, context.cia + 4n) : context.cia;
  return {
    level,
    row,
    nia: BigInt(row.vector),
    msr: MSR_BIT.SF | kept | privilege | (littleEndian ? MSR_BIT.LE : 0n),
    registers: [[save0, resume], [save1, (msr & ~STATUS_BITS) | (request.status ?? 0n)], ...(request.registers ?? [])],
  };
}
