/**
 * What an actor's software does for a statement of the scenario, as a sequence of single instructions.
 *
 * The code is in the actor's memory and the CPU executes it, so that checks, traps and translation are the machine's
 * own. Loads and stores use r3 and r4 and put them back. All state here is plain data.
 */

import type { Activity, ActivityResult, InterruptInfo } from '../common/machine';
import type { Interrupt } from '../cpu/cpu';
import { callNamed } from '../pef/calls';
import { codeValue } from '../pef/codes';
import { SNIPPETS, type SnippetName, type TpmBuffer } from './layout';

const H_TPM_COMM = BigInt(callNamed('H_TPM_COMM')?.number ?? 0);
const EXECUTE = codeValue('TPM_COMM_OP_EXECUTE');

/** One instruction to execute, with the registers that it needs. */
export interface Primitive {
  readonly snippet: SnippetName;
  readonly registers: readonly (readonly [number: number, value: bigint])[];
}

export type RunActivity = Extract<Activity, { readonly kind: 'run' }>;

/** An activity under way. */
export interface Work {
  readonly activity: Activity;
  /** MSR and NIA when it began: where the actor's own software is. */
  readonly msr: bigint;
  nia: bigint;
  /** Registers to put back at the end (loads and stores), else undefined. */
  readonly saved: readonly bigint[] | undefined;
  /** Bytes done of a `load bytes` or `store bytes`, or of the buffer of a `send`; instructions of a `run`. */
  done: number;
  /** What `load bytes` collected. */
  collected: Uint8Array;
  /** `send` goes through three: the command to the buffer, the call, the response from the buffer. */
  phase: 'store' | 'call' | 'load';
  /** A call or an interrupt happened in it. */
  called: boolean;
  result: ActivityResult | undefined;
}

/** Distance of the response from the command in the TPM buffer, and the largest of each. */
export const TPM_AREA = 4096;

const widthAt = (address: bigint, left: number): 1 | 8 => (left >= 8 && (address & 7n) === 0n ? 8 : 1);

/** Whether the activity leaves the registers as they were. */
export function keepsRegisters(activity: Activity): boolean {
  return activity.kind.startsWith('load') || activity.kind.startsWith('store');
}

export function startWork(activity: Activity, saved: readonly bigint[] | undefined, msr: bigint, nia: bigint): Work {
  const length = activity.kind === 'load bytes' ? activity.length : 0;
  const phase = activity.kind === 'send' || activity.kind.startsWith('store') ? 'store' : 'load';
  return {
    activity,
    msr,
    nia,
    saved,
    done: 0,
    collected: new Uint8Array(length),
    phase,
    called: false,
    result: undefined,
  };
}

const call = (lev: 1 | 2, number: bigint, args: readonly bigint[]): Primitive => ({
  snippet: lev === 1 ? 'sc1' : 'sc2',
  registers: [[3, number], ...args.map((value, i) => [4 + i, value] as const)],
});

function storeOf(bytes: Uint8Array, done: number, base: bigint, little: boolean): Primitive {
  const address = base + BigInt(done);
  const width = widthAt(address, bytes.length - done);
  return {
    snippet: `store${width}`,
    registers: [
      [3, numberOf(bytes.subarray(done, done + width), little)],
      [4, address],
    ],
  };
}

function loadOf(length: number, done: number, base: bigint): Primitive {
  const address = base + BigInt(done);
  return { snippet: `load${widthAt(address, length - done)}`, registers: [[4, address]] };
}

