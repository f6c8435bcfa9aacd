/**
 * The registers of a region: in locals while it runs. Results of comparisons stay operands until something other than the
 * following branch wants their CR field.
 */
import { type Field, extract } from '../../isa/fields';
import type { Cond, Expr } from '../../isa/ir';
import { SPR_NUMBER, XER } from '../../isa/semantics';
import { pushHighProduct } from '../high-product';
import { Lowering, type Mode, type RuntimeFunctions } from '../lowering';
import * as state from '../state';
import { type Code, I32, I64, MEM, OP } from '../wasm';
import type { Instruction } from './instruction';
import { CARRY_SLOT, CR_SLOT, LR_SLOT, SLOT_COUNT, SlotSet, XER_SLOT, slotOfSpr, sprOfSlot } from './slots';

/** A comparison that has not been evaluated. */
interface Comparison {
  readonly a: number;
  readonly b: Expr | number;
  readonly signed: boolean;
}
/**
 * What CR fields are that are not in their locals: comparisons; or `pending`, where several ways lead to a place at which
 * nobody wants the field: a local says then whether it is in memory or which comparison of the operands it is.
 */
export type Comparisons = Map<number, Comparison | 'pending'>;

/** What the local of a pending field says. */
const PENDING = { no: 0, signed: 1, unsigned: 2 } as const;

/** Locals of a CR field: the operands of its comparison, and whether that is pending. */
interface Operands {
  readonly a: number;
  readonly b: number;
  readonly pending: number;
}

/** The carries of XER, and how far they lie from where the slot for them has them. */
const CARRIES = XER.CA | XER.CA32;
const CARRY_BITS = [
  { bit: XER.CA, shift: 63n - 29n },
  { bit: XER.CA32, shift: 31n - 18n },
];

const isField = (slot: number): boolean => SlotSet.CR.has(slot);

/** What a region does with registers; `RegionLowering` adds its flow. */
export abstract class RegionRegisters extends Lowering {
  private readonly slots: readonly (number | undefined)[];
  /** By CR field. */
  private readonly operands = new Map<number, Operands>();
  /** What CR fields are at the place in the region, where they are not in their locals. */
  protected comparisons: Comparisons = new Map();
  protected instruction: Instruction | undefined;

  constructor(code: Code, mode: Mode, runtime: RuntimeFunctions, used: SlotSet) {
    super(code, mode, runtime);
    this.slots = Array.from({ length: SLOT_COUNT }, (_, slot) =>
      used.has(slot) ? code.local(isField(slot) ? I32 : I64) : undefined,
    );
    for (let field = 0; field < 8; field++) {
      if (!used.has(CR_SLOT + field)) continue;
      this.operands.set(field, { a: code.local(I64), b: code.local(I64), pending: code.local(I32) });
    }
  }

  protected loadSlot(slot: number): void {
    const { code } = this;
    if (slot === CARRY_SLOT) return this.takeCarries(() => super.readSlot(SPR_NUMBER.XER));
    code.i32(0);
    if (slot < LR_SLOT) code.memory(MEM.i64load, state.GPR + 8 * slot);
    else if (slot < CR_SLOT) code.memory(MEM.i64load, state.SPR + 8 * sprOfSlot(slot));
    else code.memory(MEM.i32load8u, state.CR + slot - CR_SLOT);
    code.set(this.slot(slot));
  }

  protected storeSlot(slot: number, comparisons: Comparisons): void {
    const { code } = this;
    const comparison = comparisons.get(slot - CR_SLOT);
    if (comparison === 'pending') return this.storePending(slot - CR_SLOT);
    code.i32(0);
    if (slot === XER_SLOT) {
      // Carries may be in memory already.
      this.pushXer(
        () => code.get(this.slot(XER_SLOT)),
        () => {
          super.readSlot(SPR_NUMBER.XER);
          code.i64(CARRIES);
          code.op(OP.i64and);
        },
      );
    } else if (slot === CARRY_SLOT)
      this.pushXer(
        () => super.readSlot(SPR_NUMBER.XER),
        () => this.pushCarries(),
      );
    else if (comparison) this.evaluate(comparison);
    else code.get(this.slot(slot));
    if (slot < LR_SLOT) code.memory(MEM.i64store, state.GPR + 8 * slot);
    else if (slot < CR_SLOT) code.memory(MEM.i64store, state.SPR + 8 * sprOfSlot(slot));
    else if (slot === CARRY_SLOT) code.memory(MEM.i64store, state.SPR + 8 * SPR_NUMBER.XER);
    else code.memory(MEM.i32store8, state.CR + slot - CR_SLOT);
  }

