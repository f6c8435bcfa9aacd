import { describe, expect, it } from 'vitest';
import { MSR_BIT } from '../../emulator/isa/registers';
import { INSTRUCTIONS } from '../../emulator/isa/table';
import { HV, LE, SF, interruptOf, newCpu, run } from './helpers';

const { FP, VEC, VSX } = MSR_BIT;
const ON = FP | VEC | VSX;
const DATA = 0x8000n;
const big = (text: string): bigint => BigInt(`0x${text.replaceAll(' ', '')}`);
const hex = (value: bigint): string => value.toString(16).padStart(32, '0');

interface Given {
  readonly v?: Readonly<Record<number, string>>;
  readonly r?: Readonly<Record<number, bigint>>;
  readonly msr?: bigint;
}

/** A CPU after one instruction; v4 and the like are vector registers, VSR 32 to 63. */
function after(text: string, { v = {}, r = {}, msr = SF | HV | LE | ON }: Given = {}) {
  const cpu = newCpu(msr);
  for (const [n, value] of Object.entries(v)) cpu.setVsr(32 + Number(n), big(value));
  for (const [n, value] of Object.entries(r)) cpu.setGpr(Number(n), value);
  const exit = run(cpu, text, 1);
  return { cpu, exit, v: (n: number) => hex(cpu.vsr(32 + n)), cr6: Number((cpu.cr >> 4n) & 15n) };
}

