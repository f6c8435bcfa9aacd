/** A machine and a way to run one activity to its end. */

import type { Activity, ActivityResult, GuestConfig, MachineConfig, MachineEvent } from '../../emulator/common/machine';
import { Machine, type MachineServices } from '../../emulator/machine';

const MIB = 1024 * 1024;

export function guest(change: Partial<GuestConfig> = {}): GuestConfig {
  return { name: 'vm', lpid: 1, memoryBytes: 4 * MIB, endian: 'little', ...change };
}

export function machine(change: Partial<MachineConfig> = {}, services: MachineServices = {}): Machine {
  return new Machine(
    {
      profile: 'spec',
      normalBytes: 32 * MIB,
      secureBytes: 16 * MIB,
      seed: '0',
      tpm: { kind: 'embedded' },
      guests: [guest()],
      ...change,
    },
    services,
  );
}

/** Runs an activity; events are added to `events`. */
export function perform(of: Machine, activity: Activity, events: MachineEvent[] = []): ActivityResult {
  of.begin(activity);
  for (let ticks = 0; of.state !== 'idle'; ticks++) {
    if (ticks > 100_000) throw new Error('the activity does not end');
    if (of.state === 'waiting') throw new Error('the activity waits for the outside');
    events.push(...of.step(1).events);
  }
  return of.takeResult();
}

/** The same for a machine with an external TPM. */
export async function performAsync(
  of: Machine,
  activity: Activity,
  events: MachineEvent[] = [],
): Promise<ActivityResult> {
  of.begin(activity);
  return finish(of, events);
}

/** Runs what was begun to its end, asking the outside where that is needed. */
export async function finish(of: Machine, events: MachineEvent[] = []): Promise<ActivityResult> {
  while (of.state !== 'idle') {
    if (of.state === 'waiting') await of.service();
    else events.push(...of.step(1).events);
  }
  return of.takeResult();
}

export const hypercall = (number: number, ...args: (number | bigint)[]): Activity => ({
  kind: 'call',
  lev: 1,
  number: BigInt(number),
  args: args.map(BigInt),
});

export const ultracall = (number: number, ...args: (number | bigint)[]): Activity => ({
  kind: 'call',
  lev: 2,
  number: BigInt(number),
  args: args.map(BigInt),
});

/** Instruction words as an `asm` block. */
export function code(...words: number[]): Activity {
  const image = (little: boolean) => {
    const bytes = new Uint8Array(4 * words.length);
    words.forEach((word, i) => new DataView(bytes.buffer).setUint32(4 * i, word, little));
    return bytes;
  };
  return { kind: 'code', offset: 0, little: image(true), big: image(false) };
}

export function hashOf(of: Machine): string {
  const parts: string[] = [];
  of.hashInto((bytes) => parts.push(Buffer.from(bytes).toString('hex')));
  return parts.join('|');
}
