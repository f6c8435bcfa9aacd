/**
 * A TPM's character device, such as /dev/tpmrm0. Node only: imports node:fs.
 *
 * The device is opened non-blocking (Linux drivers/char/tpm/tpm-dev-common.c, since 4.20): a write then only queues the
 * command, and a read gives nothing until the response is there. All calls run in the thread pool. So neither a slow TPM
 * nor a dead one holds up the process, and each wait has its end. On older kernels the write runs the whole command,
 * in the thread pool too.
 */

import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { BackEndError, InputError, messageOf } from '../../common/errors';
import { TPM_BUFFER_BYTES, type ExternalDevice } from '../device';
import {
  badResponse,
  deadlineIn,
  extraBytes,
  HEADER_BYTES,
  limitsOf,
  responseSize,
  stopped,
  timedOut,
  type Deadline,
  type DeviceOptions,
  type Limits,
} from './framing';

/** The part of a FileHandle that is used; tests put a device of their own here. */
export interface DeviceFile {
  read(buffer: Uint8Array, offset: number, length: number, position: null): Promise<{ bytesRead: number }>;
  write(buffer: Uint8Array): Promise<{ bytesWritten: number }>;
  close(): Promise<void>;
}

export type OpenFile = (path: string) => Promise<DeviceFile>;

const openNonBlocking: OpenFile = (path): Promise<FileHandle> => open(path, constants.O_RDWR | constants.O_NONBLOCK);

/** Waits between two looks for the response: short at first, as most commands take less than a millisecond. */
const FIRST_WAIT_MS = 1;
const LONGEST_WAIT_MS = 20;

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such device; load the TPM driver, or correct the path',
  EACCES: 'This user may not use it; join its group (often tss)',
  EPERM: 'This user may not use it; join its group (often tss)',
  EBUSY: 'Another program uses it; end that program, or use the resource manager /dev/tpmrm0',
  EISDIR: 'It is a directory; write the path of a device',
  ENXIO: 'There is nothing behind it; load the TPM driver',
  ENODEV: 'There is nothing behind it; load the TPM driver',
  EPIPE: 'The device is gone; check the TPM driver',
  EIO: 'The driver reports an error; see the kernel log',
  ETIME: 'The TPM did not answer its driver; see the kernel log',
  EINVAL: 'The driver refused the command; its size field does not fit its bytes',
  E2BIG: `The command is longer than ${TPM_BUFFER_BYTES} bytes`,
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

export class CharacterDevice implements ExternalDevice {
  readonly kind = 'device';
  readonly #limits: Limits;
  readonly #openFile: OpenFile;
  #file: DeviceFile | undefined;

  /** @throws InputError `bad-address` for an empty path */
  constructor(
    readonly address: string,
    options: DeviceOptions = {},
    openFile: OpenFile = openNonBlocking,
  ) {
    if (address === '' || address.includes('\0')) {
      throw new InputError('bad-address', `'${address}' is no path of a device; write one, such as "/dev/tpmrm0".`);
    }
    this.#limits = limitsOf(options);
    this.#openFile = openFile;
  }

  async open(signal?: AbortSignal): Promise<void> {
    if (this.#file) return;
    const opening = this.#openFile(this.address);
    // When the wait is given up, what comes later is closed again.
    let late = false;
    opening.then((file) => late && this.#closeLater(file)).catch(() => undefined);
    try {
      this.#file = await this.#within(opening, deadlineIn(this.#limits.connectTimeoutMs), 'it was not opened', signal);
    } catch (error) {
      late = true;
      throw this.#explain(error, 'tpm-unreachable', 'cannot be opened');
    }
  }

  /** Opens the device first if it is not open, also after an error: then a response left behind is dropped with it. */
  async transmit(command: Uint8Array, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    await this.open(signal);
    const file = this.#file;
    try {
      if (!file) throw new Error('open() left no file');
      const deadline = deadlineIn(this.#limits.timeoutMs);
      await this.#send(file, command, deadline, signal);
      return await this.#receive(file, deadline, signal);
    } catch (error) {
      this.#drop();
      throw this.#explain(error, 'tpm-device-failed', 'failed');
    }
  }

  close(): Promise<void> {
    this.#drop();
    return Promise.resolve();
  }

  /** One write for the whole command; an interrupted one is repeated, an unread response is read first. */
  async #send(file: DeviceFile, command: Uint8Array, deadline: Deadline, signal?: AbortSignal): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        const { bytesWritten } = await this.#within(file.write(command), deadline, 'the command was not taken', signal);
        if (bytesWritten === command.length) return;
        // The driver takes all or nothing; the rest of a cut command must not follow as a command of its own.
        const message = `The device ${this.address} took ${bytesWritten} of the ${command.length} bytes of the command.`;
        throw new BackEndError('tpm-device-failed', message);
      } catch (error) {
        const code = codeOf(error);
        if (code === 'EBUSY' && tries === 0) await this.#read(file, deadline, signal);
        else if (code === 'EINTR' || code === 'EAGAIN')
          await this.#pause(LONGEST_WAIT_MS, deadline, 'the command was not taken', signal);
        else throw error;
      }
    }
  }

