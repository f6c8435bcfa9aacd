/**
 * swtpm over its data port: a plain stream of commands and responses, framed by the size in their headers.
 *
 * `swtpm socket --tpm2 --server type=tcp,port=2321 --ctrl type=tcp,port=2322 --flags not-need-init,startup-clear ...`
 * The port serves one client at a time.
 */

import { concat } from '../../common/bytes';
import type { ExternalDevice } from '../device';
import {
  checkCommand,
  deadlineIn,
  extraBytes,
  HEADER_BYTES,
  limitsOf,
  parseAddress,
  responseSize,
  type DeviceOptions,
  type Limits,
} from './framing';
import { ByteStream } from './stream';

export class SwtpmDevice implements ExternalDevice {
  readonly kind = 'swtpm';
  readonly #where: { host: string; port: number; address: string };
  readonly #limits: Limits;
  #stream: ByteStream | undefined;

  /** @throws InputError `bad-address` */
  constructor(
    readonly address: string,
    options: DeviceOptions = {},
  ) {
    this.#where = { ...parseAddress(address), address };
    this.#limits = limitsOf(options);
  }

  async open(signal?: AbortSignal): Promise<void> {
    if (this.#stream && !this.#stream.dead) return;
    this.#drop();
    this.#stream = await ByteStream.connect(this.#where, this.#limits.connectTimeoutMs, signal);
  }

  /** Connects first if there is no connection, also after an error: then the connection is a new one. */
  async transmit(command: Uint8Array, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    checkCommand(command, this.address);
    await this.open(signal);
    const stream = this.#stream;
    try {
      if (!stream) throw new Error('open() left no stream');
      if (stream.unread > 0) throw extraBytes(this.address, stream.unread);
      const deadline = deadlineIn(this.#limits.timeoutMs);
      stream.write(command);
      const header = await stream.read(HEADER_BYTES, deadline, signal);
      const rest = await stream.read(responseSize(header, this.address) - HEADER_BYTES, deadline, signal);
      if (stream.unread > 0) throw extraBytes(this.address, stream.unread);
      return concat(header, rest);
    } catch (error) {
      this.#drop();
      throw error;
    }
  }

  close(): Promise<void> {
    this.#drop();
    return Promise.resolve();
  }

  #drop(): void {
    this.#stream?.destroy();
    this.#stream = undefined;
  }
}
