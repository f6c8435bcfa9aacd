/** Routines of firmware at work: their coroutines, their frames, and how they return to the caller. */

import type { Frame } from '../common/frames';
import type { RealMemory } from '../common/machine-api';
import type { CallInfo, InterruptInfo, MachineEvent, Profile } from '../common/machine';
import type { Cpu, CpuContext, CpuExit, Interrupt } from '../cpu/cpu';
import { callNamed, callNumbered } from '../pef/calls';
import type {
  CallAnswer,
  CallRequest,
  FirmwareBase,
  FirmwareFrame,
  InterruptRoutine,
  Outcome,
  TpmAnswer,
} from '../pef/firmware';
import type { HypervisorState } from '../pef/hypervisor/state';
import { listingLine } from '../pef/listing';
import { routineFor } from '../pef/routines';
import type { Ultravisor } from '../pef/ultravisor/state';
import { interruptNamed } from '../isa/interrupts';
import { infoOf } from './activities';
import { MSR_BIT as MSR } from '../isa/registers';
import { SPRN as SPR, sprMask } from '../isa/sprs';
import { instructionWord } from './instructions';
import { type Level, actorMsr } from './levels';
import type { Partitions } from './partitions';
import type { TpmProxy } from './tpm-proxy';

/**
 * How a routine hands the CPU back: KVM returns to a guest by hrfid, the ultravisor by urfid, and the hypervisor
 * to the ultravisor by the ultracall UV_RETURN.
 */
export type ReturnPath = 'hrfid' | 'urfid' | 'uv return';

const HRFID = instructionWord('hrfid');
const URFID = instructionWord('urfid');
const SC2 = instructionWord('sc 2');
const SYSTEM_CALL_VECTOR = BigInt(interruptNamed('System Call')?.vector ?? 0);
const SRR1_LEV = sprMask('SRR1', 'LEV');
/** LEV = 1 as an interrupt leaves it in SRR1. */
const SRR1_LEV1 = SRR1_LEV & -SRR1_LEV;

export interface FirmwareParts {
  readonly profile: Profile;
  readonly cpu: Cpu;
  readonly tpm: TpmProxy;
  readonly hypervisor: HypervisorState;
  readonly ultravisor: Ultravisor;
  readonly real: RealMemory;
  readonly partitions: Partitions;
}

/** A call that arrives at a level. */
interface Arrival {
  readonly level: Exclude<Level, 'guest'>;
  readonly lev: 1 | 2;
  readonly path: ReturnPath;
  /** Who made it, in words. */
  readonly caller: string;
}

/** How a routine that software called has ended. */
export interface Ending {
  readonly path: ReturnPath;
  readonly outcome: Outcome;
}

interface Active extends FirmwareFrame {
  readonly path: ReturnPath;
  readonly callerAddress: bigint;
  readonly callerMsr: bigint;
  /** Where the caller goes on, and with which MSR. */
  readonly saved: readonly [nia: bigint, msr: bigint];
  /** r0 and r2, which UV_RETURN uses and the ultravisor's caller keeps. */
  readonly kept: readonly [bigint, bigint];
  /** Registers of the firmware that made the call, when it was firmware. */
  readonly firmware: CpuContext | undefined;
}

/** General purpose registers that a call uses: r3 to r12. */
const CALL_REGISTERS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;
/** Cookies are above all vectors (open-power/ultravisor core/cookies.c). */
const COOKIE_BASE = 0x8000_0000n;

export class FirmwareStack {
  readonly #parts: FirmwareParts;
  readonly #active: Active[] = [];
  #events: MachineEvent[] = [];
  #started = 0;
  /** MSR of the ultravisor's software when it made its hypercall. */
  #ultravisorMsr = 0n;
  /** Mappings of the ultravisor that the CPU knows. */
  #mappings = 0;

  constructor(parts: FirmwareParts) {
    this.#parts = parts;
  }

  get busy(): boolean {
    return this.#active.length > 0;
  }

  /** Effective address of the call instruction of the outermost routine. */
  get callerAddress(): bigint {
    return this.#active[0]?.callerAddress ?? 0n;
  }

  /** MSR of the software that made the outermost call. */
  get callerMsr(): bigint {
    return this.#active[0]?.callerMsr ?? 0n;
  }

