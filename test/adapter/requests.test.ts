import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calls } from '../timeline/programs';
import { Client, errorText, fakeLaunch, type Answer } from './client';

async function stopped(): Promise<Client> {
  const it = new Client({ launch: fakeLaunch(calls) });
  await it.launch({ stopOnEntry: true });
  await it.stop();
  return it;
}

/** Request, arguments, and what the sentence of the error must say. */
const WRONG: readonly (readonly [string, unknown, RegExp])[] = [
  ['next', {}, /'threadId' must be a whole number/],
  ['next', { threadId: 'x' }, /'threadId' must be a whole number/],
  ['next', { threadId: 7 }, /no thread 7; the only one is 1/],
  ['next', [1], /'arguments' must be an object/],
  ['next', 'x', /'arguments' must be an object/],
  ['stackTrace', { threadId: 1, startFrame: -1 }, /'startFrame' must be/],
  ['stackTrace', { threadId: 1, levels: 1.5 }, /'levels' must be/],
  ['scopes', {}, /'frameId' must be/],
  ['scopes', { frameId: 123456 }, /no stack frame 123456/],
  ['variables', { variablesReference: 123456 }, /no variables 123456/],
  ['variables', { variablesReference: 'x' }, /'variablesReference' must be/],
  ['variables', { variablesReference: 1, count: -1 }, /./],
  ['setVariable', { variablesReference: 99, name: 'x', value: '1' }, /no variables 99/],
  ['setExpression', { expression: 'nobody', value: '1' }, /nobody/],
  ['evaluate', {}, /'expression' must be a string/],
  ['evaluate', { expression: 'nobody' }, /nobody/],
  ['evaluate', { expression: 'r3', frameId: 99_999 }, /no stack frame 99999/],
  ['setBreakpoints', {}, /a path or a sourceReference/],
  ['setBreakpoints', { source: 7 }, /'source' must be an object/],
  ['setBreakpoints', { source: { path: '/w/fake.pef' }, breakpoints: 'x' }, /'breakpoints' must be a list/],
  ['setBreakpoints', { source: { path: '/w/fake.pef' }, breakpoints: [{}] }, /'breakpoints\[0\]\.line' must be/],
  ['setBreakpoints', { source: { sourceReference: 999 } }, /no source with the reference 999/],
  ['setFunctionBreakpoints', { breakpoints: [{ name: 5 }] }, /'breakpoints\[0\]\.name' must be a string/],
  ['setExceptionBreakpoints', { filters: ['everything'] }, /no class of events 'everything'; there are ultracalls/],
  ['setInstructionBreakpoints', { breakpoints: [{ instructionReference: 'main' }] }, /'main' is no memory reference/],
  ['readMemory', { count: 4 }, /'memoryReference' must be a string/],
  ['readMemory', { memoryReference: 'moon:0x0', count: 4 }, /no memory 'moon'/],
  ['readMemory', { memoryReference: '0x0', count: -4 }, /'count' must be/],
  ['readMemory', { memoryReference: '0x0', count: 1e12 }, /'count' must be/],
  ['readMemory', { memoryReference: '0x10000000000000000', count: 1 }, /no memory reference/],
  ['writeMemory', { memoryReference: '0x0', data: '!' }, /base64/],
  ['writeMemory', { memoryReference: '0xffff', data: 'AAAA' }, /Not all of 3 bytes/],
  ['disassemble', { memoryReference: '0x0', instructionCount: 1e9 }, /'instructionCount' must be/],
  ['disassemble', { memoryReference: 'real:0x0', instructionCount: 1 }, /Only effective addresses/],
  ['source', { sourceReference: 4711 }, /no source with the reference 4711/],
  ['source', {}, /only listings have a reference/],
  ['exceptionInfo', { threadId: 1 }, /did not stop at an event/],
  ['completions', {}, /'text' must be a string/],
  ['launch', { program: '/x' }, /a launch already/],
  ['initialize', {}, /initialized already/],
  ['configurationDone', {}, /no launch to be configured/],
  ['attach', {}, /'attach' is no request/],
  ['toString', {}, /'toString' is no request/],
  ['', {}, /is no request/],
];

