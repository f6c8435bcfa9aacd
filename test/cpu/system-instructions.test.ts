import { describe, expect, it } from 'vitest';
import { INSTRUCTIONS } from '../../emulator/isa/table';
import { MSR_BIT } from '../../emulator/isa/registers';
import { SPRN, sprMask } from '../../emulator/isa/sprs';
import { CODE, HV, LE, PR, S, SF, interruptOf, load, newCpu, run } from './helpers';

const [EBBRR, BESCR] = [805, 806];
const GTSE = sprMask('LPCR', 'GTSE');
const EVIRT = sprMask('LPCR', 'EVIRT');

describe('privilege', () => {
  // Outcome in problem state, in the operating system's, the hypervisor's and the ultravisor's.
  const done = 'done';
  it.each([
    ['tlbie 3,4,0,1,1', 'PROG', 'PROG', done, done],
    ['tlbiel 3,4,0,1,1', 'PROG', done, done, done],
    ['tlbsync', 'PROG', 'PROG', done, done],
    ['slbie 3', 'PROG', done, done, done],
    ['slbieg 3,4', 'PROG', done, done, done],
    ['slbia 7', 'PROG', done, done, done],
    ['slbiag 3', 'PROG', done, done, done],
    ['slbmte 3,4', 'PROG', done, done, done],
    ['slbmfee 3,4', 'PROG', done, done, done],
    ['slbmfev 3,4', 'PROG', done, done, done],
    ['slbfee. 3,4', 'PROG', done, done, done],
    ['slbsync', 'PROG', done, done, done],
    ['msgsnd 3', 'PROG', 'PROG', done, done],
    ['msgclr 3', 'PROG', 'PROG', done, done],
    ['msgsync', 'PROG', 'PROG', done, done],
    ['msgsndp 3', 'PROG', done, done, done],
    ['msgclrp 3', 'PROG', done, done, done],
    ['msgsndu 3', 'PROG', 'HEAI', 'HEAI', done],
    ['msgclru 3', 'PROG', 'HEAI', 'HEAI', done],
    ['rfscv', 'PROG', done, done, done],
    ['mfmsr 3', 'PROG', done, done, done],
    ['attn', 'HEAI', 'HEAI', 'HEAI', 'HEAI'],
    ['.long 0x4c000364', 'HEAI', 'HEAI', 'HEAI', 'HEAI'], // nap of older processors
    ['.long 0x4c0003a4', 'HEAI', 'HEAI', 'HEAI', 'HEAI'], // sleep
    ['.long 0x4c0003e4', 'HEAI', 'HEAI', 'HEAI', 'HEAI'], // rvwinkle
    ['.long 0x4c000064', 'HEAI', 'HEAI', 'HEAI', 'HEAI'], // rfi
  ])('%s', (text, ...expected) => {
    const got = [PR, 0n, HV, HV | S].map((state) => {
      const cpu = newCpu(SF | LE | state);
      cpu.ctr = cpu.msr;
      const exit = run(cpu, text, 1);
      return exit.reason === 'interrupt' ? exit.interrupt.row.abbreviation : 'done';
    });
    expect(got).toEqual(expected);
  });

  it('LPCR.GTSE lets the operating system invalidate translations everywhere', () => {
    for (const text of ['tlbie 3,4,0,1,1', 'tlbsync']) {
      const cpu = newCpu(SF | LE);
      cpu.setSpr(SPRN.LPCR, GTSE);
      expect(run(cpu, text, 1).reason).toBe('budget');
    }
  });
  it('LPCR.EVIRT has the hypervisor’s instructions emulated', () => {
    for (const text of ['tlbie 3,4,0,1,1', 'msgsnd 3', 'lwzcix 3,4,5', 'hrfid']) {
      const cpu = newCpu(SF | LE);
      cpu.setSpr(SPRN.LPCR, EVIRT);
      expect(interruptOf(run(cpu, text, 1)).row.abbreviation).toBe('HEAI');
    }
  });
  it('partition-scoped translations are not the operating system’s to invalidate under radix', () => {
    for (const [text, reason] of [
      ['tlbiel 3,4,0,0,1', 'interrupt'],
      ['tlbiel 3,4,0,1,1', 'budget'],
    ]) {
      const cpu = newCpu(SF | LE);
      cpu.setSpr(SPRN.LPCR, sprMask('LPCR', 'HR'));
      expect(run(cpu, text ?? '', 1).reason).toBe(reason);
    }
  });
});