/** The next instruction of the work, or undefined when it is complete. Not for `code` and `run`. */
export function nextPrimitive(work: Work, little: boolean, buffer: () => TpmBuffer): Primitive | undefined {
  const { activity, done } = work;
  switch (activity.kind) {
    case 'call':
      return done === 0 ? call(activity.lev, activity.number, activity.args) : undefined;
    case 'load':
      return done === 0 ? { snippet: `load${activity.width}`, registers: [[4, activity.address]] } : undefined;
    case 'store':
      if (done > 0) return undefined;
      return {
        snippet: `store${activity.width}`,
        registers: [
          [3, activity.value],
          [4, activity.address],
        ],
      };
    case 'load bytes':
      return done < activity.length ? loadOf(activity.length, done, activity.address) : undefined;
    case 'store bytes':
      return done < activity.bytes.length ? storeOf(activity.bytes, done, activity.address, little) : undefined;
    case 'send':
      return nextOfSend(work, activity.command, little, buffer());
    case 'code':
    case 'run':
      return undefined;
  }
}

function nextOfSend(work: Work, command: Uint8Array, little: boolean, buffer: TpmBuffer): Primitive | undefined {
  if (work.phase === 'store' && work.done < command.length) return storeOf(command, work.done, buffer.address, little);
  if (work.phase === 'store') work.phase = 'call';
  const area = BigInt(TPM_AREA);
  if (work.phase === 'call') {
    return call(1, H_TPM_COMM, [EXECUTE, buffer.gpa, BigInt(command.length), buffer.gpa + area, area]);
  }
  if (work.done >= work.collected.length) return undefined;
  return loadOf(work.collected.length, work.done, buffer.address + area);
}

/** Takes in what the last primitive did: r3 and r4 after it. */
export function absorb(work: Work, primitive: Primitive, r3: bigint, r4: bigint, little: boolean): void {
  const { activity } = work;
  if (activity.kind === 'call' || activity.kind === 'load') {
    work.done = 1;
    work.result = { kind: 'done', value: r3 };
    return;
  }
  if (activity.kind === 'send' && work.phase === 'call') {
    work.result = { kind: 'done', value: r3 };
    const length = r3 === 0n ? Math.min(Number(r4), TPM_AREA) : 0;
    work.phase = 'load';
    work.done = 0;
    work.collected = new Uint8Array(length);
    return;
  }
  const width = SNIPPET_WIDTH.get(primitive.snippet) ?? 0;
  if (work.phase === 'load' && activity.kind !== 'store') {
    work.collected.set(bytesOf(r3, width, little), work.done);
  }
  work.done += activity.kind === 'store' ? 1 : width;
}

/** The result of complete work. */
export function resultOf(work: Work): ActivityResult {
  const { activity } = work;
  if (activity.kind === 'load bytes') return { kind: 'done', bytes: work.collected };
  if (activity.kind === 'send') {
    const value = work.result?.kind === 'done' ? work.result.value : undefined;
    return value === 0n ? { kind: 'done', value, bytes: work.collected } : { kind: 'done', value };
  }
  return work.result ?? { kind: 'done' };
}

const SNIPPET_WIDTH: ReadonlyMap<SnippetName, number> = new Map(
  (Object.keys(SNIPPETS) as SnippetName[]).flatMap((name) => {
    const width = /^(?:load|store)([1248])$/.exec(name)?.[1];
    return width === undefined ? [] : [[name, Number(width)] as const];
  }),
);

function numberOf(bytes: Uint8Array, little: boolean): bigint {
  let value = 0n;
  for (const byte of little ? [...bytes].reverse() : bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

function bytesOf(value: bigint, width: number, little: boolean): Uint8Array {
  const bytes = new Uint8Array(width);
  for (let i = 0; i < width; i++) bytes[little ? i : width - 1 - i] = Number((value >> BigInt(8 * i)) & 0xffn);
  return bytes;
}

/** How the debugger names the code of an activity. */
export function describe(activity: Activity): string {
  switch (activity.kind) {
    case 'call':
      return `sc ${activity.lev}`;
    case 'send':
      return 'TPM command by H_TPM_COMM';
    case 'code':
      return 'asm';
    default:
      return activity.kind;
  }
}

/** An interrupt as scenario and debugger see it. */
export function infoOf({ vector, row, cia, level, detail }: Interrupt): InterruptInfo {
  return { vector, name: row.name, address: cia, level, detail };
}
