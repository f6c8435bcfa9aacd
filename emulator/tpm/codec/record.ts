/**
 * Decoded messages and values as plain records, as scenarios see them.
 *
 * A structure is a record with the specification's field names, a TPM2B_* of bytes is the bytes, a TPM2B_* around a
 * structure is that structure, a TPML_* is a list, a union is its member. In a message, handles and parameters stand at
 * the top beside `tag`, `commandSize` and `commandCode` (or `responseSize`, `responseCode`), sessions in the list
 * `authorizationArea`.
 */

import { list, record, type RecordValue, type Value } from '../../common/values';
import type { DecodedMessage, TpmNode } from './nodes';
import { isSigned } from './text';

/** The record of a message; of a message with an error, as far as it was decoded. */
export function toRecord(decoded: DecodedMessage): RecordValue {
  const fields: [string, Value][] = [];
  for (const node of decoded.root.children) {
    if (node.name === 'handles' || node.name === 'parameters') {
      for (const member of node.children) fields.push([member.name, nodeValue(member)]);
    } else {
      fields.push([node.name, nodeValue(node)]);
    }
  }
  return record(decoded.name, fields);
}

/** The value of one node. Numbers in two's complement are extended to 64 bits, so that -1 compares with -1. */
export function nodeValue(node: TpmNode): Value {
  switch (node.role) {
    case 'number':
    case 'bits':
    case 'bit': {
      const value = typeof node.value === 'bigint' ? node.value : 0n;
      if (node.role !== 'number' || !isSigned(node.type)) return value;
      return BigInt.asUintN(64, BigInt.asIntN(8 * node.length, value));
    }
    case 'bytes':
      return node.value instanceof Uint8Array ? node.value : new Uint8Array();
    case 'sized': {
      const [, body] = node.children;
      return body === undefined ? new Uint8Array() : nodeValue(body);
    }
    case 'list':
      return list(node.children.slice(1).map(nodeValue));
    case 'structure':
      return record(
        node.type,
        node.children.map((child) => [child.name, nodeValue(child)]),
      );
    case 'group':
      return list(node.children.map(nodeValue));
  }
}

/** Plain data of a node: what `encodeType` takes back. */
export type PlainValue =
  number | bigint | Uint8Array | readonly PlainValue[] | { readonly [field: string]: PlainValue };

/**
 * The value of one node as plain, structured-cloneable data under the specification's field names. Numbers of up to
 * 32 bits are JavaScript's, longer ones stay `bigint`; a union is its member, or missing where nothing follows.
 */
export function plainValue(node: TpmNode): PlainValue {
  switch (node.role) {
    case 'number':
    case 'bits':
    case 'bit': {
      const value = typeof node.value === 'bigint' ? node.value : 0n;
      const meant = isSignedNumber(node) ? BigInt.asIntN(8 * node.length, value) : value;
      return node.length > 4 ? meant : Number(meant);
    }
    case 'bytes':
      return node.value instanceof Uint8Array ? node.value : new Uint8Array();
    case 'sized': {
      const [, body] = node.children;
      return body === undefined ? new Uint8Array() : plainValue(body);
    }
    case 'list':
      return node.children.slice(1).map(plainValue);
    case 'structure':
      return Object.fromEntries(node.children.map((child) => [child.name, plainValue(child)]));
    case 'group':
      return node.children.map(plainValue);
  }
}

function isSignedNumber(node: TpmNode): boolean {
  return node.role === 'number' && isSigned(node.type);
}
