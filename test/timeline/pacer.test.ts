import { describe, expect, it } from 'vitest';
import { Pacer } from '../../emulator/timeline/pacer';

describe('Pacer', () => {
  const after = (...milliseconds: number[]): number => {
    const pacer = new Pacer();
    for (const each of milliseconds) pacer.took(each);
    return pacer.ticks;
  };

  it.each([
    ['begins with', [], 10_000],
    ['doubles while strides are short:', [0.1, 0.1], 40_000],
    ['stays while they are right:', [2, 3], 10_000],
    ['shrinks by as much as a stride was too long:', [50], 1_000],
    ['shrinks at once from the longest:', [...Array<number>(10).fill(0.1), 50], 13_107],
    ['never exceeds', Array<number>(30).fill(0.01), 131_072],
    ['never falls below', Array<number>(30).fill(1000), 1_000],
  ])('%s %j: %i ticks', (_, milliseconds, ticks) => {
    expect(after(...milliseconds)).toBe(ticks);
  });
});
