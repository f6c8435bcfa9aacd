import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../emulator/common/bytes';
import { CODE, HV, LE, S, SECURE, SF, interruptOf, load, newCpu, run } from './helpers';

const DATA = 0x4000n;

// instruction (r4 = DATA + 8, r5 = 2), result in little-endian mode, in big-endian mode, r4 afterwards
const LOADS = [
  ['lbz 3,1(4)', 0x91n, 0x91n, 8],
  ['lbzu 3,-1(4)', 0x87n, 0x87n, 7],
  ['lbzx 3,4,5', 0x92n, 0x92n, 8],
  ['lhz 3,0(4)', 0x9190n, 0x9091n, 8],
  ['lha 3,0(4)', 0xffffffffffff9190n, 0xffffffffffff9091n, 8],
  ['lhax 3,4,5', 0xffffffffffff9392n, 0xffffffffffff9293n, 8],
  ['lhaux 3,4,5', 0xffffffffffff9392n, 0xffffffffffff9293n, 10],
  ['lhbrx 3,4,5', 0x9293n, 0x9392n, 8],
  ['lwz 3,4(4)', 0x97969594n, 0x94959697n, 8],
  ['lwa 3,4(4)', 0xffffffff97969594n, 0xffffffff94959697n, 8],
  ['lwzux 3,4,5', 0x95949392n, 0x92939495n, 10],
  ['lwbrx 3,4,5', 0x92939495n, 0x95949392n, 8],
  ['ld 3,-8(4)', 0x8786858483828180n, 0x8081828384858687n, 8],
  ['ldu 3,8(4)', 0x9f9e9d9c9b9a9998n, 0x98999a9b9c9d9e9fn, 16],
  ['ldx 3,4,5', 0x9998979695949392n, 0x9293949596979899n, 8],
  ['ldbrx 3,4,5', 0x9293949596979899n, 0x9998979695949392n, 8],
  ['lwarx 3,0,4', 0x93929190n, 0x90919293n, 8],
] as const;

// instruction, bytes at DATA + 8 in little-endian mode, in big-endian mode; r3 = 0x0102030405060708
const STORES = [
  ['stb 3,0(4)', '0891929394959697', '0891929394959697'],
  ['sth 3,2(4)', '9091080794959697', '9091070894959697'],
  ['stw 3,4(4)', '9091929308070605', '9091929305060708'],
  ['stwx 3,4,5', '9091080706059697', '9091050607089697'],
  ['std 3,0(4)', '0807060504030201', '0102030405060708'],
  ['sthbrx 3,0,4', '0708929394959697', '0807929394959697'],
  ['stwbrx 3,0,4', '0506070894959697', '0807060594959697'],
  ['stdbrx 3,0,4', '0102030405060708', '0807060504030201'],
] as const;

/** Bytes 80 81 82 ... 87 90 91 ... 97 98 ... at DATA. */
const PATTERN = fromHex('8081828384858687 9091929394959697 98999a9b9c9d9e9f');

describe.each([
  ['little-endian', SF | HV | LE],
  ['big-endian', SF | HV],
] as const)('%s', (name, msr) => {
  const little = name === 'little-endian';
  it.each(LOADS)('%s', (text, le, be, r4) => {
    const cpu = newCpu(msr);
    cpu.memory.write(DATA, PATTERN);
    cpu.setGpr(4, DATA + 8n);
    cpu.setGpr(5, 2n);
    expect(run(cpu, text, 1)).toEqual({ executed: 1, reason: 'budget' });
    expect([cpu.gpr(3), cpu.gpr(4)]).toEqual([little ? le : be, DATA + BigInt(r4)]);
  });
  it.each(STORES)('%s', (text, le, be) => {
    const cpu = newCpu(msr);
    cpu.memory.write(DATA, PATTERN);
    cpu.setGpr(3, 0x0102030405060708n);
    cpu.setGpr(4, DATA + 8n);
    cpu.setGpr(5, 2n);
    expect(run(cpu, text, 1)).toEqual({ executed: 1, reason: 'budget' });
    expect(toHex(cpu.memory.read(DATA + 8n, 8))).toBe(little ? le : be);
  });
  it('crosses pages, before and after they are known', () => {
    const cpu = newCpu(msr);
    for (const at of [0x4ffdn, 0x4ffen, 0x4fffn, 0x4ff9n]) {
      cpu.setGpr(4, at);
      cpu.setGpr(3, 0x1122334455667788n);
      run(cpu, 'std 3,0(4)\nlwz 6,0(4)\nlhz 7,0(4)\nld 5,0(4)', 4);
      expect([cpu.gpr(5), cpu.gpr(6)]).toEqual([0x1122334455667788n, little ? 0x55667788n : 0x11223344n]);
      expect(toHex(cpu.memory.read(at, 8))).toBe(little ? '8877665544332211' : '1122334455667788');
    }
  });
});

