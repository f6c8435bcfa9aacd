import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Machine } from '../../emulator/machine';
import { ScenarioRun } from '../../emulator/scenario/run';
import { loaded } from './helpers';

async function outcome(text: string, scenario: string | number = 0) {
  const run = new ScenarioRun(await loaded(text), { scenario, machine: (config) => new Machine(config) });
  for (let steps = 0; run.status === 'running' && steps < 100_000; steps++) run.step(10_000, 'event');
  return { run, outcome: run.outcome };
}

const failureOf = ({ outcome: found }: Awaited<ReturnType<typeof outcome>>) =>
  found?.kind === 'failed' || found?.kind === 'error' ? `${found.failure.code}: ${found.failure.message}` : found?.kind;

describe('on the real machine', () => {
  it.each<[what: string, body: string]>([
    [
      'memory of a guest is its own',
      'as vm { store word 0x1000 = 0x11223344 expect (load 4 at 0x1000) == hex "44332211" }',
    ],
    [
      'the hypervisor sees it at its real address',
      'as vm { store byte 0x1000 = 7 } as hypervisor { expect (load byte ra(vm, 0x1000)) == 7 }',
    ],
    [
      'actors have their MSR',
      'as hypervisor { expect MSR.HV == 1 && MSR.S == 0 && MSR.PR == 0 } as vm user { expect MSR.PR == 1 } as ultravisor { expect MSR.S == 1 } as host user { expect MSR.PR == 1 && MSR.HV == 1 }',
    ],
    ['registers live across statements', 'as vm { r31 = 5 asm { addi r31, r31, 1 } expect r31 == 6 }'],
    ['a big-endian store', 'as big { store word 0x1000 = 0x11223344 expect (load 4 at 0x1000) == hex "11223344" }'],
    [
      'asm in a big-endian guest',
      'as big { asm { li r30, 9\nstw r30, 0x1000(0)\n.balign 8 } expect (load word 0x1000) == 9 }',
    ],
    [
      'asm with a loop',
      'as vm { r30 = 0 asm {\nli r29, 10\nloop: add r30, r30, r29\naddic. r29, r29, -1\nbne loop\n} expect r30 == 55 }',
    ],
    [
      "secure memory is out of the hypervisor's reach",
      'as hypervisor { expect interrupt { load doubleword 1 << 48 } } as ultravisor { load doubleword 1 << 48 }',
    ],
    ['memory that is not there', 'as vm { expect interrupt { load byte 1 << 40 } }'],
    ['an illegal instruction', 'as vm { expect interrupt HEAI { asm { .long 0 } } }'],
    ['a privileged instruction', 'as vm user { expect interrupt PROG { asm { mtmsrd r3 } } }'],
    [
      'a response of the TPM',
      'as vm { let r = send TPM2_GetRandom(bytesRequested: 8) -> TPM_RC_SUCCESS expect len(r.randomBytes) == 8 }',
    ],
    [
      'an error of the TPM',
      'as vm { let r = send TPM2_Startup(startupType: TPM_SU_CLEAR) -> TPM_RC_INITIALIZE expect r.responseCode == TPM_RC_INITIALIZE }',
    ],
    [
      'a list and a structure in a command',
      'as vm { send TPM2_PCR_Read(pcrSelectionIn: [{hash: TPM_ALG_SHA256, pcrSelect: hex "000001"}]) -> TPM_RC_SUCCESS }',
    ],
    ['a call that is not there', 'as vm { ultracall UV_SHARE_PAGE(gfn: 1, num: 1) -> U_FUNCTION }'],
  ])('%s', async (_what, body) => {
    const result = await outcome(`guest vm { } guest big { lpid 2 endian big } scenario "s" { ${body} }`);
    expect(failureOf(result)).toBe('passed');
  });

  it('tells why a call failed', async () => {
    const result = await outcome('scenario "s" { hypercall H_TPM_COMM(3, 0, 0, 0, 4096) -> H_SUCCESS }');
    expect(failureOf(result)).toMatch(
      /^unexpected-result: H_TPM_COMM gave H_PARAMETER \(-4: operation is invalid\), not H_SUCCESS\. .*operation is 3/,
    );
  });

  it('marks the line of an asm block, and what it calls', async () => {
    const text = 'scenario "s" {\nasm {\n  li r3, 1\n  sc 1\n  nop\n}\n}';
    const run = new ScenarioRun(await loaded(text), { machine: (config) => new Machine(config) });
    const seen: string[] = [];
    while (run.status === 'running') {
      run.step(1);
      const frame = run.frames().find(({ kind }) => kind === 'code');
      const line = frame?.location?.range.line;
      if (line !== undefined && seen.at(-1) !== `${line}`) seen.push(`${line}`);
    }
    expect(seen).toEqual(['3', '4', '5']);
  });

  it.each(readdirSync('examples').filter((name) => name.endsWith('.pef')))(
    'the example %s can be loaded',
    async (name) => {
      const scenario = await loaded(readFileSync(`examples/${name}`, 'utf8'));
      expect(scenario.scenarios.length).toBeGreaterThan(0);
    },
  );
});
