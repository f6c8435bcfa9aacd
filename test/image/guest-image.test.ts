import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HmacDrbg } from '../../emulator/common/drbg';
import { PefError } from '../../emulator/common/errors';
import { placeFile, placeImage } from '../../emulator/image/guest-image';
import { SymbolTable } from '../../emulator/image/symbols';
import { symbolText } from '../../emulator/common/machine-api';
import { type ElfSpec, elfFile } from './elf-file';

const fixture = (name: string): Uint8Array => fs.readFileSync(new URL(`fixtures/${name}.elf`, import.meta.url));
const SPACE = { usableBytes: 0x10_0000n };
const CODE = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const KERNEL_BASE = 0xc000_0000_0000_0000n;

/** Two segments, as a kernel has them: linked high, loaded low. */
const KERNEL: ElfSpec = {
  entry: KERNEL_BASE + 4n,
  segments: [
    { vaddr: KERNEL_BASE, paddr: 0n, bytes: CODE },
    { vaddr: KERNEL_BASE + 0x8000n, paddr: 0x4000n, bytes: CODE, memBytes: 0x100n },
  ],
  symbols: [
    { name: '_stext', value: KERNEL_BASE, size: 4n },
    { name: 'start', value: KERNEL_BASE + 4n, size: 4n },
    { name: 'data', value: KERNEL_BASE + 0x8010n, info: 0x11, size: 8n },
  ],
};

function place(spec: ElfSpec | Uint8Array, at?: bigint, endian?: 'little' | 'big') {
  return placeImage(spec instanceof Uint8Array ? spec : elfFile(spec), 'x', at, { ...SPACE, endian }).image;
}

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof PefError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'placed';
}

describe('the place of an image', () => {
  it('of bytes is the address that was asked for, or 0; they begin with the first', () => {
    expect(place(CODE, 0x1000n)).toEqual({
      name: 'x',
      parts: [{ address: 0x1000n, bytes: CODE, memBytes: 8n }],
      start: 0x1000n,
      entry: 0x1000n,
      toc: undefined,
      symbols: [],
      moved: [],
    });
    expect(place(CODE).entry).toBe(0n);
  });
  it.each([
    { at: undefined, parts: [0n, 0x4000n], entry: 4n },
    { at: 0x4_0000n, parts: [0x4_0000n, 0x4_4000n], entry: 0x4_0004n },
  ])('of a kernel is that of its physical addresses, moved as a whole to $at', ({ at, parts, entry }) => {
    const image = place(KERNEL, at);
    expect(image.parts.map(({ address }) => address)).toEqual(parts);
    expect([image.entry, image.start]).toEqual([entry, parts[0]]);
  });
  it('of a program linked to its place needs no address', () => {
    const { image, endian } = placeImage(fixture('hello-be'), 'x', undefined, { usableBytes: 0x40_0000n });
    expect([endian, image.entry, image.toc, image.moved]).toEqual(['big', 0x100284n, 0x109f00n, []]);
  });
  it('of a position independent program moves its symbols too', () => {
    const image = place(fixture('hello-pie'), 0x2_0000n);
    const table = new SymbolTable(image);
    expect(image.entry).toBe(0x2_0394n);
    expect(table.at(image.entry)?.symbol.name).toBe('_start');
    expect(image.moved).toEqual([]);
  });
  it.each<[string, () => unknown, string]>([
    ['no bytes', () => place(new Uint8Array()), 'image-empty: "x" is empty'],
    ['an odd address', () => place(CODE, 2n), 'image-address: "x" cannot be at 0x2'],
    ['too far up', () => place(CODE, 0xf_fffcn), 'image-too-large: "x" (0xffffc to 0x100004) does not fit'],
    ['beyond all', () => place(CODE, 1n << 63n), 'image-too-large: "x"'],
    ['too large', () => place(fixture('hello-le')), 'image-too-large: The segment at 0x100000 of "x"'],
    [
      'too large when it is zeroed',
      () => place({ entry: 0n, segments: [{ vaddr: 0n, bytes: CODE, memBytes: 1n << 40n }] }),
      'image-too-large: The segment at 0x0 of "x"',
    ],
    [
      'the other byte order',
      () => place(KERNEL, 0n, 'big'),
      'image-endian: "x" is little-endian and the guest big-endian; write \'endian little\'.',
    ],
    [
      'a dynamic program',
      () => place({ ...KERNEL, interpreter: '/ld.so' }),
      'image-interpreter: "x" needs the dynamic loader /ld.so',
    ],
    [
      'segments that overlap where they are loaded',
      () => place({ ...KERNEL, segments: KERNEL.segments.map((each) => ({ ...each, paddr: 4n })) }),
      'image-overlap: The segments of "x" overlap in memory: 0x4 to 0xc and 0x4 to 0x104',
    ],
    ['a broken file', () => place(elfFile(KERNEL).subarray(0, 100)), 'truncated: The ELF file ends before'],
  ])('refuses %s', (_, action, message) => {
    expect(messageOf(action)).toContain(message);
  });
});

