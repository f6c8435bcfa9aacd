/**
 * The register file of a CPU thread, in the memory that it shares with generated code: whole registers, registers by
 * name, and the state as plain data.
 */
import type { RegisterRow } from '../isa/registers';
import { FPSCR, RESERVATION, VSCR } from '../isa/semantics';
import { type SprRow, type Way, SPRN, SPRS, sprByNumber, sprMask } from '../isa/sprs';
import type { PhysicalMemory } from '../memory/physical';
import { readReference, registerNamed, writeReference } from './registers-view';
import { isControlling } from './spr-access';
import * as state from './state';
import { LARGE_BITS, SMALL_BITS, type TimerBits, timerValue, timerZero } from './timers';

const LARGE_DECREMENTER = sprMask('LPCR', 'LD');

/** A register's value for display. */
export interface RegisterValue {
  readonly name: string;
  readonly value: bigint;
  readonly bits: number;
}

/** The registers of a partition, as bytes. */
export interface CpuContext {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The whole state of a CPU, as bytes and the instruction count. */
export interface CpuState {
  readonly core: Uint8Array<ArrayBuffer>;
  readonly vsrs: Uint8Array<ArrayBuffer>;
  readonly sprs: Uint8Array<ArrayBuffer>;
  readonly instructions: number;
  /** Registers of the core's other threads. */
  readonly threads?: readonly Uint8Array<ArrayBuffer>[];
}

/** Slots of a partition's registers: its SPRs, and those without a number. */
const contextSlots: readonly number[] = [
  ...SPRS.filter((row) => row.owner === 'partition' && row.storage === row.number).map((row) => row.number),
  FPSCR,
  VSCR,
];
/** Where they begin in the bytes of a context. */
const CONTEXT_SPRS = state.CORE_BYTES + state.VSR_BYTES;

/** What a write through one of its numbers makes of a register. */
function written(way: Way | undefined, old: bigint, value: bigint): bigint {
  switch (way) {
    case undefined:
      return value;
    case 'high':
      return (old & 0xffff_ffffn) | (value << 32n);
    case 'set':
      return old | value;
    case 'set high':
      return old | (value << 32n);
    case 'reset':
      return old & ~value;
    case 'reset high':
      return old & ~(value << 32n);
  }
}

/** Registers of the tables that are no part of a file, and the properties that hold them. */
const ALONE: ReadonlyMap<string, 'cr' | 'nia' | 'msr' | 'fpscr' | 'vscr'> = new Map([
  ['CR', 'cr'],
  ['NIA', 'nia'],
  ['MSR', 'msr'],
  ['FPSCR', 'fpscr'],
  ['VSCR', 'vscr'],
]);

/** File and number of a register like r3, cr0, f31, v2 or vs63. */
function inFile(row: RegisterRow): { readonly file: string; readonly n: number } {
  const [, file = '', n] = /^([a-z]+)(\d+)$/.exec(row.name) ?? [];
  return { file, n: Number(n) };
}

/** Registers and state; `Cpu` adds execution. */
export abstract class CpuRegisters {
  protected readonly view: DataView<ArrayBuffer>;
  protected readonly u8: Uint8Array<ArrayBuffer>;
  protected count = 0;

  constructor(readonly memory: PhysicalMemory) {
    this.u8 = memory.u8;
    this.view = new DataView(memory.memory.buffer);
  }

  /** Forgets all translations. */
  abstract flushTlb(): void;
  /** A register that changes how the machine translates or executes was written. */
  protected abstract controlChanged(number: number): void;
  /** Registers were replaced as a whole. */
  protected abstract stateReplaced(): void;