describe('memory access', () => {
  it('loads and stores multiple words in big-endian mode, and raises alignment in little-endian mode', () => {
    const cpu = newCpu(SF | HV);
    cpu.memory.write(DATA, PATTERN);
    cpu.setGpr(4, DATA);
    run(cpu, 'lmw 30,8(4)\nstmw 30,0(4)', 2);
    expect([cpu.gpr(30), cpu.gpr(31)]).toEqual([0x90919293n, 0x94959697n]);
    expect(toHex(cpu.memory.read(DATA, 8))).toBe('9091929394959697');
    cpu.msr = SF | HV | LE;
    expect(interruptOf(run(cpu, 'lmw 30,8(4)', 1))).toMatchObject({ vector: 0x600, cia: CODE });
    expect(cpu.readRegister('DAR')).toBe(DATA + 8n);
  });
  it('stores conditionally only with a reservation', () => {
    const cpu = newCpu();
    cpu.setGpr(4, DATA);
    cpu.setGpr(3, 7n);
    run(cpu, 'stdcx. 3,0,4', 1);
    expect([cpu.readRegister('cr0'), cpu.memory.read(DATA, 1)[0]]).toEqual([0n, 0]);
    run(cpu, 'ldarx 5,0,4\nstdcx. 3,0,4\nmfcr 6\nstdcx. 3,0,4', 4);
    expect([cpu.gpr(6) >> 28n, cpu.readRegister('cr0'), cpu.memory.read(DATA, 1)[0]]).toEqual([2n, 0n, 7]);
    expect(interruptOf(run(cpu, 'addi 4,4,1\nlwarx 5,0,4', 2)).row.abbreviation).toBe('ALIGN');
  });
  it('sets a cache block to zero', () => {
    const cpu = newCpu();
    cpu.memory.write(DATA, new Uint8Array(256).fill(1));
    cpu.setGpr(4, DATA + 129n);
    run(cpu, 'dcbz 0,4', 1);
    expect(cpu.memory.read(DATA, 256)).toEqual(new Uint8Array(256).fill(1, 0, 128));
  });
  it('takes an update form without a place for the address for an illegal instruction', () => {
    const cpu = newCpu();
    for (const text of ['lwzu 3,8(0)', 'ldu 4,8(4)', 'stdu 3,8(0)', 'lbzux 5,5,6']) {
      expect(interruptOf(run(cpu, text, 1)).row.abbreviation).toBe('HEAI');
    }
  });
  it('executes what was stored a moment ago', () => {
    const cpu = newCpu();
    // The loop's second round executes another instruction than its first.
    load(cpu, 'li 3,0\nli 5,2\nmtctr 5\nloop: addi 3,3,1\nstw 6,-4(7)\nbdnz loop');
    cpu.setGpr(6, 0x38630064n); // addi 3,3,100
    cpu.setGpr(7, CODE + 16n);
    cpu.run(9);
    expect(cpu.gpr(3)).toBe(101n);
  });
  it('sees what a device wrote', () => {
    const cpu = newCpu();
    cpu.setGpr(4, DATA);
    run(cpu, 'lbz 3,0(4)', 1);
    cpu.memory.write(DATA, Uint8Array.of(9));
    run(cpu, 'lbz 3,0(4)', 1);
    expect(cpu.gpr(3)).toBe(9n);
  });
});

