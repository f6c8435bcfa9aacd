import { describe, expect, it } from 'vitest';
import { PRIVILEGE_STATES, type PrivilegeState } from '../../emulator/isa/registers';
import { SPRN, sprMask } from '../../emulator/isa/sprs';
import { CODE, DR, HV, IR, LE, ME, PR, S, SF, interruptOf, load, newCpu, run } from './helpers';

/** MSR of a privilege state. */
const msrOf = ({ s, hv, pr }: PrivilegeState): bigint => SF | LE | (s ? S : 0n) | (hv ? HV : 0n) | (pr ? PR : 0n);
const named = (name: string): PrivilegeState => {
  const state = PRIVILEGE_STATES.find((row) => row.name === name);
  if (!state) throw new Error(`There is no state ${name}.`);
  return state;
};

const EVIRT = 1n << 21n;
const SMF = 1n << 63n;
const at = (bit: number): bigint => 1n << BigInt(63 - bit);

describe('sc', () => {
  // Who takes a system call of LEV 0, 1, 2 and 3 with the secure memory facility on, and off.
  it.each([
    [
      'Problem',
      ['guest', 'hypervisor', 'ultravisor', 'ultravisor'],
      ['guest', 'hypervisor', 'hypervisor', 'hypervisor'],
    ],
    [
      'Privileged(OS)',
      ['guest', 'hypervisor', 'ultravisor', 'ultravisor'],
      ['guest', 'hypervisor', 'hypervisor', 'hypervisor'],
    ],
    [
      'Hypervisor',
      ['hypervisor', 'hypervisor', 'ultravisor', 'ultravisor'],
      ['hypervisor', 'hypervisor', 'hypervisor', 'hypervisor'],
    ],
    [
      'Problem (Host)',
      ['hypervisor', 'hypervisor', 'ultravisor', 'ultravisor'],
      ['hypervisor', 'hypervisor', 'hypervisor', 'hypervisor'],
    ],
    [
      'Secure Problem',
      ['guest', 'ultravisor', 'ultravisor', 'ultravisor'],
      ['guest', 'ultravisor', 'ultravisor', 'ultravisor'],
    ],
    [
      'Secure Privileged(OS)',
      ['guest', 'ultravisor', 'ultravisor', 'ultravisor'],
      ['guest', 'ultravisor', 'ultravisor', 'ultravisor'],
    ],
    [
      'Ultravisor',
      ['ultravisor', 'ultravisor', 'ultravisor', 'ultravisor'],
      ['ultravisor', 'ultravisor', 'ultravisor', 'ultravisor'],
    ],
    [
      'Reserved',
      ['ultravisor', 'ultravisor', 'ultravisor', 'ultravisor'],
      ['ultravisor', 'ultravisor', 'ultravisor', 'ultravisor'],
    ],
  ])('in state %s', (name, enabled, disabled) => {
    for (const [smfctrl, levels] of [
      [SMF, enabled],
      [0n, disabled],
    ] as const) {
      levels.forEach((level, lev) => {
        const from = msrOf(named(name)) | ME;
        const cpu = newCpu(from);
        cpu.setSpr(SPRN.SMFCTRL, smfctrl);
        const exit = run(cpu, `sc ${lev}`, 5);
        expect(exit.executed).toBe(1);
        expect(interruptOf(exit)).toMatchObject({ vector: 0xc00, level, lev, cia: CODE, from });
        const s = level === 'ultravisor' || (level === 'guest' && (from & S) !== 0n);
        expect(cpu.msr).toBe(SF | ME | (s ? S : 0n) | (level === 'guest' ? 0n : HV));
        expect([cpu.nia, cpu.spr(SPRN.SRR0), cpu.spr(SPRN.SRR1)]).toEqual([
          0xc00n,
          CODE + 4n,
          from | (BigInt(lev) << 20n),
        ]);
      });
    }
  });
});

it('ignores the reserved bits of LEV', () => {
  const cpu = newCpu(SF | LE);
  expect(interruptOf(run(cpu, 'sc 125', 1))).toMatchObject({ lev: 1, level: 'hypervisor' });
});