  /** General purpose register n (0 to 31), unsigned. */
  gpr(n: number): bigint {
    return this.view.getBigUint64(state.GPR + 8 * (n & 31), true);
  }
  setGpr(n: number, value: bigint): void {
    this.view.setBigUint64(state.GPR + 8 * (n & 31), BigInt.asUintN(64, value), true);
  }
  /** Address of the next instruction. */
  get nia(): bigint {
    return this.view.getBigUint64(state.NIA, true);
  }
  set nia(value: bigint) {
    this.view.setBigUint64(state.NIA, BigInt.asUintN(64, value) & ~3n, true);
  }
  get msr(): bigint {
    return this.view.getBigUint64(state.MSR, true);
  }
  set msr(value: bigint) {
    this.view.setBigUint64(state.MSR, BigInt.asUintN(64, value), true);
  }
  get cr(): bigint {
    let value = 0n;
    for (let field = 0; field < 8; field++) value = (value << 4n) | BigInt(this.u8[state.CR + field] ?? 0);
    return value;
  }
  set cr(value: bigint) {
    for (let field = 0; field < 8; field++) {
      this.u8[state.CR + field] = Number((value >> BigInt(28 - 4 * field)) & 15n);
    }
  }
  get lr(): bigint {
    return this.loadSpr(SPRN.LR);
  }
  set lr(value: bigint) {
    this.storeSpr(SPRN.LR, value);
  }
  get ctr(): bigint {
    return this.loadSpr(SPRN.CTR);
  }
  set ctr(value: bigint) {
    this.storeSpr(SPRN.CTR, value);
  }
  get xer(): bigint {
    return this.loadSpr(SPRN.XER);
  }
  set xer(value: bigint) {
    this.storeSpr(SPRN.XER, value);
  }

  /** Vector-scalar register n (0 to 63) as one number of 128 bits: doubleword 0 is its high half. FPR n is that half, VR n is VSR 32+n. */
  vsr(n: number): bigint {
    const at = state.VSR + 16 * (n & 63);
    return (this.view.getBigUint64(at + 8, true) << 64n) | this.view.getBigUint64(at, true);
  }
  setVsr(n: number, value: bigint): void {
    const at = state.VSR + 16 * (n & 63);
    this.view.setBigUint64(at, BigInt.asUintN(64, value), true);
    this.view.setBigUint64(at + 8, BigInt.asUintN(64, value >> 64n), true);
  }
  /** Floating-Point Status and Control Register. */
  get fpscr(): bigint {
    return this.loadSpr(FPSCR);
  }
  set fpscr(value: bigint) {
    this.storeSpr(FPSCR, value);
  }
  /** Vector Status and Control Register. */
  get vscr(): bigint {
    return this.loadSpr(VSCR);
  }
  set vscr(value: bigint) {
    this.storeSpr(VSCR, value);
  }

  protected loadSpr(number: number): bigint {
    return this.view.getBigUint64(state.SPR + 8 * number, true);
  }
  protected storeSpr(number: number, value: bigint): void {
    this.view.setBigUint64(state.SPR + 8 * number, BigInt.asUintN(64, value), true);
  }

  /** Special purpose register by number, without any check of privilege; 0 where the machine has none. */
  spr(number: number): bigint {
    const row = sprByNumber(number);
    return row ? this.sprValue(row, this.count) : 0n;
  }
  /** Sets a special purpose register by number, read-only ones too. */
  setSpr(number: number, value: bigint): void {
    const row = sprByNumber(number);
    if (row) this.setSprValue(row, value, this.count);
  }

  /** Time without instructions, while all threads were stopped. */
  protected get slept(): number {
    return this.view.getFloat64(state.SPR + 8 * state.SLOT.slept, true);
  }
  protected set slept(value: number) {
    this.view.setFloat64(state.SPR + 8 * state.SLOT.slept, value, true);
  }
  /** Width of a decrementer in the current state. */
  private timerBits(number: number): TimerBits {
    const large = number === SPRN.HDEC || (this.loadSpr(SPRN.LPCR) & LARGE_DECREMENTER) !== 0n;
    return large ? LARGE_BITS : SMALL_BITS;
  }

