import { describe, expect, it } from 'vitest';
import type { Stop } from '../../emulator/timeline/debugger';
import type { FakeOptions, Program } from './fake';
import { Bench, told } from './host';
import { asks, calls, endless, fails, loop, procedures } from './programs';

/** Makes the moves one after another and says after each where the run is. */
async function walk(bench: Bench, moves: string): Promise<string[]> {
  const places: string[] = [];
  for (const move of moves.split(' ')) {
    const { debugger: it } = bench;
    const go: Record<string, () => Promise<Stop>> = {
      entry: () => it.start({ stopOnEntry: true }),
      cont: () => it.continue(),
      in: () => it.stepIn('line'),
      over: () => it.stepOver('line'),
      out: () => it.stepOut('line'),
      back: () => it.stepBack('line'),
      ini: () => it.stepIn('instruction'),
      overi: () => it.stepOver('instruction'),
      outi: () => it.stepOut('instruction'),
      backi: () => it.stepBack('instruction'),
      rev: () => it.reverseContinue(),
    };
    const stop = await go[move]!();
    places.push(stop.reason === 'finished' || stop.reason === 'end' ? 'end' : bench.place);
  }
  return places;
}

describe.each([true, false])('steps by line (frames say where lines start: %s)', (saysLineStart) => {
  const bench = (program: Program) => new Bench(program, { saysLineStart } satisfies FakeOptions);

  it('over: statements, a call as one, the lines of asm, the end', async () => {
    expect(await walk(bench(calls), 'entry over over over over over over over over over over')).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7 < 6',
      '8 < 6',
      '9 < 6',
      '10',
      'end',
    ]);
  });

  it('in: also the lines of the listing', async () => {
    expect(await walk(bench(calls), 'entry in in in in in in in in')).toEqual([
      '1',
      '2',
      '3',
      '4',
      'H_TPM_COMM:3 < code < 4',
      'H_TPM_COMM:4 < code < 4',
      'H_TPM_COMM:5 < code < 4',
      '5',
      '6',
    ]);
  });

  it('over the last line of a listing comes to the next statement', async () => {
    expect((await walk(bench(calls), 'entry in in in in over over over')).slice(-2)).toEqual([
      'H_TPM_COMM:5 < code < 4',
      '5',
    ]);
  });

  it('out of a listing comes back into the statement that called', async () => {
    expect(await walk(bench(calls), 'entry over over over in out over')).toEqual([
      '1',
      '2',
      '3',
      '4',
      'H_TPM_COMM:3 < code < 4',
      '4',
      '5',
    ]);
  });

  it('back: undoes over, and the start stays the start', async () => {
    const it = bench(calls);
    await walk(it, 'entry over over over over over over over over over');
    expect(await walk(it, 'back back back back back back back back back')).toEqual([
      '9 < 6',
      '8 < 6',
      '7 < 6',
      '6',
      '5',
      '4',
      '3',
      '2',
      '1',
    ]);
    expect(told(await it.debugger.stepBack('line'))).toBe('step: Start of the recording');
  });

  it('back from the middle of a statement comes to its start', async () => {
    expect(await walk(bench(calls), 'entry over over over in out back')).toContain('4');
  });

  it('back within a listing, and out of its first line to the call', async () => {
    expect(await walk(bench(calls), 'entry over over over in in back back')).toEqual([
      '1',
      '2',
      '3',
      '4',
      'H_TPM_COMM:3 < code < 4',
      'H_TPM_COMM:4 < code < 4',
      'H_TPM_COMM:3 < code < 4',
      '4',
    ]);
  });

  it('over and back in recursion stay in the frame', async () => {
    const it = bench(procedures);
    expect(await walk(it, 'entry in over over')).toEqual(['1', '20 < 1', '21 < 1', '2']);
    expect(await walk(it, 'back back')).toEqual(['1', '1']);
    expect(await walk(it, 'in in in out')).toEqual(['20 < 1', '20 < 20 < 1', '20 < 20 < 20 < 1', '20 < 20 < 1']);
  });

  it('a second procedure of one statement is not entered by over, nor left into the first by back', async () => {
    const it = bench(procedures);
    await walk(it, 'entry');
    it.lines(30);
    expect(await walk(it, 'cont back')).toEqual(['30 < 1', '1']);
  });
});

describe('steps by instruction', () => {
  it('goes tick by tick, over a call as one, and back', async () => {
    const it = new Bench(calls);
    it.lines(4);
    expect(await walk(it, 'cont ini ini ini backi backi')).toEqual([
      '4',
      'code < 4',
      'H_TPM_COMM:3 < code < 4',
      'H_TPM_COMM:4 < code < 4',
      'H_TPM_COMM:3 < code < 4',
      'code < 4',
    ]);
    expect(await walk(it, 'overi')).toEqual(['code < 4']);
    expect(it.run.machine.readRegister('r3')).toBe(0n);
    expect(await walk(it, 'backi outi')).toEqual(['H_TPM_COMM:5 < code < 4', 'code < 4']);
  });

  it('says that there is nothing before the start', async () => {
    const it = new Bench(calls);
    await walk(it, 'entry');
    expect(told(await it.debugger.stepBack('instruction'))).toBe('step: Start of the recording');
  });
});

