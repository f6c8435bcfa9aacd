/**
 * Address translation: effective to real, and who may access what.
 *
 * Real mode (Book III 5.7.3): in hypervisor state RA = EA(4:63), or'ed with HRMOR (URMOR in the ultravisor) while EA
 * bit 0 is 0. A guest's real address goes through partition-scoped translation, which the machine provides. With
 * MSR.IR or DR on, addresses are taken as in real mode for as long as there is no radix translation.
 */
import type { PhysicalMemory } from '../memory/physical';
import { MSR_BIT } from '../isa/registers';

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

/** Why an access cannot be done. */
export type Fault =
  /** The real address does not exist. */
  | { readonly kind: 'no memory'; readonly ea: bigint; readonly ra: bigint }
  /** Partition-scoped translation has nothing. */
  | { readonly kind: 'not mapped'; readonly ea: bigint; readonly gpa: bigint }
  /** Secure memory and MSR.S = 0. `gpa`: the guest real address when a guest did it. */
  | { readonly kind: 'secure'; readonly ea: bigint; readonly ra: bigint; readonly gpa: bigint | undefined };

export type Translation = { readonly ra: bigint } | { readonly fault: Fault };

/** EA bits 0:3 do not take part in hypervisor real mode. */
const REAL_BITS = (1n << 60n) - 1n;
/** EA bits 0:1 do not take part in guest real mode. */
const GUEST_REAL_BITS = (1n << 62n) - 1n;
const EA_BIT_0 = 1n << 63n;

/** What translation depends on, besides the address. */
export interface TranslationContext {
  readonly msr: bigint;
  readonly lpid: number;
  readonly hrmor: bigint;
  readonly urmor: bigint;
  readonly partitionScope: PartitionScope | undefined;
}

/** Translates without side effects. */
export function translate(
  memory: PhysicalMemory,
  context: TranslationContext,
  address: bigint,
  access: Access,
): Translation {
  const { msr } = context;
  const ea = (msr & MSR_BIT.SF) === 0n ? address & 0xffff_ffffn : BigInt.asUintN(64, address);
  const secureState = (msr & MSR_BIT.S) !== 0n;
  let ra: bigint;
  let gpa: bigint | undefined;
  if ((msr & MSR_BIT.HV) !== 0n) {
    const offset = (ea & EA_BIT_0) === 0n ? (secureState ? context.urmor : context.hrmor) : 0n;
    ra = (ea & REAL_BITS) | (offset & REAL_BITS);
  } else {
    gpa = ea & GUEST_REAL_BITS;
    const mapped = context.partitionScope?.translate(context.lpid, gpa, access);
    if (mapped === undefined) return { fault: { kind: 'not mapped', ea, gpa } };
    ra = mapped;
  }
  if (memory.isSecure(ra) && !secureState) return { fault: { kind: 'secure', ea, ra, gpa } };
  if (!memory.contains(ra, 1)) return { fault: { kind: 'no memory', ea, ra } };
  return { ra };
}

/** The bank of the translation caches for a state: the bits of MSR that translation depends on. */
export function bankOf(msr: bigint, relocate: 'IR' | 'DR'): number {
  const bit = (mask: bigint, value: number): number => ((msr & mask) === 0n ? 0 : value);
  return bit(MSR_BIT.S, 8) | bit(MSR_BIT.HV, 4) | bit(MSR_BIT.PR, 2) | bit(MSR_BIT[relocate], 1);
}
