/** The software TLB: what it may keep, what it has to forget, and that it never shows one state what another one sees. */
import { describe, expect, it } from 'vitest';
import { GUEST, HV, LPID, NOP, ON, PARTITION_TABLE, PID, PR, SF, World } from './radix-world';
import { ALL, GB1, KB4, KB64, MB2 } from './trees';

const HOST_PROGRAM = ON | HV | PR;
const OS = ON;
const PROGRAM = ON | PR;
const DATA = 0x8000n;
const PAGE = 0x30_0000n;

describe('processes', () => {
  it('come and go by PIDR, more of them than the TLB has banks', () => {
    const world = new World(PROGRAM);
    const trees = Array.from({ length: 20 }, () => world.guest.tree());
    for (const [pid, tree] of trees.entries()) {
      world.guest.write(world.guestProcessTable + 16n * BigInt(pid), tree);
      world.guest.map(tree, DATA, PAGE + 0x1000n * BigInt(pid));
      world.guest.map(tree, 0x1000n, PAGE + 0x8_0000n);
      world.memory.write(GUEST + PAGE + 0x1000n * BigInt(pid), Uint8Array.of(pid));
    }
    world.code(GUEST + PAGE + 0x8_0000n, NOP, NOP, NOP);
    for (let round = 0; round < 3; round++) {
      for (const pid of trees.keys()) {
        world.set('PIDR', BigInt(pid));
        expect(world.access('load', DATA)).toBeUndefined();
        expect(world.cpu.gpr(3)).toBe(BigInt(pid));
        expect(world.access('fetch', 0x1000n)).toBeUndefined();
      }
    }
  });

  it('of several partitions come and go by LPIDR', () => {
    const world = new World(PROGRAM);
    world.map(DATA, PAGE);
    world.host.write(PARTITION_TABLE + 16n * 6n, world.host.read(PARTITION_TABLE + 16n * LPID));
    const table = world.guest.room(9);
    const tree = world.guest.tree();
    world.guest.write(table + 16n * PID, tree);
    world.guest.map(tree, DATA, PAGE + 0x1000n);
    world.host.write(PARTITION_TABLE + 16n * 6n + 8n, (1n << 63n) | table);
    world.memory.write(GUEST + PAGE, Uint8Array.of(5));
    world.memory.write(GUEST + PAGE + 0x1000n, Uint8Array.of(6));
    for (const lpid of [5n, 6n, 5n, 6n]) {
      world.set('LPIDR', lpid);
      expect(world.access('load', DATA)).toBeUndefined();
      expect(world.cpu.gpr(3)).toBe(lpid);
    }
  });

  it('fetch the next instruction by the new PIDR', () => {
    for (const slices of [[2], [1, 1]]) {
      const world = new World(OS);
      const other = world.guest.tree();
      world.guest.write(world.guestProcessTable + 16n * 4n, other);
      world.map(DATA, PAGE);
      world.guest.map(other, DATA, PAGE + 0x1000n);
      world.code(GUEST + PAGE, 0x7c70_0ba6 /* mtspr 48,3 */, 0x3860_0063 /* li 3,99 */);
      world.code(GUEST + PAGE + 0x1000n, NOP, 0x3860_0064 /* li 3,100 */);
      world.cpu.nia = DATA;
      world.cpu.setGpr(3, 4n);
      for (const instructions of slices) expect(world.cpu.run(instructions).reason).toBe('budget');
      expect(world.cpu.gpr(3)).toBe(100n);
    }
  });

  it('take their registers with them when a context is loaded', () => {
    const world = new World(PROGRAM);
    world.map(DATA, PAGE);
    const other = world.guest.tree();
    world.guest.write(world.guestProcessTable + 16n * 4n, other);
    world.guest.map(other, DATA, PAGE + 0x1000n);
    world.memory.write(GUEST + PAGE, Uint8Array.of(3));
    world.memory.write(GUEST + PAGE + 0x1000n, Uint8Array.of(4));
    world.access('load', DATA);
    const third = world.cpu.saveContext();
    world.set('PIDR', 4n);
    world.access('load', DATA);
    expect(world.cpu.gpr(3)).toBe(4n);
    world.cpu.loadContext(third);
    world.access('load', DATA);
    expect(world.cpu.gpr(3)).toBe(3n);
  });
});

