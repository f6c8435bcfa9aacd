/**
 * A Linux program in problem state, without an operating system below it: system calls are served here, other interrupts
 * end it as signals do.
 */
import { HmacDrbg } from '../common/drbg';
import type { Cpu, Interrupt } from '../cpu/cpu';
import type { ElfImage } from '../image/elf';
import { MSR_BIT } from '../isa/registers';
import { SPRN } from '../isa/sprs';
import { AddressSpace, type Use } from './address-space';
import { ADDRESS_LIMIT, SIGNAL, type SignalName } from './abi';
import type { CallArguments, CallResult } from './call';
import type { UserIo } from './io';
import { Kernel } from './kernel';
import { type LoadedProgram, loadProgram } from './load';
import { SYSTEM_CALLS } from './system-calls';

export interface ProcessOptions {
  readonly args: readonly string[];
  readonly environment: readonly string[];
  readonly io: UserIo;
  /** Of AT_RANDOM and getrandom. */
  readonly seed?: string;
  /** Bytes of output after which the program ends. */
  readonly outputLimit?: number;
  /** Told of each system call. */
  readonly trace?: (line: string) => void;
}

/** How a process stands after a run. */
export type ProcessState =
  | { readonly kind: 'running' }
  /** It reads standard input, which has nothing yet; the next run tries again. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: number; readonly name: string; readonly reason: string };

const RUNNING: ProcessState = { kind: 'running' };
const DEFAULT_OUTPUT_LIMIT = 256 << 20;
const USES = { load: 'read', store: 'write', fetch: 'execute' } as const satisfies Record<string, Use>;
const SO_OF_CR0 = 1n << 28n;
const ERRNO_LIMIT = 4095n;

export class UserProcess {
  readonly space: AddressSpace;
  readonly program: LoadedProgram;
  private readonly kernel: Kernel;
  private state: ProcessState = RUNNING;

  /**
   * @param cpu of which the process becomes the only user; its normal memory is all that the process has
   * @throws InputError when the program cannot be loaded
   */
  constructor(
    private readonly cpu: Cpu,
    image: ElfImage,
    private readonly options: ProcessOptions,
  ) {
    const { io, args, environment, seed = '' } = options;
    this.space = new AddressSpace(cpu.memory, () => cpu.flushTlb());
    const generator = HmacDrbg.fromSeed(seed, 'user program');
    this.program = loadProgram(this.space, image, { args, environment, generator });
    const heap = { start: this.program.heap, end: this.program.heap };
    const littleEndian = image.endian === 'little';
    const memoryBytes = cpu.memory.normalBytes;
    this.kernel = new Kernel(this.space, io, generator, heap, {
      littleEndian,
      executable: `/${args[0] ?? ''}`.replace(/^\/+/, '/'),
      memoryBytes,
    });
    cpu.reset();
    cpu.partitionScope = {
      translate: (_lpid, gpa, access) => {
        const real = gpa < BigInt(ADDRESS_LIMIT) ? this.space.translate(Number(gpa), USES[access]) : undefined;
        return real === undefined ? undefined : BigInt(real);
      },
    };
    this.enter(littleEndian);
  }

  /** Registers at the entry (ELF V2 ABI 4.1.2.1): r1 the stack, r12 the entry, the other ones 0. */
  private enter(littleEndian: boolean): void {
    const { cpu, program } = this;
    const { SF, PR, FP, VEC, VSX, LE } = MSR_BIT;
    cpu.msr = SF | PR | FP | VEC | VSX | (littleEndian ? LE : 0n);
    // Facilities that Linux gives to every process.
    cpu.setSpr(SPRN.FSCR, -1n);
    cpu.setSpr(SPRN.HFSCR, -1n);
    cpu.setGpr(1, BigInt(program.stackPointer));
    cpu.setGpr(12, BigInt(program.entry));
    if (program.toc !== undefined) cpu.setGpr(2, BigInt(program.toc));
    cpu.nia = BigInt(program.entry);
  }

  /** Runs until that many instructions are executed, the process ends, or it waits for input. */
  run(instructions: number): ProcessState {
    const ended = this.state;
    if (ended.kind === 'exited' || ended.kind === 'killed') return ended;
    for (let left = instructions; left > 0;) {
      const exit = this.cpu.run(left);
      left -= exit.executed;
      if (exit.reason === 'budget') break;
      const state = exit.reason === 'interrupt' ? this.serve(exit.interrupt) : this.stopped(exit.reason);
      this.state = state;
      if (state.kind !== 'running') return state;
    }
    return this.state;
  }

  private stopped(reason: string): ProcessState {
    return this.kill('SIGSEGV', `the processor stopped: ${reason}`);
  }

  /** Serves an interrupt and goes back to the program, whose registers stand as the interrupt found them. */
  private serve(interrupt: Interrupt): ProcessState {
    const { cpu } = this;
    const vectored = interrupt.row.abbreviation === 'SCV';
    cpu.msr = interrupt.from;
    cpu.nia = interrupt.cia;
    if (interrupt.lev === undefined && !vectored) return this.fault(interrupt);
    if (!vectored && interrupt.lev !== 0) return this.kill('SIGILL', `sc ${interrupt.lev ?? 0} in problem state`);
    const result = this.call();
    if (typeof result === 'object') return this.end(result, interrupt);
    this.answer(BigInt(result), vectored);
    cpu.nia = interrupt.cia + 4n;
    const { outputLimit = DEFAULT_OUTPUT_LIMIT } = this.options;
    if (this.kernel.written > outputLimit) return this.kill('SIGKILL', `it wrote more than ${outputLimit} bytes`);
    return RUNNING;
  }

  private call(): CallResult {
    const { cpu, kernel, options } = this;
    const number = Number(BigInt.asUintN(32, cpu.gpr(0)));
    const args: CallArguments = [cpu.gpr(3), cpu.gpr(4), cpu.gpr(5), cpu.gpr(6), cpu.gpr(7), cpu.gpr(8)];
    kernel.instructions = BigInt(cpu.instructions);
    const row = SYSTEM_CALLS.get(number);
    const result = row ? row.serve(kernel, args) : -38;
    if (options.trace) {
      const shown = args.slice(0, row?.arity ?? 6).map((value) => `0x${value.toString(16)}`);
      options.trace(
        `${row?.name ?? `system call ${number}`}(${shown.join(', ')}) = ${resultText(result, row === undefined)}`,
      );
    }
    return result;
  }

  /** `sc` gives an error number and sets CR0.SO, `scv` gives the negated error number. */
  private answer(result: bigint, vectored: boolean): void {
    const { cpu } = this;
    const failed = result < 0n && result >= -ERRNO_LIMIT;
    if (vectored) {
      cpu.setGpr(3, BigInt.asUintN(64, result));
      return;
    }
    cpu.setGpr(3, BigInt.asUintN(64, failed ? -result : result));
    cpu.cr = failed ? cpu.cr | SO_OF_CR0 : cpu.cr & ~SO_OF_CR0;
  }

  private end(result: Exclude<CallResult, number | bigint>, { cia }: Interrupt): ProcessState {
    if ('exit' in result) return { kind: 'exited', code: result.exit };
    if ('wait' in result) return { kind: 'waiting' };
    this.cpu.nia = cia + 4n;
    const name = Object.entries(SIGNAL).find(([, number]) => number === result.signal)?.[0];
    return {
      kind: 'killed',
      signal: result.signal,
      name: name ?? `signal ${result.signal}`,
      reason: 'it sent the signal itself',
    };
  }

  /** The signal that Linux makes of an interrupt (arch/powerpc/kernel/traps.c). */
  private fault(interrupt: Interrupt): ProcessState {
    if (this.space.exhausted) return this.kill('SIGKILL', 'its memory is used up');
    return this.kill(this.signalOf(interrupt), interrupt.detail);
  }

  private signalOf({ row }: Interrupt): SignalName {
    switch (row.abbreviation) {
      case 'MC':
      case 'DSI':
      case 'DSegI':
      case 'ISI':
      case 'ISegI':
      case 'HDSI':
      case 'HISI':
        return 'SIGSEGV';
      case 'ALIGN':
        return 'SIGBUS';
      case 'PROG': {
        const status = this.cpu.spr(SPRN.SRR1);
        if ((status & PROGRAM_STATUS.trap) !== 0n) return 'SIGTRAP';
        return (status & PROGRAM_STATUS.floatingPoint) === 0n ? 'SIGILL' : 'SIGFPE';
      }
      default:
        return 'SIGILL';
    }
  }

  private kill(name: SignalName, reason: string): ProcessState {
    return { kind: 'killed', signal: SIGNAL[name], name, reason };
  }
}

/** SRR1 bits 43 and 46 (Book III 6.5.9). */
const PROGRAM_STATUS = { floatingPoint: 1n << 20n, trap: 1n << 17n };

function resultText(result: CallResult, unknown: boolean): string {
  if (unknown) return 'ENOSYS (not known here)';
  if (typeof result === 'object') return Object.entries(result).flat().join(' ');
  const value = BigInt(result);
  return value < 0n ? `error ${-value}` : `0x${value.toString(16)}`;
}
