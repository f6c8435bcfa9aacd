/** What an interrupt makes of the machine state: Power ISA 3.0B Book III 6.5, and the ultravisor in the hypervisor's place. */
import { describe, expect, it } from 'vitest';
import { type EntryContext, enter, systemCall, systemCallVectored } from '../../emulator/cpu/entry';
import { INTERRUPTS, type InterruptAbbreviation, VECTOR, interruptAt } from '../../emulator/isa/interrupts';
import { MSR_BIT, PRIVILEGE_STATES } from '../../emulator/isa/registers';
import { SPRN, sprMask } from '../../emulator/isa/sprs';
import { DR, HV, IR, LE, ME, PR, S, SF } from './helpers';

const { EE, RI, FP, VEC, VSX, TM, FE0 } = MSR_BIT;
const ail = (value: bigint): bigint => value << 23n;
const HR = sprMask('LPCR', 'HR');
const LPES = sprMask('LPCR', 'LPES');
const ILE = sprMask('LPCR', 'ILE');
const HILE = sprMask('HID', 'HILE');
const SMF = sprMask('SMFCTRL', 'E');
const CIA = 0x1234n;

function context(msr: bigint, lpcr = 0n, hid = 0n): EntryContext {
  return { msr, cia: CIA, lpcr, hid, smfctrl: SMF };
}
const entered = (abbreviation: InterruptAbbreviation, ...how: Parameters<typeof context>) =>
  enter({ vector: VECTOR[abbreviation], detail: '' }, context(...how));

const [GUEST, HOST, SECURE, ULTRA] = [SF, SF | HV, SF | S, SF | S | HV];

describe('each interrupt', () => {
  // from a guest, the host, a secure guest, the ultravisor: who takes it; the save registers
  const g = 'guest';
  const h = 'hypervisor';
  const u = 'ultravisor';
  it.each([
    ['SRESET', [h, h, u, u], 'SRR'],
    ['MC', [h, h, u, u], 'SRR'],
    ['DSI', [g, h, g, u], 'SRR'],
    ['DSegI', [g, h, g, u], 'SRR'],
    ['ISI', [g, h, g, u], 'SRR'],
    ['ISegI', [g, h, g, u], 'SRR'],
    ['EXT', [h, h, u, u], 'HSRR'],
    ['ALIGN', [g, h, g, u], 'SRR'],
    ['PROG', [g, h, g, u], 'SRR'],
    ['FPU', [g, h, g, u], 'SRR'],
    ['DEC', [g, h, g, u], 'SRR'],
    ['HDEC', [h, h, u, u], 'HSRR'],
    ['DBELL', [g, h, g, u], 'SRR'],
    ['SC', [g, h, g, u], 'SRR'],
    ['TRACE', [g, h, g, u], 'SRR'],
    ['HDSI', [h, h, u, u], 'HSRR'],
    ['HISI', [h, h, u, u], 'HSRR'],
    ['HEAI', [h, h, u, u], 'HSRR'],
    ['HMI', [h, h, u, u], 'HSRR'],
    ['HDBELL', [h, h, u, u], 'HSRR'],
    ['HVI', [h, h, u, u], 'HSRR'],
    ['PM', [g, h, g, u], 'SRR'],
    ['VEC', [g, h, g, u], 'SRR'],
    ['VSX', [g, h, g, u], 'SRR'],
    ['FAC', [g, h, g, u], 'SRR'],
    ['HFAC', [h, h, u, u], 'HSRR'],
    ['SOFTP', [h, h, u, u], 'HSRR'],
    ['SCV', [g, h, g, u], 'LR, CTR'],
  ] as const)('%s', (abbreviation, levels, saves) => {
    const numbers = { SRR: [26, 27], HSRR: [314, 315], 'LR, CTR': [8, 9] }[saves];
    [GUEST, HOST, SECURE, ULTRA].forEach((from, i) => {
      const { level, nia, msr, registers, row } = entered(abbreviation, from | EE | RI);
      expect([level, nia, row.abbreviation]).toEqual([levels[i], BigInt(VECTOR[abbreviation]), abbreviation]);
      expect(registers).toEqual([
        [numbers[0], CIA],
        [numbers[1], from | EE | RI],
      ]);
      const state = { guest: from & S, hypervisor: HV, ultravisor: S | HV }[level];
      const kept = { SRR: 0n, HSRR: RI, 'LR, CTR': EE | RI }[saves];
      expect(msr).toBe(SF | state | kept);
    });
  });
  it('is in the table above', () => {
    expect(INTERRUPTS).toHaveLength(28);
  });
  it('turns off facilities, tracing, problem state and translation', () => {
    const from = PR | EE | FP | VEC | VSX | TM | FE0 | IR | DR | (3n << 9n) | 4n | SF;
    for (const { vector, abbreviation } of INTERRUPTS) {
      const { msr } = enter({ vector, detail: '' }, context(from));
      expect(msr & (PR | FP | VEC | VSX | TM | FE0 | IR | DR | (3n << 9n) | 4n), abbreviation).toBe(0n);
    }
  });
  it('keeps ME, but for a machine check', () => {
    for (const { vector, abbreviation } of INTERRUPTS) {
      const { msr } = enter({ vector, detail: '' }, context(HOST | ME));
      expect(msr & ME, abbreviation).toBe(abbreviation === 'MC' ? 0n : ME);
    }
  });
  it('enters in 64-bit mode', () => {
    for (const { vector } of INTERRUPTS) expect(enter({ vector, detail: '' }, context(0n)).msr & SF).toBe(SF);
  });
  it.each([
    ['no transaction', 0n, 0n],
    ['a suspended one', 1n << 33n, 1n << 33n],
    ['an active one becomes suspended', 1n << 34n, 1n << 33n],
  ])('transactions: %s', (_, before, after) => {
    expect(entered('PROG', GUEST | before).msr & (3n << 33n)).toBe(after);
  });
});

