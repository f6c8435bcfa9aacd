/** Threads of a core: turns, messages between them, stop and wake-up. */
import { describe, expect, it } from 'vitest';
import { Cpu } from '../../emulator/cpu/cpu';
import { messageOf } from '../../emulator/cpu/messages';
import { TURN_INSTRUCTIONS } from '../../emulator/cpu/threads';
import type { SystemOp } from '../../emulator/isa/ir';
import { MSR_BIT } from '../../emulator/isa/registers';
import { SPRN, sprMask } from '../../emulator/isa/sprs';
import { PhysicalMemory } from '../../emulator/memory/physical';
import { CODE, HV, LE, S, SF, interruptOf, load, newCpu, run } from './helpers';

const { EE } = MSR_BIT;
const NEGATIVE = (1n << 64n) - 1n;
const HOST = SF | HV | LE;
const ESL_EC = 3n << 20n;
const lpcr = (...names: string[]): bigint => names.reduce((mask, name) => mask | sprMask('LPCR', name), 0n);

/** A core on which every thread begins at CODE with its number in r3. */
function core(threads: number, text: string): Cpu {
  const cpu = new Cpu(new PhysicalMemory(1 << 20, 0), threads);
  cpu.setSpr(SPRN.HID, sprMask('HID', 'HILE'));
  cpu.msr = HOST;
  load(cpu, text);
  for (let thread = 0; thread < threads; thread++) {
    cpu.inThread(thread, () => {
      cpu.msr = HOST;
      cpu.nia = CODE;
      cpu.setGpr(3, BigInt(thread));
      cpu.setSpr(SPRN.LPCR, 0n);
    });
    cpu.wakeThread(thread);
  }
  return cpu;
}

