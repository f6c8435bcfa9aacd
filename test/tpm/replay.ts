/**
 * Sends the commands of a recorded exchange to another TPM: same names and fields, but with the keys, nonces and
 * private areas of that TPM. What a recorded session has encrypted is not known; bytes of the same length stand for it.
 */

import { equalBytes, toHex } from '../../emulator/common/bytes';
import {
  decodeCommand,
  decodeResponse,
  explainResponseCode,
  plainValue,
  walk,
  type DecodedMessage,
  type FieldValue,
  type FieldValues,
  type PlainValue,
  type TpmNode,
} from '../../emulator/tpm/codec';
import {
  oaepEncrypt,
  shapeOf,
  type Answer,
  type Auth,
  type ClientSession,
  type Fields,
  type PublicFields,
  type SavedContext,
  type TpmClient,
} from './client';
import type { Exchange } from './vectors';

const NOTHING: Uint8Array = new Uint8Array();
const RH_NULL = 0x4000_0007;
/** Type of objects that the embedded TPM does not have. */
const ALG_ECC = 0x23n;

/** Bytes that are not the recorded ones. */
const filler = (length: number): Uint8Array => new Uint8Array(length).fill(0x5a);

export interface Replayed {
  readonly name: string;
  /** Response code of the new response. */
  readonly code: number;
  /** Code and shape of the recorded response, and of the new one. */
  readonly theirs: string;
  readonly ours: string;
}

export class Replay {
  /** Recorded bytes (in hexadecimal) and those of this TPM in their place. */
  readonly #bytes = new Map<string, Uint8Array>();
  readonly #sessions = new Map<number, { session: ClientSession; hasAuthValue: boolean; hasPolicy: boolean }>();
  /** Handles, public areas and contexts that only the recorded TPM had. */
  readonly #missing = new Set<string>();
  /** Authorization values by the unique field of the public area, and by handle. */
  readonly #authOfKey = new Map<string, Uint8Array>();
  readonly #authOfHandle = new Map<number, Uint8Array>();
  readonly #areas = new Map<number, PublicFields>();
  /** Private areas, by the unique field of the public area. */
  readonly #privates = new Map<string, Uint8Array>();
  /** Contexts of this TPM, by the recorded blob. */
  readonly #contexts = new Map<string, SavedContext>();
  /** What a handle stands for, kept over saving and loading of its context. */
  readonly #nameOf = new Map<string, Uint8Array>();
  readonly #saved = new Map<string, { area: PublicFields | undefined; authValue: Uint8Array | undefined }>();

  /** @param before handles that were in use when the recording began */
  constructor(
    private readonly tpm: TpmClient,
    before: readonly number[] = [],
  ) {
    for (const handle of before) this.#missing.add(`handle ${handle}`);
  }

  /** Undefined when the command needs what this TPM could not make, or is one that it does not have. */
  async run({ cmd, rsp }: Exchange): Promise<Replayed | undefined> {
    const command = decodeCommand(cmd);
    const response = decodeResponse(rsp, cmd);
    const outcome = this.isPossible(command) ? await this.replay(command, response) : undefined;
    const isMissing = response.responseCode === 0 && outcome?.code !== 0;
    if (isMissing) this.miss(command, response);
    return outcome?.code === 0x143 ? undefined : outcome;
  }

