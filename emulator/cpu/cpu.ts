/**
 * One CPU thread: registers in the memory that it shares with generated code, execution, interrupts, breakpoints.
 *
 * Software's mistakes are interrupts of the machine; no method throws because of what guest code does.
 */
import { INTERRUPT_CAUSES, PRIVILEGE_RANK } from '../isa/causes';
import { FACILITIES, type FacilityRow } from '../isa/facilities';
import { MSR_BIT, privilegeState } from '../isa/registers';
import { SPRN, sprMask } from '../isa/sprs';
import type { PhysicalMemory } from '../memory/physical';
import { TRACING, ciabrAddress, traceInterrupt } from './debug-facilities';
import type { InterruptRequest } from './entry';
import { divideExtendedSigned, divideExtendedUnsigned } from './extended-division';
import { decodeTable } from './decode-plan';
import { type InterpreterExports, interpreterModule } from './interpreter';
import type { Interrupt } from './interrupts';
import { fillSprAccess } from './spr-access';
import * as state from './state';
import { StopPages } from './stop-pages';
import type { MappedRange } from './table-watch';
import { CodeTranslator, type TranslatorContext } from './translator/translator';
import { CpuThreads } from './threads';
import { LARGE_BITS, SMALL_BITS, timerMaximum } from './timers';

export type { Access, PartitionScope, Translation } from './mmu';
export type { Level } from './entry';
export type { Interrupt } from './interrupts';
export type { CpuContext, CpuState, RegisterValue } from './registers';

/**
 * Why the CPU stopped. `executed` counts the instructions begun, an interrupted one too: also that before which an
 * asynchronous interrupt comes.
 */
export type CpuExit =
  | { readonly executed: number; readonly reason: 'budget' }
  | { readonly executed: number; readonly reason: 'interrupt'; readonly interrupt: Interrupt }
  | { readonly executed: number; readonly reason: 'breakpoint' }
  /** Nothing will ever be executed again: interrupts without an end, or all threads have stopped for good. */
  | { readonly executed: number; readonly reason: 'stuck'; readonly detail: string };

/** Instructions between two returns from generated code: fewer while they ask the host much. */
const SLICE = { most: 200_000, least: 5_000 } as const;
/** A `workLimit` for who wants to look up every few milliseconds: the slowest call takes some microseconds. */
export const SHORT_WORK = 1_000;
/** Processor version: POWER9 DD2.3, the first with the facility. */
const PVR_POWER9_DD23 = 0x004e1203n;
const SMFCTRL_E = sprMask('SMFCTRL', 'E');
const SMFCTRL_D = sprMask('SMFCTRL', 'D');
/** SMFCTRL after reset: enabled, and the debug registers the ultravisor's (mambo's POWER9 model). */
const SMFCTRL_RESET = SMFCTRL_E | SMFCTRL_D;
/** FSCR and HFSCR as firmware leaves them: nothing is off but by MSR. */
const ALL_FACILITIES = FACILITIES.reduce(
  (mask, row: FacilityRow) => mask | (1n << BigInt(row.fscr ?? row.hfscr ?? 0)),
  0n,
);
/** AMOR as firmware leaves it: the operating system reaches all keys. */
const ALL_KEYS = (1n << 64n) - 1n;
const PAGE = BigInt(state.PAGE_BYTES);

export class Cpu extends CpuThreads {
  private readonly instances = new Map<number, InterpreterExports>();
  /** Generated code for the machine state that memory describes, and the MSR for which it does. */
  private current: { readonly msr: bigint; readonly generated: InterpreterExports } | undefined;
  /** Translates what runs often; absent in a CPU that only interprets. */
  readonly code: CodeTranslator | undefined;
  private breakpoints: ReadonlySet<bigint> = new Set();
  private readonly stopPages: StopPages;
  private breakpointPages: ReadonlySet<bigint> = new Set();
  /** Address in CIABR while it is on. */
  private tracedAddress: bigint | undefined;
  /** Instructions of the next slice, as the last ones were. */
  private sliceMost: number = SLICE.most;
  /** Address of the breakpoint that the next run passes over. */
  private passOver: bigint | undefined;

