/**
 * Address translation: effective to real, and who may access what (Book III 5.7).
 *
 * Real mode (5.7.3): in hypervisor state RA = EA(4:63), or'ed with HRMOR (URMOR in the ultravisor) while EA bit 0 is 0.
 * With MSR.IR or DR on, the quadrant of the address (EA bits 0:1) and MSR.HV name a partition and a process, whose radix
 * tree gives a guest real address. A partition's guest real addresses, those of its process table and directories too,
 * go through partition-scoped translation: by the tables of PTCR, or by what the machine provides in their place.
 *
 * Nothing here changes memory: POWER9 raises an interrupt where a Reference or Change bit has to be set (its User's Manual
 * 4.10.13.1), so that a translation is a question.
 */
import type { PhysicalMemory } from '../memory/physical';
import { ENTRY, RadixWalk, TREE_BITS } from './radix';
import type { TableWatch } from './table-watch';
import { type TranslationStep, leafOf } from './translation-steps';

export type Access = 'load' | 'store' | 'fetch';

/** Partition-scoped translation, given by the machine in place of tables in memory: what a modelled hypervisor maps. */
export interface PartitionScope {
  /**
   * @param lpid of the partition
   * @param gpa guest real address
   * @returns real address, or undefined when nothing is mapped there or the access is not permitted
   */
  readonly translate: (lpid: number, gpa: bigint, access: Access) => bigint | undefined;
  /**
   * The partition's process table, once it has registered one: its guest real address and size as the second doubleword
   * of a partition table entry has them (Book III 5.7.6). Without one the partition's software maps one to one.
   */
  readonly processTable?: (lpid: number) => bigint | undefined;
}

/** What is wrong with an access. */
export type FaultKind =
  /** No segment: the quadrant is not the state's, or the address is outside of the tree. */
  | 'segment'
  | 'no translation'
  | 'protection'
  /** A fetch from a page without execute authority, or from non-idempotent I/O. */
  | 'no execute'
  /** A configuration of tables that the machine does not have. */
  | 'unsupported'
  /** A Reference or Change bit has to be set. */
  | 'reference or change'
  /** Secure memory and MSR.S = 0. */
  | 'secure'
  /** The real address does not exist. */
  | 'no memory';

/** Why an access cannot be done. */
export interface Fault {
  readonly kind: FaultKind;
  readonly ea: bigint;
  /** The hypervisor's matter: partition-scoped translation failed. */
  readonly hypervisor: boolean;
  /** The guest real address that partition-scoped translation was asked for. */
  readonly gpa: bigint | undefined;
  /** That address is a process table's or directory's entry. */
  readonly table: boolean;
  /** The real address, where it got so far. */
  readonly ra: bigint | undefined;
  /** That address is a table's entry. */
  readonly walk: boolean;
}

export type Translation = { readonly ra: bigint } | { readonly fault: Fault };

/** What translation depends on besides the address and tables: registers in the form in which they are used. */
export interface TranslationContext {
  /** MSR.IR for fetches, MSR.DR for others. */
  relocate: boolean;
  hv: boolean;
  pr: boolean;
  secure: boolean;
  lpid: number;
  pid: number;
  /** HRMOR, in the ultravisor URMOR. */
  offsetHi: number;
  offsetLo: number;
  ptcrHi: number;
  ptcrLo: number;
  /** LPCR.HR and UPRT: radix translation with process tables. */
  radix: boolean;
  /** Key 0 of AMR (bits 0:1) and IAMR (bit 1): 4 no store, 2 no load, 1 no fetch. */
  keys: number;
}

const EA_BIT_0 = 0x8000_0000;
/** EA bits 0:3 do not take part in hypervisor real mode. */
const REAL_HI = 0x0fff_ffff;
/** EA bits 0:1 do not take part in guest real mode, nor in a tree's walk. */
const GUEST_REAL_HI = 0x3fff_ffff;
/** High half of the first address that a tree does not translate. */
const TREE_END_HI = 2 ** (TREE_BITS - 32);
/** High half of the bit of secure memory. */
const SECURE_HI = 0x1_0000;
/** HR of a partition table entry's first doubleword, GR of its second one (bit 0). */
const RADIX_BIT = 0x8000_0000;
/** Bits of the addresses of partition and process tables, 4:51, and of their sizes, 59:63: log2(bytes) - 12. */
const TABLE_HI = 0x0fff_ffff;
const TABLE_LO = 0xffff_f000;
const TABLE_SIZE = 0x1f;
/** log2 of the number of 16-byte entries of a table of the least size. */
const LEAST_ENTRIES_SHIFT = 8;

