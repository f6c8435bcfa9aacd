/** What a process has of the operating system: memory, files, signals' actions, the helpers that system calls share. */
import type { HmacDrbg } from '../common/drbg';
import { ERRNO, STACK_BYTES } from './abi';
import { type AddressSpace, mappable } from './address-space';
import { Descriptors } from './descriptors';
import type { UserIo } from './io';

export class Kernel {
  readonly descriptors = new Descriptors();
  /** struct sigaction as the program gave it, by signal. */
  readonly signalActions = new Map<number, Uint8Array>();
  signalMask = 0n;
  /** Set by the process before each call. */
  instructions = 0n;
  /** Bytes of output so far. */
  written = 0;
  readonly stackBytes = BigInt(STACK_BYTES);

  constructor(
    readonly space: AddressSpace,
    readonly io: UserIo,
    readonly random: HmacDrbg,
    readonly heap: { readonly start: number; end: number },
    readonly options: {
      readonly littleEndian: boolean;
      readonly executable: string;
      readonly memoryBytes: number;
    },
  ) {}

  get littleEndian(): boolean {
    return this.options.littleEndian;
  }
  get executable(): string {
    return this.options.executable;
  }
  get memoryBytes(): number {
    return this.options.memoryBytes;
  }

  /** Bytes of the program; undefined where it may not read. */
  read(address: bigint, length: number): Uint8Array<ArrayBuffer> | undefined {
    return mappable(Number(address), length) ? this.space.read(Number(address), length) : undefined;
  }
  /** Writes to the program: 0, or -EFAULT. */
  write(address: bigint, bytes: Uint8Array): number {
    const possible = mappable(Number(address), bytes.length) && this.space.write(Number(address), bytes);
    return possible ? 0 : -ERRNO.EFAULT;
  }
  writable(address: bigint, length: number): boolean {
    for (let at = Number(address); at < Number(address) + length; at += 4096) {
      if (!mappable(at, 1) || this.space.translate(at, 'write') === undefined) return false;
    }
    return true;
  }
  /** A doubleword of the program. */
  get(address: bigint): bigint | undefined {
    const bytes = this.read(address, 8);
    return bytes && new DataView(bytes.buffer).getBigUint64(0, this.littleEndian);
  }
  /** Writes doublewords to the program: undefined, or -EFAULT. */
  put(address: bigint, ...values: readonly bigint[]): number | undefined {
    const view = new DataView(new ArrayBuffer(8 * values.length));
    values.forEach((value, i) => view.setBigUint64(8 * i, BigInt.asUintN(64, value), this.littleEndian));
    return this.write(address, new Uint8Array(view.buffer)) === 0 ? undefined : -ERRNO.EFAULT;
  }
  /** Zeros for the program: 0, or -EFAULT. */
  zero(address: bigint, length: number): number {
    return this.write(address, new Uint8Array(length));
  }

  output(descriptor: 1 | 2, bytes: Uint8Array): void {
    this.written += bytes.length;
    this.io.write(descriptor, bytes);
  }

  /** Address of the handler of a signal: 0 default, 1 ignore. */
  handlerOf(signal: number): bigint {
    const action = this.signalActions.get(signal);
    return action ? new DataView(action.buffer, action.byteOffset).getBigUint64(0, this.littleEndian) : 0n;
  }
}
