/**
 * Decodes values of any type of the tables into nodes.
 *
 * The work is bounded by the bytes: every element of a list takes at least one byte, and types nest without recursion.
 * A value that ends early stops the decoding (DecodeStop, inside this folder only); what was decoded stays in the tree.
 */

import { hexNumber } from '../../common/bytes';
import { findType, resolveType } from '../tables/index';
import type { FieldRow, ListType, SizedType, StructureType, TypeRef, UnionType } from '../tables/notation';
import { refusalOf } from './allowed';
import type { DecodeError, NodeRole, Problem, TpmNode } from './nodes';
import { bitField, bitsText, bitText, constantOf, numberBytes, numberText, propertyText, selectionText } from './text';

/** A node while it is decoded. */
export interface OpenNode extends TpmNode {
  length: number;
  value: bigint | Uint8Array | undefined;
  text: string | undefined;
  problem: Problem | undefined;
  encrypted: boolean;
  complete: boolean;
  children: OpenNode[];
  /** What the paths of the children begin with; empty in a group whose members are named by themselves. */
  readonly scope: string;
}

export class DecodeStop extends Error {
  constructor(readonly error: DecodeError) {
    super(error.message);
  }
}

interface NodeHead {
  readonly name: string;
  readonly type: string;
  readonly role: NodeRole;
  readonly doc?: string;
  readonly scope?: string;
}

export class Decoder {
  at = 0;
  /** First byte behind the part that is being decoded. */
  end: number;
  /** Whether `end` is the end of a TPM2B_* around a structure. */
  private insideSized = false;

  /**
   * @param sizesLast whether a structure inside of a TPM2B_* may go on behind its size, which then is found wrong, as the
   *   reference implementation reads it; otherwise the size ends it
   */
  constructor(
    readonly bytes: Uint8Array,
    private readonly sizesLast = false,
  ) {
    this.end = bytes.length;
  }

  get remaining(): number {
    return this.end - this.at;
  }

  /** Adds a node under `parent`, decodes its inside, and closes it even if the decoding stops. */
  open(parent: OpenNode | undefined, head: NodeHead, inside: (node: OpenNode) => void): OpenNode {
    const { name, type, role, doc, scope } = head;
    const base = parent?.scope ?? '';
    const path = base === '' || name.startsWith('[') ? `${base}${name}` : `${base}.${name}`;
    const node: OpenNode = {
      path,
      scope: scope ?? path,
      name,
      type,
      role,
      offset: this.at,
      length: 0,
      value: undefined,
      text: undefined,
      doc: doc === undefined || doc === '' ? findType(type)?.doc : doc,
      problem: undefined,
      encrypted: false,
      complete: false,
      children: [],
    };
    parent?.children.push(node);
    try {
      inside(node);
      node.complete = true;
    } finally {
      node.length = this.at - node.offset;
      // A leaf whose bytes were missing says nothing: the error tells where they end.
      const leaf = role === 'number' || role === 'bytes' || role === 'bits';
      if (leaf && node.value === undefined) parent?.children.pop();
    }
    return node;
  }

  stop(code: string, rc: string, message: string): never {
    throw new DecodeStop({ code, rc, message, offset: this.at });
  }

  private take(count: number, what: string): Uint8Array {
    if (count > this.remaining) {
      const [rc, where] = this.insideSized ? ['TPM_RC_SIZE', ' in its structure'] : ['TPM_RC_INSUFFICIENT', ''];
      this.stop('truncated', rc, `${what} needs ${count} bytes and ${this.remaining} remain${where}.`);
    }
    const taken = this.bytes.slice(this.at, this.at + count);
    this.at += count;
    return taken;
  }

  /** Plain bytes. */
  raw(parent: OpenNode, name: string, count: number, doc = ''): OpenNode {
    return this.open(parent, { name, type: 'BYTE[]', role: 'bytes', doc }, (node) => {
      node.value = this.take(count, node.path);
    });
  }

  /** A number, constant, handle or attribute word. */
  number(parent: OpenNode, name: string, typeName: string, doc: string, nullable = false): OpenNode {
    const type = resolveType(typeName);
    return this.open(parent, { name, type: typeName, role: type.kind === 'bits' ? 'bits' : 'number', doc }, (node) => {
      let value = 0n;
      for (const byte of this.take(numberBytes(typeName), node.path)) value = (value << 8n) | BigInt(byte);
      node.value = value;
      const refusal = refusalOf(typeName, value, nullable);
      if (refusal !== undefined) {
        node.problem = { rc: refusal, message: `${hexNumber(value)} is not allowed for ${typeName}` };
      }
      if (type.kind !== 'bits') {
        node.text = numberText(typeName, value);
        return;
      }
      node.text = bitsText(type, value);
      node.children = type.rows.map((row) => {
        const field = bitField(row, value);
        const where = {
          path: `${node.path}.${row.name}`,
          scope: '',
          name: row.name,
          offset: node.offset,
          length: numberBytes(typeName),
        };
        const what = { type: 'bit', role: 'bit' as const, value: field, text: bitText(type, row, field), doc: row.doc };
        return { ...where, ...what, problem: undefined, encrypted: false, complete: true, children: [] };
      });
    });
  }

