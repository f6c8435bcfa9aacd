import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assembleLine } from '../../emulator/isa/assembler';
import { disassemble } from '../../emulator/isa/disassembler';

const cases = ['disassembly', 'disassembly-vector']
  .flatMap((name) => readFileSync(`test/vectors/isa/${name}.txt`, 'utf8').split('\n'))
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => /^(\S+) (\S+) (.*)$/.exec(line))
  .map((match) => ({
    address: BigInt(`0x${match?.[1]}`),
    word: parseInt(match?.[2] ?? '', 16),
    text: match?.[3] ?? '',
  }));

describe('against GNU binutils', () => {
  it('has all cases', () => expect(cases.length).toBeGreaterThan(3600));

  it('disassembles as objdump does', () => {
    const wrong = cases
      .map(({ address, word, text }) => ({ text, ours: disassemble(word, address).text }))
      .filter(({ text, ours }) => text !== ours);
    expect(wrong).toEqual([]);
  });

  it('assembles what objdump writes', () => {
    const wrong = cases
      .map(({ address, word, text }) => ({ text, word, ours: assembleLine(text, address) }))
      .filter(({ word, ours }) => !('word' in ours) || ours.word !== word);
    expect(wrong).toEqual([]);
  });

  // Written only on input: what as makes of them.
  it.each([
    ['slwi 3,4,2', 0x5483103a],
    ['srwi. r3,r4,0', 0x5483003f],
    ['inslwi 3,4,5,6', 0x5083d194],
    ['extlwi 3,4,5,6', 0x54833008],
    ['extldi 3,4,5,6', 0x78833104],
    ['clrlsldi 3,4,10,3', 0x788319c8],
    ['sub. r3,r4,r5', 0x7c652051],
    ['subi 3,4,5', 0x3864fffb],
    ['la r3,8(r4)', 0x38640008],
    ['mtsprg 0,r3', 0x7c7043a6],
    ['mtspr SRR0,r3', 0x7c7a03a6],
    ['bt 4*cr1+eq,.+8', 0x41860008],
    ['bnl .+8', 0x40800008],
    ['sync', 0x7c0004ac],
    ['twng 3,4', 0x7e832008],
    ['tdlnli 3,4', 0x08a30004],
    ['sc 2', 0x44000042],
    ['urfid', 0x4c000264],
    ['bl .', 0x48000001],
    ['lis 3,0xf000', 0x3c60f000],
    ['cmpd cr7,%r3,%r4', 0x7fa32000],
    ['li r3,-1', 0x3860ffff],
    ['li 3,0xffffffffffffffff', 0x3860ffff],
    ['ADD R3,R4,R5', 0x7c642a14],
    ['vor %v1,V2,v2', 0x10221484],
    ['lvx 1,0,2', 0x7c2010ce],
    ['mfvsrd r3,vs35', 0x7c630067],
    ['mtvsrwz vs3,r3', 0x7c6301e6],
    ['xxpermdi vs1,vs2,vs2,0', 0xf0221050],
    ['stxv vs33,-16(r1)', 0xf421fffd],
  ])('assembles %s', (text, word) => {
    expect(assembleLine(text)).toEqual({ word });
  });
});
