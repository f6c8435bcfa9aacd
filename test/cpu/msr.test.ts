import { describe, expect, it } from 'vitest';
import { assembleLine } from '../../emulator/isa/assembler';
import { MSR_BIT, MSR_ROW, PRIVILEGE_STATES, type PrivilegeState } from '../../emulator/isa/registers';
import { SPRN } from '../../emulator/isa/sprs';
import { HV, PR, S, interruptOf, newCpu } from './helpers';

const at = (bit: number): bigint => 1n << BigInt(63 - bit);
const bits = (text: string): ReadonlySet<number> =>
  new Set(
    text.split(' ').flatMap((range) => {
      const [first = 0, last = first] = range.split(':').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    }),
  );

/** What an instruction does with the bits that software can change (Book III 3.3.1, 4.3.2 and 3.2.1 of 3.0B). */
interface Rule {
  readonly text: string;
  /** The register that has the new state. */
  readonly source: number | 'r3';
  /** Bits that become what the source says; all others stay as they are. */
  readonly takes: ReadonlySet<number>;
  /** Privilege that it needs. */
  readonly needs: 'privileged' | 'hypervisor' | 'ultravisor';
  /** Bits that it takes in hypervisor state only. */
  readonly hypervisor?: ReadonlySet<number>;
  /** Bits that can be lost, not gained. */
  readonly loses?: ReadonlySet<number>;
}

// Bits of POWER9's MSR: SF 0, HV 3, TM 31, VEC 38, VSX 40, S 41, EE 48, PR 49, FP 50, ME 51, FE0 52, TE 53:54, FE1 55,
// IR 58, DR 59, PMM 61, RI 62, LE 63. TS 29:30 stays 0: there are no transactions.
// prettier-ignore
const RULES: readonly Rule[] = [
  { text: 'rfid',       source: SPRN.SRR1,  needs: 'privileged', takes: bits('0 31 38 40 48:50 52:55 58:59 61:63'),
    hypervisor: bits('51'), loses: bits('3') },
  { text: 'rfscv',      source: SPRN.CTR,   needs: 'privileged', takes: bits('0 31 38 40 48:50 52:55 58:59 61:63') },
  { text: 'hrfid',      source: SPRN.HSRR1, needs: 'hypervisor', takes: bits('0 3 31 38 40 48:55 58:59 61:63') },
  { text: 'urfid',      source: SPRN.USRR1, needs: 'ultravisor', takes: bits('0 3 31 38 40 41 48:55 58:59 61:63') },
  { text: 'mtmsr 3',    source: 'r3',       needs: 'privileged', takes: bits('38 40 48:50 52:55 58:59 61:62') },
  { text: 'mtmsrd 3',   source: 'r3',       needs: 'privileged', takes: bits('0 31 38 40 48:50 52:55 58:59 61:62') },
  { text: 'mtmsr 3,1',  source: 'r3',       needs: 'privileged', takes: bits('48 62') },
  { text: 'mtmsrd 3,1', source: 'r3',       needs: 'privileged', takes: bits('48 62') },
];
const RANK = ['problem', 'privileged', 'hypervisor', 'ultravisor'];
const stateMsr = ({ s, hv, pr }: PrivilegeState): bigint => (s ? S : 0n) | (hv ? HV : 0n) | (pr ? PR : 0n);
const cpu = newCpu();

function execute(rule: Rule, from: bigint, source: bigint) {
  const line = assembleLine(rule.text);
  if (!('word' in line)) throw new Error(line.error.message);
  cpu.msr = from;
  cpu.nia = 0x1000n;
  if (rule.source === 'r3') cpu.setGpr(3, source);
  else cpu.setSpr(rule.source, source);
  return cpu.execute(line.word);
}

/** The new MSR by the rule, for one bit. */
function expected(rule: Rule, bit: number, from: bigint, source: bigint): bigint {
  const [old, wanted] = [from & at(bit), source & at(bit)];
  if (rule.loses?.has(bit)) return old & wanted;
  if (rule.takes.has(bit) || (rule.hypervisor?.has(bit) && (from & HV) !== 0n)) return wanted;
  return old;
}

describe.each(RULES.map((rule) => [rule.text, rule] as const))('%s', (_, rule) => {
  const may = (state: PrivilegeState): boolean => RANK.indexOf(state.privilege) >= RANK.indexOf(rule.needs);

  it.each(PRIVILEGE_STATES.filter(may).map((state) => [state.name, state] as const))(
    'sets and clears each of the 64 bits in state %s by its rule',
    (__, state) => {
      const base = stateMsr(state);
      const wrong: string[] = [];
      for (let bit = 0; bit < 64; bit++) {
        // The bit alone set in the source, and the bit alone clear; PR brings others with it and has a case of its own.
        for (const source of [at(bit), ~at(bit) & ~PR & ((1n << 64n) - 1n)]) {
          if ((source & PR) !== 0n) continue;
          execute(rule, base, source);
          const got = cpu.msr & at(bit);
          if (got !== expected(rule, bit, base, source)) wrong.push(`bit ${bit} of source 0x${source.toString(16)}`);
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  it('leaves reserved bits 0 whatever the source says', () => {
    const known = MSR_ROW.fields.reduce((mask, { first, last }) => {
      for (let bit = first; bit <= last; bit++) mask |= at(bit);
      return mask;
    }, 0n);
    execute(rule, S | HV, ~PR & ((1n << 64n) - 1n));
    expect(cpu.msr & ~known).toBe(0n);
    expect(cpu.msr & (at(29) | at(30))).toBe(0n);
  });

  it.each(PRIVILEGE_STATES.filter((state) => !may(state)).map((state) => [state.name, state] as const))(
    'is refused in state %s and changes nothing but by the interrupt',
    (__, state) => {
      const interrupt = interruptOf(execute(rule, stateMsr(state), MSR_BIT.SF));
      const assisted = rule.needs === 'ultravisor' && state.privilege !== 'problem';
      expect(interrupt.row.abbreviation).toBe(assisted ? 'HEAI' : 'PROG');
      expect(cpu.spr(assisted ? SPRN.HSRR0 : SPRN.SRR0)).toBe(0x1000n);
    },
  );
});

it.each(RULES.filter(({ takes }) => takes.has(49)).map((rule) => [rule.text, rule] as const))(
  '%s turns on EE, IR and DR with PR',
  (_, rule) => {
    execute(rule, S | HV, PR | HV | S);
    const on = at(48) | at(58) | at(59) | PR;
    expect(cpu.msr & on).toBe(on);
  },
);

it('no instruction below the ultravisor sets S', () => {
  for (const rule of RULES.filter(({ needs }) => needs !== 'ultravisor')) {
    for (const from of [0n, HV]) {
      execute(rule, from, S | HV);
      expect([rule.text, cpu.msr & S]).toEqual([rule.text, 0n]);
    }
  }
});

it('returns go to the address in their register without its low two bits', () => {
  for (const [text, register] of [
    ['rfid', SPRN.SRR0],
    ['hrfid', SPRN.HSRR0],
    ['urfid', SPRN.USRR0],
    ['rfscv', SPRN.LR],
  ] as const) {
    const rule = RULES.find((each) => each.text === text);
    cpu.setSpr(register, 0x1234_5677n);
    if (rule) execute(rule, S | HV, MSR_BIT.SF | S | HV);
    expect([text, cpu.nia]).toEqual([text, 0x1234_5674n]);
  }
});