  protected slot(slot: number): number {
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

  /** Puts a CR field into its local. */
  private settleField(field: number): void {
    const { code } = this;
    const comparison = this.comparisons.get(field);
    if (comparison === undefined) return;
    if (comparison === 'pending') {
      this.storePending(field);
      this.loadSlot(CR_SLOT + field);
    } else {
      this.evaluate(comparison);
      code.set(this.slot(CR_SLOT + field));
    }
    this.comparisons.delete(field);
  }

  /** Stores a field to memory unless it is there. */
  private storePending(field: number): void {
    const { code } = this;
    const { a, b, pending } = this.operandsOf(field);
    // Without XER, nothing compares.
    if (this.slots[XER_SLOT] === undefined) return;
    code.get(pending);
    code.if();
    code.i32(0);
    code.get(pending);
    code.i32(PENDING.signed);
    code.op(OP.i32eq);
    code.if(I32);
    this.evaluate({ a, b, signed: true });
    code.else();
    this.evaluate({ a, b, signed: false });
    code.end();
    code.memory(MEM.i32store8, state.CR + field);
    code.end();
  }

  private operandsOf(field: number): Operands {
    const operands = this.operands.get(field);
    if (!operands) throw new RangeError(`The region does not have CR field ${field}.`);
    return operands;
  }

  protected settleFields(): void {
    for (const field of [...this.comparisons.keys()]) this.settleField(field);
  }

  /** Puts all fields where the host has them, and takes them from there again behind what it does. */
  protected throughMemory(dirty: SlotSet, doIt: () => void): void {
    this.settleFields();
    for (const slot of dirty.common(SlotSet.CR).list()) this.storeSlot(slot, this.comparisons);
    doIt();
    for (let field = 0; field < 8; field++) {
      if (this.slots[CR_SLOT + field] !== undefined) this.loadSlot(CR_SLOT + field);
    }
  }

  /** Fields that are pending at a place to which several ways lead. */
  protected pendingAt(place: { readonly dirty: SlotSet; readonly live: SlotSet }): number[] {
    const fields = Array.from({ length: 8 }, (_, field) => field);
    return fields.filter((field) => place.dirty.has(CR_SLOT + field) && !place.live.has(CR_SLOT + field));
  }

  /** Before control goes to such a place: makes the fields pending there, and puts the others into their locals. */
  protected settleFor(place: { readonly dirty: SlotSet; readonly live: SlotSet }, dirty: SlotSet): void {
    const { code } = this;
    const pending = this.pendingAt(place);
    for (const field of pending) {
      const comparison = this.comparisons.get(field);
      if (comparison === 'pending') continue;
      const operands = this.operandsOf(field);
      const isDirty = dirty.has(CR_SLOT + field);
      if (comparison && isDirty) {
        if (typeof comparison.b !== 'number') {
          this.expr(comparison.b);
          code.set(operands.b);
        }
        code.i32(comparison.signed ? PENDING.signed : PENDING.unsigned);
      } else {
        if (isDirty) this.storeSlot(CR_SLOT + field, this.comparisons);
        code.i32(PENDING.no);
      }
      code.set(operands.pending);
    }
    for (const field of [...this.comparisons.keys()]) if (!pending.includes(field)) this.settleField(field);
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
    if (comparison === 'pending') this.settleField(field);
    if (comparison && comparison !== 'pending') this.evaluate(comparison);
    else this.code.get(this.slot(CR_SLOT + field));
  }

  protected override readCrBit(number: Expr): void {
    const { code } = this;
    const bit = Number(this.constant(number));
    const comparison = this.comparisons.get(bit >> 2);
    if (comparison === 'pending') this.settleField(bit >> 2);
    if (!comparison || comparison === 'pending') {
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

  // -- XER ------------------------------------------------------------------------------------------------------

  /** Pushes XER with its other bits from one value and its carries from another. */
  private pushXer(pushOthers: () => void, pushCarries: () => void): void {
    const { code } = this;
    pushOthers();
    code.i64(~CARRIES);
    code.op(OP.i64and);
    pushCarries();
    code.op(OP.i64or);
  }

  /** Pushes CA and CA32 where XER has them. */
  private pushCarries(): void {
    const { code } = this;
    for (const { bit, shift } of CARRY_BITS) {
      code.get(this.slot(CARRY_SLOT));
      code.i64(shift);
      code.op(OP.i64shru);
      code.i64(bit);
      code.op(OP.i64and);
    }
    code.op(OP.i64or);
  }

  /** Takes the carries of a value of XER. */
  private takeCarries(push: () => void): void {
    const { code } = this;
    const xer = code.local(I64);
    push();
    code.set(xer);
    for (const { bit, shift } of CARRY_BITS) {
      code.get(xer);
      code.i64(bit);
      code.op(OP.i64and);
      code.i64(shift);
      code.op(OP.i64shl);
    }
    code.op(OP.i64or);
    code.set(this.slot(CARRY_SLOT));
  }

  protected override readCarry(): void {
    this.code.get(this.slot(CARRY_SLOT));
    this.code.i64(63n);
    this.code.op(OP.i64shru);
  }

  protected override writeCarry(carries: Expr): void {
    const { code } = this;
    this.expr(carries);
    code.set(this.slot(CARRY_SLOT));
    if (this.mode.sf) return;
    // CA is the carry of the low word, too.
    code.get(this.slot(CARRY_SLOT));
    code.i64(32n);
    code.op(OP.i64shl);
    code.get(this.slot(CARRY_SLOT));
    code.i64(1n << 31n);
    code.op(OP.i64and);
    code.op(OP.i64or);
    code.set(this.slot(CARRY_SLOT));
  }

  /** In place, for a call would take the machine's registers from the guest's. */
  protected override highProduct(op: 'mulhs' | 'mulhu', a: Expr, b: Expr): void {
    const { code } = this;
    const factors = [a, b].map((factor) => {
      const local = code.local(I64);
      this.expr(factor);
      code.set(local);
      return local;
    });
    pushHighProduct(code, factors[0] ?? 0, factors[1] ?? 0, op === 'mulhs');
  }

  // -- registers ------------------------------------------------------------------------------------------------

  protected number(field: Field): number {
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
    else if (slot === XER_SLOT)
      this.pushXer(
        () => this.code.get(this.slot(XER_SLOT)),
        () => this.pushCarries(),
      );
    else this.code.get(this.slot(slot));
  }
  protected override writeSlot(number: number, value: Expr): void {
    const slot = slotOfSpr(number);
    if (slot === undefined) return super.writeSlot(number, value);
    // Comparisons take XER.SO as it was.
    if (slot === XER_SLOT) this.settleFields();
    this.expr(value);
    this.code.set(this.slot(slot));
    if (slot === XER_SLOT) this.takeCarries(() => this.code.get(this.slot(XER_SLOT)));
  }
}
