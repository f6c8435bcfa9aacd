/** A static ELF program for Linux in one file: segments at fixed addresses. */

export interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Size in memory; zeros behind the bytes. */
  readonly size?: number;
  /** PF_R 4, PF_W 2, PF_X 1; all when missing. */
  readonly flags?: number;
}

const HEADER = 64;
const PROGRAM_HEADER = 56;
const PAGE = 0x1000;

/** An executable (ELFv2). */
export function elfProgram(entry: number, segments: readonly Segment[], littleEndian: boolean): Uint8Array {
  const offsets: number[] = [];
  let end = PAGE;
  for (const { bytes } of segments) {
    offsets.push(end);
    end += Math.ceil(bytes.length / PAGE) * PAGE;
  }
  const file = new Uint8Array(end);
  const view = new DataView(file.buffer);
  const u16 = (at: number, value: number): void => view.setUint16(at, value, littleEndian);
  const u32 = (at: number, value: number): void => view.setUint32(at, value, littleEndian);
  const u64 = (at: number, value: number): void => view.setBigUint64(at, BigInt(value), littleEndian);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, littleEndian ? 1 : 2, 1]);
  u16(16, 2); // ET_EXEC
  u16(18, 21); // EM_PPC64
  u32(20, 1);
  u64(24, entry);
  u64(32, HEADER);
  u32(48, 2); // ABI v2: entry points are addresses of code
  u16(52, HEADER);
  u16(54, PROGRAM_HEADER);
  u16(56, segments.length);
  segments.forEach(({ address, bytes, size, flags = 7 }, i) => {
    const at = HEADER + i * PROGRAM_HEADER;
    u32(at, 1); // PT_LOAD
    u32(at + 4, flags);
    u64(at + 8, offsets[i] ?? 0);
    u64(at + 16, address);
    u64(at + 24, address);
    u64(at + 32, bytes.length);
    u64(at + 40, size ?? bytes.length);
    u64(at + 48, PAGE);
    file.set(bytes, offsets[i]);
  });
  return file;
}

/** Words as bytes. */
export function wordBytes(words: readonly number[], littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * words.length));
  words.forEach((word, i) => view.setUint32(4 * i, word >>> 0, littleEndian));
  return new Uint8Array(view.buffer);
}
