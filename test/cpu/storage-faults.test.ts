/** What accesses raise that translation does not allow: every register of every interrupt. */
import { describe, expect, it } from 'vitest';
import { GUEST, HV, LE, LPID, NOP, ON, PARTITION_TABLE, PID, PR, S, SECURE, SF, World } from './radix-world';
import { ALL, C, EXEC, LEAF, R, READ, RTS52, VALID, WRITE } from './trees';

const HOST = ON | HV;
const HOST_PROGRAM = HOST | PR;
const PROGRAM = ON | PR;
const DATA = 0x8000n;

type Registers = Readonly<Record<string, bigint>>;
interface FaultCase {
  readonly name: string;
  readonly msr: bigint;
  readonly change: (world: World) => unknown;
  readonly ea?: bigint;
  readonly load: readonly [vector: number, registers: Registers];
  readonly store: readonly [vector: number, registers: Registers];
  readonly fetch: readonly [vector: number, registers: Registers];
}

/** A storage interrupt of the process: DSISR is 32 bits wide, and has in them what SRR1 has in its low half. */
function plain(bits: bigint, ea = DATA): Pick<FaultCase, 'load' | 'store' | 'fetch'> {
  return {
    load: [0x300, { DAR: ea, DSISR: bits }],
    store: [0x300, { DAR: ea, DSISR: bits | 0x0200_0000n }],
    fetch: [0x400, { SRR0: ea, SRR1: bits }],
  };
}
/** One of the hypervisor. @param table a table's entry is concerned, which is read */
function hypervisors(bits: bigint, gpa: bigint, table = false, ea = DATA): Pick<FaultCase, 'load' | 'store' | 'fetch'> {
  return {
    load: [0xe00, { HDAR: ea, HDSISR: bits, ASDR: gpa }],
    store: [0xe00, { HDAR: ea, HDSISR: bits | (table ? 0n : 0x0200_0000n), ASDR: gpa }],
    fetch: [0xe20, { HSRR0: ea, HSRR1: bits, ASDR: gpa }],
  };
}
const NONE = 0x4000_0000n;
const NO_EXECUTE = 0x1000_0000n;
const PROTECTED = 0x0800_0000n;
const UNSUPPORTED = 0x0008_0000n;
const RECORD = 0x0004_0000n;
const TABLE = 0x0002_0000n;
const PAGE = 0x30_0000n;

/** Entry of the tree at the end of a way. */
const entryOf = (world: World, way: readonly number[]): bigint =>
  (world.cpu.msr & HV) === 0n
    ? world.guest.entry(world.guestProgram, DATA, way)
    : world.host.entry(world.program, DATA, way);
const set = (way: readonly number[], value: bigint) => (world: World) =>
  world[(world.cpu.msr & HV) === 0n ? 'guest' : 'host'].write(entryOf(world, way), value);

const PROCESS_FAULTS = (msr: bigint): readonly FaultCase[] => [
  { name: 'no root entry', msr, change: set([13], 0n), ...plain(NONE) },
  { name: 'no page', msr, change: set([13, 9, 9, 9], LEAF | ALL), ...plain(NONE) },
  { name: 'a table of 2^4 entries', msr, change: set([13, 9], VALID | 0x10_0000n | 4n), ...plain(UNSUPPORTED) },
  { name: 'a table of 2^10 entries', msr, change: set([13], VALID | 0x10_0000n | 10n), ...plain(UNSUPPORTED) },
  { name: 'a directory where pages must be', msr, change: set([13, 9, 9, 9], VALID | 9n), ...plain(UNSUPPORTED) },
  { name: 'a page of 512 GiB', msr, change: set([13], VALID | LEAF | ALL), ...plain(UNSUPPORTED) },
  {
    name: 'an address outside of the tree',
    msr,
    change: () => undefined,
    ea: 1n << 52n,
    load: [0x380, { DAR: 1n << 52n }],
    store: [0x380, { DAR: 1n << 52n }],
    fetch: [0x480, { SRR0: 1n << 52n, SRR1: 0n }],
  },
  ...(
    [
      ['a root for 51 bits', (RTS52 - (1n << 5n)) | 13n],
      ['a root with 2^12 entries', RTS52 | 12n],
      ['a process table entry of zeros', 0n],
    ] as const
  ).map(([name, root]): FaultCase => ({
    name,
    msr,
    change: (world) =>
      (msr & HV) === 0n
        ? world.guest.write(
            world.guestProcessTable + 16n * PID,
            root && root | (world.guestProgram & 0xfff_ffff_ff00n & ~0xe0n),
          )
        : world.host.write(world.processTable + 16n * PID, root && root | (world.program & 0xfff_ffff_ff00n & ~0xe0n)),
    ...plain(UNSUPPORTED),
  })),
  { name: 'a process beyond the table', msr, change: (world) => world.set('PIDR', 256n), ...plain(NONE) },
  {
    name: 'a process table that is not aligned to its size',
    msr,
    change: (world) => {
      const at = PARTITION_TABLE + ((msr & HV) === 0n ? 16n * LPID : 0n) + 8n;
      world.host.write(at, world.host.read(at) | 0x1000n | 1n);
    },
    ...plain(UNSUPPORTED),
  },
];

