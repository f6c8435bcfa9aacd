/** What all external TPMs have in common: limits of time and size, framing by the header, and the errors. */

import { hexNumber } from '../../common/bytes';
import { BackEndError, InputError } from '../../common/errors';
import { TPM_BUFFER_BYTES } from '../device';

export interface DeviceOptions {
  /** Longest wait for the response of one command, in milliseconds; 30000 by default. */
  readonly timeoutMs?: number;
  /** Longest wait for a connection, in milliseconds; 3000 by default. */
  readonly connectTimeoutMs?: number;
}

export interface Limits {
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
}

export function limitsOf({ timeoutMs = 30_000, connectTimeoutMs = 3_000 }: DeviceOptions): Limits {
  return { timeoutMs, connectTimeoutMs };
}

export const HEADER_BYTES = 10;
const TAGS = new Set([0x8001, 0x8002, 0x00c4]);

/** A point in time after which an operation has failed. */
export interface Deadline {
  readonly at: number;
  readonly ms: number;
}

export function deadlineIn(ms: number): Deadline {
  return { at: performance.now() + ms, ms };
}

/**
 * The size that a response's header tells.
 *
 * @throws BackEndError `tpm-bad-response` when the bytes cannot be the header of a response
 */
export function responseSize(header: Uint8Array, address: string): number {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const tag = view.getUint16(0);
  const size = view.getUint32(2);
  if (!TAGS.has(tag)) {
    throw badResponse(address, `its first bytes are ${hexNumber(tag, 4)}, which is no tag of a response`);
  }
  if (size < HEADER_BYTES || size > TPM_BUFFER_BYTES) {
    throw badResponse(
      address,
      `its size field says ${size} bytes, and responses have ${HEADER_BYTES} to ${TPM_BUFFER_BYTES}`,
    );
  }
  return size;
}

export function badResponse(address: string, why: string): BackEndError {
  return new BackEndError(
    'tpm-bad-response',
    `The TPM at ${address} gave no proper response: ${why}. Check that a TPM 2.0 listens there.`,
  );
}

export function timedOut(address: string, deadline: Deadline, got: string): BackEndError {
  return new BackEndError(
    'tpm-timeout',
    `The TPM at ${address} did not answer within ${deadline.ms / 1000} s (${got}). Check that it runs and serves no other client.`,
  );
}

export function closedEarly(address: string, got: string): BackEndError {
  return new BackEndError(
    'tpm-closed',
    `The TPM at ${address} closed the connection before its response was complete (${got}). Start it again.`,
  );
}

export function extraBytes(address: string, count: number): BackEndError {
  return new BackEndError(
    'tpm-extra-bytes',
    `The TPM at ${address} sent ${count} bytes more than its response has; the connection was closed. Check that it serves no other client.`,
  );
}

export function stopped(address: string): BackEndError {
  return new BackEndError('tpm-stopped', `The command to the TPM at ${address} was stopped.`);
}

/**
 * Byte-stream TPMs find the end of a command by its header: another length would join it with the next command.
 *
 * @throws BackEndError `tpm-bad-command`
 */
export function checkCommand(command: Uint8Array, address: string): void {
  const size =
    command.length < HEADER_BYTES ? undefined : new DataView(command.buffer, command.byteOffset).getUint32(2);
  if (size === command.length && size <= TPM_BUFFER_BYTES) return;
  const what =
    size === undefined
      ? `has ${command.length} bytes and a header has ${HEADER_BYTES}`
      : `has ${command.length} bytes and its size field says ${size}`;
  throw new BackEndError('tpm-bad-command', `The command was not sent to the TPM at ${address}: it ${what}.`);
}

/**
 * Host and port of `127.0.0.1:2321` or `[::1]:2321`.
 *
 * @throws InputError `bad-address`
 */
export function parseAddress(address: string): { host: string; port: number } {
  const [, v6, name, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(address) ?? [];
  const host = v6 ?? name;
  const port = Number(digits);
  if (host === undefined || !(port >= 1 && port <= 65535)) {
    throw new InputError(
      'bad-address',
      `'${address}' is no address of a TPM; write host and port, such as "127.0.0.1:2321".`,
    );
  }
  return { host, port };
}