describe('returns', () => {
  const all = SF | HV | S | LE | ME | IR | DR;
  // Instruction, state, interrupt or MSR after it, with all bits set in the save register.
  it.each([
    ['rfid', 'Problem', 'PROG'],
    ['rfid', 'Privileged(OS)', SF | LE | IR | DR],
    ['rfid', 'Hypervisor', SF | HV | LE | ME | IR | DR],
    ['rfid', 'Secure Privileged(OS)', SF | S | LE | IR | DR],
    ['rfid', 'Ultravisor', all],
    ['rfid', 'Problem (Host)', 'PROG'],
    ['rfid', 'Secure Problem', 'PROG'],
    ['rfid', 'Reserved', 'PROG'],
    ['hrfid', 'Problem', 'PROG'],
    ['hrfid', 'Privileged(OS)', 'PROG'],
    ['hrfid', 'Secure Privileged(OS)', 'PROG'],
    ['hrfid', 'Hypervisor', SF | HV | LE | ME | IR | DR],
    ['hrfid', 'Ultravisor', all],
    ['urfid', 'Problem', 'PROG'],
    ['urfid', 'Privileged(OS)', 'HEAI'],
    ['urfid', 'Secure Privileged(OS)', 'HEAI'],
    ['urfid', 'Hypervisor', 'HEAI'],
    ['urfid', 'Problem (Host)', 'PROG'],
    ['urfid', 'Reserved', 'PROG'],
    ['urfid', 'Ultravisor', all],
  ] as const)('%s in state %s', (text, name, expected) => {
    const from = msrOf(named(name));
    const cpu = newCpu(from);
    for (const register of [SPRN.SRR1, SPRN.HSRR1, SPRN.USRR1]) cpu.setSpr(register, all);
    for (const register of [SPRN.SRR0, SPRN.HSRR0, SPRN.USRR0]) cpu.setSpr(register, 0x5003n);
    const exit = run(cpu, text, 1);
    if (typeof expected === 'string') {
      expect(interruptOf(exit).row.abbreviation).toBe(expected);
      if (expected === 'PROG') expect(cpu.spr(SPRN.SRR1)).toBe(from | at(45));
      else expect([cpu.spr(SPRN.HEIR), cpu.spr(SPRN.HSRR0), cpu.spr(SPRN.HSRR1)]).toEqual([0x4c000264n, CODE, from]);
    } else {
      expect(exit).toEqual({ executed: 1, reason: 'budget' });
      expect([cpu.msr, cpu.nia]).toEqual([expected, 0x5000n]);
    }
  });

  it('only urfid clears S', () => {
    for (const [text, kept] of [
      ['rfid', S],
      ['hrfid', S],
      ['urfid', 0n],
    ] as const) {
      const cpu = newCpu(SF | HV | S | LE);
      for (const register of [SPRN.SRR1, SPRN.HSRR1, SPRN.USRR1]) cpu.setSpr(register, SF | HV | LE);
      run(cpu, text, 1);
      expect(cpu.msr & S).toBe(kept);
    }
  });
  it('turn on EE, IR and DR with PR', () => {
    const cpu = newCpu();
    cpu.setSpr(SPRN.SRR1, SF | LE | PR);
    run(cpu, 'rfid', 1);
    expect(cpu.msr).toBe(SF | LE | PR | 0x8000n | IR | DR);
  });
  it('is emulated for the hypervisor with LPCR.EVIRT', () => {
    const cpu = newCpu(SF | LE);
    cpu.setSpr(SPRN.LPCR, EVIRT);
    expect(interruptOf(run(cpu, 'hrfid', 1)).row.abbreviation).toBe('HEAI');
  });
});

describe('mtmsrd', () => {
  it.each(PRIVILEGE_STATES.filter(({ pr }) => pr === 0).map((state) => [state.name, state] as const))(
    'does not change HV, S, ME and LE in state %s',
    (_, state) => {
      const fixed = HV | S | ME | LE;
      const from = msrOf(state);
      for (const value of [0n, (1n << 64n) - 1n]) {
        const cpu = newCpu(from);
        cpu.setGpr(3, value & ~PR);
        run(cpu, 'mtmsrd 3', 1);
        expect(cpu.msr & fixed).toBe(from & fixed);
        expect(cpu.msr & SF).toBe(value & SF);
      }
    },
  );
  it('with L = 1 changes only EE and RI', () => {
    const cpu = newCpu();
    cpu.setGpr(3, (1n << 64n) - 1n);
    run(cpu, 'mtmsrd 3,1', 1);
    expect(cpu.msr).toBe(SF | HV | LE | 0x8002n);
  });
  it('and mfmsr are privileged', () => {
    for (const text of ['mtmsrd 3', 'mtmsr 3', 'mfmsr 3']) {
      const cpu = newCpu(SF | HV | PR | LE);
      expect(interruptOf(run(cpu, text, 1))).toMatchObject({
        vector: 0x700,
        detail: expect.stringContaining('privileged') as string,
      });
    }
  });
  it('into 32-bit mode goes on there', () => {
    const cpu = newCpu();
    load(cpu, 'li 3,0\nmtmsrd 3\nlis 4,0x7fff\nori 4,4,0xffff\naddi 4,4,1\nmr. 5,4');
    expect(cpu.run(6)).toEqual({ executed: 6, reason: 'budget' });
    expect([cpu.gpr(4), cpu.readRegister('cr0')]).toEqual([0x80000000n, 8n]);
  });
});

