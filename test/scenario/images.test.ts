import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Machine } from '../../emulator/machine';
import { ScenarioRun } from '../../emulator/scenario/run';
import { load, loaded } from './helpers';

const fixture = (name: string): Uint8Array =>
  new Uint8Array(fs.readFileSync(new URL(`../image/fixtures/${name}.elf`, import.meta.url)));
const FILES = {
  'hello-le': fixture('hello-le'),
  'hello-be': fixture('hello-be'),
  // At 0x2000, little-endian: li r3,0; addi r3,r3,1; cmpdi r3,100; bne the addi; blr.
  'count.bin': Uint8Array.from(Buffer.from('00006038010063386400232cf8ff82402000804e', 'hex')),
  'far.elf': new Uint8Array(0),
  trap: Uint8Array.from(Buffer.from('000000600800e07f', 'hex')),
};

async function run(text: string): Promise<ScenarioRun> {
  const made = new ScenarioRun(await loaded(text, FILES), { machine: (config) => new Machine(config) });
  for (let steps = 0; made.status === 'running' && steps < 100_000; steps++) made.step(10_000, 'event');
  return made;
}

const GUEST = 'guest vm { memory 4 MiB image "hello-le" } ';
const COUNT = 'guest vm { memory 4 MiB image "count.bin" at 0x2000 } ';

function failureOf({ outcome }: ScenarioRun): string {
  return outcome?.kind === 'passed' ? 'passed' : `${outcome?.failure.code}: ${outcome?.failure.message}`;
}

async function problems(text: string): Promise<string[]> {
  const { diagnostics } = await load(text, FILES);
  return diagnostics.map(
    ({ range, severity, code, message }) => `${range.line}:${range.column} ${severity} ${code} ${message}`,
  );
}

describe('a guest with an image', () => {
  it.each<[what: string, text: string]>([
    ['runs to its end', `${GUEST} scenario "s" { as vm { run expect r3 == 55 } }`],
    [
      'runs big-endian without being told',
      'guest vm { memory 4 MiB image "hello-be" endian big } scenario "s" { run expect r3 == 55 }',
    ],
    [
      'has its byte order from the file',
      'guest vm { memory 4 MiB image "hello-be" } scenario "s" { expect MSR.LE == 0 }',
    ],
    ['is flat', `${COUNT} scenario "s" { run expect r3 == 100 }`],
    [
      'runs until a function, and on',
      `${GUEST} scenario "s" { run until sum expect NIA == sum && r3 == 0 run expect r3 == 55 }`,
    ],
    [
      'stops at each arrival',
      `${GUEST} scenario "s" { let n = 0 repeat 3 { run until packed n = n + 1 } expect NIA == packed }`,
    ],
    [
      'until one of two',
      `${GUEST} scenario "s" { run until sum || main expect NIA == main run until sum || main expect NIA == sum }`,
    ],
    [
      'until a place with a condition',
      `${GUEST} scenario "s" { run until packed && r4 == 4 expect NIA == packed && r4 == 4 }`,
    ],
    ['until an address', `${COUNT} scenario "s" { run until NIA == 0x2004 + 4 expect NIA == 0x2008 && r3 == 1 }`],
    [
      'until an address with a condition',
      `${COUNT} scenario "s" { run until r3 == 42 && NIA == 0x2008 expect r3 == 42 }`,
    ],
    [
      'for some instructions, until a place that comes later',
      `${GUEST} scenario "s" { run until sum for 3 instructions expect NIA != sum }`,
    ],
    [
      'until the end when the place never comes',
      `${COUNT} scenario "s" { run until NIA == 0x3000 for 1000 instructions expect r3 == 100 }`,
    ],
    ['until a value, soon', `${COUNT} scenario "s" { run until r3 == 42 expect NIA == 0x2008 }`],
    ['until a value that is there already', `${COUNT} scenario "s" { run until r3 == 0 expect NIA == 0x2000 }`],
    [
      'has its symbols as values',
      `${GUEST} scenario "s" { run expect (load doubleword total) == 55 expect sum - main == 0x210 - 0x258 }`,
    ],
    [
      'and the hypervisor too',
      `${GUEST} scenario "s" { run as hypervisor { expect (load doubleword ra(vm, total)) == 55 } }`,
    ],
    [
      'stays where it is while the scenario acts for it',
      `${GUEST} scenario "s" { run until sum store word 0x8000 = 1 expect NIA == sum run expect r3 == 55 }`,
    ],
    [
      'comes back to the same place in a block of its own',
      `${GUEST} guest b { lpid 2 memory 1 MiB } scenario "s" { run until sum as b { r3 = 1 } run expect r3 == 55 }`,
    ],
    [
      'has its initrd in memory',
      `guest vm { memory 4 MiB image "hello-le" initrd "count.bin" at 0x200000 } scenario "s" { expect (load word 0x200000) == 0x38600000 }`,
    ],
    [
      'has the interrupt that nobody handles',
      'guest vm { memory 4 MiB image "trap" at 0x1000 } scenario "s" { expect interrupt PROG { run } expect NIA == 0x1004 }',
    ],
    ['hides no variable', `${GUEST} scenario "s" { let main = 7 expect main == 7 }`],
  ])('%s', async (_, text) => {
    expect(failureOf(await run(text))).toBe('passed');
  });

  it('tells where an interrupt came from', async () => {
    const flat = await run('guest vm { memory 4 MiB image "trap" at 0x1000 } scenario "s" { run }');
    expect(failureOf(flat)).toContain('uncaught-interrupt: Uncaught interrupt as vm: Program (0x700) at 0x1004: ');
    const elf = await run(`${GUEST} scenario "s" { run until sum store word sum + 8 = 0 run }`);
    expect(failureOf(elf)).toContain(' at 0x100218 (sum+0x8): ');
    expect(
      failureOf(await run('guest vm { memory 4 MiB image "hello-le" } scenario "s" { run until sum asm { trap } }')),
    ).toContain('Program');
  });

  it('a condition that can hold anywhere is looked at after each of the first 1000 instructions, then after every 10000th', async () => {
    const software = 'store bytes at 0x1000 = hex "01006338 fcffff4b" r3 = 0 NIA = 0x1000';
    const until = async (value: number) => {
      const found = await run(
        `guest vm { memory 4 MiB } scenario "s" { ${software} run until r3 >= ${value} for 50000 instructions }`,
      );
      return Number(found.machine.readRegister('r3'));
    };
    expect([await until(3), await until(500), await until(501), await until(1200)]).toEqual([3, 500, 5500, 5500]);
  });

  it('runs the same again after going back', async () => {
    const made = await run(`${GUEST} scenario "s" { run until sum run until r3 == 55 }`);
    const end = made.hash();
    const ticks = made.tick;
    made.reset();
    while (made.status === 'running') made.step(7);
    expect([made.hash(), made.tick]).toEqual([end, ticks]);
  });

  it('is interruptible: a step is never longer than it may be', async () => {
    const made = new ScenarioRun(
      await loaded('guest vm { memory 4 MiB image "loop" } scenario "s" { run }', {
        loop: Uint8Array.of(0, 0, 0, 0x48),
      }),
      {
        machine: (config) => new Machine(config),
      },
    );
    while (made.tick < 5000) made.step(1000, 'event');
    expect([made.tick < 6100, made.status]).toEqual([true, 'running']);
  });

  it('evaluates symbols in the debugger', async () => {
    const made = await run(`${GUEST} scenario "s" { run until sum }`);
    expect(made.evaluate('total + 8')).toEqual({ value: 0x101348n });
    expect(made.evaluate('NIA == sum')).toEqual({ value: true });
    expect(made.evaluate('NIA == main')).toEqual({ value: false });
    expect(made.evaluate('nothing')).toMatchObject({ error: expect.stringContaining("named 'nothing'") as string });
  });
});

