/** How `pef run` reports: readable text, one JSON document, or JUnit XML. */

import { toHex } from '../emulator/common/bytes';
import type { Frame } from '../emulator/common/frames';
import type { MachineEvent } from '../emulator/common/machine';
import type { ScenarioRun } from '../emulator/scenario/run';
import type { RunFailure, RunOutcome } from '../emulator/timeline/replayable';
import type { Io } from './command';
import { type Paint, paint, shown } from './text';
import { isConsoleCall, traceEvent } from './trace';
import { type ConsoleLine, ConsoleText } from '../emulator/common/console-text';

export interface ScenarioResult {
  readonly name: string;
  readonly outcome: RunOutcome;
  readonly instructions: number;
  readonly ticks: number;
  readonly milliseconds: number;
}

export interface Reporter {
  begin(scenario: string): void;
  event(event: MachineEvent, run: ScenarioRun): void;
  scenario(result: ScenarioResult): void;
  end(results: readonly ScenarioResult[]): void;
}

/** `file:line`, or the name of a listing and its line. */
function place(frame: Pick<Frame, 'location'>): string {
  if (!frame.location) return '';
  const { source, range } = frame.location;
  return `${source.kind === 'file' ? shown(source.path) : source.name}:${range.line}`;
}

export function textReporter(file: string, io: Io, quiet: boolean): Reporter {
  const colors = paint(io.color);
  const console = new ConsoleText();
  const print = (line: string) => {
    io.out(`${line}\n`);
  };
  const printConsole = (lines: readonly ConsoleLine[]) => {
    for (const { guest, text } of lines) print(named ? `${guest}: ${text}` : text);
  };
  /** Several guests: each line of a console says whose it is. */
  let named = false;
  return {
    begin: (name) => {
      if (!quiet) print(colors.bold(`${file}: ${name}`));
    },
    event: (event, run) => {
      if (event.kind === 'console') {
        named = run.machine.config.guests.length > 1;
        printConsole(console.push(event.guest, event.bytes));
        return;
      }
      if (quiet && !(event.kind === 'output' && event.category !== 'note')) return;
      const lines = traceEvent(event, colors);
      if (event.kind === 'call' && lines[0] !== undefined) {
        const statement = run.frames().find((frame) => frame.kind === 'script');
        if (statement) lines[0] += colors.dim(`   ${place(statement)}`);
      }
      if (lines.length > 0) printConsole(console.flush());
      lines.forEach(print);
    },
    scenario: ({ name, outcome, instructions }) => {
      printConsole(console.flush());
      if (outcome.kind === 'passed') {
        print(`${colors.green('PASS')}  ${name} ${colors.dim(`(${instructions} instructions)`)}`);
      } else {
        const word = outcome.kind === 'error' ? 'ERROR' : 'FAIL';
        print(`${colors.red(word)}  ${name}`);
        failureLines(outcome.failure, colors).forEach(print);
      }
      if (!quiet) print('');
    },
    end: (results) => {
      const passed = results.filter((result) => result.outcome.kind === 'passed').length;
      print(`${passed} of ${results.length} scenario${results.length === 1 ? '' : 's'} passed`);
    },
  };
}

function failureLines({ message, code, location, stack }: RunFailure, colors: Paint): string[] {
  const at = location ? `${place({ location })}:${location.range.column}: ` : '';
  return [`  ${at}${message} ${colors.dim(`[${code}]`)}`, ...stackLines(stack).map((line) => `    ${line}`)];
}

/** Frames shown at either end of a deep stack. */
const SHOWN_FRAMES = 10;

function stackLines(stack: readonly Frame[]): string[] {
  const lines = stack.map((frame) => `in ${frame.name}${frame.location ? ` (${place(frame)})` : ''}`);
  const hidden = lines.length - 2 * SHOWN_FRAMES;
  if (hidden <= 1) return lines;
  return [...lines.slice(0, SHOWN_FRAMES), `... ${hidden} more ...`, ...lines.slice(-SHOWN_FRAMES)];
}

