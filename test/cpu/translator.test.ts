/** The translator against the interpreter: whatever runs, every register and byte of memory is the same. */
import { describe, expect, it } from 'vitest';
import { Cpu } from '../../emulator/cpu/cpu';
import { assemble } from '../../emulator/isa/assembler';
import { FIELDS, deposit } from '../../emulator/isa/fields';
import type { InstructionRow } from '../../emulator/isa/row';
import { INSTRUCTIONS } from '../../emulator/isa/table';
import { PhysicalMemory } from '../../emulator/memory/physical';
import { MSR_BIT } from '../../emulator/isa/registers';
import { CODE, HV, LE, SF } from './helpers';
import { Pair, numbers } from './pair';

const { FP, VEC, VSX } = MSR_BIT;

const LOOP = 'addi 3,3,1; xor 4,4,3; std 4,0(1); lwz 5,4(1); add. 6,5,3; srawi 7,6,3; adde 8,7,4; bdnz loop';
const MODES = [
  ['little-endian', SF | HV | LE],
  ['big-endian', SF | HV],
  ['32-bit', HV | LE],
] as const;

describe.each(MODES)('%s', (_, msr) => {
  it('translates a loop that runs often, and leaves it the same after any number of instructions', () => {
    const pair = new Pair(msr);
    pair.load(`loop: ${LOOP.replaceAll(';', '\n')}\n b $`.replace('$', '.'));
    pair.begin(CODE, 3000n);
    expect(pair.run(4000)).toBe('budget');
    expect(pair.regions).toBeGreaterThan(0);
    const next = numbers(1);
    for (let i = 0; i < 300; i++) {
      pair.run(1 + next(40));
      pair.expectSame(`slice ${i}`);
    }
    for (const slice of [1, 2, 7, 1000, 9999]) {
      pair.run(slice);
      pair.expectSame(`${slice} more`);
    }
  });

  // A comparison takes XER.SO as it is then, whenever its CR field is wanted.
  it.each([
    ['mtxer', 'nop', 'mtxer 7'],
    ['an overflow', 'mtxer 8', 'addo 9,10,10'],
  ])('keeps the summary overflow that a comparison saw before %s', (_what, before, change) => {
    const pair = new Pair(msr);
    const loop = ['xoris 7,7,0x8000', before, 'cmpd 5,3,4', change, 'add 3,3,4', 'mfcr 6', 'bso 5,on', 'addi 11,11,1'];
    pair.load(`loop: ${loop.join('\n ')}\n on: add 12,12,6\n bdnz loop\n b .`);
    pair.begin(CODE, 2000n);
    pair.each((cpu) => {
      cpu.setGpr(7, 0n);
      cpu.setGpr(8, 0n);
      cpu.setGpr(10, (1n << 63n) - 1n);
      cpu.msr = msr;
    });
    pair.run(3000);
    expect(pair.regions).toBeGreaterThan(0);
    for (let i = 0; i < 20; i++) {
      pair.run(1 + i);
      pair.expectSame(`slice ${i}`);
    }
  });

  it('does random programs as the interpreter does', () => {
    let regions = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const pair = new Pair(msr);
      pair.load(randomProgram(numbers(seed + Number(msr & LE))));
      pair.begin();
      const next = numbers(seed + 1000);
      for (let i = 0; i < 12; i++) {
        pair.runThrough(1 + next(3000));
        pair.expectSame(`program ${seed}, run ${i}`);
      }
      regions += pair.regions;
    }
    expect(regions).toBeGreaterThan(12);
  });

  it.each(['stvx 4,0,1', 'stxvd2x 36,0,1', 'stxv 36,0(1)', 'dcbz 0,1'])(
    '%s in pieces, to the end of memory',
    (store) => {
      const pair = new Pair(msr);
      pair.each((cpu) => (cpu.msr = msr | FP | VEC | VSX));
      // Over the border of two pages, and then of the memory: the second half of the last store fails.
      pair.load(`loop:\n${store}\n addi 1,1,8\n addi 3,3,1\n bdnz loop\n b .`);
      pair.begin(CODE, 3000n);
      pair.each((cpu) => cpu.setGpr(1, 0x3c008n));
      pair.runThrough(2000);
      expect(pair.regions).toBeGreaterThan(0);
      for (let i = 0; i < 10; i++) {
        pair.runThrough(641);
        pair.expectSame(`${store}, run ${i}`);
      }
      expect(pair.cpus[0].gpr(1)).toBeGreaterThan(0x40000n);
    },
  );

  it('does random words of every row as the interpreter does', () => {
    const next = numbers(7);
    const pair = new Pair(msr);
    // Rows by threes; the other modes have a part of them.
    const stride = msr === MODES[0][1] ? 3 : 10;
    for (let i = 0; i < INSTRUCTIONS.length; i += stride) {
      pair.cpus[0].code!.clear();
      const words = INSTRUCTIONS.slice(i, i + 3).map((row) => randomWord(row, next));
      pair.load(`loop:\n.long ${words.join('\n.long ')}\n addi 31,31,1\n bdnz loop\n b .`);
      pair.each((cpu) => (cpu.msr = msr | FP | VEC | VSX));
      pair.begin(CODE, 200n);
      pair.runThrough(900);
      for (let run = 0; run < 3; run++) pair.runThrough(1 + next(20));
      pair.expectSame(`${INSTRUCTIONS[i]!.name} and after: ${words.map((word) => word.toString(16)).join(' ')}`);
    }
    expect(pair.regions).toBeGreaterThan(INSTRUCTIONS.length / stride / 2);
  });
});

