import fc from 'fast-check';
import { createCipheriv, createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../../emulator/common/bytes';
import { HmacDrbg } from '../../emulator/common/drbg';
import {
  PORTABLE_PAGE_CIPHERS,
  type PageCipher,
  type SealedPage,
  firstPageIv,
  nextPageIv,
} from '../../emulator/pef/page-crypto';
import { PAGE_BYTES } from '../../emulator/pef/page-states';
import { nodePageCiphers } from '../../extension/adapter/node-page-ciphers';
import { multiply, referenceSeal, secrets } from './iapm-reference';

const NODE = nodePageCiphers();
const ALL: readonly (readonly [string, PageCipher])[] = [
  ['AES-128-GCM, portable', PORTABLE_PAGE_CIPHERS['AES-128-GCM']],
  ["AES-128-GCM, Node's", NODE['AES-128-GCM']],
  ['AES-128-IAPM, portable', PORTABLE_PAGE_CIPHERS['AES-128-IAPM']],
  ["AES-128-IAPM, Node's", NODE['AES-128-IAPM']],
];
const GCM = ALL.slice(0, 2);
const IAPM = ALL.slice(2);

const hex = ({ ciphertext, tag }: SealedPage) => ({ ciphertext: toHex(ciphertext), tag: toHex(tag) });
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const randomPage = (seed: string): Uint8Array => HmacDrbg.fromSeed(seed, 'page').generate(PAGE_BYTES);

const key16 = fc.uint8Array({ minLength: 16, maxLength: 16 });
const iv12 = fc.uint8Array({ minLength: 12, maxLength: 12 });
const blocks = fc
  .array(fc.uint8Array({ minLength: 16, maxLength: 16 }), { minLength: 1, maxLength: 40 })
  .map((each) => concat(...each));

/**
 * The cases of whole blocks without additional data in NIST's CAVP file gcmEncryptExtIV128.rsp (IVlen 96, Taglen 128:
 * PTlen 128 counts 0 and 1, PTlen 256 count 0), and test cases 2 and 3 of McGrew and Viega, "The Galois/Counter Mode of
 * Operation", which NIST has as the proposal of GCM.
 */
const GCM_VECTORS = [
  {
    key: '7fddb57453c241d03efbed3ac44e371c',
    iv: 'ee283a3fc75575e33efd4887',
    page: 'd5de42b461646c255c87bd2962d3b9a2',
    ciphertext: '2ccda4a5415cb91e135c2a0f78c9b2fd',
    tag: 'b36d1df9b9d5e596f83e8b7f52971cb3',
  },
  {
    key: 'ab72c77b97cb5fe9a382d9fe81ffdbed',
    iv: '54cc7dc2c37ec006bcc6d1da',
    page: '007c5e5b3e59df24a7c355584fc1518d',
    ciphertext: '0e1bde206a07a9c2c1b65300f8c64997',
    tag: '2b4401346697138c7a4891ee59867d0c',
  },
  {
    key: '9971071059abc009e4f2bd69869db338',
    iv: '07a9a95ea3821e9c13c63251',
    page: 'f54bc3501fed4f6f6dfb5ea80106df0bd836e6826225b75c0222f6e859b35983',
    ciphertext: '0556c159f84ef36cb1602b4526b12009c775611bffb64dc0d9ca9297cd2c6a01',
    tag: '7870d9117f54811a346970f1de090c41',
  },
  {
    key: '00000000000000000000000000000000',
    iv: '000000000000000000000000',
    page: '00000000000000000000000000000000',
    ciphertext: '0388dace60b6a392f328c2b971b2fe78',
    tag: 'ab6e47d42cec13bdf53a67b21257bddf',
  },
  {
    key: 'feffe9928665731c6d6a8f9467308308',
    iv: 'cafebabefacedbaddecaf888',
    page:
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72' +
      '1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255',
    ciphertext:
      '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e' +
      '21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985',
    tag: '4d5c2af327cd64a62cf35abd2ba6fab4',
  },
];

describe('AES-128-GCM', () => {
  describe.each(GCM)('%s', (_, cipher) => {
    it.each(GCM_VECTORS)('gives the published answer for key $key', ({ key, iv, page, ciphertext, tag }) => {
      expect(hex(cipher.seal(fromHex(key), fromHex(iv), fromHex(page)))).toEqual({ ciphertext, tag });
      const opened = cipher.open(fromHex(key), fromHex(iv), fromHex(ciphertext), fromHex(tag));
      expect(opened && toHex(opened)).toBe(page);
    });

    it("gives what Node's own call gives for whole pages", () => {
      for (const seed of ['1', '2', '3']) {
        const page = randomPage(seed);
        const [key, iv] = [page.slice(100, 116), page.slice(200, 212)];
        const own = createCipheriv('aes-128-gcm', key, iv);
        const ciphertext = concat(own.update(page), own.final());
        const sealed = cipher.seal(key, iv, page);
        expect(digest(sealed.ciphertext)).toBe(digest(ciphertext));
        expect(toHex(sealed.tag)).toBe(toHex(own.getAuthTag()));
      }
    });
  });
});

/** Cases of docs/iapm.md, all with one key. Long ciphertexts by their SHA-256. */
const IAPM_KEY = fromHex('000102030405060708090a0b0c0d0e0f');
const IAPM_VECTORS = [
  {
    iv: 'a0a1a2a30000000000000000',
    page: new Uint8Array(16),
    ciphertext: 'a777312f1eb7c53c2b89d7e5138c2fbb',
    tag: 'e5a825c817dba3247a6f80932b160502',
  },
  {
    iv: 'a0a1a2a30000000000000000',
    page: Uint8Array.from({ length: 64 }, (_, i) => i),
    ciphertext:
      'df7ef35f08fa8243230062e739eb0da468301f6d77035b4e1ebbfefe8792e4a8' +
      'fcdc95f4c4f53eb419e6f4dca403ec672235caf0ef2a0825ca5b9178fd0ed563',
    tag: '1191e11d8b1d1d81481ba03345a9dd1d',
  },
  {
    iv: 'a0a1a2a30000000000000001',
    page: new Uint8Array(PAGE_BYTES),
    digest: '9adb5ece76b8442c3ff19820aec500dcac997e0e98a7acf32321f51a9653942b',
    tag: 'dcddc024a9b8f39aebbdbf229c7ac97b',
  },
  {
    iv: 'a0a1a2a3ffffffffffffffff',
    page: Uint8Array.from({ length: PAGE_BYTES }, (_, i) => i % 251),
    digest: 'fbde3f8cbea648ecaa0044a7fc6e397790508d821ba593bbae13d393eac31241',
    tag: 'cfdfe71e2db16416ba2a241ea1f16b90',
  },
];

describe('AES-128-IAPM', () => {
  it.each(IAPM_VECTORS)('as docs/iapm.md has it: tag $tag', ({ iv, page, ciphertext, digest: sha256, tag }) => {
    for (const [, cipher] of IAPM) {
      const sealed = cipher.seal(IAPM_KEY, fromHex(iv), page);
      expect(sha256 ? digest(sealed.ciphertext) : toHex(sealed.ciphertext)).toBe(sha256 ?? ciphertext);
      expect(toHex(sealed.tag)).toBe(tag);
    }
    const text = fs.readFileSync(path.resolve(import.meta.dirname, '../../docs/iapm.md'), 'utf8').replace(/\s+/g, '');
    expect(text).toContain(sha256 ?? ciphertext);
    expect(text).toContain(tag);
  });

  it('has the masks of docs/iapm.md', () => {
    const { k2, a, b, mask } = secrets(IAPM_KEY, fromHex('a0a1a2a30000000000000000'));
    const text = fs.readFileSync(path.resolve(import.meta.dirname, '../../docs/iapm.md'), 'utf8');
    expect(text).toContain(toHex(k2));
    for (const secret of [a, b, ...[0, 1, 2, 3, 4, 5, 4097].map(mask)]) {
      expect(text).toContain(secret.toString(16).padStart(32, '0'));
    }
  });

  it('has a reference that multiplies modulo x^128 + x^7 + x^2 + x + 1', () => {
    expect(multiply(1n << 127n, 2n)).toBe(0x87n);
    expect(multiply(3n, 7n)).toBe(9n);
  });

  it('has masks of which no two are the same in a page', () => {
    const { mask } = secrets(IAPM_KEY, new Uint8Array(12));
    expect(new Set(Array.from({ length: 4098 }, (_, i) => mask(i))).size).toBe(4098);
  });

  describe.each(IAPM)('%s', (_, cipher) => {
    it('agrees with a slow one written apart, block by block with BigInt', () => {
      fc.assert(
        fc.property(key16, iv12, blocks, (key, iv, page) => {
          expect(hex(cipher.seal(key, iv, page))).toEqual(hex(referenceSeal(key, iv, page)));
        }),
        { numRuns: 60 },
      );
    });

    it('agrees with it on whole pages', () => {
      const page = randomPage('whole');
      const sealed = cipher.seal(page.slice(0, 16), page.slice(16, 28), page);
      const expected = referenceSeal(page.slice(0, 16), page.slice(16, 28), page);
      expect(digest(sealed.ciphertext)).toBe(digest(expected.ciphertext));
      expect(toHex(sealed.tag)).toBe(toHex(expected.tag));
    });
  });
});

describe.each(ALL)('%s', (_, cipher) => {
  const key = fromHex('0f1571c947d9e8590cb7add6af7f6798');
  const iv = fromHex('01020304 0000000000000007');
  const page = randomPage('tampering');
  const sealed = cipher.seal(key, iv, page);
  const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
    const copy = bytes.slice();
    copy[bit >> 3]! ^= 0x80 >> (bit & 7);
    return copy;
  };
  const open = ({ ciphertext = sealed.ciphertext, tag = sealed.tag, k = key, v = iv }): Uint8Array | undefined =>
    cipher.open(k, v, ciphertext, tag);

  it('opens what it sealed', () => {
    expect(digest(open({})!)).toBe(digest(page));
    expect(digest(sealed.ciphertext)).not.toBe(digest(page));
    expect(sealed.ciphertext.length).toBe(PAGE_BYTES);
    expect(sealed.tag.length).toBe(16);
  });

  it('opens whatever it sealed, of any number of blocks, as the other implementation did', () => {
    const other = cipher === NODE[cipher.name] ? PORTABLE_PAGE_CIPHERS[cipher.name] : NODE[cipher.name];
    fc.assert(
      fc.property(key16, iv12, blocks, (k, v, plain) => {
        const before = toHex(plain);
        const result = cipher.seal(k, v, plain);
        expect(toHex(plain)).toBe(before);
        expect(hex(other.seal(k, v, plain))).toEqual(hex(result));
        expect(toHex(other.open(k, v, result.ciphertext, result.tag)!)).toBe(before);
        expect(toHex(cipher.open(k, v, result.ciphertext, result.tag)!)).toBe(before);
      }),
      { numRuns: 60 },
    );
  });

  it('takes bytes from the middle of memory, at odd addresses too, and does not change them', () => {
    const memory = concat(new Uint8Array(3), page, new Uint8Array(5));
    const inMemory = memory.subarray(3, 3 + PAGE_BYTES);
    expect(hex(cipher.seal(key, iv, inMemory)).tag).toBe(toHex(sealed.tag));
    expect(digest(memory.subarray(3, 3 + PAGE_BYTES))).toBe(digest(page));
    memory.set(sealed.ciphertext, 3);
    expect(digest(open({ ciphertext: inMemory })!)).toBe(digest(page));
    expect(digest(inMemory)).toBe(digest(sealed.ciphertext));
  });

  it.each([
    ['first block', 5],
    ['second block', 128 + 77],
    ['a block in the middle', 8 * 0x8123 + 3],
    ['last block', 8 * PAGE_BYTES - 1],
  ])('refuses a changed bit in the ciphertext: %s', (_where, bit) => {
    expect(open({ ciphertext: flipped(sealed.ciphertext, bit) })).toBeUndefined();
  });

  it('refuses any one changed bit of ciphertext, tag, IV or key', () => {
    const one = page.subarray(0, 64);
    const small = cipher.seal(key, iv, one);
    for (let bit = 0; bit < 512; bit++) {
      expect(cipher.open(key, iv, flipped(small.ciphertext, bit), small.tag)).toBeUndefined();
    }
    for (let bit = 0; bit < 128; bit++) {
      expect(cipher.open(key, iv, small.ciphertext, flipped(small.tag, bit))).toBeUndefined();
      expect(cipher.open(flipped(key, bit), iv, small.ciphertext, small.tag)).toBeUndefined();
    }
    for (let bit = 0; bit < 96; bit++) {
      expect(cipher.open(key, flipped(iv, bit), small.ciphertext, small.tag)).toBeUndefined();
    }
  });

  it('refuses a page in which some bits anywhere are changed', () => {
    const positions = fc.uniqueArray(fc.nat(8 * PAGE_BYTES - 1), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(positions, (bits) => open({ ciphertext: bits.reduce(flipped, sealed.ciphertext) }) === undefined),
      { numRuns: 20 },
    );
  });

  it('refuses the same change in two blocks, which a checksum alone would not see', () => {
    const twice = flipped(flipped(sealed.ciphertext, 3), 128 + 3);
    expect(open({ ciphertext: twice })).toBeUndefined();
  });

  it.each([
    ['neighbours', 0, 1],
    ['first and last', 0, 4095],
    ['2048 apart', 17, 17 + 2048],
  ])('refuses swapped blocks: %s', (_where, a, b) => {
    const swapped = sealed.ciphertext.slice();
    swapped.set(sealed.ciphertext.subarray(16 * a, 16 * a + 16), 16 * b);
    swapped.set(sealed.ciphertext.subarray(16 * b, 16 * b + 16), 16 * a);
    expect(open({ ciphertext: swapped })).toBeUndefined();
  });

  it('refuses the tag of the last block in its place, and the other way round', () => {
    const mixed = sealed.ciphertext.slice();
    mixed.set(sealed.tag, PAGE_BYTES - 16);
    expect(open({ ciphertext: mixed, tag: sealed.ciphertext.slice(PAGE_BYTES - 16) })).toBeUndefined();
  });

  it.each([0, 1, 15, 16, 17, 4096, PAGE_BYTES - 16, PAGE_BYTES - 1])('refuses a page cut to %i bytes', (length) => {
    expect(open({ ciphertext: sealed.ciphertext.subarray(0, length) })).toBeUndefined();
  });

  it.each([1, 16])('refuses a page of %i bytes more', (more) => {
    expect(open({ ciphertext: concat(sealed.ciphertext, new Uint8Array(more)) })).toBeUndefined();
  });

  it.each([0, 4, 12, 15, 17])('refuses a tag of %i bytes', (length) => {
    expect(open({ tag: concat(sealed.tag, new Uint8Array(1)).subarray(0, length) })).toBeUndefined();
  });

  it('refuses an older page of the same place under the newer IV and tag', () => {
    const newerIv = fromHex('01020304 0000000000000008');
    const newer = cipher.seal(key, newerIv, page);
    expect(open({ v: newerIv, tag: newer.tag })).toBeUndefined();
    expect(digest(newer.ciphertext)).not.toBe(digest(sealed.ciphertext));
  });

  it('throws for lengths that only a mistake in this project can give', () => {
    expect(() => cipher.seal(key.subarray(1), iv, page)).toThrow(RangeError);
    expect(() => cipher.seal(key, iv.subarray(1), page)).toThrow(RangeError);
    expect(() => cipher.open(key.subarray(1), iv, page, sealed.tag)).toThrow(RangeError);
    expect(() => cipher.open(key, concat(iv, iv), page, sealed.tag)).toThrow(RangeError);
    for (const length of [0, 15, PAGE_BYTES + 16]) {
      expect(() => cipher.seal(key, iv, new Uint8Array(length))).toThrow(`not ${length} bytes`);
    }
  });
});

