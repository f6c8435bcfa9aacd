/**
 * The interpreter projection: one function (handler) for each row and form of its mnemonic, operand fields read from
 * the instruction word at run time. A handler ends with a tail call of the next instruction's handler.
 *
 * A handler has the parameters pc (host address of the instruction), word, and left (instructions until the budget is
 * used up, this one counted); it returns what is left. The 17-bit decode index (primary opcode, low 11 bits) finds the
 * handler, so that Rc, OE, AA and LK are constants in it.
 */
import { INTERRUPT_CAUSES } from '../isa/causes';
import { type Field, deposit } from '../isa/fields';
import { type InstructionRow, mnemonicsOf } from '../isa/row';
import { INSTRUCTIONS } from '../isa/table';
import { Lowering, type Mode, type RuntimeFunctions } from './lowering';
import * as state from './state';
import { Code, type FunctionType, I32, I64, MEM, OP, encodeModule } from './wasm';

// Parameters of a handler.
const PC = 0;
const WORD = 1;
const LEFT = 2;

/** Word bits that the decode index sees. */
const INDEX_BITS = 0xfc00_07ff;

// Function types of the module.
const TYPES: readonly FunctionType[] = [
  { parameters: [I32, I32, I32], results: [I32] },
  { parameters: [I64, I32], results: [I32] },
  { parameters: [I64, I64, I32], results: [I32] },
  { parameters: [I32, I32], results: [I32] },
  { parameters: [I32, I64, I32], results: [I32] },
  { parameters: [I64, I64], results: [I64] },
  { parameters: [I32], results: [I32] },
];
const HANDLER_TYPE = 0;

/** Functions of the host, in the order of their import. */
const IMPORTS = [
  { name: 'load', type: 1 },
  { name: 'store', type: 2 },
  { name: 'readSpr', type: 3 },
  { name: 'writeSpr', type: 4 },
  { name: 'divse', type: 5 },
  { name: 'divue', type: 5 },
] as const;

/** Functions of every module, behind the imports; handlers follow. */
const MULHU = 6;
const MULHS = 7;
const FETCH = 8;
const ADVANCE = 9;
const FAULT = 10;
const FIRST_HANDLER = 13;

const RUNTIME: RuntimeFunctions = {
  load: 0,
  store: 1,
  readSpr: 2,
  writeSpr: 3,
  divse: 4,
  divue: 5,
  mulhu: MULHU,
  mulhs: MULHS,
};

/** Exports of an instance. */
export interface InterpreterExports {
  /** Runs from NIA; returns how many of `left` instructions were not executed. */
  readonly run: (left: number) => number;
  /** Executes one instruction word at NIA without fetching it. */
  readonly execute: (word: number, left: number) => number;
}

class HandlerLowering extends Lowering {
  private constants: ReadonlyMap<Field, number> = new Map();

  /** The statements of a row in one form of its mnemonic, and the way to the next instruction. */
  row(row: InstructionRow, constants: ReadonlyMap<Field, number>): void {
    this.constants = constants;
    this.statements(row.program);
    next(this.code, this.mode);
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
    dispatch(code, this.mode);
    code.end();
    code.i32(0);
    code.get(target);
    code.memory(MEM.i64store, state.NIA);
    tailCall(code, FETCH);
  }

  protected override fault(): void {
    tailCall(this.code, FAULT);
  }

  protected override leaveForState(): void {
    leave(this.code, state.EXIT_REASON.state);
  }
}

function tailCall(code: Code, functionIndex: number): void {
  code.get(PC);
  code.get(WORD);
  code.get(LEFT);
  code.returnCall(functionIndex);
}

/** Pushes the effective address that belongs to PC. */
function pushNiaOf(code: Code): void {
  code.get(PC);
  code.op(OP.extendu);
  code.i32(0);
  code.memory(MEM.i64load, state.FETCH_BASE);
  code.op(OP.i64add);
}

function setExit(code: Code, reason: number): void {
  code.i32(0);
  code.i32(reason);
  code.memory(MEM.i32store, state.EXIT);
}

/** Returns to the host; this instruction counts. */
function leave(code: Code, reason: number): void {
  setExit(code, reason);
  code.get(LEFT);
  code.i32(1);
  code.op(OP.i32sub);
  code.op(OP.return);
}

/** Loads the word at PC and calls its handler. */
function dispatch(code: Code, mode: Mode): void {
  code.get(PC);
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
  code.tee(WORD);
  code.get(LEFT);
  callHandler(code);
}

/** With pc, word and left on the stack: calls the handler of WORD. */
function callHandler(code: Code): void {
  code.get(WORD);
  code.i32(14);
  code.op(OP.i32shru);
  code.i32(0x3f << 12);
  code.op(OP.i32and);
  code.get(WORD);
  code.i32(1);
  code.op(OP.i32shl);
  code.i32(0x7ff << 1);
  code.op(OP.i32and);
  code.op(OP.i32or);
  code.memory(MEM.i32load16u, state.DECODE);
  code.returnCallIndirect(HANDLER_TYPE);
}