/** A random word of a row: registers from r0 to r31 except that loads and stores stay near r1 and r2. */
function randomWord(row: InstructionRow, next: (n: number) => number): number {
  let word = row.value;
  for (const field of row.fields) {
    const value = next(2) === 0 ? next(2 ** Math.min(field.width, 16)) : next(8);
    word |= deposit(field, value);
  }
  if (row.fields.some((field) => field.name === 'RA') && /^(l|st)/.test(row.name)) {
    word = (word & ~deposit(FIELDS.get('RA')!, 31)) | deposit(FIELDS.get('RA')!, 1 + next(2));
  }
  return word >>> 0;
}

/** Nested loops, forward branches, a function, memory, CR logic, and now and then something that interrupts. */
function randomProgram(next: (n: number) => number): string {
  const r = (): number => 3 + next(10);
  const simple = (): string =>
    [
      () => `add${next(3) === 0 ? 'o' : ''}${next(2) === 0 ? '.' : ''} ${r()},${r()},${r()}`,
      () => `subf. ${r()},${r()},${r()}`,
      () => `addic ${r()},${r()},${next(100) - 50}`,
      () => `adde ${r()},${r()},${r()}`,
      () => `mulld ${r()},${r()},${r()}`,
      () => `mulhd ${r()},${r()},${r()}`,
      () => `divdu ${r()},${r()},${r()}`,
      () => `divd ${r()},${r()},${r()}`,
      () => `rlwinm${next(2) === 0 ? '.' : ''} ${r()},${r()},${next(32)},${next(32)},${next(32)}`,
      () => `rlwimi ${r()},${r()},${next(32)},${next(32)},${next(32)}`,
      () => `rldicl ${r()},${r()},${next(64)},${next(64)}`,
      () => `rldimi ${r()},${r()},${next(64)},${next(64)}`,
      () => `srawi. ${r()},${r()},${next(32)}`,
      () => `srad ${r()},${r()},${r()}`,
      () => `slw ${r()},${r()},${r()}`,
      () => `cmpd ${next(8)},${r()},${r()}`,
      () => `cmplwi ${next(8)},${r()},${next(500)}`,
      () => `cror ${next(32)},${next(32)},${next(32)}`,
      () => `crnand ${next(32)},${next(32)},${next(32)}`,
      () => `mcrf ${next(8)},${next(8)}`,
      () => `mfcr ${r()}`,
      () => `mtcrf ${next(256)},${r()}`,
      () => `isel ${r()},${r()},${r()},${next(32)}`,
      () => `mtxer ${r()}`,
      () => `mfxer ${r()}`,
      () => `ld ${r()},${8 * next(64)}(1)`,
      () => `lbz ${r()},${next(5000)}(${1 + next(2)})`,
      () => `lhau ${r()},0(2)`,
      () => `lwbrx ${r()},0,2`,
      () => `std ${r()},${8 * next(64)}(1)`,
      () => `stw ${r()},${next(5000)}(${1 + next(2)})`,
      () => `sthbrx ${r()},0,1`,
      () => `mftb ${r()}`,
      () => `mtspr 272,${r()}`,
      () => `setb ${r()},${next(8)}`,
      () => `cntlzd ${r()},${r()}`,
      () => `lwarx ${r()},0,2`,
      () => `stwcx. ${r()},0,2`,
    ][next(38)]!();
  const lines: string[] = ['outer:', ' li 2,0x4000', ' add 2,2,2'];
  const labels = 4 + next(6);
  for (let label = 0; label < labels; label++) {
    lines.push(`l${label}:`);
    for (let i = next(7); i >= 0; i--) lines.push(` ${simple()}`);
    const goal = next(3) === 0 ? next(labels) : Math.min(labels - 1, label + 1 + next(3));
    // Backward branches count CTR down, so that every loop ends.
    const branch =
      goal <= label ? ['bdnz', 'bdnzt 2,', 'bdz'][next(3)]! : ['blt', 'bne 7,', 'bso 3,', 'bge 5,'][next(4)]!;
    lines.push(` ${branch}${branch.endsWith(',') ? '' : ' '}l${goal}`);
    if (next(4) === 0) lines.push(' bl function');
    if (next(9) === 0) lines.push(` tdi 4,${r()},${next(100)}`);
    if (next(9) === 0) lines.push(' sc');
  }
  lines.push(' li 20,400', ' mtctr 20', ' b outer', 'function:', ` ${simple()}`, ' mflr 21', ` ${simple()}`, ' blr');
  return lines.join('\n');
}

