/** Random trees, good and broken, against the second walker. */
import { describe, expect, it } from 'vitest';
import type { Access } from '../../emulator/cpu/mmu';
import { HV, LPID, ON, PARTITION_TABLE, PID, PR, S, World } from './radix-world';
import { type Outcome, secondWalker } from './second-walker';
import { ALL, KB4, LEAF, R, RTS52, type Tables, VALID } from './trees';

/** Numbers below `end` from a small generator with a fixed start. */
function numbers(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
}

/** The sizes that POWER9 has at each level: mostly one of them. */
const SIZES = [[13], [9], [9], [9, 5]] as const;
const WORLDS = 60;
const ADDRESSES = 40;

/** A tree whose tables have something in their first two entries. Answers with its root. */
function randomTree(random: (end: number) => number, tables: Tables, page: () => bigint): bigint {
  const oneIn = (n: number): boolean => random(n) === 0;
  const leafBits = (): bigint => (oneIn(3) ? BigInt(random(0x1000)) : ALL | (oneIn(4) ? 8n : 0n));
  const entry = (level: number): bigint => {
    if (oneIn(12)) return BigInt(random(2 ** 31));
    if (level === 3 ? !oneIn(12) : level === 0 ? oneIn(20) : oneIn(3)) return VALID | LEAF | page() | leafBits();
    const right = SIZES[level + 1];
    const size = right && !oneIn(15) ? (right[random(right.length)] ?? 9) : random(32);
    return VALID | table(level + 1, Math.min(size, 9)) | BigInt(size);
  };
  function table(level: number, size: number): bigint {
    const at = tables.room(size);
    if (level < 4) for (const i of [0n, 1n]) tables.write(at + 8n * i, entry(level));
    return at;
  }
  return (oneIn(15) ? BigInt(random(8)) << 61n : RTS52) | table(0, 13) | (oneIn(20) ? BigInt(random(32)) : 13n);
}

/** An address that goes through first entries, now and then beyond. */
function randomAddress(random: (end: number) => number): bigint {
  const ones = [39, 30, 21, 16, 12].reduce((ea, bit) => ea | (BigInt(random(2)) << BigInt(bit)), 0n);
  const stray = random(12) === 0 ? 1n << BigInt(random(52)) : random(40) === 0 ? 1n << BigInt(52 + random(10)) : 0n;
  return (BigInt([0, 0, 0, 3, 1, 2][random(6)] ?? 0) << 62n) | ones | stray | BigInt(8 * random(512));
}

describe('random trees', () => {
  it.each(Array.from({ length: WORLDS }, (_, seed) => [seed]))(
    'are walked as the second walker walks them: %i',
    (seed) => {
      const random = numbers(seed + 1);
      const states = [ON | HV, ON | HV | PR, ON, ON | PR, ON | S, ON | HV | S];
      const world = new World(states[seed % states.length] ?? ON);
      const { cpu, host, guest } = world;
      const somewhere = (): bigint =>
        [
          BigInt(random(2 ** 22)),
          BigInt(random(2 ** 24)),
          0x40_0000n + BigInt(random(2 ** 14)),
          (1n << 48n) | BigInt(random(2 ** 20)),
          BigInt(random(2 ** 30)) << 25n,
        ][[0, 0, 0, 1, 2, 2, 3, 4][random(8)] ?? 0] ?? 0n;
      const page = (): bigint => somewhere() & 0x01ff_ffff_ffff_f000n;
      host.write(world.processTable, randomTree(random, host, page));
      host.write(world.processTable + 16n * PID, randomTree(random, host, page));
      guest.write(world.guestProcessTable, randomTree(random, guest, page));
      guest.write(world.guestProcessTable + 16n * PID, randomTree(random, guest, page));
      // Some pages of the partition are good, others are not.
      for (let i = 0n; i < 4n; i++)
        host.map(
          world.partition,
          0x40_0000n + (i << 12n),
          page(),
          random(2) === 0 ? ALL : R | BigInt(random(0x1000)),
          KB4,
        );
      if (random(10) === 0) host.write(PARTITION_TABLE + 16n * LPID, VALID | randomTree(random, host, page));
      const amr = random(4) === 0 ? BigInt(random(4)) << 62n : 0n;
      const iamr = random(4) === 0 ? BigInt(random(4)) << 62n : 0n;
      world.set('AMR', amr);
      world.set('IAMR', iamr);
      const read = (ra: bigint): bigint | undefined => (world.memory.contains(ra, 8) ? host.read(ra) : undefined);
      const is = (mask: bigint): boolean => (cpu.msr & mask) !== 0n;
      const registers = { hv: is(HV), pr: is(PR), s: is(S), ptcr: PARTITION_TABLE, lpid: LPID, pid: PID, amr, iamr };

      for (let i = 0; i < ADDRESSES; i++) {
        const ea = randomAddress(random);
        for (const access of ['load', 'store', 'fetch'] as const satisfies readonly Access[]) {
          const result = cpu.translate(ea, access);
          const found: Outcome =
            'ra' in result ? result : { kind: result.fault.kind, hypervisor: result.fault.hypervisor };
          const expected = secondWalker(read, registers, ea, access);
          // Whose a missing address is does not matter: it is a machine check.
          const machineCheck = 'kind' in expected && expected.kind === 'no memory';
          if (machineCheck) expect(found, ea.toString(16)).toMatchObject({ kind: 'no memory' });
          else expect(found, `${ea.toString(16)} ${access}`).toEqual(expected);
        }
      }
    },
  );
});
