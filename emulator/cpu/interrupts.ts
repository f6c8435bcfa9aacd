/** How a CPU thread comes to an interrupt: what generated code left for, and the entry. */
import { INTERRUPT_CAUSES, PRIVILEGE_RANK } from '../isa/causes';
import { type InterruptRow, VECTOR } from '../isa/interrupts';
import { MSR_BIT } from '../isa/registers';
import { SPRN, sprMask } from '../isa/sprs';
import { rowOf } from '../isa/table';
import {
  type InterruptRequest,
  type Level,
  alignmentInterrupt,
  emulationAssistance,
  enter,
  programInterrupt,
  systemCall,
  systemCallVectored,
} from './entry';
import { CpuServices } from './services';
import * as state from './state';

/**
 * Interrupts in a row that lead nowhere, until they count as endless. Where nothing but the handler's first instructions
 * came between, a few are enough: more than there are levels of interrupts that can come before a handler's first
 * instruction. Where a handler branched, or returned to what failed again, memory may still have changed: that must go
 * on for long.
 */
const STUCK_ENTRIES = 100_000n;
const STRAIGHT_WEIGHT = 6_250n;
/** Instructions of a handler, without a branch among them, that are looked at for coming to the same end again. */
const LONGEST_WAY = 64;
/** Instructions between two interrupts of a row. */
const LONGEST_ROUND = 1_000;
/** Interrupts by what an instruction does: the same state gives the same one again. Calls and events are others. */
const FAULTS: ReadonlySet<number> = new Set([
  ...[VECTOR.DSI, VECTOR.DSegI, VECTOR.ISI, VECTOR.ISegI, VECTOR.ALIGN, VECTOR.PROG, VECTOR.FPU, VECTOR.HDSI],
  ...[VECTOR.HISI, VECTOR.HEAI, VECTOR.VEC, VECTOR.VSX, VECTOR.FAC, VECTOR.HFAC],
]);
const EVIRT = sprMask('LPCR', 'EVIRT');

/** DSISR: an atomic instruction's function code is invalid; a cache-inhibited access is not in real mode. */
const DSISR_ATOMIC_FUNCTION = sprMask('DSISR', 'ATOMIC');
const DSISR_CACHE_INHIBITED = sprMask('DSISR', 'INHIBITED');

/** A Data Storage interrupt for what the instruction itself is, not for its translation. */
function refusedAccess(ea: bigint, dsisr: bigint, detail: string): InterruptRequest {
  const registers = [[SPRN.DAR, ea] as const, [SPRN.DSISR, dsisr] as const];
  return { vector: VECTOR.DSI, registers, detail };
}

/** An interrupt that the CPU has entered. */
export interface Interrupt {
  readonly vector: number;
  readonly row: InterruptRow;
  /** Effective address of the interrupted instruction. */
  readonly cia: bigint;
  /** MSR before. */
  readonly from: bigint;
  /** Who takes it. */
  readonly level: Level;
  /** LEV of a system call. */
  readonly lev: number | undefined;
  /** The reason in words. */
  readonly detail: string;
}

/** Registers, memory, services and interrupts; `Cpu` adds execution. */
export abstract class CpuInterrupts extends CpuServices {
  /** An address as the program meant it: in 32-bit mode the high word does not count (Book I 1.10.3). */
  private effective(address: bigint): bigint {
    return (this.msr & MSR_BIT.SF) === 0n ? BigInt.asUintN(32, address) : address;
  }

  /** The interrupt that generated code left for. */
  protected requested(): InterruptRequest {
    const word = this.view.getUint32(state.CAUSE_WORD, true);
    const fromHost = this.pending;
    this.pending = undefined;
    if (fromHost) return fromHost(word);
    const info = this.view.getBigUint64(state.CAUSE_INFO, true);
    const hex = `0x${word.toString(16).padStart(8, '0')}`;
    switch (this.view.getInt32(state.CAUSE, true)) {
      case INTERRUPT_CAUSES['system-call']:
        return systemCall(Number(info));
      case INTERRUPT_CAUSES['system-call-vectored']:
        return systemCallVectored(Number(info));
      case INTERRUPT_CAUSES.trap:
        return programInterrupt('trap', `${rowOf(word)?.name ?? 'trap'} trapped`);
      case INTERRUPT_CAUSES.alignment:
        return alignmentInterrupt(this.effective(info));
      case INTERRUPT_CAUSES['atomic-function']:
        return refusedAccess(
          this.effective(info),
          DSISR_ATOMIC_FUNCTION,
          'the atomic instruction has no such function',
        );
      case INTERRUPT_CAUSES['cache-inhibited']:
        return refusedAccess(this.effective(info), DSISR_CACHE_INHIBITED, 'an access past the caches needs MSR.DR = 0');
      case INTERRUPT_CAUSES['tm-bad-thing']:
        return programInterrupt('tm bad thing', 'there are no transactions to go to or to come from');
      case INTERRUPT_CAUSES.facility:
        return this.facilityRequest(Number(info));
      case INTERRUPT_CAUSES.privileged:
        return this.privilegedInstruction(word, Number(info));
      default:
        return emulationAssistance(word, `${hex} is not an instruction of this machine`);
    }
  }

