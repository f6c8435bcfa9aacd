/**
 * IAPM as docs/iapm.md says it, a block at a time with BigInt: slow, and written apart from emulator/pef/page-crypto/iapm.ts.
 * AES is OpenSSL's.
 */
import { createCipheriv } from 'node:crypto';
import { concat, fromHex, toHex } from '../../emulator/common/bytes';
import type { SealedPage } from '../../emulator/pef/page-crypto';

const toNumber = (block: Uint8Array): bigint => BigInt('0x' + toHex(block));
const toBlock = (number: bigint): Uint8Array => fromHex(number.toString(16).padStart(32, '0'));

function aes(key: Uint8Array, block: bigint): bigint {
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  return toNumber(cipher.update(toBlock(block)));
}

/** Product of polynomials over GF(2), modulo x^128 + x^7 + x^2 + x + 1. */
export function multiply(a: bigint, b: bigint): bigint {
  let product = 0n;
  for (let i = 0n; a >> i !== 0n; i++) if (((a >> i) & 1n) === 1n) product ^= b << i;
  for (let i = 255n; i >= 128n; i--) if (((product >> i) & 1n) === 1n) product ^= ((1n << 128n) | 0x87n) << (i - 128n);
  return product;
}

export interface Secrets {
  readonly k2: Uint8Array;
  readonly a: bigint;
  readonly b: bigint;
  /** S`i`. */
  readonly mask: (i: number) => bigint;
}

export function secrets(key: Uint8Array, iv: Uint8Array): Secrets {
  const k2 = toBlock(aes(key, toNumber(new TextEncoder().encode('PEF IAPM mask K2'))));
  const a = aes(k2, toNumber(iv) << 32n);
  const b = aes(k2, (toNumber(iv) << 32n) | 1n);
  return { k2, a, b, mask: (i) => a ^ multiply(BigInt(i ^ (i >> 1)), b) };
}

export function referenceSeal(key: Uint8Array, iv: Uint8Array, page: Uint8Array): SealedPage {
  const { mask } = secrets(key, iv);
  const blocks = Array.from({ length: page.length / 16 }, (_, i) => toNumber(page.subarray(16 * i, 16 * i + 16)));
  const ciphertext = blocks.map((block, i) => toBlock(aes(key, block ^ mask(i + 1)) ^ mask(i + 1)));
  const sum = blocks.reduce((xor, block) => xor ^ block, 0n);
  return {
    ciphertext: concat(...ciphertext),
    tag: toBlock(aes(key, sum ^ mask(blocks.length + 1)) ^ mask(0)),
  };
}
