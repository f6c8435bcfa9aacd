import * as node from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HmacDrbg } from '../../emulator/common/drbg';
import { bytesToNumber, fromHex, numberToBytes, toHex } from '../../emulator/common/bytes';
import {
  decodeCommand,
  decodeResponse,
  plainValue,
  type DecodedMessage,
  type PlainValue,
} from '../../emulator/tpm/codec';
import {
  aesCfb,
  digestBytes,
  hash,
  hashFunction,
  hmac,
  kdfa,
  u32,
  xorObfuscation,
} from '../../emulator/tpm/embedded/crypto';
import { modInverse, modPow, privateKeyOf, rsaPrivate, rsaPublic } from '../../emulator/crypto/rsa';
import { generateKey, isSmallPrime } from '../../emulator/crypto/rsa-generation';
import { oaepDecode, oaepEncode, rsaesDecode, rsaesEncode } from '../../emulator/crypto/rsa-padding';
import { constantValue } from '../../emulator/tpm/tables';
import { EXCHANGES } from './vectors';

type Fields = Readonly<Record<string, PlainValue>>;

const SHA1 = constantValue('TPM_ALG_SHA1');
const SHA256 = constantValue('TPM_ALG_SHA256');
const HASHES = ['sha1', 'sha256', 'sha384', 'sha512'].map(
  (name) => [name, constantValue(`TPM_ALG_${name.toUpperCase()}`)] as const,
);
const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });

describe('hashes and key derivation', () => {
  it.each(HASHES)('%s and its HMAC are those of node:crypto', (name, algorithm) => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array({ maxLength: 200 }), (data, key) => {
        expect(toHex(hash(algorithm, data))).toBe(node.createHash(name).update(data).digest('hex'));
        expect(toHex(hmac(algorithm, key, data))).toBe(node.createHmac(name, key).update(data).digest('hex'));
      }),
      { numRuns: 20 },
    );
    expect(digestBytes(algorithm)).toBe(node.createHash(name).digest().length);
  });

  it('KDFa is the HMAC of counter, label, zero, contexts and bits', () => {
    const [u, v, key] = [fromHex('0102'), fromHex('0a0b0c'), fromHex('00112233')];
    const block = (counter: number, bits: number): Buffer =>
      node
        .createHmac('sha256', key)
        .update(Buffer.from([0, 0, 0, counter]))
        .update('STORAGE\0')
        .update(u)
        .update(v)
        .update(Buffer.from([0, 0, bits >> 8, bits & 255]))
        .digest();
    expect(toHex(kdfa(SHA256, key, 'STORAGE', u, v, 128))).toBe(block(1, 128).subarray(0, 16).toString('hex'));
    const two = Buffer.concat([block(1, 512), block(2, 512)]);
    expect(toHex(kdfa(SHA256, key, 'STORAGE', u, v, 512))).toBe(two.toString('hex'));
    expect(kdfa(SHA256, key, 'STORAGE', u, v, 9)[0]).toBeLessThanOrEqual(1);
  });

  it('XOR obfuscation undoes itself', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (data) => {
        const once = xorObfuscation(SHA256, fromHex('aa'), fromHex('01'), fromHex('02'), data);
        expect(xorObfuscation(SHA256, fromHex('aa'), fromHex('01'), fromHex('02'), once)).toEqual(data);
      }),
      { numRuns: 20 },
    );
  });
});

describe('AES-CFB', () => {
  const block = '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51';
  it.each([
    // NIST SP 800-38A, F.3.13 and F.3.17: CFB128-AES128 and CFB128-AES256, first two blocks.
    ['2b7e151628aed2a6abf7158809cf4f3c', '3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b'],
    [
      '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4',
      'dc7e84bfda79164b7ecd8486985d386039ffed143b28b1c832113c6331e5407b',
    ],
  ])('encrypts with key %s', (key, expected) => {
    const iv = fromHex('000102030405060708090a0b0c0d0e0f');
    expect(toHex(aesCfb('encrypt', fromHex(key), iv, fromHex(block)))).toBe(expected);
    expect(toHex(aesCfb('decrypt', fromHex(key), iv, fromHex(expected)))).toBe(block);
  });

  it('is that of node:crypto for every length', () => {
    fc.assert(
      fc.property(bytes(16), bytes(16), fc.uint8Array({ maxLength: 70 }), (key, iv, data) => {
        const cipher = node.createCipheriv('aes-128-cfb', key, iv);
        const expected = Buffer.concat([cipher.update(data), cipher.final()]);
        expect(toHex(aesCfb('encrypt', key, iv, data))).toBe(expected.toString('hex'));
        expect(toHex(aesCfb('decrypt', key, iv, expected))).toBe(toHex(data));
      }),
    );
  });
});