describe('IVs of pages', () => {
  const drbg = () => HmacDrbg.fromSeed('demo', 'page IVs');

  it('are 4 random bytes and a counter from 0', () => {
    const source = drbg();
    let state = firstPageIv(source);
    const ivs: string[] = [];
    for (let page = 0; page < 3; page++) {
      const { iv, next } = nextPageIv(state, source);
      ivs.push(toHex(iv));
      state = next;
    }
    const fixed = toHex(drbg().generate(4));
    expect(ivs).toEqual([`${fixed}0000000000000000`, `${fixed}0000000000000001`, `${fixed}0000000000000002`]);
  });

  it('count as 64 bits, big-endian', () => {
    const { iv, next } = nextPageIv({ fixed: fromHex('aabbccdd'), counter: 0x01_0203_04ff_ffffn }, drbg());
    expect(toHex(iv)).toBe('aabbccdd0001020304ffffff');
    expect(next.counter).toBe(0x01_0203_0500_0000n);
  });

  it('use the last counter once; behind it come new fixed bytes and 0', () => {
    const source = drbg();
    const before = nextPageIv({ fixed: fromHex('aabbccdd'), counter: 2n ** 64n - 2n }, source);
    const last = nextPageIv(before.next, source);
    const first = nextPageIv(last.next, source);
    const fixed = toHex(drbg().generate(4));
    expect([before, last, first].map(({ iv }) => toHex(iv))).toEqual([
      'aabbccddfffffffffffffffe',
      'aabbccddffffffffffffffff',
      `${fixed}0000000000000000`,
    ]);
  });

  it('take no randomness but for fixed bytes, and change no state that they were given', () => {
    const source = drbg();
    const state = firstPageIv(source);
    const saved = toHex(source.save().v);
    const again = [nextPageIv(state, source), nextPageIv(state, source)];
    expect(toHex(source.save().v)).toBe(saved);
    expect(again[0]).toEqual(again[1]);
  });

  it('never come twice', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.string(), (counter, seed) => {
        const source = HmacDrbg.fromSeed(seed, 'page IVs');
        let state = { ...firstPageIv(source), counter };
        const ivs = new Set<string>();
        for (let page = 0; page < 20; page++) {
          const { iv, next } = nextPageIv(state, source);
          ivs.add(toHex(iv));
          state = next;
        }
        expect(ivs.size).toBe(20);
      }),
    );
  });
});
