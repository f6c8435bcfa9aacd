import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MachineConfig } from '../../emulator/common/machine';
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

/** At 0x1000: li r3,1; addi r3,r3,1; b back to the addi. */
const SOFTWARE = 'store bytes at 0x1000 = hex "01006038 01006338 fcffff4b"';

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
    [
      'software that runs for some instructions, and on from there',
      `as vm { ${SOFTWARE} NIA = 0x1000 run for 3 instructions expect r3 == 2 expect NIA == 0x1004
       print "between" run for 2 instructions expect r3 == 3 }`,
    ],
    ['software that runs until', `as vm { ${SOFTWARE} NIA = 0x1000 run until r3 == 40 expect NIA == 0x1008 }`],
    [
      'a condition that comes too late',
      `as vm { ${SOFTWARE} NIA = 0x1000 run until r3 == 40 for 11 instructions expect r3 == 6 }`,
    ],
    ['a condition that holds already', `as vm { ${SOFTWARE} NIA = 0x1000 run until true expect NIA == 0x1000 }`],
    ['software without instructions', 'as vm { expect interrupt HEAI { run } }'],
    ['a call that is not there', 'as vm { ultracall UV_READ_SCOM(partid: 1, pcb_addr: 1) -> U_FUNCTION }'],
  ])('%s', async (_what, body) => {
    const result = await outcome(`guest vm { } guest big { lpid 2 endian big } scenario "s" { ${body} }`);
    expect(failureOf(result)).toBe('passed');
  });

  describe('hardware threads', () => {
    // At 0x1000: stw r3,0x2000(0); b .
    const store = 'store word 0x1000 = 0x90602000 store word 0x1004 = 0x48000000';
    const scenario = (body: string) => `machine { cpu power9 threads 2 } scenario "s" { ${store} ${body} }`;
    it('are started, and execute during runs', async () => {
      const body = `run thread 1 at 0x1000
        expect (load word 0x2000) == 0
        NIA = 0x1004 r3 = 7 run for 30000 instructions
        expect (load word 0x2000) == 1 && r3 == 7 && TIR == 0`;
      expect(failureOf(await outcome(scenario(body)))).toBe('passed');
    });
    it.each(['0', '2', '1 << 70'])('that are not there fail the scenario: %s', async (thread) => {
      const failure = failureOf(await outcome(scenario(`run thread ${thread} at 0x1000`)));
      expect(failure).toContain('unknown-thread: Threads 1 to 1 can be started');
    });
    it('that all stop for good fail the scenario', async () => {
      // lis r4,0x30; mtspr PSSCR,r4; stop
      const stop = 'store bytes at ra(vm, 0x1000) = hex "3000803c a6d3977c e402004c"';
      const body = `as hypervisor { ${stop} NIA = ra(vm, 0x1000) run }`;
      expect(failureOf(await outcome(scenario(body)))).toContain('stuck: The processor stands still: all threads');
    });
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

  describe('lines of asm blocks and their addresses', () => {
    const text = `guest vm { } guest big { lpid 2 endian big }
scenario "s" {
  as vm {
    asm {
      nop             // line 5
start: li r3, 1; li r4, 2 /* } */
      .long 0x60000000
    }
    asm { nop }
  }
  as hypervisor { print 1 }
  as big { print 2 }
}`;
    async function at(line: number) {
      const run = new ScenarioRun(await loaded(text), { machine: (config) => new Machine(config) });
      while (run.frames().at(0)?.location?.range.line !== line && run.status === 'running') run.step(1);
      return run;
    }

    it.each([9, 11, 12])('stand in the code area of the actor at work (line %i)', async (line) => {
      const run = await at(line);
      const base = run.machine.codeBase();
      expect(run.codeAddresses('main.pef', 5)).toEqual([base]);
      expect(run.codeAddresses('main.pef', 6)).toEqual([base + 4n, base + 8n]);
      expect(run.sourceAt(base + 8n)?.range).toEqual({ line: 6, column: 18, endLine: 6, endColumn: 26 });
      expect(run.codeAddresses('main.pef', 9)).toHaveLength(1);
      expect(run.codeAddresses('main.pef', 4)).toEqual([]);
      expect(run.codeAddresses('main.pef', 11)).toEqual([]);
      expect(run.codeAddresses('other.pef', 5)).toEqual([]);
      expect(run.sourceAt(base)).toEqual({
        source: { kind: 'file', path: 'main.pef' },
        range: { line: 5, column: 7, endLine: 5, endColumn: 10 },
      });
    });

    it('have no line where no instruction of a block begins', async () => {
      const run = await at(9);
      const base = run.machine.codeBase();
      for (const address of [base - 4n, base + 1n, base + 0x1000n, 0n, (1n << 64n) - 1n])
        expect(run.sourceAt(address)).toBeUndefined();
    });

    it('lead back to the same line', async () => {
      const run = await at(9);
      for (const { line } of run.breakpointLines('main.pef')) {
        for (const address of run.codeAddresses('main.pef', line)) expect(run.sourceAt(address)?.range.line).toBe(line);
      }
    });
  });

  it.each<[what: string, body: string, place: string]>([
    ['an uncaught interrupt', 'as vm {\nasm {\n nop\n nop\n  .long 0\n}\n}', '5:3 uncaught-interrupt'],
    ['another interrupt', 'expect interrupt PROG {\nasm {\n nop\n  .long 0\n}\n}', '4:3 wrong-interrupt'],
    ['in the second block', 'asm { nop }\nasm {\n nop\n  .long 0 }', '4:3 uncaught-interrupt'],
    ['where no line is', 'asm {\n lis r3, 0x7000\n mtctr r3\n bctr }', '1:14 uncaught-interrupt'],
    ['a load', 'as vm {\n load byte 1 << 40\n}', '2:2 uncaught-interrupt'],
  ])('the place of %s is the instruction', async (_what, body, place) => {
    const { outcome: found } = await outcome(`scenario "s"{${body}}`);
    if (found?.kind !== 'failed') throw new Error('it passed');
    const { code, location } = found.failure;
    expect(`${location?.range.line}:${location?.range.column} ${code}`).toBe(place);
  });

  it('a watch loads in the byte order of the guest, also while the hypervisor works for it', async () => {
    const text = `guest big { lpid 2 memory 2 MiB endian big }
      scenario "s" { as big { store word 0x100 = 0x01020304 hypercall H_TPM_COMM(2, 0, 0, 0, 0) } }`;
    const run = new ScenarioRun(await loaded(text), { machine: (config) => new Machine(config) });
    while (run.status === 'running' && run.frames()[0]?.kind !== 'firmware') run.step(1);
    expect(run.frames()[0]?.kind).toBe('firmware');
    expect(run.evaluate('load word 0x100')).toEqual({ value: 0x01020304n });
  });

  describe('a back end that is broken', () => {
    const reason = 'The TPM at 127.0.0.1:1 cannot be reached. Start it.';
    const broken = {
      kind: 'swtpm' as const,
      address: '127.0.0.1:1',
      open: (): Promise<void> => Promise.reject(new Error(reason)),
      transmit: () => Promise.reject(new Error(reason)),
      close: () => Promise.resolve(),
    };
    async function ended(statement: string, device = broken): Promise<string> {
      const scenario = await loaded(`machine { tpm swtpm "127.0.0.1:1" } scenario "s" { as vm { ${statement} } }`);
      const machine = (config: MachineConfig) => new Machine(config, { externalTpm: () => device });
      const run = new ScenarioRun(scenario, { machine });
      while (run.status !== 'finished') {
        if (run.status === 'waiting') await run.service();
        else run.step(1000, 'event');
      }
      const { outcome: found } = run;
      if (found?.kind !== 'error' && found?.kind !== 'failed') return 'passed';
      if (found.kind === 'error') expect(found.failure.message).toContain(reason);
      return `${found.kind} ${found.failure.code}`;
    }
    const call = 'H_TPM_COMM(TPM_COMM_OP_EXECUTE, 0x10000, 12, 0x11000, 4096)';

    it.each([
      ['send TPM2_GetRandom(8) -> TPM_RC_SUCCESS', 'error back-end-failed'],
      ['send TPM2_GetRandom(8)', 'error back-end-failed'],
      ['let r = send TPM2_GetRandom(8) print r.randomBytes', 'error back-end-failed'],
      ['send TPM2_GetRandom(8) -> H_SUCCESS', 'error back-end-failed'],
      ['send TPM2_GetRandom(8) -> H_RESOURCE', 'passed'],
      [`hypercall ${call} -> H_SUCCESS`, 'error back-end-failed'],
      [`hypercall ${call} -> H_RESOURCE`, 'passed'],
      [`let c = hypercall ${call} expect c == H_RESOURCE && r3 == H_RESOURCE`, 'passed'],
      [`hypercall ${call.replace('H_TPM_COMM', '0xEF10')} -> H_SUCCESS`, 'error back-end-failed'],
    ])('%s: %s', async (statement, expected) => {
      expect(await ended(statement)).toBe(expected);
    });

    it('is not to blame for what its driver refuses', async () => {
      const opens = { ...broken, open: () => Promise.resolve() };
      const short = 'store bytes at 0x10000 = hex "8001 0000000c 0000017b 0008" hypercall ';
      expect(await ended(`${short} ${call.replace('12', '11')} -> H_SUCCESS`, opens)).toBe('failed unexpected-result');
      expect(await ended(`${short} ${call} -> H_SUCCESS`, opens)).toBe('error back-end-failed');
    });
  });

  it.each(readdirSync('examples').filter((name) => name.endsWith('.pef')))(
    'the example %s can be loaded',
    async (name) => {
      const images = readdirSync('examples').filter((each) => each.endsWith('.bin'));
      const files = Object.fromEntries(images.map((each) => [each, new Uint8Array(readFileSync(`examples/${each}`))]));
      const scenario = await loaded(readFileSync(`examples/${name}`, 'utf8'), files);
      expect(scenario.scenarios.length).toBeGreaterThan(0);
    },
  );
});
