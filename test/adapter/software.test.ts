/** A guest's own software in the debugger: symbols, call stack, breakpoints, steps, console. */

import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { Client } from './client';

const folder = mkdtempSync(path.join(tmpdir(), 'pef-adapter-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
copyFileSync(path.resolve('test/image/fixtures/hello-le.elf'), path.join(folder, 'hello.elf'));
writeFileSync(path.join(folder, 'endless.bin'), Uint8Array.of(0, 0, 0, 0x60, 0xfc, 0xff, 0xff, 0x4b));

function file(name: string, text: string): string {
  const full = path.join(folder, name);
  writeFileSync(full, text);
  return full;
}

const HELLO = file(
  'hello.pef',
  `guest vm { memory 4 MiB image "hello.elf" }
scenario "hello" {
  run
  expect r3 == 55
}
`,
);
// li r3,0x7ff8; sc 1; b the li
writeFileSync(path.join(folder, 'calls.bin'), Buffer.from('f87f603822000044f8ffff4b', 'hex'));
const CALLS = file(
  'calls.pef',
  'guest vm { memory 4 MiB image "calls.bin" at 0x1000 }\nscenario "calls" { run for 900 instructions }\n',
);
const ENDLESS = file(
  'endless.pef',
  'guest vm { memory 4 MiB image "endless.bin" at 0x1000 }\nscenario "endless" { run }\n',
);

/** Launched with breakpoints on functions, stopped at the first. */
async function at(...names: string[]): Promise<Client> {
  const client = new Client();
  await client.launch({ program: HELLO, stopOnEntry: false }, () =>
    client.body('setFunctionBreakpoints', { breakpoints: names.map((name) => ({ name })) }),
  );
  await client.stop();
  return client;
}

const SCRIPT = 'hello — as vm hello.pef:3';

describe('software that runs', () => {
  it('stops at a function by its name, with the functions that called it', async () => {
    const client = await at('packed');
    expect(await client.stack()).toEqual(['vm: packed', 'vm: put+0x80', 'vm: main+0x24', 'vm: _start+0x18', SCRIPT]);
    const { stackFrames } = (await client.body('stackTrace', { threadId: 1 })) as {
      stackFrames: DebugProtocol.StackFrame[];
    };
    expect(stackFrames.map((frame) => [frame.instructionPointerReference, frame.source?.name])).toEqual([
      ['0x1000e8', undefined],
      ['0x1001b8', undefined],
      ['0x10027c', undefined],
      ['0x1002b4', undefined],
      [undefined, 'hello.pef'],
    ]);
    expect(await client.go('continue')).toMatch(
      /^function breakpoint: Function breakpoint packed @ vm: packed < vm: put\+0x9c/,
    );
  });

  it('says which functions there are', async () => {
    const client = new Client();
    await client.launch({ program: HELLO, stopOnEntry: true });
    await client.stop();
    const { breakpoints } = (await client.body('setFunctionBreakpoints', {
      breakpoints: [{ name: 'sum' }, { name: 'sums' }, { name: 'H_PUT_TERM_CHAR' }],
    })) as { breakpoints: DebugProtocol.Breakpoint[] };
    expect(breakpoints.map(({ verified }) => verified)).toEqual([true, false, true]);
    expect(breakpoints[1]?.message).toContain("symbol is named 'sums'");
  });

  it('is stepped out of, over and into by instructions', async () => {
    const client = await at('packed');
    await client.body('setFunctionBreakpoints', { breakpoints: [] });
    expect(await client.go('stepOut')).toMatch(/^step: Step @ vm: put\+0x80 < vm: main/);
    expect(await client.go('next')).toMatch(/ @ vm: put\+0x84 </);
    expect(await client.go('stepOut')).toMatch(/ @ vm: main\+0x24 < vm: _start/);
    // There is the call of sum: over it, back to its last instruction, out again.
    expect(await client.go('next')).toMatch(/ @ vm: main\+0x28 </);
    expect(await client.go('stepBack')).toMatch(/ @ vm: sum\+0x38 < vm: main\+0x28 </);
    expect(await client.go('stepOut')).toMatch(/ @ vm: main\+0x28 </);
    expect(await client.go('stepBack')).toMatch(/ @ vm: sum\+0x38 < vm: main\+0x28 </);
    expect(await client.go('stepIn')).toMatch(/ @ vm: main\+0x28 </);
    expect(await client.go('stepOut')).toMatch(/ @ vm: _start\+0x18 < hello/);
    expect(await client.go('stepOut')).toBe(`step: Step @ ${SCRIPT}`);
    expect(await client.go('next')).toMatch(/ @ hello — as vm hello.pef:4$/);
  });

  it('is entered by a step into run, and passed by a step over it', async () => {
    const client = new Client();
    await client.launch({ program: HELLO, stopOnEntry: true });
    await client.stop();
    expect(await client.go('stepIn')).toBe(`step: Step @ vm: _start < ${SCRIPT}`);
    expect(await client.go('stepIn')).toBe(`step: Step @ vm: _start+0x4 < ${SCRIPT}`);
    expect(await client.go('stepBack')).toBe(`step: Step back @ vm: _start < ${SCRIPT}`);
    const other = new Client();
    await other.launch({ program: HELLO, stopOnEntry: true });
    await other.stop();
    expect(await other.go('next')).toMatch(/ @ hello — as vm hello.pef:4$/);
  });

  it('is come back to from the firmware that serves its calls', async () => {
    const back = /^step: Step @ vm: put\+0x58 < vm: main\+0x24 </;
    for (const [moves, where] of [
      [['stepOut'], back],
      [['next', 'next', 'next'], back],
      [['stepIn', 'stepIn', 'stepIn'], back],
      [['next', 'next'], /H_PUT_TERM_CHAR.pef-listing:5 < vm: put\+0x54 < vm: main/],
    ] as const) {
      const client = await at('H_PUT_TERM_CHAR');
      await client.body('setFunctionBreakpoints', { breakpoints: [] });
      let seen = '';
      for (const move of moves) seen = await client.go(move);
      expect(seen).toMatch(where);
    }
  });

  it('stops at an instruction, at full speed, forwards and backwards', async () => {
    const client = await at('sum');
    const breakpoints = [{ instructionReference: '0x100210', offset: 0x38 }];
    await client.body('setInstructionBreakpoints', { breakpoints });
    expect(await client.go('continue')).toMatch(
      /^instruction breakpoint: Instruction breakpoint @ vm: sum\+0x38 < vm: main/,
    );
    expect(await client.go('reverseContinue')).toMatch(/^function breakpoint: .* @ vm: sum\+0x8 </);
    expect(await client.go('continue')).toMatch(/^instruction breakpoint: /);
  });

  it('is paused in an endless loop', async () => {
    const client = new Client();
    await client.launch({ program: ENDLESS, stopOnEntry: false });
    await new Promise((resolve) => setTimeout(resolve, 30));
    await client.body('pause', { threadId: 1 });
    expect(await client.stop()).toMatch(/^pause: Paused @ vm: run < endless/);
    await client.body('disconnect');
  });
});

describe('names of places', () => {
  it('stand in the disassembly, at the instruction and at the target of a branch', async () => {
    const client = await at('sum');
    const { instructions } = (await client.body('disassemble', {
      memoryReference: '0x100270',
      instructionCount: 4,
    })) as { instructions: DebugProtocol.DisassembledInstruction[] };
    expect(instructions.map(({ symbol, instruction }) => `${symbol}: ${instruction}`)).toEqual([
      'main+0x18: addis r3,r2,-1',
      'main+0x1c: addi r3,r3,28624',
      'main+0x20: bl 0x100140 <put+0x8>',
      'main+0x24: bl 0x100218 <sum+0x8>',
    ]);
  });
  it('stand behind registers that point to instructions', async () => {
    const client = await at('sum');
    const special = await client.scope('Special');
    expect(special).toContainEqual(expect.stringMatching(/^NIA = 0x0*100218 <sum\+0x8>$/));
    expect(special).toContainEqual(expect.stringMatching(/^LR = 0x0*100280 <main\+0x28>$/));
  });
  it('are values and completions in the console', async () => {
    const client = await at('sum');
    const evaluate = async (expression: string) =>
      ((await client.body('evaluate', { expression, context: 'repl' })) as { result: string }).result;
    expect(await evaluate('load doubleword total')).toMatch(/^0/);
    expect(await evaluate('NIA == sum')).toBe('true');
    const { targets } = (await client.body('completions', { text: 'to', column: 3 })) as {
      targets: DebugProtocol.CompletionItem[];
    };
    expect(targets).toContainEqual({
      label: 'total',
      detail: 'object at 0x101340',
      type: 'function',
      start: 0,
      length: 2,
    });
  });
});

describe("a guest's console", () => {
  it('is not flooded by calls that are refused again and again', async () => {
    const client = new Client();
    await client.launch({ program: CALLS, stopOnEntry: false });
    expect(await client.stop()).toBe('terminated');
    const told = client.output('console').match(/H_FUNCTION/g);
    expect(told).toHaveLength(99);
    expect(client.output('stdout')).toMatch(/^\.\.\. and so on: .*H_FUNCTION.*\npassed: /);
  });
  it('is output of the session once, also when the run is executed again', async () => {
    const client = await at('sum');
    expect(client.output('stdout')).toBe('Hello from a guest.\n');
    await client.body('setFunctionBreakpoints', { breakpoints: [] });
    expect(await client.go('reverseContinue')).toContain('Start of the recording');
    expect(await client.go('continue')).toBe('terminated');
    expect(client.output('stdout')).toBe('Hello from a guest.\npassed: scenario "hello"\n');
  });
});