describe('numbers', () => {
  it('powers and inverses', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 1n << 64n),
        fc.bigInt(0n, 300n),
        fc.bigInt(2n, 1n << 64n),
        (base, exponent, modulus) => {
          expect(modPow(base, exponent, modulus)).toBe(base ** exponent % modulus);
          const inverse = modInverse(base, modulus);
          if (inverse !== undefined) expect((inverse * base) % modulus).toBe(1n);
        },
      ),
    );
    expect(modInverse(6n, 9n)).toBeUndefined();
  });

  it('small primes', () => {
    const found = Array.from({ length: 30 }, (_, n) => n).filter(isSmallPrime);
    expect(found).toEqual([2, 3, 5, 7, 11, 13, 17, 19, 23, 29]);
    expect(isSmallPrime(65537)).toBe(true);
    expect(isSmallPrime(4294967291)).toBe(true);
    expect(isSmallPrime(4294967295)).toBe(false);
  });
});

describe('RSA', () => {
  const random = (seed: string): ((count: number) => Uint8Array) => {
    const drbg = HmacDrbg.fromSeed(seed, 'rsa test');
    return (count) => drbg.generate(count);
  };
  const key = generateKey(2048, 65537, random('a'));
  const base64 = (value: bigint, length: number): string =>
    Buffer.from(numberToBytes(value, length)).toString('base64url');
  const d = modInverse(65537n, (key.p - 1n) * (key.q - 1n))!;
  const jwk = {
    kty: 'RSA',
    n: base64(key.n, 256),
    e: 'AQAB',
    d: base64(d, 256),
    p: base64(key.p, 128),
    q: base64(key.q, 128),
    dp: base64(key.dP, 128),
    dq: base64(key.dQ, 128),
    qi: base64(key.qInv, 128),
  };
  const privateKey = node.createPrivateKey({ key: jwk, format: 'jwk' });
  const publicKey = node.createPublicKey(privateKey);

  it('makes the same key of the same random bytes, of the wanted size and of primes', () => {
    expect(generateKey(2048, 65537, random('a'))).toEqual(key);
    expect(generateKey(1024, 65537, random('b')).n.toString(2).length).toBe(1024);
    expect(key.n.toString(2).length).toBe(2048);
    expect(node.checkPrimeSync(key.p) && node.checkPrimeSync(key.q)).toBe(true);
    expect(privateKeyOf(key.n, key.e, key.p)).toEqual(key);
    expect(privateKeyOf(key.n, key.e, key.p + 2n)).toBeUndefined();
  });

  it('the primitives undo each other and are those of node:crypto', () => {
    const message = bytesToNumber(random('m')(255));
    const encrypted = rsaPublic(key, message);
    expect(rsaPrivate(key, encrypted)).toBe(message);
    const raw = { key: publicKey, padding: node.constants.RSA_NO_PADDING };
    expect(bytesToNumber(node.publicEncrypt(raw, numberToBytes(message, 256)))).toBe(encrypted);
  });

  it.each(HASHES)('OAEP with %s and node:crypto open what the other made', (oaepHash, algorithm) => {
    const label = Buffer.from('DUPLICATE\0');
    const options = { padding: node.constants.RSA_PKCS1_OAEP_PADDING, oaepHash, oaepLabel: label };
    for (const length of [0, 1, 32, 256 - 2 * digestBytes(algorithm) - 2]) {
      const message = random('message')(length);
      const encoded = oaepEncode(hashFunction(algorithm), label, message, 256, random('seed'))!;
      const encrypted = numberToBytes(rsaPublic(key, bytesToNumber(encoded)), 256);
      expect(toHex(node.privateDecrypt({ key: privateKey, ...options }, encrypted))).toBe(toHex(message));

      const theirs = node.publicEncrypt({ key: publicKey, ...options }, message);
      const decoded = numberToBytes(rsaPrivate(key, bytesToNumber(theirs)), 256);
      expect(toHex(oaepDecode(hashFunction(algorithm), label, decoded)!)).toBe(toHex(message));
    }
  });

  it('refuses OAEP that is too long, changed, or with another label', () => {
    expect(oaepEncode(hashFunction(SHA256), new Uint8Array(), new Uint8Array(191), 256, random('s'))).toBeUndefined();
    const encoded = oaepEncode(hashFunction(SHA256), new Uint8Array(), fromHex('01'), 256, random('s'))!;
    expect(oaepDecode(hashFunction(SHA1), new Uint8Array(), encoded)).toBeUndefined();
    expect(oaepDecode(hashFunction(SHA256), fromHex('00'), encoded)).toBeUndefined();
    for (const at of [0, 1, 40, 200]) {
      const changed = encoded.slice();
      changed[at]! ^= 1;
      expect(oaepDecode(hashFunction(SHA256), new Uint8Array(), changed)).toBeUndefined();
    }
  });

  it('RSAES pads with bytes that are not zero', () => {
    const encoded = rsaesEncode(fromHex('0001'), 256, (count) => new Uint8Array(count))!;
    expect(encoded.length).toBe(256);
    expect(toHex(rsaesDecode(encoded)!)).toBe('0001');
    expect(rsaesEncode(new Uint8Array(246), 256, random('x'))).toBeUndefined();
    expect(rsaesDecode(fromHex('0002' + 'ff'.repeat(7) + '0001'))).toBeUndefined();
    expect(rsaesDecode(fromHex('0002' + 'ff'.repeat(20)))).toBeUndefined();
  });
});

