/**
 * The flat image of an ELF file, as `objcopy -O binary` makes it: the contents of all allocated sections at their load
 * addresses, from the lowest on, with zeros between them. Tools that measure a kernel hash these bytes; a loader that
 * goes by segments has more of the file in memory.
 *
 * Checked against GNU objcopy 2.40.
 */

import { hexNumber } from '../common/bytes';
import { FormatError } from '../common/errors';
import { type ElfSection, SHT, sectionsOf } from './elf-symbols';
import { type ProgramHeader, PT, checkedHeader, identify, programHeaders } from './elf';

export interface FlatImage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Load address of the first byte. */
  readonly address: bigint;
}

const SHF_ALLOC = 2n;
/** Largest image, and all sections together: they may be far apart or share bytes, so that the file's size is no bound. */
const MAX_BYTES = 256n << 20n;

interface Piece {
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

/**
 * @throws FormatError `not-elf`, `unsupported-elf`, `truncated`, `bad-elf`; `flat-image-empty` when nothing is allocated,
 *   or there are no section headers; `flat-image-too-large` above 256 MiB
 */
export function flatImage(file: Uint8Array): FlatImage {
  const { fields } = identify(file);
  checkedHeader(fields);
  const headers = programHeaders(fields);
  const pieces = sectionsOf(fields)
    .filter(
      ({ type, flags, bytes }) => type !== SHT.NULL && type !== SHT.NOBITS && (flags & SHF_ALLOC) !== 0n && bytes > 0n,
    )
    .map((section): Piece => ({
      address: loadAddress(section, headers),
      bytes: fields.slice(section.offset, section.bytes, `the section at ${hexNumber(section.address)}`),
    }));
  const [first] = pieces;
  if (!first) {
    const text = 'The ELF file has no section with contents for memory: give a kernel with its section headers.';
    throw new FormatError('flat-image-empty', text, 40);
  }
  const address = pieces.reduce((least, piece) => (piece.address < least ? piece.address : least), first.address);
  const end = pieces.reduce((most, piece) => (endOf(piece) > most ? endOf(piece) : most), address);
  const contents = pieces.reduce((sum, piece) => sum + BigInt(piece.bytes.length), 0n);
  if (end - address > MAX_BYTES || contents > MAX_BYTES) {
    const text = `The flat image of the ELF file has ${end - address} bytes from ${contents}; the limit is 256 MiB.`;
    throw new FormatError('flat-image-too-large', text, 40);
  }
  const bytes = new Uint8Array(Number(end - address));
  for (const piece of pieces) bytes.set(piece.bytes, Number(piece.address - address));
  return { bytes, address };
}

const endOf = ({ address, bytes }: Piece): bigint => address + BigInt(bytes.length);

/**
 * Where a section is loaded: as far behind p_paddr of its segment as it is behind p_offset in the file. Without a
 * segment, and where a file with several segments has no physical addresses at all, it is where it was linked.
 */
function loadAddress(section: ElfSection, headers: readonly ProgramHeader[]): bigint {
  const loads = headers.filter(({ type, memSize }) => type === PT.LOAD && memSize > 0n);
  if (loads.length > 1 && headers.every(({ paddr }) => paddr === 0n)) return section.address;
  const home = loads.find(
    ({ fileOffset, fileSize, vaddr, memSize }) =>
      within(section.offset, section.bytes, fileOffset, fileSize) &&
      within(section.address, section.bytes, vaddr, memSize),
  );
  return home ? home.paddr + section.offset - home.fileOffset : section.address;
}

function within(start: bigint, bytes: bigint, outer: bigint, outerBytes: bigint): boolean {
  return start >= outer && start + bytes <= outer + outerBytes;
}
