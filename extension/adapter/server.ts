/** The adapter for clients of its own: over standard input and output, or over TCP on the loopback address. */

import { createServer, type Server } from 'node:net';
import { PefDebugSession, type SessionOptions } from './session';

export interface AdapterServer {
  /** The port that is listened at. */
  readonly port: number;
  /** Ends all sessions and stops listening. */
  close(): Promise<void>;
}

/** Serves one session on the streams; settles when it is over. */
export function serveStreams(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  options: Omit<SessionOptions, 'closed'> = {},
): Promise<void> {
  return new Promise((resolve) => {
    const session = new PefDebugSession({ ...options, closed: () => resolve() });
    session.start(input, output);
  });
}

/**
 * Serves each connection to a port of 127.0.0.1 with a session of its own, one after another or together.
 *
 * @param port 0: any free one
 * @throws the error of the socket when the port cannot be had
 */
export function serveTcp(port: number, options: Omit<SessionOptions, 'closed'> = {}): Promise<AdapterServer> {
  const sessions = new Set<PefDebugSession>();
  const server: Server = createServer((socket) => {
    socket.setNoDelay(true);
    const session = new PefDebugSession({
      ...options,
      closed: () => {
        sessions.delete(session);
        // Says what is left to say, and does not wait for a client that never closes its side.
        socket.destroySoon();
      },
    });
    sessions.add(session);
    session.start(socket, socket);
  });
  const close = (): Promise<void> => {
    for (const session of sessions) session.shutdown();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve({ port: typeof address === 'object' && address ? address.port : port, close });
    });
  });
}

/**
 * `pef adapter`: with a port over TCP until `signal` is aborted, else over standard input and output until the session
 * is over.
 *
 * @param listening is told the port
 */
export async function startAdapter(
  where: { readonly port?: number; readonly signal?: AbortSignal },
  listening: (port: number) => void = () => undefined,
): Promise<void> {
  if (where.port === undefined) {
    await serveStreams(process.stdin, process.stdout);
    // An input that the client leaves open must not keep the process.
    process.stdin.destroy();
    return;
  }
  const server = await serveTcp(where.port);
  listening(server.port);
  const { signal } = where;
  await new Promise<void>((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
  await server.close();
}