describe('threads', () => {
  it('take turns of the same number of instructions', () => {
    const cpu = core(3, 'loop: addi 4,4,1\nb loop');
    cpu.run(TURN_INSTRUCTIONS * 7 + 10);
    const counts = [0, 1, 2].map((thread) => cpu.inThread(thread, () => cpu.gpr(4)));
    expect(counts).toEqual([3n, 2n, 2n].map((turns) => (turns * BigInt(TURN_INSTRUCTIONS)) / 2n).with(1, 10_005n));
    expect(cpu.thread).toBe(1);
  });
  it('have numbers', () => {
    const cpu = core(8, 'mfpir 4\nmftir 5\nb .');
    cpu.run(TURN_INSTRUCTIONS * 8);
    for (let thread = 0; thread < 8; thread++) {
      const seen = cpu.inThread(thread, () => [cpu.gpr(3), cpu.gpr(4), cpu.gpr(5)]);
      expect(seen).toEqual(Array(3).fill(BigInt(thread)));
    }
  });
  it('have registers of their own, but for those of the core', () => {
    const cpu = core(2, 'nop');
    cpu.setGpr(5, 1n);
    cpu.setSpr(SPRN.SRR0, 2n);
    cpu.setSpr(SPRN.LPIDR, 3n);
    cpu.setSpr(SPRN.HRMOR, 4n << 20n);
    cpu.setSpr(SPRN.TB, 500n);
    cpu.setSpr(SPRN.DEC, 77n);
    const other = cpu.inThread(1, () => [
      cpu.gpr(5),
      cpu.spr(SPRN.SRR0),
      cpu.spr(SPRN.LPIDR),
      cpu.spr(SPRN.HRMOR),
      cpu.spr(SPRN.TB),
      cpu.spr(SPRN.DEC),
    ]);
    expect(other).toEqual([0n, 0n, 0n, 4n << 20n, 500n, 0x7fff_ffffn]);
    expect([cpu.gpr(5), cpu.thread]).toEqual([1n, 0]);
  });
  it('share memory, in which an atomic counter loses nothing', () => {
    const add =
      'li 6,0x4000\nli 7,200\nmtctr 7\nretry: ldarx 5,0,6\naddi 5,5,1\nstdcx. 5,0,6\nbne retry\nbdnz retry\nb .';
    const cpu = core(4, add);
    for (let i = 0; i < 3000; i++) cpu.run(37);
    expect(cpu.peek(0x4000n, 8)?.[0]).toBe(800 & 0xff);
  });
  it('lose the reservation with their turn', () => {
    const cpu = core(2, 'li 6,0x4000\nldarx 5,0,6\nli 7,4994\nmtctr 7\nbdnz .\nstdcx. 5,0,6\nb .');
    cpu.run(TURN_INSTRUCTIONS * 4);
    // CR0.EQ of thread 0 says that it stored: 4,994 branches are less than a turn.
    expect(cpu.inThread(0, () => cpu.readRegister('cr0.EQ'))).toBe(1n);
    const late = core(2, 'li 6,0x4000\nldarx 5,0,6\nli 7,10000\nmtctr 7\nbdnz .\nstdcx. 5,0,6\nb .');
    late.run(TURN_INSTRUCTIONS * 4);
    expect(late.inThread(0, () => late.readRegister('cr0.EQ'))).toBe(0n);
  });
  it('can be looked at without a change', () => {
    const cpu = core(2, 'li 6,0x4000\nldarx 5,0,6\nnop\nb .');
    cpu.setBreakpoints(new Set([CODE + 8n]));
    expect(cpu.run(10).reason).toBe('breakpoint');
    const before = cpu.stateBytes();
    expect(cpu.inThread(1, () => cpu.gpr(3))).toBe(1n);
    expect(cpu.stateBytes()).toEqual(before);
    // The breakpoint is passed over, as without the look.
    expect(cpu.run(2)).toEqual({ executed: 2, reason: 'budget' });
  });
  it('give the same states however a run is divided, and after it was restored', () => {
    const program = 'loop: addi 4,4,1\nmulli 5,4,3\nlbz 6,0x100(0)\nadd 6,6,3\nstb 6,0x100(0)\nb loop';
    const total = TURN_INSTRUCTIONS * 5 + 1234;
    const states = [total, 1000, 999, 333].map((stride) => {
      const cpu = core(3, program);
      for (let left = total; left > 0;) left -= cpu.run(Math.min(stride, left)).executed;
      return cpu.stateBytes();
    });
    for (const bytes of states) expect(bytes).toEqual(states[0]);

    const cpu = core(3, program);
    cpu.run(TURN_INSTRUCTIONS * 2 + 5);
    const saved = cpu.save();
    const before = cpu.stateBytes();
    const memory = cpu.memory.read(0x100n, 1);
    cpu.run(TURN_INSTRUCTIONS * 2);
    expect(cpu.stateBytes()).not.toEqual(before);
    cpu.restore(saved);
    cpu.memory.write(0x100n, memory);
    expect(cpu.stateBytes()).toEqual(before);
    cpu.run(total - TURN_INSTRUCTIONS * 2 - 5);
    expect(cpu.stateBytes()).toEqual(states[0]);
  });
  it('begin stopped, but for the first, and with a System Reset', () => {
    const cpu = new Cpu(new PhysicalMemory(1 << 20, 1 << 17), 2);
    expect([cpu.executes(0), cpu.executes(1)]).toEqual([true, false]);
    cpu.msr = HOST;
    load(cpu, 'b .');
    cpu.run(3 * TURN_INSTRUCTIONS);
    expect(cpu.thread).toBe(0);
    cpu.signal('systemReset', true, 1);
    const exit = cpu.run(3 * TURN_INSTRUCTIONS);
    expect(interruptOf(exit)).toMatchObject({ vector: 0x100, level: 'ultravisor', detail: 'wake-up: system reset' });
    expect([cpu.thread, cpu.nia]).toEqual([1, 0x100n]);
  });
  it('are 1 to 8', () => {
    for (const threads of [0, 9, 1.5]) {
      expect(() => new Cpu(new PhysicalMemory(1 << 16, 0), threads)).toThrow('1 to 8 threads');
    }
  });
});