describe('results that the manual or a standard gives', () => {
  // text, VRA = v4, VRB = v5, VRC = v6, VRT = v3
  it.each([
    // FIPS 197 appendix B: the state at the start of round 1, the key of round 1, the state at the start of round 2
    [
      'vcipher 3,4,5',
      '193de3be a0f4e22b 9ac68d2a e9f84808',
      'a0fafe17 88542cb1 23a33939 2a6c7605',
      'a49c7ff2 689f352b 6b5bea43 026a5049',
    ],
    // ... and round 10 with its output
    [
      'vcipherlast 3,4,5',
      'eb40f21e 592e3884 8ba113e7 1bc342d2',
      'd014f9a8 c9ee2589 e13f0cc8 b6630ca6',
      '3925841d 02dc09fb dc118597 196a0b32',
    ],
    // back: the output without its key is what the last round of the inverse cipher takes
    [
      'vncipherlast 3,4,5',
      'e9317db5 cb322c72 3d2e895f af090794',
      '00000000 00000000 00000000 00000000',
      'eb40f21e 592e3884 8ba113e7 1bc342d2',
    ],
    ['vsbox 3,4', '00015300 00000000 00000000 000000ff', '0', '637ced63 63636363 63636363 63636316'],
    ['vshasigmaw 3,4,0,0', '00000001 00000002 80000000 ffffffff', '0', '02004000 04008000 11002000 1fffffff'],
    [
      'vpmsumd 3,4,5',
      '0 0000000000000003 8000000000000000',
      '0 0000000000000003 0000000000000002',
      '00000000 00000001 00000000 00000005',
    ],
    ['vgbbd 3,5', '0', '0102040810204080 ff00000000000000', '0102040810204080 8080808080808080'],
    // the rotation by 4 goes under the mask of bits 8 to 15
    [
      'vrldmi 3,4,5',
      '0123456789abcdef 0123456789abcdef',
      '0000000000080f04 0000000000080f04',
      'ff34ffffffffffff ff34ffffffffffff',
    ],
    // first bit behind the last: the mask wraps around
    [
      'vrldmi 3,4,5',
      '0000000000000000 0000000000000000',
      '00000000003c0300 00000000003c0300',
      '0ffffffffffffff0 0ffffffffffffff0',
    ],
    [
      'vmul10ecuq 3,4,5',
      'ffffffffffffffff ffffffffffffffff',
      '00000000 00000000 00000000 00000009',
      '00000000 00000000 00000000 00000009',
    ],
    [
      'vsldoi 3,4,5,0',
      '00010203 04050607 08090a0b 0c0d0e0f',
      '10111213 14151617 18191a1b 1c1d1e1f',
      '00010203 04050607 08090a0b 0c0d0e0f',
    ],
    [
      'vsldoi 3,4,5,15',
      '00010203 04050607 08090a0b 0c0d0e0f',
      '10111213 14151617 18191a1b 1c1d1e1f',
      '0f101112 13141516 1718191a 1b1c1d1e',
    ],
  ])('%s of %s and %s', (text, a, b, result) => {
    expect(after(text, { v: { 3: 'f'.repeat(32), 4: a, 5: b } }).v(3)).toBe(result.replaceAll(' ', ''));
  });

  it.each([
    // text, B, result, CR6; A asks for 2 digits to the left, 1 to the right, 3 to the left
    ['bcdus. 3,4,5', 2, '00000000000000000000000000001234', '00000000000000000000000000123400', 0b0100],
    ['bcdus. 3,4,5', 0xff, '00000000000000000000000000000009', '00000000000000000000000000000000', 0b0010],
    ['bcdus. 3,4,5', 3, '00100000000000000000000000000007', '00000000000000000000000000007000', 0b0101],
    ['bcdus. 3,4,5', 0x80, '99999999999999999999999999999999', '00000000000000000000000000000000', 0b0010],
    ['bcdus. 3,4,5', 0, '0000000000000000000000000000000b', '11111111111111111111111111111111', 0b0001],
    // 5 and more of the last digit shifted out rounds away from 0
    ['bcdsr. 3,4,5,0', 0xff, '0000000000000000000000000001995d', '0000000000000000000000000000200d', 0b1000],
    ['bcdsr. 3,4,5,1', 0xfe, '0000000000000000000000000000149c', '0000000000000000000000000000001f', 0b0100],
    ['bcdsr. 3,4,5,0', 0xfe, '0000000000000000000000000000059c', '0000000000000000000000000000001c', 0b0100],
  ])('%s by %i of %s', (text, distance, b, result, cr6) => {
    const a = `${distance.toString(16).padStart(16, '0')}0000000000000000`;
    const done = after(text, { v: { 3: '1'.repeat(32), 4: a, 5: b } });
    expect([done.v(3), done.cr6]).toEqual([result, cr6]);
  });

  it.each([
    // A, B, result, CR6
    ['bcdadd. 3,4,5,0', '12c', '3d', '9c', 0b0100],
    ['bcdadd. 3,4,5,1', '12d', '12f', 'f', 0b0010],
    ['bcdadd. 3,4,5,0', '0d', '0d', 'c', 0b0010],
    ['bcdadd. 3,4,5,0', '9999999999999999999999999999999c', '1c', 'c', 0b0101],
    ['bcdsub. 3,4,5,0', '1b', '2a', '3d', 0b1000],
    ['bcdsub. 3,4,5,0', '1c', '25', '11111111111111111111111111111111', 0b0001],
    ['bcdadd. 3,4,5,0', '1c', 'a2d', '11111111111111111111111111111111', 0b0001],
  ])('%s of %s and %s', (text, a, b, result, cr6) => {
    const done = after(text, { v: { 3: '1'.repeat(32), 4: a, 5: b } });
    expect([done.v(3), done.cr6]).toEqual([result.padStart(32, '0'), cr6]);
  });
});

describe('status', () => {
  it.each([
    ['vcmpequb. 3,4,4', 0b1000],
    ['vcmpequb. 3,4,5', 0b0000],
    ['vcmpgtub. 3,4,4', 0b0010],
    ['vcmpneb. 3,4,4', 0b0010],
    ['vcmpgtsd. 3,4,5', 0b0000],
  ])('%s sets CR6 by all elements and by none', (text, cr6) => {
    expect(
      after(text, { v: { 4: '00112233445566778899aabbccddeeff', 5: '00112233445566778899aabbccddeefe' } }).cr6,
    ).toBe(cr6);
  });

  it('keeps SAT until mtvscr clears it', () => {
    const { cpu } = after('vaddubs 3,4,4', { v: { 4: '80000000000000000000000000000000' } });
    expect(cpu.vscr).toBe(1n);
    run(cpu, 'vaddubs 3,5,5', 1);
    expect(cpu.vscr).toBe(1n);
    run(cpu, 'mfvscr 6', 1);
    expect(hex(cpu.vsr(38))).toBe('00000000000000000000000000000001');
    run(cpu, 'mtvscr 5', 1);
    expect(cpu.vscr).toBe(0n);
  });

  it('has only NJ and SAT in VSCR', () => {
    expect(after('mtvscr 4', { v: { 4: 'f'.repeat(32) } }).cpu.vscr).toBe(0x1_0001n);
  });
});