describe('any file', () => {
  it('is placed or refused with a reason', () => {
    const random = new DataView(HmacDrbg.fromSeed('place', 'mutations').generate(1 << 16).buffer);
    let used = 0;
    const number = (below: number): number => random.getUint32(4 * used++) % below;
    const file = fixture('hello-be');
    const seen = new Set<string>();
    for (let i = 0; i < 1000; i++) {
      const changed = Uint8Array.from(file);
      for (let n = 1 + number(3); n > 0; n--) changed[number(64 + 3 * 56)] = number(256);
      seen.add(messageOf(() => place(changed, [undefined, 0x1000n, 1n << 63n][number(3)], 'big')).split(':')[0]!);
    }
    for (const found of ['bad-elf', 'image-too-large', 'placed', 'truncated', 'unsupported-elf'])
      expect(seen).toContain(found);
  });
});

describe('a file beside the image', () => {
  const image = place(KERNEL);
  it('lies where it is asked for, or as high as it can', () => {
    expect(placeFile(CODE, 'initrd', 0x8000n, image, SPACE)).toEqual({ address: 0x8000n, bytes: CODE, memBytes: 8n });
    expect(placeFile(CODE, 'initrd', undefined, image, SPACE).address).toBe(0xf_0000n);
  });
  it('overlaps nothing and fits', () => {
    expect(messageOf(() => placeFile(CODE, 'initrd', 0x40f8n, image, SPACE))).toBe(
      'image-overlap: "initrd" (0x40f8 to 0x4100) overlaps "x" (0x4000 to 0x4100); give it another address.',
    );
    expect(messageOf(() => placeFile(CODE, 'initrd', 0xf_fffcn, image, SPACE))).toContain('image-too-large');
    expect(messageOf(() => placeFile(new Uint8Array(0x10_0001), 'initrd', undefined, image, SPACE))).toContain(
      'image-too-large',
    );
  });
});

function nameAt(table: SymbolTable, address: bigint): string | undefined {
  const found = table.at(address);
  return symbolText(found && { name: found.symbol.name, offset: found.offset });
}

describe('symbols', () => {
  const table = new SymbolTable(place(KERNEL, 0x4_0000n));
  const at = (address: bigint): string | undefined => nameAt(table, address);
  it('name addresses as linked and as loaded', () => {
    expect([at(KERNEL_BASE + 4n), at(KERNEL_BASE + 6n), at(0x4_0004n), at(0x4_4012n)]).toEqual([
      'start',
      'start+0x2',
      'start',
      'data+0x2',
    ]);
    expect([at(0n), at(0x4_0008n), at(KERNEL_BASE - 4n), at((1n << 64n) - 4n)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
  it('are places for breakpoints, with and without translation', () => {
    expect(table.places(table.named('start')!)).toEqual([KERNEL_BASE + 4n, 0x4_0004n]);
    expect(table.named('nothing')).toBeUndefined();
  });
  it('are found by their beginning, in any case', () => {
    expect(table.beginning('ST', 10).map(({ name }) => name)).toEqual(['start']);
    expect(table.beginning('', 2)).toHaveLength(2);
  });
  it.each([
    ['the function that contains it before a label in it', 0x1006n, 'function+0x6'],
    ['the global name before a local one', 0x1100n, 'global'],
    ['a label before it, without sizes', 0x1208n, 'label+0x8'],
    ['nothing far away', 0x2_2000n, undefined],
    ['no number', 0x3000n, 'label+0x1e00'],
  ])('of an address: %s', (_, address, name) => {
    const image = place({
      entry: 0x1000n,
      segments: [{ vaddr: 0x1000n, bytes: CODE, memBytes: 0x2_8000n }],
      symbols: [
        { name: 'function', value: 0x1000n, size: 16n },
        { name: 'inside', value: 0x1004n, info: 0 },
        { name: 'static', value: 0x1100n, size: 4n, info: 2 },
        { name: 'global', value: 0x1100n, size: 4n },
        { name: 'label', value: 0x1200n, info: 0x10 },
        { name: 'NUMBER', value: 0x3000n, info: 0x10, section: 0xfff1 },
        { name: 'later', value: 0x4000n, size: 4n },
      ],
    });
    expect(nameAt(new SymbolTable(image), address)).toBe(name);
  });
});