describe('a table', () => {
  /** A guest's program that has the table with the entry of DATA at TABLE. */
  const TABLE = 0x10_0000n;
  function withTable() {
    const world = new World(PROGRAM);
    const entry = world.map(DATA, PAGE);
    world.map(TABLE, entry & ~0xfffn);
    world.memory.write(GUEST + PAGE, Uint8Array.of(1));
    world.memory.write(GUEST + PAGE + 0x1000n, Uint8Array.of(2));
    return { world, entry, ea: TABLE | (entry & 0xfffn) };
  }
  /** The entry as a load or store of a little-endian program has it. */
  const swapped = (value: bigint): bigint => {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt.asUintN(64, value));
    return view.getBigUint64(0, true);
  };
  const loads = (world: World, ea = DATA): bigint | number => world.access('load', ea) ?? world.cpu.gpr(3);

  it('that software changes is seen at once', () => {
    const { world, entry, ea } = withTable();
    expect(loads(world)).toBe(1n);
    world.cpu.setGpr(3, swapped(world.guest.read(entry) + 0x1000n));
    expect(world.access('store', ea)).toBeUndefined();
    expect(loads(world)).toBe(2n);
    world.cpu.setGpr(3, 0n);
    expect(world.access('store', ea)).toBeUndefined();
    expect(loads(world)).toBe(0x300);
  });

  it('that a device changes is seen at once', () => {
    const { world, entry } = withTable();
    expect(loads(world)).toBe(1n);
    world.guest.write(entry, world.guest.read(entry) + 0x1000n);
    expect(loads(world)).toBe(2n);
    world.guest.write(world.guestProcessTable + 16n * PID, world.guestKernel);
    expect(loads(world)).toBe(0x300);
    world.cpu.msr = PROGRAM;
    world.host.write(PARTITION_TABLE + 16n * LPID, 0n);
    expect(loads(world)).toBe(0xe00);
  });

  it('that moves a page with code takes effect on code that has run often', () => {
    const world = new World(PROGRAM);
    const entry = world.map(DATA, PAGE);
    const loop = (add: number) => [0x3863_0000 | add /* addi 3,3,add */, 0x4200_fffc /* bdnz .-4 */];
    world.code(GUEST + PAGE, ...loop(1));
    world.code(GUEST + PAGE + 0x1000n, ...loop(100));
    const rounds = (n: bigint): bigint => {
      world.cpu.nia = DATA;
      world.cpu.ctr = n;
      world.cpu.setGpr(3, 0n);
      expect(world.cpu.run(2 * Number(n)).reason).toBe('budget');
      return world.cpu.gpr(3);
    };
    expect(rounds(50_000n)).toBe(50_000n);
    world.guest.write(entry, world.guest.read(entry) + 0x1000n);
    expect(rounds(50_000n)).toBe(5_000_000n);
    world.guest.write(entry, world.guest.read(entry) - 0x1000n);
    expect(rounds(10n)).toBe(10n);
    world.guest.write(entry, 0n);
    world.cpu.nia = DATA;
    expect(world.access('fetch', DATA)).toBe(0x400);
  });

  it('of another process does not serve code that has run often in the first one', () => {
    const world = new World(PROGRAM);
    const other = world.guest.tree();
    world.guest.write(world.guestProcessTable + 16n * 4n, other);
    world.map(DATA, PAGE);
    world.guest.map(other, DATA, PAGE + 0x1000n);
    for (const [page, add] of [
      [PAGE, 1],
      [PAGE + 0x1000n, 100],
    ] as const) {
      world.code(GUEST + page, 0x3863_0000 | add, 0x4200_fffc);
    }
    for (const [pid, sum] of [
      [PID, 20_000n],
      [4n, 2_000_000n],
      [PID, 20_000n],
      [4n, 2_000_000n],
    ] as const) {
      world.set('PIDR', pid);
      world.cpu.nia = DATA;
      world.cpu.ctr = 20_000n;
      world.cpu.setGpr(3, 0n);
      world.cpu.run(40_000);
      expect(world.cpu.gpr(3)).toBe(sum);
    }
  });

  it('may have the entry by which the store to it was found', () => {
    const { world, ea } = withTable();
    const own = world.map(TABLE, world.guest.entry(world.guestProgram, DATA, [13, 9, 9, 9]) & ~0xfffn);
    const at = (ea & ~0xfffn) | (own & 0xfffn);
    world.cpu.setGpr(3, 0n);
    expect(world.access('store', at)).toBeUndefined();
    expect(world.access('store', at)).toBe(0x300);
  });

  it('can get entries without costing those in use', () => {
    const { world, entry, ea } = withTable();
    expect(loads(world)).toBe(1n);
    world.forbid(entry, GUEST);
    world.cpu.setGpr(3, swapped(world.guest.read(entry) | ALL));
    expect(world.access('store', ea + 8n)).toBeUndefined();
    expect(loads(world)).toBe(1n);
    // Also when an entry beside them changes that is in use; only its page is translated anew.
    expect(loads(world, DATA + 0x1000n)).toBe(1n);
    world.cpu.setGpr(3, swapped(world.guest.read(entry + 8n) + 0x1000n));
    expect(world.access('store', ea + 8n)).toBeUndefined();
    expect(loads(world, DATA + 0x1000n)).toBe(2n);
    expect(loads(world)).toBe(1n);
  });

  // What comes from an entry is of its size, and in every state that uses it.
  const HIGH = 0x9_4001_0000n;
  it.each([
    ['a page of 4 KiB', KB4, 0xfffn],
    ['a page of 64 KiB', KB64, 0x0n],
    ['a page of 64 KiB', KB64, 0xf000n],
    ['a page of 2 MiB', MB2, 0x12_3000n],
    ['a page of 1 GiB', GB1, 0x0n],
    ['a page of 1 GiB', GB1, 0x1f_f000n],
  ] as const)('ends all of %s with its entry (%i, offset %i)', (_, shift, offset) => {
    for (const access of ['load', 'store', 'fetch'] as const) {
      const world = new World(PROGRAM);
      const start = HIGH & -(1n << BigInt(shift));
      const entry = world.map(start, 0n, ALL, shift);
      const ea = start + (access === 'fetch' ? offset & ~3n : offset & ~7n);
      world.code(GUEST + ((ea - start) & 0x1f_ffffn), NOP, NOP);
      expect(world.access(access, ea)).toBeUndefined();
      world.guest.write(entry, 0n);
      world.cpu.msr = PROGRAM;
      expect(world.access(access, ea)).toBe(access === 'fetch' ? 0x400 : 0x300);
    }
  });
  it.each([
    ['the root', 0],
    ['the second level', 1],
    ['the third level', 2],
  ])('ends what lies below a directory entry of %s', (_, level) => {
    const world = new World(PROGRAM);
    world.map(HIGH, PAGE);
    expect(loads(world, HIGH)).toBe(0n);
    world.guest.write(world.guest.entry(world.guestProgram, HIGH, [13, 9, 9].slice(0, level + 1)), 0n);
    expect(loads(world, HIGH)).toBe(0x300);
  });
  it('that two processes share is seen to change by both', () => {
    const world = new World(PROGRAM);
    const entry = world.map(DATA, PAGE);
    const other = world.guest.tree();
    world.guest.write(world.guestProcessTable + 16n * 4n, other);
    world.guest.write(
      world.guest.entry(other, DATA, [13, 9, 9]),
      world.guest.read(world.guest.entry(world.guestProgram, DATA, [13, 9, 9])),
    );
    const pids = [PID, 4n];
    for (const pid of pids) {
      world.set('PIDR', pid);
      expect(loads(world)).toBe(0n);
    }
    world.guest.write(entry, 0n);
    for (const pid of pids) {
      world.set('PIDR', pid);
      world.cpu.msr = PROGRAM;
      expect(loads(world)).toBe(0x300);
    }
  });
  it('that maps a page at two addresses ends both', () => {
    const world = new World(PROGRAM);
    const entry = world.map(DATA, PAGE);
    // A directory entry elsewhere that leads to the same table.
    const directory = world.guest.read(world.guest.entry(world.guestProgram, DATA, [13, 9, 9]));
    world.guest.write(world.guest.entry(world.guestProgram, HIGH, [13, 9, 9]), directory);
    const second = (HIGH & -(1n << 21n)) | DATA;
    for (const ea of [DATA, second]) expect(loads(world, ea)).toBe(0n);
    world.guest.write(entry, 0n);
    for (const ea of [DATA, second]) {
      world.cpu.msr = PROGRAM;
      expect(loads(world, ea)).toBe(0x300);
    }
  });
  it.each([
    ["an operating system's own addresses, whatever process runs", OS, 3n << 62n, true],
    ["the hypervisor's view of a guest", ON | HV, 1n << 62n, false],
    ["the hypervisor's view of a guest's operating system", ON | HV, 2n << 62n, true],
  ] as const)('ends %s', (_, msr, quadrant, ofKernel) => {
    const world = new World(msr);
    const entry = world.guest.map(ofKernel ? world.guestKernel : world.guestProgram, DATA, PAGE);
    expect(loads(world, quadrant | DATA)).toBe(0n);
    world.guest.write(entry, 0n);
    world.cpu.msr = msr;
    expect(loads(world, quadrant | DATA)).toBe(0x300);
  });
  it.each([
    ['partition-scoped, for programs', PROGRAM],
    ['partition-scoped, for real mode', SF],
  ])('%s, ends everything', (_, msr) => {
    const world = new World(msr);
    if (msr === PROGRAM) world.map(0x1000n, 0x1000n);
    expect(world.access('load', 0x1000n)).toBeUndefined();
    world.host.write(world.host.entry(world.partition, 0n, [13, 9, 9]), 0n);
    world.cpu.msr = msr;
    expect(world.access('load', 0x1000n)).toBe(0xe00);
  });
  it("leaves other processes' pages alone", () => {
    const world = new World(PROGRAM);
    const other = world.guest.tree();
    world.guest.write(world.guestProcessTable + 16n * 4n, other);
    const entry = world.map(DATA, PAGE);
    const theirs = world.guest.map(other, DATA, PAGE);
    world.set('PIDR', 4n);
    expect(loads(world)).toBe(0n);
    world.forbid(theirs, GUEST);
    world.set('PIDR', PID);
    expect(loads(world)).toBe(0n);
    world.guest.write(entry, 0n);
    world.set('PIDR', 4n);
    expect(loads(world)).toBe(0n);
  });

  it('serves alike whether or not breakpoints empty the TLB', () => {
    const results = [undefined, 0x4000n].map((breakpoint) => {
      const { world, entry } = withTable();
      const seen: (bigint | number)[] = [];
      // Software that takes R away and does not invalidate, as systems do that look for pages to give up.
      for (const bits of [ALL, ALL & ~0x100n, ALL]) {
        world.guest.write(entry, (world.guest.read(entry) & ~0xfffn) | bits);
        if (breakpoint !== undefined) world.cpu.setBreakpoints(new Set([breakpoint]));
        world.cpu.msr = PROGRAM;
        seen.push(loads(world));
      }
      return seen;
    });
    expect(results).toEqual([
      [1n, 0x300, 1n],
      [1n, 0x300, 1n],
    ]);
  });
});

