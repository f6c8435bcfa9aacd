import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../../emulator/common/bytes';
import { BackEndError, InputError } from '../../emulator/common/errors';
import { buildCommand } from '../../emulator/tpm/codec';
import { CharacterDevice } from '../../emulator/tpm/devices';
import type { DeviceFile } from '../../emulator/tpm/devices/character';
import { createEmbeddedTpm } from '../../emulator/tpm/embedded';

const COMMAND = buildCommand('TPM2_GetRandom', { bytesRequested: 4 });
const RESPONSE = fromHex('8001 00000010 00000000 0004 01020304');

const never = new Promise<never>(() => undefined);

class SystemError extends Error {
  constructor(readonly code: string) {
    super(`${code}: made by the test`);
  }
}

/** A device that answers each read and write as its script says; then as the Linux driver does. */
class FakeFile implements DeviceFile {
  closed = 0;
  writes = 0;
  response: Uint8Array | undefined;
  constructor(
    readonly reads: (Uint8Array | string | typeof never)[] = [],
    readonly writeResults: (number | string | typeof never)[] = [],
  ) {}

  async write(buffer: Uint8Array): Promise<{ bytesWritten: number }> {
    this.writes++;
    const next = this.writeResults.shift();
    if (next === never) return never;
    if (typeof next === 'string') throw new SystemError(next);
    this.response = RESPONSE;
    return { bytesWritten: typeof next === 'number' ? next : buffer.length };
  }