describe('the save register', () => {
  it('has MSR, and 0 in the bits of the status', () => {
    const all = (1n << 64n) - 1n;
    expect(entered('PROG', all).registers[1]).toEqual([SPRN.SRR1, all & ~0x783f0000n]);
  });
  it('has the status', () => {
    const { registers } = enter(systemCall(1), context(GUEST | PR));
    expect(registers).toEqual([
      [SPRN.SRR0, CIA + 4n],
      [SPRN.SRR1, GUEST | PR | (1n << 20n)],
    ]);
  });
});

describe('byte order', () => {
  it.each([
    ['guest', GUEST, ILE, 0n, true],
    ['guest', GUEST, 0n, HILE, false],
    ['hypervisor', HOST, 0n, HILE, true],
    ['hypervisor', HOST, ILE, 0n, false],
    ['ultravisor', ULTRA, 0n, HILE, true],
    ['ultravisor', ULTRA, ILE, 0n, false],
  ] as const)('of the %s', (level, msr, lpcr, hid, little) => {
    const result = entered('PROG', msr, lpcr, hid);
    expect([result.level, (result.msr & LE) !== 0n]).toEqual([level, little]);
  });
});

describe('external interrupts', () => {
  it.each(PRIVILEGE_STATES)('with LPCR.LPES = 1 are system interrupts: $name', ({ s, hv, pr }) => {
    const from = (s ? S : 0n) | (hv ? HV : 0n) | (pr ? PR : 0n);
    const { level, registers, msr } = entered('EXT', SF | from | RI, LPES);
    expect(level).toBe(hv ? (s ? 'ultravisor' : 'hypervisor') : 'guest');
    expect(registers.map(([number]) => number)).toEqual([SPRN.SRR0, SPRN.SRR1]);
    expect(msr & RI).toBe(0n);
  });
});

describe('alternate interrupt location', () => {
  const [on, OFF] = [IR | DR, undefined];
  const near = 0x18000n;
  const far = 0xc000_0000_0000_4000n;
  it.each<[InterruptAbbreviation, string, bigint, bigint, bigint | undefined]>([
    ['DSI', 'AIL 0', GUEST | on, ail(0n), OFF],
    ['DSI', 'AIL 1 is reserved', GUEST | on, ail(1n), OFF],
    ['DSI', 'AIL 2', GUEST | on, ail(2n), near],
    ['DSI', 'AIL 3', GUEST | on, ail(3n), far],
    ['DSI', 'AIL 3, a secure guest', SECURE | on, ail(3n), far],
    ['DSI', 'only IR', GUEST | IR, ail(3n), OFF],
    ['DSI', 'only DR', GUEST | DR, ail(3n), OFF],
    ['DSI', 'real mode', GUEST, ail(3n), OFF],
    ['DSI', 'host', HOST | on, ail(3n), far],
    ['SC', 'host', HOST | PR | on, ail(3n), far],
    ['DEC', 'guest', GUEST | PR | on, ail(2n), near],
    ['HDSI', 'guest to a hash host', GUEST | on, ail(3n), OFF],
    ['HDSI', 'guest to a radix host', GUEST | on, ail(3n) | HR, far],
    ['HDEC', 'host', HOST | on, ail(3n), far],
    ['HDEC', 'to the ultravisor', SECURE | on, ail(3n) | HR, OFF],
    ['PROG', 'in the ultravisor', ULTRA | on, ail(3n) | HR, OFF],
    ['SRESET', 'never', HOST | on, ail(3n) | HR, OFF],
    ['MC', 'never', HOST | on, ail(3n) | HR, OFF],
    ['HMI', 'never', HOST | on, ail(3n) | HR, OFF],
  ])('%s, %s', (abbreviation, _, msr, lpcr, offset) => {
    const result = entered(abbreviation, msr, lpcr);
    expect(result.nia).toBe(BigInt(VECTOR[abbreviation]) + (offset ?? 0n));
    expect(result.msr & on).toBe(offset === OFF ? 0n : on);
    expect(result.row).toBe(interruptAt(VECTOR[abbreviation]));
  });
  it.each([
    [0n, GUEST | on, 0x1_7000n],
    [2n, GUEST | on, 0x1_f000n],
    [3n, GUEST | on, 0xc000_0000_0000_3000n],
    [3n, GUEST, 0x1_7000n],
  ])('scv with AIL %s', (value, msr, base) => {
    for (const lev of [0, 1, 127]) {
      expect(enter(systemCallVectored(lev), context(msr, ail(value))).nia).toBe(base + 32n * BigInt(lev));
    }
  });
  it('scv saves the next address in LR and MSR in CTR', () => {
    expect(enter(systemCallVectored(1), context(GUEST | PR | EE)).registers).toEqual([
      [SPRN.LR, CIA + 4n],
      [SPRN.CTR, GUEST | PR | EE],
    ]);
  });
});
