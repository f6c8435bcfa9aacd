import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asmText } from '../../cli/asm';
import { disasmBytes, disasmText } from '../../cli/disasm';
import { execLine } from '../../cli/exec';

interface Answer {
  readonly gpr: string[];
  readonly pc: string;
  readonly msr: string;
  readonly cr: string;
  readonly memory: { addr: string; hex: string }[];
  readonly executed: number;
  readonly stopped?: string;
  readonly interrupt?: { vector: string; address: string };
  readonly error?: string;
}
const exec = (request: unknown): Answer => JSON.parse(execLine(JSON.stringify(request))) as Answer;

describe('pef exec', () => {
  it('executes instructions in little-endian mode', () => {
    const answer = exec({
      gpr: ['0', '0', '0', '5', '0x2000'],
      msr: '9000000000000001',
      pc: '0x1000',
      memory: [
        { addr: '1000', hex: '0700633801006438000064f8' }, // addi 3,3,7; addi 3,4,1; std 3,0(4)
        { addr: '2000', hex: '00'.repeat(8) },
      ],
      steps: 3,
    });
    expect(answer.executed).toBe(3);
    expect([answer.gpr[3], answer.pc, answer.stopped]).toEqual(['0x0000000000002001', '0x000000000000100c', undefined]);
    expect(answer.memory[1]).toEqual({ addr: '0x0000000000002000', hex: '0120000000000000' });
  });
  it('executes in big-endian mode and names the interrupt', () => {
    const answer = exec({ msr: '8000000000000000', pc: '0', memory: [{ addr: '0', hex: '44000022' }], steps: 10 });
    expect(answer).toMatchObject({
      executed: 1,
      stopped: 'System Call',
      pc: '0x0000000000000c00',
      msr: '0x9000000000000000',
      interrupt: { vector: '0xc00', address: '0x0000000000000000' },
    });
  });
  it('begins every line anew', () => {
    exec({ gpr: ['ff'], msr: '9000000000000001', memory: [{ addr: '100', hex: 'ff' }] });
    expect(
      exec({
        memory: [
          { addr: '100', hex: '' },
          { addr: '101', hex: '00' },
        ],
      }),
    ).toMatchObject({ executed: 0, pc: '0x0000000000000000', cr: '0x00000000' });
    expect(exec({}).gpr).toEqual(new Array(32).fill('0x0000000000000000'));
  });
  it('answers with the state that it can be given again', () => {
    const { stopped: _stopped, ...answer } = exec({
      gpr: ['1', '2'],
      msr: '9000000000000001',
      pc: '100',
      cr: '12345678',
      xer: 'e0000000',
      lr: '3',
      ctr: '4',
    });
    expect(exec({ ...answer, steps: 0 })).toEqual(answer);
  });
  it.each([
    ['', 'JSON'],
    ['[]', 'JSON object'],
    ['{"gpr":5}', 'gpr must be a JSON array'],
    [JSON.stringify({ gpr: new Array(33).fill('0') }), 'the limit is 32'],
    ['{"gpr":["xyz"]}', 'gpr[0]'],
    ['{"cr":"123456789"}', 'cr must be'],
    ['{"pc":"2"}', 'multiple of 4'],
    ['{"steps":-1}', 'steps'],
    ['{"steps":1e12}', 'steps'],
    ['{"memory":[{"addr":"0","hex":"0"}]}', 'odd number'],
    ['{"memory":[{"addr":"ffffffffffff","hex":"00"}]}', 'no memory'],
    ['{"memory":[{"addr":"0","hex":5}]}', 'memory[0].hex'],
    ['{"memory":[5]}', 'memory[0] must be'],
  ])('refuses %s', (line, message) => {
    expect((JSON.parse(execLine(line)) as Answer).error).toContain(message);
  });
  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc
            .record({
              gpr: fc.array(fc.string()),
              pc: fc.anything(),
              steps: fc.nat(50),
              memory: fc.array(fc.anything()),
            })
            .map((value) => JSON.stringify(value)),
        ),
        (line) => {
          expect(typeof JSON.parse(execLine(line))).toBe('object');
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('pef asm', () => {
  it('lists addresses, words and text', () => {
    expect(asmText('start: li r3,1 # one\n b start\n.asciz "a"', { base: 0x100n })).toEqual({
      output: '00000100: 38600001  start: li r3,1 # one\n00000104: 4bfffffc  b start\n00000108: 61 00  .asciz "a"',
    });
  });
  it.each([
    ['little', '01 00 60 38 fc ff ff 4b'],
    ['big', '38 60 00 01 4b ff ff fc'],
  ] as const)('writes %s-endian bytes', (endian, hex) => {
    expect(asmText('x: li r3,1\n b x', { endian, format: 'hex' })).toEqual({ output: hex });
  });
  it('gives errors with their places', () => {
    expect(asmText('nop\nli r3')).toMatchObject({
      errors: [{ line: 2, code: 'wrong-operands', message: 'li takes RT,SI.' }],
    });
  });
});

describe('pef disasm', () => {
  it.each([
    ['0x38600001 0x4bfffffc', {}, '00000000: 38600001  li r3,1\n00000004: 4bfffffc  b 0x0'],
    ['01 00 60 38', { base: 0x10n }, '00000010: 38600001  li r3,1'],
    ['38600001', { endian: 'big' }, '00000000: 38600001  li r3,1'],
    ['3860', { endian: 'big' }, '00000000: .byte 0x38,0x60'],
    ['00000000', {}, '00000000: 00000000  .long 0x00000000'],
    ['', {}, ''],
  ] as const)('%s', (text, options, expected) => expect(disasmText(text, options)).toBe(expected));
  it('refuses what is no hexadecimal text', () => expect(() => disasmText('hello')).toThrow('not a hexadecimal digit'));
  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(disasmBytes(bytes).split('\n').length).toBe(Math.max(1, Math.ceil(bytes.length / 4)));
      }),
    );
  });
});
