import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bytesToNumber, concat, numberToBytes } from '../../emulator/common/bytes';
import { HmacDrbg } from '../../emulator/common/drbg';
import { gcmSeal } from '../../emulator/crypto/aes-gcm';
import { type RsaPrivateKey, rsaPrivate } from '../../emulator/crypto/rsa';
import { type FdtNode, readFdt } from '../../emulator/image/fdt';
import { writeFdt } from '../../emulator/image/fdt-writer';
import {
  type EsmSpec,
  attachFile,
  createEsmBlob,
  detachFile,
  extractFile,
  measure,
  openDigests,
  openLockbox,
  openSealed,
  parseEsmBlob,
} from '../../emulator/pef/esm';
import { BLOB, OWNER, SOFTWARE, TPM, vector } from './esm-vectors';

const blob = parseEsmBlob(BLOB);
const { symkey } = openLockbox(blob, OWNER);
const SPEC: EsmSpec = {
  origin: { publicKey: vector('owner.pub') },
  recipients: [{ publicKey: vector('tpm.pub'), comment: 'ultra_tpm' }],
  digests: { values: measure(SOFTWARE) },
  files: [
    { name: 'rootd', contents: vector('att/rootd') },
    { name: 'blob2', contents: vector('att/blob2') },
  ],
};
const drbg = () => {
  const generator = HmacDrbg.fromSeed('test', 'esm');
  return (count: number) => generator.generate(count);
};

/** The seed of an OAEP encryption (RFC 8017, 7.1.2, step 3). */
function oaepSeed(key: RsaPrivateKey, ciphertext: Uint8Array): Uint8Array {
  const encoded = numberToBytes(rsaPrivate(key, bytesToNumber(ciphertext)), 256);
  const digest = (counter: number) =>
    createHash('sha256')
      .update(encoded.slice(33))
      .update(numberToBytes(BigInt(counter), 4));
  const mask = digest(0).digest();
  return encoded.slice(1, 33).map((byte, i) => byte ^ mask[i]!);
}

/** svm-tool's blob with zeros in all padding, also of what is sealed. */
function withZeroPadding(): Uint8Array {
  const digests = blob.digests!;
  const plaintext = writeFdt(readFdt(openSealed(digests, symkey, 'digests')));
  const sealed = gcmSeal(symkey, digests.iv, plaintext);
  const values = new Map([
    [digests.mac, sealed.tag],
    [digests.ciphertext, sealed.ciphertext],
  ]);
  const change = (node: FdtNode): FdtNode => ({
    ...node,
    properties: node.properties.map(({ name, value }) => {
      if (name === 'files-fdt') return { name, value: writeFdt(readFdt(value)) };
      return { name, value: values.get(value) ?? value };
    }),
    children: node.children.map(change),
  });
  return writeFdt({ ...blob.fdt, root: change(blob.fdt.root) });
}

