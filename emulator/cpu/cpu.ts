/**
 * One CPU thread: registers in the memory that it shares with generated code, execution, interrupts, breakpoints.
 *
 * Software's mistakes are interrupts of the machine; no method throws because of what guest code does.
 */
import { INTERRUPT_CAUSES, PRIVILEGE_RANK } from '../isa/causes';
import type { InterruptRow } from '../isa/interrupts';
import { MSR_BIT, type RegisterRow, privilegeState } from '../isa/registers';
import { type SprRow, SPRN, SPRS, sprByNumber } from '../isa/sprs';
import { rowOf } from '../isa/table';
import { type PhysicalMemory, RESERVED_BYTES } from '../memory/physical';
import {
  type InterruptRequest,
  type Level,
  alignmentInterrupt,
  emulationAssistance,
  enter,
  programInterrupt,
  storageInterrupt,
  systemCall,
} from './entry';
import { type InterpreterExports, decodeTable, interpreterModule } from './interpreter';
import { type Access, type PartitionScope, type Translation, bankOf, translate } from './mmu';
import { readReference, registerNamed, writeReference } from './registers-view';
import { decideSprAccess, fillSprAccess, isControlling } from './spr-access';
import * as state from './state';

export type { Access, PartitionScope, Translation } from './mmu';
export type { Level } from './entry';

/** A register's value for display. */
export interface RegisterValue {
  readonly name: string;
  readonly value: bigint;
  readonly bits: number;
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

/** Why the CPU stopped. `executed` counts the instructions begun, an interrupted one too. */
export type CpuExit =
  | { readonly executed: number; readonly reason: 'budget' }
  | { readonly executed: number; readonly reason: 'interrupt'; readonly interrupt: Interrupt }
  | { readonly executed: number; readonly reason: 'breakpoint' };

/** The registers of a partition, as bytes. */
export interface CpuContext {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The whole state of a CPU, as bytes and the instruction count. */
export interface CpuState {
  readonly core: Uint8Array<ArrayBuffer>;
  readonly sprs: Uint8Array<ArrayBuffer>;
  readonly instructions: number;
}

/** Instructions between two returns from generated code. */
const SLICE = 1_000_000;
/** Processor version: POWER9 DD2.3, the first with the facility. */
const PVR_POWER9_DD23 = 0x004e1203n;
/** SMFCTRL after reset: enabled, and the debug registers the ultravisor's (mambo's POWER9 model). */
const SMFCTRL_RESET = 0x8000_0000_0000_0002n;
const EVIRT = 1n << 21n;
const ILE = 1n << 25n;
const HILE = 1n << 59n;
const SMFCTRL_E = 1n << 63n;
const SMFCTRL_D = 2n;
const PAGE = BigInt(state.PAGE_BYTES);

const partitionSprs: readonly SprRow[] = SPRS.filter((row) => row.owner === 'partition' && row.storage === row.number);

export class Cpu {
  private readonly view: DataView<ArrayBuffer>;
  private readonly u8: Uint8Array<ArrayBuffer>;
  private readonly instances = new Map<number, InterpreterExports>();
  /** Generated code for the machine state that memory describes, and the MSR for which it does. */
  private current: { readonly msr: bigint; readonly generated: InterpreterExports } | undefined;
  private breakpoints: ReadonlySet<bigint> = new Set();
  private breakpointPages: ReadonlySet<bigint> = new Set();
  /** Address of the breakpoint that the next run passes over. */
  private passOver: bigint | undefined;
  /** What a host function wants raised, made of the instruction word. */
  private pending: ((word: number) => InterruptRequest) | undefined;
  private count = 0;
  /** Budget that was given to generated code when it was entered. */
  private slice = 0;
  private scope: PartitionScope | undefined;

  /** @param memory its first `RESERVED_BYTES` bytes become this CPU's */
  constructor(readonly memory: PhysicalMemory) {
    this.u8 = memory.u8;
    this.view = new DataView(memory.memory.buffer);
    new Uint16Array(memory.memory.buffer, state.DECODE, state.DECODE_ENTRIES).set(decodeTable());
    fillSprAccess(this.u8);
    memory.onDirtyCleared(() => this.flushTlb());
    this.reset();
  }

