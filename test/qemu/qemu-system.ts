/**
 * Cases in supervisor and hypervisor state: a bare machine without firmware, whose memory is a file that this program
 * writes and reads, and whose gdb stub sets its registers and runs it from the first case to behind the last.
 *
 * Interrupts are part of a case: handlers at the vectors note the save registers and go on behind the case.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as c from './code';
import { wordBytes } from './elf';
import { GdbClient } from './gdb';
import { type HarnessKind, exitWords, harness, slotWords } from './harness';
import { type Mode, SPR_NUMBERS } from './modes';
import {
  AT,
  EXITS,
  EXIT_WORDS,
  FAULT_EXIT,
  FAULT_LANDING,
  LOW,
  LOW_EXITS,
  LOW_EXIT_BASE,
  PLACE,
  PROLOGUE_WORDS,
} from './record';

/** Words of the handlers in low memory; big-endian, as they are. */
const NOTE = { vector: 0x4200, srr0: 0x4208, srr1: 0x4210, r31: 0x4218, landing: 0x4220, msr: 0x4228 } as const;
/** MSR of the harness, in the byte order of the cases. */
const HARNESS_MSR = 0x4240;
/** Where the handlers go on. */
const HANDLER = 0x3000;
// prettier-ignore
const VECTORS = [
  0x200, 0x300, 0x380, 0x400, 0x480, 0x500, 0x600, 0x700, 0x800, 0x900, 0x980, 0xa00, 0xc00, 0xd00, 0xe00, 0xe20, 0xe40, 0xe60, 0xe80, 0xea0, 0xf00, 0xf20,
  0xf40, 0xf60, 0xf80,
];
/** The handlers' own register; no case has it. */
const SPRG0 = 272;
const MEMORY_MIB = { supervisor: 256, hypervisor: 1024, problem: 0 } as const;
const MACHINE = { supervisor: 'pseries', hypervisor: 'powernv9', problem: '' } as const;

export interface SystemBatch {
  readonly cases: readonly { readonly words: readonly number[]; readonly address: number }[];
  readonly records: Uint8Array;
}

function kindOf(mode: Mode): HarnessKind {
  // The register pair through which a case is entered is set last.
  const hypervisor = mode.privilege === 'hypervisor';
  const [entry0, entry1] = hypervisor ? [SPR_NUMBERS.HSRR0, SPR_NUMBERS.HSRR1] : [SPR_NUMBERS.SRR0, SPR_NUMBERS.SRR1];
  /** Loads what a handler noted big-endian. */
  const noted = (code: c.Code, from: number, to: number): void => {
    code.constant(4, from).emit(mode.littleEndian ? c.ldbrx(3, 0, 4) : c.ld(3, 0, 4), c.std(3, to, 31));
  };
  return {
    begin: () => undefined,
    beforeCase: (code) => {
      mode.sprs.forEach((number, i) => code.emit(c.ld(3, AT.sprs + 8 * i, 31), c.mtspr(number, 3)));
      code.emit(c.li(3, 0), c.std(3, NOTE.vector, 0), c.std(3, NOTE.srr0, 0), c.std(3, NOTE.srr1, 0));
      code.emit(c.ld(3, AT.slot, 31), c.mtspr(entry0, 3), c.ld(3, AT.msr, 31), c.mtspr(entry1, 3));
    },
    enter: hypervisor ? c.hrfid : c.rfid,
    afterCase: (code) => {
      code.emit(c.mfmsr(3), c.std(3, AT.msr, 31), c.ld(3, HARNESS_MSR, 0), c.mtmsrd(3));
      mode.sprs.forEach((number, i) => code.emit(c.mfspr(3, number), c.std(3, AT.sprs + 8 * i, 31)));
      noted(code, NOTE.vector, AT.signal);
      noted(code, NOTE.srr0, AT.faultNia);
      noted(code, NOTE.srr1, AT.signalCode);
    },
    end: (code) => void code.label('stop').b('stop'),
  };
}

/** The handlers, which run big-endian. */
function handlers(): { readonly at: number; readonly words: readonly number[] }[] {
  const common = new c.Code(HANDLER);
  common.emit(c.std(31, NOTE.vector, 0), c.mfspr(31, SPRG0), c.std(31, NOTE.r31, 0));
  common.emit(
    c.mfspr(31, SPR_NUMBERS.SRR0),
    c.std(31, NOTE.srr0, 0),
    c.mfspr(31, SPR_NUMBERS.SRR1),
    c.std(31, NOTE.srr1, 0),
  );
  common.emit(
    c.ld(31, NOTE.landing, 0),
    c.mtspr(SPR_NUMBERS.SRR0, 31),
    c.ld(31, NOTE.msr, 0),
    c.mtspr(SPR_NUMBERS.SRR1, 31),
  );
  common.emit(c.ld(31, NOTE.r31, 0), c.rfid);
  const vectors = VECTORS.map((vector) => ({
    at: vector,
    words: [c.mtspr(SPRG0, 31), c.li(31, vector), c.branch(vector + 8, HANDLER)],
  }));
  return [{ at: HANDLER, words: common.finish() }, ...vectors];
}

/**
 * Runs a batch.
 *
 * @returns the records after it
 * @throws Error with what QEMU said when it does not come to the end in time
 */