/** Most events of a scenario in a report: software that runs can make calls without end. */
const MOST_EVENTS = 100_000;
/** Most characters of console output that a report keeps; the rest is cut. */
const MOST_CONSOLE = 1 << 20;

/** The console output of a scenario for a report that is written at its end. */
class ConsoleLog {
  readonly #text = new ConsoleText();
  readonly #lines: ConsoleLine[] = [];
  #left = MOST_CONSOLE;

  push({ guest, bytes }: { readonly guest: string; readonly bytes: Uint8Array }): void {
    this.#keep(this.#text.push(guest, bytes));
  }

  end(): readonly ConsoleLine[] {
    this.#keep(this.#text.flush());
    return this.#lines;
  }

  #keep(lines: readonly ConsoleLine[]): void {
    for (const line of lines) {
      if (this.#left <= 0) return;
      this.#left -= line.text.length + 1;
      this.#lines.push(this.#left > 0 ? line : { guest: line.guest, text: '... (cut)' });
    }
  }
}

/** Bytes as hexadecimal text, 64-bit numbers as hexadecimal strings. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  return value instanceof Uint8Array ? toHex(value) : value;
}

export function jsonReporter(file: string, io: Io): Reporter {
  let events: MachineEvent[] = [];
  let cut = 0;
  let console = new ConsoleLog();
  const scenarios: unknown[] = [];
  return {
    begin: () => {
      events = [];
      cut = 0;
      console = new ConsoleLog();
    },
    event: (event) => {
      if (event.kind === 'console') console.push(event);
      else if ('call' in event && isConsoleCall(event.call)) return;
      else if (events.length < MOST_EVENTS) events.push(event);
      else cut++;
    },
    scenario: ({ name, outcome, instructions, ticks }) => {
      const text = console.end();
      const more = { ...(cut > 0 && { eventsNotShown: cut }), ...(text.length > 0 && { console: text }) };
      scenarios.push({ name, outcome, instructions, ticks, events, ...more });
    },
    end: (results) => {
      const passed = results.every((result) => result.outcome.kind === 'passed');
      io.out(`${JSON.stringify({ file, passed, scenarios }, plain, 2)}\n`);
    },
  };
}

const XML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** Text for an XML attribute or element; characters that XML 1.0 does not allow become U+FFFD. */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"\n\t]/g, (character) => XML_ENTITIES[character] ?? character);
}

export function junitReporter(file: string, io: Io): Reporter {
  const cases: string[] = [];
  let text: string[] = [];
  let console = new ConsoleLog();
  const suite = xml(file);
  return {
    begin: () => {
      text = [];
      console = new ConsoleLog();
    },
    event: (event) => {
      if (event.kind === 'output') text.push(event.text);
      else if (event.kind === 'console') console.push(event);
    },
    scenario: ({ name, outcome, milliseconds }) => {
      text.push(...console.end().map((line) => `${line.guest}: ${line.text}`));
      const seconds = (milliseconds / 1000).toFixed(3);
      const body = [
        ...(outcome.kind === 'passed' ? [] : [problem(outcome)]),
        ...(text.length > 0 ? [`    <system-out>${xml(text.join('\n'))}</system-out>`] : []),
      ];
      const open = `  <testcase classname="${suite}" name="${xml(name)}" time="${seconds}"`;
      cases.push(body.length > 0 ? `${open}>\n${body.join('\n')}\n  </testcase>` : `${open}/>`);
    },
    end: (results) => {
      const count = (kind: RunOutcome['kind']) => results.filter((result) => result.outcome.kind === kind).length;
      const totals = `tests="${results.length}" failures="${count('failed')}" errors="${count('error')}"`;
      io.out(
        `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="${suite}" ${totals}>\n${cases.join('\n')}\n</testsuite>\n`,
      );
    },
  };
}

function problem(outcome: Exclude<RunOutcome, { kind: 'passed' }>): string {
  const { failure } = outcome;
  const element = outcome.kind === 'error' ? 'error' : 'failure';
  const details = failureLines(failure, paint(false)).join('\n');
  return `    <${element} type="${xml(failure.code)}" message="${xml(failure.message)}">${xml(details)}</${element}>`;
}
