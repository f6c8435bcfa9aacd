import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../emulator/common/bytes';
import { PefError } from '../../emulator/common/errors';
import { type FdtNode, readFdt } from '../../emulator/image/fdt';
import { fdtNode, fdtOf, writeFdt } from '../../emulator/image/fdt-writer';
import {
  checkDigests,
  extractFile,
  fingerprintOf,
  firmwareLimits,
  firmwareView,
  measure,
  openDigests,
  openLockbox,
  openSealed,
  parseEsmBlob,
  readDigests,
  writeDigests,
} from '../../emulator/pef/esm';
import { BLOB, OWNER, SOFTWARE, TPM, flipped, vector } from './esm-vectors';

const blob = parseEsmBlob(BLOB);
const { symkey } = openLockbox(blob, TPM);
const digests = openDigests(blob, symkey);

describe("svm-tool's blob", () => {
  it('has lockboxes, digests and files', () => {
    expect(blob.lockboxes.map(({ name, comment, encryptedSymkey }) => [name, comment, encryptedSymkey.length])).toEqual(
      [
        ['lockbox-1', 'ultra_tpm', 256],
        ['origin-lockbox', '', 256],
      ],
    );
    expect([blob.digests?.iv.length, blob.digests?.mac.length, blob.digests?.comment]).toEqual([16, 16, '']);
    expect(blob.files.map(({ name, ciphertext }) => [name, ciphertext.length])).toEqual([
      ['blob2', 5000],
      ['rootd', 28],
    ]);
    expect(firmwareLimits(blob)).toEqual([]);
  });
  it.each([
    ['the machine', TPM, 'lockbox-1'],
    ['the owner', OWNER, 'origin-lockbox'],
  ])('is opened by %s', (_, key, name) => {
    const opened = openLockbox(blob, key);
    expect([opened.lockbox.name, toHex(opened.symkey)]).toEqual([name, toHex(symkey)]);
    expect(toHex(fingerprintOf(key))).toBe(toHex(opened.lockbox.fingerprint));
    expect(openLockbox(blob, key, name)).toEqual(opened);
  });
  it('has the digests of its inputs', () => {
    expect(checkDigests(digests, SOFTWARE).map(({ part, matches }) => [part, matches])).toEqual([
      ['rtas', true],
      ['kernel', true],
      ['initrd', true],
      ['bootargs', true],
    ]);
    expect(digests.kernelSize).toBe(70056);
  });
  it.each(['rootd', 'blob2'])('has the file %s', (name) => {
    expect(extractFile(blob, symkey, name)).toEqual(vector(`att/${name}`));
  });
});

describe('a digest that differs', () => {
  it.each(['rtas', 'kernel', 'initrd', 'bootargs'] as const)('names the part: %s', (part) => {
    const altered = SOFTWARE[part].map((byte, i) => (i === 7 ? byte ^ 0x80 : byte));
    const checks = checkDigests(digests, { ...SOFTWARE, [part]: altered });
    expect(checks.filter(({ matches }) => !matches).map((check) => check.part)).toEqual([part]);
    const check = checks.find((each) => each.part === part)!;
    expect([toHex(check.expected), toHex(check.found)]).toEqual([
      toHex(digests[part]),
      toHex(measure({ ...SOFTWARE, [part]: altered })[part]),
    ]);
  });
  it('also is one of a zero byte behind the boot arguments', () => {
    const bootargs = new Uint8Array([...SOFTWARE.bootargs, 0]);
    expect(checkDigests(digests, { ...SOFTWARE, bootargs })[3]?.matches).toBe(false);
  });
  it('tells the size of another kernel', () => {
    const check = checkDigests(digests, { ...SOFTWARE, kernel: SOFTWARE.kernel.slice(4) })[1];
    expect([check?.matches, check?.size]).toEqual([false, { expected: 70056, found: 70052 }]);
  });
});

