/** The sentences of failures: what was expected, what came, and why, by the names and words of the tables. */

import type { InterruptInfo } from '../common/machine';
import { fieldOf, isRecord } from '../common/values';
import type { Value } from '../common/values';
import { s64 } from '../common/bytes';
import { callNamed } from '../pef/calls';
import { codeName } from '../pef/codes';
import { explainResponseCode } from '../tpm/codec';
import type { Op } from './program';
import type { Failure } from './script';
import { CONSTANTS } from './vocabulary';

/** An interrupt in words; `symbol`: what of an image is at its address. */
export function interruptText({ name, vector, address, detail }: InterruptInfo, symbol?: string): string {
  const where = `0x${address.toString(16)}${symbol === undefined ? '' : ` (${symbol})`}`;
  return `${name} (0x${vector.toString(16)}) at ${where}: ${detail}`;
}

type Reason = Omit<Failure, 'op'>;

/** A result of a call: its name, its signed number, and what the call's row says of it. */
function resultText(lev: 1 | 2, call: string | undefined, r3: bigint): string {
  const name = codeName(lev, r3);
  const number = s64(r3).toString();
  if (name === undefined) return `0x${r3.toString(16)}`;
  const when = (call === undefined ? undefined : callNamed(call)?.returns[name]) ?? CONSTANTS.get(name)?.doc;
  return `${name} (${number}${when === undefined ? '' : `: ${when.replace(/\.$/, '')}`})`;
}

/** What the machine said during a call. */
export interface Cause {
  readonly note: string | null;
  /** It told of a broken TPM outside of the machine: no fault of the scenario. */
  readonly backEnd: boolean;
}

const reason = ({ note }: Cause) => (note === null ? '' : ` ${note}`);

/** What is wrong with the result of a call, if anything. */
export function callFailure(op: Extract<Op, { op: 'call' }>, r3: bigint, cause: Cause): Reason | undefined {
  const { expected, lev, name } = op;
  if (!expected || expected.value === r3) return undefined;
  const call = name ?? `0x${op.number.toString(16)}`;
  const message = `${call} gave ${resultText(lev, name, r3)}, not ${expected.name}.${reason(cause)}`;
  if (cause.backEnd) return { kind: 'error', code: 'back-end-failed', message };
  return { kind: 'failed', code: 'unexpected-result', message };
}

/** What is wrong with the answer to a TPM command, if anything. */
export function sendFailure(
  op: Extract<Op, { op: 'send' }>,
  response: Value | undefined,
  r3: bigint | undefined,
  cause: Cause,
): Reason | undefined {
  const { expected, command } = op;
  if (response === undefined) {
    const result = r3 ?? 0n;
    if (expected?.family === 'H' && expected.value === result) return undefined;
    const message = `${command} did not reach the TPM: H_TPM_COMM gave ${resultText(1, 'H_TPM_COMM', result)}.${reason(cause)}`;
    if (cause.backEnd) return { kind: 'error', code: 'back-end-failed', message };
    return { kind: 'failed', code: 'tpm-call-failed', message };
  }
  if (!expected) return undefined;
  if (expected.family === 'H') {
    if (expected.value === 0n) return undefined;
    return {
      kind: 'failed',
      code: 'unexpected-result',
      message: `${command}: H_TPM_COMM gave H_SUCCESS, not ${expected.name}.`,
    };
  }
  const field = isRecord(response) ? fieldOf(response, 'responseCode') : undefined;
  const code = typeof field === 'bigint' ? field : undefined;
  if (code === expected.value) return undefined;
  const about = code === undefined ? undefined : explainResponseCode(Number(code));
  // TPM_RC_VALUE also stands for TPM_RC_VALUE of parameter 1: the name is what a scenario means.
  if (about?.name === expected.name) return undefined;
  const got =
    code === undefined ? 'no response code' : `${about?.name ?? ''} (0x${code.toString(16)}: ${about?.text ?? ''})`;
  return { kind: 'failed', code: 'unexpected-result', message: `${command} gave ${got}, not ${expected.name}.` };
}
