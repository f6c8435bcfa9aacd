import { describe, expect, it } from 'vitest';
import type { MachineEvent } from '../../emulator/common/machine';
import { ScenarioRun } from '../../emulator/scenario/run';
import type { RunOptions } from '../../emulator/scenario/run';
import { FakeMachine } from './fake-machine';
import { loaded } from './helpers';

const MAX_STEPS = 200_000;

/** Runs to the end and answers with what was printed. */
function finish(run: ScenarioRun): string[] {
  const printed: string[] = [];
  for (let steps = 0; run.status === 'running'; steps++) {
    if (steps > MAX_STEPS) throw new Error('the scenario does not end');
    for (const event of run.step(1000))
      if (event.kind === 'output' && event.category === 'print') printed.push(event.text);
  }
  return printed;
}

async function start(body: string, options: Partial<RunOptions> = {}, declarations = ''): Promise<ScenarioRun> {
  const scenario = await loaded(`${declarations}\nscenario "s" {\n${body}\n}`);
  return new ScenarioRun(scenario, { machine: (config) => new FakeMachine(config), ...options });
}

function fake({ machine }: ScenarioRun): FakeMachine {
  if (!(machine instanceof FakeMachine)) throw new Error('the machine is real');
  return machine;
}

async function printed(body: string, declarations?: string): Promise<string[]> {
  const run = await start(body, {}, declarations);
  const lines = finish(run);
  expect(run.outcome).toEqual({ kind: 'passed' });
  return lines;
}

/** The failure of a body as `line:column code message`. */
async function failure(body: string, declarations = '', answers: bigint[] = []): Promise<string> {
  const run = await start(body, {}, declarations);
  fake(run).answers = answers;
  finish(run);
  if (run.outcome?.kind !== 'failed' && run.outcome?.kind !== 'error') return 'passed';
  const { code, message, location } = run.outcome.failure;
  return `${location?.range.line}:${location?.range.column} ${code} ${message}`;
}

describe('expressions', () => {
  const MAX = '18446744073709551615 (0xffffffffffffffff)';
  it.each<[string, string]>([
    ['1 + 2 * 3', '7'],
    ['(1 + 2) * 3', '9'],
    ['10 - 3 - 2', '5'],
    ['100 / 7 % 5', '4'],
    ['-1', MAX],
    ['~0', MAX],
    ['0 - 1', MAX],
    ['0xffff_ffff_ffff_ffff + 1', '0'],
    ['0xffff_ffff_ffff_ffff * 2', '18446744073709551614 (0xfffffffffffffffe)'],
    ['-1 / 2', '9223372036854775807 (0x7fffffffffffffff)'],
    ['- - 1', '1'],
    ['1 << 63', '9223372036854775808 (0x8000000000000000)'],
    ['1 << 64', '0'],
    ['1 << 0xffff_ffff_ffff_ffff', '0'],
    ['-1 >> 63', '1'],
    ['-1 >> 64', '0'],
    ['1 << 2 + 1', '8'],
    ['6 & 3 == 3', '0'],
    ['5 & 4 | 3 ^ 1', '6'],
    ['-1 > 1', 'true'],
    ['1 < 2 == true', 'true'],
    ['(1 < 2) + 1', '2'],
    ['1 && 2', 'true'],
    ['0 || 0', 'false'],
    ['0 && 1 / r5', 'false'],
    ['1 || 1 / r5', 'true'],
    ['!5', 'false'],
    ['1 ? 2 : 3', '2'],
    ['0 ? 1 : 0 ? 2 : 3', '3'],
    ['1 ? 0 ? 1 : 2 : 3', '2'],
    ['4 KiB', '4096 (0x1000)'],
    ['0b1010', '10 (0xa)'],
    ['1_000', '1000 (0x3e8)'],
    ['hex "0a 0B"', 'hex "0a0b"'],
    ['hex "0a0b" == hex "0A0B"', 'true'],
    ['hex "00" != "a"', 'true'],
    ['"abc"[1]', '98 (0x62)'],
    ['"abcdef"[1..3] == "bc"', 'true'],
    ['len("abc")', '3'],
    ['len([1, 2])', '2'],
    ['[1, [2, 3]][1][0]', '2'],
    ['{a: {b: 7}}.a.b', '7'],
    ['{a: 1, b: "x"}', '{a: 1, b: hex "78"}'],
    ['U_SUCCESS', '0'],
    ['U_P3', '18446744073709551560 (0xffffffffffffffc8)'],
    ['U_P3 == -56', 'true'],
    ['TPM_CC_GetRandom', '379 (0x17b)'],
    ['sha256("abc")[0..4]', 'hex "ba7816bf"'],
    ['sha512("abc")[0..4]', 'hex "ddaf35a1"'],
    ['ra(vm, 0x10)', '16777232 (0x1000010)'],
    ['gpr[3]', '0'],
    ['len(gpr)', '32 (0x20)'],
    ['true', 'true'],
    ['file "x.bin"', 'hex "0102"'],
  ])('%s is %s', async (text, value) => {
    const scenario = await loaded(`scenario "s" { let v = ${text} print v expect false }`, {
      'x.bin': Uint8Array.of(1, 2),
    });
    const run = new ScenarioRun(scenario, { machine: (config) => new FakeMachine(config) });
    expect(finish(run)).toEqual([value]);
    // A watch has the same meaning as the run, and constants have it before the run.
    if (!text.startsWith('file')) expect(run.evaluate(text)).toEqual(run.evaluate('v'));
  });
});