describe('addresses', () => {
  it('ignores the top bits of the effective address in hypervisor real mode, and adds HRMOR', () => {
    const cpu = newCpu();
    cpu.memory.write(0x18000n, Uint8Array.of(5));
    cpu.memory.write(0x8000n, Uint8Array.of(6));
    cpu.setSpr(313, 0x10000n);
    expect(cpu.translate(0x8000n, 'load')).toEqual({ ra: 0x18000n });
    expect(cpu.translate(0xc000000000008000n, 'load')).toEqual({ ra: 0x8000n });
    expect(cpu.peek(0x8000n, 1)).toEqual(Uint8Array.of(5));
    expect(cpu.peek(0xf000000000008000n, 1)).toEqual(Uint8Array.of(6));
    cpu.msr |= S;
    expect(cpu.translate(0x8000n, 'load')).toEqual({ ra: 0x8000n });
    cpu.setSpr(505, SECURE);
    expect(cpu.translate(0x8000n, 'load')).toEqual({ ra: SECURE | 0x8000n });
  });
  it('are 32 bits in 32-bit mode', () => {
    const cpu = newCpu(HV | LE);
    cpu.memory.write(0x4ffen, fromHex('0102030405060708'));
    cpu.setGpr(4, 0xffff_ffff_0000_4ffen);
    run(cpu, 'lwz 3,0(4)', 1);
    expect(cpu.gpr(3)).toBe(0x04030201n);
    load(cpu, 'mtlr 5\nblr');
    cpu.setGpr(5, 0xabcd_0000_0000_2000n);
    cpu.run(2);
    expect(cpu.nia).toBe(0x2000n);
  });
  it('are 32 bits of what an update writes, and of what a branch counts and links', () => {
    const cpu = newCpu(HV | LE);
    cpu.setGpr(4, 0xffff_ffff_0000_4ff0n);
    run(cpu, 'lwzu 3,16(4)', 1);
    expect(cpu.gpr(4)).toBe(0xffff_ffff_0000_5000n);
    load(cpu, 'bdnz .+8\nbl .');
    cpu.ctr = 0x1_0000_0001n;
    cpu.nia = 0xffff_ffff_0000_0000n + CODE;
    cpu.run(2);
    expect([cpu.ctr, cpu.lr, cpu.nia]).toEqual([1n << 32n, CODE + 8n, CODE + 4n]);
  });
  it('of a guest go through the partition', () => {
    const cpu = newCpu(SF | LE);
    const asked: unknown[] = [];
    cpu.setSpr(319, 7n);
    cpu.partitionScope = {
      translate: (lpid, gpa, access) => {
        asked.push([lpid, gpa, access]);
        return gpa < 0x8000n ? gpa + 0x10000n : undefined;
      },
    };
    cpu.memory.write(0x11000n, fromHex('00006480 00006480')); // lwz 3,0(4)
    cpu.memory.write(0x14000n, fromHex('2a000000'));
    cpu.nia = 0xc000000000001000n;
    cpu.setGpr(4, DATA);
    expect(cpu.run(1)).toEqual({ executed: 1, reason: 'budget' });
    expect([cpu.gpr(3), asked]).toEqual([
      42n,
      [
        [7, 0x1000n, 'fetch'],
        [7, 0x4000n, 'load'],
      ],
    ]);
    cpu.setGpr(4, 0x9004n);
    expect(interruptOf(cpu.run(1))).toMatchObject({ vector: 0xe00, level: 'hypervisor', cia: 0xc000000000001004n });
    expect(['HDAR', 'HDSISR', 'ASDR', 'HSRR0'].map((name) => cpu.readRegister(name))).toEqual([
      0x9004n,
      0x40000000n,
      0x9000n,
      0xc000000000001004n,
    ]);
  });
  it('that no memory answers give a machine check', () => {
    const cpu = newCpu();
    cpu.setGpr(4, 0x200000n);
    expect(interruptOf(run(cpu, 'ld 3,0(4)', 1)).row.abbreviation).toBe('MC');
    expect(cpu.readRegister('DAR')).toBe(0x200000n);
    cpu.msr = SF | HV | LE;
    cpu.nia = 0x0ffe_0000_0000_0000n;
    expect(interruptOf(cpu.run(1))).toMatchObject({ vector: 0x200, cia: 0x0ffe_0000_0000_0000n });
    // The last bytes of memory, and one more.
    cpu.msr = SF | HV | LE;
    cpu.setGpr(4, 0xffffcn);
    expect(interruptOf(run(cpu, 'lwz 3,0(4)\nld 3,0(4)', 2))).toMatchObject({ vector: 0x200, cia: CODE + 4n });
  });
});

