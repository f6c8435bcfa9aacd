/**
 * The translator's projection of the rows: a region of blocks as one WebAssembly function, (left i32) -> left i32.
 *
 * Registers are locals while the region runs. It is left in two ways, both behind its hot code: to the next region or
 * the interpreter when its flow goes elsewhere, and, before anything of an instruction has happened, to the interpreter
 * for what needs the host. Each way out first writes the changed registers back.
 */
import type { Field } from '../../isa/fields';
import type { Expr, Stmt } from '../../isa/ir';
import { MSR_BIT } from '../../isa/registers';
import type { Routine } from '../../isa/routine';
import { unitFunctionNumber } from '../../isa/table';
import type { ApplyStatement, Mode, RuntimeFunctions } from '../lowering';
import * as state from '../state';
import { type Code, I32, I64, MEM, OP } from '../wasm';
import { interpretIndex, modeNumber, pushEntryIndex, pushEntryIndexOf } from './entries';
import { offsetOfTarget } from './discover';
import type { Flow, FlowBlock } from './flow';
import { targetOf } from './instruction';
import { RegionAccess } from './region-access';
import type { Comparisons } from './region-registers';
import { SlotSet } from './slots';

/** An indirect branch to so many targets that lie within so many words is a table; others are comparisons. */
const TABLE_TARGETS = 4;
const TABLE_LENGTH = 512;
/** A way out of the region. */
interface Exit {
  readonly dirty: SlotSet;
  readonly comparisons: Comparisons;
  /** Instructions of the block that are not executed. */
  readonly unused: number;
  /** Address to go on at: an effective address or a local with one. */
  readonly to: bigint | { readonly local: number };
  /** Who goes on: the region there, the interpreter with the instruction there, the host. */
  readonly goOn: 'region' | 'interpreter' | 'host';
}

const TYPE_OF_REGION = 0;
/** In the low word of MSR: enabled floating-point exceptions interrupt. */
const FLOAT_EXCEPTIONS = Number(MSR_BIT.FE0 | MSR_BIT.FE1);

export class RegionLowering extends RegionAccess {
  protected override readonly hasTwin = true;
  private readonly left = 0;
  private readonly indirectTarget: number;
  private readonly selector: number;
  private readonly exits: Exit[] = [];
  private readonly labels = new Map<FlowBlock, { block?: number; loop?: number }>();

  // The place in the region.
  private block: FlowBlock;
  private dirty: SlotSet;
  private position = 0;

  /** @param entry effective address of the region */
  constructor(
    code: Code,
    mode: Mode,
    runtime: RuntimeFunctions,
    private readonly flow: Flow,
    private readonly entry: bigint,
    /** Index of a routine's function. */
    private readonly indexOfRoutine: (routine: Routine) => number,
  ) {
    super(code, mode, runtime, flow.slots);
    this.block = flow.entry;
    this.dirty = flow.entry.dirty;
    this.indirectTarget = code.local(I64);
    this.selector = code.local(I32);
    code.keepLocals();
  }

  /** Generates the whole function. */
  function(): void {
    const { code } = this;
    for (const slot of this.flow.loads.list()) this.loadSlot(slot);
    this.tree(this.flow.entry);
    code.op(OP.unreachable);
    code.enclose(this.exits.length);
    this.exits.forEach((exit) => {
      code.op(OP.end);
      code.recycleLocals();
      this.wayOut(exit);
    });
  }

  // -- structure ------------------------------------------------------------------------------------------------

  /** A block, what it dominates inside. */
  private tree(block: FlowBlock): void {
    const { code } = this;
    const label = this.labels.get(block) ?? {};
    this.labels.set(block, label);
    const endPages = this.beginPages();
    if (block.isLoop) {
      this.forgetAllPages();
      this.emptyWindows(block.nest);
      code.loop();
      label.loop = code.depth;
    }
    this.within(block, block.merges);
    if (block.isLoop) {
      code.op(OP.unreachable);
      code.end();
      delete label.loop;
    }
    endPages();
  }

  /** The block with the last of the merges behind the others. */
  private within(block: FlowBlock, merges: readonly FlowBlock[]): void {
    const [last, ...others] = merges;
    if (!last) return this.body(block);
    const { code } = this;
    code.block();
    const label: { block?: number; loop?: number } = { block: code.depth };
    this.labels.set(last, label);
    this.within(block, others);
    code.op(OP.unreachable);
    code.end();
    delete label.block;
    this.forgetAllPages();
    this.tree(last);
  }