/** Everything that a machine does with a blob. */
function openAll(bytes: Uint8Array, name?: string): void {
  const altered = parseEsmBlob(bytes);
  const opened = openLockbox(altered, TPM, name).symkey;
  openDigests(altered, opened);
  for (const file of altered.files) extractFile(altered, opened, file.name);
}

describe('one changed bit', () => {
  const [machine] = blob.lockboxes;
  const [, rootd] = blob.files;
  it.each([
    ['of the key in the lockbox', machine!.encryptedSymkey, 'esm-altered', 'encrypted-symkey of lockbox-1'],
    ['of the fingerprint', machine!.fingerprint, 'esm-not-authorized', 'No lockbox is for this key'],
    ["of the digests' iv", blob.digests!.iv, 'esm-altered', 'The digests'],
    ["of the digests' mac", blob.digests!.mac, 'esm-altered', 'The digests'],
    ["of the digests' ciphertext", blob.digests!.ciphertext, 'esm-altered', 'The digests'],
    ["of a file's iv", rootd!.iv, 'esm-altered', 'The file rootd'],
    ["of a file's mac", rootd!.mac, 'esm-altered', 'The file rootd'],
    ["of a file's ciphertext", rootd!.ciphertext, 'esm-altered', 'The file rootd'],
  ])('%s is refused', (_, value, code, message) => {
    for (const index of [0, value.length - 1]) {
      expect(() => openAll(flipped(value, index))).toThrow(
        expect.objectContaining({ code, message: expect.stringContaining(message) }),
      );
    }
  });
  it('of a comment is not: it is untrusted', () => {
    const comment = BLOB.subarray(new TextDecoder('latin1').decode(BLOB).indexOf('ultra_tpm'));
    expect(parseEsmBlob(flipped(comment)).lockboxes[0]?.comment).toBe('tltra_tpm');
    openAll(flipped(comment));
  });
  it('of a fingerprint is no matter to who names the lockbox', () => {
    openAll(flipped(machine!.fingerprint), 'lockbox-1');
  });
});