describe('a translation in use', () => {
  it('ends when LPCR no longer has process tables, and is there when it has them again', () => {
    const world = new World(PROGRAM);
    const [lpcr = 0n] = world.get('LPCR');
    world.map(DATA, PAGE);
    expect(world.access('load', DATA)).toBeUndefined();
    world.set('LPCR', 0n);
    expect(world.access('load', DATA)).toBe(0xe00);
    world.set('LPCR', lpcr);
    world.cpu.msr = PROGRAM;
    expect(world.access('load', DATA)).toBeUndefined();
  });

  it('ends when the process table moves', () => {
    const world = new World(PROGRAM);
    world.map(DATA, PAGE);
    expect(world.access('load', DATA)).toBeUndefined();
    world.set('PTCR', 0x7f000n);
    expect(world.access('load', DATA)).toBe(0xe00);
  });

  it('is that of the effective address, not of another with the same low half', () => {
    const world = new World(PROGRAM);
    const twin = (1n << 40n) | DATA;
    world.map(DATA, PAGE);
    world.map(twin, PAGE + 0x1000n);
    world.memory.write(GUEST + PAGE, Uint8Array.of(1));
    world.memory.write(GUEST + PAGE + 0x1000n, Uint8Array.of(2));
    for (const [ea, value] of [
      [DATA, 1n],
      [twin, 2n],
      [DATA, 1n],
    ] as const) {
      expect(world.access('load', ea)).toBeUndefined();
      expect(world.cpu.gpr(3)).toBe(value);
    }
    world.cpu.setGpr(3, 9n);
    expect(world.access('store', twin)).toBeUndefined();
    expect(world.access('load', DATA)).toBeUndefined();
    expect(world.cpu.gpr(3)).toBe(1n);
  });

  it('shows what was stored through another address, to loads and to fetches', () => {
    const world = new World(PROGRAM);
    world.map(DATA, PAGE);
    world.map(0x5_0000n, PAGE);
    world.code(GUEST + PAGE, NOP);
    expect(world.access('fetch', 0x5_0000n)).toBeUndefined();
    world.cpu.setGpr(3, 0x3860_0063n); // li r3,99
    expect(world.access('store', DATA)).toBeUndefined();
    expect(world.access('fetch', 0x5_0000n)).toBeUndefined();
    expect(world.cpu.gpr(3)).toBe(99n);
  });

  it('lets nobody store to a page that it has only loaded from', () => {
    const world = new World(PROGRAM);
    world.map(DATA, PAGE, ALL & ~2n);
    expect(world.access('load', DATA)).toBeUndefined();
    expect(world.access('store', DATA)).toBe(0x300);
  });

  it('does not serve another privilege', () => {
    const world = new World(OS);
    world.map(DATA, PAGE, ALL | 8n);
    world.code(GUEST + PAGE, NOP);
    for (const access of ['load', 'store', 'fetch'] as const) {
      world.cpu.msr = OS;
      expect(world.access(access, DATA)).toBeUndefined();
      world.cpu.msr = PROGRAM;
      expect(world.access(access, DATA)).toBeDefined();
    }
  });
});

