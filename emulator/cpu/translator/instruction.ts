/**
 * One instruction as the translator sees it: its specialised meaning, the registers it touches, where it goes.
 *
 * A region leaves an instruction before anything of it has happened, and the interpreter does it anew: for what needs
 * the host, and for interrupts. So rows whose meaning cannot be begun anew are the interpreter's from the start.
 */
import { extract } from '../../isa/fields';
import type { Cond, Expr, Stmt } from '../../isa/ir';
import type { InstructionRow } from '../../isa/row';
import { rowOf } from '../../isa/table';
import { Specialiser, type Surroundings } from './specialise';
import { CARRY_SLOT, CR_SLOT, SlotSet, XER_SLOT, slotOfSpr } from './slots';

/** Where an instruction may go: behind itself, to an offset from itself, to an address, to what a register says. */
export type Target =
  | { readonly kind: 'relative'; readonly offset: bigint }
  | { readonly kind: 'absolute'; readonly ea: bigint }
  | { readonly kind: 'indirect' };

export interface Instruction {
  readonly word: number;
  readonly row: InstructionRow;
  readonly program: readonly Stmt[];
  /** Slots that are read, or that may keep their value although they count as written. */
  readonly reads: SlotSet;
  readonly writes: SlotSet;
  /** Targets of its branches; empty when it does not branch. */
  readonly targets: readonly Target[];
  /** Whether the next instruction can follow. */
  readonly falls: boolean;
  /** Whether it sets LR as a call does. */
  readonly isCall: boolean;
  /** Whether it branches to LR without setting it, as a return does; whether it branches to CTR. */
  readonly isReturn: boolean;
  readonly byCtr: boolean;
}

/** The target that a `set-nia` names. */
export function targetOf(value: Expr): Target {
  if (value.k === 'const') return { kind: 'absolute', ea: value.value };
  if (value.k === 'cia') return { kind: 'relative', offset: 0n };
  if (value.k === 'bin' && value.op === 'add' && value.a.k === 'cia' && value.b.k === 'const') {
    return { kind: 'relative', offset: BigInt.asIntN(64, value.b.value) };
  }
  return { kind: 'indirect' };
}

/** Collects what statements touch. */
class Effects {
  reads = SlotSet.EMPTY;
  writes = SlotSet.EMPTY;
  readonly targets: Target[] = [];
  /** False once something was found that only the interpreter can do. */
  translatable = true;
  private changed = false;
  private loaded = false;
  private stored = false;
  private conditional = 0;

  constructor(private readonly word: number) {}

  /** Visits a list; answers whether control can come out of its end. */
  list(list: readonly Stmt[]): boolean {
    let falls = true;
    for (const stmt of list) falls = this.statement(stmt) && falls;
    return falls;
  }

  private write(slot: number): void {
    this.changed = true;
    this.writes = this.writes.with(slot);
    // Where it does not happen, the old value stays.
    if (this.conditional > 0) this.reads = this.reads.with(slot);
  }
  private writeCr(number: Expr): void {
    if (number.k === 'const') this.write(CR_SLOT + Number(number.value));
    else this.translatable = false;
  }

  /** A place where the instruction is left to be begun anew. */
  private leave(): void {
    if (this.changed || this.stored) this.translatable = false;
  }
  /** A store can be left after others: begun anew, they store the same, unless it depends on what was loaded. */
  private leaveAtStore(): void {
    if (this.changed || (this.stored && this.loaded)) this.translatable = false;
  }

  private statement(stmt: Stmt): boolean {
    switch (stmt.k) {
      case 'let':
        this.expr(stmt.value);
        return true;
      case 'set-gpr':
        this.expr(stmt.value);
        this.write(extract(stmt.field, this.word));
        return true;
      case 'set-spr': {
        this.expr(stmt.value);
        this.changed = true;
        const slot = slotOfSpr(stmt.number);
        if (slot !== undefined) this.write(slot);
        if (slot === XER_SLOT) this.write(CARRY_SLOT);
        return true;
      }
      case 'set-carry':
        this.expr(stmt.carries);
        this.write(CARRY_SLOT);
        return true;
      case 'set-cr-field':
        this.expr(stmt.value);
        this.writeCr(stmt.number);
        return true;
      case 'set-cr-bit': {
        this.cond(stmt.value);
        this.crField(stmt.number, 2);
        const { number } = stmt;
        this.writeCr(number.k === 'const' ? { k: 'const', value: number.value >> 2n } : number);
        return true;
      }
      case 'set-cr':
        this.expr(stmt.value);
        if (stmt.fields.k !== 'const') this.translatable = false;
        else {
          for (let n = 0; n < 8; n++) {
            if ((stmt.fields.value >> BigInt(7 - n)) & 1n) this.write(CR_SLOT + n);
          }
        }
        return true;
      case 'set-vsr':
        this.expr(stmt.number);
        this.expr(stmt.value);
        this.changed = true;
        return true;
      case 'set-vsr-permuted':
        for (const number of [stmt.number, stmt.left, stmt.right, stmt.control]) this.expr(number);
        this.changed = true;
        return true;
      case 'load':
        this.leave();
        this.expr(stmt.ea);
        this.loaded = true;
        return true;
      case 'store':
        this.leaveAtStore();
        this.expr(stmt.ea);
        this.expr(stmt.value);
        this.stored = true;
        return true;
      case 'if':
        return this.branches(stmt.cond, stmt.then, stmt.else);
      case 'set-nia':
        if (stmt.value.k !== 'const') this.expr(stmt.value);
        this.targets.push(targetOf(stmt.value));
        return false;
      case 'raise':
        this.leave();
        return false;
      case 'facility':
        this.leave();
        return true;
      case 'apply':
        // Left when exceptions may be raised: then the function does not only change registers.
        this.leave();
        if (stmt.setsCr && this.conditional > 0) this.translatable = false;
        for (const arg of stmt.args) this.expr(arg);
        this.changed = true;
        return true;
      default:
        this.translatable = false;
        return true;
    }
  }