it('the segment lookaside buffer is empty and stays so', () => {
  const cpu = newCpu();
  cpu.setGpr(3, -1n);
  cpu.setGpr(4, -1n);
  expect(run(cpu, 'slbmte 3,4\nslbmfee 5,4\nslbmfev 6,4\nslbfee. 7,4\nmfcr 8', 5).reason).toBe('budget');
  expect([5, 6, 7, 8].map((n) => cpu.gpr(n))).toEqual([0n, 0n, 0n, 0n]);
});

describe('scv and rfscv', () => {
  it('go there and back through LR and CTR', () => {
    const cpu = newCpu(SF | PR | LE | MSR_BIT.EE | MSR_BIT.RI);
    cpu.setSpr(SPRN.LPCR, sprMask('LPCR', 'ILE'));
    const from = cpu.msr;
    const exit = run(cpu, 'scv 3', 1);
    expect(interruptOf(exit)).toMatchObject({ level: 'guest', cia: CODE });
    expect([cpu.lr, cpu.ctr & from]).toEqual([CODE + 4n, from]);
    expect(cpu.nia & 0xfffn).toBe(0x60n);
    load(cpu, 'rfscv');
    expect(cpu.run(1).reason).toBe('budget');
    expect([cpu.nia, cpu.msr & ~(MSR_BIT.IR | MSR_BIT.DR)]).toEqual([CODE + 4n, from]);
  });
});

describe('event-based branches', () => {
  it.each([
    ['rfebb', 1n << 63n],
    ['rfebb 0', 0n],
  ])('%s goes to EBBRR and sets BESCR.GE to its operand', (text, ge) => {
    const cpu = newCpu(SF | LE | PR);
    cpu.setSpr(EBBRR, 0x5003n);
    cpu.setSpr(BESCR, 3n);
    expect(run(cpu, text, 1).reason).toBe('budget');
    expect([cpu.nia, cpu.spr(BESCR)]).toEqual([0x5000n, ge | 3n]);
  });
  it('no branch history is recorded', () => {
    const cpu = newCpu();
    cpu.setGpr(3, 5n);
    run(cpu, 'b 1f\n1: mfbhrbe 3,0\nclrbhrb', 3);
    expect(cpu.gpr(3)).toBe(0n);
  });
});

describe('transactions', () => {
  it.each([
    [HV, 0x2n],
    [PR, 0x1n],
    [0n, 0n],
  ])('tbegin. fails at once, for good, in the state with MSR %s', (state, privilege) => {
    const cpu = newCpu(SF | LE | MSR_BIT.TM | state);
    expect(run(cpu, 'tbegin.\nbeq 1f\nli 3,1\n1: nop', 3).reason).toBe('budget');
    // Failure summary, persistent, nesting overflow, exact address; privilege in bits 34:35.
    const texasr = (1n << 56n) | (1n << 54n) | (privilege << 28n) | (1n << 27n) | (1n << 26n);
    expect([cpu.spr(130), cpu.spr(129), cpu.spr(128)]).toEqual([texasr, CODE | privilege, CODE + 4n]);
    expect([cpu.readRegister('cr0'), cpu.gpr(3)]).toEqual([0b1010n, 0n]);
  });
  it.each(['tend.', 'tendall.', 'tabort. 3', 'tabortdc. 4,3,4', 'tabortwci. 31,3,0', 'tsuspend.', 'tresume.'])(
    '%s outside of a transaction sets CR0 to 0',
    (text) => {
      const cpu = newCpu(SF | LE | HV | MSR_BIT.TM);
      cpu.cr = 0xffff_ffffn;
      expect(run(cpu, text, 1).reason).toBe('budget');
      expect(cpu.cr).toBe(0x0fff_ffffn);
    },
  );
  it('tcheck sets its field', () => {
    const cpu = newCpu(SF | LE | HV | MSR_BIT.TM);
    run(cpu, 'tcheck cr3', 1);
    expect(cpu.cr).toBe(0x0008_0000n);
  });
  it.each(['treclaim. 3', 'trechkpt.'])('%s is a TM Bad Thing', (text) => {
    const cpu = newCpu(SF | LE | HV | MSR_BIT.TM);
    expect(interruptOf(run(cpu, text, 1)).vector).toBe(0x700);
    expect(cpu.spr(SPRN.SRR1) & (15n << 17n)).toBe(0n);
    expect(cpu.spr(SPRN.SRR1) & (1n << 21n)).toBe(1n << 21n);
  });
});

