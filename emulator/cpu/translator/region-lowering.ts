/**
 * The translator's projection of the rows: a region of blocks as one WebAssembly function, (left i32) -> left i32.
 *
 * Registers are locals while the region runs. It is left in two ways, both behind its hot code: to the next region or
 * the interpreter when its flow goes elsewhere, and, before anything of an instruction has happened, to the interpreter
 * for what needs the host. Each way out first writes the changed registers back.
 */
import type { Field } from '../../isa/fields';
import type { AccessSize, Expr, Stmt } from '../../isa/ir';
import type { Mode, RuntimeFunctions } from '../lowering';
import * as state from '../state';
import { type Code, I32, I64, MEM, OP } from '../wasm';
import { interpretIndex, modeNumber, pushEntryIndex, pushEntryIndexOf } from './entries';
import { offsetOfTarget } from './discover';
import type { Flow, FlowBlock } from './flow';
import { targetOf } from './instruction';
import { type Comparisons, RegionRegisters } from './region-registers';
import type { SlotSet } from './slots';

/** The page that accesses found last: its effective address or -1, and what to add to get to memory. */
interface Window {
  readonly page: number;
  readonly addend: number;
}

/** Windows of a region: each costs registers. */
const WINDOWS = 8;

/** A way out of the region. */
interface Exit {
  readonly dirty: SlotSet;
  readonly comparisons: Comparisons;
  /** Instructions of the block that are not executed. */
  readonly unused: number;
  /** Address to go on at: an effective address or a local with one. */
  readonly to: bigint | { readonly local: number };
  /** Whether the interpreter must execute the instruction there. */
  readonly interpreted: boolean;
}

const TYPE_OF_REGION = 0;

