import { describe, expect, it } from 'vitest';
import { AddressSpace } from '../../emulator/user/address-space';
import { ERRNO, type ErrorName } from '../../emulator/user/abi';
import { MSR_BIT } from '../../emulator/isa/registers';
import { PhysicalMemory } from '../../emulator/memory/physical';
import { SYSTEM_CALLS } from '../../emulator/user/system-calls';
import { BASE, DATA, EXIT, call, load, run, start } from './helpers';

const PAGE = 0x10000;
const error = (name: ErrorName) => -ERRNO[name];

/** Makes one call and gives its result as the program sees it: negative for an error. */
function result(number: number, args: readonly number[], outside = {}): number {
  const { process, cpu } = start(call(number, ...args), outside);
  process.run(2 * args.length + 2);
  return (cpu.cr & (1n << 28n)) === 0n ? Number(cpu.gpr(3)) : -Number(cpu.gpr(3));
}

describe('results', () => {
  // number, arguments, result
  it.each([
    ['getpid', 20, [], 1000],
    ['getuid', 24, [], 1000],
    ['a call that is not known', 4000, [], error('ENOSYS')],
    ['rseq', 387, [], error('ENOSYS')],
    ['write to a bad address', 4, [1, 0x100, 5], error('EFAULT')],
    ['write to no file', 4, [9, BASE, 5], error('EBADF')],
    ['read to what cannot be written', 3, [0, BASE, 5], error('EFAULT')],
    ['read at the end of the input', 3, [0, DATA, 5], 0],
    ['ioctl of the output', 54, [1, 0x402c7413, DATA], error('ENOTTY')],
    ['seek in a stream', 19, [1, 0, 0], error('ESPIPE')],
    ['open without files', 286, [0, BASE, 0], error('ENOENT')],
    ['brk of nothing', 45, [0], 0x10030000],
    ['brk further', 45, [0x10035000], 0x10035000],
    ['brk below the begin', 45, [0x1000], 0x10030000],
    ['brk beyond memory', 45, [0x70000000], 0x10030000],
    ['mmap of no byte', 90, [0, 0, 3, 0x22], error('EINVAL')],
    ['mmap without a file', 90, [0, PAGE, 3, 2, 9], error('EBADF')],
    ['mmap at an odd place', 90, [0x20000100, PAGE, 3, 0x32], error('EINVAL')],
    ['mmap at a place', 90, [0x20000000, PAGE, 3, 0x32], 0x20000000],
    ['mmap at a place that is taken', 90, [BASE, PAGE, 3, 0x100022], -17],
    ['munmap of nothing', 91, [0x30000000, PAGE], 0],
    ['munmap at an odd place', 91, [0x30000001, PAGE], error('EINVAL')],
    ['mprotect of nothing', 125, [0x30000000, PAGE, 1], error('ENOMEM')],
    ['mprotect of data', 125, [DATA, PAGE, 1], 0],
    ['kill of another process', 37, [5, 9], error('ESRCH')],
    ['kill with signal 0', 37, [1000, 0], 0],
    ['clock_gettime', 246, [1, DATA], 0],
    ['clock_gettime to nowhere', 246, [1, 8], error('EFAULT')],
    ['prlimit', 325, [0, 3, 0, DATA], 0],
    ['prlimit of too much', 325, [0, 99, 0, DATA], error('EINVAL')],
    ['rt_sigaction of no signal', 173, [65, 0, 0, 8], error('EINVAL')],
    ['rt_sigprocmask in no way', 174, [9, DATA, 0, 8], error('EINVAL')],
    ['getrandom', 359, [DATA, 32, 0], 32],
    ['uname', 122, [DATA], 0],
    ['getcwd in too little', 182, [DATA, 1], error('ERANGE')],
    ['sched_getaffinity', 223, [0, 128, DATA], 8],
    ['futex wake', 221, [DATA, 129, 1], 0],
    ['futex wait', 221, [DATA, 128, 1], error('ENOSYS')],
  ])('%s', (_, number, args, value) => expect(result(number, args)).toBe(value));

  it('of scv are negated errors without CR0.SO', () => {
    const { process, cpu } = start(' li 0,4000\n scv 0\n');
    process.run(2);
    expect([BigInt.asIntN(64, cpu.gpr(3)), cpu.cr, cpu.nia]).toEqual([-38n, 0n, BigInt(BASE + 8)]);
    expect(cpu.msr & MSR_BIT.PR).not.toBe(0n);
  });
});

