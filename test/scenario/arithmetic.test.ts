/** Arithmetic against a second evaluator: fully bracketed expressions, computed on BigInt by the rules of C on uint64_t. */

import fc from 'fast-check';
import { describe, it } from 'vitest';
import { ScenarioRun } from '../../emulator/scenario/run';
import { FakeMachine } from './fake-machine';
import { loaded } from './helpers';

const MASK = (1n << 64n) - 1n;

/** C's precedence, loosest first (C11 6.5.5 to 6.5.15). */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

type Tree =
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'unary'; readonly sign: string; readonly operand: Tree }
  | {
      readonly kind: 'binary';
      readonly level: number;
      readonly sign: string;
      readonly left: Tree;
      readonly right: Tree;
    }
  | { readonly kind: 'choose'; readonly condition: Tree; readonly yes: Tree; readonly no: Tree };

/** Values of C; division by zero has none. Shifts of 64 and more are the language's own: 0. */
function reference(tree: Tree): bigint {
  switch (tree.kind) {
    case 'number':
      return tree.value;
    case 'unary': {
      const value = reference(tree.operand);
      if (tree.sign === '!') return value === 0n ? 1n : 0n;
      return (tree.sign === '-' ? -value : tree.sign === '~' ? ~value : value) & MASK;
    }
    case 'choose':
      return reference(tree.condition) === 0n ? reference(tree.no) : reference(tree.yes);
    case 'binary':
      return referenceBinary(tree);
  }
}

function referenceBinary({ sign, left, right }: Extract<Tree, { kind: 'binary' }>): bigint {
  const a = reference(left);
  if (sign === '&&' && a === 0n) return 0n;
  if (sign === '||' && a !== 0n) return 1n;
  const b = reference(right);
  const truth = (holds: boolean) => (holds ? 1n : 0n);
  switch (sign) {
    case '&&':
    case '||':
      return truth(b !== 0n);
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '&':
      return a & b;
    case '==':
      return truth(a === b);
    case '!=':
      return truth(a !== b);
    case '<':
      return truth(a < b);
    case '<=':
      return truth(a <= b);
    case '>':
      return truth(a > b);
    case '>=':
      return truth(a >= b);
    case '<<':
      return b > 63n ? 0n : (a << b) & MASK;
    case '>>':
      return b > 63n ? 0n : a >> b;
    case '+':
      return (a + b) & MASK;
    case '-':
      return (a - b) & MASK;
    case '*':
      return (a * b) & MASK;
    default:
      if (b === 0n) throw new RangeError('division by zero');
      return sign === '/' ? a / b : a % b;
  }
}

/** With only the brackets that C needs: the precedence decides. */
function text(tree: Tree, least = -1): string {
  switch (tree.kind) {
    case 'number':
      return `0x${tree.value.toString(16)}`;
    case 'unary':
      return `${tree.sign} ${text(tree.operand, LEVELS.length)}`;
    case 'choose': {
      const whole = `${text(tree.condition, 0)} ? ${text(tree.yes)} : ${text(tree.no)}`;
      return least < 0 ? whole : `(${whole})`;
    }
    case 'binary': {
      const whole = `${text(tree.left, tree.level)} ${tree.sign} ${text(tree.right, tree.level + 1)}`;
      return tree.level < least ? `(${whole})` : whole;
    }
  }
}

const EDGES = [0n, 1n, 2n, 63n, 64n, 65n, 1n << 31n, (1n << 32n) - 1n, 1n << 63n, (1n << 63n) - 1n, MASK - 1n, MASK];
const numbers = fc.oneof(fc.constantFrom(...EDGES), fc.bigInt(0n, 70n), fc.bigInt(0n, MASK));
const { tree: trees } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    fc.record({ kind: fc.constant('number' as const), value: numbers }),
    fc
      .tuple(
        fc.constantFrom(...LEVELS.flatMap((signs, level) => signs.map((sign) => ({ level, sign })))),
        tie('tree'),
        tie('tree'),
      )
      .map(([operator, left, right]) => ({ kind: 'binary' as const, ...operator, left, right })),
    fc.record({ kind: fc.constant('unary' as const), sign: fc.constantFrom('-', '~', '!', '+'), operand: tie('tree') }),
    fc.record({ kind: fc.constant('choose' as const), condition: tie('tree'), yes: tie('tree'), no: tie('tree') }),
  ),
}));

describe('arithmetic', () => {
  it('is that of C on uint64_t, with its precedence', async () => {
    const scenario = await loaded('scenario "s" { }');
    const run = new ScenarioRun(scenario, { machine: (config) => new FakeMachine(config) });
    fc.assert(
      fc.property(trees, (tree) => {
        let wanted: bigint | undefined;
        try {
          wanted = reference(tree);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
        }
        const written = text(tree);
        const result = run.evaluate(written);
        if (wanted === undefined) return 'error' in result;
        // A division by a written 0 is refused even where it would not be computed.
        if ('error' in result) return /[/%] 0x0(?![0-9a-f])/.test(written);
        return BigInt(result.value as bigint | boolean) === wanted;
      }),
      { numRuns: 3000 },
    );
  });

  it('in a run is the same as in a watch', async () => {
    await fc.assert(
      fc.asyncProperty(trees, async (tree) => {
        const written = text(tree);
        const lines = `let v = (${written}) + 0\nprint v\n`;
        let scenario;
        try {
          scenario = await loaded(`scenario "s" {\n${lines}}`);
        } catch {
          return true; // refused before the run
        }
        const run = new ScenarioRun(scenario, { machine: (config) => new FakeMachine(config) });
        const watched = run.evaluate(`(${written}) + 0`);
        let value: unknown;
        while (run.status === 'running') {
          run.step(1);
          value = run.variables(0)[0]?.value ?? value;
        }
        if ('error' in watched) return run.outcome?.kind === 'failed';
        return run.outcome?.kind === 'passed' && value === watched.value;
      }),
      { numRuns: 200 },
    );
  });
});