describe('secure memory', () => {
  // state, access, vector
  it.each([
    ['hypervisor', SF | HV | LE, 'load', 0x300],
    ['hypervisor', SF | HV | LE, 'store', 0x300],
    ['hypervisor', SF | HV | LE, 'fetch', 0x400],
    ['normal guest', SF | LE, 'load', 0xe00],
    ['normal guest', SF | LE, 'store', 0xe00],
    ['normal guest', SF | LE, 'fetch', 0xe20],
    ['ultravisor', SF | HV | S | LE, 'load', undefined],
    ['ultravisor', SF | HV | S | LE, 'store', undefined],
    ['ultravisor', SF | HV | S | LE, 'fetch', undefined],
    ['secure guest', SF | S | LE, 'load', undefined],
    ['secure guest', SF | S | LE, 'store', undefined],
    ['secure guest', SF | S | LE, 'fetch', undefined],
  ] as const)('%s: %s', (_, msr, access, vector) => {
    const cpu = newCpu(msr);
    const secret = SECURE + 0x100n;
    cpu.memory.write(secret, fromHex('78563412 00000060')); // data, nop
    load(cpu, access === 'store' ? 'std 3,0(4)' : 'ld 3,0(4)');
    cpu.setGpr(3, 1n);
    cpu.setGpr(4, secret);
    if (access === 'fetch') cpu.nia = secret + 4n;
    const exit = cpu.run(1);
    if (vector === undefined) {
      expect(exit.reason).toBe('budget');
      return;
    }
    const interrupt = interruptOf(exit);
    expect(interrupt).toMatchObject({ vector, level: 'hypervisor' });
    expect(interrupt.detail).toContain('secure memory');
    expect(cpu.gpr(3)).toBe(1n);
    expect(toHex(cpu.memory.read(secret, 4))).toBe('78563412');
  });
  it('is not reached through translations of a secure state', () => {
    const cpu = newCpu(SF | HV | S | LE);
    cpu.setGpr(4, SECURE);
    run(cpu, 'ld 3,0(4)\nstd 3,0(4)', 2);
    cpu.msr = SF | HV | LE;
    expect(interruptOf(run(cpu, 'ld 3,0(4)', 1)).vector).toBe(0x300);
  });
  it('is not reached over the end of a page by a normal state', () => {
    const cpu = newCpu(SF | LE);
    cpu.partitionScope = { translate: (_, gpa) => (gpa < 0x5000n ? gpa : SECURE) };
    cpu.memory.write(SECURE, new Uint8Array(8).fill(0x99));
    cpu.setGpr(4, 0x4ffcn);
    cpu.setGpr(3, 1n);
    expect(interruptOf(run(cpu, 'ld 3,0(4)', 1))).toMatchObject({ vector: 0xe00 });
    cpu.msr = SF | LE;
    expect(interruptOf(run(cpu, 'std 3,0(4)', 1))).toMatchObject({ vector: 0xe00 });
    expect([cpu.gpr(3), toHex(cpu.memory.read(0x4ffcn, 4)), cpu.memory.read(SECURE, 1)[0]]).toEqual([
      1n,
      '00000000',
      0x99,
    ]);
  });
});