  /** A value of any type; `selector` is the constant that chooses the member of a union. */
  value(parent: OpenNode, name: string, ref: TypeRef, doc: string, nullable: boolean, selector?: string): void {
    const type = resolveType(ref.type);
    switch (type.kind) {
      case 'number':
      case 'constants':
      case 'bits':
      case 'interface':
        this.number(parent, name, ref.type, doc, nullable);
        return;
      case 'bytes':
        this.raw(parent, name, type.bytes, doc);
        return;
      case 'structure':
        this.open(parent, { name, type: ref.type, role: 'structure', doc }, (node) =>
          this.fields(node, type, nullable),
        );
        return;
      case 'sized':
        this.sized(parent, name, ref.type, type, doc, nullable, false);
        return;
      case 'list':
        this.list(parent, name, ref.type, type, doc);
        return;
      case 'union':
        this.union(parent, name, type, doc, selector);
    }
  }

  /** A field of a structure or a parameter; `inherited` tells whether the place of use allows null. */
  field(parent: OpenNode, row: FieldRow, inherited: boolean): void {
    const nullable = row.nullable === 'yes' || (row.nullable === 'inherit' && inherited);
    const chooser =
      row.selector === undefined ? undefined : parent.children.find((child) => child.name === row.selector);
    const selector =
      typeof chooser?.value === 'bigint'
        ? (constantOf(chooser.type, chooser.value)?.name ?? hexNumber(chooser.value))
        : undefined;
    this.value(parent, row.name, row, row.doc, nullable, selector);
  }

  private fields(node: OpenNode, type: StructureType, nullable: boolean): void {
    for (const row of type.fields) this.field(node, row, nullable);
    if (type.name !== 'TPMS_TAGGED_PROPERTY') return;
    const [property, value] = node.children;
    if (typeof property?.value === 'bigint' && typeof value?.value === 'bigint') {
      value.text = propertyText(property.value, value.value);
    }
  }

  private union(parent: OpenNode, name: string, type: UnionType, doc: string, selector: string | undefined): void {
    const member = type.members.find((row) => row.selector === selector);
    if (!member) {
      this.stop('unknown-selector', 'TPM_RC_SELECTOR', `${type.name} has no member for ${selector ?? 'this place'}.`);
    }
    if (member.ref) this.value(parent, name, member.ref, doc, member.ref.nullable === 'yes');
  }

  /** A size and its bytes; `encrypted` bytes are not looked into. */
  sized(
    parent: OpenNode,
    name: string,
    typeName: string,
    type: SizedType,
    doc: string,
    nullable: boolean,
    encrypted: boolean,
  ): void {
    this.open(parent, { name, type: typeName, role: 'sized', doc }, (node) => {
      node.encrypted = encrypted;
      const sizeNode = this.number(node, type.sizeName, type.sizeType, '');
      const size = Number(sizeNode.value);
      if (size < type.min || size > type.max) {
        const message = `${size} is not a size of ${typeName} (${type.min} to ${type.max})`;
        sizeNode.problem = { rc: type.refusal, message };
      }
      const { inner } = type;
      if (inner === undefined || encrypted || size === 0) {
        const body = this.raw(node, type.bodyName, size);
        body.encrypted = encrypted;
        if (body.value instanceof Uint8Array) node.text = this.bytesText(type, body.value, encrypted);
        return;
      }
      const allowNull = inner.nullable === 'yes' || (inner.nullable === 'inherit' && nullable);
      if (this.sizesLast) {
        const start = this.at;
        this.value(node, type.bodyName, inner, '', allowNull);
        const used = this.at - start;
        if (used !== size) this.stop('bad-size', 'TPM_RC_SIZE', `${node.path} is ${used} bytes and not ${size}.`);
        return;
      }
      if (size > this.remaining) {
        this.stop('truncated', 'TPM_RC_INSUFFICIENT', `${node.path} needs ${size} bytes and ${this.remaining} remain.`);
      }
      const outer = { end: this.end, insideSized: this.insideSized };
      this.end = this.at + size;
      this.insideSized = true;
      this.value(node, type.bodyName, inner, '', allowNull);
      if (this.remaining > 0) {
        const rest = this.raw(node, 'unused', this.remaining, 'bytes of the size that the structure does not use');
        rest.problem = { rc: 'TPM_RC_SIZE', message: `${node.path} is ${rest.length} bytes longer than its structure` };
      }
      this.end = outer.end;
      this.insideSized = outer.insideSized;
    });
  }

  private bytesText(type: SizedType, bytes: Uint8Array, encrypted: boolean): string | undefined {
    if (encrypted) return 'encrypted by a session';
    return type.bodyName === 'pcrSelect' ? selectionText(bytes) : undefined;
  }

  private list(parent: OpenNode, name: string, typeName: string, type: ListType, doc: string): void {
    this.open(parent, { name, type: typeName, role: 'list', doc }, (node) => {
      const countNode = this.number(node, 'count', 'UINT32', '');
      const count = Number(countNode.value);
      if (count > type.max) {
        countNode.problem = {
          rc: 'TPM_RC_SIZE',
          message: `${count} is more than the ${type.max} elements of ${typeName}`,
        };
      }
      // Counts within the limit end at the first missing byte; lies beyond it end here.
      if (count > type.max && count > this.remaining) {
        const message = `${node.path} has ${count} elements and ${this.remaining} bytes remain.`;
        this.stop('truncated', 'TPM_RC_SIZE', message);
      }
      for (let i = 0; i < count; i++) {
        this.value(node, `[${i}]`, type.item, '', type.item.nullable === 'yes');
      }
    });
  }
}
