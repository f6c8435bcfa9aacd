/** Asynchronous interrupts: what lets them in, which comes first, and at which instruction. */
import { describe, expect, it } from 'vitest';
import { Cpu } from '../../emulator/cpu/cpu';
import type { Signal } from '../../emulator/cpu/pending';
import { MSR_BIT } from '../../emulator/isa/registers';
import { SPRN, sprMask } from '../../emulator/isa/sprs';
import { PhysicalMemory } from '../../emulator/memory/physical';
import { CODE, HV, LE, PR, S, SF, interruptOf, load, newCpu, run } from './helpers';

const { EE } = MSR_BIT;
const lpcr = (...names: string[]): bigint => names.reduce((mask, name) => mask | sprMask('LPCR', name), 0n);
const NEGATIVE = (1n << 64n) - 1n;

/** The states in which software runs. */
const STATES = {
  'guest user': SF | PR | EE,
  'guest off': SF,
  'guest on': SF | EE,
  'secure off': SF | S,
  'secure on': SF | S | EE,
  'host off': SF | HV,
  'host on': SF | HV | EE,
  'host user': SF | HV | PR | EE,
  'uv off': SF | HV | S,
  'uv on': SF | HV | S | EE,
} as const;
type State = keyof typeof STATES;

const line =
  (name: Signal, ...bits: string[]) =>
  (cpu: Cpu): void => {
    cpu.setSpr(SPRN.LPCR, lpcr(...bits));
    cpu.signal(name, true);
  };
const register =
  (number: number, value: bigint, ...bits: string[]) =>
  (cpu: Cpu): void => {
    cpu.setSpr(SPRN.LPCR, lpcr(...bits));
    cpu.setSpr(number, value);
  };
const CAUSES = {
  reset: line('systemReset'),
  external: line('external'),
  'external, LPES': line('external', 'LPES'),
  'external, HEIC': line('external', 'HEIC'),
  'external, LPES HEIC': line('external', 'LPES', 'HEIC'),
  mediated: register(SPRN.DEC, 100n, 'MER'),
  virtualization: line('virtualization', 'HVICE'),
  'virtualization, off': line('virtualization'),
  dec: register(SPRN.DEC, NEGATIVE),
  'large dec': register(SPRN.DEC, 1n << 55n, 'LD'),
  hdec: register(SPRN.HDEC, NEGATIVE, 'HDICE'),
  'hdec, off': register(SPRN.HDEC, NEGATIVE),
  doorbell: register(SPRN.DPDES, 1n),
  'doorbell of another thread': register(SPRN.DPDES, 2n),
  'hypervisor doorbell': register(SPRN.DHDES, 1n),
  maintenance: (cpu: Cpu) => {
    cpu.setSpr(SPRN.HMER, 1n << 63n);
    cpu.setSpr(SPRN.HMEER, 3n << 62n);
  },
  'maintenance, off': register(SPRN.HMER, 1n << 63n),
  'performance monitor': register(SPRN.MMCR0, 0x80n),
  'performance monitor, event-based': register(SPRN.MMCR0, 0x10_0080n),
} as const;
type Cause = keyof typeof CAUSES;

const ALL = Object.keys(STATES) as State[];
const ON: State[] = ['guest user', 'guest on', 'secure on', 'host on', 'host user', 'uv on'];
/** EE, or a state below the hypervisor and, when secure, below the ultravisor. */
const BELOW: State[] = [
  'guest user',
  'guest off',
  'guest on',
  'secure off',
  'secure on',
  'host on',
  'host user',
  'uv on',
];

