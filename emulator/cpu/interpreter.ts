/**
 * The interpreter projection as a WebAssembly module.
 *
 * The instructions that programs consist of lie in one function, a loop around a table of branches; every other row has
 * a function of its own (handler), reached by a tail call. A 17-bit decode index (primary opcode, low 11 bits of the
 * word) gives the number in both, so that Rc, OE, AA and LK are constants in generated code. Measured on one loop of
 * loads and stores: all rows as tail-called handlers 110 MIPS, all in the loop 340, the frequent ones in it 390.
 */
import { INTERRUPT_CAUSES } from '../isa/causes';
import type { Stmt } from '../isa/ir';
import { type Handler, INDEX_BITS, decodePlan } from './decode-plan';
import { FUNCTION, HandlerLowering, type HandlerOptions, LEFT, PC, REGION_TYPE, WORD, tailCall } from './handlers';
import {
  advanceFunction,
  executeFunction,
  faultFunction,
  fetchFunction,
  highProductFunction,
  interpretFunction,
  runFunction,
} from './interpreter-functions';
import type { Mode } from './lowering';
import { PREBUILT } from './prebuilt';
import { ROUTINE_PARAMETERS, routineFunctions, routinePlaces } from './routines';
import * as state from './state';
import { Code, type FunctionType, I32, I64, MEM, OP, encodeModule } from './wasm';

// Function types of the module.
const TYPES: readonly FunctionType[] = [
  { parameters: [I32, I32, I32], results: [I32] },
  { parameters: [I64, I32], results: [I32] },
  { parameters: [I64, I64, I32], results: [I32] },
  { parameters: [I32, I32], results: [I32] },
  { parameters: [I32, I64, I32], results: [I32] },
  { parameters: [I64, I64], results: [I64] },
  { parameters: [I32], results: [I32] },
  { parameters: [I32, I32, I32, I32, I32], results: [I32] },
  { parameters: ROUTINE_PARAMETERS, results: [I32] },
];
const HANDLER_TYPE = 0;
const ROUTINE_TYPE = 8;

/** Functions of the host, in the order of their import. */
const IMPORTS = [
  { name: 'load', type: 1 },
  { name: 'store', type: 2 },
  { name: 'readSpr', type: 3 },
  { name: 'writeSpr', type: 4 },
  { name: 'divse', type: 5 },
  { name: 'divue', type: 5 },
  { name: 'apply', type: 7 },
  { name: 'system', type: 4 },
] as const;

/** Exports of an instance. */
export interface InterpreterExports {
  /** Runs from NIA; returns how many of `left` instructions were not executed. */
  readonly run: (left: number) => number;
  /** The same, but the instruction at NIA is interpreted. */
  readonly interpret: (left: number) => number;
  /** Executes one instruction word at NIA without fetching it. */
  readonly execute: (word: number, left: number) => number;
  /** Routines by `exportOfRoutine`. */
  readonly [routine: string]: CallableFunction;
}

/** Pushes the number of the handler of WORD. */
function pushHandlerNumber(code: Code): void {
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
}

/**
 * Whether a row asks the host at one place at most, before it changes anything: then its handler can be left there for
 * a twin that begins anew.
 */
function canBeginAnew(program: readonly Stmt[]): boolean {
  let asked = 0;
  let changed = false;
  const visit = (list: readonly Stmt[]): boolean =>
    list.every((stmt) => {
      if (stmt.k === 'if') return visit(stmt.then) && visit(stmt.else);
      if (stmt.k === 'while' || stmt.k === 'apply' || stmt.k === 'system') return false;
      if (stmt.k === 'load' || stmt.k === 'store' || stmt.k === 'read-spr' || stmt.k === 'write-spr') {
        return ++asked === 1 && !changed;
      }
      if (stmt.k.startsWith('set-')) changed = true;
      return true;
    });
  return visit(program) && asked === 1;
}

type Shared = Pick<HandlerOptions, 'mode' | 'routines'>;

/** A function for a handler outside of the loop. */
function handlerFunction(variants: Handler, shared: Shared, twin: number | undefined): Code {
  const code = new Code(3);
  const dispatch = (): void => tailCall(code, FUNCTION.hot);
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
    new HandlerLowering(code, { ...shared, dispatch, twin }).row(row, constants);
    if (unseen === 0) return code;
    code.end();
  }
  raiseIllegal(code);
  return code;
}

