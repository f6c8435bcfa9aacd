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
  type CallInfo,
  type InterruptInfo,
  type MachineConfig,
  type MachineEvent,
  type TpmChoice,
  actorName,
} from '../common/machine';
import { Cpu, type CpuExit, type Interrupt, SHORT_WORK } from '../cpu/cpu';
import { programInterrupt } from '../cpu/entry';
import { interruptNamed } from '../isa/interrupts';
import { MSR_BIT as MSR } from '../isa/registers';
import { SPRN } from '../isa/sprs';
import { DIRTY_PAGE_BYTES, PhysicalMemory } from '../memory/physical';
import { callNumbered } from '../pef/calls';
import type { Outcome } from '../pef/firmware';
import type { HypervisorState } from '../pef/hypervisor/state';
import { PORTABLE_PAGE_CIPHERS, type PageCiphers } from '../pef/page-crypto';
import { storageOfSvm } from '../pef/ultravisor/reflect';
import { Ultravisor } from '../pef/ultravisor/state';
import { EmbeddedTpm } from '../tpm/embedded';
import type { ExternalDevice } from '../tpm/device';
import { commandNameOf } from '../tpm/codec';
import { type Work, absorb, describe, infoOf, keepsRegisters, nextPrimitive, resultOf, startWork } from './activities';
import type { Primitive, RunActivity } from './activities';
import { type Ending, FirmwareStack, type ReturnPath } from './firmware-stack';
import { plainBytes, textBytes } from './hashing';
import { InputLog } from './input-log';
import { ActorMemory } from './actor-memory';
import { CodeArea } from './code-area';
import { Contexts } from './contexts';
import { PAGE_64K, type PlacedGuest, guestNamed, placeGuests, tpmBuffer } from './layout';
import { LEVEL_MSR, levelOf } from './levels';
import { Partitions, powerOnState } from './partitions';
import { MachineThreads } from './threads';
import { GuestSymbols, loadImages } from './software';
import { returnAddressOf, softwareFrames } from './views';
import { TpmProxy } from './tpm-proxy';

/** What only the program around the machine can give. */
export interface MachineServices {
  /** Makes the device of `tpm swtpm|mssim|device`; without it such a machine's TPM calls end as H_RESOURCE. */
  readonly externalTpm?: (choice: TpmChoice) => ExternalDevice;
  /** Faster ciphers for pages than the portable ones, which they equal in every byte. */
  readonly pageCiphers?: PageCiphers;
}

const HDSI = interruptNamed('HDSI')?.vector;
const HISI = interruptNamed('HISI')?.vector;

export class Machine implements MachineApi {
  readonly config: MachineConfig;
  readonly memory: PhysicalMemory;
  readonly cpu: Cpu;
  readonly threads: MachineThreads;
  /** How pages leave secure memory. */
  readonly pageCiphers: PageCiphers;
  readonly #guests: readonly PlacedGuest[];
  readonly #partitions: Partitions;
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
  /** The breakpoints that the CPU has. */
  #armed: ReadonlySet<bigint> = new Set();

