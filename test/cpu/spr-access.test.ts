import { describe, expect, it } from 'vitest';
import { MSR_BIT, PRIVILEGE_STATES, type PrivilegeState } from '../../emulator/isa/registers';
import { SPRN, SPRS, type SprRow, sprByName, sprMask } from '../../emulator/isa/sprs';
import { HV, LE, PR, S, SF, interruptOf, newCpu } from './helpers';

const stateMsr = ({ s, hv, pr }: PrivilegeState): bigint =>
  SF | LE | MSR_BIT.TM | (s ? S : 0n) | (hv ? HV : 0n) | (pr ? PR : 0n);
const RANK = ['problem', 'privileged', 'hypervisor', 'ultravisor'];
const moveWord = (number: number, write: boolean): number =>
  (0x7c6002a6 | (write ? 0x100 : 0) | ((number & 31) << 16) | ((number >> 5) << 11)) >>> 0;

const cpu = newCpu();
/** One mtspr or mfspr with r3: 'done', 'nothing' or the abbreviation of the interrupt. */
function access(number: number, write: boolean, msr: bigint): string {
  cpu.msr = msr;
  cpu.nia = 0x1000n;
  const exit = cpu.execute(moveWord(number, write));
  return exit.reason === 'interrupt' ? interruptOf(exit).row.abbreviation : 'done';
}

/**
 * Who may read and write, as Book III 4.4.4 of 3.0B lists it: p problem state, s the operating system, h the hypervisor,
 * u the ultravisor (ultravisor.rst), - nobody. Names with the same rights stand together.
 */
// prettier-ignore
const RIGHTS: readonly (readonly [rights: string, names: string])[] = [
  ['pp', 'XER UDSCR LR CTR UAMR TFHAR TFIAR TEXASR TEXASRU VRSAVE BESCRS BESCRSU BESCRR BESCRRU EBBHR EBBRR BESCR TAR PPR PPR32 UMMCR2 UMMCRA UPMC1 UPMC2 UPMC3 UPMC4 UPMC5 UPMC6 UMMCR0'],
  ['p-', 'USPRG3 TB TBU USIER USIAR USDAR UMMCR1 UCTRL'],
  ['ss', 'DSCR DSISR DAR DEC SRR0 SRR1 CFAR AMR PIDR IAMR TIDR FSCR UAMOR PSPB SPRG0 SPRG1 SPRG2 SPRG3 SIER MMCR2 MMCRA PMC1 PMC2 PMC3 PMC4 PMC5 PMC6 MMCR0 SIAR SDAR MMCR1 PSSCR_SU WORT'],
  ['s-', 'PVR TIR PIR'],
  ['-s', 'CTRL'],
  ['sh', 'SPURR PURR IC VTB DPDES'],
  ['hh', 'DHDES DAWR0 RPR CIABR DAWRX0 HFSCR HSPRG0 HSPRG1 HDSISR HDAR HDEC HRMOR HSRR0 HSRR1 LPCR LPIDR HMER HMEER PCR HEIR AMOR ASDR PSSCR SPRC SPRD PMCR RWMR TSCR TTR HID MMCRC'],
  ['-h', 'TBL TBUW TBU40'],
  ['hu', 'PTCR IMC LDBAR'],
  ['uu', 'USPRG0 USPRG1 UDAR SEIDR URMOR USRR0 USRR1 UEIR ACMCR SMFCTRL'],
];
const LEAST: Readonly<Record<string, number>> = { p: 0, s: 1, h: 2, u: 3, '-': 4 };

it('the list has every register', () => {
  const listed = RIGHTS.flatMap(([, names]) => names.split(' '));
  expect(listed.toSorted()).toEqual(SPRS.map(({ name }) => name).toSorted());
});

/** What an access raises by the rules of Book III 4.4.4, 6.5.9 and 6.5.26 and ultravisor.rst. */
function outcome(row: SprRow, right: string, state: PrivilegeState, evirt: boolean): string {
  const rank = RANK.indexOf(state.privilege);
  const least = LEAST[right] ?? 4;
  if (rank >= least) return 'done';
  if (rank === 0) return (row.number & 0x10) !== 0 ? 'PROG' : 'HEAI';
  if (least === 3) return 'HEAI';
  if (rank === 1 && evirt) return 'HEAI';
  return 'done'; // no operation
}

