/**
 * One machine, composed from a configuration: memory, CPU, firmware models, TPM.
 *
 * Software runs in layers. The outermost is the scenario, which acts as one actor at a time by beginning activities.
 * An activity executes instructions of the actor; an interrupt takes the CPU to a firmware model, whose routine may ask
 * the TPM. `step` always advances the innermost layer by one tick.
 */

import { InputError } from '../common/errors';
import type { Frame } from '../common/frames';
import type { ActorSymbols, MachineApi, StepDetail } from '../common/machine-api';
import {
  type Activity,
  type ActivityResult,
  type Actor,
  type InterruptInfo,
  type MachineConfig,
  type MachineEvent,
  type TpmChoice,
} from '../common/machine';
import { Cpu, type CpuExit, type Interrupt, SHORT_WORK } from '../cpu/cpu';
import { programInterrupt } from '../cpu/entry';
import { MSR_BIT as MSR } from '../isa/registers';
import { SPRN } from '../isa/sprs';
import { DIRTY_PAGE_BYTES, PhysicalMemory } from '../memory/physical';
import type { GivenUp } from '../pef/firmware';
import type { HypervisorState } from '../pef/hypervisor/state';
import { PORTABLE_PAGE_CIPHERS, type PageCiphers } from '../pef/page-crypto';
import { interruptRoutineFor } from '../pef/routines';
import { Ultravisor } from '../pef/ultravisor/state';
import type { ExternalDevice } from '../tpm/device';
import { type Work, absorb, infoOf, keepsRegisters, nextPrimitive, resultOf, startWork } from './activities';
import type { Primitive, RunActivity } from './activities';
import { type Ending, FirmwareStack, type ReturnPath } from './firmware-stack';
import { plainBytes, textBytes } from './hashing';
import { ArmedBreakpoints } from './armed-breakpoints';
import { ActorMemory } from './actor-memory';
import { type CodeArea, CodeAreas, hasCodeArea } from './code-area';
import { Contexts } from './contexts';
import { type PlacedGuest, placeGuests, tpmBuffer } from './layout';
import { LEVEL_MSR, levelOf } from './levels';
import { Partitions, powerOnState } from './partitions';
import { MachineThreads } from './threads';
import { GuestSymbols, loadImages } from './software';
import { codeFrame, returnAddressOf, softwareFrames } from './views';
import { TpmProxy } from './tpm-proxy';

/** What only the program around the machine can give. */
export interface MachineServices {
  /** Makes the device of `tpm swtpm|mssim|device`; without it such a machine's TPM calls end as H_RESOURCE. */
  readonly externalTpm?: (choice: TpmChoice) => ExternalDevice;
  /** Faster ciphers for pages than the portable ones, which they equal in every byte. */
  readonly pageCiphers?: PageCiphers;
}

export class Machine implements MachineApi {
  readonly config: MachineConfig;
  readonly memory: PhysicalMemory;
  readonly cpu: Cpu;
  readonly threads: MachineThreads;
  readonly #guests: readonly PlacedGuest[];
  readonly #partitions: Partitions;
  readonly #codeAreas: CodeAreas;
  readonly #tpm: TpmProxy;
  readonly #firmware: FirmwareStack;
  /** What the hypervisor has of its VMs: for views. */
  readonly hypervisor: HypervisorState;
  /** What the ultravisor has of secure VMs: for views. */
  readonly ultravisor: Ultravisor;
  readonly #contexts: Contexts;
  readonly #actorMemory: ActorMemory;
  readonly #symbols: GuestSymbols;
  #work: Work | undefined;
  #primitive: Primitive | undefined;
  /** The interrupt that the ultravisor serves. */
  #reflected: Interrupt | undefined;
  #codeBreakpoints: ReadonlySet<bigint> = new Set();
  readonly #armed: ArmedBreakpoints;

