/** The guests' memory in the machine's: by partition, by name, and as an actor reaches it. */

import type { Actor } from '../common/machine';
import type { PhysicalMemory } from '../memory/physical';
import type { GuestMemory } from '../pef/firmware';
import type { PlacedGuest } from './layout';

export class Partitions {
  constructor(
    private readonly guests: readonly PlacedGuest[],
    private readonly memory: PhysicalMemory,
  ) {}

  /** Partition-scoped translation: the real address of a guest physical one, or undefined. */
  translate(lpid: number, gpa: bigint): bigint | undefined {
    return real(
      this.guests.find((each) => each.lpid === lpid),
      gpa,
    );
  }

  /** The same by the guest's name. */
  ra(name: string, gpa: bigint): bigint | undefined {
    return real(
      this.guests.find((each) => each.name === name),
      gpa,
    );
  }

  /** A partition's memory for firmware; the first guest's for a number that no guest has. */
  memoryOf(lpid: number): GuestMemory {
    const guest = this.guests.find((each) => each.lpid === lpid) ?? this.guests[0];
    const size = BigInt(guest?.memoryBytes ?? 0);
    const base = guest?.base ?? 0n;
    return {
      contains: (gpa, length) => gpa <= size && length <= size - gpa,
      read: (gpa, length) => this.memory.read(base + gpa, length),
      write: (gpa, bytes) => {
        this.memory.write(base + gpa, bytes);
      },
    };
  }

  /** The name of a partition's guest; the first guest's for a number that no guest has. */
  nameOf(lpid: number): string {
    return (this.guests.find((each) => each.lpid === lpid) ?? this.guests[0])?.name ?? '';
  }

  /** Real address that an actor reaches in real mode; undefined where it may not or there is no memory. */
  reach(actor: Actor, address: bigint): bigint | undefined {
    const ra = actor.kind === 'guest' ? this.ra(actor.guest, address) : address;
    if (ra === undefined || !this.memory.contains(ra, 1)) return undefined;
    return this.memory.isSecure(ra) && actor.kind !== 'ultravisor' ? undefined : ra;
  }
}

function real(guest: PlacedGuest | undefined, gpa: bigint): bigint | undefined {
  return guest && gpa < BigInt(guest.memoryBytes) ? guest.base + gpa : undefined;
}
