/** Routines in generated code against the functions that do the same in every case: registers, FPSCR and CR, bit for bit. */
import { describe, expect, it } from 'vitest';
import { interpreterModule } from '../../emulator/cpu/interpreter';
import { exportOfRoutine } from '../../emulator/cpu/routines';
import * as state from '../../emulator/cpu/state';
import { MemoryVectorUnit } from '../../emulator/cpu/vector-unit';
import { summarize } from '../../emulator/isa/float/fpscr';
import type { Routine } from '../../emulator/isa/routine';
import { routinesOfRows } from '../../emulator/isa/table';
import { PhysicalMemory } from '../../emulator/memory/physical';
import { Random } from '../qemu/random';

const CASES = 4000;
const STATE_BYTES = state.SPR + state.SPR_BYTES;
/** Target and operands; the target is an operand too, as it is of some instructions. */
const [T, A, B, C] = [3, 20, 21, 3];

const memory = new PhysicalMemory(1 << 16, 0).memory;
const quick = new MemoryVectorUnit(memory.buffer);
const reference = new ArrayBuffer(memory.buffer.byteLength);
const exact = new MemoryVectorUnit(reference);
let slowCalls = 0;
const none = (): number => 0;
const { exports } = new WebAssembly.Instance(interpreterModule({ littleEndian: true, sf: true, regions: false }), {
  host: {
    ...{ memory, load: none, store: none, readSpr: none, writeSpr: none, system: none, divse: none, divue: none },
    apply: () => (slowCalls++, 0),
  },
});

type Kind = 'doubles' | 'singles' | 'narrow doubles' | 'integers' | 'edges';
const KINDS: readonly Kind[] = ['doubles', 'singles', 'narrow doubles', 'integers', 'edges'];
const EDGES = [0, 0.5, 1.5, 2.5, 2 ** 31, 2 ** 32, 2 ** 52, 2 ** 53, 2 ** 63, 2 ** 64, 2 ** 127, 2 ** -126, 2 ** -150];
const SPECIAL = [NaN, Infinity, 2 ** 1023, 2 ** -1022, 2 ** -1074];

const scratch = new DataView(new ArrayBuffer(8));
const doubleBits = (value: number): bigint => (scratch.setFloat64(0, value), scratch.getBigUint64(0));

/** Doubles near to one another, of which some are singles, have few bits, or lie half way between singles. */
function double(random: Random, centre: number, gap: number, narrow: boolean): bigint {
  const sign = BigInt(random.below(2)) << 63n;
  const exponent = BigInt(centre + random.below(gap)) << 52n;
  let fraction = random.u64() >> 12n;
  if (random.chance(0.5)) fraction = (fraction >> BigInt(20 + random.below(32))) << BigInt(20 + random.below(12));
  if (narrow) fraction = (fraction >> 29n) << 29n;
  else if (random.chance(0.2)) fraction = ((fraction >> 29n) << 29n) | (1n << 28n);
  return random.chance(0.05) ? sign : sign | exponent | (fraction & ((1n << 52n) - 1n));
}
function single(random: Random, centre: number, gap: number): bigint {
  const sign = BigInt(random.below(2)) << 31n;
  return random.chance(0.05) ? sign : sign | (BigInt(centre + random.below(gap)) << 23n) | (random.u64() >> 41n);
}

/** Both doublewords of the operands. */
function operands(random: Random, kind: Kind): bigint[] {
  const gap = random.pick([2, 30, 60, 110]);
  const [wide, narrow] = [1023 - 300 + random.below(600), 1023 - 40 + random.below(80)];
  const one = (): bigint => {
    if (kind === 'doubles') return double(random, wide, gap, false);
    if (kind === 'narrow doubles') return double(random, narrow, gap, true);
    if (kind === 'integers') return random.u64() >> BigInt(random.below(64));
    if (kind === 'singles') return (single(random, 87, 40) << 32n) | single(random, 87, 40);
    const edge = random.chance(0.1) ? random.pick(SPECIAL) : random.pick(EDGES);
    const bits = doubleBits(random.chance(0.5) ? edge : -edge);
    return random.chance(0.5) ? bits : BigInt.asUintN(64, bits + BigInt(random.below(5)) - 2n);
  };
  return [one(), one(), one(), one(), one(), one()];
}

/** FPSCR with some sticky bits; without exceptions enabled more often than with. */
function fpscr(random: Random): number {
  const sticky = random.pick([0, 0x8200_0000, 0x9200_0000, 0xa100_0000, 0x0001_f000]);
  return random.chance(0.9) ? sticky : summarize(sticky | random.below(256));
}

function begin(random: Random, kind: Kind): void {
  const values = operands(random, kind);
  const status = fpscr(random);
  for (const unit of [quick, exact]) {
    [T, A, B].forEach((register, i) => {
      // Numbers of vector registers count from VSR 32 on.
      for (const n of [register, register + 32]) unit.u64.set([values[2 * i + 1] ?? 0n, values[2 * i] ?? 0n], 2 * n);
    });
    unit.fpscr = status >>> 0;
    unit.vscr = 0;
  }
}

const registersOf = (buffer: ArrayBufferLike): Buffer => Buffer.from(buffer, 0, STATE_BYTES);

function compare(routine: Routine, kind: Kind): { readonly taken: number; readonly wrong: string[] } {
  const random = new Random(7);
  const run = exports[exportOfRoutine(routine)] as (t: number, a: number, b: number, c: number) => number;
  const wrong: string[] = [];
  let taken = 0;
  for (let i = 0; i < CASES; i++) {
    begin(random, kind);
    const before = [T, A, B].flatMap((n) => [exact.u64[2 * n + 1], exact.u64[2 * n]].map((half) => half?.toString(16)));
    slowCalls = 0;
    run(T, A, B, C);
    if (slowCalls > 0) continue;
    taken++;
    routine.function(exact, T, A, B, C);
    if (registersOf(memory.buffer).equals(registersOf(reference))) continue;
    wrong.push(
      `${kind}, case ${i}: FPSCR ${quick.fpscr.toString(16)}, exact ${exact.fpscr.toString(16)}; ${before.join(' ')}`,
    );
    registersOf(memory.buffer).copy(registersOf(reference));
  }
  return { taken, wrong: wrong.slice(0, 3) };
}

describe.each(routinesOfRows())('$routine.name', ({ routine }) => {
  it('does what its function does', () => {
    let taken = 0;
    for (const kind of KINDS) {
      const result = compare(routine, kind);
      expect(result.wrong).toEqual([]);
      taken += result.taken;
    }
    // Most operands of some kind are taken: otherwise the routine would be of no use.
    expect(taken).toBeGreaterThan(CASES / 2);
  });
});
