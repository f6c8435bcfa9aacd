/** Values in names: constants, handles, attribute bits, PCR selections, properties. */

import { hexNumber } from '../../common/bytes';
import { findCommand, resolveType } from '../tables/index';
import { HANDLE_RANGES } from '../tables/interfaces';
import type { BitsType, ConstantRow, ConstantsType } from '../tables/notation';
import { explainResponseCode } from './response-code';

const constantsByValue = new Map<string, ReadonlyMap<number, ConstantRow>>();

function byValue(type: ConstantsType): ReadonlyMap<number, ConstantRow> {
  let rows = constantsByValue.get(type.name);
  if (!rows) {
    rows = new Map([...type.rows].reverse().map((row) => [row.value, row]));
    constantsByValue.set(type.name, rows);
  }
  return rows;
}

/** The row of a value of a TPM_* type (or of a TPMI_* type over one), or undefined. */
export function constantOf(typeName: string, value: bigint): ConstantRow | undefined {
  const type = resolveType(typeName);
  if (type.kind === 'interface') return constantOf(type.base, value);
  if (type.kind !== 'constants') return undefined;
  return byValue(type).get(Number(isSigned(type.base) ? BigInt.asIntN(8 * numberBytes(type.base), value) : value));
}

/** Width of a number, constant, attribute or interface type in bytes. */
export function numberBytes(typeName: string): 1 | 2 | 4 | 8 {
  const type = resolveType(typeName);
  if (type.kind === 'number') return type.bytes;
  if (type.kind === 'constants' || type.kind === 'bits' || type.kind === 'interface') return numberBytes(type.base);
  throw new Error(`${typeName} is no number`);
}

/** Whether a number type is in two's complement. */
export function isSigned(typeName: string): boolean {
  const type = resolveType(typeName);
  if (type.kind === 'number') return type.signed;
  return (type.kind === 'constants' || type.kind === 'interface') && isSigned(type.base);
}

/** Whether values of the type are handles. */
function isHandle(typeName: string): boolean {
  if (typeName === 'TPM_HANDLE' || typeName === 'TPM_RH') return true;
  const type = resolveType(typeName);
  return type.kind === 'interface' && isHandle(type.base);
}

const HANDLE_NAMES: Readonly<Record<string, string>> = {
  NV_INDEX: 'NV index',
  HMAC_SESSION: 'HMAC session',
  POLICY_SESSION: 'policy session',
  TRANSIENT: 'transient object',
  PERSISTENT: 'persistent object',
  AC: 'attached component',
};

/** `TPM_RH_OWNER`, `PCR 16`, `transient object 0x80000000`. */
export function handleText(handle: bigint): string {
  const row = constantOf('TPM_RH', handle);
  if (row) return row.name;
  const [range] = Object.entries(HANDLE_RANGES).find(([, [low, high]]) => handle >= low && handle <= high) ?? [];
  if (range === 'PCR') return `PCR ${handle}`;
  const name = range === undefined ? undefined : HANDLE_NAMES[range];
  return name === undefined ? hexNumber(handle, 8) : `${name} ${hexNumber(handle, 8)}`;
}

/** Names of the set bits, and `NAME=number` for fields of several bits. */
export function bitsText(type: BitsType, value: bigint): string {
  const parts: string[] = [];
  for (const row of type.rows) {
    const field = bitField(row, value);
    if (field === 0n) continue;
    parts.push(row.low === row.high ? row.name : `${row.name}=${bitText(type, row, field) ?? hexNumber(field)}`);
  }
  return parts.join(' | ');
}

/** The bits of a row, shifted down. */
export function bitField(row: { readonly low: number; readonly high: number }, value: bigint): bigint {
  return BigInt.asUintN(row.high - row.low + 1, value >> BigInt(row.low));
}

/** Text of one row's bits. */
export function bitText(type: BitsType, row: BitsType['rows'][number], field: bigint): string | undefined {
  if (row.name === 'TPM_NT') return constantOf('TPM_NT', field)?.name;
  if (type.name === 'TPMA_CC' && row.name === 'commandIndex') return findCommand(Number(field))?.codeName;
  if (row.low !== row.high) return undefined;
  return field === 0n ? 'CLEAR' : 'SET';
}

/** Text of a number of the type, or undefined when the number says it all. */
export function numberText(typeName: string, value: bigint): string | undefined {
  if (typeName === 'TPM_RC') return explainResponseCode(Number(value)).text.replace(/: .*/, '');
  if (typeName === 'TPMI_YES_NO') return value === 1n ? 'YES' : value === 0n ? 'NO' : undefined;
  if (isHandle(typeName)) return handleText(value);
  const row = constantOf(typeName, value);
  if (row) return row.name;
  return isSigned(typeName) ? BigInt.asIntN(8 * numberBytes(typeName), value).toString() : undefined;
}

/** `PCR 0, 1, 7` of a selection's bytes. */
export function selectionText(bytes: Uint8Array): string {
  const pcrs: number[] = [];
  bytes.forEach((byte, i) => {
    for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) pcrs.push(8 * i + bit);
  });
  return pcrs.length === 0 ? 'no PCR' : `PCR ${pcrs.join(', ')}`;
}

const TEXT_PROPERTIES = /^TPM_PT_(FAMILY_INDICATOR|MANUFACTURER|VENDOR_STRING_[1-4])$/;
const TYPED_PROPERTIES: Readonly<Record<string, string>> = {
  TPM_PT_PERMANENT: 'TPMA_PERMANENT',
  TPM_PT_STARTUP_CLEAR: 'TPMA_STARTUP_CLEAR',
  TPM_PT_MEMORY: 'TPMA_MEMORY',
  TPM_PT_MODES: 'TPMA_MODES',
  TPM_PT_CONTEXT_HASH: 'TPM_ALG_ID',
  TPM_PT_CONTEXT_SYM: 'TPM_ALG_ID',
  TPM_PT_PS_FAMILY_INDICATOR: 'TPM_PS',
};

/** Text of a property's value: characters, attribute bits or a constant, where the property is one of these. */
export function propertyText(property: bigint, value: bigint): string | undefined {
  const name = constantOf('TPM_PT', property)?.name;
  if (name === undefined) return undefined;
  if (TEXT_PROPERTIES.test(name)) {
    const codes = [24n, 16n, 8n, 0n].map((shift) => Number((value >> shift) & 0xffn));
    const text = codes.filter((code) => code >= 0x20 && code < 0x7f).map((code) => String.fromCharCode(code));
    return `"${text.join('')}"`;
  }
  const typeName = TYPED_PROPERTIES[name];
  if (typeName === undefined) return undefined;
  const type = resolveType(typeName);
  return type.kind === 'bits' ? bitsText(type, value) : numberText(typeName, value);
}
