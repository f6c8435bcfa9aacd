import { describe, expect, it } from 'vitest';
import type { Cpu } from '../../emulator/cpu/cpu';
import { SPRN, sprMask } from '../../emulator/isa/sprs';
import { DR, HV, LE, PR, S, SF, interruptOf, newCpu, run } from './helpers';

/** Where operands lie. */
const DATA = 0x2000n;
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const memory = (cpu: Cpu, length: number): string => Buffer.from(cpu.memory.read(DATA, length)).toString('hex');

/** A CPU with r3 = DATA and bytes there. */
function withData(hex: string, endian: 'big' | 'little', state = HV): Cpu {
  const cpu = newCpu(SF | state | (endian === 'little' ? LE : 0n));
  cpu.memory.write(DATA, bytes(hex));
  cpu.setGpr(3, DATA);
  return cpu;
}

describe('quadwords', () => {
  const quad = '00112233445566778899aabbccddeeff';
  it.each([
    ['big', 0x0011223344556677n, 0x8899aabbccddeeffn],
    ['little', 0xffeeddccbbaa9988n, 0x7766554433221100n],
  ] as const)('%s-endian: the even register has the high doubleword', (endian, high, low) => {
    for (const text of ['lq 4,0(3)', 'lqarx 4,0,3']) {
      const cpu = withData(quad, endian);
      expect(run(cpu, text, 1).reason).toBe('budget');
      expect([text, cpu.gpr(4), cpu.gpr(5)]).toEqual([text, high, low]);
    }
    const cpu = withData('00'.repeat(16), endian);
    cpu.setGpr(4, high);
    cpu.setGpr(5, low);
    run(cpu, 'stq 4,0(3)', 1);
    expect(memory(cpu, 16)).toBe(quad);
  });
  it('are stored conditionally while the reservation is there', () => {
    const cpu = withData(quad, 'big');
    cpu.xer = 1n << 31n;
    run(cpu, 'lqarx 4,0,3\nmr 6,5\nmr 7,4\nstqcx. 6,0,3\nmfcr 8\nstqcx. 4,0,3\nmfcr 9', 7);
    expect(memory(cpu, 16)).toBe('8899aabbccddeeff0011223344556677');
    expect([cpu.gpr(8) >> 28n, cpu.gpr(9) >> 28n]).toEqual([3n, 1n]);
  });
  it.each(['lq 4,0(3)', 'stq 4,0(3)', 'lqarx 4,0,3', 'stqcx. 4,0,3'])('%s needs an aligned operand', (text) => {
    const cpu = withData(quad, 'big');
    cpu.setGpr(3, DATA + 8n);
    expect(interruptOf(run(cpu, text, 1)).vector).toBe(0x600);
    expect(cpu.spr(SPRN.DAR)).toBe(DATA + 8n);
  });
  it.each([
    'lq 5,0(3)',
    'lq 4,0(4)',
    'lq 0,0(0)',
    'stq 5,0(3)',
    'lqarx 5,0,3',
    'lqarx 4,4,3',
    'lqarx 4,0,4',
    'stqcx. 7,0,3',
  ])('%s is an invalid form', (text) =>
    expect(interruptOf(run(withData(quad, 'big'), text, 1)).row.abbreviation).toBe('HEAI'),
  );
});

describe('strings', () => {
  const text = '0102030405060708090a0b0c';
  it.each([
    ['lswi 30,3,12', 0n, [0x01020304n, 0x05060708n, 0x090a0b0cn]],
    ['lswi 30,3,5', 0n, [0x01020304n, 0x05000000n, 0x55n]],
    ['lswx 30,0,3', 7n, [0x01020304n, 0x05060700n, 0x55n]],
    ['lswx 30,0,3', 0n, [0x55n, 0x55n, 0x55n]],
  ])('%s with XER %s loads r30, r31, r0', (line, xer, expected) => {
    const cpu = withData(text, 'big');
    for (const n of [30, 31, 0]) cpu.setGpr(n, 0x55n);
    cpu.xer = xer;
    expect(run(cpu, line, 1).reason).toBe('budget');
    expect([30, 31, 0].map((n) => cpu.gpr(n))).toEqual(expected);
  });
  it.each([
    ['stswi 31,3,6', 0n, 'aabbccdd1122'],
    ['stswx 31,0,3', 3n, 'aabbcc000000'],
    ['stswx 31,0,3', 0n, '000000000000'],
  ])('%s with XER %s stores r31, r0', (line, xer, expected) => {
    const cpu = withData('00'.repeat(12), 'big');
    cpu.setGpr(31, 0x99999999_aabbccddn);
    cpu.setGpr(0, 0x11223344n);
    cpu.xer = xer;
    run(cpu, line, 1);
    expect(memory(cpu, 6)).toBe(expected);
  });
  it.each(['lswi 3,3,4', 'lswi 31,0,32', 'lswi 31,3,20', 'lswx 1,3,4', 'lswx 1,2,5'])(
    '%s is an invalid form',
    (line) => {
      const cpu = withData(text, 'big');
      cpu.xer = 17n;
      expect(interruptOf(run(cpu, line, 1)).row.abbreviation).toBe('HEAI');
    },
  );
  it.each(['lswi 4,3,4', 'lswx 4,0,3', 'stswi 4,3,4', 'stswx 4,0,3'])('%s is not for little-endian mode', (line) => {
    expect(interruptOf(run(withData(text, 'little'), line, 1)).vector).toBe(0x600);
  });
});

