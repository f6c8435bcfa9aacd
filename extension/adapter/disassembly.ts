/** The disassembly view. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { hexNumber, toHex } from '../../emulator/common/bytes';
import { InputError } from '../../emulator/common/errors';
import { type MachineApi, symbolText } from '../../emulator/common/machine-api';
import { disassemble as decode } from '../../emulator/isa/disassembler';
import type { Args } from './arguments';
import type { Context, Handlers, Reply } from './handlers';
import type { LiveRun } from './live-run';
import { parseReference } from './memory';
import { toSource } from './sources';

/** Most rows of one answer; the view asks for a few hundred. */
const MOST_ROWS = 10_000;
const END = 1n << 64n;

function disassemble(context: Context, args: Args): Reply {
  const run = context.still();
  const { space, address } = parseReference(args.text('memoryReference'));
  if (space !== undefined) throw new InputError('bad-address', 'Only effective addresses can be disassembled.');
  const limits = { min: -(2 ** 53) + 1 };
  const count = args.integer('instructionCount', { max: MOST_ROWS });
  const offset = BigInt(args.optionalInteger('offset', limits) ?? 0);
  const skip = BigInt(args.optionalInteger('instructionOffset', limits) ?? 0);
  const start = ((address + offset) & ~3n) + 4n * skip;
  const instructions = Array.from({ length: count }, (_, i) => row(context, run, start + 4n * BigInt(i)));
  return { body: { instructions } };
}

function row(context: Context, run: LiveRun, address: bigint): DebugProtocol.DisassembledInstruction {
  const invalid = { instruction: '(no memory)', presentationHint: 'invalid' as const };
  // Clients read addresses as unsigned numbers.
  if (address < 0n || address >= END) return { address: hexNumber(BigInt.asUintN(64, address), 16), ...invalid };
  const { machine } = run.target;
  const bytes = machine.peek(address, 4);
  if (bytes?.length !== 4) return { address: hexNumber(address, 16), ...invalid };
  const word = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, machine.endian === 'little');
  const at = run.target.sourceAt?.(address);
  const symbol = symbolText(machine.symbols.at(address));
  const { client } = context;
  return {
    address: hexNumber(address, 16),
    instructionBytes: toHex(bytes, ' '),
    instruction: withSymbol(decode(word, address).text, word, machine),
    ...(symbol !== undefined && { symbol }),
    ...(at && {
      location: toSource(client, at.source),
      line: at.range.line + client.lineOffset,
      column: at.range.column + client.columnOffset,
      endLine: at.range.endLine + client.lineOffset,
      endColumn: at.range.endColumn + client.columnOffset,
    }),
  };
}

/** The text of a direct branch with the name of its target: `bl 0x100138 <put>`. */
function withSymbol(text: string, word: number, machine: MachineApi): string {
  const target = [16, 18].includes(word >>> 26) ? /0x[0-9a-f]+$/.exec(text)?.[0] : undefined;
  const symbol = target && symbolText(machine.symbols.at(BigInt(target)));
  return symbol ? `${text} <${symbol}>` : text;
}

export const disassemblyHandlers: Handlers = { disassemble };
