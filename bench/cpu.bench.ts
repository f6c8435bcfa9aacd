/** Speed of the interpreter, and the time until it can begin. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Cpu } from '../emulator/cpu/cpu';
import { interpreterBytes } from '../emulator/cpu/interpreter';
import { assemble } from '../emulator/isa/assembler';
import { MSR_BIT } from '../emulator/isa/registers';
import { PhysicalMemory } from '../emulator/memory/physical';
import type { Figure } from './figure';

const PROGRAMS = {
  'a loop of loads, stores and arithmetic': `
loop:   ld    r5, 0(r6)
        add   r3, r3, r5
        addi  r5, r5, 1
        std   r5, 0(r6)
        bdnz  loop`,
  'CRC32 by bytes': `
loop:   lbzx  r5, r6, r7
        xor   r5, r5, r3
        rldic r5, r5, 2, 54
        lwzx  r5, r8, r5
        srwi  r3, r3, 8
        xor   r3, r3, r5
        addi  r7, r7, 1
        andi. r7, r7, 0xfff
        bdnz  loop`,
} as const;

const LITTLE = MSR_BIT.SF | MSR_BIT.HV | MSR_BIT.LE;
const CODE = 0x1000n;
const ROUNDS = 1_000_000n;
/** Short runs, of which the fastest counts: it is the one that other programs of the computer disturbed least. */
const RUNS = 15;

function mips(program: string, mode: bigint): number {
  const cpu = new Cpu(new PhysicalMemory(1 << 24, 1 << 16), 1, { interpretOnly: true });
  const endian = (mode & MSR_BIT.LE) === 0n ? 'big' : 'little';
  cpu.memory.write(CODE, assemble(`${program}\n sc`, CODE, { endian }).bytes);
  const rates = Array.from({ length: RUNS }, () => {
    cpu.msr = mode;
    cpu.nia = CODE;
    cpu.ctr = ROUNDS;
    cpu.setGpr(6, 0x8000n);
    cpu.setGpr(8, 0x10000n);
    const start = performance.now();
    const { executed } = cpu.run(1_000_000_000);
    return executed / (performance.now() - start) / 1000;
  });
  return Math.max(...rates);
}

/** Argument with which this file, started as a program, tells how long it took from cold to the first instruction. */
const COLD_START = '--cold-start';
const COLD_STARTS = 7;

function coldStart(): number {
  const start = performance.now();
  const cpu = new Cpu(new PhysicalMemory(1 << 26, 1 << 20));
  cpu.msr = LITTLE;
  cpu.nia = CODE;
  cpu.run(1);
  return performance.now() - start;
}

if (process.argv[2] === COLD_START) process.stdout.write(String(coldStart()));

/** The best of some processes: in each one nothing of the interpreter has run yet. */
function coldStarts(): number {
  const self = fileURLToPath(import.meta.url);
  const times = Array.from({ length: COLD_STARTS }, () =>
    Number(execFileSync(process.execPath, [self, COLD_START], { encoding: 'utf8' })),
  );
  return Math.min(...times);
}

export async function bench(): Promise<Figure[]> {
  await Promise.resolve();
  const cold = coldStarts();
  const { length } = interpreterBytes({ littleEndian: true, sf: true });
  return [
    { name: 'interpreter: from cold to the first instruction', value: cold, unit: 'ms', goal: { atMost: 30 } },
    { name: 'interpreter: size of the code', value: length / 1024, unit: 'KiB' },
    ...Object.entries(PROGRAMS).flatMap(([name, program]): Figure[] => [
      { name: `interpreter: ${name}`, value: mips(program, LITTLE), unit: 'MIPS' },
      { name: `interpreter: ${name}, big-endian`, value: mips(program, LITTLE & ~MSR_BIT.LE), unit: 'MIPS' },
    ]),
  ];
}
