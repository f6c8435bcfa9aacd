/**
 * The notation of the TPM rows: one line a name, read as the tables of the specification are read.
 *
 * A row text holds one row a line, its columns two or more blanks apart. Structures name their fields, types and
 * meanings; a type is followed by `+` where the null value is allowed, preceded by `+` where the place of use decides,
 * and by `[field]` where that field selects the member of a union (TPM 2.0 Part 2, 4 "Notation").
 */

/** Where a fact stands: `Part 2 Table 31` or `Part 3 22.2`. */
export type Source = string;

interface Named {
  readonly name: string;
  readonly doc: string;
  readonly source: Source;
}

/** An unsigned (or two's complement) big-endian integer. */
export interface NumberType extends Named {
  readonly kind: 'number';
  readonly bytes: 1 | 2 | 4 | 8;
  readonly signed: boolean;
}

export interface ConstantRow {
  readonly name: string;
  readonly value: number;
  readonly doc: string;
  /** Letters of the algorithm's uses in TPM_ALG_ID: A H S O X E M N (Part 2, 6.3). */
  readonly uses?: string;
}

/** An integer whose values have names. */
export interface ConstantsType extends Named {
  readonly kind: 'constants';
  readonly base: string;
  readonly rows: readonly ConstantRow[];
  /** Response code of a TPM that finds a value without a name; undefined where any value is taken. */
  readonly refusal?: string;
}

export interface BitRow {
  readonly name: string;
  /** Least significant bit of the field; 0 is the least significant bit of the word. */
  readonly low: number;
  readonly high: number;
  readonly doc: string;
}

/** An integer of attribute bits. Bits without a row are reserved and must be zero. */
export interface BitsType extends Named {
  readonly kind: 'bits';
  readonly base: string;
  readonly rows: readonly BitRow[];
}

/** A number or constant of which only some values are allowed (TPMI_*). */
export interface InterfaceType extends Named {
  readonly kind: 'interface';
  readonly base: string;
  /** Names, numbers, `{uses}` of algorithms, `[RANGE]` of handles; `+NAME` where the place of use allows it. */
  readonly allowed: readonly string[];
  /** Response code of a TPM that finds another value. */
  readonly refusal: string;
}

export interface TypeRef {
  readonly type: string;
  /** Whether the null value is allowed: always, never, or as the place of use says. */
  readonly nullable: 'yes' | 'no' | 'inherit';
  /** Field whose value selects the member when the type is a union. */
  readonly selector?: string;
}

export interface FieldRow extends TypeRef {
  readonly name: string;
  readonly doc: string;
}

/** Fields one after the other (TPMS_*, TPMT_*). */
export interface StructureType extends Named {
  readonly kind: 'structure';
  readonly fields: readonly FieldRow[];
}

export interface UnionMember {
  /** Name of the constant that selects the member. */
  readonly selector: string;
  readonly name: string;
  /** Undefined for a member without bytes. */
  readonly ref: TypeRef | undefined;
}

/** One of several types, by the value of a field before it (TPMU_*). */
export interface UnionType extends Named {
  readonly kind: 'union';
  readonly members: readonly UnionMember[];
}

/** A number of bytes that the type fixes. */
export interface FixedBytesType extends Named {
  readonly kind: 'bytes';
  readonly bytes: number;
}

/** A size and so many bytes, which may hold a structure (TPM2B_*, and the select of a PCR). */
export interface SizedType extends Named {
  readonly kind: 'sized';
  readonly sizeName: string;
  readonly sizeType: string;
  readonly bodyName: string;
  /** The structure inside, or undefined for plain bytes. */
  readonly inner: TypeRef | undefined;
  /** Bounds of the size in bytes; the reference implementation's where the specification leaves them open. */
  readonly min: number;
  readonly max: number;
  /** Response code of a TPM that finds a size out of bounds. */
  readonly refusal: string;
}

/** A count and so many elements (TPML_*). */
export interface ListType extends Named {
  readonly kind: 'list';
  readonly itemsName: string;
  readonly item: TypeRef;
  /** Most elements; the reference implementation's limit where the specification leaves it open. */
  readonly max: number;
}

/** Another name for a type. */
export interface AliasType extends Named {
  readonly kind: 'alias';
  readonly of: string;
}

