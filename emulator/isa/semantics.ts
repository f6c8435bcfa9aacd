/**
 * The vocabulary in which rows say what an instruction does: its fields, the registers, memory, interrupts.
 *
 * A row's function runs once, when the table is built; it leaves statements (ir.ts). A value is computed where it
 * stands in a statement: read with `let` what a later statement changes.
 */
import type { InterruptCause } from './causes';
import type { Field } from './fields';
import { fieldNamed } from './fields';
import { type FacilityName, facilityNumber } from './facilities';
import type { AccessSize, Expr, Privilege, Stmt, SystemOp } from './ir';
import type { Operand } from './values';
import { Bit, F64, U64, exprOf } from './values';
import type { Routine } from './routine';
import type { AnyUnitFunction, CrSetter, UnitFunction, UnitValueFunction } from './vector-unit';

/** A general purpose register named by a field. Reads as its value. */
export class Gpr extends U64 {
  constructor(
    private readonly field: Field,
    private readonly emit: (stmt: Stmt) => void,
  ) {
    super({ k: 'gpr', field, or0: false });
  }
  /** (RA|0): 0 when the field is 0. */
  get or0(): U64 {
    return new U64({ k: 'gpr', field: this.field, or0: true });
  }
  /** The number in the field. */
  get number(): U64 {
    return new U64({ k: 'field', field: this.field });
  }
  set = (value: Operand): void => {
    this.emit({ k: 'set-gpr', field: this.field, value: exprOf(value) });
  };
}

/** A special purpose register that instructions use without access checks. */
export class SpecialRegister extends U64 {
  constructor(
    private readonly spr: number,
    private readonly emit: (stmt: Stmt) => void,
  ) {
    super({ k: 'spr', number: spr });
  }
  set = (value: Operand): void => {
    this.emit({ k: 'set-spr', number: this.spr, value: exprOf(value) });
  };
}

/** Bits of XER, Book I 3.2.2. */
export const XER = { SO: 1n << 31n, OV: 1n << 30n, CA: 1n << 29n, OV32: 1n << 19n, CA32: 1n << 18n } as const;

/** Numbers of the special purpose registers that rows name. */
// prettier-ignore
export const SPR_NUMBER = {
  XER: 1, LR: 8, CTR: 9, SRR0: 26, SRR1: 27, TFHAR: 128, TFIAR: 129, TEXASR: 130, HSRR0: 314, HSRR1: 315, LPCR: 318,
  USRR0: 506, USRR1: 507, EBBRR: 805, BESCR: 806, TAR: 815, HID: 1008,
} as const;

/** Slots behind the SPRs: the reservation of load-and-reserve instructions, and registers that have no SPR number. */
export const RESERVATION = 1024;
export const FPSCR = 1025;
export const VSCR = 1026;
/** State of the random number generator of darn. */
export const RANDOM = 1027;
export const SLOTS = 1028;

/** A vector-scalar register as its two doublewords. */
export class Vsr {
  constructor(
    private readonly number: U64,
    private readonly emit: (stmt: Stmt) => void,
  ) {}
  /** Doubleword 0, the left one: a floating-point register. */
  get hi(): U64 {
    return new U64({ k: 'vsr', number: this.number.expr, doubleword: 0 });
  }
  get lo(): U64 {
    return new U64({ k: 'vsr', number: this.number.expr, doubleword: 1 });
  }
  setHi = (value: Operand): void => {
    this.emit({ k: 'set-vsr', number: this.number.expr, doubleword: 0, value: exprOf(value) });
  };
  setLo = (value: Operand): void => {
    this.emit({ k: 'set-vsr', number: this.number.expr, doubleword: 1, value: exprOf(value) });
  };
  /**
   * Sets each byte to the byte of `left || right` that the low five bits of the byte of `control` number, from the left
   * or from the right.
   */
  setPermuted = (left: Vsr, right: Vsr, control: Vsr, from: 'left' | 'right'): void => {
    const [number, expr] = [this.number.expr, (register: Vsr): Expr => register.number.expr];
    this.emit({ k: 'set-vsr-permuted', number, left: expr(left), right: expr(right), control: expr(control), from });
  };
  /** Sets both; values that read the register itself must be `let` before. */
  set = (hi: Operand, lo: Operand): void => {
    this.setHi(hi);
    this.setLo(lo);
  };
}

