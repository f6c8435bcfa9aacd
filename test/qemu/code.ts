/**
 * The few instructions of which the harness is made, as words.
 *
 * They do not come from the project's assembler: what carries the cases to QEMU must not depend on what is tried.
 * Power ISA 3.0B Book I 1.6; names and order of operands are the assembler's.
 */

const dForm = (opcode: number, rt: number, ra: number, d: number): number =>
  ((opcode << 26) | (rt << 21) | (ra << 16) | (d & 0xffff)) >>> 0;
const xForm = (opcode: number, rt: number, ra: number, rb: number, xo: number): number =>
  ((opcode << 26) | (rt << 21) | (ra << 16) | (rb << 11) | xo) >>> 0;
const spr = (rt: number, number: number, xo: number): number => xForm(31, rt, number & 31, number >> 5, xo << 1);
/** The register number of a VSX instruction parts into T and TX. */
const vsx = (xt: number, ra: number, rb: number, xo: number): number =>
  xForm(31, xt & 31, ra, rb, (xo << 1) | (xt >> 5));

export const addi = (rt: number, ra: number, si: number): number => dForm(14, rt, ra, si);
export const li = (rt: number, si: number): number => addi(rt, 0, si);
export const lis = (rt: number, si: number): number => dForm(15, rt, 0, si);
export const ori = (ra: number, rs: number, ui: number): number => dForm(24, rs, ra, ui);
export const ld = (rt: number, d: number, ra: number): number => dForm(58, rt, ra, d);
export const std = (rs: number, d: number, ra: number): number => dForm(62, rs, ra, d);
export const lwz = (rt: number, d: number, ra: number): number => dForm(32, rt, ra, d);
export const lfd = (frt: number, d: number, ra: number): number => dForm(50, frt, ra, d);
export const stfd = (frs: number, d: number, ra: number): number => dForm(54, frs, ra, d);
export const lxvd2x = (xt: number, ra: number, rb: number): number => vsx(xt, ra, rb, 844);
export const stxvd2x = (xs: number, ra: number, rb: number): number => vsx(xs, ra, rb, 972);
/** Sets all 64 bits of FPSCR from the register. */
export const mtfsfAll = (frb: number): number => xForm(63, 0, 0, frb, 711 << 1) | (1 << 25) | (0xff << 17);
export const mffs = (frt: number): number => xForm(63, frt, 0, 0, 583 << 1);
export const mtvscr = (vrb: number): number => xForm(4, 0, 0, vrb, 1604);
export const mfvscr = (vrt: number): number => xForm(4, vrt, 0, 0, 1540);
export const mtspr = (number: number, rs: number): number => spr(rs, number, 467);
export const mfspr = (rt: number, number: number): number => spr(rt, number, 339);
export const mtcr = (rs: number): number => xForm(31, rs, 0, 0, 144 << 1) | (0xff << 12);
export const mfcr = (rt: number): number => xForm(31, rt, 0, 0, 19 << 1);
export const mfmsr = (rt: number): number => xForm(31, rt, 0, 0, 83 << 1);
export const mtmsrd = (rs: number): number => xForm(31, rs, 0, 0, 178 << 1);
export const cmpld = (ra: number, rb: number): number => xForm(31, 1, ra, rb, 32 << 1);
export const cmpdi = (ra: number, si: number): number => dForm(11, 1, ra, si);
export const add = (rt: number, ra: number, rb: number): number => xForm(31, rt, ra, rb, 266 << 1);
export const subf = (rt: number, ra: number, rb: number): number => xForm(31, rt, ra, rb, 40 << 1);
export const ldbrx = (rt: number, ra: number, rb: number): number => xForm(31, rt, ra, rb, 532 << 1);
export const stdcx = (rs: number, ra: number, rb: number): number => xForm(31, rs, ra, rb, (214 << 1) | 1);
export const blr = 0x4e800020;
export const sc = 0x44000002;
export const hrfid = 0x4c000224;
export const rfid = 0x4c000024;
export const SPR = {
  xer: 1,
  lr: 8,
  ctr: 9,
  vrsave: 256,
  tar: 815,
  hsrr0: 314,
  hsrr1: 315,
  srr0: 26,
  srr1: 27,
} as const;

/** A piece of code with labels, at an address. */
export class Code {
  private readonly words: ((labels: ReadonlyMap<string, number>) => number)[] = [];
  private readonly labels = new Map<string, number>();

  constructor(readonly base: number) {}

  get here(): number {
    return this.base + 4 * this.words.length;
  }
  emit(...words: readonly number[]): this {
    for (const word of words) this.words.push(() => word >>> 0);
    return this;
  }
  label(name: string): this {
    this.labels.set(name, this.here);
    return this;
  }
  /** `b` to a label. */
  b(name: string): this {
    const from = this.here;
    this.words.push((labels) => branch(from, addressOf(labels, name)));
    return this;
  }
  /** `bge cr0` to a label. */
  bge(name: string): this {
    return this.conditional(4, 0, name);
  }
  /** `ble cr0` to a label. */
  ble(name: string): this {
    return this.conditional(4, 1, name);
  }
  private conditional(bo: number, bi: number, name: string): this {
    const from = this.here;
    this.words.push((labels) => dForm(16, bo, bi, (addressOf(labels, name) - from) & 0xfffc));
    return this;
  }
  /** An unsigned number of 32 bits into a register. */
  constant(rt: number, value: number): this {
    // lis extends the sign: numbers from 2^31 on are not made here.
    if (value >= 2 ** 31) throw new RangeError(`${value} does not fit.`);
    return this.emit(lis(rt, value >>> 16), ori(rt, rt, value & 0xffff));
  }
  address(name: string): number {
    return addressOf(this.labels, name);
  }
  finish(): number[] {
    return this.words.map((word) => word(this.labels));
  }
}

/** The word of `b` from one address to another. */
export const branch = (from: number, to: number): number => ((18 << 26) | ((to - from) & 0x3fffffc)) >>> 0;

function addressOf(labels: ReadonlyMap<string, number>, name: string): number {
  const address = labels.get(name);
  if (address === undefined) throw new Error(`There is no label ${name}.`);
  return address;
}
