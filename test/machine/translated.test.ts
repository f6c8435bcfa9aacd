/** A guest with an operating system's translation: it registers a process table and turns relocation on. */
import { describe, expect, it } from 'vitest';
import { placeImage } from '../../emulator/image/guest-image';
import type { Machine } from '../../emulator/machine';
import { instructionWord } from '../../emulator/machine/instructions';
import { Tables } from '../cpu/trees';
import { guest, hashOf, machine, perform } from './drive';

const MIB = 1024 * 1024;
const PROCESS_TABLE = 0x10_0000n;
/** Where its programs see the page that lies at PAGE. */
const EA = 0x700_0000_0000n;
const PAGE = 0x20_0000n;

/** Registers the table, tells who it is, turns DR on, and reads and writes a page of its own. */
const SYSTEM = `
 lis 3,0
 ori 3,3,0x37c
 li 4,0x1c
 lis 5,0x10
 li 6,0
 li 7,0
 sc 1
 mr 20,3
 li 9,7
 mtspr 48,9
 mfmsr 10
 ori 10,10,0x10
 mtmsrd 10,0
 isync
 lis 8,0x700
 sldi 8,8,16
 ld 21,0(8)
 addi 21,21,1
 std 21,8(8)
 li 3,0x7777
 sc 1
 ld 22,0x1000(8)
 b .`;

function system(): Machine {
  const lines = SYSTEM.trim().split('\n');
  const bytes = new Uint8Array(4 * lines.length);
  lines.forEach((line, i) => {
    const at = 0x100n + BigInt(4 * i);
    new DataView(bytes.buffer).setUint32(4 * i, instructionWord(line.trim(), at), true);
  });
  const { image } = placeImage(bytes, 'flat', 0x100n, { usableBytes: BigInt(4 * MIB - 128 * 1024) });
  const of = machine({ guests: [guest({ image })] });
  const base = of.ra('vm', 0n) ?? 0n;
  const tables = new Tables(of.memory, 0x11_0000n, base);
  const tree = tables.tree();
  tables.write(PROCESS_TABLE + 16n * 7n, tree);
  tables.map(tree, EA, PAGE);
  of.memory.write(base + PAGE, Uint8Array.of(41));
  return of;
}

describe('a guest that translates its addresses', () => {
  it('reads and writes by its own tables after H_REGISTER_PROC_TBL, and takes its own storage interrupts', () => {
    const of = system();
    expect(of.peek(EA, 1)).toBeUndefined();
    expect(perform(of, { kind: 'run', instructions: 10_000 })).toMatchObject({
      kind: 'interrupt',
      interrupt: { vector: 0x300, level: 'guest' },
    });
    expect([20, 21].map((n) => of.cpu.gpr(n))).toEqual([0n, 42n]);
    expect(of.readRegister('DAR')).toBe(EA + 0x1000n);
    expect(of.memory.read((of.ra('vm', PAGE) ?? 0n) + 8n, 1)[0]).toBe(42);
  });

  it('is seen as it sees itself, also while the hypervisor works for it', () => {
    const of = system();
    of.begin({ kind: 'run', instructions: 10_000 });
    // To the second call: the first one is made in real mode.
    let calls = 0;
    for (let i = 0; i < 200 && calls < 2; i++) {
      const before = of.frames()[0]?.kind;
      of.step(1);
      if (of.frames()[0]?.kind === 'firmware' && before !== 'firmware') calls++;
    }
    expect(calls).toBe(2);
    expect(of.peek(EA, 1)).toEqual(Uint8Array.of(41));
    expect(of.peek(EA + 0x1000n, 1)).toBeUndefined();
  });

  it('has no process table after going back to the start, and comes to the same state again', () => {
    const of = system();
    const tables = of.memory.dirtyPages().map((ra) => [ra, of.memory.read(ra, 4096)] as const);
    const start = hashOf(of);
    perform(of, { kind: 'run', instructions: 17 });
    const { steps } = of.cpu.explainTranslation(EA, 'load');
    expect(steps[0]).toMatchObject({ table: 'process table', address: PROCESS_TABLE + 16n * 7n });
    const end = hashOf(of);
    of.reset();
    expect(of.cpu.partitionScope?.processTable?.(1)).toBeUndefined();
    for (const [ra, bytes] of tables) of.memory.write(ra, bytes);
    expect(hashOf(of)).toEqual(start);
    perform(of, { kind: 'run', instructions: 17 });
    expect(hashOf(of)).toEqual(end);
  });
});
