/** The timeline over the real thing: a scenario on its machine. */

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Machine } from '../../emulator/machine';
import { loadScenario, type LoadedScenario } from '../../emulator/scenario/load';
import { ScenarioRun } from '../../emulator/scenario/run';
import { BreakpointTable } from '../../emulator/timeline/breakpoints';
import { Debugger } from '../../emulator/timeline/debugger';
import type { DebugTarget } from '../../emulator/timeline/replayable';
import { Timeline, type Pace } from '../../emulator/timeline/timeline';
import { WORDS } from './host';

const TEXT = `
machine { seed "time" }
guest svm1 { lpid 1 memory 1 MiB }

procedure twice(n) {
  let m = n
  repeat 2 { m = m + n }
  return m
}

scenario "all kinds of ticks" {
  let sum = 0
  as svm1 {
    store bytes at 0x10000 = hex "8001 0000000c 0000017b 0020"
    hypercall H_TPM_COMM(TPM_COMM_OP_EXECUTE, 0x10000, 12, 0x11000, 4096) -> H_SUCCESS
    asm {
      li    r3, 9
      mtctr r3
      li    r4, 0
    again:
      addi  r4, r4, 3
      bdnz  again
    }
    sum = twice(r4)
    for i in 0..3 { store doubleword 0x20000 + 8 * i = sum + i }
    ultracall UV_SHARE_PAGE(gfn: 0x10, num: 1)
    let random = send TPM2_GetRandom(bytesRequested: 8)
    print random.randomBytes
  }
  as hypervisor { store word 0x3000 = 5 }
}
`;

const files = {
  read: () => Promise.resolve(new TextEncoder().encode(TEXT)),
  resolve: () => 'outside' as const,
};

const HOST = {
  strideTicks: 10_000,
  shouldYield: () => false,
  yieldToHost: () => Promise.resolve(),
  happened: () => undefined,
  log: () => undefined,
};

const steady: Pace = {
  strideTicks: 10_000,
  shouldYield: () => false,
  yieldToHost: () => Promise.resolve(),
  stopRequested: false,
  stopped: new Promise(() => undefined),
};

let loaded: LoadedScenario;
beforeAll(async () => {
  const result = await loadScenario('/time.pef', files);
  if (result.kind !== 'loaded') throw new Error(JSON.stringify(result.diagnostics));
  loaded = result;
});

const fresh = () => new ScenarioRun(loaded, { machine: (config) => new Machine(config) });

describe('a scenario on its machine', () => {
  it('passes, and two runs of it are the same', () => {
    const [a, b] = [fresh(), fresh()];
    while (a.status === 'running') a.step(1);
    while (b.status === 'running') b.step(100_000, 'event');
    expect([a.outcome, a.tick, a.hash()]).toEqual([{ kind: 'passed' }, b.tick, b.hash()]);
  });

  it('going n ticks, back k and k again gives the state of going n', async () => {
    const run = fresh();
    const timeline = new Timeline(run);
    await timeline.goto(1_000_000, steady);
    const end = timeline.tick;
    const hashes = new Map<number, string>();
    await fc.assert(
      fc.asyncProperty(fc.nat(end), fc.nat(end), async (n, k) => {
        await timeline.goto(n, steady);
        const hash = run.hash();
        expect(hash).toBe(hashes.get(n) ?? hash);
        hashes.set(n, hash);
        await timeline.goto(Math.max(0, n - k), steady);
        await timeline.goto(n, steady);
        expect([timeline.tick, run.hash()]).toEqual([n, hash]);
      }),
      { numRuns: 150 },
    );
    // Different ticks are different states: the hash sees what changes.
    expect(new Set(hashes.values()).size).toBe(hashes.size);
  });

  it('looking changes nothing', async () => {
    const run = fresh();
    const timeline = new Timeline(run);
    await timeline.goto(60, steady);
    const hash = run.hash();
    run.frames();
    for (const text of [
      'r3',
      'MSR.HV',
      'load 16 at 0x10000',
      'sum',
      'sha256("x")',
      'nobody',
      'tpm response at 0x11000',
    ]) {
      run.evaluate(text);
    }
    run.variables(run.frames().length - 1);
    run.machine.peek(0x10000n, 64);
    expect(run.hash()).toBe(hash);
  });

  it('stops at the same ticks whether code runs in strides or line by line, forwards and backwards', async () => {
    const last = TEXT.split('\n').length;
    const moves = fc.array(fc.constantFrom('continue', 'continue', 'reverseContinue', 'stepOver', 'stepBack'), {
      minLength: 3,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: last }), { maxLength: 4 }),
        moves,
        async (lines, path) => {
          const seen = [];
          for (const inStrides of [true, false]) {
            const run: DebugTarget = fresh();
            if (!inStrides) Object.assign(run, { codeAddresses: undefined });
            const breakpoints = new BreakpointTable();
            const it = new Debugger(run, breakpoints, { words: WORDS, listingLines: () => [] }, HOST);
            breakpoints.setLines(
              { kind: 'file', path: '/time.pef' },
              lines.map((line) => ({ line })),
            );
            const stops = [];
            for (const move of path) {
              const by = { stepOver: () => it.stepOver('line'), stepBack: () => it.stepBack('line') };
              const stop = await (move === 'stepOver' || move === 'stepBack' ? by[move]() : it[move]());
              stops.push([move, stop.reason, it.timeline.tick, run.hash()]);
            }
            seen.push(stops);
          }
          expect(seen[0]).toEqual(seen[1]);
        },
      ),
      { numRuns: 40 },
    );
  });
});
