/**
 * Makes a flow graph reducible: every loop gets one head.
 *
 * Where control can come into a loop at several blocks, all edges to these go to a *dispatcher* instead, which goes on by
 * the number that the edge has. So the loop has one head, and structured code can express it. (The usual transformation;
 * strongly connected components by Tarjan's algorithm.)
 */
import type { Block } from './discover';

export interface Edge {
  to: Node;
  /** At a dispatcher: which of its edges to take. */
  label: number | undefined;
}

export interface Node {
  /** A dispatcher has no block, nor has the start of a region whose entry is in such a loop. */
  readonly block: Block | undefined;
  readonly isDispatcher: boolean;
  /** By the offset of the target; those of a dispatcher by label. */
  readonly edges: Map<number, Edge>;
}

/** The graph's nodes may change; answers with its entry, which is another one where the old one is in a loop with several entries. */
export function makeReducible(entry: Node): Node {
  return new Reduction(entry).run();
}

class Reduction {
  private start: Edge;

  constructor(private readonly entry: Node) {
    this.start = { to: entry, label: undefined };
  }

  run(): Node {
    this.tame(reachable(this.entry), undefined);
    const { to, label } = this.start;
    return label === undefined ? to : { block: undefined, isDispatcher: false, edges: new Map([[0, this.start]]) };
  }

  /** Gives the loops among some nodes one head each; edges to `head`, whose loop they are in, are not looked at. */
  private tame(nodes: ReadonlySet<Node>, head: Node | undefined): void {
    for (const component of components(nodes, head)) {
      if (component.size === 1) continue;
      const entries = this.entriesOf(component);
      const [only] = entries;
      const inner = entries.length === 1 && only ? only : this.dispatch(entries);
      this.tame(component, inner);
    }
  }

  /** All edges of the graph, that to its entry too. */
  private *edges(): Generator<readonly [from: Node | undefined, edge: Edge]> {
    yield [undefined, this.start];
    for (const node of reachable(this.start.to)) for (const edge of node.edges.values()) yield [node, edge];
  }

  private entriesOf(component: ReadonlySet<Node>): Node[] {
    const entries = new Set<Node>();
    for (const [from, { to }] of this.edges()) {
      if (component.has(to) && !(from && component.has(from))) entries.add(to);
    }
    return [...entries];
  }

  private dispatch(entries: readonly Node[]): Node {
    const all = [...this.edges()];
    const edges = entries.map((to, label) => [label, { to, label: undefined }] as const);
    const dispatcher: Node = { block: undefined, isDispatcher: true, edges: new Map(edges) };
    for (const [, edge] of all) {
      const label = entries.indexOf(edge.to);
      if (label >= 0) Object.assign(edge, { to: dispatcher, label });
    }
    return dispatcher;
  }
}

function reachable(entry: Node): Set<Node> {
  const found = new Set([entry]);
  for (const node of found) for (const { to } of node.edges.values()) found.add(to);
  return found;
}

/** The strongly connected components of some nodes, without the edges to one of them. */
function components(nodes: ReadonlySet<Node>, without: Node | undefined): Set<Node>[] {
  const index = new Map<Node, number>();
  const low = new Map<Node, number>();
  const stack: Node[] = [];
  const open = new Set<Node>();
  const found: Set<Node>[] = [];
  const visit = (node: Node): number => {
    const own = index.size;
    let lowest = own;
    index.set(node, own);
    stack.push(node);
    open.add(node);
    for (const { to } of node.edges.values()) {
      if (to === without || !nodes.has(to)) continue;
      if (!index.has(to)) lowest = Math.min(lowest, visit(to));
      else if (open.has(to)) lowest = Math.min(lowest, index.get(to) ?? lowest);
    }
    low.set(node, lowest);
    if (lowest !== own) return lowest;
    const component = new Set(stack.splice(stack.indexOf(node)));
    for (const member of component) open.delete(member);
    found.push(component);
    return lowest;
  };
  for (const node of nodes) if (!index.has(node)) visit(node);
  return found;
}