  /**
   * @param memory its first `RESERVED_BYTES` bytes become this CPU's
   * @param threads of the core, 1 to 8
   * @param options `interpretOnly` translates nothing; results are the same
   */
  constructor(memory: PhysicalMemory, threads = 1, options: { readonly interpretOnly?: boolean } = {}) {
    super(memory, threads);
    this.stopPages = new StopPages(memory);
    if (options.interpretOnly !== true) {
      this.code = new CodeTranslator(memory, {
        fetchPage: (ea) => this.fetchPage(ea),
        isBreakpoint: (ea) => this.breakpoints.has(ea) || ea === this.tracedAddress,
        protect: (page) => this.forgetStoresTo(page),
        apply: this.hostApply,
        instructions: () => this.count,
      });
    }
    new Uint16Array(memory.memory.buffer, state.DECODE, state.DECODE_ENTRIES).set(decodeTable());
    fillSprAccess(this.u8);
    memory.onDirtyCleared(() => this.flushTlb());
    this.reset();
  }

  /** Registers as after power-on, in ultravisor state; memory stays. */
  reset(): void {
    this.stateReplaced();
    this.u8.fill(0, 0, state.CORE_BYTES);
    this.u8.fill(0, state.VSR, state.VSR + state.VSR_BYTES);
    this.u8.fill(0, state.SPR, state.SPR + state.SPR_BYTES);
    this.storeSpr(SPRN.PVR, PVR_POWER9_DD23);
    this.storeSpr(SPRN.SMFCTRL, SMFCTRL_RESET);
    this.storeSpr(SPRN.DEC, timerMaximum(SMALL_BITS));
    this.storeSpr(SPRN.HDEC, timerMaximum(LARGE_BITS));
    this.storeSpr(SPRN.FSCR, ALL_FACILITIES);
    this.storeSpr(SPRN.HFSCR, ALL_FACILITIES);
    this.storeSpr(SPRN.AMOR, ALL_KEYS);
    this.msr = MSR_BIT.SF | MSR_BIT.HV | MSR_BIT.S;
    this.nia = 0x100n;
    this.count = 0;
    this.passOver = undefined;
    this.pending = undefined;
    this.resetThreads();
    this.flushTlb();
  }

  // -- execution ------------------------------------------------------------------------------------------------

  /** Addresses at which `run` stops before executing. */
  setBreakpoints(addresses: ReadonlySet<bigint>): void {
    this.code?.breakpointsChange(this.breakpoints, addresses);
    this.stopPages.clear();
    this.breakpoints = new Set(addresses);
    this.breakpointPages = new Set([...addresses].map((address) => address / PAGE));
    this.passOver = undefined;
    this.flushTlb();
  }

  /**
   * Executes until the budget is used up, an interrupt is entered, or a breakpoint is next. The first instruction of a
   * run after a stop at a breakpoint is executed. With a `workLimit` it may end before the budget is used up.
   */
  run(maxInstructions: number): CpuExit {
    let executed = 0;
    this.work = 0;
    while (executed < maxInstructions && this.work++ < this.workLimit) {
      const attention = this.attend();
      if (attention.kind !== 'execute') this.advance(1);
      if (attention.kind === 'still') return { executed: executed + 1, reason: 'stuck', detail: attention.detail };
      if (attention.kind === 'interrupt') {
        return this.interrupted(executed + 1, attention.request);
      }
      const late = this.lateFloatException();
      if (late) {
        this.advance(1);
        return this.interrupted(executed + 1, late);
      }
      if (this.tracing) {
        const stop = this.fetchSlowly(executed, true);
        if (typeof stop !== 'number') return stop;
        executed = stop;
        continue;
      }
      const generated = this.synchronize();
      const slice = Math.min(maxInstructions - executed, this.sliceMost, this.attentionWithin());
      const { work } = this;
      this.slice = slice;
      const ran = slice - generated.run(slice);
      const isMuch = this.work - work > this.workLimit;
      this.sliceMost = isMuch ? Math.max(SLICE.least, this.sliceMost >> 3) : Math.min(SLICE.most, 2 * this.sliceMost);
      const reason = this.view.getInt32(state.EXIT, true);
      const stopped = reason === state.EXIT_REASON.interrupt && this.atStop();
      const done = stopped ? ran - 1 : ran;
      // Only the first instruction of a run passes over its breakpoint.
      if (done > 0) this.passOver = undefined;
      this.advance(done);
      executed += done;
      if (reason === state.EXIT_REASON.interrupt && !stopped) return this.interrupted(executed, this.requested());
      if (reason === state.EXIT_REASON.hot) this.code?.hot(this.nia, this.codeContext());
      if (reason !== state.EXIT_REASON.fetch && !stopped) continue;
      const stop = this.fetchSlowly(executed);
      if (typeof stop !== 'number') return stop;
      executed = stop;
    }
    return { executed, reason: 'budget' };
  }