describe('an exception', () => {
  it.each<[Cause, string, State[]]>([
    ['reset', 'SRESET', ALL],
    ['external', 'EXT', BELOW],
    ['external, LPES', 'EXT', ON],
    ['external, HEIC', 'EXT', ['guest user', 'guest off', 'guest on', 'secure off', 'secure on', 'host user']],
    ['external, LPES HEIC', 'EXT', ['guest user', 'guest on', 'secure on', 'host user']],
    ['mediated', 'EXT', ['guest user', 'guest on', 'secure on', 'host user']],
    ['virtualization', 'HVI', BELOW],
    ['virtualization, off', '', []],
    ['dec', 'DEC', ON],
    ['large dec', 'DEC', ON],
    ['hdec', 'HDEC', BELOW],
    ['hdec, off', '', []],
    ['doorbell', 'DBELL', ON],
    ['doorbell of another thread', '', []],
    ['hypervisor doorbell', 'HDBELL', BELOW],
    ['maintenance', 'HMI', BELOW],
    ['maintenance, off', '', []],
    ['performance monitor', 'PM', ON],
    ['performance monitor, event-based', '', []],
  ])('%s is the interrupt %s', (cause, abbreviation, states) => {
    for (const state of ALL) {
      const cpu = newCpu(STATES[state] | LE);
      load(cpu, 'nop\nnop');
      CAUSES[cause](cpu);
      const exit = cpu.run(2);
      if (!states.includes(state)) {
        expect(exit, state).toEqual({ executed: 2, reason: 'budget' });
        continue;
      }
      const { row, cia } = interruptOf(exit);
      expect([row.abbreviation, cia, exit.executed], state).toEqual([abbreviation, CODE, 1]);
    }
  });

  it('is taken by the order of priority', () => {
    const cpu = newCpu(SF | LE | EE);
    load(cpu, 'nop');
    for (const name of ['systemReset', 'external', 'virtualization'] as const) cpu.signal(name, true);
    cpu.setSpr(SPRN.HMER, 1n);
    cpu.setSpr(SPRN.HMEER, 1n);
    cpu.setSpr(SPRN.DEC, NEGATIVE);
    cpu.setSpr(SPRN.HDEC, NEGATIVE);
    cpu.setSpr(SPRN.DPDES, 1n);
    cpu.setSpr(SPRN.DHDES, 1n);
    cpu.setSpr(SPRN.MMCR0, 0x80n);
    cpu.setSpr(SPRN.LPCR, lpcr('HDICE', 'HVICE'));
    const order: string[] = [];
    while (order.length < 9) {
      cpu.msr = SF | LE | EE;
      const { row } = interruptOf(cpu.run(1));
      order.push(row.abbreviation);
      // What stays is ended as a handler would.
      if (row.abbreviation === 'HMI') cpu.setSpr(SPRN.HMER, 0n);
      if (row.abbreviation === 'HVI') cpu.signal('virtualization', false);
      if (row.abbreviation === 'EXT') cpu.signal('external', false);
      if (row.abbreviation === 'PM') cpu.setSpr(SPRN.MMCR0, 0n);
      if (row.abbreviation === 'DEC') cpu.setSpr(SPRN.DEC, 100n);
    }
    expect(order).toEqual(['SRESET', 'HMI', 'HDEC', 'HVI', 'EXT', 'HDBELL', 'PM', 'DEC', 'DBELL']);
    expect(cpu.spr(SPRN.DPDES)).toBe(0n);
    expect(cpu.spr(SPRN.DHDES)).toBe(0n);
  });

  it('comes before the instruction, which is executed later', () => {
    const cpu = newCpu(SF | LE | EE);
    load(cpu, 'li 3,1\nli 4,2');
    cpu.run(1);
    cpu.setSpr(SPRN.DPDES, 1n);
    expect(interruptOf(cpu.run(5))).toMatchObject({ cia: CODE + 4n, level: 'guest' });
    expect([cpu.gpr(3), cpu.gpr(4), cpu.spr(SPRN.SRR0), cpu.nia]).toEqual([1n, 0n, CODE + 4n, 0xa00n]);
  });

  it.each([
    ['mtmsrd 3,1', 'ori 3,3,0x8000'],
    ['mtmsrd 3', 'mfmsr 3\nori 3,3,0x8000'],
  ])('is let in behind %s', (enable, prepare) => {
    const cpu = newCpu(SF | LE);
    cpu.setSpr(SPRN.DPDES, 1n);
    load(cpu, `${prepare}\n${enable}\nli 4,1`);
    const exit = cpu.run(100);
    const at = BigInt(4 * prepare.split('\n').length + 4);
    expect(interruptOf(exit)).toMatchObject({ cia: CODE + at, vector: 0xa00 });
    expect(cpu.gpr(4)).toBe(0n);
  });
  it('is let in behind rfid', () => {
    const cpu = newCpu(SF | LE);
    cpu.setSpr(SPRN.DPDES, 1n);
    cpu.setSpr(SPRN.SRR0, 0x5000n);
    cpu.setSpr(SPRN.SRR1, SF | LE | EE);
    expect(interruptOf(run(cpu, 'rfid', 100))).toMatchObject({ cia: 0x5000n, vector: 0xa00 });
  });
  it.each([
    ['mtdec 3', NEGATIVE, 0x900],
    ['mtlpcr 3', lpcr('HVICE'), 0xea0],
    ['mtspr 176,3', 1n, 0xa00],
    ['mtspr 310,3', NEGATIVE, 0x980],
    ['mtspr 795,3', 0x80n, 0xf00],
  ])('comes behind %s that makes it', (text, value, vector) => {
    const cpu = newCpu(SF | HV | LE | EE);
    cpu.setSpr(SPRN.LPCR, lpcr('HDICE'));
    cpu.signal('virtualization', true);
    cpu.setGpr(3, value);
    const exit = run(cpu, `${text}\nli 4,1`, 100);
    expect(interruptOf(exit)).toMatchObject({ cia: CODE + 4n, vector });
    expect([exit.executed, cpu.gpr(4)]).toEqual([2, 0n]);
  });
});