describe('signals', () => {
  it.each([
    ['kill', ` ${call(37, 1000, 15)}`, 15],
    ['tgkill', ` ${call(250, 1000, 1000, 6)}`, 6],
  ])('%s ends the program', (_, text, signal) => expect(run(text).state).toMatchObject({ kind: 'killed', signal }));
  it('that are ignored do nothing', () => {
    // A struct sigaction with SIG_IGN at DATA.
    const text = ` ${load(9, DATA)} li 8,1\n std 8,0(9)\n ${call(173, 15, DATA, 0, 8)} ${call(37, 1000, 15)} li 3,3\n${EXIT}`;
    expect(run(text).state).toEqual({ kind: 'exited', code: 3 });
  });
});

describe('files', () => {
  const files = { '/data': 'some text', [`/${'a'.repeat(3)}`]: '' };
  const path = ' b over\npath: .asciz "/data"\n .balign 4\nover:\n';
  const open = ` ${call(5, BASE + 4, 0)} mr 30,3\n`;
  it('are read where there are some', () => {
    const text = `${path} ${open} mr 3,30\n ${load(4, DATA)} li 5,4\n li 0,3\n sc\n ${call(4, 1, DATA, 4)} mr 3,30\n${EXIT}`;
    expect(run(text, { files })).toMatchObject({ state: { code: 3 }, out: 'some' });
  });
  it.each([
    ['for writing', 1, error('EROFS')],
    ['as a folder', 0o40000, error('ENOTDIR')],
    ['for reading', 0, 3],
  ])('are opened %s', (_, flags, value) => {
    const { process, cpu } = start(`${path} ${call(5, BASE + 4, flags)}`, { files });
    process.run(7);
    expect((cpu.cr & (1n << 28n)) === 0n ? Number(cpu.gpr(3)) : -Number(cpu.gpr(3))).toBe(value);
  });
  it('have descriptors that share a position, until the last one is closed', () => {
    const copies = `${open} mr 3,30\n li 0,41\n sc\n mr 31,3\n`;
    const read = (fd: number, length: number, to: number): string =>
      ` mr 3,${fd}\n ${load(4, to)} li 5,${length}\n li 0,3\n sc\n`;
    const close = ' mr 3,30\n li 0,6\n sc\n';
    const text = `${path}${copies}${read(30, 3, DATA)}${close}${read(31, 4, DATA + 3)} add 29,3,31\n ${call(4, 1, DATA, 7)} mr 3,29\n${EXIT}`;
    expect(run(text, { files })).toMatchObject({ state: { code: 4 + 4 }, out: 'some te' });
  });
  it('take the place of standard streams with dup2', () => {
    const text = `${path}${open} mr 3,30\n li 4,0\n li 0,63\n sc\n ${call(3, 0, DATA, 9)} ${call(4, 1, DATA, 9)}\n${EXIT}`;
    expect(run(text, { files, input: ['not this'] }).out).toBe('some text');
  });
  it('send what goes to a copy of standard error there', () => {
    const text = ` ${call(63, 2, 1)} ${call(4, 1, BASE, 0)} ${load(9, DATA)} li 8,0x41\n stb 8,0(9)\n ${call(4, 1, DATA, 1)}\n${EXIT}`;
    expect(run(text)).toMatchObject({ out: '', error: 'A' });
  });
  it.each([
    ['F_DUPFD, from a descriptor on', call(55, 1, 0, 7), 7],
    ['F_DUPFD of none', call(55, 9, 0, 7), error('EBADF')],
    ['F_GETFD of a copy that closes on exec', `${call(55, 1, 1030, 7)}${call(55, 7, 1)}`, 1],
    ['F_GETFL of standard output', call(55, 1, 3), 1],
    ['another command', call(55, 1, 99), error('EINVAL')],
    ['dup2 to itself', call(63, 1, 1), 1],
    ['dup3 to itself', call(316, 1, 1, 0), error('EINVAL')],
    ['dup2 beyond the table', call(63, 1, 5000), error('EBADF')],
    ['close', call(6, 2), 0],
    ['close, twice', `${call(6, 2)}${call(6, 2)}`, error('EBADF')],
  ])('fcntl and its like: %s', (_, text, value) => {
    const { process, cpu } = start(text);
    process.run(text.split('\n').length - 1);
    expect((cpu.cr & (1n << 28n)) === 0n ? Number(cpu.gpr(3)) : -Number(cpu.gpr(3))).toBe(value);
  });
  it('are listed from folders, piece by piece', () => {
    const folder = { size: 0, directory: true, read: () => new Uint8Array(), close: () => undefined };
    const names = ['a', 'long name'].map((name) => ({ name, directory: name === 'a' }));
    const io = {
      write: () => undefined,
      read: () => new Uint8Array(),
      open: () => ({ ...folder, entries: () => names }),
    };
    const list = ` mr 3,30\n ${load(4, DATA)} li 5,56\n li 0,202\n sc\n`;
    const { process, cpu } = start(`${path} ${open} ${list} mr 29,3\n ${list} mr 28,3\n ${list} b .\n`, {
      options: { io },
    });
    process.run(1000);
    expect([29, 28, 3].map((n) => Number(cpu.gpr(n)))).toEqual([48, 56, 0]);
    const bytes = process.space.read(DATA, 56)!;
    expect([bytes[18], new TextDecoder().decode(bytes.slice(19, 20))]).toEqual([4, 'a']);
    expect([bytes[24 + 18], new TextDecoder().decode(bytes.slice(24 + 19, 24 + 28))]).toEqual([8, 'long name']);
  });
  it('are ready at once, where there are any', () => {
    const events = [1, 5, 77]
      .map((fd, i) => `${load(8, fd)} stw 8,${8 * i}(9)\n li 8,5\n sth 8,${8 * i + 4}(9)\n`)
      .join('');
    const { process, cpu } = start(` ${load(9, DATA)} ${events} ${call(167, DATA, 2, 0)} b .\n`);
    process.run(1000);
    expect(cpu.gpr(3)).toBe(2n);
    expect([6, 14].map((at) => process.space.read(DATA + at, 1)![0])).toEqual([5, 0x20]);
  });
  it('are mapped as copies', () => {
    const text = `${path} ${open} li 3,0\n li 4,9\n li 5,1\n li 6,2\n mr 7,30\n li 8,0\n li 0,90\n sc\n lbz 3,5(3)\n${EXIT}`;
    expect(run(text, { files }).state).toEqual({ kind: 'exited', code: 't'.charCodeAt(0) });
  });
});

