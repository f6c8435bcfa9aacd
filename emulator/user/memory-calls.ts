/** System calls for memory: brk, mmap and their kin. Private and anonymous mappings; files are copied. */
import { mappable, roundUp } from './address-space';
import type { Permissions } from './address-space';
import { PAGE_BYTES } from './abi';
import type { Kernel } from './kernel';
import { type CallArguments, type SystemCallRow, call, error, pages } from './call';

/** Flags of mmap (arch/powerpc/include/uapi/asm/mman.h, asm-generic/mman-common.h). */
const MAP = { FIXED: 0x10n, ANONYMOUS: 0x20n, FIXED_NOREPLACE: 0x100000n } as const;

const permissions = (bits: bigint): Permissions => ({
  // A page that can be written can be read: radix translation has no other.
  read: (bits & 3n) !== 0n,
  write: (bits & 2n) !== 0n,
  execute: (bits & 4n) !== 0n,
});

// prettier-ignore
export const MEMORY_CALLS: readonly SystemCallRow[] = [
  call(45,  'brk',      1, (kernel, [end]) => brk(kernel, end)),
  call(90,  'mmap',     6, mmap),
  call(91,  'munmap',   2, (kernel, [address, length]) => munmap(kernel, address, length)),
  call(125, 'mprotect', 3, (kernel, [address, length, bits]) => mprotect(kernel, address, length, bits)),
  call(163, 'mremap',   5, mremap),
  call(205, 'madvise',  3, () => 0),
];

function brk(kernel: Kernel, wanted: bigint): number {
  const { space, heap } = kernel;
  const end = Number(wanted);
  const [from, to] = [roundUp(heap.end, PAGE_BYTES), roundUp(end, PAGE_BYTES)];
  if (end < heap.start || !mappable(end, 0) || to - heap.start > kernel.memoryBytes) return heap.end;
  if (to > from) {
    if (!space.isFree(from, to)) return heap.end;
    space.map(from, to - from, permissions(3n));
  } else if (to < from) space.unmap(to, from - to);
  heap.end = end;
  return end;
}

function mmap(kernel: Kernel, [address, length, bits, flags, descriptor, offset]: CallArguments): number {
  const { space } = kernel;
  const size = roundUp(Number(length), PAGE_BYTES);
  if (size === 0) return error('EINVAL');
  const fixed = (flags & (MAP.FIXED | MAP.FIXED_NOREPLACE)) !== 0n;
  const wanted = pages(address, length);
  if (fixed && (!wanted || !mappable(wanted.start, size))) return error('EINVAL');
  const usable = wanted && wanted.start !== 0 && mappable(wanted.start, size);
  const free = usable && space.isFree(wanted.start, wanted.start + size);
  if ((flags & MAP.FIXED_NOREPLACE) !== 0n && !free) return -17; // EEXIST
  const at = wanted && (fixed || free) ? wanted.start : space.findFree(size);
  if (at === undefined) return error('ENOMEM');
  if ((flags & MAP.ANONYMOUS) !== 0n) {
    space.map(at, size, permissions(bits));
    return at;
  }
  const description = kernel.descriptors.get(descriptor);
  if (!description) return error('EBADF');
  if (description.kind === 'stream') return error('EACCES');
  const bytes = description.file.read(Number(offset), Number(length));
  space.map(at, size, permissions(3n));
  if (!space.write(at, bytes)) return error('ENOMEM');
  space.protect(at, size, permissions(bits));
  return at;
}

function munmap(kernel: Kernel, address: bigint, length: bigint): number {
  const range = pages(address, length);
  if (!range || range.size === 0) return error('EINVAL');
  kernel.space.unmap(range.start, range.size);
  return 0;
}

function mprotect(kernel: Kernel, address: bigint, length: bigint, bits: bigint): number {
  const range = pages(address, length);
  if (!range) return error('EINVAL');
  return kernel.space.protect(range.start, range.size, permissions(bits)) ? 0 : error('ENOMEM');
}

/** Grows or shrinks a mapping, elsewhere when it may move. */
function mremap(kernel: Kernel, [address, oldLength, newLength, flags]: CallArguments): number {
  const { space } = kernel;
  const range = pages(address, oldLength);
  const size = roundUp(Number(newLength), PAGE_BYTES);
  if (!range || size === 0 || newLength > 1n << 47n) return error('EINVAL');
  const { start } = range;
  const end = start + range.size;
  if (size <= range.size) {
    if (size < range.size) space.unmap(start + size, range.size - size);
    return start;
  }
  if (space.isFree(end, start + size)) {
    space.map(end, size - range.size, permissions(3n));
    return start;
  }
  const MREMAP_MAYMOVE = 1n;
  const to = (flags & MREMAP_MAYMOVE) === 0n ? undefined : space.findFree(size);
  if (to === undefined) return error('ENOMEM');
  space.map(to, size, permissions(3n));
  const PIECE = 1 << 20;
  for (let at = 0; at < range.size; at += PIECE) {
    const bytes = space.read(start + at, Math.min(PIECE, range.size - at));
    if (!bytes || !space.write(to + at, bytes)) return error('ENOMEM');
  }
  space.unmap(start, range.size);
  return to;
}
