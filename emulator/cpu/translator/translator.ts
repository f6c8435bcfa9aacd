/**
 * Which regions are translated, where they are valid, and when they are forgotten.
 *
 * A region belongs to an effective address, a mode, a privilege, and the memory pages from which its instructions came.
 * It is entered only by the entry cache, into which it comes after its pages were looked up anew: so a change of
 * translations empties the cache and costs no translation. A write to one of its pages ends it. What is translated
 * depends on counts alone, and no result depends on what is translated.
 */
import { SPR_NUMBER } from '../../isa/semantics';
import type { PhysicalMemory } from '../../memory/physical';
import { divideExtendedSigned, divideExtendedUnsigned } from '../extended-division';
import type { InterpreterExports } from '../interpreter';
import type { Mode } from '../lowering';
import * as state from '../state';
import { BranchTargets } from './branch-targets';
import { FIRST_REGION, entryOffset, interpretIndex, modeNumber, resumeIndex } from './entries';
import { REGION_INSTRUCTIONS } from './discover';
import { type Instruction, InstructionCache } from './instruction';
import { translateRegion } from './region-module';
import { exportOfRoutine } from '../routines';

/** The code that a region is made of: pages by effective address, and by page the words. */
interface ReadCode {
  readonly pages: Map<bigint, number>;
  readonly words: Map<number, number[]>;
  /** Branches to CTR, and how many targets of each were known. */
  readonly branches: Map<bigint, number>;
}

/** What the translator needs of the CPU, in its current state. */
export interface TranslatorHost {
  /** Index in memory of the page from which instructions at this address come; undefined where none can. */
  readonly fetchPage: (ea: bigint) => number | undefined;
  readonly isBreakpoint: (ea: bigint) => boolean;
  /** From now on stores to this page come to the host: it has translated code. */
  readonly protect: (page: number) => void;
  /** Calls a function of a row (isa/table.ts). */
  readonly apply: (fn: number, a: number, b: number, c: number, d: number) => number;
  /** Instructions executed so far: the only clock there is. */
  readonly instructions: () => number;
}

/** The state in which addresses are looked up. */
export interface TranslatorContext {
  readonly mode: Mode;
  readonly rank: number;
  /** What else tells translations of addresses apart. */
  readonly space: number;
}

/** A page of memory from which regions come. */
interface CodePage {
  readonly regions: Set<Region>;
  /** One byte for each word: 1 when a region has it. */
  readonly words: Uint8Array;
  /** Writes beside code that are borne until the page is given up for a while. */
  patience: number;
}

interface Region {
  readonly ea: bigint;
  readonly index: number;
  readonly mode: number;
  /** Effective addresses of pages, and where they are in memory. */
  readonly pages: ReadonlyMap<bigint, number>;
  readonly branches: ReadonlyMap<bigint, number>;
  alive: boolean;
}

/** Visits by the interpreter after the first look until an address is translated. */
const HOT_COUNTDOWN = 400;
/** Until an address is tried anew while another translation was made too shortly before. */
const PACE_COUNTDOWN = 100;
/** Until an address is tried anew that could not be translated, while pages rest. */
const RETRY_COUNTDOWN = 10_000;
/** The same for an address at which no instruction can be translated. */
const SELDOM = 1_000_000;
/** Instructions for which a page is only interpreted: after its code was changed, and when it has data beside the code. */
const REST_AFTER_CHANGE = 100_000;
const REST_OF_DATA = 20_000_000;
/** Writes beside the code of a page until then: each costs as much as hundreds of instructions. */
const PATIENCE = 1000;
/** Instructions to execute for each one that was translated, so that no stride of a run is spent on translating. */
const PACE = 1000;
/** Above, forgetting everything is cheaper. */
const MOST_PAGES_ONE_BY_ONE = 16;
/** Pages of a region at most. */
const REGION_PAGES = 4;
/** Regions and bytes of modules at most; beyond, all are forgotten. V8 needs about 50 KiB for a module. */
const MOST_REGIONS = 6000;
const MOST_BYTES = 48 << 20;

const PAGE = BigInt(state.PAGE_BYTES);
/** In BRANCH: no region was left by a branch to CTR. No instruction has this address. */
const NO_BRANCH = (1n << 64n) - 1n;
const lowPage = (ea: bigint): number => Number((ea & 0xffff_ffffn) / PAGE);

/** Counts for benchmarks and tests. */
export interface TranslatorStatistics {
  regions: number;
  instructions: number;
  bytes: number;
  invalidated: number;
}

