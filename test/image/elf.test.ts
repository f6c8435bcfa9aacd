import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HmacDrbg } from '../../emulator/common/drbg';
import { FormatError } from '../../emulator/common/errors';
import { type ElfImage, isElf, parseElf } from '../../emulator/image/elf';
import { type ElfSpec, elfFile } from './elf-file';

const fixture = (name: string): Uint8Array => fs.readFileSync(new URL(`fixtures/${name}.elf`, import.meta.url));

const CODE = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const GOOD: ElfSpec = { entry: 0x1000n, segments: [{ vaddr: 0x1000n, bytes: CODE, memBytes: 0x20n }] };

function symbolOf(image: ElfImage, name: string): object | undefined {
  const symbol = image.symbols.find((each) => each.name === name);
  return symbol && { ...symbol, name: undefined };
}

describe('executables of the GNU tools', () => {
  it('reads a little-endian one of the second ABI', () => {
    const image = parseElf(fixture('hello-le'));
    expect(image).toMatchObject({
      endian: 'little',
      abi: 2,
      positionIndependent: false,
      entry: 0x10029cn,
      codeEntry: 0x10029cn,
      toc: undefined,
      interpreter: undefined,
      programHeaders: { address: 0x100040n, entryBytes: 56, count: 3 },
    });
    expect(
      image.segments.map(({ vaddr, paddr, fileBytes, memBytes }) => [vaddr, paddr, fileBytes.length, memBytes]),
    ).toEqual([
      [0x100000n, 0x100000n, 0x338, 0x338n],
      [0x101338n, 0x101338n, 8, 0x10n],
    ]);
    expect(image.segments.map(({ flags }) => flags)).toEqual([
      { read: true, write: false, execute: true },
      { read: true, write: true, execute: false },
    ]);
    expect(symbolOf(image, 'put')).toEqual({
      address: 0x100138n,
      size: 216n,
      type: 'function',
      binding: 'global',
      localEntry: 8,
    });
    expect(symbolOf(image, 'packed')).toMatchObject({ binding: 'local', localEntry: 0 });
    expect(symbolOf(image, 'total')).toMatchObject({ address: 0x101340n, size: 8n, type: 'object' });
    expect(symbolOf(image, '_end')).toMatchObject({ type: 'label' });
    expect(image.symbols.map(({ name }) => name)).not.toContain('hello.c');
  });
  it('goes through the descriptors of the first ABI, big-endian', () => {
    const image = parseElf(fixture('hello-be'));
    expect(image).toMatchObject({
      endian: 'big',
      abi: 1,
      entry: 0x101fe8n,
      codeEntry: 0x100284n,
      toc: 0x109f00n,
    });
    expect(symbolOf(image, 'main')).toMatchObject({ address: 0x100248n, descriptor: 0x101fd0n, size: 60n });
    expect(symbolOf(image, 'total')).not.toHaveProperty('descriptor');
  });
  it('tells a position independent one', () => {
    expect(parseElf(fixture('hello-pie'))).toMatchObject({ positionIndependent: true, entry: 0x394n });
  });
});

