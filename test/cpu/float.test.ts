import { describe, expect, it } from 'vitest';
import type { Cpu } from '../../emulator/cpu/cpu';
import { MSR_BIT } from '../../emulator/isa/registers';
import { HV, LE, SF, interruptOf, load, newCpu } from './helpers';

const { FP, VEC, VSX, FE0, FE1 } = MSR_BIT;
const view = new DataView(new ArrayBuffer(8));
const bits = (x: number): bigint => (view.setFloat64(0, x), view.getBigUint64(0));
const number = (value: bigint): number => (view.setBigUint64(0, value), view.getFloat64(0));
const SNAN = 0x7ff0_0000_0000_0001n;

/** A CPU with floating point and vectors on, f2, f3, f4 set, and f1 recognizable. */
function floating(operands: readonly (number | bigint)[], fpscr = 0n, msr = 0n): Cpu {
  const cpu = newCpu(SF | HV | LE | FP | VEC | VSX | msr);
  cpu.writeRegister('f1', bits(99));
  operands.forEach((value, i) => cpu.writeRegister(`f${2 + i}`, typeof value === 'bigint' ? value : bits(value)));
  cpu.fpscr = fpscr;
  return cpu;
}
const f = (cpu: Cpu, n: number): number => number(cpu.readRegister(`f${n}`) ?? 0n);

/** Names of the bits of FPSCR that are one, without the class of the result. */
function flags(cpu: Cpu): string {
  const names = ['FX', 'FEX', 'VX', 'OX', 'UX', 'ZX', 'XX', 'VXSNAN', 'VXISI', 'VXIDI', 'VXZDZ', 'VXIMZ', 'VXVC'];
  const all = [...names, 'FR', 'FI', 'VXSOFT', 'VXSQRT', 'VXCVI'];
  return all.filter((name) => cpu.readRegister(`FPSCR.${name}`) === 1n).join(' ');
}