  async #receive(file: DeviceFile, deadline: Deadline, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    let got = new Uint8Array(0);
    let wait = FIRST_WAIT_MS;
    for (;;) {
      const part = await this.#read(file, deadline, signal);
      if (part.length > 0) {
        const joined = new Uint8Array(got.length + part.length);
        joined.set(got);
        joined.set(part, got.length);
        got = joined;
        const size = got.length < HEADER_BYTES ? undefined : responseSize(got, this.address);
        if (size === got.length) return got;
        if (size !== undefined && got.length > size) throw extraBytes(this.address, got.length - size);
        if (got.length > TPM_BUFFER_BYTES) throw badResponse(this.address, 'it does not end');
        continue;
      }
      await this.#pause(wait, deadline, `${got.length} bytes came`, signal);
      wait = Math.min(2 * wait, LONGEST_WAIT_MS);
    }
  }

  /** What the device has for us; nothing when the response is not ready. */
  async #read(file: DeviceFile, deadline: Deadline, signal?: AbortSignal): Promise<Uint8Array> {
    const buffer = new Uint8Array(TPM_BUFFER_BYTES);
    try {
      const reading = file.read(buffer, 0, buffer.length, null);
      const { bytesRead } = await this.#within(reading, deadline, 'a read did not come back', signal);
      return buffer.subarray(0, bytesRead);
    } catch (error) {
      if (codeOf(error) === 'EAGAIN' || codeOf(error) === 'EINTR') return new Uint8Array(0);
      throw error;
    }
  }

  /** The operation's result, or an error when the time is over or the user stops; the operation itself may go on. */
  #within<T>(operation: Promise<T>, deadline: Deadline, got: string, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: unknown): void => {
        settle();
        reject(error instanceof Error ? error : new Error(messageOf(error)));
      };
      const onAbort = (): void => fail(stopped(this.address));
      const left = Math.max(0, Math.ceil(deadline.at - performance.now()));
      const timer = setTimeout(() => fail(timedOut(this.address, deadline, got)), left);
      if (signal?.aborted === true) onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      operation.then((value) => {
        settle();
        resolve(value);
      }, fail);
    });
  }

  async #pause(ms: number, deadline: Deadline, got: string, signal?: AbortSignal): Promise<void> {
    const left = deadline.at - performance.now();
    if (left <= 0) throw timedOut(this.address, deadline, got);
    const sleep = new Promise<void>((resolve) => setTimeout(resolve, Math.min(ms, left)));
    await this.#within(sleep, deadline, got, signal);
  }

  #explain(error: unknown, code: string, what: string): BackEndError {
    if (error instanceof BackEndError) return error;
    const hint = HINTS[codeOf(error)];
    const why = hint === undefined ? `: ${messageOf(error)}` : ` (${codeOf(error)}). ${hint}`;
    return new BackEndError(code, `The device ${this.address} ${what}${why}.`, { cause: error });
  }

  #drop(): void {
    if (this.#file) this.#closeLater(this.#file);
    this.#file = undefined;
  }

  /** Closing waits for a call that hangs in the driver: nobody waits for the closing. */
  #closeLater(file: DeviceFile): void {
    file.close().catch(() => undefined);
  }
}
