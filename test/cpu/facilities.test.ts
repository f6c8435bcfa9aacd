import { describe, expect, it } from 'vitest';
import { FACILITIES } from '../../emulator/isa/facilities';
import { MSR_BIT } from '../../emulator/isa/registers';
import { SPRN } from '../../emulator/isa/sprs';
import { HV, LE, PR, S, SF, interruptOf, newCpu, run } from './helpers';

const { TM } = MSR_BIT;
const ALL = (1n << 56n) - 1n;

/** Instructions and registers by the bit of FSCR or HFSCR, counted from the right (Book III 6.2.10, 6.2.11). */
// prettier-ignore
const USES: readonly (readonly [text: string, bit: bigint, fscr: boolean, hfscr: boolean, privileged: boolean])[] = [
  ['mfspr 3,3',    2n,  true,  true,  false],
  ['mtspr 3,3',    2n,  true,  true,  false],
  ['mfspr 3,17',   2n,  false, true,  true],
  ['mfspr 3,771',  3n,  false, true,  false],
  ['mtspr 787,3',  3n,  false, true,  true],
  ['mfspr 3,779',  3n,  false, true,  false],
  ['mfbhrbe 3,0',  4n,  false, true,  false],
  ['clrbhrb',      4n,  false, true,  false],
  ['tbegin.',      5n,  true,  true,  false],
  ['tabort. 0',    5n,  true,  true,  false],
  ['mfspr 3,130',  5n,  true,  true,  false],
  ['rfebb',        7n,  true,  true,  false],
  ['mtspr 804,3',  7n,  true,  true,  false],
  ['mfspr 3,806',  7n,  true,  true,  false],
  ['bctar 20,0,0', 8n,  true,  true,  false],
  ['mttar 3',      8n,  true,  true,  false],
  ['mftar 3',      8n,  true,  true,  false],
  ['msgsndp 3',    10n, false, true,  true],
  ['msgclrp 3',    10n, false, true,  true],
  ['mfspr 3,446',  10n, false, true,  true],
  ['mfspr 3,176',  10n, false, true,  true],
  ['scv 0',        12n, true,  false, false],
];

describe.each(USES)('%s (bit %s)', (text, bit, fscr, hfscr, privileged) => {
  const guest = SF | LE | TM | (privileged ? 0n : PR);
  const execute = (msr: bigint, registers: { readonly fscr?: bigint; readonly hfscr?: bigint }) => {
    const cpu = newCpu(msr);
    cpu.setSpr(SPRN.FSCR, registers.fscr ?? ALL);
    cpu.setSpr(SPRN.HFSCR, registers.hfscr ?? ALL);
    return { cpu, exit: run(cpu, text, 1) };
  };
  const off = ALL & ~(1n << bit);
  const isScv = text.startsWith('scv');

  it('can be used where the facility is on', () => {
    const { exit } = execute(guest, {});
    if (isScv) expect(interruptOf(exit).row.abbreviation).toBe('SCV');
    else expect(exit.reason).toBe('budget');
  });
  it(`${fscr ? 'cannot' : 'can'} be used in problem state without the bit of FSCR`, () => {
    const { cpu, exit } = execute(guest, { fscr: off });
    if (!fscr) return expect(exit.reason).toBe('budget');
    expect(interruptOf(exit)).toMatchObject({ vector: 0xf60, level: 'guest' });
    // The cause stands in the high byte, the other bits stay.
    expect(cpu.spr(SPRN.FSCR)).toBe((bit << 56n) | off);
    expect(cpu.spr(SPRN.SRR0)).toBe(0x1000n);
  });
  it(`${hfscr ? 'cannot' : 'can'} be used below the hypervisor without the bit of HFSCR`, () => {
    const { cpu, exit } = execute(guest, { hfscr: off });
    if (isScv) return expect(interruptOf(exit).row.abbreviation).toBe('SCV');
    expect(interruptOf(exit)).toMatchObject({ vector: 0xf80, level: 'hypervisor' });
    expect(cpu.spr(SPRN.HFSCR)).toBe((bit << 56n) | off);
    expect([cpu.spr(SPRN.HSRR0), cpu.spr(SPRN.HSRR1)]).toEqual([0x1000n, guest]);
  });
  it('of a secure guest goes to the ultravisor where the hypervisor’s bit is off', () => {
    const { exit } = execute(guest | S, { hfscr: off });
    if (hfscr) expect(interruptOf(exit)).toMatchObject({ vector: 0xf80, level: 'ultravisor' });
    else expect(interruptOf(exit)).toMatchObject({ level: 'guest' });
  });
  it('is the hypervisor’s and the ultravisor’s whatever the bits are', () => {
    for (const s of [0n, S]) {
      const { exit } = execute(SF | LE | TM | HV | s, { fscr: 0n, hfscr: 0n });
      if (isScv) expect(interruptOf(exit).row.abbreviation).toBe('SCV');
      else expect(exit.reason).toBe('budget');
    }
  });
});

