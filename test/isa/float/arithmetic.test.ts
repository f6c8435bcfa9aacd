import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, divide, multiply, multiplyAdd, squareRoot, subtract } from '../../../emulator/isa/float/arithmetic';
import {
  EQUAL,
  GREATER,
  LESS,
  UNORDERED,
  compare,
  convert,
  fromInteger,
  toInteger,
} from '../../../emulator/isa/float/convert';
import { BINARY128, BINARY16, BINARY32, BINARY64, type Format, pack, unpack } from '../../../emulator/isa/float/format';
import {
  OE,
  OX,
  UE,
  UX,
  VXCVI,
  VXIDI,
  VXIMZ,
  VXISI,
  VXSNAN,
  VXSQRT,
  VXZDZ,
  XX,
  ZX,
} from '../../../emulator/isa/float/fpscr';
import { MODE, Status } from '../../../emulator/isa/float/round';

const status = new Status();
const begin = (mode = 0, enables = 0): void => status.begin(mode | enables);
const view = new DataView(new ArrayBuffer(8));
const bitsOf = (x: number): bigint => (view.setFloat64(0, x), view.getBigUint64(0));
const numberOf = (bits: bigint): number => (view.setBigUint64(0, bits), view.getFloat64(0));
const double = (x: number) => unpack(BINARY64, bitsOf(x));
const anyDouble = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map(numberOf),
  fc.double(),
  fc.float(),
  fc.integer({ min: -5, max: 5 }),
);

describe('rounding to nearest gives what the host computes', () => {
  const operations = {
    add: [(a: number, b: number) => a + b, add],
    subtract: [(a: number, b: number) => a - b, subtract],
    multiply: [(a: number, b: number) => a * b, multiply],
    divide: [(a: number, b: number) => a / b, divide],
  } as const;
  it.each(Object.entries(operations))('%s', (_, [host, exact]) => {
    fc.assert(
      fc.property(anyDouble, anyDouble, (a, b) => {
        begin();
        const result = numberOf(pack(BINARY64, exact(BINARY64, double(a), double(b), status)));
        expect(result).toBe(host(a, b));
      }),
      { numRuns: 400 },
    );
  });
  it('square root', () => {
    fc.assert(
      fc.property(anyDouble, (a) => {
        begin();
        expect(numberOf(pack(BINARY64, squareRoot(BINARY64, double(a), status)))).toBe(Math.sqrt(a));
      }),
      { numRuns: 300 },
    );
  });
  it('conversion to single', () => {
    fc.assert(
      fc.property(anyDouble, (a) => {
        begin();
        const bits = pack(BINARY64, convert(BINARY32, double(a), status));
        expect(numberOf(bits)).toBe(Math.fround(a));
      }),
      { numRuns: 300 },
    );
  });
});

describe('packing undoes unpacking', () => {
  it.each([BINARY16, BINARY32, BINARY64, BINARY128])('$name', (format: Format) => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << BigInt(format.width)) - 1n }), (bits) => {
        expect(pack(format, unpack(format, bits))).toBe(bits);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a sum of three rounded once', () => {
  it.each([
    // (1 + 2^-52)^2 - (1 + 2^-51) = 2^-104: nothing is left of it when the product is rounded before.
    [1 + 2 ** -52, 1 + 2 ** -52, -(1 + 2 ** -51), 2 ** -104],
    [2 ** 600, 2 ** 600, -Infinity, -Infinity],
    [3, 5, 7, 22],
    [2 ** -1074, 2 ** -1074, 1, 1],
  ])('%d times %d plus %d', (a, c, b, result) => {
    begin();
    expect(numberOf(pack(BINARY64, multiplyAdd(BINARY64, double(a), double(c), double(b), status)))).toBe(result);
  });
});

describe('rounding modes', () => {
  // 1 + 3 * 2^-54 lies between 1 and 1 + 2^-52, nearer to the latter.
  const next = 1 + 2 ** -52;
  it.each([
    ['nearest', MODE.nearest, next, -next],
    ['zero', MODE.zero, 1, -1],
    ['up', MODE.up, next, -1],
    ['down', MODE.down, 1, -next],
    ['odd', MODE.odd, next, -next],
  ] as const)('%s', (_, mode, positive, negative) => {
    for (const [sign, expected] of [
      [1, positive],
      [-1, negative],
    ] as const) {
      begin();
      status.mode = mode;
      const result = add(BINARY64, double(sign), double(sign * 3 * 2 ** -54), status);
      expect(numberOf(pack(BINARY64, result))).toBe(expected);
      expect([status.inexact, status.incremented]).toEqual([true, Math.abs(expected) === next]);
    }
  });
  it.each([
    [MODE.nearest, 2n, 4n],
    [MODE.nearestAway, 3n, 4n],
    [MODE.zero, 2n, 3n],
    [MODE.up, 3n, 4n],
    [MODE.down, 2n, 3n],
    [MODE.odd, 3n, 3n],
  ] as const)('to integers in mode %d: 2.5 and 3.5', (mode, a, b) => {
    status.mode = mode;
    expect([2.5, 3.5].map((x) => toInteger(double(x), 32, true, status))).toEqual([a, b]);
  });
  it('gives an exact zero difference the sign of the mode', () => {
    for (const [mode, zero] of [
      [0, 0],
      [1, 0],
      [2, 0],
      [3, -0],
    ] as const) {
      begin(mode);
      expect(numberOf(pack(BINARY64, subtract(BINARY64, double(2), double(2), status)))).toBe(zero);
    }
  });
});