  /** The routine for the call in the registers begins; it stands before the first line of its listing. */
  start({ level, lev, path, caller }: Arrival, events: MachineEvent[], firmware?: CpuContext): void {
    const { cpu, profile } = this.#parts;
    const number = cpu.gpr(3);
    const row = callNumbered(lev, number);
    const args = Array.from({ length: row?.parameters.length ?? 9 }, (_, i) => cpu.gpr(4 + i));
    const call: CallInfo = { lev, number, name: row?.name, args, caller };
    events.push({ kind: 'call', call });
    const routine = routineFor(level, call, profile);
    const back = path === 'uv return' && !firmware;
    const callerMsr = back ? this.#ultravisorMsr : cpu.spr(SPR.SRR1);
    this.#begin({
      listing: routine.listing,
      call,
      coroutine: routine.run({ ...this.#context(callerMsr), call }),
      label: routine.listing.lines[0]?.label ?? '',
      locals: [],
      path,
      callerAddress: cpu.spr(SPR.SRR0) - (path === 'uv return' ? 0n : 4n),
      callerMsr,
      saved: [cpu.spr(SPR.SRR0), cpu.spr(SPR.SRR1)],
      kept: [cpu.gpr(0), cpu.gpr(2)],
      firmware,
    });
  }

  /** The routine for an interrupt of a secure VM begins at the ultravisor. */
  startInterrupt(routine: InterruptRoutine, interrupt: Interrupt): void {
    const { cpu } = this.#parts;
    const info: InterruptInfo = infoOf(interrupt);
    this.#begin({
      listing: routine.listing,
      call: undefined,
      coroutine: routine.run({ ...this.#context(interrupt.from), interrupt: info }),
      label: routine.listing.lines[0]?.label ?? '',
      locals: [],
      path: 'urfid',
      callerAddress: interrupt.cia,
      callerMsr: interrupt.from,
      saved: [interrupt.cia, interrupt.from],
      kept: [cpu.gpr(0), cpu.gpr(2)],
      firmware: undefined,
    });
  }