  /** Whether the last run came to the limit of work. */
  get workedEnough(): boolean {
    return this.work > this.workLimit;
  }

  /** Executes one instruction word at the current NIA without fetching it. */
  execute(word: number): CpuExit {
    const generated = this.synchronize();
    this.slice = 1;
    const done = 1 - generated.execute(word | 0, 1);
    this.advance(done);
    const reason = this.view.getInt32(state.EXIT, true);
    if (reason === state.EXIT_REASON.hot) this.code?.hot(this.nia, this.codeContext());
    const interrupted = reason === state.EXIT_REASON.interrupt;
    return interrupted ? this.interrupted(done, this.requested()) : { executed: done, reason: 'budget' };
  }

  override inThread<T>(thread: number, then: () => T): T {
    const { passOver } = this;
    try {
      return super.inThread(thread, then);
    } finally {
      this.passOver = passOver;
    }
  }

  /** Raises an interrupt at NIA as if the next instruction had: what devices and firmware models do. */
  raise(request: InterruptRequest): Interrupt {
    this.passOver = undefined;
    return this.enterInterrupt(request);
  }

  /**
   * The page of NIA is not among the translations. Either it becomes one, or, when it has breakpoints or `alone` says so,
   * one instruction is executed. Answers with the number of executed instructions, or why the run ends.
   */
  private fetchSlowly(executed: number, alone = false): number | CpuExit {
    const { nia, msr } = this;
    const watched = alone || this.isWatched(nia / PAGE);
    const host = this.fetchFrom(nia, !watched);
    if (typeof host !== 'number') {
      this.advance(1);
      return this.interrupted(executed + 1, host);
    }
    if (!watched) {
      this.passOver = undefined;
      return executed;
    }
    if (this.breakpoints.has(nia) && this.passOver !== nia) {
      this.passOver = nia;
      return { executed, reason: 'breakpoint' };
    }
    this.passOver = undefined;
    if (!alone && !this.isStop(nia)) {
      const inPage = host % state.PAGE_BYTES;
      const copy = this.stopPages.copyOf(nia & -PAGE, host - inPage, this.stopsIn(nia / PAGE));
      if (copy !== undefined) {
        this.forgetStoresTo(host - inPage);
        this.rememberFetch(nia, copy + inPage);
        return executed;
      }
    }
    const word = this.view.getUint32(host, (msr & MSR_BIT.LE) !== 0n);
    const debug = { msr, smfctrl: this.loadSpr(SPRN.SMFCTRL) };
    const exit = this.execute(word);
    if (exit.reason !== 'budget') return { ...exit, executed: executed + exit.executed };
    const trace = traceInterrupt(word, nia, this.loadSpr(SPRN.CIABR), debug);
    return trace ? this.interrupted(executed + 1, trace) : executed + 1;
  }

  /** MSR.TE asks for an interrupt behind instructions. */
  private get tracing(): boolean {
    return (this.view.getUint32(state.MSR, true) & TRACING) !== 0;
  }

  /** Whether the page with this number has an instruction before or behind which something happens. */
  /** Whether `run` looks at an address before it is executed: for a breakpoint or CIABR. */
  private isStop(ea: bigint): boolean {
    return this.breakpoints.has(ea) || this.tracedAddress === ea;
  }
  private stopsIn(page: bigint): bigint[] {
    const traced = this.tracedAddress === undefined ? [] : [this.tracedAddress];
    return [...this.breakpoints, ...traced].filter((address) => address / PAGE === page);
  }
  /** Whether generated code came to the word that a page with stops has in the place of an instruction. */
  private atStop(): boolean {
    const illegal = this.view.getInt32(state.CAUSE, true) === INTERRUPT_CAUSES.illegal;
    return illegal && this.pending === undefined && this.isStop(this.nia);
  }