const PARTITION_FAULTS: readonly FaultCase[] = [
  ...(
    [
      ['real mode', SF | LE, 0x60_0000n, 0x60_0000n],
      ['a process', PROGRAM, DATA, 0x60_0000n],
    ] as const
  ).flatMap(([name, msr, ea, gpa]): FaultCase[] => [
    {
      name: `${name}: nothing mapped`,
      msr,
      ea,
      change: (world) => world.map(DATA, gpa),
      ...hypervisors(NONE, gpa, false, ea),
    },
    {
      name: `${name}: protection`,
      msr,
      ea,
      change: (world) => [world.map(DATA, gpa), world.host.map(world.partition, gpa, PAGE, R | C)],
      ...hypervisors(PROTECTED, gpa, false, ea),
      fetch: [0xe20, { HSRR0: ea, HSRR1: NO_EXECUTE, ASDR: gpa }],
    },
    {
      name: `${name}: to be recorded`,
      msr,
      ea,
      change: (world) => [world.map(DATA, gpa), world.host.map(world.partition, gpa, PAGE, READ | WRITE | EXEC)],
      ...hypervisors(RECORD, gpa, false, ea),
    },
    {
      name: `${name}: an unsupported tree`,
      msr,
      ea,
      change: (world) => [
        world.map(DATA, gpa),
        world.host.write(world.host.entry(world.partition, gpa, [13, 9, 9]), VALID | 0x10_0000n | 7n),
      ],
      ...hypervisors(UNSUPPORTED, gpa, false, ea),
    },
    {
      name: `${name}: a guest real address that is longer than the tree`,
      msr,
      ea: msr === PROGRAM ? ea : 1n << 55n,
      change: (world) => world.map(DATA, 1n << 55n),
      ...hypervisors(NONE, 1n << 55n, false, msr === PROGRAM ? ea : 1n << 55n),
    },
  ]),
  {
    name: 'the process table is not mapped',
    msr: PROGRAM,
    change: (world) => world.host.write(PARTITION_TABLE + 16n * LPID + 8n, VALID | 0x70_0000n),
    ...hypervisors(NONE | TABLE, 0x70_0000n, true),
  },
  {
    name: 'a directory is not mapped',
    msr: PROGRAM,
    change: (world) => world.guest.write(world.guest.entry(world.guestProgram, DATA, [13]), VALID | 0x70_1000n | 9n),
    ...hypervisors(NONE | TABLE, 0x70_1000n, true),
  },
  {
    name: 'a directory may not be read',
    msr: PROGRAM,
    change: (world) => [
      world.host.map(world.partition, 0x70_1000n, PAGE, R | C | EXEC),
      world.guest.write(world.guest.entry(world.guestProgram, DATA, [13]), VALID | 0x70_1000n | 9n),
    ],
    ...hypervisors(PROTECTED | TABLE, 0x70_1000n, true),
  },
  {
    name: 'a directory is to be recorded as referenced',
    msr: PROGRAM,
    change: (world) => [
      world.host.map(world.partition, 0x70_1000n, PAGE, READ),
      world.guest.write(world.guest.entry(world.guestProgram, DATA, [13]), VALID | 0x70_1000n | 9n),
    ],
    ...hypervisors(RECORD | TABLE, 0x70_1000n, true),
  },
  {
    name: 'the partition is beyond the table',
    msr: PROGRAM,
    change: (world) => world.set('LPIDR', 256n),
    ...hypervisors(UNSUPPORTED, DATA),
  },
  {
    name: 'the partition has hashed page tables',
    msr: PROGRAM,
    change: (world) => world.host.write(PARTITION_TABLE + 16n * LPID, world.partition),
    ...hypervisors(UNSUPPORTED, DATA),
  },
  {
    name: 'partition 0 in a guest',
    msr: PROGRAM,
    change: (world) => world.set('LPIDR', 0n),
    ...hypervisors(UNSUPPORTED, DATA),
  },
  {
    name: 'LPCR without process tables',
    msr: PROGRAM,
    change: (world) => world.set('LPCR', 0n),
    ...hypervisors(UNSUPPORTED, DATA),
  },
  {
    name: "the host's process table is not mapped in partition 0",
    msr: HOST_PROGRAM,
    change: (world) => world.host.write(PARTITION_TABLE, VALID | world.host.tree()),
    ...hypervisors(NONE | TABLE, 0n, true),
  },
  {
    name: "the host's process table is to be recorded in partition 0",
    msr: HOST_PROGRAM,
    change: (world) => world.host.map(world.partition0, world.processTable, world.processTable, READ),
    ...plain(RECORD),
  },
  {
    name: "the hypervisor's view of a guest",
    msr: HOST,
    ea: (1n << 62n) | DATA,
    change: (world) => world.guest.map(world.guestProgram, DATA, 0x60_0000n),
    ...hypervisors(NONE, 0x60_0000n, false, (1n << 62n) | DATA),
  },
];