  /** @param now instruction count */
  protected sprValue(row: SprRow, now: number): bigint {
    const time = now + this.slept;
    const timeBase = BigInt.asUintN(64, this.loadSpr(SPRN.TB) + BigInt(time));
    switch (row.number) {
      case SPRN.TB:
      case SPRN.TBU40:
        return timeBase;
      case SPRN.TBU:
      case SPRN.TBUW:
        return timeBase >> 32n;
      case SPRN.TBL:
        return timeBase & 0xffff_ffffn;
      case SPRN.DEC:
      case SPRN.HDEC:
        return timerValue(this.loadSpr(row.number), time, this.timerBits(row.number));
      case SPRN.IC:
        return BigInt.asUintN(64, this.loadSpr(row.number) + BigInt(now));
      default: {
        const stored = this.loadSpr(row.storage);
        // What counts with the Time Base is kept as the distance from it.
        if (row.time) return BigInt.asUintN(64, stored + BigInt(time));
        return row.way?.endsWith('high') ? stored >> 32n : stored;
      }
    }
  }

  protected setSprValue(row: SprRow, raw: bigint, now: number): void {
    const value = BigInt.asUintN(row.bits, raw);
    const time = now + this.slept;
    const timeBase = (): bigint => this.sprValue({ ...row, number: SPRN.TB }, now);
    const setTimeBase = (wanted: bigint): void => this.storeSpr(SPRN.TB, wanted - BigInt(time));
    switch (row.number) {
      case SPRN.TB:
        return setTimeBase(value);
      case SPRN.TBU:
      case SPRN.TBUW:
        return setTimeBase((value << 32n) | (timeBase() & 0xffff_ffffn));
      case SPRN.TBL:
        return setTimeBase((timeBase() & ~0xffff_ffffn) | value);
      case SPRN.TBU40:
        return setTimeBase((value & ~0xff_ffffn) | (timeBase() & 0xff_ffffn));
      case SPRN.DEC:
      case SPRN.HDEC:
        return this.setTimer(row.number, value, time);
      case SPRN.IC:
        return this.storeSpr(row.number, value - BigInt(now));
      default:
        if (row.time) return this.storeSpr(row.number, value - BigInt(time));
        this.storeSpr(row.storage, written(row.way, this.loadSpr(row.storage), value));
        if (isControlling(row.storage)) this.controlChanged(row.storage);
    }
  }

  private setTimer(number: number, value: bigint, time: number): void {
    const bits = this.timerBits(number);
    const sign = 1n << BigInt(bits - 1);
    const wasNegative = (timerValue(this.loadSpr(number), time, bits) & sign) !== 0n;
    this.storeSpr(number, timerZero(value, time, bits));
    // The Hypervisor Decrementer's exception comes when the sign becomes 1, and goes when its interrupt is taken.
    if (number === SPRN.HDEC && !(wasNegative && (value & sign) !== 0n)) {
      this.storeSpr(state.SLOT.signals, this.loadSpr(state.SLOT.signals) & ~BigInt(state.SIGNAL.hdecTaken));
    }
  }

