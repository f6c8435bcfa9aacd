import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pace } from '../../emulator/timeline/timeline';
import { Timeline } from '../../emulator/timeline/timeline';
import { FakeRun, type Program } from './fake';
import { asks, calls, loop, procedures } from './programs';

const steady: Pace = {
  strideTicks: 10_000,
  shouldYield: () => false,
  yieldToHost: () => Promise.resolve(),
  stopRequested: false,
  stopped: new Promise(() => undefined),
};

const PROGRAMS: readonly (readonly [string, Program])[] = [
  ['calls', calls],
  ['loop', loop(20)],
  ['procedures', procedures],
  ['asks', asks],
];

describe('timeline', () => {
  it.each(PROGRAMS)('going n ticks, back k and k again gives the state of going n: %s', async (_name, program) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.nat(60), async (n, k) => {
        const run = new FakeRun(program);
        const timeline = new Timeline(run);
        await timeline.goto(n, steady);
        const there = { tick: timeline.tick, hash: run.hash() };
        await timeline.goto(Math.max(0, timeline.tick - k), steady);
        const services = run.services;
        await timeline.goto(there.tick, steady);
        expect({ tick: timeline.tick, hash: run.hash() }).toEqual(there);
        expect(run.services, 'outside answers come from the log').toBe(services);
      }),
      { numRuns: 200 },
    );
  });

  it('tells ticks that were seen before from fresh ones, and never mixes them in a stride', async () => {
    const timeline = new Timeline(new FakeRun(calls));
    await timeline.goto(8, steady);
    await timeline.goto(3, steady);
    expect(timeline.frontier).toBe(8);
    const seen: [number, boolean][] = [];
    while (!timeline.isFinished()) {
      const { fresh } = timeline.step(1000);
      seen.push([timeline.tick, fresh]);
    }
    expect(seen.filter(([, fresh]) => !fresh).map(([tick]) => tick)).toEqual(
      seen.map(([tick]) => tick).filter((t) => t <= 8),
    );
  });

  it('a change from outside ends the known future', async () => {
    const run = new FakeRun(loop(3));
    const timeline = new Timeline(run);
    await timeline.goto(9, steady);
    await timeline.goto(4, steady);
    run.assign('r4', '7');
    timeline.changed();
    expect(timeline.frontier).toBe(4);
    await timeline.goto(2, steady);
    expect(run.machine.readRegister('r4')).toBe(1n);
    await timeline.goto(6, steady);
    expect(run.machine.readRegister('r4')).toBe(7n);
  });

  it('an edit is made again whenever its tick is reached, until an earlier one ends that history', async () => {
    const run = new FakeRun(loop(3));
    const timeline = new Timeline(run);
    const byte = () => run.machine.peek(0x100n, 1)?.[0];
    await timeline.goto(4, steady);
    timeline.edit(() => run.machine.poke(0x100n, Uint8Array.of(42)));
    await timeline.goto(7, steady);
    const hash = run.hash();
    await timeline.goto(3, steady);
    expect(byte()).toBe(0);
    await timeline.goto(7, steady);
    expect([byte(), run.hash()]).toEqual([42, hash]);
    await timeline.goto(2, steady);
    timeline.edit(() => run.machine.poke(0x101n, Uint8Array.of(1)));
    await timeline.goto(7, steady);
    expect(byte()).toBe(0);
  });

  it('stops short of a tick that lies behind the end', async () => {
    const timeline = new Timeline(new FakeRun(loop(1)));
    expect(await timeline.goto(1_000_000, steady)).toBe(false);
    expect(timeline.isFinished()).toBe(true);
  });

  it('a stopped wait leaves the request alone and takes it up again', async () => {
    let answer: (value: bigint) => void = () => undefined;
    const run = new FakeRun(asks, { saysLineStart: true, answer: () => new Promise((resolve) => (answer = resolve)) });
    const timeline = new Timeline(run);
    while (!timeline.mustWait) timeline.step(1);
    await timeline.wait({ ...steady, stopRequested: true, stopped: Promise.resolve() });
    expect([run.services, timeline.mustWait]).toEqual([1, true]);
    const again = timeline.wait(steady);
    answer(5n);
    await again;
    expect([run.services, timeline.mustWait]).toEqual([1, false]);
  });
});
