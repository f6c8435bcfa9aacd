/**
 * `pef exec`: executes instructions from one JSON text and answers with the state after them, in the same shape.
 *
 *     {"gpr":["0",...],"cr":"0","xer":"0","lr":"0","ctr":"0","msr":"8000000000000001","pc":"1000",
 *      "memory":[{"addr":"1000","hex":"0100..."}],"steps":1}
 *
 * Text is hexadecimal, with or without 0x (the answer writes it as the input does), a JSON number is what it says; a missing
 * register is 0, missing `steps` are 1.
 * Other registers (`fpr`, `vsr`, `fpscr`, `vscr`, `spr`) and `cpu` are optional, see exec-registers.ts.
 *
 * Real mode: an effective address is the real one, in every privilege state, unless PTCR names a partition table. Of memory
 * regions that overlap the later one counts. The answer has `executed`, and where an interrupt ended the execution `stopped` with its name and `interrupt`
 * with its vector, address, MSR before it and reason; registers are as the interrupt has set them. An `id` comes back as
 * it was given.
 */
import { PefError, messageOf } from '../emulator/common/errors';
import { fromHex } from '../emulator/common/bytes';
import { Cpu, type CpuExit, type PartitionScope, SHORT_WORK } from '../emulator/cpu/cpu';
import { PhysicalMemory } from '../emulator/memory/physical';
import { REGISTER_MEMBERS, registerAnswer, registerTexts, setRegisters, usesTables } from './exec-registers';
import { type Json, bad, hex, list, object } from './exec-values';

/** Most instructions of one execution. */
export const EXEC_STEP_LIMIT = 100_000_000;
/** Enough for the addresses of ordinary programs; only what is used costs memory. Where that is not to be had: less. */
const NORMAL_BYTES = [3 * 2 ** 30, 256 * 2 ** 20];
const SECURE_BYTES = 16 * 2 ** 20;
/** Most bytes of memory regions, and most regions. */
const REGION_LIMIT_BYTES = 16 * 2 ** 20;
const REGION_LIMIT = 4096;

/** Longest text of one execution: regions of that size, as the answer writes them, and some more. */
export const EXEC_TEXT_LIMIT = 64 * 2 ** 20;
/** Instructions between two looks at what the caller wants: some milliseconds. */
const SLICE = 250_000;
/** Members that an input has, and those that only an answer has: it can be given back. */
const MEMBERS = ['id', 'gpr', 'cr', 'xer', 'lr', 'ctr', 'msr', 'pc', 'memory', 'steps', ...REGISTER_MEMBERS];
const ANSWER_MEMBERS = ['executed', 'stopped', 'interrupt'];

