/** Routines of firmware at work: their coroutines, their frames, and how they return to the caller. */

import type { Frame } from '../common/frames';
import type { CallInfo, MachineEvent, Profile } from '../common/machine';
import type { Cpu, CpuExit } from '../cpu/cpu';
import { callNamed } from '../pef/calls';
import type { FirmwareContext, FirmwareFrame, GuestMemory, HypervisorState, TpmAnswer } from '../pef/firmware';
import { listingLine } from '../pef/listing';
import { routineFor } from '../pef/routines';
import { interruptNamed } from '../isa/interrupts';
import { MSR_BIT as MSR } from '../isa/registers';
import { SPRN as SPR, sprMask } from '../isa/sprs';
import { instructionWord } from './instructions';
import { type Level, actorMsr } from './levels';
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
  readonly memoryOf: (lpid: number) => GuestMemory;
  readonly nameOf: (lpid: number) => string;
}

interface Active extends FirmwareFrame {
  readonly path: ReturnPath;
  readonly callerAddress: bigint;
  readonly callerMsr: bigint;
  /** r0 and r2, which UV_RETURN uses and the ultravisor's caller keeps. */
  readonly kept: readonly [bigint, bigint];
}

export class FirmwareStack {
  readonly #parts: FirmwareParts;
  readonly #active: Active[] = [];
  #events: MachineEvent[] = [];
  #started = 0;
  /** MSR of the ultravisor's software when it made its hypercall. */
  #ultravisorMsr = 0n;

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

  /** The routine for the call begins; it stands before the first line of its listing. */
  start(level: Exclude<Level, 'guest'>, call: CallInfo, path: ReturnPath): void {
    const { cpu } = this.#parts;
    const routine = routineFor(level, call);
    const context = this.#context(call);
    const frame: Active = {
      routine,
      call,
      coroutine: routine.run(context),
      label: routine.listing.lines[0]?.label ?? '',
      locals: [],
      path,
      callerAddress: cpu.spr(SPR.SRR0) - (path === 'uv return' ? 0n : 4n),
      callerMsr: path === 'uv return' ? this.#ultravisorMsr : cpu.spr(SPR.SRR1),
      kept: [cpu.gpr(0), cpu.gpr(2)],
    };
    this.#active.push(frame);
    this.#started++;
    // To the first line, which is where the entry is seen.
    const first = frame.coroutine.next();
    if (!first.done && first.value.kind === 'line') frame.label = first.value.label;
  }

  #context(call: CallInfo): FirmwareContext {
    const { cpu, profile, hypervisor, tpm, memoryOf, nameOf } = this.#parts;
    const lpid = Number(cpu.spr(SPR.LPIDR));
    const say = (category: 'note' | 'warning', backEnd?: true) => (text: string) => {
      this.#events.push({ kind: 'output', category, text, ...(backEnd && { backEnd }) });
    };
    return {
      profile,
      call,
      hypervisor,
      tpm: tpm.kind,
      memory: memoryOf(lpid),
      gpr: (number) => cpu.gpr(number),
      setGpr: (number, value) => {
        cpu.setGpr(number, value);
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
        this.#events.push({ kind: 'console', guest: nameOf(lpid), bytes });
      },
      note: say('note'),
      warn: say('warning'),
      blame: tpm.kind === 'external' ? say('note', true) : say('note'),
    };
  }

  /** One tick. Answers with the way to return when the routine has ended; r3 then holds its result. */
  advance(events: MachineEvent[]): ReturnPath | undefined {
    this.#events = events;
    const { tpm } = this.#parts;
    if (!tpm.busy) return this.#resume(undefined, events);
    const answer = tpm.advance(events);
    return answer && this.#resume(answer, events);
  }

  #resume(answer: TpmAnswer | undefined, events: MachineEvent[]): ReturnPath | undefined {
    const frame = this.#active.at(-1);
    if (!frame) return undefined;
    const next = frame.coroutine.next(answer);
    if (!next.done) {
      if (next.value.kind === 'line') frame.label = next.value.label;
      else this.#parts.tpm.begin(next.value.request, events);
      return undefined;
    }
    const { cpu } = this.#parts;
    const result = BigInt.asUintN(64, next.value);
    cpu.setGpr(3, result);
    events.push({ kind: 'call return', call: frame.call, result, r4: cpu.gpr(4) });
    return frame.path;
  }

  /** The instruction by which the ended routine leaves its level. */
  executeReturn(path: ReturnPath): CpuExit {
    const { cpu } = this.#parts;
    if (path === 'uv return') {
      cpu.setGpr(0, cpu.gpr(3));
      cpu.setGpr(2, cpu.spr(SPR.SRR1));
      cpu.setGpr(3, BigInt(callNamed('UV_RETURN')?.number ?? 0));
      return cpu.execute(SC2);
    }
    this.#active.pop();
    const [to0, to1] = path === 'hrfid' ? [SPR.HSRR0, SPR.HSRR1] : [SPR.USRR0, SPR.USRR1];
    cpu.setSpr(to0, cpu.spr(SPR.SRR0));
    // LEV is not part of the MSR that the caller had.
    cpu.setSpr(to1, cpu.spr(SPR.SRR1) & ~SRR1_LEV);
    return cpu.execute(path === 'hrfid' ? HRFID : URFID);
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
      const line = listingLine(frame.routine.listing, frame.label);
      const text = frame.routine.listing.lines.find((each) => each.label === frame.label)?.text ?? '';
      return {
        kind: 'firmware',
        name: `${frame.call.name ?? frame.routine.listing.name} (${frame.routine.listing.owner})`,
        location: {
          source: { kind: 'listing', name: frame.routine.listing.name },
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
    const frames = this.#active.map((frame) => `${frame.routine.listing.name}:${frame.label}`);
    return `${this.#started} ${this.#ultravisorMsr} ${frames.join(' ')}`;
  }

  reset(): void {
    this.#active.length = 0;
    this.#started = 0;
    this.#ultravisorMsr = 0n;
  }
}
