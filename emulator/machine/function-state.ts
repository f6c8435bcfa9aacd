/**
 * What a function has done to the stack when it stands at an instruction: read from the instructions around it, as
 * compilers write them (tried with GCC 12; also with the ABI's out-of-line routines that save and restore registers).
 */

import type { SymbolTable } from '../image/symbols';
import { instructionWord } from './instructions';

export interface FunctionState {
  /** r1 is its own, not its caller's. */
  readonly framed: boolean;
  /** Its return address is in memory, at 16 from its caller's r1, and not in LR. */
  readonly saved: boolean;
}

export interface CodeSource {
  readonly symbols: SymbolTable | undefined;
  readonly instruction: (address: bigint) => number | undefined;
}

const LR_SAVE = 16;
/** Most instructions that are read of a prologue's side, and of an epilogue's. */
const MOST_BEFORE = 256n;
const MOST_BEHIND = 48;

/** On the way out what follows says it, else what went before. */
export function functionState(nia: bigint, source: CodeSource): FunctionState {
  return leaving(nia, source) ?? entered(nia, source);
}

/** When nothing but the end of the function follows: what that still takes back. */
function leaving(nia: bigint, source: CodeSource): FunctionState | undefined {
  let depth = 0;
  let saved = false;
  let address = nia;
  /** What holds when the branch that was followed was a call of another function in the place of a return. */
  let atBranch: FunctionState | undefined;
  let followed = false;
  for (let count = 0; count < MOST_BEHIND; count++, address += 4n) {
    const word = source.instruction(address);
    if (word === BLR) return { framed: depth > 0, saved };
    if (word === undefined || word === 0) return atBranch;
    if (isBranch(word)) {
      const target = isJump(word) && !followed ? targetOf(word, address) : undefined;
      if (target === undefined) return atBranch;
      if (isOther(address, target, source)) atBranch = { framed: depth > 0, saved };
      followed = true;
      address = target - 4n;
      continue;
    }
    if (pushesFrame(word)) depth--;
    else if (writesStackPointer(word)) depth++;
    if (word === MTLR_R0) saved = true;
  }
  return atBranch;
}

/** Whether two addresses are in different functions, as far as symbols tell. */
function isOther(from: bigint, to: bigint, { symbols }: CodeSource): boolean {
  const [a, b] = [symbols?.at(from), symbols?.at(to)];
  return a !== undefined && b !== undefined && a.symbol !== b.symbol;
}

/** What the instructions from the function's start on have done. */
function entered(nia: bigint, source: CodeSource): FunctionState {
  const { symbols, instruction } = source;
  const at = symbols?.at(nia);
  const start = at && at.symbol.size > 0n && at.offset < 4n * MOST_BEFORE ? nia - at.offset : undefined;
  const stores: number[] = [];
  for (let address = nia - 4n; address >= (start ?? nia - 4n * MOST_BEFORE) && address >= 0n; address -= 4n) {
    const word = instruction(address);
    if (word === undefined) break;
    if (pushesFrame(word)) {
      // LR is saved before, at 16 from r1, or after, at 16 from the caller's.
      return {
        framed: true,
        saved: stores.includes(frameBytes(word) + LR_SAVE) || savedBefore(address, start, source),
      };
    }
    if (storesR0(word)) stores.push(word & 0xfffc);
    // Without symbols a return is the end of another function.
    if (start === undefined && word === BLR) break;
  }
  return { framed: false, saved: savedBefore(nia, start, source) };
}

/** Whether LR was saved before an instruction at which r1 is the caller's, also by a routine that saves registers. */
function savedBefore(end: bigint, start: bigint | undefined, { instruction }: CodeSource): boolean {
  const savesHere = (word: number): boolean => storesR0(word) && (word & 0xfffc) === LR_SAVE;
  for (let address = end - 4n; address >= (start ?? end - 4n * MOST_BEFORE) && address >= 0n; address -= 4n) {
    const word = instruction(address);
    if (word === undefined || word === BLR) return false;
    if (savesHere(word)) return true;
    if (!isCall(word)) continue;
    for (let at = targetOf(word, address) ?? 0n, count = 0; count < MOST_BEHIND; at += 4n, count++) {
      const other = instruction(at);
      if (other === undefined || isBranch(other)) break;
      if (savesHere(other)) return true;
    }
  }
  return false;
}

// -- instructions, as bits of their words -----------------------------------------------------------------------------

const BLR = instructionWord('blr');
const MTLR_R0 = instructionWord('mtlr r0');
const STD_R0 = instructionWord('std r0,0(r1)');
const STDU_R1 = instructionWord('stdu r1,0(r1)');
const STDUX_R1 = instructionWord('stdux r1,r1,r0');
const ADDI_R1 = instructionWord('addi r1,0,0');
const LD_R1 = instructionWord('ld r1,0(0)');
const MR_R1 = instructionWord('mr r1,r0');

/** `stdu r1,-n(r1)` and `stdux r1,r1,rX`. */
function pushesFrame(word: number): boolean {
  return (word & 0xffff_0003) >>> 0 === STDU_R1 || (word & 0xffff_07ff) >>> 0 === STDUX_R1;
}

/** The size of the frame that a `stdu r1,-n(r1)` makes, in bytes. */
function frameBytes(word: number): number {
  return 0x10000 - (word & 0xfffc);
}

/** `std r0,n(r1)`: how every compiler saves LR. */
function storesR0(word: number): boolean {
  return (word & 0xffff_0003) >>> 0 === STD_R0;
}

/** `addi r1,rX,n`, `ld r1,n(rX)` and `mr r1,rX`. */
function writesStackPointer(word: number): boolean {
  return (
    (word & 0xffe0_0000) >>> 0 === ADDI_R1 ||
    (word & 0xffe0_0003) >>> 0 === LD_R1 ||
    ((word & 0xfc1f_07ff) >>> 0 === (MR_R1 & 0xfc1f_07ff) >>> 0 && ((word >>> 21) & 31) === ((word >>> 11) & 31))
  );
}

/** Branches are the primary opcodes 16 and 18, and those of 19 that end with bclr, bcctr or bctar. */
function isBranch(word: number): boolean {
  const opcode = word >>> 26;
  const extended = (word >>> 1) & 0x3ff;
  return opcode === 16 || opcode === 18 || (opcode === 19 && [16, 528, 560].includes(extended));
}

/** `b` without LK. */
function isJump(word: number): boolean {
  return word >>> 26 === 18 && (word & 1) === 0;
}

/** Where a direct branch (`b`) goes; undefined for the others. */
function targetOf(word: number, address: bigint): bigint | undefined {
  if (word >>> 26 !== 18) return undefined;
  const distance = BigInt.asIntN(26, BigInt(word & 0x03ff_fffc));
  return BigInt.asUintN(64, (word & 2) === 0 ? address + distance : distance);
}

/** Whether an instruction calls a function: a branch that sets LR. */
export function isCall(word: number): boolean {
  return isBranch(word) && (word & 1) !== 0;
}