/** What a row can apply. */
export type Callable = UnitFunction | CrSetter | Routine;

/** Collects the statements of one row. Members can be taken apart: `({ RT, RA }) => ...`. */
export class Semantics {
  readonly statements: Stmt[] = [];
  /** Functions that the statements call by their places here. */
  readonly functions: (AnyUnitFunction | Routine)[] = [];
  private target: Stmt[] = this.statements;
  private locals = 0;

  /**
   * @param fields names of the fields that the row's pattern has
   * @param parameters number of locals that have values at the beginning: those of a routine
   */
  constructor(
    private readonly fields: ReadonlySet<string>,
    parameters = 0,
  ) {
    this.locals = parameters;
  }

  /** A local that has a value at the beginning. */
  parameter = (id: number): U64 => new U64({ k: 'local', id });
  /** Number of `let` values so far. */
  get localCount(): number {
    return this.locals;
  }

  private readonly emit = (stmt: Stmt): void => {
    this.target.push(stmt);
  };
  private functionPlace(fn: AnyUnitFunction | Routine): number {
    const known = this.functions.indexOf(fn);
    return known >= 0 ? known : this.functions.push(fn) - 1;
  }
  private field(name: string): Field {
    if (!this.fields.has(name)) throw new Error(`The pattern has no field ${name}.`);
    return fieldNamed(name);
  }
  private gpr(name: string): Gpr {
    return new Gpr(this.field(name), this.emit);
  }
  private number(name: string): U64 {
    return new U64({ k: 'field', field: this.field(name) });
  }
  private flag(name: string): Bit | undefined {
    return this.fields.has(name) ? this.number(name).ne(0) : undefined;
  }
  private spr(number: number): SpecialRegister {
    return new SpecialRegister(number, this.emit);
  }

  // fields
  get RT(): Gpr {
    return this.gpr('RT');
  }
  get RS(): Gpr {
    return this.gpr('RS');
  }
  get RA(): Gpr {
    return this.gpr('RA');
  }
  get RB(): Gpr {
    return this.gpr('RB');
  }
  get RC(): Gpr {
    return this.gpr('RC');
  }
  /** The value of any other field. */
  n = (name: string): U64 => this.number(name);
  /** The immediate of a D- or DS-form or an immediate instruction, sign-extended. */
  get SI(): U64 {
    return this.number('SI');
  }
  get UI(): U64 {
    return this.number('UI');
  }

  // registers
  get XER(): SpecialRegister {
    return this.spr(SPR_NUMBER.XER);
  }
  /** XER.CA, 1 or 0. */
  get carry(): U64 {
    return new U64({ k: 'carry' });
  }
  get LR(): SpecialRegister {
    return this.spr(SPR_NUMBER.LR);
  }
  get CTR(): SpecialRegister {
    return this.spr(SPR_NUMBER.CTR);
  }
  /** Any special purpose register that the instruction uses by itself. */
  special = (name: keyof typeof SPR_NUMBER): SpecialRegister => this.spr(SPR_NUMBER[name]);
  /** Address and size of the reservation of load-and-reserve instructions; 0 when there is none. */
  get reservation(): SpecialRegister {
    return this.spr(RESERVATION);
  }
  get FPSCR(): SpecialRegister {
    return this.spr(FPSCR);
  }
  get VSCR(): SpecialRegister {
    return this.spr(VSCR);
  }
  /** Vector-scalar register of this number, 0 to 63. */
  vsr = (number: U64): Vsr => new Vsr(number, this.emit);
  /** Floating-point register that a field names: doubleword 0 of VSR 0 to 31. */
  fpr = (name: string): Vsr => this.vsr(this.number(name));
  /** Vector register that a field names: VSR 32 to 63. */
  vr = (name: string): Vsr => this.vsr(this.number(name).add(32));
  /** Vector-scalar register that a field of six bits names. */
  vsrOf = (name: string): Vsr => this.vsr(this.number(name));
  get CIA(): U64 {
    return new U64({ k: 'cia' });
  }
  get MSR(): U64 {
    return new U64({ k: 'msr' });
  }
  /** Reads or writes the register whose number is computed. */
  gprAt = (number: U64): U64 => new U64({ k: 'gpr-at', number: number.expr });
  setGprAt = (number: U64, value: Operand): void => {
    this.emit({ k: 'set-gpr-at', number: number.expr, value: exprOf(value) });
  };

