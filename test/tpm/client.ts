/**
 * A software client for tests: sessions, HMACs and parameter encryption as a caller of a TPM does them (Part 1, 19 and
 * 21), with node:crypto and so independent of the embedded TPM. It talks to the embedded TPM and to swtpm alike.
 */

import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  publicEncrypt,
  type KeyObject,
} from 'node:crypto';
import { concat, toHex } from '../../emulator/common/bytes';
import {
  buildCommand,
  decodeResponse,
  encodeType,
  explainResponseCode,
  plainValue,
  type FieldValue,
  type FieldValues,
} from '../../emulator/tpm/codec';
import { findCommand, resolveType, tpmConstant } from '../../emulator/tpm/tables';

export type Transmit = (command: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** Plain data of a public area: that of an RSA key. */
export interface PublicFields extends FieldValues {
  readonly parameters: FieldValues & { readonly exponent: number };
  readonly unique: Uint8Array;
}

/** Plain data of a TPMS_CONTEXT. */
export interface SavedContext {
  readonly sequence: bigint;
  readonly savedHandle: number;
  readonly hierarchy: number;
  readonly contextBlob: Uint8Array;
}

/** Plain data of the response fields that tests look into. */
export interface Fields {
  readonly objectHandle: number;
  readonly sessionHandle: number;
  readonly outPublic: PublicFields;
  readonly outPrivate: Uint8Array;
  readonly name: Uint8Array;
  readonly qualifiedName: Uint8Array;
  readonly message: Uint8Array;
  readonly outData: Uint8Array;
  readonly policyDigest: Uint8Array;
  readonly nonceTPM: Uint8Array;
  readonly randomBytes: Uint8Array;
  readonly context: SavedContext;
  readonly loadedHandle: number;
}

export interface Answer {
  readonly code: number;
  /** `TPM_RC_SUCCESS`, `TPM_RC_VALUE of parameter 2` */
  readonly rc: string;
  /** Those that the command has; none when it was refused. */
  readonly fields: Partial<Fields>;
}

export interface ClientSession {
  readonly handle: number;
  readonly hash: string;
  nonceTPM: Uint8Array;
  readonly sessionKey: Uint8Array;
  readonly cipher: 'none' | 'aes' | 'xor';
  readonly keyBits: number;
  /** Name of the entity that the session is bound to, whose value then is not in the HMAC key. */
  readonly boundTo: string | undefined;
}

/** One authorization of a command: a password, or a session. */
export interface Auth {
  readonly password?: Uint8Array;
  readonly session?: ClientSession;
  /** Authorization value of the entity. */
  readonly authValue?: Uint8Array;
  /** Policy sessions use it only after TPM2_PolicyAuthValue; default for HMAC sessions. */
  readonly includeAuth?: boolean;
  readonly encrypt?: boolean;
  readonly decrypt?: boolean;
  readonly audit?: boolean;
  readonly end?: boolean;
  /** Changes the HMAC, to be refused. */
  readonly tamper?: (hmac: Uint8Array) => Uint8Array;
}

const u16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value);
const u32 = (value: number): Uint8Array => Uint8Array.of(value >>> 24, value >> 16, value >> 8, value);
const value = (name: string | number): number => (typeof name === 'number' ? name : Number(tpmConstant(name)!.value));
const nodeHash = (name: string): string => name.replace('TPM_ALG_', '').toLowerCase();

export function digest(hash: string, ...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(
    createHash(nodeHash(hash))
      .update(concat(...parts))
      .digest(),
  );
}

function mac(hash: string, key: Uint8Array, ...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(
    createHmac(nodeHash(hash), key)
      .update(concat(...parts))
      .digest(),
  );
}

/** KDFa (Part 1, 11.4.10.2), for whole bytes. */
function kdfa(hash: string, key: Uint8Array, label: string, u: Uint8Array, v: Uint8Array, bits: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let i = 1; concat(...blocks).length < bits / 8; i++) {
    blocks.push(mac(hash, key, u32(i), new TextEncoder().encode(`${label}\0`), u, v, u32(bits)));
  }
  return concat(...blocks).slice(0, bits / 8);
}