describe('what cannot be opened', () => {
  it.each([
    ['with another key', () => openLockbox(blob, OWNER, 'lockbox-1'), 'esm-wrong-key', 'does not open lockbox-1'],
    ['without the lockbox', () => openLockbox(blob, OWNER, 'lockbox-2'), 'esm-no-lockbox', 'lockbox-1, origin-lockbox'],
    ['without the file', () => extractFile(blob, symkey, 'rootx'), 'esm-no-file', 'it has blob2, rootd'],
    ['without digests', () => openDigests({ ...blob, digests: undefined }, symkey), 'esm-no-digests', 'measured'],
    ['with another master key', () => openDigests(blob, new Uint8Array(32)), 'esm-altered', 'another master key'],
  ])('%s', (_, open, code, message) => {
    expect(open).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
  it.each([
    ['no tree', new Uint8Array(4), 'no device tree'],
    ['no digests', writeFdt(fdtOf(fdtNode(''))), 'missing node: digests'],
    ['another hash', tree({ algorithm: 'SHA256' }), 'algorithm is SHA256'],
    ['a part missing', tree({ algorithm: 'SHA512', 'kernel-size': [1], rtas: new Uint8Array(64) }), 'property: kernel'],
    [
      'a short digest',
      tree({ algorithm: 'SHA512', 'kernel-size': [1], rtas: new Uint8Array(63) }),
      'rtas has 63 bytes',
    ],
    ['a wide size', tree({ algorithm: 'SHA512', 'kernel-size': 1n }), 'kernel-size has 8 bytes'],
  ])('digests with %s', (_, bytes, message) => {
    expect(() => readDigests(bytes)).toThrow(expect.objectContaining({ code: 'esm-bad-digests' }));
    expect(() => readDigests(bytes)).toThrow(message);
  });
  it('digests come back from their tree', () => {
    expect(readDigests(writeDigests(digests))).toEqual(digests);
  });
});

function tree(properties: Parameters<typeof fdtNode>[1]): Uint8Array {
  return writeFdt(fdtOf(fdtNode('', {}, [fdtNode('digests', properties)])));
}

type Edit = (node: FdtNode) => FdtNode;
/** Changes the node at a path. */
const at =
  (path: string, edit: Edit): Edit =>
  (node) => {
    if (path === '') return edit(node);
    const [first, ...rest] = path.split('/');
    const children = node.children.map((child) => (child.name === first ? at(rest.join('/'), edit)(child) : child));
    return { ...node, children };
  };
const withProperty = (name: string, value: string | Uint8Array) => (node: FdtNode) => ({
  ...node,
  properties: [...node.properties.filter((each) => each.name !== name), ...fdtNode('', { [name]: value }).properties],
});
const without = (name: string) => (node: FdtNode) => ({
  ...node,
  properties: node.properties.filter((each) => each.name !== name),
  children: node.children.filter((each) => each.name !== name),
});
const withNode = (name: string) => (node: FdtNode) => ({ ...node, children: [...node.children, fdtNode(name)] });
const renamed = (name: string) => (node: FdtNode) => ({ ...node, name });
/** Changes the tree of the files. */
const inFiles = (edit: Edit): Edit =>
  at('file', (node) => {
    const files = blob.filesFdt!;
    return withProperty('files-fdt', writeFdt({ ...files, root: edit(files.root) }))(node);
  });

describe('a tree that is no ESM blob', () => {
  const LOCKBOX = 'lockboxes/lockbox-1';
  it.each<[string, Edit]>([
    ['/: unexpected property: version', withProperty('version', '1')],
    ['/: missing property: compatible', without('compatible')],
    ['/: compatible is invalid: ibm,esmb', withProperty('compatible', 'ibm,esmb')],
    ['/: unexpected node: files', withNode('files')],
    ['/: duplicate node: file', withNode('file')],
    ['/: missing node: digest', without('digest')],
    ['/lockboxes: missing node: origin-lockbox', at('lockboxes', without('origin-lockbox'))],
    ['/lockboxes: lockbox name is invalid: lockbox-0', at(LOCKBOX, renamed('lockbox-0'))],
    ['/lockboxes: unexpected property: x', at('lockboxes', withProperty('x', ''))],
    ['/lockboxes/lockbox-1: unexpected property: x', at(LOCKBOX, withProperty('x', ''))],
    ['/lockboxes/lockbox-1: missing property: encrypted-symkey', at(LOCKBOX, without('encrypted-symkey'))],
    ['/lockboxes/lockbox-1: unexpected node: x', at(LOCKBOX, withNode('x'))],
    ['/lockboxes/lockbox-1: missing node: pubkey-fingerprint', at(LOCKBOX, without('pubkey-fingerprint'))],
    ['/lockboxes/lockbox-1: comment is invalid: a\nb', at(LOCKBOX, withProperty('untrusted-comment', 'a\nb'))],
    [
      '/lockboxes/lockbox-1/pubkey-fingerprint: unsupported hash algorithm: MD5',
      at(`${LOCKBOX}/pubkey-fingerprint`, withProperty('algorithm', 'MD5')),
    ],
    ['/digest: unexpected node: x', at('digest', withNode('x'))],
    ['/digest/digests-fdt: missing property: mac', at('digest/digests-fdt', without('mac'))],
    [
      '/digest/digests-fdt: unsupported symmetric algorithm: AES',
      at('digest/digests-fdt', withProperty('algorithm', 'AES')),
    ],
    ['/file: file name is invalid: 1a', at('file', withNode('1a'))],
    ['files-fdt is damaged. This is no device tree', at('file', withProperty('files-fdt', 'x'))],
    ['files-fdt:/: compatible is invalid: x', inFiles(withProperty('compatible', 'x'))],
    ['files-fdt:/: missing node: files', inFiles(without('files'))],
    ['files-fdt:/files: file name is invalid: root#d', inFiles(at('files/rootd', renamed('root#d')))],
    ['files-fdt:/files/rootd: missing property: iv', inFiles(at('files/rootd', without('iv')))],
  ])('%s', (message, edit) => {
    const bytes = writeFdt({ ...blob.fdt, root: edit(blob.fdt.root) });
    expect(() => parseEsmBlob(bytes)).toThrow(expect.objectContaining({ code: 'esm-invalid' }));
    expect(() => parseEsmBlob(bytes)).toThrow(message);
  });
  it('may be without files and without digests', () => {
    const edit = (node: FdtNode) => at('file', without('files-fdt'))(at('digest', without('digests-fdt'))(node));
    const bare = parseEsmBlob(writeFdt({ ...blob.fdt, root: edit(blob.fdt.root) }));
    expect([bare.digests, bare.filesFdt, bare.files]).toEqual([undefined, undefined, []]);
    expect(firmwareLimits(bare)).toEqual(['There are no digests: no machine takes the blob.']);
  });
});

describe('the firmware', () => {
  it('takes lockbox-1, the digests and the files', () => {
    const view = firmwareView(BLOB);
    expect(view.encryptedSymkey()).toEqual(blob.lockboxes[0]?.encryptedSymkey);
    expect(readDigests(openSealed(view.digests(), symkey, 'digests'))).toEqual(digests);
    expect(view.files).toEqual(blob.filesFdt);
  });
  it('does not mind what svm-tool refuses', () => {
    const root = withNode('x')(withProperty('version', '1')(blob.fdt.root));
    expect(firmwareView(writeFdt({ ...blob.fdt, root })).encryptedSymkey()).toHaveLength(256);
  });
  it('goes on without files that it can read', () => {
    const root = at('file', withProperty('files-fdt', 'x'))(blob.fdt.root);
    expect(firmwareView(writeFdt({ ...blob.fdt, root })).files).toBeUndefined();
  });
  it.each([
    [
      'esm-no-lockbox',
      at('lockboxes', without('lockbox-1')),
      (bytes: Uint8Array) => firmwareView(bytes).encryptedSymkey(),
    ],
    ['esm-no-digests', at('digest/digests-fdt', without('iv')), (bytes: Uint8Array) => firmwareView(bytes).digests()],
    ['esm-no-digests', at('digest', without('digests-fdt')), (bytes: Uint8Array) => firmwareView(bytes).digests()],
  ])('refuses with %s', (code, edit, look) => {
    const bytes = writeFdt({ ...blob.fdt, root: edit(blob.fdt.root) });
    expect(() => look(bytes)).toThrow(expect.objectContaining({ code }));
  });
  it('copies the files without looking at their size', () => {
    const files = blob.filesFdt!;
    const large = at('files/rootd', withProperty('ciphertext', new Uint8Array(0x10000)))(files.root);
    const root = at('file', withProperty('files-fdt', writeFdt({ ...files, root: large })))(blob.fdt.root);
    expect(firmwareLimits(parseEsmBlob(writeFdt({ ...blob.fdt, root })))).toEqual([
      expect.stringContaining('without a check'),
      expect.stringContaining('file rootd has 65536 bytes'),
    ]);
  });
});

describe('a blob with changed bytes', () => {
  it('opens, or is refused with a code', () => {
    const change = fc.tuple(fc.oneof(fc.nat(120), fc.nat(BLOB.length - 1)), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const bytes = BLOB.slice();
        for (const [offset, value] of changes) bytes[offset] = value;
        try {
          const altered = parseEsmBlob(bytes);
          firmwareLimits(altered);
          openDigests(altered, symkey);
          for (const { name } of altered.files) extractFile(altered, symkey, name);
        } catch (error) {
          expect(error).toBeInstanceOf(PefError);
        }
        try {
          firmwareView(bytes).digests();
        } catch (error) {
          expect(error).toBeInstanceOf(PefError);
        }
      }),
      { numRuns: 1500 },
    );
  });
  it('is refused when it is no blob at all', () => {
    expect(() => parseEsmBlob(writeFdt(readFdt(writeFdt(fdtOf(fdtNode(''))))))).toThrow('missing property: compatible');
  });
});
