import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { userCommand } from '../../cli/commands/user';
import { assemble } from '../../emulator/isa/assembler';
import { elfProgram } from '../qemu/elf';
import { BASE, DATA, EXIT, call } from '../user/helpers';
import { runCommandLine, withFile } from './io';

/** Runs `pef user OPTIONS program ARGUMENTS`. */
function user(text: string, options: string[] = [], args: string[] = [], input = '', signal?: AbortSignal) {
  const { bytes } = assemble(text, BigInt(BASE), { endian: 'little' });
  const segments = [
    { address: BASE, bytes },
    { address: DATA, bytes: new Uint8Array(), size: 0x1000 },
  ];
  return withFile('program', elfProgram(BASE, segments, true), (path) =>
    runCommandLine(userCommand, [...options, path, ...args], input, signal),
  );
}
const MESSAGE = ' b over\nmessage: .ascii "hello\\n"\n .balign 4\nover:\n';

describe('pef user', () => {
  it('passes on output and exit code', async () => {
    const text = `${MESSAGE}${call(4, 1, BASE + 4, 6)}${call(4, 2, BASE + 4, 2)} li 3,9\n${EXIT}`;
    expect(await user(text)).toEqual({ code: 9, out: 'hello\n', error: 'he' });
  });
  it('gives everything behind the program to the program', async () => {
    expect((await user(` ld 3,0(1)\n${EXIT}`, ['--seed', 'x'], ['--trace', '--help', 'a'])).code).toBe(4);
  });
  it('reads standard input', async () => {
    const text = `${call(3, 0, DATA, 64)} mr 5,3\n li 3,1\n lis 4,${DATA >> 16}\n ori 4,4,${DATA & 0xffff}\n li 0,4\n sc\n${EXIT}`;
    expect(await user(text, [], [], 'echo')).toMatchObject({ code: 4, out: 'echo' });
  });
  it('reports a fault, with 128 and the signal', async () => {
    const { code, error } = await user(' trap\n');
    expect([code, error]).toEqual([133, expect.stringMatching(/^SIGTRAP: .*\n {2}at 0x10000000: 7fe00008 {2}trap\n/)]);
  });
  it('counts mnemonics', async () => {
    const { error } = await user(` nop\n nop\n li 3,0\n${EXIT}`, ['--count']);
    expect(error.trim().split(/\s*\n\s*/)).toEqual(['2  addi', '2  ori', '1  sc']);
  });
  it('tells system calls', async () => {
    expect((await user(` li 3,0\n${EXIT}`, ['--trace'])).error).toBe('exit(0x0) = exit 0\n');
  });
  it('ends after a number of instructions', async () => {
    const { code, error } = await user('loop: b loop\n', ['--limit', '1000']);
    expect([code, error]).toEqual([124, 'pef user: the program was ended after 1000 instructions\n']);
  });
  it('stops when the user interrupts', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    expect((await user('loop: b loop\n', [], [], '', controller.signal)).code).toBe(130);
  });
  it('opens files below --root, and none outside of it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pef-root-'));
    try {
      writeFileSync(join(folder, 'in'), 'data');
      symlinkSync('/etc/hostname', join(folder, 'out'));
      const open = (path: string) =>
        user(` b over\npath: .asciz "${path}"\n .balign 4\nover: ${call(5, BASE + 4, 0)}${EXIT}`, ['--root', folder]);
      // A descriptor, or ENOENT.
      expect((await open('/in')).code).toBe(3);
      expect((await open('in')).code).toBe(3);
      expect((await open('/../../in')).code).toBe(3);
      expect((await open('/out')).code).toBe(2);
      expect((await open('/none')).code).toBe(2);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  it.each([
    [[], 'the program is missing'],
    [['--nothing', 'x'], 'there is no option --nothing'],
    [['--memory'], '--memory needs a value'],
    [['--memory', '0', 'x'], 'must be a number from 1'],
    [['--env', 'x', 'y'], 'must be NAME=VALUE'],
    [['/nonexistent'], 'cannot be read'],
  ])('refuses %j', async (args, message) => {
    await expect(runCommandLine(userCommand, args)).rejects.toThrow(message);
  });
  it('refuses what is no program', async () => {
    await expect(withFile('x', 'text', (path) => runCommandLine(userCommand, [path]))).rejects.toThrow('ELF');
  });
});
