/**
 * Finds a region: the instructions that direct branches reach from its entry, up to a limit, as basic blocks.
 *
 * Calls end a region's path: the called function is another region, and so is what follows the call. Addresses are
 * offsets from the entry, in bytes.
 */
import type { Instruction, Target } from './instruction';

/** Instructions of a region at most: larger functions cost V8 more than they save. */
export const REGION_INSTRUCTIONS = 200;

export interface Block {
  readonly offset: number;
  readonly instructions: readonly Instruction[];
  /** Offsets in the region to which it may go, the blocks' own or not. */
  readonly targets: readonly number[];
}

/** The offset of a direct branch from an instruction at an offset; undefined for other branches. */
export function offsetOfTarget(target: Target, at: number, entry: bigint): number | undefined {
  if (target.kind === 'relative') return at + Number(target.offset);
  if (target.kind === 'absolute') {
    const offset = BigInt.asIntN(64, target.ea - entry);
    return offset > -0x8000_0000n && offset < 0x8000_0000n ? Number(offset) : undefined;
  }
  return undefined;
}

/**
 * @param at the instruction at an offset, undefined where a region cannot have one
 * @returns blocks in no order, the entry's first; empty when there is none at the entry
 */
export function discover(at: (offset: number) => Instruction | undefined, entry: bigint): Block[] {
  const found = new Map<number, Instruction>();
  const leaders = new Set([0]);
  const work = [0];
  let next: number | undefined;
  while ((next = work.shift()) !== undefined) {
    for (let offset = next; !found.has(offset) && found.size < REGION_INSTRUCTIONS; offset += 4) {
      const instruction = at(offset);
      if (!instruction) break;
      found.set(offset, instruction);
      if (instruction.targets.length === 0) continue;
      for (const goal of successors(instruction, offset, entry)) {
        leaders.add(goal);
        work.push(goal);
      }
      break;
    }
  }
  const blocks: Block[] = [];
  for (const leader of leaders) {
    const instructions: Instruction[] = [];
    let offset = leader;
    let last: Instruction | undefined;
    for (let here = found.get(offset); here; here = leaders.has(offset) ? undefined : found.get(offset)) {
      instructions.push(here);
      last = here;
      offset += 4;
      if (here.targets.length > 0) break;
    }
    if (!last) continue;
    const targets = last.targets.length > 0 ? successors(last, offset - 4, entry) : [offset];
    blocks.push({ offset: leader, instructions, targets });
  }
  return blocks;
}

/** Where a branch goes within its region. */
function successors(instruction: Instruction, at: number, entry: bigint): number[] {
  const goals = instruction.falls && !instruction.isCall ? [at + 4] : [];
  if (instruction.isCall) return instruction.falls && instruction.targets.length > 0 ? [at + 4] : goals;
  for (const target of instruction.targets) {
    const offset = offsetOfTarget(target, at, entry);
    if (offset !== undefined) goals.unshift(offset);
  }
  return [...new Set(goals)];
}
