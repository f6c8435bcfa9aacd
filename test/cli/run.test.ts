import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkCommand } from '../../cli/commands/check';
import { runCommand } from '../../cli/commands/run';
import { assemble } from '../../emulator/isa/assembler';
import { runCommandLine, withFile } from './io';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const run = (text: string, ...args: string[]) =>
  withFile('test.pef', text, (path) => runCommandLine(runCommand, [path, ...args]));
const check = (text: string | Uint8Array) => withFile('test.pef', text, (path) => runCommandLine(checkCommand, [path]));

describe('the examples that ship', () => {
  it.each(readdirSync(EXAMPLES).filter((name) => name.endsWith('.pef')))('%s passes', async (name) => {
    const spec = await runCommandLine(runCommand, [join(EXAMPLES, name)]);
    expect(spec.out + spec.error).not.toMatch(/FAIL|ERROR|error:/);
    expect(spec.code).toBe(0);
    const checked = await runCommandLine(checkCommand, [join(EXAMPLES, name)]);
    expect(checked.out).toContain('no errors');
  });
});

describe('the images of the examples', () => {
  it('are what their sources are assembled to', () => {
    const source = readFileSync(join(EXAMPLES, 'hello-guest.s'), 'utf8');
    const image = readFileSync(join(EXAMPLES, 'hello-guest.bin')).toString('hex');
    expect(assemble(source, 0x1000n, { endian: 'little' })).toMatchObject({ errors: [] });
    expect(Buffer.from(assemble(source, 0x1000n, { endian: 'little' }).bytes).toString('hex')).toBe(image);
  });
});

describe('the scenario of the README', () => {
  it('passes', async () => {
    const readme = readFileSync(join(EXAMPLES, '../README.md'), 'utf8');
    const text = /```pef\n([\s\S]*?)```/.exec(readme)?.[1];
    expect(text).toContain('hypercall H_TPM_COMM');
    const { code, out } = await run(text ?? '');
    expect(out).toContain('PASS  random numbers from the TPM');
    expect(code).toBe(0);
  });
});