describe('kernels and bare programs', () => {
  it('takes the physical addresses of segments from the file', () => {
    const vaddr = 0xc000_0000_0000_0000n;
    const { segments } = parseElf(elfFile({ entry: vaddr, segments: [{ vaddr, paddr: 0x400000n, bytes: CODE }] }));
    expect(segments[0]).toMatchObject({ vaddr, paddr: 0x400000n });
  });
  it.each([
    { segment: 'with code', flags: 5, codeEntry: 0x1000n, toc: undefined },
    { segment: 'of data', flags: 6, codeEntry: 0x1008n, toc: 0x9000n },
  ])('without sections, an entry of the first ABI in a segment $segment', ({ flags, codeEntry, toc }) => {
    const bytes = new Uint8Array(24);
    new DataView(bytes.buffer).setBigUint64(0, 0x1008n);
    new DataView(bytes.buffer).setBigUint64(8, 0x9000n);
    const file = elfFile({
      littleEndian: false,
      flags: 1,
      entry: 0x1000n,
      segments: [{ vaddr: 0x1000n, bytes, flags }],
    });
    expect(parseElf(file)).toMatchObject({ abi: 1, codeEntry, toc });
  });
  it('takes an image without a mark as of the ABI of its byte order', () => {
    expect(parseElf(elfFile({ ...GOOD, flags: 0 })).abi).toBe(2);
    expect(parseElf(elfFile({ ...GOOD, flags: 0, littleEndian: false })).abi).toBe(1);
  });
  it('sorts segments and leaves empty ones out', () => {
    const image = parseElf(
      elfFile({
        entry: 0x1000n,
        segments: [
          { vaddr: 0x3000n, bytes: CODE },
          { vaddr: 0x1000n, bytes: CODE },
          { vaddr: 0x1000n, bytes: new Uint8Array() },
        ],
      }),
    );
    expect(image.segments.map(({ vaddr }) => vaddr)).toEqual([0x1000n, 0x3000n]);
  });
  it('names the dynamic loader of a program that needs one', () => {
    expect(parseElf(elfFile({ ...GOOD, interpreter: '/lib64/ld64.so.2' })).interpreter).toBe('/lib64/ld64.so.2');
  });
  it('leaves out symbols that are no places, and reads the others', () => {
    const { symbols } = parseElf(
      elfFile({
        ...GOOD,
        symbols: [
          { name: 'undefined', value: 0n, section: 0 },
          { name: 'file.c', value: 0n, info: 4 },
          { name: 'tls', value: 8n, info: 6 },
          { name: 'start', value: 0x1000n, info: 0x10 },
          { name: 'weak', value: 0x1004n, info: 0x22, other: 6 << 5 },
          { name: 'UART', value: 0x3f8n, info: 0x10, section: 0xfff1 },
        ],
      }),
    );
    expect(symbols.map(({ name, type, binding, localEntry }) => [name, type, binding, localEntry])).toEqual([
      ['start', 'label', 'global', 0],
      ['weak', 'function', 'weak', 64],
      ['UART', 'absolute', 'global', 0],
    ]);
  });
});

/** A good file with bytes of it replaced: offset → byte. */
function changed(spec: ElfSpec, bytes: Readonly<Record<number, number>>): Uint8Array {
  const file = elfFile(spec);
  for (const [offset, byte] of Object.entries(bytes)) file[Number(offset)] = byte;
  return file;
}
const segment = (over: Partial<ElfSpec['segments'][number]>): ElfSpec => ({
  ...GOOD,
  segments: [{ vaddr: 0x1000n, bytes: CODE, ...over }],
});
const SYMBOLS: ElfSpec = { ...GOOD, symbols: [{ name: 'start', value: 0x1000n }] };
/** Offsets in a file of SYMBOLS: .symtab behind the segment, its name table, three section headers. */
const SYMTAB = 64 + 56 + CODE.length;
const NAMES = SYMTAB + 24;
const SECTIONS = NAMES + 7;

