/**
 * Who acts, and with which registers: each partition, the host and the ultravisor have a register context of their own,
 * which is put away while another one acts, as a hypervisor does with its virtual processors.
 */

import { HmacDrbg } from '../common/drbg';
import type { Actor, MachineConfig } from '../common/machine';
import type { Cpu, CpuContext } from '../cpu/cpu';
import { LARGE_BITS, timerMaximum } from '../cpu/timers';
import { privilegeState } from '../isa/registers';
import { SPRN, sprMask } from '../isa/sprs';
import { type PlacedGuest, guestNamed } from './layout';
import { entryState } from './software';
import { LEVEL_MSR, PROBLEM_STATE, actorMsr, levelOf } from './levels';

/** Byte order in which an operating system takes its interrupts. */
const ILE = sprMask('LPCR', 'ILE');

export class Contexts {
  readonly #cpu: Cpu;
  readonly #config: MachineConfig;
  readonly #guests: readonly PlacedGuest[];
  readonly #powerOn: CpuContext;
  /** Registers of those who do not act now. */
  readonly #away = new Map<string, CpuContext>();
  readonly #entered: { readonly actor: Actor; readonly msr: bigint }[] = [];
  #actor: Actor;

  /** @param cpu as it is after power-on */
  constructor(cpu: Cpu, config: MachineConfig, guests: readonly PlacedGuest[]) {
    this.#cpu = cpu;
    this.#config = config;
    this.#guests = guests;
    this.#powerOn = cpu.saveContext();
    this.#actor = { kind: 'guest', guest: config.guests[0]?.name ?? '', user: false };
  }

  get actor(): Actor {
    return this.#actor;
  }

  /** The first guest acts, and everything else is as after power-on. */
  powerUp(): void {
    this.#away.clear();
    this.#entered.length = 0;
    this.#actor = { kind: 'guest', guest: this.#guests[0]?.name ?? '', user: false };
    this.#cpu.setSpr(SPRN.LPCR, LEVEL_MSR.lpcr);
    this.#cpu.setSpr(SPRN.HID, LEVEL_MSR.hid);
    this.#cpu.seed = HmacDrbg.fromSeed(this.#config.seed, 'darn').generate64();
    this.#begin(this.#actor);
  }

  endian(actor: Actor): 'little' | 'big' {
    return actor.kind === 'guest' ? guestNamed(this.#guests, actor.guest).endian : 'little';
  }

  /** @throws InputError `unknown-guest` */
  enter(actor: Actor): void {
    if (actor.kind === 'guest') guestNamed(this.#guests, actor.guest);
    this.#entered.push({ actor: this.#actor, msr: this.#cpu.msr });
    this.#switchTo(actor);
  }

  leave(): void {
    const before = this.#entered.pop();
    if (!before) return;
    const same = contextOf(before.actor) === contextOf(this.#actor);
    this.#switchTo(before.actor);
    // Inside one context (`as svm1 { as svm1 user { } }`) only the problem state ends; what the block did to MSR stays.
    if (same) this.#setProblemState(before.msr);
  }

  /**
   * The actor's software goes on in its own state of privilege, wherever its instructions went in between: a guest may
   * have become secure, but the ultravisor's statements execute as the ultravisor.
   *
   * @param msr MSR before those instructions
   */
  settle(msr: bigint): void {
    if (levelOf(this.#cpu.msr) !== levelOf(msr)) this.#cpu.msr = msr;
    else this.#setProblemState(msr);
  }

  #setProblemState(msr: bigint): void {
    const { msr: now } = this.#cpu;
    if (((now ^ msr) & LEVEL_MSR.problem) !== 0n) this.#cpu.msr = (now & ~PROBLEM_STATE) | (msr & PROBLEM_STATE);
  }

  #switchTo(actor: Actor): void {
    const from = contextOf(this.#actor);
    const to = contextOf(actor);
    if (from !== to) {
      this.#away.set(from, this.#cpu.saveContext());
      const saved = this.#away.get(to);
      this.#cpu.loadContext(saved ?? this.#powerOn);
      if (saved) this.#setPartition(actor);
      else this.#begin(actor);
    }
    this.#actor = actor;
    this.#setProblemState(actorMsr(actor, this.endian(actor)));
  }

  #begin(actor: Actor): void {
    this.#cpu.msr = actorMsr(actor, this.endian(actor));
    // Software that wants decrementer interrupts sets the register; no other is surprised by one.
    this.#cpu.setSpr(SPRN.DEC, timerMaximum(LARGE_BITS));
    this.#setPartition(actor);
    const entry = actor.kind === 'guest' && entryState(guestNamed(this.#guests, actor.guest), this.#config);
    if (!entry) return;
    this.#cpu.nia = entry.nia;
    this.#cpu.lr = entry.lr;
    for (const [number, value] of entry.gprs) this.#cpu.setGpr(number, value);
  }

  #setPartition(actor: Actor): void {
    // The ultravisor works on the partition that was there before.
    if (actor.kind === 'ultravisor') return;
    const guest = actor.kind === 'guest' ? guestNamed(this.#guests, actor.guest) : undefined;
    this.#cpu.setSpr(SPRN.LPIDR, BigInt(guest?.lpid ?? 0));
    if (!guest) return;
    // As a hypervisor does for the operating system that it enters.
    const lpcr = this.#cpu.spr(SPRN.LPCR) & ~ILE;
    this.#cpu.setSpr(SPRN.LPCR, guest.endian === 'little' ? lpcr | ILE : lpcr);
  }

  /** Who made the call that the CPU has just been interrupted by. */
  callerName(): string {
    const actor = this.#actor;
    if (actor.kind !== 'guest') return actor.kind;
    return `${actor.guest}, ${privilegeState(this.#cpu.spr(SPRN.SRR1)).name}`;
  }

  /** Everything here beyond the CPU, as plain data for hashing. */
  state(): unknown {
    return [this.#actor, this.#entered, [...this.#away]];
  }
}

/** Key of the register context that an actor uses: problem state shares its partition's. */
function contextOf(actor: Actor): string {
  if (actor.kind === 'guest') return `guest ${actor.guest}`;
  return actor.kind === 'ultravisor' ? 'ultravisor' : 'host';
}
