/**
 * The protocol of the Microsoft/IBM TPM simulator: a command port, and a platform port one above it.
 *
 * All numbers are big-endian 32-bit words (TCG reference code TcpTpmProtocol.h). The platform port takes signals and
 * answers each with 0. The command port takes `8, locality (1 byte), size, command` and gives `size, response, 0`.
 */

import { concat, numberToBytes } from '../../common/bytes';
import { BackEndError, InputError } from '../../common/errors';
import { type ExternalDevice, TPM_BUFFER_BYTES } from '../device';
import {
  badResponse,
  checkCommand,
  deadlineIn,
  extraBytes,
  HEADER_BYTES,
  limitsOf,
  parseAddress,
  responseSize,
  type Deadline,
  type DeviceOptions,
  type Limits,
} from './framing';
import { ByteStream } from './stream';

const SIGNAL_POWER_ON = 1;
const SEND_COMMAND = 8;
const SIGNAL_NV_ON = 11;
const SESSION_END = 20;
const LOCALITY = 0;

function word(value: number): Uint8Array<ArrayBuffer> {
  return numberToBytes(BigInt(value), 4);
}

function wordAt(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

export class MssimDevice implements ExternalDevice {
  readonly kind = 'mssim';
  readonly #host: string;
  readonly #port: number;
  readonly #limits: Limits;
  #commands: ByteStream | undefined;

  /** @throws InputError `bad-address` */
  constructor(
    readonly address: string,
    options: DeviceOptions = {},
  ) {
    const { host, port } = parseAddress(address);
    if (port === 65535) {
      throw new InputError(
        'bad-address',
        `'${address}' leaves no platform port, which is one above; use a lower port.`,
      );
    }
    this.#host = host;
    this.#port = port;
    this.#limits = limitsOf(options);
  }

  /** Powers the TPM and its NV memory on (both do nothing when they are on), and connects the command port. */
  async open(signal?: AbortSignal): Promise<void> {
    if (this.#commands && !this.#commands.dead) return;
    this.#drop();
    const platformPort = this.#port + 1;
    const platform = await this.#connect(platformPort, `${this.address} (platform port ${platformPort})`, signal);
    try {
      const deadline = deadlineIn(this.#limits.connectTimeoutMs);
      for (const code of [SIGNAL_POWER_ON, SIGNAL_NV_ON]) {
        platform.write(word(code));
        await this.#acknowledge(platform, `the signal ${code}`, deadline, signal);
      }
    } catch (error) {
      platform.destroy();
      throw error;
    }
    platform.finish(word(SESSION_END));
    this.#commands = await this.#connect(this.#port, this.address, signal);
  }

  /** Connects first if there is no connection, also after an error: then the connection is a new one. */
  async transmit(command: Uint8Array, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    checkCommand(command, this.address);
    await this.open(signal);
    const stream = this.#commands;
    try {
      if (!stream) throw new Error('open() left no stream');
      if (stream.unread > 0) throw extraBytes(this.address, stream.unread);
      const deadline = deadlineIn(this.#limits.timeoutMs);
      stream.write(concat(word(SEND_COMMAND), Uint8Array.of(LOCALITY), word(command.length), command));
      const announced = wordAt(await stream.read(4, deadline, signal));
      if (announced < HEADER_BYTES || announced > TPM_BUFFER_BYTES) {
        throw badResponse(this.address, `the simulator announces ${announced} bytes`);
      }
      const header = await stream.read(HEADER_BYTES, deadline, signal);
      const size = responseSize(header, this.address);
      if (size !== announced) {
        throw badResponse(this.address, `the simulator announces ${announced} bytes and the header ${size}`);
      }
      const rest = await stream.read(size - HEADER_BYTES, deadline, signal);
      await this.#acknowledge(stream, 'the command', deadline, signal);
      if (stream.unread > 0) throw extraBytes(this.address, stream.unread);
      return concat(header, rest);
    } catch (error) {
      this.#drop();
      throw error;
    }
  }

  close(): Promise<void> {
    if (this.#commands?.dead === false) this.#commands.finish(word(SESSION_END));
    this.#commands = undefined;
    return Promise.resolve();
  }

  #connect(port: number, address: string, signal?: AbortSignal): Promise<ByteStream> {
    return ByteStream.connect({ host: this.#host, port, address }, this.#limits.connectTimeoutMs, signal);
  }

  async #acknowledge(stream: ByteStream, what: string, deadline: Deadline, signal?: AbortSignal): Promise<void> {
    const status = wordAt(await stream.read(4, deadline, signal));
    if (status === 0) return;
    throw new BackEndError(
      'tpm-bad-response',
      `The TPM simulator at ${this.address} refused ${what} with status ${status}.`,
    );
  }

  #drop(): void {
    this.#commands?.destroy();
    this.#commands = undefined;
  }
}
