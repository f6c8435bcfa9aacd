/** Where radix translation finds a page, and what its leaf permits. */
import { describe, expect, it } from 'vitest';
import type { Access } from '../../emulator/cpu/mmu';
import { GUEST, HV, IR, DR, LE, NOP, ON, PID, PR, S, SF, World } from './radix-world';
import { ALL, C, EXEC, GB1, KB4, KB64, MB2, PRIV, R, READ, WRITE } from './trees';

const HOST = ON | HV;
const HOST_PROGRAM = HOST | PR;
const OS = ON;
const PROGRAM = ON | PR;
const DATA = 0x8000n;

describe('a page of a process', () => {
  // The page's size, the size of the guest's pages below it, an address, and where the page is.
  it.each([
    ['4 KiB', KB4, 0x12_3456_7000n, 0x30_0000n],
    ['64 KiB', KB64, 0x12_3456_0000n, 0x31_0000n],
    ['2 MiB', MB2, 0x12_3460_0000n, 0x20_0000n],
    ['1 GiB', GB1, 0x12_4000_0000n, 0n],
  ])('of %s is where its leaf says, in the host and in a guest', (_, shift, ea, page) => {
    const last = (1n << BigInt(Math.min(shift, MB2))) - 1n;
    for (const [msr, base] of [
      [HOST_PROGRAM, 0n],
      [PROGRAM, GUEST],
    ] as const) {
      const world = new World(msr);
      world.map(ea, page, ALL, shift);
      for (const offset of [0n, 0x123n, last]) {
        expect(world.cpu.translate(ea + offset, 'load')).toEqual({ ra: base + page + offset });
      }
      expect(world.cpu.explainTranslation(ea, 'load').steps.at(msr === PROGRAM ? -4 : -1)?.leaf?.pageBytes).toBe(
        2 ** shift,
      );
    }
  });

  it.each([
    ['4 KiB', KB4, 0x300n],
    ['64 KiB', KB64, 0xb000n],
    ['2 MiB', MB2, 0x15_5000n],
    ['1 GiB', GB1, 0x3abc_d000n],
  ])('of a partition, %s, is where its leaf says', (_, shift, offset) => {
    const world = new World(SF | LE);
    const gpa = 0x5_4000_0000n;
    world.host.map(world.partition, gpa, 0n, ALL, shift);
    const expected = offset < 0x80_0000n ? { ra: offset } : expect.objectContaining({ fault: expect.anything() });
    expect(world.cpu.translate(gpa + offset, 'load')).toEqual(expected);
  });

  it('ignores bits of a page number below the size of the page, and of a table below its size', () => {
    const world = new World(HOST_PROGRAM);
    const entry = world.map(0n, 0x20_0000n, ALL, MB2);
    world.host.write(entry, world.host.read(entry) | 0x1f_f000n);
    expect(world.cpu.translate(0x1234n, 'load')).toEqual({ ra: 0x20_1234n });
    world.host.write(world.processTable + 16n * PID, world.program | 0xf00n);
    expect(world.cpu.translate(0x1234n, 'load')).toEqual({ ra: 0x20_1234n });
  });

  it('is read by instructions and executed', () => {
    const world = new World(PROGRAM);
    world.map(0x7000n, 0x30_0000n);
    world.map(0x9000n, 0x30_1000n);
    world.code(GUEST + 0x30_0000n, NOP, NOP);
    world.memory.write(GUEST + 0x30_1000n, Uint8Array.of(42));
    expect(world.access('fetch', 0x7000n)).toBeUndefined();
    expect(world.access('load', 0x9000n)).toBeUndefined();
    expect(world.cpu.gpr(3)).toBe(42n);
    world.cpu.setGpr(3, 7n);
    expect(world.access('store', 0x9008n)).toBeUndefined();
    expect(world.memory.read(GUEST + 0x30_1008n, 1)[0]).toBe(7);
  });
});

