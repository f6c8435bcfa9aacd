/** H_TPM_COMM with a TPM outside the machine: what it answers, what a broken one does, and going back. */

import { afterEach, describe, expect, it } from 'vitest';
import type { Socket } from 'node:net';
import { fromHex, toHex } from '../../emulator/common/bytes';
import type { ActivityResult, MachineEvent } from '../../emulator/common/machine';
import type { Machine } from '../../emulator/machine';
import { codeValue } from '../../emulator/pef/codes';
import { createExternalDevice } from '../../emulator/tpm/devices';
import { type FakeServer, fakeServer, onCommands } from '../tpm/fake-server';
import { WITHOUT_SWTPM, startSwtpm } from '../tpm/swtpm-process';
import { finish, hashOf, machine, performAsync } from './drive';

const GET_RANDOM = fromHex('8001 0000000c 0000017b 0004');
const H_RESOURCE = BigInt.asUintN(64, codeValue('H_RESOURCE'));

const opened: { server?: FakeServer; machine?: Machine } = {};
afterEach(async () => {
  await opened.machine?.dispose();
  await opened.server?.close();
});

function machineTo(address: string): Machine {
  return (opened.machine = machine(
    { tpm: { kind: 'swtpm', address } },
    {
      externalTpm: (choice) => {
        if (choice.kind !== 'swtpm') throw new Error('not asked for');
        return createExternalDevice(choice, { timeoutMs: 300, connectTimeoutMs: 500 });
      },
    },
  ));
}

async function machineToServer(serve: (socket: Socket) => void): Promise<Machine> {
  opened.server = await fakeServer(serve);
  return machineTo(opened.server.address);
}

const bytesOf = (result: ActivityResult) => (result.kind === 'done' ? toHex(result.bytes ?? new Uint8Array()) : '');

/** Answers each command with its number: never the same twice. */
function counting(): { serve: (socket: Socket) => void; asked: () => number } {
  let count = 0;
  return {
    asked: () => count,
    serve: (socket) => {
      onCommands(socket, () =>
        socket.write(fromHex(`8001 00000010 00000000 0004 ${(++count).toString(16).padStart(8, '0')}`)),
      );
    },
  };
}

describe('an external TPM that is broken', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['never answers', () => undefined],
    ['hangs up', (socket) => socket.destroy()],
    ['closes its half', (socket) => socket.end()],
    ['sends a short header', (socket) => socket.end(Buffer.from('8001000000', 'hex'))],
    ['says 4 GiB', (socket) => onCommands(socket, () => socket.write(Buffer.from('8001ffffffff00000000', 'hex')))],
    ['says 3 bytes', (socket) => onCommands(socket, () => socket.write(Buffer.from('80010000000300000000', 'hex')))],
    ['sends garbage', (socket) => onCommands(socket, () => socket.write(Buffer.alloc(5000, 0xa5)))],
  ])('%s: H_RESOURCE, with a message', async (_, serve) => {
    const of = await machineToServer(serve);
    const events: MachineEvent[] = [];
    const result = await performAsync(of, { kind: 'send', command: GET_RANDOM }, events);
    expect(result).toEqual({ kind: 'done', value: H_RESOURCE });
    const said = events.flatMap((event) => (event.kind === 'output' ? [event.text] : []));
    expect(said.join()).toMatch(/^H_TPM_COMM: H_RESOURCE: .*127\.0\.0\.1/);
  });

  it('is not there: H_RESOURCE, and the next call tries again', async () => {
    const of = machineTo('127.0.0.1:1');
    for (let i = 0; i < 2; i++) {
      expect(await performAsync(of, { kind: 'send', command: GET_RANDOM })).toEqual({
        kind: 'done',
        value: H_RESOURCE,
      });
    }
  });
});

describe('going back over an external TPM', () => {
  it('feeds the recorded answers, and asks again only beyond them', async () => {
    const { serve, asked } = counting();
    const of = await machineToServer(serve);
    const first = bytesOf(await performAsync(of, { kind: 'send', command: GET_RANDOM }));
    const second = bytesOf(await performAsync(of, { kind: 'send', command: GET_RANDOM }));
    const hash = hashOf(of);
    expect([first.slice(-8), second.slice(-8)]).toEqual(['00000001', '00000002']);

    of.reset();
    expect(bytesOf(await performAsync(of, { kind: 'send', command: GET_RANDOM }))).toBe(first);
    expect(bytesOf(await performAsync(of, { kind: 'send', command: GET_RANDOM }))).toBe(second);
    expect(asked()).toBe(2);
    expect(hashOf(of)).toBe(hash);
    expect(bytesOf(await performAsync(of, { kind: 'send', command: GET_RANDOM })).slice(-8)).toBe('00000003');
  });

  it('forgets what was recorded when the run takes another way', async () => {
    const { serve, asked } = counting();
    const of = await machineToServer(serve);
    await performAsync(of, { kind: 'send', command: GET_RANDOM });
    of.reset();
    const other = fromHex('8001 0000000c 0000017b 0008');
    expect(bytesOf(await performAsync(of, { kind: 'send', command: other })).slice(-8)).toBe('00000002');
    expect(asked()).toBe(2);
  });

  it('asks again when the waiting was broken off', async () => {
    const { serve } = counting();
    const of = await machineToServer(serve);
    of.begin({ kind: 'send', command: GET_RANDOM });
    while (of.state === 'running') of.step(1);
    await of.service(AbortSignal.abort());
    expect(of.state).toBe('waiting');
    expect(bytesOf(await finish(of))).toMatch(/^8001000000100000000000040000000[12]$/);
  });
});

describe.skipIf(WITHOUT_SWTPM !== undefined)(`a real swtpm ${WITHOUT_SWTPM ?? ''}`, () => {
  it('serves H_TPM_COMM', async () => {
    const swtpm = await startSwtpm();
    try {
      const of = machineTo(swtpm.address);
      expect(bytesOf(await performAsync(of, { kind: 'send', command: GET_RANDOM }))).toMatch(/^80010000001000000000/);
      // PCR_Extend of PCR 16 with an empty password.
      const extend = fromHex(
        `8002 00000041 00000182 00000010 00000009 40000009 0000 00 0000 00000001 000b ${'11'.repeat(32)}`,
      );
      expect(bytesOf(await performAsync(of, { kind: 'send', command: extend }))).toMatch(/^80020000001300000000/);
    } finally {
      await opened.machine?.dispose();
      await swtpm.stop();
    }
  });
});