  // condition register
  get CR(): U64 {
    return new U64({ k: 'cr' });
  }
  crField = (number: Operand): U64 => new U64({ k: 'cr-field', number: exprOf(number) });
  setCrField = (number: Operand, value: U64): void => {
    this.emit({ k: 'set-cr-field', number: exprOf(number), value: value.expr });
  };
  crBit = (number: Operand): Bit => new Bit({ k: 'cr-bit', number: exprOf(number) });
  setCrBit = (number: Operand, value: Bit): void => {
    this.emit({ k: 'set-cr-bit', number: exprOf(number), value: value.cond });
  };
  /** Writes the CR fields that the mask (FXM) names from the low word of value. */
  setCr = (fields: Operand, value: U64): void => {
    this.emit({ k: 'set-cr', fields: exprOf(fields), value: value.expr });
  };
  /** LT GT EQ SO of a comparison. */
  compare = (a: Operand, b: Operand, kind: 'signed' | 'unsigned'): U64 =>
    new U64({ k: 'compare', a: exprOf(a), b: exprOf(b), signed: kind === 'signed' });

  // modes
  readonly sf = new Bit({ k: 'sf' });
  readonly le = new Bit({ k: 'le' });

  // statements
  /** Computes a value now. */
  let = (value: Operand): U64 => {
    const id = this.locals++;
    this.emit({ k: 'let', id, value: exprOf(value) });
    return new U64({ k: 'local', id });
  };
  letDouble = (value: F64): F64 => new F64(this.let(value.bits()).expr);
  if = (cond: Bit, then: () => void, otherwise?: () => void): void => {
    const outer = this.target;
    const branches: [Stmt[], Stmt[]] = [[], []];
    this.target = branches[0];
    then();
    this.target = branches[1];
    otherwise?.();
    this.target = outer;
    this.emit({ k: 'if', cond: cond.cond, then: branches[0], else: branches[1] });
  };
  /** A value that a loop changes: returns it and the function that sets it. */
  variable = (initial: Operand): readonly [U64, (value: U64) => void] => {
    const id = this.locals++;
    this.emit({ k: 'let', id, value: exprOf(initial) });
    const set = (value: U64): void => this.emit({ k: 'let', id, value: value.expr });
    return [new U64({ k: 'local', id }), set];
  };
  while = (cond: Bit, body: () => void): void => {
    const outer = this.target;
    const statements: Stmt[] = [];
    this.target = statements;
    body();
    this.target = outer;
    this.emit({ k: 'while', cond: cond.cond, body: statements });
  };

  // memory
  /** Loads `size` bytes, zero- or sign-extended, in the current byte order (or against it, `swap`). */
  load = (ea: Operand, size: AccessSize, how: { signed?: boolean; swap?: boolean } = {}): U64 => {
    const id = this.locals++;
    this.emit({ k: 'load', id, ea: exprOf(ea), size, signed: how.signed ?? false, swap: how.swap ?? false });
    return new U64({ k: 'local', id });
  };
  store = (ea: Operand, size: AccessSize, value: U64, how: { swap?: boolean } = {}): void => {
    this.emit({ k: 'store', ea: exprOf(ea), size, value: value.expr, swap: how.swap ?? false });
  };