describe('floating point and vectors', () => {
  const { FP, VEC, VSX } = MSR_BIT;
  // instruction, bit of MSR, its interrupt, bit of HFSCR
  it.each([
    ['fadd 1,2,3', FP, 0x800, 0n],
    ['lfd 1,0(3)', FP, 0x800, 0n],
    ['mffs 1', FP, 0x800, 0n],
    ['vaddubm 1,2,3', VEC, 0xf20, 1n],
    ['lvx 1,0,3', VEC, 0xf20, 1n],
    ['xxlxor 1,2,3', VSX, 0xf40, 1n],
    ['lxvd2x 1,0,3', VSX, 0xf40, 1n],
  ] as const)('%s', (text, bit, vector, hfscr) => {
    for (const state of [PR, 0n, S, HV, HV | S]) {
      const others = (FP | VEC | VSX) & ~bit;
      const off = newCpu(SF | LE | state | others);
      expect(interruptOf(run(off, text, 1)).vector).toBe(vector);
      const cpu = newCpu(SF | LE | state | bit);
      cpu.setSpr(SPRN.HFSCR, ALL & ~(1n << hfscr));
      const exit = run(cpu, text, 1);
      if ((state & HV) !== 0n) expect(exit.reason).toBe('budget');
      else {
        expect(interruptOf(exit).vector).toBe(0xf80);
        expect(cpu.spr(SPRN.HFSCR) >> 56n).toBe(hfscr);
      }
    }
  });
});

describe('transactional memory with MSR.TM = 0', () => {
  it.each(['tbegin.', 'tend.', 'tcheck 0', 'tsuspend.', 'tabort. 3', 'tabortwci. 1,3,4', 'mfspr 3,128', 'mtspr 131,3'])(
    '%s is unavailable in every state',
    (text) => {
      for (const msr of [PR, 0n, HV, HV | PR, HV | S, S, S | PR]) {
        const cpu = newCpu(SF | LE | msr);
        expect(interruptOf(run(cpu, text, 1)).vector).toBe(0xf60);
        expect(cpu.spr(SPRN.FSCR) >> 56n).toBe(5n);
      }
    },
  );
  it.each(['treclaim. 3', 'trechkpt.'])('%s is privileged first', (text) => {
    const cpu = newCpu(SF | LE | PR);
    expect(interruptOf(run(cpu, text, 1)).vector).toBe(0x700);
  });
});

it('after reset every facility is on but by MSR', () => {
  const cpu = newCpu(SF | LE | PR);
  for (const row of FACILITIES) {
    if ('fscr' in row) expect([row.name, (cpu.spr(SPRN.FSCR) >> BigInt(row.fscr)) & 1n]).toEqual([row.name, 1n]);
    if ('hfscr' in row) expect([row.name, (cpu.spr(SPRN.HFSCR) >> BigInt(row.hfscr)) & 1n]).toEqual([row.name, 1n]);
  }
});