  private isPossible(command: DecodedMessage): boolean {
    for (const node of walk(command.root)) if (node.type === 'TPMI_ALG_PUBLIC' && node.value === ALG_ECC) return false;
    const used = [...command.handles, ...command.parameters, ...command.sessions.flatMap((node) => node.children)];
    return !used.some((node) => this.#missing.has(missingKey(node)));
  }

  /** What a response brought, this TPM does not have: nothing that uses it can be replayed. */
  private miss(command: DecodedMessage, response: DecodedMessage): void {
    for (const node of [...response.handles, ...response.parameters]) {
      if (['objectHandle', 'loadedHandle', 'sessionHandle', 'outPublic', 'context'].includes(node.name)) {
        this.#missing.add(missingKey(node));
      }
    }
    if (command.name === 'TPM2_EvictControl') {
      const key = missingKey(command.parameters[0]!);
      if (missingKey(command.handles[1]!) === key) this.#missing.delete(key);
      else this.#missing.add(key);
    }
    if (command.name === 'TPM2_FlushContext') this.#missing.delete(missingKey(command.parameters[0]!));
  }

  private async replay(command: DecodedMessage, response: DecodedMessage): Promise<Replayed> {
    const { name } = command;
    const theirs = shapesOf(response);
    if (name === 'TPM2_StartAuthSession') return this.startSession(command, response);
    const fields: Record<string, FieldValue> = {};
    for (const node of [...command.handles, ...command.parameters]) {
      fields[node.name] = node.encrypted ? this.unknown(name, node) : this.known(plainValue(node));
    }
    if (name === 'TPM2_Load') {
      const area = fields.inPublic as PublicFields;
      fields.inPrivate = this.#privates.get(keyOf(area)) ?? fields.inPrivate!;
    }
    // PCRs have values of their own; empty means the present ones.
    if (name === 'TPM2_PolicyPCR') fields.pcrDigest = NOTHING;
    if (name === 'TPM2_ContextLoad') {
      const { contextBlob } = plainValue(command.parameters[0]!) as unknown as SavedContext;
      fields.context = { ...this.#contexts.get(toHex(contextBlob)) };
    }
    if (name === 'TPM2_RSA_Decrypt') fields.cipherText = this.encrypted(Number(fields.keyHandle), response);
    const again = (): Promise<Answer> => this.tpm.run(name, fields, this.authorizations(command));
    let answer = await again();
    // The recorded TPM may have had its first protected use before the recording.
    if (answer.rc === 'TPM_RC_RETRY' && theirs !== answer.rc) answer = await again();
    const { rc, fields: found, code } = answer;
    this.learn(name, fields, found, response);
    return { name, code, theirs, ours: code === 0 ? shapeOf(withoutBlob(found)) : rc };
  }

  /** A recorded value with this TPM's bytes where it has others. */
  private known(value: PlainValue): FieldValue {
    if (value instanceof Uint8Array) return this.#bytes.get(toHex(value)) ?? value;
    if (typeof value !== 'object') return value;
    if (Array.isArray(value)) return (value as readonly PlainValue[]).map((item) => this.known(item));
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, this.known(part)]));
  }

  private unknown(name: string, node: TpmNode): FieldValue {
    const length = node.length - 2;
    // Create and CreatePrimary begin with an authorization value and data: all of it data here.
    return name.startsWith('TPM2_Create') ? { userAuth: NOTHING, data: filler(length - 4) } : filler(length);
  }

  /** A message as long as the recorded one, encrypted to this TPM's key. */
  private encrypted(handle: number, response: DecodedMessage): FieldValue {
    const area = this.#areas.get(handle);
    const length = (response.parameters[0]?.length ?? 2) - 2;
    return area ? oaepEncrypt(area, filler(length)) : filler(256);
  }

  private async startSession(command: DecodedMessage, response: DecodedMessage): Promise<Replayed> {
    const fields = Object.fromEntries(
      [...command.handles, ...command.parameters].map((node) => [node.name, plainValue(node)]),
    );
    const { algorithm, keyBits } = fields.symmetric as unknown as { algorithm: number; keyBits: number };
    const types = ['TPM_SE_HMAC', 'TPM_SE_POLICY', '', 'TPM_SE_TRIAL'] as const;
    const tpmKey = Number(fields.tpmKey);
    const bind = Number(fields.bind);
    const area = this.#areas.get(tpmKey);
    const session = await this.tpm.startSession(types[Number(fields.sessionType)] as 'TPM_SE_HMAC', {
      cipher: algorithm === 0x10 ? 'none' : algorithm === 0xa ? 'xor' : 'aes',
      keyBits,
      saltKey: tpmKey !== RH_NULL && area ? { handle: tpmKey, area } : undefined,
      bind: bind === RH_NULL ? undefined : { handle: bind, authValue: this.#authOfHandle.get(bind) ?? NOTHING },
    });
    const handle = Number(response.handles[0]?.value);
    this.#sessions.set(handle, { session, hasAuthValue: false, hasPolicy: Number(fields.sessionType) !== 0 });
    const ours = this.tpm.log.at(-1)!.replace('TPM2_StartAuthSession: ', '');
    return { name: command.name, code: 0, theirs: shapesOf(response), ours };
  }

  private authorizations(command: DecodedMessage): Auth[] | undefined {
    if (command.root.children[0]?.value === 0x8001n) return [];
    return command.sessions.map((node, i) => {
      const auth = plainValue(node) as unknown as {
        sessionHandle: number;
        sessionAttributes: number;
        hmac: Uint8Array;
      };
      const known = this.#sessions.get(auth.sessionHandle);
      const entity = Number(command.handles[i]?.value ?? 0n);
      if (!known) return { password: auth.hmac };
      const has = (bit: number): boolean => (auth.sessionAttributes & bit) !== 0;
      return {
        session: known.session,
        authValue: this.#authOfHandle.get(entity) ?? NOTHING,
        includeAuth: known.hasPolicy ? known.hasAuthValue : undefined,
        end: !has(1),
        decrypt: has(0x20),
        encrypt: has(0x40),
        audit: has(0x80),
      };
    });
  }

  private learn(name: string, sent: FieldValues, found: Partial<Fields>, response: DecodedMessage): void {
    if (name === 'TPM2_PolicyAuthValue') {
      for (const entry of this.#sessions.values()) {
        if (entry.session.handle === Number(sent.policySession)) entry.hasAuthValue = true;
      }
    }
    const recorded = [...response.handles, ...response.parameters];
    for (const node of recorded) {
      if (!node.encrypted) this.pair(plainValue(node), found[node.name as keyof Fields] as PlainValue | undefined);
    }
    this.learnContext(name, sent, found, response);
    const area = found.outPublic ?? (sent.inPublic as PublicFields | undefined);
    if (!area) return;
    const key = keyOf(area);
    const sensitive = sent.inSensitive as { userAuth: Uint8Array } | undefined;
    if (sensitive) this.#authOfKey.set(key, sensitive.userAuth);
    if (found.outPrivate) this.#privates.set(key, found.outPrivate);
    const handle = found.objectHandle ?? (name === 'TPM2_ReadPublic' ? Number(sent.objectHandle) : undefined);
    if (handle === undefined) return;
    this.#areas.set(handle, area);
    this.#authOfHandle.set(handle, this.#authOfKey.get(key) ?? NOTHING);
  }

  private learnContext(name: string, sent: FieldValues, found: Partial<Fields>, response: DecodedMessage): void {
    if (name === 'TPM2_ContextSave' && found.context) {
      const { contextBlob } = plainValue(response.parameters[0]!) as unknown as SavedContext;
      this.#contexts.set(toHex(contextBlob), found.context);
      const handle = Number(sent.saveHandle);
      const meaning = { area: this.#areas.get(handle), authValue: this.#authOfHandle.get(handle) };
      this.#saved.set(toHex(found.context.contextBlob), meaning);
      const objectName = this.tpm.names.get(handle);
      if (objectName) this.#nameOf.set(toHex(found.context.contextBlob), objectName);
    }
    if (name !== 'TPM2_ContextLoad' || found.loadedHandle === undefined) return;
    const { contextBlob } = sent.context as unknown as SavedContext;
    const meaning = this.#saved.get(toHex(contextBlob));
    if (meaning?.area) this.#areas.set(found.loadedHandle, meaning.area);
    if (meaning?.authValue) this.#authOfHandle.set(found.loadedHandle, meaning.authValue);
    const objectName = this.#nameOf.get(toHex(contextBlob));
    if (objectName) this.tpm.names.set(found.loadedHandle, objectName);
  }

  /** Remembers this TPM's bytes for the recorded ones. */
  private pair(theirs: PlainValue, ours: PlainValue | undefined): void {
    if (ours === undefined) return;
    if (theirs instanceof Uint8Array) {
      if (ours instanceof Uint8Array && theirs.length >= 16 && !equalBytes(theirs, ours)) {
        this.#bytes.set(toHex(theirs), ours);
      }
      return;
    }
    if (typeof theirs !== 'object' || typeof ours !== 'object') return;
    for (const [name, part] of Object.entries(theirs)) {
      this.pair(part, (ours as Readonly<Record<string, PlainValue>>)[name]);
    }
  }
}

/** What tells public areas apart; the point of a curve is a structure. */
function keyOf({ unique }: PublicFields): string {
  const value: unknown = unique;
  return value instanceof Uint8Array ? toHex(value) : JSON.stringify(value);
}

/** What tells a missing thing: a handle by its number, anything else by its bytes. */
function missingKey(node: TpmNode): string {
  const value = plainValue(node);
  return typeof value === 'number' ? `handle ${value}` : shapeless(value);
}

function shapeless(value: PlainValue): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part instanceof Uint8Array ? toHex(part) : typeof part === 'bigint' ? part.toString() : part,
  );
}

/** Saved contexts have their own form in every TPM. */
function withoutBlob(fields: Readonly<Record<string, unknown>> | Partial<Fields>): object {
  const { context, ...others } = fields as { context?: SavedContext };
  return context ? { ...others, context: { savedHandle: context.savedHandle, hierarchy: context.hierarchy } } : others;
}

/** Code of a response, or the shape of its fields. */
function shapesOf(response: DecodedMessage): string {
  if (response.responseCode !== 0) return explainResponseCode(response.responseCode ?? 0).text.replace(/: .*/, '');
  const nodes = [...response.handles, ...response.parameters];
  const fields = nodes.map((node) => [node.name, node.encrypted ? filler(node.length - 2) : plainValue(node)] as const);
  return shapeOf(withoutBlob(Object.fromEntries(fields)));
}
