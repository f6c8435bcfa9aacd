/** Runs campaigns in all modes and reports: what `npm run test:qemu` starts. */
import type { InstructionRow } from '../../emulator/isa/row';
import { type CampaignResult, type Failure, runCampaign } from './campaign';
import type { Difference } from './differences';
import { MODES, type Mode } from './modes';
import { reproducer } from './reproducer';
import { COMPARED, LEFT_OUT, LEFT_OUT_OF_SYSTEM } from './rows';

export { PROGRAM_TOOLS, comparePrograms } from './programs';
/** Programs that the cases need. */
export const CASE_TOOLS = ['qemu-ppc64le', 'qemu-ppc64', 'qemu-system-ppc64'];

export interface TestOptions {
  readonly cases: number;
  readonly seed: number;
  readonly only?: string;
  readonly say: (line: string) => void;
}

export interface TestResult {
  readonly cases: number;
  readonly failures: number;
}

/** Failures that are shown whole. */
const SHOWN = 8;

/** Runs all modes. @throws Error when QEMU does not start */
export async function testAgainstQemu({ cases, seed, only, say }: TestOptions): Promise<TestResult> {
  const filter = only === undefined ? undefined : new RegExp(`^(${only})$`);
  let total = 0;
  let failures = 0;
  const rows = new Map<string, number>();
  const explained = new Map<Difference, number>();
  for (const mode of MODES) {
    const start = performance.now();
    const result = await runCampaign({ cases: Math.ceil(cases * mode.share), seed, mode, only: filter });
    const seconds = (performance.now() - start) / 1000;
    say(`${mode.name}: ${result.cases} cases, ${result.failures.length} fail (${seconds.toFixed(1)} s)`);
    result.failures.slice(0, SHOWN).forEach((failure) => show(failure, mode, say));
    summarize(result, say);
    total += result.cases;
    failures += result.failures.length;
    add(rows, result.rows);
    add(explained, result.explained);
  }
  report(rows, explained, filter, say);
  return { cases: total, failures };
}

function add<K>(sum: Map<K, number>, counts: ReadonlyMap<K, number>): void {
  for (const [key, count] of counts) sum.set(key, (sum.get(key) ?? 0) + count);
}

function show({ seed, text, case: failed, deviations, steps }: Failure, mode: Mode, say: (line: string) => void): void {
  say(`FAIL (seed ${seed})`);
  for (const line of text) say(`    ${line}`);
  for (const { name, before, emulated, qemu } of deviations) say(`  ${name}: ${before} -> ${emulated}, QEMU ${qemu}`);
  say(`  pef exec: ${reproducer(failed, mode, steps)}`);
}

/** What fails beyond what is shown, by instruction. */
function summarize({ failures }: CampaignResult, say: (line: string) => void): void {
  if (failures.length <= SHOWN) return;
  const counts = new Map<string, number>();
  for (const { text } of failures) {
    const names = text.map((line) => line.slice(10).split(' ')[0] ?? '').join(' ');
    const key = text.length === 1 ? names : 'programs';
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  say(`  all failures: ${[...counts].map(([name, count]) => `${name} ${count}`).join(', ')}`);
}

function report(
  rows: ReadonlyMap<string, number>,
  explained: ReadonlyMap<Difference, number>,
  only: RegExp | undefined,
  say: (line: string) => void,
): void {
  for (const [{ name, reason }, count] of explained) say(`explained ${count} x ${name}: ${reason}`);
  const wanted = COMPARED.filter((row: InstructionRow) => !only || only.test(row.name));
  const missing = wanted.filter(({ name }) => !rows.has(name)).map(({ name }) => name);
  say(
    `rows executed: ${wanted.length - missing.length} of ${wanted.length}${missing.length > 0 ? `, not: ${missing.join(' ')}` : ''}`,
  );
  if (only) return;
  for (const { rows: left, reason } of LEFT_OUT) say(`left out ${left.source}: ${reason}`);
  for (const { rows: left, reason } of LEFT_OUT_OF_SYSTEM) {
    say(`left out of supervisor and hypervisor state ${left.source}: ${reason}`);
  }
}
