/** Cases on the emulator: the record into the CPU, the case step by step, the CPU into the record. */
import { Cpu, type Interrupt } from '../../emulator/cpu/cpu';
import * as state from '../../emulator/cpu/state';
import { extract } from '../../emulator/isa/fields';
import { FPSCR, VSCR } from '../../emulator/isa/semantics';
import { SPRN } from '../../emulator/isa/sprs';
import { rowOf } from '../../emulator/isa/table';
import { PhysicalMemory, RESERVED_BYTES } from '../../emulator/memory/physical';
import { wordBytes } from './elf';
import { type Mode, SPR_NUMBERS } from './modes';
import { AT, FAULT_EXIT, PLACE, RECORD_BYTES, SLOT_BYTES, WINDOW_BYTES } from './record';
import { factsOf } from './rows';

/** Instructions after which a case counts as endless. */
const STEP_LIMIT = 300;
const MEMORY_BYTES = 0x4000000;
/** EA bits that are part of a real address in hypervisor real mode. */
const REAL_BITS = (1n << 60n) - 1n;
const LOW_WORD = (1n << 32n) - 1n;

/** What became of a case. */
export type Outcome =
  /** The record is the state after it. */
  | 'done'
  /** It does not end, or it touches what belongs to the harness: it cannot be compared. */
  | 'unsuitable';

/** Called before each instruction; false gives the case up. */
export type Watch = (word: number, cpu: Cpu) => boolean;

export class EmulatedMachine {
  readonly cpu: Cpu;
  private readonly view: DataView<ArrayBuffer>;
  private touched = false;

  private get littleEndian(): boolean {
    return this.mode.littleEndian;
  }

  constructor(private readonly mode: Mode) {
    const memory = new PhysicalMemory(MEMORY_BYTES, 0);
    this.view = new DataView(memory.memory.buffer);
    this.cpu = new Cpu(memory);
    this.cpu.partitionScope = {
      translate: (_lpid, gpa, access) => {
        const window = gpa >= BigInt(PLACE.window & ~0xfff) && gpa < BigInt((PLACE.window & ~0xfff) + 0x2000);
        if (window) return gpa;
        const harness = gpa >= BigInt(PLACE.low) && gpa < BigInt(MEMORY_BYTES);
        if (harness && access === 'fetch') return gpa;
        this.touched ||= harness;
        return undefined;
      },
    };
    this.cpu.setSpr(SPRN.FSCR, -1n);
    this.cpu.setSpr(SPRN.HFSCR, -1n);
  }

  /**
   * Executes a case.
   *
   * @param address of its first instruction
   * @param exits numbers of the exits by address
   * @param record the state before it; becomes the state after it
   */
  run(
    words: readonly number[],
    address: number,
    exits: ReadonlyMap<number, number>,
    record: Uint8Array,
    watch: Watch,
  ): Outcome {
    const { cpu } = this;
    this.load(record);
    cpu.memory.write(BigInt(address), wordBytes(words, this.littleEndian));
    cpu.nia = BigInt(address);
    this.touched = false;
    for (let step = 0; step < STEP_LIMIT; step++) {
      const nia = Number(cpu.nia);
      const exit = exits.get(nia);
      if (exit !== undefined) {
        this.store(record, exit, 0, 0n);
        return 'done';
      }
      if (nia < address || nia >= address + SLOT_BYTES) return 'unsuitable';
      const word = this.view.getUint32(RESERVED_BYTES + nia, this.littleEndian);
      if (!watch(word, cpu) || this.reachesHarness(word)) return 'unsuitable';
      const end = cpu.run(1);
      if (this.hasTouched()) return 'unsuitable';
      if (end.reason !== 'interrupt') continue;
      return this.interrupted(end.interrupt, record);
    }
    return 'unsuitable';
  }