  /** Problem state and, without LPCR.EVIRT, the operating system get a Program interrupt (Book III 6.5.9, 6.5.26). */
  private privilegedInstruction(word: number, neededRank: number): InterruptRequest {
    const rank = this.view.getInt32(state.PRIVILEGE, true);
    const needed = Object.entries(PRIVILEGE_RANK).find(([, value]) => value === neededRank)?.[0] ?? 'more privilege';
    const detail = `${rowOf(word)?.name ?? 'the instruction'} needs ${needed} state`;
    const assisted = neededRank === PRIVILEGE_RANK.ultravisor || (this.loadSpr(SPRN.LPCR) & EVIRT) !== 0n;
    if (rank === PRIVILEGE_RANK.problem || !assisted) return programInterrupt('privileged', detail);
    return emulationAssistance(word, detail);
  }

  protected enterInterrupt(request: InterruptRequest): Interrupt {
    const { msr: from, nia: cia } = this;
    const entered = enter(request, {
      msr: from,
      cia,
      lpcr: this.loadSpr(SPRN.LPCR),
      hid: this.loadSpr(SPRN.HID),
      smfctrl: this.loadSpr(SPRN.SMFCTRL),
    });
    for (const [number, value] of entered.registers) this.storeSpr(number, value);
    this.nia = entered.nia;
    this.msr = entered.msr;
    this.countEntry(cia, entered.row.vector);
    const { row, level } = entered;
    return { vector: row.vector, row, cia, from, level, lev: request.lev, detail: request.detail };
  }

  /**
   * Counts interrupts that lead nowhere: at the first instruction of a handler, behind some instructions of it that led
   * straight to the same place with the same registers as the time before, or at such a place by another short way. The
   * interrupted instruction has been counted.
   */
  private countEntry(cia: bigint, vector: number): void {
    const { entered, entries, handler, interrupted } = state.SLOT;
    const at = state.SPR + 8 * entered;
    const completed = this.count - this.view.getFloat64(at, true) - 1;
    const near = completed >= 0 && completed < LONGEST_ROUND;
    const straight = near && completed < LONGEST_WAY && this.loadSpr(handler) + BigInt(4 * completed) === cia;
    const hash = straight || (near && FAULTS.has(vector)) ? this.hashOfRegisters(cia, vector) : 0n;
    const same = hash !== 0n && this.loadSpr(interrupted) === hash;
    const weight = straight && (completed === 0 || same) ? STRAIGHT_WEIGHT : same ? 1n : undefined;
    this.view.setFloat64(at, this.count, true);
    this.storeSpr(entries, weight === undefined ? 0n : this.loadSpr(entries) + weight);
    this.storeSpr(handler, this.nia);
    this.storeSpr(interrupted, hash);
  }

  /** A number that tells states of the general registers apart. */
  private hashOfRegisters(cia: bigint, vector: number): bigint {
    let [a, b] = [vector, Number(BigInt.asUintN(32, cia))];
    const mix = (word: number): void => {
      a = Math.imul(a ^ word, 0x01000193);
      b = Math.imul(b + word, 0x85ebca6b) ^ (a >>> 13);
    };
    for (let offset = state.GPR; offset < state.NIA; offset += 4) mix(this.view.getInt32(offset, true));
    for (const number of [SPRN.LR, SPRN.CTR]) {
      mix(this.view.getInt32(state.SPR + 8 * number, true));
      mix(this.view.getInt32(state.SPR + 8 * number + 4, true));
    }
    return (BigInt(a >>> 0) << 32n) | BigInt(b >>> 0);
  }

  /** Interrupts of which none came to execute an instruction: so many only where none ever will. */
  protected get stuck(): boolean {
    return this.loadSpr(state.SLOT.entries) >= STUCK_ENTRIES;
  }
}
