/** TCP servers that behave as told: the lies a TPM socket can tell. */

import { createServer, type Socket } from 'node:net';

export interface FakeServer {
  readonly port: number;
  readonly address: string;
  /** Connections accepted so far. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** A server on a free port of the loopback (or on `port`); `serve` gets each connection with its number. */
export async function fakeServer(serve: (socket: Socket, connection: number) => void, port = 0): Promise<FakeServer> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, count++);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', () => resolve()));
  const bound = server.address();
  const number = typeof bound === 'object' && bound ? bound.port : 0;
  return {
    port: number,
    address: `127.0.0.1:${number}`,
    connections: () => count,
    close: () =>
      new Promise((resolve) => {
        sockets.forEach((socket) => socket.destroy());
        server.close(() => resolve());
      }),
  };
}

/** Calls `answer` with each whole command of a plain stream. */
export function onCommands(socket: Socket, answer: (command: Buffer) => void): void {
  let unread = Buffer.alloc(0);
  socket.on('data', (data: Buffer) => {
    unread = Buffer.concat([unread, data]);
    while (unread.length >= 10 && unread.length >= unread.readUInt32BE(2)) {
      const size = unread.readUInt32BE(2);
      const command = unread.subarray(0, size);
      unread = unread.subarray(size);
      answer(command);
    }
  });
}
