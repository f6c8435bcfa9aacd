/**
 * The short way: binary64 results from the host's doubles, with the sign of the rounding error from error-free
 * transformations (Dekker's product, Knuth's two-sum). For rounding to nearest and values far from overflow and
 * underflow; everything else is arithmetic.ts.
 *
 * A kernel takes its operands from an array by index, so that nothing is boxed. It returns false when the values are
 * not for it; otherwise it leaves the result and the error in `short`.
 */

/** Result of the last kernel, and exact value minus result: of that, the sign is right. */
export const short = new Float64Array(2);
const shortWords = new Uint32Array(short.buffer);

/** Magnitudes between these: no product or remainder leaves the range of normal numbers, errors included. */
const TINY = 2 ** -900;
const HUGE = 2 ** 960;
/** Dekker's splitter for 53 bits. */
const SPLIT = 134217729;

/** @returns whether it applies; see the head of this file */
export type Kernel = (f: Float64Array, a: number, b: number, c: number) => boolean;

/** x + y. */
export const shortAdd: Kernel = (f, a, b) => {
  const x = f[a] ?? 0;
  const y = f[b] ?? 0;
  const sum = x + y;
  const size = Math.abs(sum);
  if (!(size < HUGE) || (size < TINY && sum !== 0)) return false;
  const part = sum - x;
  short[0] = sum;
  short[1] = x - (sum - part) + (y - part);
  return true;
};

/** x - y. */
export const shortSubtract: Kernel = (f, a, b) => {
  const x = f[a] ?? 0;
  const y = -(f[b] ?? 0);
  const sum = x + y;
  const size = Math.abs(sum);
  if (!(size < HUGE) || (size < TINY && sum !== 0)) return false;
  const part = sum - x;
  short[0] = sum;
  short[1] = x - (sum - part) + (y - part);
  return true;
};

/** x times y. */
export const shortMultiply: Kernel = (f, a, b) => {
  const x = f[a] ?? 0;
  const y = f[b] ?? 0;
  const product = x * y;
  const size = Math.abs(product);
  if (!(size < HUGE && Math.abs(x) < HUGE && Math.abs(y) < HUGE)) return false;
  short[0] = product;
  if (size < TINY) {
    short[1] = 0;
    return x === 0 || y === 0;
  }
  const xs = x * SPLIT;
  const xh = xs - (xs - x);
  const xl = x - xh;
  const ys = y * SPLIT;
  const yh = ys - (ys - y);
  const yl = y - yh;
  short[1] = xl * yl - (product - xh * yh - xl * yh - xh * yl);
  return true;
};

/** x divided by y. */
export const shortDivide: Kernel = (f, a, b) => {
  const x = f[a] ?? 0;
  const y = f[b] ?? 0;
  const quotient = x / y;
  const size = Math.abs(quotient);
  const sizeX = Math.abs(x);
  const sizeY = Math.abs(y);
  if (!(size < HUGE && sizeX < HUGE && sizeY < HUGE && sizeY > TINY)) return false;
  short[0] = quotient;
  if (x === 0) {
    short[1] = 0;
    return true;
  }
  if (!(size > TINY && sizeX > TINY)) return false;
  const qs = quotient * SPLIT;
  const qh = qs - (qs - quotient);
  const ql = quotient - qh;
  const ys = y * SPLIT;
  const yh = ys - (ys - y);
  const yl = y - yh;
  const product = quotient * y;
  const rest = x - product - (ql * yl - (product - qh * yh - ql * yh - qh * yl));
  short[1] = y < 0 ? -rest : rest;
  return true;
};

/** The square root of x. */
export const shortSquareRoot: Kernel = (f, a) => {
  const x = f[a] ?? 0;
  if (!(x > TINY && x < HUGE)) {
    short[0] = x;
    short[1] = 0;
    return x === 0;
  }
  const root = Math.sqrt(x);
  const rs = root * SPLIT;
  const rh = rs - (rs - root);
  const rl = root - rh;
  const square = root * root;
  short[0] = root;
  short[1] = x - square - (rl * rl - (square - rh * rh - 2 * (rl * rh)));
  return true;
};