describe('a real TPM', () => {
  // Exchanges 43 to 52 of flow.jsonl: the ultravisor's flow on swtpm.
  const exchange = (line: number): [Fields, Fields, Uint8Array, Uint8Array] => {
    const { cmd, rsp } = EXCHANGES.find((candidate) => candidate.file === 'flow.jsonl' && candidate.line === line)!;
    const fields = ({ handles, parameters }: DecodedMessage): Fields =>
      Object.fromEntries([...handles, ...parameters].map((node) => [node.name, plainValue(node)]));
    return [fields(decodeCommand(cmd)), fields(decodeResponse(rsp, cmd)), cmd, rsp];
  };
  const [created] = exchange(43);
  const authValue = (created.inSensitive as unknown as { userAuth: Uint8Array }).userAuth;
  const nonceTPM = exchange(48)[1].nonceTPM as Uint8Array;
  const [, , cmd, rsp] = exchange(52);
  const authorization = (message: DecodedMessage): { nonce: Uint8Array; hmac: Uint8Array } =>
    plainValue(message.sessions[0]!) as unknown as { nonce: Uint8Array; hmac: Uint8Array };
  const caller = authorization(decodeCommand(cmd));
  const tpm = authorization(decodeResponse(rsp, cmd));
  const code = u32(constantValue('TPM_CC_RSA_Decrypt'));
  const attributes = Uint8Array.of(0x41);

  it('was sent this HMAC, and answered with this one', () => {
    const name = exchange(47)[1].name as Uint8Array;
    const cpHash = hash(SHA256, code, name, cmd.slice(10 + 4 + 4 + 73));
    expect(toHex(hmac(SHA256, authValue, cpHash, caller.nonce, nonceTPM, attributes))).toBe(toHex(caller.hmac));
    const rpHash = hash(SHA256, u32(0), code, rsp.slice(14, 14 + 34));
    expect(toHex(hmac(SHA256, authValue, rpHash, tpm.nonce, caller.nonce, attributes))).toBe(toHex(tpm.hmac));
  });
});
