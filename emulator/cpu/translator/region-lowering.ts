/**
 * The translator's projection of the rows: a region of blocks as one WebAssembly function, (left i32) -> left i32.
 *
 * Registers are locals while the region runs. It is left in two ways, both behind its hot code: to the next region or
 * the interpreter when its flow goes elsewhere, and, before anything of an instruction has happened, to the interpreter
 * for what needs the host. Each way out first writes the changed registers back. Results of comparisons stay operands
 * until something other than the following branch wants their CR field.
 */
import { type Field, extract } from '../../isa/fields';
import type { AccessSize, Cond, Expr, Stmt } from '../../isa/ir';
import { Lowering, type Mode, type RuntimeFunctions } from '../lowering';
import * as state from '../state';
import { type Code, I32, I64, MEM, OP } from '../wasm';
import { interpretIndex, modeNumber, pushEntryIndex, pushEntryIndexOf } from './entries';
import { offsetOfTarget } from './discover';
import type { Flow, FlowBlock } from './flow';
import { type Instruction, targetOf } from './instruction';
import { CR_SLOT, LR_SLOT, type SlotSet, XER_SLOT, slotOfSpr, sprOfSlot } from './slots';

/** A CR field whose comparison has not been evaluated. */
interface Comparison {
  readonly a: number;
  readonly b: Expr | number;
  readonly signed: boolean;
}
/** The page that accesses found last: its effective address or -1, and what to add to get to memory. */
interface Window {
  readonly page: number;
  readonly addend: number;
}

/** Windows of a region: each costs registers. */
const WINDOWS = 8;

type Comparisons = ReadonlyMap<number, Comparison>;

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

export class RegionLowering extends Lowering {
  protected override readonly hasTwin = true;
  private readonly slots: readonly (number | undefined)[];
  /** Locals for the operands of comparisons, by CR field. */
  private readonly operands = new Map<number, { a: number; b: number }>();
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
  private comparisons = new Map<number, Comparison>();
  private position = 0;
  private instruction: Instruction | undefined;

