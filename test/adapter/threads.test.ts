/** Hardware threads in the editor: a list, a stack each, and their registers. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Client, errorText } from './client';

const folder = mkdtempSync(path.join(tmpdir(), 'pef-threads-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

// At 0x1000: addi r4,r4,1; b back.
const program = path.join(folder, 'threads.pef');
writeFileSync(
  program,
  `machine { cpu power9 threads 3 }
scenario "threads" {
  store word 0x1000 = 0x38840001
  store word 0x1004 = 0x4bfffffc
  run thread 1 at 0x1000
  NIA = 0x1000
  run for 40000 instructions
  print "done"
}
`,
);

async function at(line: number): Promise<Client> {
  const client = new Client();
  const source = { source: { path: program }, breakpoints: [{ line }] };
  await client.launch({ program }, () => client.body('setBreakpoints', source));
  await client.stop();
  return client;
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

describe('hardware threads', () => {
  it('are a list with what each does', async () => {
    const before = await at(5);
    expect(await before.body('threads')).toEqual({
      threads: [
        { id: 1, name: 'thread 0: vm, Privileged(OS)' },
        { id: 2, name: 'thread 1: stopped' },
        { id: 3, name: 'thread 2: stopped' },
      ],
    });
    const after = await at(8);
    const { threads } = (await after.body('threads')) as { threads: { name: string }[] };
    expect(threads.map(({ name }) => name)).toEqual([
      'thread 0: vm, Privileged(OS)',
      'thread 1: Privileged(OS)',
      'thread 2: stopped',
    ]);
  });
  it('have a frame and registers each', async () => {
    const client = await at(8);
    const { stackFrames } = (await client.body('stackTrace', { threadId: 2 })) as { stackFrames: { id: number }[] };
    expect(stackFrames).toMatchObject([{ name: '0x1000', instructionPointerReference: '0x1000' }]);
    const frameId = stackFrames[0]!.id;
    const { scopes } = (await client.body('scopes', { frameId })) as {
      scopes: { name: string; variablesReference: number }[];
    };
    expect(scopes.map(({ name }) => name)).toEqual(['GPRs', 'Special', 'Floating point', 'Vector']);
    const { variablesReference } = scopes[0]!;
    const { variables } = (await client.body('variables', { variablesReference })) as { variables: Variable[] };
    expect(variables.slice(3, 5)).toMatchObject([
      { name: 'r3', value: '0x0000000000000001' },
      { name: 'r4', value: '0x0000000000002710' },
    ]);
    const set = await client.ask('setVariable', { variablesReference, name: 'r4', value: '1' });
    expect(errorText(set)).toContain('of the thread that executes');
    const evaluated = await client.ask('evaluate', { expression: 'r4', frameId });
    expect(errorText(evaluated)).toContain('the thread that executes');
    const own = (await client.body('stackTrace', { threadId: 1 })) as { stackFrames: { name: string }[] };
    expect(own.stackFrames.at(-1)?.name).toContain('threads');
  });
  it('that are not there are refused', async () => {
    const client = await at(5);
    expect(errorText(await client.ask('stackTrace', { threadId: 4 }))).toContain('they are 1 to 3');
  });
});
