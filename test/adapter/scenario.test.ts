/** The adapter over real scenarios: what a user sees in the editor. */

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadScenario } from '../../emulator/scenario/load';
import { diskFiles } from '../../extension/adapter/files';
import { Client, errorText } from './client';

const folder = mkdtempSync(path.join(tmpdir(), 'pef-adapter-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const EXAMPLE = path.resolve('examples/h-tpm-comm.pef');

function file(name: string, text: string): string {
  const full = path.join(folder, name);
  writeFileSync(full, text);
  return full;
}

const COMMAND = file(
  'command.pef',
  `machine { seed "adapter" }
guest svm1 { lpid 1 memory 1 MiB }
scenario "one command" {
  as svm1 {
    store bytes at 0x10000 = hex "8001 0000000c 0000017b 0004"
    hypercall H_TPM_COMM(TPM_COMM_OP_EXECUTE, 0x10000, 12, 0x11000, 4096) -> H_SUCCESS
    let answer = tpm response at 0x11000
    let count = 44
    print "done"
    expect count == 45 "wrong on purpose"
  }
}
`,
);

const lines = (program: string, ...numbers: number[]) => ({
  source: { path: program },
  breakpoints: numbers.map((line) => ({ line })),
});

async function at(line: number, program = COMMAND): Promise<Client> {
  const it = new Client();
  await it.launch({ program }, () => it.body('setBreakpoints', lines(program, line)));
  await it.stop();
  return it;
}

describe('a real scenario', () => {
  it('is walked into the hypervisor and the TPM, and back', async () => {
    const it = await at(6);
    const seen: string[] = [];
    for (const move of [
      ...Array<string>(14).fill('stepIn'),
      'stepOut',
      'stepBack',
      'stepBack',
      'stepOut',
      'next',
      'stepBack',
    ]) {
      seen.push(`${move.padEnd(8)} ${(await it.go(move)).replace(/^.* @ /, '')}`);
    }
    const script = 'one command — as svm1 command.pef:6';
    const hypervisor = (line: number) =>
      `H_TPM_COMM (hypervisor) H_TPM_COMM.pef-listing:${line} < svm1: sc 1 < ${script}`;
    const tpm = (line: number) => `TPM2_GetRandom TPM 2.0.pef-listing:${line} < ${hypervisor(13)}`;
    expect(seen).toEqual([
      ...[3, 4, 6, 7, 8, 9, 10, 11, 12, 13].map((line) => `stepIn   ${hypervisor(line)}`),
      ...[3, 4, 5].map((line) => `stepIn   ${tpm(line)}`),
      `stepIn   ${hypervisor(14)}`,
      `stepOut  ${script}`,
      `stepBack ${script}`,
      'stepBack one command — as svm1 command.pef:5',
      `stepOut  ${script}`,
      'next     one command — as svm1 command.pef:7',
      `stepBack ${script}`,
    ]);
  });

  it('shows the call by the names of its row, and the buffers as memory', async () => {
    const it = await at(6);
    for (let n = 0; n < 11; n++) await it.go('stepIn');
    expect(await it.scope('Call', 0, 1)).toEqual([
      'H_TPM_COMM = hypercall 0xef10 by svm1, Privileged(OS)',
      'operation = 0x1 TPM_COMM_OP_EXECUTE',
      'in_buffer = 0x10000',
      'in_size = 0xc (12)',
      'out_buffer = 0x11000',
      'out_size = 0x1000 (4096)',
    ]);
    const { variables } = await it.body('variables', { variablesReference: await it.scopeReference('Call', 1) });
    expect(variables[2]).toMatchObject({ name: 'in_buffer', memoryReference: 'svm1:0x10000' });
    expect(await it.memory('svm1:0x10000', 12)).toBe('80010000000c0000017b0004');
  });

  it('shows the results of the last call, as of the point in time', async () => {
    const it = await at(7);
    expect((await it.scope('Last call')).slice(-2)).toEqual(['result = H_SUCCESS (0)', 'response_size = 0x10 (16)']);
    await it.go('stepBack');
    await expect(it.scope('Last call')).rejects.toThrow(
      'no scope Last call; there are Variables, GPRs, Special, Floating point, Vector',
    );
  });

  it('shows the TPM exchange field by field, each with its bytes', async () => {
    const it = await at(7);
    const tree = await it.scope('TPM exchange', 4);
    expect(
      tree.map((line) => line.replace(/buffer = .*|randomBytes = .*/, (all) => all.slice(0, all.indexOf('=')) + '= …')),
    ).toEqual([
      'command = TPM2_GetRandom, 12 bytes',
      '  tag = TPM_ST_NO_SESSIONS (0x8001)',
      '  commandSize = 0x0000000c (12)',
      '  commandCode = TPM_CC_GetRandom (0x0000017b)',
      '  parameters = { bytesRequested }',
      '    bytesRequested = 0x0004',
      'response = TPM2_GetRandom, 16 bytes',
      '  tag = TPM_ST_NO_SESSIONS (0x8001)',
      '  responseSize = 0x00000010 (16)',
      '  responseCode = TPM_RC_SUCCESS (0x00000000)',
      '  parameters = { randomBytes }',
      '    randomBytes = …',
      '      size = 0x0004',
      '      buffer = …',
    ]);
    expect(await it.memory('tpm-command:0x6', 4)).toBe('0000017b');
  });

  it('shows MSR by its bits, the privilege in words, and what changed', async () => {
    const it = await at(6);
    const before = await it.scope('Special', 1);
    expect(before[0]).toBe('privilege = Privileged(OS)  (S=0 HV=0 PR=0)');
    expect(before).toContain('  HV = 0  hypervisor state, and with S the ultravisor');
    await it.go('stepIn');
    const after = await it.scope('Special', 1);
    expect(after[0]).toBe('privilege = Hypervisor  (S=0 HV=1 PR=0), was Privileged(OS)  (S=0 HV=0 PR=0)');
    expect(after).toContain('  HV = 1 (was 0)  hypervisor state, and with S the ultravisor');
    expect((await it.scope('GPRs'))[3]).toMatch(/^r3 = 0x000000000000ef10 {2}\(was 0x0{16}\)$/);
  });

  it('unfolds a register in a watch to its bits', async () => {
    const it = await at(6);
    const { result, variablesReference } = await it.body('evaluate', { expression: 'msr', context: 'watch' });
    expect(result).toMatch(/^0x8/);
    expect(await it.tree(variablesReference as number, 0)).toContain('SF = 1  64-bit mode');
    const { variablesReference: none } = await it.body('evaluate', { expression: 'r3', context: 'watch' });
    expect(none).toBe(0);
  });

  it('evaluates, assigns, and keeps an assignment over going back and forth', async () => {
    const it = await at(9);
    const evaluate = async (expression: string, context = 'repl') => {
      const answer = await it.ask('evaluate', { expression, context, frameId: await it.frameId() });
      return answer.success ? (answer.body.result as string) : errorText(answer);
    };
    expect(await evaluate('count')).toBe('44 (0x2c)');
    expect(await evaluate('count', 'clipboard')).toBe('44');
    expect(await evaluate('answer.responseCode == TPM_RC_SUCCESS')).toBe('true');
    expect(await evaluate('MSR.HV')).toBe('0');
    expect(await evaluate('count = 45')).toBe('45 (0x2d)');
    expect(await evaluate('nobody', 'hover')).toContain('nobody');
    expect(await evaluate('hypercall H_RANDOM()')).not.toBe('');
    await it.go('next');
    await it.go('stepBack');
    expect(await evaluate('count')).toBe('45 (0x2d)');
    expect(await it.go('continue')).toBe('terminated');
    expect(it.output('stdout'), 'printed once').toBe('done\npassed: scenario "one command"\n');
  });

  it('sets variables, registers and bits', async () => {
    const it = await at(9);
    const set = async (scope: string, name: string, value: string) => {
      const variablesReference = await it.scopeReference(scope);
      return (await it.body('setVariable', { variablesReference, name, value })).value as string;
    };
    expect(await set('Variables', 'count', '7 (0x7)')).toBe('7');
    expect(await set('GPRs', 'r9', '0x1234  (was 0x0)')).toBe('4660 (0x1234)');
    expect((await it.body('setExpression', { expression: 'r9', value: 'count + 1' })).value).toBe('8');
    expect(await it.scope('GPRs')).toContain('r9 = 0x0000000000000008');
  });

  it('shows floating-point and vector registers as numbers and elements, and sets them', async () => {
    const it = await at(9);
    const set = async (scope: string, name: string, value: string) => {
      const variablesReference = await it.scopeReference(scope);
      return (await it.body('setVariable', { variablesReference, name, value })).value as string;
    };
    await set('Floating point', 'f1', '-1.5');
    expect(await it.scope('Floating point')).toContain('f1 = 0xbff8000000000000  -1.5');
    expect((await it.body('setExpression', { expression: 'FPSCR.RN', value: '2' })).value).toBe('2');
    await set('Vector', 'vs33', '0x3f800000400000004040000040800000');
    expect(await it.scope('Vector')).toContain('vs33 = 0x3f800000400000004040000040800000');
    expect(await it.scope('Vector')).toContain('vs1 = 0xbff80000000000000000000000000000');
    const result = async (expression: string) =>
      (await it.body('evaluate', { expression, context: 'watch' })).result as string;
    expect(await result('v1.lo & 0xffffffff')).toContain('0x40800000');
    await expect(result('vs1')).rejects.toThrow('take a half of it, vs1.hi or vs1.lo');
  });

  it('writes memory, which going back takes away and going forward brings again', async () => {
    const it = await at(9);
    const bytes = () => it.memory('0x20000', 4);
    await it.body('writeMemory', { memoryReference: '0x20000', data: Buffer.from('beef', 'hex').toString('base64') });
    expect(await bytes()).toBe('beef0000');
    await it.go('stepBack');
    expect(await bytes()).toBe('00000000');
    await it.go('next');
    expect(await bytes()).toBe('beef0000');
  });

  it('stops at the failure with its values, and steps back from it', async () => {
    const it = new Client();
    await it.launch({ program: COMMAND }, () => it.body('setExceptionBreakpoints', { filters: ['failures'] }));
    expect(await it.stop()).toMatch(
      /^exception: wrong on purpose: .*count is 44.* @ one command — as svm1 command.pef:10$/,
    );
    expect(await it.go('stepBack')).toMatch(/command.pef:10$/);
    expect(await it.go('stepBack')).toMatch(/command.pef:9$/);
    expect(await it.go('continue')).toContain('exception');
    expect(await it.go('continue')).toBe('terminated');
    expect(it.output('stderr')).toContain('command.pef:10:5');
  });

  it('stops at named events of the shipped example', async () => {
    const it = new Client();
    await it.launch({ program: EXAMPLE, trace: true }, async () => {
      await it.body('setFunctionBreakpoints', { breakpoints: [{ name: 'TPM2_GetRandom' }, { name: 'H_TPM_COMM' }] });
      await it.body('setExceptionBreakpoints', { filters: ['interrupts'] });
    });
    expect(await it.stop()).toMatch(/Hypercall H_TPM_COMM by svm1, Privileged\(OS\) @ H_TPM_COMM \(hypervisor\)/);
    expect(await it.go('continue')).toMatch(/function breakpoint: TPM command .* @ TPM2_GetRandom/);
    expect(await it.go('reverseContinue')).toMatch(/Hypercall H_TPM_COMM/);
    expect(await it.go('continue')).toMatch(/TPM2_GetRandom/);
    await it.body('setFunctionBreakpoints', { breakpoints: [] });
    await it.body('setExceptionBreakpoints', { filters: [] });
    expect(await it.go('continue')).toBe('terminated');
    expect(it.output('console')).toMatch(/TPM2_GetRandom command, 12 bytes[^]*TPM_RC_SUCCESS/);
  });

  it('shows asm in the disassembly, exactly as many rows as asked for', async () => {
    const it = new Client();
    const program = file(
      'asm.pef',
      'scenario "a" {\n  as vm {\n    asm {\n      li r3, 5\n      addi r4, r3, 7\n    }\n  }\n}\n',
    );
    await it.launch({ program }, () => it.body('setBreakpoints', lines(program, 5)));
    expect(await it.stop()).toMatch(/asm.pef:5/);
    const { stackFrames } = await it.body('stackTrace', { threadId: 1 });
    const reference = stackFrames[0].instructionPointerReference as string;
    const { instructions } = await it.body('disassemble', {
      memoryReference: reference,
      instructionOffset: -1,
      instructionCount: 3,
    });
    expect(instructions).toHaveLength(3);
    expect(instructions[0]).toMatchObject({ instruction: 'li r3,5', instructionBytes: '05 00 60 38' });
    expect(BigInt(instructions[1].address as string)).toBe(BigInt(reference));
    expect(instructions[1]).toMatchObject({ instruction: 'addi r4,r3,7' });
    const far = await it.body('disassemble', { memoryReference: '0x0', instructionOffset: -2, instructionCount: 4 });
    expect((far.instructions as { presentationHint?: string }[]).map((row) => row.presentationHint)).toEqual([
      'invalid',
      'invalid',
      undefined,
      undefined,
    ]);
    await it.body('setInstructionBreakpoints', { breakpoints: [{ instructionReference: instructions[0].address }] });
    expect(await it.go('reverseContinue')).toMatch(/^instruction breakpoint: .*asm.pef:4/);
  });

  it('tells memory that is not there', async () => {
    const it = await at(9);
    const read = (memoryReference: string, args: object = {}) =>
      it.body('readMemory', { memoryReference, count: 16, ...args });
    expect(await read('svm1:0xffff8')).toMatchObject({
      address: '0xffff8',
      unreadableBytes: 8,
      data: expect.any(String),
    });
    expect(await read('svm1:0x100000')).toEqual({ address: '0x100000', unreadableBytes: 16 });
    expect(await read('0x8', { offset: -9 })).toMatchObject({ unreadableBytes: 16 });
    expect(await read('real:0xffffffffffffffff')).toMatchObject({ unreadableBytes: 16 });
    expect(await read('real:0x0', { offset: Number.MAX_SAFE_INTEGER })).toMatchObject({ unreadableBytes: 16 });
    expect(await read('real:0x1000000000000')).not.toHaveProperty('unreadableBytes');
  });

  it('shows data breakpoints at work', async () => {
    const it = await at(6);
    const info = await it.body('dataBreakpointInfo', { name: 'r3' });
    expect(info).toMatchObject({ dataId: 'r3', accessTypes: ['write'] });
    await it.body('setDataBreakpoints', { breakpoints: [{ dataId: 'r3' }] });
    expect(await it.go('continue')).toMatch(/^data breakpoint: r3: 0x0 became 0xef10 @/);
    expect(await it.go('continue')).toMatch(/^data breakpoint: r3: 0xef10 became 0x0 @/);
    expect(await it.go('reverseContinue')).toMatch(/^data breakpoint: r3: 0x0 became 0xef10 @/);
  });

  it('finds who wrote a buffer of the guest, whoever acts, also backwards', async () => {
    const it = await at(8);
    const { dataId } = await it.body('dataBreakpointInfo', { name: 'svm1:0x11000', asAddress: true, bytes: 4 });
    expect((await it.body('setDataBreakpoints', { breakpoints: [{ dataId }] })).breakpoints).toMatchObject([
      { verified: true },
    ]);
    await it.body('setBreakpoints', lines(COMMAND));
    expect(await it.go('reverseContinue')).toMatch(
      /^data breakpoint: 4 bytes at svm1:0x11000: 00 00 00 00 became 80 01 00 00 @ H_TPM_COMM \(hypervisor\)/,
    );
    expect(await it.go('reverseContinue')).toMatch(/^goto: Start of the recording/);
    const none = await it.body('dataBreakpointInfo', { name: 'svm1:0xfffffff', asAddress: true });
    expect(none.dataId).toBeNull();
  });

  it('offers words in the console', async () => {
    const it = await at(9);
    const labels = async (text: string) => {
      const { targets } = await it.body('completions', { text, column: text.length + 1, frameId: await it.frameId() });
      return (targets as { label: string }[]).map((target) => target.label);
    };
    expect(await labels('cou')).toEqual(['count']);
    expect(await labels('r3 == H_TOO')).toEqual(['H_TOO_HARD', 'H_TOO_BIG']);
    expect(await labels('MSR.H')).toEqual(['HV']);
  });

  it('gives the listing of a frame as a source', async () => {
    const it = await at(6);
    await it.go('stepIn');
    const { stackFrames } = await it.body('stackTrace', { threadId: 1 });
    const { content } = await it.body('source', {
      source: stackFrames[0].source,
      sourceReference: stackFrames[0].source.sourceReference,
    });
    expect((content as string).split('\n')[stackFrames[0].line - 1]).toContain('return H_FUNCTION');
    const { sources } = await it.body('loadedSources');
    expect((sources as { name: string }[]).map((source) => source.name)).toEqual(
      expect.arrayContaining(['command.pef', 'H_TPM_COMM.pef-listing']),
    );
    const listing = { source: stackFrames[0].source, breakpoints: [{ line: 5 }] };
    expect((await it.body('setBreakpoints', listing)).breakpoints).toMatchObject([{ verified: true }]);
  });
});

describe('every shipped scenario', () => {
  const examples = readdirSync('examples').filter((name) => name.endsWith('.pef'));

  it.each(examples)('%s is stepped to its end with all views open, a step back undone each time', async (name) => {
    const program = path.resolve('examples', name);
    const loaded = await loadScenario(program, diskFiles(path.dirname(program)));
    if (loaded.kind !== 'loaded') throw new Error(JSON.stringify(loaded.diagnostics));
    for (const scenario of loaded.scenarios) {
      const it = new Client();
      await it.launch({ program, scenario, stopOnEntry: true });
      let place = await it.stop();
      while (place !== 'terminated') {
        const { scopes } = await it.body('scopes', { frameId: await it.frameId() });
        for (const scope of scopes as { variablesReference: number }[]) await it.tree(scope.variablesReference, 3);
        const back = await it.go('stepBack', { granularity: 'instruction' });
        if (!back.includes('Start of the recording')) {
          const again = await it.go('stepIn', { granularity: 'instruction' });
          expect(again.replace(/^.* @ /, ''), `after a step back from ${place}`).toBe(place.replace(/^.* @ /, ''));
        }
        place = await it.go('stepIn');
      }
      expect((await it.event('exited')).body, scenario).toEqual({ exitCode: 0 });
    }
  });
});

describe('a TPM outside', () => {
  /** A TPM behind a socket that answers every command with TPM_RC_FAILURE, or never. */
  async function outside(answers: boolean) {
    let commands = 0;
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => {
        commands++;
        if (answers) socket.write(Buffer.from('80010000000a00000101', 'hex'));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const program = file(
      `outside-${answers}.pef`,
      `machine { tpm swtpm "127.0.0.1:${port}" }
scenario "outside" {
  as vm {
    let answer = send TPM2_GetRandom(bytesRequested: 8)
    print answer.responseCode
  }
}
`,
    );
    return { program, commands: () => commands, close: () => server.close() };
  }

  it('is asked once; going back and forth uses its answer again', async () => {
    const tpm = await outside(true);
    const it = await at(5, tpm.program);
    expect(tpm.commands()).toBe(1);
    for (const move of ['stepBack', 'next', 'stepBack', 'stepIn', 'stepBack', 'continue']) await it.go(move);
    expect(tpm.commands()).toBe(1);
    tpm.close();
  });

  it('that hangs can be paused, looked at, stepped back from and left', async () => {
    const tpm = await outside(false);
    const it = new Client();
    await it.launch({ program: tpm.program });
    while (tpm.commands() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await it.go('pause')).toMatch(/^pause: Paused @ TPM2_GetRandom TPM 2.0.pef-listing:4/);
    expect((await it.scope('TPM exchange'))[1]).toBe('response = (not yet)');
    expect(await it.go('stepBack')).toMatch(/TPM 2.0.pef-listing:3/);
    await it.body('continue', { threadId: 1 });
    await it.body('disconnect');
    tpm.close();
  });
});

describe('a launch that cannot be', () => {
  const refused = async (args: object) => {
    const it = new Client();
    await it.body('initialize', {});
    const answer = await it.ask('launch', args);
    expect(answer.success).toBe(false);
    return { text: errorText(answer), it };
  };

  it('lists the errors of the file with links', async () => {
    const program = file(
      'bad.pef',
      'scenario "a" {\n  as vm {\n    hypercall H_TPM_CMM(1)\n    let x = nobody\n  }\n}\n',
    );
    const { text, it } = await refused({ program });
    expect(text.split('\n')).toHaveLength(2);
    expect(text).toMatch(/^The scenario has errors. bad\.pef:3:\d+: .*H_TPM_CMM.*\nand 1 more; /);
    expect(it.events.map(({ body }) => [body.category, body.line, body.source?.path] as unknown)).toEqual([
      ['stderr', 3, program],
      ['stderr', 4, program],
    ]);
    writeFileSync(program, 'scenario "a" { }\n');
    expect((await it.ask('launch', { program })).success, 'mended, the same session starts').toBe(true);
  });

  it.each([
    ['a file that is not there', { program: path.join(folder, 'none.pef') }, /none\.pef/],
    ['a folder', { program: folder }, /./],
    ['an unknown scenario', { program: COMMAND, scenario: 'two' }, /no scenario named "two"; it has "one command"/],
  ])('%s', async (_name, args, sentence) => {
    expect((await refused(args)).text).toMatch(sentence);
  });

  it('a restart with a file that was broken meanwhile ends the session', async () => {
    const program = file('mended.pef', 'scenario "a" { print 1 }\n');
    const it = new Client();
    await it.launch({ program, stopOnEntry: true });
    await it.stop();
    writeFileSync(program, 'scenario "a" { print }\n');
    expect((await it.ask('restart', {})).success).toBe(false);
    await it.event('terminated');
  });
});

describe('the end of a scenario', () => {
  it('stands at its closing brace', async () => {
    const program = file(
      'end.pef',
      'scenario "one" {\n  as vm {\n    r3 = 1\n  }\n}\n\nscenario "two" {\n  r3 = 2\n}\n',
    );
    for (const [scenario, line] of [
      ['one', 5],
      ['two', 9],
    ]) {
      const it = new Client();
      await it.launch({ program, scenario, stopOnEnd: true });
      expect(await it.stop()).toBe(`end: End of the scenario @ ${scenario} — passed end.pef:${line}`);
      expect((await it.ask('evaluate', { expression: 'r3' })).success).toBe(true);
      expect(await it.go('stepBack')).toContain(`end.pef:${scenario === 'one' ? 3 : 8}`);
    }
  });
});

describe('what a user sees', () => {
  const launched = async (text: string, args: object = {}) => {
    const it = new Client();
    await it.launch({ program: file('sees.pef', text), ...args }, () =>
      it.body('setExceptionBreakpoints', { filters: ['failures'] }),
    );
    return it;
  };

  it('an interrupt in asm at its instruction', async () => {
    const it = await launched('scenario "x" {\n  as vm user {\n    asm {\n      nop\n      mfmsr r4\n    }\n  }\n}\n');
    expect(await it.stop()).toMatch(/^exception: .* @ x — as vm user sees.pef:5$/s);
  });

  it('the first statement as the start of the recording', async () => {
    const it = await launched('scenario "x" {\n  as vm {\n    r3 = 1\n    r3 = 2\n  }\n}\n', { stopOnEntry: true });
    const entry = 'x — as vm sees.pef:2';
    expect(await it.stop()).toBe(`entry: Entry @ ${entry}`);
    expect(await it.go('stepBack')).toBe(`step: Start of the recording @ ${entry}`);
    await it.go('next');
    await it.go('next');
    expect(await it.go('reverseContinue')).toBe(`goto: Start of the recording @ ${entry}`);
    expect(await it.go('next')).toContain('sees.pef:3');
  });

  it('the `sc` of a statement at that statement, in the background', async () => {
    const it = await launched('scenario "x" {\n  as vm {\n    hypercall H_RANDOM()\n  }\n}\n', { stopOnEntry: true });
    await it.stop();
    await it.go('next');
    await it.go('stepIn');
    const { stackFrames } = await it.body('stackTrace', { threadId: 1 });
    const sc = { line: 3, source: { name: 'sees.pef', presentationHint: 'deemphasize' }, presentationHint: 'subtle' };
    expect(stackFrames).toContainEqual(expect.objectContaining({ ...sc, source: expect.objectContaining(sc.source) }));
  });
});
