/** How a CPU thread reaches memory: translation, and the software TLB from which generated code takes translations. */
import { MSR_BIT } from '../isa/registers';
import { SPRN, sprMask } from '../isa/sprs';
import type { PhysicalMemory } from '../memory/physical';
import { DAWRX_ACCESS, watchedRange, watchpointInterrupt } from './debug-facilities';
import { type InterruptRequest, alignmentInterrupt } from './entry';
import {
  type Access,
  type Fault,
  type PartitionScope,
  type Translation,
  type TranslationContext,
  Translator,
  join,
} from './mmu';
import { CpuRegisters } from './registers';
import * as state from './state';
import { storageInterrupt } from './storage-interrupts';
import { type MappedRange, TableWatch } from './table-watch';
import { Tlb } from './tlb';
import type { TranslationStep } from './translation-steps';

/** Halves of the bits on which translation depends. */
const hi = (mask: bigint): number => Number(mask >> 32n);
const lo = (mask: bigint): number => Number(BigInt.asUintN(32, mask));
const SF_HI = hi(MSR_BIT.SF);
const HV_HI = hi(MSR_BIT.HV);
const S_LO = lo(MSR_BIT.S);
const PR_LO = lo(MSR_BIT.PR);
const IR_LO = lo(MSR_BIT.IR);
const DR_LO = lo(MSR_BIT.DR);
const RADIX_LO = lo(sprMask('LPCR', 'UPRT') | sprMask('LPCR', 'HR'));
const LAST_IN_PAGE = state.PAGE_BYTES - 1;

/** A translation told step by step. */
export interface ExplainedTranslation {
  readonly steps: readonly TranslationStep[];
  readonly result: Translation;
}

/** Registers and memory; `CpuServices` adds what else generated code asks for. */
export abstract class CpuAccess extends CpuRegisters {
  /**
   * What the host may do for generated code in a run, in calls, until the run ends early: a call takes from some
   * nanoseconds to some microseconds. So whoever runs software can look up often.
   */
  workLimit = Infinity;
  protected work = 0;
  /** What a host function wants raised, made of the instruction word. */
  protected pending: ((word: number) => InterruptRequest) | undefined;
  private readonly tlb: Tlb;
  private readonly translator: Translator;
  private readonly tables: TableWatch;

  constructor(memory: PhysicalMemory) {
    super(memory);
    this.tlb = new Tlb(this.u8);
    this.tables = new TableWatch(
      memory,
      (page) => this.forgetStoresTo(page),
      (range) => {
        if (range === 'everything') this.flushTlb();
        else this.forgetRange(range);
      },
    );
    this.translator = new Translator(memory, this.tables, {
      relocate: false,
      hv: false,
      pr: false,
      secure: false,
      lpid: 0,
      pid: 0,
      offsetHi: 0,
      offsetLo: 0,
      ptcrHi: 0,
      ptcrLo: 0,
      radix: false,
      keys: 0,
    });
  }

  /** Partition-scoped translation in place of PTCR's tables. */
  set partitionScope(scope: PartitionScope | undefined) {
    this.translator.scope = scope;
    this.flushTlb();
  }
  get partitionScope(): PartitionScope | undefined {
    return this.translator.scope;
  }

  /** Forgets all translations: after any change of what partition-scoped translation answers. */
  override flushTlb(): void {
    this.tlb.flush();
    this.tables.forget();
  }

  /** Forgets at least the translations of a range. */
  protected forgetRange(range: MappedRange): void {
    this.tlb.forgetRange(range);
  }

  /** Makes generated code take translations from the banks of the current state. */
  protected selectBanks(): void {
    this.tlb.useForFetches(this.contextFor('fetch'));
    this.tlb.useForData(this.contextFor('load'));
  }

  /** What tells the addresses of the current state's instructions apart from those of other states. */
  protected get fetchSpace(): number {
    return this.tlb.fetchSpace;
  }
  /** Takes a page of memory out of the translations for stores. */
  protected forgetStoresTo(page: number): void {
    this.tlb.forgetStoresTo(page);
  }

  /** A register on which translation depends was written. */
  protected translationChanged(number: number): void {
    // Banks know processes, partitions and keys by themselves.
    if (KEYED.includes(number)) this.selectBanks();
    else this.flushTlb();
  }