  /** Registers as after power-on, in ultravisor state; memory stays. */
  reset(): void {
    this.current = undefined;
    this.u8.fill(0, 0, state.CORE_BYTES);
    this.u8.fill(0, state.SPR, state.SPR + state.SPR_BYTES);
    this.storeSpr(SPRN.PVR, PVR_POWER9_DD23);
    this.storeSpr(SPRN.SMFCTRL, SMFCTRL_RESET);
    this.msr = MSR_BIT.SF | MSR_BIT.HV | MSR_BIT.S;
    this.nia = 0x100n;
    this.count = 0;
    this.passOver = undefined;
    this.pending = undefined;
    this.flushTlb();
  }

  // -- registers ------------------------------------------------------------------------------------------------

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

  private loadSpr(number: number): bigint {
    return this.view.getBigUint64(state.SPR + 8 * number, true);
  }
  private storeSpr(number: number, value: bigint): void {
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

  /** @param now instruction count */
  private sprValue(row: SprRow, now: number): bigint {
    const timeBase = BigInt.asUintN(64, this.loadSpr(SPRN.TB) + BigInt(now));
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
        // Kept as the time at which it reaches 0.
        return BigInt.asUintN(64, this.loadSpr(row.number) - timeBase);
      default:
        // PPR32 is the high word of PPR; all other aliases are the register itself.
        return row.name === 'PPR32' ? this.loadSpr(row.storage) >> 32n : this.loadSpr(row.storage);
    }
  }

