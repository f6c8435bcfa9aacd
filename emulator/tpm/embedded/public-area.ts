/**
 * Public and secret areas of objects as plain data: the fields of TPMT_PUBLIC and TPMT_SENSITIVE (Part 2, 12.2.4 and
 * 12.3.2.4) under their names, and the names that follow from them (Part 1, 16).
 */

import { concat } from '../../common/bytes';
import { decodeType, encodeType, plainValue, walk, type FieldValues, type TpmNode } from '../codec/index';
import { constantValue } from '../tables/index';
import { objectBit } from './bits';
import { hash, NO_HASH, u16 } from './crypto';
import { unsupported } from './profile';

/** TPMT_SYM_DEF and TPMT_SYM_DEF_OBJECT; for XOR, `keyBits` is its hash. */
export interface SymmetricDefinition {
  readonly algorithm: number;
  readonly keyBits?: number;
  readonly mode?: number;
}

/** TPMT_RSA_SCHEME, TPMT_RSA_DECRYPT and TPMT_KEYEDHASH_SCHEME. */
export interface Scheme {
  readonly scheme: number;
  readonly details?: { readonly hashAlg?: number; readonly kdf?: number };
}

export interface RsaParameters {
  readonly symmetric: SymmetricDefinition;
  readonly scheme: Scheme;
  readonly keyBits: number;
  readonly exponent: number;
}

export interface KeyedHashParameters {
  readonly scheme: Scheme;
}

export interface SymCipherParameters {
  readonly sym: SymmetricDefinition;
}

export interface PublicArea {
  readonly type: number;
  readonly nameAlg: number;
  readonly objectAttributes: number;
  readonly authPolicy: Uint8Array;
  readonly parameters: RsaParameters | KeyedHashParameters | SymCipherParameters;
  readonly unique: Uint8Array;
}

export interface SensitiveArea {
  readonly sensitiveType: number;
  readonly authValue: Uint8Array;
  readonly seedValue: Uint8Array;
  /** A prime of an RSA key, the key of a cipher, the data of a keyed-hash object. */
  readonly sensitive: Uint8Array;
}

export const ALG_NULL = NO_HASH;
export const ALG_RSA = constantValue('TPM_ALG_RSA');
/** Public exponent of a template that names none (Part 2, 12.2.3.5). */
export const DEFAULT_EXPONENT = 65537;
export const ALG_KEYEDHASH = constantValue('TPM_ALG_KEYEDHASH');
export const ALG_SYMCIPHER = constantValue('TPM_ALG_SYMCIPHER');

/** A parameter of type TPM2B_PUBLIC or TPMT_PUBLIC. The rows gave it its shape, and TPMI_ALG_PUBLIC refused ECC. */
export function publicAreaOf(node: TpmNode): PublicArea {
  return plainValue(node) as unknown as PublicArea;
}

export function sensitiveAreaOf(node: TpmNode): SensitiveArea {
  return plainValue(node) as unknown as SensitiveArea;
}

/** The value as the codec takes it: its fields are those of the rows. */
export function asFields(value: PublicArea | SensitiveArea): FieldValues {
  return { ...value } as unknown as FieldValues;
}

export function encodePublic(area: PublicArea): Uint8Array<ArrayBuffer> {
  return encodeType('TPMT_PUBLIC', asFields(area));
}

/** The secret area of bytes that were decrypted, or undefined when they are none. */
export function decodeSensitive(bytes: Uint8Array): SensitiveArea | undefined {
  const decoded = decodeType('TPM2B_SENSITIVE', bytes);
  const [node] = decoded.root.children;
  if (decoded.error || !node?.complete || node.children[1]?.role !== 'structure') return undefined;
  for (const part of walk(node)) {
    if (part.problem) return undefined;
    if (typeof part.value === 'bigint' && unsupported(part.type, part.value) !== undefined) return undefined;
  }
  return sensitiveAreaOf(node);
}

/** Whether an attribute of TPMA_OBJECT is set. */
export function has(area: PublicArea, attribute: string): boolean {
  return (area.objectAttributes & objectBit(attribute)) !== 0;
}

/** Parameters of an RSA key, or undefined for another object. */
export function rsaParameters({ parameters }: PublicArea): RsaParameters | undefined {
  return 'exponent' in parameters ? parameters : undefined;
}

export function keyedHashScheme({ type, parameters }: PublicArea): Scheme | undefined {
  return type === ALG_KEYEDHASH && 'scheme' in parameters ? parameters.scheme : undefined;
}

/** The cipher of a storage key or of a cipher object. */
export function symmetricOf({ parameters }: PublicArea): SymmetricDefinition | undefined {
  if ('sym' in parameters) return parameters.sym;
  return 'symmetric' in parameters ? parameters.symmetric : undefined;
}

/** Name: hash algorithm and digest of the public area; empty without a hash (Part 1, 16). */
export function nameOf(area: PublicArea): Uint8Array<ArrayBuffer> {
  if (area.nameAlg === ALG_NULL) return new Uint8Array();
  return concat(u16(area.nameAlg), hash(area.nameAlg, encodePublic(area)));
}

/** Qualified name: digest of the parent's qualified name and the object's name (Part 1, 16). */
export function qualifiedNameOf(nameAlg: number, parentName: Uint8Array, name: Uint8Array): Uint8Array<ArrayBuffer> {
  if (nameAlg === ALG_NULL) return new Uint8Array();
  return concat(u16(nameAlg), hash(nameAlg, parentName, name));
}
