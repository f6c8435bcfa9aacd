/**
 * Builds commands and values from named fields: sizes, counts and the header are computed.
 *
 * The shapes are those of records (record.ts), so that a decoded value can be put into a command again. Values are not
 * held against what the specification allows at a place: a scenario may want to see the TPM's answer.
 */

import { concat, hexNumber, numberToBytes } from '../../common/bytes';
import { InputError } from '../../common/errors';
import { didYouMean, nearest } from '../../common/nearest';
import { isList, isRecord, type Value } from '../../common/values';
import { COMMANDS, findCommand, resolveType, tpmConstant, tpmConstants } from '../tables/index';
import type {
  BitsType,
  CommandRow,
  FieldRow,
  ListType,
  SizedType,
  StructureType,
  TypeRef,
  UnionType,
} from '../tables/notation';
import { constantOf, isSigned, numberBytes } from './text';

/** What a field may be given as: a value of the language, or plain JavaScript data; text is the name of a constant. */
export type FieldValue = Value | number | string | readonly FieldValue[] | FieldValues;

export interface FieldValues {
  readonly [field: string]: FieldValue;
}

/** One authorization of a command; without fields, an empty password. */
export interface SessionFields {
  readonly sessionHandle?: FieldValue;
  readonly nonce?: Uint8Array;
  readonly sessionAttributes?: FieldValue;
  readonly hmac?: Uint8Array;
}

type Fields = ReadonlyMap<string, FieldValue>;

/**
 * The bytes of a command.
 *
 * @param name `TPM2_GetRandom` or `TPM_CC_GetRandom`
 * @param fields handles and parameters by their names
 * @param sessions authorizations; without them, an empty password for each handle that needs one
 * @throws InputError `unknown-command`, `unknown-field`, `missing-field`, `out-of-range`, `wrong-type`, `unknown-selector`
 */
export function buildCommand(
  name: string,
  fields: FieldValues,
  sessions?: readonly SessionFields[],
): Uint8Array<ArrayBuffer> {
  const row = commandNamed(name);
  const values = new Map(Object.entries(fields));
  const rows: readonly FieldRow[] = [...row.handles, ...row.parameters];
  checkNames(
    row.name,
    values,
    rows.map((field) => field.name),
  );
  const handles = encodeFields(row.name, row.handles, values);
  const parameters = encodeFields(row.name, row.parameters, values);
  const needed = row.handles.filter((handle) => handle.role !== undefined).length;
  const given = sessions ?? Array.from({ length: needed }, () => ({}));
  const area = given.length === 0 ? new Uint8Array() : authorizationArea(given);
  const size = 10 + handles.length + area.length + parameters.length;
  const tag = given.length === 0 ? 0x8001 : 0x8002;
  return concat(u16(tag), u32(size), u32(row.code), handles, area, parameters);
}

/** The bytes of one value of a type of the specification. */
export function encodeType(typeName: string, value: FieldValue): Uint8Array<ArrayBuffer> {
  return encode(typeName, { type: typeName, nullable: 'yes' }, value, undefined);
}

/** Handles and parameters of a successful response, each group in its bytes. */
export interface ResponseBody {
  readonly handles: Uint8Array;
  readonly parameters: Uint8Array;
}

/** The bytes of a response's fields. */
export function encodeResponseBody(row: CommandRow, fields: FieldValues): ResponseBody {
  const values = new Map(Object.entries(fields));
  return {
    handles: encodeFields(row.name, row.responseHandles, values),
    parameters: encodeFields(row.name, row.responseParameters, values),
  };
}

/** A successful response around its fields; with `authorizations` (their bytes), one with sessions (Part 1, 18.9). */
export function frameResponse(body: ResponseBody, authorizations?: Uint8Array): Uint8Array<ArrayBuffer> {
  const { handles, parameters } = body;
  if (authorizations === undefined) {
    return concat(u16(0x8001), u32(10 + handles.length + parameters.length), u32(0), handles, parameters);
  }
  const size = 14 + handles.length + parameters.length + authorizations.length;
  return concat(u16(0x8002), u32(size), u32(0), handles, u32(parameters.length), parameters, authorizations);
}

function commandNamed(name: string): CommandRow {
  const row = findCommand(name);
  if (row) return row;
  const near = didYouMean(
    nearest(
      name,
      COMMANDS.map((command) => command.name),
    ),
  );
  throw new InputError('unknown-command', `There is no TPM command '${name}'${near}`);
}