describe('a modelled hypervisor', () => {
  const scope = (table?: bigint) => ({
    translate: (_lpid: number, gpa: bigint) => (gpa < 0x40_0000n ? GUEST + gpa : undefined),
    processTable: () => table,
  });

  it('whose guest has no process table maps one to one, whatever relocation says', () => {
    const world = new World(PROGRAM);
    world.cpu.partitionScope = scope();
    expect(world.cpu.translate(0x1234n, 'store')).toEqual({ ra: GUEST + 0x1234n });
    expect(world.cpu.translate(0x40_0000n, 'store')).toMatchObject({
      fault: { kind: 'no translation', hypervisor: true },
    });
    world.cpu.msr = HOST_PROGRAM;
    expect(world.cpu.translate(0x1234n, 'store')).toEqual({ ra: 0x1234n });
  });

  it('has its guest translate once it has registered a process table', () => {
    const world = new World(PROGRAM);
    world.map(DATA, PAGE);
    world.map(DATA + 0x1000n, 0x40_0000n);
    world.cpu.partitionScope = scope(world.guestProcessTable);
    expect(world.cpu.translate(DATA, 'load')).toEqual({ ra: GUEST + PAGE });
    expect(world.access('load', DATA + 0x1000n)).toBe(0xe00);
    expect(world.get('ASDR', 'HDSISR')).toEqual([0x40_0000n, 0x4000_0000n]);
    world.cpu.msr = PROGRAM;
    expect(world.access('load', DATA + 0x2000n)).toBe(0x300);
  });
});