function cryptParameter(
  session: ClientSession,
  encrypts: boolean,
  extra: Uint8Array,
  newer: Uint8Array,
  older: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  const key = concat(session.sessionKey, extra);
  if (session.cipher === 'xor') {
    const mask = kdfa(session.hash, key, 'XOR', newer, older, 8 * data.length);
    return data.map((byte, i) => byte ^ mask[i]!);
  }
  const bytes = session.keyBits / 8;
  const derived = kdfa(session.hash, key, 'CFB', newer, older, session.keyBits + 128);
  const make = encrypts ? createCipheriv : createDecipheriv;
  const cipher = make(`aes-${session.keyBits}-cfb`, derived.slice(0, bytes), derived.slice(bytes));
  return new Uint8Array(Buffer.concat([cipher.update(data), cipher.final()]));
}

/** The public key of an RSA public area, as plain data. */
export function publicKeyOf(area: PublicFields): KeyObject {
  const e = area.parameters.exponent === 0 ? 65537 : area.parameters.exponent;
  const key = {
    kty: 'RSA',
    n: Buffer.from(area.unique).toString('base64url'),
    e: Buffer.from(u32(e)).toString('base64url'),
  };
  return createPublicKey({ key, format: 'jwk' });
}

/** Encrypts to a public area with OAEP. */
export function oaepEncrypt(area: PublicFields, message: Uint8Array, label = '', oaepHash = 'sha256'): Uint8Array {
  const oaepLabel = label === '' ? undefined : Buffer.from(`${label}\0`);
  const options = { key: publicKeyOf(area), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash, oaepLabel };
  return new Uint8Array(publicEncrypt(options, message));
}

/** Plain data as text, with bytes by their number only. */
export function shapeOf(fields: unknown): string {
  return JSON.stringify(fields, (_, part: unknown) =>
    part instanceof Uint8Array ? `${part.length} bytes` : typeof part === 'bigint' ? Number(part) : part,
  );
}

const ATTRIBUTES = { continueSession: 1, decrypt: 0x20, encrypt: 0x40, audit: 0x80 };

export class TpmClient {
  /** Names of objects, by handle. */
  readonly names = new Map<number, Uint8Array>();
  /** What the commands so far gave: response codes, and the shapes of what came back. */
  readonly log: string[] = [];
  #nonces = 0;

  constructor(readonly transmit: Transmit) {}