describe('decrementers', () => {
  it.each([0n, 1n, 5n, 100n, 1234n])('interrupt %s instructions later, in strides of any length', (count) => {
    for (const stride of [1, 2, 7, 1000]) {
      const cpu = newCpu(SF | LE | EE);
      load(cpu, 'b .');
      cpu.setSpr(SPRN.DEC, count);
      let executed = 0;
      let exit = cpu.run(stride);
      while (exit.reason === 'budget') {
        executed += exit.executed;
        exit = cpu.run(stride);
      }
      executed += exit.executed;
      // It is -1 after count + 1 instructions; the interrupted one counts.
      expect([executed, interruptOf(exit).vector, cpu.instructions]).toEqual([Number(count) + 2, 0x900, executed]);
      expect(cpu.spr(SPRN.DEC)).toBe(0xffff_fffen);
    }
  });
  it('interrupt again for as long as the decrementer is negative', () => {
    const cpu = newCpu(SF | LE | EE);
    load(cpu, 'nop');
    cpu.setSpr(SPRN.DEC, NEGATIVE);
    for (let i = 0; i < 3; i++) {
      expect(interruptOf(cpu.run(1)).vector).toBe(0x900);
      cpu.msr = SF | LE | EE;
      cpu.nia = CODE;
    }
    cpu.setSpr(SPRN.DEC, 5n);
    expect(cpu.run(1).reason).toBe('budget');
  });
  it('of the hypervisor interrupt once', () => {
    const cpu = newCpu(SF | LE);
    cpu.setSpr(SPRN.LPCR, lpcr('HDICE'));
    load(cpu, 'nop\nnop\nb .');
    cpu.setSpr(SPRN.HDEC, 1n);
    expect(cpu.run(2).reason).toBe('budget');
    expect(interruptOf(cpu.run(1)).vector).toBe(0x980);
    cpu.msr = SF | LE;
    cpu.nia = CODE;
    expect(cpu.run(10).reason).toBe('budget');
    // Negative to negative is no new exception; from 0 on it is.
    cpu.setSpr(SPRN.HDEC, NEGATIVE);
    expect(cpu.run(10).reason).toBe('budget');
    cpu.setSpr(SPRN.HDEC, 0n);
    cpu.setSpr(SPRN.HDEC, NEGATIVE);
    expect(interruptOf(cpu.run(1)).vector).toBe(0x980);
  });
  it.each([
    [0n, 0x1_0000_0005n, 5n],
    [0n, -1n, 0xffff_ffffn],
    [lpcr('LD'), 0x1_0000_0005n, 0x1_0000_0005n],
    [lpcr('LD'), 0x00ff_ffff_ffff_ffffn, NEGATIVE],
    [lpcr('LD'), 0x0080_0000_0000_0000n, 0xff80_0000_0000_0000n],
  ])('have 32 bits, or 56 with LD: LPCR %s', (bits, written, read) => {
    const cpu = newCpu();
    cpu.setSpr(SPRN.LPCR, bits);
    cpu.setSpr(SPRN.DEC, written);
    expect(cpu.spr(SPRN.DEC)).toBe(read);
  });
  it('are not moved by the Time Base', () => {
    const cpu = newCpu();
    cpu.setSpr(SPRN.DEC, 50n);
    cpu.setSpr(SPRN.TB, 0x1234_5678n);
    expect([cpu.spr(SPRN.DEC), cpu.spr(SPRN.TB)]).toEqual([50n, 0x1234_5678n]);
  });
  it('give the same states however a run is divided', () => {
    // Each decrementer interrupt sets it to 37 anew and returns; a counter counts them.
    const program = 'loop: addi 3,3,1\nmulli 4,3,7\nb loop';
    const handler = 'addi 5,5,1\nli 6,37\nmtdec 6\nrfid';
    const states = [1, 3, 10, 64, 5000].map((stride) => {
      const cpu = newCpu(SF | LE | EE);
      cpu.setSpr(SPRN.LPCR, lpcr('ILE'));
      load(cpu, handler, 0x900n);
      load(cpu, program);
      cpu.setSpr(SPRN.DEC, 10n);
      for (let left = 5000; left > 0;) left -= cpu.run(Math.min(stride, left)).executed;
      return [cpu.gpr(5), cpu.stateBytes()] as const;
    });
    expect(states[0]?.[0]).toBeGreaterThan(100n);
    for (const state of states) expect(state).toEqual(states[0]);
  });
});

