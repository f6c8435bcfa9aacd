/**
 * An image's place in a guest's memory: which bytes go where, where it begins, where its symbols are.
 *
 * A flat image is bytes at an address and begins with its first one. An ELF image lies at its physical addresses
 * (p_paddr), or moved as a whole so that the lowest of them is the address that is asked for: a kernel linked to
 * 0xc000000000000000 runs where it is loaded until it turns translation on.
 */

import { hexNumber } from '../common/bytes';
import { InputError } from '../common/errors';
import type { GuestImage, ImagePart, ImageSymbol } from '../common/machine';
import { type ElfImage, type ElfSegment, isElf, parseElfOnce, segmentAt } from './elf';

export interface GuestSpace {
  /** Bytes of the guest's memory that software may use: those below the areas of the scripted software. */
  readonly usableBytes: bigint;
  /** The byte order that the guest must have, when one is asked for. */
  readonly endian?: 'little' | 'big';
}

export interface PlacedImage {
  readonly image: GuestImage;
  /** The byte order of an ELF image; undefined for a flat one. */
  readonly endian: 'little' | 'big' | undefined;
}

/**
 * @param name of the file, for messages
 * @param at guest physical address; undefined: an ELF image's own, 0 for a flat one
 * @throws FormatError for an ELF file that is wrong
 * @throws InputError `image-empty`, `image-too-large`, `image-endian`, `image-interpreter`, `image-overlap`, `image-address`
 */
export function placeImage(bytes: Uint8Array, name: string, at: bigint | undefined, space: GuestSpace): PlacedImage {
  if (at !== undefined && at % 4n !== 0n) {
    throw new InputError('image-address', `"${name}" cannot be at ${hexNumber(at)}: write a multiple of 4.`);
  }
  if (isElf(bytes)) return placeElf(parseElfOnce(bytes), name, at, space);
  if (bytes.length === 0) throw new InputError('image-empty', `"${name}" is empty: there is nothing to run.`);
  const start = at ?? 0n;
  const part: ImagePart = { address: start, bytes, memBytes: BigInt(bytes.length) };
  checkFit(part, `"${name}"`, space);
  const image = { name, parts: [part], start, entry: start, toc: undefined, symbols: [], moved: [] };
  return { image, endian: undefined };
}

/**
 * A file beside the image, such as an initrd, at an address or, without one, as high as it can be.
 *
 * @throws InputError `image-too-large`, `image-overlap`
 */
export function placeFile(
  bytes: Uint8Array,
  name: string,
  at: bigint | undefined,
  image: GuestImage | undefined,
  space: GuestSpace,
): ImagePart {
  const size = BigInt(bytes.length);
  const highest = space.usableBytes > size ? (space.usableBytes - size) & ~0xffffn : 0n;
  const part: ImagePart = { address: at ?? highest, bytes, memBytes: size };
  checkFit(part, `"${name}"`, space);
  const other = image?.parts.find((each) => overlap(each, part));
  if (image && other) {
    const text = `"${name}" (${range(part)}) overlaps "${image.name}" (${range(other)}); give it another address.`;
    throw new InputError('image-overlap', text);
  }
  return part;
}

function placeElf(elf: ElfImage, name: string, at: bigint | undefined, space: GuestSpace): PlacedImage {
  if (elf.interpreter !== undefined) {
    const text = `"${name}" needs the dynamic loader ${elf.interpreter}, which a guest does not have; link it static.`;
    throw new InputError('image-interpreter', text);
  }
  if (space.endian !== undefined && space.endian !== elf.endian) {
    const text = `"${name}" is ${elf.endian}-endian and the guest ${space.endian}-endian; write 'endian ${elf.endian}'.`;
    throw new InputError('image-endian', text);
  }
  const lowest = elf.segments.reduce(
    (least, { paddr }) => (paddr < least ? paddr : least),
    elf.segments[0]?.paddr ?? 0n,
  );
  const start = at ?? lowest;
  const loadedAt = (segment: ElfSegment): bigint => segment.paddr - lowest + start;
  const parts = elf.segments.map((segment): ImagePart => {
    const part = { address: loadedAt(segment), bytes: segment.fileBytes, memBytes: segment.memBytes };
    checkFit(part, `The segment at ${hexNumber(segment.vaddr)} of "${name}"`, space);
    return part;
  });
  checkOverlaps(parts, name);
  const home = segmentAt(elf.segments, elf.codeEntry);
  const shift = home ? loadedAt(home) - home.vaddr : 0n;
  const moved = elf.segments
    .map((segment) => ({ linked: segment.vaddr, loaded: loadedAt(segment), bytes: segment.memBytes }))
    .filter(({ linked, loaded }) => linked !== loaded);
  // A position independent image has no address until it is loaded: that one counts as the linked one.
  const symbols = elf.positionIndependent ? shifted(elf, loadedAt) : elf.symbols.map(symbolOf);
  const image: GuestImage = {
    name,
    parts,
    start,
    entry: elf.codeEntry + shift,
    toc: elf.toc === undefined ? undefined : BigInt.asUintN(64, elf.toc + shift),
    symbols,
    moved: elf.positionIndependent ? [] : moved,
  };
  return { image, endian: elf.endian };
}

function symbolOf({ name, address, size, type, binding, localEntry }: ElfImage['symbols'][number]): ImageSymbol {
  return { name, address, size, type, binding, localEntry };
}

function shifted(elf: ElfImage, loadedAt: (segment: ElfSegment) => bigint): readonly ImageSymbol[] {
  return elf.symbols.map((symbol) => {
    const segment = symbol.type === 'absolute' ? undefined : segmentAt(elf.segments, symbol.address);
    const address = segment ? symbol.address - segment.vaddr + loadedAt(segment) : symbol.address;
    return symbolOf({ ...symbol, address });
  });
}

const range = ({ address, memBytes }: ImagePart): string => `${hexNumber(address)} to ${hexNumber(address + memBytes)}`;

function overlap(a: ImagePart, b: ImagePart): boolean {
  return a.address < b.address + b.memBytes && b.address < a.address + a.memBytes;
}

function checkFit(part: ImagePart, what: string, { usableBytes }: GuestSpace): void {
  if (part.address <= usableBytes && part.memBytes <= usableBytes - part.address) return;
  const text =
    `${what} (${range(part)}) does not fit: a guest's software ends at ${hexNumber(usableBytes)}, 128 KiB below ` +
    `the end of its memory; give it another address, or the guest more memory.`;
  throw new InputError('image-too-large', text);
}

function checkOverlaps(parts: readonly ImagePart[], name: string): void {
  const ordered = parts.toSorted((a, b) => (a.address < b.address ? -1 : 1));
  ordered.forEach((part, i) => {
    const next = ordered[i + 1];
    if (!next || !overlap(part, next)) return;
    const text = `The segments of "${name}" overlap in memory: ${range(part)} and ${range(next)}; check its linker script.`;
    throw new InputError('image-overlap', text);
  });
}
