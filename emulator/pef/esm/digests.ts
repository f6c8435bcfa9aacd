/**
 * The digests of a guest's software: SHA-512 of the RTAS text, the kernel, the initrd and the boot arguments. In a blob
 * they are a device tree of their own, which is sealed.
 *
 * Source: open-power/svm-tools, esm_digest.py; open-power/ultravisor, svm-esmb.c (svm_esmb_digest_chk).
 */

import { sha512 } from '@noble/hashes/sha2.js';
import { equalBytes, fromHex } from '../../common/bytes';
import { FormatError, InputError } from '../../common/errors';
import { type FdtNode, nodeAt, numberOf, propertyOf, readFdt, textOf } from '../../image/fdt';
import { fdtNode, fdtOf, writeFdt } from '../../image/fdt-writer';

/** In the order in which the firmware checks them. */
export const ESM_PARTS = ['rtas', 'kernel', 'initrd', 'bootargs'] as const;
export type EsmPart = (typeof ESM_PARTS)[number];

/** SHA-512 of each part, 64 bytes. */
export interface EsmDigests extends Readonly<Record<EsmPart, Uint8Array>> {
  /** Bytes of the kernel that are measured. */
  readonly kernelSize: number;
}

/** What is measured: the bytes of each part. Boot arguments are without a zero byte at their end. */
export type EsmSoftware = Readonly<Record<EsmPart, Uint8Array>>;

/** The text of RTAS in QEMU's and SLOF's guests: mr r4,r3; lis r3,0; ori r3,r3,0xf000; sc 1; blr. */
export const RTAS_TEXT: Uint8Array = fromHex('7c641b78 3c600000 6063f000 44000022 4e800020');

const DIGEST_BYTES = 64;

/** Measures a guest's software. */
export function measure(software: EsmSoftware): EsmDigests {
  return {
    rtas: sha512(software.rtas),
    kernel: sha512(software.kernel),
    kernelSize: software.kernel.length,
    initrd: sha512(software.initrd),
    bootargs: sha512(software.bootargs),
  };
}

/** One part of the software beside what the blob says of it. */
export interface DigestCheck {
  readonly part: EsmPart;
  readonly expected: Uint8Array;
  readonly found: Uint8Array;
  readonly matches: boolean;
  /** Sizes of a kernel in bytes that has another one. */
  readonly size?: { readonly expected: number; readonly found: number };
}

/**
 * Compares all parts, also behind one that differs, as the firmware does.
 *
 * @param software `kernel` is what is in memory from the kernel's base on, `kernelSize` bytes of it
 */
export function checkDigests(expected: EsmDigests, software: EsmSoftware): readonly DigestCheck[] {
  const found = measure(software);
  return ESM_PARTS.map((part) => {
    const check = {
      part,
      expected: expected[part],
      found: found[part],
      matches: equalBytes(expected[part], found[part]),
    };
    if (part !== 'kernel' || expected.kernelSize === found.kernelSize) return check;
    return { ...check, matches: false, size: { expected: expected.kernelSize, found: found.kernelSize } };
  });
}

/** The device tree of digests, in svm-tool's order. */
export function writeDigests(digests: EsmDigests): Uint8Array {
  const { bootargs, initrd, kernelSize, kernel, rtas } = digests;
  const properties = { bootargs, initrd, 'kernel-size': [kernelSize], kernel, rtas, algorithm: 'SHA512' };
  const root = fdtNode('', { compatible: 'ibm,esm' }, [fdtNode('digests', properties)]);
  const strings = ['compatible', 'algorithm', 'rtas', 'kernel', 'kernel-size', 'initrd', 'bootargs'];
  return writeFdt(fdtOf(root, { strings }));
}

/** @throws InputError `esm-bad-digests`: what was sealed is no device tree of digests */
export function readDigests(bytes: Uint8Array): EsmDigests {
  const node = digestsNode(bytes);
  const algorithm = property(node, 'algorithm');
  if (textOf(algorithm) !== 'SHA512') throw bad(`their algorithm is ${textOf(algorithm) ?? 'no string'}, not SHA512`);
  const size = property(node, 'kernel-size');
  if (size.length !== 4) throw bad(`kernel-size has ${size.length} bytes, not 4`);
  return {
    rtas: digest(node, 'rtas'),
    kernel: digest(node, 'kernel'),
    kernelSize: Number(numberOf(size)),
    initrd: digest(node, 'initrd'),
    bootargs: digest(node, 'bootargs'),
  };
}

function digestsNode(bytes: Uint8Array): FdtNode {
  try {
    const node = nodeAt(readFdt(bytes).root, 'digests');
    if (node) return node;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw bad(`they are no device tree. ${error.message}`);
  }
  throw bad('missing node: digests');
}

function property(node: FdtNode, name: string): Uint8Array {
  const value = propertyOf(node, name);
  if (!value) throw bad(`missing property: ${name}`);
  return value;
}

function digest(node: FdtNode, part: EsmPart): Uint8Array {
  const value = property(node, part);
  if (value.length !== DIGEST_BYTES) throw bad(`${part} has ${value.length} bytes, not ${DIGEST_BYTES}`);
  return value;
}

function bad(what: string): InputError {
  return new InputError('esm-bad-digests', `The digests in the ESM blob are damaged: ${what.replace(/\.$/, '')}.`);
}
