import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { esmCommand } from '../../cli/commands/esm';
import { toHex } from '../../emulator/common/bytes';
import { parseEsmBlob } from '../../emulator/pef/esm';
import { BLOB, BOOTARGS, vector, vectorPath } from '../pef/esm-vectors';
import { runCommandLine } from './io';

let folder = '';
beforeAll(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'pef-esm-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const path = (name: string) => join(folder, name);
const esm = (...args: string[]) => runCommandLine(esmCommand, args);
const file = (name: string, contents: string | Uint8Array): string => {
  fs.writeFileSync(path(name), contents);
  return path(name);
};
const read = (name: string) => new Uint8Array(fs.readFileSync(path(name)));

const BLOB_FILE = vectorPath('guest.esmb');
const SVM_INITRD = vectorPath('svm-initrd');
const TPM = vectorPath('tpm.pem');
const OWNER = vectorPath('owner.pem');
const KERNEL = ['--kernel', vectorPath('boot/vmlinux')];
const INITRD = ['--initrd', vectorPath('boot/initrd')];
const ARGS = ['--bootargs', BOOTARGS];
const ALL = [...KERNEL, ...INITRD, ...ARGS, '--key', TPM];

describe('pef esm inspect', () => {
  it('shows a blob', async () => {
    const { code, out } = await esm('inspect', BLOB_FILE);
    expect(code).toBe(0);
    expect(out).toBe(`ESM blob, 7141 bytes
lockboxes
  lockbox-1 "ultra_tpm"
    pubkey-fingerprint  304d3e5951af233d02facd74b296d71c1b8b535b1f39397518c8db6261759cbb
    encrypted-symkey    256 bytes 20f45fbbe65d6fc6...
  origin-lockbox
    pubkey-fingerprint  c835870983b1c2f0cbe2fe39fb4edaf71c4e7b75a0027f6ab17795b3d6429023
    encrypted-symkey    256 bytes 3fdb336979100974...
digest
  digests-fdt  509 bytes, AES256-GCM, iv of 16 bytes
file
  blob2  5000 bytes, AES256-GCM, iv of 16 bytes
  rootd  28 bytes, AES256-GCM, iv of 16 bytes
`);
  });
  it('finds it in an initrd', async () => {
    const { out } = await esm('inspect', SVM_INITRD);
    expect(out).toContain(
      'ESM blob, 7141 bytes, "opt/ibm/pef/guest.esmb" at byte 608 of an initrd that begins at byte 8192\n',
    );
  });
  it('writes JSON', async () => {
    const { out } = await esm('inspect', SVM_INITRD, '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({
      bytes: 7141,
      initrd: { name: 'opt/ibm/pef/guest.esmb', blob: 608, start: 8192 },
      lockboxes: [{ name: 'lockbox-1', comment: 'ultra_tpm' }, { name: 'origin-lockbox' }],
      digests: { bytes: 509 },
      files: [
        { name: 'blob2', bytes: 5000 },
        { name: 'rootd', bytes: 28 },
      ],
      notes: [],
    });
  });
  it('names the file that has none', async () => {
    await expect(esm('inspect', OWNER)).rejects.toThrow(`${OWNER}: This is neither an ESM blob`);
  });
});

