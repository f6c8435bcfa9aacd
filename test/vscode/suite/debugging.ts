/** The debugger through VS Code's own interface, on the example of an H_TPM_COMM exchange. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { breakOn, debugging } from './debug-run';
import { assertSource, eventually, lineOf } from './helpers';

const CALL = 'hypercall H_TPM_COMM(TPM_COMM_OP_EXECUTE, in_buffer: IN_BUFFER';
const SCENARIO = 'random numbers from the TPM';

describe('debugging', () => {
  it('stops at a line, steps over the call and sees its results', async () => {
    await debugging(
      {},
      async (run, document) => {
        assert.equal((await run.stop()).reason, 'breakpoint');
        assert.equal((await run.top()).line, lineOf(document, CALL));
        await run.move('next');
        assert.equal((await run.top()).line, lineOf(document, 'expect r4 == 44'));
        assert.match(await run.evaluate('r4'), /\b(44|0x2c)\b/);
      },
      (document) => breakOn(document, CALL),
    );
  });

  it('steps into the hypervisor and shows who called whom', async () => {
    await debugging(
      {},
      async (run, document) => {
        await run.stop();
        await run.move('stepIn');
        const frames = await run.frames();
        assert.match(frames[0]?.name ?? '', /H_TPM_COMM/);
        assert.ok(
          frames.some(({ name }) => name.includes(SCENARIO)),
          frames.map(({ name }) => name).join(' < '),
        );
        assertSource(frames.at(-1)?.source, document);

        const [listing] = frames;
        const reference = listing?.source?.sourceReference;
        assert.ok(reference, 'the listing is a source of the session');
        const source = await run.request<DebugProtocol.SourceResponse['body']>('source', {
          ...{ sourceReference: reference, source: listing.source },
        });
        assert.match(source.content, /in_size/);
        const text = source.content.split('\n')[listing.line - 1] ?? '';
        assert.match(text, /no TPM proxy device/);

        const inSize = await run.variable('Call', 'in_size');
        assert.match(inSize.value, /\b(12|0xc)\b/);
        await run.move('stepOut');
        assertSource((await run.top()).source, document);
      },
      (document) => breakOn(document, CALL),
    );
  });

  it('goes back over a call with registers and memory as they were', async () => {
    await debugging(
      {},
      async (run, document) => {
        await run.stop();
        const before = await run.evaluate('r4');
        const buffer = await run.evaluate('load 16 at OUT_BUFFER');
        await run.move('next');
        assert.notEqual(await run.evaluate('load 16 at OUT_BUFFER'), buffer);
        await run.move('stepBack');
        assert.equal((await run.top()).line, lineOf(document, CALL));
        assert.equal(await run.evaluate('r4'), before);
        assert.equal(await run.evaluate('load 16 at OUT_BUFFER'), buffer);
        await run.move('next');
        assert.equal((await run.top()).line, lineOf(document, 'expect r4 == 44'));
      },
      (document) => breakOn(document, CALL),
    );
  });

  it('continues backwards to the last breakpoint, and to the start', async () => {
    await debugging(
      {},
      async (run, document) => {
        await run.stop();
        await run.move('continue');
        assert.equal((await run.top()).line, lineOf(document, 'let random'));
        await run.move('reverseContinue');
        assert.equal((await run.top()).line, lineOf(document, CALL));
        await run.move('reverseContinue');
        await run.move('next');
        assert.ok((await run.top()).line <= lineOf(document, CALL));
      },
      (document) => {
        breakOn(document, CALL);
        breakOn(document, 'let random');
      },
    );
  });

  it('heeds a condition in the language', async () => {
    await debugging(
      {},
      async (run, document) => {
        await run.stop();
        assert.equal((await run.top()).line, lineOf(document, 'expect len(random.randomBytes)'));
      },
      (document) => {
        breakOn(document, 'let random', { condition: 'r4 == 45' });
        breakOn(document, 'expect len(random.randomBytes)', { condition: 'r4 == 44' });
      },
    );
  });

  it('stops at a call by its name and by its number', async () => {
    for (const name of ['H_TPM_COMM', '0xEF10']) {
      await debugging(
        {},
        async (run) => {
          assert.equal((await run.stop()).reason, 'function breakpoint');
          assert.match((await run.top()).name, /H_TPM_COMM/);
        },
        () => vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint(name)]),
      );
    }
  });

  it('stops at classes of events', async () => {
    await debugging({ stopOnEntry: true }, async (run) => {
      await run.stop();
      await run.request('setExceptionBreakpoints', { filters: ['hypercalls'] });
      assert.equal((await run.move('continue')).reason, 'exception');
      assert.match((await run.top()).name, /H_TPM_COMM/);
      await run.request('setExceptionBreakpoints', { filters: ['interrupts'] });
      await run.request('setExceptionBreakpoints', { filters: ['ultracalls'] });
    });
    await debugging({ scenario: 'what the hypervisor refuses', stopOnEntry: true }, async (run) => {
      await run.stop();
      await run.request('setExceptionBreakpoints', { filters: ['ultracalls'] });
      await run.move('continue');
      assert.match((await run.top()).name, /UV_SHARE_PAGE/);
    });
  });

  it('decodes the TPM exchange and names the bits of the MSR', async () => {
    await debugging(
      {},
      async (run) => {
        await run.stop();
        const command = await run.variable('TPM exchange', 'command');
        assert.ok(command.variablesReference > 0);
        const code = await run.variable('TPM exchange', 'command', 'commandCode');
        assert.match(code.value, /TPM_CC_GetRandom/);
        const response = await run.variable('TPM exchange', 'response', 'responseCode');
        assert.match(response.value, /TPM_RC_SUCCESS/);
        const hv = await run.variable('Special', 'MSR', 'HV');
        assert.match(hv.value, /^0/);
        const r4 = await run.variable('GPRs', 'r4');
        assert.match(r4.value, /0x0*2c/i);
      },
      (document) => breakOn(document, 'let random'),
    );
  });

  it('changes a register', async () => {
    await debugging(
      {},
      async (run) => {
        await run.stop();
        const gprs = (await run.scopes()).find(({ name }) => name === 'GPRs');
        await run.request('setVariable', {
          ...{ variablesReference: gprs?.variablesReference, name: 'r4', value: '45' },
        });
        assert.match(await run.evaluate('r4'), /\b(45|0x2d)\b/);
      },
      (document) => breakOn(document, 'expect r4 == 44'),
    );
  });

  it('gives the memory of a buffer as binary data', async () => {
    await debugging(
      {},
      async (run) => {
        await run.stop();
        await run.move('stepIn');
        const { memoryReference } = await run.variable('Call', 'in_buffer');
        assert.ok(memoryReference, 'an argument that is an address has memory');
        const uri = vscode.Uri.from({
          ...{ scheme: 'vscode-debug-memory', authority: run.session.id },
          ...{ path: `/${encodeURIComponent(memoryReference)}/memory.bin`, query: '?range=0:12' },
        });
        const bytes = await vscode.workspace.fs.readFile(uri);
        assert.equal(Buffer.from(bytes).subarray(0, 12).toString('hex'), '80010000000c0000017b0020');
      },
      (document) => breakOn(document, CALL),
    );
  });

  it('disassembles the code of an asm block', async () => {
    await debugging(
      { scenario: 'a hypercall from assembly' },
      async (run, document) => {
        await run.stop();
        const top = await run.top();
        assert.equal(top.line, lineOf(document, 'ori   r3, r3'));
        assert.ok(top.instructionPointerReference);
        const { instructions } = await run.request<{ instructions: DebugProtocol.DisassembledInstruction[] }>(
          'disassemble',
          {
            memoryReference: top.instructionPointerReference,
            ...{ instructionOffset: -1, instructionCount: 4, resolveSymbols: true },
          },
        );
        assert.equal(instructions.length, 4);
        assert.match(instructions[1]?.instruction ?? '', /ori\s+r3,\s*r3/);
        await run.move('next', { granularity: 'instruction' });
        assert.equal((await run.top()).line, lineOf(document, 'li    r4, 1'));
      },
      (document) => breakOn(document, 'ori   r3, r3'),
    );
  });

  it('ends with the outcome in the console', async () => {
    await debugging({}, async (run) => {
      await run.ended();
      await eventually('the outcome', () => (/pass/i.test(run.output()) ? true : undefined));
    });
  });
});
