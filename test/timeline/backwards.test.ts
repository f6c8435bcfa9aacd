import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depthOf, positionOf } from '../../emulator/timeline/position';
import type { FakeRun, Program, Steps } from './fake';
import { Bench } from './host';

/** A random program: statements, procedures, calls, asm, loops, as a tree. */
type Tree =
  | { readonly kind: 'line'; readonly ticks: number }
  | { readonly kind: 'call'; readonly lines: number }
  | { readonly kind: 'asm'; readonly count: number }
  | { readonly kind: 'loop'; readonly times: number }
  | { readonly kind: 'procedure'; readonly body: readonly Tree[] };

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.record({ kind: fc.constant('line' as const), ticks: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('call' as const), lines: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('asm' as const), count: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('loop' as const), times: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('procedure' as const), body: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }) }),
  ),
}));

function programOf(trees: readonly Tree[]): Program {
  return function* (run: FakeRun): Steps {
    let line = 0;
    yield* run.procedure('main', body(trees));
    function* body(list: readonly Tree[]): Steps {
      for (const each of list) {
        line += 10;
        const here = line;
        if (each.kind === 'line') yield* run.line(here, undefined, each.ticks);
        else if (each.kind === 'call') yield* run.call(here, { name: 'H_TPM_COMM', number: 0xef10n }, each.lines);
        else if (each.kind === 'asm') yield* run.asm(here, each.count);
        else if (each.kind === 'loop') for (let i = 0; i < each.times; i++) yield* run.line(here, undefined, 2);
        else {
          yield* run.line(here);
          yield* run.procedure(`p${here}`, body(each.body));
          yield* run.between();
        }
      }
    }
  };
}

const programs = fc.array(tree, { minLength: 2, maxLength: 5 }).map(programOf);

describe('going back', () => {
  it('by a line undoes a step over that stayed in its frame', async () => {
    await fc.assert(
      fc.asyncProperty(programs, fc.array(fc.constantFrom('in', 'over'), { maxLength: 12 }), async (program, moves) => {
        const it = new Bench(program);
        await it.debugger.start({ stopOnEntry: true });
        for (const move of moves) {
          await (move === 'in' ? it.debugger.stepIn('line') : it.debugger.stepOver('line'));
        }
        const from = { tick: it.debugger.timeline.tick, depth: depthOf(positionOf(it.run)), hash: it.run.hash() };
        const stop = await it.debugger.stepOver('line');
        fc.pre(stop.reason === 'step' && depthOf(positionOf(it.run)) === from.depth);
        await it.debugger.stepBack('line');
        expect({ tick: it.debugger.timeline.tick, hash: it.run.hash() }).toEqual({ tick: from.tick, hash: from.hash });
      }),
      { numRuns: 300 },
    );
  });

  it('to breakpoints visits the ticks of going forwards, in reverse', async () => {
    await fc.assert(
      fc.asyncProperty(
        programs,
        fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 }),
        async (program, tens) => {
          const it = new Bench(program);
          it.lines(...tens.map((ten) => 10 * ten));
          it.breakpoints.setEvents([{ name: 'H_TPM_COMM' }]);
          const ticks: number[] = [];
          while ((await it.debugger.continue()).reason !== 'finished') ticks.push(it.debugger.timeline.tick);
          const back: number[] = [];
          while ((await it.debugger.reverseContinue()).reason !== 'goto') back.push(it.debugger.timeline.tick);
          expect(back.reverse()).toEqual(ticks);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('finds what is far away', async () => {
    const it = new Bench(function* (run) {
      yield* run.procedure('main', body());
      function* body(): Steps {
        yield* run.line(1);
        yield* run.line(2);
        for (let i = 0; i < 5000; i++) yield* run.line(3, undefined, 2);
        yield* run.line(4);
      }
    });
    it.lines(4);
    await it.debugger.continue();
    it.lines(2);
    await it.debugger.reverseContinue();
    expect([it.place, it.debugger.timeline.tick]).toEqual(['2', 1]);
  });
});