function authorizationArea(sessions: readonly SessionFields[]): Uint8Array<ArrayBuffer> {
  const parts = sessions.map((session, i) =>
    encode(
      `session ${i + 1}`,
      { type: 'TPMS_AUTH_COMMAND', nullable: 'yes' },
      {
        sessionHandle: session.sessionHandle ?? 'TPM_RS_PW',
        nonce: session.nonce ?? new Uint8Array(),
        sessionAttributes: session.sessionAttributes ?? 0n,
        hmac: session.hmac ?? new Uint8Array(),
      },
      undefined,
    ),
  );
  const area = concat(...parts);
  return concat(u32(area.length), area);
}

function u16(value: number): Uint8Array<ArrayBuffer> {
  return numberToBytes(BigInt(value), 2);
}

function u32(value: number): Uint8Array<ArrayBuffer> {
  return numberToBytes(BigInt(value), 4);
}

function checkNames(where: string, values: Fields, known: readonly string[]): void {
  for (const name of values.keys()) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    const fields =
      known.length === 0
        ? `; it has no fields.`
        : near === undefined
          ? `; its fields are ${known.join(', ')}.`
          : didYouMean(near);
    throw new InputError('unknown-field', `${where} has no field '${name}'${fields}`);
  }
}

/** Fields of a structure or command in their order; selectors that are not given come from their union's member. */
function encodeFields(where: string, rows: readonly FieldRow[], values: Fields): Uint8Array<ArrayBuffer> {
  const parts = rows.map((row) => {
    const path = `${where}.${row.name}`;
    const chooser = rows.find((candidate) => candidate.name === row.selector);
    if (chooser) return encodeUnion(path, row, values.get(row.name), selectorOf(chooser, rows, values));
    const value = values.get(row.name) ?? selectorOf(row, rows, values);
    if (value === undefined)
      throw new InputError('missing-field', `${where} needs the field '${row.name}', a ${row.type}: ${row.doc}.`);
    return encode(path, row, value, undefined);
  });
  return concat(...parts);
}

/** Name of the constant in a selector field: its value's, or that of the union member that is given by name. */
function selectorOf(chooser: FieldRow, rows: readonly FieldRow[], values: Fields): string | undefined {
  const value = values.get(chooser.name);
  if (value !== undefined) {
    if (typeof value === 'string') return value;
    const number = typeof value === 'bigint' || typeof value === 'number' ? BigInt(value) : undefined;
    return number === undefined ? undefined : (constantOf(chooser.type, number)?.name ?? hexNumber(number));
  }
  for (const row of rows) {
    const type = row.selector === chooser.name ? resolveType(row.type) : undefined;
    const given = fieldsOf(values.get(row.name));
    if (type?.kind !== 'union' || given?.size !== 1) continue;
    const [name] = given.keys();
    const member = type.members.find((candidate) => candidate.name === name);
    if (member) return member.selector;
  }
  return undefined;
}

function encodeUnion(
  path: string,
  row: FieldRow,
  value: FieldValue | undefined,
  selector: string | undefined,
): Uint8Array<ArrayBuffer> {
  const type = resolveType(row.type);
  if (type.kind !== 'union') throw new Error(`${row.type} is no union`);
  const member = memberOf(path, type, selector);
  if (!member.ref || isEmpty(member.ref)) return new Uint8Array();
  if (value === undefined) throw new InputError('missing-field', `${path} is needed, a ${member.ref.type}.`);
  const wrapped = fieldsOf(value);
  const inner = wrapped?.size === 1 ? wrapped.get(member.name) : undefined;
  return encode(path, member.ref, inner ?? value, undefined);
}

/** A structure without fields, such as the parameters of RSAES. */
function isEmpty(ref: TypeRef): boolean {
  const type = resolveType(ref.type);
  return type.kind === 'structure' && type.fields.length === 0;
}

function memberOf(path: string, type: UnionType, selector: string | undefined): UnionType['members'][number] {
  const member = type.members.find((row) => row.selector === selector);
  if (member) return member;
  const known = type.members.map((row) => row.selector).join(', ');
  throw new InputError(
    'unknown-selector',
    `${path} cannot be chosen by ${selector ?? 'nothing'}; ${type.name} knows ${known}.`,
  );
}

function encode(path: string, ref: TypeRef, value: FieldValue, selector: string | undefined): Uint8Array<ArrayBuffer> {
  const type = resolveType(ref.type);
  switch (type.kind) {
    case 'number':
    case 'constants':
    case 'interface':
      return encodeNumber(path, ref.type, numberOf(path, value));
    case 'bits':
      return encodeNumber(path, ref.type, bitsOf(path, type, value));
    case 'bytes': {
      const bytes = bytesOf(path, value);
      if (bytes.length !== type.bytes) {
        throw new InputError('out-of-range', `${path} must have ${type.bytes} bytes and has ${bytes.length}.`);
      }
      return bytes;
    }
    case 'structure':
      return encodeStructure(path, type, value);
    case 'sized':
      return encodeSized(path, type, value);
    case 'list':
      return encodeList(path, type, value);
    case 'union':
      return encodeUnion(path, { ...ref, name: path, doc: '' }, value, selector);
  }
}

