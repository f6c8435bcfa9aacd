/** The guests' memory in the machine's: by partition, by name, and as an actor reaches it. */

import type { Actor } from '../common/machine';
import type { PhysicalMemory } from '../memory/physical';
import type { GuestMemory } from '../pef/firmware';
import type { HypervisorState } from '../pef/hypervisor/state';
import { PAGE_BYTES } from '../pef/page-states';
import type { Ultravisor } from '../pef/ultravisor/state';
import type { PlacedGuest } from './layout';

/** What the hypervisor has of the guests before any of them runs: each has one memory slot. */
export function powerOnState(guests: readonly PlacedGuest[]): HypervisorState {
  const vms = guests.map(({ name, lpid, base, memoryBytes }) => ({
    ...{ name, lpid, base, mayBecomeSecure: true, started: false, done: false },
    slots: [{ id: 0, start: 0, pages: memoryBytes / PAGE_BYTES }],
    gfns: new Map(),
  }));
  return { tpmOpen: false, processTables: [], vms };
}

export class Partitions {
  constructor(
    private readonly guests: readonly PlacedGuest[],
    private readonly memory: PhysicalMemory,
    private readonly ultravisor: Ultravisor,
  ) {}

  /**
   * Partition-scoped translation: the real address of a guest physical one, or undefined. A secure VM's is by the
   * ultravisor's pages, any other one's by the hypervisor's.
   */
  translate(lpid: number, gpa: bigint, fetch: boolean): bigint | undefined {
    const svm = this.ultravisor.svms.get(lpid);
    if (svm?.state === 'secure') return this.ultravisor.translate(svm, gpa, fetch);
    return real(
      this.guests.find((each) => each.lpid === lpid),
      gpa,
    );
  }

  /** The same by the guest's name; for a page of a secure VM that is not there, the hypervisor's page for it. */
  ra(name: string, gpa: bigint): bigint | undefined {
    const guest = this.guests.find((each) => each.name === name);
    const normal = real(guest, gpa);
    return guest && normal !== undefined ? (this.translate(guest.lpid, gpa, false) ?? normal) : undefined;
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
