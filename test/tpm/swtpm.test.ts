import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../../emulator/common/bytes';
import { BackEndError, InputError } from '../../emulator/common/errors';
import { buildCommand, decodeResponse } from '../../emulator/tpm/codec';
import { createExternalDevice, SwtpmDevice } from '../../emulator/tpm/devices';
import { createEmbeddedTpm } from '../../emulator/tpm/embedded';
import { fakeServer, onCommands, type FakeServer } from './fake-server';
import { startSwtpm, WITHOUT_SWTPM } from './swtpm-process';

const COMMAND = buildCommand('TPM2_GetRandom', { bytesRequested: 4 });
const RESPONSE = fromHex('8001 00000010 00000000 0004 01020304');

const open: { server?: FakeServer; device?: SwtpmDevice } = {};
afterEach(async () => {
  await open.device?.close();
  await open.server?.close();
});

async function deviceTo(serve: (socket: Socket, connection: number) => void, timeoutMs = 300): Promise<SwtpmDevice> {
  open.server = await fakeServer(serve);
  open.device = new SwtpmDevice(open.server.address, { timeoutMs, connectTimeoutMs: 500 });
  return open.device;
}

/** The error's code; fails the test if it takes longer than the time limits allow. */
async function failureOf(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  const start = performance.now();
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(BackEndError);
  expect(performance.now() - start).toBeLessThan(2_000);
  return error as BackEndError;
}

describe('a byte-stream TPM', () => {
  it('answers command after command on one connection', async () => {
    const tpm = createEmbeddedTpm('a');
    const device = await deviceTo((socket) => onCommands(socket, (command) => socket.write(tpm.execute(command))));
    for (let i = 0; i < 20; i++) expect(decodeResponse(await device.transmit(COMMAND), COMMAND).error).toBeUndefined();
    expect(open.server?.connections()).toBe(1);
  });

  it('may send its response in pieces, byte by byte', async () => {
    const device = await deviceTo((socket) => onCommands(socket, () => void drip(socket, RESPONSE, 2)), 5_000);
    expect(toHex(await device.transmit(COMMAND))).toBe(toHex(RESPONSE));
  });

  it.each<[string, string, (socket: Socket) => void]>([
    ['says nothing', 'tpm-timeout', () => undefined],
    ['says half a header', 'tpm-timeout', (socket) => socket.write(RESPONSE.subarray(0, 5))],
    ['closes at once', 'tpm-closed', (socket) => socket.end()],
    ['closes in the header', 'tpm-closed', (socket) => socket.end(RESPONSE.subarray(0, 9))],
    ['closes in the body', 'tpm-closed', (socket) => socket.end(RESPONSE.subarray(0, 15))],
    ['breaks the connection', 'tpm-closed', (socket) => socket.resetAndDestroy()],
    ['claims 9 bytes', 'tpm-bad-response', (socket) => socket.write(fromHex('8001 00000009 00000000'))],
    ['claims 4 GiB', 'tpm-bad-response', (socket) => socket.write(fromHex('8001 ffffffff 00000000'))],
    ['claims 4097 bytes', 'tpm-bad-response', (socket) => socket.write(fromHex('8001 00001001 00000000'))],
    ['speaks another protocol', 'tpm-bad-response', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['sends zeros', 'tpm-bad-response', (socket) => socket.write(new Uint8Array(64))],
    ['sends one byte more', 'tpm-extra-bytes', (socket) => socket.write(concat(RESPONSE, Uint8Array.of(0)))],
    ['sends without end', 'tpm-extra-bytes', (socket) => flood(socket)],
  ])('that %s fails with %s', async (_, code, lie) => {
    const device = await deviceTo((socket, connection) => {
      onCommands(socket, () => (connection === 0 ? lie(socket) : socket.write(RESPONSE)));
    });
    const error = await failureOf(device.transmit(COMMAND));
    expect(error.code).toBe(code);
    expect(error.message).toContain(open.server!.address);
    expect(error.message).toMatch(/\.$/);
    // The next command starts clean, on a new connection.
    expect(toHex(await device.transmit(COMMAND))).toBe(toHex(RESPONSE));
    expect(open.server?.connections()).toBe(2);
  });

  it('that drips too slowly fails within the time of one command', async () => {
    const device = await deviceTo((socket) => onCommands(socket, () => void drip(socket, RESPONSE, 100)), 400);
    expect((await failureOf(device.transmit(COMMAND))).code).toBe('tpm-timeout');
  });

  it('that sends more after its response fails at the next command', async () => {
    const device = await deviceTo((socket, connection) =>
      onCommands(socket, () => {
        socket.write(RESPONSE);
        if (connection === 0) setTimeout(() => socket.write(Uint8Array.of(1, 2, 3)), 30);
      }),
    );
    await device.transmit(COMMAND);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await failureOf(device.transmit(COMMAND))).code).toBe('tpm-extra-bytes');
    expect(toHex(await device.transmit(COMMAND))).toBe(toHex(RESPONSE));
  });

  it('that went away between commands is connected again', async () => {
    const device = await deviceTo((socket, connection) => {
      onCommands(socket, () => {
        socket.write(RESPONSE);
        if (connection === 0) socket.end();
      });
    });
    await device.transmit(COMMAND);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(toHex(await device.transmit(COMMAND))).toBe(toHex(RESPONSE));
    expect(open.server?.connections()).toBe(2);
  });

  it('that is not there fails with its address', async () => {
    const server = await fakeServer(() => undefined);
    await server.close();
    const device = new SwtpmDevice(server.address);
    const error = await failureOf(device.open());
    expect(error).toMatchObject({ code: 'tpm-unreachable' });
    expect(error.message).toContain(server.address);
    expect((await failureOf(device.transmit(COMMAND))).code).toBe('tpm-unreachable');
    await device.close();
  });

  it('can be stopped while it is silent, and before', async () => {
    const device = await deviceTo(() => undefined, 30_000);
    const controller = new AbortController();
    const work = device.transmit(COMMAND, controller.signal);
    setTimeout(() => controller.abort(), 50);
    expect((await failureOf(work)).code).toBe('tpm-stopped');
    expect((await failureOf(device.transmit(COMMAND, controller.signal))).code).toBe('tpm-stopped');
  });

  it.each([
    ['', 'tpm-bad-command'],
    ['8001', 'tpm-bad-command'],
    ['8001 0000000c 0000017b', 'tpm-bad-command'],
    ['8001 0000000c 0000017b 0014 00', 'tpm-bad-command'],
  ])('is not sent the command %o, which would join with the next one', async (hex, code) => {
    const device = await deviceTo((socket) => onCommands(socket, () => socket.write(RESPONSE)));
    expect((await failureOf(device.transmit(fromHex(hex)))).code).toBe(code);
    expect(toHex(await device.transmit(COMMAND))).toBe(toHex(RESPONSE));
  });

  it('closes without an open connection, and twice', async () => {
    const device = new SwtpmDevice('127.0.0.1:1');
    await device.close();
    await device.close();
  });
});