const FAULTS: readonly FaultCase[] = [
  ...PROCESS_FAULTS(PROGRAM).map((each) => ({ ...each, name: `a guest: ${each.name}` })),
  ...PROCESS_FAULTS(HOST_PROGRAM).map((each) => ({ ...each, name: `the host: ${each.name}` })),
  ...PARTITION_FAULTS,
];

describe('faults', () => {
  const STATUS = [33, 34, 35, 36, 42, 43, 44, 45, 46, 47].reduce((mask, bit) => mask | (1n << BigInt(63 - bit)), 0n);

  it.each(FAULTS)('$name', ({ msr, change, ea = DATA, ...expected }) => {
    for (const access of ['load', 'store', 'fetch'] as const) {
      const world = new World(msr);
      change(world);
      const [vector, registers] = expected[access];
      const asdr = world.get('ASDR');
      expect(world.access(access, ea), access).toBe(vector);
      for (const [name, value] of Object.entries(registers)) {
        const [found = 0n] = world.get(name);
        if (name.endsWith('SRR1')) expect([found & STATUS, found & ~STATUS], `${access} ${name}`).toEqual([value, msr]);
        // The process table's address depends on where the tables of this world lie.
        else if (name === 'ASDR' && value === 0n) expect(found).toBe(world.processTable);
        else expect(found, `${access} ${name}`).toBe(value);
      }
      if (!('ASDR' in registers)) expect(world.get('ASDR')).toEqual(asdr);
    }
  });

  // Of two things that are wrong the first in this list is told.
  it('of a process come before those of the partition, protection before recording', () => {
    const world = new World(PROGRAM);
    world.map(DATA, 0x60_0000n, 0n);
    expect(world.access('store', DATA)).toBe(0x300);
    expect(world.get('DSISR')).toEqual([PROTECTED | 0x0200_0000n]);
    world.cpu.msr = PROGRAM;
    world.map(DATA, 0x60_0000n, READ | WRITE);
    expect(world.access('store', DATA)).toBe(0x300);
    expect(world.get('DSISR')).toEqual([RECORD | 0x0200_0000n]);
    world.cpu.msr = PROGRAM;
    world.map(DATA, 0x60_0000n);
    expect(world.access('store', DATA)).toBe(0xe00);
  });

  it.each([
    ['load', 0x0020_0000n, 0x40n],
    ['store', 0x0834_0000n, 0n],
    ['fetch', 0x080c_0000n, undefined],
  ] as const)('at real addresses that do not exist are machine checks: %s', (access, srr1, dsisr) => {
    const world = new World(HOST_PROGRAM);
    world.map(DATA, 0x7fff_0000n);
    expect(world.access(access, DATA)).toBe(0x200);
    expect((world.get('SRR1')[0] ?? 0n) & STATUS).toBe(srr1);
    if (dsisr !== undefined) expect(world.get('DAR', 'DSISR')).toEqual([DATA, dsisr]);
  });

  it.each([
    ['load', 0x0020_0000n, 0x20n],
    ['store', 0x0020_0000n, 0x20n],
    ['fetch', 0x0810_0000n, undefined],
  ] as const)('at tables that do not exist have codes of their own: %s', (access, srr1, dsisr) => {
    const world = new World(HOST_PROGRAM);
    set([13], VALID | 0x7fff_0000n | 9n)(world);
    expect(world.access(access, DATA)).toBe(0x200);
    expect((world.get('SRR1')[0] ?? 0n) & STATUS).toBe(srr1);
    if (dsisr !== undefined) expect(world.get('DAR', 'DSISR')).toEqual([DATA, dsisr]);
  });

  it('in the second page of an access leave memory and registers as they were', () => {
    const world = new World(PROGRAM);
    world.map(DATA, PAGE);
    world.cpu.setGpr(3, 0x1122334455667788n);
    expect(world.access('store', DATA + 0xffcn)).toBe(0x300);
    expect(world.get('DAR', 'r3')).toEqual([DATA + 0x1000n, 0x1122334455667788n]);
    expect(world.memory.read(GUEST + PAGE + 0xff8n, 8)).toEqual(new Uint8Array(8));
    world.cpu.msr = PROGRAM;
    expect(world.access('load', DATA + 0xffcn)).toBe(0x300);
    expect(world.cpu.gpr(3)).toBe(0x1122334455667788n);
  });

  it('do not befall an access to two pages that lie apart', () => {
    const world = new World(PROGRAM);
    world.map(DATA, PAGE + 0x5000n);
    world.map(DATA + 0x1000n, PAGE);
    world.cpu.setGpr(3, 0x1122334455667788n);
    expect(world.access('store', DATA + 0xffcn)).toBeUndefined();
    world.cpu.setGpr(3, 0n);
    expect(world.access('load', DATA + 0xffcn)).toBeUndefined();
    expect(world.cpu.gpr(3)).toBe(0x1122334455667788n);
    expect(world.memory.read(GUEST + PAGE, 4)).toEqual(Uint8Array.of(0x44, 0x33, 0x22, 0x11));
  });
});