describe('loops', () => {
  it('a breakpoint on a loop of one statement hits every time, forwards and backwards', async () => {
    const it = new Bench(loop(4));
    it.lines(2);
    const seen: string[] = [];
    for (let n = 0; n < 5; n++) seen.push((await it.debugger.continue()).reason + ' ' + it.run.get('i').toString());
    expect(seen).toEqual(['breakpoint 0', 'breakpoint 0', 'breakpoint 1', 'breakpoint 2', 'finished 3']);
    const ticks: number[] = [];
    for (let n = 0; n < 5; n++) {
      await it.debugger.reverseContinue();
      ticks.push(it.debugger.timeline.tick);
    }
    expect(ticks).toEqual([7, 5, 3, 1, 0]);
  });

  it('over and back go once around', async () => {
    const it = new Bench(loop(3));
    expect(await walk(it, 'entry over over over over back back back back')).toEqual([
      '1',
      '2',
      '2',
      '2',
      '3',
      '2',
      '2',
      '2',
      '1',
    ]);
  });
});

describe('time', () => {
  it('output of ticks that are executed again is not shown twice', async () => {
    const it = new Bench(calls);
    it.lines(10);
    await walk(it, 'cont rev cont back back cont cont');
    expect(it.printed).toEqual(['three', 'ten']);
  });

  it('reverse continue without a breakpoint comes to the start', async () => {
    const it = new Bench(calls);
    await walk(it, 'entry over over');
    expect(told(await it.debugger.reverseContinue())).toBe('goto: Start of the recording');
    expect(it.debugger.timeline.tick).toBe(0);
  });

  it('a change by the user is part of the run from then on', async () => {
    const it = new Bench(loop(3));
    await walk(it, 'entry over');
    it.run.assign('r4', '9');
    it.debugger.changed();
    await walk(it, 'over back back');
    expect(it.run.machine.readRegister('r4')).toBe(1n);
    await walk(it, 'over over');
    expect(it.run.machine.readRegister('r4')).toBe(9n);
  });
});

describe('failures', () => {
  it('stop as an exception first when asked for, and can be stepped back from', async () => {
    const it = new Bench(fails);
    it.breakpoints.setClasses([{ name: 'failures' }]);
    const stop = await it.debugger.continue();
    expect([told(stop), stop.outcome?.kind, it.place]).toEqual(['exception: expected x == 2; x is 1', 'failed', '2']);
    expect(await walk(it, 'back back')).toEqual(['2', '1']);
    expect(told(await it.debugger.continue())).toBe('exception: expected x == 2; x is 1');
    expect(told(await it.debugger.continue())).toBe('finished: expected x == 2; x is 1 (expect-failed)');
  });

  it('end the run when not asked for, and in a run to the end', async () => {
    expect((await new Bench(fails).debugger.continue()).reason).toBe('finished');
    const it = new Bench(fails);
    it.breakpoints.setClasses([{ name: 'failures' }]);
    it.lines(1, 2);
    expect((await it.debugger.runToEnd()).reason).toBe('finished');
  });
});

describe('pausing', () => {
  it('ends an endless run at once, forwards and backwards', async () => {
    const it = new Bench(endless);
    it.run.reset();
    it.onSlice = () => it.debugger.pause();
    expect((await it.debugger.continue()).reason).toBe('pause');
    expect((await it.debugger.continue()).reason).toBe('pause');
    expect(told(await it.debugger.reverseContinue())).toBe('pause: Paused while going back');
  });

  it('cancelling a search backwards returns to where it began', async () => {
    const it = new Bench(loop(200));
    it.lines(3);
    await it.debugger.continue();
    const tick = it.debugger.timeline.tick;
    it.onSlice = () => {
      it.onSlice = () => undefined;
      it.debugger.cancel();
    };
    it.lines(1);
    expect(told(await it.debugger.reverseContinue())).toBe('pause: Cancelled');
    expect(it.debugger.timeline.tick).toBe(tick);
  });

  it('ends a wait for a back end that hangs; going on asks it no second time', async () => {
    let answers = 0;
    let give: (value: bigint) => void = () => undefined;
    const it = new Bench(asks, {
      saysLineStart: true,
      answer: () => new Promise((resolve) => ((give = resolve), answers++)),
    });
    const stopped = it.debugger.continue();
    await new Promise((resolve) => setTimeout(resolve, 5));
    it.debugger.pause();
    expect([(await stopped).reason, it.place, answers]).toEqual(['pause', '2', 1]);
    const again = it.debugger.stepOver('line');
    give(40n);
    expect([(await again).reason, it.place, it.run.get('sum')]).toEqual(['step', '2', 40n]);
  });

  it('going back while a back end hangs gives the request up', async () => {
    let aborted = false;
    const it = new Bench(asks, {
      saysLineStart: true,
      answer: (_n, signal) =>
        new Promise((resolve) =>
          signal?.addEventListener('abort', () => {
            aborted = true;
            resolve(0n);
          }),
        ),
    });
    const stopped = it.debugger.continue();
    await new Promise((resolve) => setTimeout(resolve, 5));
    it.debugger.pause();
    await stopped;
    expect(await walk(it, 'back back')).toEqual(['2', '1']);
    expect([aborted, it.run.log]).toEqual([true, []]);
  });

  it('refuses a second movement while one is under way', async () => {
    const it = new Bench(endless);
    it.run.reset();
    const first = it.debugger.continue();
    await expect(it.debugger.stepOver('line')).rejects.toThrow('pause it first');
    it.debugger.pause();
    await first;
  });
});