  private body(block: FlowBlock): void {
    const { code } = this;
    const outer = { block: this.block, dirty: this.dirty, position: this.position, instruction: this.instruction };
    const restorePages = this.keepPages();
    this.block = block;
    this.dirty = block.dirty;
    this.position = 0;
    if (block.isLoop || block.isMerge) {
      this.comparisons = new Map(this.pendingAt(block).map((field) => [field, 'pending']));
    } else if (block === this.flow.entry) this.comparisons = new Map();
    if (block.testsBudget) {
      code.get(this.left);
      code.i32(block.budget);
      code.op(OP.i32lts);
      this.exitIf({ unused: 0, to: this.address(block.offset), goOn: 'interpreter' });
    }
    if (block.isDispatcher) this.dispatch(block);
    if (block.instructions.length > 0) this.spend(block.instructions.length);
    for (const instruction of block.instructions) {
      this.instruction = instruction;
      code.recycleLocals();
      this.forgetLocals();
      this.statements(instruction.program);
      this.dirty = this.dirty.union(instruction.writes);
      this.forgetPages(instruction.writes);
      this.position++;
    }
    const falls = block.instructions.at(-1)?.falls ?? !block.isDispatcher;
    if (falls) this.edge(block.offset + 4 * block.instructions.length);
    ({ block: this.block, dirty: this.dirty, position: this.position, instruction: this.instruction } = outer);
    restorePages();
  }

  private spend(instructions: number): void {
    const { code } = this;
    code.get(this.left);
    code.i32(instructions);
    code.op(OP.i32sub);
    code.set(this.left);
  }

  /** Goes on by the label of the edge on which control came. */
  private dispatch(block: FlowBlock): void {
    const { code } = this;
    const labels = [...block.next.keys()];
    labels.forEach(() => code.block());
    code.get(this.selector);
    code.brTable(labels, labels.length - 1);
    for (const label of labels) {
      code.end();
      this.edge(label);
    }
  }

  /** Goes on at an offset; nothing comes behind. */
  private edge(offset: number): void {
    const { code } = this;
    const edge = this.block.next.get(offset);
    if (!edge) return this.exit({ unused: 0, to: this.address(offset), goOn: 'region' });
    const { to } = edge;
    if (edge.label !== undefined) {
      code.i32(edge.label);
      code.set(this.selector);
    }
    const label = this.labels.get(to);
    const depth = to.index <= this.block.index ? label?.loop : label?.block;
    const before = this.comparisons;
    this.comparisons = new Map(before);
    if (to.isMerge || to.isLoop) {
      this.settleFor(to, this.dirty);
      for (const slot of this.dirty.without(to.dirty.union(SlotSet.CR)).list()) this.storeSlot(slot, this.comparisons);
    }
    if (depth !== undefined) code.br(code.depth - depth);
    else this.tree(to);
    this.comparisons = before;
  }

  protected override get inLoop(): boolean {
    return this.block.inLoop;
  }

  private address(offset: number): bigint {
    const ea = this.entry + BigInt(offset);
    return this.mode.sf ? BigInt.asUintN(64, ea) : ea & 0xffff_ffffn;
  }

  // -- ways out -------------------------------------------------------------------------------------------------

  private addExit(exit: Pick<Exit, 'unused' | 'to' | 'goOn'>): number {
    return this.exits.push({ ...exit, dirty: this.dirty, comparisons: new Map(this.comparisons) }) - 1;
  }
  private exit(exit: Pick<Exit, 'unused' | 'to' | 'goOn'>): void {
    this.code.br(this.code.depth + this.addExit(exit));
  }
  private exitIf(exit: Pick<Exit, 'unused' | 'to' | 'goOn'>): void {
    this.code.brIf(this.code.depth + this.addExit(exit));
  }
  /** To the interpreter, which does the current instruction. */
  private leave(): Pick<Exit, 'unused' | 'to' | 'goOn'> {
    const unused = this.block.instructions.length - this.position;
    return { unused, to: this.address(this.block.offset + 4 * this.position), goOn: 'interpreter' };
  }

  private wayOut({ dirty, comparisons, unused, to, goOn }: Exit): void {
    const { code } = this;
    const mode = modeNumber(this.mode);
    for (const slot of dirty.list()) this.storeSlot(slot, comparisons);
    code.i32(0);
    if (typeof to === 'bigint') code.i64(to);
    else code.get(to.local);
    code.memory(MEM.i64store, state.NIA);
    if (goOn === 'host') {
      code.i32(0);
      code.i32(state.EXIT_REASON.state);
      code.memory(MEM.i32store, state.EXIT);
    }
    code.get(this.left);
    if (unused > 0) {
      code.i32(unused);
      code.op(OP.i32add);
    }
    if (goOn === 'host') return code.op(OP.return);
    if (goOn === 'interpreter') code.i32(interpretIndex(mode));
    else if (typeof to === 'bigint') pushEntryIndexOf(code, to, mode);
    else pushEntryIndex(code, to.local, mode);
    code.returnCallIndirect(TYPE_OF_REGION);
  }

  // -- what the other projections do with addresses, fields and ends ---------------------------------------------------

