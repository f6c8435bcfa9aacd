/**
 * Cases in problem state: a static Linux program under qemu-ppc64le or qemu-ppc64 that writes all records to its
 * standard output. Interrupts arrive as signals.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as c from './code';
import { elfProgram, wordBytes } from './elf';
import { exitWords, harness, slotWords } from './harness';
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
  SLOT_BYTES,
} from './record';

/** Numbers of Linux: signals that instructions raise, system calls (arch/powerpc). */
const SIGNALS = [4, 5, 7, 8, 11];
const SYS = { exit: 1, write: 4, rt_sigaction: 173, sigaltstack: 185 } as const;
/** SA_SIGINFO, SA_ONSTACK, SA_NODEFER. */
const SA_FLAGS = 4 | 0x08000000 | 0x40000000;
/** Offset in ucontext of the doublewords r0 to r31, NIP. */
const UC_REGISTERS = 232;
const STACK_BYTES = 0x10000;
/** Places of the arguments of the system calls, in low memory. */
const ARGUMENT = { stack: 0x4100, action: 0x4140 } as const;

export interface UserBatch {
  /** Each in the slot to which its address belongs. */
  readonly cases: readonly { readonly words: readonly number[]; readonly address: number }[];
  readonly records: Uint8Array;
  readonly littleEndian: boolean;
}

const user = {
  begin: (code: c.Code): void => {
    const system = (number: number): void => void code.emit(c.li(0, number), c.sc);
    code.constant(3, ARGUMENT.stack).emit(c.li(4, 0));
    system(SYS.sigaltstack);
    for (const signal of SIGNALS) {
      code.emit(c.li(3, signal)).constant(4, ARGUMENT.action).emit(c.li(5, 0), c.li(6, 8));
      system(SYS.rt_sigaction);
    }
    code.b('next');
    // r3 signal, r4 siginfo, r5 ucontext: note them, go on behind the case with all registers as they were.
    code.label('handler').emit(c.ld(6, LOW.current, 0), c.std(3, AT.signal, 6));
    code.emit(c.ld(7, UC_REGISTERS + 8 * 32, 5), c.std(7, AT.faultNia, 6));
    code.emit(c.ld(7, 16, 4), c.std(7, AT.faultAddress, 6), c.lwz(7, 8, 4), c.std(7, AT.signalCode, 6));
    code.constant(7, FAULT_LANDING).emit(c.std(7, UC_REGISTERS + 8 * 32, 5), c.blr);
  },
  beforeCase: (code: c.Code): void => void code.emit(c.ld(3, AT.slot, 31), c.mtspr(c.SPR.lr, 3)),
  enter: c.blr,
  afterCase: (): void => undefined,
  end: (code: c.Code): void => {
    code.constant(30, PLACE.records);
    code
      .label('write')
      .emit(c.li(3, 1), c.addi(4, 30, 0), c.ld(5, LOW.end, 0), c.subf(5, 4, 5), c.li(0, SYS.write), c.sc);
    code.emit(c.cmpdi(3, 0)).ble('end');
    code
      .emit(c.add(30, 30, 3), c.ld(5, LOW.end, 0), c.cmpld(30, 5))
      .bge('end')
      .b('write');
    code.label('end').emit(c.li(3, 0), c.li(0, SYS.exit), c.sc);
  },
};

/**
 * Runs a batch.
 *
 * @returns the records after it
 * @throws Error with what QEMU said when it does not answer with all records in time
 */
export function runUserBatch({ cases, records, littleEndian }: UserBatch): Uint8Array {
  const code = harness(user);
  const words = code.finish();
  const leave = code.address('leave');
  const last = Math.max(...cases.map(({ address }) => address));
  const slots = new Uint8Array(last - PLACE.slots + SLOT_BYTES);
  for (const { words: instructions, address } of cases) {
    const slot = address - 4 * PROLOGUE_WORDS;
    slots.set(wordBytes(slotWords(slot, instructions, leave), littleEndian), slot - PLACE.slots);
  }
  const program = elfProgram(
    PLACE.harness,
    [
      { address: PLACE.low, bytes: lowMemory(records.length, code, leave, littleEndian) },
      { address: PLACE.harness, bytes: wordBytes(words, littleEndian) },
      { address: PLACE.slots, bytes: slots },
      { address: PLACE.stack, bytes: new Uint8Array(), size: STACK_BYTES },
      { address: PLACE.window & ~0xfff, bytes: new Uint8Array(), size: 0x2000 },
      { address: PLACE.records, bytes: records },
    ],
    littleEndian,
  );
  return execute(program, records.length, littleEndian);
}

function lowMemory(recordBytes: number, code: c.Code, leave: number, littleEndian: boolean): Uint8Array {
  const low = new Uint8Array(PLACE.lowBytes);
  const view = new DataView(low.buffer);
  const u64 = (at: number, value: number): void => view.setBigUint64(at - PLACE.low, BigInt(value), littleEndian);
  u64(LOW.current, PLACE.records);
  u64(LOW.end, PLACE.records + recordBytes);
  u64(ARGUMENT.stack, PLACE.stack);
  u64(ARGUMENT.stack + 16, STACK_BYTES);
  u64(ARGUMENT.action, code.address('handler'));
  u64(ARGUMENT.action + 8, SA_FLAGS);
  const land = (at: number, exit: number): void =>
    low.set(wordBytes(exitWords(at, exit, leave), littleEndian), at - PLACE.low);
  land(FAULT_LANDING, FAULT_EXIT);
  for (let exit = 0; exit < EXITS; exit++) land(LOW_EXIT_BASE + 4 * EXIT_WORDS * exit, LOW_EXITS + exit);
  return low;
}

/** Longest that a batch may take, in milliseconds. */
const LIMIT_MS = 60_000;

function execute(program: Uint8Array, bytes: number, littleEndian: boolean): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'pef-qemu-'));
  try {
    const file = join(folder, 'cases');
    writeFileSync(file, program, { mode: 0o755 });
    const qemu = littleEndian ? 'qemu-ppc64le' : 'qemu-ppc64';
    const { stdout, stderr, status, signal, error } = spawnSync(qemu, ['-cpu', 'power9', file], {
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
      maxBuffer: bytes + 4096,
    });
    if (error ?? (status !== 0 || stdout.length !== bytes)) {
      const end = error?.message ?? `exit code ${status ?? signal ?? '?'}, ${stdout.length} of ${bytes} bytes`;
      throw new Error(`${qemu} did not run the batch: ${end} ${stderr.toString().trim()}`);
    }
    return new Uint8Array(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