describe('FPSCR after an operation', () => {
  it.each([
    ['fadd f1,f2,f3', [1, 2], 3, ''],
    ['fadd f1,f2,f3', [1, 2 ** -60], 1, 'FX XX FI'],
    ['fadd f1,f2,f3', [1, 3 * 2 ** -54], 1 + 2 ** -52, 'FX XX FR FI'],
    ['fsub f1,f2,f3', [Infinity, Infinity], NaN, 'FX VX VXISI'],
    ['fmul f1,f2,f3', [Infinity, 0], NaN, 'FX VX VXIMZ'],
    ['fdiv f1,f2,f3', [1, 0], Infinity, 'FX ZX'],
    ['fdiv f1,f2,f3', [0, 0], NaN, 'FX VX VXZDZ'],
    ['fdiv f1,f2,f3', [Infinity, Infinity], NaN, 'FX VX VXIDI'],
    ['fsqrt f1,f2', [-4], NaN, 'FX VX VXSQRT'],
    ['fmul f1,f2,f3', [2 ** 800, 2 ** 800], Infinity, 'FX OX XX FR FI'],
    ['fmul f1,f2,f3', [2 ** -800, 2 ** -800], 0, 'FX UX XX FI'],
    ['fmadd f1,f2,f3,f4', [3, 5, 7], 22, ''],
    ['fnmsub f1,f2,f3,f4', [3, 5, 7], -8, ''],
    ['fadds f1,f2,f3', [1, 2 ** -25], 1, 'FX XX FI'],
    ['frsp f1,f2', [0.1], Math.fround(0.1), 'FX XX FR FI'],
    ['fctidz f1,f2', [-7.9], -7n, 'FX XX FI'],
    ['fctid f1,f2', [2.5], 2n, 'FX XX FI'],
    ['fctid f1,f2', [3.5], 4n, 'FX XX FR FI'],
    ['fctidz f1,f2', [1e300], 0x7fff_ffff_ffff_ffffn, 'FX VX VXCVI'],
    ['fcfid f1,f2', [-5n], -5, ''],
    ['frin f1,f2', [-2.5], -3, ''],
    ['frim f1,f2', [-2.5], -3, ''],
    ['frip f1,f2', [-2.5], -2, ''],
    ['friz f1,f2', [-2.5], -2, ''],
    ['xsrdpic vs1,vs2', [2.5], 2, 'FX XX FI'],
    ['fsel f1,f2,f3,f4', [-0, 7, 5], 7, ''],
    ['fsel f1,f2,f3,f4', [NaN, 7, 5], 5, ''],
    ['fcpsgn f1,f2,f3', [-1, 5], -5, ''],
  ] as const)('%s, %#', (text, operands, result, expected) => {
    const cpu = floating(operands);
    load(cpu, text);
    expect(cpu.run(1).reason).toBe('budget');
    if (typeof result === 'bigint') expect(cpu.readRegister('f1')).toBe(BigInt.asUintN(64, result));
    else expect(f(cpu, 1)).toBe(result);
    expect(flags(cpu)).toBe(expected);
  });

  // C FL FG FE FU, Book I figure of the result flags.
  it.each([
    [NaN, 0b10001n],
    [-Infinity, 0b01001n],
    [-1, 0b01000n],
    [-(2 ** -1070), 0b11000n],
    [-0, 0b10010n],
    [0, 0b00010n],
    [2 ** -1070, 0b10100n],
    [1, 0b00100n],
    [Infinity, 0b00101n],
  ])('FPRF of %d', (value, fprf) => {
    const cpu = floating([value, 1]);
    load(cpu, 'fmul f1,f2,f3');
    cpu.run(1);
    expect((cpu.fpscr >> 12n) & 31n).toBe(fprf);
  });

  it('keeps exceptions until software clears them, and FX with them', () => {
    const cpu = floating([1, 3]);
    load(cpu, 'fdiv f1,f2,f3\nmtfsb0 0\nfdiv f1,f2,f3\nmtfsb0 6\nfdiv f1,f2,f3');
    const after = [1, 1, 1, 1, 1].map(() => (cpu.run(1), flags(cpu)));
    expect(after).toEqual(['FX XX FI', 'XX FI', 'XX FI', 'FI', 'FX XX FI']);
  });

  it('copies FX FEX VX OX to CR1 in record forms', () => {
    const cpu = floating([Infinity, Infinity]);
    load(cpu, 'fsub. f1,f2,f3');
    cpu.run(1);
    expect(cpu.readRegister('cr1')).toBe(0b1010n);
  });
});