describe('darn', () => {
  const numbers = (seed: bigint): bigint[] => {
    const cpu = newCpu(SF | LE | PR);
    cpu.seed = seed;
    run(cpu, 'darn 3,0\ndarn 4,1\ndarn 5,2\ndarn 6,1\ndarn 7,3', 5);
    return [3, 4, 5, 6, 7].map((n) => cpu.gpr(n));
  };
  it('gives a sequence by the seed', () => {
    expect(numbers(1n)).toEqual(numbers(1n));
    expect(numbers(1n).slice(0, 4)).not.toEqual(numbers(2n).slice(0, 4));
    expect(new Set(numbers(1n)).size).toBe(5);
  });
  it('gives 32 bits for L = 0, and all ones, an error, for the reserved L = 3', () => {
    const [word = 0n, , , , error] = numbers(5n);
    expect(word < 1n << 32n).toBe(true);
    expect(error).toBe((1n << 64n) - 1n);
  });
  it('goes on where a saved state was', () => {
    const cpu = newCpu();
    run(cpu, 'darn 3,1', 1);
    const saved = cpu.save();
    run(cpu, 'darn 3,1', 1);
    const second = cpu.gpr(3);
    cpu.restore(saved);
    run(cpu, 'darn 3,1', 1);
    expect(cpu.gpr(3)).toBe(second);
  });
});

it('hints and barriers do nothing', () => {
  const text =
    'sync\nlwsync\nptesync\neieio\nisync\ndcbt 0,3\ndcbtst 0,3,16\nicbt 0,3\ndst 3,4,1\ndstst 3,4,0\ndss 1\ndssall\nor 1,1,1\nor 31,31,31\nyield\nmdoio';
  const count = text.split('\n').length;
  const cpu = newCpu();
  // No memory is there: a hint must not mind.
  cpu.setGpr(3, 0x7fff_ffff_0000n);
  const before = cpu.stateBytes();
  expect(run(cpu, text, count)).toEqual({ executed: count, reason: 'budget' });
  const after = cpu.stateBytes();
  const differ = [...after.keys()].filter((i) => after[i] !== before[i] && i < after.length - 8);
  // Only NIA (0x110) and the instruction count at the end differ.
  expect(differ.filter((i) => i < 0x110 || i >= 0x118)).toEqual([]);
});

it('the table has the fixed-point, branch, storage and system instructions of POWER9', () => {
  const names = new Set(INSTRUCTIONS.map(({ name }) => name));
  // Power ISA 3.0B Book I chapters 2 and 3, Books II and III, without the vector and floating-point chapters.
  const expected =
    'b bc bclr bcctr bctar crand crnand cror crxor crnor creqv crandc crorc mcrf sc scv ' +
    'lbz lbzx lbzu lbzux lhz lhzx lhzu lhzux lha lhax lhau lhaux lwz lwzx lwzu lwzux lwa lwax lwaux ld ldx ldu ldux ' +
    'stb stbx stbu stbux sth sthx sthu sthux stw stwx stwu stwux std stdx stdu stdux lq stq ' +
    'lhbrx lwbrx ldbrx sthbrx stwbrx stdbrx lmw stmw lswi lswx stswi stswx ' +
    'addi addis addpcis add subf addic addic. subfic addc subfc adde addme subfe subfme addze subfze neg addex ' +
    'mulli mulhw mullw mulhwu divw divwu divwe divweu modsw moduw darn mulld mulhd mulhdu maddhd maddhdu maddld ' +
    'divd divdu divde divdeu modsd modud cmpi cmp cmpli cmpl setb cmprb cmpeqb twi tw tdi td isel ' +
    'andi. andis. ori oris xori xoris and xor nand or nor andc eqv orc extsb extsh extsw cntlzw cnttzw cntlzd cnttzd cmpb ' +
    'popcntb popcntw popcntd prtyw prtyd bpermd rlwinm rlwnm rlwimi rldicl rldicr rldic rldcl rldcr rldimi ' +
    'slw srw srawi sraw sld srd sradi srad extswsli cdtbcd cbcdtd addg6s mtspr mfspr mcrxrx mtcrf mfcr mtocrf mfocrf ' +
    'icbi icbt dcbt dcbtst dcbz dcbst dcbf copy paste. cpabort lwat ldat stwat stdat isync ' +
    'lbarx lharx lwarx ldarx lqarx stbcx. sthcx. stwcx. stdcx. stqcx. sync eieio wait ' +
    'tbegin. tend. tabort. tabortwc. tabortwci. tabortdc. tabortdci. tsr. tcheck rfebb clrbhrb mfbhrbe ' +
    'rfscv rfid hrfid urfid stop lbzcix lhzcix lwzcix ldcix stbcix sthcix stwcix stdcix mtmsr mtmsrd mfmsr ' +
    'slbie slbieg slbia slbiag slbmte slbmfev slbmfee slbfee. slbsync tlbie tlbiel tlbsync ' +
    'msgsnd msgclr msgsndp msgclrp msgsndu msgclru msgsync treclaim. trechkpt.';
  expect(expected.split(' ').filter((name) => !names.has(name))).toEqual([]);
});
