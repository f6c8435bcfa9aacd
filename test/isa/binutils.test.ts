import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assembleLine } from '../../emulator/isa/assembler';
import { disassemble } from '../../emulator/isa/disassembler';

const cases = ['disassembly', 'disassembly-vector', 'disassembly-float']
  .flatMap((name) => readFileSync(`test/vectors/isa/${name}.txt`, 'utf8').split('\n'))
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => /^(\S+) (\S+) (.*)$/.exec(line))
  .map((match) => ({
    address: BigInt(`0x${match?.[1]}`),
    word: parseInt(match?.[2] ?? '', 16),
    text: match?.[3] ?? '',
  }));

describe('against GNU binutils', () => {
  it('has all cases', () => expect(cases.length).toBeGreaterThan(4900));

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
    ['rlwinm 3,4,5,0xff00', 0x54832c2e],
    ['rlwinm 3,4,5,0xf000000f', 0x54832f06],
    ['rlwimi. 3,4,5,0x00ff0000', 0x50832a1f],
    ['rlwnm 3,4,5,0xff', 0x5c832e3e],
    ['mtcrf 0x10,3', 0x7c710120],
    ['mtcrf 0x30,3', 0x7c630120],
    ['mfpmc1 3', 0x7c63c2a6],
    ['mtpmc1 3', 0x7c73c3a6],
    ['mfmmcr0 3', 0x7c6bc2a6],
    ['mftbl 3', 0x7c6c42a6],
    ['mttbu 3', 0x7c7d43a6],
    ['lswi 3,4,0', 0x7c6404aa],
    ['lswi 3,4,32', 0x7c6404aa],
    ['rfebb', 0x4c000924],
    ['rfebb 0', 0x4c000124],
    ['dcbt 0,3', 0x7c001a2c],
    ['dcbtds 0,3', 0x7d001a2c],
    ['dcbt 0,3,10', 0x7d401a2c],
    ['tlbie 3,4,1', 0x7c841a64],
    ['tlbiel 3', 0x7c001a24],
    ['slbia', 0x7c0003e4],
    ['yield', 0x7f7bdb78],
    ['beqlr cr1', 0x4d860020],
    ['beqlr cr1,1', 0x4d860820],
    ['blr 1', 0x4e800820],
    ['bdnzflr lt,1', 0x4c000820],
    ['beqctr+ cr7,2', 0x4dfe1420],
    ['bclr- 24,lt,1', 0x4f000820],
    ['bc- 12,4*cr1+eq,.+8', 0x41c60008],
    ['bc+ 12,4*cr1+eq,.+8', 0x41e60008],
    ['bc+ 16,0,.+8', 0x43200008],
    ['mdoio', 0x7fbdeb78],
    ['tresume.', 0x7c2005dd],
    ['icbt 0,3', 0x7c00182c],
    ['icbt 2,0,3', 0x7c40182c],
    ['vor %v1,V2,v2', 0x10221484],
    ['lvx 1,0,2', 0x7c2010ce],
    ['mfvsrd r3,vs35', 0x7c630067],
    ['mtvsrwz vs3,r3', 0x7c6301e6],
    ['xxpermdi vs1,vs2,vs2,0', 0xf0221050],
    ['stxv vs33,-16(r1)', 0xf421fffd],
  ])('assembles %s', (text, word) => {
    expect(assembleLine(text)).toEqual({ word });
  });
  it('refuses a mask whose ones are not in one run', () => {
    expect(assembleLine('rlwinm 3,4,5,0x5')).toMatchObject({ error: { code: 'not-a-mask', column: 14 } });
    expect(assembleLine('rlwinm 3,4,5,0')).toMatchObject({ error: { code: 'not-a-mask' } });
  });
});
