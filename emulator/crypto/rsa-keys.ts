/**
 * RSA keys as files have them: PEM text (RFC 7468) of PKCS #1 (RFC 8017, A.1), PKCS #8 (RFC 5958) or
 * SubjectPublicKeyInfo (RFC 5280, 4.1).
 */

import { concat, equalBytes, numberToBytes } from '../common/bytes';
import { FormatError, InputError } from '../common/errors';
import { DerReader, derElement } from './der';
import { type RsaPrivateKey, type RsaPublicKey, checkedPrivateKey, checkedPublicKey } from './rsa';

/** Largest file of a key; one of 8192 bits has 7 KiB. */
const MAX_PEM_BYTES = 64 * 1024;
/** rsaEncryption, 1.2.840.113549.1.1.1. */
const RSA_ENCRYPTION = Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01);
/** Characters in a line of PEM. */
const LINE = 64;

/**
 * Reads a public key: `PUBLIC KEY` or `RSA PUBLIC KEY`.
 *
 * @throws InputError `not-a-key`, `key-is-private`, `bad-key`; FormatError `bad-pem`, `bad-der`, `unsupported-key`
 */
export function readPublicKey(pem: Uint8Array): RsaPublicKey {
  const { label, der } = pemBlock(pem);
  if (label.includes('PRIVATE')) {
    throw new InputError('key-is-private', `This is a private key (${label}); give the public key that belongs to it.`);
  }
  if (label === 'RSA PUBLIC KEY') return publicKeyOf(new DerReader(der));
  if (label !== 'PUBLIC KEY') throw new InputError('not-a-key', `'${label}' is no RSA public key.`);
  const info = new DerReader(der).sequence();
  takeAlgorithm(info);
  const bits = info.take('BIT_STRING');
  info.end();
  if (bits[0] !== 0) throw new FormatError('bad-der', "The key's BIT STRING does not end with a whole byte.", 0);
  return publicKeyOf(new DerReader(bits.subarray(1)));
}

/**
 * Reads a private key that is not encrypted: `PRIVATE KEY` or `RSA PRIVATE KEY`.
 *
 * @throws InputError `not-a-key`, `key-is-public`, `key-encrypted`, `bad-key`; FormatError as for public keys
 */
export function readPrivateKey(pem: Uint8Array): RsaPrivateKey {
  const { label, der } = pemBlock(pem);
  if (label.endsWith('PUBLIC KEY')) {
    throw new InputError('key-is-public', `This is a public key (${label}); give the private key that belongs to it.`);
  }
  if (label === 'RSA PRIVATE KEY') return privateKeyOf(new DerReader(der));
  if (label !== 'PRIVATE KEY') throw new InputError('not-a-key', `'${label}' is no RSA private key.`);
  // Attributes may follow (RFC 5958); they say nothing about the key.
  const info = new DerReader(der).sequence();
  info.integer();
  takeAlgorithm(info);
  return privateKeyOf(new DerReader(info.take('OCTET_STRING')));
}

/** The public key as `PUBLIC KEY` in PEM, with a newline at its end, as openssl writes it. */
export function publicKeyPem({ n, e }: RsaPublicKey): string {
  const key = derElement('SEQUENCE', derInteger(n), derInteger(e));
  const algorithm = derElement('SEQUENCE', derElement('OID', RSA_ENCRYPTION), derElement('NULL'));
  const info = derElement('SEQUENCE', algorithm, derElement('BIT_STRING', Uint8Array.of(0), key));
  const lines = btoa(String.fromCharCode(...info)).match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n');
}

function derInteger(value: bigint): Uint8Array {
  const bytes = numberToBytes(value, Math.ceil(value.toString(16).length / 2));
  return derElement('INTEGER', (bytes[0] ?? 0) >= 0x80 ? concat(Uint8Array.of(0), bytes) : bytes);
}

/** The first block of PEM text. */
function pemBlock(pem: Uint8Array): { readonly label: string; readonly der: Uint8Array } {
  if (pem.length > MAX_PEM_BYTES) throw new InputError('not-a-key', `This is no key: it has ${pem.length} bytes.`);
  const text = new TextDecoder().decode(pem);
  const begin = /^-----BEGIN ([A-Z0-9 ]{1,60})-----[ \t]*\r?$/m.exec(text);
  const label = begin?.[1];
  if (!begin || label === undefined) {
    throw new InputError('not-a-key', 'This is no key in PEM: there is no line "-----BEGIN ... KEY-----".');
  }
  const start = begin.index + begin[0].length;
  const end = text.indexOf(`-----END ${label}-----`, start);
  if (end < 0) throw new FormatError('bad-pem', `The PEM text has no line "-----END ${label}-----".`, pem.length);
  const body = text.slice(start, end);
  if (label.startsWith('ENCRYPTED') || /^Proc-Type:.*ENCRYPTED/m.test(body)) {
    const text =
      'The private key is encrypted with a pass phrase; "openssl pkey -in KEY -out OTHER" writes it without.';
    throw new InputError('key-encrypted', text);
  }
  const digits = body.replace(/\s+/g, '');
  if (digits === '' || digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(digits)) {
    throw new FormatError('bad-pem', 'The PEM text is damaged: it is no base64.', start);
  }
  return { label, der: Uint8Array.from(atob(digits), (character) => character.charCodeAt(0)) };
}

/** AlgorithmIdentifier of RSA; its parameters are NULL. */
function takeAlgorithm(info: DerReader): void {
  const algorithm = info.sequence();
  if (!equalBytes(algorithm.take('OID'), RSA_ENCRYPTION)) {
    throw new FormatError('unsupported-key', 'The key is not one of RSA.', 0);
  }
  if (!algorithm.done) algorithm.take('NULL');
  algorithm.end();
}

function publicKeyOf(reader: DerReader): RsaPublicKey {
  const key = reader.sequence();
  reader.end();
  const n = key.integer();
  const e = key.integer();
  key.end();
  return checkedPublicKey({ n, e });
}

function privateKeyOf(reader: DerReader): RsaPrivateKey {
  const key = reader.sequence();
  reader.end();
  if (key.integer() !== 0n) throw new FormatError('unsupported-key', 'The RSA key has more than two primes.', 0);
  const n = key.integer();
  const e = key.integer();
  const d = key.integer();
  const p = key.integer();
  const q = key.integer();
  const dP = key.integer();
  const dQ = key.integer();
  const qInv = key.integer();
  key.end();
  return checkedPrivateKey({ n, e, p, q, dP, dQ, qInv }, d);
}