  async read(buffer: Uint8Array): Promise<{ bytesRead: number }> {
    const next = this.reads.shift();
    if (next === never) return never;
    if (typeof next === 'string') throw new SystemError(next);
    const part = next instanceof Uint8Array ? next : (this.response ?? new Uint8Array());
    if (!next) this.response = undefined;
    buffer.set(part.subarray(0, buffer.length));
    return { bytesRead: Math.min(part.length, buffer.length) };
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}

function deviceOf(...files: FakeFile[]): CharacterDevice {
  let opened = 0;
  return new CharacterDevice('/dev/fake', { timeoutMs: 200, connectTimeoutMs: 200 }, () => {
    const file = files[opened++];
    return file ? Promise.resolve(file) : Promise.reject(new SystemError('ENOENT'));
  });
}

async function failureOf(work: Promise<unknown>): Promise<BackEndError> {
  const start = performance.now();
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(BackEndError);
  expect(performance.now() - start).toBeLessThan(1_500);
  return error as BackEndError;
}

describe('a character device', () => {
  it.each<[string, FakeFile]>([
    ['at once', new FakeFile()],
    ['after reads that gave nothing', new FakeFile([new Uint8Array(), new Uint8Array(), new Uint8Array()])],
    ['after EAGAIN and EINTR', new FakeFile(['EAGAIN', 'EINTR', 'EAGAIN'])],
    [
      'in parts',
      new FakeFile([RESPONSE.subarray(0, 3), new Uint8Array(), RESPONSE.subarray(3, 12), RESPONSE.subarray(12)]),
    ],
    ['after a write that was interrupted', new FakeFile([], ['EINTR', 'EAGAIN'])],
    ['after an unread response was taken away', new FakeFile([fromHex('ffff')], ['EBUSY'])],
  ])('gives its response %s', async (_, file) => {
    const device = deviceOf(file);
    expect(toHex(await device.transmit(COMMAND))).toBe(toHex(RESPONSE));
    expect(file.closed).toBe(0);
    await device.close();
    expect(file.closed).toBe(1);
  });

  it.each<[string, string, FakeFile]>([
    ['never answers', 'tpm-timeout', new FakeFile(Array.from({ length: 1000 }, () => new Uint8Array()))],
    ['hangs in a read', 'tpm-timeout', new FakeFile([never])],
    ['hangs in a write', 'tpm-timeout', new FakeFile([], [never])],
    [
      'is always interrupted',
      'tpm-timeout',
      new FakeFile(
        [],
        Array.from({ length: 1000 }, () => 'EINTR'),
      ),
    ],
    ['is busy for another reason', 'tpm-device-failed', new FakeFile([], ['EBUSY', 'EBUSY'])],
    ['is gone', 'tpm-device-failed', new FakeFile(['EPIPE'])],
    ['refuses the command', 'tpm-device-failed', new FakeFile([], ['EINVAL'])],
    ['takes half of the command', 'tpm-device-failed', new FakeFile([], [6])],
    ['claims 4 GiB', 'tpm-bad-response', new FakeFile([fromHex('8001 ffffffff 00000000')])],
    ['gives garbage', 'tpm-bad-response', new FakeFile([new Uint8Array(12)])],
    ['gives too much', 'tpm-extra-bytes', new FakeFile([concat(RESPONSE, Uint8Array.of(0))])],
  ])('that %s fails with %s, and is opened anew for the next command', async (_, code, file) => {
    const device = deviceOf(file, new FakeFile());
    const error = await failureOf(device.transmit(COMMAND));
    expect(error.code).toBe(code);
    expect(error.message).toContain('/dev/fake');
    expect(file.closed).toBe(1);
    expect(toHex(await device.transmit(COMMAND))).toBe(toHex(RESPONSE));
  });

  it('that hangs when it is opened fails, and is closed when it opens late', async () => {
    const late = new FakeFile();
    let finish: (file: DeviceFile) => void = () => undefined;
    const device = new CharacterDevice(
      '/dev/fake',
      { connectTimeoutMs: 50 },
      () => new Promise((resolve) => (finish = resolve)),
    );
    expect((await failureOf(device.open())).code).toBe('tpm-timeout');
    finish(late);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(late.closed).toBe(1);
  });

  it('can be stopped while it works', async () => {
    const device = deviceOf(new FakeFile([never]));
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    expect((await failureOf(device.transmit(COMMAND, controller.signal))).code).toBe('tpm-stopped');
  });

  it('carries the embedded TPM behind it', async () => {
    const tpm = createEmbeddedTpm('a');
    const file = new FakeFile();
    file.write = async (buffer) => {
      file.response = tpm.execute(buffer);
      return Promise.resolve({ bytesWritten: buffer.length });
    };
    const expected = createEmbeddedTpm('a');
    const device = deviceOf(file);
    for (let i = 0; i < 3; i++) expect(toHex(await device.transmit(COMMAND))).toBe(toHex(expected.execute(COMMAND)));
  });
});

describe('a real file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pef-device-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const open = (path: string): CharacterDevice => new CharacterDevice(path, { timeoutMs: 200, connectTimeoutMs: 200 });

  it('that is not there fails with what to do', async () => {
    const error = await failureOf(open(join(folder, 'missing')).open());
    expect(error).toMatchObject({ code: 'tpm-unreachable' });
    expect(error.message).toContain('(ENOENT). There is no such device; load the TPM driver, or correct the path.');
  });

  it('that is a directory fails', async () => {
    expect((await failureOf(open(folder).open())).message).toContain('It is a directory');
  });

  it('that is a regular file gives no response', async () => {
    const path = join(folder, 'regular');
    writeFileSync(path, '');
    expect((await failureOf(open(path).transmit(COMMAND))).code).toBe('tpm-timeout');
  });

  it('without a path is refused', () => {
    expect(() => open('')).toThrow(InputError);
  });

  it('that blocks for ever does not keep the process from its end', async () => {
    const path = join(folder, 'fifo');
    try {
      execFileSync('mkfifo', [path]);
    } catch {
      console.warn('NOT RUN: there is no mkfifo here');
      return;
    }
    const bundle = join(folder, 'devices.cjs');
    buildSync({
      entryPoints: [fileURLToPath(new URL('../../emulator/tpm/devices/index.ts', import.meta.url))],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: bundle,
    });
    // The FIFO gives back the command, which claims more bytes than it has: the device waits for the rest.
    const script = `
      const { CharacterDevice } = require(${JSON.stringify(bundle)});
      const command = Buffer.from('8001000000200000017b0014', 'hex');
      let state = 'waiting';
      new CharacterDevice(${JSON.stringify(path)}).transmit(command).then(() => (state = 'answered'), (e) => (state = e.code));
      setTimeout(() => {
        console.log(state);
        process.exit(0);
      }, 300);`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    const code = await Promise.race([
      new Promise((resolve) => child.once('exit', resolve)),
      new Promise((resolve) => setTimeout(() => resolve('still running'), 5_000)),
    ]);
    child.kill('SIGKILL');
    expect([code, output.trim()]).toEqual([0, 'waiting']);
  });
});
