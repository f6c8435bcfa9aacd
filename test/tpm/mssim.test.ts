import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { toHex } from '../../emulator/common/bytes';
import { BackEndError } from '../../emulator/common/errors';
import { buildCommand } from '../../emulator/tpm/codec';
import { MssimDevice } from '../../emulator/tpm/devices';
import { createEmbeddedTpm } from '../../emulator/tpm/embedded';
import { fakeServer, type FakeServer } from './fake-server';

const COMMAND = buildCommand('TPM2_GetRandom', { bytesRequested: 4 });

/** A simulator that speaks the protocol, with the embedded TPM inside; `lie` may answer a command in its place. */
class Simulator {
  readonly log: string[] = [];
  readonly tpm = createEmbeddedTpm('a');
  lie: ((socket: Socket, response: Buffer) => void) | undefined;
  platformStatus = 0;
  servers: FakeServer[] = [];

  async start(): Promise<string> {
    for (let tries = 0; ; tries++) {
      const commands = await fakeServer((socket) => this.#commands(socket));
      try {
        const platform = await fakeServer((socket) => this.#platform(socket), commands.port + 1);
        this.servers = [commands, platform];
        return commands.address;
      } catch (error) {
        await commands.close();
        if (tries > 20) throw error;
      }
    }
  }

  #platform(socket: Socket): void {
    socket.on('data', (data: Buffer) => {
      for (let at = 0; at + 4 <= data.length; at += 4) {
        const code = data.readUInt32BE(at);
        this.log.push(`platform ${code}`);
        if (code === 20) socket.end();
        else socket.write(word(this.platformStatus));
      }
    });
  }

  #commands(socket: Socket): void {
    let unread = Buffer.alloc(0);
    socket.on('data', (data: Buffer) => {
      unread = Buffer.concat([unread, data]);
      while (unread.length >= 4) {
        const code = unread.readUInt32BE(0);
        if (code === 20) {
          this.log.push('session end');
          unread = unread.subarray(4);
          continue;
        }
        if (code !== 8 || unread.length < 9) return;
        const size = unread.readUInt32BE(5);
        if (unread.length < 9 + size) return;
        this.log.push(`command at locality ${unread[4]}, ${size} bytes`);
        const response = Buffer.from(this.tpm.execute(unread.subarray(9, 9 + size)));
        unread = unread.subarray(9 + size);
        if (this.lie) this.lie(socket, response);
        else socket.write(Buffer.concat([word(response.length), response, word(0)]));
      }
    });
  }
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

let simulator: Simulator;
let device: MssimDevice;
afterEach(async () => {
  await device.close();
  for (const server of simulator.servers) await server.close();
});

async function start(timeoutMs = 300): Promise<void> {
  simulator = new Simulator();
  device = new MssimDevice(await simulator.start(), { timeoutMs, connectTimeoutMs: 500 });
}

async function failure(): Promise<string> {
  const error = await device.transmit(COMMAND).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(BackEndError);
  return (error as BackEndError).code;
}

describe('a simulator', () => {
  it('is powered on, sent commands with their locality, and told the end', async () => {
    await start();
    await device.open();
    const expected = createEmbeddedTpm('a');
    for (let i = 0; i < 3; i++) expect(toHex(await device.transmit(COMMAND))).toBe(toHex(expected.execute(COMMAND)));
    await device.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(simulator.log.filter((line) => line !== 'platform 20')).toEqual([
      'platform 1',
      'platform 11',
      ...Array.from({ length: 3 }, () => 'command at locality 0, 12 bytes'),
      'session end',
    ]);
    expect(simulator.log).toContain('platform 20');
  });

  it.each<[string, string, (socket: Socket, response: Buffer) => void]>([
    ['announces 4 GiB', 'tpm-bad-response', (socket) => socket.write(word(0xffff_ffff))],
    ['announces nothing', 'tpm-bad-response', (socket) => socket.write(word(0))],
    [
      'announces another size',
      'tpm-bad-response',
      (socket, response) => socket.write(Buffer.concat([word(response.length + 1), response, word(0)])),
    ],
    [
      'gives an error status',
      'tpm-bad-response',
      (socket, response) => socket.write(Buffer.concat([word(response.length), response, word(1)])),
    ],
    [
      'forgets the status',
      'tpm-timeout',
      (socket, response) => socket.write(Buffer.concat([word(response.length), response])),
    ],
    [
      'sends more',
      'tpm-extra-bytes',
      (socket, response) => socket.write(Buffer.concat([word(response.length), response, word(0), word(0)])),
    ],
    ['sends garbage', 'tpm-bad-response', (socket) => socket.write(Buffer.concat([word(12), Buffer.alloc(16, 0x55)]))],
    ['is silent', 'tpm-timeout', () => undefined],
    ['closes', 'tpm-closed', (socket) => socket.end()],
  ])('that %s fails with %s, and the next command starts clean', async (_, code, lie) => {
    await start();
    simulator.lie = lie;
    expect(await failure()).toBe(code);
    simulator.lie = undefined;
    expect((await device.transmit(COMMAND)).length).toBe(16);
  });

  it('that refuses to power on fails', async () => {
    await start();
    simulator.platformStatus = 1;
    expect(await failure()).toBe('tpm-bad-response');
  });

  it('without a platform port fails with that port', async () => {
    await start();
    await simulator.servers[1]?.close();
    await expect(device.open()).rejects.toThrow(/platform port/);
    await expect(device.open()).rejects.toMatchObject({ code: 'tpm-unreachable' });
  });
});
