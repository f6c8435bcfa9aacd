/** A machine with a partition table: a host with processes, and one guest with processes. */
import { Cpu } from '../../emulator/cpu/cpu';
import type { Access } from '../../emulator/cpu/mmu';
import { assembleLine } from '../../emulator/isa/assembler';
import { MSR_BIT } from '../../emulator/isa/registers';
import { sprMask, sprByName } from '../../emulator/isa/sprs';
import { PhysicalMemory } from '../../emulator/memory/physical';
import { ALL, KB4, MB2, Tables } from './trees';

export const { SF, HV, S, PR, LE, IR, DR } = MSR_BIT;
/** Relocation on, in both kinds. */
export const ON = SF | LE | IR | DR;
export const SECURE = 1n << 48n;
export const PARTITION_TABLE = 0x10000n;
/** The guest's number and where its memory is: 4 MiB. */
export const LPID = 5n;
export const GUEST = 0x400000n;
/** The process that runs. */
export const PID = 3n;
const RADIX = 1n << 63n;

export const LOAD = word('ld 3,0(4)');
export const STORE = word('std 3,0(4)');
export const NOP = word('nop');

function word(text: string): number {
  const line = assembleLine(text, 0n);
  if ('error' in line) throw new Error(line.error.message);
  return line.word;
}

const numberOf = (name: string): number => sprByName(name)?.number ?? -1;

export class World {
  readonly memory = new PhysicalMemory(8 << 20, 1 << 20);
  readonly cpu = new Cpu(this.memory);
  readonly host = new Tables(this.memory, 0x100000n);
  readonly guest = new Tables(this.memory, 0x100000n, GUEST);
  /** Trees by owner: the host's process 0 and PID, the guest's, the guest's partition scope. */
  readonly kernel = this.host.tree();
  readonly program = this.host.tree();
  readonly guestKernel = this.guest.tree();
  readonly guestProgram = this.guest.tree();
  readonly partition = this.host.tree();
  /** Tree of partition 0, which maps its process table. */
  readonly partition0 = this.host.tree();
  readonly processTable = this.host.room(9);
  readonly guestProcessTable = this.guest.room(9);

  constructor(msr: bigint) {
    const { host, guest, cpu } = this;
    host.write(PARTITION_TABLE, RADIX | this.partition0);
    host.write(PARTITION_TABLE + 8n, RADIX | this.processTable);
    host.write(PARTITION_TABLE + 16n * LPID, RADIX | this.partition);
    host.write(PARTITION_TABLE + 16n * LPID + 8n, RADIX | this.guestProcessTable);
    host.map(this.partition0, this.processTable, this.processTable);
    host.write(this.processTable, this.kernel);
    host.write(this.processTable + 16n * PID, this.program);
    guest.write(this.guestProcessTable, this.guestKernel);
    guest.write(this.guestProcessTable + 16n * PID, this.guestProgram);
    host.map(this.partition, 0n, GUEST, ALL, MB2);
    host.map(this.partition, 0x200000n, GUEST + 0x200000n, ALL, MB2);
    this.set('PTCR', PARTITION_TABLE);
    this.set('LPCR', sprMask('LPCR', 'UPRT') | sprMask('LPCR', 'HR'));
    this.set('LPIDR', LPID);
    this.set('PIDR', PID);
    cpu.msr = msr;
  }

  set(name: string, value: bigint): void {
    this.cpu.setSpr(numberOf(name), value);
  }
  get(...names: string[]): (bigint | undefined)[] {
    return names.map((name) => this.cpu.readRegister(name));
  }

  /** Maps a page of the process that runs: the guest's, or with MSR.HV the host's. */
  map(ea: bigint, page: bigint, bits = ALL, shift = KB4): bigint {
    if ((this.cpu.msr & HV) !== 0n) return this.host.map(this.program, ea, page, bits, shift);
    return this.guest.map(this.guestProgram, ea, page, bits, shift);
  }

  /** Makes an entry forbid everything, behind the machine's back. @param base where its owner's memory begins */
  forbid(entry: bigint, base: bigint): void {
    const host = this.memory.hostOffset(base + entry) ?? 0;
    this.memory.u8.fill(0, host + 7, host + 8);
  }

  /** Executes an access. Answers with its interrupt's vector; undefined when it was done. */
  access(access: Access, ea: bigint): number | undefined {
    const { cpu } = this;
    cpu.setGpr(4, ea);
    if (access === 'fetch') cpu.nia = ea;
    const exit = access === 'fetch' ? cpu.run(1) : cpu.execute(access === 'load' ? LOAD : STORE);
    return exit.reason === 'interrupt' ? exit.interrupt.vector : undefined;
  }

  /** Puts instructions at a real address, in little-endian order. */
  code(ra: bigint, ...words: number[]): void {
    const bytes = new Uint8Array(4 * words.length);
    words.forEach((each, i) => new DataView(bytes.buffer).setUint32(4 * i, each, true));
    this.memory.write(ra, bytes);
  }
}
