import { describe, expect, it } from 'vitest';
import { ScenarioRun } from '../../emulator/scenario/run';
import { FakeMachine } from './fake-machine';
import { loaded } from './helpers';

const TEXT = `const SIZE = 4 KiB
procedure fill(address, value) {
  let inner = value + 1
  store byte address = inner
}
scenario "s" {
  let outer = 7
  let record = {a: 1, b: hex "0102"}
  r5 = 0x44
  for i in 0..2 {
    fill(0x100 + i, outer)
  }
  print outer
}
`;

/** A run that stops before the statement on a line, for the n-th time. */
async function stopped(line: number, times = 1): Promise<ScenarioRun> {
  const run = new ScenarioRun(await loaded(TEXT), { machine: (config) => new FakeMachine(config) });
  for (let left = times; left > 0;) {
    run.step(1);
    const [top] = run.frames();
    if (run.status === 'finished') throw new Error('the line is never reached');
    if (top?.lineStart && top.location?.range.line === line) left--;
  }
  return run;
}

/** Runs to the end in strides. */
function finish(run: ScenarioRun, stride: number): void {
  while (run.status === 'running') run.step(stride, stride === 1 ? 'line' : 'event');
}

const variables = (run: ScenarioRun, frame: number) =>
  run.variables(frame).map(({ name, value }) => `${name} = ${run.format(value)}`);

describe('variables', () => {
  it('are those in scope at each frame', async () => {
    const run = await stopped(4, 2);
    expect(run.frames().map(({ name }) => name)).toEqual(['fill — as vm', 's']);
    expect(variables(run, 0)).toEqual(['address = 257', 'value = 7', 'inner = 8']);
    expect(variables(run, 1)).toEqual(['outer = 7', 'record = {a: 1, b: hex "0102"}', 'i = 1']);
  });

  it('are not there before their declaration, nor behind their block', async () => {
    expect(variables(await stopped(7), 0)).toEqual([]);
    expect(variables(await stopped(8), 0)).toEqual(['outer = 7']);
    expect(variables(await stopped(13), 0)).toEqual(['outer = 7', 'record = {a: 1, b: hex "0102"}']);
  });

  it('are still there while the machine works for the last statement of a block', async () => {
    const run = await stopped(4);
    while (run.frames()[0]?.kind !== 'code') run.step(1);
    expect(variables(run, 1)).toEqual(['address = 256', 'value = 7', 'inner = 8']);
    expect(run.evaluate('inner', 1)).toEqual({ value: 8n });
    // Frames of the machine see the names of the script frame behind them.
    expect(run.evaluate('inner', 0)).toEqual({ value: 8n });
    expect(run.variables(0)).toEqual([]);
  });
});

describe('evaluate', () => {
  it.each<[text: string, shown: string]>([
    ['outer', '7'],
    ['outer * SIZE', '28672'],
    ['record.b[1]', '2'],
    ['r5 == 0x44 && i == 1', 'true'],
    ['load byte 0x100', '8'],
    ['load 2 at 0x100', 'hex "0800"'],
    ['ra(vm, 1)', '16777217'],
    ['record', '{a: 1, b: hex "0102"}'],
    ['1 ? 2 : 3', '2'],
  ])('%s', async (text, shown) => {
    const run = await stopped(4, 2);
    const before = run.hash();
    const result = run.evaluate(text, 1);
    expect('value' in result ? run.format(result.value) : result.error).toBe(shown);
    expect(run.hash()).toBe(before);
  });

  it.each<[text: string, error: RegExp]>([
    ['', /^Expected/],
    ['1 +', /^Expected/],
    ['1 2', /^Expected|not understood/],
    ['nothing', /^No variable, constant or register is named 'nothing'/],
    ['outr', /did you mean 'outer'/],
    ['inner', /^No variable/],
    ['1 / 0', /^The right side of \/ is 0/],
    ['1 / (outer - 7)', /^The right side of \/ is 0/],
    ['record.c', /has no field 'c'/],
    ['load byte 0x10000', /cannot load 1 bytes at 0x10000/],
    ['fill(1, 2)', /^Only statements of a scenario make calls/],
    ['ultracall UV_ESM(1, 2)', /^Only statements of a scenario make calls/],
    ['send TPM2_GetRandom(4)', /^Only statements of a scenario make calls/],
    ['page(vm, 0)', /^not available yet/],
    ['file "x"', /cannot be read here/],
    ['(' + '('.repeat(1000), /nested deeper/],
    ['x'.repeat(20_000), /at most/],
    ['load 0xffff_ffff_ffff at 0', /at most/],
  ])('refuses %s', async (text, error) => {
    const result = (await stopped(4)).evaluate(text, 1);
    expect('error' in result ? result.error : '').toMatch(error);
  });

  it('formats in hexadecimal', async () => {
    const run = await stopped(13);
    expect(run.format(44n, { hex: true })).toBe('0x2c');
    expect(run.format(new Uint8Array(100))).toBe(`hex "${'00'.repeat(64)}…" (100 bytes)`);
  });
});

describe('assign', () => {
  it('sets variables and registers, and says what cannot be set', async () => {
    const run = await stopped(4);
    expect(run.assign('inner', '0x55')).toEqual({ value: 0x55n });
    expect(run.evaluate('inner')).toEqual({ value: 0x55n });
    expect(run.assign('outer', 'outer + 1', 1)).toEqual({ value: 8n });
    expect(run.evaluate('outer', 1)).toEqual({ value: 8n });
    expect(run.assign('R5', '1')).toEqual({ value: 1n });
    expect(run.evaluate('r5')).toEqual({ value: 1n });
    expect(run.assign('innr', '1')).toEqual({
      error: "No variable or register is named 'innr'; did you mean 'inner'?",
    });
    expect(run.assign('r5', '"text"')).toEqual({ error: 'The value of r5 must be a number, but it is a byte string.' });
    expect(run.assign('r5', '1 / 0')).toMatchObject({ error: expect.stringContaining('is 0') as string });
  });

  it('is fed again when the run goes back and forth', async () => {
    const run = await stopped(4);
    const at = run.tick;
    run.assign('inner', '0x55');
    expect(run.poke(0x200n, Uint8Array.of(9))).toBe(true);
    const here = run.hash();
    finish(run, 1000);
    const end = run.hash();
    expect(run.evaluate('load byte 0x100')).toEqual({ value: 0x55n });
    run.reset();
    while (run.tick < at) run.step(at - run.tick, 'event');
    expect(run.hash()).toBe(here);
    finish(run, 1);
    expect(run.hash()).toBe(end);
    expect(run.evaluate('load byte 0x200')).toEqual({ value: 9n });
  });

  it('forgets what was set in a future that is no more', async () => {
    const run = await stopped(13);
    run.assign('outer', '1');
    run.reset();
    while (run.tick < 5) run.step(1);
    run.assign('r6', '3');
    finish(run, 1);
    expect(run.evaluate('r6')).toEqual({ value: 3n });
    const printed: string[] = [];
    run.reset();
    while (run.status === 'running')
      for (const event of run.step(1))
        if (event.kind === 'output' && event.category === 'print') printed.push(event.text);
    expect(printed).toEqual(['7']);
  });
});
