import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ScenarioRun } from '../../emulator/scenario/run';
import { FakeMachine } from './fake-machine';
import { load, loaded } from './helpers';

const EXAMPLES = readdirSync('examples')
  .filter((name) => name.endsWith('.pef'))
  .map((name) => readFileSync(`examples/${name}`, 'utf8'));

/** Words and signs of the language, for texts that get past the lexer. */
const WORDS = [
  ...['use', 'machine', 'guest', 'scenario', 'procedure', 'const', 'as', 'let', 'if', 'else', 'for', 'in', 'repeat'],
  ...['return', 'print', 'expect', 'interrupt', 'store', 'load', 'bytes', 'at', 'byte', 'doubleword', 'asm', 'run'],
  ...['check', 'ultracall', 'hypercall', 'send', 'UV_ESM', 'H_TPM_COMM', 'TPM2_GetRandom', '->', 'U_SUCCESS', 'hex'],
  ...['file', 'tpm', 'response', 'vm', 'hypervisor', 'host', 'user', 'profile', 'spec', 'memory', 'normal', 'lpid'],
  ...[
    'MSR',
    'r3',
    'x',
    'y',
    '1',
    '0x10',
    '64 KiB',
    '"a"',
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '.',
    '..',
    '=',
    '==',
  ],
  ...['+', '-', '*', '/', '%', '<<', '&&', '!', '~', '?', '//', '/*', '*/', '"', '\n', 'with', 'session', 'until'],
];

const text = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 120 }).map((words) => words.join(' ')),
  // Examples with a piece cut out, doubled, or replaced.
  fc
    .tuple(fc.constantFrom(...EXAMPLES), fc.nat(), fc.nat(200), fc.constantFrom('', ...WORDS))
    .map(([example, at, length, word]) => {
      const start = at % example.length;
      return `${example.slice(0, start)} ${word} ${example.slice(start + length)}`;
    }),
);

describe('any text', () => {
  it('gives a scenario or diagnostics inside of the text, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (source) => {
        const result = await load(source);
        const lines = source.split('\n').length;
        for (const { range, message } of result.diagnostics) {
          expect(range.line).toBeGreaterThanOrEqual(1);
          expect(range.column).toBeGreaterThanOrEqual(1);
          expect(range.endLine).toBeLessThanOrEqual(lines);
          expect(message.length).toBeGreaterThan(5);
        }
        if (result.kind === 'refused')
          expect(result.diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
      }),
      { numRuns: 400 },
    );
  }, 120_000);
});

/** Small programs without errors. */
const expression: fc.Arbitrary<string> = fc.letrec<{ any: string; binary: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(
    fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map(String),
    fc.constantFrom('a', 'b', 'r3', 'r7', 'load byte (a & 0xff)', 'len("text")', '(a == b)', '(b < 7 ? a : 3)'),
  ),
  binary: fc
    .tuple(
      tie('any'),
      fc.constantFrom('+', '-', '*', '&', '|', '^', '<<', '>>', '<', '==', '&&', '||', '/'),
      tie('any'),
    )
    .map(([left, operator, right]) => `(${left} ${operator} ${operator === '/' ? `(${right} | 1)` : right})`),
  any: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('binary')),
})).any;

const statement: fc.Arbitrary<string> = fc.letrec<{ any: string; simple: string; nested: string }>((tie) => ({
  simple: fc.oneof(
    expression.map((value) => `a = ${value} + 0`),
    expression.map((value) => `b = ${value} + 0`),
    expression.map((value) => `r7 = ${value}`),
    expression.map((value) => `print ${value}`),
    expression.map((value) => `store word (a & 0xff) = ${value}`),
    expression.map((value) => `b = ultracall UV_SHARE_PAGE(${value}, num: a)`),
    expression.map((value) => `expect ${value} || true`),
    fc.constantFrom(
      'f(a)',
      'b = f(b)',
      'expect interrupt { load byte 0x10000 a = 1 }',
      'asm { nop }',
      'store bytes at 0 = "text"',
    ),
  ),
  nested: fc
    .tuple(
      fc.constantFrom(
        'if a > b {',
        'for i in 0..3 {',
        'repeat 2 {',
        'as hypervisor {',
        'as vm user {',
        'if 0 { } else {',
      ),
      fc.array(tie('any'), { maxLength: 3 }),
    )
    .map(([head, body]) => `${head}\n${body.join('\n')}\n}`),
  any: fc.oneof({ depthSize: 'small' }, tie('simple'), tie('nested')),
})).any;

const program = fc
  .array(statement, { minLength: 1, maxLength: 8 })
  .map(
    (body) =>
      `procedure f(x) { as ultravisor { if x > 3 { return x - 1 } } return 2 }\nscenario "s" {\nlet a = 1\nlet b = 2\n${body.join('\n')}\n}`,
  );

describe('small programs', () => {
  it('run the same again after going back', async () => {
    await fc.assert(
      fc.asyncProperty(program, fc.nat(200), fc.integer({ min: 1, max: 9 }), async (source, ticks, stride) => {
        const run = new ScenarioRun(await loaded(source), { machine: (config) => new FakeMachine(config) });
        const go = (to: number, by: number) => {
          while (run.tick < to && run.status === 'running')
            run.step(Math.min(by, to - run.tick), by === 1 ? 'line' : 'event');
        };
        go(ticks, 1);
        const there = [run.tick, run.hash()];
        go(2000, 1);
        const end = [run.tick, run.hash(), run.outcome];
        run.reset();
        go(ticks, stride);
        expect([run.tick, run.hash()]).toEqual(there);
        go(2000, 1);
        expect([run.tick, run.hash(), run.outcome]).toEqual(end);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it('evaluate any text at any stop without a trace', async () => {
    const run = new ScenarioRun(await loaded('scenario "s" { let a = 1 let b = "x" print a print b }'), {
      machine: (config) => new FakeMachine(config),
    });
    run.step(20);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 80 }),
          fc.array(fc.constantFrom(...WORDS), { maxLength: 20 }).map((words) => words.join(' ')),
        ),
        (source) => {
          const before = run.hash();
          const result = run.evaluate(source);
          expect('error' in result ? result.error.length : 1).toBeGreaterThan(0);
          expect(run.hash()).toBe(before);
        },
      ),
      { numRuns: 400 },
    );
  }, 60_000);
});
