/**
 * Whole programs on the translator, on the interpreter and, where it is installed, on QEMU's system emulator: run by
 * turns, so that other load of the computer meets all alike; the fastest run of each counts.
 */
import {
  FLOATING,
  PROGRAMS,
  type Program,
  QEMU,
  type Run,
  build,
  canBuild,
  isInstalled,
  runHere,
  runQemu,
} from './cpu-programs';
import type { Figure } from './figure';

const TURNS = 5;
/** The interpreter does as much of the work. */
const INTERPRETED = 0.1;
/** An address in the page of the program's functions that is never executed: between them and the next page. */
const ELSEWHERE = 0x1ffcn;

interface Rates {
  readonly translator: number;
  readonly interpreter: number;
  readonly breakpoint: number;
  readonly qemu: number | undefined;
  readonly pause: number;
}

const mips = (run: Run): number => run.instructions / run.milliseconds / 1000;

function measure(program: Program, withQemu: boolean): Rates {
  const image = build(program);
  const rounds = PROGRAMS[program];
  const few = Math.ceil(rounds * INTERPRETED);
  const turns = Array.from({ length: TURNS }, () => {
    const translated = runHere(image, rounds);
    const stopping = runHere(image, rounds, { breakpoint: ELSEWHERE });
    const interpreted = runHere(image, few, { interpretOnly: true });
    const start = withQemu ? runQemu(image, 0).milliseconds : 0;
    const peer = withQemu ? runQemu(image, rounds) : undefined;
    if (peer && peer.checksum !== translated.checksum) {
      throw new Error(`${program}: ${translated.checksum} here, ${peer.checksum} on QEMU`);
    }
    return {
      translator: mips(translated),
      breakpoint: mips(stopping),
      interpreter: mips(interpreted),
      qemu: peer ? translated.instructions / (peer.milliseconds - start) / 1000 : 0,
      pause: translated.longestSlice,
    };
  });
  const best = (key: keyof (typeof turns)[number]): number => Math.max(...turns.map((turn) => turn[key]));
  return {
    translator: best('translator'),
    interpreter: best('interpreter'),
    breakpoint: best('breakpoint'),
    qemu: withQemu ? best('qemu') : undefined,
    pause: Math.min(...turns.map((turn) => turn.pause)),
  };
}

const mean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

export async function bench(): Promise<Figure[]> {
  await Promise.resolve();
  if (!canBuild()) return [];
  const withQemu = isInstalled(QEMU);
  const figures: Figure[] = [];
  /** Of the programs without floating point. */
  const all: Rates[] = [];
  for (const program of Object.keys(PROGRAMS) as Program[]) {
    const rates = measure(program, withQemu);
    if (!FLOATING.includes(program)) all.push(rates);
    figures.push({ name: `${program}: translator`, value: rates.translator, unit: 'MIPS' });
    figures.push({ name: `${program}: interpreter`, value: rates.interpreter, unit: 'MIPS' });
    if (rates.qemu !== undefined) {
      figures.push({ name: `${program}: QEMU`, value: rates.qemu, unit: 'MIPS' });
      figures.push({
        name: `${program}: translator to QEMU`,
        value: rates.translator / rates.qemu,
        unit: 'times',
        goal: { atLeast: 0.7 },
      });
    }
    figures.push({
      name: `${program}: longest slice of 1 M instructions`,
      value: rates.pause,
      unit: 'ms',
      goal: { atMost: 50 },
    });
  }
  const over = (rate: (rates: Rates) => number): number => mean(all.map(rate));
  if (withQemu) {
    const translator = over((rates) => rates.translator / (rates.qemu ?? 1));
    const interpreter = over((rates) => rates.interpreter / (rates.qemu ?? 1));
    figures.push({
      name: 'translator to QEMU, geometric mean',
      value: translator,
      unit: 'times',
      goal: { atLeast: 1 },
    });
    figures.push({
      name: 'interpreter to QEMU, geometric mean',
      value: interpreter,
      unit: 'times',
      goal: { atLeast: 0.1 },
    });
  }
  const armed = over((rates) => rates.breakpoint / rates.translator);
  figures.push({
    name: 'with a breakpoint elsewhere in the page',
    value: armed,
    unit: 'times',
    goal: { atLeast: 0.95 },
  });
  return figures;
}
