import fc from 'fast-check';
import {
  constants,
  createCipheriv,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PefError } from '../../emulator/common/errors';
import { gcmOpen, gcmSeal } from '../../emulator/crypto/aes-gcm';
import { modulusBytes } from '../../emulator/crypto/rsa';
import { oaepDecrypt, oaepEncrypt } from '../../emulator/crypto/rsa-padding';
import { publicKeyPem, readPrivateKey, readPublicKey } from '../../emulator/crypto/rsa-keys';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const text = (value: string | Buffer) => new TextEncoder().encode(value.toString());
const pem = {
  pkcs8: text(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  pkcs1: text(privateKey.export({ type: 'pkcs1', format: 'pem' })),
  spki: text(publicKey.export({ type: 'spki', format: 'pem' })),
  publicPkcs1: text(publicKey.export({ type: 'pkcs1', format: 'pem' })),
  encrypted: text(privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'pass' })),
  encryptedPkcs1: text(privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'pass' })),
  elliptic: text(
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  ),
};
const key = readPrivateKey(pem.pkcs8);
const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };

describe('keys in PEM', () => {
  it('are the same in PKCS #1 and PKCS #8', () => {
    expect(readPrivateKey(pem.pkcs1)).toEqual(key);
    expect(readPublicKey(pem.publicPkcs1)).toEqual(readPublicKey(pem.spki));
    expect(readPublicKey(pem.spki)).toEqual({ n: key.n, e: key.e });
    expect(modulusBytes(key)).toBe(256);
  });
  it('are written as openssl does', () => {
    expect(publicKeyPem(key)).toBe(new TextDecoder().decode(pem.spki));
    expect(createPublicKey(publicKeyPem(key)).equals(publicKey)).toBe(true);
  });
  it('may have Windows line ends and text around them', () => {
    const windows = `a key\r\n${new TextDecoder().decode(pem.spki).replaceAll('\n', '\r\n')}`;
    expect(readPublicKey(text(windows))).toEqual(readPublicKey(pem.spki));
  });
  it.each([
    ['text', readPrivateKey, text('text'), 'not-a-key', 'no line "-----BEGIN'],
    ['a large file', readPrivateKey, new Uint8Array(1 << 17), 'not-a-key', 'has 131072 bytes'],
    ['another thing', readPrivateKey, text('-----BEGIN X-----\nAAAA\n-----END X-----\n'), 'not-a-key', "'X' is no RSA"],
    ['another thing', readPublicKey, text('-----BEGIN X-----\nAAAA\n-----END X-----\n'), 'not-a-key', "'X' is no RSA"],
    ['half a key', readPrivateKey, pem.pkcs8.slice(0, 400), 'bad-pem', 'no line "-----END PRIVATE KEY'],
    [
      'no base64',
      readPrivateKey,
      text('-----BEGIN PRIVATE KEY-----\n*\n-----END PRIVATE KEY-----'),
      'bad-pem',
      'base64',
    ],
    [
      'no contents',
      readPrivateKey,
      text('-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----'),
      'bad-pem',
      'base64',
    ],
    [
      'no DER',
      readPrivateKey,
      text('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'),
      'bad-der',
      'byte 0',
    ],
    ['an elliptic curve', readPrivateKey, pem.elliptic, 'unsupported-key', 'not one of RSA'],
    ['an encrypted key', readPrivateKey, pem.encrypted, 'key-encrypted', 'openssl pkey'],
    ['an encrypted key', readPrivateKey, pem.encryptedPkcs1, 'key-encrypted', 'openssl pkey'],
    ['the public key', readPrivateKey, pem.spki, 'key-is-public', 'give the private key'],
    ['the private key', readPublicKey, pem.pkcs8, 'key-is-private', 'give the public key'],
  ])('refuse %s', (_, read, bytes, code, message) => {
    expect(() => read(bytes)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
  it('refuse keys that are too short', () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 512 }).publicKey.export({ type: 'spki', format: 'pem' });
    expect(() => readPublicKey(text(short))).toThrow('has 512 bits; it must have 1024 to 8192');
  });
  it('refuse numbers that do not belong together', () => {
    const jwk = privateKey.export({ format: 'jwk' });
    const other = createPrivateKey({ key: { ...jwk, dp: jwk.dq }, format: 'jwk' });
    const bytes = text(other.export({ type: 'pkcs1', format: 'pem' }));
    expect(() => readPrivateKey(bytes)).toThrow('its numbers do not belong together');
  });
  it('give a key or an error with a code, whatever their bytes are', () => {
    const der = privateKey.export({ type: 'pkcs8', format: 'der' });
    const change = fc.tuple(fc.oneof(fc.nat(60), fc.nat(der.length - 1)), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.boolean(), (changes, isPublic) => {
        const bytes = Buffer.from(isPublic ? publicKey.export({ type: 'spki', format: 'der' }) : der);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const label = isPublic ? 'PUBLIC KEY' : 'PRIVATE KEY';
        const file = text(`-----BEGIN ${label}-----\n${bytes.toString('base64')}\n-----END ${label}-----\n`);
        try {
          expect((isPublic ? readPublicKey : readPrivateKey)(file).n).toBeGreaterThan(0n);
        } catch (error) {
          expect(error).toBeInstanceOf(PefError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('RSA-OAEP with SHA-256', () => {
  it.each([0, 1, 32, 190])('decrypts %i bytes that OpenSSL encrypted', (length) => {
    const message = new Uint8Array(randomBytes(length));
    expect(oaepDecrypt(key, publicEncrypt({ key: publicKey, ...OAEP }, message))).toEqual(message);
  });
  it.each([0, 32, 190])('encrypts %i bytes that OpenSSL decrypts', (length) => {
    const message = randomBytes(length);
    expect(privateDecrypt({ key: privateKey, ...OAEP }, oaepEncrypt(key, message, randomBytes))).toEqual(message);
  });
  it('refuses more than fits', () => {
    expect(() => oaepEncrypt(key, new Uint8Array(191), randomBytes)).toThrow('191 bytes are too many');
  });
  it('opens nothing that was altered, cut, or is no number below the modulus', () => {
    const good = oaepEncrypt(key, new Uint8Array(32), randomBytes);
    const altered = good.map((byte, i) => (i === 100 ? byte ^ 1 : byte));
    const bad = [altered, good.slice(1), new Uint8Array(256), new Uint8Array(256).fill(255), new Uint8Array()];
    expect(bad.map((bytes) => oaepDecrypt(key, bytes))).toEqual(bad.map(() => undefined));
  });
});

describe('AES-256-GCM', () => {
  it.each([8, 12, 16, 17, 60])('is the same as OpenSSL with a nonce of %i bytes', (length) => {
    const [symkey, nonce, plaintext] = [randomBytes(32), randomBytes(length), randomBytes(100)];
    const cipher = createCipheriv('aes-256-gcm', symkey, nonce);
    const ciphertext = new Uint8Array(Buffer.concat([cipher.update(plaintext), cipher.final()]));
    const sealed = { ciphertext, tag: new Uint8Array(cipher.getAuthTag()) };
    expect(gcmSeal(symkey, nonce, plaintext)).toEqual(sealed);
    expect(gcmOpen(symkey, nonce, sealed)).toEqual(new Uint8Array(plaintext));
  });
  it('opens nothing with a tag or nonce that is too short', () => {
    const [symkey, nonce] = [new Uint8Array(32), new Uint8Array(16)];
    const { ciphertext, tag } = gcmSeal(symkey, nonce, new Uint8Array(4));
    expect(gcmOpen(symkey, nonce, { ciphertext, tag: tag.slice(0, 12) })).toBeUndefined();
    expect(gcmOpen(symkey, new Uint8Array(), { ciphertext, tag })).toBeUndefined();
  });
});
