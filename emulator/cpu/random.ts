/**
 * The random numbers of darn: a sequence that its seed determines, so that a run can be repeated. (The generator is
 * SplitMix64: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.)
 */
const GAMMA = 0x9e37_79b9_7f4a_7c15n;
const ALL_ONES = (1n << 64n) - 1n;

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);

/** One step: the next state, and the number that belongs to it. */
export function nextRandom(state: bigint): { readonly state: bigint; readonly value: bigint } {
  const next = u64(state + GAMMA);
  let z = next;
  z = u64((z ^ (z >> 30n)) * 0xbf58_476d_1ce4_e5b9n);
  z = u64((z ^ (z >> 27n)) * 0x94d0_49bb_1331_11ebn);
  const value = z ^ (z >> 31n);
  // All ones says that there is no number (Book I 3.3.9).
  return value === ALL_ONES ? nextRandom(next) : { state: next, value };
}

/** What darn delivers of a number for its operand L; all ones, an error, for the reserved value 3. */
export function delivered(value: bigint, l: number): bigint {
  if (l === 0) return value & 0xffff_ffffn;
  return l === 3 ? ALL_ONES : value;
}