describe.each([false, true])('with LPCR.EVIRT %s', (evirt) => {
  describe.each(PRIVILEGE_STATES.map((state) => [state.name, state] as const))('in state %s', (_, state) => {
    it.each(RIGHTS)('registers %s: %s', (rights, names) => {
      cpu.reset();
      cpu.setSpr(SPRN.SMFCTRL, sprMask('SMFCTRL', 'E'));
      cpu.setSpr(SPRN.LPCR, evirt ? sprMask('LPCR', 'EVIRT') : 0n);
      cpu.setSpr(SPRN.MMCR0, 2n << 18n);
      const wrong: string[] = [];
      for (const name of names.split(' ')) {
        const row = sprByName(name);
        if (!row) throw new Error(name);
        for (const write of [false, true]) {
          const keep = [SPRN.LPCR, SPRN.SMFCTRL, SPRN.MMCR0, SPRN.FSCR, SPRN.HFSCR, SPRN.HID].map(
            (n) => [n, cpu.spr(n)] as const,
          );
          // A refused access leaves r3 and the register; a read that is done takes the value.
          cpu.setGpr(3, 0x1234n);
          const got = access(row.number, write, stateMsr(state));
          const wanted = outcome(row, rights.charAt(write ? 1 : 0), state, evirt);
          if (got !== wanted) wrong.push(`${write ? 'write' : 'read'} of ${name}: ${got}, not ${wanted}`);
          for (const [n, value] of keep) cpu.setSpr(n, value);
        }
      }
      expect(wrong).toEqual([]);
    });
  });
});

it('numbers that the machine lacks are illegal in problem state and do nothing above', () => {
  const numbers = [...Array(1024).keys()].filter((n) => !SPRS.some((row) => row.number === n));
  const always = new Set([0]);
  const reads = new Set([0, 4, 5, 6]);
  for (const number of numbers) {
    for (const write of [false, true]) {
      const nothing = number >= 808 && number <= 811;
      const problem = nothing ? 'done' : (number & 0x10) !== 0 ? 'PROG' : 'HEAI';
      expect([number, access(number, write, SF | LE | PR)]).toEqual([number, problem]);
      cpu.setGpr(3, 0x77n);
      const illegal = (write ? always : reads).has(number);
      expect([number, access(number, write, SF | LE | HV)]).toEqual([number, illegal ? 'HEAI' : 'done']);
      expect(cpu.gpr(3)).toBe(0x77n);
    }
  }
});

it('the debug registers are the ultravisor’s while SMFCTRL.D is 1', () => {
  cpu.reset();
  for (const name of ['CIABR', 'DAWR0', 'DAWRX0']) {
    const number = sprByName(name)?.number ?? 0;
    for (const write of [false, true]) {
      expect([name, access(number, write, SF | LE | HV)]).toEqual([name, 'HEAI']);
      expect([name, access(number, write, SF | LE | HV | S)]).toEqual([name, 'done']);
      // Below the hypervisor as any register of the ultravisor.
      expect([name, access(number, write, SF | LE)]).toEqual([name, 'HEAI']);
    }
  }
});

describe('numbers that are another way to a register', () => {
  // number written, value; register, value before and after
  it.each([
    ['BESCRS', 0x8000_0000_0000_0001n, 'BESCR', 2n, 0x8000_0000_0000_0003n],
    ['BESCRSU', 0x8000_0000n, 'BESCR', 2n, 0x8000_0000_0000_0002n],
    ['BESCRR', 0x8000_0000_0000_0001n, 'BESCR', 0x8000_0000_0000_0003n, 2n],
    ['BESCRRU', 0x8000_0000n, 'BESCR', 0x8000_0000_0000_0003n, 3n],
    ['TEXASRU', 0x1234n, 'TEXASR', 0x5678n, 0x1234_0000_5678n],
    ['PPR32', 0x10_0000n, 'PPR', 7n, 0x0010_0000_0000_0007n],
    ['UDSCR', 5n, 'DSCR', 9n, 5n],
    ['UPMC3', 0x1_2345_6789n, 'PMC3', 0n, 0x2345_6789n],
  ])('%s = %s makes of %s: %s -> %s', (name, value, register, before, after) => {
    cpu.reset();
    const target = sprByName(register)?.number ?? 0;
    cpu.setSpr(target, before);
    cpu.setGpr(3, value);
    expect(access(sprByName(name)?.number ?? 0, true, SF | LE | HV | MSR_BIT.TM)).toBe('done');
    expect(cpu.spr(target)).toBe(after);
  });
});