describe('interrupts', () => {
  it.each([
    ['Problem', 'guest'],
    ['Privileged(OS)', 'guest'],
    ['Secure Problem', 'guest'],
    ['Secure Privileged(OS)', 'guest'],
    ['Hypervisor', 'hypervisor'],
    ['Problem (Host)', 'hypervisor'],
    ['Ultravisor', 'ultravisor'],
  ])('trap in state %s goes to the %s', (name, level) => {
    const from = msrOf(named(name));
    const cpu = newCpu(from);
    expect(interruptOf(run(cpu, 'twi 31,0,0', 1))).toMatchObject({ vector: 0x700, level });
    expect(cpu.spr(SPRN.SRR1)).toBe(from | at(46));
  });
  it.each([
    ['Problem', 'hypervisor'],
    ['Privileged(OS)', 'hypervisor'],
    ['Secure Problem', 'ultravisor'],
    ['Secure Privileged(OS)', 'ultravisor'],
    ['Hypervisor', 'hypervisor'],
    ['Problem (Host)', 'hypervisor'],
    ['Ultravisor', 'ultravisor'],
  ])('an illegal instruction in state %s goes to the %s', (name, level) => {
    const from = msrOf(named(name));
    const cpu = newCpu(from);
    expect(interruptOf(run(cpu, '.long 0x00000001', 1))).toMatchObject({ vector: 0xe40, level, cia: CODE });
    expect([cpu.spr(SPRN.HEIR), cpu.spr(SPRN.HSRR0), cpu.spr(SPRN.HSRR1)]).toEqual([1n, CODE, from]);
    expect(cpu.msr).toBe(SF | HV | (level === 'ultravisor' ? S : 0n));
  });
  it('enter in the byte order of LPCR.ILE and HID.HILE', () => {
    for (const little of [false, true]) {
      const cpu = newCpu(SF);
      cpu.setSpr(SPRN.LPCR, little ? 1n << 25n : 0n);
      cpu.setSpr(SPRN.HID, little ? 0n : 1n << 59n);
      run(cpu, 'sc', 1);
      expect(cpu.msr).toBe(SF | (little ? LE : 0n));
      cpu.msr = SF;
      run(cpu, 'sc 1', 1);
      expect(cpu.msr).toBe(SF | HV | (little ? 0n : LE));
    }
  });
  it('are raised for a machine by name', () => {
    const cpu = newCpu(SF | S | LE);
    cpu.nia = 0x4000n;
    expect(cpu.raise({ vector: 0x980, detail: 'time' })).toMatchObject({ level: 'ultravisor', cia: 0x4000n });
    expect([cpu.nia, cpu.spr(SPRN.HSRR0)]).toEqual([0x980n, 0x4000n]);
  });
  it.each([
    ['tw 4,3,4', true],
    ['tw 16,3,4', false],
    ['tdi 8,3,4', true],
    ['tdi 16,3,4', false],
    ['twi 1,3,-1', false],
    ['tdi 2,3,-1', true],
  ])('%s with r3 = r4 = 5 traps: %s', (text, traps) => {
    const cpu = newCpu();
    cpu.setGpr(3, 5n);
    cpu.setGpr(4, 5n);
    expect(run(cpu, text, 1).reason).toBe(traps ? 'interrupt' : 'budget');
  });
});