/** On to the following instruction. */
function next(code: Code, mode: Mode): void {
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
  dispatch(code, mode);
  code.end();
  tailCall(code, ADVANCE);
}

/** Goes on at NIA: finds its page, or leaves for the host. */
function fetchFunction(mode: Mode): Code {
  const code = new Code(3);
  const nia = code.local(I64);
  const entry = code.local(I32);
  code.i32(0);
  code.memory(MEM.i64load, state.NIA);
  if (!mode.sf) {
    code.i64(0xffff_ffffn);
    code.op(OP.i64and);
    code.set(nia);
    code.i32(0);
    code.get(nia);
    code.memory(MEM.i64store, state.NIA);
    code.get(nia);
  }
  code.set(nia);
  code.get(LEFT);
  code.op(OP.i32eqz);
  code.if();
  setExit(code, state.EXIT_REASON.budget);
  code.get(LEFT);
  code.op(OP.return);
  code.end();
  code.get(nia);
  code.i64(BigInt(Math.log2(state.PAGE_BYTES / state.FETCH_ENTRY_BYTES)));
  code.op(OP.i64shru);
  code.op(OP.wrap);
  code.i32((state.FETCH_ENTRIES - 1) * state.FETCH_ENTRY_BYTES);
  code.op(OP.i32and);
  code.i32(0);
  code.memory(MEM.i32load, state.FETCH_BANK);
  code.op(OP.i32add);
  code.tee(entry);
  code.memory(MEM.i64load, 0);
  code.get(nia);
  code.i64(BigInt(-state.PAGE_BYTES));
  code.op(OP.i64and);
  code.op(OP.i64ne);
  code.if();
  setExit(code, state.EXIT_REASON.fetch);
  code.get(LEFT);
  code.op(OP.return);
  code.end();
  code.get(nia);
  code.op(OP.wrap);
  code.get(entry);
  code.memory(MEM.i32load, 8);
  code.op(OP.i32add);
  code.set(PC);
  code.i32(0);
  code.get(nia);
  code.get(PC);
  code.op(OP.extendu);
  code.op(OP.i64sub);
  code.memory(MEM.i64store, state.FETCH_BASE);
  dispatch(code, mode);
  return code;
}

/** The slow way to the following instruction: PC is already behind this one, LEFT counted. */
function advanceFunction(): Code {
  const code = new Code(3);
  code.i32(0);
  pushNiaOf(code);
  code.memory(MEM.i64store, state.NIA);
  tailCall(code, FETCH);
  return code;
}

/** Leaves for the host with an interrupt; NIA is the address of the instruction. */
function faultFunction(): Code {
  const code = new Code(3);
  code.i32(0);
  pushNiaOf(code);
  code.memory(MEM.i64store, state.NIA);
  code.i32(0);
  code.get(WORD);
  code.memory(MEM.i32store, state.CAUSE_WORD);
  leave(code, state.EXIT_REASON.interrupt);
  return code;
}

/** High half of the unsigned product, from four products of halves. */
function mulhuFunction(): Code {
  const code = new Code(2);
  const [a, b] = [0, 1];
  const cross = code.local(I64);
  const low = (x: number): void => {
    code.get(x);
    code.i64(0xffff_ffffn);
    code.op(OP.i64and);
  };
  const high = (x: number): void => {
    code.get(x);
    code.i64(32n);
    code.op(OP.i64shru);
  };
  // cross = high(a) * low(b) + high half of low(a) * low(b): fits in 64 bits
  high(a);
  low(b);
  code.op(OP.i64mul);
  low(a);
  low(b);
  code.op(OP.i64mul);
  code.i64(32n);
  code.op(OP.i64shru);
  code.op(OP.i64add);
  code.set(cross);
  low(a);
  high(b);
  code.op(OP.i64mul);
  low(cross);
  code.op(OP.i64add);
  code.i64(32n);
  code.op(OP.i64shru);
  high(cross);
  code.op(OP.i64add);
  high(a);
  high(b);
  code.op(OP.i64mul);
  code.op(OP.i64add);
  return code;
}

/** High half of the signed product: each negative factor takes the other one off. */
function mulhsFunction(): Code {
  const code = new Code(2);
  code.get(0);
  code.get(1);
  code.call(MULHU);
  for (const [sign, other] of [
    [0, 1],
    [1, 0],
  ] as const) {
    code.get(sign);
    code.i64(63n);
    code.op(OP.i64shrs);
    code.get(other);
    code.op(OP.i64and);
    code.op(OP.i64sub);
  }
  return code;
}

function runFunction(): Code {
  const code = new Code(1);
  code.i32(0);
  code.i32(0);
  code.get(0);
  code.returnCall(FETCH);
  return code;
}

