/**
 * A TPM 2.0 as the machine's TPM proxy sees it: bytes of a command in, bytes of a response out.
 *
 * The proxy of H_TPM_COMM opens a device on the first TPM_COMM_OP_EXECUTE, keeps it open from call to call, and closes
 * it on TPM_COMM_OP_CLOSE_SESSION or at machine reset (QEMU hw/ppc/spapr_tpm_proxy.c).
 */

/** Largest command and response of the interface, in bytes (QEMU SPAPR_TPM_BUFSIZE, Linux TPM_BUFSIZE). */
export const TPM_BUFFER_BYTES = 4096;

/** A TPM inside the machine: synchronous, deterministic, its whole state plain data. */
export interface EmbeddedDevice {
  readonly kind: 'embedded';
  /** Runs one command; always answers with a well-formed response, whatever the bytes are. */
  execute(command: Uint8Array): Uint8Array<ArrayBuffer>;
  /** The whole state as plain, structured-cloneable data without functions or class instances. */
  save(): unknown;
  /** Takes a state that `save` gave. */
  restore(state: unknown): void;
}

/** A TPM outside the machine. Every method rejects with a BackEndError within the time limit, and never hangs. */
export interface ExternalDevice {
  readonly kind: 'swtpm' | 'mssim' | 'device';
  /** What the user wrote, for messages: `127.0.0.1:2321` or `/dev/tpmrm0`. */
  readonly address: string;
  open(signal?: AbortSignal): Promise<void>;
  /** Sends one command and answers with exactly one whole response (at most TPM_BUFFER_BYTES). */
  transmit(command: Uint8Array, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Never rejects; also without an open connection. */
  close(): Promise<void>;
}

export type TpmDevice = EmbeddedDevice | ExternalDevice;

export type { TpmChoice } from '../common/machine';