export async function runSystemBatch({ cases, records }: SystemBatch, mode: Mode): Promise<Uint8Array> {
  const code = harness(kindOf(mode));
  const words = code.finish();
  const leave = code.address('leave');
  const folder = mkdtempSync(join(tmpdir(), 'pef-qemu-'));
  const memory = join(folder, 'memory');
  const machine = start(mode, memory, join(folder, 'gdb'));
  try {
    const gdb = await Promise.race([GdbClient.connect(join(folder, 'gdb')), machine.ended]);
    // Its first answer comes when the machine is made: before, QEMU still writes firmware into memory.
    await Promise.race([gdb.ask('?'), machine.ended]);
    const file = openSync(memory, 'r+');
    try {
      const put = (at: number, bytes: Uint8Array): void => void writeSync(file, bytes, 0, bytes.length, at);
      for (const { at, words: handler } of handlers()) put(at, wordBytes(handler, false));
      put(PLACE.low, lowMemory(records.length, leave, mode));
      put(PLACE.harness, wordBytes(words, mode.littleEndian));
      for (const { words: instructions, address } of cases) {
        const slot = address - 4 * PROLOGUE_WORDS;
        put(slot, wordBytes(slotWords(slot, instructions, leave), mode.littleEndian));
      }
      put(PLACE.records, records);
      await Promise.race([runToEnd(gdb, mode, code.address('stop'), cases.length), machine.ended]);
      const after = new Uint8Array(records.length);
      readSync(file, after, 0, after.length, PLACE.records);
      return after;
    } finally {
      gdb.close();
      closeSync(file);
    }
  } finally {
    machine.process.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Machines that run; none may outlive this program, however it ends. */
const living = new Set<ChildProcess>();
const killAll = (): void => living.forEach((child) => child.kill('SIGKILL'));
process.once('exit', killAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    killAll();
    process.exit(1);
  });
}

function start(
  mode: Mode,
  memory: string,
  socket: string,
): { readonly process: ChildProcess; readonly ended: Promise<never> } {
  const size = MEMORY_MIB[mode.privilege];
  const args = [
    ...['-machine', `${MACHINE[mode.privilege]},memory-backend=ram`, '-cpu', 'power9', '-smp', '1', '-m', `${size}M`],
    ...['-object', `memory-backend-file,id=ram,size=${size}M,mem-path=${memory},share=on`],
    ...['-S', '-display', 'none', '-nodefaults', '-serial', 'none', '-monitor', 'none'],
    ...['-chardev', `socket,path=${socket},server=on,wait=off,id=gdb`, '-gdb', 'chardev:gdb'],
  ];
  const child = spawn('qemu-system-ppc64', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  living.add(child);
  child.once('exit', () => living.delete(child));
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`qemu-system-ppc64 ended: ${said.trim().slice(-500)}`)));
  });
  // Nobody may be listening any more when it is ended at last.
  ended.catch(() => undefined);
  return { process: child, ended };
}

/** Numbers of NIA and MSR in the stub, in hexadecimal. */
const REGISTER = { nia: '40', msr: '41' } as const;
/** Longest that a batch may take: enough for a machine with much else to do. */
const RUN_MS = { batch: 5_000, each: 3 } as const;

async function runToEnd(gdb: GdbClient, { msr }: Mode, stop: number, cases: number): Promise<void> {
  // Only after it was asked for its registers' description has the stub numbers for all of them.
  await gdb.ask('qXfer:features:read:target.xml:0,ffb');
  const hex = (value: bigint): string => value.toString(16).padStart(16, '0');
  // The stub takes registers in the byte order of MSR.LE; after MSR is set, in that of the cases.
  await gdb.command(`P${REGISTER.nia}=${hex(BigInt(PLACE.harness))}`);
  await gdb.command(`P${REGISTER.msr}=${hex(msr)}`);
  await gdb.command(`Z0,${stop.toString(16)},4`);
  const answer = await gdb.ask('c', RUN_MS.batch + RUN_MS.each * cases).catch(async (error: unknown) => {
    // Where it hangs tells which case it was.
    const registers = await gdb.interrupt();
    throw new Error(`${String(error)} It is at ${registers}.`);
  });
  if (!answer.startsWith('T05')) throw new Error(`QEMU stopped with '${answer}'.`);
}

function lowMemory(recordBytes: number, leave: number, { littleEndian, msr }: Mode): Uint8Array {
  const low = new Uint8Array(PLACE.lowBytes);
  const view = new DataView(low.buffer);
  const put = (at: number, value: bigint, le: boolean): void => view.setBigUint64(at - PLACE.low, value, le);
  put(LOW.current, BigInt(PLACE.records), littleEndian);
  put(LOW.end, BigInt(PLACE.records + recordBytes), littleEndian);
  put(HARNESS_MSR, msr, littleEndian);
  put(NOTE.landing, BigInt(FAULT_LANDING), false);
  put(NOTE.msr, msr, false);
  const land = (at: number, exit: number): void =>
    low.set(wordBytes(exitWords(at, exit, leave), littleEndian), at - PLACE.low);
  land(FAULT_LANDING, FAULT_EXIT);
  for (let exit = 0; exit < EXITS; exit++) land(LOW_EXIT_BASE + 4 * EXIT_WORDS * exit, LOW_EXITS + exit);
  return low;
}