export type TypeRow =
  | NumberType
  | ConstantsType
  | BitsType
  | InterfaceType
  | StructureType
  | UnionType
  | FixedBytesType
  | SizedType
  | ListType
  | AliasType;

/** Lines of a row text, split into columns; the last column keeps its single blanks. */
function columns(text: string): string[][] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => line.split(/\s{2,}/));
}

function cell(row: readonly string[], index: number, text: string): string {
  const found = row[index];
  if (found === undefined) throw new Error(`row '${row.join('  ')}' has no column ${index + 1}: ${text.slice(0, 40)}`);
  return found;
}

/** Reads a type as a row writes it: `TPMI_ALG_HASH+`, `+TPMI_ALG_HASH`, `TPMU_HA[hashAlg]`. */
export function typeRef(text: string): TypeRef {
  const match = /^(\+?)([A-Za-z0-9_]+)(?:\[(\w+)\])?(\+?)$/.exec(text);
  if (!match) throw new Error(`'${text}' is no type`);
  const [, inherit, type = '', selector, nullable] = match;
  return { type, nullable: nullable ? 'yes' : inherit ? 'inherit' : 'no', selector };
}

export function number(name: string, bytes: 1 | 2 | 4 | 8, doc: string, signed = false): NumberType {
  return { kind: 'number', name, bytes, signed, doc, source: 'Part 2 Table 3' };
}

/** Rows: `NAME  value  doc`. */
export function constants(
  name: string,
  base: string,
  source: Source,
  doc: string,
  text: string,
  refusal?: string,
): ConstantsType {
  const rows = columns(text).map((row) => ({
    name: cell(row, 0, text),
    value: Number(cell(row, 1, text)),
    doc: cell(row, 2, text),
  }));
  return { kind: 'constants', name, base, source, doc, rows, refusal };
}

/** Rows: `NAME  value  uses  doc`, the uses as letters or `-`. */
export function algorithms(name: string, base: string, source: Source, doc: string, text: string): ConstantsType {
  const rows = columns(text).map((row) => ({
    name: cell(row, 0, text),
    value: Number(cell(row, 1, text)),
    uses: cell(row, 2, text).replace('-', ''),
    doc: cell(row, 3, text),
  }));
  return { kind: 'constants', name, base, source, doc, rows };
}

/** Rows: `bit  name  doc` or `high:low  name  doc`. */
export function bits(name: string, base: string, source: Source, doc: string, text: string): BitsType {
  const rows = columns(text).map((row) => {
    const [high = 0, low = high] = cell(row, 0, text).split(':').map(Number);
    return { name: cell(row, 1, text), low, high, doc: cell(row, 2, text) };
  });
  return { kind: 'bits', name, base, source, doc, rows };
}

/** `choice('TPMI_DH_PCR', 'TPM_HANDLE', ..., 'TPM_RC_VALUE', '[PCR] +TPM_RH_NULL')` */
export function choice(
  name: string,
  base: string,
  source: Source,
  doc: string,
  refusal: string,
  allowed: string,
): InterfaceType {
  return { kind: 'interface', name, base, source, doc, refusal, allowed: allowed.split(/\s+/) };
}

/** Rows: `name  type  doc`. */
export function fieldRows(text: string): FieldRow[] {
  return columns(text).map((row) => ({
    name: cell(row, 0, text),
    ...typeRef(cell(row, 1, text)),
    doc: cell(row, 2, text),
  }));
}

/** Rows: `name  type  doc`. */
export function structure(name: string, source: Source, doc: string, text: string): StructureType {
  return { kind: 'structure', name, source, doc, fields: fieldRows(text) };
}

/** Rows: `SELECTOR  member  type`, the type `-` where nothing follows. */
export function union(name: string, source: Source, doc: string, text: string): UnionType {
  const members = columns(text).map((row) => {
    const type = cell(row, 2, text);
    return {
      selector: cell(row, 0, text),
      name: cell(row, 1, text),
      ref: type === '-' ? undefined : typeRef(type),
    };
  });
  return { kind: 'union', name, source, doc, members };
}

export function fixedBytes(name: string, bytes: number, source: Source, doc: string): FixedBytesType {
  return { kind: 'bytes', name, bytes, source, doc };
}