  /** @throws InputError when the configuration cannot be built; the message names the limit */
  constructor(config: MachineConfig, services: MachineServices = {}) {
    if (config.guests.length === 0) throw new InputError('no-guest', 'A machine needs at least one guest.');
    this.config = config;
    this.pageCiphers = services.pageCiphers ?? PORTABLE_PAGE_CIPHERS;
    this.#guests = placeGuests(config);
    this.memory = new PhysicalMemory(config.normalBytes, config.secureBytes);
    this.ultravisor = new Ultravisor({
      seed: config.seed,
      secureBytes: config.secureBytes,
      memory: this.memory,
      cipher: this.pageCiphers[config.profile === 'spec' ? 'AES-128-IAPM' : 'AES-128-GCM'],
      isPinned: (lpid, gfn) => this.#isCode(lpid, gfn),
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
    this.#contexts = new Contexts(this.cpu, config, this.#guests);
    this.#symbols = new GuestSymbols(config.guests);
    const makeExternal = services.externalTpm;
    this.#tpm = new TpmProxy(config.tpm, {
      embedded: config.tpm.kind === 'embedded' ? new EmbeddedTpm(config.seed) : undefined,
      external: makeExternal && (() => makeExternal(config.tpm)),
      log: new InputLog(),
      nameOf: commandNameOf,
    });
    this.#firmware = new FirmwareStack({
      profile: config.profile,
      cpu: this.cpu,
      tpm: this.#tpm,
      hypervisor: this.hypervisor,
      ultravisor: this.ultravisor,
      real: this.memory,
      memoryOf: (lpid) => this.#partitions.memoryOf(lpid),
      nameOf: (lpid) => this.#partitions.nameOf(lpid),
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
    return new CodeArea(this.actor, this.config, this.#guests, this.memory, (address) => this.#codeAddress(address));
  }

  /**
   * Real address of an actor's code area. A secure VM has it in secure memory, from where the hypervisor does not take it:
   * the software of a scenario's statements is always there.
   */
  #codeAddress(address: bigint): bigint {
    const { actor } = this;
    if (actor.kind !== 'guest') return address;
    const guest = guestNamed(this.#guests, actor.guest);
    const svm = this.ultravisor.svms.get(guest.lpid);
    if (svm?.state === 'secure' && this.ultravisor.translate(svm, address, true) === undefined) {
      this.ultravisor.back(svm, Number(address / PAGE_64K));
      this.cpu.flushTlb();
    }
    return this.#partitions.ra(actor.guest, address) ?? guest.base + address;
  }

  /** Whether a page has the code area of a guest. */
  #isCode(lpid: number, gfn: number): boolean {
    const guest = this.#guests.find((each) => each.lpid === lpid);
    return guest !== undefined && BigInt(gfn + 1) * PAGE_64K === BigInt(guest.memoryBytes);
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

  /** Tells the CPU its breakpoints when they are not the ones that it has. */
  #arm(): void {
    const activity = this.#work?.activity;
    const places = activity?.kind === 'run' ? (activity.until ?? []) : [];
    const wanted = new Set([...this.#codeBreakpoints, ...places, this.#area.end]);
    if (wanted.size === this.#armed.size && [...wanted].every((address) => this.#armed.has(address))) return;
    this.#armed = wanted;
    this.cpu.setBreakpoints(this.#armed);
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
      const problem = (interrupt.from & MSR.PR) !== 0n && lev === 1;
      if (problem) {
        this.#refuseProblemState(interrupt, events);
        return;
      }
      this.#startCall(level, lev, level === 'hypervisor' ? 'hrfid' : 'urfid', events);
      return;
    }
    if (!mine && level === 'ultravisor' && this.#ofSvm(interrupt)) {
      this.#reflected = interrupt;
      this.#firmware.startInterrupt(storageOfSvm, interrupt);
      return;
    }
    this.#toScript(interrupt, info);
  }

  /** A storage interrupt that the ultravisor's model serves. */
  #ofSvm({ vector }: Interrupt): boolean {
    const storage = vector === HDSI || vector === HISI;
    return storage && this.ultravisor.svms.has(Number(this.cpu.spr(SPRN.LPIDR)));
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
    const number = this.cpu.gpr(3);
    const row = callNumbered(lev, number);
    const call: CallInfo = {
      lev,
      number,
      name: row?.name,
      args: Array.from({ length: row?.parameters.length ?? 9 }, (_, i) => this.cpu.gpr(4 + i)),
      caller: this.#contexts.callerName(),
    };
    events.push({ kind: 'call', call });
    this.#firmware.start(level, call, path);
  }

  #firmwareReturned(ending: Ending, events: MachineEvent[]): void {
    const { path, outcome } = ending;
    const kind = typeof outcome === 'bigint' ? 'return' : outcome.kind;
    if (kind === 'stop' || kind === 'deliver') {
      this.#firmwareGaveUp(outcome);
      return;
    }
    const exit = this.#firmware.executeReturn(ending);
    if (exit.reason === 'interrupt' && path !== 'uv return') {
      this.#interrupted(exit.interrupt, events);
      return;
    }
    if (path === 'uv return') {
      this.#firmware.landInUltravisor();
      if (this.#work && this.#primitive) this.#completePrimitive(this.#work, this.#primitive);
      return;
    }
    if (typeof outcome !== 'bigint' && outcome.kind === 'enter') this.#entered(outcome.result);
    else if (kind === 'return') this.#arrived(events);
  }

  /** The machine stops, or the interrupted software deals with the interrupt. */
  #firmwareGaveUp(outcome: Outcome): void {
    this.#firmware.abandon();
    if (typeof outcome === 'bigint' || !('detail' in outcome)) return;
    const { detail } = outcome;
    const interrupt = this.#reflected;
    if (outcome.kind === 'deliver' && interrupt) this.#toScript(interrupt, { ...infoOf(interrupt), detail });
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
    const tpm = this.#tpm.frame();
    const firmware = this.#firmware.frames();
    const address = firmware.length > 0 ? this.#firmware.callerAddress : this.cpu.nia;
    const code: Frame = {
      kind: 'code',
      name: `${actorName(this.actor)}: ${describe(work.activity)}`,
      address,
      lineStart: firmware.length === 0,
    };
    // Software that runs has functions; the instructions of a statement or an `asm` block are one frame.
    const own =
      work.activity.kind === 'run'
        ? softwareFrames(this, code, this.#area.end, this.#symbols.tableOf(this.actor))
        : [code];
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
