/**
 * The hierarchy of exceptions that leave this project's code on purpose.
 *
 * An error here is a user's mistake or a broken outside thing, with a stable code and a sentence that says what to do.
 * What guest code does wrong is never an exception: it is an interrupt of the machine.
 */

/** A place in a text file, all numbers one-based. */
export interface TextRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Base of all errors that carry a code for the user. */
export class PefError extends Error {
  /**
   * @param code stable identifier, kebab-case, for instance `file-not-found`
   * @param message one sentence that says what is wrong and what to do
   */
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A configuration, file or argument that cannot be used. */
export class InputError extends PefError {}

/** Bytes that do not follow their format; `offset` is the byte where decoding stopped. */
export class FormatError extends PefError {
  constructor(
    code: string,
    message: string,
    readonly offset: number,
  ) {
    super(code, message);
  }
}

/** Something outside the machine (a TPM socket, a device node) that fails, stalls or lies. */
export class BackEndError extends PefError {}

/** The sentence of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
