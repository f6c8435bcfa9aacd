/**
 * The flow graph of a region: order, dominators, loops, and which registers are changed or needed where.
 *
 * Blocks are numbered in reverse postorder; the entry is 0.
 */
import type { Block } from './discover';
import { type Node as RawNode, makeReducible } from './reducible';
import { SlotSet } from './slots';

/** Where an edge leads. */
export interface FlowEdge {
  readonly to: FlowBlock;
  /** For a dispatcher: which of its edges to take. */
  readonly label: number | undefined;
}

export interface FlowBlock extends Block {
  readonly index: number;
  /** Successors by their offset; a dispatcher's by label. */
  readonly next: ReadonlyMap<number, FlowEdge>;
  /** It has no instructions and goes on by the label with which it was reached (reducible.ts). */
  readonly isDispatcher: boolean;
  /** Blocks that it dominates immediately and that several edges reach: descending. */
  readonly merges: readonly FlowBlock[];
  readonly isLoop: boolean;
  readonly isMerge: boolean;
  /** Whether the budget is tested at its beginning. */
  readonly testsBudget: boolean;
  /** Most instructions from its beginning to the next place where the budget is tested. */
  readonly budget: number;
  readonly inLoop: boolean;
  /** Of the head of an outermost loop: the loop's blocks. */
  readonly nest: readonly FlowBlock[];
  /** Slots that may differ from memory at its beginning. */
  readonly dirty: SlotSet;
  /** Slots whose value at its beginning an instruction of the region may want. */
  readonly live: SlotSet;
}

export interface Flow {
  readonly entry: FlowBlock;
  readonly blocks: readonly FlowBlock[];
  /** Slots to load when the region is entered. */
  readonly loads: SlotSet;
  /** All slots that it uses. */
  readonly slots: SlotSet;
}

interface Node {
  readonly raw: RawNode;
  readonly block: Block;
  readonly index: number;
  successors: readonly Node[];
  readonly predecessors: Node[];
  dominator: Node;
  /** Head of the outermost loop that it is in. */
  loop: Node | undefined;
  reads: SlotSet;
  writes: SlotSet;
  may: SlotSet;
  must: SlotSet;
  liveIn: SlotSet;
  budget: number;
}

function rawGraph(blocks: readonly Block[]): RawNode | undefined {
  const nodes = new Map(
    blocks.map((block): [number, RawNode] => [block.id, { block, isDispatcher: false, edges: new Map() }]),
  );
  for (const block of blocks) {
    const node = nodes.get(block.id);
    for (const { offset, id } of block.targets) {
      const to = nodes.get(id);
      if (to) node?.edges.set(offset, { to, label: undefined });
    }
  }
  return blocks[0] && nodes.get(blocks[0].id);
}

const NO_BLOCK: Block = { id: -1, offset: 0, instructions: [], targets: [], predicted: [] };

/** Nodes in reverse postorder, with their edges. */
function ordered(entry: RawNode): Node[] {
  const postorder: RawNode[] = [];
  const seen = new Set<RawNode>();
  const visit = (raw: RawNode): void => {
    seen.add(raw);
    for (const { to } of raw.edges.values()) if (!seen.has(to)) visit(to);
    postorder.push(raw);
  };
  visit(entry);
  const nodes = postorder.reverse().map((raw, index): Node => {
    const node = {
      raw,
      block: raw.block ?? NO_BLOCK,
      index,
      successors: [],
      predecessors: [],
      loop: undefined,
      budget: 0,
    };
    return node as unknown as Node;
  });
  const nodeOf = new Map(nodes.map((node) => [node.raw, node]));
  for (const node of nodes) {
    const reached = new Set([...node.raw.edges.values()].map(({ to }) => nodeOf.get(to)));
    node.successors = [...reached].filter((to) => to !== undefined);
    for (const to of node.successors) to.predecessors.push(node);
  }
  return nodes;
}

/** The nearest common dominator (Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm). */
function common(a: Node, b: Node): Node {
  let [x, y] = [a, b];
  while (x !== y) {
    while (x.index > y.index) x = x.dominator;
    while (y.index > x.index) y = y.dominator;
  }
  return x;
}

function findDominators(nodes: readonly Node[]): void {
  const [entry] = nodes;
  if (!entry) return;
  entry.dominator = entry;
  for (let changed = true; changed;) {
    changed = false;
    for (const node of nodes) {
      if (node === entry) continue;
      const known = node.predecessors.filter((p) => (p.dominator as Node | undefined) !== undefined);
      const dominator = known.reduce((a, b) => common(a, b));
      if (dominator !== node.dominator) {
        node.dominator = dominator;
        changed = true;
      }
    }
  }
}