describe('statements', () => {
  it.each<[what: string, body: string, lines: string[]]>([
    ['variables', 'let a = 1 a = a + 1 print a', ['2']],
    ['blocks hide variables', 'let a = 1 if 1 { let a = 2 print a } print a', ['2', '1']],
    [
      'if and else',
      'for i in 0..3 { if i == 0 { print "zero" } else if i == 1 { print "one" } else { print "more" } }',
      ['zero', 'one', 'more'],
    ],
    ['for is exclusive', 'for i in 2..5 { print i }', ['2', '3', '4']],
    ['an empty range', 'for i in 5..2 { print i }', []],
    ["the counter is the loop's own", 'for i in 0..3 { i = 10 print i }', ['10 (0xa)', '10 (0xa)', '10 (0xa)']],
    ['repeat', 'let n = 0 repeat 3 { n = n + 1 } print n', ['3']],
    ['print', 'print "a text", 1, hex "ff", 1 == 1', ['a text 1 hex "ff" true']],
    [
      'store and load',
      'store word 0x100 = 0x11223344 print load byte 0x100, load halfword 0x100, load 4 at 0x100',
      ['68 (0x44) 13124 (0x3344) hex "44332211"'],
    ],
    ['a narrow store', 'store byte 0 = 0x1ff print load halfword 0', ['255 (0xff)']],
    ['store bytes', 'store bytes at 0x10 = "abc" print (load 3 at 0x10) == "abc"', ['true']],
    ['an address is an expression', 'store byte 8 + 8 = 7 print load byte 8 + 8', ['7']],
    ['registers', 'r5 = 44 print r5 + 1', ['45 (0x2d)']],
    ['a call is an expression', 'let x = ultracall UV_SHARE_PAGE(1, 2) print x', ['3']],
    ['named arguments in the order of the row', 'print ultracall UV_SHARE_PAGE(num: 2, gfn: 1)', ['3']],
    [
      'a caught interrupt',
      'expect interrupt { print "before" load byte 0x10000 print "not here" } print "behind"',
      ['before', 'behind'],
    ],
    ['a caught interrupt by name', 'expect interrupt HDSI { load byte 0x10000 }', []],
    ['return ends the scenario', 'print 1 return print 2', ['1']],
  ])('%s', async (_what, body, lines) => {
    expect(await printed(body)).toEqual(lines);
  });

  it('procedures, recursion and values', async () => {
    const fib = 'procedure fib(n) { if n < 2 { return n } return fib(n - 1) + fib(n - 2) }';
    expect(await printed('print fib(10)', fib)).toEqual(['55 (0x37)']);
  });

  it('leaves actors on return, and on an interrupt', async () => {
    const run = await start(
      'p() expect interrupt { as ultravisor { q() } } let a = 1',
      {},
      'procedure p() { as hypervisor { as host user { return } } } procedure q() { as hypervisor { load byte 0x10000 } }',
    );
    finish(run);
    expect(run.outcome).toEqual({ kind: 'passed' });
    expect(run.machine.actor).toEqual({ kind: 'guest', guest: 'vm', user: false });
  });

  it('hands activities to the machine as they are written', async () => {
    const run = await start(
      'ultracall UV_SHARE_PAGE(num: 2, gfn: 1) hypercall 0x999(7) store doubleword 8 = -1 as hypervisor { asm { nop } }',
    );
    finish(run);
    expect(fake(run).log).toEqual([
      { kind: 'call', lev: 2, number: 0xf130n, args: [1n, 2n] },
      { kind: 'call', lev: 1, number: 0x999n, args: [7n] },
      { kind: 'store', width: 8, address: 8n, value: 0xffff_ffff_ffff_ffffn },
      { kind: 'code', offset: 0, little: Uint8Array.of(0, 0, 0, 0x60), big: Uint8Array.of(0x60, 0, 0, 0) },
    ]);
  });

  it('places asm blocks apart from each other', async () => {
    const run = await start('asm { nop\nnop\nnop\nnop\nnop }\nasm { nop }');
    finish(run);
    const offsets = fake(run).log.map((activity) => (activity.kind === 'code' ? activity.offset : -1));
    expect(offsets).toEqual([0, 48]);
  });
});

