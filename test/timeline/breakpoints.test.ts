import { describe, expect, it } from 'vitest';
import type { Program } from './fake';
import { Bench, WORDS, told } from './host';
import { parseHitCondition, parseEventCondition, parseLogMessage } from '../../emulator/timeline/conditions';
import { eventNamed, unknownEvent } from '../../emulator/timeline/events';
import type { MachineEvent } from '../../emulator/common/machine';
import { calls, loop } from './programs';

const call = (lev: 1 | 2, number: bigint): MachineEvent => ({
  kind: 'call',
  call: { lev, number, name: undefined, args: [], caller: 'vm' },
});
const interrupt = (vector: number): MachineEvent => ({
  kind: 'interrupt',
  interrupt: { vector, name: 'x', address: 0n, level: 'guest', detail: '' },
});
const tpm = (code: number): MachineEvent => ({
  kind: 'tpm command',
  bytes: Uint8Array.of(0x80, 1, 0, 0, 0, 10, 0, 0, code >> 8, code & 255),
});

describe('names of events', () => {
  it.each([
    ['UV_ESM', call(2, 0xf110n), call(1, 0xf110n)],
    ['h_tpm_comm', call(1, 0xef10n), call(1, 0xef00n)],
    ['0xEF10', call(1, 0xef10n), call(1, 0xef11n)],
    ['61200', call(1, 0xef10n), interrupt(0xc00)],
    ['0xC00', interrupt(0xc00), interrupt(0xc20)],
    ['0x300', interrupt(0x300), interrupt(0x380)],
    ['0x300', call(1, 0x300n), call(1, 0x301n)],
    ['HEAI', interrupt(0xe40), interrupt(0xe20)],
    ['Data Storage', interrupt(0x300), interrupt(0x400)],
    ['TPM2_GetRandom', tpm(0x17b), tpm(0x17a)],
    ['TPM_CC_GetRandom', tpm(0x17b), tpm(0x17a)],
    ['0x12345', call(2, 0x12345n), call(2, 1n)],
  ])('%s stands for an event and not for another', (name, yes, no) => {
    const matcher = eventNamed(name, WORDS);
    expect([matcher?.matches(yes), matcher?.matches(no)]).toEqual([true, false]);
  });

  it('says the nearest name for an unknown one, and takes no stump of a command for one', () => {
    expect(unknownEvent('H_TPM_COM', WORDS)).toContain("did you mean 'H_TPM_COMM'?");
    expect(unknownEvent('zzzzzzzz', WORDS)).not.toContain('did you mean');
    expect(unknownEvent('z'.repeat(1e6), WORDS).length).toBeLessThan(300);
    expect(eventNamed('TPM2_GetRandom', WORDS)?.matches({ kind: 'tpm command', bytes: Uint8Array.of(1) })).toBe(false);
  });
});

describe('narrowing', () => {
  it.each([
    ['3', [3]],
    ['== 3', [3]],
    ['>= 4', [4, 5, 6]],
    ['> 4', [5, 6]],
    ['< 3', [1, 2]],
    ['<=2', [1, 2]],
    ['% 2', [2, 4, 6]],
  ])('hit condition %s', (text, hits) => {
    expect([1, 2, 3, 4, 5, 6].filter((n) => parseHitCondition(text)!(n))).toEqual(hits);
  });

  it.each(['x', '', '>= x', '% 0', '1 2', '-1', '99999999999999999999'])('%j is no hit condition', (text) => {
    expect(parseHitCondition(text)).toBeUndefined();
  });

  it('log messages are text and expressions', () => {
    expect(parseLogMessage('a {r3} b {{c}} {x + 1}')).toEqual([
      { text: 'a ' },
      { expression: 'r3' },
      { text: ' b {c} ' },
      { expression: 'x + 1' },
    ]);
    expect(parseLogMessage('open {r3')).toEqual([{ text: 'open {r3' }]);
  });

  it('a condition of a class names events and keeps the rest for the language', () => {
    const condition = parseEventCondition('UV_SHARE_PAGE && r4 >= 0x100 && (a && b) && "x && y" == z', WORDS);
    expect(condition.expression).toBe('r4 >= 0x100 && (a && b) && "x && y" == z');
    expect([condition.matches(call(2, 0xf130n)), condition.matches(call(2, 0xf110n))]).toEqual([true, false]);
  });
});

async function stops(bench: Bench, most = 20): Promise<string[]> {
  const seen: string[] = [];
  for (let n = 0; n < most; n++) {
    const stop = await bench.debugger.continue();
    if (stop.reason === 'finished') break;
    seen.push(`${stop.reason} at ${bench.place}`);
  }
  return seen;
}

const bench = (program: Program, set: (it: Bench) => void): Bench => {
  const it = new Bench(program);
  set(it);
  return it;
};

