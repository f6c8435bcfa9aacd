/**
 * Flattened device trees: a tree of nodes with properties, and its bytes of version 17, which `fdt-writer` makes.
 *
 * Reading is bounded by the size of the bytes, whatever they say: blocks lie inside of them, names are short, and the
 * depth has a limit. What libfdt tolerates and no tool writes (properties behind nodes, names with blanks) is refused.
 *
 * Source: Devicetree Specification 0.4, chapter 5.
 */

import { hexNumber } from '../common/bytes';
import { FormatError } from '../common/errors';
import { FileFields } from './fields';

export interface FdtProperty {
  readonly name: string;
  readonly value: Uint8Array;
}

export interface FdtNode {
  /** With its unit address; of the root the empty string. */
  readonly name: string;
  readonly properties: readonly FdtProperty[];
  readonly children: readonly FdtNode[];
}

/** A range of memory that software must leave alone (the memory reservation block). */
export interface FdtReservation {
  readonly address: bigint;
  readonly bytes: bigint;
}

export interface Fdt {
  readonly root: FdtNode;
  readonly reservations: readonly FdtReservation[];
  /** boot_cpuid_phys. */
  readonly bootCpu: number;
  /** Names of properties that come first in the strings block, in this order; others follow as the tree names them. */
  readonly strings: readonly string[];
}

export const FDT_MAGIC = 0xd00d_feed;
export const FDT_HEADER_BYTES = 40;
export const FDT_VERSION = 17;
/** The oldest version whose readers can read this one. */
export const FDT_COMPATIBLE_VERSION = 16;
export const FDT_TAG = { BEGIN_NODE: 1, END_NODE: 2, PROP: 3, NOP: 4, END: 9 } as const;

/** Longest name of a node or property in bytes; the specification has 31, which real trees exceed. */
export const FDT_NAME_BYTES = 255;
/** Nodes inside of each other. */
export const FDT_DEPTH = 64;

/** Whether bytes begin as a flattened device tree does. */
export function isFdt(bytes: Uint8Array): boolean {
  return bytes[0] === 0xd0 && bytes[1] === 0x0d && bytes[2] === 0xfe && bytes[3] === 0xed;
}

/**
 * Reads the tree at the beginning of the bytes; what follows its totalsize is left alone. Values are not copied.
 *
 * @throws FormatError `not-fdt`, `unsupported-fdt`, `truncated`, `bad-fdt`
 */
export function readFdt(bytes: Uint8Array): Fdt {
  if (!isFdt(bytes)) {
    throw new FormatError('not-fdt', 'This is no device tree: it does not begin with d0 0d fe ed.', 0);
  }
  const total = new FileFields(bytes, false, 'device tree').u32(4, 'totalsize');
  const file = new FileFields(bytes, false, 'device tree').slice(0n, BigInt(total), 'its totalsize');
  const fields = new FileFields(file, false, 'device tree');
  const version = fields.u32(20, 'version');
  const compatible = fields.u32(24, 'last_comp_version');
  if (version < FDT_VERSION || compatible > FDT_VERSION) {
    const text = `The device tree has version ${version} (last_comp_version ${compatible}); it must be ${FDT_VERSION}.`;
    throw new FormatError('unsupported-fdt', text, 20);
  }
  const bootCpu = fields.u32(28, 'boot_cpuid_phys');
  const strings = new Strings(block(fields, 'the strings block', 12, 32, 1), fields.u32(12, 'off_dt_strings'));
  const structure = block(fields, 'the structure block', 8, 36, 4);
  const root = new Structure(structure, fields.u32(8, 'off_dt_struct'), strings).root();
  return { root, reservations: reservationsOf(fields), bootCpu, strings: strings.used() };
}

/** A block whose offset and size are in the header. */
function block(fields: FileFields, name: string, offsetAt: number, sizeAt: number, alignment: number): Uint8Array {
  const offset = fields.u32(offsetAt, `the offset of ${name}`);
  if (offset < FDT_HEADER_BYTES || offset % alignment !== 0) {
    throw new FormatError('bad-fdt', `In the device tree ${name} cannot be at ${hexNumber(offset)}.`, offsetAt);
  }
  return fields.slice(BigInt(offset), BigInt(fields.u32(sizeAt, `the size of ${name}`)), name);
}

const RESERVATION_BYTES = 16;

/** Up to the entry of zeros. */
function reservationsOf(fields: FileFields): readonly FdtReservation[] {
  const start = fields.u32(16, 'off_mem_rsvmap');
  if (start < FDT_HEADER_BYTES || start % 8 !== 0) {
    const text = `In the device tree the memory reservation block cannot be at ${hexNumber(start)}.`;
    throw new FormatError('bad-fdt', text, 16);
  }
  const reservations: FdtReservation[] = [];
  for (let at = start; ; at += RESERVATION_BYTES) {
    const address = fields.u64(at, 'the end of the memory reservation block');
    const bytes = fields.u64(at + 8, 'the end of the memory reservation block');
    if (address === 0n && bytes === 0n) return reservations;
    reservations.push({ address, bytes });
  }
}