  /** The window is where cases may access memory; what lies beside it in its pages, an earlier case may have changed. */
  private reachesHarness(word: number): boolean {
    const row = rowOf(word);
    const facts = row && factsOf(row);
    if (!facts?.memory) return false;
    const { cpu } = this;
    const field = (name: string): number => {
      const found = row?.fields.find((each) => each.name === name);
      return found ? extract(found, word) : 0;
    };
    const displacement = row?.fields.find(({ kind }) => kind === 'displacement');
    const ra = field('RA');
    const offset = displacement
      ? BigInt(extract(displacement, word))
      : facts.memory.indexed
        ? cpu.gpr(field('RB'))
        : 0n;
    return [ra === 0 ? 0n : cpu.gpr(ra), cpu.gpr(ra)].some((base) => this.isHarness(BigInt.asUintN(64, base + offset)));
  }

  /** Whether an address may be memory of the machine outside of the window, which is the harness's. */
  private isHarness(address: bigint): boolean {
    const inside = address >= BigInt(PLACE.window) && address < BigInt(PLACE.window + WINDOW_BYTES - 128);
    if (inside) return false;
    // In hypervisor state every real address can be reached, with whatever in the high bits.
    const real = this.mode.privilege === 'hypervisor' ? address & REAL_BITS & LOW_WORD : address;
    return real >= 0n && real < BigInt(MEMORY_BYTES);
  }

  private interrupted({ vector, cia }: Interrupt, record: Uint8Array): Outcome {
    const { cpu } = this;
    if (this.mode.privilege === 'problem') {
      // QEMU's user mode has no signal for an Alignment interrupt and ends.
      if (vector === ALIGNMENT) return 'unsuitable';
      const address = cpu.spr(vector === DATA_STORAGE ? SPRN.DAR : SPRN.HDAR);
      if (STORAGE.has(vector) && address >= PROCESS_OF_QEMU.from && address < PROCESS_OF_QEMU.to) return 'unsuitable';
      this.store(record, FAULT_EXIT, signalOf(vector, cpu), cia);
      return 'done';
    }
    // Where there is no memory QEMU's machines have other ideas.
    if (STORAGE.has(vector)) return 'unsuitable';
    // What is an Alignment interrupt here may be an access on QEMU.
    if (vector === ALIGNMENT && this.isHarness(cpu.spr(SPRN.DAR))) return 'unsuitable';
    // pseries has its hypervisor inside: what would go there is a Program interrupt of the operating system.
    const assisted = vector === ASSISTANCE && this.mode.privilege === 'supervisor';
    const [nia, status] = assisted
      ? [cpu.spr(SPR_NUMBERS.HSRR0), cpu.spr(SPR_NUMBERS.HSRR1) | ILLEGAL]
      : [cpu.spr(SPR_NUMBERS.SRR0), cpu.spr(SPR_NUMBERS.SRR1)];
    this.store(record, FAULT_EXIT, assisted ? PROGRAM : vector, nia, status);
    return 'done';
  }

  /** Whether the case used memory of the harness. */
  private hasTouched(): boolean {
    return this.touched;
  }

  private load(record: Uint8Array): void {
    const from = new DataView(record.buffer, record.byteOffset, RECORD_BYTES);
    const { cpu, view, littleEndian } = this;
    const get = (at: number): bigint => from.getBigUint64(at, littleEndian);
    for (let n = 0; n < 32; n++) view.setBigUint64(state.GPR + 8 * n, get(AT.gpr + 8 * n), true);
    for (let n = 0; n < 64; n++) {
      view.setBigUint64(state.VSR + 16 * n + 8, get(AT.vsr + 16 * n), true);
      view.setBigUint64(state.VSR + 16 * n, get(AT.vsr + 16 * n + 8), true);
    }
    cpu.msr = get(AT.msr) || this.mode.msr;
    this.mode.sprs.forEach((number, i) => cpu.setSpr(number, get(AT.sprs + 8 * i)));
    cpu.fpscr = get(AT.fpscr);
    cpu.vscr = get(AT.vscr + 8);
    cpu.xer = get(AT.xer);
    cpu.lr = get(AT.lr);
    cpu.ctr = get(AT.ctr);
    cpu.cr = get(AT.cr);
    this.slot(TAR, get(AT.tar));
    this.slot(VRSAVE, get(AT.vrsave));
    this.slot(RESERVATION, 0n);
    cpu.memory.write(BigInt(PLACE.window), record.subarray(AT.memory, AT.memory + WINDOW_BYTES));
  }

