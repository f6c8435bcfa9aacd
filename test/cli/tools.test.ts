import { describe, expect, it } from 'vitest';
import { asmCommand, disasmCommand } from '../../cli/commands/asm';
import { execCommand } from '../../cli/commands/exec';
import { isaCommand } from '../../cli/commands/isa';
import { tpmCommand } from '../../cli/commands/tpm';
import { runCommandLine, withFile } from './io';

describe('pef asm and disasm', () => {
  it('assemble to addresses, words and text', async () => {
    const { code, out } = await runCommandLine(asmCommand, ['--base', '0x100'], 'li r3, 42\nloop: b loop\nsc 2\n');
    expect(code).toBe(0);
    expect(out).toBe('00000100: 3860002a  li r3, 42\n00000104: 48000000  loop: b loop\n00000108: 44000042  sc 2\n');
  });

  it.each(['little', 'big'])('come back to the same: %s', async (endian) => {
    const hex = await runCommandLine(asmCommand, ['--format', 'hex', '--endian', endian], 'urfid\nsc 1\n');
    const { out } = await runCommandLine(disasmCommand, ['--endian', endian], hex.out);
    expect(out).toBe('00000000: 4c000264  urfid\n00000004: 44000022  sc 1\n');
  });

  it('take words as arguments, with and without 0x', async () => {
    const { out } = await runCommandLine(disasmCommand, ['0x44000042', '4c000264', '00000000']);
    expect(out).toBe('00000000: 44000042  sc 2\n00000004: 4c000264  urfid\n00000008: 00000000  .long 0x00000000\n');
  });

  it('tell errors as file:line:column', async () => {
    const { code, error } = await withFile('a.s', 'nop\naddi r3, r4\n', (path) => runCommandLine(asmCommand, [path]));
    expect(code).toBe(2);
    expect(error).toMatch(/a\.s:2:\d+: error: /);
  });

  it('refuse what is no number', async () => {
    await expect(runCommandLine(asmCommand, ['--base', 'zero'], '')).rejects.toMatchObject({ code: 'usage' });
    await expect(runCommandLine(disasmCommand, ['xyz'])).rejects.toMatchObject({ code: 'bad-hex' });
    await expect(runCommandLine(asmCommand, ['/nowhere.s'])).rejects.toMatchObject({ code: 'file-not-found' });
  });
});

describe('pef tpm decode', () => {
  it('shows a command from hexadecimal text', async () => {
    const { code, out } = await runCommandLine(tpmCommand, ['decode'], '8001 0000000c 0000017b 0020');
    expect(code).toBe(0);
    expect(out).toContain('TPM_CC_GetRandom');
  });

  it('reads a binary file and writes JSON', async () => {
    const bytes = Uint8Array.of(0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x7b, 0, 0x20);
    const { out } = await withFile('a.bin', bytes, (path) =>
      runCommandLine(tpmCommand, ['decode', path, '--format', 'json']),
    );
    expect(JSON.stringify(JSON.parse(out))).toContain('TPM_CC_GetRandom');
  });

  it('ends with 2 on bytes that are no message', async () => {
    const { code, out } = await runCommandLine(tpmCommand, ['decode', '-'], '80010000');
    expect(code).toBe(2);
    expect(out).toContain('!');
  });

  it('knows no other action', async () => {
    await expect(runCommandLine(tpmCommand, ['encode'])).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('pef exec', () => {
  it('answers each line with one line', async () => {
    const line = JSON.stringify({
      pc: '0',
      steps: 1,
      memory: [{ addr: '0', hex: '2a006038' }],
      msr: '8000000000000001',
    });
    const { code, out } = await runCommandLine(execCommand, [], `${line}\nnonsense\n\n${line}\n`);
    expect(code).toBe(0);
    const answers = out
      .trim()
      .split('\n')
      .map((each) => JSON.parse(each) as { gpr?: string[]; error?: string });
    expect(answers.map((answer) => answer.gpr?.[3] ?? 'error' in answer)).toEqual([
      '000000000000002a',
      true,
      '000000000000002a',
    ]);
  });
});

describe('pef isa', () => {
  it('looks names up', async () => {
    const { code, out } = await runCommandLine(isaCommand, ['urfid', 'PTCR']);
    expect(code).toBe(0);
    expect(out).toContain('Ultravisor Return From Interrupt Doubleword');
    expect(out).toContain('number     464');
  });

  it('makes a page of a kind', async () => {
    const { out } = await runCommandLine(isaCommand, ['--page', 'interrupts']);
    expect(out).toContain('| 0xe40 | Hypervisor Emulation Assistance |');
  });

  it('suggests the nearest name', async () => {
    await expect(runCommandLine(isaCommand, ['urfidd'])).rejects.toMatchObject({
      code: 'unknown-name',
      message: expect.stringContaining('urfid') as string,
    });
    await expect(runCommandLine(isaCommand, [])).rejects.toMatchObject({ code: 'usage' });
  });
});
