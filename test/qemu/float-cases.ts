/**
 * Floating-point instructions with operands: a case follows from the row and a seed, so that the vectors (float-vectors.ts)
 * need not hold what is before it.
 */
import { type Field, deposit } from '../../emulator/isa/fields';
import type { InstructionRow } from '../../emulator/isa/row';
import { INSTRUCTIONS } from '../../emulator/isa/table';
import { Random } from './random';
import { AT, PLACE, RECORD_BYTES, WINDOW_BYTES } from './record';

/** The rows of floating-point instructions, by the manual's chapters. */
const SECTIONS = /^Power ISA 3\.0B Book I (4\.6|6\.10$|7\.6\.3$)/;
export const FLOAT_ROWS: readonly InstructionRow[] = INSTRUCTIONS.filter((row) => SECTIONS.test(row.section));

// prettier-ignore
const DOUBLES = [
  // zero, one and its neighbours, a half, 1.5, 2.5; denormal: least, second, greatest; normal: least, second, greatest
  0n, 0x3ff0000000000000n, 0x3fefffffffffffffn, 0x3ff0000000000001n, 0x3fe0000000000000n, 0x3ff8000000000000n, 0x4004000000000000n,
  1n, 2n, 0x000fffffffffffffn, 0x0010000000000000n, 0x0010000000000001n, 0x7fefffffffffffffn,
  // infinity, quiet NaNs, signaling NaNs
  0x7ff0000000000000n, 0x7ff8000000000000n, 0x7ff8000020000000n, 0x7ff0000000000001n, 0x7ff4000000000000n,
  // borders and half-way cases of singles: overflow, underflow, 24 bits
  0x47efffffe0000000n, 0x47effffff0000000n, 0x47f0000000000000n, 0x3810000000000000n, 0x380fffffe0000000n, 0x380ffffff0000000n,
  0x36a0000000000000n, 0x3690000000000000n, 0x3690000000000001n, 0x3ff0000010000000n, 0x3ff0000030000000n,
  // borders of integers and of half precision
  0x41dfffffffc00000n, 0x41e0000000000000n, 0x41efffffffe00000n, 0x41f0000000000000n, 0x43dfffffffffffffn, 0x43e0000000000000n,
  0x43f0000000000000n, 0x40effc0000000000n, 0x40effe0000000000n, 0x3f10000000000000n, 0x3e60000000000000n,
];
// prettier-ignore
const SINGLES = [
  0, 0x3f800000, 0x3f7fffff, 0x3f800001, 0x3f000000, 0x3fc00000, 0x40200000, 1, 2, 0x007fffff, 0x00800000, 0x00800001, 0x7f7fffff,
  0x7f800000, 0x7fc00000, 0x7fc00001, 0x7f800001, 0x7fa00000, 0x4effffff, 0x4f000000, 0x4f800000, 0x5f000000, 0x5f800000, 0x33800000,
  0x477fe000, 0x477ff000, 0x38800000, 0x33000000,
];
const QUADS = [
  [0n, 0n],
  [0x3fff000000000000n, 0n],
  [0x3ffe000000000000n, 0n],
  [0x3fff800000000000n, 0n],
  [0n, 1n],
  [0x0000ffffffffffffn, -1n],
  [0x0001000000000000n, 0n],
  [0x7ffeffffffffffffn, -1n],
  [0x7fff000000000000n, 0n],
  [0x7fff800000000000n, 0n],
  [0x7fff000000000000n, 1n],
  [0x403dffffffffffffn, -1n],
  [0x403e000000000000n, 0n],
  [0x401dffffffffffffn, -1n],
  [0x43feffffffffffffn, 0xf800000000000000n],
  [0x3c01000000000000n, 1n],
  [0x3fff000000000000n, 0x0800000000000000n],
] as const;

