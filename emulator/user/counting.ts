/** Counts the instructions that a program executes, by mnemonic of the row. */
import type { Cpu } from '../cpu/cpu';
import { rowOf } from '../isa/table';
import { RESERVED_BYTES } from '../memory/physical';
import type { ProcessState, UserProcess } from './process';

export class InstructionCounter {
  private readonly byWord = new Map<number, { count: number }>();
  private readonly view: DataView;

  constructor(
    private readonly cpu: Cpu,
    private readonly process: UserProcess,
    private readonly littleEndian: boolean,
  ) {
    this.view = new DataView(cpu.memory.memory.buffer);
  }

  /** Runs one instruction after the other and counts them; the results are the same, the speed is not. */
  run(instructions: number): ProcessState {
    let state: ProcessState = { kind: 'running' };
    for (let i = 0; i < instructions && state.kind === 'running'; i++) {
      const real = this.process.space.translate(Number(this.cpu.nia), 'execute');
      if (real !== undefined) this.count(this.view.getUint32(RESERVED_BYTES + real, this.littleEndian));
      state = this.process.run(1);
    }
    return state;
  }

  private count(word: number): void {
    const entry = this.byWord.get(word);
    if (entry) entry.count++;
    else this.byWord.set(word, { count: 1 });
  }

  /** Counts by mnemonic, most frequent first; words that are no instruction as hexadecimal numbers. */
  get counts(): (readonly [mnemonic: string, count: number])[] {
    const sums = new Map<string, number>();
    for (const [word, { count }] of this.byWord) {
      const name = rowOf(word)?.name ?? `0x${word.toString(16).padStart(8, '0')}`;
      sums.set(name, (sums.get(name) ?? 0) + count);
    }
    return [...sums].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  }
}