export class CodeTranslator {
  /** The table that interpreters and regions share. */
  readonly table = new WebAssembly.Table({ element: 'anyfunc', initial: FIRST_REGION + MOST_REGIONS });
  private readonly view: DataView<ArrayBuffer>;
  private readonly regions = new Map<string, Region[]>();
  private readonly byPage = new Map<number, CodePage>();
  /** Regions by the low halves of their pages' effective addresses. */
  private readonly byAddress = new Map<number, Set<Region>>();
  private readonly warm = new Set<string>();
  private readonly targets = new BranchTargets();
  /** Pages that were written, and the instruction count until which they are left alone. */
  private readonly resting = new Map<number, number>();
  private readonly instructions = new Map<number, InstructionCache>();
  private readonly interpreters: (InterpreterExports | undefined)[] = [];
  private readonly freeIndices: number[] = [];
  private nextIndex = FIRST_REGION;
  /** See `PACE` and `HOT_COUNTDOWN`; tests translate sooner. */
  pace = PACE;
  hotCountdown = HOT_COUNTDOWN;
  /** Instruction count from which on the next region may be translated. */
  private notBefore = 0;
  /** Which context each bank of the entry cache serves; the last is the one used last. */
  private banks: readonly { readonly key: number; readonly bank: number }[] = Array.from(
    { length: state.ENTRY_CACHE_BANKS },
    (_, bank) => ({ key: -1, bank }),
  );
  readonly statistics: TranslatorStatistics = {
    regions: 0,
    instructions: 0,
    bytes: 0,
    invalidated: 0,
  };

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly host: TranslatorHost,
  ) {
    this.view = new DataView(memory.memory.buffer);
    memory.onWatchedWrite('code', (offset, length) => this.written(offset, length));
    this.forgetMappings();
  }

  /** Gives the table the interpreter of a mode. */
  addInterpreter(mode: Mode, exports: InterpreterExports): void {
    const number = modeNumber(mode);
    this.interpreters[number] = exports;
    this.table.set(resumeIndex(number), exports.run);
    this.table.set(interpretIndex(number), exports.interpret);
  }

  /** Makes the entry cache that of a context. */
  select(context: TranslatorContext): void {
    const key = modeNumber(context.mode) + 4 * context.rank + 16 * context.space;
    const at = this.banks.findIndex((bank) => bank.key === key);
    const chosen = this.banks[at < 0 ? 0 : at] ?? { key, bank: 0 };
    this.banks = [...this.banks.filter((bank) => bank !== chosen), { key, bank: chosen.bank }];
    const address = state.ENTRY_CACHE + chosen.bank * state.ENTRY_BANK_BYTES;
    this.view.setInt32(state.ENTRY_BANK, address, true);
    if (at < 0) this.memory.u8.fill(0xff, address, address + state.ENTRY_BANK_BYTES);
  }

  /** Translations of addresses have changed: regions are looked up anew. */
  forgetMappings(): void {
    for (const { key, bank } of this.banks) {
      const address = state.ENTRY_CACHE + bank * state.ENTRY_BANK_BYTES;
      if (key >= 0) this.memory.u8.fill(0xff, address, address + state.ENTRY_BANK_BYTES);
    }
  }

  /** The same for the addresses of 2^shift bytes, whatever the high half of the address. */
  forgetMappingsOf({ eaLo, shift }: { readonly eaLo: number; readonly shift: number }): void {
    const pages = 2 ** (shift - Math.log2(state.PAGE_BYTES));
    if (pages > MOST_PAGES_ONE_BY_ONE) return this.forgetMappings();
    const first = Math.floor(eaLo / state.PAGE_BYTES / pages) * pages;
    for (let page = first; page < first + pages; page++) {
      for (const region of this.byAddress.get(page) ?? []) this.uninstall(region);
    }
  }

  /** Bytes of a page with code are written. */
  private written(offset: number, length: number): void {
    const page = offset - (offset % state.PAGE_BYTES);
    const code = this.byPage.get(page);
    if (!code) return;
    const first = (offset - page) >> 2;
    const last = (offset - page + length - 1) >> 2;
    const hit = code.words.subarray(first, last + 1).includes(1);
    if (!hit && code.patience-- > 0) return;
    this.dropPage(page, code);
    this.resting.set(page, this.host.instructions() + (hit ? REST_AFTER_CHANGE : REST_OF_DATA));
  }

  private dropPage(page: number, code: CodePage): void {
    this.byPage.delete(page);
    this.memory.watch(page, 'code', false);
    for (const region of code.regions) this.drop(region);
  }

  /** Before other breakpoints are set: regions that run over a new one, or end at an old one, go. */
  breakpointsChange(before: ReadonlySet<bigint>, after: ReadonlySet<bigint>): void {
    const changed = [...before].filter((ea) => !after.has(ea)).concat([...after].filter((ea) => !before.has(ea)));
    if (changed.length === 0) return;
    for (const regions of [...this.regions.values()]) {
      for (const region of regions) if (changed.some((ea) => region.pages.has(ea & -PAGE))) this.drop(region);
    }
  }

  /** Forgets all regions. */
  clear(): void {
    for (const [page, code] of this.byPage) this.dropPage(page, code);
    this.regions.clear();
    this.byAddress.clear();
    this.warm.clear();
    this.targets.clear();
    this.freeIndices.length = 0;
    this.nextIndex = FIRST_REGION;
    this.resting.clear();
    this.notBefore = 0;
    this.view.setBigUint64(state.BRANCH, NO_BRANCH, true);
    this.statistics.bytes = 0;
    this.forgetMappings();
  }

  private drop(region: Region): void {
    if (!region.alive) return;
    region.alive = false;
    this.statistics.invalidated++;
    const key = this.keyOf(region.ea, region.mode);
    const others = this.regions.get(key)?.filter((other) => other !== region) ?? [];
    if (others.length > 0) this.regions.set(key, others);
    else this.regions.delete(key);
    for (const ea of region.pages.keys()) this.byAddress.get(lowPage(ea))?.delete(region);
    this.uninstall(region);
    this.table.set(region.index, null);
    this.freeIndices.push(region.index);
  }

  /** Takes a region out of the entry cache: nothing else leads to it. */
  private uninstall(region: Region): void {
    for (let bank = 0; bank < state.ENTRY_CACHE_BANKS; bank++) {
      const entry = state.ENTRY_CACHE + bank * state.ENTRY_BANK_BYTES + entryOffset(region.ea);
      if (this.view.getInt32(entry + 8, true) === region.index) this.view.setBigInt64(entry, -1n, true);
    }
  }

  private keyOf(ea: bigint, mode: number): string {
    return `${ea.toString(36)} ${mode}`;
  }

  /** The interpreter has visited an address often: installs its region, or translates it when the time has come. */
  hot(ea: bigint, context: TranslatorContext): void {
    const entry = this.view.getInt32(state.ENTRY_BANK, true) + entryOffset(ea);
    if (this.view.getBigUint64(entry, true) !== ea) return;
    const mode = modeNumber(context.mode) + 4 * context.rank;
    const branch = this.noteBranch(ea);
    const key = this.keyOf(ea, mode);
    const region = this.regions.get(key)?.find((known) => this.isValid(known));
    if (region) return this.install(entry, region);
    const warmKey = `${key} ${this.host.fetchPage(ea) ?? ''}`;
    if (!this.warm.has(warmKey)) {
      this.warm.add(warmKey);
      return this.view.setInt32(entry + 12, this.hotCountdown, true);
    }
    if (branch !== undefined && this.dropToRetranslate(branch))
      return this.view.setInt32(entry + 12, this.hotCountdown, true);
    if (this.isAhead(this.notBefore, PACE * REGION_INSTRUCTIONS))
      return this.view.setInt32(entry + 12, PACE_COUNTDOWN, true);
    const made = this.translate(ea, context, mode);
    if (made) this.install(entry, made);
    else this.view.setInt32(entry + 12, this.resting.size > 0 ? RETRY_COUNTDOWN : SELDOM, true);
  }

  /** Notes that the branch by which a region was left last has led here; answers with its address. */
  private noteBranch(ea: bigint): bigint | undefined {
    const branch = this.view.getBigUint64(state.BRANCH, true);
    this.view.setBigUint64(state.BRANCH, NO_BRANCH, true);
    if (branch === NO_BRANCH || (this.ctr & ~3n) !== ea) return undefined;
    this.targets.note(branch, ea);
    return branch;
  }

  /** Drops regions with a branch of which many more targets are known now: they will be translated anew with them. */
  private dropToRetranslate(branch: bigint): boolean {
    let dropped = false;
    for (const region of this.byAddress.get(lowPage(branch)) ?? []) {
      const had = region.branches.get(branch);
      if (had === undefined || !this.targets.areMany(branch, had)) continue;
      this.drop(region);
      dropped = true;
    }
    return dropped;
  }

  /** Whether an instruction count is still to come, and not from before the CPU was set back. */
  private isAhead(count: number, most: number): boolean {
    const ahead = count - this.host.instructions();
    return ahead > 0 && ahead <= most;
  }

  private isValid(region: Region): boolean {
    for (const [ea, page] of region.pages) if (this.host.fetchPage(ea) !== page) return false;
    return true;
  }

  private install(entry: number, region: Region): void {
    this.view.setInt32(entry + 8, region.index, true);
  }

  private translate(ea: bigint, context: TranslatorContext, mode: number): Region | undefined {
    if (this.freeIndices.length === 0 && this.nextIndex >= FIRST_REGION + MOST_REGIONS) this.clear();
    if (this.statistics.bytes > MOST_BYTES) this.clear();
    const read: ReadCode = { pages: new Map(), words: new Map(), branches: new Map() };
    const at = this.reader(ea, context, mode, read);
    const seenTargets = (offset: number): readonly bigint[] => {
      const branch = ea + BigInt(offset);
      // A call by CTR probably goes where CTR points now, when nothing is known of it.
      const seen = this.targets.of(branch) ?? (at(offset)?.isCall === true ? [this.ctr & ~3n] : []);
      read.branches.set(branch, seen.length);
      return seen;
    };
    const made = translateRegion({ entry: ea, at, seenTargets }, context.mode);
    if (!made) return undefined;
    const index = this.freeIndices.pop() ?? this.nextIndex++;
    const bytes = made.module(index);
    const interpreter = this.interpreters[modeNumber(context.mode)];
    const names = made.routines.map(exportOfRoutine);
    new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      host: {
        ...Object.fromEntries(names.map((name) => [name, interpreter?.[name]])),
        memory: this.memory.memory,
        regions: this.table,
        divse: divideExtendedSigned,
        divue: divideExtendedUnsigned,
        apply: this.host.apply,
      },
    });
    const region: Region = { ea, index, mode, pages: read.pages, branches: read.branches, alive: true };
    const key = this.keyOf(ea, mode);
    this.regions.set(key, [...(this.regions.get(key) ?? []), region]);
    for (const pageEa of read.pages.keys()) {
      const regions = this.byAddress.get(lowPage(pageEa));
      if (regions) regions.add(region);
      else this.byAddress.set(lowPage(pageEa), new Set([region]));
    }
    for (const [page, words] of read.words) {
      const code = this.byPage.get(page) ?? this.newCodePage(page);
      code.regions.add(region);
      for (const word of words) code.words[word] = 1;
    }
    this.notBefore = this.host.instructions() + this.pace * made.instructions;
    this.statistics.regions++;
    this.statistics.instructions += made.instructions;
    this.statistics.bytes += bytes.length;
    return region;
  }

  private get ctr(): bigint {
    return this.view.getBigUint64(state.SPR + 8 * SPR_NUMBER.CTR, true);
  }

  private newCodePage(page: number): CodePage {
    const code = { regions: new Set<Region>(), words: new Uint8Array(state.PAGE_BYTES / 4), patience: PATIENCE };
    this.byPage.set(page, code);
    this.memory.watch(page, 'code', true);
    this.host.protect(page);
    return code;
  }

  /** Reads the instructions around an address, noting the pages. */
  private reader(
    entry: bigint,
    context: TranslatorContext,
    mode: number,
    { pages, words }: ReadCode,
  ): (offset: number) => Instruction | undefined {
    const cache = this.instructionsOf(context, mode);
    const mask = context.mode.sf ? (1n << 64n) - 1n : 0xffff_ffffn;
    return (offset) => {
      const ea = entry + BigInt(offset);
      if (ea < 0n || ea > mask || this.host.isBreakpoint(ea)) return undefined;
      const pageEa = ea & -PAGE;
      const page = pages.get(pageEa) ?? (pages.size < REGION_PAGES ? this.host.fetchPage(pageEa) : undefined);
      if (page === undefined || this.isAhead(this.resting.get(page) ?? 0, REST_OF_DATA)) return undefined;
      const inPage = Number(ea & (PAGE - 1n));
      const instruction = cache.get(this.view.getUint32(page + inPage, context.mode.littleEndian));
      if (!instruction) return undefined;
      pages.set(pageEa, page);
      const list = words.get(page);
      if (list) list.push(inPage >> 2);
      else words.set(page, [inPage >> 2]);
      return instruction;
    };
  }

  private instructionsOf(context: TranslatorContext, mode: number): InstructionCache {
    const known = this.instructions.get(mode);
    if (known) return known;
    const row = state.SPR_ACCESS + 2048 * context.rank;
    const made = new InstructionCache({
      mode: context.mode,
      rank: context.rank,
      plainSpr: (number, write) => this.memory.u8[row + (write ? 1024 : 0) + number] === state.SPR_ACCESS_PLAIN,
    });
    this.instructions.set(mode, made);
    return made;
  }
}