describe('making a blob', () => {
  it("gives svm-tool's bytes, apart from old bytes in its padding", () => {
    const [machine, origin] = blob.lockboxes;
    const [blob2, rootd] = blob.files;
    const numbers = [
      symkey,
      oaepSeed(OWNER, origin!.encryptedSymkey),
      oaepSeed(TPM, machine!.encryptedSymkey),
      blob.digests!.iv,
      rootd!.iv,
      blob2!.iv,
    ];
    const made = createEsmBlob(SPEC, (count) => {
      const next = numbers.shift()!;
      expect(next).toHaveLength(count);
      return next;
    });
    expect(made).toEqual(withZeroPadding());
    expect(made).toHaveLength(BLOB.length);
    expect(numbers).toEqual([]);
  });
  it('gives what can be opened', () => {
    const made = parseEsmBlob(createEsmBlob(SPEC, drbg()));
    const opened = openLockbox(made, TPM);
    expect(opened.lockbox.name).toBe('lockbox-1');
    expect(openLockbox(made, OWNER).symkey).toEqual(opened.symkey);
    expect(openDigests(made, opened.symkey)).toEqual(measure(SOFTWARE));
    expect(extractFile(made, opened.symkey, 'rootd')).toEqual(vector('att/rootd'));
  });
  it('follows from the random numbers', () => {
    expect(createEsmBlob(SPEC, drbg())).toEqual(createEsmBlob(SPEC, drbg()));
  });
  it('needs no recipients, digests or files', () => {
    const made = parseEsmBlob(createEsmBlob({ origin: SPEC.origin, recipients: [], files: [] }, drbg()));
    expect(made.lockboxes.map(({ name }) => name)).toEqual(['origin-lockbox']);
    expect([made.digests, made.filesFdt]).toEqual([undefined, undefined]);
    expect(made.fdt.strings).toEqual(['compatible', 'untrusted-comment', 'encrypted-symkey', 'algorithm', 'hash']);
  });
  it.each<[string, Partial<EsmSpec>, string]>([
    ['a private key', { origin: { publicKey: vector('owner.pem') } }, 'key-is-private'],
    ['a key twice', { recipients: [{ publicKey: vector('owner.pub') }] }, 'esm-key-twice'],
    ['a comment of two lines', { origin: { publicKey: vector('owner.pub'), comment: 'a\nb' } }, 'bad-comment'],
    ['a bad name', { files: [{ name: '1', contents: new Uint8Array() }] }, 'bad-file-name'],
    ['a long name', { files: [{ name: 'x'.repeat(32), contents: new Uint8Array() }] }, 'bad-file-name'],
    ['a name twice', { files: [...SPEC.files, ...SPEC.files] }, 'esm-file-exists'],
  ])('refuses %s', (_, change, code) => {
    expect(() => createEsmBlob({ ...SPEC, ...change }, drbg())).toThrow(expect.objectContaining({ code }));
  });
});

describe('files of a blob', () => {
  const file = { name: 'more', contents: new TextEncoder().encode('text'), comment: 'a comment' };
  it('are attached in front, and everything else stays', () => {
    const changed = parseEsmBlob(attachFile(blob, symkey, file, drbg()));
    expect(changed.files.map(({ name, comment }) => [name, comment])).toEqual([
      ['more', 'a comment'],
      ['blob2', ''],
      ['rootd', ''],
    ]);
    expect(extractFile(changed, symkey, 'more')).toEqual(file.contents);
    expect([changed.lockboxes, changed.digests]).toEqual([blob.lockboxes, blob.digests]);
  });
  it('are attached to a blob that never had one', () => {
    const bare = parseEsmBlob(createEsmBlob({ ...SPEC, files: [] }, drbg()));
    const key = openLockbox(bare, TPM).symkey;
    const changed = parseEsmBlob(attachFile(bare, key, file, drbg()));
    expect(extractFile(changed, key, 'more')).toEqual(file.contents);
  });
  it('go away', () => {
    const one = parseEsmBlob(detachFile(blob, 'blob2'));
    expect(one.files.map(({ name }) => name)).toEqual(['rootd']);
    expect(parseEsmBlob(detachFile(one, 'rootd')).files).toEqual([]);
    expect(() => detachFile(one, 'blob2')).toThrow(expect.objectContaining({ code: 'esm-no-file' }));
  });
  it('come back to the same bytes', () => {
    const changed = parseEsmBlob(attachFile(blob, symkey, file, drbg()));
    expect(detachFile(changed, 'more')).toEqual(writeFdt({ ...blob.fdt, root: withFilesPadding(blob.fdt.root) }));
  });
  it('have one name each', () => {
    expect(() => attachFile(blob, symkey, { ...file, name: 'rootd' }, drbg())).toThrow('detach it first');
  });
  it('can be empty', () => {
    const changed = parseEsmBlob(attachFile(blob, symkey, { name: 'e', contents: concat() }, drbg()));
    expect(extractFile(changed, symkey, 'e')).toEqual(new Uint8Array());
  });
});

/** The tree with zeros in the padding of files-fdt. */
function withFilesPadding(root: FdtNode): FdtNode {
  return {
    ...root,
    properties: root.properties.map(({ name, value }) =>
      name === 'files-fdt' ? { name, value: writeFdt(readFdt(value)) } : { name, value },
    ),
    children: root.children.map(withFilesPadding),
  };
}