/** The text of a name, or undefined when it has bytes that no name has. */
function nameOf(bytes: Uint8Array): string | undefined {
  let text = '';
  for (const byte of bytes) {
    if (byte <= 0x20 || byte >= 0x7f) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Names of properties by their offsets in the strings block. */
class Strings {
  readonly #names = new Map<number, string>();

  constructor(
    private readonly bytes: Uint8Array,
    private readonly start: number,
  ) {}

  at(offset: number): string {
    const known = this.#names.get(offset);
    if (known !== undefined) return known;
    const window = this.bytes.subarray(offset, offset + FDT_NAME_BYTES + 1);
    const end = window.indexOf(0);
    const name = end <= 0 ? undefined : nameOf(window.subarray(0, end));
    if (name === undefined) {
      const text = `The device tree has no property name at ${hexNumber(offset)} of its strings block.`;
      throw new FormatError('bad-fdt', text, this.start + Math.min(offset, this.bytes.length));
    }
    this.#names.set(offset, name);
    return name;
  }

  /** Names that were asked for, in the order of the block. */
  used(): readonly string[] {
    return [...this.#names].sort(([a], [b]) => a - b).map(([, name]) => name);
  }
}

interface OpenNode {
  readonly name: string;
  readonly properties: FdtProperty[];
  readonly children: FdtNode[];
}

/** The structure block: a sequence of tags. */
class Structure {
  readonly #fields: FileFields;
  #at = 0;

  constructor(
    bytes: Uint8Array,
    private readonly start: number,
    private readonly strings: Strings,
  ) {
    this.#fields = new FileFields(bytes, false, 'structure block of the device tree');
  }

  /** The tree, which ends with FDT_END. */
  root(): FdtNode {
    const open: OpenNode[] = [];
    let root: FdtNode | undefined;
    for (;;) {
      const tagAt = this.#at;
      const tag = this.#u32('a tag');
      const node = open.at(-1);
      if (tag === FDT_TAG.NOP) continue;
      if (tag === FDT_TAG.BEGIN_NODE && (node !== undefined || root === undefined)) {
        if (open.length >= FDT_DEPTH) throw this.#bad(`has more than ${FDT_DEPTH} nodes inside of each other`, tagAt);
        open.push({ name: this.#nodeName(open.length === 0), properties: [], children: [] });
      } else if (tag === FDT_TAG.PROP && node !== undefined) {
        if (node.children.length > 0) throw this.#bad(`has properties of '${node.name}' behind its nodes`, tagAt);
        node.properties.push(this.#property());
      } else if (tag === FDT_TAG.END_NODE && node !== undefined) {
        open.pop();
        const parent = open.at(-1);
        if (parent) parent.children.push(node);
        else root = node;
      } else if (tag === FDT_TAG.END && root !== undefined) {
        return root;
      } else {
        throw this.#bad(`has the tag ${hexNumber(tag)} where it cannot be`, tagAt);
      }
    }
  }

  #property(): FdtProperty {
    const length = this.#u32("a property's length");
    const name = this.strings.at(this.#u32("a property's name"));
    const value = this.#fields.slice(BigInt(this.#at), BigInt(length), `property '${name}'`);
    this.#skip(length);
    return { name, value };
  }

  #nodeName(root: boolean): string {
    const start = this.#at;
    const window = this.#fields.bytes.subarray(start, start + FDT_NAME_BYTES + 1);
    const end = window.indexOf(0);
    const name = end < 0 ? undefined : nameOf(window.subarray(0, end));
    if (name === undefined) throw this.#bad('has a node whose name is too long or no text', start);
    if ((name === '') !== root)
      throw this.#bad(root ? `has a root named '${name}'` : 'has a node without a name', start);
    if (name.includes('/')) throw this.#bad(`has a node named '${name}'`, start);
    this.#skip(end + 1);
    return name;
  }

  #u32(name: string): number {
    const value = this.#fields.u32(this.#at, name);
    this.#at += 4;
    return value;
  }

  /** Goes on behind so many bytes and their padding. */
  #skip(bytes: number): void {
    this.#at += Math.ceil(bytes / 4) * 4;
  }

  #bad(what: string, at: number): FormatError {
    return new FormatError('bad-fdt', `The device tree ${what}.`, this.start + at);
  }
}

/** The value of a property, undefined when the node has none of that name. */
export function propertyOf(node: FdtNode, name: string): Uint8Array | undefined {
  return node.properties.find((property) => property.name === name)?.value;
}

/** The child of a name, unit address included. */
export function childOf(node: FdtNode, name: string): FdtNode | undefined {
  return node.children.find((child) => child.name === name);
}

/** The node at a path from a node on: `rtas`, `cpus/PowerPC,POWER9@0`; slashes at either end do not count. */
export function nodeAt(from: FdtNode, path: string): FdtNode | undefined {
  let node: FdtNode | undefined = from;
  for (const name of path.split('/')) if (name !== '') node = node && childOf(node, name);
  return node;
}

/** Text of a value that is one string with its zero byte; undefined for other values. */
export function textOf(value: Uint8Array): string | undefined {
  const end = value.indexOf(0);
  if (end < 0 || end !== value.length - 1) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value.subarray(0, end));
  } catch {
    return undefined;
  }
}

/** The number of a value of 4 or 8 bytes, big-endian; undefined for other values. */
export function numberOf(value: Uint8Array): bigint | undefined {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  if (value.length === 4) return BigInt(view.getUint32(0));
  return value.length === 8 ? view.getBigUint64(0) : undefined;
}