describe('exceptions', () => {
  const { NaN: nan, Infinity: inf } = globalThis;
  const snan = unpack(BINARY64, 0x7ff0000000000001n);
  it.each([
    ['infinity minus infinity', VXISI, () => subtract(BINARY64, double(inf), double(inf), status)],
    ['infinity by infinity', VXIDI, () => divide(BINARY64, double(inf), double(-inf), status)],
    ['zero by zero', VXZDZ, () => divide(BINARY64, double(0), double(-0), status)],
    ['infinity times zero', VXIMZ, () => multiply(BINARY64, double(inf), double(0), status)],
    ['root of a negative number', VXSQRT, () => squareRoot(BINARY64, double(-1), status)],
    ['one by zero', ZX, () => divide(BINARY64, double(1), double(0), status)],
    ['a signaling NaN', VXSNAN, () => add(BINARY64, double(1), snan, status)],
    ['a quiet NaN', 0, () => add(BINARY64, double(1), double(nan), status)],
    ['inexact', XX, () => divide(BINARY64, double(1), double(3), status)],
    ['overflow', OX | XX, () => multiply(BINARY64, double(2 ** 1000), double(2 ** 1000), status)],
    ['underflow with loss', UX | XX, () => multiply(BINARY64, double(2 ** -1000), double(3 * 2 ** -75), status)],
    ['a denormalized exact result', 0, () => multiply(BINARY64, double(2 ** -1000), double(2 ** -50), status)],
  ])('%s', (_, raised, operation) => {
    begin();
    operation();
    expect(status.raised).toBe(raised);
  });

  it('takes what is tiny before rounding, though it rounds to a normal number', () => {
    begin();
    const result = multiply(BINARY64, double(2 ** -1022), double(1 - 2 ** -53), status);
    expect([numberOf(pack(BINARY64, result)), status.raised]).toEqual([2 ** -1022, UX | XX]);
  });

  // Book I 4.4.3.1 and 4.4.4.1: the exponent is adjusted by 1536, for singles by 192.
  it.each([
    ['overflow', OE, OX, 2 ** 1000, 2 ** 1000, 2 ** (2000 - 1536), BINARY64],
    ['underflow', UE, UX, 2 ** -1000, 2 ** -1000, 2 ** (-2000 + 1536), BINARY64],
    ['overflow of a single', OE, OX, 2 ** 100, 2 ** 100, 2 ** (200 - 192), BINARY32],
    ['underflow of a single', UE, UX, 2 ** -100, 2 ** -100, 2 ** (-200 + 192), BINARY32],
  ] as const)('an enabled %s scales the result', (_, enable, raised, a, b, expected, format) => {
    begin(0, enable);
    const result = multiply(format, double(a), double(b), status);
    expect([numberOf(pack(BINARY64, result)), status.raised]).toEqual([expected, raised]);
  });
});

describe('integers', () => {
  it.each([
    [2 ** 31 - 1, 32, true, 0x7fffffffn, 0],
    [2 ** 31, 32, true, 0x7fffffffn, VXCVI],
    [-(2 ** 31) - 1, 32, true, -0x80000000n, VXCVI],
    [-0.75, 32, false, 0n, XX],
    [-1, 32, false, 0n, VXCVI],
    [2 ** 64, 64, false, (1n << 64n) - 1n, VXCVI],
    [-(2 ** 63), 64, true, -(1n << 63n), 0],
    [Infinity, 64, true, (1n << 63n) - 1n, VXCVI],
    [NaN, 64, true, -(1n << 63n), VXCVI],
    [1e-300, 64, true, 0n, XX],
  ] as const)('%d to %d bits, signed %s', (x, width, signed, expected, raised) => {
    begin(1);
    expect([toInteger(double(x), width, signed, status), status.raised]).toEqual([expected, raised]);
  });
  it('are exact in quad precision', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), (n) => {
        begin();
        expect(toInteger(fromInteger(BINARY128, n, status), 64, true, status)).toBe(n);
        expect(status.raised).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

it('compares as the host does', () => {
  fc.assert(
    fc.property(anyDouble, anyDouble, (a, b) => {
      const order = Number.isNaN(a) || Number.isNaN(b) ? UNORDERED : a < b ? LESS : a > b ? GREATER : EQUAL;
      expect(compare(double(a), double(b))).toBe(order);
    }),
    { numRuns: 500 },
  );
});