describe('wrong requests', () => {
  it.each(WRONG)('%s %j gets an error that says what is wrong', async (command, args, sentence) => {
    const it = await stopped();
    const answer = await it.ask(command, args);
    expect(answer.success).toBe(false);
    expect(errorText(answer)).toMatch(sentence);
    expect(answer.message).not.toBe('internal-error');
    expect(await it.go('next')).toContain('fake.pef:2');
  });

  it.each(['stackTrace', 'next', 'evaluate', 'setBreakpoints', 'readMemory', 'restart', 'pause'])(
    '%s before the launch and after the end',
    async (command) => {
      const args = { threadId: 1, expression: 'r3', source: { path: '/w/fake.pef' }, memoryReference: '0x0', count: 1 };
      const early = new Client({ launch: fakeLaunch(calls) });
      expect((await early.ask(command, args)).success).toBe(false);
      const late = await stopped();
      await late.body('disconnect', {});
      const answer = await late.ask(command, args);
      expect([answer.success, answer.message]).not.toContain('internal-error');
      expect(answer.success).toBe(false);
    },
  );

  it.each([
    ['scenario', 7],
    ['profile', 'fast'],
    ['timeoutMs', 0],
    ['stopOnEntry', 'yes'],
    ['program', undefined],
  ])('a launch with a wrong %s', async (name, value) => {
    const it = new Client({ launch: fakeLaunch(calls) });
    await it.body('initialize', {});
    const answer = await it.ask('launch', { program: '/w/fake.pef', [name]: value });
    expect(answer.success).toBe(false);
    expect((await it.ask('launch', { program: '/w/fake.pef' })).success, 'a second, right one works').toBe(true);
  });

  it.each(['(', 'x', '-', '"', '1+'])('an absurdly long expression of %s', async (piece) => {
    const it = await stoppedInScenario();
    for (const length of [9_000, 1_000_000]) {
      const answer = await it.ask('evaluate', { expression: piece.repeat(length / piece.length) });
      expect([answer.success, answer.message]).toEqual([false, 'not-evaluated']);
      expect(errorText(answer).length).toBeLessThan(20_000);
    }
  });

  it('numbers of an earlier stop are refused', async () => {
    const it = await stopped();
    const frameId = await it.frameId();
    const { scopes } = await it.body('scopes', { frameId });
    await it.go('next');
    for (const [command, args] of [
      ['scopes', { frameId }],
      ['variables', { variablesReference: scopes[0].variablesReference }],
    ] as const) {
      expect(errorText(await it.ask(command, args))).toContain('The run has moved on');
    }
  });

  it('messages that are no requests are passed over', async () => {
    const it = await stopped();
    for (const message of [
      null,
      7,
      'x',
      [],
      {},
      { type: 'request' },
      { type: 'event' },
      { type: 'request', seq: 'x', command: {} },
    ]) {
      it.session.handleMessage(message as never);
    }
    expect(await it.go('next')).toContain('fake.pef:2');
  });
});

const COMMANDS = [
  'initialize',
  'launch',
  'configurationDone',
  'continue',
  'next',
  'stepIn',
  'stepOut',
  'stepBack',
  'reverseContinue',
  'pause',
  'cancel',
  'setBreakpoints',
  'setFunctionBreakpoints',
  'setExceptionBreakpoints',
  'setInstructionBreakpoints',
  'dataBreakpointInfo',
  'setDataBreakpoints',
  'threads',
  'stackTrace',
  'scopes',
  'variables',
  'setVariable',
  'setExpression',
  'evaluate',
  'completions',
  'exceptionInfo',
  'readMemory',
  'writeMemory',
  'disassemble',
  'source',
  'loadedSources',
  'breakpointLocations',
  'restart',
  'terminate',
  'disconnect',
  'nonsense',
];

const value = fc.oneof(
  fc.integer(),
  fc.nat(40),
  fc.double(),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(
    '0x0',
    'real:0x10',
    'vm:0xffff',
    '/w/fake.pef',
    'r3',
    'x',
    'MSR',
    'H_TPM_COMM',
    'hypercalls',
    'AAAA',
    'i == 1',
  ),
);
const NAMES = [
  'threadId',
  'frameId',
  'variablesReference',
  'name',
  'value',
  'expression',
  'context',
  'memoryReference',
  'count',
  'offset',
  'data',
  'source',
  'breakpoints',
  'filters',
  'filterOptions',
  'instructionCount',
  'instructionOffset',
  'line',
  'column',
  'text',
  'granularity',
  'program',
  'stopOnEntry',
  'sourceReference',
  'start',
  'filter',
  'format',
  'dataId',
  'instructionReference',
  'condition',
  'hitCondition',
  'logMessage',
  'path',
  'filterId',
];
const flat = fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 6 });
const args = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.dictionary(fc.constantFrom(...NAMES), fc.oneof(value, flat, fc.array(flat, { maxLength: 3 })), {
      maxKeys: 8,
    }),
  },
  { weight: 3, arbitrary: flat.map((rest) => ({ ...rest, threadId: 1 })) },
  { weight: 1, arbitrary: fc.anything() },
);

async function stoppedInScenario(): Promise<Client> {
  const it = new Client();
  await it.launch({ program: path.resolve('examples/h-tpm-comm.pef'), stopOnEntry: true });
  await it.stop();
  return it;
}

describe('any requests in any order', () => {
  it.each([
    ['of a fake run', () => stopped(), 300],
    ['without a run', () => Promise.resolve(new Client({ launch: fakeLaunch(calls) })), 100],
    ['of a real scenario', stoppedInScenario, 60],
  ] as const)('get exactly one answer each, and none is an internal error: %s', async (_name, begin, numRuns) => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(fc.tuple(fc.constantFrom(...COMMANDS), args), { minLength: 1, maxLength: 25 }),
        async (together, requests) => {
          const it = await begin();
          const before = it.answers.size;
          const pending: Promise<Answer>[] = [];
          for (const [command, each] of requests) {
            pending.push(it.ask(command, each));
            if (!together) await pending.at(-1);
            if (!together) await new Promise((resolve) => setImmediate(resolve));
          }
          const answers = await Promise.all(pending);
          expect(answers.filter((answer) => answer.message === 'internal-error').map(errorText)).toEqual([]);
          await new Promise((resolve) => setImmediate(resolve));
          expect(it.output('stderr')).not.toMatch(/^\w*Error/m);
          expect([...it.answers.values()].every((count) => count === 1)).toBe(true);
          expect(it.answers.size - before).toBe(requests.length);
          it.session.dispose();
        },
      ),
      { numRuns },
    );
  });
});
