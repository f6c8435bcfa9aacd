/** The TPM's side of the language: commands that `send` builds, and responses that become structures. */

import { InputError } from '../common/errors';
import type { Value } from '../common/values';
import { buildCommand, decodeResponse, toRecord } from '../tpm/codec';
import { TPM_BUFFER_BYTES } from '../tpm/device';
import { ScriptError } from './operators';

const HEADER_BYTES = 10;

/**
 * The size that a response's header tells.
 *
 * @throws ScriptError `not-a-response` when the bytes cannot be a TPM response
 */
export function responseSize(header: Uint8Array): number {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const size = header.length < HEADER_BYTES ? 0 : view.getUint32(2);
  if (size < HEADER_BYTES || size > TPM_BUFFER_BYTES) {
    throw new ScriptError(
      'not-a-response',
      `There is no TPM response here: its size field says ${size} bytes, which must be ${HEADER_BYTES} to ${TPM_BUFFER_BYTES}.`,
    );
  }
  return size;
}

/** A response as a structure with the specification's names; a wrong one as far as it was decoded. */
export function decodedResponse(response: Uint8Array, command: Uint8Array | undefined): Value {
  return toRecord(decodeResponse(response, command));
}

/**
 * The bytes of a command.
 *
 * @throws ScriptError with the codec's code (`out-of-range`, `wrong-type`, ...) when a field cannot be built
 */
export function builtCommand(name: string, fields: readonly (readonly [name: string, value: Value])[]): Uint8Array {
  try {
    return buildCommand(name, Object.fromEntries(fields));
  } catch (error) {
    if (error instanceof InputError) throw new ScriptError(error.code, error.message);
    throw error;
  }
}
