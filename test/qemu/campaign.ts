/** A campaign: makes cases, runs them on both machines, compares, explains. */
import { disassemble } from '../../emulator/isa/disassembler';
import type { InstructionRow } from '../../emulator/isa/row';
import { rowOf } from '../../emulator/isa/table';
import { type Deviation, deviations } from './compare';
import { DIFFERENCES, type Difference, explains } from './differences';
import { EmulatedMachine } from './emulated';
import { type Case, Generator } from './generate';
import type { Mode } from './modes';
import { runSystemBatch } from './qemu-system';
import { runUserBatch } from './qemu-user';
import { Random } from './random';
import { RECORD_BYTES } from './record';
import { COMPARED, LEFT_OUT_OF_SYSTEM, NOT_IN_PROGRAMS } from './rows';

export interface CampaignOptions {
  readonly cases: number;
  readonly seed: number;
  readonly mode: Mode;
  /** Only rows whose name this matches. */
  readonly only?: RegExp;
}

export interface Failure {
  readonly seed: number;
  readonly text: readonly string[];
  readonly case: Case;
  readonly deviations: readonly Deviation[];
  /** Instructions that the emulator executed. */
  readonly steps: number;
}

export interface CampaignResult {
  readonly cases: number;
  readonly rows: ReadonlyMap<string, number>;
  readonly explained: ReadonlyMap<Difference, number>;
  readonly failures: readonly Failure[];
}

/** Cases of one run of QEMU; a bare machine takes longer to start. */
const BATCH = { problem: 1000, supervisor: 5000, hypervisor: 5000 } as const;
/** Share of cases that are programs. */
const PROGRAMS = 0.25;

interface Run {
  readonly case: Case;
  readonly before: Uint8Array;
  /** Differences that may show. */
  readonly possible: ReadonlySet<Difference>;
  readonly executed: readonly InstructionRow[];
}

export async function runCampaign({ cases, seed, mode, only }: CampaignOptions): Promise<CampaignResult> {
  const system = mode.privilege !== 'problem';
  const leftOut = system ? LEFT_OUT_OF_SYSTEM : [];
  const rows = COMPARED.filter(
    (row) => (!only || only.test(row.name)) && !leftOut.some((each) => each.rows.test(row.name)),
  );
  const inPrograms = rows.filter(({ name }) => !NOT_IN_PROGRAMS.test(name));
  if (rows.length === 0) return { cases: 0, rows: new Map(), explained: new Map(), failures: [] };
  const machine = new EmulatedMachine(mode);
  const counts = new Map<string, number>();
  const explained = new Map<Difference, number>();
  const failures: Failure[] = [];
  let done = 0;
  let turn = 0;
  let alone = 0;
  for (let batch = 0; done < cases; batch++) {
    const batchSeed = (seed + 7919 * batch) >>> 0;
    const generator = new Generator(new Random(batchSeed), mode);
    const mix = new Random(batchSeed ^ 0x5bd1e995);
    const runs: Run[] = [];
    const size = Math.min(BATCH[mode.privilege], cases - done);
    for (let attempts = 0; runs.length < size && attempts < 20 * size + 100; attempts++) {
      const n = runs.length;
      const row = rows[turn++ % rows.length];
      if (!row) break;
      const made =
        mix.chance(PROGRAMS) && inPrograms.length > 0 ? generator.program(inPrograms, n) : generator.single(row, n);
      const run = emulate(machine, made);
      if (run) runs.push(run);
    }
    if (runs.length === 0) break;
    const after = await onQemu(runs, mode, { left: SEARCH_LIMIT });
    for (const [n, run] of runs.entries()) {
      for (const { name } of run.executed) counts.set(name, (counts.get(name) ?? 0) + 1);
      let found = foundIn(run, after[n], mode);
      if (isUnexplained(run, found) && alone < MOST_ALONE) {
        // A machine of QEMU that has run other cases before may keep something of them.
        alone++;
        found = foundIn(run, (await onQemu([run], mode, { left: 0 }))[0], mode);
      }
      if (isUnexplained(run, found))
        failures.push({
          seed: batchSeed,
          text: textOf(run.case),
          case: { ...run.case, record: run.before },
          deviations: found,
          steps: run.executed.length,
        });
      else if (found.length > 0) for (const each of run.possible) explained.set(each, (explained.get(each) ?? 0) + 1);
    }
    done += runs.length;
  }
  return { cases: done, rows: counts, explained, failures };
}

/** Cases of a campaign that are run once more alone. */
const MOST_ALONE = 50;

/** Where QEMU's record of a case differs. */
function foundIn(run: Run, record: Uint8Array | string | undefined, mode: Mode): Deviation[] {
  if (record instanceof Uint8Array) return deviations(run.before, run.case.record, record, mode);
  return [{ name: 'qemu', before: '', emulated: 'runs', qemu: record ?? '' }];
}

const isUnexplained = (run: Run, found: readonly Deviation[]): boolean =>
  found.some((deviation) => !explains(run.possible, deviation));

/** How often a batch that QEMU does not survive is halved, to find the case. */
const SEARCH_LIMIT = 16;

/** The records after the runs; where QEMU does not survive a case: what it says. */
async function onQemu(runs: readonly Run[], mode: Mode, search: { left: number }): Promise<(Uint8Array | string)[]> {
  const records = new Uint8Array(runs.length * RECORD_BYTES);
  runs.forEach((run, n) => records.set(run.before, n * RECORD_BYTES));
  try {
    const cases = runs.map(({ case: { words, address } }) => ({ words, address }));
    const after =
      mode.privilege === 'problem'
        ? runUserBatch({ cases, records, littleEndian: mode.littleEndian })
        : await runSystemBatch({ cases, records }, mode);
    return runs.map((_, n) => after.subarray(n * RECORD_BYTES, (n + 1) * RECORD_BYTES));
  } catch (error) {
    if (runs.length === 1 || search.left-- <= 0)
      return runs.map(() => (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)));
    const half = runs.length >> 1;
    return [...(await onQemu(runs.slice(0, half), mode, search)), ...(await onQemu(runs.slice(half), mode, search))];
  }
}

/** Runs a case on the emulator; undefined when it cannot be compared. */
function emulate(machine: EmulatedMachine, made: Case): Run | undefined {
  const before = made.record.slice();
  const possible = new Set<Difference>();
  const executed: InstructionRow[] = [];
  const outcome = machine.run(made.words, made.address, made.exits, made.record, (word, cpu) => {
    const row = rowOf(word);
    if (!row) return true;
    executed.push(row);
    for (const difference of DIFFERENCES) {
      if (difference.rows.test(row.name) && (difference.when?.({ word, cpu }) ?? true)) possible.add(difference);
    }
    // What an explained difference leaves would spread over the rest of a program.
    return possible.size === 0 || made.words.length === 1;
  });
  return outcome === 'done' ? { case: made, before, possible, executed } : undefined;
}

const textOf = ({ words, address }: Case): string[] =>
  words.map((word, i) => `${word.toString(16).padStart(8, '0')}  ${disassemble(word, BigInt(address + 4 * i)).text}`);
