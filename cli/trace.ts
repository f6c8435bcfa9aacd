/** The readable account of a run that `pef run` prints: calls with their registers, TPM exchanges field by field. */

import { hexNumber, s64 } from '../emulator/common/bytes';
import type { CallInfo, MachineEvent } from '../emulator/common/machine';
import { interruptNamed } from '../emulator/isa/interrupts';
import { type CallRow, callNumbered } from '../emulator/pef/calls';
import { CALL_CONSTANTS, codeName } from '../emulator/pef/codes';
import { decodeCommand, decodeResponse, renderMessage } from '../emulator/tpm/codec';
import { type Paint, indent } from './text';

const SYSTEM_CALL = interruptNamed('System Call');

/** Lines for one event; none for events that the account leaves out. */
export function traceEvent(event: MachineEvent, paint: Paint): string[] {
  switch (event.kind) {
    case 'call':
      return isConsoleCall(event.call) ? [] : traceCall(event.call, paint);
    case 'call return':
      if (isConsoleCall(event.call) && event.result === 0n) return [];
      return traceReturn(event.call, event.result, event.r4, paint);
    case 'tpm command':
      return ['', ...indent(renderMessage(decodeCommand(event.bytes), { color: paint.color }).split('\n'), 4)];
    case 'tpm response': {
      const decoded = decodeResponse(event.bytes, event.command);
      return ['', ...indent(renderMessage(decoded, { color: paint.color }).split('\n'), 4), ''];
    }
    case 'interrupt': {
      // System calls are told as calls.
      if (event.interrupt.vector === SYSTEM_CALL?.vector) return [];
      const { name, vector, address, level, detail } = event.interrupt;
      return [
        `  ${paint.yellow(`${name} interrupt`)} ${hexNumber(vector)} at ${hexNumber(address)} to the ${level}: ${detail}`,
      ];
    }
    case 'output':
      if (event.category === 'print') return [event.text];
      return [`  ${event.category === 'warning' ? paint.yellow(`warning: ${event.text}`) : paint.dim(event.text)}`];
    case 'page': {
      const { side, guest, gfn, from, to } = event;
      return [`  ${paint.dim(`page ${hexNumber(BigInt(gfn))} of ${guest}: ${from} -> ${to} (${side})`)}`];
    }
    // The terminal's output is told as it is.
    case 'console':
    case 'scenario':
    case 'msr':
      return [];
  }
}

/** The calls by which a guest uses its terminal: one for some characters. */
export function isConsoleCall({ name }: CallInfo): boolean {
  return name === 'H_PUT_TERM_CHAR' || name === 'H_GET_TERM_CHAR';
}

function traceCall(call: CallInfo, paint: Paint): string[] {
  const row = callNumbered(call.lev, call.number);
  const heading = `${call.caller}: ${call.lev === 1 ? 'hypercall' : 'ultracall'} ${paint.bold(row?.name ?? hexNumber(call.number))}`;
  return [
    `  ${heading}`,
    register(
      3,
      call.number,
      row ? row.name : `no ${call.lev === 1 ? 'hypercall' : 'ultracall'} has this number`,
      paint,
    ),
    ...(row?.parameters ?? []).map((parameter, i) => {
      const value = call.args[i] ?? 0n;
      return register(4 + i, value, argument(row, parameter.name, value), paint);
    }),
  ];
}

/** `in_size = 12`, with the name of the value for an operation. */
function argument(row: CallRow | undefined, name: string, value: bigint): string {
  if (name === 'operation') {
    const constant = CALL_CONSTANTS.find((each) => each.name.startsWith('TPM_COMM_OP') && each.value === value);
    return constant ? `${name} = ${constant.name}` : `${name} = ${value}`;
  }
  return /size|num|order|offset|len/.test(name) || row === undefined ? `${name} = ${value}` : name;
}

function traceReturn(call: CallInfo, result: bigint, r4: bigint, paint: Paint): string[] {
  const row = callNumbered(call.lev, call.number);
  const name = codeName(call.lev, result);
  const outcome = name ?? `${s64(result)}`;
  const lines = [register(3, result, s64(result) < 0n ? paint.red(outcome) : paint.green(outcome), paint)];
  const output = row?.outputs.find((each) => each.register === 4);
  // A call that gives nothing back leaves the register as it was.
  if (output && result === 0n && r4 !== call.args[0]) lines.push(register(4, r4, `${output.name} = ${r4}`, paint));
  return [...lines, ''];
}

function register(number: number, value: bigint, meaning: string, paint: Paint): string {
  return `    ${paint.cyan(`r${number}`.padEnd(4))}${hexNumber(value, 16)}  ${meaning}`;
}
