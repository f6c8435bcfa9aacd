/**
 * A machine for tests of the script alone: small, and each activity takes three ticks.
 *
 * Loads and stores go to one memory of 64 KiB; beyond it they raise HDSI. Calls answer with the sum of their arguments.
 */

import { realMemory } from '../real-memory';
import { concat } from '../../emulator/common/bytes';
import type { Frame } from '../../emulator/common/frames';
import { type MachineApi, NO_SYMBOLS, type ThreadsApi } from '../../emulator/common/machine-api';
import type { Activity, ActivityResult, Actor, MachineConfig, MachineEvent } from '../../emulator/common/machine';

const MEMORY_BYTES = 0x10000;
const TICKS = 3;

export class FakeMachine implements MachineApi {
  readonly endian = 'little';
  readonly symbols = NO_SYMBOLS;
  readonly returnAddress = undefined;
  /** Addresses at which threads were started, by number. */
  readonly started = new Map<number, bigint>();
  readonly threads: ThreadsApi = {
    count: 2,
    current: 0,
    executes: (thread) => thread === 0 || this.started.has(thread),
    inThread: (_, then) => then(),
    start: (thread, address) => void this.started.set(thread, address),
  };
  private bytes = new Uint8Array(MEMORY_BYTES);
  readonly memory = realMemory(() => this.bytes);
  private registers = new Map<string, bigint>();
  private actors: Actor[] = [];
  private activity: Activity | undefined;
  private left = 0;
  private result: ActivityResult | undefined;
  /** Results that the next calls give, in order; then the sum of the arguments. */
  answers: bigint[] = [];
  private calls = 0;
  /** Everything that was begun. */
  readonly log: Activity[] = [];
  exchange: MachineApi['exchange'];

  constructor(readonly config: MachineConfig) {
    this.reset();
  }

  reset(): void {
    this.bytes = new Uint8Array(MEMORY_BYTES);
    this.registers = new Map([
      ['msr', 0n],
      ['msr.le', 1n],
      ...Array.from({ length: 32 }, (_, n) => [`r${n}`, 0n] as [string, bigint]),
    ]);
    this.actors = [{ kind: 'guest', guest: this.config.guests[0]!.name, user: false }];
    this.activity = undefined;
    this.result = undefined;
    this.left = 0;
    this.calls = 0;
    this.log.length = 0;
  }

  get actor(): Actor {
    return this.actors.at(-1)!;
  }
  enter(actor: Actor): void {
    this.actors.push(actor);
  }
  leave(): void {
    if (this.actors.length < 2) throw new Error('left more actors than were entered');
    this.actors.pop();
  }

  begin(activity: Activity): void {
    if (this.activity) throw new Error('an activity is at work');
    this.activity = activity;
    this.log.push(activity);
    this.left = TICKS;
  }

  get state(): 'idle' | 'running' | 'waiting' {
    return this.activity && !this.result ? 'running' : 'idle';
  }

  step(maxTicks: number): { ticks: number; events: readonly MachineEvent[] } {
    const ticks = Math.min(maxTicks, 1);
    this.left -= ticks;
    if (this.left === 0 && this.activity) this.result = this.perform(this.activity);
    return {
      ticks,
      events: this.left === 1 ? [{ kind: 'output', category: 'note', text: 'the fake machine works' }] : [],
    };
  }

  private perform(activity: Activity): ActivityResult {
    switch (activity.kind) {
      case 'call': {
        const value =
          this.answers[this.calls++] ?? activity.args.reduce((sum, arg) => BigInt.asUintN(64, sum + arg), 0n);
        this.registers.set('r3', value);
        return { kind: 'done', value };
      }
      case 'load': {
        const bytes = this.peek(activity.address, activity.width);
        if (!bytes) return this.interrupt(activity.address);
        return { kind: 'done', value: bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n) };
      }
      case 'load bytes': {
        const bytes = this.peek(activity.address, activity.length);
        return bytes ? { kind: 'done', bytes } : this.interrupt(activity.address);
      }
      case 'store': {
        const bytes = Uint8Array.from({ length: activity.width }, (_, i) =>
          Number((activity.value >> BigInt(8 * i)) & 0xffn),
        );
        return this.poke(activity.address, bytes) ? { kind: 'done' } : this.interrupt(activity.address);
      }
      case 'store bytes':
        return this.poke(activity.address, activity.bytes) ? { kind: 'done' } : this.interrupt(activity.address);
      case 'send':
        return { kind: 'done', value: this.answers[this.calls++] ?? BigInt.asUintN(64, -16n) };
      case 'code':
        return { kind: 'done' };
      case 'run':
        return { kind: 'done', value: BigInt(activity.instructions) };
    }
  }

  private interrupt(address: bigint): ActivityResult {
    const interrupt = {
      vector: 0xe00,
      name: 'Hypervisor Data Storage',
      address,
      level: 'hypervisor',
      detail: 'no memory',
    } as const;
    return { kind: 'interrupt', interrupt };
  }

  takeResult(): ActivityResult {
    const { result } = this;
    if (!result) throw new Error('there is no result');
    this.activity = undefined;
    this.result = undefined;
    return result;
  }

  service(): Promise<void> {
    return Promise.resolve();
  }
  readonly canReplay = false;
  setCodeBreakpoints(): void {
    // The fake machine executes no instructions.
  }

  frames(): readonly Frame[] {
    return this.state === 'idle' ? [] : [{ kind: 'code', name: this.activity?.kind ?? '', address: this.codeBase() }];
  }
  readRegister(name: string): bigint | undefined {
    return this.registers.get(name.toLowerCase());
  }
  writeRegister(name: string, value: bigint): boolean {
    if (!this.registers.has(name.toLowerCase())) return false;
    this.registers.set(name.toLowerCase(), value);
    return true;
  }
  peek(address: bigint, length: number): Uint8Array | undefined {
    if (address + BigInt(length) > BigInt(MEMORY_BYTES)) return undefined;
    return this.bytes.slice(Number(address), Number(address) + length);
  }
  poke(address: bigint, bytes: Uint8Array): boolean {
    if (address + BigInt(bytes.length) > BigInt(MEMORY_BYTES)) return false;
    this.bytes.set(bytes, Number(address));
    return true;
  }
  ra(guest: string, gpa: bigint): bigint | undefined {
    return this.config.guests.some(({ name }) => name === guest) && gpa < BigInt(MEMORY_BYTES)
      ? 0x1000000n + gpa
      : undefined;
  }
  codeBase(): bigint {
    return 0x8000n;
  }
  hashInto(update: (bytes: Uint8Array) => void): void {
    const text = JSON.stringify(
      [[...this.registers], this.actors, this.activity, this.left, this.result, this.calls],
      (_, value: unknown) =>
        typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? [...value] : value,
    );
    update(concat(this.bytes, new TextEncoder().encode(text)));
  }
}
