/** Functions of the interpreter's module that are no instruction's: how it is entered, fetches, and leaves for the host. */
import { FUNCTION, LEFT, PC, REGION_TYPE, WORD, leave, loadWord, pushNiaOf, setExit, tailCall } from './handlers';
import type { Mode } from './lowering';
import * as state from './state';
import { pushHighProduct } from './high-product';
import { enterOrCount, modeNumber } from './translator/entries';
import { Code, I32, I64, MEM, OP } from './wasm';

/** Goes on at NIA: finds its page, or leaves for the host. */
export function fetchFunction(mode: Mode): Code {
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
  loadWord(code, mode);
  tailCall(code, FUNCTION.hot);
  return code;
}

/** The slow way to the following instruction: PC is already behind this one, LEFT counted. */
export function advanceFunction(): Code {
  const code = new Code(3);
  code.i32(0);
  pushNiaOf(code);
  code.memory(MEM.i64store, state.NIA);
  tailCall(code, FUNCTION.fetch);
  return code;
}

/** Leaves for the host with an interrupt; NIA is the address of the instruction. */
export function faultFunction(): Code {
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

/** High half of the product of two parameters. */
export function highProductFunction(signed: boolean): Code {
  const code = new Code(2);
  pushHighProduct(code, 0, 1, signed);
  return code;
}

/** Goes on at NIA; at a translated region there, when the mode looks for them. */
export function runFunction(mode: Mode): Code {
  const code = new Code(1);
  if (mode.regions === true) {
    const nia = code.local(I64);
    code.i32(0);
    code.memory(MEM.i64load, state.NIA);
    if (!mode.sf) {
      code.i64(0xffff_ffffn);
      code.op(OP.i64and);
    }
    code.set(nia);
    enterOrCount(code, nia, 0, modeNumber(mode), REGION_TYPE);
  }
  return interpretFunction(code);
}

export function interpretFunction(code = new Code(1)): Code {
  code.i32(0);
  code.i32(0);
  code.get(0);
  code.returnCall(FUNCTION.fetch);
  return code;
}

export function executeFunction(): Code {
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
  code.returnCall(FUNCTION.hot);
  return code;
}
