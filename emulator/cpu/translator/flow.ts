/**
 * The flow graph of a region: order, dominators, loops, and which registers are changed or needed where.
 *
 * Blocks are numbered in reverse postorder; the entry is 0. An edge back to a block that does not dominate its source
 * (irreducible flow) is not part of the graph: the region is left there.
 */
import type { Block } from './discover';
import { SlotSet } from './slots';

export interface FlowBlock extends Block {
  readonly index: number;
  /** Successors in the graph by their offset. */
  readonly next: ReadonlyMap<number, FlowBlock>;
  /** Blocks that it dominates immediately and that several edges reach: descending. */
  readonly merges: readonly FlowBlock[];
  readonly isLoop: boolean;
  readonly isMerge: boolean;
  /** Whether it is part of a loop. */
  readonly inLoop: boolean;
  /** Slots that may differ from memory at its beginning. */
  readonly dirty: SlotSet;
  /** Most instructions from its beginning to the next place where the budget is tested. */
  readonly budget: number;
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
  readonly block: Block;
  index: number;
  successors: Node[];
  readonly predecessors: Node[];
  dominator: Node;
  isLoop: boolean;
  reads: SlotSet;
  writes: SlotSet;
  may: SlotSet;
  must: SlotSet;
  liveIn: SlotSet;
  budget: number;
}

/** Nodes in reverse postorder, unreachable ones left out. */
function ordered(blocks: readonly Block[]): Node[] {
  const nodes = new Map<string, Node>();
  const byId = new Map(blocks.map((block) => [block.id, block]));
  const postorder: Node[] = [];
  const visit = (block: Block): Node => {
    const node = { block, index: -1, successors: [], predecessors: [], isLoop: false, budget: 0 } as unknown as Node;
    nodes.set(block.id, node);
    for (const { id } of block.targets) {
      const target = byId.get(id);
      if (target) node.successors.push(nodes.get(id) ?? visit(target));
    }
    postorder.push(node);
    return node;
  };
  const first = blocks[0];
  if (first) visit(first);
  const order = postorder.reverse();
  order.forEach((node, i) => (node.index = i));
  return order;
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
  for (const node of nodes) {
    node.predecessors.length = 0;
    node.dominator = undefined as unknown as Node;
  }
  for (const node of nodes) for (const successor of node.successors) successor.predecessors.push(node);
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

function dominates(a: Node, b: Node): boolean {
  let node = b;
  while (node.index > a.index) node = node.dominator;
  return node === a;
}

/** Takes edges out that go back without being a loop's. */
function dropIrreducible(nodes: readonly Node[]): void {
  for (const node of nodes) {
    node.successors = node.successors.filter((to) => to.index > node.index || dominates(to, node));
  }
}

/** The nodes of all loops: from which a loop's head is reached without leaving what it dominates. */
function loopNodes(nodes: readonly Node[]): Set<Node> {
  const found = new Set<Node>();
  for (const head of nodes) {
    const body = new Set([head]);
    const work = head.predecessors.filter((from) => from.index >= head.index);
    if (work.length > 0) found.add(head);
    let node: Node | undefined;
    while ((node = work.pop())) {
      if (body.has(node)) continue;
      body.add(node);
      found.add(node);
      work.push(...node.predecessors);
    }
  }
  return found;
}

/** Repeats a step over the nodes until it changes nothing. */
function untilStable(nodes: readonly Node[], step: (node: Node) => boolean): void {
  for (let changed = true; changed;) {
    changed = false;
    for (const node of nodes) changed = step(node) || changed;
  }
}

function analyse(nodes: readonly Node[]): SlotSet {
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
  for (const node of nodes) node.must = node.index === 0 ? SlotSet.EMPTY : all;
  untilStable(nodes, (node) => {
    const { may, must } = node;
    for (const from of node.predecessors) {
      node.may = node.may.union(from.may).union(from.writes);
      node.must = node.must.common(from.must.union(from.writes));
    }
    return !node.may.equals(may) || !node.must.equals(must);
  });
  untilStable(nodes.toReversed(), (node) => {
    const before = node.liveIn;
    for (const to of node.successors) node.liveIn = node.liveIn.union(to.liveIn.without(node.writes));
    return !node.liveIn.equals(before);
  });
  return all;
}

/** The flow graph of blocks, the entry's first. */
export function flowOf(blocks: readonly Block[]): Flow | undefined {
  const nodes = ordered(blocks);
  const [entry] = nodes;
  if (!entry) return undefined;
  findDominators(nodes);
  dropIrreducible(nodes);
  findDominators(nodes);
  for (const node of nodes) node.isLoop = node.predecessors.some((from) => from.index >= node.index);
  const slots = analyse(nodes);
  for (const node of nodes.toReversed()) {
    const ahead = node.successors.filter((to) => to.index > node.index && !to.isLoop).map((to) => to.budget);
    node.budget = node.block.instructions.length + Math.max(0, ...ahead);
  }
  let loads = entry.liveIn;
  for (const node of nodes) loads = loads.union(node.may.without(node.must));
  const looping = loopNodes(nodes);
  const made: FlowBlock[] = [];
  const isMerge = (node: Node): boolean => node.predecessors.filter((from) => from.index < node.index).length > 1;
  for (const node of nodes) {
    made.push({
      ...node.block,
      index: node.index,
      next: new Map(),
      merges: [],
      isLoop: node.isLoop,
      isMerge: isMerge(node),
      inLoop: looping.has(node),
      dirty: node.may,
      budget: node.budget,
    });
  }
  const blockOf = (node: Node): FlowBlock => {
    const block = made[node.index];
    if (!block) throw new RangeError(`Block ${node.index} has not been made.`);
    return block;
  };
  for (const node of nodes) {
    const block = blockOf(node);
    for (const to of node.successors) (block.next as Map<number, FlowBlock>).set(to.block.offset, blockOf(to));
    if (node !== entry && block.isMerge) (blockOf(node.dominator).merges as FlowBlock[]).unshift(block);
  }
  return { entry: blockOf(entry), blocks: made, loads, slots };
}