/** Bytes 00 01 02 ... at DATA. */
const BYTES = Uint8Array.from({ length: 64 }, (_, i) => i);

describe.each([
  ['little-endian', LE],
  ['big-endian', 0n],
] as const)('%s', (name, endian) => {
  const msr = SF | HV | ON | endian;
  const little = name === 'little-endian';

  function loaded(text: string, length = 16n): string {
    const cpu = newCpu(msr);
    cpu.memory.write(DATA, BYTES);
    cpu.setGpr(4, DATA);
    cpu.setGpr(5, 3n);
    cpu.setGpr(6, length << 56n);
    cpu.setVsr(35, -1n);
    expect(run(cpu, text, 1)).toMatchObject({ reason: 'budget' });
    return hex(cpu.vsr(35));
  }

  // text, register in little-endian mode, in big-endian mode
  it.each([
    ['lvx 3,4,5', '0f0e0d0c0b0a09080706050403020100', '000102030405060708090a0b0c0d0e0f'],
    ['lvebx 3,4,5', 'ffffffffffffffffffffffff03ffffff', 'ffffff03ffffffffffffffffffffffff'],
    ['lvehx 3,4,5', 'ffffffffffffffffffffffff0302ffff', 'ffff0203ffffffffffffffffffffffff'],
    ['lvewx 3,4,5', 'ffffffffffffffffffffffff03020100', '00010203ffffffffffffffffffffffff'],
    ['lvsl 3,4,5', '030405060708090a0b0c0d0e0f101112', '030405060708090a0b0c0d0e0f101112'],
    ['lvsr 3,4,5', '0d0e0f101112131415161718191a1b1c', '0d0e0f101112131415161718191a1b1c'],
    ['lxvx 35,4,5', '1211100f0e0d0c0b0a09080706050403', '030405060708090a0b0c0d0e0f101112'],
    ['lxv 35,16(4)', '1f1e1d1c1b1a19181716151413121110', '101112131415161718191a1b1c1d1e1f'],
    ['lxvd2x 35,4,5', '0a090807060504031211100f0e0d0c0b', '030405060708090a0b0c0d0e0f101112'],
    ['lxvw4x 35,4,5', '060504030a0908070e0d0c0b1211100f', '030405060708090a0b0c0d0e0f101112'],
    ['lxvh8x 35,4,5', '0403060508070a090c0b0e0d100f1211', '030405060708090a0b0c0d0e0f101112'],
    ['lxvb16x 35,4,5', '030405060708090a0b0c0d0e0f101112', '030405060708090a0b0c0d0e0f101112'],
    ['lxvwsx 35,4,5', '06050403060504030605040306050403', '03040506030405060304050603040506'],
    ['lxsihzx 35,4,5', '00000000000004030000000000000000', '00000000000003040000000000000000'],
    ['lxsd 3,8(4)', '0f0e0d0c0b0a09080000000000000000', '08090a0b0c0d0e0f0000000000000000'],
  ])('%s', (text, le, be) => expect(loaded(text)).toBe(little ? le : be));

  it.each([
    [0n, '00000000000000000000000000000000', '00000000000000000000000000000000'],
    [1n, '00000000000000000000000000000000', '00000000000000000000000000000000'],
    [5n, '00000000000000000000000403020100', '00010203040000000000000000000000'],
    [16n, '0f0e0d0c0b0a09080706050403020100', '000102030405060708090a0b0c0d0e0f'],
    [255n, '0f0e0d0c0b0a09080706050403020100', '000102030405060708090a0b0c0d0e0f'],
  ])('lxvl takes %i bytes, lxvll puts them on the left', (length, le, be) => {
    expect(loaded('lxvl 35,4,6', length)).toBe(little ? le : be);
    expect(loaded('lxvll 35,4,6', length)).toBe(be);
  });

  it.each(['lxvl 35,4,6', 'stxvl 35,4,6', 'lxvll 35,4,6', 'stxvll 35,4,6'])(
    '%s accesses nothing without a length',
    (text) => {
      const cpu = newCpu(msr);
      cpu.setGpr(4, 1n << 40n);
      expect(run(cpu, text, 1)).toMatchObject({ executed: 1, reason: 'budget' });
      cpu.setGpr(6, 1n << 56n);
      expect(interruptOf(run(cpu, text, 1)).vector).toBe(0x200);
    },
  );

  it('leaves the register as it is when the second half of a load fails', () => {
    const cpu = newCpu(msr);
    const end = BigInt(1 << 20);
    cpu.setVsr(35, 1n);
    cpu.setGpr(4, end - 8n);
    expect(interruptOf(run(cpu, 'lxvx 35,0,4', 1)).vector).toBe(0x200);
    expect(cpu.vsr(35)).toBe(1n);
    expect(cpu.readRegister('DAR')).toBe(end);
  });
});

