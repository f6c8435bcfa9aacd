/**
 * How the interpreter reads operand fields and goes from instruction to instruction.
 *
 * A handler has the parameters pc (host address of the instruction), word, and left (instructions until the budget is
 * used up, this one counted); it returns what is left.
 */
import type { Field } from '../isa/fields';
import type { InstructionRow } from '../isa/row';
import type { Routine } from '../isa/routine';
import { unitFunctionNumber } from '../isa/table';
import { Lowering, type Mode, type RuntimeFunctions } from './lowering';
import { enterOrCount, modeNumber } from './translator/entries';
import * as state from './state';
import { type Code, I64, MEM, OP } from './wasm';

// Parameters of a handler.
export const PC = 0;
export const WORD = 1;
export const LEFT = 2;

/** Functions of every module by index: imports, then these; handlers follow. */
export const FUNCTION = {
  load: 0,
  store: 1,
  readSpr: 2,
  writeSpr: 3,
  divse: 4,
  divue: 5,
  apply: 6,
  system: 7,
  mulhu: 8,
  mulhs: 9,
  fetch: 10,
  advance: 11,
  fault: 12,
  run: 13,
  execute: 14,
  hot: 15,
  illegal: 16,
  interpret: 17,
} as const;

/** Type of a region in modules of the interpreter: what is left to what is left. */
export const REGION_TYPE = 6;

export const HANDLER_RUNTIME: RuntimeFunctions = FUNCTION;

/** What handlers of one function share. */
export interface HandlerOptions {
  readonly mode: Mode;
  /** With pc, WORD and LEFT set: generates the way to the instruction's handler. */
  readonly dispatch: () => void;
  /** Index of the function that does the same and calls the host where this one cannot go on. */
  readonly twin: number | undefined;
  /** Indices of the functions of routines. */
  readonly routines: ReadonlyMap<Routine, number>;
}

/** Generates the handler of a row. */
export class HandlerLowering extends Lowering {
  private constants: ReadonlyMap<Field, number> = new Map();
  private current: InstructionRow | undefined;
  protected override readonly hasTwin: boolean;

  constructor(
    code: Code,
    private readonly options: HandlerOptions,
  ) {
    super(code, options.mode, HANDLER_RUNTIME);
    this.hasTwin = options.twin !== undefined;
  }

  protected override leaveForTwin(): void {
    if (this.options.twin !== undefined) tailCall(this.code, this.options.twin);
  }

  /** The statements of a row in one form of its mnemonic, and the way to the next instruction. */
  row(row: InstructionRow, constants: ReadonlyMap<Field, number>): void {
    this.constants = constants;
    this.current = row;
    this.statements(row.program);
    this.next();
  }

  protected override unitFunction(place: number): number {
    if (!this.current) throw new RangeError('There is no row whose function this could be.');
    return unitFunctionNumber(this.current, place);
  }

  protected override routine(routine: Routine): number {
    const index = this.options.routines.get(routine);
    if (index === undefined) throw new RangeError(`The routine ${routine.name} is no function of a row.`);
    return index;
  }

  protected override constantField(field: Field): number | undefined {
    return this.constants.get(field);
  }

  protected override pushField(field: Field): void {
    const { code } = this;
    field.parts.forEach(([bit, width, left], i) => {
      const shift = 32 - bit - width - left;
      code.get(WORD);
      if (shift !== 0) {
        code.i32(Math.abs(shift));
        code.op(shift > 0 ? OP.i32shru : OP.i32shl);
      }
      code.i32((2 ** width - 1) << left);
      code.op(OP.i32and);
      if (i > 0) code.op(OP.i32or);
    });
    if (field.signed) {
      code.i32(32 - field.width);
      code.op(OP.i32shl);
      code.i32(32 - field.width);
      code.op(OP.i32shrs);
    }
  }

  protected override pushGprOffset(field: Field): void {
    const bit = field.parts[0]?.[0] ?? 0;
    this.code.get(WORD);
    this.code.i32(24 - bit);
    this.code.op(OP.i32shru);
    this.code.i32(31 << 3);
    this.code.op(OP.i32and);
  }

