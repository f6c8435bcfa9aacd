/**
 * Interrupt entry: which level takes an interrupt, what the save registers say, the new MSR (Book III 6.4.3 and 6.5;
 * the ultravisor's part by the ultravisor document and the open-source ultravisor's handlers).
 */
import type { FacilityRow } from '../isa/facilities';
import { type InterruptRow, VECTOR, interruptAt } from '../isa/interrupts';
import { MSR_BIT } from '../isa/registers';
import { SPRN, sprMask } from '../isa/sprs';

/** An interrupt that an instruction asks for. */
export interface InterruptRequest {
  readonly vector: number;
  /** Bits for SRR1 or HSRR1. */
  readonly status?: bigint;
  /** Registers that the interrupt sets, by number. */
  readonly registers?: readonly (readonly [number: number, value: bigint])[];
  /** LEV of a system call. */
  readonly lev?: number;
  /** Who takes it, where the row does not say. */
  readonly level?: Level;
  /** Distance of the handler from the row's vector in bytes: LEV of scv. */
  readonly offset?: number;
  /** The save register gets the address behind the instruction. */
  readonly afterInstruction?: boolean;
  /** The reason in words. */
  readonly detail: string;
}

export type Level = 'guest' | 'hypervisor' | 'ultravisor';

/** Status bits by the manual's numbers. */
const bit = (n: number): bigint => 1n << BigInt(63 - n);
const STATUS = {
  'tm bad thing': bit(42),
  'floating point': bit(43),
  // SRR0 is not the address of the instruction with the exception
  'late floating point': bit(43) | bit(47),
  illegal: bit(44),
  privileged: bit(45),
  trap: bit(46),
};
/** SRR1 bits that an interrupt sets by itself; the others are copies of MSR. */
const STATUS_BITS = [33, 34, 35, 36, 42, 43, 44, 45, 46, 47].reduce((mask, n) => mask | bit(n), 0n);

/** Hypervisor Emulation Assistance: HEIR gets the instruction. */
export function emulationAssistance(word: number, detail: string): InterruptRequest {
  return { vector: VECTOR.HEAI, registers: [[SPRN.HEIR, BigInt(word >>> 0)]], detail };
}

export function programInterrupt(kind: keyof typeof STATUS, detail: string): InterruptRequest {
  return { vector: VECTOR.PROG, status: STATUS[kind], detail };
}

/**
 * A facility is off. (Hypervisor) Facility Unavailable leaves the facility's number in the high byte of FSCR or HFSCR.
 *
 * @param status the value of that register before
 */
export function facilityUnavailable(row: FacilityRow, vector: number, status: bigint): InterruptRequest {
  const detail = `${row.doc} (${row.name}) is off`;
  const register = vector === VECTOR.FAC ? SPRN.FSCR : vector === VECTOR.HFAC ? SPRN.HFSCR : undefined;
  if (register === undefined) return { vector, detail };
  const cause = BigInt((register === SPRN.FSCR ? row.fscr : row.hfscr) ?? 0) << 56n;
  return { vector, registers: [[register, (status & ((1n << 56n) - 1n)) | cause]], detail };
}