  /** @throws InputError when the configuration cannot be built; the message names the limit */
  constructor(config: MachineConfig, services: MachineServices = {}) {
    if (config.guests.length === 0) throw new InputError('no-guest', 'A machine needs at least one guest.');
    this.config = config;
    const ciphers = services.pageCiphers ?? PORTABLE_PAGE_CIPHERS;
    this.#guests = placeGuests(config);
    this.memory = new PhysicalMemory(config.normalBytes, config.secureBytes);
    this.ultravisor = new Ultravisor({
      seed: config.seed,
      secureBytes: config.secureBytes,
      memory: this.memory,
      cipher: ciphers[config.profile === 'spec' ? 'AES-128-IAPM' : 'AES-128-GCM'],
      isPinned: (lpid, gfn) => hasCodeArea(this.#guests, lpid, gfn),
    });
    this.hypervisor = powerOnState(this.#guests);
    this.#partitions = new Partitions(this.#guests, this.memory, this.ultravisor);
    this.cpu = new Cpu(this.memory, config.threads);
    this.cpu.workLimit = SHORT_WORK;
    this.cpu.partitionScope = {
      translate: (lpid, gpa, access) => this.#partitions.translate(lpid, gpa, access === 'fetch'),
      processTable: (lpid) => this.hypervisor.processTables.find(([owner]) => owner === lpid)?.[1],
    };
    this.threads = new MachineThreads(this.cpu);
    this.#armed = new ArmedBreakpoints(this.cpu);
    this.#codeAreas = new CodeAreas({
      config,
      guests: this.#guests,
      memory: this.memory,
      ultravisor: this.ultravisor,
      partitions: this.#partitions,
      cpu: this.cpu,
    });
    this.#contexts = new Contexts(this.cpu, config, this.#guests);
    this.#symbols = new GuestSymbols(config.guests);
    this.#tpm = TpmProxy.of(config, services.externalTpm);
    this.#firmware = new FirmwareStack({
      profile: config.profile,
      cpu: this.cpu,
      tpm: this.#tpm,
      hypervisor: this.hypervisor,
      ultravisor: this.ultravisor,
      real: this.memory,
      partitions: this.#partitions,
    });
    this.#actorMemory = new ActorMemory({
      cpu: this.cpu,
      memory: this.memory,
      partitions: this.#partitions,
      actor: () => this.actor,
      callerMsr: () => (this.#firmware.busy ? this.#firmware.callerMsr : undefined),
    });
    this.#powerUp();
  }

  #powerUp(): void {
    loadImages(this.#guests, this.memory);
    this.#contexts.powerUp();
  }

  get actor(): Actor {
    return this.#contexts.actor;
  }

  enter(actor: Actor): void {
    this.#contexts.enter(actor);
  }

  leave(): void {
    this.#contexts.leave();
  }

  get #area(): CodeArea {
    return this.#codeAreas.of(this.actor);
  }

  get endian(): 'little' | 'big' {
    const msr = this.#firmware.busy ? this.#firmware.callerMsr : this.cpu.msr;
    return (msr & MSR.LE) === 0n ? 'big' : 'little';
  }

  // --- activities ---------------------------------------------------------------------------------------------------

  begin(activity: Activity): void {
    const saved = keepsRegisters(activity) ? Array.from({ length: 32 }, (_, i) => this.cpu.gpr(i)) : undefined;
    this.#work = startWork(activity, saved, this.cpu.msr, this.cpu.nia);
    this.#primitive = undefined;
    if (activity.kind === 'code') {
      const image = this.endian === 'little' ? activity.little : activity.big;
      this.cpu.nia = this.#area.place(activity.offset, image, this.endian);
    } else if (activity.kind === 'run') {
      this.threads.beginRun();
      this.#settleRun(this.#work, activity);
    } else this.#prepare(this.#work);
  }

  /** Sets the CPU up for the next instruction of the work, or completes it. */
  #prepare(work: Work): void {
    const primitive = nextPrimitive(work, this.endian === 'little', () => tpmBuffer(this.actor, this.#guests));
    this.#primitive = primitive;
    if (!primitive) {
      work.result = resultOf(work);
      this.#finish(work);
      return;
    }
    for (const [number, value] of primitive.registers) this.cpu.setGpr(number, value);
    // The ultravisor's own hypercall does not trap: it returns into the hypervisor's vector.
    const snippet = primitive.snippet === 'sc1' && this.actor.kind === 'ultravisor' ? 'urfid' : primitive.snippet;
    this.cpu.nia = this.#area.snippet(snippet, this.endian);
    if (snippet === 'urfid') this.#firmware.aimAtHypervisor();
  }

  get state(): 'idle' | 'running' | 'waiting' {
    if (this.#tpm.waiting) return 'waiting';
    return this.#work && (!this.#work.result || this.#primitive || this.#firmware.busy) ? 'running' : 'idle';
  }

  takeResult(): ActivityResult {
    const result = this.#work?.result;
    if (!result || this.state !== 'idle') throw new RangeError('there is no result to take');
    this.#work = undefined;
    return result;
  }

  setCodeBreakpoints(addresses: ReadonlySet<bigint>): void {
    this.#codeBreakpoints = addresses;
  }

  // --- stepping -----------------------------------------------------------------------------------------------------

  step(
    maxTicks: number,
    detail: StepDetail = 'line',
  ): { readonly ticks: number; readonly events: readonly MachineEvent[] } {
    const events: MachineEvent[] = [];
    let ticks = 0;
    while (ticks < maxTicks && this.state === 'running') {
      const { msr: before, thread } = this.cpu;
      const plain = this.#plain();
      ticks += this.#advance(maxTicks - ticks, detail, events);
      const after = this.cpu.msr;
      const changed = thread === this.cpu.thread ? (before ^ after) & LEVEL_MSR.mask : 0n;
      if (changed !== 0n) events.push({ kind: 'msr', from: before, to: after });
      // Single loads and stores and long code run on; everything that a view could show ends the stride.
      if (events.length > 0 || !plain || !this.#plain() || this.cpu.workedEnough) break;
      if (this.#codeBreakpoints.has(this.cpu.nia) || (this.#instructions && this.#linewise(detail))) break;
    }
    return { ticks, events };
  }

  /** The activity is the actor's code, not a statement's single instruction. */
  get #instructions(): boolean {
    return this.#work?.activity.kind === 'code' || this.#work?.activity.kind === 'run';
  }

  /** Each instruction is a line of source that someone looks at. */
  #linewise(detail: StepDetail): boolean {
    return detail === 'line' && this.#work?.activity.kind === 'code';
  }

  /** Nothing of firmware is at work, nor a call about to begin. */
  #plain(): boolean {
    return !this.#firmware.busy && this.#work?.activity.kind !== 'call';
  }

  #advance(maxTicks: number, detail: StepDetail, events: MachineEvent[]): number {
    if (this.#firmware.busy) {
      const ending = this.#firmware.advance(events);
      if (ending) this.#firmwareReturned(ending, events);
      return 1;
    }
    const work = this.#work;
    if (!work) return 1;
    if (work.activity.kind === 'code') return this.#runCode(this.#linewise(detail) ? 1 : maxTicks, events);
    if (work.activity.kind === 'run') return this.#runSoftware(work, work.activity, maxTicks, events);
    this.#afterRun(this.cpu.run(1), events);
    return 1;
  }

  /**
   * Runs instructions of the block; `step` stops before a code breakpoint. Ticks are instructions, whether breakpoints
   * are set or not: a stop before the first one is not counted.
   */
  #runCode(maxInstructions: number, events: MachineEvent[]): number {
    this.#arm();
    let exit = this.cpu.run(maxInstructions);
    if (exit.executed === 0 && exit.reason === 'breakpoint') exit = this.cpu.run(maxInstructions);
    this.threads.arrived(exit, this.#area.end);
    this.#afterRun(exit, events);
    return exit.executed;
  }

  /** Runs the actor's own software; the instructions of a call's routine do not count. */
  #runSoftware(work: Work, run: RunActivity, maxInstructions: number, events: MachineEvent[]): number {
    const before = work.done;
    const executed = this.#runCode(Math.min(maxInstructions, run.instructions - before), events);
    work.done = before + executed;
    this.#settleRun(work, run);
    return executed;
  }

  /** Ends a run that has come to its end. A place where it already stood when it began is none. */
  #settleRun(work: Work, { instructions, until, calls }: RunActivity): void {
    if (work.result || this.#firmware.busy) return;
    const arrived = work.done > 0 && until?.includes(this.cpu.nia);
    if (!arrived && work.done < instructions && !(calls && work.called) && this.cpu.nia !== this.#area.end) return;
    this.#finish(work, { kind: 'done', value: BigInt(work.done) });
  }

  #arm(): void {
    const activity = this.#work?.activity;
    const places = activity?.kind === 'run' ? (activity.until ?? []) : [];
    this.#armed.arm([...this.#codeBreakpoints, ...places, this.#area.end]);
  }

  #afterRun(exit: CpuExit, events: MachineEvent[]): void {
    if (exit.reason === 'interrupt') this.#interrupted(exit.interrupt, events);
    else if (exit.reason === 'stuck' && this.#work) this.#finish(this.#work, { kind: 'stuck', detail: exit.detail });
    else if (this.#work?.activity.kind !== 'run') this.#arrived(events);
  }

  /** The CPU is back in the actor's code: is the instruction or the block over? */
  #arrived(events: MachineEvent[]): void {
    const work = this.#work;
    if (!work || this.#firmware.busy) return;
    if (work.activity.kind === 'code') {
      if (this.cpu.nia === this.#area.end) this.#finish(work, { kind: 'done' });
      return;
    }
    if (work.activity.kind === 'run') {
      this.#settleRun(work, work.activity);
      return;
    }
    const primitive = this.#primitive;
    if (!primitive) return;
    if (this.actor.kind === 'ultravisor' && primitive.snippet === 'sc1' && levelOf(this.cpu.msr) === 'hypervisor') {
      this.#startCall('hypervisor', 1, 'uv return', events);
      return;
    }
    this.#completePrimitive(work, primitive);
  }

  #completePrimitive(work: Work, primitive: Primitive): void {
    absorb(work, primitive, this.cpu.gpr(3), this.cpu.gpr(4), this.endian === 'little');
    this.#prepare(work);
  }

  #finish(work: Work, result?: ActivityResult): void {
    work.result = result ?? work.result ?? { kind: 'done' };
    this.#primitive = undefined;
    if (work.activity.kind === 'run') this.threads.endRun();
    else {
      this.#contexts.settle(work.msr);
      this.cpu.nia = work.nia;
    }
    work.saved?.forEach((value, i) => {
      this.cpu.setGpr(i, value);
    });
  }

  // --- interrupts ---------------------------------------------------------------------------------------------------

  #interrupted(interrupt: Interrupt, events: MachineEvent[]): void {
    const { level, lev } = interrupt;
    const mine = this.actor.kind === level || (level === 'guest' && this.actor.kind === 'guest');
    const info = infoOf(interrupt);
    if (this.#work) this.#work.called = true;
    events.push({ kind: 'interrupt', interrupt: info });
    if (!mine && level !== 'guest' && (lev === 1 || lev === 2)) {
      if (lev === 1 && (interrupt.from & MSR.PR) !== 0n) this.#refuseProblemState(interrupt, events);
      else this.#startCall(level, lev, level === 'hypervisor' ? 'hrfid' : 'urfid', events);
      return;
    }
    const routine = mine || level !== 'ultravisor' ? undefined : interruptRoutineFor(interrupt.row);
    if (routine && this.ultravisor.svms.has(Number(this.cpu.spr(SPRN.LPIDR)))) {
      this.#reflected = interrupt;
      this.#firmware.startInterrupt(routine, interrupt);
    } else this.#toScript(interrupt, info);
  }

  /**
   * A hypercall from problem state is not served: KVM gives the partition a privileged-instruction program interrupt
   * (Linux arch/powerpc/kvm/book3s_hv.c).
   */
  #refuseProblemState(interrupt: Interrupt, events: MachineEvent[]): void {
    this.cpu.msr = interrupt.from;
    this.cpu.nia = interrupt.cia;
    const detail = 'sc 1 in problem state: the hypervisor refuses it as a privileged instruction';
    const refused = this.cpu.raise(programInterrupt('privileged', detail));
    const info = infoOf(refused);
    events.push({ kind: 'interrupt', interrupt: info });
    this.#toScript(refused, info);
  }

  /**
   * No model takes the interrupt: the scripted software has to deal with it, and goes on where it was. Software that runs
   * has its own handler, unless there are no instructions at the vector.
   */
  #toScript(interrupt: Interrupt, info: InterruptInfo): void {
    const own = this.#work?.activity.kind === 'run' && levelOf(this.#work.msr) === info.level;
    if (own && this.cpu.peek(this.cpu.nia, 4)?.some((byte) => byte !== 0)) return;
    this.cpu.msr = interrupt.from;
    this.cpu.nia = interrupt.cia;
    if (this.#work) this.#finish(this.#work, { kind: 'interrupt', interrupt: info });
  }

  #startCall(level: 'hypervisor' | 'ultravisor', lev: 1 | 2, path: ReturnPath, events: MachineEvent[]): void {
    this.#firmware.start({ level, lev, path, caller: this.#contexts.callerName() }, events);
  }

  #firmwareReturned(ending: Ending, events: MachineEvent[]): void {
    const { path, outcome } = ending;
    if (typeof outcome !== 'bigint' && 'detail' in outcome) {
      this.#firmwareGaveUp(outcome);
      return;
    }
    const exit = this.#firmware.executeReturn(ending);
    if (path === 'uv return') {
      this.#firmware.landInUltravisor();
      if (this.#work && this.#primitive) this.#completePrimitive(this.#work, this.#primitive);
    } else if (exit.reason === 'interrupt') this.#interrupted(exit.interrupt, events);
    else if (typeof outcome === 'bigint') this.#arrived(events);
    else if (outcome.kind === 'enter') this.#entered(outcome.result);
  }

  /** The machine stops, or the interrupted software deals with the interrupt. */
  #firmwareGaveUp({ kind, detail }: GivenUp): void {
    this.#firmware.abandon();
    const interrupt = this.#reflected;
    if (kind === 'deliver' && interrupt) this.#toScript(interrupt, { ...infoOf(interrupt), detail });
    else if (this.#work) this.#finish(this.#work, { kind: 'stuck', detail });
  }

  /** The call went on elsewhere: software that runs goes on there, for a statement the call is over. */
  #entered(result: bigint): void {
    const work = this.#work;
    if (!work || work.activity.kind === 'run') return;
    work.nia = this.cpu.nia;
    this.#finish(work, { kind: 'done', value: result });
  }

  // --- memory -------------------------------------------------------------------------------------------------------

  ra(guest: string, gpa: bigint): bigint | undefined {
    return this.#partitions.ra(guest, gpa);
  }

  peek(address: bigint, length: number): Uint8Array | undefined {
    return this.#actorMemory.peek(address, length);
  }

  poke(address: bigint, bytes: Uint8Array): boolean {
    return this.#actorMemory.poke(address, bytes);
  }

  // --- views --------------------------------------------------------------------------------------------------------

  get exchange(): { readonly command: Uint8Array; readonly response?: Uint8Array } | undefined {
    return this.#tpm.exchange;
  }

  readRegister(name: string): bigint | undefined {
    return this.cpu.readRegister(name);
  }

  writeRegister(name: string, value: bigint): boolean {
    return this.cpu.writeRegister(name, value);
  }

  get symbols(): ActorSymbols {
    return this.#symbols.of(this.actor);
  }

  get returnAddress(): bigint | undefined {
    return this.#firmware.busy ? undefined : returnAddressOf(this);
  }

  codeBase(): bigint {
    return this.#area.asmBase;
  }

  frames(): readonly Frame[] {
    const work = this.#work;
    if (!work || this.state === 'idle') return [];
    const firmware = this.#firmware.frames();
    const address = firmware.length > 0 ? this.#firmware.callerAddress : this.cpu.nia;
    const code = codeFrame(this.actor, work.activity, address, firmware.length === 0);
    // Software that runs has functions; the instructions of a statement or an `asm` block are one frame.
    const runs = work.activity.kind === 'run';
    const own = runs ? softwareFrames(this, code, this.#area.end, this.#symbols.tableOf(this.actor)) : [code];
    const tpm = this.#tpm.frame();
    return [...(tpm ? [tpm] : []), ...firmware, ...own];
  }

  // --- time travel --------------------------------------------------------------------------------------------------

  get canReplay(): boolean {
    return this.#tpm.busy && !this.#tpm.waiting;
  }

  service(signal?: AbortSignal): Promise<void> {
    return this.#tpm.service(signal);
  }

  reset(): void {
    this.memory.reset();
    this.cpu.reset();
    this.threads.reset();
    this.#tpm.reset();
    this.#firmware.reset();
    this.ultravisor.reset();
    Object.assign(this.hypervisor, powerOnState(this.#guests));
    this.#work = undefined;
    this.#primitive = undefined;
    this.#reflected = undefined;
    this.#powerUp();
  }

  hashInto(update: (bytes: Uint8Array) => void): void {
    update(this.cpu.stateBytes());
    for (const page of this.memory.dirtyPages()) {
      update(textBytes(`page ${page}`));
      update(this.memory.read(page, DIRTY_PAGE_BYTES));
    }
    update(plainBytes([this.#contexts.state(), this.threads.state(), this.#work, this.#primitive, this.hypervisor]));
    update(plainBytes(this.ultravisor.plain()));
    update(plainBytes([this.#tpm.summary(), this.#tpm.exchange, this.#tpm.state(), this.#firmware.summary()]));
  }

  /** Ends the connection of an external TPM. Never rejects. */
  dispose(): Promise<void> {
    return this.#tpm.dispose();
  }
}
