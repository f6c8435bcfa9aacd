/**
 * The call stack of an actor's own software, from its registers and memory.
 *
 * Both 64-bit ABIs have a back chain: the doubleword at r1 is the caller's r1, and a function that calls others saves LR
 * at 16 from its caller's r1 (ELF V2 ABI 2.3.1; 1.9, 3.2.2). A function that calls none, and every one in its first and
 * last instructions, has no frame: its return address is in LR. Which of the two holds is read from the instructions
 * around NIA, because code carries no other mark.
 */

import { hexNumber } from '../common/bytes';
import type { Frame } from '../common/frames';
import { symbolText } from '../common/machine-api';
import type { SymbolTable } from '../image/symbols';
import { instructionWord } from './instructions';

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
/** How far around NIA the instructions are read, in bytes. */
const PROLOGUE_REACH = 1024n;
const EPILOGUE_REACH = 128n;

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
  let { framed, saved } = stateAt(nia, source);
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

/** What the function at NIA has done so far. */
interface FunctionState {
  /** r1 is its own, not its caller's. */
  readonly framed: boolean;
  /** Its return address is in memory, not in LR. */
  readonly saved: boolean;
}

/** On the way out what follows says it, else what went before. */
function stateAt(nia: bigint, source: StackSource): FunctionState {
  return leaving(nia, source) ?? entered(nia, source);
}

/** When nothing but the end of the function follows: what that still takes back. */
function leaving(nia: bigint, { instruction }: StackSource): FunctionState | undefined {
  let depth = 0;
  let saved = false;
  for (let address = nia; address < nia + EPILOGUE_REACH; address += 4n) {
    const word = instruction(address);
    if (word === BLR) return { framed: depth > 0, saved };
    if (word === undefined || word === 0 || isBranch(word)) return undefined;
    if (popsFrame(word)) depth++;
    if (pushesFrame(word)) depth--;
    if (word === MTLR_R0) saved = true;
  }
  return undefined;
}

/** What the instructions from the function's start on have done. */
function entered(nia: bigint, { symbols, instruction }: StackSource): FunctionState {
  const at = symbols?.at(nia);
  const start = at && at.symbol.size > 0n && at.offset < PROLOGUE_REACH ? nia - at.offset : undefined;
  const stores: number[] = [];
  for (let address = nia - 4n; address >= (start ?? nia - PROLOGUE_REACH) && address >= 0n; address -= 4n) {
    const word = instruction(address);
    if (word === undefined) break;
    if (pushesFrame(word)) {
      // LR is saved before, at 16 from r1, or after, at 16 from the caller's.
      const own = stores.includes(frameBytes(word) + Number(LR_SAVE));
      const saved = own || savedBefore(address, start, instruction);
      return { framed: true, saved };
    }
    if (storesR0(word)) stores.push(word & 0xfffc);
    // Without symbols a return is the end of another function.
    if (start === undefined && word === BLR) break;
  }
  return { framed: false, saved: false };
}

function savedBefore(push: bigint, start: bigint | undefined, instruction: StackSource['instruction']): boolean {
  for (let address = push - 4n; address >= (start ?? push - EPILOGUE_REACH) && address >= 0n; address -= 4n) {
    const word = instruction(address);
    if (word === undefined || word === BLR) return false;
    if (storesR0(word) && (word & 0xfffc) === Number(LR_SAVE)) return true;
  }
  return false;
}

const BLR = instructionWord('blr');
const MTLR_R0 = instructionWord('mtlr r0');

/** `stdu r1,-n(r1)` and `stdux r1,r1,rX`. */
function pushesFrame(word: number): boolean {
  return (word & 0xffff_0003) >>> 0 === STDU_R1 || (word & 0xffff_07fe) >>> 0 === STDUX_R1;
}
const STDU_R1 = instructionWord('stdu r1,0(r1)');
const STDUX_R1 = instructionWord('stdux r1,r1,r0');

/** The size of the frame that a `stdu r1,-n(r1)` makes, in bytes. */
function frameBytes(word: number): number {
  return 0x10000 - (word & 0xfffc);
}

/** `std r0,n(r1)`: how every compiler saves LR. */
function storesR0(word: number): boolean {
  return (word & 0xffff_0003) >>> 0 === STD_R0;
}
const STD_R0 = instructionWord('std r0,0(r1)');

/** `addi r1,r1,n` and `ld r1,0(r1)`. */
function popsFrame(word: number): boolean {
  return (word & 0xffff_0000) >>> 0 === ADDI_R1 || word === LD_R1;
}
const ADDI_R1 = instructionWord('addi r1,r1,0');
const LD_R1 = instructionWord('ld r1,0(r1)');

/** Branches are the primary opcodes 16 and 18, and those of 19 that end with bclr, bcctr or bctar. */
function isBranch(word: number): boolean {
  const opcode = word >>> 26;
  const extended = (word >>> 1) & 0x3ff;
  return opcode === 16 || opcode === 18 || (opcode === 19 && [16, 528, 560].includes(extended));
}

/** Whether an instruction calls a function: a branch that sets LR. */
export function isCall(word: number): boolean {
  return isBranch(word) && (word & 1) !== 0;
}
