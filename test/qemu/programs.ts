/**
 * Whole programs: those of test/programs, built by the cross compilers for several processors, byte orders and levels of
 * optimization, must write under `pef user` what they write under QEMU, and end with the same code.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { Cpu } from '../../emulator/cpu/cpu';
import { parseElf } from '../../emulator/image/elf';
import { PhysicalMemory } from '../../emulator/memory/physical';
import { UserProcess } from '../../emulator/user/process';
import { faultReport } from '../../emulator/user/report';

export interface ProgramsOptions {
  /** Folder of the sources. */
  readonly folder: string;
  /** All variants of all programs, or some of them: each program in two, each variant with some programs. */
  readonly all: boolean;
  /** Names of programs. */
  readonly only?: RegExp;
  readonly say: (line: string) => void;
}

interface Variant {
  readonly endian: 'little' | 'big';
  readonly flags: readonly string[];
}
interface Run {
  readonly output: string;
  readonly code: number;
}

// prettier-ignore
const VARIANTS: readonly Variant[] = (['little', 'big'] as const).flatMap((endian) =>
  ['power8', 'power9'].flatMap((cpu) => [
    { endian, flags: [`-mcpu=${cpu}`, '-O0'] },
    { endian, flags: [`-mcpu=${cpu}`, '-O2'] },
    { endian, flags: [`-mcpu=${cpu}`, '-O3', '-funroll-loops'] },
  ]),
).concat([
  { endian: 'little', flags: ['-mcpu=power9', '-Os'] },
  { endian: 'little', flags: ['-mcpu=power9', '-O3', '-ffast-math'] },
]);

const TOOLS = {
  little: { compiler: 'powerpc64le-linux-gnu-gcc', qemu: 'qemu-ppc64le' },
  big: { compiler: 'powerpc64-linux-gnu-gcc', qemu: 'qemu-ppc64' },
} as const;
/** Programs that the test needs. */
export const PROGRAM_TOOLS = Object.values(TOOLS).flatMap(({ compiler, qemu }) => [compiler, qemu]);

const ARGUMENTS = ['one', 'two words'];
const INPUT = '12.5 is a number\nthe second line\n-3e2\n\nlast one without an end';
const ENVIRONMENT = 'NAME=value';
const run = promisify(execFile);
/** Longest that a compiler or QEMU may take. */
const TIMEOUT_MS = 60_000;
const INSTRUCTION_LIMIT = 1_000_000_000;

/** Builds and compares. */
export async function comparePrograms({
  folder,
  all,
  only,
  say,
}: ProgramsOptions): Promise<{ passed: number; failed: number }> {
  const sources = readdirSync(folder).filter(
    (name) => name.endsWith('.c') && (!only || only.test(basename(name, '.c'))),
  );
  const jobs = sources
    .sort()
    .flatMap((source, i) =>
      VARIANTS.filter((_, v) => all || v === (3 * i + 1) % VARIANTS.length || v === (5 * i + 8) % VARIANTS.length).map(
        (variant) => ({ source, variant }),
      ),
    );
  const scratch = mkdtempSync(join(tmpdir(), 'pef-programs-'));
  let failed = 0;
  try {
    const one = async ({ source, variant }: (typeof jobs)[number], n: number): Promise<void> => {
      const difference = await compare(join(folder, source), variant, join(scratch, String(n)));
      if (difference === undefined) return;
      failed++;
      say(`FAIL ${source} ${variant.endian}-endian ${variant.flags.join(' ')}: ${difference}`);
    };
    // Two at a time: one compiles while the other is emulated.
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let n = next++; n < jobs.length; n = next++) {
        const job = jobs[n];
        if (job) await one(job, n);
      }
    };
    await Promise.all([worker(), worker()]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return { passed: jobs.length - failed, failed };
}

/** What differs, in words, or nothing. */
async function compare(source: string, { endian, flags }: Variant, binary: string): Promise<string | undefined> {
  const { compiler, qemu } = TOOLS[endian];
  try {
    await run(compiler, ['-w', '-static', ...flags, '-o', binary, source, '-lm'], {
      timeout: TIMEOUT_MS,
    });
  } catch (error) {
    return `does not compile: ${String(error).slice(0, 500)}`;
  }
  const expected = await onQemu(qemu, binary);
  const actual = emulated(readFileSync(binary));
  if (expected.code !== actual.code)
    return `exit code ${actual.code}, QEMU ${expected.code}; ${actual.output.slice(-600)}`;
  const [a, b] = [actual.output.split('\n'), expected.output.split('\n')];
  const line = b.findIndex((text, i) => text !== a[i]);
  return line < 0 && a.length === b.length
    ? undefined
    : `line ${line + 1}: ${a[line] ?? 'nothing'} | QEMU: ${b[line] ?? 'nothing'}`;
}

function onQemu(qemu: string, binary: string): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(
      qemu,
      ['-cpu', 'power9', binary, ...ARGUMENTS],
      { timeout: TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: 1 << 24, env: { ...process.env, NAME: 'value' } },
      (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : error ? 255 : 0;
        resolve({ output: stdout + stderr, code });
      },
    );
    // Most programs do not read it.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(INPUT);
  });
}

function emulated(program: Uint8Array): Run {
  const output = { 1: '', 2: '' };
  let input = new TextEncoder().encode(INPUT);
  const image = parseElf(program);
  const cpu = new Cpu(new PhysicalMemory(64 << 20, 0));
  const decoder = new TextDecoder();
  const user = new UserProcess(cpu, image, {
    args: ['/program', ...ARGUMENTS],
    environment: [ENVIRONMENT],
    io: {
      write: (descriptor, bytes) => (output[descriptor] += decoder.decode(bytes)),
      read: (length) => {
        const taken = input.subarray(0, length);
        input = input.subarray(taken.length);
        return taken;
      },
    },
  });
  const state = user.run(INSTRUCTION_LIMIT);
  const text = output[1] + output[2];
  if (state.kind === 'exited') return { output: text, code: state.code };
  if (state.kind === 'killed')
    return { output: text + faultReport(cpu, user, image, state).join('\n'), code: 128 + state.signal };
  return { output: `${text}\nnot at its end`, code: -1 };
}