describe('what is wrong with an image', () => {
  it.each<[text: string, problem: string]>([
    ['guest a { image "none" }', '1:17 error file-not-found "none" cannot be found'],
    ['guest a { image "../x" }', '1:17 error file-outside "../x" leaves the workspace'],
    ['guest a { initrd "none" }', '1:18 error file-not-found "none" cannot be found'],
    ['guest a { image "far.elf" }', '1:17 error bad-image "far.elf" is empty'],
    ['guest a { image "trap" at 2 }', '1:17 error bad-image "trap" cannot be at 0x2: write a multiple of 4.'],
    ['guest a { image "trap" at r3 }', '1:27 error not-constant'],
    ['guest a { memory 1 MiB image "hello-le" }', '1:30 error bad-image The segment at 0x100000 of "hello-le"'],
    ['guest a { endian big image "hello-le" }', '1:28 error bad-image "hello-le" is little-endian'],
    ['guest a { image "hello-le" image "trap" }', "1:28 error duplicate-setting 'image' is set twice"],
    [
      'guest a { image "trap" at 0 initrd "count.bin" at 4 }',
      '1:36 error bad-image "count.bin" (0x4 to 0x18) overlaps "trap" (0x0 to 0x8)',
    ],
    [
      'guest a { image "hello-le" } scenario "s" { run until man }',
      "1:55 error unknown-name No variable, constant or register is named 'man'; did you mean 'main'?",
    ],
  ])('%s', async (text, problem) => {
    expect((await problems(text))[0]).toContain(problem);
  });
  it('names the field of a broken ELF file', async () => {
    const { diagnostics } = await load('guest a { image "x" }', { x: fixture('hello-le').subarray(0, 100) });
    expect(diagnostics[0]?.message).toMatch(
      /^The ELF file ends before the program header table does: .* \("x", offset 0x40\)$/,
    );
  });

  it('warns of a program that is moved from where it is linked', async () => {
    expect(await problems('guest a { memory 4 MiB image "hello-le" at 0x10000 }')).toEqual([
      `1:24 warning image-moved "hello-le" is linked for 0x100000 and lies at 0x10000: only position independent code works there; leave 'at' out, or write the address for which it is linked.`,
    ]);
    expect(await problems('guest a { memory 4 MiB image "hello-le" at 0x100000 }')).toEqual([]);
  });

  it('says what a guest without a device tree does not learn', async () => {
    expect(await problems('guest a { image "trap" initrd "count.bin" bootargs "quiet" }')).toEqual([
      '1:24 warning not-available A guest has no device tree yet (r3 is 0 at the entry): the initrd is in memory, but nothing tells the image where.',
      '1:43 warning not-available A guest has no device tree yet (r3 is 0 at the entry): the image does not see the bootargs.',
    ]);
  });
});