describe('pef esm verify', () => {
  it('is content with the software that was measured', async () => {
    const { code, out } = await esm('verify', BLOB_FILE, ...ALL);
    expect([code, out]).toEqual([0, 'rtas      matches\nkernel    matches\ninitrd    matches\nbootargs  matches\n']);
  });
  it('takes the initrd behind the blob', async () => {
    const { code, out } = await esm('verify', SVM_INITRD, ...KERNEL, ...ARGS, '--key', OWNER);
    expect(code).toBe(0);
    expect(out).toContain("initrd    matches (from byte 8192, behind the blob's archive)\n");
    expect((await esm('verify', BLOB_FILE, ...KERNEL, ...ARGS, '--key', OWNER, '--initrd', SVM_INITRD)).code).toBe(0);
  });
  it('tells which part differs', async () => {
    const { code, out } = await esm('verify', BLOB_FILE, ...ALL, '--bootargs', `${BOOTARGS} quiet`);
    expect(code).toBe(1);
    expect(out).toMatch(/^bootargs {2}DIFFERS\n {2}expected {2}[0-9a-f]{128}\n {2}found {5}[0-9a-f]{128}\n/m);
    expect(out.match(/matches/g)).toHaveLength(3);
  });
  it('takes a kernel and RTAS as they are', async () => {
    const [kernel, rtas] = [file('Image', new Uint8Array(100)), file('rtas', 'other')];
    const { code, out } = await esm('verify', BLOB_FILE, ...ALL, '--kernel', kernel, '--rtas', rtas);
    expect(code).toBe(1);
    expect(out).toContain('the blob has a kernel of 70056 bytes, this one has 100');
    expect(out.match(/DIFFERS/g)).toHaveLength(2);
  });
  it('writes JSON', async () => {
    const { out } = await esm('verify', BLOB_FILE, ...ALL, '--format', 'json');
    expect(
      (JSON.parse(out) as { part: string; matches: boolean }[]).map(({ part, matches }) => [part, matches]),
    ).toEqual([
      ['rtas', true],
      ['kernel', true],
      ['initrd', true],
      ['bootargs', true],
    ]);
  });
  it.each([
    ['a missing key', [BLOB_FILE, ...KERNEL, ...ARGS, ...INITRD], 'usage', '--key is missing'],
    ['a missing initrd', [BLOB_FILE, ...KERNEL, ...ARGS, '--key', TPM], 'usage', '--initrd is missing'],
    ['a missing kernel', [BLOB_FILE, ...ARGS, ...INITRD, '--key', TPM], 'usage', '--kernel is missing'],
    [
      'a public key',
      [BLOB_FILE, ...ALL, '--key', vectorPath('tpm.pub')],
      'key-is-public',
      'tpm.pub: This is a public key',
    ],
    ["another's lockbox", [BLOB_FILE, ...ALL, '--lockbox', 'origin-lockbox'], 'esm-wrong-key', 'does not open'],
  ])('refuses %s', async (_, args, code, message) => {
    await expect(esm('verify', ...args)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('pef esm open and extract', () => {
  it.each([
    [TPM, 'lockbox-1'],
    [OWNER, 'origin-lockbox'],
  ])('open with %s', async (key, lockbox) => {
    const { code, out } = await esm('open', BLOB_FILE, '--key', key);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^${lockbox} opens\ndigests\n {2}rtas {6}18969863`));
    expect(out).toContain('  kernel-size  70056\nfile\n  blob2  5000 bytes\n  rootd  28 bytes\n');
    expect(out).not.toContain('symkey');
  });
  it('show the master key when asked', async () => {
    const { out } = await esm('open', SVM_INITRD, '--key', TPM, '--show-symkey', '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({
      lockbox: 'lockbox-1',
      symkey: expect.stringMatching(/^201c1b00[0-9a-f]{56}$/),
    });
  });
  it('give a file as it is', async () => {
    const { out } = await esm('extract', BLOB_FILE, '--key', TPM, '--name', 'rootd');
    expect(out).toBe(new TextDecoder().decode(vector('att/rootd')));
    await esm('extract', SVM_INITRD, '--key', OWNER, '--name', 'blob2', '-o', path('blob2'));
    expect(toHex(read('blob2'))).toBe(toHex(vector('att/blob2')));
  });
  it('refuse a file that is not there', async () => {
    await expect(esm('extract', BLOB_FILE, '--key', TPM, '--name', 'x')).rejects.toThrow('it has blob2, rootd');
  });
  it('refuse an altered blob', async () => {
    const bytes = BLOB.slice();
    bytes[0x3f0]! ^= 1;
    await expect(esm('open', file('bad.esmb', bytes), '--key', TPM)).rejects.toMatchObject({
      code: 'esm-altered',
      message: expect.stringContaining('bad.esmb: The digests') as string,
    });
  });
});

const CONFIG = `
- origin:
    pubkey: ${vectorPath('owner.pub')}
    seckey: ${OWNER}
- recipient: { pubkey: ${vectorPath('tpm.pub')}, comment: ultra_tpm }
- digest:
    args: "${BOOTARGS}"
    initramfs: ${vectorPath('boot/initrd')}
    kernel: ${vectorPath('boot/vmlinux')}
- file: { path: ${vectorPath('att/rootd')} }
- file: { path: ${vectorPath('att/blob2')}, name: second }
`;

describe('pef esm make, attach, detach and add', () => {
  it('make what the machine and the owner can open', async () => {
    expect(await esm('make', file('blob.yml', CONFIG), '-o', path('made.esmb'))).toEqual({
      code: 0,
      out: '',
      error: '',
    });
    expect((await esm('verify', path('made.esmb'), ...ALL)).code).toBe(0);
    expect((await esm('verify', path('made.esmb'), ...ALL, '--key', OWNER)).code).toBe(0);
    expect(parseEsmBlob(read('made.esmb')).files.map(({ name }) => name)).toEqual(['second', 'rootd']);
  });
  it('change a blob', async () => {
    const out = path('changed.esmb');
    await esm('attach', BLOB_FILE, '--key', OWNER, '--path', file('note', 'text'), '--comment', 'a note', '-o', out);
    expect((await esm('extract', out, '--key', TPM, '--name', 'note')).out).toBe('text');
    await esm('detach', out, '--name', 'blob2');
    expect(parseEsmBlob(read('changed.esmb')).files.map(({ name }) => name)).toEqual(['note', 'rootd']);
    expect(fs.readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
  it('change a blob where it is, in an initrd', async () => {
    const out = file('initrd', vector('svm-initrd'));
    await esm('detach', out, '--name', 'blob2');
    expect((await esm('verify', out, ...KERNEL, ...ARGS, '--key', TPM)).code).toBe(0);
    expect((await esm('inspect', out)).out).not.toContain('blob2');
  });
  it('put a blob in front of an initrd, once', async () => {
    const out = path('added');
    expect(await esm('add', ...INITRD, '--blob', BLOB_FILE, '-o', out)).toMatchObject({ code: 0, error: '' });
    expect(read('added')).toHaveLength(vector('svm-initrd').length);
    expect((await esm('verify', out, ...KERNEL, ...ARGS, '--key', TPM)).code).toBe(0);
    const again = await esm('add', '--initrd', out, '--blob', BLOB_FILE, '-o', path('again'));
    expect(again.error).toMatch(/^note: the blob that is in front of .* is replaced\.\n$/);
    expect(read('again')).toEqual(read('added'));
  });
  it('say what the firmware will not take', async () => {
    const config = CONFIG.replace(/- recipient.*/, `- file: { path: ${file('large', new Uint8Array(0x10000))} }`);
    const { code, error } = await esm('make', file('large.yml', config), '-o', path('large.esmb'));
    expect(code).toBe(0);
    expect(error).toMatch(
      /^note: There is no lockbox-1.*\nnote: files-fdt has .*\nnote: file large has 65536 bytes.*\n$/,
    );
  });
  it.each([
    ['no YAML', 'a: [', 'it is no YAML'],
    ['aliases without end', `a: &a [x]\nb: [${'*a,'.repeat(200)}]\n`, 'it is no'],
    ['no list', 'origin: x', 'it is no list'],
    ['an entry without a key', '- {}', 'an entry has no keys'],
    ['an entry with two keys', '- { origin: {}, file: {} }', 'an entry has 2 keys'],
    ['an unknown entry', '- owner: {}', "'owner' is no entry; there are origin, recipient, digest, file"],
    ['an empty entry', '- origin:', "the entry 'origin' has no members"],
    ['an unknown member', '- file: { path: a, size: 1 }', "'size' is no member of an entry 'file'"],
    ['a missing member', '- file: { name: a }', "an entry 'file' has no 'path'"],
    ['a number', '- file: { path: 1 }', "'path' of an entry 'file' is no text; write it in quotes"],
    ['no origin', CONFIG.replace(/- origin:[^]*?(?=- rec)/, ''), "write one entry 'origin'; there are 0"],
    ['no digest', CONFIG.replace(/- digest:[^]*?(?=- file)/, ''), "write one entry 'digest'; there are 0"],
    ['two digests', CONFIG + CONFIG.slice(CONFIG.indexOf('- digest'), CONFIG.indexOf('- file')), 'there are 2'],
    ['keys that do not belong together', CONFIG.replace(OWNER, TPM), 'tpm.pem is not the private key of'],
  ])('refuse a configuration: %s', async (_, config, message) => {
    await expect(esm('make', file('bad.yml', config), '-o', path('none.esmb'))).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringContaining(message) as string,
    });
    expect(fs.existsSync(path('none.esmb'))).toBe(false);
  });
  it('need a file to write', async () => {
    await expect(esm('make', path('blob.yml'))).rejects.toThrow('--output is missing');
    await expect(esm('detach', '-', '--name', 'x')).rejects.toThrow('needs -o OUT');
    await expect(esm('detach', BLOB_FILE, '--name', 'rootd', '-o', path('no/where'))).rejects.toMatchObject({
      code: 'file-unwritable',
    });
  });
});

describe('pef esm', () => {
  it('has other actions', async () => {
    await expect(esm('display')).rejects.toThrow(
      '\'display\' is not an action of "pef esm"; there are inspect, verify',
    );
    await expect(esm('constructor')).rejects.toMatchObject({ code: 'usage' });
    await expect(esm()).rejects.toMatchObject({ code: 'usage' });
  });
});