describe('what is wrong with a file', () => {
  it.each<[string, Uint8Array, string, number]>([
    ['nothing at all', new Uint8Array(), 'not-elf: This is no ELF file', 0],
    ['other bytes', new TextEncoder().encode('#!/bin/sh'), 'not-elf: This is no ELF file', 0],
    ['32 bits', changed(GOOD, { 4: 1 }), 'unsupported-elf: The ELF file is not of class 64 (EI_CLASS is 1)', 4],
    ['no byte order', changed(GOOD, { 5: 3 }), 'bad-elf: EI_DATA of the ELF file is 3', 5],
    ['no version', changed(GOOD, { 6: 0 }), 'bad-elf: EI_VERSION', 6],
    ['half a header', elfFile(GOOD).subarray(0, 40), 'truncated: The ELF file ends before the file header does', 0],
    ['another machine', changed(GOOD, { 18: 62 }), 'unsupported-elf: The ELF file is for machine 62 (x86-64)', 18],
    ['an object file', changed(GOOD, { 16: 1 }), 'unsupported-elf: The ELF file is an object file (link it)', 16],
    ['a third ABI', changed(GOOD, { 48: 3 }), 'unsupported-elf: ABI version 3', 48],
    ['no program headers', changed(GOOD, { 56: 0 }), 'bad-elf: The ELF file has no program headers', 56],
    ['short program headers', changed(GOOD, { 54: 32 }), 'bad-elf: e_phentsize is 32', 54],
    [
      'headers behind the end',
      changed(GOOD, { 33: 255 }),
      'truncated: The ELF file ends before the program header table',
      128,
    ],
    [
      'an offset of 64 bits',
      changed(GOOD, { 39: 255 }),
      'truncated: The ELF file ends before the program header table',
      128,
    ],
    ['nothing to load', changed(GOOD, { 64: 7 }), 'bad-elf: The ELF file has no loadable segment', 32],
    [
      'a short file',
      elfFile(GOOD).subarray(0, 124),
      'truncated: The ELF file ends before the segment at 0x1000 does',
      120,
    ],
    [
      'more bytes than memory',
      elfFile(segment({ memBytes: 7n })),
      'bad-elf: In the segment at 0x1000 of the ELF file p_filesz 0x8 is above p_memsz 0x7',
      96,
    ],
    [
      'a segment around the end',
      elfFile(segment({ memBytes: (1n << 64n) - 1n })),
      'bad-elf: The end of the segment at 0x1000',
      104,
    ],
    ['a physical one', elfFile(segment({ paddr: (1n << 64n) - 4n })), 'bad-elf: The end of the segment at 0x1000', 104],
    [
      'overlapping segments',
      elfFile({ ...GOOD, segments: [...GOOD.segments, { vaddr: 0x101fn, bytes: CODE }] }),
      "bad-elf: The ELF file's segments overlap: the segment at 0x101f begins before 0x1020",
      64 + 56 + 16,
    ],
    [
      'an entry outside',
      elfFile({ ...GOOD, entry: 0x1020n }),
      'bad-elf: The entry 0x1020 of the ELF file is in none of its segments',
      24,
    ],
    [
      'an odd entry',
      elfFile({ ...GOOD, entry: 0x1002n }),
      'bad-elf: The entry 0x1002 of the ELF file is not a multiple of 4',
      24,
    ],
    [
      'a descriptor without bytes',
      elfFile({ ...segment({ memBytes: 0x40n, flags: 6 }), flags: 1, littleEndian: false }),
      'bad-elf: The function descriptor at the entry 0x1000 is not in the file',
      24,
    ],
    ['short section headers', changed(SYMBOLS, { 58: 1 }), 'bad-elf: e_shentsize is 1', 58],
    [
      'too many sections',
      changed(SYMBOLS, { 61: 255 }),
      'truncated: The ELF file ends before the section header table',
      SECTIONS,
    ],
    [
      'short symbols',
      changed(SYMBOLS, { [SECTIONS + 64 + 56]: 16 }),
      'bad-elf: sh_entsize of the symbol table is 16',
      SECTIONS + 64 + 56,
    ],
    [
      'no string table',
      changed(SYMBOLS, { [SECTIONS + 64 + 40]: 9 }),
      'bad-elf: The symbol table of the ELF file names no string table',
      SECTIONS + 64 + 40,
    ],
    [
      'a name outside',
      changed(SYMBOLS, { [SYMTAB]: 7 }),
      "bad-elf: A symbol's name is at 0x7 of a string table of 7 bytes",
      NAMES,
    ],
    [
      'a name without end',
      changed(SYMBOLS, { [NAMES + 6]: 0x41 }),
      'bad-elf: The string table of the ELF file does not end',
      NAMES + 1,
    ],
  ])('%s', (_, file, message, offset) => {
    let error: unknown;
    try {
      parseElf(file);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(FormatError);
    const { code, message: text, offset: at } = error as FormatError;
    expect(`${code}: ${text}`).toContain(message);
    expect(at).toBe(offset);
  });
});

describe('any bytes', () => {
  it('are an image or a FormatError, in bounded time', () => {
    const random = new DataView(HmacDrbg.fromSeed('elf', 'mutations').generate(1 << 18).buffer);
    let used = 0;
    const number = (below: number): number => random.getUint32(4 * used++) % below;
    const seeds = ['hello-le', 'hello-be', 'hello-pie'].map(fixture);
    let refused = 0;
    for (let i = 0; i < 3000; i++) {
      const file = Uint8Array.from(seeds[i % seeds.length]!);
      // Mostly headers, where a changed byte means something.
      const near = [64, 64 + 56 * 5, file.length][number(3)]!;
      for (let n = 1 + number(4); n > 0; n--) file[number(near)] = [0, 1, 0x7f, 0x80, 0xff, number(256)][number(6)]!;
      const cut = number(8) === 0 ? file.subarray(0, number(file.length)) : file;
      try {
        const image = parseElf(cut);
        expect(image.segments.length).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        expect(error.offset).toBeLessThanOrEqual(cut.length);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(500);
    expect(refused).toBeLessThan(2900);
  });
  it('tells ELF files from flat ones', () => {
    expect([isElf(fixture('hello-le')), isElf(Uint8Array.of(0x7f, 0x45)), isElf(new Uint8Array(9))]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