const PROCEDURES = [
  'procedure deep(n) { deep(n + 1) }',
  'procedure sometimes(n) { if n { return 1 } }',
  'procedure tpm_less() { let t = tpm response at 0x100 }',
  'const OK = H_SUCCESS procedure same(x, y) { expect x == y return true }',
].join(' ');

describe('failures', () => {
  it.each<[body: string, expected: string]>([
    ['expect 1 == 2', '3:1 expectation-failed 1 == 2 does not hold.'],
    [
      'r4 = 2 expect r4 == 44 "a whole response"',
      '3:8 expectation-failed a whole response: r4 == 44 does not hold: r4 is 2.',
    ],
    [
      'r3 = -56 expect r3 == U_SUCCESS',
      '3:10 expectation-failed r3 == U_SUCCESS does not hold: r3 is U_P3 (-56); U_SUCCESS is 0.',
    ],
    ['expect "a" == "b"', '3:1 expectation-failed "a" == "b" does not hold: "a" is hex "61"; "b" is hex "62".'],
    [
      'let a = {b: 1} let c = {d: 2} expect a.b == c.d',
      '3:31 expectation-failed a.b == c.d does not hold: a.b is 1; c.d is 2.',
    ],
    ['r5 = 3 expect r5 * 2 < r5', '3:8 expectation-failed r5 * 2 < r5 does not hold: r5 * 2 is 6; r5 is 3.'],
    [
      'let b = "ab" expect b[0..1] != "a"',
      '3:14 expectation-failed b[0..1] != "a" does not hold: b[0..1] is hex "61"; "a" is hex "61".',
    ],
    [
      'let a = 1 let b = 2 expect a == 1 && (b\n == 0x3 || b > 4 KiB)',
      '3:21 expectation-failed a == 1 && (b == 0x3 || b > 4 KiB) does not hold: a is 1; b is 2; 4 KiB is 4096 (0x1000).',
    ],
    // what is not computed is not shown, also not from the time before
    [
      'let a = 1 for i in 0..2 { expect r5 == i && r6 == 0 r6 = 7 r6 = 0 }',
      '3:27 expectation-failed r5 == i && r6 == 0 does not hold: r5 is 0; i is 1.',
    ],
    ['let a = 1 expect !(a == 1)', '3:11 expectation-failed !(a == 1) does not hold: a is 1.'],
    ['expect r4', '3:1 expectation-failed r4 does not hold: r4 is 0.'],
    ['let b = 0 expect b ? 1 : r4', '3:11 expectation-failed b ? 1 : r4 does not hold: b is 0; r4 is 0.'],
    [
      'expect (hypercall 0x1(-4)) == H_SUCCESS',
      '3:1 expectation-failed (hypercall 0x1(-4)) == H_SUCCESS does not hold: hypercall 0x1(-4) is H_PARAMETER (-4); H_SUCCESS is 0.',
    ],
    [
      'expect OK == hypercall 0x1(-2)',
      '3:1 expectation-failed OK == hypercall 0x1(-2) does not hold: OK is H_SUCCESS (0); hypercall 0x1(-2) is H_FUNCTION (-2).',
    ],
    [
      'let s = {responseCode: 0x1c4} expect s.responseCode == TPM_RC_SUCCESS',
      '3:31 expectation-failed s.responseCode == TPM_RC_SUCCESS does not hold: s.responseCode is TPM_RC_VALUE of parameter 1: value out of range or not right here (0x1c4); TPM_RC_SUCCESS is 0.',
    ],
    [
      'let t = {type: 8} expect t.type == TPM_ALG_RSA',
      '3:19 expectation-failed t.type == TPM_ALG_RSA does not hold: t.type is TPM_ALG_KEYEDHASH (0x8); TPM_ALG_RSA is 1.',
    ],
    [
      'expect [1, "a"] == [1, "b"]',
      '3:1 expectation-failed [1, "a"] == [1, "b"] does not hold: [1, "a"] is [1, hex "61"]; [1, "b"] is [1, hex "62"].',
    ],
    [
      'let x = "a" expect x == 0',
      '3:20 type-mismatch A byte string and a number cannot be compared; compare values of one type.',
    ],
    ['expect same({a: 1}, {a: 2})', '1:179 expectation-failed x == y does not hold: x is {a: 1}; y is {a: 2}.'],
    ['expect !true', '3:1 expectation-failed !true does not hold.'],
    ['let z = 0 print 1 / z', '3:17 division-by-zero The right side of / is 0; check it before.'],
    ['let b = "abc" print b[3]', '3:21 value-out-of-range The index 3 is outside; there are 3 elements, from 0.'],
    ['let b = "abc" print b[2..5]', '3:21 value-out-of-range [2..5] is outside; the byte string has 3 bytes.'],
    ['let r = {a: 1} print r.b', "3:22 unknown-field The structure has no field 'b'; it has a."],
    ['let b = "abc" print b + 1', '3:21 type-mismatch The left side of + must be a number, but it is a byte string.'],
    ['print ra(vm, 0x10000)', '3:7 no-memory Guest vm has no memory at 0x10000; its memory begins at 0.'],
    [
      'print load 0xffff_ffff at 0',
      '3:7 value-out-of-range The number of bytes is 4294967295; it can be at most 67108864.',
    ],
    [
      'load byte 0x10000',
      "3:1 uncaught-interrupt Uncaught interrupt as vm: Hypervisor Data Storage (0xe00) at 0x10000: no memory; if it must come, write the statement in 'expect interrupt { }'.",
    ],
    [
      'as hypervisor { load byte 0x10000 }',
      "3:17 uncaught-interrupt Uncaught interrupt as hypervisor: Hypervisor Data Storage (0xe00) at 0x10000: no memory; if it must come, write the statement in 'expect interrupt { }'.",
    ],
    [
      'expect interrupt { load byte 0 }',
      '3:1 no-interrupt An interrupt was expected, but the block ended without one.',
    ],
    [
      'expect interrupt HEAI { load byte 0x10000 }',
      '3:25 wrong-interrupt Expected the interrupt Hypervisor Emulation Assistance, but got Hypervisor Data Storage (0xe00) at 0x10000: no memory.',
    ],
    ['expect interrupt { return }', '3:20 no-interrupt An interrupt was expected, but the block ended without one.'],
    [
      'tpm_less()',
      '1:111 not-a-response There is no TPM response here: its size field says 0 bytes, which must be 10 to 4096.',
    ],
    ['check integrity', '3:1 not-available not available yet: check integrity.'],
    ['print page(vm, 0)', '3:7 not-available not available yet: page(guest, gpa).'],
    ['send TPM2_GetRandom(4) with session 1', '3:1 not-available not available yet: send ... with session.'],
    [
      'let x = [1] repeat 40 { x = [x, x] }',
      '3:29 value-out-of-range The structure has more than 100000 elements; build a smaller one.',
    ],
    ['deep(0)', '1:21 too-deep More than 1000 procedures call each other; end the recursion before.'],
    [
      'let x = sometimes(0)',
      "3:9 no-value The procedure sometimes ended without 'return value'; return one on every way.",
    ],
  ])('%s', async (body, expected) => {
    expect(await failure(body, PROCEDURES)).toBe(expected);
  });

  it.each<[body: string, answer: bigint, expected: string]>([
    [
      'ultracall UV_PAGE_IN(1, 2, 3, 0, 16) -> U_P3',
      -4n,
      'unexpected-result UV_PAGE_IN gave U_PARAMETER (-4: lpid is invalid), not U_P3. the fake machine works',
    ],
    [
      'hypercall H_CEDE() -> H_SUCCESS',
      -12345n,
      'unexpected-result H_CEDE gave 0xffffffffffffcfc7, not H_SUCCESS. the fake machine works',
    ],
    [
      'hypercall 0x999() -> H_SUCCESS',
      -2n,
      'unexpected-result 0x999 gave H_FUNCTION (-2: The functionality is not supported), not H_SUCCESS. the fake machine works',
    ],
    [
      'send TPM2_GetRandom(4)',
      -16n,
      'tpm-call-failed TPM2_GetRandom did not reach the TPM: H_TPM_COMM gave H_RESOURCE (-16: the TPM cannot be reached). the fake machine works',
    ],
    ['send TPM2_GetRandom(4) -> H_RESOURCE', -16n, 'passed'],
    ['ultracall UV_ESM(1, 2) -> U_P2', -55n, 'passed'],
    ['ultracall UV_ESM(1, 2)', -55n, 'passed'],
  ])('%s answering %s', async (body, answer, expected) => {
    expect((await failure(body, '', [BigInt.asUintN(64, answer)])).replace(/^\d+:\d+ /, '')).toBe(expected);
  });

  it('shows the call stack', async () => {
    const run = await start(
      'outer()',
      {},
      'procedure inner() { as hypervisor { expect 1 == 2 } } procedure outer() { inner() }',
    );
    finish(run);
    expect(run.outcome?.kind === 'failed' && run.outcome.failure.stack.map(({ name }) => name)).toEqual([
      'inner — as hypervisor',
      'outer',
      's',
    ]);
  });
});