describe('code that changes', () => {
  const increments = (word: string): string => `
    loop: addi 3,3,1
          stw 4,0x400(1)
          ${word}
          addi 5,5,1
          bdnz loop
          b .`;

  it('sees its own stores at once, also to the instruction behind the store', () => {
    const pair = new Pair(SF | HV | LE);
    // Every other round stores addi 6,6,1 or addi 6,6,2 over the instruction that follows.
    pair.load(`
      lis 7,0x38c6
      ori 7,7,1
      li 9,0
loop: cmpdi 9,150
      blt later
      xori 7,7,3
      stw 7,0x1020(0)
later: addi 9,9,1
      nop
      bdnz loop
      b .`);
    pair.begin(CODE, 1000n);
    for (let i = 0; i < 40; i++) {
      pair.run(97 + i * 5);
      pair.expectSame(`run ${i}`);
    }
    expect(pair.regions).toBeGreaterThan(0);
    expect(pair.cpus[0].gpr(6)).not.toBe(pair.cpus[0].gpr(9));
  });

  it('is translated anew when the host writes it', () => {
    const pair = new Pair(SF | HV | LE);
    pair.load(increments('nop'));
    pair.begin(CODE, 100_000n);
    pair.run(3000);
    const before = pair.regions;
    expect(before).toBeGreaterThan(0);
    pair.load(increments('addi 6,6,5'));
    const old = pair.cpus[0].gpr(6);
    pair.run(3000);
    pair.expectSame('the change');
    expect(pair.cpus[0].gpr(6)).toBeGreaterThan(old);
  });

  it('keeps its translation while data beside it are written', () => {
    const pair = new Pair(SF | HV | LE);
    pair.load(increments('nop'));
    pair.begin(CODE, 100_000n);
    pair.each((cpu) => cpu.setGpr(1, CODE));
    pair.run(4000);
    pair.expectSame('stores beside the code');
    expect(pair.cpus[0].code!.statistics.invalidated).toBe(0);
  });

  it('follows an address to another page', () => {
    const pair = new Pair(SF | LE);
    let page = 0n;
    pair.each(
      (cpu) =>
        (cpu.partitionScope = {
          translate: (_lpid, gpa) => (gpa >> 12n === CODE >> 12n ? gpa + page : gpa),
        }),
    );
    pair.load('loop: addi 3,3,1\n bdnz loop\n b .', CODE);
    pair.load('loop: addi 3,3,7\n bdnz loop\n b .', CODE + 0x3000n);
    pair.begin(CODE, 100_000n);
    pair.run(2000);
    const between = pair.cpus[0].gpr(3);
    page = 0x3000n;
    pair.each((cpu) => cpu.flushTlb());
    pair.run(2000);
    pair.expectSame('the other page');
    expect(pair.cpus[0].gpr(3) - between).toBe(7000n);
    page = 0n;
    pair.each((cpu) => cpu.flushTlb());
    pair.run(2000);
    pair.expectSame('the first page again');
  });
});