describe('breakpoints', () => {
  it.each<[string, (it: Bench) => void, string[]]>([
    ['a line', (it) => it.lines(3), ['breakpoint at 3']],
    ['the first line', (it) => it.lines(1), ['breakpoint at 1']],
    ['a line of asm', (it) => it.lines(8), ['breakpoint at 8 < 6']],
    ['lines in any order', (it) => it.lines(10, 5), ['breakpoint at 5', 'breakpoint at 10']],
    [
      'a line of a listing',
      (it) => it.breakpoints.setLines({ kind: 'listing', name: 'H_TPM_COMM' }, [{ line: 4 }]),
      ['breakpoint at H_TPM_COMM:4 < code < 4'],
    ],
    [
      'a call by name: at its entry',
      (it) => it.breakpoints.setEvents([{ name: 'H_TPM_COMM' }]),
      ['function breakpoint at H_TPM_COMM:3 < code < 4'],
    ],
    [
      'a call by number',
      (it) => it.breakpoints.setEvents([{ name: '0xEF10' }]),
      ['function breakpoint at H_TPM_COMM:3 < code < 4'],
    ],
    ['another call', (it) => it.breakpoints.setEvents([{ name: 'UV_ESM' }]), []],
    ['a class', (it) => it.breakpoints.setClasses([{ name: 'hypercalls' }]), ['exception at H_TPM_COMM:3 < code < 4']],
    ['another class', (it) => it.breakpoints.setClasses([{ name: 'ultracalls' }, { name: 'msr' }]), []],
    [
      'a class narrowed by a name and an expression',
      (it) => it.breakpoints.setClasses([{ name: 'hypercalls', condition: 'H_TPM_COMM && r4 == 1' }]),
      ['exception at H_TPM_COMM:3 < code < 4'],
    ],
    ['a class narrowed away', (it) => it.breakpoints.setClasses([{ name: 'hypercalls', condition: 'H_RANDOM' }]), []],
    ['an address', (it) => it.breakpoints.setAddresses([{ address: 0x2004n }]), ['instruction breakpoint at 8 < 6']],
    [
      'an address without source',
      (it) => it.breakpoints.setAddresses([{ address: 0x1000n }]),
      ['instruction breakpoint at code < 4', 'instruction breakpoint at code < 4'],
    ],
    [
      'data',
      (it) => it.breakpoints.setData([{ dataId: 'r5', expression: 'r5' }]),
      ['data breakpoint at 9 < 6', 'data breakpoint at 6'],
    ],
    [
      'a condition',
      (it) =>
        it.breakpoints.setLines({ kind: 'file', path: '/w/fake.pef' }, [
          { line: 2, condition: 'x == 2' },
          { line: 3, condition: 'x == 2' },
        ]),
      ['breakpoint at 3'],
    ],
  ])('%s', async (_name, set, expected) => {
    expect(await stops(bench(calls, set))).toEqual(expected);
  });

  it('move to the next statement, or say that there is none', () => {
    const it = new Bench(calls);
    const [here, moved, none] = it.lines(2, 7, 11).map((each) => [each.verified, each.location?.range.line]);
    expect([here, moved, none]).toEqual([
      [true, 2],
      [true, 7],
      [false, undefined],
    ]);
  });

  it('keep their ids when set again', () => {
    const it = new Bench(calls);
    const [a, b] = it.lines(2, 3);
    const [c, d, e] = it.lines(1, 3, 2);
    expect([d?.id, e?.id]).toEqual([b?.id, a?.id]);
    expect([a?.id, b?.id]).not.toContain(c?.id);
  });

  it('with an unknown name or a bad hit condition are not verified and say why', () => {
    const { breakpoints } = new Bench(calls);
    expect(breakpoints.setEvents([{ name: 'H_TPM_CMM' }])).toMatchObject([
      { verified: false, message: expect.stringContaining("did you mean 'H_TPM_COMM'?") },
    ]);
    expect(breakpoints.setEvents([{ name: 'UV_ESM', hitCondition: 'often' }])).toMatchObject([
      { verified: false, message: expect.stringContaining('not a hit condition') },
    ]);
  });

  it('whose condition cannot be evaluated stop and say so', async () => {
    const it = new Bench(calls);
    it.breakpoints.setLines({ kind: 'file', path: '/w/fake.pef' }, [{ line: 3, condition: 'nobody' }]);
    expect(told(await it.debugger.continue())).toBe(
      "breakpoint: The breakpoint's condition cannot be evaluated: 'nobody' is not known here",
    );
  });

  it('log instead of stopping, once a tick, also backwards and again', async () => {
    const it = new Bench(loop(3));
    it.breakpoints.setLines({ kind: 'file', path: '/w/fake.pef' }, [{ line: 2, logMessage: 'i is {i}, {q}' }]);
    expect(await stops(it)).toEqual([]);
    expect(it.logs).toHaveLength(3);
    expect(it.logs[2]).toBe("i is 1, {q: 'q' is not known here}");
    await it.debugger.reverseContinue();
    expect(await stops(it)).toEqual([]);
    expect(it.logs).toHaveLength(3);
  });
});

describe('hit counts', () => {
  const hit = (it: Bench, hitCondition: string) =>
    it.breakpoints.setLines({ kind: 'file', path: '/w/fake.pef' }, [{ line: 2, hitCondition }]);
  const ticks = async (it: Bench, move: () => Promise<{ reason: string }>) => {
    const seen: number[] = [];
    while ((await move()).reason === 'breakpoint') seen.push(it.debugger.timeline.tick);
    return seen;
  };

  it('count from the start of the run, in both directions', async () => {
    const it = new Bench(loop(6));
    hit(it, '% 2');
    expect(await ticks(it, () => it.debugger.continue())).toEqual([3, 7, 11]);
    expect(await ticks(it, () => it.debugger.reverseContinue())).toEqual([11, 7, 3]);
    expect(await ticks(it, () => it.debugger.continue())).toEqual([3, 7, 11]);
  });

  it('count what came before a breakpoint was set', async () => {
    const it = new Bench(loop(6));
    it.lines(2);
    for (let n = 0; n < 3; n++) await it.debugger.continue();
    expect(it.debugger.timeline.tick).toBe(5);
    hit(it, '>= 5');
    expect(await ticks(it, () => it.debugger.continue())).toEqual([9, 11]);
  });

  it('are right after a step back', async () => {
    const it = new Bench(loop(6));
    hit(it, '4');
    await it.debugger.continue();
    expect(it.debugger.timeline.tick).toBe(7);
    for (let n = 0; n < 2; n++) await it.debugger.stepBack('line');
    expect(await ticks(it, () => it.debugger.continue())).toEqual([7]);
  });
});
