/** A debugger over a fake run, with what it told its host. */

import type { SourceLocation } from '../../emulator/common/frames';
import type { MachineEvent } from '../../emulator/common/machine';
import { BreakpointTable } from '../../emulator/timeline/breakpoints';
import { Debugger, type Stop } from '../../emulator/timeline/debugger';
import type { EventVocabulary } from '../../emulator/timeline/events';
import { FILE, FakeRun, type FakeOptions, type Program } from './fake';

export const WORDS: EventVocabulary = {
  calls: [
    { lev: 2, number: 0xf110, name: 'UV_ESM' },
    { lev: 2, number: 0xf130, name: 'UV_SHARE_PAGE' },
    { lev: 1, number: 0xef10, name: 'H_TPM_COMM' },
    { lev: 1, number: 0x300, name: 'H_RANDOM' },
  ],
  tpmCommands: [
    { code: 0x17b, name: 'TPM2_GetRandom' },
    { code: 0x17a, name: 'TPM2_GetCapability' },
  ],
  interrupts: [
    { vector: 0xc00, name: 'System Call', abbreviation: 'SC' },
    { vector: 0x300, name: 'Data Storage', abbreviation: 'DSI' },
    { vector: 0xe40, name: 'Hypervisor Emulation Assistance', abbreviation: 'HEAI' },
  ],
};

const range = (line: number) => ({ line, column: 1, endLine: line, endColumn: 9 });

export class Bench {
  readonly run: FakeRun;
  readonly breakpoints = new BreakpointTable();
  readonly debugger: Debugger;
  readonly events: MachineEvent[] = [];
  readonly logs: string[] = [];
  slices = 0;
  /** Called at every slice; a test pauses from here. */
  onSlice: () => void = () => undefined;

  constructor(program: Program, options?: FakeOptions) {
    this.run = new FakeRun(program, options ?? { saysLineStart: true });
    // The fake learns its lines by running once.
    for (let n = 0; n < 10_000 && this.run.status === 'running'; n++) this.run.step(100);
    this.run.reset();
    let strides = 0;
    this.debugger = new Debugger(
      this.run,
      this.breakpoints,
      { words: WORDS, listingLines: () => [3, 4, 5].map(range) },
      {
        strideTicks: 10_000,
        shouldYield: () => ++strides % 10 === 0,
        yieldToHost: async () => {
          this.slices++;
          this.onSlice();
          await new Promise((resolve) => setImmediate(resolve));
        },
        happened: (event) => this.events.push(event),
        log: (text: string, _at: SourceLocation | undefined) => this.logs.push(text),
      },
    );
  }

  lines(...lines: number[]) {
    return this.breakpoints.setLines(
      { kind: 'file', path: FILE },
      lines.map((line) => ({ line })),
    );
  }

  /** Where the run is: `fake:10 (listing:3 ...)`, innermost first, shortest readable form. */
  get place(): string {
    return this.run
      .frames()
      .map((frame) => {
        const at = frame.location;
        if (!at) return frame.kind;
        return `${at.source.kind === 'file' ? '' : at.source.name + ':'}${at.range.line}`;
      })
      .join(' < ');
  }

  get printed(): string[] {
    return this.events.flatMap((event) => (event.kind === 'output' ? [event.text] : []));
  }
}

export const told = (stop: Stop): string => `${stop.reason}: ${stop.description}`;
