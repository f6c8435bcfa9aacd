import { describe, expect, it } from 'vitest';
import {
  ELEMENT_VIEWS,
  doubleBits,
  doubleText,
  elementViews,
  halvesOf,
  singleText,
} from '../../extension/adapter/vector-text';

describe('floating-point registers as text', () => {
  it.each([
    [0x3ff8000000000000n, '1.5'],
    [0x4000000000000000n, '2.0'],
    [0x8000000000000000n, '-0.0'],
    [0xfff0000000000000n, '-Infinity'],
    [0x7ff8000000000000n, 'quiet NaN'],
    [0x7ff0000000000001n, 'signaling NaN'],
    [1n, '5e-324'],
    [0x444b1ae4d6e2ef50n, '1e+21'],
  ] as const)('%s is %s', (bits, text) => expect(doubleText(bits)).toBe(text));

  it.each([
    [0x3dcccccd, '0.1'],
    [0xc0000000, '-2.0'],
    [0x7f800000, 'Infinity'],
    [0x7fa00000, 'signaling NaN'],
    [0x00000001, '1e-45'],
  ] as const)('single %s is %s', (bits, text) => expect(singleText(bits)).toBe(text));

  it.each([
    ['1.5', '0x3ff8000000000000'],
    [' -2e0 ', '0xc000000000000000'],
    ['.5', '0x3fe0000000000000'],
    ['5', undefined],
    ['0x10', undefined],
    ['r3', undefined],
  ] as const)('takes %s', (text, bits) => expect(doubleBits(text)).toBe(bits));
});

it('shows a vector register in all formats, the leftmost element first', () => {
  const views = elementViews(0x3ff0000000000000_48656c6c6f210041n);
  expect(views).toHaveLength(ELEMENT_VIEWS);
  expect(Object.fromEntries(views.map(({ name, value }) => [name, value]))).toEqual({
    doubles: '1.0  5.8320394807258195e+40',
    floats: '1.875  0.0  234929.69  4.9827394e+28',
    doublewords: '0x3ff0000000000000  0x48656c6c6f210041',
    words: '0x3ff00000  0x00000000  0x48656c6c  0x6f210041',
    halfwords: '3ff0  0000  0000  0000  4865  6c6c  6f21  0041',
    bytes: '3f f0 00 00 00 00 00 00 48 65 6c 6c 6f 21 00 41',
    text: '?.......Hello!.A',
  });
});

it.each([
  ['0x1_0000_0000_0000_0002', ['0x1', '0x0000000000000002']],
  ['0x12', ['0', '0x12']],
  ['r3 + 1', ['0', 'r3 + 1']],
] as const)('parts %s into halves', (text, halves) => expect(halvesOf(text)).toEqual(halves));
