/**
 * Finds a region: the instructions that direct branches reach from its entry, up to a limit, as basic blocks.
 *
 * Small functions are taken in where they are called, each call with a copy of its own, so that a return knows where it
 * probably goes. Other calls end a path: the function is another region, and so is what follows the call. Addresses are
 * offsets from the entry, in bytes.
 */
import type { Instruction, Target } from './instruction';

/** Instructions of a region at most: larger functions cost V8 more than they save. */
export const REGION_INSTRUCTIONS = 200;
/** Instructions of a function that is taken in, and how deep calls may be. */
const INLINE_INSTRUCTIONS = 40;
const INLINE_DEPTH = 3;

/** A place to go to. */
export interface Successor {
  readonly offset: number;
  /** Identity of the block: its offset and the call in which it is. */
  readonly id: number;
}

export interface Block {
  readonly id: number;
  readonly offset: number;
  readonly instructions: readonly Instruction[];
  /** Places in the region to which it may go, whether there is a block or not. */
  readonly targets: readonly Successor[];
  /** Where its indirect branch probably goes: offsets of targets. */
  readonly predicted: readonly number[];
}

/** The code around a region's entry. */
export interface Surrounding {
  /** Effective address of the region. */
  readonly entry: bigint;
  /** The instruction at an offset, undefined where a region cannot have one. */
  readonly at: (offset: number) => Instruction | undefined;
  /** Effective addresses to which the branch to CTR at an offset has gone. */
  readonly seenTargets: (offset: number) => readonly bigint[];
}

/** A call that is taken in. */
interface Call {
  readonly number: number;
  readonly depth: number;
  readonly caller: Call | undefined;
  readonly callee: number;
  readonly returnsTo: number;
}

interface Found {
  readonly offset: number;
  readonly call: Call;
  readonly instruction: Instruction;
  readonly targets: Successor[];
  readonly predicted: number[];
}

/** The offset of a direct branch from an instruction at an offset; undefined for other branches. */
export function offsetOfTarget(target: Target, at: number, entry: bigint): number | undefined {
  if (target.kind === 'relative') return at + Number(target.offset);
  return target.kind === 'absolute' ? offsetOf(target.ea, entry) : undefined;
}

function offsetOf(ea: bigint, entry: bigint): number | undefined {
  const offset = BigInt.asIntN(64, ea - entry);
  return offset > -0x8000_0000n && offset < 0x8000_0000n ? Number(offset) : undefined;
}

/** Offsets are words within 2 GiB. */
const idOf = (call: Call, offset: number): number => call.number * 2 ** 31 + (offset >> 2) + 2 ** 30;

/** Finds the region of an entry: blocks in no order, the entry's first; none when there is no instruction. */
export function discover(surrounding: Surrounding): Block[] {
  return new Discovery(surrounding).blocks();
}

class Discovery {
  private readonly found = new Map<number, Found>();
  private readonly work: { call: Call; offset: number }[] = [];
  private readonly leaders = new Set<number>();
  private readonly small = new Map<number, boolean>();
  private calls = 1;

  constructor(private readonly around: Surrounding) {}

  blocks(): Block[] {
    const root: Call = { number: 0, depth: 0, caller: undefined, callee: 0, returnsTo: 0 };
    this.lead(root, 0);
    let next: { call: Call; offset: number } | undefined;
    while ((next = this.work.shift())) this.follow(next.call, next.offset);
    return [...this.leaders].flatMap((id) => this.block(id) ?? []);
  }

  private lead(call: Call, offset: number): Successor {
    const id = idOf(call, offset);
    this.leaders.add(id);
    this.work.push({ call, offset });
    return { offset, id };
  }

  private follow(call: Call, first: number): void {
    for (let offset = first; this.found.size < REGION_INSTRUCTIONS; offset += 4) {
      const id = idOf(call, offset);
      const instruction = this.found.has(id) ? undefined : this.around.at(offset);
      if (!instruction) return;
      const found: Found = { offset, call, instruction, targets: [], predicted: [] };
      this.found.set(id, found);
      if (instruction.targets.length === 0) continue;
      this.branch(found);
      return;
    }
  }

  /** Leads on from a branch. */
  private branch(found: Found): void {
    const { instruction, offset, call } = found;
    for (const target of instruction.targets) {
      const goal = offsetOfTarget(target, offset, this.around.entry);
      if (instruction.isCall && goal !== offset + 4) this.enter(found, goal);
      else if (goal !== undefined) found.targets.push(this.lead(call, goal));
      else if (instruction.isReturn) this.predict(found, call.caller, call.returnsTo);
      else for (const seen of this.seenTargets(found)) this.predict(found, call, seen);
    }
    if (instruction.falls) found.targets.push(this.lead(call, offset + 4));
  }

  private predict(found: Found, call: Call | undefined, goal: number): void {
    if (!call) return;
    found.predicted.push(goal);
    found.targets.push(this.lead(call, goal));
  }

  /** Offsets to which a branch to CTR has gone. */
  private seenTargets({ instruction, offset }: Found): number[] {
    const seen = instruction.byCtr ? this.around.seenTargets(offset) : [];
    return seen.flatMap((ea) => offsetOf(ea, this.around.entry) ?? []);
  }

  /** Takes a called function in when it is small. */
  private enter(found: Found, goal: number | undefined): void {
    const { call, offset } = found;
    if (call.depth === INLINE_DEPTH) return;
    for (const callee of goal === undefined ? this.seenTargets(found) : [goal]) {
      let outer: Call | undefined = call;
      while (outer && outer.callee !== callee) outer = outer.caller;
      if (outer || !this.isSmall(callee)) continue;
      const made = { number: this.calls++, depth: call.depth + 1, caller: call, callee, returnsTo: offset + 4 };
      if (goal === undefined) this.predict(found, made, callee);
      else found.targets.push(this.lead(made, callee));
    }
  }

  /** Whether a function has few instructions and returns. */
  private isSmall(entry: number): boolean {
    const known = this.small.get(entry);
    if (known !== undefined) return known;
    const seen = new Set<number>();
    const work = [entry];
    let returns = false;
    for (let next = work.pop(); next !== undefined && seen.size <= INLINE_INSTRUCTIONS; next = work.pop()) {
      for (let offset = next; !seen.has(offset) && seen.size <= INLINE_INSTRUCTIONS; offset += 4) {
        const instruction = this.around.at(offset);
        if (!instruction) break;
        seen.add(offset);
        if (instruction.targets.length === 0) continue;
        returns ||= instruction.isReturn;
        if (instruction.falls || instruction.isCall) work.push(offset + 4);
        if (instruction.isCall) break;
        for (const target of instruction.targets) {
          const goal = offsetOfTarget(target, offset, this.around.entry);
          if (goal !== undefined) work.push(goal);
        }
        break;
      }
    }
    const small = returns && seen.size <= INLINE_INSTRUCTIONS;
    this.small.set(entry, small);
    return small;
  }

  private block(id: number): Block | undefined {
    const first = this.found.get(id);
    if (!first) return undefined;
    const instructions: Instruction[] = [];
    let last = first;
    let { offset } = first;
    for (let here: Found | undefined = first; here;) {
      instructions.push(here.instruction);
      last = here;
      offset += 4;
      if (here.instruction.targets.length > 0) break;
      const next: number = idOf(first.call, offset);
      here = this.leaders.has(next) ? undefined : this.found.get(next);
    }
    const ends = last.instruction.targets.length > 0;
    const targets = ends ? last.targets : [{ offset, id: idOf(first.call, offset) }];
    return { id, offset: first.offset, instructions, targets, predicted: last.predicted };
  }
}