describe('stepping', () => {
  const text = 'let a = 1\nstore byte a = 2\nprint a\np(a)';
  const declarations = 'procedure p(x) { print x }';

  /** Steps one by one and tells where each stops. */
  function stops(run: ScenarioRun): string[] {
    const places: string[] = [];
    while (run.status === 'running') {
      const events = run.step(1_000_000);
      const frames = run.frames();
      const [top] = frames;
      const line = top?.location ? top.location.range.line : '-';
      places.push(
        `${run.tick} ${frames.length} ${top?.kind ?? 'end'}:${line}${top?.lineStart ? ' start' : ''}${events.map(({ kind }) => ` ${kind}`).join('')}`,
      );
    }
    return places;
  }

  it('stops at statements, events and changes of frames', async () => {
    const run = await start(text, {}, declarations);
    expect(stops(run)).toEqual([
      '1 1 script:3 start scenario',
      '4 1 script:4 start',
      '7 2 code:-',
      '8 2 code:-',
      '9 2 code:- output',
      '10 1 script:4',
      '11 1 script:5 start',
      '13 1 script:5 output',
      '14 1 script:6 start',
      '16 2 script:1',
      '17 2 script:1 start',
      '19 2 script:1 output',
      '20 1 script:6',
      '22 0 end:-',
    ]);
  });

  it('counts the same ticks in whatever strides it goes', async () => {
    const hashes = new Set<string>();
    for (const stride of [1, 2, 3, 7, 1_000_000]) {
      for (const detail of ['line', 'event'] as const) {
        const run = await start(text, {}, declarations);
        while (run.status === 'running') run.step(stride, detail);
        hashes.add(`${run.tick} ${run.hash()}`);
      }
    }
    expect(hashes.size).toBe(1);
  });

  it('looks without changing anything', async () => {
    const run = await start(text, {}, declarations);
    while (run.status === 'running') {
      const before = run.hash();
      run.frames();
      run.variables(0);
      run.evaluate('load byte 0');
      run.breakpointLines('main.pef');
      expect(run.hash()).toBe(before);
      run.step(1);
    }
  });

  it('goes back to the start', async () => {
    const run = await start(text, {}, declarations);
    const first = run.hash();
    finish(run);
    const last = run.hash();
    run.reset();
    expect([run.tick, run.status, run.outcome, run.hash()]).toEqual([0, 'running', undefined, first]);
    finish(run);
    expect(run.hash()).toBe(last);
  });

  it('knows where breakpoints can be', async () => {
    const run = await start(
      'let a = 1\nif a {\n  print a\n}\nasm {\n  nop\nlabel: li r3, 1 # one\n}',
      {},
      declarations,
    );
    const places = run
      .breakpointLines('main.pef')
      .map(({ line, column, endColumn }) => `${line}:${column}-${endColumn}`);
    expect(places).toEqual(['1:18-25', '3:1-10', '4:1-7', '5:3-10', '7:1-2', '8:3-6', '9:8-16']);
  });
});