describe('secure memory', () => {
  const SECRET = SECURE + 0x1000n;

  // Who, and what a load, store and fetch raise when the page is in secure memory.
  it.each([
    ["the host's program", HOST_PROGRAM, [0x300, 0x300, 0x400]],
    ['the ultravisor', HOST | S, [undefined, undefined, undefined]],
    ["a guest's program", PROGRAM, [0xe00, 0xe00, 0xe20]],
    ["a secure guest's program", PROGRAM | S, [undefined, undefined, undefined]],
  ] as const)('is reached by %s only with MSR.S', (_, msr, vectors) => {
    for (const [i, access] of (['load', 'store', 'fetch'] as const).entries()) {
      const world = new World(msr);
      world.code(SECRET, NOP);
      if ((msr & HV) === 0n) world.host.map(world.partition, 0x60_0000n, SECRET);
      world.map(DATA, (msr & HV) === 0n ? 0x60_0000n : SECRET);
      expect(world.access(access, DATA)).toBe(vectors[i]);
      if (vectors[i] === 0xe00)
        expect(world.get('HDSISR', 'ASDR')).toEqual([PROTECTED | (i === 1 ? 0x0200_0000n : 0n), 0x60_0000n]);
    }
  });

  it.each([
    ['normal', PROGRAM, 'secure'],
    ['secure', PROGRAM | S, undefined],
  ] as const)('may have the tree of a partition for a %s guest', (_, msr, kind) => {
    const world = new World(msr);
    world.map(DATA, PAGE);
    world.memory.write(SECURE, world.memory.read(world.partition & 0xfff_ff00n, 0x10000));
    world.host.write(PARTITION_TABLE + 16n * LPID, VALID | RTS52 | SECURE | 13n);
    const result = world.cpu.translate(DATA, 'load');
    if (kind === undefined) expect(result).toEqual({ ra: GUEST + PAGE });
    else
      expect(result).toMatchObject({
        fault: { kind, hypervisor: true, walk: true, gpa: world.guestProcessTable + 16n * PID },
      });
  });

  it('may have the partition table, also for those who cannot reach it', () => {
    const world = new World(PROGRAM);
    world.map(DATA, PAGE);
    world.memory.write(SECURE + 0x20000n, world.memory.read(PARTITION_TABLE, 0x1000));
    world.set('PTCR', SECURE + 0x20000n);
    expect(world.cpu.translate(DATA, 'load')).toEqual({ ra: GUEST + PAGE });
  });

  it('is not reached by translations that a secure state left behind', () => {
    const world = new World(PROGRAM | S);
    world.host.map(world.partition, 0x60_0000n, SECRET);
    world.map(DATA, 0x60_0000n);
    for (const access of ['load', 'store'] as const) expect(world.access(access, DATA)).toBeUndefined();
    world.cpu.msr = PROGRAM;
    expect(world.access('load', DATA)).toBe(0xe00);
    world.cpu.msr = PROGRAM;
    expect(world.access('store', DATA)).toBe(0xe00);
  });
});
