/**
 * ESM blobs: what a guest brings to become secure. A device tree with lockboxes (the master key, encrypted for who may
 * open it), sealed digests of the guest's software, and sealed files. This is its model, read with svm-tool's rules.
 *
 *   /            compatible = "ibm,esm"
 *   /lockboxes/origin-lockbox, lockbox-1...   untrusted-comment, encrypted-symkey; pubkey-fingerprint/ algorithm, hash
 *   /digest/digests-fdt                       algorithm, untrusted-comment, iv, mac, ciphertext
 *   /file        files-fdt = a device tree with /files/NAME, each as digests-fdt
 *
 * Source: open-power/svm-tools 0.1.0, esm.py; open-power/ultravisor, svm-esmb.c.
 */

import { FormatError, InputError } from '../../common/errors';
import { type Fdt, type FdtNode, childOf, nodeAt, propertyOf, readFdt, textOf } from '../../image/fdt';
import { checkEsm, checkFiles } from './rules';

/** Something encrypted with the master key: AES-256-GCM without additional data. */
export interface EsmSealed {
  readonly comment: string;
  /** The nonce; svm-tool makes 16 bytes. */
  readonly iv: Uint8Array;
  /** The tag, 16 bytes. */
  readonly mac: Uint8Array;
  readonly ciphertext: Uint8Array;
}

export interface EsmFile extends EsmSealed {
  readonly name: string;
}

/** The master key for one owner of a private key. */
export interface EsmLockbox {
  readonly name: string;
  readonly comment: string;
  /** RSA-OAEP with SHA-256; 256 bytes for keys of 2048 bits. */
  readonly encryptedSymkey: Uint8Array;
  /** SHA-256 of the PEM text of the public key. */
  readonly fingerprint: Uint8Array;
}

export interface EsmBlob {
  readonly fdt: Fdt;
  /** In the order of the blob: svm-tool has the latest first. */
  readonly lockboxes: readonly EsmLockbox[];
  /** Undefined while nobody measured the guest's software. */
  readonly digests: EsmSealed | undefined;
  /** The device tree of the files; undefined when there never was a file. */
  readonly filesFdt: Fdt | undefined;
  readonly files: readonly EsmFile[];
}

/** The lockbox of who made the blob. */
export const ORIGIN_LOCKBOX = 'origin-lockbox';
/** The only lockbox that the firmware looks for. */
export const MACHINE_LOCKBOX = 'lockbox-1';

/**
 * Reads a blob; bytes behind it are left alone.
 *
 * @throws FormatError `not-fdt`, `unsupported-fdt`, `truncated`, `bad-fdt`: no device tree
 * @throws InputError `esm-invalid`: not as svm-tool wants it; the message names the node or property
 */
export function parseEsmBlob(bytes: Uint8Array): EsmBlob {
  const fdt = readFdt(bytes);
  checkEsm(fdt.root);
  const files = propertyOf(required(fdt.root, 'file'), 'files-fdt');
  const filesFdt = files && readFilesFdt(files);
  const digests = nodeAt(fdt.root, 'digest/digests-fdt');
  return {
    fdt,
    lockboxes: required(fdt.root, 'lockboxes').children.map(lockboxOf),
    digests: digests && sealedOf(digests),
    filesFdt,
    files: filesFdt ? required(filesFdt.root, 'files').children.map(fileOf) : [],
  };
}

function readFilesFdt(bytes: Uint8Array): Fdt {
  try {
    const fdt = readFdt(bytes);
    checkFiles(fdt.root);
    return fdt;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new InputError('esm-invalid', `The ESM blob's files-fdt is damaged. ${error.message}`, { cause: error });
  }
}

function fileOf(node: FdtNode): EsmFile {
  return { name: node.name, ...sealedOf(node) };
}

/** The properties of a sealed node that was checked. */
function sealedOf(node: FdtNode): EsmSealed {
  return {
    comment: commentOf(node),
    iv: bytesOf(node, 'iv'),
    mac: bytesOf(node, 'mac'),
    ciphertext: bytesOf(node, 'ciphertext'),
  };
}

function lockboxOf(node: FdtNode): EsmLockbox {
  return {
    name: node.name,
    comment: commentOf(node),
    encryptedSymkey: bytesOf(node, 'encrypted-symkey'),
    fingerprint: bytesOf(required(node, 'pubkey-fingerprint'), 'hash'),
  };
}

function commentOf(node: FdtNode): string {
  return textOf(bytesOf(node, 'untrusted-comment')) ?? '';
}

function required(node: FdtNode, name: string): FdtNode {
  const child = childOf(node, name);
  if (!child) throw missing('node', name);
  return child;
}

function bytesOf(node: FdtNode, name: string): Uint8Array {
  const value = propertyOf(node, name);
  if (!value) throw missing('property', name);
  return value;
}

function missing(what: string, name: string): InputError {
  return new InputError('esm-invalid', `The ESM blob is invalid: missing ${what}: ${name}.`);
}

/** A firmware's look at a blob: it takes what it needs and checks nothing else (svm-esmb.c). */
export interface FirmwareView {
  /** The device tree of the files; undefined without one that can be read: the firmware goes on. */
  readonly files: Fdt | undefined;
  /** Of `lockbox-1`, for the TPM. @throws InputError `esm-no-lockbox` */
  readonly encryptedSymkey: () => Uint8Array;
  /** @throws InputError `esm-no-digests` */
  readonly digests: () => EsmSealed;
}

/** @throws FormatError when the bytes are no device tree */
export function firmwareView(bytes: Uint8Array): FirmwareView {
  const { root } = readFdt(bytes);
  return {
    files: firmwareFiles(root),
    encryptedSymkey: () => {
      const lockbox = nodeAt(root, `lockboxes/${MACHINE_LOCKBOX}`);
      const symkey = lockbox && propertyOf(lockbox, 'encrypted-symkey');
      if (symkey) return symkey;
      const text = `The ESM blob has no lockboxes/${MACHINE_LOCKBOX} with an encrypted-symkey: the machine cannot open it.`;
      throw new InputError('esm-no-lockbox', text);
    },
    digests: () => {
      const sealed = firmwareSealed(nodeAt(root, 'digest/digests-fdt'));
      if (sealed) return sealed;
      const text = 'The ESM blob has no digest/digests-fdt with algorithm, iv, mac and ciphertext.';
      throw new InputError('esm-no-digests', text);
    },
  };
}

/** A sealed node as the firmware takes it; undefined when something of it is missing. */
export function firmwareSealed(node: FdtNode | undefined): EsmSealed | undefined {
  if (!node) return undefined;
  const [algorithm, iv, mac, ciphertext] = ['algorithm', 'iv', 'mac', 'ciphertext'].map((name) =>
    propertyOf(node, name),
  );
  return algorithm && iv && mac && ciphertext ? { comment: '', iv, mac, ciphertext } : undefined;
}

function firmwareFiles(root: FdtNode): Fdt | undefined {
  const node = nodeAt(root, 'file');
  const bytes = node && propertyOf(node, 'files-fdt');
  try {
    return bytes && readFdt(bytes);
  } catch {
    return undefined;
  }
}