export function alignmentInterrupt(ea: bigint): InterruptRequest {
  return {
    vector: VECTOR.ALIGN,
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
  return { vector: VECTOR.SC, status: BigInt(lev) << 20n, lev, afterInstruction: true, detail: `sc ${lev}` };
}

/** scv: each of the 128 levels has a handler of 32 bytes (Book I 3.3.2). */
export function systemCallVectored(field: number): InterruptRequest {
  const lev = field & 127;
  return { vector: VECTOR.SCV, offset: 32 * lev, afterInstruction: true, detail: `scv ${lev}` };
}

const LPCR = {
  ILE: sprMask('LPCR', 'ILE'),
  AIL: sprMask('LPCR', 'AIL'),
  HR: sprMask('LPCR', 'HR'),
  LPES: sprMask('LPCR', 'LPES'),
};
const HILE = sprMask('HID', 'HILE');
const SMFCTRL_E = sprMask('SMFCTRL', 'E');

/** LPCR.AIL: how far handlers are moved. Values 0 and 1 (reserved) move nothing. */
const ALTERNATE = [
  { ail: 2n, offset: 0x1_8000n, vectored: 0x1_f000n },
  { ail: 3n, offset: 0xc000_0000_0000_4000n, vectored: 0xc000_0000_0000_3000n },
] as const;

/** Registers on which an entry depends. */
export interface EntryContext {
  readonly msr: bigint;
  readonly cia: bigint;
  readonly lpcr: bigint;
  readonly hid: bigint;
  readonly smfctrl: bigint;
}

/** The level that takes an interrupt. */
export function levelOf(row: InterruptRow, request: InterruptRequest, context: EntryContext): Level {
  const { lev } = request;
  const secure = (context.msr & MSR_BIT.S) !== 0n;
  const above: Level = secure ? 'ultravisor' : 'hypervisor';
  if (request.level) return request.level;
  // LEV 2 is the ultravisor's from every state, and the hypervisor's without the facility. LEV 3 is reserved: it has the
  // bit of the ultravisor, so that less privileged software never sees it.
  if (lev !== undefined && lev >= 2) return (context.smfctrl & SMFCTRL_E) === 0n ? above : 'ultravisor';
  const system = row.level === 'system' || (row.level === 'LPES' && (context.lpcr & LPCR.LPES) !== 0n);
  if (lev === 1 || !system) return above;
  return (context.msr & MSR_BIT.HV) === 0n ? 'guest' : above;
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

/** Computes an interrupt entry. */
export function enter(request: InterruptRequest, context: EntryContext): EnteredState {
  const row = interruptAt(request.vector);
  const { msr } = context;
  const level = levelOf(row, request, context);
  const saves = row.level === 'LPES' && (context.lpcr & LPCR.LPES) === 0n ? 'HSRR' : row.saves;
  const alternate = alternateLocation(row, level, context);
  const base = BigInt(row.vector) + (alternate?.offset ?? 0n);
  const start = row.saves === 'LR, CTR' && alternate ? alternate.vectored : base;
  const resume = request.afterInstruction === true ? BigInt.asUintN(64, context.cia + 4n) : context.cia;
  const [save0, save1] = SAVE_REGISTERS[saves];
  return {
    level,
    row,
    nia: BigInt.asUintN(64, start + BigInt(request.offset ?? 0)),
    msr: newMsr(row, saves, level, context) | (alternate ? MSR_BIT.IR | MSR_BIT.DR : 0n),
    registers: [[save0, resume], [save1, (msr & ~STATUS_BITS) | (request.status ?? 0n)], ...(request.registers ?? [])],
  };
}

const SAVE_REGISTERS = {
  SRR: [SPRN.SRR0, SPRN.SRR1],
  HSRR: [SPRN.HSRR0, SPRN.HSRR1],
  'LR, CTR': [SPRN.LR, SPRN.CTR],
} as const satisfies Record<InterruptRow['saves'], readonly [number, number]>;

/** Transaction states in MSR.TS: an interrupt suspends a transaction. */
const TRANSACTIONAL = 1n << 34n;
const SUSPENDED = 1n << 33n;

/** MSR in the handler, relocation aside (Book III 6.5, "MSR setting due to interrupt"). All other bits become 0. */
function newMsr(row: InterruptRow, saves: InterruptRow['saves'], level: Level, context: EntryContext): bigint {
  const { msr } = context;
  const little = level === 'guest' ? (context.lpcr & LPCR.ILE) !== 0n : (context.hid & HILE) !== 0n;
  // What an interrupt with HSRR0/1 interrupts goes on with its SRR0/1: it stays recoverable. scv is a call.
  let kept = saves === 'SRR' ? 0n : MSR_BIT.RI;
  if (saves === 'LR, CTR') kept |= MSR_BIT.EE;
  if (row.vector !== VECTOR.MC) kept |= MSR_BIT.ME;
  const privilege =
    level === 'ultravisor' ? MSR_BIT.S | MSR_BIT.HV : level === 'hypervisor' ? MSR_BIT.HV : msr & MSR_BIT.S;
  const suspended = (msr & (TRANSACTIONAL | SUSPENDED)) === 0n ? 0n : SUSPENDED;
  return MSR_BIT.SF | (msr & kept) | privilege | (little ? MSR_BIT.LE : 0n) | suspended;
}

/**
 * Where LPCR.AIL moves the handler, with translation on; undefined where it is at the row's vector in real mode.
 *
 * Only what happens with both relocations on is moved; what takes a guest to the hypervisor only when the host uses
 * radix translation, since its tables are those of the hypervisor's process 0 then. The ultravisor's handlers are in real mode.
 */
function alternateLocation(
  row: InterruptRow,
  level: Level,
  { msr, lpcr }: EntryContext,
): (typeof ALTERNATE)[number] | undefined {
  const relocation = MSR_BIT.IR | MSR_BIT.DR;
  if (row.relocation === 'never' || level === 'ultravisor' || (msr & relocation) !== relocation) return undefined;
  const gainsHv = level === 'hypervisor' && (msr & MSR_BIT.HV) === 0n;
  if (gainsHv && (lpcr & LPCR.HR) === 0n) return undefined;
  const ail = (lpcr & LPCR.AIL) / (LPCR.AIL & -LPCR.AIL);
  return ALTERNATE.find((each) => each.ail === ail);
}