describe('an enabled exception', () => {
  const VE = 0x80n;
  const [OE, UE, ZE, XE] = [0x40n, 0x20n, 0x10n, 0x08n];
  const SRR1_FLOAT = 1n << 20n;

  it.each([
    ['invalid leaves the target', 'fsub f1,f2,f3', [Infinity, Infinity], VE, 99, 'FX FEX VX VXISI'],
    ['zero divide leaves the target', 'fdiv f1,f2,f3', [1, 0], ZE, 99, 'FX FEX ZX'],
    ['overflow scales the result', 'fmul f1,f2,f3', [2 ** 800, 2 ** 800], OE, 2 ** 64, 'FX FEX OX'],
    ['underflow scales the result', 'fmul f1,f2,f3', [2 ** -800, 2 ** -800], UE, 2 ** -64, 'FX FEX UX'],
    ['inexact writes the result', 'fdiv f1,f2,f3', [1, 3], XE, 1 / 3, 'FX FEX XX FI'],
    ['a comparison sets its field', 'fcmpo cr2,f2,f3', [NaN, 1], VE, 99, 'FX FEX VX VXVC'],
    ['a vector leaves the whole target', 'xvdivdp vs1,vs2,vs3', [1, 0], ZE, 99, 'FX FEX VX ZX VXZDZ'],
    ['a signaling NaN keeps VXVC away', 'fcmpo cr2,f2,f3', [SNAN, 1], VE, 99, 'FX FEX VX VXSNAN'],
  ] as const)('%s, and interrupts precisely', (_, text, operands, enable, result, expected) => {
    for (const mode of [FE0, FE1, FE0 | FE1]) {
      const cpu = floating(operands, enable, mode);
      load(cpu, text);
      const { row, cia } = interruptOf(cpu.run(1));
      expect([row.vector, cia, cpu.readRegister('SRR0')]).toEqual([0x700, 0x1000n, 0x1000n]);
      expect((cpu.readRegister('SRR1') ?? 0n) & 0x1f_0000n).toBe(SRR1_FLOAT);
      expect([f(cpu, 1), flags(cpu)]).toEqual([result, expected]);
      if (text.startsWith('fcmpo')) expect(cpu.readRegister('cr2')).toBe(1n);
    }
    const cpu = floating(operands, enable);
    load(cpu, text);
    expect(cpu.run(1).reason, 'ignored when FE0 and FE1 are 0').toBe('budget');
    expect([f(cpu, 1), flags(cpu)]).toEqual([result, expected]);
  });

  it('keeps results of conversions within their format, however far they are out of range', () => {
    for (const [enable, value, half, single] of [
      [OE, 1e300, 0x7c00n, 0x7f80_0000n],
      [UE, 1e-300, 0n, 0n],
    ] as const) {
      const cpu = floating([value], enable);
      load(cpu, 'xscvdphp vs1,vs2\nxscvdpsp vs3,vs2');
      expect(cpu.run(2).reason).toBe('budget');
      expect(cpu.readRegister('vs1.hi')).toBe(half);
      expect(cpu.readRegister('vs3.hi')).toBe((single << 32n) | single);
    }
  });

  it('interrupts later when MSR comes to let it through, which SRR1 says', () => {
    const cpu = floating([1, 0], ZE);
    load(cpu, 'fdiv f1,f2,f3\nmtmsrd r3\nnop');
    cpu.setGpr(3, cpu.msr | FE0 | FE1);
    expect(cpu.run(2).reason).toBe('budget');
    const { row } = interruptOf(cpu.run(1));
    expect([row.vector, cpu.readRegister('SRR0')]).toEqual([0x700, 0x1008n]);
    expect((cpu.readRegister('SRR1') ?? 0n) & 0x1f_0000n).toBe(SRR1_FLOAT | (1n << 16n));
  });

  it('comes from Move To FPSCR too', () => {
    const cpu = floating([0x0000_0000_2400_0090n], 0n, FE1);
    load(cpu, 'mtfsf 255,f2');
    expect(interruptOf(cpu.run(1)).row.vector).toBe(0x700);
    expect(cpu.fpscr).toBe(0x4400_0090n);
  });
});

describe('moves from and to FPSCR', () => {
  const START = 0x5_c205_70fbn;
  // f1 and FPSCR afterwards
  it.each([
    ['mffs f1', START, START],
    ['mffsce f1', START, 0x5_8205_7003n],
    ['mffscrn f1,f2', 0x5_0000_00fbn, 0x5_c205_70fan],
    ['mffscrni f1,1', 0x5_0000_00fbn, 0x5_c205_70f9n],
    ['mffscdrn f1,f2', 0x5_0000_00fbn, 0x2_c205_70fbn],
    ['mffscdrni f1,7', 0x5_0000_00fbn, 0x7_c205_70fbn],
    ['mffsl f1', 0x5_0005_70fbn, START],
    ['mtfsfi 7,0', bits(99), 0x5_8205_70f0n],
    ['mtfsfi 7,1,1', bits(99), 0x1_c205_70fbn],
    ['mtfsf 1,f2', bits(99), 0x5_8205_70f2n],
    ['mtfsf 1,f2,0,1', bits(99), 0x2_c205_70fbn],
    ['mtfsb0 31', bits(99), 0x5_c205_70fan],
  ])('%s', (text, target, fpscr) => {
    const cpu = floating([0x2_0000_0002n], START);
    load(cpu, text);
    expect(cpu.run(1).reason).toBe('budget');
    expect([cpu.readRegister('f1'), cpu.fpscr]).toEqual([target, fpscr]);
  });

  it('copies a field to CR and clears the exceptions in it, from which VX follows', () => {
    const cpu = floating([], 0xa180_0000n);
    load(cpu, 'mcrfs cr3,cr0\nmcrfs cr4,cr1\nmcrfs cr5,cr2');
    cpu.run(3);
    expect(['cr3', 'cr4', 'cr5'].map((name) => cpu.readRegister(name))).toEqual([0b1010n, 0b0001n, 0b1000n]);
    expect(cpu.fpscr).toBe(0n);
  });

  it('sets FX with an exception bit, but not FEX or VX themselves', () => {
    const cpu = floating([]);
    load(cpu, 'mtfsb1 1\nmtfsb1 2\nmtfsb1 21');
    expect([1, 1, 1].map(() => (cpu.run(1), flags(cpu)))).toEqual(['', '', 'FX VX VXSOFT']);
  });
});