it('gives the same random numbers to the same seed', () => {
  const random = (seed: string) => {
    const { process } = start(` ${call(359, DATA, 16, 0)}`, { options: { seed } });
    process.run(100);
    return process.space.read(DATA, 16);
  };
  expect(random('a')).toEqual(random('a'));
  expect(random('a')).not.toEqual(random('b'));
});

it('has rows with names and numbers of their own', () => {
  const rows = [...SYSTEM_CALLS.values()];
  expect(rows.length).toBeGreaterThan(50);
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
});

describe('an address space', () => {
  const RW = { read: true, write: true, execute: false };
  const space = () => new AddressSpace(new PhysicalMemory(1 << 20, 0), () => undefined);
  it('parts and joins ranges', () => {
    const s = space();
    s.map(0x10000, 0x30000, RW);
    s.unmap(0x20000, 0x10000);
    expect([s.isMapped(0x10000, 0x20000), s.isMapped(0x10000, 0x30000), s.isFree(0x20000, 0x30000)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(s.protect(0x10000, 0x30000, RW)).toBe(false);
    s.map(0x20000, 0x10000, RW);
    expect(s.protect(0x18000, 0x20000, { ...RW, write: false })).toBe(true);
    expect([0x17fff, 0x18000, 0x37fff, 0x38000].map((at) => s.translate(at, 'write') !== undefined)).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
  it('finds room downwards, and none where it is full', () => {
    const s = space();
    const first = s.findFree(0x10000)!;
    s.map(first, 0x10000, RW);
    expect(s.findFree(0x20000)).toBe(first - 0x20000);
    expect(s.findFree(2 ** 47)).toBeUndefined();
  });
  it('shows zeros where nothing was written, also in memory that was used before', () => {
    const s = space();
    for (let round = 0; round < 4; round++) {
      s.map(0x10000, 0x40000, RW);
      expect(s.read(0x1fff0, 32)).toEqual(new Uint8Array(32));
      s.write(0x1fff0, new Uint8Array(32).fill(1));
      s.unmap(0x10000, 0x40000);
    }
    expect(s.usedBytes).toBe(0);
  });
});
