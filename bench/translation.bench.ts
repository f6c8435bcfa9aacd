/** What a load costs whose translation is not at hand, in each kind of translation. */
import { Cpu } from '../emulator/cpu/cpu';
import { assemble } from '../emulator/isa/assembler';
import { MSR_BIT } from '../emulator/isa/registers';
import { SPRN, sprMask } from '../emulator/isa/sprs';
import { PhysicalMemory } from '../emulator/memory/physical';
import type { Figure } from './figure';

const { SF, HV, LE, DR } = MSR_BIT;
const VALID = 1n << 63n;
const LEAF = 1n << 62n;
/** Recorded, and everything permitted. */
const ALL = 0x187n;
const RTS52 = (2n << 61n) | (5n << 5n);

// Real addresses. The guest's memory is all memory, so that one process table serves it and the host.
const PARTITION_TABLE = 0x10000n;
const PROCESS_TABLE = 0x11000n;
const PARTITION_TREE = 0x20000n;
const PROCESS_TREE = 0x60000n;
const DATA = 0x80_0000n;
const CODE = 0x1000n;
/** Pages that the program walks through: twice as many as the translations that are at hand. */
const PAGES = 4096;
const ROUNDS = 10;
const RUNS = 7;

const PROGRAM = `
again:  mr    r6, r4
        mtctr r5
loop:   ld    r3, 0(r6)
        add   r6, r6, r7
        bdnz  loop
        addi  r8, r8, -1
        cmpdi r8, 0
        bne   again
        sc`;

function machine(): Cpu {
  const memory = new PhysicalMemory(1 << 25, 1 << 16);
  const cpu = new Cpu(memory);
  const write = (address: bigint, value: bigint): void => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, value);
    memory.write(address, bytes);
  };
  const page = (n: bigint): bigint => VALID | LEAF | (n << 12n) | ALL;
  /** A tree at a place: its pages of 4 KiB are where the addresses say. */
  const tree = (at: bigint): void => {
    write(at, VALID | (at + 0x10000n) | 9n);
    write(at + 0x10000n, VALID | (at + 0x11000n) | 9n);
    for (let n = 0n; n < 16n; n++) {
      write(at + 0x11000n + 8n * n, VALID | (at + 0x12000n + 0x1000n * n) | 9n);
      for (let i = 0n; i < 512n; i++) write(at + 0x12000n + 0x1000n * n + 8n * i, page(512n * n + i));
    }
  };
  for (const at of [PARTITION_TREE, PROCESS_TREE]) tree(at);
  write(PARTITION_TABLE, VALID | RTS52 | PARTITION_TREE | 13n);
  write(PARTITION_TABLE + 8n, VALID | PROCESS_TABLE);
  write(PARTITION_TABLE + 16n, VALID | RTS52 | PARTITION_TREE | 13n);
  write(PARTITION_TABLE + 24n, VALID | PROCESS_TABLE);
  write(PROCESS_TABLE, RTS52 | PROCESS_TREE | 13n);
  cpu.setSpr(SPRN.PTCR, PARTITION_TABLE);
  cpu.setSpr(SPRN.LPCR, sprMask('LPCR', 'UPRT') | sprMask('LPCR', 'HR'));
  cpu.setSpr(SPRN.LPIDR, 1n);
  memory.write(CODE, assemble(PROGRAM, CODE, { endian: 'little' }).bytes);
  return cpu;
}

/** Nanoseconds of a round of the program's loop. @param stride bytes between loads */
function nanoseconds(msr: bigint, stride: bigint): number {
  const cpu = machine();
  const times = Array.from({ length: RUNS }, () => {
    cpu.msr = msr;
    cpu.nia = CODE;
    cpu.setGpr(4, DATA >> 1n);
    cpu.setGpr(5, BigInt(PAGES));
    cpu.setGpr(7, stride);
    cpu.setGpr(8, BigInt(ROUNDS));
    const start = performance.now();
    cpu.run(1_000_000_000);
    return ((performance.now() - start) * 1e6) / (PAGES * ROUNDS);
  });
  return Math.min(...times);
}

const KINDS = {
  'in real mode': SF | HV | LE,
  'through a tree of the host': SF | HV | LE | DR,
  'through trees of a guest and its partition': SF | LE | DR,
} as const;

export async function bench(): Promise<Figure[]> {
  await Promise.resolve();
  return Object.entries(KINDS).map(([name, msr]) => ({
    name: `a load whose translation is not at hand, ${name}`,
    value: nanoseconds(msr, 4096n) - nanoseconds(msr, 0n),
    unit: 'ns',
  }));
}
