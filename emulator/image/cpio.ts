/**
 * Archives of cpio in the "new ASCII" format (newc), as initial RAM disks have them: reading, and writing one file.
 *
 * Source: the kernel's Documentation/driver-api/early-userspace/buffer-format.rst.
 */

import { concat } from '../common/bytes';
import { FormatError, InputError } from '../common/errors';

export interface CpioEntry {
  readonly name: string;
  readonly mode: number;
  /** Not copied. */
  readonly data: Uint8Array;
  /** Offsets from the beginning of the bytes: of the header, of the data, and behind the data and its padding. */
  readonly headerAt: number;
  readonly dataAt: number;
  readonly end: number;
}

const HEADER_BYTES = 110;
const MAGIC = '070701';
/** Offsets of the 8 digits of fields in the header. */
const FIELD = { mode: 14, filesize: 54, namesize: 94 } as const;
/** PATH_MAX of Linux, with the zero byte. */
const NAME_BYTES = 4096;
/** An archive ends with an entry of this name. */
export const CPIO_TRAILER = 'TRAILER!!!';
/** Archives are padded to blocks of this many bytes. */
export const CPIO_BLOCK_BYTES = 512;

/** Whether bytes begin as an archive does. */
export function isCpio(bytes: Uint8Array): boolean {
  return ascii(bytes.subarray(0, MAGIC.length)) === MAGIC;
}

/**
 * The entries of one archive in their order, up to and with the trailer. Every entry is longer than its header, so that
 * the work is bounded by the size of the bytes.
 *
 * @throws FormatError `not-cpio` where an entry has to begin and none does, `bad-cpio`, `truncated`
 */
export function* cpioEntries(bytes: Uint8Array): Generator<CpioEntry, void> {
  for (let at = 0; ;) {
    const entry = entryAt(bytes, at);
    yield entry;
    if (entry.name === CPIO_TRAILER) return;
    at = entry.end;
  }
}

function entryAt(bytes: Uint8Array, at: number): CpioEntry {
  if (at >= bytes.length) {
    throw new FormatError('truncated', `The cpio archive has no ${CPIO_TRAILER}: it ends at byte ${at}.`, at);
  }
  if (!isCpio(bytes.subarray(at, at + MAGIC.length))) {
    throw new FormatError('not-cpio', `No entry of a cpio archive (${MAGIC}) begins at byte ${at}.`, at);
  }
  if (at + HEADER_BYTES > bytes.length) {
    throw new FormatError('truncated', `The header of the cpio entry at byte ${at} is cut off.`, at);
  }
  const mode = field(bytes, at, 'mode');
  const filesize = field(bytes, at, 'filesize');
  const namesize = field(bytes, at, 'namesize');
  if (namesize === 0 || namesize > NAME_BYTES) {
    const text = `The name of the cpio entry at byte ${at} has ${namesize} bytes; it must be 1 to ${NAME_BYTES}.`;
    throw new FormatError('bad-cpio', text, at + FIELD.namesize);
  }
  const nameAt = at + HEADER_BYTES;
  const dataAt = aligned(nameAt + namesize, 4);
  if (dataAt + filesize > bytes.length) {
    const text = `The cpio entry at byte ${at} has ${filesize} bytes of data, which are not all there.`;
    throw new FormatError('truncated', text, at + FIELD.filesize);
  }
  const name = bytes.subarray(nameAt, nameAt + namesize);
  const nameEnd = name.indexOf(0);
  if (nameEnd < 0) throw new FormatError('bad-cpio', `The name of the cpio entry at byte ${at} has no end.`, nameAt);
  return {
    name: new TextDecoder().decode(name.subarray(0, nameEnd)),
    mode,
    data: bytes.subarray(dataAt, dataAt + filesize),
    headerAt: at,
    dataAt,
    end: aligned(dataAt + filesize, 4),
  };
}

/** A field's number: 8 hexadecimal digits. */
function field(bytes: Uint8Array, at: number, name: keyof typeof FIELD): number {
  const offset = at + FIELD[name];
  const digits = ascii(bytes.subarray(offset, offset + 8));
  if (!/^[0-9a-f]{8}$/i.test(digits)) {
    throw new FormatError('bad-cpio', `${name} of the cpio entry at byte ${at} is no hexadecimal number.`, offset);
  }
  return Number.parseInt(digits, 16);
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

export function aligned(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

const DIRECTORY = 0o40755;
const FILE = 0o100600;

/**
 * An archive of one file and the folders above it, padded to 512 bytes. Owner, times and devices are 0, so that the same
 * input gives the same archive.
 *
 * @param path from the root, without a slash at its beginning: `opt/ibm/pef/guest.esmb`
 * @throws InputError `bad-path` for a path that is no such path or too long
 */
export function cpioOfFile(path: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const steps = path.split('/');
  if (steps.some((step) => step === '' || step === '.' || step === '..') || path.includes('\0')) {
    throw new InputError('bad-path', `'${path}' is no path for an archive: write names with slashes between them.`);
  }
  const folders = ['.', ...steps.slice(0, -1).map((_, i) => steps.slice(0, i + 1).join('/'))];
  const entries = [
    ...folders.map((name, i) => entryBytes(name, DIRECTORY, i === folders.length - 1 ? 2 : 3, i + 1, new Uint8Array())),
    entryBytes(path, FILE, 1, folders.length + 1, data),
    entryBytes(CPIO_TRAILER, 0, 1, 0, new Uint8Array()),
  ];
  const archive = concat(...entries);
  return concat(archive, new Uint8Array(aligned(archive.length, CPIO_BLOCK_BYTES) - archive.length));
}

function entryBytes(name: string, mode: number, links: number, inode: number, data: Uint8Array): Uint8Array {
  const nameBytes = new TextEncoder().encode(`${name}\0`);
  if (nameBytes.length > NAME_BYTES) {
    throw new InputError('bad-path', `A path of ${nameBytes.length} bytes is too long for an archive.`);
  }
  // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
  const fields = [inode, mode, 0, 0, links, 0, data.length, 0, 0, 0, 0, nameBytes.length, 0];
  const header = MAGIC + fields.map((value) => value.toString(16).toUpperCase().padStart(8, '0')).join('');
  const parts: Uint8Array[] = [new TextEncoder().encode(header), nameBytes];
  const nameEnd = HEADER_BYTES + nameBytes.length;
  parts.push(new Uint8Array(aligned(nameEnd, 4) - nameEnd), data);
  parts.push(new Uint8Array(aligned(data.length, 4) - data.length));
  return concat(...parts);
}
