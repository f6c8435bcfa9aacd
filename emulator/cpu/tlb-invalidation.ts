/**
 * What tlbie and tlbiel invalidate: the fields of their operands (Book III 5.9.3.3).
 *
 * The machine caches no entries of directories and no process or partition table entries, so that RIC makes no difference
 * but for 1, which concerns those only.
 */
import type { Invalidation } from './tlb';

/** log2 of the page size by AP (Linux, ibm,processor-radix-AP-encodings of POWER9). */
const PAGE_SHIFT_BY_AP: readonly (number | undefined)[] = [12, 21, 30, undefined, undefined, 16];

export interface InvalidationContext {
  /** tlbiel. */
  readonly local: boolean;
  readonly hv: boolean;
  /** LPIDR. */
  readonly lpid: number;
}

/**
 * @param rb RB with the instruction's RIC, PRS and R in bits 60:63, where radix translations have none of their own
 * @param rs RS: PID, then LPID
 * @returns undefined when nothing that the machine keeps is named
 */
export function invalidationOf(rb: bigint, rs: bigint, context: InvalidationContext): Invalidation | undefined {
  const low = Number(BigInt.asUintN(32, rb));
  const is = (low >>> 10) & 3;
  const ric = (low >>> 2) & 3;
  const processScoped = (low & 2) !== 0;
  const radix = (low & 1) !== 0;
  if (ric === 1 && radix) return undefined;
  if (is === 3 || !radix) return { scope: 'everything' };
  const named = Number(BigInt.asUintN(32, rs));
  // tlbie means LPIDR's partition below the hypervisor. tlbiel means it always; RS is honoured beside it.
  const lpids = context.hv && !context.local ? [named] : context.hv ? [named, context.lpid] : [context.lpid];
  // What a partition-scoped translation gave is in entries for any effective address.
  if (!processScoped || is === 2) return { scope: 'partition', lpids };
  const pid = Number(BigInt.asUintN(64, rs) >> 32n);
  const shift = is === 0 ? PAGE_SHIFT_BY_AP[(low >>> 5) & 7] : undefined;
  return { scope: 'partition', lpids, pid, page: shift === undefined ? undefined : { lo: low, shift } };
}
