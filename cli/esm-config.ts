/**
 * svm-tool's configuration of a blob (`esm make -y`): a YAML list of maps with one key each, `origin`, `recipient`, `digest`
 * or `file`. Paths are relative to the current directory, as they are for svm-tool.
 */

import { basename } from 'node:path';
import { YAMLError, parse } from 'yaml';
import { InputError, PefError } from '../emulator/common/errors';
import { readPrivateKey, readPublicKey } from '../emulator/crypto/rsa-keys';
import { type EsmRecipient, type EsmSpec, type NewFile, RTAS_TEXT, measure } from '../emulator/pef/esm';
import type { Io } from './command';
import { loadInitrd, loadKernel, naming } from './esm';
import { readFileOrInput } from './options';

type Entry = Readonly<Record<string, string>>;

/** Members of each entry: those that must be there, and those that may. */
const ENTRIES = {
  origin: { required: ['pubkey', 'seckey'], optional: ['comment'] },
  recipient: { required: ['pubkey'], optional: ['comment'] },
  digest: { required: ['args', 'initramfs', 'kernel'], optional: ['comment'] },
  file: { required: ['path'], optional: ['name', 'comment'] },
} as const;
type Kind = keyof typeof ENTRIES;
type Entries = Readonly<Record<Kind, readonly Entry[]>>;

/**
 * Reads a configuration and the files that it names.
 *
 * @throws InputError `bad-config` with what is wrong, and errors of the files
 */
export async function loadSpec(path: string, io: Io): Promise<EsmSpec> {
  const text = new TextDecoder().decode(await readFileOrInput(path, io));
  const { origin, recipient, digest, file } = naming(path, () => entriesOf(text));
  const [owner] = origin;
  if (!owner || origin.length > 1) throw bad(`${path}: write one entry 'origin'; there are ${origin.length}`);
  const needed = recipient.length + file.length > 0;
  if (digest.length > 1 || (needed && digest.length === 0)) {
    throw bad(`${path}: write one entry 'digest'; there are ${digest.length}`);
  }
  await checkKeysBelongTogether(owner, io);
  const recipients: EsmRecipient[] = [];
  for (const entry of recipient) recipients.push(await recipientOf(entry, io));
  const files: NewFile[] = [];
  for (const entry of file) files.push(await fileOf(entry, io));
  const [measured] = digest;
  return {
    origin: await recipientOf(owner, io),
    recipients,
    files,
    ...(measured ? { digests: await digestsOf(measured, io) } : {}),
  };
}

function entriesOf(text: string): Entries {
  const entries: Record<Kind, Entry[]> = { origin: [], recipient: [], digest: [], file: [] };
  const list = parsed(text);
  if (!Array.isArray(list)) throw bad("it is no list; write '- origin:' and the others below each other");
  for (const item of list as unknown[]) {
    const [first, ...more] = typeof item === 'object' && item !== null ? Object.entries(item) : [];
    if (!first || more.length > 0) throw bad(`an entry has ${first ? more.length + 1 : 'no'} keys; it must have one`);
    const kind = (Object.keys(ENTRIES) as Kind[]).find((each) => each === first[0]);
    if (!kind) throw bad(`'${first[0]}' is no entry; there are ${Object.keys(ENTRIES).join(', ')}`);
    entries[kind].push(entryOf(kind, first[1]));
  }
  return entries;
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    // ReferenceError: too many aliases.
    if (!(error instanceof YAMLError || error instanceof ReferenceError)) throw error;
    throw bad(`it is no YAML: ${error.message.replace(/:?\n[^]*$/, '')}`);
  }
}

function entryOf(kind: Kind, value: unknown): Entry {
  if (typeof value !== 'object' || value === null) throw bad(`the entry '${kind}' has no members`);
  const { required, optional }: { required: readonly string[]; optional: readonly string[] } = ENTRIES[kind];
  const members = Object.entries(value as Readonly<Record<string, unknown>>);
  for (const [name, member] of members) {
    if (![...required, ...optional].includes(name)) {
      throw bad(`'${name}' is no member of an entry '${kind}'; it has ${[...required, ...optional].join(', ')}`);
    }
    if (typeof member !== 'string') throw bad(`'${name}' of an entry '${kind}' is no text; write it in quotes`);
  }
  const missing = required.find((name) => !members.some(([each]) => each === name));
  if (missing !== undefined) throw bad(`an entry '${kind}' has no '${missing}'`);
  return Object.fromEntries(members) as Entry;
}

async function recipientOf({ pubkey = '', comment = '' }: Entry, io: Io): Promise<EsmRecipient> {
  const publicKey = await readFileOrInput(pubkey, io);
  naming(pubkey, () => readPublicKey(publicKey));
  return { publicKey, comment };
}

/** The origin's private key is not needed to make a blob, but who gives another one could never open it. */
async function checkKeysBelongTogether({ pubkey = '', seckey = '' }: Entry, io: Io): Promise<void> {
  const [publicFile, privateFile] = [await readFileOrInput(pubkey, io), await readFileOrInput(seckey, io)];
  const { n } = naming(pubkey, () => readPublicKey(publicFile));
  const own = naming(seckey, () => modulusUnlessEncrypted(privateFile));
  if (own !== undefined && own !== n) throw bad(`${seckey} is not the private key of ${pubkey}`);
}

/** Undefined for a key with a pass phrase. */
function modulusUnlessEncrypted(file: Uint8Array): bigint | undefined {
  try {
    return readPrivateKey(file).n;
  } catch (error) {
    if (error instanceof PefError && error.code === 'key-encrypted') return undefined;
    throw error;
  }
}

async function fileOf({ path = '', name = basename(path), comment = '' }: Entry, io: Io): Promise<NewFile> {
  return { name, comment, contents: await readFileOrInput(path, io) };
}

async function digestsOf(entry: Entry, io: Io): Promise<NonNullable<EsmSpec['digests']>> {
  const { args = '', initramfs = '', kernel = '', comment = '' } = entry;
  const values = measure({
    rtas: RTAS_TEXT,
    kernel: await loadKernel(kernel, io),
    initrd: (await loadInitrd(initramfs, io)).bytes,
    bootargs: new TextEncoder().encode(args),
  });
  return { values, comment };
}

function bad(what: string): InputError {
  return new InputError('bad-config', `${what}.`);
}