// Book III 5.7.5: the quadrant, EA bits 0:1, names partition and process.
describe('quadrants', () => {
  const places = {
    'host kernel': 0x30_0000n,
    'host program': 0x30_1000n,
    'guest kernel': 0x30_2000n,
    'guest program': 0x30_3000n,
  };

  function populated(msr: bigint): World {
    const world = new World(msr);
    world.host.map(world.kernel, DATA, places['host kernel']);
    world.host.map(world.program, DATA, places['host program']);
    world.guest.map(world.guestKernel, DATA, places['guest kernel']);
    world.guest.map(world.guestProgram, DATA, places['guest program']);
    return world;
  }
  it.each([
    ['the host', HOST, ['host program', 'guest program', 'guest kernel', 'host kernel']],
    ["a host's program", HOST_PROGRAM, ['host program', 'guest program', 'guest kernel', 'host kernel']],
    ['the ultravisor', HOST | S, ['host program', 'guest program', 'guest kernel', 'host kernel']],
    ["a guest's system", OS, ['guest program', 'segment', 'segment', 'guest kernel']],
    ["a guest's program", PROGRAM, ['guest program', 'segment', 'segment', 'guest kernel']],
    ["a secure guest's program", PROGRAM | S, ['guest program', 'segment', 'segment', 'guest kernel']],
  ] as const)('of %s', (_, msr, owners) => {
    for (const [quadrant, owner] of owners.entries()) {
      const ea = (BigInt(quadrant) << 62n) | DATA;
      const result = populated(msr).cpu.translate(ea, 'load');
      if (owner === 'segment') expect(result).toMatchObject({ fault: { kind: 'segment', ea } });
      else expect(result).toEqual({ ra: places[owner] + (owner.startsWith('guest') ? GUEST : 0n) });
    }
  });

  it('without relocation are the hypervisor’s and the partition’s real addresses', () => {
    const world = new World(SF | HV);
    world.set('HRMOR', 0x10_0000n);
    expect(world.cpu.translate(0x1234n, 'load')).toEqual({ ra: 0x10_1234n });
    expect(world.cpu.translate(0xc000_0000_0000_1234n, 'load')).toEqual({ ra: 0x1234n });
    world.cpu.msr = SF;
    for (const quadrant of [0n, 1n, 2n, 3n]) {
      expect(world.cpu.translate((quadrant << 62n) | 0x1234n, 'load')).toEqual({ ra: GUEST + 0x1234n });
    }
  });

  it('go by IR for fetches and by DR for loads and stores', () => {
    const world = new World(SF | LE | HV | IR);
    world.map(DATA, 0x30_0000n);
    expect(world.cpu.translate(DATA, 'fetch')).toEqual({ ra: 0x30_0000n });
    expect(world.cpu.translate(DATA, 'load')).toEqual({ ra: DATA });
    world.cpu.msr = SF | LE | HV | DR;
    expect(world.cpu.translate(DATA, 'fetch')).toEqual({ ra: DATA });
    expect(world.cpu.translate(DATA, 'store')).toEqual({ ra: 0x30_0000n });
  });

  it('have 32 bits in 32-bit mode', () => {
    const world = new World(HOST_PROGRAM & ~SF);
    world.map(0xffff_f000n, 0x30_0000n);
    world.map(0n, 0x30_1000n);
    world.memory.write(0x30_0ffcn, Uint8Array.of(1, 2, 3, 4));
    world.memory.write(0x30_1000n, Uint8Array.of(5, 6, 7, 8));
    expect(world.access('load', 0xdead_beef_ffff_fffcn)).toBeUndefined();
    expect(world.cpu.gpr(3)).toBe(0x0807060504030201n);
  });
});