  private branches(cond: Cond, then: readonly Stmt[], otherwise: readonly Stmt[]): boolean {
    this.cond(cond);
    const before = this.changed;
    this.conditional++;
    const a = this.list(then);
    const changed = this.changed;
    this.changed = before;
    const b = this.list(otherwise);
    this.changed ||= changed;
    this.conditional--;
    return a || b;
  }

  private read(slot: number): void {
    this.reads = this.reads.with(slot);
  }
  private crField(number: Expr, shift: number): void {
    if (number.k === 'const') this.read(CR_SLOT + (Number(number.value) >> shift));
    else {
      this.expr(number);
      this.reads = this.reads.union(SlotSet.CR);
    }
    // How a comparison left XER.SO in it.
    this.read(XER_SLOT);
  }

  private expr(e: Expr): void {
    switch (e.k) {
      case 'gpr':
        return this.read(extract(e.field, this.word));
      case 'gpr-at':
        this.translatable = false;
        return;
      case 'un':
        return this.expr(e.a);
      case 'bin':
        this.expr(e.a);
        return this.expr(e.b);
      case 'compare':
        this.expr(e.a);
        this.expr(e.b);
        return this.read(XER_SLOT);
      case 'select':
        this.cond(e.cond);
        this.expr(e.a);
        return this.expr(e.b);
      case 'bit':
        return this.cond(e.cond);
      case 'spr': {
        const slot = slotOfSpr(e.number);
        if (slot !== undefined) this.read(slot);
        if (slot === XER_SLOT) this.read(CARRY_SLOT);
        return;
      }
      case 'carry':
        return this.read(CARRY_SLOT);
      case 'cr':
        this.reads = this.reads.union(SlotSet.CR);
        return this.read(XER_SLOT);
      case 'cr-field':
        if (e.number.k !== 'const') this.translatable = false;
        return this.crField(e.number, 0);
      case 'vsr':
        return this.expr(e.number);
      default:
        return;
    }
  }

  private cond(c: Cond): void {
    switch (c.k) {
      case 'cmp':
        this.expr(c.a);
        return this.expr(c.b);
      case 'not':
        return this.cond(c.a);
      case 'and':
      case 'or':
      case 'xor':
        this.cond(c.a);
        return this.cond(c.b);
      case 'cr-bit':
        if (c.number.k !== 'const') this.translatable = false;
        return this.crField(c.number, 2);
      default:
        return;
    }
  }
}

/** Instructions by word, for one set of surroundings. */
export class InstructionCache {
  private readonly known = new Map<number, Instruction | undefined>();

  constructor(private readonly around: Surroundings) {}

  /** The instruction, or undefined where only the interpreter can execute the word. */
  get(word: number): Instruction | undefined {
    if (this.known.has(word)) return this.known.get(word);
    const made = this.make(word);
    this.known.set(word, made);
    return made;
  }

  private make(word: number): Instruction | undefined {
    const row = rowOf(word);
    if (!row) return undefined;
    const program = new Specialiser(word, this.around).program(row.program);
    const effects = new Effects(word);
    const falls = effects.list(program);
    if (!effects.translatable || (!falls && effects.targets.length === 0)) return undefined;
    const lk = row.fields.find((field) => field.name === 'LK');
    const isCall = lk !== undefined && extract(lk, word) === 1;
    const indirect = effects.targets.some(({ kind }) => kind === 'indirect');
    return {
      word,
      row,
      program,
      reads: effects.reads,
      writes: effects.writes,
      targets: effects.targets,
      falls,
      isCall,
      isReturn: !isCall && indirect && row.name === 'bclr',
      byCtr: indirect && row.name === 'bcctr',
    };
  }
}