describe('events', () => {
  it('are those of the scenario and of the machine', async () => {
    const run = await start('print 1 ultracall UV_SHARE_PAGE(1, 2)');
    const events: MachineEvent[] = [];
    while (run.status === 'running') events.push(...run.step(100));
    expect(events.map(({ kind }) => kind)).toEqual(['scenario', 'output', 'output']);
  });
});

describe('what a run is made with', () => {
  it('runs the scenario that is asked for', async () => {
    const scenario = await loaded('scenario "a" { print "a" } scenario "b" { print "b" }');
    const machine = (config: ConstructorParameters<typeof FakeMachine>[0]) => new FakeMachine(config);
    expect(finish(new ScenarioRun(scenario, { machine }))).toEqual(['a']);
    expect(finish(new ScenarioRun(scenario, { machine, scenario: 'b' }))).toEqual(['b']);
    expect(finish(new ScenarioRun(scenario, { machine, scenario: 1 }))).toEqual(['b']);
    expect(() => new ScenarioRun(scenario, { machine, scenario: 'c' })).toThrow(
      'main.pef has no scenario named "c"; it has "a", "b".',
    );
    expect(() => new ScenarioRun(scenario, { machine, scenario: 7 })).toThrow('no scenario number 8');
  });

  it('takes another profile and seed', async () => {
    const scenario = await loaded('scenario "a" { }');
    const run = new ScenarioRun(scenario, {
      machine: (config) => new FakeMachine(config),
      profile: 'shipped',
      seed: 'x',
    });
    expect(run.machine.config).toMatchObject({ profile: 'shipped', seed: 'x' });
  });
});
