import fc from 'fast-check';
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { concat } from '../../emulator/common/bytes';
import { FormatError, InputError } from '../../emulator/common/errors';
import { cpioEntries, cpioOfFile, isCpio } from '../../emulator/image/cpio';

const text = (value: string) => new TextEncoder().encode(value);
const list = (bytes: Uint8Array) =>
  [...cpioEntries(bytes)].map(({ name, mode, data }) => [name, mode.toString(8), data.length]);

const ENTRIES = [
  ['.', '40755', 0],
  ['opt', '40755', 0],
  ['opt/ibm', '40755', 0],
  ['opt/ibm/pef', '40755', 0],
  ['opt/ibm/pef/guest.esmb', '100600', 7141],
  ['TRAILER!!!', '0', 0],
];

describe('a cpio archive', () => {
  it('made by cpio has these entries', () => {
    const bytes = new Uint8Array(fs.readFileSync(new URL('../vectors/esm/svm-initrd', import.meta.url)));
    expect(isCpio(bytes)).toBe(true);
    expect(list(bytes)).toEqual(ENTRIES);
    const file = [...cpioEntries(bytes)][4]!;
    expect([file.headerAt, file.dataAt, file.end]).toEqual([0x1d8, 0x260, 0x260 + 7144]);
  });
  it('made here has the same, and whole blocks', () => {
    const bytes = cpioOfFile('opt/ibm/pef/guest.esmb', new Uint8Array(7141).fill(7));
    expect(list(bytes)).toEqual(ENTRIES);
    expect(bytes.length).toBe(8192);
    expect([...cpioEntries(bytes)][4]?.data).toEqual(new Uint8Array(7141).fill(7));
  });
  it.each([0, 1, 2, 3, 4, 255])('keeps %i bytes of data', (length) => {
    const data = new Uint8Array(length).fill(1);
    expect([...cpioEntries(cpioOfFile('a', data))][1]?.data).toEqual(data);
  });
  it.each(['', '/a', 'a/', 'a//b', '../a', 'a/./b', 'a\0b', 'x'.repeat(4096)])('cannot have the path %j', (path) => {
    expect(() => cpioOfFile(path, new Uint8Array())).toThrow(InputError);
  });
});

const GOOD = cpioOfFile('opt/a', text('data'));
/** The archive with some text at an offset. */
function changed(at: number, value: string): Uint8Array {
  const bytes = GOOD.slice();
  bytes.set(text(value), at);
  return bytes;
}

describe('bytes that are no archive', () => {
  it.each([
    ['nothing', new Uint8Array(), 'truncated', 'no TRAILER!!!'],
    ['other bytes', text('abcdefgh'), 'not-cpio', 'begins at byte 0'],
    ['the old format', changed(0, '070707'), 'not-cpio', '070701'],
    ['half a header', GOOD.slice(0, 100), 'truncated', 'byte 0 is cut off'],
    ['a number that is none', changed(54, '0x000000'), 'bad-cpio', 'filesize of the cpio entry at byte 0'],
    ['no name', changed(94, '00000000'), 'bad-cpio', 'has 0 bytes'],
    ['a long name', changed(94, 'FFFFFFFF'), 'bad-cpio', 'has 4294967295 bytes'],
    ['a name without an end', changed(94, '00000001'), 'bad-cpio', 'has no end'],
    ['data beyond the end', changed(54, 'FFFFFFFF'), 'truncated', '4294967295 bytes of data'],
    ['no trailer', GOOD.slice(0, 112), 'truncated', 'no TRAILER!!!'],
    ['something behind an entry', concat(GOOD.slice(0, 112), text('070702')), 'not-cpio', 'byte 112'],
  ])('%s', (_, bytes, code, message) => {
    expect(() => list(bytes)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
  it('give entries or an error of a format, whatever they are', () => {
    const change = fc.tuple(
      fc.nat(GOOD.length - 1),
      fc.oneof(fc.nat(255), fc.constantFrom(...text('0123456789ABCDEF'))),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), fc.uint8Array(), (changes, other) => {
        const bytes = GOOD.slice();
        for (const [at, value] of changes) bytes[at] = value;
        for (const each of [bytes, other]) {
          try {
            expect(list(each).length).toBeLessThanOrEqual(each.length / 110);
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });
});
