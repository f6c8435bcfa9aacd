import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asmText } from '../../cli/asm';
import { disasmBytes, disasmText } from '../../cli/disasm';
import { EXEC_STEP_LIMIT, EXEC_TEXT_LIMIT, execLine } from '../../cli/exec';
import { execCommand } from '../../cli/commands/exec';
import { linesOf } from '../../cli/lines';
import { runCommandLine } from './io';

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

const hex16 = (value: number, prefix = ''): string => `${prefix}${value.toString(16).padStart(16, '0')}`;
const zeros = (count: number, width = 16, prefix = ''): string[] =>
  new Array<string>(count).fill(`${prefix}${'0'.repeat(width)}`);

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
  it('writes numbers as the input does', () => {
    const memory = [{ addr: '0x0', hex: '' }];
    expect(exec({ steps: 0, pc: '8' }).pc).toBe('0000000000000008');
    expect(exec({ steps: 0, pc: '0x8' }).pc).toBe('0x0000000000000008');
    expect(exec({ steps: 0, memory }).memory[0]?.addr).toBe('0x0000000000000000');
    expect(exec({ steps: 0, pc: 8 }).pc).toBe('0x0000000000000008');
  });

  it('executes in big-endian mode and names the interrupt', () => {
    const answer = exec({ msr: '8000000000000000', pc: '0', memory: [{ addr: '0', hex: '44000022' }], steps: 10 });
    expect(answer).toMatchObject({
      executed: 1,
      stopped: 'System Call',
      pc: '0000000000000c00',
      msr: '9000000000000000',
      interrupt: { vector: 'c00', address: '0000000000000000' },
    });
  });
  it('begins every line anew', () => {
    exec({ gpr: ['ff'], msr: '9000000000000001', memory: [{ addr: '100', hex: 'ff' }] });
    expect(
      exec({
        memory: [
          { addr: '100', hex: '' },
          { addr: '100', hex: '00' },
        ],
        steps: 0,
      }),
    ).toMatchObject({ executed: 0, memory: [{ hex: '' }, { hex: '00' }], pc: '0000000000000000', cr: '00000000' });
    expect(exec({ steps: 0 }).gpr).toEqual(new Array(32).fill('0x0000000000000000'));
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
      steps: 0,
    });
    expect(exec({ ...answer, steps: 0 })).toEqual(answer);
  });
  it('executes one instruction when the number is missing', () => {
    const memory = [{ addr: '0', hex: '3863000138630001' }]; // addi 3,3,1 twice
    expect(exec({ msr: '8000000000000000', memory })).toMatchObject({ executed: 1, pc: '0000000000000004' });
  });
  it('lets the later of two regions count, and gives the id back', () => {
    const memory = [
      { addr: '100', hex: '010203' },
      { addr: '101', hex: 'FF' },
    ];
    expect(exec({ id: [7], memory, steps: 0 })).toMatchObject({ id: [7], memory: [{ hex: '01ff03' }, { hex: 'ff' }] });
    expect(exec({ id: 'x', steps: -1 })).toMatchObject({ id: 'x', error: expect.stringContaining('steps') });
  });
  it('executes in secure memory only in secure state', () => {
    const memory = [{ addr: '1000000000000', hex: '01006038' }]; // li 3,1
    const at = (msr: string) => exec({ msr, pc: '1000000000000', memory });
    expect(at('9000000000400001').gpr[3]).toBe('0000000000000001');
    expect(at('9000000000000001').stopped).toBe('Instruction Storage');
  });
  it.each([
    ['fffffffffffc', 'Machine Check'],
    ['fffffffffffffffc', 'Instruction Storage'], // its bit 15 says secure memory
  ])('has no memory at %s', (pc, stopped) => {
    expect(exec({ msr: '9000000000000001', pc }).stopped).toBe(stopped);
  });
  it('executes a loop up to the number of steps', () => {
    const memory = [{ addr: '0', hex: '38630001'.repeat(2) + '4bfffff8' }]; // addi 3,3,1 twice; b 0
    const answer = exec({ msr: '8000000000000000', memory, steps: 999_999 });
    expect([answer.executed, answer.gpr[3], answer.pc]).toEqual([999_999, '00000000000a2c2a', '0000000000000000']);
  });
  it.each([
    // In the input, and in the answer.
    ['a list of FPRs', { fpr: ['3ff0000000000000'] }, { fpr: ['3ff0000000000000', ...zeros(31)] }],
    ['VSRs as texts', { vsr: ['0x1'] }, { vsr: [`0x${'0'.repeat(31)}1`, ...zeros(63, 32, '0x')] }],
    ['VSRs as pairs', { vsr: [['1', '2']] }, { vsr: [[hex16(1), hex16(2)], ...Array(63).fill(zeros(2))] }],
    ['FPSCR and VSCR', { fpscr: '1', vscr: '10000' }, { fpscr: hex16(1), vscr: '00010000' }],
    ['SPRs by name', { spr: { SRR0: '100', srr1: '2' } }, { spr: { SRR0: hex16(256), srr1: hex16(2) } }],
    ['SPRs by number', { spr: { 26: '100', '0x1b': '2' } }, { spr: { 26: hex16(256), '0x1b': hex16(2) } }],
    ['what is only asked for', { lr: '7', spr: ['LR', 'FPSCR'] }, { spr: { LR: hex16(7), FPSCR: hex16(0) } }],
    ['null as a question', { spr: { PVR: null } }, { spr: { PVR: '0x004e1203' } }],
    ['the model alone', { cpu: 'power9', lr: '1' }, { cpu: 'power9' }],
    ['the byte order', { cpu: { endian: 'little' }, msr: '0' }, { msr: hex16(1) }],
  ])('takes %s', (_, input, answer) => expect(exec({ ...input, steps: 0 })).toMatchObject(answer));
  it('puts FPR n into doubleword 0 of VSR n', () => {
    const { vsr } = exec({ vsr: [['1', '2']], fpr: ['3'], steps: 0 }) as unknown as { vsr: string[][] };
    expect(vsr[0]).toEqual([hex16(3), hex16(2)]);
  });
  it('gives SPRs as the instructions leave them', () => {
    const memory = [{ addr: '0', hex: '44000002' }]; // sc
    const answer = exec({ msr: '9000000000000000', memory, spr: ['SRR0', 'SRR1'] });
    expect(answer).toMatchObject({ stopped: 'System Call', spr: { SRR0: hex16(4), SRR1: '9000000000000000' } });
  });
  it.each([
    ['goes through the tables that PTCR names', {}, hex16(1)],
    ['goes through them when asked to', { cpu: { translate: true } }, hex16(1)],
    ['takes real addresses when asked to', { cpu: { translate: false } }, hex16(2)],
  ])('%s', (_, input, r3) => {
    const doubleword = (addr: string, value: string) => ({ addr, hex: value.padStart(16, '0') });
    const answer = exec({
      ...input,
      msr: '8000000000000001',
      pc: '1000',
      // LPCR.HR and UPRT; partition table of 4 KiB
      spr: { LPCR: '500000', LPIDR: '1', PTCR: '10000' },
      memory: [
        // partition 1: 52 bits, root of 2^13 entries at 20000
        doubleword('10010', 'c0000000000200ad'),
        // to a table of 2^9 entries at 40000, whose first entry maps a gigabyte: R, C, read, write, execute
        doubleword('20000', '8000000000040009'),
        doubleword('40000', 'c000000040000187'),
        { addr: '40001000', hex: '01006038' }, // li 3,1
        { addr: '1000', hex: '02006038' }, // li 3,2
      ],
    });
    expect([answer.stopped, answer.gpr[3]]).toEqual([undefined, r3]);
  });
  it('leaves nothing of the registers of a line to the next', () => {
    exec({ vsr: ['1'], fpscr: '1', spr: { SPRG0: '1', PTCR: '10000' }, steps: 0 });
    const asked = exec({ vsr: [], spr: ['FPSCR', 'SPRG0', 'PTCR'], steps: 0 }) as unknown as { vsr: string[] };
    expect(asked).toMatchObject({ spr: { FPSCR: hex16(0, '0x'), SPRG0: hex16(0, '0x'), PTCR: hex16(0, '0x') } });
    expect(asked.vsr[0]).toBe(`0x${'0'.repeat(32)}`);
  });
  it.each([
    ['', 'JSON'],
    ['{"spr":{"NOSUCH":"1"}}', "no special purpose register 'NOSUCH'"],
    ['{"spr":{"1000":"1"}}', "no special purpose register '1000'"],
    ['{"spr":{"SRR0":{}}}', 'spr.SRR0'],
    ['{"vsr":[["1"]]}', 'vsr[0] must be one text or a pair'],
    ['{"vsr":["100000000000000000000000000000000"]}', 'vsr[0] must be'],
    ['{"fpr":5}', 'fpr must be a JSON array'],
    ['{"vscr":"100000000"}', 'vscr must be'],
    ['{"cpu":"power8"}', 'power9'],
    ['{"cpu":{"endian":"middle"}}', 'little'],
    ['{"cpu":{"translate":1}}', 'cpu.translate'],
    ['{"cpu":{"speed":1}}', "cpu has no member 'speed'"],
    ['{"steps":1', 'not JSON'],
    ['{"step":1}', "no member 'step'"],
    ['{"gpr":["-1"]}', 'gpr[0]'],
    ['{"gpr":[1e300]}', 'gpr[0]'],
    ['{"gpr":[null]}', 'gpr[0]'],
    ['{"gpr":["10000000000000000"]}', 'gpr[0]'],
    ['{"cr":4294967296}', 'cr must be'],
    ['{"memory":[{"addr":"ffffffffffffffff","hex":"0000"}]}', 'no memory'],
    ['{"memory":[{"addr":"bfffffff","hex":"0000"}]}', 'no memory'],
    [JSON.stringify({ steps: EXEC_STEP_LIMIT + 1 }), 'steps'],
    [' '.repeat(EXEC_TEXT_LIMIT + 1), 'longer'],
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

describe('pef exec on a stream', () => {
  const lines = async (chunks: string[], limit = 100): Promise<string[]> => {
    async function* stream(): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      for (const chunk of chunks) yield Buffer.from(chunk);
    }
    const found: string[] = [];
    for await (const line of linesOf(stream(), limit)) found.push(line);
    return found;
  };
  it.each([
    [['a\nb'], ['a', 'b']],
    [
      ['a\r\n', '\r', '\n\nb\n'],
      ['a', '', '', 'b'],
    ],
    [
      ['a', 'b', 'c\nd', ''],
      ['abc', 'd'],
    ],
    [['\uFEFFa\n'], ['a']],
    [[], []],
    [
      ['x'.repeat(60), 'x'.repeat(60), 'x\nb'],
      ['x'.repeat(101), 'b'],
    ],
  ])('%j', async (chunks, expected) => expect(await lines(chunks)).toEqual(expected));

  it('answers each line that is not empty', async () => {
    const { out, code } = await runCommandLine(execCommand, [], '{"steps":0}\n\n  \nx\n{"steps":0}');
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => 'error' in (JSON.parse(line) as object)),
    ).toEqual([false, true, false]);
  });
  it('stops an endless loop when the user interrupts', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    const loop = JSON.stringify({ memory: [{ addr: '0', hex: '48000000' }], steps: EXEC_STEP_LIMIT });
    const { out, code } = await runCommandLine(execCommand, [], `${loop}\n`.repeat(1000), controller.signal);
    expect([code, out.split('\n').length < 1000]).toEqual([130, true]);
  });
});

describe('pef asm', () => {
  it('lists addresses, words and text', () => {
    expect(asmText('start: li r3,1 # one\n b start\n.asciz "a"', { base: 0x100n })).toEqual({
      output: '00000100: 38600001  start: li r3,1 # one\n00000104: 4bfffffc  b start\n00000108: 61 00  .asciz "a"',
    });
  });
  it('lists the statements of a line', () => {
    expect(asmText('x: nop; b x # c')).toEqual({ output: '00000000: 60000000  nop\n00000004: 4bfffffc  b x' });
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
