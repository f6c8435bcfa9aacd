/** Trace interrupts by MSR.TE and CIABR, and the data watchpoint DAWR0. */
import { describe, expect, it } from 'vitest';
import type { Cpu, Interrupt } from '../../emulator/cpu/cpu';
import { SPRN } from '../../emulator/isa/sprs';
import { CODE, HV, LE, PR, S, SF, interruptOf, load, newCpu, run } from './helpers';

const SE = 1n << 10n;
const BE = 1n << 9n;
const bit = (n: number): bigint => 1n << BigInt(63 - n);
const HOST = SF | HV | LE;
const SMFCTRL_WITHOUT_D = 1n << 63n;

/** The bits of SRR1 that a trace sets. */
const status = (cpu: Cpu): bigint => cpu.spr(SPRN.SRR1) & (bit(33) | bit(35) | bit(36) | bit(43));

describe('MSR.TE = 10', () => {
  it.each([
    ['addi 3,3,1', 4n, bit(33)],
    ['lwz 4,0x100(0)', 4n, bit(33) | bit(35)],
    ['stw 4,0x100(0)', 4n, bit(33) | bit(36)],
    ['b .+16', 16n, bit(33)],
    ['mtctr 3', 4n, bit(33)],
    ['tw 0,3,3', 4n, bit(33)],
    ['isync', 4n, bit(33)],
  ])('interrupts behind %s', (text, distance, bits) => {
    const cpu = newCpu(HOST | SE);
    const exit = run(cpu, text, 5);
    expect(interruptOf(exit)).toMatchObject({ vector: 0xd00, cia: CODE + distance });
    expect([exit.executed, cpu.spr(SPRN.SRR0), status(cpu), cpu.spr(SPRN.SIAR)]).toEqual([
      1,
      CODE + distance,
      bits,
      CODE,
    ]);
    expect(cpu.msr & (SE | BE)).toBe(0n);
  });
  it.each([
    ['sc', 0xc00],
    ['trap', 0x700],
    ['.long 1', 0xe40],
  ])('gives way to the interrupt of %s', (text, vector) => {
    expect(interruptOf(run(newCpu(HOST | SE), text, 5)).vector).toBe(vector);
  });
  it('does not trace returns from interrupts, but the first instruction after them', () => {
    const cpu = newCpu(HOST);
    cpu.setSpr(SPRN.SRR0, 0x5000n);
    cpu.setSpr(SPRN.SRR1, HOST | SE);
    load(cpu, 'nop\nnop', 0x5000n);
    expect(interruptOf(run(cpu, 'rfid', 5))).toMatchObject({ vector: 0xd00, cia: 0x5004n });
    const tracing = newCpu(HOST | SE);
    tracing.setSpr(SPRN.SRR0, 0x5000n);
    tracing.setSpr(SPRN.SRR1, HOST);
    expect(run(tracing, 'rfid', 1).reason).toBe('budget');
  });
  it('steps a program instruction by instruction, with a handler that returns', () => {
    const cpu = newCpu(SF | LE);
    cpu.setSpr(SPRN.LPCR, 1n << 25n);
    load(cpu, 'addi 20,20,1\nrfid', 0xd00n);
    load(cpu, 'li 3,10\nmtctr 3\nloop: addi 4,4,1\nbdnz loop\nb .');
    cpu.msr = SF | LE | SE;
    for (let left = 200; left > 0;) left -= cpu.run(left).executed;
    expect([cpu.gpr(4), cpu.nia === 0xd00n || cpu.gpr(20) > 22n]).toEqual([10n, true]);
  });
});

describe('MSR.TE = 01', () => {
  it('interrupts behind branches, taken or not', () => {
    for (const [branch, distance] of [
      ['b .+8', 12n],
      ['bne .+8', 8n],
    ] as const) {
      const cpu = newCpu(HOST | BE);
      cpu.cr = 0x2000_0000n;
      const exit = run(cpu, `nop\n${branch}\nnop`, 5);
      expect(interruptOf(exit)).toMatchObject({ vector: 0xd00, cia: CODE + distance });
      expect(exit.executed).toBe(2);
    }
  });
});

describe('CIABR', () => {
  // privilege field, MSR, SMFCTRL, matches
  it.each([
    ['off', 0n, HOST, SMFCTRL_WITHOUT_D, false],
    ['hypervisor', 3n, HOST, SMFCTRL_WITHOUT_D, true],
    ['hypervisor, in a guest', 3n, SF | LE, SMFCTRL_WITHOUT_D, false],
    ['privileged', 2n, SF | LE, SMFCTRL_WITHOUT_D, true],
    ['privileged, in problem state', 2n, SF | LE | PR, SMFCTRL_WITHOUT_D, false],
    ['problem', 1n, SF | LE | PR, SMFCTRL_WITHOUT_D, true],
    ['problem, of the host', 1n, HOST | PR, SMFCTRL_WITHOUT_D, true],
    ['secure state with D = 0', 2n, SF | LE | S, SMFCTRL_WITHOUT_D, false],
    ['secure state with D = 1', 2n, SF | LE | S, SMFCTRL_WITHOUT_D | 2n, true],
    ['ultravisor with D = 0', 3n, HOST | S, SMFCTRL_WITHOUT_D, false],
  ])('%s', (_, field, msr, smfctrl, matches) => {
    const cpu = newCpu(msr);
    cpu.setSpr(SPRN.SMFCTRL, smfctrl);
    cpu.setSpr(SPRN.CIABR, (CODE + 8n) | field);
    const exit = run(cpu, 'nop\nnop\nstw 3,0x100(0)\nnop', 4);
    if (!matches) return expect(exit).toEqual({ executed: 4, reason: 'budget' });
    expect(interruptOf(exit)).toMatchObject({ vector: 0xd00, cia: CODE + 12n });
    expect([exit.executed, status(cpu)]).toEqual([3, bit(43) | bit(36)]);
  });
  it('counts from the write on', () => {
    const cpu = newCpu(HOST);
    cpu.setSpr(SPRN.SMFCTRL, SMFCTRL_WITHOUT_D);
    cpu.setGpr(3, (CODE + 8n) | 3n);
    expect(interruptOf(run(cpu, 'nop\nmtciabr 3\nnop\nnop', 10))).toMatchObject({ cia: CODE + 12n });
  });
});