describe('atomic operations of memory', () => {
  // mnemonic, function code, memory, r5, r6 -> memory, r4 (Book II 4.5)
  const word = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
  const REFUSED = 0x8000_0000;
  it.each([
    [0, [7], 5, 0, [12], 7],
    [0, [0xffffffff], 2, 0, [1], 0xffffffff],
    [1, [0xff], 0x0f, 0, [0xf0], 0xff],
    [2, [0xf0], 0x0f, 0, [0xff], 0xf0],
    [3, [0xff], 0x0f, 0, [0x0f], 0xff],
    [4, [0x80000000], 1, 0, [0x80000000], 0x80000000],
    [5, [0x80000000], 1, 0, [1], 0x80000000],
    [6, [0x80000000], 1, 0, [1], 0x80000000],
    [7, [0x80000000], 1, 0, [0x80000000], 0x80000000],
    [8, [7], 5, 0, [5], 7],
    [16, [7], 5, 9, [9], 7],
    [16, [5], 5, 9, [5], 5],
    [24, [7, 8], 0, 0, [8, 8], 7],
    [24, [8, 8], 0, 0, [8, 8], REFUSED],
    [25, [7, 8], 0, 0, [7, 8], REFUSED],
    [25, [8, 8], 0, 0, [9, 8], 8],
  ])('lwat with function code %i of memory %j, r5 = %i, r6 = %i', (fc, before, r5, r6, after, r4) => {
    for (const endian of ['big', 'little'] as const) {
      const cpu = withData('', endian);
      const order = (hex: string): string =>
        endian === 'big' ? hex : Buffer.from(hex, 'hex').reverse().toString('hex');
      cpu.memory.write(DATA, bytes(before.map((each) => order(word(each))).join('')));
      cpu.setGpr(5, 0xabcd_0000_0000n + BigInt(r5));
      cpu.setGpr(6, BigInt(r6));
      expect(run(cpu, `lwat 4,3,${fc}`, 1).reason).toBe('budget');
      expect(memory(cpu, 4 * after.length)).toBe(after.map((each) => order(word(each))).join(''));
      expect(cpu.gpr(4)).toBe(BigInt(r4));
    }
  });
  it('the bound of a decrement lies before the operand', () => {
    for (const [bound, after, r4] of [
      [3n, 4n, 5n],
      [5n, 5n, 1n << 63n],
    ] as const) {
      const cpu = withData(bound.toString(16).padStart(16, '0') + '0000000000000005', 'big');
      cpu.setGpr(3, DATA + 8n);
      run(cpu, 'ldat 4,3,28', 1);
      expect([memory(cpu, 16).slice(16), cpu.gpr(4)]).toEqual([after.toString(16).padStart(16, '0'), r4]);
    }
  });
  it('takes r0 behind r31', () => {
    const cpu = withData('0000000000000001', 'big');
    cpu.setGpr(0, 4n);
    run(cpu, 'ldat 31,3,0', 1);
    expect([memory(cpu, 8), cpu.gpr(31)]).toEqual(['0000000000000005', 1n]);
  });
  it.each([
    [0, '00000005', 2n, '00000007'],
    [7, 'fffffff0', 1n, 'fffffff0'],
    [24, '0000000500000005', 9n, '0000000900000009'],
    [24, '0000000500000006', 9n, '0000000500000006'],
  ])('stwat with function code %i of %s and %s makes %s', (fc, before, value, after) => {
    const cpu = withData(before, 'big');
    cpu.setGpr(4, value);
    run(cpu, `stwat 4,3,${fc}`, 1);
    expect(memory(cpu, after.length / 2)).toBe(after);
  });
  it.each(['lwat 4,3,9', 'ldat 4,3,26', 'stwat 4,3,8', 'stdat 4,3,16'])('%s has no such function', (text) => {
    const cpu = withData('00'.repeat(8), 'big');
    expect(interruptOf(run(cpu, text, 1)).vector).toBe(0x300);
    expect([cpu.spr(SPRN.DAR), cpu.spr(SPRN.DSISR)]).toEqual([DATA, 4n]);
  });
  it.each([
    ['lwat 4,3,0', 2n],
    ['ldat 4,3,0', 4n],
    ['lwat 4,3,24', 28n],
    ['ldat 4,3,28', 32n],
    ['stdat 4,3,24', 24n],
  ])('%s at offset %s gives an Alignment interrupt', (text, offset) => {
    const cpu = withData('00'.repeat(64), 'big');
    cpu.setGpr(3, DATA + offset);
    expect(interruptOf(run(cpu, text, 1)).vector).toBe(0x600);
  });
  it.each(['ldarx 4,0,3', 'lwat 4,3,9'])('in 32-bit mode DAR has the low word of the address of %s', (text) => {
    const cpu = newCpu(HV);
    cpu.setGpr(3, (0x1234n << 32n) | (DATA + 1n));
    expect([0x300, 0x600]).toContain(interruptOf(run(cpu, text, 1)).vector);
    expect(cpu.spr(SPRN.DAR)).toBe(DATA + 1n);
  });
});