/** A TPM2B_* of plain bytes, at most `max` of them. */
export function buffer(name: string, source: Source, doc: string, max: number, bodyName = 'buffer'): SizedType {
  const size = { sizeName: 'size', sizeType: 'UINT16', min: 0, max, refusal: 'TPM_RC_SIZE' };
  return { kind: 'sized', name, source, doc, bodyName, inner: undefined, ...size };
}

/** A TPM2B_* that holds one structure; its size may be zero only where `min` is. */
export function sized(name: string, source: Source, doc: string, bodyName: string, inner: string, min = 1): SizedType {
  const size = { sizeName: 'size', sizeType: 'UINT16', min, max: 0xffff, refusal: 'TPM_RC_SIZE' };
  return { kind: 'sized', name, source, doc, bodyName, inner: typeRef(inner), ...size };
}

/** A one-byte size and so many bytes. */
export function select(name: string, source: Source, doc: string, min: number, max: number): SizedType {
  const size = { sizeName: 'sizeofSelect', sizeType: 'UINT8', min, max, refusal: 'TPM_RC_VALUE' };
  return { kind: 'sized', name, source, doc, bodyName: 'pcrSelect', inner: undefined, ...size };
}

/** `list('TPML_HANDLE', ..., 'handle', 'TPM_HANDLE', 254)` */
export function list(
  name: string,
  source: Source,
  doc: string,
  itemsName: string,
  item: string,
  max: number,
): ListType {
  return { kind: 'list', name, source, doc, itemsName, item: typeRef(item), max };
}

/** Rows: `NAME  OF  doc`. */
export function aliases(source: Source, text: string): AliasType[] {
  return columns(text).map((row) => ({
    kind: 'alias',
    name: cell(row, 0, text),
    of: cell(row, 1, text),
    doc: cell(row, 2, text),
    source,
  }));
}

/** What an authorization must show for a handle (Part 1, 19.2). */
export type AuthRole = 'USER' | 'ADMIN' | 'DUP';

export interface HandleRow extends FieldRow {
  /** Undefined for a handle without authorization. */
  readonly role: AuthRole | undefined;
}

/** Marks of a command in Part 3: may write NV, may flush many contexts (E), flushes its handle (F), takes no session. */
export type CommandMark = 'NV' | 'E' | 'F' | 'NO_SESSIONS';

export interface CommandRow {
  /** `TPM2_GetRandom` */
  readonly name: string;
  /** `TPM_CC_GetRandom` */
  readonly codeName: string;
  readonly code: number;
  readonly source: Source;
  readonly doc: string;
  readonly marks: readonly CommandMark[];
  readonly handles: readonly HandleRow[];
  readonly parameters: readonly FieldRow[];
  readonly responseHandles: readonly FieldRow[];
  readonly responseParameters: readonly FieldRow[];
}

const ROLES: readonly string[] = ['USER', 'ADMIN', 'DUP'] satisfies AuthRole[];

function isRole(text: string | undefined): text is AuthRole {
  return text !== undefined && ROLES.includes(text);
}

/**
 * Rows: `handle  @name/ROLE  type  doc` (without @ and role where no authorization is asked), `in` and `out` for
 * parameters of command and response, `returns` for the response's handle.
 */
export function command(
  name: string,
  code: number,
  section: string,
  marks: string,
  doc: string,
  text = '',
): CommandRow {
  const rows = columns(text);
  const pick = (kind: string): FieldRow[] =>
    rows
      .filter((row) => row[0] === kind)
      .map((row) => ({ name: cell(row, 1, text), ...typeRef(cell(row, 2, text)), doc: cell(row, 3, text) }));
  const handles = pick('handle').map((row) => {
    const [, field = row.name, role] = /^@(\w+)\/(\w+)$/.exec(row.name) ?? [];
    return { ...row, name: field, role: isRole(role) ? role : undefined };
  });
  return {
    name,
    codeName: name.replace('TPM2_', 'TPM_CC_'),
    code,
    source: `Part 3 ${section}`,
    doc,
    marks: marks.split(' ').filter((mark): mark is CommandMark => mark !== ''),
    handles,
    parameters: pick('in'),
    responseHandles: pick('returns'),
    responseParameters: pick('out'),
  };
}
