/**
 * Memory by reference, and the requests that read and write it.
 *
 * A reference is a space and an address in it: `real:0x1000` (real addresses), `svm1:0x1000` (guest physical, as the
 * guest sees it), `0x1000` (effective addresses of the current actor), `bytes-7:0x0` (a byte string that was shown),
 * `tpm-command:0x0` and `tpm-response:0x0` (the last TPM exchange). Every read is a peek.
 */

import { hexNumber } from '../../emulator/common/bytes';
import { InputError } from '../../emulator/common/errors';
import type { Args } from './arguments';
import type { Context, Handlers, Reply } from './handlers';
import type { LiveRun } from './live-run';

export interface MemoryReference {
  /** Undefined: effective addresses. */
  readonly space: string | undefined;
  readonly address: bigint;
}

/** Largest read and write of one request, in bytes. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Memory is there or not in units of at least this. */
const PAGE = 4096n;
const END = 1n << 64n;

/** @throws InputError when the text is no reference */
export function parseReference(text: string): MemoryReference {
  const match = /^(?:([A-Za-z_][\w-]*):)?(0x[0-9a-f]{1,16}|[0-9]{1,20})$/i.exec(text.trim());
  const address = match ? BigInt(match[2] ?? '0') : END;
  if (!match || address >= END) {
    throw new InputError(
      'bad-memory-reference',
      `'${text.slice(0, 80)}' is no memory reference; write real:0x1000, svm1:0x1000 (a guest's name) or 0x1000.`,
    );
  }
  return { space: match[1], address };
}

/** One memory space of a run. */
interface Space {
  /** Undefined where nothing can be read. */
  read(address: bigint, length: number): Uint8Array | undefined;
  write(address: bigint, bytes: Uint8Array): boolean;
}

const fixed = (bytes: Uint8Array): Space => ({
  read: (address, length) => {
    const at = Number(address);
    return address + BigInt(length) <= BigInt(bytes.length) ? bytes.slice(at, at + length) : undefined;
  },
  write: () => false,
});

function spaceNamed(run: LiveRun, name: string | undefined): Space {
  const { machine } = run.target;
  if (name === undefined) {
    return { read: (at, length) => machine.peek(at, length), write: (at, bytes) => machine.poke(at, bytes) };
  }
  const bytes = run.view.bytesOf(name);
  if (bytes) return fixed(bytes);
  const { exchange } = machine;
  if (name === 'tpm-command') return fixed(exchange?.command ?? new Uint8Array());
  if (name === 'tpm-response') return fixed(exchange?.response ?? new Uint8Array());
  const { memory } = machine;
  const real: Space = {
    read: (at, length) => (memory.contains(at, length) ? memory.read(at, length) : undefined),
    write: (at, data) => {
      if (!memory.contains(at, data.length)) return false;
      memory.write(at, data);
      return true;
    },
  };
  if (name === 'real') return real;
  const guest = machine.config.guests.find((each) => each.name === name);
  if (!guest) {
    throw new InputError('unknown-memory', `There is no memory '${name}' here; there is real and a guest's name.`);
  }
  // The guest's pages lie apart, so a page at a time.
  const place = (at: bigint) => machine.ra(guest.name, at);
  return {
    read: (at, length) => {
      const ra = place(at);
      return ra === undefined ? undefined : real.read(ra, length);
    },
    write: (at, data) => {
      const ra = place(at);
      return ra !== undefined && real.write(ra, data);
    },
  };
}

/** Pieces of a range that do not cross a page. */
function* pieces(address: bigint, length: number): Generator<{ at: bigint; length: number; offset: number }> {
  for (let offset = 0; offset < length;) {
    const at = address + BigInt(offset);
    const piece = Math.min(length - offset, Number(PAGE - (at % PAGE)));
    yield { at, length: piece, offset };
    offset += piece;
  }
}

/** As many bytes as can be read from the beginning of a range: all pages up to the first that is refused. */
export function peekBytes(run: LiveRun, { space, address }: MemoryReference, length: number): Uint8Array {
  const from = spaceNamed(run, space);
  const bytes = new Uint8Array(length);
  for (const piece of pieces(address, length)) {
    const part = from.read(piece.at, piece.length);
    if (!part) return bytes.subarray(0, piece.offset + tail(from, piece.at, piece.length, bytes, piece.offset));
    bytes.set(part, piece.offset);
  }
  return bytes;
}

/** The readable beginning of a page that cannot be read as a whole, copied; its length. */
function tail(from: Space, at: bigint, length: number, into: Uint8Array, offset: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (from.read(at, middle)) low = middle;
    else high = middle - 1;
  }
  const part = low > 0 ? from.read(at, low) : undefined;
  if (part) into.set(part, offset);
  return low;
}

/** Writes a range piece by piece; the number of bytes written before the first refusal. */
function pokeBytes(run: LiveRun, { space, address }: MemoryReference, bytes: Uint8Array): number {
  const to = spaceNamed(run, space);
  for (const piece of pieces(address, bytes.length)) {
    if (!to.write(piece.at, bytes.subarray(piece.offset, piece.offset + piece.length))) return piece.offset;
  }
  return bytes.length;
}

function rangeOf(args: Args, length: number): MemoryReference & { readonly length: number } {
  const { space, address } = parseReference(args.text('memoryReference'));
  const offset = args.optionalInteger('offset', { min: -(2 ** 53) + 1 }) ?? 0;
  const start = address + BigInt(offset);
  if (start < 0n || start >= END) return { space, address: start, length: 0 };
  return { space, address: start, length: Number(BigInt(length) < END - start ? BigInt(length) : END - start) };
}

function readMemory(context: Context, args: Args): Reply {
  const run = context.still();
  const count = args.integer('count', { max: MOST_BYTES });
  const range = rangeOf(args, count);
  const bytes = range.length > 0 ? peekBytes(run, range, range.length) : new Uint8Array();
  return {
    body: {
      address: hexNumber(BigInt.asUintN(64, range.address)),
      ...(bytes.length < count && { unreadableBytes: count - bytes.length }),
      ...(bytes.length > 0 && { data: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64') }),
    },
  };
}

function writeMemory(context: Context, args: Args): Reply {
  const run = context.still();
  const text = args.text('data');
  if (text.length > MOST_BYTES * 2 || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) {
    throw new InputError('bad-data', `'data' must be at most ${MOST_BYTES} bytes in base64.`);
  }
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  const range = rangeOf(args, bytes.length);
  const partial = args.flag('allowPartial');
  const whole = range.length === bytes.length && peekBytes(run, range, range.length).length === bytes.length;
  if (!whole && !partial) {
    throw new InputError(
      'unwritable',
      `Not all of ${bytes.length} bytes at ${hexNumber(range.address)} are memory here.`,
    );
  }
  let written = 0;
  const data = bytes.subarray(0, range.length);
  if (data.length > 0) run.debugger.edit(() => (written = pokeBytes(run, range, data)));
  if (written < bytes.length && !partial) {
    throw new InputError('unwritable', `Only ${written} of ${bytes.length} bytes could be written.`);
  }
  return {
    body: { bytesWritten: written },
    after: () => {
      const reference = args.text('memoryReference');
      const offset = args.optionalInteger('offset', { min: -(2 ** 53) + 1 }) ?? 0;
      if (context.client.memoryEvents) context.event('memory', { memoryReference: reference, offset, count: written });
      context.invalidate();
    },
  };
}

export const memoryHandlers: Handlers = { readMemory, writeMemory };