/** Operands of one case: numbers near to one another more often than chance has it, so that they cancel. */
class Operands {
  private readonly centre: number;
  constructor(private readonly random: Random) {
    this.centre = random.chance(0.5) ? random.below(60) - 30 : 0;
  }
  private sign(): bigint {
    return BigInt(this.random.below(2)) << 63n;
  }
  private exponent(bias: number, span: number): bigint {
    const { random } = this;
    const near = random.chance(0.6);
    return BigInt(bias + (near ? this.centre + random.below(6) : random.below(2 * span) - span));
  }
  /** A fraction, often with few bits. */
  private fraction(bits: number): bigint {
    const { random } = this;
    const all = random.u64() & ((1n << BigInt(bits)) - 1n);
    return random.chance(0.5) ? all : (all >> BigInt(random.below(bits))) << BigInt(random.below(bits));
  }
  double(): bigint {
    const { random } = this;
    const kind = random.below(5);
    if (kind < 2) return random.pick(DOUBLES) | this.sign();
    if (kind === 2) return this.sign() | (BigInt(random.below(2047)) << 52n) | this.fraction(52);
    // Half of the others are singles.
    const fraction = kind === 3 ? this.fraction(52) & 0xf_ffff_ffff_ffffn : (this.fraction(23) & 0x7f_ffffn) << 29n;
    return this.sign() | (this.exponent(1023, 120) << 52n) | fraction;
  }
  single(): bigint {
    const { random } = this;
    const sign = this.sign() >> 32n;
    if (random.chance(0.5)) return BigInt(random.pick(SINGLES)) | sign;
    if (random.chance(0.2)) return BigInt(random.u32());
    return sign | (this.exponent(127, 80) << 23n) | (this.fraction(23) & 0x7f_ffffn);
  }
  quad(): readonly [bigint, bigint] {
    const { random } = this;
    if (random.chance(0.4)) {
      const [high, low] = random.pick(QUADS);
      return [high | this.sign(), low];
    }
    const exponent = random.chance(0.2) ? BigInt(random.below(32767)) : this.exponent(16383, 120);
    return [this.sign() | (exponent << 48n) | (random.u64() >> 16n), random.chance(0.3) ? 0n : random.u64()];
  }
}

function operandsOf(row: InstructionRow): 'double' | 'single' | 'quad' {
  if (row.operands.includes('VR') && row.section.includes('7.6') && !/dpqp|[su]dqp/.test(row.name)) return 'quad';
  const words = /^(v.*|xv.*sp|xv.*sphp|xvcvsp.*|xscvspdpn?|x[sv]cvhp.*|xvcv[su]xw.*)$/;
  return words.test(row.name) ? 'single' : 'double';
}

export interface FloatCase {
  readonly word: number;
  readonly record: Uint8Array<ArrayBuffer>;
}

/** Registers that cases use: of the floating-point and of the vector half. */
const REGISTERS = [1, 2, 3, 4] as const;

/** FPSCR without enabled exceptions: any rounding, often with status from before. */
function fpscr(random: Random): bigint {
  const rounding = BigInt(random.below(4));
  if (random.chance(0.7)) return rounding;
  const INVALID = 0x01f80700n;
  const status = BigInt(random.u32()) & (0x9e000000n | INVALID | 0x0007f000n);
  return rounding | status | ((status & INVALID) === 0n ? 0n : 1n << 29n);
}

export function floatCase(row: InstructionRow, seed: number): FloatCase {
  const random = new Random(Math.imul(row.value, 0x9e3779b1) ^ seed);
  const record = new Uint8Array(RECORD_BYTES);
  const view = new DataView(record.buffer);
  const put = (at: number, value: bigint): void => view.setBigUint64(at, BigInt.asUintN(64, value), true);
  const operands = new Operands(random);
  const kind = operandsOf(row);
  for (const n of REGISTERS.flatMap((each) => [each, 32 + each])) {
    const [high, low] =
      kind === 'quad'
        ? operands.quad()
        : kind === 'double'
          ? [operands.double(), operands.double()]
          : [(operands.single() << 32n) | operands.single(), (operands.single() << 32n) | operands.single()];
    put(AT.vsr + 16 * n, high);
    put(AT.vsr + 16 * n + 8, low);
  }
  put(AT.fpscr, fpscr(random));
  put(AT.vscr + 8, random.chance(0.5) ? 0n : 0x10000n);
  put(AT.cr, BigInt(random.u32()));
  // r3 and r5 are numbers, or r4 + r5 an address in the window.
  put(AT.gpr + 8 * 3, operands.double());
  put(AT.gpr + 8 * 4, BigInt(PLACE.window + WINDOW_BYTES / 2));
  put(AT.gpr + 8 * 5, /^(lf|st)/.test(row.name) ? BigInt(8 * random.below(8)) : operands.double());
  for (let at = 0; at < 128; at += 8) {
    put(
      AT.memory + WINDOW_BYTES / 2 - 64 + at,
      random.chance(0.5) ? operands.double() : (operands.single() << 32n) | operands.single(),
    );
  }
  let word = row.value;
  for (const field of row.fields) word |= deposit(field, fieldValue(field, random));
  return { word: word >>> 0, record };
}

function fieldValue(field: Field, random: Random): number {
  switch (field.kind) {
    case 'fpr':
    case 'vr':
      return random.pick(REGISTERS);
    case 'vsr':
      return random.pick(REGISTERS) + 32 * random.below(2);
    case 'gpr':
      return field.name === 'RA' ? 4 : field.name === 'RB' ? 5 : 3;
    case 'displacement':
      return 8 * random.below(8);
    default:
      return random.below(2 ** field.width);
  }
}
