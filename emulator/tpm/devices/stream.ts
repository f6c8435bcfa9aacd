/** A TCP connection that is read by exact counts until a deadline. Node only: imports node:net. */

import { connect, type Socket } from 'node:net';
import { BackEndError, messageOf } from '../../common/errors';
import { closedEarly, deadlineIn, extraBytes, stopped, timedOut, type Deadline } from './framing';

/** Most bytes kept unread: a peer that sends without end is cut off. */
const MAX_UNREAD = 16_384;

export class ByteStream {
  readonly #socket: Socket;
  readonly #address: string;
  #unread = new Uint8Array(0);
  #failure: BackEndError | undefined;
  #ended = false;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket, address: string) {
    this.#socket = socket;
    this.#address = address;
    socket.on('data', (data: Buffer) => this.#receive(data));
    socket.on('end', () => this.#end());
    socket.on('close', () => this.#end());
    socket.on('error', (error) => {
      this.#failure ??= new BackEndError(
        'tpm-closed',
        `The connection to the TPM at ${address} broke: ${messageOf(error)}.`,
      );
      this.#wake?.();
    });
  }

  /** @throws BackEndError `tpm-unreachable`, `tpm-timeout`, `tpm-stopped` */
  static async connect(
    { host, port, address }: { host: string; port: number; address: string },
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<ByteStream> {
    if (signal?.aborted === true) throw stopped(address);
    const deadline = deadlineIn(timeoutMs);
    // Commands are small and each waits for its response: Nagle's algorithm would only delay them.
    const socket = connect({ host, port, noDelay: true });
    return new Promise((resolve, reject) => {
      const fail = (error: BackEndError): void => {
        settle();
        socket.on('error', () => undefined);
        socket.destroy();
        reject(error);
      };
      const onError = (error: Error): void => {
        const message = `The TPM at ${address} cannot be reached (${messageOf(error)}). Start it, or correct the address.`;
        fail(new BackEndError('tpm-unreachable', message, { cause: error }));
      };
      const onAbort = (): void => fail(stopped(address));
      const timer = setTimeout(() => fail(timedOut(address, deadline, 'no connection')), timeoutMs);
      const onConnect = (): void => {
        settle();
        resolve(new ByteStream(socket, address));
      };
      const settle = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        socket.off('error', onError);
        socket.off('connect', onConnect);
      };
      socket.once('error', onError);
      socket.once('connect', onConnect);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Bytes that came and were not read. */
  get unread(): number {
    return this.#unread.length;
  }

  /** Whether the peer has closed or the connection is broken. */
  get dead(): boolean {
    return this.#ended || this.#failure !== undefined;
  }

  /** Sends all bytes in one write; what goes wrong shows at the next read. */
  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Exactly `count` bytes. */
  async read(count: number, deadline: Deadline, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    while (this.#unread.length < count) {
      const got = `${this.#unread.length} of ${count} bytes came`;
      if (this.#failure) throw this.#failure;
      if (this.#ended) throw closedEarly(this.#address, got);
      if (signal?.aborted === true) throw stopped(this.#address);
      const left = deadline.at - performance.now();
      if (left <= 0) throw timedOut(this.#address, deadline, got);
      await this.#change(left, signal);
    }
    const bytes = this.#unread.slice(0, count);
    this.#unread = this.#unread.slice(count);
    return bytes;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Says goodbye with `bytes`, without waiting for the peer. */
  finish(bytes: Uint8Array): void {
    this.#socket.end(bytes, () => this.#socket.destroy());
    // A peer that does not read must not keep the socket.
    setTimeout(() => this.#socket.destroy(), 200).unref();
  }

  /** Until something came, broke or was stopped, or the time is over. */
  #change(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, Math.ceil(ms));
      signal?.addEventListener('abort', done, { once: true });
      this.#wake = done;
    });
  }

  #receive(data: Buffer): void {
    if (this.#unread.length + data.length > MAX_UNREAD) {
      this.#failure ??= extraBytes(this.#address, this.#unread.length + data.length);
      this.#socket.destroy();
    } else {
      const joined = new Uint8Array(this.#unread.length + data.length);
      joined.set(this.#unread);
      joined.set(data, this.#unread.length);
      this.#unread = joined;
    }
    this.#wake?.();
  }

  #end(): void {
    this.#ended = true;
    this.#wake?.();
  }
}