  protected override pushCia(): void {
    pushNiaOf(this.code);
  }

  protected override pushLeft(): void {
    this.code.get(LEFT);
  }

  protected override branch(): void {
    const { code } = this;
    const target = code.local(I64);
    const host = code.local(I64);
    code.i64(this.mode.sf ? ~3n : 0xffff_fffcn);
    code.op(OP.i64and);
    code.tee(target);
    code.i32(0);
    code.memory(MEM.i64load, state.FETCH_BASE);
    code.op(OP.i64sub);
    code.set(host);
    code.get(LEFT);
    code.i32(1);
    code.op(OP.i32sub);
    code.set(LEFT);
    if (this.mode.regions === true) {
      code.i32(0);
      code.get(target);
      code.memory(MEM.i64store, state.NIA);
      enterOrCount(code, target, LEFT, modeNumber(this.mode), REGION_TYPE);
    }
    code.block();
    // Inside the page that instructions come from?
    code.get(host);
    code.get(PC);
    code.op(OP.extendu);
    code.op(OP.i64xor);
    code.i64(BigInt(-state.PAGE_BYTES));
    code.op(OP.i64and);
    code.op(OP.i64eqz);
    code.op(OP.i32eqz);
    code.brIf(0);
    code.get(LEFT);
    code.op(OP.i32eqz);
    code.brIf(0);
    code.get(host);
    code.op(OP.wrap);
    code.set(PC);
    this.goOn();
    code.end();
    code.i32(0);
    code.get(target);
    code.memory(MEM.i64store, state.NIA);
    tailCall(code, FUNCTION.fetch);
  }

  protected override fault(): void {
    tailCall(this.code, FUNCTION.fault);
  }

  protected override leaveForState(): void {
    leave(this.code, state.EXIT_REASON.state);
  }

  /** On to the following instruction. */
  private next(): void {
    const { code } = this;
    code.get(LEFT);
    code.i32(1);
    code.op(OP.i32sub);
    code.set(LEFT);
    code.get(PC);
    code.i32(4);
    code.op(OP.i32add);
    code.set(PC);
    code.block();
    code.get(LEFT);
    code.op(OP.i32eqz);
    code.brIf(0);
    code.get(PC);
    code.i32(state.PAGE_BYTES - 1);
    code.op(OP.i32and);
    code.op(OP.i32eqz);
    code.brIf(0);
    this.goOn();
    code.end();
    tailCall(code, FUNCTION.advance);
  }

  private goOn(): void {
    loadWord(this.code, this.mode);
    this.options.dispatch();
  }
}

/** Leaves for a function with the parameters of a handler. */
export function tailCall(code: Code, functionIndex: number): void {
  code.get(PC);
  code.get(WORD);
  code.get(LEFT);
  code.returnCall(functionIndex);
}

/** Pushes the effective address that belongs to PC. */
export function pushNiaOf(code: Code): void {
  code.get(PC);
  code.op(OP.extendu);
  code.i32(0);
  code.memory(MEM.i64load, state.FETCH_BASE);
  code.op(OP.i64add);
}

/** Sets the reason for which the host comes next. */
export function setExit(code: Code, reason: number): void {
  code.i32(0);
  code.i32(reason);
  code.memory(MEM.i32store, state.EXIT);
}

/** Returns to the host; this instruction counts. */
export function leave(code: Code, reason: number): void {
  setExit(code, reason);
  code.get(LEFT);
  code.i32(1);
  code.op(OP.i32sub);
  code.op(OP.return);
}

/** Sets WORD to the instruction at PC. */
export function loadWord(code: Code, mode: Mode): void {
  code.get(PC);
  code.memory(MEM.i32load, 0);
  if (!mode.littleEndian) {
    // Two rotations, each right for every other byte.
    code.tee(WORD);
    code.i32(8);
    code.op(OP.i32rotl);
    code.i32(0x00ff_00ff);
    code.op(OP.i32and);
    code.get(WORD);
    code.i32(24);
    code.op(OP.i32rotl);
    code.i32(0xff00_ff00 | 0);
    code.op(OP.i32and);
    code.op(OP.i32or);
  }
  code.set(WORD);
}