const isLoop = (node: Node): boolean => node.predecessors.some((from) => from.index >= node.index);

/** Finds the outermost loop of each node: those from which its head is reached without leaving what that dominates. */
function findLoops(nodes: readonly Node[]): void {
  // Outer heads come before inner ones.
  for (const head of nodes.filter(isLoop)) {
    const body = new Set([head]);
    const work = head.predecessors.filter((from) => from.index >= head.index);
    for (let node = work.pop(); node; node = work.pop()) {
      if (body.has(node)) continue;
      body.add(node);
      work.push(...node.predecessors);
    }
    for (const node of body) node.loop ??= head;
  }
}

/** Repeats a step over the nodes until it changes nothing. */
function untilStable(nodes: readonly Node[], step: (node: Node) => boolean): void {
  for (let changed = true; changed;) {
    changed = false;
    for (const node of nodes) changed = step(node) || changed;
  }
}

function findSlots(nodes: readonly Node[]): SlotSet {
  let all = SlotSet.EMPTY;
  for (const node of nodes) {
    let reads = SlotSet.EMPTY;
    let writes = SlotSet.EMPTY;
    for (const instruction of node.block.instructions) {
      reads = reads.union(instruction.reads.without(writes));
      writes = writes.union(instruction.writes);
    }
    Object.assign(node, { reads, writes, may: SlotSet.EMPTY, liveIn: reads });
    all = all.union(reads).union(writes);
  }
  untilStable(nodes.toReversed(), (node) => {
    const before = node.liveIn;
    for (const to of node.successors) node.liveIn = node.liveIn.union(to.liveIn.without(node.writes));
    return !node.liveIn.equals(before);
  });
  for (const node of nodes) node.must = node.index === 0 ? SlotSet.EMPTY : all;
  untilStable(nodes, (node) => {
    const { may, must } = node;
    for (const from of node.predecessors) {
      node.may = node.may.union(from.may).union(from.writes);
      node.must = node.must.common(from.must.union(from.writes));
    }
    // What a loop does not want is in memory at its head, so that it need not be carried around.
    if (isLoop(node)) node.may = node.may.common(node.liveIn.union(SlotSet.CR));
    return !node.may.equals(may) || !node.must.equals(must);
  });
  return all;
}

/** At loops, but behind a dispatcher, which has no address at which the region could be left. */
function testsBudget(node: Node): boolean {
  if (node.raw.isDispatcher) return false;
  return node.index === 0 || isLoop(node) || node.predecessors.some((from) => from.raw.isDispatcher);
}

/** The flow graph of blocks, the entry's first. */
export function flowOf(blocks: readonly Block[]): Flow | undefined {
  const raw = rawGraph(blocks);
  if (!raw) return undefined;
  const nodes = ordered(makeReducible(raw));
  findDominators(nodes);
  findLoops(nodes);
  const slots = findSlots(nodes);
  for (const node of nodes.toReversed()) {
    const ahead = node.successors.filter((to) => to.index > node.index && !testsBudget(to)).map((to) => to.budget);
    node.budget = node.block.instructions.length + Math.max(0, ...ahead);
  }
  const made = nodes.map((node) => ({
    ...node.block,
    index: node.index,
    next: new Map<number, FlowEdge>(),
    isDispatcher: node.raw.isDispatcher,
    merges: [] as FlowBlock[],
    isLoop: isLoop(node),
    isMerge: node.predecessors.filter((from) => from.index < node.index).length > 1,
    testsBudget: testsBudget(node),
    budget: node.budget,
    inLoop: node.loop !== undefined,
    nest: [] as FlowBlock[],
    dirty: node.may,
    live: node.liveIn,
  }));
  type Made = (typeof made)[number];
  const blockOf = new Map(nodes.map((node, i) => [node.raw, made[i]] as const));
  const of = (node: RawNode): Made => {
    const block = blockOf.get(node);
    if (!block) throw new RangeError('A node of the flow graph has no block.');
    return block;
  };
  for (const node of nodes) {
    const block = of(node.raw);
    for (const [key, { to, label }] of node.raw.edges) block.next.set(key, { to: of(to), label });
    if (node.index > 0 && block.isMerge) of(node.dominator.raw).merges.unshift(block);
    if (node.loop) of(node.loop.raw).nest.push(block);
  }
  const [entry] = nodes;
  if (!entry) return undefined;
  let loads = entry.liveIn;
  for (const node of nodes) loads = loads.union(node.may.without(node.must));
  return { entry: of(entry.raw), blocks: made, loads, slots };
}
