/**
 * System calls of Linux on 64-bit PowerPC, one row each: number, name, how many arguments, what it does.
 *
 * Here are those of processes, signals and time; file-calls.ts and memory-calls.ts have the others. Numbers: Linux
 * arch/powerpc/kernel/syscalls/syscall.tbl.
 */
import { TIME_BASE_HZ } from './abi';
import { type CallResult, type SystemCallRow, call, error } from './call';
import { FILE_CALLS } from './file-calls';
import { MEMORY_CALLS } from './memory-calls';
import type { Kernel } from './kernel';

/** The one process of the machine, and its thread. */
const PID = 1000;
const USER = 1000;

// prettier-ignore
const PROCESS_CALLS: readonly SystemCallRow[] = [
  call(1,   'exit',            1, (_, [code]) => ({ exit: Number(code & 255n) })),
  call(234, 'exit_group',      1, (_, [code]) => ({ exit: Number(code & 255n) })),
  call(20,  'getpid',          0, () => PID),
  call(64,  'getppid',         0, () => 1),
  call(65,  'getpgrp',         0, () => PID),
  call(132, 'getpgid',         1, () => PID),
  call(80,  'getgroups',       2, () => 0),
  call(207, 'gettid',          0, () => PID),
  call(24,  'getuid',          0, () => USER),
  call(47,  'getgid',          0, () => USER),
  call(49,  'geteuid',         0, () => USER),
  call(50,  'getegid',         0, () => USER),
  call(60,  'umask',           1, () => 0o22),
  call(232, 'set_tid_address', 1, () => PID),
  call(300, 'set_robust_list', 2, () => 0),
  call(387, 'rseq',            4, () => error('ENOSYS')),
  call(158, 'sched_yield',     0, () => 0),
  call(223, 'sched_getaffinity', 3, (kernel, [, size, to]) => size < 8n ? error('EINVAL') : kernel.put(to, 1n) ?? 8),
  call(221, 'futex',           6, (_, [, operation]) => ((operation & 0x7fn) === 1n ? 0 : error('ENOSYS'))),
  call(122, 'uname',           1, (kernel, [to]) => uname(kernel, to)),
  call(325, 'prlimit64',       4, (kernel, [, resource, wanted, old]) => limits(kernel, resource, old, wanted)),
  call(190, 'ugetrlimit',      2, (kernel, [resource, to]) => limits(kernel, resource, to, 0n)),
  call(77,  'getrusage',       2, (kernel, [, to]) => kernel.zero(to, 144)),
];

// prettier-ignore
const SIGNAL_CALLS: readonly SystemCallRow[] = [
  call(173, 'rt_sigaction',    4, (kernel, [signal, action, old]) => signalAction(kernel, signal, action, old)),
  call(174, 'rt_sigprocmask',  4, (kernel, [how, set, old]) => signalMask(kernel, how, set, old)),
  call(185, 'sigaltstack',     2, (kernel, [, old]) => (old === 0n ? 0 : kernel.zero(old, 24))),
  call(37,  'kill',            2, (kernel, [pid, signal]) => send(kernel, pid, signal)),
  call(208, 'tkill',           2, (kernel, [pid, signal]) => send(kernel, pid, signal)),
  call(250, 'tgkill',          3, (kernel, [, pid, signal]) => send(kernel, pid, signal)),
];

// prettier-ignore
const TIME_CALLS: readonly SystemCallRow[] = [
  call(13,  'time',            1, (kernel, [to]) => { const now = seconds(kernel); return to === 0n ? now : kernel.put(to, now) ?? now; }),
  call(78,  'gettimeofday',    2, (kernel, [to]) => kernel.put(to, seconds(kernel), (nanoseconds(kernel) % SECOND) / 1000n) ?? 0),
  call(246, 'clock_gettime',   2, (kernel, [, to]) => kernel.put(to, seconds(kernel), nanoseconds(kernel) % SECOND) ?? 0),
  call(247, 'clock_getres',    2, (kernel, [, to]) => (to === 0n ? 0 : kernel.put(to, 0n, 2n) ?? 0)),
  call(162, 'nanosleep',       2, () => 0),
  call(248, 'clock_nanosleep', 4, () => 0),
  call(359, 'getrandom',       3, (kernel, [to, length]) => random(kernel, to, length)),
];

