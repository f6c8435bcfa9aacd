import { connect, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { MessageReader } from '../../extension/adapter/framing';
import { serveStreams, serveTcp, startAdapter, type AdapterServer } from '../../extension/adapter/server';
import { calls, endless } from '../timeline/programs';
import { fakeLaunch } from './client';

const frame = (value: unknown): string => {
  const json = JSON.stringify(value);
  return `Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`;
};
const request = (seq: number, command: string, args: object = {}) =>
  frame({ seq, type: 'request', command, arguments: args });

/** Collects the messages of a stream until `enough`. */
function messages(stream: NodeJS.ReadableStream, enough: (all: { event?: string; command?: string }[]) => boolean) {
  return new Promise<{ event?: string; command?: string; success?: boolean }[]>((resolve) => {
    const all: { event?: string; command?: string }[] = [];
    const reader = new MessageReader({
      message: (value) => {
        all.push(value as { event?: string });
        if (enough(all)) resolve(all);
      },
      garbage: () => undefined,
    });
    stream.on('data', (chunk: Buffer) => reader.push(chunk));
    stream.on('end', () => resolve(all));
    stream.on('close', () => resolve(all));
  });
}
const has = (name: string) => (all: { event?: string; command?: string }[]) =>
  all.some((message) => message.event === name || message.command === name);

describe('messages on a stream', () => {
  const read = (chunks: readonly (string | Uint8Array)[]) => {
    const got: unknown[] = [];
    const reader = new MessageReader({
      message: (value) => got.push(value),
      garbage: (sentence, fatal) => got.push(`${fatal ? 'fatal: ' : ''}${sentence}`),
    });
    for (const chunk of chunks) reader.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    return got;
  };

  it.each<[string, string[], unknown[]]>([
    ['one', [frame({ a: 1 })], [{ a: 1 }]],
    ['two in one piece', [frame({ a: 1 }) + frame({ b: 2 })], [{ a: 1 }, { b: 2 }]],
    ['one byte at a time', Array.from(frame({ a: 'ä' })), []],
    ['other headers', [`Content-Type: x\r\ncontent-length: 2\r\n\r\n{}`], [{}]],
    [
      'no JSON, then a message',
      [`Content-Length: 3\r\n\r\n{x}${frame({ a: 1 })}`],
      ['A message is no JSON.', { a: 1 }],
    ],
    ['no length', ['Hello: 1\r\n\r\n{}'], ['fatal: A message header has no Content-Length.']],
    ['a negative length', ['Content-Length: -5\r\n\r\n{}'], ['fatal: A message header has no Content-Length.']],
    ['an absurd length', ['Content-Length: 99999999999\r\n\r\n'], [expect.stringContaining('too long')]],
    ['no header at all', ['x'.repeat(5000)], ['fatal: There is no message header in 4096 bytes.']],
  ])('%s', (name, chunks, expected) => {
    const bytes =
      name === 'one byte at a time' ? [...Buffer.from(chunks.join(''))].map((byte) => Uint8Array.of(byte)) : chunks;
    expect(read(bytes)).toEqual(name === 'one byte at a time' ? [{ a: 'ä' }] : expected);
  });

  it('any bytes in any pieces are no reason to fail', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(frame({}), 'Content-Length: 5\r\n\r\n'))),
        (chunks) => {
          read(chunks);
        },
      ),
    );
  });
});

