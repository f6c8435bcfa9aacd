import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cpu } from '../../emulator/cpu/cpu';
import { PhysicalMemory } from '../../emulator/memory/physical';
import { CODE, HV, LE, PR, S, SF, interruptOf, load, newCpu, run } from './helpers';

/** Sums 1 to 100 with a call in the loop, then sc. */
const PROGRAM = `
        li    r3, 0
        li    r4, 100
        mtctr r4
loop:   mfctr r5
        bl    add
        bdnz  loop
        sc    1
add:    add   r3, r3, r5
        cmpdi cr1, r3, 0
        beqlr cr1
        blr`;

describe('run', () => {
  it('executes a program up to its interrupt', () => {
    const cpu = newCpu();
    const exit = run(cpu, PROGRAM, 10_000);
    expect(exit).toMatchObject({ executed: 704, reason: 'interrupt', interrupt: { lev: 1 } });
    expect([cpu.gpr(3), cpu.instructions]).toEqual([5050n, 704]);
  });
  it.each([1, 2, 3, 7, 100])('gives the same states in strides of %s', (stride) => {
    const whole = newCpu();
    run(whole, PROGRAM, 10_000);
    const parts = newCpu();
    load(parts, PROGRAM);
    while (parts.run(stride).reason === 'budget');
    expect(parts.stateBytes()).toEqual(whole.stateBytes());
  });
  it('executes exactly what the budget says', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 10 }), (budgets) => {
        const cpu = newCpu();
        load(cpu, PROGRAM);
        let total = 0;
        for (const budget of budgets) {
          const exit = cpu.run(budget);
          total += exit.executed;
          expect(exit).toEqual({ executed: budget, reason: 'budget' });
        }
        expect(cpu.instructions).toBe(total);
      }),
      { numRuns: 50 },
    );
  });
  it('goes over the end of a page', () => {
    const cpu = newCpu();
    load(cpu, 'addi 3,3,1\naddi 3,3,1\naddi 3,3,1\nb .-12', 0x1ff8n);
    expect(cpu.run(41)).toEqual({ executed: 41, reason: 'budget' });
    expect([cpu.gpr(3), cpu.nia]).toEqual([31n, 0x1ffcn]);
  });
  it.each([
    ['bc', 'li 4,3\nmtctr 4\nbdnzt eq,.+8\nsc\nnop', 0x20000000n, CODE + 16n],
    ['bc not taken', 'li 4,1\nmtctr 4\nbdnzt eq,.+8\nnop', 0x20000000n, CODE + 12n],
    ['bdzf', 'li 4,1\nmtctr 4\nbdzf so,.+0x100', 0n, CODE + 0x108n],
    ['ba', 'nop\nnop\nba 0x8000', 0n, 0x8000n],
    ['bctar', 'li 4,0x700\nmtspr TAR,4\nbctar 20,0', 0n, 0x700n],
    ['bctr ignores low bits', 'li 4,0x703\nmtctr 4\nbctr', 0n, 0x700n],
  ])('%s', (_, text, cr, nia) => {
    const cpu = newCpu();
    cpu.cr = cr;
    run(cpu, text, 3);
    expect(cpu.nia).toBe(nia);
  });
  it('links and returns through LR read before it is written', () => {
    const cpu = newCpu();
    cpu.lr = 0x5000n;
    run(cpu, 'blrl', 1);
    expect([cpu.nia, cpu.lr]).toEqual([0x5000n, CODE + 4n]);
  });
});

describe('execute', () => {
  it('executes a word without fetching it', () => {
    const cpu = newCpu();
    cpu.nia = 0xffff_0000_0000_1ffcn;
    expect(cpu.execute(0x38630005)).toEqual({ executed: 1, reason: 'budget' });
    expect([cpu.gpr(3), cpu.nia]).toEqual([5n, 0xffff_0000_0000_2000n]);
    cpu.execute(0x48000011); // bl .+16
    expect([cpu.lr, cpu.nia]).toEqual([0xffff_0000_0000_2004n, 0xffff_0000_0000_2010n]);
    expect(interruptOf(cpu.execute(0x44000042))).toMatchObject({ level: 'ultravisor', cia: 0xffff_0000_0000_2010n });
  });
});