describe('createExternalDevice', () => {
  it.each([
    '',
    'localhost',
    '127.0.0.1:',
    '127.0.0.1:0',
    '127.0.0.1:65536',
    ':2321',
    'a b:1',
    '::1:2321',
    '[::1]',
    'tcp://127.0.0.1:1',
  ])('refuses the address %o', (address) => {
    expect(() => createExternalDevice({ kind: 'swtpm', address })).toThrow(InputError);
  });

  it('takes host names and both kinds of addresses as they are written', () => {
    for (const address of ['localhost:2321', '127.0.0.1:2321', '[::1]:2321', 'tpm-host.example:1']) {
      expect(createExternalDevice({ kind: 'swtpm', address })).toMatchObject({ kind: 'swtpm', address });
      expect(createExternalDevice({ kind: 'mssim', address })).toMatchObject({ kind: 'mssim', address });
    }
    expect(createExternalDevice({ kind: 'device', address: '/dev/tpmrm0' })).toMatchObject({
      kind: 'device',
      address: '/dev/tpmrm0',
    });
    expect(() => createExternalDevice({ kind: 'embedded' })).toThrow(/no TPM outside/);
  });
});

describe.skipIf(WITHOUT_SWTPM !== undefined)('a real swtpm', () => {
  it('answers, after a close and after a stop too', async () => {
    const swtpm = await startSwtpm();
    const device = new SwtpmDevice(swtpm.address, { timeoutMs: 5_000 });
    try {
      await device.open();
      for (let i = 0; i < 3; i++) {
        const response = await device.transmit(COMMAND);
        expect(decodeResponse(response, COMMAND)).toMatchObject({ responseCode: 0, error: undefined });
        await device.close();
      }
    } finally {
      await swtpm.stop();
    }
    expect(['tpm-unreachable', 'tpm-closed']).toContain((await failureOf(device.transmit(COMMAND))).code);
    await device.close();
  });
});

describe('a real swtpm, if there is one', () => {
  it(WITHOUT_SWTPM ?? 'is installed', () => {
    if (WITHOUT_SWTPM !== undefined) console.warn(WITHOUT_SWTPM);
  });
});

async function drip(socket: Socket, bytes: Uint8Array, ms: number): Promise<void> {
  for (const byte of bytes) {
    if (socket.destroyed) return;
    socket.write(Uint8Array.of(byte));
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
}

function flood(socket: Socket): void {
  const more = (): void => {
    if (!socket.destroyed) socket.write(new Uint8Array(100_000), () => setImmediate(more));
  };
  socket.write(concat(RESPONSE, new Uint8Array(100_000)), more);
}
