/**
 * The debug facilities: tracing of instructions by MSR.TE, the instruction breakpoint CIABR and the data watchpoint
 * DAWR0 (Book III 6.5.15, 10.2 to 10.4).
 *
 * While SMFCTRL.D is 0 the hypervisor has the debug registers, but they never match in secure state (ultravisor.rst).
 */
import { VECTOR } from '../isa/interrupts';
import type { Stmt } from '../isa/ir';
import { MSR_BIT } from '../isa/registers';
import { SPRN, sprMask } from '../isa/sprs';
import { rowOf } from '../isa/table';
import type { InterruptRequest } from './entry';

const bit = (n: number): bigint => 1n << BigInt(63 - n);
/** MSR.TE: 10 traces every instruction, 01 branches. */
const TRACE_ALL = bit(53);
const TRACE_BRANCHES = bit(54);
/** Both in the low word of MSR. */
export const TRACING = Number(TRACE_ALL | TRACE_BRANCHES);
/** SRR1: the trace was asked for by MSR; the instruction loads, stores; CIABR matched. */
const STATUS = { traced: bit(33), load: bit(35), store: bit(36), address: bit(43) };

const SMFCTRL_D = sprMask('SMFCTRL', 'D');

/** Registers on which the facilities depend. */
export interface DebugState {
  readonly msr: bigint;
  readonly smfctrl: bigint;
}

/** Whether debug registers can match at all: not in secure state unless they are the ultravisor's. */
function usable({ msr, smfctrl }: DebugState): boolean {
  return (msr & MSR_BIT.S) === 0n || (smfctrl & SMFCTRL_D) !== 0n;
}

function privilege(msr: bigint): 'problem' | 'privileged' | 'hypervisor' {
  if ((msr & MSR_BIT.PR) !== 0n) return 'problem';
  return (msr & MSR_BIT.HV) === 0n ? 'privileged' : 'hypervisor';
}

/** CIABR bits 62:63: the state in which it matches; 0 never. */
const CIABR_PRIVILEGE = [undefined, 'problem', 'privileged', 'hypervisor'] as const;

/** Address at which CIABR could match in some state, or undefined while it is off. */
export function ciabrAddress(ciabr: bigint): bigint | undefined {
  return (ciabr & 3n) === 0n ? undefined : ciabr & ~3n;
}

function ciabrMatches(ciabr: bigint, cia: bigint, state: DebugState): boolean {
  return usable(state) && ciabrAddress(ciabr) === cia && CIABR_PRIVILEGE[Number(ciabr & 3n)] === privilege(state.msr);
}

/** What tracing must know of an instruction. */
interface Traits {
  /** Returns from interrupts, and what stops the thread, are not traced. */
  readonly traceable: boolean;
  readonly branch: boolean;
  readonly status: bigint;
}

const traitsByRow = new Map<readonly Stmt[], Traits>();

function traitsOf(program: readonly Stmt[]): Traits {
  const known = traitsByRow.get(program);
  if (known) return known;
  const statements: Stmt[] = [];
  const visit = (list: readonly Stmt[]): void => {
    for (const stmt of list) {
      statements.push(stmt);
      if (stmt.k === 'if') [stmt.then, stmt.else].forEach(visit);
      else if (stmt.k === 'while') visit(stmt.body);
    }
  };
  visit(program);
  const has = (kind: Stmt['k']): boolean => statements.some(({ k }) => k === kind);
  const returns = statements.some((stmt) => stmt.k === 'set-msr' && stmt.nia !== undefined);
  const stops = statements.some((stmt) => stmt.k === 'system' && (stmt.op === 'stop' || stmt.op === 'wait'));
  const traits = {
    traceable: !returns && !stops,
    branch: has('set-nia'),
    status: (has('load') ? STATUS.load : 0n) | (has('store') ? STATUS.store : 0n),
  };
  traitsByRow.set(program, traits);
  return traits;
}

/**
 * The Trace interrupt behind an instruction that was completed, or undefined.
 *
 * @param state before the instruction
 */
export function traceInterrupt(
  word: number,
  cia: bigint,
  ciabr: bigint,
  state: DebugState,
): InterruptRequest | undefined {
  const row = rowOf(word);
  const traits = row && traitsOf(row.program);
  if (!row || traits?.traceable !== true) return undefined;
  const asked = (state.msr & TRACE_ALL) !== 0n || ((state.msr & TRACE_BRANCHES) !== 0n && traits.branch);
  const matched = ciabrMatches(ciabr, cia, state);
  if (!asked && !matched) return undefined;
  const status = traits.status | (asked ? STATUS.traced : 0n) | (matched ? STATUS.address : 0n);
  const why = matched ? 'CIABR names it' : 'MSR.TE asks for it';
  const detail = `${row.name} at 0x${cia.toString(16)} was completed, and ${why}`;
  return { vector: VECTOR.TRACE, status, registers: [[SPRN.SIAR, cia]], detail };
}

// -- DAWR0 --------------------------------------------------------------------------------------------------------

/** Fields of DAWRX0, in its 32 bits. */
const DAWRX = { write: 1n << 6n, read: 1n << 5n, translated: 1n << 4n, anyTranslation: 1n << 3n };
/** Bits of DAWRX0 without which nothing matches, as a number. */
export const DAWRX_ACCESS = Number(DAWRX.write | DAWRX.read);
const DAWRX_PRIVILEGE = { problem: 1n, privileged: 2n, hypervisor: 4n };
const DSISR_WATCHPOINT = bit(41);
const DSISR_STORE = bit(38);

/** Addresses that DAWR0 watches: a number of doublewords within 512 bytes. */
export function watchedRange(dawr: bigint, dawrx: bigint): { readonly start: bigint; readonly end: bigint } {
  const start = dawr & ~7n;
  const end = start + 8n * (((dawrx >> 10n) & 63n) + 1n);
  const limit = (start | 511n) + 1n;
  return { start, end: end < limit ? end : limit };
}

/** The Data Storage interrupt of an access that DAWR0 watches, or undefined. It comes before anything is stored. */
export function watchpointInterrupt(
  access: { readonly ea: bigint; readonly size: number; readonly kind: 'load' | 'store' },
  registers: { readonly dawr: bigint; readonly dawrx: bigint },
  state: DebugState,
): InterruptRequest | undefined {
  const { dawr, dawrx } = registers;
  const { start, end } = watchedRange(dawr, dawrx);
  const { ea, size, kind } = access;
  if (ea >= end || ea + BigInt(size) <= start || !usable(state)) return undefined;
  if ((dawrx & (kind === 'load' ? DAWRX.read : DAWRX.write)) === 0n) return undefined;
  if ((dawrx & DAWRX_PRIVILEGE[privilege(state.msr)]) === 0n) return undefined;
  const translated = (state.msr & MSR_BIT.DR) !== 0n;
  if ((dawrx & DAWRX.anyTranslation) === 0n && ((dawrx & DAWRX.translated) !== 0n) !== translated) return undefined;
  const at = ea > start ? ea : start;
  const dsisr = DSISR_WATCHPOINT | (kind === 'store' ? DSISR_STORE : 0n);
  const detail = `${kind} at 0x${at.toString(16)}, which DAWR0 watches`;
  return {
    vector: VECTOR.DSI,
    registers: [
      [SPRN.DAR, at],
      [SPRN.DSISR, dsisr],
    ],
    detail,
  };
}
