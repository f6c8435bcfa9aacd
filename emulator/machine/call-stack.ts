/**
 * The call stack of an actor's own software, from its registers and memory.
 *
 * Both 64-bit ABIs have a back chain: the doubleword at r1 is the caller's r1, and a function that calls others saves LR
 * at 16 from its caller's r1 ("The Stack Frame" of both ABIs). A function that calls none, and every one in its first and
 * last instructions, has no frame: its return address is in LR. Which of the two holds is read from the instructions
 * around NIA, because code carries no other mark.
 */

import { hexNumber } from '../common/bytes';
import type { Frame } from '../common/frames';
import { symbolText } from '../common/machine-api';
import type { SymbolTable } from '../image/symbols';
import { functionState } from './function-state';

export interface StackSource {
  /** The actor in words. */
  readonly actor: string;
  readonly stackPointer: bigint;
  readonly lr: bigint;
  /** The address that the outermost function returns to. */
  readonly end: bigint;
  readonly symbols: SymbolTable | undefined;
  /** Memory as the actor loads it; undefined where it cannot. */
  readonly doubleword: (address: bigint) => bigint | undefined;
  readonly instruction: (address: bigint) => number | undefined;
}

/** Most frames: a longer chain is broken memory, or more than a reader wants. */
const MOST_FRAMES = 64;
const LR_SAVE = 16n;

/** Frames, innermost first; `innermost` is the one at NIA without its name. */
export function callStack(innermost: Frame, source: StackSource): readonly Frame[] {
  const { symbols, stackPointer } = source;
  const nameOf = (address: bigint, before: boolean): string | undefined => {
    // A call may be the last instruction of a function: what is named is the call.
    const at = symbols?.at(before ? address - 4n : address);
    if (!at) return undefined;
    return symbolText({ name: at.symbol.name, offset: before ? at.offset + 4n : at.offset });
  };
  const nia = innermost.address ?? 0n;
  const name = nameOf(nia, false);
  const frames: Frame[] = [
    { ...innermost, stackPointer, ...(name === undefined ? {} : { name: `${source.actor}: ${name}` }) },
  ];
  const push = (address: bigint, pointer: bigint): void => {
    const text = nameOf(address, true) ?? hexNumber(address);
    frames.push({
      kind: 'code',
      name: `${source.actor}: ${text}`,
      address,
      stackPointer: pointer,
      lineStart: false,
    });
  };
  let { framed, saved } = functionState(nia, source);
  let pointer = stackPointer;
  while (frames.length < MOST_FRAMES) {
    const caller = framed ? source.doubleword(pointer) : pointer;
    // The chain leads upwards and ends with 0.
    if (caller === undefined || (framed && caller <= pointer) || caller % 8n !== 0n) break;
    const address = saved ? source.doubleword(caller + LR_SAVE) : source.lr;
    if (address === undefined || !isCode(address, source)) break;
    push(address, caller);
    pointer = caller;
    framed = saved = true;
  }
  return frames;
}

/** Whether a return address can be one: instructions are there. */
function isCode(address: bigint, { instruction, end }: StackSource): boolean {
  return address !== end && address % 4n === 0n && (instruction(address) ?? 0) !== 0;
}