  /** The registers on which translation depends. */
  private contextFor(access: Access): TranslationContext {
    const { view } = this;
    const { context } = this.translator;
    const sprHi = (number: number): number => view.getUint32(state.SPR + 8 * number + 4, true);
    const sprLo = (number: number): number => view.getUint32(state.SPR + 8 * number, true);
    const msrHi = view.getUint32(state.MSR + 4, true);
    const msrLo = view.getUint32(state.MSR, true);
    context.relocate = (msrLo & (access === 'fetch' ? IR_LO : DR_LO)) !== 0;
    context.hv = (msrHi & HV_HI) !== 0;
    context.pr = (msrLo & PR_LO) !== 0;
    context.secure = (msrLo & S_LO) !== 0;
    context.lpid = sprLo(SPRN.LPIDR);
    context.pid = sprLo(SPRN.PIDR);
    const offset = context.secure ? SPRN.URMOR : SPRN.HRMOR;
    context.offsetHi = sprHi(offset);
    context.offsetLo = sprLo(offset);
    context.ptcrHi = sprHi(SPRN.PTCR);
    context.ptcrLo = sprLo(SPRN.PTCR);
    context.radix = (sprLo(SPRN.LPCR) & RADIX_LO) === RADIX_LO;
    context.keys = ((sprHi(SPRN.AMR) >>> 30) << 1) | ((sprHi(SPRN.IAMR) >>> 30) & 1);
    return context;
  }

  /** Translates an address of the current state. */
  private find(eaHi: number, eaLo: number, access: Access): boolean {
    this.contextFor(access);
    return this.translator.translate(eaHi, eaLo, access);
  }

  /** Address halves as the current state uses them: in 32-bit mode the high one is 0. */
  private highOf(ea: bigint): number {
    const wide = (this.view.getUint32(state.MSR + 4, true) & SF_HI) !== 0;
    return wide ? Number(BigInt.asUintN(64, ea) >> 32n) : 0;
  }

  private get failure(): Fault {
    const { fault } = this.translator;
    if (!fault) throw new Error('A translation failed without a fault.');
    return fault;
  }

  // -- looking --------------------------------------------------------------------------------------------------

  /** Translates in the current state, without side effects. */
  translate(ea: bigint, access: Access): Translation {
    const { translator } = this;
    const found = this.find(this.highOf(ea), lo(ea), access);
    return found ? { ra: join(translator.raHi, translator.raLo) } : { fault: this.failure };
  }

  /** Tells how the current state translates an address: the entries of tables that it reads, and what comes of it. */
  explainTranslation(ea: bigint, access: Access): ExplainedTranslation {
    const steps: TranslationStep[] = [];
    this.translator.steps = steps;
    const result = this.translate(ea, access);
    this.translator.steps = undefined;
    return { steps, result };
  }

  private look(ea: bigint): boolean {
    this.translator.looking = true;
    const found = this.find(this.highOf(ea), lo(ea), 'load');
    this.translator.looking = false;
    return found;
  }

  /**
   * Bytes at an effective address as a load would see them, once it were recorded; undefined where a load would be
   * interrupted for another reason than a Reference bit.
   */
  peek(ea: bigint, length: number): Uint8Array<ArrayBuffer> | undefined {
    const bytes = new Uint8Array(length);
    let at = 0;
    while (at < length) {
      const address = BigInt.asUintN(64, ea + BigInt(at));
      if (!this.look(address)) return undefined;
      const inPage = Math.min(length - at, state.PAGE_BYTES - (lo(address) & LAST_IN_PAGE));
      bytes.set(this.u8.subarray(this.translator.host, this.translator.host + inPage), at);
      at += inPage;
    }
    return bytes;
  }

  // -- what generated code asks ---------------------------------------------------------------------------------

  /**
   * Finds where an instruction comes from, and remembers the page.
   *
   * @param remember false leaves the page unknown, so that its next fetch comes here too
   * @returns index of the instruction in memory, or the interrupt of the fetch
   */
  protected fetchFrom(nia: bigint, remember: boolean): number | InterruptRequest {
    const eaHi = this.highOf(nia);
    const eaLo = lo(nia);
    if (!this.find(eaHi, eaLo, 'fetch')) return storageInterrupt(this.failure, 'fetch');
    const { host } = this.translator;
    if (remember) this.tlb.addFetch(eaHi, eaLo, host);
    return host;
  }

  /** From now on instructions of this page come from elsewhere; `host` is where that of the address lies. */
  protected rememberFetch(nia: bigint, host: number): void {
    this.tlb.addFetch(this.highOf(nia), lo(nia), host);
  }

  /** Index in memory of an access within a page, or a negative number for an interrupt. */
  private locate(eaHi: number, eaLo: number, access: 'load' | 'store', aligned: boolean): number {
    if (!this.find(eaHi, eaLo, access)) {
      const fault = this.failure;
      this.pending = () => storageInterrupt(fault, access);
      return -1;
    }
    // Caching inhibited storage is accessed in one piece (Book II 1.5; POWER9 raises Alignment for others).
    if (this.translator.inhibited && !aligned) {
      this.pending = () => alignmentInterrupt(join(eaHi, eaLo));
      return -1;
    }
    return this.translator.host;
  }

