/** Programs whose control goes anywhere: the translator against the interpreter. */
import { describe, expect, it } from 'vitest';
import { MSR_BIT } from '../../emulator/isa/registers';
import { HV, LE, SF } from './helpers';
import { Pair, numbers } from './pair';

type Random = ReturnType<typeof numbers>;

/**
 * Blocks that go to any others: by conditions on fresh and old CR fields, by CTR, by a table of addresses, by calls and
 * returns. So loops with several entries are among them. Nothing ends: a run does so many instructions.
 */
function anywhere(next: Random): string {
  const blocks = 3 + next(14);
  const label = (): string => `b${next(blocks)}`;
  const r = (): number => 3 + next(8);
  const simple = (): string =>
    [
      () => `add${next(4) === 0 ? '.' : ''} ${r()},${r()},${r()}`,
      () => `addi ${r()},${r()},${next(9) - 4}`,
      () => `addic${next(2) === 0 ? '.' : ''} ${r()},${r()},${next(9) - 4}`,
      () => `adde ${r()},${r()},${r()}`,
      () => `addme ${r()},${r()}`,
      () => `subfe ${r()},${r()},${r()}`,
      () => `subfic ${r()},${r()},${next(9)}`,
      () => `addo ${r()},${r()},${r()}`,
      () => `srawi ${r()},${r()},${next(32)}`,
      () => `xor ${r()},${r()},${r()}`,
      () => `rlwinm ${r()},${r()},${next(32)},${next(32)},${next(32)}`,
      () => `isel ${r()},${r()},${r()},${next(32)}`,
      () => `cmpwi ${next(3)},${r()},${next(5) - 2}`,
      () => `cmpd ${next(3)},${r()},${r()}`,
      () => `cmpld ${next(3)},${r()},${r()}`,
      () => `cmplwi ${next(3)},${r()},${next(5)}`,
      () => `crxor ${next(12)},${next(12)},${next(12)}`,
      () => `mcrf ${next(3)},${next(3)}`,
      () => `mfcr ${r()}`,
      () => `mtcrf ${next(256)},${r()}`,
      () => `mtxer ${r()}`,
      () => `mfxer ${r()}`,
      // Around the borders of pages.
      () => `ld ${r()},${4 * next(16)}(1)`,
      () => `ld ${r()},${8 * next(64) - 256}(1)`,
      () => `lwz ${r()},${next(5000)}(${1 + next(2)})`,
      () => `lbzx ${r()},1,0`,
      () => `lhau ${r()},${next(7) * 2 - 6}(2)`,
      () => `std ${r()},${8 * next(64) - 256}(1)`,
      () => `stw ${r()},${next(5000)}(${1 + next(2)})`,
      () => `stbu ${r()},${next(9) - 4}(2)`,
      () => `sth ${r()},${next(64)}(2)`,
      () => `addi ${1 + next(2)},${1 + next(2)},${next(3000) - 1500}`,
    ][next(32)]!();
  const condition = (): string => {
    const bit = next(12);
    return [`bc 12,${bit},`, `bc 4,${bit},`, 'bdnz ', 'bdz ', `bc 8,${bit},`, `bc 0,${bit},`][next(6)]!;
  };
  const ends: (() => string[])[] = [
    () => [` ${condition()}${label()}`],
    () => [` ${condition()}${label()}`, ` ${simple()}`, ` ${condition()}${label()}`],
    () => [` ${condition()}${label()}`, ` b ${label()}`],
    () => [` b ${label()}`],
    () => [` bl ${label()}`],
    () => [` ${condition().replace('bc', 'bcl').replace('bdnz', 'bdnzl').replace('bdz', 'bdzl')}${label()}`],
    // A jump by a table, or a call by a pointer.
    () => [
      ` rlwinm 20,${r()},3,27,28`,
      ' ldx 20,22,20',
      ' mtctr 20',
      ['  bctr', '  bctr', '  bctrl', '  bcctr 12,2'][next(4)]!,
    ],
    () => ['  bclr 12,1', '  li 21,3'],
    () => ['  blr'],
  ];
  const lines = [
    ' b b0',
    'table: .quad ' + Array.from({ length: 4 }, () => `start+${label()}`).join(', '),
    // Where control should not come.
    ' .long 0',
  ];
  for (let n = 0; n < blocks; n++) {
    lines.push(`b${n}:`);
    for (let i = next(6); i >= 0; i--) lines.push(` ${simple()}`);
    lines.push(...ends[next(ends.length)]!());
    // Registers that addresses are made of come back from where the arithmetic took them.
    if (next(3) === 0) lines.push(' li 1,0x7ff8', ' add 1,1,1', ' li 2,0x4ffe');
    if (next(3) === 0) lines.push(` li ${r()},${next(7)}`, ` mtctr ${r()}`);
  }
  lines.push(' b b0');
  return lines.join('\n').replaceAll('start+', '');
}

describe.each([
  ['little-endian', SF | HV | LE],
  ['big-endian', SF | HV],
  ['32-bit', HV | LE],
] as const)('control that goes anywhere, %s', (_, msr) => {
  it('leads to the same state after any number of instructions', () => {
    const programs = Number(process.env.PEF_FLOW_PROGRAMS ?? 40);
    const first = Number(process.env.PEF_FLOW_SEED ?? 1);
    let regions = 0;
    for (let seed = first; seed < first + programs; seed++) {
      const next = numbers(seed + 7919 * Number(msr & LE));
      const pair = new Pair(msr);
      pair.load(anywhere(next));
      pair.begin(undefined, 100n);
      pair.each((cpu) => {
        cpu.setGpr(22, cpu.nia + 4n);
        cpu.setGpr(2, 0x4ffen);
        cpu.lr = cpu.nia;
      });
      for (let i = 0; i < 30; i++) {
        pair.runThrough(1 + next(i < 4 ? 6000 : 300));
        pair.expectSame(`program ${seed}, run ${i}`);
      }
      regions += pair.regions;
    }
    expect(regions).toBeGreaterThan(programs);
  });
});

describe('a run with a limit of work', () => {
  // Functions of rows, registers of the host, accesses over the border of a page.
  it.each([
    ['floating point', 'fadd 1,2,3\n fmul 4,1,2\n fcmpu 1,1,4\n vmaxfp 3,4,5\n stfd 1,8(1)\n bcdadd. 1,2,3,0'],
    ['registers of the host', 'mftb 5\n mtspr 269,5\n darn 6,0\n mftb 7'],
    ['memory beside the TLB', 'ld 5,-4(1)\n std 5,-4(1)\n lwz 6,-2(1)'],
  ])('ends early at %s, and leads to the same state', (_, body) => {
    const pair = new Pair(SF | HV | LE);
    pair.load(`loop: addi 3,3,1\n ${body}\n bdnz loop\n b .`);
    pair.begin(undefined, 1_000_000n);
    pair.each((cpu) => {
      cpu.msr = SF | HV | LE | MSR_BIT.FP | MSR_BIT.VEC | MSR_BIT.VSX;
    });
    const [limited, other] = pair.cpus;
    limited.workLimit = 100;
    let early = 0;
    for (let left = 1_000_000; left > 0;) {
      const exit = limited.run(left);
      expect(exit.reason).toBe('budget');
      if (exit.executed < left) early++;
      if (exit.executed < left) expect(limited.workedEnough).toBe(true);
      left -= exit.executed;
    }
    expect(early).toBeGreaterThan(3);
    other.run(1_000_000);
    pair.expectSame(body);
    expect(limited.code!.statistics.regions).toBeGreaterThan(0);
  });
});