describe('breakpoints', () => {
  it('stop before the instruction, and are passed over once', () => {
    const cpu = newCpu();
    load(cpu, PROGRAM);
    const loop = CODE + 12n;
    cpu.setBreakpoints(new Set([loop]));
    expect(cpu.run(1000)).toEqual({ executed: 3, reason: 'breakpoint' });
    expect(cpu.nia).toBe(loop);
    expect(cpu.run(1000)).toEqual({ executed: 7, reason: 'breakpoint' });
    expect(cpu.run(3)).toEqual({ executed: 3, reason: 'budget' });
    expect(cpu.run(1000)).toEqual({ executed: 4, reason: 'breakpoint' });
    expect(cpu.run(0)).toEqual({ executed: 0, reason: 'budget' });
    cpu.setBreakpoints(new Set());
    expect(cpu.run(10_000)).toMatchObject({ reason: 'interrupt' });
    expect([cpu.gpr(3), cpu.instructions]).toEqual([5050n, 704]);
  });
  it('do not change what a program computes', () => {
    const cpu = newCpu();
    load(cpu, PROGRAM);
    cpu.setBreakpoints(new Set([CODE + 28n, CODE + 24n]));
    let stops = 0;
    while (cpu.run(10_000).reason === 'breakpoint') stops++;
    const plain = newCpu();
    run(plain, PROGRAM, 10_000);
    expect([stops, cpu.stateBytes()]).toEqual([101, plain.stateBytes()]);
  });
  it('stop again when NIA was moved to one', () => {
    const cpu = newCpu();
    load(cpu, 'nop\nnop\nnop');
    cpu.setBreakpoints(new Set([CODE, CODE + 4n]));
    expect(cpu.run(5)).toEqual({ executed: 0, reason: 'breakpoint' });
    cpu.nia = CODE + 4n;
    expect(cpu.run(5)).toEqual({ executed: 0, reason: 'breakpoint' });
    expect(cpu.run(1)).toEqual({ executed: 1, reason: 'budget' });
  });
});

describe('registers', () => {
  it.each([
    ['r3', 0x123n],
    ['R31', 5n],
    ['lr', 1n],
    ['CTR', 2n],
    ['XER.CA', 1n],
    ['cr7', 9n],
    ['cr0.EQ', 1n],
    ['cr', 0x12345678n],
    ['MSR.S', 1n],
    ['msr', 0x8000000000000001n],
    ['nia', 0x1000n],
    ['pc', 0x1000n],
    ['SRR0', 7n],
    ['usrr1', 8n],
    ['SMFCTRL.D', 1n],
    ['LPCR.EVIRT', 1n],
    ['PVR', 0x4e1203n],
  ])('%s is written and read', (name, value) => {
    const cpu = newCpu();
    expect(cpu.writeRegister(name, value)).toBe(true);
    expect(cpu.readRegister(name)).toBe(value);
  });
  it('have no unknown names', () => {
    const cpu = newCpu();
    for (const name of ['', 'r32', 'MSR.XX', 'MSR.S.S', 'foo', 'cr8']) {
      expect(cpu.readRegister(name)).toBeUndefined();
      expect(cpu.writeRegister(name, 1n)).toBe(false);
    }
  });
  it('change only the named field', () => {
    const cpu = newCpu(SF | HV);
    cpu.writeRegister('MSR.S', 1n);
    expect(cpu.msr).toBe(SF | HV | S);
    cpu.writeRegister('MSR.S', 2n);
    expect(cpu.msr).toBe(SF | HV);
  });
});