describe('messages', () => {
  const type5 = 5n << 27n;
  it.each<[SystemOp, bigint, readonly number[], boolean]>([
    ['msgsnd', type5 | 2n, [2], true],
    ['msgsnd', type5 | 9n, [], true],
    ['msgsnd', type5 | 0x102n, [], true],
    ['msgsnd', (4n << 27n) | 2n, [], true],
    ['msgsnd', type5 | (1n << 25n), [0, 1, 2, 3], true],
    ['msgsnd', type5 | (2n << 25n) | 1n, [0, 1, 2, 3], true],
    ['msgsndp', type5 | 3n, [3], true],
    ['msgsndp', type5 | (1n << 25n) | 3n, [3], true],
    ['msgsndp', type5 | 0x83n, [3], true],
    ['msgsndu', type5 | 1n, [1], true],
    ['msgclr', type5 | 3n, [1], false],
    ['msgclrp', type5, [1], false],
    ['msgclru', type5, [1], false],
    ['msgclr', 0n, [], false],
  ])('%s with RB = %s', (op, rb, to, on) => {
    expect(messageOf(op, rb, { thread: 1, threads: 4 })).toMatchObject({ to, on });
  });
  it.each([
    ['msgsnd', HOST, 0xe80, 'hypervisor'],
    ['msgsndp', HOST, 0xa00, 'hypervisor'],
    ['msgsndp', SF | LE, 0xa00, 'guest'],
    ['msgsndu', HOST | S, 0xe80, 'ultravisor'],
  ])('%s to oneself comes at once where it is let in: %s', (text, msr, vector, level) => {
    const cpu = newCpu(msr | EE);
    cpu.setGpr(4, type5);
    const exit = run(cpu, `${text} 4\nli 5,1`, 100);
    expect(interruptOf(exit)).toMatchObject({ vector, level, cia: CODE + 4n });
    expect(cpu.gpr(5)).toBe(0n);
    // The message is gone: the same state is not interrupted again.
    cpu.msr = msr | EE;
    cpu.nia = CODE + 4n;
    expect(cpu.run(1).reason).toBe('budget');
  });
  it('to the ultravisor interrupt the hypervisor and secure guests always', () => {
    const cpu = newCpu(SF | HV | S | LE);
    cpu.setGpr(4, type5);
    expect(run(cpu, 'msgsndu 4\nnop', 2).reason).toBe('budget');
    cpu.msr = HOST;
    expect(interruptOf(cpu.run(1))).toMatchObject({ vector: 0xe80, level: 'ultravisor' });
  });
  it.each(['msgsnd 4\nmsgclr 4', 'msgsndp 4\nmsgclrp 4'])('can be taken back: %s', (text) => {
    const cpu = newCpu(HOST);
    cpu.setGpr(4, type5);
    run(cpu, `${text}\nmfmsr 6\nori 6,6,0x8000\nmtmsrd 6,1\nli 5,1`, 6);
    expect(cpu.gpr(5)).toBe(1n);
  });
  it('go from thread to thread and back', () => {
    // Thread 0 rings thread 1 and stops; thread 1 counts in its handler and rings back. r20 counts wake-ups.
    const cpu = core(2, 'lis 4,0x2800\nxori 5,3,1\nor 4,4,5\ncmpdi 3,0\nbne idle\nring: msgsnd 4\nidle: stop\nb idle');
    load(cpu, 'addi 20,20,1\nlis 4,0x2800\nxori 5,3,1\nor 4,4,5\nmsgclr 4\nmsgsnd 4\nstop\nb .', 0x100n);
    for (const thread of [0, 1]) {
      cpu.inThread(thread, () => {
        cpu.setSpr(SPRN.PSSCR, ESL_EC);
        cpu.setSpr(SPRN.LPCR, lpcr('HDEE'));
        cpu.nia = CODE;
        cpu.msr = HOST;
      });
    }
    let left = 2000;
    while (left > 0) left -= cpu.run(left).executed;
    const rings = [0, 1].map((thread) => cpu.inThread(thread, () => cpu.gpr(20)));
    expect(rings[0]).toBeGreaterThan(50n);
    expect([0n, 1n]).toContain((rings[1] ?? 0n) - (rings[0] ?? 0n));
  });
});