  #begin(frame: Active): void {
    this.#active.push(frame);
    this.#started++;
    // To the first line, which is where the entry is seen.
    const first = frame.coroutine.next();
    if (!first.done && first.value.kind === 'line') frame.label = first.value.label;
  }

  #context(callerMsr: bigint): FirmwareBase {
    const { cpu, profile, hypervisor, ultravisor, real, tpm, partitions } = this.#parts;
    const lpid = Number(cpu.spr(SPR.LPIDR));
    const say = (category: 'note' | 'warning', backEnd?: true) => (text: string) => {
      this.#events.push({ kind: 'output', category, text, ...(backEnd && { backEnd }) });
    };
    return {
      profile,
      hypervisor,
      ultravisor,
      lpid,
      callerMsr,
      real,
      tpm: tpm.kind,
      memory: partitions.memoryOf(lpid),
      gpr: (number) => cpu.gpr(number),
      setGpr: (number, value) => {
        cpu.setGpr(number, value);
      },
      spr: (name) => cpu.readRegister(name) ?? 0n,
      setSpr: (name, value) => {
        cpu.writeRegister(name, value);
      },
      local: (name, value, doc) => {
        const frame = this.#active.at(-1);
        if (frame) frame.locals = [...frame.locals.filter((local) => local.name !== name), { name, value, doc }];
      },
      registerProcessTable: (table) => {
        const others = hypervisor.processTables.filter(([owner]) => owner !== lpid);
        hypervisor.processTables = table === undefined ? others : [...others, [lpid, table]];
        cpu.flushTlb();
      },
      console: (bytes) => {
        this.#events.push({ kind: 'console', guest: partitions.nameOf(lpid), bytes });
      },
      pageChanged: (side, of, gfn, from, to) => {
        this.#events.push({ kind: 'page', side, guest: partitions.nameOf(of), gfn, from, to });
      },
      note: say('note'),
      warn: say('warning'),
      blame: tpm.kind === 'external' ? say('note', true) : say('note'),
    };
  }

  /** One tick. Answers how the outermost routine has ended, when it has. */
  advance(events: MachineEvent[]): Ending | undefined {
    this.#events = events;
    const { tpm } = this.#parts;
    if (!tpm.busy) return this.#resume(undefined, events);
    const answer = tpm.advance(events);
    return answer && this.#resume(answer, events);
  }

  #resume(answer: TpmAnswer | CallAnswer | undefined, events: MachineEvent[]): Ending | undefined {
    const frame = this.#active.at(-1);
    if (!frame) return undefined;
    const next = frame.coroutine.next(answer);
    if (!next.done) {
      if (next.value.kind === 'line') frame.label = next.value.label;
      else if (next.value.kind === 'tpm') this.#parts.tpm.begin(next.value.request, events);
      else this.#call(frame, next.value.request, events);
      return undefined;
    }
    const outcome = typeof next.value === 'bigint' ? BigInt.asUintN(64, next.value) : next.value;
    const { cpu } = this.#parts;
    if (typeof outcome === 'bigint') cpu.setGpr(3, outcome);
    if (frame.call) {
      const result = typeof outcome === 'bigint' ? outcome : outcome.kind === 'enter' ? outcome.result : cpu.gpr(3);
      events.push({ kind: 'call return', call: frame.call, result, r4: cpu.gpr(4) });
    }
    if (!frame.firmware || (typeof outcome !== 'bigint' && outcome.kind === 'stop')) {
      return { path: frame.path, outcome };
    }
    return this.#backInFirmware(frame, frame.firmware, events);
  }

  // --- calls of firmware --------------------------------------------------------------------------------------------

  /** Firmware calls the firmware of another level, by the CPU's own instructions. */
  #call(frame: Active, request: CallRequest, events: MachineEvent[]): void {
    const { cpu } = this.#parts;
    const firmware = cpu.saveContext();
    const { owner: caller } = frame.listing;
    if (request.lev === 1) {
      this.#enterHypervisor(frame, request);
      this.start({ level: 'hypervisor', lev: 1, path: 'uv return', caller }, events, firmware);
      return;
    }
    this.#setCall(request);
    const exit = cpu.execute(SC2);
    if (exit.reason === 'interrupt') events.push({ kind: 'interrupt', interrupt: infoOf(exit.interrupt) });
    this.start({ level: 'ultravisor', lev: 2, path: 'urfid', caller }, events, firmware);
  }

  #setCall({ number, args }: CallRequest): void {
    [number, ...args].forEach((value, i) => {
      this.#parts.cpu.setGpr(3 + i, value);
    });
  }

  /**
   * The ultravisor's hypercall: what the hypervisor sees is the call and its arguments; other registers are random, and r31
   * and the save registers have a cookie (open-power/ultravisor core/hvcall.c, doc/reflecting-exceptions.rst).
   */
  #enterHypervisor(frame: Active, request: CallRequest): void {
    const { cpu, ultravisor } = this.#parts;
    const noise = new DataView(ultravisor.drbg.generate(8 * 32).buffer);
    for (let n = 0; n < 32; n++) cpu.setGpr(n, noise.getBigUint64(8 * n));
    const cookie = COOKIE_BASE | BigInt(noise.getUint32(8 * 31));
    cpu.setGpr(31, cookie);
    this.#setCall(request);
    const seen = (frame.callerMsr & ~(MSR.HV | SRR1_LEV)) | MSR.S | SRR1_LEV1;
    for (const [nia, msr] of [
      [SPR.SRR0, SPR.SRR1],
      [SPR.HSRR0, SPR.HSRR1],
    ] as const) {
      cpu.setSpr(nia, cookie);
      cpu.setSpr(msr, seen);
    }
    cpu.setSpr(SPR.USRR0, SYSTEM_CALL_VECTOR);
    cpu.setSpr(SPR.USRR1, actorMsr({ kind: 'hypervisor' }, 'little'));
    cpu.execute(URFID);
  }

  /** A routine that firmware called has ended: its caller goes on. */
  #backInFirmware(frame: Active, firmware: CpuContext, events: MachineEvent[]): Ending | undefined {
    const { cpu } = this.#parts;
    const [result = 0n, ...outputs] = CALL_REGISTERS.map((number) => cpu.gpr(number));
    this.#leave(frame);
    this.#active.pop();
    cpu.loadContext(firmware);
    return this.#resume({ result: BigInt.asIntN(64, result), outputs }, events);
  }

  // --- returning ----------------------------------------------------------------------------------------------------

  /** The instruction by which the ended routine leaves its level. */
  executeReturn({ path, outcome }: Ending): CpuExit {
    const frame = this.#active.at(-1);
    if (!frame) return { executed: 0, reason: 'budget' };
    if (path !== 'uv return') this.#active.pop();
    this.#learnMappings();
    if (typeof outcome !== 'bigint' && outcome.kind === 'enter') {
      const { cpu } = this.#parts;
      for (const [number, value] of outcome.registers) cpu.setGpr(number, value);
      return this.#leave({ ...frame, saved: [outcome.nia, outcome.msr] });
    }
    return this.#leave(frame);
  }

  #leave({ path, saved: [nia, msr] }: Active): CpuExit {
    const { cpu } = this.#parts;
    if (path === 'uv return') {
      cpu.setGpr(0, cpu.gpr(3));
      cpu.setGpr(2, cpu.spr(SPR.SRR1));
      cpu.setGpr(3, BigInt(callNamed('UV_RETURN')?.number ?? 0));
      return cpu.execute(SC2);
    }
    const [to0, to1] = path === 'hrfid' ? [SPR.HSRR0, SPR.HSRR1] : [SPR.USRR0, SPR.USRR1];
    cpu.setSpr(to0, nia);
    // LEV is not part of the MSR that the caller had.
    cpu.setSpr(to1, msr & ~SRR1_LEV);
    return cpu.execute(path === 'hrfid' ? HRFID : URFID);
  }

  /** What the ultravisor has mapped anew is translated anew. */
  #learnMappings(): void {
    const { cpu, ultravisor } = this.#parts;
    if (this.#mappings === ultravisor.mappings) return;
    this.#mappings = ultravisor.mappings;
    cpu.flushTlb();
  }

  /** No routine goes on: the machine has stopped, or software deals with the interrupt. */
  abandon(): void {
    this.#active.length = 0;
    this.#learnMappings();
  }

  /** The ultravisor's software has been returned to: it takes the result from r0 and puts its own r0 and r2 back. */
  landInUltravisor(): void {
    const { cpu } = this.#parts;
    const frame = this.#active.pop();
    cpu.msr = this.#ultravisorMsr;
    cpu.setGpr(3, cpu.gpr(0));
    if (!frame) return;
    cpu.setGpr(0, frame.kept[0]);
    cpu.setGpr(2, frame.kept[1]);
  }

  /**
   * Registers for the ultravisor's own hypercall: it enters the hypervisor's system call vector by urfid, with the save
   * registers as if `sc 1` had been executed in a secure VM (open-power/ultravisor core/hvcall.c).
   */
  aimAtHypervisor(): void {
    const { cpu } = this.#parts;
    this.#ultravisorMsr = cpu.msr;
    const host = actorMsr({ kind: 'hypervisor' }, 'little');
    const seen = (cpu.msr & ~MSR.HV) | MSR.S | SRR1_LEV1;
    cpu.setSpr(SPR.SRR0, cpu.nia);
    cpu.setSpr(SPR.SRR1, seen);
    cpu.setSpr(SPR.HSRR0, cpu.nia);
    cpu.setSpr(SPR.HSRR1, seen);
    cpu.setSpr(SPR.USRR0, SYSTEM_CALL_VECTOR);
    cpu.setSpr(SPR.USRR1, host);
  }

  /** Frames, innermost first. */
  frames(): Frame[] {
    return [...this.#active].reverse().map((frame, depth) => {
      const line = listingLine(frame.listing, frame.label);
      const text = frame.listing.lines.find((each) => each.label === frame.label)?.text ?? '';
      return {
        kind: 'firmware',
        name: `${frame.call?.name ?? frame.listing.name} (${frame.listing.owner})`,
        location: {
          source: { kind: 'listing', name: frame.listing.name },
          range: { line, column: 1 + text.search(/\S|$/), endLine: line, endColumn: 1 + text.length },
        },
        lineStart: depth === 0 && !this.#parts.tpm.busy,
        call: frame.call,
        locals: frame.locals,
      };
    });
  }

  /** What distinguishes this state from another, for hashing. */
  summary(): string {
    const frames = this.#active.map((frame) => `${frame.listing.name}:${frame.label}`);
    return `${this.#started} ${this.#ultravisorMsr} ${frames.join(' ')}`;
  }

  reset(): void {
    this.#active.length = 0;
    this.#mappings = this.#parts.ultravisor.mappings;
    this.#started = 0;
    this.#ultravisorMsr = 0n;
  }
}