describe('pef run', () => {
  it('shows the exchange of h-tpm-comm.pef: registers, command and response field by field', async () => {
    const { out } = await runCommandLine(runCommand, [join(EXAMPLES, 'h-tpm-comm.pef')]);
    expect(out).toContain('r3  0x000000000000ef10  H_TPM_COMM');
    expect(out).toContain('r6  0x000000000000000c  in_size = 12');
    expect(out).toMatch(/commandCode +0000017b +TPM_CC_GetRandom/);
    expect(out).toMatch(/bytesRequested +0020 +32/);
    expect(out).toMatch(/responseCode +00000000 +TPM_RC_SUCCESS/);
    expect(out).toMatch(/randomBytes +[0-9a-f]{32} +32 bytes/);
    expect(out).toContain('r4  0x000000000000002c  response_size = 44');
    expect(out).toContain('PASS  random numbers from the TPM');
  });

  it('prints the same twice', async () => {
    const args = [join(EXAMPLES, 'h-tpm-comm.pef'), '--format', 'json'];
    expect(await runCommandLine(runCommand, args)).toEqual(await runCommandLine(runCommand, args));
  });

  it('ends with 1 and the place when a scenario fails, and runs the others', async () => {
    const { code, out } = await run('scenario "a" {\n  expect 1 == 2 "no"\n}\nscenario "b" { }\n');
    expect(code).toBe(1);
    expect(out).toMatch(/FAIL {2}a\n.*test\.pef:2:3: /);
    expect(out).toContain('PASS  b');
    expect(out).toContain('1 of 2 scenarios passed');
  });

  it('ends with 2 and file:line:column when the file does not check', async () => {
    const { code, error } = await run('scenario "a" {\n  as vm { hypercall H_TPM_COM() }\n}\n');
    expect(code).toBe(2);
    expect(error).toMatch(/test\.pef:2:21: error: .*H_TPM_COMM/);
  });

  it('ends with 1 when a scenario does not end in time', async () => {
    const { code, out } = await run('scenario "a" { as vm { asm { here: b here } } }', '--timeout', '0.2');
    expect(code).toBe(1);
    expect(out).toContain('[timeout]');
  });

  it('shows both ends of a deep stack', async () => {
    const { out } = await run('procedure f(n) { return f(n + 1) }\nscenario "a" { let x = f(0) }');
    expect(out).toMatch(/\.\.\. \d{3} more \.\.\./);
    expect(out.split('\n').length).toBeLessThan(30);
  });

  it('ends when it is interrupted', async () => {
    const signal = AbortSignal.timeout(200);
    const { code, out } = await withFile('test.pef', 'scenario "a" { as vm { asm { here: b here } } }', (path) =>
      runCommandLine(runCommand, [path], '', signal),
    );
    expect(code).toBe(1);
    expect(out).toContain('[interrupted]');
  });

  it('answers H_RESOURCE for a TPM that is not there', async () => {
    const { code, out } = await run(
      `machine { tpm swtpm "127.0.0.1:1" }
       scenario "a" { as vm { hypercall H_TPM_COMM(1, 0x10000, 12, 0x11000, 4096) -> H_RESOURCE } }`,
    );
    expect(out).toMatch(/H_RESOURCE: .*127\.0\.0\.1:1/);
    expect(code).toBe(0);
  });

  it.each([
    ['--scenario', 'b', 'PASS  b'],
    ['--seed', 'other', 'PASS  a'],
    ['--profile', 'shipped', 'PASS  a'],
  ])('takes %s %s', async (option, value, said) => {
    expect((await run('scenario "a" { }\nscenario "b" { }', option, value)).out).toContain(said);
  });

  it.each([
    [['--scenario', 'nobody'], 'no-scenario', /there is no scenario "nobody"; the file has "a"/],
    [['--format', 'yaml'], 'usage', /must be one of: text, json, junit/],
    [['--timeout', 'soon'], 'usage', /must be a number/],
    [['--nonsense'], 'usage', /nonsense/],
    [['second.pef'], 'usage', /one argument too many/],
  ])('refuses %j', async (args, errorCode, message) => {
    await expect(run('scenario "a" { }', ...args)).rejects.toMatchObject({
      code: errorCode,
      message: expect.stringMatching(message) as string,
    });
  });

  it('writes JSON', async () => {
    const { out } = await run('scenario "a" { as vm { send TPM2_GetRandom(bytesRequested: 4) } }', '--format', 'json');
    const report = JSON.parse(out) as {
      passed: boolean;
      scenarios: { outcome: unknown; events: { kind: string }[] }[];
    };
    expect(report.passed).toBe(true);
    expect(report.scenarios[0]?.outcome).toEqual({ kind: 'passed' });
    expect(report.scenarios[0]?.events.map((event) => event.kind)).toContain('tpm response');
  });

  it('writes JUnit, with names as XML needs them', async () => {
    const { out } = await run('scenario "a < b & c" { expect 1 == 2 }', '--format', 'junit');
    expect(out).toContain('tests="1" failures="1" errors="0"');
    expect(out).toContain('name="a &lt; b &amp; c"');
    expect(out).toContain('<failure type="expectation-failed"');
  });
});

describe('pef check', () => {
  it('says that there is nothing wrong', async () => {
    const { code, out } = await check('scenario "a" { }');
    expect([code, out.endsWith('no errors\n')]).toEqual([0, true]);
  });

  it.each([
    ['an absurd size', 'machine { normal memory 900 GiB }\nscenario "a" { }', /1:\d+: error: .*GiB/],
    ['text that is no scenario', 'hello', /1:1: error: /],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0), /UTF-8/],
    ['a file that is used and not there', 'use "other.pef"\nscenario "a" { }', /1:\d+: error: .*other\.pef/],
    ['an error in asm', 'scenario "a" { as vm { asm {\n  addi r3, r4\n} } }', /2:\d+: error: /],
  ])('refuses %s', async (_, text, expected) => {
    const { code, out } = await check(text);
    expect(code).toBe(2);
    expect(out).toMatch(expected);
  });

  it('says that a file is missing, too large, or a folder', async () => {
    const missing = await runCommandLine(checkCommand, ['/nowhere/x.pef']);
    expect([missing.code, missing.out]).toEqual([2, expect.stringContaining('cannot be found')]);
    const folder = await runCommandLine(checkCommand, [EXAMPLES]);
    expect([folder.code, folder.out]).toEqual([2, expect.stringContaining('cannot be read')]);
    const large = await check(new Uint8Array(8 * 1024 * 1024).fill(32));
    expect([large.code, large.out]).toEqual([2, expect.stringContaining('larger than')]);
  });
});