describe('state as data', () => {
  it('saves and restores everything', () => {
    const cpu = newCpu();
    load(cpu, PROGRAM);
    cpu.run(123);
    const saved = cpu.save();
    const bytes = cpu.stateBytes();
    cpu.run(300);
    expect(cpu.stateBytes()).not.toEqual(bytes);
    cpu.restore(saved);
    expect(cpu.stateBytes()).toEqual(bytes);
    expect(cpu.instructions).toBe(123);
    expect(cpu.run(10_000).executed).toBe(581);
  });
  it('keeps hypervisor registers when a partition is switched', () => {
    const cpu = newCpu();
    for (const [name, value] of [
      ['r1', 1n],
      ['SRR0', 2n],
      ['SPRG3', 3n],
      ['cr2', 4n],
      ['HSRR0', 5n],
      ['USRR0', 6n],
      ['LPIDR', 7n],
    ] as const) {
      cpu.writeRegister(name, value);
    }
    const context = cpu.saveContext();
    for (const name of ['r1', 'SRR0', 'SPRG3', 'cr2', 'HSRR0', 'USRR0', 'LPIDR']) cpu.writeRegister(name, 15n);
    cpu.msr = SF | PR;
    cpu.loadContext(context);
    expect(['r1', 'SRR0', 'SPRG3', 'cr2', 'HSRR0', 'USRR0', 'LPIDR'].map((name) => cpu.readRegister(name))).toEqual([
      1n,
      2n,
      3n,
      4n,
      15n,
      15n,
      15n,
    ]);
    expect(cpu.msr).toBe(SF | HV | LE);
  });
  it('is after reset as after construction', () => {
    const cpu = new Cpu(new PhysicalMemory(1 << 16, 0));
    const fresh = cpu.stateBytes();
    cpu.setGpr(5, 5n);
    cpu.msr = SF;
    cpu.run(3);
    cpu.reset();
    expect(cpu.stateBytes()).toEqual(fresh);
    expect([cpu.nia, cpu.msr, cpu.spr(287)]).toEqual([0x100n, SF | HV | S, 0x4e1203n]);
  });
  it('has two CPUs beside each other', () => {
    const [a, b] = [newCpu(), newCpu(SF | HV)];
    run(a, 'li 3,1', 1);
    run(b, 'li 3,2', 1);
    expect([a.gpr(3), b.gpr(3)]).toEqual([1n, 2n]);
  });
});

describe('any words', () => {
  // Random words, mostly of existing opcodes, in every privilege state and byte order.
  it('are executed or interrupted, never more', () => {
    const cpu = newCpu();
    const word = fc.integer({ min: 0, max: 0xffffffff });
    const msr = fc
      .constantFrom(SF, SF | PR, SF | HV, SF | HV | S, SF | S, SF | S | PR, HV, 0n, S | HV | PR)
      .chain((bits) => fc.constantFrom(bits, bits | LE));
    const value = fc.oneof(fc.bigInt({ min: 0n, max: 0xfffffn }), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }));
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 20, maxLength: 20 }),
        msr,
        fc.array(value, { minLength: 32, maxLength: 32 }),
        (words, state, gprs) => {
          for (const one of words) {
            cpu.msr = state;
            cpu.nia = 0x1000n;
            gprs.forEach((gpr, n) => cpu.setGpr(n, gpr));
            const exit = cpu.execute(one);
            expect(exit.executed).toBe(1);
            // Only the ultravisor makes the state secure.
            if ((state & S) === 0n && exit.reason === 'budget') expect(cpu.msr & S).toBe(0n);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
  it('run as programs', () => {
    const cpu = newCpu();
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 256 }), (bytes) => {
        cpu.memory.reset();
        cpu.memory.write(CODE, bytes);
        cpu.msr = SF | HV | LE;
        cpu.nia = CODE;
        expect(cpu.run(500).executed).toBeLessThanOrEqual(500);
      }),
      { numRuns: 500 },
    );
  });
});
