import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../emulator/common/bytes';
import { FormatError } from '../../emulator/common/errors';
import { flatImage } from '../../emulator/image/elf-flat';
import { elfFile } from './elf-file';

const fixture = (name: string) => new Uint8Array(fs.readFileSync(new URL(`fixtures/${name}.elf`, import.meta.url)));

/** Sizes and SHA-256 of what GNU objcopy 2.40 makes with -O binary -S. */
const OBJCOPY = [
  { name: 'hello-le', bytes: 4696, hash: '2f1c7653dbdce28022a03d15d285ccb643f6dd71580d2c1f371e4cc378a7acfa' },
  { name: 'hello-be', bytes: 7968, hash: '0d785f0002046158958db58187728d0d824b3cd9f20e837fc1b106dd592dd2e6' },
  { name: 'hello-pie', bytes: 7856, hash: 'c85aa93bbd79fe7e3c648dff2afe326ca45f350d486582cfadd724ad0919ad57' },
  { name: 'stacks-o0', bytes: 1568, hash: 'c6b1ecf48b4f73e517e0a2ad9a08a8dc9320c46c536d6a11b76a62cd0c5a99ad' },
  { name: 'stacks-o2', bytes: 7952, hash: 'd60b50800ba0090cfbd22b714e6256c6e5ebef9b18baab045f6b06c66ffb7530' },
  { name: 'stacks-os', bytes: 1012, hash: '10ffc8f36ef1191eec2d6247e95b72b008ffb3af1b5430ff517a7107674568d3' },
  { name: 'placed', bytes: 1027, hash: 'f83464a52a4460c81507d0834938f7e1344faff5fc902f0f3f8bd3e173454d36' },
];

describe('the flat image of an ELF file', () => {
  it.each(OBJCOPY)('is what objcopy makes: $name', ({ name, bytes, hash }) => {
    const image = flatImage(fixture(name));
    expect([image.bytes.length, toHex(sha256(image.bytes))]).toEqual([bytes, hash]);
  });
  it('begins at the lowest load address', () => {
    expect(flatImage(fixture('placed')).address).toBe(0x400000n);
  });
  it('needs section headers', () => {
    const file = elfFile({ entry: 0x1000n, segments: [{ vaddr: 0x1000n, bytes: new Uint8Array(8) }] });
    expect(() => flatImage(file)).toThrow('no section with contents');
  });
  it('has a limit, as sections may be far apart', () => {
    const file = fixture('placed');
    // p_paddr of the second segment
    new DataView(file.buffer).setBigUint64(64 + 56 + 24, 1n << 40n, true);
    expect(() => flatImage(file)).toThrow('the limit is 256 MiB');
  });
  it('ends with an error of a format, whatever the bytes are', () => {
    const file = fixture('placed');
    const headers = fc.oneof(fc.nat(183), fc.integer({ min: 0x4f8, max: file.length - 1 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(headers, fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = file.slice();
        for (const [at, value] of changes) bytes[at] = value;
        try {
          expect(flatImage(bytes).bytes.length).toBeLessThanOrEqual(256 << 20);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