describe('over streams', () => {
  it('serves one session and settles when the client disconnects', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const over = serveStreams(input, output, { launch: fakeLaunch(calls) });
    const sent = messages(output, has('disconnect'));
    input.write(
      request(1, 'initialize') + request(2, 'launch', { program: '/w/fake.pef' }) + 'Content-Length: 1\r\n\r\n{',
    );
    input.write(request(3, 'configurationDone'));
    setTimeout(() => input.write(request(4, 'disconnect')), 100);
    const names = (await sent).map((message) => message.event ?? message.command);
    expect(names).toEqual(expect.arrayContaining(['initialize', 'launch', 'initialized', 'disconnect']));
    await over;
  });

  it('settles when nobody reads its output any more', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const over = serveStreams(input, output, { launch: fakeLaunch(endless) });
    output.destroy(new Error('EPIPE'));
    input.write(request(1, 'initialize'));
    await over;
  });

  it('settles when the client is gone without a word', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    output.resume();
    const over = serveStreams(input, output, { launch: fakeLaunch(endless) });
    input.write(request(1, 'initialize') + request(2, 'launch', { program: '/w/fake.pef' }));
    input.end();
    await over;
  });
});

describe('over TCP', () => {
  let server: AdapterServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  const session = async (port: number): Promise<string[]> => {
    const socket = connect(port, '127.0.0.1');
    const sent = messages(socket, has('terminated'));
    socket.write(request(1, 'initialize') + request(2, 'launch', { program: '/w/fake.pef' }));
    setTimeout(() => socket.write(request(3, 'configurationDone')), 50);
    const all = await sent;
    socket.destroy();
    return all.map((message) => message.event ?? message.command ?? '');
  };

  it('serves connections one after another and together', async () => {
    server = await serveTcp(0, { launch: fakeLaunch(calls) });
    const first = await session(server.port);
    expect(first.at(-1)).toBe('terminated');
    const { port } = server;
    expect(await Promise.all([session(port), session(port)])).toEqual([first, first]);
  });

  it('ends a running session when the connection is cut, and stops with running sessions', async () => {
    server = await serveTcp(0, { launch: fakeLaunch(endless) });
    for (const cut of [true, false]) {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      const sent = messages(socket, has('configurationDone'));
      socket.write(request(1, 'initialize') + request(2, 'launch', { program: '/w/fake.pef' }));
      setTimeout(() => socket.write(request(3, 'configurationDone')), 50);
      await sent;
      if (cut) socket.destroy();
    }
  });

  /** A connection to a server of endless runs, stopped in the middle of one. */
  const running = async (port: number, allowHalfOpen = false) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen });
    socket.on('error', () => undefined);
    const sent = messages(socket, has('configurationDone'));
    socket.write(request(1, 'initialize') + request(2, 'launch', { program: '/w/fake.pef' }));
    setTimeout(() => socket.write(request(3, 'configurationDone')), 50);
    await sent;
    return socket;
  };

  it.each<[string, boolean, (socket: Socket) => void]>([
    ['resets the connection', false, (socket) => socket.resetAndDestroy()],
    ['sends what is no message', false, (socket) => socket.write('GET / HTTP/1.1\r\n\r\n')],
    ['closes its side only', true, (socket) => socket.end()],
    ['never closes its side', true, (socket) => socket.write(request(4, 'disconnect'))],
    ['goes on sending after garbage', true, (socket) => socket.write('x'.repeat(5_000_000))],
  ])('ends the session of a client that %s, and serves the next', async (_what, halfOpen, harm) => {
    server = await serveTcp(0, { launch: fakeLaunch(endless) });
    const socket = await running(server.port, halfOpen);
    const gone = new Promise((resolve) => socket.once('close', resolve));
    harm(socket);
    if (!halfOpen) await gone;
    (await running(server.port)).destroy();
    // Waits for every connection, so a leaked one would keep it.
    await server.close();
    server = undefined;
    socket.destroy();
  });

  it('says which port it listens at and ends with its signal', async () => {
    const abort = new AbortController();
    const ports: number[] = [];
    const over = startAdapter({ port: 0, signal: abort.signal }, (port) => {
      ports.push(port);
      abort.abort();
    });
    await over;
    expect(ports[0]).toBeGreaterThan(0);
  });

  it('refuses a port that is taken', async () => {
    server = await serveTcp(0);
    await expect(serveTcp(server.port)).rejects.toThrow('EADDRINUSE');
  });
});
