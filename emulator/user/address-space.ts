/**
 * The address space of a program: ranges with permissions, backed by real memory when they are first touched.
 *
 * Addresses are below 2^47 and exact as JavaScript numbers.
 */
import type { PhysicalMemory } from '../memory/physical';
import { ADDRESS_LIMIT, MAPPING_TOP, PAGE_BYTES } from './abi';

export interface Permissions {
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
}
export type Use = keyof Permissions;

/** Unit of backing: a page of the CPU's translations. */
const UNIT = 4096;

interface Range {
  readonly start: number;
  readonly end: number;
  readonly permissions: Permissions;
}

export class AddressSpace {
  /** In ascending order, not overlapping. */
  private ranges: Range[] = [];
  /** Real address by number of the unit. */
  private readonly backing = new Map<number, number>();
  private readonly free: number[] = [];
  private next = 0;
  /** Real memory is used up: an access that was allowed failed. */
  exhausted = false;

  /** @param changed called when what was translated before may be wrong */
  constructor(
    private readonly memory: PhysicalMemory,
    private readonly changed: () => void,
  ) {}

  /** Bytes of real memory in use. */
  get usedBytes(): number {
    return this.backing.size * UNIT;
  }

  /** Real address of a byte for a use; undefined where the program may not use it or memory is used up. */
  translate(address: number, use: Use): number | undefined {
    if (this.rangeAt(address)?.permissions[use] !== true) return undefined;
    const unit = Math.floor(address / UNIT);
    const real = this.backing.get(unit) ?? this.back(unit);
    return real === undefined ? undefined : real + (address % UNIT);
  }

  private back(unit: number): number | undefined {
    let real = this.free.pop();
    if (real === undefined) {
      if (this.next + UNIT > this.memory.normalBytes) {
        this.exhausted = true;
        return undefined;
      }
      real = this.next;
      this.next += UNIT;
    }
    this.backing.set(unit, real);
    return real;
  }

  private rangeAt(address: number): Range | undefined {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ranges[middle]?.end ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    const range = this.ranges[low];
    return range && address >= range.start ? range : undefined;
  }

  /** Maps a range anew: zeros. What was there is gone. */
  map(start: number, length: number, permissions: Permissions): void {
    this.unmap(start, length);
    this.insert({ start, end: start + roundUp(length), permissions });
  }

  unmap(start: number, length: number): void {
    const end = start + roundUp(length);
    this.cut(start, end);
    for (const unit of this.unitsIn(start, end)) {
      const real = this.backing.get(unit);
      if (real === undefined) continue;
      this.memory.write(BigInt(real), new Uint8Array(UNIT));
      this.free.push(real);
      this.backing.delete(unit);
    }
    this.changed();
  }

  /** Backed units of a range, in ascending order. */
  private unitsIn(start: number, end: number): number[] {
    const [first, last] = [Math.floor(start / UNIT), Math.ceil(end / UNIT)];
    if (last - first > this.backing.size) {
      return [...this.backing.keys()].filter((unit) => unit >= first && unit < last).sort((a, b) => a - b);
    }
    return Array.from({ length: last - first }, (_, i) => first + i).filter((unit) => this.backing.has(unit));
  }

  /** Changes permissions; false when a part of the range is not mapped. */
  protect(start: number, length: number, permissions: Permissions): boolean {
    const end = start + roundUp(length);
    if (!this.isMapped(start, end)) return false;
    this.cut(start, end);
    this.insert({ start, end, permissions });
    this.changed();
    return true;
  }

  /** Whether every byte of a range is mapped. */
  isMapped(start: number, end: number): boolean {
    let at = start;
    while (at < end) {
      const range = this.rangeAt(at);
      if (!range) return false;
      at = range.end;
    }
    return true;
  }

  /** Whether no byte of a range is mapped. */
  isFree(start: number, end: number): boolean {
    return !this.ranges.some((range) => range.start < end && start < range.end);
  }

  /** The highest free range of a size below the stack, or undefined. */
  findFree(length: number): number | undefined {
    const size = roundUp(length, PAGE_BYTES);
    let end = MAPPING_TOP;
    for (const range of this.ranges.toReversed()) {
      if (range.start >= end) continue;
      if (range.end <= end - size) break;
      end = Math.floor(range.start / PAGE_BYTES) * PAGE_BYTES;
    }
    return end - size > 0 ? end - size : undefined;
  }

  private cut(start: number, end: number): void {
    this.ranges = this.ranges.flatMap((range) => {
      if (range.end <= start || range.start >= end) return [range];
      const parts: Range[] = [];
      if (range.start < start) parts.push({ ...range, end: start });
      if (range.end > end) parts.push({ ...range, start: end });
      return parts;
    });
  }

  private insert(range: Range): void {
    if (range.end <= range.start) return;
    const at = this.ranges.findIndex(({ start }) => start > range.start);
    this.ranges.splice(at < 0 ? this.ranges.length : at, 0, range);
    this.changed();
  }

  /** A copy of bytes that the program may use so; undefined when it may not. */
  read(address: number, length: number, use: Use = 'read'): Uint8Array<ArrayBuffer> | undefined {
    const bytes = new Uint8Array(length);
    const complete = this.pieces(address, length, use, (real, at, size) =>
      bytes.set(this.memory.read(BigInt(real), size), at),
    );
    return complete ? bytes : undefined;
  }

  /** Writes bytes where the program may; false when it may not somewhere. */
  write(address: number, bytes: Uint8Array, use: Use = 'write'): boolean {
    return this.pieces(address, bytes.length, use, (real, at, size) =>
      this.memory.write(BigInt(real), bytes.subarray(at, at + size)),
    );
  }

  private pieces(
    address: number,
    length: number,
    use: Use,
    visit: (real: number, at: number, size: number) => void,
  ): boolean {
    for (let at = 0; at < length;) {
      const real = this.translate(address + at, use);
      if (real === undefined) return false;
      const size = Math.min(length - at, UNIT - ((address + at) % UNIT));
      visit(real, at, size);
      at += size;
    }
    return true;
  }

  /** Text up to a zero byte; undefined where it cannot be read or is longer than the limit. */
  text(address: number, limit = 4096): string | undefined {
    const bytes: number[] = [];
    while (bytes.length < limit) {
      const byte = this.read(address + bytes.length, 1)?.[0];
      if (byte === undefined) return undefined;
      if (byte === 0) return new TextDecoder().decode(new Uint8Array(bytes));
      bytes.push(byte);
    }
    return undefined;
  }
}

/** Up to the next border. */
export function roundUp(value: number, unit = UNIT): number {
  return Math.ceil(value / unit) * unit;
}

/** Whether a range lies in what a program may map. */
export function mappable(start: number, length: number): boolean {
  return start >= 0 && length >= 0 && start + length <= ADDRESS_LIMIT;
}
