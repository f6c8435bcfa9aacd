import { describe, expect, it } from 'vitest';
import type { Program } from '../timeline/fake';
import { asks, calls, endless, fails, loop, procedures } from '../timeline/programs';
import { Client, errorText, fakeLaunch } from './client';

const client = (program: Program) => new Client({ launch: fakeLaunch(program) });

async function launched(
  program: Program,
  args: object = { stopOnEntry: true },
  configure?: (it: Client) => Promise<unknown>,
) {
  const it = client(program);
  await it.launch(args, () => configure?.(it) ?? Promise.resolve());
  return it;
}

const lines = (...numbers: number[]) => ({
  source: { path: '/w/fake.pef' },
  breakpoints: numbers.map((line) => ({ line })),
});

describe('a session', () => {
  it('steps over, in, out and back', async () => {
    const it = await launched(calls);
    const seen = [await it.stop()];
    for (const move of [
      'next',
      'next',
      'next',
      'stepIn',
      'stepIn',
      'stepBack',
      'stepOut',
      'stepBack',
      'next',
      'stepBack',
    ]) {
      seen.push(`${move.padEnd(8)} ${await it.go(move)}`);
    }
    expect(seen).toEqual([
      'entry: Entry @ scenario "calls" fake.pef:1',
      'next     step: Step @ scenario "calls" fake.pef:2',
      'next     step: Step @ scenario "calls" fake.pef:3',
      'next     step: Step @ scenario "calls" fake.pef:4',
      'stepIn   step: Step @ H_TPM_COMM H_TPM_COMM.pef-listing:3 < sc < scenario "calls" fake.pef:4',
      'stepIn   step: Step @ H_TPM_COMM H_TPM_COMM.pef-listing:4 < sc < scenario "calls" fake.pef:4',
      'stepBack step: Step back @ H_TPM_COMM H_TPM_COMM.pef-listing:3 < sc < scenario "calls" fake.pef:4',
      'stepOut  step: Step @ scenario "calls" fake.pef:4',
      'stepBack step: Step back @ scenario "calls" fake.pef:4',
      'next     step: Step @ scenario "calls" fake.pef:5',
      'stepBack step: Step back @ scenario "calls" fake.pef:4',
    ]);
  });

  it('steps by instruction', async () => {
    const it = await launched(calls, {}, (it) => it.body('setBreakpoints', lines(4)));
    await it.stop();
    const granularity = { granularity: 'instruction' };
    expect([
      await it.go('stepIn', granularity),
      await it.go('next', granularity),
      await it.go('stepBack', granularity),
    ]).toEqual([
      'step: Step @ sc < scenario "calls" fake.pef:4',
      'step: Step @ sc < scenario "calls" fake.pef:4',
      'step: Step back @ H_TPM_COMM H_TPM_COMM.pef-listing:5 < sc < scenario "calls" fake.pef:4',
    ]);
  });

  it('stops at breakpoints of every kind, forwards and backwards, and names those that were hit', async () => {
    const it = await launched(calls, {}, async (it) => {
      const { breakpoints } = await it.body('setBreakpoints', lines(3, 10, 99));
      expect(breakpoints).toMatchObject([
        { id: 1, verified: true, line: 3 },
        { id: 2, verified: true, line: 10 },
        { id: 3, verified: false, message: 'There is no statement on this line or after it.' },
      ]);
      const { breakpoints: byName } = await it.body('setFunctionBreakpoints', {
        breakpoints: [{ name: '0xEF10' }, { name: 'UV_EMS' }],
      });
      expect(byName).toMatchObject([
        { verified: true },
        { verified: false, message: expect.stringContaining("did you mean 'UV_ESM'?") },
      ]);
      await it.body('setExceptionBreakpoints', { filters: [], filterOptions: [{ filterId: 'ultracalls' }] });
      await it.body('setInstructionBreakpoints', { breakpoints: [{ instructionReference: '0x2000', offset: 4 }] });
    });
    const stop = await it.event('stopped');
    expect(stop.body).toMatchObject({
      reason: 'breakpoint',
      hitBreakpointIds: [1],
      threadId: 1,
      allThreadsStopped: true,
    });
    const seen: string[] = [];
    for (const move of [
      'continue',
      'continue',
      'continue',
      'reverseContinue',
      'reverseContinue',
      'reverseContinue',
      'reverseContinue',
    ]) {
      seen.push((await it.go(move)).replace(/ @ .*?([\w.-]+:\d+).*/, ' @ $1'));
    }
    expect(seen).toEqual([
      'function breakpoint: Hypercall H_TPM_COMM by guest vm, privileged @ H_TPM_COMM.pef-listing:3',
      'instruction breakpoint: Instruction breakpoint @ fake.pef:8',
      'breakpoint: Breakpoint @ fake.pef:10',
      'instruction breakpoint: Instruction breakpoint @ fake.pef:8',
      'function breakpoint: Hypercall H_TPM_COMM by guest vm, privileged @ H_TPM_COMM.pef-listing:3',
      'breakpoint: Breakpoint @ fake.pef:3',
      'goto: Start of the recording @ fake.pef:1',
    ]);
  });

  it('runs to the end without breakpoints and tells the result', async () => {
    const it = await launched(calls, {});
    await it.event('terminated');
    expect((await it.event('exited')).body).toEqual({ exitCode: 0 });
    expect([it.output('stdout'), it.output('console')]).toEqual(['three\nten\npassed: scenario "fake"\n', '']);
    const late = await it.ask('stackTrace', { threadId: 1 });
    expect(errorText(late)).toBe('The run has ended; start it again.');
    expect(late.body.error.showUser, 'the request and the end crossed on the way').toBe(false);
    expect(await it.body('threads')).toEqual({ threads: [] });
    expect((await it.ask('terminate', {})).success).toBe(true);
    expect((await it.ask('disconnect', {})).success).toBe(true);
    expect(it.events.filter((event) => event.event === 'terminated')).toEqual([]);
  });

  it('shows success in the colour of success where the client can', async () => {
    const it = client(calls);
    await it.body('initialize', { adapterID: 'pef', supportsANSIStyling: true });
    await it.body('launch', { program: '/w/fake.pef' });
    await it.body('configurationDone');
    await it.event('terminated');
    expect(it.output('stdout')).toContain('\x1b[32mpassed\x1b[0m: scenario "fake"\n');
  });

  it('stops at the end when the user came there by a step, can go back, and ends with continue', async () => {
    const it = await launched(calls, {}, (it) => it.body('setBreakpoints', lines(10)));
    await it.stop();
    expect(await it.go('next')).toBe('end: End of the scenario @ fake — passed');
    expect(await it.scope('GPRs')).not.toEqual([]);
    expect(await it.go('stepBack')).toBe('step: Step back @ scenario "calls" fake.pef:10');
    expect(await it.go('stepIn')).toContain('end: ');
    expect(await it.go('reverseContinue')).toContain('fake.pef:10');
    expect(await it.go('stepOut')).toContain('end: ');
    expect(it.output()).not.toContain('passed');
    expect(await it.go('continue')).toBe('terminated');
    expect(it.output('stdout')).toContain('passed: ');
    expect((await it.event('exited')).body).toEqual({ exitCode: 0 });
  });

  it('stops at the end on request, whatever the outcome, but not without debugging', async () => {
    const it = await launched(calls, { stopOnEnd: true });
    expect(await it.stop()).toContain('end: End of the scenario');
    expect(await it.go('continue')).toBe('terminated');
    const failed = await launched(fails, { stopOnEnd: true });
    expect(await failed.stop()).toBe('end: End of the scenario @ scenario "fails" fake.pef:2');
    expect(await failed.go('next')).toBe('terminated');
    expect(await (await launched(calls, { stopOnEnd: true, noDebug: true })).stop()).toBe('terminated');
  });

  it('does not stop at the end when the user went on from a stop', async () => {
    const it = await launched(calls);
    await it.stop();
    await it.go('next');
    expect(await it.go('continue')).toBe('terminated');
  });

  it('can be ended while it is being launched', async () => {
    let go: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => (go = resolve));
    const slow = fakeLaunch(calls);
    const it = new Client({ launch: (args) => ready.then(() => slow(args)) });
    await it.body('initialize', {});
    const launch = it.ask('launch', { program: '/w/fake.pef' });
    await it.body('terminate', {});
    await it.event('terminated');
    go();
    expect(errorText(await launch)).toBe('The session has ended.');
  });

  it('stops at a failure, explains it, can go back, and ends with exit code 1', async () => {
    const it = await launched(fails, {}, (it) => it.body('setExceptionBreakpoints', { filters: ['failures'] }));
    expect(await it.stop()).toBe('exception: expected x == 2; x is 1 @ scenario "fails" fake.pef:2');
    expect(await it.body('exceptionInfo', { threadId: 1 })).toMatchObject({
      exceptionId: 'expect-failed',
      description: 'expected x == 2; x is 1',
    });
    expect(await it.go('stepBack')).toBe('step: Step back @ scenario "fails" fake.pef:2');
    expect(await it.go('continue')).toContain('exception');
    expect(await it.go('continue')).toBe('terminated');
    expect((await it.event('exited')).body).toEqual({ exitCode: 1 });
    expect(it.output('stderr')).toBe(
      '/w/fake.pef:2:3: expect-failed: expected x == 2; x is 1\n    at scenario "fails" (/w/fake.pef:2:3)\nfailed: scenario "fake"\n',
    );
  });

  it('does not stop at a failure without the filter, nor with noDebug', async () => {
    for (const args of [{}, { noDebug: true, stopOnEntry: true }]) {
      const it = await launched(fails, args, (it) =>
        args.noDebug ? it.body('setBreakpoints', lines(1)) : Promise.resolve(),
      );
      expect(await it.stop()).toBe('terminated');
    }
  });

  it('shows conditions, hit counts and log messages at work', async () => {
    const it = await launched(loop(6), {}, (it) =>
      it.body('setBreakpoints', {
        source: { path: '/w/fake.pef' },
        breakpoints: [
          { line: 2, hitCondition: '% 3', condition: 'r4 == 1' },
          { line: 3, logMessage: 'i is {i}' },
        ],
      }),
    );
    await it.stop();
    const seen: string[] = [];
    for (const move of ['continue', 'reverseContinue', 'continue']) {
      const { result } = (await it.body('evaluate', { expression: 'i' })) as { result: string };
      seen.push(result, await it.go(move));
    }
    const hit = 'breakpoint: Breakpoint @ scenario "loop" fake.pef:2';
    expect(seen).toEqual(['1', hit, '4', hit, '1', hit]);
    expect(await it.go('continue')).toBe('terminated');
    expect(it.output('stdout')).toBe('i is 5\npassed: scenario "fake"\n');
  });

  it('restarts with its breakpoints', async () => {
    const it = await launched(calls, {}, (it) => it.body('setBreakpoints', lines(3)));
    await it.stop();
    await it.go('next');
    await it.body('restart', {});
    expect((await it.event('continued', 'stopped')).event).toBe('continued');
    expect(await it.stop()).toBe('breakpoint: Breakpoint @ scenario "calls" fake.pef:3');
    expect(it.events.filter((event) => event.event === 'breakpoint')).toHaveLength(1);
  });

  it('restarts after its end', async () => {
    const it = await launched(calls, {});
    expect(await it.stop()).toBe('terminated');
    await it.body('restart', {});
    expect(await it.stop()).toBe('terminated');
  });

  it('ends at once in the middle of a run', async () => {
    for (const request of ['disconnect', 'terminate']) {
      let closed = 0;
      const it = new Client({ launch: fakeLaunch(endless), closed: () => closed++ });
      await it.launch({});
      expect((await it.ask(request, {})).success).toBe(true);
      if (request === 'terminate') await it.event('terminated');
      expect(closed).toBe(request === 'disconnect' ? 1 : 0);
    }
  });

  it('pauses a run and a wait for a back end', async () => {
    const it = await launched(endless, {});
    await it.body('pause', { threadId: 1 });
    expect(await it.stop()).toContain('pause: Paused');
    const waiting = new Client({
      launch: fakeLaunch(asks, { saysLineStart: true, answer: () => new Promise(() => undefined) }),
    });
    await waiting.launch({});
    await waiting.body('pause', { threadId: 1 });
    expect(await waiting.stop()).toBe('pause: Paused @ scenario "asks" fake.pef:2');
  });

  it('does not share anything with another session', async () => {
    const [a, b] = await Promise.all([launched(calls), launched(procedures)]);
    await Promise.all([a.stop(), b.stop()]);
    expect([await a.go('next'), await b.go('stepIn')]).toEqual([
      'step: Step @ scenario "calls" fake.pef:2',
      'step: Step @ f fake.pef:20 < scenario "procedures" fake.pef:1',
    ]);
  });

  it('counts lines and columns as the client does', async () => {
    const it = client(calls);
    await it.body('initialize', { adapterID: 'pef', linesStartAt1: false, columnsStartAt1: false, pathFormat: 'uri' });
    await it.body('launch', { program: '/w/fake.pef', stopOnEntry: true });
    const { breakpoints } = await it.body('setBreakpoints', {
      source: { path: 'file:///w/fake.pef' },
      breakpoints: [{ line: 2 }],
    });
    expect(breakpoints).toMatchObject([{ verified: true, line: 2, column: 2 }]);
    await it.body('configurationDone');
    await it.event('stopped');
    const { stackFrames } = await it.body('stackTrace', { threadId: 1 });
    // No end of the range: an editor would select it.
    expect(stackFrames).toMatchObject([{ line: 0, column: 2, source: { path: 'file:///w/fake.pef' } }]);
    expect(stackFrames).not.toMatchObject([{ endLine: expect.anything() }]);
  });

  it('shows how far a long way back is', async () => {
    const it = client(loop(4));
    await it.body('initialize', { adapterID: 'pef', supportsProgressReporting: true });
    await it.body('launch', { program: '/w/fake.pef' });
    await it.body('setBreakpoints', lines(3));
    await it.body('configurationDone');
    await it.event('stopped');
    // A condition that takes long makes the way long.
    const run = it.session.run();
    const evaluate = run.target.evaluate.bind(run.target);
    run.target.evaluate = (text) => {
      const began = performance.now();
      while (performance.now() - began < 300);
      return evaluate(text);
    };
    await it.body('setBreakpoints', { ...lines(), breakpoints: [{ line: 2, condition: 'i == 2' }] });
    await it.body('reverseContinue', { threadId: 1 });
    await it.event('stopped');
    const progress = it.events.filter((event) => event.event.startsWith('progress')).map((event) => event.event);
    expect([progress[0], progress.at(-1)]).toEqual(['progressStart', 'progressEnd']);
  });
});