// Book III 5.7.12: the encoded access authority; AMR and IAMR for privileged software in pages of programs.
describe('authority', () => {
  const ACCESSES: readonly Access[] = ['load', 'store', 'fetch'];
  const states = [
    ['host', HOST],
    ['host program', HOST_PROGRAM],
    ['guest system', OS],
    ['guest program', PROGRAM],
    ['secure guest program', PROGRAM | S],
  ] as const;
  // What each of the three bits permits.
  const permits: Record<Access, (eaa: bigint) => boolean> = {
    load: (eaa) => (eaa & (READ | WRITE)) !== 0n,
    store: (eaa) => (eaa & WRITE) !== 0n,
    fetch: (eaa) => (eaa & EXEC) !== 0n,
  };

  it.each(states)('of a page in a tree of a process: %s', (_, msr) => {
    const world = new World(msr);
    for (let eaa = 0n; eaa < 16n; eaa++) {
      world.map(DATA, 0x30_0000n, R | C | eaa);
      for (const access of ACCESSES) {
        const allowed = permits[access](eaa) && ((eaa & PRIV) === 0n || (msr & PR) === 0n);
        const kind = access === 'fetch' ? 'no execute' : 'protection';
        const expected = allowed ? { ra: expect.anything() } : { fault: { kind, hypervisor: false } };
        expect(world.cpu.translate(DATA, access), `${eaa} ${access}`).toMatchObject(expected);
      }
    }
  });

  it.each(states)('of a page of a partition has no privilege: %s', (_, msr) => {
    const world = new World(msr & ~(IR | DR) & ~HV);
    for (let eaa = 0n; eaa < 16n; eaa++) {
      world.host.map(world.partition, 0x40_0000n, 0x30_0000n, R | C | eaa);
      for (const access of ACCESSES) {
        const kind = access === 'fetch' ? 'no execute' : 'protection';
        const expected = permits[access](eaa)
          ? { ra: 0x30_0000n }
          : { fault: { kind, hypervisor: true, gpa: 0x40_0000n } };
        expect(world.cpu.translate(0x40_0000n, access), `${eaa} ${access}`).toMatchObject(expected);
      }
    }
  });

  // AMR bits 0:1 deny stores and loads, IAMR bit 1 fetches.
  it.each([
    ['AMR', 1n << 63n, ['store']],
    ['AMR', 1n << 62n, ['load']],
    ['AMR', 3n << 62n, ['load', 'store']],
    ['IAMR', 1n << 62n, ['fetch']],
    ['IAMR', 1n << 63n, []],
    ['AMR', (1n << 62n) - 1n, []],
  ] as const)('is withdrawn from privileged software by key 0: %s %d', (register, value, denied: readonly Access[]) => {
    for (const [msr, bits, concerned] of [
      [HOST, ALL, true],
      [OS, ALL, true],
      [HOST, ALL | PRIV, false],
      [HOST_PROGRAM, ALL, false],
      [PROGRAM, ALL, false],
    ] as const) {
      const world = new World(msr);
      world.map(DATA, 0x30_0000n, bits);
      world.set(register, value);
      const refused = ACCESSES.filter((access) => 'fault' in world.cpu.translate(DATA, access));
      expect(refused).toEqual(concerned ? denied : []);
    }
  });

  it('follows a key at once, in pages that are in use', () => {
    const world = new World(HOST);
    world.map(DATA, 0x30_0000n);
    expect(world.access('store', DATA)).toBeUndefined();
    world.set('AMR', 1n << 63n);
    expect(world.access('store', DATA)).toBe(0x300);
    world.cpu.msr = HOST;
    world.set('AMR', 0n);
    expect(world.access('store', DATA)).toBeUndefined();
  });

  // Bits 58:59: non-idempotent I/O is guarded, so that nothing is fetched from it.
  it.each([
    ['normal', 0n, undefined],
    ['strong access order', 0x10n, undefined],
    ['non-idempotent I/O', 0x20n, 0x400],
    ['tolerant I/O', 0x30n, undefined],
  ])('to fetch from a page of attribute %s', (_, attributes, vector) => {
    const world = new World(PROGRAM);
    world.map(DATA, 0x30_0000n, ALL | attributes);
    world.code(GUEST + 0x30_0000n, NOP);
    expect(world.access('fetch', DATA)).toBe(vector);
  });

  it.each([
    ['normal', 0n, undefined],
    ['strong access order', 0x10n, undefined],
    ['non-idempotent I/O', 0x20n, 0x600],
    ['tolerant I/O', 0x30n, 0x600],
  ])('for accesses that are not aligned in a page of attribute %s', (_, attributes, vector) => {
    for (const access of ['load', 'store'] as const) {
      const world = new World(HOST_PROGRAM);
      world.map(DATA, 0x30_0000n, ALL | attributes);
      expect(world.access(access, DATA + 8n)).toBeUndefined();
      expect(world.access(access, DATA + 4n)).toBe(vector);
      if (vector !== undefined) expect(world.get('DAR')).toEqual([DATA + 4n]);
    }
  });
});