const odd = new Float64Array(1);
const oddWords = new Uint32Array(odd.buffer);

/**
 * x times z plus (sign = 1) or minus (sign = -1) y, rounded once: the exact sum of three doubles, of which the lower
 * two are added with rounding to odd (Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums").
 */
function fused(f: Float64Array, a: number, b: number, c: number, sign: number): boolean {
  const x = f[a] ?? 0;
  const z = f[b] ?? 0;
  const y = (f[c] ?? 0) * sign;
  const product = x * z;
  const size = Math.abs(product);
  const sizeY = Math.abs(y);
  if (!(size < HUGE && sizeY < HUGE && Math.abs(x) < HUGE && Math.abs(z) < HUGE)) return false;
  if (sizeY < TINY && y !== 0) return false;
  if (size < TINY) {
    short[0] = product + y;
    short[1] = 0;
    return x === 0 || z === 0;
  }
  const xs = x * SPLIT;
  const xh = xs - (xs - x);
  const xl = x - xh;
  const zs = z * SPLIT;
  const zh = zs - (zs - z);
  const zl = z - zh;
  const low = xl * zl - (product - xh * zh - xl * zh - xh * zl);
  // y + low = th + tl; product + th = vh + vl
  const th = y + low;
  const tp = th - y;
  const tl = y - (th - tp) + (low - tp);
  const vh = product + th;
  const vp = vh - product;
  const vl = product - (vh - vp) + (th - vp);
  const mid = tl + vl;
  const mp = mid - tl;
  let error = tl - (mid - mp) + (vl - mp);
  odd[0] = mid;
  if (error !== 0 && ((oddWords[0] ?? 0) & 1) === 0) {
    stepTowards(error > 0);
    error = -error;
  }
  const lower = odd[0];
  const sum = vh + lower;
  const sizeSum = Math.abs(sum);
  if (!(sizeSum > TINY && sizeSum < HUGE)) return false;
  const sp = sum - vh;
  const rest = vh - (sum - sp) + (lower - sp);
  short[0] = sum;
  short[1] = rest === 0 ? error : rest;
  return true;
}

/** Moves `odd` to the next double up or down; it is no zero. */
function stepTowards(up: boolean): void {
  const negative = ((oddWords[1] ?? 0) & 0x8000_0000) !== 0;
  // Its last bit is 0, so that adding to the magnitude carries nowhere.
  if (up !== negative) oddWords[0] = (oddWords[0] ?? 0) + 1;
  else if (oddWords[0] === 0) {
    oddWords[0] = 0xffff_ffff;
    oddWords[1] = (oddWords[1] ?? 0) - 1;
  } else oddWords[0] = (oddWords[0] ?? 0) - 1;
}

/** x times z plus y, for operands at a, b and c. */
export const shortMultiplyAdd: Kernel = (f, a, b, c) => fused(f, a, b, c, 1);
/** x times z minus y. */
export const shortMultiplySubtract: Kernel = (f, a, b, c) => fused(f, a, b, c, -1);

const SINGLE_TINY = 2 ** -125;
const SINGLE_HUGE = 2 ** 127;

/**
 * Rounds the result in `short` on to binary32. False where the two roundings would not be one: the double lies half
 * way between singles and is itself not exact; or where the single is denormalized or near the end of the range.
 */
export function shortToSingle(): boolean {
  const value = short[0] ?? 0;
  if (value === 0) return true;
  const size = Math.abs(value);
  if (!(size >= SINGLE_TINY && size <= SINGLE_HUGE)) return false;
  if (((shortWords[0] ?? 0) & 0x1fff_ffff) === 0x1000_0000 && short[1] !== 0) return false;
  const single = Math.fround(value);
  if (single === value) return true;
  short[0] = single;
  short[1] = value - single;
  return true;
}