  // control
  /** Branches: nothing of the row is executed after it. */
  goto = (nia: Operand): void => this.emit({ k: 'set-nia', value: exprOf(nia) });
  /** Sets MSR and goes on at `nia`, or behind this instruction. */
  setMsr = (value: U64, nia?: U64): void => this.emit({ k: 'set-msr', value: value.expr, nia: nia?.expr });
  raise = (cause: InterruptCause, info?: U64): void => this.emit({ k: 'raise', cause, info: info?.expr });
  require = (privilege: Privilege): void => this.emit({ k: 'require', privilege });
  /** The facility must be on, or its unavailable interrupt is raised. */
  requires = (facility: FacilityName): void => this.emit({ k: 'facility', facility: facilityNumber(facility) });
  /** Calls a function of the row with up to four numbers, each its low 32 bits. */
  apply = (called: Callable, ...args: readonly Operand[]): void => {
    const routine = 'program' in called ? called : undefined;
    const slow = routine ? routine.slow : called;
    const setsCr = 'fn' in slow;
    const fn = this.functionPlace(routine ?? ('fn' in slow ? slow.fn : slow));
    this.emit({ k: 'apply', fn, routine, args: args.map(exprOf), id: undefined, setsCr });
  };
  applyValue = (fn: UnitValueFunction, ...args: readonly Operand[]): U64 => {
    const id = this.locals++;
    const place = this.functionPlace(fn);
    this.emit({ k: 'apply', fn: place, routine: undefined, args: args.map(exprOf), id, setsCr: false });
    return new U64({ k: 'local', id });
  };
  /** An operation of the CPU as a whole. */
  system = (op: SystemOp, a: Operand = 0): void => {
    this.emit({ k: 'system', op, a: exprOf(a), id: undefined });
  };
  systemValue = (op: SystemOp, a: Operand = 0): U64 => {
    const id = this.locals++;
    this.emit({ k: 'system', op, a: exprOf(a), id });
    return new U64({ k: 'local', id });
  };
  synchronize = (): void => this.emit({ k: 'synchronize' });
  readSpr = (unchanged: U64): U64 => {
    const id = this.locals++;
    this.emit({ k: 'read-spr', id, field: this.field('SPR'), unchanged: unchanged.expr });
    return new U64({ k: 'local', id });
  };
  writeSpr = (value: U64): void => this.emit({ k: 'write-spr', field: this.field('SPR'), value: value.expr });

  // what many rows share
  /** When the mnemonic ends in a dot: CR0 from the result compared with 0 (Book I 2.3.1), and the result is returned. */
  record = (result: U64): void => {
    const rc = this.flag('Rc');
    if (rc) this.if(rc, () => this.recordAlways(result));
  };
  recordAlways = (result: U64): void => {
    const value = this.sf.choose(result, result.exts32());
    this.setCrField(0, this.compare(value, 0, 'signed'));
  };
  /** Sets CA and CA32. `carries` has the carry out of bit 0 in its bit 0 and that out of bit 32 in its bit 32. */
  setCarry = (carries: U64): void => this.emit({ k: 'set-carry', carries: carries.expr });
  /** When the mnemonic has an `o`: sets OV, OV32 and SO from bits 0 and 32 of `overflows`. */
  setOverflow = (overflows: U64): void => {
    const oe = this.flag('OE');
    if (!oe) return;
    this.if(oe, () => {
      const ov32 = this.let(overflows.shru(31).and(1));
      const ov = this.let(this.sf.choose(overflows.shru(63), ov32));
      const kept = this.XER.and(~(XER.OV | XER.OV32));
      this.XER.set(kept.or(ov.shl(30)).or(ov.shl(31)).or(ov32.shl(19)));
    });
  };
  /** Sets OV and OV32 both to one condition, when the mnemonic has an `o`. */
  setOverflowIf = (overflow: Bit): void => this.setOverflow(overflow.choose(-1n, 0n));
  /** When the mnemonic has an `l`: LR from the address behind this instruction. */
  link = (): void => {
    const lk = this.flag('LK');
    if (lk) this.if(lk, () => this.LR.set(this.CIA.add(4)));
  };
}