/** What an access needs of the encoded access authority, and the key bit that denies it. */
const NEEDS = {
  load: { authority: ENTRY.read | ENTRY.readWrite, key: 2, recorded: ENTRY.reference },
  store: { authority: ENTRY.readWrite, key: 4, recorded: ENTRY.reference | ENTRY.change },
  fetch: { authority: ENTRY.execute, key: 1, recorded: ENTRY.reference },
} as const;

/** Joins the halves of a doubleword. */
export function join(hi: number, lo: number): bigint {
  return (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
}

/** Translates one address at a time; its fields are the results of the last translation. */
export class Translator {
  /** The real address. */
  raHi = 0;
  raLo = 0;
  /** Index of the real address in the memory's bytes. */
  host = 0;
  /** The page is caching inhibited. */
  inhibited = false;
  /** Why the last translation failed. */
  fault: Fault | undefined;
  /** Where the walk is told, when somebody wants to know. */
  steps: TranslationStep[] | undefined;
  scope: PartitionScope | undefined;
  /** Reference and Change bits do not matter: somebody only looks. */
  looking = false;

  private readonly view: DataView;
  private eaHi = 0;
  private eaLo = 0;
  private lpid = 0;
  private pid = 0;
  /** The guest real address in partition-scoped translation; negative outside of it. */
  private gpaHi = -1;
  private gpaLo = 0;
  /** The guest real address is that of a table's entry. */
  private table = false;
  /** The partition table entry that `lpid` has. */
  private readonly pate = { hi0: 0, lo0: 0, hi1: 0, lo1: 0 };
  private readonly process = new RadixWalk((walk, hi, lo, level) => this.readProcessEntry(walk, hi, lo, level));
  private readonly partition = new RadixWalk((walk, hi, lo, level) => this.readPartitionEntry(walk, hi, lo, level));

  /**
   * @param tables is told which entries are read
   * @param context registers; read anew at each translation
   */
  constructor(
    private readonly memory: PhysicalMemory,
    private readonly tables: Pick<TableWatch, 'used'>,
    readonly context: TranslationContext,
  ) {
    this.view = new DataView(memory.memory.buffer);
  }

  /** @returns whether the access may be done; `host` says where, or `fault` why not */
  translate(eaHi: number, eaLo: number, access: Access): boolean {
    const { context } = this;
    this.eaHi = eaHi;
    this.eaLo = eaLo;
    this.gpaHi = -1;
    this.table = false;
    this.fault = undefined;
    this.inhibited = false;
    if (context.relocate) return this.virtual(access);
    return context.hv ? this.hypervisorReal() : this.guestReal(access);
  }

  private hypervisorReal(): boolean {
    const { context } = this;
    const offset = (this.eaHi & EA_BIT_0) === 0;
    const hi = (this.eaHi | (offset ? context.offsetHi : 0)) & REAL_HI;
    return this.reach(hi, (this.eaLo | (offset ? context.offsetLo : 0)) >>> 0);
  }

  private guestReal(access: Access): boolean {
    this.lpid = this.context.lpid;
    if (!this.scope && !this.findPartition()) return false;
    return this.partitionScoped(this.eaHi & GUEST_REAL_HI, this.eaLo, access, false);
  }

  private virtual(access: Access): boolean {
    const { context, scope } = this;
    const quadrant = this.eaHi >>> 30;
    const outer = quadrant === 0 || quadrant === 3;
    if (!context.hv && !outer) return this.fail('segment');
    // Book III 5.7.5: effective LPID and PID by quadrant.
    this.lpid = context.hv && outer ? 0 : context.lpid;
    const pid = quadrant < 2 ? context.pid : 0;
    if (!scope) return this.findPartition() && this.processScoped(pid, access);
    const table = scope.processTable?.(this.lpid);
    if (table === undefined) return context.hv ? this.hypervisorReal() : this.guestReal(access);
    this.pate.hi1 = Number(BigInt.asUintN(64, table) >> 32n) | RADIX_BIT;
    this.pate.lo1 = Number(BigInt.asUintN(32, table));
    return this.processScoped(pid, access);
  }

  // -- tables ---------------------------------------------------------------------------------------------------

  /** Reads the partition table entry of `lpid` (Book III 5.7.6). */
  private findPartition(): boolean {
    const { context, pate, lpid } = this;
    const entries = LEAST_ENTRIES_SHIFT + (context.ptcrLo & TABLE_SIZE);
    const exists = entries > 31 || lpid >>> entries === 0;
    if (!exists || (lpid === 0 && !context.hv) || !context.radix) return this.failPartition();
    const at = ((context.ptcrLo & TABLE_LO) >>> 0) + lpid * 16;
    const hi = (context.ptcrHi & TABLE_HI) + Math.floor(at / 2 ** 32);
    const lo = at >>> 0;
    // The partition table may be in secure memory whoever runs: it is the ultravisor's (ultravisor.rst).
    const host = this.memory.offsetAt(hi, lo);
    if (host < 0) return this.failReal('no memory', hi, lo, true);
    this.tables.used(host, 'partition or process table');
    pate.hi0 = this.view.getUint32(host);
    pate.lo0 = this.view.getUint32(host + 4);
    pate.hi1 = this.view.getUint32(host + 8);
    pate.lo1 = this.view.getUint32(host + 12);
    this.steps?.push({
      table: 'partition table',
      space: 'real',
      address: join(hi, lo),
      value: join(pate.hi0, pate.lo0),
    });
    return (pate.hi0 & RADIX_BIT) !== 0 || this.failPartition();
  }

  private processScoped(pid: number, access: Access): boolean {
    const { hi1, lo1 } = this.pate;
    this.pid = pid;
    const entries = LEAST_ENTRIES_SHIFT + (lo1 & TABLE_SIZE);
    const misaligned = (lo1 & TABLE_LO & -(2 ** Math.min(entries + 4, 31))) !== (lo1 & TABLE_LO);
    if ((hi1 & RADIX_BIT) === 0 || misaligned) return this.fail('unsupported');
    if (entries <= 31 && pid >>> entries !== 0) return this.fail('no translation');
    const at = ((lo1 & TABLE_LO) >>> 0) + pid * 16;
    const hi = (hi1 & TABLE_HI) + Math.floor(at / 2 ** 32);
    const lo = at >>> 0;
    // On a radix host the tree of partition 0 serves the addresses of its process table only (QEMU's mmu-radix64.c).
    const real = this.lpid === 0 && this.scope !== undefined;
    if (!(real ? this.reach(hi, lo, true) : this.tableEntry(hi, lo))) return false;
    this.tables.used(this.host, 'partition or process table');
    const rootHi = this.view.getUint32(this.host);
    const rootLo = this.view.getUint32(this.host + 4);
    this.steps?.push({
      table: 'process table',
      space: real ? 'real' : 'guest real',
      address: join(hi, lo),
      value: join(rootHi, rootLo),
    });
    if ((this.eaHi & GUEST_REAL_HI) >= TREE_END_HI) return this.fail('segment');
    const failure = this.process.run(rootHi, rootLo, this.eaHi & GUEST_REAL_HI, this.eaLo);
    if (failure) return failure !== 'refused' && this.fail(failure);
    return this.throughLeaf(access);
  }

  /** The leaf of the process-scoped tree is found: checks it, and goes where it points. */
  private throughLeaf(access: Access): boolean {
    const { process } = this;
    const refusal = this.refusal(process.lo, access, true);
    if (refusal) return this.fail(refusal);
    const { pageHi } = process;
    const lo = process.pageLo(this.eaLo);
    this.inhibited = (process.lo & ENTRY.inhibited) !== 0;
    return this.lpid === 0 ? this.reach(pageHi, lo) : this.partitionScoped(pageHi, lo, access, false);
  }

  /** Translates a guest real address. @param table it is the address of a table's entry */
  private partitionScoped(hi: number, lo: number, access: Access, table: boolean): boolean {
    this.gpaHi = hi;
    this.gpaLo = lo;
    this.table = table;
    if (this.scope) {
      const mapped = this.scope.translate(this.lpid, join(hi, lo), access);
      if (mapped === undefined) return this.fail('no translation');
      return this.reach(Number(mapped >> 32n), Number(BigInt.asUintN(32, mapped)));
    }
    const { partition } = this;
    if (hi >= TREE_END_HI) return this.fail('no translation');
    const failure = partition.run(this.pate.hi0, this.pate.lo0, hi, lo);
    if (failure) return failure !== 'refused' && this.fail(failure);
    const refusal = this.refusal(partition.lo, access, false);
    if (refusal) return this.fail(refusal);
    if ((partition.lo & ENTRY.inhibited) !== 0) this.inhibited = true;
    return this.reach(partition.pageHi, partition.pageLo(lo));
  }

  /** Finds the entry of a process-scoped table at a guest real address. */
  private tableEntry(hi: number, lo: number): boolean {
    if (!this.partitionScoped(hi, lo, 'load', true)) return false;
    this.gpaHi = -1;
    this.table = false;
    return true;
  }

  /** What a leaf does not permit (Book III 5.7.12, 5.7.13). @param lo its low half */
  private refusal(lo: number, access: Access, process: boolean): FaultKind | undefined {
    const { context } = this;
    const needs = NEEDS[access];
    const denied = access === 'fetch' ? 'no execute' : 'protection';
    if (access === 'fetch' && (lo & ENTRY.attributes) === ENTRY.nonIdempotent) return denied;
    if ((lo & needs.authority) === 0) return denied;
    if (process) {
      const privileged = (lo & ENTRY.privileged) !== 0;
      if (privileged && context.pr) return denied;
      // Keys stand between privileged software and the pages of programs.
      if (!privileged && !context.pr && (context.keys & needs.key) !== 0) return denied;
    }
    return this.looking || (lo & needs.recorded) === needs.recorded ? undefined : 'reference or change';
  }

  private readProcessEntry(walk: RadixWalk, hi: number, lo: number, level: number): boolean {
    const real = this.lpid === 0;
    if (!(real ? this.reach(hi, lo, true) : this.tableEntry(hi, lo))) return false;
    this.readInto(walk, 'process-scoped', real ? 'real' : 'guest real', hi, lo, level);
    return true;
  }

  private readPartitionEntry(walk: RadixWalk, hi: number, lo: number, level: number): boolean {
    if (!this.reach(hi, lo, true)) return false;
    this.readInto(walk, 'partition-scoped', 'real', hi, lo, level);
    return true;
  }

  /** Reads the entry at `host`. Tables are big-endian. */
  private readInto(
    walk: RadixWalk,
    table: TranslationStep['table'],
    space: TranslationStep['space'],
    hi: number,
    lo: number,
    level: number,
  ): void {
    const { lpid, pid, eaLo } = this;
    this.tables.used(
      this.host,
      'tree',
      table === 'process-scoped' ? { lpid, pid, eaLo, shift: walk.shift } : undefined,
    );
    walk.hi = this.view.getUint32(this.host);
    walk.lo = this.view.getUint32(this.host + 4);
    this.steps?.push({ table, level, space, address: join(hi, lo), value: join(walk.hi, walk.lo), leaf: leafOf(walk) });
  }

  // -- real addresses and faults --------------------------------------------------------------------------------

  /** The last step: what lies at the real address, and whether the state may go there. */
  private reach(hi: number, lo: number, walk = false): boolean {
    this.raHi = hi;
    this.raLo = lo;
    if ((hi & SECURE_HI) !== 0 && !this.context.secure) return this.failReal('secure', hi, lo, walk);
    this.host = this.memory.offsetAt(hi, lo);
    return this.host >= 0 || this.failReal('no memory', hi, lo, walk);
  }

  private failReal(kind: FaultKind, hi: number, lo: number, walk: boolean): boolean {
    return this.fail(kind, join(hi, lo), walk);
  }

  /** There is no partition table entry that the machine can work with: the hypervisor's matter. */
  private failPartition(): boolean {
    this.gpaHi = this.eaHi & GUEST_REAL_HI;
    this.gpaLo = this.eaLo;
    return this.fail('unsupported');
  }

  private fail(kind: FaultKind, ra?: bigint, walk = false): boolean {
    const ea = join(this.eaHi, this.eaLo);
    const gpa = this.gpaHi < 0 ? undefined : join(this.gpaHi, this.gpaLo);
    // A Reference or Change bit missing in partition 0 is a plain storage interrupt (QEMU's mmu-radix64.c: seen on POWER9).
    const hypervisor = gpa !== undefined && !(kind === 'reference or change' && this.lpid === 0);
    this.fault = { kind, ea, hypervisor, gpa, table: this.table, ra, walk };
    return false;
  }
}