  /** @param entry effective address of the region */
  constructor(
    code: Code,
    mode: Mode,
    runtime: RuntimeFunctions,
    private readonly flow: Flow,
    private readonly entry: bigint,
  ) {
    super(code, mode, runtime);
    this.block = flow.entry;
    this.dirty = flow.entry.dirty;
    this.slots = Array.from({ length: CR_SLOT + 8 }, (_, slot) =>
      flow.slots.has(slot) ? code.local(slot < CR_SLOT ? I64 : I32) : undefined,
    );
    for (let field = 0; field < 8; field++) {
      if (flow.slots.has(CR_SLOT + field)) this.operands.set(field, { a: code.local(I64), b: code.local(I64) });
    }
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

  private loadSlot(slot: number): void {
    const { code } = this;
    code.i32(0);
    if (slot < LR_SLOT) code.memory(MEM.i64load, state.GPR + 8 * slot);
    else if (slot < CR_SLOT) code.memory(MEM.i64load, state.SPR + 8 * sprOfSlot(slot));
    else code.memory(MEM.i32load8u, state.CR + slot - CR_SLOT);
    code.set(this.slot(slot));
  }

  private storeSlot(slot: number, comparisons: Comparisons): void {
    const { code } = this;
    code.i32(0);
    const comparison = comparisons.get(slot - CR_SLOT);
    if (comparison) this.evaluate(comparison);
    else code.get(this.slot(slot));
    if (slot < LR_SLOT) code.memory(MEM.i64store, state.GPR + 8 * slot);
    else if (slot < CR_SLOT) code.memory(MEM.i64store, state.SPR + 8 * sprOfSlot(slot));
    else code.memory(MEM.i32store8, state.CR + slot - CR_SLOT);
  }

  private slot(slot: number): number {
    const local = this.slots[slot];
    if (local === undefined) throw new RangeError(`The region does not have slot ${slot}.`);
    return local;
  }

  // -- the condition register -----------------------------------------------------------------------------------

  private pushOperand(operand: Expr | number): void {
    if (typeof operand === 'number') this.code.get(operand);
    else this.expr(operand);
  }

  /** Pushes LT GT EQ SO of a comparison (i32). */
  private evaluate({ a, b, signed }: Comparison): void {
    const { code } = this;
    const test = (opcode: number): void => {
      code.get(a);
      this.pushOperand(b);
      code.op(opcode);
    };
    // 2 for EQ, 2 more for GT, 6 more for LT.
    test(signed ? OP.i64lts : OP.i64ltu);
    code.i32(3);
    code.op(OP.i32mul);
    test(signed ? OP.i64gts : OP.i64gtu);
    code.op(OP.i32add);
    code.i32(1);
    code.op(OP.i32shl);
    code.i32(2);
    code.op(OP.i32add);
    this.pushSummaryOverflow();
    code.op(OP.i32or);
  }

  private evaluateComparisons(): void {
    for (const [field, comparison] of this.comparisons) {
      this.evaluate(comparison);
      this.code.set(this.slot(CR_SLOT + field));
    }
    this.comparisons = new Map();
  }

  protected override pushSummaryOverflow(): void {
    const { code } = this;
    code.get(this.slot(XER_SLOT));
    code.op(OP.wrap);
    code.i32(31);
    code.op(OP.i32shru);
  }

  protected override readCrField(number: Expr): void {
    const field = Number(this.constant(number));
    const comparison = this.comparisons.get(field);
    if (comparison) this.evaluate(comparison);
    else this.code.get(this.slot(CR_SLOT + field));
  }

  protected override readCrBit(number: Expr): void {
    const { code } = this;
    const bit = Number(this.constant(number));
    const comparison = this.comparisons.get(bit >> 2);
    if (!comparison) {
      code.get(this.slot(CR_SLOT + (bit >> 2)));
      code.i32(3 - (bit & 3));
      code.op(OP.i32shru);
      code.i32(1);
      return code.op(OP.i32and);
    }
    if ((bit & 3) === 3) return this.pushSummaryOverflow();
    code.get(comparison.a);
    this.pushOperand(comparison.b);
    const { signed } = comparison;
    const [less, greater] = signed ? [OP.i64lts, OP.i64gts] : [OP.i64ltu, OP.i64gtu];
    code.op((bit & 3) === 0 ? less : (bit & 3) === 1 ? greater : OP.i64eq);
  }

  protected override writeCrField(number: Expr, value: Expr): void {
    const { code } = this;
    const field = Number(this.constant(number));
    const operands = this.operands.get(field);
    if (value.k === 'compare' && operands) {
      const constant = this.constant(value.b);
      this.expr(value.a);
      code.set(operands.a);
      if (constant === undefined) {
        this.expr(value.b);
        code.set(operands.b);
      }
      const b: Expr | number = constant === undefined ? operands.b : { k: 'const', value: constant };
      this.comparisons.set(field, { a: operands.a, b, signed: value.signed });
      return;
    }
    this.expr32(value);
    code.set(this.slot(CR_SLOT + field));
    this.comparisons.delete(field);
  }

  protected override setCrBit(number: Expr, value: Cond): void {
    const { code } = this;
    const bit = Number(this.constant(number));
    const shift = 3 - (bit & 3);
    const result = code.local(I32);
    this.cond(value);
    code.i32(shift);
    code.op(OP.i32shl);
    code.set(result);
    this.readCrField({ k: 'const', value: BigInt(bit >> 2) });
    code.i32(15 & ~(1 << shift));
    code.op(OP.i32and);
    code.get(result);
    code.op(OP.i32or);
    code.set(this.slot(CR_SLOT + (bit >> 2)));
    this.comparisons.delete(bit >> 2);
  }

  protected override setCr(fields: Expr, value: Expr): void {
    const { code } = this;
    const selected = Number(this.constant(fields));
    const word = code.local(I32);
    this.expr32(value);
    code.set(word);
    for (let field = 0; field < 8; field++) {
      if ((selected & (0x80 >> field)) === 0) continue;
      code.get(word);
      code.i32(28 - 4 * field);
      code.op(OP.i32shru);
      code.i32(15);
      code.op(OP.i32and);
      code.set(this.slot(CR_SLOT + field));
      this.comparisons.delete(field);
    }
  }

  // -- registers ------------------------------------------------------------------------------------------------

  private number(field: Field): number {
    return extract(field, this.instruction?.word ?? 0);
  }

  protected override readGpr(field: Field): void {
    this.code.get(this.slot(this.number(field)));
  }
  protected override writeGpr(field: Field, value: Expr): void {
    this.expr(value);
    this.code.set(this.slot(this.number(field)));
  }
  protected override readSlot(number: number): void {
    const slot = slotOfSpr(number);
    if (slot === undefined) super.readSlot(number);
    else this.code.get(this.slot(slot));
  }
  protected override writeSlot(number: number, value: Expr): void {
    const slot = slotOfSpr(number);
    if (slot === undefined) return super.writeSlot(number, value);
    // Comparisons take XER.SO as it was.
    if (slot === XER_SLOT && !keepsSummaryOverflow(value)) this.evaluateComparisons();
    this.expr(value);
    this.code.set(this.slot(slot));
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

/** Whether a new value of XER has its SO: rows that set the carry bits mask and keep the rest. */
function keepsSummaryOverflow(value: Expr): boolean {
  if (value.k !== 'bin') return false;
  if (value.op === 'or') return keepsSummaryOverflow(value.a) && !mayHaveBit31(value.b);
  if (value.op === 'and') {
    return value.a.k === 'spr' && value.b.k === 'const' && (value.b.value & (1n << 31n)) !== 0n;
  }
  return false;
}

/** Whether bit 31 from the right may be set in a value. */
function mayHaveBit31(e: Expr): boolean {
  if (e.k === 'const') return (e.value & (1n << 31n)) !== 0n;
  if (e.k === 'select') return mayHaveBit31(e.a) || mayHaveBit31(e.b);
  if (e.k === 'bit') return false;
  if (e.k === 'bin' && e.op === 'shl' && e.b.k === 'const' && e.a.k === 'bin' && e.a.op === 'and') {
    return e.a.b.k !== 'const' || ((e.a.b.value << e.b.value) & (1n << 31n)) !== 0n;
  }
  return true;
}