function encodeStructure(path: string, type: StructureType, value: FieldValue): Uint8Array<ArrayBuffer> {
  const fields = fieldsOf(value);
  if (!fields) throw wrongType(path, `a structure ${type.name}`, value);
  checkNames(
    path,
    fields,
    type.fields.map((row) => row.name),
  );
  return encodeFields(path, type.fields, fields);
}

function encodeSized(path: string, type: SizedType, value: FieldValue): Uint8Array<ArrayBuffer> {
  const wrapped = fieldsOf(value);
  const inside = wrapped?.size === 1 ? (wrapped.get(type.bodyName) ?? value) : value;
  const body =
    type.inner === undefined || inside instanceof Uint8Array
      ? bytesOf(path, inside)
      : encode(path, type.inner, inside, undefined);
  const bytes = numberBytes(type.sizeType);
  if (body.length >= 2 ** (8 * bytes)) {
    throw new InputError(
      'out-of-range',
      `${path} has ${body.length} bytes; its size field holds at most ${2 ** (8 * bytes) - 1}.`,
    );
  }
  return concat(numberToBytes(BigInt(body.length), bytes), body);
}

function encodeList(path: string, type: ListType, value: FieldValue): Uint8Array<ArrayBuffer> {
  const items = Array.isArray(value) ? (value as readonly FieldValue[]) : isList(value) ? value.items : undefined;
  if (!items) throw wrongType(path, `a list of ${type.item.type}`, value);
  return concat(u32(items.length), ...items.map((item, i) => encode(`${path}[${i}]`, type.item, item, undefined)));
}

function encodeNumber(path: string, typeName: string, value: bigint): Uint8Array<ArrayBuffer> {
  const bits = 8 * numberBytes(typeName);
  // A 64-bit two's complement number stands for a negative one, as everywhere in the language.
  const meant = isSigned(typeName) ? BigInt.asIntN(64, value) : value;
  const [low, high] = isSigned(typeName)
    ? [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n]
    : [0n, (1n << BigInt(bits)) - 1n];
  if (meant < low || meant > high) {
    throw new InputError('out-of-range', `${path} is ${value}; a ${typeName} is ${low} to ${high}.`);
  }
  return numberToBytes(BigInt.asUintN(bits, meant), bits / 8);
}

function numberOf(path: string, value: FieldValue): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') {
    if (Number.isInteger(value)) return BigInt(value);
    throw new InputError('out-of-range', `${path} is ${value}; it must be a whole number.`);
  }
  if (typeof value !== 'string') throw wrongType(path, 'a number', value);
  const constant = tpmConstant(value);
  if (constant) return constant.value;
  const names = [...tpmConstants()].map((row) => row.name);
  throw new InputError(
    'unknown-constant',
    `${path}: there is no constant '${value}'${didYouMean(nearest(value, names))}`,
  );
}

/** Attribute bits as a number, or as a record of their names. */
function bitsOf(path: string, type: BitsType, value: FieldValue): bigint {
  const fields = fieldsOf(value);
  if (!fields) return numberOf(path, value);
  checkNames(
    path,
    fields,
    type.rows.map((row) => row.name),
  );
  let word = 0n;
  for (const row of type.rows) {
    const given = fields.get(row.name);
    if (given === undefined) continue;
    const field = numberOf(`${path}.${row.name}`, given);
    const high = (1n << BigInt(row.high - row.low + 1)) - 1n;
    if (field < 0n || field > high)
      throw new InputError('out-of-range', `${path}.${row.name} is ${field}; it is 0 to ${high}.`);
    word |= field << BigInt(row.low);
  }
  return word;
}

function bytesOf(path: string, value: FieldValue): Uint8Array<ArrayBuffer> {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  throw wrongType(path, 'bytes', value);
}

function fieldsOf(value: FieldValue | undefined): Fields | undefined {
  if (value === undefined || typeof value !== 'object' || value instanceof Uint8Array) return undefined;
  if (isRecord(value)) return new Map(value.fields);
  if (Array.isArray(value) || isList(value)) return undefined;
  return new Map(Object.entries(value));
}

function wrongType(path: string, wanted: string, value: FieldValue): InputError {
  const given =
    value instanceof Uint8Array
      ? 'bytes'
      : isRecord(value)
        ? `a structure ${value.type}`
        : Array.isArray(value) || isList(value)
          ? 'a list'
          : typeof value === 'object'
            ? 'a structure'
            : `the ${typeof value === 'bigint' ? 'number' : typeof value} ${value}`;
  return new InputError('wrong-type', `${path} must be ${wanted}, not ${given}.`);
}