  private isWatched(page: bigint): boolean {
    return this.breakpointPages.has(page) || (this.tracedAddress !== undefined && this.tracedAddress / PAGE === page);
  }

  /** Takes the address in CIABR out of translated code: a write of the register flushes the TLB. */
  private watchCiabr(): void {
    const before = this.tracedAddress;
    const after = ciabrAddress(this.loadSpr(SPRN.CIABR));
    if (before === after) return;
    this.tracedAddress = after;
    this.stopPages.clear();
    const set = (address: bigint | undefined): Set<bigint> => new Set(address === undefined ? [] : [address]);
    this.code?.breakpointsChange(set(before), set(after));
  }

  private interrupted(executed: number, request: InterruptRequest): CpuExit {
    this.passOver = undefined;
    const interrupt = this.enterInterrupt(request);
    if (!this.stuck) return { executed, reason: 'interrupt', interrupt };
    const { row, cia } = interrupt;
    const detail = `interrupts without an end, the last one ${row.name} at 0x${cia.toString(16)}: ${interrupt.detail}`;
    return { executed, reason: 'stuck', detail };
  }

  /** Counts executed instructions. */
  private advance(instructions: number): void {
    this.count += instructions;
    this.spend(instructions);
  }

  // -- translated code ------------------------------------------------------------------------------------------

  /** Where in memory the page lies from which instructions at this address come. */
  private fetchPage(ea: bigint): number | undefined {
    const translation = this.translate(ea & -PAGE, 'fetch');
    return 'fault' in translation ? undefined : this.memory.hostOffset(translation.ra);
  }

  private codeContext(): TranslatorContext {
    const { msr } = this;
    return {
      mode: { littleEndian: (msr & MSR_BIT.LE) !== 0n, sf: (msr & MSR_BIT.SF) !== 0n },
      rank: PRIVILEGE_RANK[privilegeState(msr).privilege],
      space: this.fetchSpace,
    };
  }

  override flushTlb(): void {
    super.flushTlb();
    this.watchCiabr();
    this.code?.forgetMappings();
  }

  protected override forgetRange(range: MappedRange): void {
    super.forgetRange(range);
    this.code?.forgetMappingsOf(range);
  }

  protected override selectBanks(): void {
    super.selectBanks();
    this.code?.select(this.codeContext());
  }

  protected override stateReplaced(): void {
    this.current = undefined;
    this.passOver = undefined;
  }

  /** Makes generated code see the machine state: privilege, banks, byte order. */
  private synchronize(): InterpreterExports {
    const { msr } = this;
    if (this.current?.msr === msr) return this.current.generated;
    const rank = PRIVILEGE_RANK[privilegeState(msr).privilege];
    this.refreshFacilities();
    this.view.setInt32(state.PRIVILEGE, rank, true);
    this.view.setInt32(state.SPR_ACCESS_ROW, state.SPR_ACCESS + 2048 * rank, true);
    this.selectBanks();
    const littleEndian = (msr & MSR_BIT.LE) !== 0n;
    const sf = (msr & MSR_BIT.SF) !== 0n;
    const key = (littleEndian ? 1 : 0) | (sf ? 2 : 0);
    const generated = this.instances.get(key) ?? this.instantiate(littleEndian, sf);
    this.instances.set(key, generated);
    this.current = { msr, generated };
    return generated;
  }

  private instantiate(littleEndian: boolean, sf: boolean): InterpreterExports {
    const { code } = this;
    const mode = { littleEndian, sf, regions: code !== undefined };
    const instance = new WebAssembly.Instance(interpreterModule(mode), {
      host: {
        ...(code && { regions: code.table }),
        memory: this.memory.memory,
        load: this.hostLoad,
        store: this.hostStore,
        readSpr: this.hostReadSpr,
        writeSpr: this.hostWriteSpr,
        apply: this.hostApply,
        system: this.hostSystem,
        divse: divideExtendedSigned,
        divue: divideExtendedUnsigned,
      },
    });
    const generated = instance.exports as unknown as InterpreterExports;
    code?.addInterpreter(mode, generated);
    return generated;
  }
}