  /** A nonce of the caller: different each time, the same in each run. */
  nonce(length = 32): Uint8Array {
    this.#nonces += 1;
    return digest('sha512', u32(this.#nonces)).slice(0, length);
  }

  private nameOf(handle: number): Uint8Array {
    return this.names.get(handle) ?? u32(handle);
  }

  /** Runs a command; without authorizations, an empty password for each handle that needs one. */
  async run(name: string, fields: FieldValues, auths?: readonly Auth[]): Promise<Answer> {
    const row = findCommand(name)!;
    const plain = buildCommand(name, fields, []);
    const handleEnd = 10 + 4 * row.handles.length;
    const handles = row.handles.map((_, i) => new DataView(plain.buffer).getUint32(10 + 4 * i));
    let parameters: Uint8Array = plain.slice(handleEnd);
    const needed = row.handles.filter((handle) => handle.role !== undefined).length;
    const given: readonly Auth[] = auths ?? Array.from({ length: needed }, () => ({}));
    const nonces = given.map((auth) => (auth.session ? this.nonce(auth.session.nonceTPM.length) : new Uint8Array()));

    const decrypting = given.findIndex((auth) => auth.decrypt);
    if (decrypting >= 0) {
      const { session, authValue = new Uint8Array() } = given[decrypting]!;
      const size = (parameters[0]! << 8) | parameters[1]!;
      const extra = decrypting < needed ? authValue : new Uint8Array();
      const data = parameters.slice(2, 2 + size);
      const encrypted = cryptParameter(session!, true, extra, nonces[decrypting]!, session!.nonceTPM, data);
      parameters = concat(parameters.slice(0, 2), encrypted, parameters.slice(2 + size));
    }
    const names = handles.map((handle) => this.nameOf(handle));
    const keys = given.map((auth, i) => this.hmacKey(auth, i < needed ? names[i] : undefined));
    const areas = given.map((auth, i) => {
      const { session } = auth;
      if (!session) {
        return encodeType('TPMS_AUTH_COMMAND', {
          sessionHandle: 'TPM_RS_PW',
          nonce: new Uint8Array(),
          sessionAttributes: 0,
          hmac: auth.password ?? new Uint8Array(),
        });
      }
      const cpHash = digest(session.hash, u32(row.code), ...names, parameters);
      const others = i === 0 && needed > 0 ? this.otherNonces(given) : [];
      const flags = this.attributesOf(auth);
      const proof = mac(session.hash, keys[i]!, cpHash, nonces[i]!, session.nonceTPM, ...others, Uint8Array.of(flags));
      const hmac = auth.password ?? auth.tamper?.(proof) ?? proof;
      return encodeType('TPMS_AUTH_COMMAND', {
        sessionHandle: session.handle,
        nonce: nonces[i]!,
        sessionAttributes: flags,
        hmac,
      });
    });
    const area = areas.length === 0 ? new Uint8Array() : concat(u32(concat(...areas).length), ...areas);
    const body = concat(u32(row.code), plain.slice(10, handleEnd), area, parameters);
    const command = concat(u16(areas.length === 0 ? 0x8001 : 0x8002), u32(body.length + 6), body);
    const response = new Uint8Array(await this.transmit(command));
    return this.answer(name, fields, given, needed, keys, nonces, response);
  }

  private attributesOf(auth: Auth): number {
    let flags = auth.end ? 0 : ATTRIBUTES.continueSession;
    for (const name of ['decrypt', 'encrypt', 'audit'] as const) if (auth[name]) flags |= ATTRIBUTES[name];
    return flags;
  }

  private hmacKey(auth: Auth, name: Uint8Array | undefined): Uint8Array {
    const { session, authValue = new Uint8Array() } = auth;
    if (!session) return new Uint8Array();
    const isBound = session.boundTo !== undefined && name !== undefined && session.boundTo === toHex(name);
    const includes = auth.includeAuth ?? (session.handle >>> 24 === 2 && !isBound);
    return concat(session.sessionKey, includes && name ? authValue : new Uint8Array());
  }

  private otherNonces(given: readonly Auth[]): Uint8Array[] {
    const [decrypting, encrypting] = [given.findIndex((a) => a.decrypt), given.findIndex((a) => a.encrypt)];
    return [...new Set([decrypting, encrypting])].filter((i) => i > 0).map((i) => given[i]!.session!.nonceTPM);
  }

  private answer(
    name: string,
    sent: FieldValues,
    given: readonly Auth[],
    needed: number,
    keys: readonly Uint8Array[],
    nonces: readonly Uint8Array[],
    response: Uint8Array,
  ): Answer {
    const row = findCommand(name)!;
    const view = new DataView(response.buffer, response.byteOffset);
    const code = view.getUint32(6);
    const rc = explainResponseCode(code).text.replace(/: .*/, '');
    if (code !== 0) {
      this.log.push(`${name}: ${rc}`);
      return { code, rc, fields: {} };
    }

    const handleEnd = 10 + 4 * row.responseHandles.length;
    let plain = response;
    if (view.getUint16(0) === 0x8002) {
      const size = view.getUint32(handleEnd);
      const start = handleEnd + 4;
      let parameters = response.slice(start, start + size);
      const encrypted = parameters;
      let at = start + size;
      const take = (): Uint8Array => {
        const length = view.getUint16(at);
        at += 2 + length;
        return response.slice(at - length, at);
      };
      given.forEach((auth, i) => {
        const nonceTPM = take();
        const flags = response[at++]!;
        const hmac = take();
        const { session } = auth;
        if (!session) return;
        session.nonceTPM = nonceTPM;
        if (auth.encrypt) {
          const extra = i < needed ? (auth.authValue ?? new Uint8Array()) : new Uint8Array();
          const length = (encrypted[0]! << 8) | encrypted[1]!;
          const data = encrypted.slice(2, 2 + length);
          const opened = cryptParameter(session, false, extra, nonceTPM, nonces[i]!, data);
          parameters = concat(encrypted.slice(0, 2), opened, encrypted.slice(2 + length));
        }
        const rpHash = digest(session.hash, u32(0), u32(row.code), encrypted);
        const expected = mac(session.hash, keys[i]!, rpHash, nonceTPM, nonces[i]!, Uint8Array.of(flags));
        // A session without any key, and one with a plain password, prove nothing.
        if (hmac.length > 0 && toHex(hmac) !== toHex(expected)) throw new Error(`${name}: wrong HMAC in the response`);
        if (hmac.length === 0 && keys[i]!.length > 0 && !auth.password) throw new Error(`${name}: no HMAC`);
      });
      if (at !== response.length) throw new Error(`${name}: bytes after the authorizations`);
      const body = concat(response.slice(6, handleEnd), parameters);
      plain = concat(u16(0x8001), u32(body.length + 6), body);
    }
    const decoded = decodeResponse(plain, row.code);
    if (decoded.error) throw new Error(`${name}: ${decoded.error.message}`);
    const nodes = [...decoded.handles, ...decoded.parameters];
    const fields: Partial<Fields> = Object.fromEntries(nodes.map((node) => [node.name, plainValue(node)]));
    this.learnNames(name, sent, fields);
    this.log.push(`${name}: ${shapeOf(fields)}`);
    return { code, rc, fields };
  }

  private learnNames(name: string, sent: FieldValues, fields: Partial<Fields>): void {
    if (fields.name !== undefined && fields.objectHandle !== undefined)
      this.names.set(fields.objectHandle, fields.name);
    if (name === 'TPM2_ReadPublic' && fields.name) this.names.set(Number(sent.objectHandle), fields.name);
    if (name === 'TPM2_EvictControl') {
      const object = this.names.get(Number(sent.objectHandle));
      if (object) this.names.set(Number(sent.persistentHandle), object);
    }
  }

  /** Runs a command that must succeed. */
  async must(name: string, fields: FieldValues, auths?: readonly Auth[]): Promise<Fields> {
    const { rc, fields: found } = await this.run(name, fields, auths);
    if (rc !== 'TPM_RC_SUCCESS') throw new Error(`${name}: ${rc}`);
    return found as Fields;
  }

  /** Starts a session, salted when `saltKey` (handle and public area) is given, bound when `bind` is. */
  async startSession(
    type: 'TPM_SE_HMAC' | 'TPM_SE_POLICY' | 'TPM_SE_TRIAL',
    options: {
      hash?: string;
      cipher?: 'none' | 'aes' | 'xor';
      keyBits?: number;
      saltKey?: { handle: number; area: PublicFields };
      bind?: { handle: number; authValue: Uint8Array };
    } = {},
  ): Promise<ClientSession> {
    const { hash = 'TPM_ALG_SHA256', cipher = 'aes', keyBits = 128, saltKey, bind } = options;
    const bytes = digest(hash).length;
    const nonceCaller = this.nonce(bytes);
    const salt = saltKey ? this.nonce(32) : new Uint8Array();
    const symmetric: Record<string, FieldValue> = {
      none: { algorithm: 'TPM_ALG_NULL' },
      aes: { algorithm: 'TPM_ALG_AES', keyBits, mode: 'TPM_ALG_CFB' },
      xor: { algorithm: 'TPM_ALG_XOR', keyBits: hash },
    };
    const fields = await this.must('TPM2_StartAuthSession', {
      tpmKey: saltKey?.handle ?? 'TPM_RH_NULL',
      bind: bind?.handle ?? 'TPM_RH_NULL',
      nonceCaller,
      encryptedSalt: saltKey ? oaepEncrypt(saltKey.area, salt, 'SECRET') : salt,
      sessionType: type,
      symmetric: symmetric[cipher]!,
      authHash: hash,
    });
    const { nonceTPM } = fields;
    const secret = concat(bind?.authValue ?? new Uint8Array(), salt);
    const sessionKey = bind || saltKey ? kdfa(hash, secret, 'ATH', nonceTPM, nonceCaller, 8 * bytes) : new Uint8Array();
    const boundTo = bind && type === 'TPM_SE_HMAC' ? toHex(this.nameOf(bind.handle)) : undefined;
    return { handle: fields.sessionHandle, hash, nonceTPM, sessionKey, cipher, keyBits, boundTo };
  }

  async flush(handle: number): Promise<Answer> {
    return this.run('TPM2_FlushContext', { flushHandle: handle });
  }
}

/** Attribute word of TPMA_OBJECT, by names. */
export function attributes(...names: string[]): number {
  const type = resolveType('TPMA_OBJECT');
  if (type.kind !== 'bits') throw new Error('no attributes');
  return names.reduce((word, name) => word + 2 ** type.rows.find((row) => row.name === name)!.low, 0);
}

export { value as constant };