describe('stops', () => {
  const program = `
    loop: addi 3,3,1
          cmpdi 3,100
          bne on
          addi 4,4,1
    on:   stw 3,0x200(1)
          bdnz loop
          b .`;
  const cpuAt = (stop: bigint, interpretOnly: boolean): Cpu => {
    const cpu = new Cpu(new PhysicalMemory(1 << 18, 1 << 16), 1, { interpretOnly });
    cpu.msr = SF | HV | LE;
    cpu.memory.write(CODE, assemble(program, CODE, { endian: 'little' }).bytes);
    cpu.nia = CODE;
    cpu.ctr = 5000n;
    cpu.setGpr(1, CODE + 0x400n);
    cpu.setBreakpoints(new Set([stop]));
    return cpu;
  };

  it.each([
    ['translated', false],
    ['interpreted', true],
  ])('a breakpoint in %s code stops before its instruction, however often others ran', (_, interpretOnly) => {
    const cpu = cpuAt(CODE + 12n, interpretOnly);
    expect(cpu.run(100_000)).toEqual({ executed: 99 * 5 + 3, reason: 'breakpoint' });
    expect([cpu.nia, cpu.gpr(3), cpu.gpr(4)]).toEqual([CODE + 12n, 100n, cpu.gpr(4)]);
    expect(cpu.run(1)).toEqual({ executed: 1, reason: 'budget' });
    expect(cpu.nia).toBe(CODE + 16n);
  });

  it('software sees its own instruction at the stop, and may change it', () => {
    const cpu = cpuAt(CODE + 12n, false);
    cpu.run(10);
    expect(cpu.peek(CODE + 12n, 4)).toEqual(cpu.memory.read(CODE + 12n, 4));
    cpu.memory.write(CODE + 12n, assemble('addi 4,4,7', 0n, { endian: 'little' }).bytes);
    const before = cpu.gpr(4);
    expect(cpu.run(100_000).reason).toBe('breakpoint');
    cpu.run(1);
    expect(cpu.gpr(4) - before).toBe(7n);
  });

  it('instructions beside the stop may change too', () => {
    const cpu = cpuAt(CODE + 12n, false);
    cpu.run(10);
    const before = cpu.gpr(3);
    cpu.memory.write(CODE, assemble('addi 3,3,2', 0n, { endian: 'little' }).bytes);
    cpu.run(10);
    expect(cpu.gpr(3) - before).toBe(4n);
  });

  it('an instruction that is none is interrupted at a stop as elsewhere', () => {
    const cpu = cpuAt(CODE + 12n, false);
    cpu.memory.write(CODE + 12n, new Uint8Array(4));
    expect(cpu.run(100_000).reason).toBe('breakpoint');
    expect(cpu.run(5)).toMatchObject({ executed: 1, reason: 'interrupt', interrupt: { cia: CODE + 12n } });
  });

  it('a breakpoint set and cleared while code is translated holds from then on', () => {
    const cpu = cpuAt(CODE + 0x800n, false);
    expect(cpu.run(3000).reason).toBe('budget');
    expect(cpu.code!.statistics.regions).toBeGreaterThan(0);
    cpu.setBreakpoints(new Set([CODE + 16n]));
    expect(cpu.run(3000).reason).toBe('breakpoint');
    expect(cpu.nia).toBe(CODE + 16n);
    cpu.setBreakpoints(new Set());
    expect(cpu.run(3000)).toEqual({ executed: 3000, reason: 'budget' });
  });
});