function executeFunction(): Code {
  // Parameters word, left; the handler wants pc, word, left.
  const code = new Code(2);
  const pc = code.local(I32);
  code.i32(0);
  code.memory(MEM.i32load, state.NIA);
  code.i32(state.PAGE_BYTES - 1);
  code.op(OP.i32and);
  code.i32(state.NO_FETCH_PAGE);
  code.op(OP.i32or);
  code.set(pc);
  code.i32(0);
  code.i32(0);
  code.memory(MEM.i64load, state.NIA);
  code.get(pc);
  code.op(OP.extendu);
  code.op(OP.i64sub);
  code.memory(MEM.i64store, state.FETCH_BASE);
  code.get(pc);
  code.get(0);
  code.get(1);
  // Where callHandler looks for it.
  code.get(0);
  code.set(WORD);
  callHandler(code);
  return code;
}

/** One form of one row. */
interface Variant {
  readonly row: InstructionRow;
  readonly constants: ReadonlyMap<Field, number>;
  readonly mask: number;
  readonly value: number;
}

function variantsOf(row: InstructionRow): Variant[] {
  const flagBits = row.flags.reduce((bits, flag) => bits | deposit(flag, 1), 0);
  return mnemonicsOf(row).map(({ flags }) => ({
    row,
    constants: new Map(row.flags.map((flag) => [flag, flags.includes(flag) ? 1 : 0])),
    mask: (row.mask | flagBits) >>> 0,
    value: flags.reduce((bits, flag) => bits | deposit(flag, 1), row.value) >>> 0,
  }));
}

interface DecodePlan {
  /** Variants that share a handler; more than one where the index does not tell them apart. */
  readonly handlers: readonly (readonly Variant[])[];
  /** Handler numbers by decode index; 0 is the illegal instruction. */
  readonly table: Uint16Array<ArrayBuffer>;
}

let plan: DecodePlan | undefined;

/** Handlers and the decode table of all rows; made once. */
function decodePlan(): DecodePlan {
  if (plan) return plan;
  const table = new Uint16Array(state.DECODE_ENTRIES);
  const handlers: Variant[][] = [];
  for (const variant of INSTRUCTIONS.flatMap(variantsOf)) {
    const opcode = (variant.value >>> 26) << 11;
    const fixed = variant.value & 0x7ff;
    const free = ~variant.mask & 0x7ff;
    const sharing = table[opcode | fixed] ?? 0;
    // Two rows of one index have the same free bits there: they differ in other bits of the word.
    const group = handlers[sharing - 1];
    if (group) {
      group.push(variant);
      continue;
    }
    handlers.push([variant]);
    for (let bits = free; ; bits = (bits - 1) & free) {
      table[opcode | fixed | bits] = handlers.length;
      if (bits === 0) break;
    }
  }
  plan = { handlers, table };
  return plan;
}

function handlerFunction(variants: readonly Variant[], mode: Mode): Code {
  const code = new Code(3);
  for (const { row, constants, mask, value } of variants) {
    const unseen = (mask & ~INDEX_BITS) >>> 0;
    if (unseen !== 0) {
      code.get(WORD);
      code.i32(unseen | 0);
      code.op(OP.i32and);
      code.i32(value & unseen);
      code.op(OP.i32eq);
      code.if();
    }
    new HandlerLowering(code, mode, RUNTIME).row(row, constants);
    if (unseen === 0) return code;
    code.end();
  }
  raiseIllegal(code);
  return code;
}

function raiseIllegal(code: Code): void {
  code.i32(0);
  code.i32(INTERRUPT_CAUSES.illegal);
  code.memory(MEM.i32store, state.CAUSE);
  tailCall(code, FAULT);
}

function illegalFunction(): Code {
  const code = new Code(3);
  raiseIllegal(code);
  return code;
}

/** The bytes of the interpreter's module for a mode. */
export function interpreterBytes(mode: Mode): Uint8Array<ArrayBuffer> {
  const { handlers } = decodePlan();
  const own: { type: number; code: Code; exportName?: string }[] = [
    { type: 5, code: mulhuFunction() },
    { type: 5, code: mulhsFunction() },
    { type: HANDLER_TYPE, code: fetchFunction(mode) },
    { type: HANDLER_TYPE, code: advanceFunction() },
    { type: HANDLER_TYPE, code: faultFunction() },
    { type: 6, code: runFunction(), exportName: 'run' },
    { type: 3, code: executeFunction(), exportName: 'execute' },
    { type: HANDLER_TYPE, code: illegalFunction() },
    ...handlers.map((variants) => ({ type: HANDLER_TYPE, code: handlerFunction(variants, mode) })),
  ];
  const table = Array.from({ length: handlers.length + 1 }, (_, i) => FIRST_HANDLER + i);
  return encodeModule({ types: TYPES, imports: IMPORTS, functions: own, table });
}

/** Handler numbers by decode index. */
export function decodeTable(): Uint16Array {
  return decodePlan().table;
}

const modules = new Map<string, WebAssembly.Module>();

/** The compiled interpreter for a mode: compiled on first use, once a process. */
export function interpreterModule(mode: Mode): WebAssembly.Module {
  const key = `${mode.littleEndian} ${mode.sf}`;
  const known = modules.get(key);
  if (known) return known;
  const module = new WebAssembly.Module(interpreterBytes(mode));
  modules.set(key, module);
  return module;
}