describe('authority masks', () => {
  const ones = (1n << 64n) - 1n;
  // register, state, UAMOR, AMOR, what a write of all ones leaves of 0
  it.each([
    ['UAMR', PR, 0xf0fn, 0xffn, 0xf0fn],
    ['UAMR', 0n, 0xf0fn, 0xffn, 0xffn],
    ['AMR', 0n, 0xf0fn, 0xffn, 0xffn],
    ['IAMR', 0n, 0xf0fn, 0xffn, 0xffn],
    ['UAMOR', 0n, 0n, 0xffn, 0xffn],
    ['AMR', HV, 0n, 0n, ones],
    ['IAMR', HV | S, 0n, 0n, ones],
  ])('%s in a state with MSR %s, UAMOR %s, AMOR %s: %s', (name, msr, uamor, amor, after) => {
    cpu.reset();
    const row = sprByName(name);
    cpu.setSpr(SPRN.UAMOR, uamor);
    cpu.setSpr(SPRN.AMOR, amor);
    cpu.setGpr(3, ones);
    expect(access(row?.number ?? 0, true, SF | LE | msr)).toBe('done');
    expect(cpu.spr(row?.storage ?? 0)).toBe(after);
  });
});

describe('the performance monitor in problem state, by MMCR0.PMCC', () => {
  // PMCC; read, write of a counter; read, write of counter 5; read, write of MMCR0
  it.each([
    [0n, 'done', 'HEAI', 'done', 'HEAI', 'done', 'HEAI'],
    [1n, 'FAC', 'FAC', 'FAC', 'FAC', 'FAC', 'FAC'],
    [2n, 'done', 'done', 'done', 'done', 'done', 'done'],
    [3n, 'done', 'done', 'FAC', 'FAC', 'done', 'done'],
  ])('%s', (pmcc, ...expected) => {
    cpu.reset();
    const got = ['UPMC1', 'UPMC5', 'UMMCR0'].flatMap((name) =>
      [false, true].map((write) => {
        cpu.setSpr(SPRN.MMCR0, pmcc << 18n);
        return access(sprByName(name)?.number ?? 0, write, SF | LE | PR);
      }),
    );
    expect(got).toEqual(expected);
    if (pmcc === 1n) expect(cpu.spr(SPRN.FSCR) >> 56n).toBe(3n);
  });
  it('sees FC, PMAE and PMAO of MMCR0 only', () => {
    cpu.reset();
    const all = (1n << 64n) - 1n;
    cpu.setSpr(SPRN.MMCR0, (2n << 18n) | 1n);
    cpu.setGpr(3, all);
    access(779, true, SF | LE | PR);
    expect(cpu.spr(SPRN.MMCR0)).toBe((2n << 18n) | 1n | 0x8400_0080n);
    access(779, false, SF | LE | PR);
    expect(cpu.gpr(3)).toBe(0x8400_0080n);
  });
});

it('a write of HMER clears bits and sets none', () => {
  cpu.reset();
  for (const state of [HV, HV | S]) {
    cpu.setSpr(SPRN.HMER, 0b1100n);
    cpu.setGpr(3, 0b1010n);
    expect(access(SPRN.HMER, true, SF | LE | state)).toBe('done');
    expect(cpu.spr(SPRN.HMER)).toBe(0b1000n);
  }
});

it('the operating system sees a part of PSSCR', () => {
  cpu.reset();
  const all = (1n << 64n) - 1n;
  cpu.setSpr(SPRN.PSSCR, all);
  expect(access(823, false, SF | LE)).toBe('done');
  expect(cpu.gpr(3)).toBe(0xf000_0000_0000_03ffn);
  cpu.setGpr(3, 0n);
  access(823, true, SF | LE);
  expect(cpu.spr(SPRN.PSSCR)).toBe(all & ~0xf000_0000_0000_03ffn);
  access(855, false, SF | LE | HV);
  expect(cpu.gpr(3)).toBe(all & ~0xf000_0000_0000_03ffn);
});

it('what counts time goes on with it', () => {
  cpu.reset();
  for (const name of ['PURR', 'SPURR', 'VTB', 'IC']) {
    const number = sprByName(name)?.number ?? 0;
    cpu.setSpr(number, 1000n);
    access(number, false, SF | LE | HV);
    expect([name, cpu.spr(number)]).toEqual([name, 1001n]);
  }
});
