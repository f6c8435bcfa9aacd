/**
 * Machine states in which vector instructions are tried: the same for the machine under test and for the one that it is
 * compared with. A state follows from the instruction word and a seed, so that the vectors need not hold it.
 */
import type { InstructionRow } from '../../emulator/isa/row';

/** Vector-scalar registers that the words use: four of each half. */
export const REGISTERS = [2, 3, 4, 5, 34, 35, 36, 37] as const;
export const MEMORY_BYTES = 96;

/** A state of the machine. */
export interface VectorState {
  /** Numbers of 128 bits, in the order of REGISTERS. */
  readonly vsr: readonly bigint[];
  /** r3, r4, r5. Where the row accesses memory, r4 before it is an offset from the memory's address. */
  readonly gpr: readonly bigint[];
  readonly cr: bigint;
  readonly vscr: bigint;
  readonly memory: Uint8Array;
}

/** Numbers from a seed (xorshift32). */
export class Random {
  constructor(private x: number) {
    this.x = (Math.imul(x, 0x9e37_79b1) ^ 0x1234_5678) | 1;
    for (let i = 0; i < 4; i++) this.next();
  }
  next(): number {
    this.x ^= this.x << 13;
    this.x ^= this.x >>> 17;
    this.x ^= this.x << 5;
    return this.x >>> 0;
  }
  below(n: number): number {
    return this.next() % n;
  }
  bits(n: number): bigint {
    let value = 0n;
    for (let i = 0; i < n; i += 32) value = (value << 32n) | BigInt(this.next());
    return BigInt.asUintN(n, value);
  }
}

/** Elements of one width: edges and random ones. */
function elements(random: Random): bigint {
  const width = 8 << random.below(4);
  const edges = [0n, 1n, -1n, 1n << BigInt(width - 1), (1n << BigInt(width - 1)) - 1n, 2n, -2n];
  let value = 0n;
  for (let i = 0; i < 128; i += width) {
    const edge = edges[random.below(2 * edges.length)];
    value = (value << BigInt(width)) | BigInt.asUintN(width, edge ?? random.bits(width));
  }
  return value;
}

/** Packed, zoned or national numbers, sometimes spoilt. */
function decimal(random: Random): bigint {
  const kind = random.below(8);
  let value = 0n;
  const digits = random.below(33);
  const digit = (i: number): bigint => (i < digits ? BigInt(random.below(4) === 0 ? 9 : random.below(10)) : 0n);
  if (kind === 0) {
    for (let i = 7; i > 0; i--) value = (value << 16n) | (0x30n + digit(i));
    value = (value << 16n) | (random.below(2) === 0 ? 0x2bn : 0x2dn);
  } else if (kind === 1) {
    const zone = random.below(2) === 0 ? 0x30n : 0xf0n;
    for (let i = 15; i > 0; i--) value = (value << 8n) | zone | digit(i);
    value = (value << 8n) | (BigInt(random.below(16)) << 4n) | digit(0);
  } else if (kind === 2) {
    for (let i = 31; i >= 0; i--) value = (value << 4n) | digit(i);
  } else {
    for (let i = 31; i > 0; i--) value = (value << 4n) | digit(i);
    value = (value << 4n) | BigInt(10 + random.below(6));
  }
  if (random.below(16) === 0) value ^= 1n << BigInt(random.below(128));
  // How far to shift or where to cut stands in the left doubleword; a small signed quadword is a source, too.
  if (kind === 7) value = (BigInt(random.below(70) - 35) << 64n) & ((1n << 128n) - 1n);
  if (kind === 6 && random.below(2) === 0) value = BigInt.asUintN(128, BigInt.asIntN(105, random.bits(105)));
  return value;
}

/** The second one like the first in some bytes: comparisons must find equal elements. */
function similar(random: Random, value: bigint): bigint {
  let result = value;
  for (let i = random.below(4); i > 0; i--) result ^= random.bits(8) << BigInt(8 * random.below(16));
  return result;
}

export const isDecimal = (row: InstructionRow): boolean => row.name.startsWith('bcd');
export const isMemory = (row: InstructionRow): boolean =>
  /^(l|st)(v|xs|xv)/.test(row.name) && !/^lvs[lr]$/.test(row.name);

/** The state for a word of a row. */
export function stateOf(row: InstructionRow, word: number, seed: number): VectorState {
  const random = new Random(word ^ Math.imul(seed, 0x85eb_ca6b));
  const vsr: bigint[] = [];
  for (const _ of REGISTERS) {
    const [last = 0n] = vsr.slice(-1);
    if (isDecimal(row)) vsr.push(random.below(8) === 0 ? similar(random, last) : decimal(random));
    else {
      const kind = random.below(8);
      vsr.push(kind < 3 ? random.bits(128) : kind < 6 ? elements(random) : similar(random, last));
    }
  }
  const memory = Uint8Array.from({ length: MEMORY_BYTES }, () => random.below(256));
  const withLength = /^l?s?t?xvll?$/.test(row.name);
  const gpr = isMemory(row)
    ? [
        random.bits(64),
        BigInt(random.below(32)),
        withLength ? (BigInt(random.below(20)) << 56n) | random.bits(56) : BigInt(random.below(16)),
      ]
    : [random.bits(64), random.bits(64), random.bits(64)];
  // The number of a byte at which the element lies within the register.
  const [, indexed] = /^vextu([bhw])[lr]x$/.exec(row.name) ?? [];
  if (indexed !== undefined) gpr[1] = (random.bits(60) << 4n) | BigInt(random.below({ b: 16, h: 15 }[indexed] ?? 13));
  return {
    vsr,
    gpr,
    cr: random.bits(32),
    vscr: BigInt(random.below(4) === 0 ? 1 : 0),
    memory,
  };
}

/** What differs between two states, as the vectors have it: `v34=..` `r3=..` `cr=..` `vscr=..` `m16=..` (hexadecimal). */
export function changes(before: VectorState, after: VectorState): string[] {
  const result: string[] = [];
  const note = (name: string, old: bigint, now: bigint): void => {
    if (old !== now) result.push(`${name}=${now.toString(16)}`);
  };
  REGISTERS.forEach((n, i) => note(`v${n}`, before.vsr[i] ?? 0n, after.vsr[i] ?? 0n));
  [3, 4, 5].forEach((n, i) => note(`r${n}`, before.gpr[i] ?? 0n, after.gpr[i] ?? 0n));
  note('cr', before.cr, after.cr);
  note('vscr', before.vscr, after.vscr);
  const first = before.memory.findIndex((byte, i) => byte !== after.memory[i]);
  const last = before.memory.findLastIndex((byte, i) => byte !== after.memory[i]);
  if (first >= 0) result.push(`m${first}=${Buffer.from(after.memory.subarray(first, last + 1)).toString('hex')}`);
  return result;
}