/**
 * The loop: branches to the code of a frequent handler by its number, and calls the others.
 *
 * @param twinOf index of a handler's twin
 */
function hotFunction(
  frequent: readonly Handler[],
  shared: Shared,
  twinOf: (handler: Handler) => number | undefined,
): Code {
  const code = new Code(3);
  code.loop();
  const loopDepth = code.depth;
  const dispatch = (): void => code.br(code.depth - loopDepth);
  const rare = frequent.length;
  for (let i = 0; i <= rare; i++) code.block();
  pushHandlerNumber(code);
  // Number 0 is the illegal instruction: a function of its own.
  code.brTable([rare, ...frequent.keys()], rare);
  for (const handler of frequent) {
    code.end();
    code.recycleLocals();
    for (const { row, constants } of handler) {
      new HandlerLowering(code, { ...shared, dispatch, twin: twinOf(handler) }).row(row, constants);
    }
  }
  code.end();
  code.get(PC);
  code.get(WORD);
  code.get(LEFT);
  pushHandlerNumber(code);
  code.returnCallIndirect(HANDLER_TYPE, shared.mode.regions === true ? 1 : 0);
  code.end();
  code.op(OP.unreachable);
  return code;
}

function raiseIllegal(code: Code): void {
  code.i32(0);
  code.i32(INTERRUPT_CAUSES.illegal);
  code.memory(MEM.i32store, state.CAUSE);
  tailCall(code, FUNCTION.fault);
}

function illegalFunction(): Code {
  const code = new Code(3);
  raiseIllegal(code);
  return code;
}

/** The bytes of the interpreter's module for a mode. */
export function interpreterBytes(mode: Mode): Uint8Array<ArrayBuffer> {
  const { handlers, frequent } = decodePlan();
  const rare = handlers.slice(frequent);
  const withTwin = handlers.filter((handler) => handler.every(({ row }) => canBeginAnew(row.program)));
  // Routines follow the fixed functions, then come those of rare handlers, and the twins.
  const firstRoutine = FUNCTION.interpret + 1;
  const routines = routinePlaces(firstRoutine);
  const shared = { mode, routines };
  const firstRare = firstRoutine + routines.size;
  const twins = new Map(withTwin.map((handler, i) => [handler, firstRare + rare.length + i]));
  const twinOf = (handler: Handler): number | undefined => twins.get(handler);
  const handlerType = (code: Code): { type: number; code: Code } => ({ type: HANDLER_TYPE, code });
  return encodeModule({
    regions: mode.regions === true,
    types: TYPES,
    imports: IMPORTS,
    functions: [
      { type: 5, code: highProductFunction(false) },
      { type: 5, code: highProductFunction(true) },
      handlerType(fetchFunction(mode)),
      handlerType(advanceFunction()),
      handlerType(faultFunction()),
      { type: REGION_TYPE, code: runFunction(mode), exportName: 'run' },
      { type: 3, code: executeFunction(), exportName: 'execute' },
      handlerType(hotFunction(handlers.slice(0, frequent), shared, twinOf)),
      handlerType(illegalFunction()),
      { type: REGION_TYPE, code: interpretFunction(), exportName: 'interpret' },
      ...routineFunctions(mode).map((routine) => ({ type: ROUTINE_TYPE, ...routine })),
      ...rare.map((handler) => handlerType(handlerFunction(handler, shared, twinOf(handler)))),
      ...withTwin.map((handler) => handlerType(handlerFunction(handler, shared, undefined))),
    ],
    // The table of handler numbers; those of the loop are never called through it.
    table: handlers
      .map((_, i) => (i < frequent ? FUNCTION.illegal : firstRare + i - frequent))
      .toSpliced(0, 0, FUNCTION.illegal),
  });
}

/** A mode as text. */
export const modeKey = (mode: Mode): string => `${mode.littleEndian} ${mode.sf} ${mode.regions === true}`;

const modules = new Map<string, WebAssembly.Module>();

/** The compiled interpreter for a mode: compiled on first use, once a process. */
export function interpreterModule(mode: Mode): WebAssembly.Module {
  const key = modeKey(mode);
  const known = modules.get(key);
  if (known) return known;
  const module = new WebAssembly.Module(PREBUILT.modules[key] ?? interpreterBytes(mode));
  modules.set(key, module);
  return module;
}
