/** The short way against exact arithmetic: the same results, FR, FI and XX, wherever a kernel takes the operands. */
import { describe, expect, it } from 'vitest';
import { BINARY32, BINARY64, unpack, pack } from '../../../emulator/isa/float/format';
import { ARITHMETIC, type ArithmeticName } from '../../../emulator/isa/float/operations';
import { status } from '../../../emulator/isa/float/scalar';
import { short, shortToSingle } from '../../../emulator/isa/float/short';
import { Random } from '../../qemu/random';

const operands = new Float64Array(3);
const words = new BigUint64Array(operands.buffer);
const out = new BigUint64Array(short.buffer);

/** Doubles near to one another, of which some are singles, have few bits, or are zeros. */
function fill(random: Random, single: boolean): void {
  const centre = 1023 - (single ? 40 : 300) + random.below(single ? 80 : 600);
  const gap = random.pick([2, 30, 60, 110]);
  for (let i = 0; i < 3; i++) {
    const sign = BigInt(random.below(2)) << 63n;
    const exponent = BigInt(centre + random.below(gap)) << 52n;
    let fraction = random.u64() >> 12n;
    if (random.chance(0.5)) fraction = (fraction >> BigInt(20 + random.below(32))) << BigInt(20 + random.below(12));
    if (single) fraction = (fraction >> 29n) << 29n;
    words[i] = random.chance(0.05) ? sign : sign | exponent | (fraction & ((1n << 52n) - 1n));
  }
}

function results(name: ArithmeticName, single: boolean, seed: number): { taken: number; wrong: string[] } {
  const random = new Random(seed);
  const { kernel, exact } = ARITHMETIC[name];
  const format = single ? BINARY32 : BINARY64;
  const wrong: string[] = [];
  let taken = 0;
  for (let i = 0; i < 3000; i++) {
    fill(random, single);
    if (!kernel(operands, 0, 1, 2) || (single && !shortToSingle())) continue;
    taken++;
    const value = short[0] ?? 0;
    const error = short[1] ?? 0;
    const mine = [out[0], error !== 0, error !== 0 && error < 0 === value > 0].join(' ');
    status.begin(0);
    const [a, b, c] = [0, 1, 2].map((n) => unpack(BINARY64, words[n]!));
    const bits = pack(BINARY64, exact(format, a!, b!, c!));
    const theirs = [bits, status.inexact, status.incremented].join(' ');
    if (mine !== theirs)
      wrong.push(`${[...words].map((word) => word.toString(16)).join(' ')}: ${mine}, exact ${theirs}`);
  }
  return { taken, wrong };
}

const names = (Object.keys(ARITHMETIC) as ArithmeticName[]).filter((name) => !name.startsWith('negated'));

describe.each([
  ['doubles', false],
  ['singles', true],
] as const)('%s', (_, single) => {
  it.each(names)('%s', (name) => {
    const { taken, wrong } = results(name, single, 11);
    expect(wrong).toEqual([]);
    // The short way is what most operands take.
    expect(taken).toBeGreaterThan(name === 'squareRoot' ? 1200 : 2000);
  });
});