describe('DAWR0', () => {
  const [WRITE, READ, WT, WTI, HYP, PRIV, PROBLEM] = [0x40n, 0x20n, 0x10n, 8n, 4n, 2n, 1n];
  const length = (doublewords: bigint): bigint => (doublewords - 1n) << 10n;
  const all = WRITE | READ | WTI | HYP | PRIV | PROBLEM;
  /** Runs one access at 0x4000 + offset. */
  function access(text: string, dawrx: bigint, msr = HOST, smfctrl = SMFCTRL_WITHOUT_D): Interrupt | undefined {
    const cpu = newCpu(msr);
    cpu.setSpr(SPRN.SMFCTRL, smfctrl);
    cpu.setSpr(SPRN.DAWR0, 0x4010n);
    cpu.setSpr(SPRN.DAWRX0, dawrx);
    cpu.setGpr(6, 0x4000n);
    cpu.setGpr(5, 0x77n);
    // The first access brings the page in, the second one is tried.
    const exit = run(cpu, `lbz 4,0(6)\nstb 4,0(6)\n${text}`, 3);
    const stored = cpu.memory.read(0x4010n, 8).some((byte) => byte !== 0);
    if (exit.reason !== 'interrupt') return undefined;
    expect(stored).toBe(false);
    expect([cpu.spr(SPRN.DAR), cpu.spr(SPRN.DSISR)]).toEqual([
      0x4010n,
      0x40_0000n | (text.startsWith('st') ? 0x200_0000n : 0n),
    ]);
    return exit.interrupt;
  }
  it.each([
    ['ld 4,0x10(6)', all, true],
    ['std 5,0x10(6)', all, true],
    ['ld 4,0x10(6)', all & ~READ, false],
    ['std 5,0x10(6)', all & ~WRITE, false],
    ['ld 4,0x18(6)', all, false],
    ['ld 4,8(6)', all, false],
    ['ld 4,0xc(6)', all, true],
    ['std 5,0xc(6)', all, true],
    ['lbz 4,0xf(6)', all, false],
    ['lbz 4,0x20(6)', all | length(2n), false],
  ])('%s with DAWRX0 = %s', (text, dawrx, matches) => {
    expect(access(text, dawrx) !== undefined).toBe(matches);
    if (matches) expect(access(text, dawrx)).toMatchObject({ vector: 0x300, cia: CODE + 8n, level: 'hypervisor' });
  });
  it.each([
    ['hypervisor', HYP, HOST, true],
    ['hypervisor, in a guest', HYP, SF | LE, false],
    ['privileged', PRIV, SF | LE, true],
    ['problem', PROBLEM, SF | LE | PR, true],
    ['problem, in privileged state', PROBLEM, SF | LE, false],
    ['secure state with D = 0', PRIV, SF | LE | S, false],
  ])('%s', (_, privilege, msr, matches) => {
    expect(access('ld 4,0x10(6)', READ | WTI | privilege, msr) !== undefined).toBe(matches);
  });
  it('matches in secure state when the registers are the ultravisor’s', () => {
    expect(access('ld 4,0x10(6)', all, SF | LE | S, SMFCTRL_WITHOUT_D | 2n)).toMatchObject({ level: 'guest' });
  });
  it('looks at MSR.DR unless told not to', () => {
    expect(access('ld 4,0x10(6)', READ | HYP)).toBeDefined();
    expect(access('ld 4,0x10(6)', READ | HYP | WT)).toBeUndefined();
  });
  it('lets accesses through when it is off', () => {
    expect(access('std 5,0x10(6)', 0n)).toBeUndefined();
  });
});

describe('CIABR in code that is executed often', () => {
  it('interrupts although the code was translated', () => {
    const cpu = newCpu(HOST);
    cpu.setSpr(SPRN.SMFCTRL, SMFCTRL_WITHOUT_D);
    load(cpu, 'loop: addi 4,4,1\nxori 5,4,3\nb loop');
    expect(cpu.run(100_000).reason).toBe('budget');
    cpu.setSpr(SPRN.CIABR, (CODE + 4n) | 3n);
    const exit = cpu.run(100_000);
    expect(interruptOf(exit)).toMatchObject({ vector: 0xd00, cia: CODE + 8n });
    expect(exit.executed).toBeLessThanOrEqual(3);
    cpu.setSpr(SPRN.CIABR, 0n);
    cpu.nia = CODE;
    cpu.msr = HOST;
    expect(cpu.run(100_000).reason).toBe('budget');
  });
});