describe('stop', () => {
  const stopped = (psscr: bigint, bits: bigint, msr = HOST): Cpu => {
    const cpu = newCpu(msr);
    cpu.setSpr(SPRN.HID, sprMask('HID', 'HILE'));
    cpu.setSpr(SPRN.PSSCR, psscr);
    cpu.setSpr(SPRN.LPCR, bits);
    load(cpu, 'stop\nli 5,1\nb .');
    return cpu;
  };
  it.each([
    ['external', 'EEE', 0b1000n],
    ['virtualization', 'HVEE', 0b1001n],
    ['systemReset', 'EEE', 0b0100n],
  ] as const)('with EC = 1 is ended by %s and LPCR.%s, at the System Reset vector', (signal, bit, reason) => {
    const cpu = stopped(ESL_EC, lpcr(bit, 'HVICE'));
    expect(cpu.run(1).reason).toBe('budget');
    cpu.signal(signal, true);
    const exit = cpu.run(10);
    expect(interruptOf(exit)).toMatchObject({ vector: 0x100 });
    expect([cpu.spr(SPRN.SRR0), (cpu.spr(SPRN.SRR1) >> 16n) & 0x3fn]).toEqual([CODE + 4n, (reason << 2n) | 1n]);
  });
  it('with EC = 1 sleeps on where LPCR does not name the event', () => {
    const cpu = stopped(ESL_EC, lpcr('DEE'));
    cpu.signal('external', true);
    cpu.setSpr(SPRN.DEC, 1000n);
    const exit = cpu.run(10);
    expect(interruptOf(exit).detail).toBe('wake-up: decrementer');
    // Time has passed to the event: the stop, 1000 instructions of sleep, and the interrupt.
    expect([exit.executed, cpu.instructions, cpu.time]).toEqual([2, 2, 1002]);
    expect(cpu.spr(SPRN.TB)).toBe(1002n);
  });
  it('with EC = 0 goes on behind the instruction when anything happens', () => {
    const cpu = stopped(0n, 0n);
    cpu.setSpr(SPRN.DEC, 500n);
    expect(cpu.run(2)).toEqual({ executed: 2, reason: 'budget' });
    expect([cpu.gpr(5), cpu.spr(SPRN.TB)]).toEqual([1n, 502n]);
  });
  it('with EC = 0 and EE = 1 is ended by the interrupt', () => {
    const cpu = stopped(0n, 0n, HOST | EE);
    cpu.setSpr(SPRN.DEC, 500n);
    expect(interruptOf(cpu.run(100))).toMatchObject({ vector: 0x900, cia: CODE + 4n });
  });
  it('that nothing can end is told', () => {
    const cpu = stopped(ESL_EC, 0n);
    cpu.setSpr(SPRN.DEC, NEGATIVE);
    const exit = cpu.run(100);
    expect(exit).toMatchObject({ executed: 2, reason: 'stuck', detail: expect.stringContaining('no event') as string });
    cpu.signal('systemReset', true);
    expect(cpu.run(1).reason).toBe('interrupt');
  });
  it('lets the other thread execute alone', () => {
    const cpu = core(2, 'cmpdi 3,0\nbne stops\nloop: addi 4,4,1\nb loop\nstops: stop');
    cpu.inThread(1, () => cpu.setSpr(SPRN.PSSCR, ESL_EC));
    cpu.run(4 * TURN_INSTRUCTIONS);
    expect([cpu.thread, cpu.executes(1)]).toEqual([0, false]);
    // Five instructions went before the loop of two.
    expect(cpu.gpr(4)).toBe(BigInt(Math.ceil((4 * TURN_INSTRUCTIONS - 5) / 2)));
  });
  it('is the same however a run is divided', () => {
    const states = [1, 5, 1000].map((stride) => {
      const cpu = stopped(0n, 0n);
      load(cpu, 'loop: li 6,99\nmtdec 6\nstop\naddi 7,7,1\nb loop');
      for (let left = 1000; left > 0;) left -= cpu.run(Math.min(stride, left)).executed;
      return cpu.stateBytes();
    });
    for (const bytes of states) expect(bytes).toEqual(states[0]);
  });
});

describe('wait', () => {
  it('goes on with the next exception', () => {
    const cpu = newCpu(SF | LE);
    cpu.setSpr(SPRN.DEC, 50n);
    expect(run(cpu, 'wait\nli 5,1', 2)).toEqual({ executed: 2, reason: 'budget' });
    expect([cpu.gpr(5), cpu.time]).toEqual([1n, 52]);
  });
});
