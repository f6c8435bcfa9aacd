/**
 * The entry cache: which translated region begins at an effective address, for the interpreter at its taken branches and
 * for regions when they are left.
 *
 * It lies in the memory that generated code shares: banks of entries { tag i64: address, index i32: in the table of
 * functions, countdown i32 }. An address without a region counts down instead, and at 0 the host looks at it.
 */
import * as state from '../state';
import { type Code, I32, MEM, OP } from '../wasm';

/**
 * The first functions in the table: for each mode one that goes on at NIA, looking for a region there, and one that
 * interprets NIA first. Regions follow.
 */
export const FIRST_REGION = 8;
/** Number of a mode: bit 0 little-endian, bit 1 SF. */
export const modeNumber = (mode: { littleEndian: boolean; sf: boolean }): number =>
  (mode.littleEndian ? 1 : 0) | (mode.sf ? 2 : 0);
export const resumeIndex = (mode: number): number => mode;
export const interpretIndex = (mode: number): number => 4 + mode;

/** Visits of an address by the interpreter until the host looks. */
export const FIRST_COUNTDOWN = 16;
/** One of so many misses takes the place of the entry that is there. */
const REPLACE_ONE_OF = 4;

/** Offset of an address's entry in its bank. */
export function entryOffset(ea: bigint): number {
  const mixed = Number(((ea >> 2n) ^ (ea >> 14n)) & BigInt(state.ENTRY_CACHE_ENTRIES - 1));
  return mixed * state.ENTRY_CACHE_ENTRY_BYTES;
}

/** With a local that holds an address: leaves the host address of its entry in another local. */
export function locateEntry(code: Code, ea: number, entry: number): void {
  const shift = Math.log2(state.ENTRY_CACHE_ENTRY_BYTES);
  code.get(ea);
  code.i64(2n);
  code.op(OP.i64shru);
  code.get(ea);
  code.i64(14n);
  code.op(OP.i64shru);
  code.op(OP.i64xor);
  code.op(OP.wrap);
  code.i32(state.ENTRY_CACHE_ENTRIES - 1);
  code.op(OP.i32and);
  code.i32(shift);
  code.op(OP.i32shl);
  code.i32(0);
  code.memory(MEM.i32load, state.ENTRY_BANK);
  code.op(OP.i32add);
  code.set(entry);
}

/**
 * What the interpreter does at a taken branch, NIA stored: enters the region at an address, or counts the visit and goes
 * on behind this code.
 *
 * @param ea local with the address
 * @param left local with the instructions that are left
 * @param types types of regions and of this function's result
 */
export function enterOrCount(code: Code, ea: number, left: number, mode: number, regionType: number): void {
  const entry = code.local(I32);
  const index = code.local(I32);
  locateEntry(code, ea, entry);
  code.get(entry);
  code.memory(MEM.i64load, 0);
  code.get(ea);
  code.op(OP.i64eq);
  code.if();
  code.get(entry);
  code.memory(MEM.i32load, 8);
  code.tee(index);
  code.i32(FIRST_REGION);
  code.op(OP.i32geu);
  code.if();
  code.get(left);
  code.get(index);
  code.returnCallIndirect(regionType);
  code.end();
  countDown(code, entry, left);
  code.else();
  replaceSometimes(code, entry, ea, mode);
  code.end();
}

function countDown(code: Code, entry: number, left: number): void {
  const count = code.local(I32);
  code.get(entry);
  code.get(entry);
  code.memory(MEM.i32load, 12);
  code.i32(1);
  code.op(OP.i32sub);
  code.tee(count);
  code.memory(MEM.i32store, 12);
  code.get(count);
  code.op(OP.i32eqz);
  code.if();
  code.i32(0);
  code.i32(state.EXIT_REASON.hot);
  code.memory(MEM.i32store, state.EXIT);
  code.get(left);
  code.op(OP.return);
  code.end();
}

function replaceSometimes(code: Code, entry: number, ea: number, mode: number): void {
  const misses = code.local(I32);
  code.i32(0);
  code.i32(0);
  code.memory(MEM.i32load, state.ENTRY_MISSES);
  code.i32(1);
  code.op(OP.i32add);
  code.tee(misses);
  code.memory(MEM.i32store, state.ENTRY_MISSES);
  code.get(misses);
  code.i32(REPLACE_ONE_OF - 1);
  code.op(OP.i32and);
  code.op(OP.i32eqz);
  code.if();
  code.get(entry);
  code.get(ea);
  code.memory(MEM.i64store, 0);
  code.get(entry);
  code.i32(resumeIndex(mode));
  code.memory(MEM.i32store, 8);
  code.get(entry);
  code.i32(FIRST_COUNTDOWN);
  code.memory(MEM.i32store, 12);
  code.end();
}

/** Pushes the table index of the function that goes on at the address in a local. */
export function pushEntryIndex(code: Code, ea: number, mode: number): void {
  const entry = code.local(I32);
  locateEntry(code, ea, entry);
  selectIndex(code, entry, 0, mode, () => code.get(ea));
}

/** The same for an address that is known: its entry is at a constant offset in the bank. */
export function pushEntryIndexOf(code: Code, ea: bigint, mode: number): void {
  const entry = code.local(I32);
  code.i32(0);
  code.memory(MEM.i32load, state.ENTRY_BANK);
  code.set(entry);
  selectIndex(code, entry, entryOffset(ea), mode, () => code.i64(ea));
}

function selectIndex(code: Code, entry: number, offset: number, mode: number, pushEa: () => void): void {
  code.get(entry);
  code.memory(MEM.i32load, offset + 8);
  code.i32(resumeIndex(mode));
  code.get(entry);
  code.memory(MEM.i64load, offset);
  pushEa();
  code.op(OP.i64eq);
  code.op(OP.select);
}