describe('facilities', () => {
  const vectorOf = (text: string, off: bigint): number | undefined => {
    const { exit } = after(text, { r: { 4: DATA, 5: 0n }, msr: SF | HV | LE | (ON & ~off) });
    return exit.reason === 'interrupt' ? exit.interrupt.vector : undefined;
  };
  // text; the interrupt without MSR.FP, without VEC, without VSX
  it.each([
    ['vaddubm 3,4,5', undefined, 0xf20, undefined],
    ['vcmpequb. 3,4,5', undefined, 0xf20, undefined],
    ['lvx 3,4,5', undefined, 0xf20, undefined],
    ['mfvscr 3', undefined, 0xf20, undefined],
    ['lxsd 3,0(4)', undefined, 0xf20, undefined],
    ['stxssp 3,0(4)', undefined, 0xf20, undefined],
    ['lxv 3,0(4)', undefined, undefined, 0xf40],
    ['lxv 35,0(4)', undefined, 0xf20, undefined],
    ['stxvx 3,4,5', undefined, undefined, 0xf40],
    ['stxvx 35,4,5', undefined, 0xf20, undefined],
    ['lxvl 35,4,5', undefined, 0xf20, undefined],
    ['lxvd2x 35,4,5', undefined, undefined, 0xf40],
    ['lxvb16x 35,4,5', undefined, undefined, 0xf40],
    ['lxvwsx 3,4,5', undefined, undefined, 0xf40],
    ['lxvwsx 35,4,5', undefined, 0xf20, undefined],
    ['lxsdx 35,4,5', undefined, undefined, 0xf40],
    ['xxlor 35,36,37', undefined, undefined, 0xf40],
    ['xxperm 35,36,37', undefined, undefined, 0xf40],
    ['xxspltib 3,1', undefined, undefined, 0xf40],
    ['xxspltib 35,1', undefined, 0xf20, undefined],
    ['mfvsrd 4,3', 0x800, undefined, undefined],
    ['mfvsrd 4,35', undefined, 0xf20, undefined],
    ['mtvsrwz 3,4', 0x800, undefined, undefined],
    ['mfvsrld 4,3', undefined, undefined, 0xf40],
    ['mtvsrdd 35,4,5', undefined, 0xf20, undefined],
    ['mtvsrws 3,4', undefined, undefined, 0xf40],
  ] as const)('%s', (text, fp, vec, vsx) => {
    expect([FP, VEC, VSX].map((off) => vectorOf(text, off))).toEqual([fp, vec, vsx]);
  });

  it('are asked for before anything else', () => {
    for (const row of INSTRUCTIONS.filter(({ name }) => /^(v|xx|bcd|[ls]t?v|[ls]t?xv|[ls]t?xs)/.test(name))) {
      const [first] = row.program;
      const checks = first?.k === 'facility' || (first?.k === 'if' && first.then[0]?.k === 'facility');
      expect([row.name, checks]).toEqual([row.name, true]);
    }
  });
});