  protected override statement(stmt: Stmt): void {
    if (stmt.k === 'if') return this.conditionally(() => super.statement(stmt));
    if (stmt.k !== 'set-nia') return super.statement(stmt);
    const here = this.block.offset + 4 * this.position;
    const target = targetOf(stmt.value);
    const offset = offsetOfTarget(target, here, this.entry);
    const { dirty } = this;
    this.dirty = dirty.union(this.instruction?.writes ?? dirty);
    if (offset !== undefined) this.edge(offset);
    else if (target.kind === 'indirect') this.branchTo(stmt.value);
    else {
      const to = target.kind === 'absolute' ? target.ea : this.address(here + Number(target.offset));
      this.exit({ unused: 0, to: this.mode.sf ? to : to & 0xffff_ffffn, goOn: 'region' });
    }
    this.dirty = dirty;
  }

  private branchTo(value: Expr): void {
    const { code } = this;
    const target = this.indirectTarget;
    this.expr(value);
    code.i64(this.mode.sf ? ~3n : 0xffff_fffcn);
    code.op(OP.i64and);
    code.set(target);
    const predicted = this.block.predicted.filter((offset) => this.block.next.has(offset));
    const first = Math.min(...predicted);
    const count = (Math.max(...predicted) - first) / 4 + 1;
    if (predicted.length >= TABLE_TARGETS && count <= TABLE_LENGTH) this.branchByTable(predicted, first, count);
    else for (const offset of predicted) this.branchIf(offset);
    if (this.instruction?.byCtr === true) {
      code.i32(0);
      code.i64(this.address(this.block.offset + 4 * this.position));
      code.memory(MEM.i64store, state.BRANCH);
    }
    this.exit({ unused: 0, to: { local: target }, goOn: 'region' });
  }

  private branchIf(offset: number): void {
    const { code } = this;
    code.get(this.indirectTarget);
    code.i64(this.address(offset));
    code.op(OP.i64eq);
    code.if();
    this.edge(offset);
    code.end();
  }

  /** Branches to one of some targets that lie among `count` words from `first` on; goes on behind for others. */
  private branchByTable(targets: readonly number[], first: number, count: number): void {
    const { code } = this;
    const words = code.local(I64);
    for (let i = 0; i <= targets.length; i++) code.block();
    code.get(this.indirectTarget);
    code.i64(this.address(first));
    code.op(OP.i64sub);
    code.i64(2n);
    code.op(OP.i64shru);
    code.tee(words);
    code.i64(BigInt(count));
    code.op(OP.i64geu);
    code.brIf(targets.length);
    code.get(words);
    code.op(OP.wrap);
    const none = targets.length;
    const depths = Array.from({ length: count }, (_, word) => targets.indexOf(first + 4 * word));
    code.brTable(
      depths.map((depth) => (depth < 0 ? none : depth)),
      none,
    );
    for (const target of targets) {
      code.end();
      this.edge(target);
    }
    code.end();
  }

  protected override constantField(field: Field): number {
    return this.number(field);
  }
  protected override pushField(field: Field): void {
    this.code.i32(this.number(field));
  }
  protected override pushGprOffset(field: Field): void {
    this.code.i32(8 * this.number(field));
  }
  protected override pushCia(): void {
    this.code.i64(this.address(this.block.offset + 4 * this.position));
  }
  protected override unlessHitLeave(): boolean {
    this.code.op(OP.i32eqz);
    this.exitIf(this.leave());
    return true;
  }
  protected override raise(): void {
    this.exit(this.leave());
  }
  protected override fault(): void {
    this.exit(this.leave());
  }
  protected override leaveForTwin(): void {
    this.exit(this.leave());
  }
  protected override leaveForState(): void {
    this.exit(this.leave());
  }
  protected override pushLeft(): void {
    this.code.get(this.left);
  }
  protected override unitFunction(place: number): number {
    if (!this.instruction) throw new RangeError('There is no row whose function this could be.');
    return unitFunctionNumber(this.instruction.row, place);
  }
  protected override routine(routine: Routine): number {
    return this.indexOfRoutine(routine);
  }
  /** In a region no exception is enabled: then it is left before. */
  protected override apply(stmt: ApplyStatement): void {
    const { code } = this;
    code.i32(0);
    code.memory(MEM.i32load, state.MSR);
    code.i32(FLOAT_EXCEPTIONS);
    code.op(OP.i32and);
    this.exitIf(this.leave());
    const status = code.local(I32);
    const call = (): void => {
      this.callFunction(stmt);
      code.set(status);
    };
    if (stmt.setsCr) this.throughMemory(this.dirty, call);
    else call();
    if (stmt.id !== undefined) return;
    code.get(status);
    this.exitIf({ ...this.behind(), goOn: 'host' });
  }

  /** Behind the current instruction, which has changed no slots. */
  private behind(): Pick<Exit, 'unused' | 'to'> {
    const unused = this.block.instructions.length - this.position - 1;
    return { unused, to: this.address(this.block.offset + 4 * (this.position + 1)) };
  }
  protected override branch(): void {
    throw new RangeError('Branches of a region go by their targets.');
  }
}
