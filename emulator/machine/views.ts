/** The actor's own software as the debugger looks at it: instructions and call stack. Nothing here changes anything. */

import type { Frame } from '../common/frames';
import type { MachineApi } from '../common/machine-api';
import { type Activity, type Actor, actorName } from '../common/machine';
import type { Cpu } from '../cpu/cpu';
import type { SymbolTable } from '../image/symbols';
import { describe } from './activities';
import { callStack } from './call-stack';
import { isCall } from './function-state';

/** What is looked at: the machine. */
type Looking = Pick<MachineApi, 'actor' | 'endian' | 'peek'> & { readonly cpu: Cpu };

/** The instruction word at an effective address of the actor, or undefined. */
function instructionAt(of: Looking, address: bigint): number | undefined {
  const bytes = of.peek(address, 4);
  return bytes && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, of.endian === 'little');
}

/** The address behind the instruction at NIA when that calls a function. */
export function returnAddressOf(of: Looking): bigint | undefined {
  const { nia } = of.cpu;
  const word = instructionAt(of, nia);
  return word !== undefined && isCall(word) ? nia + 4n : undefined;
}

/** The frame of an actor's instructions. @param lineStart nothing of the line has executed yet */
export function codeFrame(actor: Actor, activity: Activity, address: bigint, lineStart: boolean): Frame {
  return { kind: 'code', name: `${actorName(actor)}: ${describe(activity)}`, address, lineStart };
}

/**
 * The functions at work, innermost first.
 *
 * @param innermost the frame at the next instruction
 * @param end where the outermost function returns to
 */
export function softwareFrames(
  of: Looking,
  innermost: Frame,
  end: bigint,
  symbols: SymbolTable | undefined,
): readonly Frame[] {
  return callStack(innermost, {
    actor: actorName(of.actor),
    stackPointer: of.cpu.gpr(1),
    lr: of.cpu.lr,
    end,
    symbols,
    doubleword: (at) => {
      const bytes = of.peek(at, 8);
      return bytes && new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, of.endian === 'little');
    },
    instruction: (at) => instructionAt(of, at),
  });
}
