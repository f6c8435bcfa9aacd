import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../emulator/common/bytes';
import { assemble, assembleLine } from '../../emulator/isa/assembler';
import { disassemble } from '../../emulator/isa/disassembler';
import { instructionDocs, registerDocs } from '../../emulator/isa/docs';

const hex = (text: string, endian: 'little' | 'big' = 'big') => toHex(assemble(text, 0x1000n, { endian }).bytes);

describe('text of many lines', () => {
  const text = `
# a comment, // another; and a third
start:  li    r3, count        // forward and constant names
        mtctr r3
loop:   addi  r4, r4, 1 ; bdnz  loop // two
        b     done
count = 10
        .balign 16
data:   .long 1, loop, -1
done:   blr`;

  it('resolves labels in both directions', () => {
    const { bytes, labels, errors } = assemble(text, 0x1000n, { endian: 'big' });
    expect(errors).toEqual([]);
    expect(Object.fromEntries(labels)).toEqual({ start: 0x1000n, loop: 0x1008n, data: 0x1020n, done: 0x102cn });
    expect(
      toHex(bytes, '')
        .replace(/(.{8})/g, '$1 ')
        .trim()
        .split(' '),
    ).toEqual([
      '3860000a',
      '7c6903a6',
      '38840001',
      '4200fffc',
      '4800001c',
      '00000000',
      '00000000',
      '00000000',
      '00000001',
      '00001008',
      'ffffffff',
      '4e800020',
    ]);
  });

  it('maps addresses to lines', () => {
    const { lines } = assemble(text, 0x1000n);
    expect(lines.map(({ address, line, length, instruction }) => [address, line, length, instruction])).toEqual([
      [0x1000n, 3, 4, true],
      [0x1004n, 4, 4, true],
      [0x1008n, 5, 4, true],
      [0x100cn, 5, 4, true],
      [0x1010n, 6, 4, true],
      [0x1014n, 8, 12, false],
      [0x1020n, 9, 12, false],
      [0x102cn, 10, 4, true],
    ]);
  });

  it.each([
    ['.byte 1,2,-1', '0102ff'],
    ['.short 0x1234', '1234'],
    ['.quad 0x0123456789abcdef', '0123456789abcdef'],
    ['.asciz "a\\n#"', '610a2300'],
    ['.ascii "é"', 'c3a9'],
    ['.space 3', '000000'],
    ['.long . + 4', '00001004'],
    ['.long (1+2)*3 << 4 | 1', '00000091'],
    ['x = 0x12348765\n addis 3,3,x@ha\n addi 3,3,x@l', '3c63123538638765'],
    ['a: b: .long b-a', '00000000'],
    ['.fill 2,2,0x4142 ; .fill 1 ; .fill 0,8; .fill 9,0', '4142414200'],
    ['x: .byte 1 ; .org x+3 ; .byte 2', '01000002'],
    ['subpcis 3,5', '4c7dffc5'],
    ['li 3,1;li 4,2 ;; li 5,3;', '386000013880000238a00003'],
    [".ascii \"a;b#c//d/*e\" ; .byte ';','#, '\\n'", '613b6223632f2f642f2a653b230a'],
    ['nop /* ; a\n b */ .byte 1 /* c */ , 2', '600000000102'],
    ['1: nop; 1: b 1b; b 1f; 1: b 1b; 2: b 2b; b 1f; 01:', '600000004800000048000004480000004800000048000004'],
    ['0: b 0b; .byte 0b11', '4800000003'],
    ['x = 0x123456789abcdef0\n lis 3,x@highest; ori 3,3,x@higher', '3c60123460635678'],
    ['x = 0x123456789abcdef0\n oris 3,3,x@h; ori 3,3,x@l; addi 3,3,x@l', '64639abc6063def03863def0'],
    ['x = 0xffff87658765\n lis 3,x@higha; lis 3,x@highera; lis 3,x@highesta', '3c6087663c60ffff3c600000'],
    ['x = 0xffffffff8000\n lis 3,x@higha; lis 3,x@highera; lis 3,x@highesta', '3c6000003c6000003c600001'],
    ['x = 0xfffc\n lis 3,x@ha+4; lis 3,x+4@ha; ld 4,x@l(3)', '3c6000013c600001e883fffc'],
    // GNU as: * / % << >> before & | ^ before + -, and octal numbers.
    ['.byte 1+2<<3, 1|2+4, 7/2, -7%3, 6^3, 010', '1107 03ff0508'.replace(' ', '')],
    ['.set n,3\n.byte n,~0&15', '030f'],
  ])('assembles %s', (source, expected) => {
    expect(assemble(source, 0x1000n, { endian: 'big' }).errors).toEqual([]);
    expect(hex(source)).toBe(expected);
  });

  it('writes little-endian by default', () => {
    expect(toHex(assemble('li 3,1\n.quad 1', 0n).bytes)).toBe('010060380100000000000000');
  });
});

