/**
 * Making and changing ESM blobs: the bytes that svm-tool would have made of the same random numbers. It adds with libfdt,
 * which puts what is new in front: nodes and properties are in the reverse order of their making, names of properties in
 * that order.
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { InputError } from '../../common/errors';
import { gcmSeal } from '../../crypto/aes-gcm';
import type { RandomBytes } from '../../crypto/rsa-generation';
import { oaepEncrypt } from '../../crypto/rsa-padding';
import { readPublicKey } from '../../crypto/rsa-keys';
import type { FdtNode } from '../../image/fdt';
import { fdtNode, fdtOf, writeFdt } from '../../image/fdt-writer';
import { type EsmBlob, ORIGIN_LOCKBOX } from './blob';
import { type EsmDigests, writeDigests } from './digests';
import { SYMKEY_BYTES, noFile } from './open';
import { isFileName } from './rules';

/** Who may open the blob. */
export interface EsmRecipient {
  /** The file of the public key: its bytes are the fingerprint's. */
  readonly publicKey: Uint8Array;
  readonly comment?: string;
}

export interface NewFile {
  readonly name: string;
  readonly contents: Uint8Array;
  readonly comment?: string;
}

export interface EsmSpec {
  readonly origin: EsmRecipient;
  /** In the order of their lockboxes: the first one gets lockbox-1, which the machine opens. */
  readonly recipients: readonly EsmRecipient[];
  readonly digests?: { readonly values: EsmDigests; readonly comment?: string };
  readonly files: readonly NewFile[];
}

/** Bytes of a nonce, as svm-tool makes them. */
const NONCE_BYTES = 16;
const STRINGS = ['compatible', 'untrusted-comment', 'encrypted-symkey', 'algorithm', 'hash', 'ciphertext', 'iv', 'mac'];
const FILE_STRINGS = ['compatible', 'algorithm', 'untrusted-comment', 'ciphertext', 'iv', 'mac'];

/**
 * Makes a blob.
 *
 * @param random is asked for the master key (32 bytes), a seed for each lockbox (32), a nonce for the digests and each
 *   file (16), in this order
 * @throws InputError `bad-comment`, `bad-file-name`, `esm-file-exists`; errors of the public keys
 */
export function createEsmBlob(spec: EsmSpec, random: RandomBytes): Uint8Array {
  const symkey = random(SYMKEY_BYTES);
  const owners = [spec.origin, ...spec.recipients];
  const fingerprints = new Set<string>();
  const lockboxes = owners.map((owner, i) => {
    const name = i === 0 ? ORIGIN_LOCKBOX : `lockbox-${i}`;
    const lockbox = lockboxNode(name, owner, symkey, random);
    const text = new TextDecoder().decode(owner.publicKey);
    if (fingerprints.has(text))
      throw new InputError('esm-key-twice', `The public key of ${name} has a lockbox already.`);
    fingerprints.add(text);
    return lockbox;
  });
  const { digests } = spec;
  const sealed = digests && [sealedNode('digests-fdt', writeDigests(digests.values), digests.comment, symkey, random)];
  let files: readonly FdtNode[] = [];
  for (const file of spec.files) files = withFile(files, file, symkey, random);
  const root = fdtNode('', { compatible: 'ibm,esm' }, [
    fdtNode('lockboxes', {}, lockboxes.toReversed()),
    fdtNode('digest', {}, sealed),
    fdtNode('file', files.length > 0 ? { 'files-fdt': filesFdt(files) } : {}),
  ]);
  return writeFdt(fdtOf(root, { strings: [...STRINGS, 'files-fdt'].filter((name) => uses(root, name)) }));
}

/** Whether a property of that name is somewhere in the tree: libfdt stores no other names. */
function uses(node: FdtNode, name: string): boolean {
  return node.properties.some((property) => property.name === name) || node.children.some((child) => uses(child, name));
}

/** The blob with one more file. @throws InputError `bad-file-name`, `bad-comment`, `esm-file-exists` */
export function attachFile(blob: EsmBlob, symkey: Uint8Array, file: NewFile, random: RandomBytes): Uint8Array {
  return withFiles(blob, withFile(fileNodes(blob), file, symkey, random));
}

/** The blob without a file. @throws InputError `esm-no-file` */
export function detachFile(blob: EsmBlob, name: string): Uint8Array {
  const nodes = fileNodes(blob);
  const rest = nodes.filter((node) => node.name !== name);
  if (rest.length === nodes.length) throw noFile(blob, name);
  return withFiles(blob, rest);
}

function fileNodes(blob: EsmBlob): readonly FdtNode[] {
  return blob.filesFdt?.root.children.find(({ name }) => name === 'files')?.children ?? [];
}

function withFile(
  nodes: readonly FdtNode[],
  { name, contents, comment }: NewFile,
  symkey: Uint8Array,
  random: RandomBytes,
): readonly FdtNode[] {
  if (!isFileName(name)) {
    const text = `'${name}' cannot name a file: write a letter, and up to 30 letters, digits and ,._+- behind it.`;
    throw new InputError('bad-file-name', text);
  }
  if (nodes.some((node) => node.name === name)) {
    throw new InputError('esm-file-exists', `The ESM blob has a file '${name}' already; detach it first.`);
  }
  return [sealedNode(name, contents, comment, symkey, random), ...nodes];
}

/** The blob's bytes with other files; everything else keeps its place. */
function withFiles(blob: EsmBlob, files: readonly FdtNode[]): Uint8Array {
  const value = filesFdt(files);
  const children = blob.fdt.root.children.map((node): FdtNode => {
    if (node.name !== 'file') return node;
    return { ...node, properties: [{ name: 'files-fdt', value }] };
  });
  return writeFdt({ ...blob.fdt, root: { ...blob.fdt.root, children } });
}

function filesFdt(files: readonly FdtNode[]): Uint8Array {
  const root = fdtNode('', { compatible: 'ibm,esm-file' }, [fdtNode('files', {}, files)]);
  return writeFdt(fdtOf(root, { strings: files.length > 0 ? FILE_STRINGS : [] }));
}

function lockboxNode(name: string, owner: EsmRecipient, symkey: Uint8Array, random: RandomBytes): FdtNode {
  const key = readPublicKey(owner.publicKey);
  const properties = {
    'encrypted-symkey': oaepEncrypt(key, symkey, random),
    'untrusted-comment': checkedComment(owner.comment),
  };
  const fingerprint = { hash: sha256(owner.publicKey), algorithm: 'SHA256' };
  return fdtNode(name, properties, [fdtNode('pubkey-fingerprint', fingerprint)]);
}

function sealedNode(
  name: string,
  plaintext: Uint8Array,
  comment: string | undefined,
  symkey: Uint8Array,
  random: RandomBytes,
): FdtNode {
  const iv = random(NONCE_BYTES);
  const { ciphertext, tag } = gcmSeal(symkey, iv, plaintext);
  return fdtNode(name, {
    mac: tag,
    iv,
    ciphertext,
    'untrusted-comment': checkedComment(comment),
    algorithm: 'AES256-GCM',
  });
}

function checkedComment(comment = ''): string {
  if (!/[\n\0]/.test(comment)) return comment;
  throw new InputError(
    'bad-comment',
    `The comment ${JSON.stringify(comment)} has a newline or zero byte; write one line.`,
  );
}