describe('interrupts and translated code', () => {
  /** Loops long enough to be translated, under timers, on several threads. */
  function long(interpretOnly: boolean, stride: number): Uint8Array {
    const cpu = new Cpu(new PhysicalMemory(1 << 20, 0), 2, { interpretOnly });
    cpu.partitionScope = { translate: (_lpid, gpa) => gpa };
    cpu.msr = SF | LE;
    load(cpu, 'addi 20,20,1\nadd 21,21,4\nli 6,997\nmtdec 6\nrfid', 0x900n);
    load(cpu, 'li 6,0x4000\nloop: ld 5,0(6)\nadd 4,4,5\naddi 5,5,1\nstd 5,0(6)\nadd 4,4,3\nb loop');
    cpu.msr = SF | LE | EE;
    cpu.setSpr(SPRN.LPCR, lpcr('ILE'));
    cpu.setSpr(SPRN.DEC, 500n);
    cpu.startThread(1, CODE);
    let left = 150_000;
    while (left > 0) left -= cpu.run(Math.min(stride, left)).executed;
    expect(cpu.gpr(20)).toBeGreaterThan(40n);
    return cpu.stateBytes();
  }
  it('give the states of interpreted code, however a run is divided', () => {
    const interpreted = long(true, 150_000);
    for (const stride of [150_000, 4999, 777]) expect(long(false, stride)).toEqual(interpreted);
  });
});

describe('interrupts without an end', () => {
  it('are found where a handler cannot be fetched', () => {
    const cpu = newCpu(SF | LE);
    // The guest's Program interrupt finds no handler, nor does what the hypervisor gets for that.
    cpu.setSpr(SPRN.HRMOR, 1n << 40n);
    const ends: string[] = [];
    load(cpu, 'sc 1');
    for (let i = 0; i < 40; i++) {
      const exit = cpu.run(100);
      ends.push(exit.reason);
      if (exit.reason !== 'stuck') continue;
      expect(exit.detail).toContain('interrupts without an end, the last one Machine Check at 0x200');
      break;
    }
    expect(ends.at(-1)).toBe('stuck');
  });
  it('are found where a handler does the same as before and is interrupted again', () => {
    const cpu = newCpu(SF | LE);
    cpu.setSpr(SPRN.LPCR, lpcr('ILE'));
    load(cpu, 'mtsprg0 1\nli 5,3\ntrap', 0x700n);
    load(cpu, 'trap');
    const ends = Array.from({ length: 30 }, () => cpu.run(100).reason);
    expect(ends.indexOf('stuck')).toBe(17);
  });
  // A handler that jumps to where it fails, and one that returns to what fails again.
  it.each([
    ['branches', 'mtsprg0 1\nb 0x800'],
    ['returns', 'mtsprg0 1\nrfid'],
  ])('are found where a handler %s', (_, handler) => {
    const cpu = newCpu(SF | LE);
    cpu.setSpr(SPRN.LPCR, lpcr('ILE'));
    load(cpu, handler, 0x700n);
    load(cpu, 'li 5,3\ntrap', 0x800n);
    load(cpu, 'trap');
    let exit = cpu.run(100);
    let interrupts = 0;
    for (; exit.reason === 'interrupt' && interrupts < 200_000; interrupts++) exit = cpu.run(100);
    expect(exit).toMatchObject({ reason: 'stuck', detail: expect.stringContaining('without an end') as string });
    expect(interrupts).toBeGreaterThan(99_000);
  });
  it('are not seen where a handler counts', () => {
    const cpu = newCpu(SF | LE);
    cpu.setSpr(SPRN.LPCR, lpcr('ILE'));
    load(cpu, 'addi 5,5,1\ntrap', 0x700n);
    load(cpu, 'trap');
    for (let i = 0; i < 100; i++) expect(cpu.run(100).reason).toBe('interrupt');
  });
  it('are not seen where the same call is made again and again', () => {
    const cpu = newCpu(SF | LE);
    cpu.setSpr(SPRN.LPCR, lpcr('ILE'));
    load(cpu, 'rfid', 0xc00n);
    load(cpu, 'sc\nb 0x1000');
    for (let i = 0; i < 100; i++) expect(cpu.run(100).reason).toBe('interrupt');
  });
  it('are not seen where handlers execute something', () => {
    const cpu = newCpu(SF | LE);
    cpu.setSpr(SPRN.LPCR, lpcr('ILE'));
    load(cpu, 'nop\nb 0x1000', 0x700n);
    load(cpu, 'trap');
    for (let i = 0; i < 100; i++) expect(cpu.run(100).reason).toBe('interrupt');
  });
  it('are not seen where somebody else goes on', () => {
    const cpu = newCpu(SF | LE);
    load(cpu, 'trap');
    for (let i = 0; i < 100; i++) {
      expect(cpu.run(1).reason).toBe('interrupt');
      cpu.nia = CODE;
      cpu.msr = SF | LE;
    }
  });
});