describe('loads and stores', () => {
  // DOUBLE and SINGLE of Book I 4.6.2 and 4.6.3: bit for bit, signaling NaNs and denormalized numbers too.
  it.each([
    [0x3fc00000, 0x3ff8_0000_0000_0000n],
    [0x80000000, 0x8000_0000_0000_0000n],
    [0x00000001, 0x36a0_0000_0000_0000n],
    [0x807fffff, 0xb80f_ffff_c000_0000n],
    [0x00800000, 0x3810_0000_0000_0000n],
    [0x7f7fffff, 0x47ef_ffff_e000_0000n],
    [0xff800000, 0xfff0_0000_0000_0000n],
    [0x7f800001, 0x7ff0_0000_2000_0000n],
    [0xffc12345, 0xfff8_2468_a000_0000n],
  ])('a single 0x%s', (single, double) => {
    const cpu = floating([]);
    cpu.setGpr(4, 0x2000n);
    const word = new Uint8Array(4);
    new DataView(word.buffer).setUint32(0, single, true);
    cpu.memory.write(0x2000n, word);
    load(cpu, 'lfs f5,0(r4)\nstfs f5,8(r4)\nstfd f5,16(r4)\nlfdu f6,16(r4)');
    expect(cpu.run(4).reason).toBe('budget');
    expect([cpu.readRegister('f5'), cpu.readRegister('f6'), cpu.gpr(4)]).toEqual([double, double, 0x2010n]);
    expect(cpu.memory.read(0x2008n, 4)).toEqual(word);
    expect(cpu.vsr(5) & 0xffff_ffff_ffff_ffffn).toBe(0n);
  });

  it('extends words, and stores the right word', () => {
    const cpu = floating([]);
    cpu.setGpr(4, 0x2000n);
    cpu.memory.write(0x2000n, new Uint8Array([0xfe, 0xff, 0xff, 0xff]));
    load(cpu, 'lfiwax f5,0,r4\nlfiwzx f6,0,r4\nli r5,8\nstfiwx f5,r4,r5');
    cpu.run(4);
    expect([cpu.readRegister('f5'), cpu.readRegister('f6')]).toEqual([0xffff_ffff_ffff_fffen, 0xffff_fffen]);
    expect(cpu.memory.read(0x2008n, 4)).toEqual(new Uint8Array([0xfe, 0xff, 0xff, 0xff]));
  });
});

it.each([
  ['fadd f1,f2,f3', FP, 0x800],
  ['lfd f1,0(r4)', FP, 0x800],
  ['mffs f1', FP, 0x800],
  ['fmrgew f1,f2,f3', FP, 0x800],
  ['xsadddp vs1,vs2,vs3', VSX, 0xf40],
  ['xsaddqp v1,v2,v3', VSX, 0xf40],
  ['xvaddsp vs1,vs2,vs3', VSX, 0xf40],
  ['vaddfp v1,v2,v3', VEC, 0xf20],
] as const)('%s needs its facility', (text, facility, vector) => {
  const cpu = floating([1, 2]);
  load(cpu, text);
  cpu.msr &= ~facility;
  expect(interruptOf(cpu.run(1)).row.vector).toBe(vector);
});

it('has no decimal floating point: dadd is an illegal instruction', () => {
  const cpu = floating([1, 2]);
  load(cpu, '.long 0xec221804');
  expect(interruptOf(cpu.run(1)).row.vector).toBe(0xe40);
});
