/** Random numbers from a seed, and operands of the kind that finds mistakes. */

/** A generator (sfc32: small, fast, good enough for tests). The same seed gives the same numbers. */
export class Random {
  private a = 0x9e3779b9;
  private b = 0x243f6a88;
  private c: number;
  private counter = 1;

  constructor(seed: number) {
    this.c = seed | 0;
    for (let i = 0; i < 12; i++) this.u32();
  }
  u32(): number {
    const t = (this.a + this.b + this.counter++) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + t;
    return t >>> 0;
  }
  /** 0 to n - 1. */
  below(n: number): number {
    return Math.floor((this.u32() / 2 ** 32) * n);
  }
  chance(probability: number): boolean {
    return this.u32() < probability * 2 ** 32;
  }
  pick<T>(list: readonly T[]): T {
    const value = list[this.below(list.length)];
    if (value === undefined) throw new Error('There is nothing to pick from.');
    return value;
  }
  u64(): bigint {
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32());
  }
}

const MASK = (1n << 64n) - 1n;
// prettier-ignore
const INTEGERS = [
  0n, 1n, 2n, MASK, MASK - 1n, 1n << 63n, (1n << 63n) - 1n, 0x7fffffffn, 0x80000000n, 0xffffffffn, 0xffffffff80000000n, 0xffffffff7fffffffn,
  1n << 32n, 0x7fffn, 0x8000n, 0xffffn, 0x7fn, 0x80n, 0xffn, 31n, 32n, 63n, 64n, 127n, 0x5555555555555555n, 0x0123456789abcdefn, 0x8000000080000000n,
];
// prettier-ignore
const DOUBLES = [
  0n, 1n << 63n, 0x3ff0000000000000n, 0xbff0000000000000n, 0x3fefffffffffffffn, 0x3ff0000000000001n, 0x4000000000000000n, 0x3fe0000000000000n, 0x4008000000000000n,
  // denormal: least, greatest; normal: least, greatest
  1n, 0x8000000000000001n, 0x000fffffffffffffn, 0x0010000000000000n, 0x8010000000000000n, 0x7fefffffffffffffn, 0xffefffffffffffffn,
  // infinities, quiet and signalling NaNs
  0x7ff0000000000000n, 0xfff0000000000000n, 0x7ff8000000000000n, 0xfff8000000000001n, 0x7ff0000000000001n, 0xfff7ffffffffffffn, 0x7ff4000000000000n,
  // the borders of single precision
  0x47efffffe0000000n, 0x47effffff0000000n, 0x47f0000000000000n, 0x3810000000000000n, 0x380fffffe0000000n, 0x36a0000000000000n, 0x3690000000000000n, 0x3690000000000001n,
  // the borders of integers
  0x41dfffffffc00000n, 0x41e0000000000000n, 0xc1e0000000000000n, 0x41efffffffe00000n, 0x41f0000000000000n, 0x43dfffffffffffffn, 0x43e0000000000000n,
  0xc3e0000000000000n, 0x43efffffffffffffn, 0x43f0000000000000n, 0x4340000000000001n, 0x3fdfffffffffffffn, 0x3ff8000000000000n, 0x4004000000000000n,
];
// prettier-ignore
const SINGLES = [
  0, 0x80000000, 0x3f800000, 0xbf800000, 0x3f7fffff, 0x40000000, 0x40400000, 1, 0x80000001, 0x007fffff, 0x00800000, 0x80800000, 0x7f7fffff, 0xff7fffff,
  0x7f800000, 0xff800000, 0x7fc00000, 0xffc00001, 0x7f800001, 0xffbfffff, 0x4f000000, 0x4effffff, 0xcf000000, 0x4f800000, 0x5f000000, 0x33800000, 0x3f000000, 0x3fc00000,
];

/** A doubleword for a general purpose register. */
export function integer(random: Random): bigint {
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return random.pick(INTEGERS);
    case 3:
      return BigInt(random.below(256));
    case 4:
      return BigInt.asUintN(64, BigInt(random.u32() | 0));
    case 5:
      return BigInt.asUintN(64, (1n << BigInt(random.below(64))) - BigInt(random.below(3)));
    default:
      return random.u64();
  }
}

/** A doubleword for a vector register: floating-point values of both precisions, integers, decimal digits. */
export function vectorDoubleword(random: Random): bigint {
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
      return random.pick(DOUBLES);
    case 3:
      // A double of moderate size, often with few significant bits.
      return (BigInt(random.below(2)) << 63n) | (BigInt(1023 - 60 + random.below(120)) << 52n) | significand(random);
    case 4:
    case 5:
      return (BigInt(single(random)) << 32n) | BigInt(single(random));
    case 6:
      return BigInt.asUintN(64, 0x0101010101010101n * BigInt(random.below(256)));
    case 7:
      return BigInt(`0x${Array.from({ length: 16 }, () => random.below(10)).join('')}`);
    case 8:
      // Decimal digits with a sign code.
      return BigInt(
        `0x${Array.from({ length: 15 }, () => random.below(10)).join('')}${(10 + random.below(6)).toString(16)}`,
      );
    case 9:
      return BigInt(random.below(256));
    case 10:
      return random.pick(INTEGERS);
    default:
      return random.u64();
  }
}

function significand(random: Random): bigint {
  const bits = random.u64() & 0xf_ffff_ffff_ffffn;
  return random.chance(0.5) ? bits : bits & ~((1n << BigInt(random.below(52))) - 1n);
}

function single(random: Random): number {
  return random.chance(0.6) ? random.pick(SINGLES) : random.u32();
}