export class RegionLowering extends RegionRegisters {
  protected override readonly hasTwin = true;
  private readonly left = 0;
  private readonly bank: number;
  private readonly indirectTarget: number;
  private readonly temporaries: number;
  private readonly windows = new Map<string, Window>();
  private readonly freeWindows: Window[] = [];
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
  ) {
    super(code, mode, runtime, flow.slots);
    this.block = flow.entry;
    this.dirty = flow.entry.dirty;
    this.bank = code.local(I32);
    this.indirectTarget = code.local(I64);
    if (flow.blocks.some((block) => block.inLoop)) {
      this.freeWindows = Array.from({ length: WINDOWS }, () => ({ page: code.local(I64), addend: code.local(I32) }));
    }
    this.temporaries = code.localCount;
  }

  /** Generates the whole function. */
  function(): void {
    const { code } = this;
    for (const slot of this.flow.loads.list()) this.loadSlot(slot);
    code.i32(0);
    code.memory(MEM.i32load, state.DATA_BANK);
    code.set(this.bank);
    for (const { page } of this.freeWindows) {
      code.i64(-1n);
      code.set(page);
    }
    this.tree(this.flow.entry);
    code.op(OP.unreachable);
    code.enclose(this.exits.length);
    this.exits.forEach((exit) => {
      code.op(OP.end);
      code.recycleLocals(this.temporaries);
      this.wayOut(exit);
    });
  }

  // -- structure ------------------------------------------------------------------------------------------------

  /** A block, what it dominates inside. */
  private tree(block: FlowBlock): void {
    const { code } = this;
    const label = this.labels.get(block) ?? {};
    this.labels.set(block, label);
    if (block.isLoop) {
      code.loop();
      label.loop = code.depth;
    }
    this.within(block, block.merges);
    if (block.isLoop) {
      code.op(OP.unreachable);
      code.end();
      delete label.loop;
    }
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
    this.comparisons = new Map();
    this.tree(last);
  }

  private body(block: FlowBlock): void {
    const { code } = this;
    const outer = { block: this.block, dirty: this.dirty, position: this.position, instruction: this.instruction };
    this.block = block;
    this.dirty = block.dirty;
    this.position = 0;
    if (block.isLoop || block.isMerge || block === this.flow.entry) this.comparisons = new Map();
    if (block.isLoop || block === this.flow.entry) {
      code.get(this.left);
      code.i32(block.budget);
      code.op(OP.i32lts);
      this.exitIf({ unused: 0, to: this.address(block.offset), interpreted: true });
    }
    code.get(this.left);
    code.i32(block.instructions.length);
    code.op(OP.i32sub);
    code.set(this.left);
    for (const instruction of block.instructions) {
      this.instruction = instruction;
      code.recycleLocals(this.temporaries);
      this.forgetLocals();
      this.statements(instruction.program);
      this.dirty = this.dirty.union(instruction.writes);
      this.position++;
    }
    const last = block.instructions.at(-1);
    if (last?.falls === true) this.edge(block.offset + 4 * block.instructions.length);
    ({ block: this.block, dirty: this.dirty, position: this.position, instruction: this.instruction } = outer);
  }

  /** Goes on at an offset; nothing comes behind. */
  private edge(offset: number): void {
    const { code } = this;
    const to = this.block.next.get(offset);
    if (!to) return this.exit({ unused: 0, to: this.address(offset), interpreted: false });
    const label = this.labels.get(to);
    const depth = to.index <= this.block.index ? label?.loop : label?.block;
    const before = this.comparisons;
    if (to.isMerge || to.isLoop) this.evaluateComparisons();
    if (depth !== undefined) code.br(code.depth - depth);
    else this.tree(to);
    this.comparisons = before;
  }

  private address(offset: number): bigint {
    const ea = this.entry + BigInt(offset);
    return this.mode.sf ? BigInt.asUintN(64, ea) : ea & 0xffff_ffffn;
  }

  // -- ways out -------------------------------------------------------------------------------------------------

  private addExit(exit: Pick<Exit, 'unused' | 'to' | 'interpreted'>): number {
    return this.exits.push({ ...exit, dirty: this.dirty, comparisons: new Map(this.comparisons) }) - 1;
  }
  private exit(exit: Pick<Exit, 'unused' | 'to' | 'interpreted'>): void {
    this.code.br(this.code.depth + this.addExit(exit));
  }
  private exitIf(exit: Pick<Exit, 'unused' | 'to' | 'interpreted'>): void {
    this.code.brIf(this.code.depth + this.addExit(exit));
  }
  /** To the interpreter, which does the current instruction. */
  private leave(): Pick<Exit, 'unused' | 'to' | 'interpreted'> {
    const unused = this.block.instructions.length - this.position;
    return { unused, to: this.address(this.block.offset + 4 * this.position), interpreted: true };
  }

  private wayOut({ dirty, comparisons, unused, to, interpreted }: Exit): void {
    const { code } = this;
    const mode = modeNumber(this.mode);
    for (const slot of dirty.list()) this.storeSlot(slot, comparisons);
    code.i32(0);
    if (typeof to === 'bigint') code.i64(to);
    else code.get(to.local);
    code.memory(MEM.i64store, state.NIA);
    code.get(this.left);
    if (unused > 0) {
      code.i32(unused);
      code.op(OP.i32add);
    }
    if (interpreted) code.i32(interpretIndex(mode));
    else if (typeof to === 'bigint') pushEntryIndexOf(code, to, mode);
    else pushEntryIndex(code, to.local, mode);
    code.returnCallIndirect(TYPE_OF_REGION);
  }

  // -- what the other projections do with addresses, fields and ends ---------------------------------------------------

  protected override statement(stmt: Stmt): void {
    if (stmt.k !== 'set-nia') return super.statement(stmt);
    const here = this.block.offset + 4 * this.position;
    const target = targetOf(stmt.value);
    const offset = offsetOfTarget(target, here, this.entry);
    const outer = { dirty: this.dirty, comparisons: this.comparisons };
    this.dirty = this.dirty.union(this.instruction?.writes ?? this.dirty);
    this.comparisons = new Map(this.comparisons);
    if (offset !== undefined) this.edge(offset);
    else if (target.kind === 'indirect') this.branchTo(stmt.value);
    else {
      const to = target.kind === 'absolute' ? target.ea : this.address(here + Number(target.offset));
      this.exit({ unused: 0, to: this.mode.sf ? to : to & 0xffff_ffffn, interpreted: false });
    }
    ({ dirty: this.dirty, comparisons: this.comparisons } = outer);
  }

  private branchTo(value: Expr): void {
    const { code } = this;
    const target = this.indirectTarget;
    this.expr(value);
    code.i64(this.mode.sf ? ~3n : 0xffff_fffcn);
    code.op(OP.i64and);
    code.set(target);
    const { predicted } = this.block;
    if (predicted !== undefined && this.block.next.has(predicted)) {
      code.get(target);
      code.i64(this.address(predicted));
      code.op(OP.i64eq);
      code.if();
      this.edge(predicted);
      code.end();
    }
    this.exit({ unused: 0, to: { local: target }, interpreted: false });
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
  /** Pushes where an access is in memory: by the page that the last access of its kind found, or by the TLB. */
  protected override pushHostAddressOrLeave(ea: Expr, size: AccessSize, access: 'load' | 'store'): void {
    const window = this.windowOf(ea, access);
    if (!window) return super.pushHostAddressOrLeave(ea, size, access);
    const { code } = this;
    const address = code.local(I64);
    this.pushEa(ea);
    code.tee(address);
    // An address that is not aligned is in no page that a window can have.
    code.i64(BigInt(-state.PAGE_BYTES | (size - 1)));
    code.op(OP.i64and);
    code.get(window.page);
    code.op(OP.i64ne);
    code.if();
    const at = this.lookUpAt(address, size, access);
    this.unlessHitLeave();
    code.get(at.entry);
    code.memory(MEM.i32load, at.bank + 16);
    code.set(window.addend);
    code.get(address);
    code.i64(BigInt(-state.PAGE_BYTES));
    code.op(OP.i64and);
    code.set(window.page);
    code.end();
    code.get(address);
    code.op(OP.wrap);
    code.get(window.addend);
    code.op(OP.i32add);
  }

  /** The window of accesses that have the same registers in their address; none outside of loops. */
  private windowOf(ea: Expr, access: 'load' | 'store'): Window | undefined {
    if (!this.block.inLoop) return undefined;
    const key = `${access} ${this.registersOf(ea)}`;
    const known = this.windows.get(key);
    if (known) return known;
    const free = this.freeWindows.pop();
    if (free) this.windows.set(key, free);
    return free;
  }

  private registersOf(e: Expr): string {
    if (e.k === 'gpr') return `r${this.number(e.field)}`;
    if (e.k === 'bin') return `${this.registersOf(e.a)} ${this.registersOf(e.b)}`;
    // An update form computes the address first.
    return e.k === 'local' ? `update ${this.instruction?.word ?? 0}` : '';
  }

  protected override addDataBank(): number {
    this.code.get(this.bank);
    this.code.op(OP.i32add);
    return 0;
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
  protected override branch(): void {
    throw new RangeError('Branches of a region go by their targets.');
  }
}