describe('Reference and Change', () => {
  // What is recorded, and the accesses that raise an interrupt: bit 45 in words of 32 bits.
  it.each([
    ['nothing', 0n, { load: true, store: true, fetch: true }],
    ['R', R, { load: false, store: true, fetch: false }],
    ['C', C, { load: true, store: true, fetch: true }],
    ['R and C', R | C, { load: false, store: false, fetch: false }],
  ] as const)('%s recorded: who needs more is interrupted, and nothing is set', (_, bits, interrupted) => {
    for (const access of ['load', 'store', 'fetch'] as const) {
      const world = new World(PROGRAM);
      world.code(GUEST + 0x30_0000n, NOP);
      const entry = world.map(DATA, 0x30_0000n, READ | WRITE | EXEC | bits);
      const before = world.guest.read(entry);
      const vector = access === 'fetch' ? 0x400 : 0x300;
      expect(world.access(access, DATA)).toBe(interrupted[access] ? vector : undefined);
      expect(world.guest.read(entry)).toBe(before);
      if (!interrupted[access]) continue;
      if (access === 'fetch') expect(world.get('SRR1')[0]).toBe(PROGRAM | 0x4_0000n);
      else expect(world.get('DSISR', 'DAR')).toEqual([access === 'store' ? 0x0204_0000n : 0x4_0000n, DATA]);
    }
  });

  it('is asked for the first store after a load, and granted once software has set it', () => {
    const world = new World(HOST_PROGRAM);
    const entry = world.map(DATA, 0x30_0000n, R | READ | WRITE);
    expect(world.access('load', DATA)).toBeUndefined();
    expect(world.access('store', DATA)).toBe(0x300);
    world.host.write(entry, world.host.read(entry) | C);
    world.cpu.msr = HOST_PROGRAM;
    expect(world.access('store', DATA)).toBeUndefined();
  });

  it('does not keep anybody from looking', () => {
    const world = new World(PROGRAM);
    world.map(DATA, 0x30_0000n, READ);
    world.memory.write(GUEST + 0x30_0000n, Uint8Array.of(9));
    expect(world.cpu.peek(DATA, 1)).toEqual(Uint8Array.of(9));
    expect(world.cpu.translate(DATA, 'load')).toHaveProperty('fault');
  });
});

describe('an explained translation', () => {
  it('has the entries that were read, in their order', () => {
    const world = new World(PROGRAM);
    world.map(DATA, 0x30_0000n, ALL | PRIV);
    const { steps, result } = world.cpu.explainTranslation(DATA, 'load');
    expect(result).toMatchObject({ fault: { kind: 'protection', hypervisor: false } });
    // Each of the guest's five entries is found by a walk of three levels, to a page of 2 MiB.
    const partition = ['partition-scoped 0', 'partition-scoped 1', 'partition-scoped 2'];
    const process = ['process table', ...[0, 1, 2, 3].map((level) => `process-scoped ${level}`)];
    expect(steps.map(({ table, level }) => (level === undefined ? table : `${table} ${level}`))).toEqual([
      'partition table',
      ...process.flatMap((step) => [...partition, step]),
    ]);
    expect(steps[0]).toMatchObject({ space: 'real', value: (1n << 63n) | world.partition });
    expect(steps[4]).toMatchObject({ space: 'guest real', value: world.guestProgram });
    expect(steps[3]?.leaf).toMatchObject({ pageBytes: 2 ** MB2, authority: 'u rwx' });
    expect(steps.at(-1)).toMatchObject({
      space: 'guest real',
      value: (3n << 62n) | 0x30_0000n | ALL | PRIV,
      leaf: { pageBytes: 4096, authority: 's rwx', reference: true, change: true, attributes: 'normal' },
    });
  });

  it('has nothing to tell of real mode', () => {
    expect(new World(SF | HV).cpu.explainTranslation(DATA, 'load')).toEqual({ steps: [], result: { ra: DATA } });
  });

  it('changes nothing', () => {
    const world = new World(PROGRAM);
    world.map(DATA, 0x30_0000n);
    const before = [world.cpu.stateBytes(), world.memory.dirtyPages()];
    world.cpu.explainTranslation(DATA, 'store');
    expect([world.cpu.stateBytes(), world.memory.dirtyPages()]).toEqual(before);
  });
});