  private slot(number: number, value: bigint): void {
    this.view.setBigUint64(state.SPR + 8 * number, value, true);
  }

  private store(record: Uint8Array, exit: number, signal: number, faultNia: bigint, status?: bigint): void {
    const to = new DataView(record.buffer, record.byteOffset, RECORD_BYTES);
    const { cpu, view, littleEndian } = this;
    const set = (at: number, value: bigint): void => to.setBigUint64(at, value, littleEndian);
    const slot = (number: number): bigint => view.getBigUint64(state.SPR + 8 * number, true);
    for (let n = 0; n < 32; n++) set(AT.gpr + 8 * n, view.getBigUint64(state.GPR + 8 * n, true));
    for (let n = 0; n < 64; n++) {
      set(AT.vsr + 16 * n, view.getBigUint64(state.VSR + 16 * n + 8, true));
      set(AT.vsr + 16 * n + 8, view.getBigUint64(state.VSR + 16 * n, true));
    }
    set(AT.fpscr, slot(FPSCR));
    set(AT.vscr + 8, slot(VSCR));
    set(AT.xer, cpu.xer);
    set(AT.lr, cpu.lr);
    set(AT.ctr, cpu.ctr);
    set(AT.cr, cpu.cr);
    set(AT.tar, slot(TAR));
    set(AT.vrsave, slot(VRSAVE));
    set(AT.exit, BigInt(exit));
    set(AT.signal, BigInt(signal));
    set(AT.faultNia, faultNia);
    if (status !== undefined) set(AT.signalCode, status);
    if (this.mode.privilege !== 'problem') {
      set(AT.msr, cpu.msr);
      this.mode.sprs.forEach((number, i) => set(AT.sprs + 8 * i, cpu.spr(number)));
    }
    record.set(cpu.memory.read(BigInt(PLACE.window), WINDOW_BYTES), AT.memory);
  }
}

/** Where QEMU's user mode puts the stack and what else a process has besides its program. */
const PROCESS_OF_QEMU = { from: 0x40_0000_0000n, to: 0x50_0000_0000n } as const;
const [TAR, VRSAVE, RESERVATION] = [815, 256, 1024];
const [DATA_STORAGE, ALIGNMENT, PROGRAM, ASSISTANCE] = [0x300, 0x600, 0x700, 0xe40];
const STORAGE: ReadonlySet<number> = new Set([0x200, 0x300, 0x380, 0x400, 0x480, 0xe00, 0xe20]);
/** SRR1 bit 44. */
const ILLEGAL = 1n << 19n;
const SIGNAL = { ILL: 4, TRAP: 5, FPE: 8, SEGV: 11 } as const;

/** The signal into which Linux turns an interrupt of problem state (arch/powerpc/kernel/traps.c), as QEMU's user mode does. */
function signalOf(vector: number, cpu: Cpu): number {
  switch (vector) {
    case 0x700: {
      const status = cpu.spr(SPRN.SRR1);
      if ((status & (1n << 17n)) !== 0n) return SIGNAL.TRAP;
      return (status & (1n << 20n)) === 0n ? SIGNAL.ILL : SIGNAL.FPE;
    }
    case 0x800:
    case 0xe40:
    case 0xf20:
    case 0xf40:
    case 0xf60:
    case 0xf80:
      return SIGNAL.ILL;
    default:
      return SIGNAL.SEGV;
  }
}