interface Region {
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

let shared: Cpu | undefined;
const ONE_TO_ONE: PartitionScope = { translate: (_lpid, gpa) => gpa };

/** One CPU for all lines, as after reset. */
function freshCpu(): Cpu {
  if (shared) {
    shared.memory.reset();
    shared.reset();
  } else {
    shared = new Cpu(memoryOfMost(NORMAL_BYTES));
    shared.workLimit = SHORT_WORK;
  }
  return shared;
}

function memoryOfMost([most = 0, ...less]: readonly number[]): PhysicalMemory {
  try {
    return new PhysicalMemory(most, SECURE_BYTES);
  } catch (error) {
    if (less.length === 0) throw error;
    return memoryOfMost(less);
  }
}

/**
 * Executes one JSON text.
 *
 * @returns JSON: the state after execution, or `{"error": sentence}`
 */
export function execLine(json: string): string {
  const execution = execSlices(json);
  for (;;) {
    const step = execution.next();
    if (step.done === true) return step.value;
  }
}

/** The same in slices: the caller can do other things, or give up, wherever it yields. */
export function* execSlices(json: string): Generator<void, string> {
  let id: unknown;
  try {
    if (json.length > EXEC_TEXT_LIMIT) throw bad(`The line is longer than ${EXEC_TEXT_LIMIT} characters.`);
    const request = object(parse(json), 'The input');
    id = request.id;
    return JSON.stringify({ id, ...(yield* execute(request)) });
  } catch (error) {
    if (error instanceof PefError) return JSON.stringify({ id, error: messageOf(error) });
    throw error;
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw bad(`The line is not JSON: ${messageOf(error)}`);
  }
}

function* execute(request: Json): Generator<void, Json> {
  const unknown = Object.keys(request).find((name) => !MEMBERS.includes(name) && !ANSWER_MEMBERS.includes(name));
  if (unknown !== undefined) {
    throw bad(`There is no member '${unknown.slice(0, 40)}'; an input has ${MEMBERS.join(', ')}.`);
  }
  const gprs = list(request.gpr, 'gpr', 32).map((value, i) => hex(value, `gpr[${i}]`));
  const regions = list(request.memory, 'memory', REGION_LIMIT).map(region);
  const total = regions.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (total > REGION_LIMIT_BYTES)
    throw bad(`The memory regions have ${total} bytes; the limit is ${REGION_LIMIT_BYTES}.`);
  const steps = stepCount(request.steps);
  const cpu = freshCpu();
  gprs.forEach((value, n) => cpu.setGpr(n, value));
  cpu.cr = hex(request.cr, 'cr', 32);
  cpu.xer = hex(request.xer, 'xer');
  cpu.lr = hex(request.lr, 'lr');
  cpu.ctr = hex(request.ctr, 'ctr');
  cpu.msr = hex(request.msr, 'msr');
  setRegisters(cpu, request);
  cpu.partitionScope = usesTables(cpu, request) ? undefined : ONE_TO_ONE;
  const pc = hex(request.pc, 'pc');
  if ((pc & 3n) !== 0n) throw bad('pc must be a multiple of 4.');
  cpu.nia = pc;
  for (const { address, bytes } of regions) cpu.memory.write(address, bytes);
  let executed = 0;
  let exit: CpuExit;
  do {
    if (executed > 0) yield;
    exit = cpu.run(Math.min(SLICE, steps - executed));
    executed += exit.executed;
  } while (exit.reason === 'budget' && executed < steps);
  return answer(cpu, { ...exit, executed }, request, regions);
}

/** Whether the input's numbers have 0x; without any text they get it. */
function writes0x(request: Json): boolean {
  const addresses = list(request.memory, 'memory', REGION_LIMIT).map((entry) => object(entry, 'memory').addr);
  const { gpr, cr, xer, lr, ctr, msr, pc } = request;
  const texts = [list(gpr, 'gpr', 32), cr, xer, lr, ctr, msr, pc, addresses, registerTexts(request)]
    .flat()
    .filter((text) => typeof text === 'string');
  return texts.length === 0 || texts.some((text) => /^\s*0x/i.test(text));
}

function answer(cpu: Cpu, exit: CpuExit, request: Json, regions: readonly Region[]): Json {
  const prefix = writes0x(request) ? '0x' : '';
  const digits = (value: bigint, width = 16): string => `${prefix}${value.toString(16).padStart(width, '0')}`;
  const state = {
    gpr: Array.from({ length: 32 }, (_, n) => digits(cpu.gpr(n))),
    cr: digits(cpu.cr, 8),
    xer: digits(cpu.xer),
    lr: digits(cpu.lr),
    ctr: digits(cpu.ctr),
    msr: digits(cpu.msr),
    ...registerAnswer(cpu, request, digits),
    pc: digits(cpu.nia),
    memory: regions.map(({ address, bytes }) => ({
      addr: digits(address),
      hex: Buffer.from(cpu.memory.read(address, bytes.length)).toString('hex'),
    })),
    steps: exit.executed,
    executed: exit.executed,
  };
  if (exit.reason !== 'interrupt') return state;
  const { row, cia, from, detail } = exit.interrupt;
  const interrupt = { vector: digits(BigInt(row.vector), 1), address: digits(cia), msr: digits(from), detail };
  return { ...state, stopped: row.name, interrupt };
}

function region(value: unknown, index: number): Region {
  const entry = object(value, `memory[${index}]`);
  const text = entry.hex ?? '';
  if (typeof text !== 'string') throw bad(`memory[${index}].hex must be a string of hexadecimal digits.`);
  if (text.length > 3 * REGION_LIMIT_BYTES) throw bad(`memory[${index}] is larger than ${REGION_LIMIT_BYTES} bytes.`);
  return { address: hex(entry.addr, `memory[${index}].addr`), bytes: bytesOf(text) };
}

/** Plain digits, of which there can be many, take the fast way. */
function bytesOf(text: string): Uint8Array {
  return text.length % 2 === 0 && !/[^0-9a-f]/i.test(text) ? Buffer.from(text, 'hex') : fromHex(text);
}

function stepCount(value: unknown): number {
  if (value === undefined) return 1;
  const steps = typeof value === 'string' ? Number(hex(value, 'steps')) : value;
  if (typeof steps !== 'number' || !Number.isInteger(steps) || steps < 0 || steps > EXEC_STEP_LIMIT) {
    throw bad(`steps must be a whole number from 0 to ${EXEC_STEP_LIMIT}.`);
  }
  return steps;
}
