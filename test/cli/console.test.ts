import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../cli/commands/run';
import { runCommandLine } from './io';

const HELLO = join(import.meta.dirname, '../image/fixtures/hello-le.elf');
const ONE = 'guest vm { memory 4 MiB image "hello.elf" } ';
const TWO = 'guest a { lpid 1 memory 4 MiB image "hello.elf" } guest b { lpid 2 memory 4 MiB image "hello.elf" } ';

async function run(text: string, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'pef-test-'));
  try {
    copyFileSync(HELLO, join(folder, 'hello.elf'));
    writeFileSync(join(folder, 'test.pef'), text);
    return await runCommandLine(runCommand, [join(folder, 'test.pef'), ...args]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("a guest's console in pef run", () => {
  it('goes to standard output as it is, without the calls that carry it', async () => {
    const { out, error, code } = await run(`${ONE} scenario "s" { run print "done" }`);
    expect(out.split('\n').slice(1)).toEqual([
      'Hello from a guest.',
      'done',
      expect.stringMatching(/^PASS {2}s \(\d+ instructions\)$/),
      '',
      '1 of 1 scenario passed',
      '',
    ]);
    expect([error, code]).toEqual(['', 0]);
  });
  it('says whose it is when there are several guests, and is there when quiet', async () => {
    const { out } = await run(`${TWO} scenario "s" { as a { run } as b { run } }`, '--quiet');
    expect(out.split('\n').slice(0, 2)).toEqual(['a: Hello from a guest.', 'b: Hello from a guest.']);
  });
  it('shows a line without an end before what follows, and at the end', async () => {
    const put = (text: string) =>
      `hypercall H_PUT_TERM_CHAR(0, ${text.length}, 0x${Buffer.from(text.padEnd(8, '\0')).toString('hex')}, 0)`;
    const { out } = await run(`scenario "s" { ${put('abc')} print "x" ${put('def')} }`, '--quiet');
    expect(out.split('\n').slice(0, 3)).toEqual(['abc', 'x', 'def']);
  });
  it('tells why a call was refused', async () => {
    const { out } = await run('scenario "s" { hypercall H_PUT_TERM_CHAR(5, 1, 0, 0) -> H_PARAMETER }');
    expect(out).toContain('H_PUT_TERM_CHAR: H_PARAMETER: there is no terminal 0x5');
  });
  it('is lines of its own in a JSON report', async () => {
    const { out } = await run(`${ONE} scenario "s" { run }`, '--format', 'json');
    const [scenario] = (JSON.parse(out) as { scenarios: { console: unknown; events: { kind: string }[] }[] }).scenarios;
    expect(scenario?.console).toEqual([{ guest: 'vm', text: 'Hello from a guest.' }]);
    expect(scenario?.events.map(({ kind }) => kind).filter((kind) => /call|console/.test(kind))).toEqual([]);
  });
  it('is output of the test case in a JUnit report', async () => {
    const { out } = await run(`${ONE} scenario "s" { run }`, '--format', 'junit');
    expect(out).toContain('<system-out>vm: Hello from a guest.</system-out>');
  });
});