describe('errors', () => {
  it.each([
    ['adddi r3,r4,1', 1, 6, 'unknown-mnemonic', 'addi'],
    ['  addi r3,r4', 8, 13, 'wrong-operands', undefined],
    ['addi r3,r4,32768', 12, 17, 'out-of-range', undefined],
    ['addi r32,r4,1', 6, 9, 'wrong-register', undefined],
    ['addi cr3,r4,1', 6, 9, 'wrong-register', undefined],
    ['cmpwi cr8,r4,1', 7, 10, 'wrong-register', undefined],
    ['ld r3,2(r4)', 7, 8, 'not-a-multiple', undefined],
    ['ld r3,r4', 7, 9, 'wrong-operands', undefined],
    ['b lop', 3, 6, 'unknown-symbol', undefined],
    ['mtspr SRR9,r3', 7, 11, 'unknown-register', 'SRR0'],
    ['slwi r3,r4,32', 12, 14, 'out-of-range', undefined],
    ['.lang 1', 1, 6, 'unknown-directive', '.long'],
    ['.byte 256', 7, 10, 'out-of-range', undefined],
    ['li r3,(1', 9, 10, 'bad-expression', undefined],
    ['li r3,', 7, 8, 'bad-expression', undefined],
    ['b 0x10000000', 3, 13, 'out-of-range', undefined],
    ['b 2', 3, 4, 'not-a-multiple', undefined],
    ['.space 99999999999', 8, 19, 'out-of-range', undefined],
    ['r3: nop', 1, 3, 'register-as-label', undefined],
    ['*', 1, 2, 'bad-statement', undefined],
    ['nop; foo 1; nop', 6, 9, 'unknown-mnemonic', undefined],
    ['nop ;x: addi r3,r4', 14, 19, 'wrong-operands', undefined],
    ['nop /* a */; li 3,y', 19, 20, 'unknown-symbol', undefined],
    ['nop; .org .-4', 6, 14, 'wrong-operands', undefined],
    ['.fill 1,9', 1, 10, 'wrong-operands', undefined],
    ['.fill 99999999,8', 7, 15, 'out-of-range', undefined],
    ['nop /* a', 5, 7, 'unclosed-comment', undefined],
    ['1: b 1f', 6, 8, 'unknown-symbol', undefined],
    ['b 1b; 1:', 3, 5, 'unknown-symbol', undefined],
    ['.byte 1/0', 8, 10, 'bad-expression', undefined],
    ['.byte 08', 7, 9, 'bad-expression', undefined],
    ['li 3,5@hi', 7, 10, 'bad-expression', undefined],
    ['ori 3,3,-1', 9, 11, 'out-of-range', undefined],
  ])('%s', (text, column, endColumn, code, suggestion) => {
    const { errors } = assemble(text, 0n);
    expect(errors.map((e) => [e.code, e.column, e.endColumn, e.suggestion])).toEqual([
      [code, column, endColumn, suggestion],
    ]);
  });

  it('finds all errors of a text, with their lines', () => {
    const { errors } = assemble('nop\nfoo r1\nli r3,y\nx: x: nop', 0n);
    expect(errors.map(({ line, code }) => [line, code])).toEqual([
      [2, 'unknown-mnemonic'],
      [3, 'unknown-symbol'],
      [4, 'duplicate-label'],
    ]);
  });

  it('finds places behind comments of several lines', () => {
    const { errors, lines } = assemble('/* a\r\n b */ nop; x\n', 0n);
    expect(errors.map(({ line, column, endColumn }) => [line, column, endColumn])).toEqual([[2, 12, 13]]);
    expect(lines.map(({ line, column, endColumn }) => [line, column, endColumn])).toEqual([
      [2, 7, 10],
      [2, 12, 13],
    ]);
  });

  it('bounds output, errors and nesting', () => {
    expect(assemble('.space 16777216\n.space 16777216', 0n).errors[0]?.code).toBe('too-large');
    expect(assemble('foo\n'.repeat(1000), 0n).errors.length).toBe(100);
    expect(assembleLine(`li 3,${'('.repeat(10000)}`)).toMatchObject({ error: { code: 'bad-expression' } });
  });

  it('never throws', () => {
    const piece = fc.constantFrom(
      'addi',
      'r3',
      ',',
      '(',
      ')',
      '.long',
      ':',
      '=',
      '"',
      '\n',
      '4*cr1+eq',
      '@ha',
      '-',
      '0x',
      '.',
      ' ',
      'b',
      'x',
      ';',
      '\\',
      '/*',
      '*/',
      "'",
      '1f',
      '1:',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 30 }).map((parts) => parts.join('')),
        ),
        (text) => {
          assemble(text, 0n);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('disassembler', () => {
  it('gives targets, documentation and data', () => {
    expect(disassemble(0x4bfffffc, 0x1000n)).toMatchObject({
      text: 'b 0xffc',
      target: 0xffcn,
      doc: 'Branch (Power ISA 3.0B Book I 2.4)',
    });
    expect(disassemble(0x00000000, 0n)).toMatchObject({ text: '.long 0x00000000', mnemonic: '.long', row: undefined });
  });
  it('takes a word with reserved bits set for data, as binutils does', () => {
    expect(disassemble(0x7c6003a7, 0n).mnemonic).toBe('.long');
  });
});

describe('documentation', () => {
  it('has a line for every mnemonic and register', () => {
    const docs = [...instructionDocs(), ...registerDocs()];
    expect(docs.filter(({ doc }) => doc.trim() === '')).toEqual([]);
    expect(instructionDocs().find(({ mnemonic }) => mnemonic === 'beqlr+')).toMatchObject({
      operands: '[BF],[BH]',
      standsFor: 'bclr 15,4*BF+2,BH',
    });
    expect(registerDocs().find(({ name }) => name === 'SMFCTRL')).toMatchObject({ number: 511, bits: 64 });
  });
});