  /** Value of a register or a field of one: `r3`, `cr0`, `MSR.S`, `SRR0`, in any case. */
  readRegister(name: string): bigint | undefined {
    const reference = registerNamed(name);
    return reference && readReference(this, reference);
  }
  /** Sets a register or a field of one; false when there is no such name. */
  writeRegister(name: string, value: bigint): boolean {
    const reference = registerNamed(name);
    if (!reference) return false;
    writeReference(this, reference, value);
    return true;
  }
  /** The value of a whole register of the tables. */
  readWhole(row: RegisterRow | SprRow): bigint {
    if ('number' in row) return this.spr(row.number);
    const alone = ALONE.get(row.name);
    if (alone) return this[alone];
    const { file, n } = inFile(row);
    switch (file) {
      case 'cr':
        return BigInt(this.u8[state.CR + n] ?? 0);
      case 'f':
        return this.vsr(n) >> 64n;
      case 'v':
        return this.vsr(n + 32);
      case 'vs':
        return this.vsr(n);
      default:
        return this.gpr(n);
    }
  }
  /** Sets a whole register of the tables. A floating-point register is the left half of its vector-scalar register. */
  writeWhole(row: RegisterRow | SprRow, value: bigint): void {
    if ('number' in row) return this.setSpr(row.number, value);
    const alone = ALONE.get(row.name);
    const { file, n } = inFile(row);
    if (alone) this[alone] = value;
    else if (file === 'cr') this.u8[state.CR + n] = Number(value & 15n);
    else if (file === 'f') this.setVsr(n, (value << 64n) | BigInt.asUintN(64, this.vsr(n)));
    else if (file === 'v') this.setVsr(n + 32, value);
    else if (file === 'vs') this.setVsr(n, value);
    else this.setGpr(n, value);
  }

  // -- state as data --------------------------------------------------------------------------------------------

  /** The registers that a partition owns: GPRs, VSRs, CR, NIA, MSR and the SPRs that need no more than privileged state. */
  saveContext(): CpuContext {
    const bytes = new Uint8Array(CONTEXT_SPRS + 8 * contextSlots.length);
    bytes.set(this.u8.subarray(0, state.CORE_BYTES));
    bytes.set(this.u8.subarray(state.VSR, state.VSR + state.VSR_BYTES), state.CORE_BYTES);
    contextSlots.forEach((slot, i) => {
      bytes.set(this.u8.subarray(state.SPR + 8 * slot, state.SPR + 8 * slot + 8), CONTEXT_SPRS + 8 * i);
    });
    return { bytes };
  }
  /** Puts a partition's registers back. A reservation is lost. */
  loadContext(context: CpuContext): void {
    this.stateReplaced();
    this.u8.set(context.bytes.subarray(0, state.CORE_BYTES));
    this.u8.set(context.bytes.subarray(state.CORE_BYTES, CONTEXT_SPRS), state.VSR);
    contextSlots.forEach((slot, i) => {
      const at = CONTEXT_SPRS + 8 * i;
      this.u8.set(context.bytes.subarray(at, at + 8), state.SPR + 8 * slot);
    });
    this.storeSpr(RESERVATION, 0n);
  }

  /** All state of the CPU. */
  save(): CpuState {
    return {
      core: this.u8.slice(0, state.CORE_BYTES),
      vsrs: this.u8.slice(state.VSR, state.VSR + state.VSR_BYTES),
      sprs: this.u8.slice(state.SPR, state.SPR + state.SPR_BYTES),
      instructions: this.count,
    };
  }
  /** Puts all state back. */
  restore(saved: CpuState): void {
    this.stateReplaced();
    this.u8.set(saved.core);
    this.u8.set(saved.vsrs, state.VSR);
    this.u8.set(saved.sprs, state.SPR);
    this.count = saved.instructions;
    this.flushTlb();
  }
  /** All architected state as bytes, for hashing: equal bytes if and only if equal states. */
  stateBytes(): Uint8Array<ArrayBuffer> {
    const registers = state.FETCH_BASE;
    const sprs = registers + state.VSR_BYTES;
    const bytes = new Uint8Array(sprs + state.SPR_BYTES + 8);
    bytes.set(this.u8.subarray(0, registers));
    bytes.set(this.u8.subarray(state.VSR, state.VSR + state.VSR_BYTES), registers);
    bytes.set(this.u8.subarray(state.SPR, state.SPR + state.SPR_BYTES), sprs);
    new DataView(bytes.buffer).setFloat64(sprs + state.SPR_BYTES, this.count);
    return bytes;
  }

  /** Instructions begun since reset. The Time Base follows it. */
  get instructions(): number {
    return this.count;
  }
}
