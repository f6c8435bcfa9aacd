/** Small programs for the fake run. Line numbers are those that the tests name. */

import type { FakeRun, Steps } from './fake';

const H_TPM_COMM = { name: 'H_TPM_COMM', number: 0xef10n, args: [1n, 0x10000n] };

/** Lines 1 to 3, a hypercall at 4 with three lines of listing, asm at 6 to 9, line 10. */
export function* calls(run: FakeRun): Steps {
  yield* run.procedure('scenario "calls"', body());
  function* body(): Steps {
    yield* run.line(1, () => run.set('x', 1n));
    yield* run.line(2, () => run.set('x', 2n), 3);
    yield* run.line(3, () => run.print('three'));
    yield* run.call(4, H_TPM_COMM, 3);
    yield* run.line(5);
    yield* run.asm(6, 3);
    yield* run.line(10, () => run.print('ten'));
  }
}

/** A loop of one statement at line 2, n times. */
export const loop = (n: number) =>
  function* (run: FakeRun): Steps {
    yield* run.procedure('scenario "loop"', body());
    function* body(): Steps {
      yield* run.line(1);
      for (let i = 0; i < n; i++) yield* run.line(2, () => run.set('i', BigInt(i)), 2);
      yield* run.line(3);
    }
  };

/** Line 1 calls `f` and `g` in one statement; `f` calls itself twice. */
export function* procedures(run: FakeRun): Steps {
  yield* run.procedure('scenario "procedures"', main());
  function* main(): Steps {
    yield* run.line(1);
    yield* run.procedure('f', f(2));
    yield* run.between();
    yield* run.procedure('g', g());
    yield* run.between();
    yield* run.line(2);
  }
  function* f(n: number): Steps {
    yield* run.line(20, () => run.set('n', BigInt(n)));
    if (n > 0) yield* run.procedure('f', f(n - 1));
    yield* run.between();
    yield* run.line(21);
  }
  function* g(): Steps {
    yield* run.line(30);
    yield* run.line(31);
  }
}

/** Line 2 asks outside twice and keeps the sum. */
export function* asks(run: FakeRun): Steps {
  yield* run.procedure('scenario "asks"', body());
  function* body(): Steps {
    yield* run.line(1);
    for (let i = 0; i < 2; i++) {
      yield* run.line(2);
      const answer = yield* run.ask();
      run.set('sum', run.get('sum') + answer);
    }
    yield* run.line(3, () => run.print(`sum ${run.get('sum')}`));
  }
}

/** Fails at line 2. */
export function* fails(run: FakeRun): Steps {
  yield* run.procedure('scenario "fails"', body());
  function* body(): Steps {
    yield* run.line(1, () => run.set('x', 1n));
    yield* run.line(2, () => run.fail('expected x == 2; x is 1'));
    yield* run.line(3);
  }
}

/** Runs for ever: code without source. */
export function* endless(run: FakeRun): Steps {
  yield* run.procedure('scenario "endless"', body());
  function* body(): Steps {
    yield* run.line(1);
    yield* run.code(Infinity);
  }
}