  private setSprValue(row: SprRow, raw: bigint, now: number): void {
    const value = BigInt.asUintN(row.bits, raw);
    const elapsed = BigInt(now);
    const timeBase = this.sprValue({ ...row, number: SPRN.TB }, now);
    const setTimeBase = (wanted: bigint): void => this.storeSpr(SPRN.TB, wanted - elapsed);
    switch (row.number) {
      case SPRN.TB:
        return setTimeBase(value);
      case SPRN.TBU:
      case SPRN.TBUW:
        return setTimeBase((value << 32n) | (timeBase & 0xffff_ffffn));
      case SPRN.TBL:
        return setTimeBase((timeBase & ~0xffff_ffffn) | value);
      case SPRN.TBU40:
        return setTimeBase((value & ~0xff_ffffn) | (timeBase & 0xff_ffffn));
      case SPRN.DEC:
      case SPRN.HDEC:
        return this.storeSpr(row.number, value + timeBase);
      default:
        if (row.name === 'PPR32') {
          return this.storeSpr(row.storage, (this.loadSpr(row.storage) & 0xffff_ffffn) | (value << 32n));
        }
        this.storeSpr(row.storage, value);
        if (isControlling(row.number)) this.flushTlb();
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
    if (row.name === 'CR') return this.cr;
    if (row.name === 'NIA') return this.nia;
    if (row.name === 'MSR') return this.msr;
    const n = Number(/\d+$/.exec(row.name)?.[0] ?? 0);
    return row.bits === 4 ? BigInt(this.u8[state.CR + n] ?? 0) : this.gpr(n);
  }
  /** Sets a whole register of the tables. */
  writeWhole(row: RegisterRow | SprRow, value: bigint): void {
    if ('number' in row) return this.setSpr(row.number, value);
    if (row.name === 'CR') this.cr = value;
    else if (row.name === 'NIA') this.nia = value;
    else if (row.name === 'MSR') this.msr = value;
    else {
      const n = Number(/\d+$/.exec(row.name)?.[0] ?? 0);
      if (row.bits === 4) this.u8[state.CR + n] = Number(value & 15n);
      else this.setGpr(n, value);
    }
  }

  // -- state as data --------------------------------------------------------------------------------------------

  /** The registers that a partition owns: GPRs, CR, NIA, MSR and the SPRs that need no more than privileged state. */
  saveContext(): CpuContext {
    const bytes = new Uint8Array(state.CORE_BYTES + 8 * partitionSprs.length);
    bytes.set(this.u8.subarray(0, state.CORE_BYTES));
    partitionSprs.forEach((row, i) => {
      bytes.set(this.u8.subarray(state.SPR + 8 * row.number, state.SPR + 8 * row.number + 8), state.CORE_BYTES + 8 * i);
    });
    return { bytes };
  }
  /** Puts a partition's registers back. A reservation is lost. */
  loadContext(context: CpuContext): void {
    this.current = undefined;
    this.u8.set(context.bytes.subarray(0, state.CORE_BYTES));
    partitionSprs.forEach((row, i) => {
      const at = state.CORE_BYTES + 8 * i;
      this.u8.set(context.bytes.subarray(at, at + 8), state.SPR + 8 * row.number);
    });
    this.storeSpr(1024, 0n);
  }

  /** All state of the CPU. */
  save(): CpuState {
    return {
      core: this.u8.slice(0, state.CORE_BYTES),
      sprs: this.u8.slice(state.SPR, state.SPR + state.SPR_BYTES),
      instructions: this.count,
    };
  }
  /** Puts all state back. */
  restore(saved: CpuState): void {
    this.current = undefined;
    this.u8.set(saved.core);
    this.u8.set(saved.sprs, state.SPR);
    this.count = saved.instructions;
    this.passOver = undefined;
    this.flushTlb();
  }
  /** All architected state as bytes, for hashing: equal bytes if and only if equal states. */
  stateBytes(): Uint8Array<ArrayBuffer> {
    const registers = state.FETCH_BASE;
    const bytes = new Uint8Array(registers + state.SPR_BYTES + 8);
    bytes.set(this.u8.subarray(0, registers));
    bytes.set(this.u8.subarray(state.SPR, state.SPR + state.SPR_BYTES), registers);
    new DataView(bytes.buffer).setFloat64(registers + state.SPR_BYTES, this.count);
    return bytes;
  }

  /** Instructions begun since reset. The Time Base follows it. */
  get instructions(): number {
    return this.count;
  }

  // -- translation ----------------------------------------------------------------------------------------------

  /** The machine's partition-scoped translation. */
  set partitionScope(scope: PartitionScope | undefined) {
    this.scope = scope;
    this.flushTlb();
  }
  get partitionScope(): PartitionScope | undefined {
    return this.scope;
  }

  /** Forgets all translations: after any change of what partition-scoped translation answers. */
  flushTlb(): void {
    this.u8.fill(0xff, state.FETCH_TLB, state.FETCH_TLB + state.BANKS * state.FETCH_BANK_BYTES);
    this.u8.fill(0xff, state.DATA_TLB, state.DATA_TLB + state.BANKS * state.DATA_BANK_BYTES);
  }

  /** Translates in the current state, without side effects. */
  translate(ea: bigint, access: Access): Translation {
    return translate(
      this.memory,
      {
        msr: this.msr,
        lpid: Number(this.loadSpr(SPRN.LPIDR)),
        hrmor: this.loadSpr(SPRN.HRMOR),
        urmor: this.loadSpr(SPRN.URMOR),
        partitionScope: this.scope,
      },
      ea,
      access,
    );
  }

  /** Bytes at an effective address as a load would see them; undefined where one would be interrupted. */
  peek(ea: bigint, length: number): Uint8Array<ArrayBuffer> | undefined {
    const bytes = new Uint8Array(length);
    let at = 0;
    while (at < length) {
      const address = BigInt.asUintN(64, ea + BigInt(at));
      const translation = this.translate(address, 'load');
      if ('fault' in translation) return undefined;
      const inPage = Math.min(length - at, state.PAGE_BYTES - Number(address % PAGE));
      bytes.set(this.memory.read(translation.ra, inPage), at);
      at += inPage;
    }
    return bytes;
  }

  // -- execution ------------------------------------------------------------------------------------------------

  /** Addresses at which `run` stops before executing. */
  setBreakpoints(addresses: ReadonlySet<bigint>): void {
    this.breakpoints = new Set(addresses);
    this.breakpointPages = new Set([...addresses].map((address) => address / PAGE));
    this.passOver = undefined;
    this.flushTlb();
  }

  /**
   * Executes until the budget is used up, an interrupt is entered, or a breakpoint is next. The first instruction of a
   * run after a stop at a breakpoint is executed.
   */
  run(maxInstructions: number): CpuExit {
    let executed = 0;
    while (executed < maxInstructions) {
      const generated = this.synchronize();
      const slice = Math.min(maxInstructions - executed, SLICE);
      this.slice = slice;
      const done = slice - generated.run(slice);
      this.count += done;
      executed += done;
      const reason = this.view.getInt32(state.EXIT, true);
      if (reason === state.EXIT_REASON.interrupt) return this.interrupted(executed, this.requested());
      if (reason !== state.EXIT_REASON.fetch) continue;
      const stop = this.fetchSlowly(executed);
      if (typeof stop !== 'number') return stop;
      executed = stop;
    }
    return { executed, reason: 'budget' };
  }

  /** Executes one instruction word at the current NIA without fetching it. */
  execute(word: number): CpuExit {
    const generated = this.synchronize();
    this.slice = 1;
    const done = 1 - generated.execute(word | 0, 1);
    this.count += done;
    const interrupted = this.view.getInt32(state.EXIT, true) === state.EXIT_REASON.interrupt;
    return interrupted ? this.interrupted(done, this.requested()) : { executed: done, reason: 'budget' };
  }

  /** Raises an interrupt at NIA as if the next instruction had: what devices and firmware models do. */
  raise(request: InterruptRequest): Interrupt {
    return this.enterInterrupt(request);
  }

  /**
   * The page of NIA is not among the translations. Either it becomes one, or, when it has breakpoints, one instruction
   * is executed. Answers with the number of executed instructions, or why the run ends.
   */
  private fetchSlowly(executed: number): number | CpuExit {
    const { nia } = this;
    const translation = this.translate(nia, 'fetch');
    if ('fault' in translation) {
      this.count++;
      return this.interrupted(executed + 1, storageInterrupt(translation.fault, 'fetch'));
    }
    const host = this.memory.hostOffset(translation.ra) ?? 0;
    if (!this.breakpointPages.has(nia / PAGE)) {
      const tag = nia & -PAGE;
      const index = Number((nia / PAGE) % BigInt(state.FETCH_ENTRIES));
      const entry = this.view.getInt32(state.FETCH_BANK, true) + index * state.FETCH_ENTRY_BYTES;
      this.view.setBigUint64(entry, BigInt.asUintN(64, tag), true);
      this.view.setInt32(entry + 8, host - Number(nia & 0xffff_ffffn), true);
      this.passOver = undefined;
      return executed;
    }
    if (this.breakpoints.has(nia) && this.passOver !== nia) {
      this.passOver = nia;
      return { executed, reason: 'breakpoint' };
    }
    this.passOver = undefined;
    const exit = this.execute(this.view.getUint32(host, (this.msr & MSR_BIT.LE) !== 0n));
    return exit.reason === 'interrupt' ? { ...exit, executed: executed + exit.executed } : executed + exit.executed;
  }

  /** Makes generated code see the machine state: privilege, banks, byte order. */
  private synchronize(): InterpreterExports {
    const { msr } = this;
    if (this.current?.msr === msr) return this.current.generated;
    const rank = PRIVILEGE_RANK[privilegeState(msr).privilege];
    this.view.setInt32(state.PRIVILEGE, rank, true);
    this.view.setInt32(state.SPR_ACCESS_ROW, state.SPR_ACCESS + 2048 * rank, true);
    this.view.setInt32(state.DATA_BANK, state.DATA_TLB + bankOf(msr, 'DR') * state.DATA_BANK_BYTES, true);
    this.view.setInt32(state.FETCH_BANK, state.FETCH_TLB + bankOf(msr, 'IR') * state.FETCH_BANK_BYTES, true);
    const littleEndian = (msr & MSR_BIT.LE) !== 0n;
    const sf = (msr & MSR_BIT.SF) !== 0n;
    const key = (littleEndian ? 1 : 0) | (sf ? 2 : 0);
    const generated = this.instances.get(key) ?? this.instantiate(littleEndian, sf);
    this.instances.set(key, generated);
    this.current = { msr, generated };
    return generated;
  }

  private instantiate(littleEndian: boolean, sf: boolean): InterpreterExports {
    const instance = new WebAssembly.Instance(interpreterModule({ littleEndian, sf }), {
      host: {
        memory: this.memory.memory,
        load: this.hostLoad,
        store: this.hostStore,
        readSpr: this.hostReadSpr,
        writeSpr: this.hostWriteSpr,
        divse: divideExtendedSigned,
        divue: divideExtendedUnsigned,
      },
    });
    return instance.exports as unknown as InterpreterExports;
  }

  // -- interrupts -----------------------------------------------------------------------------------------------

  /** The interrupt that generated code left for. */
  private requested(): InterruptRequest {
    const word = this.view.getUint32(state.CAUSE_WORD, true);
    const fromHost = this.pending;
    this.pending = undefined;
    if (fromHost) return fromHost(word);
    const info = this.view.getBigUint64(state.CAUSE_INFO, true);
    const hex = `0x${word.toString(16).padStart(8, '0')}`;
    switch (this.view.getInt32(state.CAUSE, true)) {
      case INTERRUPT_CAUSES['system-call']:
        return systemCall(Number(info));
      case INTERRUPT_CAUSES.trap:
        return programInterrupt('trap', `${rowOf(word)?.name ?? 'trap'} trapped`);
      case INTERRUPT_CAUSES.alignment:
        return alignmentInterrupt(info);
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

  private interrupted(executed: number, request: InterruptRequest): CpuExit {
    return { executed, reason: 'interrupt', interrupt: this.enterInterrupt(request) };
  }

  private enterInterrupt(request: InterruptRequest): Interrupt {
    const { msr: from, nia: cia } = this;
    const entered = enter(request, {
      msr: from,
      cia,
      guestLittleEndian: (this.loadSpr(SPRN.LPCR) & ILE) !== 0n,
      hostLittleEndian: (this.loadSpr(SPRN.HID) & HILE) !== 0n,
      smfEnabled: (this.loadSpr(SPRN.SMFCTRL) & SMFCTRL_E) !== 0n,
    });
    for (const [number, value] of entered.registers) this.storeSpr(number, value);
    this.nia = entered.nia;
    this.msr = entered.msr;
    this.passOver = undefined;
    const { row, level } = entered;
    return { vector: row.vector, row, cia, from, level, lev: request.lev, detail: request.detail };
  }

  // -- what generated code asks of the host ---------------------------------------------------------------------

  /** Where an access begins in memory and how many of its bytes lie in that page; undefined raises an interrupt. */
  private locate(ea: bigint, size: number, access: Access): { host: number; inPage: number } | undefined {
    const translation = this.translate(ea, access);
    if ('fault' in translation) {
      this.pending = () => storageInterrupt(translation.fault, access);
      return undefined;
    }
    const inPage = Math.min(size, state.PAGE_BYTES - Number(ea % PAGE));
    return { host: this.memory.hostOffset(translation.ra) ?? RESERVED_BYTES, inPage };
  }

  /** Remembers a translation for loads or stores. */
  private remember(ea: bigint, host: number, access: 'load' | 'store'): void {
    const index = Number((ea / PAGE) % BigInt(state.DATA_ENTRIES));
    const entry = this.view.getInt32(state.DATA_BANK, true) + index * state.DATA_ENTRY_BYTES;
    const tag = BigInt.asUintN(64, ea & -PAGE);
    const [own, other] = access === 'load' ? [entry, entry + 8] : [entry + 8, entry];
    this.view.setBigUint64(own, tag, true);
    // The entry has one address for both: the other tag may stay only for the same page.
    if (this.view.getBigUint64(other, true) !== tag) this.view.setBigInt64(other, -1n, true);
    this.view.setInt32(entry + 16, host - Number(ea & 0xffff_ffffn), true);
  }

  private readonly hostLoad = (signedEa: bigint, size: number): number => {
    const ea = BigInt.asUintN(64, signedEa);
    const first = this.locate(ea, size, 'load');
    if (!first) return 1;
    this.view.setBigUint64(state.RESULT, 0n, true);
    this.u8.copyWithin(state.RESULT, first.host, first.host + first.inPage);
    if (first.inPage === size) {
      this.remember(ea, first.host, 'load');
      return 0;
    }
    const rest = this.locate(this.nextPage(ea), size - first.inPage, 'load');
    if (!rest) return 1;
    this.u8.copyWithin(state.RESULT + first.inPage, rest.host, rest.host + rest.inPage);
    return 0;
  };

  private readonly hostStore = (signedEa: bigint, value: bigint, size: number): number => {
    const ea = BigInt.asUintN(64, signedEa);
    const first = this.locate(ea, size, 'store');
    if (!first) return 1;
    const rest = first.inPage < size ? this.locate(this.nextPage(ea), size - first.inPage, 'store') : undefined;
    if (first.inPage < size && !rest) return 1;
    this.view.setBigInt64(state.RESULT, value, true);
    this.memory.markDirty(first.host);
    this.u8.copyWithin(first.host, state.RESULT, state.RESULT + first.inPage);
    if (rest) {
      this.memory.markDirty(rest.host);
      this.u8.copyWithin(rest.host, state.RESULT + first.inPage, state.RESULT + size);
    } else this.remember(ea, first.host, 'store');
    return 0;
  };

  private nextPage(ea: bigint): bigint {
    const next = (ea & -PAGE) + PAGE;
    return (this.msr & MSR_BIT.SF) === 0n ? next & 0xffff_ffffn : BigInt.asUintN(64, next);
  }

  private decide(number: number, write: boolean): SprRow | 'no operation' | undefined {
    const decision = decideSprAccess(number, write, {
      rank: this.view.getInt32(state.PRIVILEGE, true),
      evirt: (this.loadSpr(SPRN.LPCR) & EVIRT) !== 0n,
      debugRestricted: (this.loadSpr(SPRN.SMFCTRL) & SMFCTRL_D) !== 0n,
    });
    switch (decision.kind) {
      case 'access':
        return decision.row;
      case 'no operation':
        return 'no operation';
      case 'privileged':
        this.pending = () => programInterrupt('privileged', decision.detail);
        return undefined;
      case 'emulation assistance':
        this.pending = (word) => emulationAssistance(word, decision.detail);
        return undefined;
    }
  }

  private readonly hostReadSpr = (number: number, left: number): number => {
    const row = this.decide(number, false);
    if (row === undefined) return 1;
    if (row === 'no operation') return 2;
    this.view.setBigUint64(state.RESULT, this.sprValue(row, this.count + this.slice - left), true);
    return 0;
  };

  private readonly hostWriteSpr = (number: number, value: bigint, left: number): number => {
    const row = this.decide(number, true);
    if (row === undefined) return 1;
    if (row !== 'no operation') this.setSprValue(row, value, this.count + this.slice - left);
    return 0;
  };
}

/** Quotient of a || 64 zeros by b, 0 where it does not fit in 64 bits. */
function divideExtendedSigned(a: bigint, b: bigint): bigint {
  if (b === 0n) return 0n;
  const quotient = (BigInt.asIntN(64, a) << 64n) / BigInt.asIntN(64, b);
  return BigInt.asIntN(64, quotient) === quotient ? quotient : 0n;
}

function divideExtendedUnsigned(a: bigint, b: bigint): bigint {
  const divisor = BigInt.asUintN(64, b);
  const dividend = BigInt.asUintN(64, a);
  if (divisor === 0n || dividend >= divisor) return 0n;
  return BigInt.asIntN(64, (dividend << 64n) / divisor);
}
