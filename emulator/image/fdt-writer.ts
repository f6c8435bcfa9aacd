/**
 * Makes flattened device trees: nodes and values in a short notation, and their bytes as libfdt's fdt_pack leaves them
 * (header, reservations, structure, strings, nothing between).
 */

import { concat } from '../common/bytes';
import { InputError } from '../common/errors';
import {
  FDT_COMPATIBLE_VERSION,
  FDT_DEPTH,
  FDT_HEADER_BYTES,
  FDT_MAGIC,
  FDT_NAME_BYTES,
  FDT_TAG,
  FDT_VERSION,
  type Fdt,
  type FdtNode,
  type FdtReservation,
} from './fdt';

/** What a property is made of: bytes; a string; numbers, each a cell of 32 bits; a bigint, two cells; nothing. */
export type FdtValue = Uint8Array | string | bigint | readonly number[] | readonly string[] | true;

/**
 * A node in short notation: `fdtNode('memory@0', { device_type: 'memory', reg: [0, 0, 0, 0x1000_0000] })`.
 * Properties are in the order of the members.
 */
export function fdtNode(
  name: string,
  properties: Readonly<Record<string, FdtValue>> = {},
  children: readonly FdtNode[] = [],
): FdtNode {
  const list = Object.entries(properties).map(([each, value]) => ({ name: each, value: fdtValue(value) }));
  return { name, properties: list, children };
}

/** A tree without reservations. */
export function fdtOf(root: FdtNode, rest: Partial<Omit<Fdt, 'root'>> = {}): Fdt {
  return { root, reservations: [], bootCpu: 0, strings: [], ...rest };
}

/** The bytes of a value. Strings get their zero byte; `true` is a property that only has to be there. */
export function fdtValue(value: FdtValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value === true) return new Uint8Array();
  if (typeof value === 'string') return new TextEncoder().encode(`${value}\0`);
  if (typeof value === 'bigint') return words([Number(value >> 32n), Number(value & 0xffff_ffffn)]);
  return concat(...value.map((each) => (typeof each === 'string' ? fdtValue(each) : words([each]))));
}

/**
 * The bytes of a tree, version 17.
 *
 * @throws InputError `bad-fdt` for a name that a tree cannot have, or too many nodes inside of each other
 */
export function writeFdt(fdt: Fdt): Uint8Array<ArrayBuffer> {
  const strings = new StringsBlock(fdt.strings);
  const parts: Uint8Array[] = [];
  writeNode(fdt.root, strings, parts, 0);
  parts.push(words([FDT_TAG.END]));
  const structure = concat(...parts);
  const reservations = concat(...[...fdt.reservations, { address: 0n, bytes: 0n }].map(reservation));
  const names = strings.bytes();
  const structureAt = FDT_HEADER_BYTES + reservations.length;
  const stringsAt = structureAt + structure.length;
  const header = words([
    FDT_MAGIC,
    stringsAt + names.length,
    structureAt,
    stringsAt,
    FDT_HEADER_BYTES,
    FDT_VERSION,
    FDT_COMPATIBLE_VERSION,
    fdt.bootCpu,
    names.length,
    structure.length,
  ]);
  return concat(header, reservations, structure, names);
}

function writeNode(node: FdtNode, strings: StringsBlock, parts: Uint8Array[], depth: number): void {
  if (depth >= FDT_DEPTH) {
    throw new InputError('bad-fdt', `A device tree has at most ${FDT_DEPTH} nodes inside of each other.`);
  }
  if (depth > 0) checkName('node', node.name, /^[!-.0-~]+$/);
  parts.push(words([FDT_TAG.BEGIN_NODE]), padded(new TextEncoder().encode(`${node.name}\0`)));
  for (const { name, value } of node.properties) {
    parts.push(words([FDT_TAG.PROP, value.length, strings.offsetOf(name)]), padded(value));
  }
  for (const child of node.children) writeNode(child, strings, parts, depth + 1);
  parts.push(words([FDT_TAG.END_NODE]));
}

function checkName(what: string, name: string, pattern: RegExp): void {
  if (name.length <= FDT_NAME_BYTES && pattern.test(name)) return;
  throw new InputError('bad-fdt', `'${name}' cannot name a ${what} of a device tree: use letters, digits and ,._+-#@.`);
}

/** Each name once; one that is the end of another shares its text, as dtc and libfdt have it. */
class StringsBlock {
  readonly #offsets = new Map<string, number>();
  #text = '';

  constructor(first: readonly string[]) {
    for (const name of first) this.offsetOf(name);
  }

  offsetOf(name: string): number {
    const known = this.#offsets.get(name);
    if (known !== undefined) return known;
    checkName('property', name, /^[!-~]+$/);
    const start = this.#text.length;
    for (let i = 0; i < name.length; i++) {
      const end = name.slice(i);
      if (!this.#offsets.has(end)) this.#offsets.set(end, start + i);
    }
    this.#text += `${name}\0`;
    return start;
  }

  bytes(): Uint8Array {
    return new TextEncoder().encode(this.#text);
  }
}

function words(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setUint32(4 * i, value));
  return bytes;
}

function padded(bytes: Uint8Array): Uint8Array {
  return bytes.length % 4 === 0 ? bytes : concat(bytes, new Uint8Array(4 - (bytes.length % 4)));
}

function reservation({ address, bytes }: FdtReservation): Uint8Array {
  return concat(fdtValue(address), fdtValue(bytes));
}