  /** Accesses to caching inhibited storage, and to pages that DAWR0 watches, are looked at one by one. */
  private remember(eaHi: number, eaLo: number, access: 'load' | 'store'): void {
    const { host, inhibited } = this.translator;
    // Stores to watched pages come here every time.
    if (inhibited || this.watchesPage(eaHi, eaLo) || (access === 'store' && this.memory.isWatched(host))) return;
    this.tlb.addData(eaHi, eaLo, host, access);
  }

  protected readonly hostLoad = (ea: bigint, size: number): number => {
    const { u8 } = this;
    this.work++;
    const eaHi = this.highOf(ea);
    const eaLo = lo(ea);
    const first = this.locate(eaHi, eaLo, 'load', eaLo % size === 0);
    if (first < 0) return 1;
    const inPage = state.PAGE_BYTES - (eaLo & LAST_IN_PAGE);
    if (this.hitsWatchpoint(eaHi, eaLo, size, 'load')) return 1;
    u8.fill(0, state.RESULT, state.RESULT + 8);
    if (size <= inPage) {
      u8.copyWithin(state.RESULT, first, first + size);
      this.remember(eaHi, eaLo, 'load');
      return 0;
    }
    const rest = this.locateNext(eaHi, eaLo, 'load');
    if (rest < 0) return 1;
    u8.copyWithin(state.RESULT, first, first + inPage);
    u8.copyWithin(state.RESULT + inPage, rest, rest + size - inPage);
    return 0;
  };

  protected readonly hostStore = (ea: bigint, value: bigint, size: number): number => {
    const { u8 } = this;
    this.work++;
    const eaHi = this.highOf(ea);
    const eaLo = lo(ea);
    const first = this.locate(eaHi, eaLo, 'store', eaLo % size === 0);
    if (first < 0) return 1;
    const inPage = state.PAGE_BYTES - (eaLo & LAST_IN_PAGE);
    if (this.hitsWatchpoint(eaHi, eaLo, size, 'store')) return 1;
    if (size <= inPage) {
      this.view.setBigInt64(state.RESULT, value, true);
      // Before the store, which may be to the entry by which it was found: that ends translations.
      this.remember(eaHi, eaLo, 'store');
      this.memory.markDirty(first, size);
      u8.copyWithin(first, state.RESULT, state.RESULT + size);
      this.memory.stored(first, size);
      return 0;
    }
    const rest = this.locateNext(eaHi, eaLo, 'store');
    if (rest < 0) return 1;
    this.view.setBigInt64(state.RESULT, value, true);
    this.memory.markDirty(first, inPage);
    this.memory.markDirty(rest, size - inPage);
    u8.copyWithin(first, state.RESULT, state.RESULT + inPage);
    u8.copyWithin(rest, state.RESULT + inPage, state.RESULT + size);
    this.memory.stored(first, inPage);
    this.memory.stored(rest, size - inPage);
    return 0;
  };

  private get watching(): boolean {
    return (this.view.getUint32(state.SPR + 8 * SPRN.DAWRX0, true) & DAWRX_ACCESS) !== 0;
  }

  private watchesPage(eaHi: number, eaLo: number): boolean {
    if (!this.watching) return false;
    const page = join(eaHi, (eaLo & ~LAST_IN_PAGE) >>> 0);
    const { start, end } = watchedRange(this.loadSpr(SPRN.DAWR0), this.loadSpr(SPRN.DAWRX0));
    return start < page + BigInt(state.PAGE_BYTES) && end > page;
  }

  /** Whether DAWR0 interrupts the access; then the interrupt waits. */
  private hitsWatchpoint(eaHi: number, eaLo: number, size: number, kind: 'load' | 'store'): boolean {
    if (!this.watching) return false;
    const request = watchpointInterrupt(
      { ea: join(eaHi, eaLo), size, kind },
      { dawr: this.loadSpr(SPRN.DAWR0), dawrx: this.loadSpr(SPRN.DAWRX0) },
      { msr: this.msr, smfctrl: this.loadSpr(SPRN.SMFCTRL) },
    );
    if (request) this.pending = () => request;
    return request !== undefined;
  }

  /** The same for what an access has in the next page. Both of its translations are made before anything is stored. */
  private locateNext(eaHi: number, eaLo: number, access: 'load' | 'store'): number {
    const next = (eaLo & ~LAST_IN_PAGE) + state.PAGE_BYTES;
    const nextLo = next >>> 0;
    const nextHi = nextLo === 0 ? this.highOf((BigInt(eaHi) + 1n) << 32n) : eaHi;
    return this.locate(nextHi, nextLo, access, false);
  }
}

/** Registers that banks of the TLB know. */
const KEYED: readonly number[] = [SPRN.LPIDR, SPRN.PIDR, SPRN.LPCR, SPRN.AMR, SPRN.IAMR];