describe('special purpose registers', () => {
  // access, state, outcome
  it.each([
    ['mtlr 3', 'Problem', 'done'],
    ['mfspr 3,268', 'Problem', 'done'],
    ['mtspr 268,3', 'Problem', 'HEAI'],
    ['mtsprg0 3', 'Problem', 'PROG'],
    ['mfspr 3,1000', 'Problem', 'HEAI'],
    ['mfspr 3,1023', 'Problem', 'PROG'],
    ['mtsprg0 3', 'Privileged(OS)', 'done'],
    ['mthsrr0 3', 'Privileged(OS)', 'nothing'],
    ['mfspr 3,1000', 'Privileged(OS)', 'nothing'],
    ['mfspr 3,0', 'Privileged(OS)', 'HEAI'],
    ['mfspr 3,5', 'Hypervisor', 'HEAI'],
    ['mturmor 3', 'Privileged(OS)', 'HEAI'],
    ['mthsrr0 3', 'Hypervisor', 'done'],
    ['mfptcr 3', 'Hypervisor', 'done'],
    ['mtptcr 3', 'Hypervisor', 'HEAI'],
    ['mtldbar 3', 'Hypervisor', 'HEAI'],
    ['mtimc 3', 'Hypervisor', 'HEAI'],
    ['mtsmfctrl 3', 'Hypervisor', 'HEAI'],
    ['mfusrr0 3', 'Hypervisor', 'HEAI'],
    ['mtciabr 3', 'Hypervisor', 'HEAI'],
    ['mfdawr0 3', 'Hypervisor', 'HEAI'],
    ['mtptcr 3', 'Ultravisor', 'done'],
    ['mtusrr0 3', 'Ultravisor', 'done'],
    ['mtciabr 3', 'Ultravisor', 'done'],
    ['mtlpcr 3', 'Ultravisor', 'done'],
    ['mtspr 287,3', 'Ultravisor', 'nothing'],
  ])('%s in state %s: %s', (text, name, outcome) => {
    const cpu = newCpu(msrOf(named(name)));
    cpu.setGpr(3, 0x1234n);
    const before = cpu.stateBytes();
    const exit = run(cpu, text, 1);
    if (outcome === 'done') expect(exit.reason).toBe('budget');
    else if (outcome === 'nothing') {
      expect(exit.reason).toBe('budget');
      const after = cpu.stateBytes();
      // Only NIA (0x110) and the instruction count at the end differ.
      const differ = [...after.keys()].filter((i) => after[i] !== before[i] && i < after.length - 8);
      expect(differ.filter((i) => i < 0x110 || i >= 0x118)).toEqual([]);
    } else expect(interruptOf(exit).row.abbreviation).toBe(outcome);
  });
  it('have the debug registers for the hypervisor while SMFCTRL.D is 0', () => {
    const cpu = newCpu();
    cpu.setSpr(SPRN.SMFCTRL, SMF);
    cpu.setGpr(3, 0x1234n);
    expect(run(cpu, 'mtciabr 3\nmfciabr 4', 2).reason).toBe('budget');
    expect(cpu.gpr(4)).toBe(0x1234n);
  });
  it('are emulated for the hypervisor with LPCR.EVIRT', () => {
    for (const text of ['mthsrr0 3', 'mfspr 3,1000']) {
      const cpu = newCpu(SF | LE);
      cpu.setSpr(SPRN.LPCR, EVIRT);
      expect(interruptOf(run(cpu, text, 1)).row.abbreviation).toBe('HEAI');
    }
  });
  it('keep 32 bits where they have no more', () => {
    const cpu = newCpu();
    cpu.setGpr(3, (1n << 64n) - 1n);
    run(cpu, 'mtdsisr 3\nmfdsisr 4\nmtppr 3\nmfspr 5,898', 4);
    expect([cpu.gpr(4), cpu.gpr(5)]).toEqual([0xffffffffn, 0xffffffffn]);
  });
  it('count time with the instructions', () => {
    const cpu = newCpu();
    cpu.setGpr(3, 1000n);
    run(cpu, 'mtdec 3\nnop\nmftb 4\nnop\nmftb 5\nmfdec 6', 6);
    expect(cpu.gpr(5) - cpu.gpr(4)).toBe(2n);
    expect(cpu.gpr(6)).toBe(995n);
    expect(cpu.spr(SPRN.TB)).toBe(BigInt(cpu.instructions));
    cpu.setSpr(SPRN.TB, 5n);
    expect(cpu.spr(SPRN.TB)).toBe(5n);
    run(cpu, 'mftb 4', 1);
    expect(cpu.gpr(4)).toBe(5n);
  });
});

describe('the operating system and translations of its own', () => {
  const GTSE = sprMask('LPCR', 'GTSE');
  const HR = sprMask('LPCR', 'HR');

  // tlbie and tlbsync by LPCR.GTSE; tlbiel for process-scoped translations under a radix hypervisor (Book III 5.9.3.3).
  it.each([
    ['tlbie 9,10,2,1,1', GTSE, undefined],
    ['tlbie 9,10,2,1,1', HR, 'Program'],
    ['tlbsync', GTSE, undefined],
    ['tlbsync', 0n, 'Program'],
    ['tlbiel 9,10,2,1,1', 0n, undefined],
    ['tlbiel 9,10,2,0,1', HR, 'Program'],
    ['tlbiel 9,10,2,0,1', 0n, undefined],
  ])('%s with LPCR %d', (text, lpcr, expected) => {
    const cpu = newCpu(SF | LE);
    cpu.setSpr(SPRN.LPCR, lpcr);
    const exit = run(cpu, text, 1);
    expect(exit.reason === 'interrupt' ? exit.interrupt.row.name : undefined).toBe(expected);
  });
});