/** All calls by number. */
export const SYSTEM_CALLS: ReadonlyMap<number, SystemCallRow> = new Map(
  [...PROCESS_CALLS, ...SIGNAL_CALLS, ...TIME_CALLS, ...FILE_CALLS, ...MEMORY_CALLS].map((row) => [row.number, row]),
);

const SECOND = 1_000_000_000n;
/** Time begins with the program and passes with its instructions. */
const nanoseconds = (kernel: Kernel): bigint => (kernel.instructions * SECOND) / TIME_BASE_HZ;
const seconds = (kernel: Kernel): bigint => nanoseconds(kernel) / SECOND;

function uname(kernel: Kernel, to: bigint): number {
  const machine = kernel.littleEndian ? 'ppc64le' : 'ppc64';
  const fields = ['Linux', 'pef', '6.1.0', '#1 SMP', machine, '(none)'];
  const bytes = new Uint8Array(65 * fields.length);
  fields.forEach((field, i) => bytes.set(new TextEncoder().encode(field), 65 * i));
  return kernel.write(to, bytes);
}

const RLIMIT_STACK = 3n;
function limits(kernel: Kernel, resource: bigint, old: bigint, wanted: bigint): number {
  if (resource > 15n) return error('EINVAL');
  if (wanted !== 0n) return error('EPERM');
  if (old === 0n) return 0;
  const infinite = (1n << 64n) - 1n;
  return kernel.put(old, resource === RLIMIT_STACK ? kernel.stackBytes : infinite, infinite) ?? 0;
}

/** Bytes of struct sigaction: handler, flags, restorer, mask. */
const SIGACTION_BYTES = 32;
function signalAction(kernel: Kernel, signal: bigint, action: bigint, old: bigint): number {
  const number = Number(signal);
  if (number < 1 || number > 64) return error('EINVAL');
  const before = kernel.signalActions.get(number) ?? new Uint8Array(SIGACTION_BYTES);
  if (action !== 0n) {
    const bytes = kernel.read(action, SIGACTION_BYTES);
    if (!bytes) return error('EFAULT');
    kernel.signalActions.set(number, bytes);
  }
  return old === 0n ? 0 : kernel.write(old, before);
}

/** SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK. */
function signalMask(kernel: Kernel, how: bigint, set: bigint, old: bigint): number {
  const before = kernel.signalMask;
  if (set !== 0n) {
    const value = kernel.get(set);
    if (value === undefined) return error('EFAULT');
    if (how === 0n) kernel.signalMask = before | value;
    else if (how === 1n) kernel.signalMask = before & ~value;
    else if (how === 2n) kernel.signalMask = value;
    else return error('EINVAL');
  }
  return old === 0n ? 0 : (kernel.put(old, before) ?? 0);
}

/** SIGCHLD, SIGCONT, SIGURG, SIGWINCH do nothing by themselves. */
const HARMLESS = [0, 17, 18, 23, 28];
const SIG_IGN = 1n;
function send(kernel: Kernel, pid: bigint, signal: bigint): CallResult {
  if (pid !== BigInt(PID) && pid !== 0n) return error('ESRCH');
  const number = Number(signal);
  if (number > 64) return error('EINVAL');
  if (HARMLESS.includes(number) || kernel.handlerOf(number) === SIG_IGN) return 0;
  return { signal: number };
}

function random(kernel: Kernel, to: bigint, length: bigint): number {
  const bytes = kernel.random.generate(Number(length > 65536n ? 65536n : length));
  const done = kernel.write(to, bytes);
  return done < 0 ? done : bytes.length;
}