describe('copy and paste', () => {
  it('no paste succeeds: there is no accelerator', () => {
    const cpu = withData('11'.repeat(128), 'big');
    cpu.xer = 1n << 31n;
    cpu.setGpr(4, DATA + 128n);
    expect(run(cpu, 'copy 0,3\npaste. 0,4\nmfcr 5\ncpabort', 4).reason).toBe('budget');
    expect(cpu.gpr(5) >> 28n).toBe(1n);
    expect(memory(cpu, 129).slice(256)).toBe('00');
  });
  it.each(['copy 0,3', 'paste. 0,3'])('%s needs a block of 128 bytes', (text) => {
    const cpu = withData('', 'big');
    cpu.setGpr(3, DATA + 64n);
    expect(interruptOf(run(cpu, text, 1)).vector).toBe(0x600);
  });
});

describe('accesses past the caches', () => {
  it.each([
    ['lbzcix 4,0,3', 0x01n],
    ['lhzcix 4,0,3', 0x0102n],
    ['lwzcix 4,0,3', 0x01020304n],
    ['ldcix 4,0,3', 0x0102030405060708n],
  ])('%s', (text, value) => {
    const cpu = withData('0102030405060708', 'big');
    run(cpu, text, 1);
    expect(cpu.gpr(4)).toBe(value);
  });
  it.each([
    ['stbcix 4,0,3', '0800000000000000'],
    ['sthcix 4,0,3', '0708000000000000'],
    ['stwcix 4,0,3', '0506070800000000'],
    ['stdcix 4,0,3', '0102030405060708'],
  ])('%s', (text, after) => {
    const cpu = withData('00'.repeat(8), 'big');
    cpu.setGpr(4, 0x0102030405060708n);
    run(cpu, text, 1);
    expect(memory(cpu, 8)).toBe(after);
  });
  it('are the hypervisor’s, in real mode', () => {
    expect(interruptOf(run(withData('', 'big', 0n), 'lwzcix 4,0,3', 1)).vector).toBe(0x700);
    expect(interruptOf(run(withData('', 'big', PR), 'lwzcix 4,0,3', 1)).vector).toBe(0x700);
    expect(run(withData('', 'big', HV | S), 'lwzcix 4,0,3', 1).reason).toBe('budget');
    const cpu = withData('', 'big', HV | DR);
    expect(interruptOf(run(cpu, 'lwzcix 4,0,3', 1)).vector).toBe(0x300);
    expect([cpu.spr(SPRN.DAR), cpu.spr(SPRN.DSISR)]).toEqual([DATA, sprMask('DSISR', 'INHIBITED')]);
  });
});
