/**
 * Numbers of Linux on 64-bit PowerPC that programs see: errors, signals, auxiliary vector, places in memory.
 *
 * Sources: Linux include/uapi (asm-generic/errno-base.h, errno.h, signal.h, auxvec.h) and arch/powerpc/include/uapi/asm
 * (cputable.h, auxvec.h); 64-bit ELF V2 ABI 4.1.2 (process initialization).
 */

// prettier-ignore
export const ERRNO = {
  EPERM: 1, ENOENT: 2, ESRCH: 3, EINTR: 4, EIO: 5, EBADF: 9, ECHILD: 10, EAGAIN: 11, ENOMEM: 12, EACCES: 13, EFAULT: 14, ENOTDIR: 20, EISDIR: 21,
  EINVAL: 22, EMFILE: 24, ENOTTY: 25, EFBIG: 27, ESPIPE: 29, EROFS: 30, EPIPE: 32, ERANGE: 34, ENAMETOOLONG: 36, ENOSYS: 38,
} as const;
export type ErrorName = keyof typeof ERRNO;

export const SIGNAL = { SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9, SIGSEGV: 11 } as const;
export type SignalName = keyof typeof SIGNAL;

/** Types of the auxiliary vector. */
// prettier-ignore
export const AT = {
  NULL: 0, PHDR: 3, PHENT: 4, PHNUM: 5, PAGESZ: 6, BASE: 7, FLAGS: 8, ENTRY: 9, UID: 11, EUID: 12, GID: 13, EGID: 14, PLATFORM: 15,
  HWCAP: 16, CLKTCK: 17, DCACHEBSIZE: 19, ICACHEBSIZE: 20, UCACHEBSIZE: 21, SECURE: 23, BASE_PLATFORM: 24, RANDOM: 25, HWCAP2: 26, EXECFN: 31,
} as const;

/** What AT_HWCAP and AT_HWCAP2 say of the processor. Decimal floating point and transactions are not there. */
const HWCAP = {
  64: 0x40000000,
  ALTIVEC: 0x10000000,
  FPU: 0x08000000,
  MMU: 0x04000000,
  SMT: 0x00004000,
  ARCH_2_05: 0x00001000,
  ARCH_2_06: 0x00000100,
  VSX: 0x00000080,
  TRUE_LE: 0x00000002,
} as const;
const HWCAP2 = {
  ARCH_2_07: 0x80000000,
  ISEL: 0x08000000,
  TAR: 0x04000000,
  VEC_CRYPTO: 0x02000000,
  ARCH_3_00: 0x00800000,
  IEEE128: 0x00400000,
} as const;
/** Bits of AT_HWCAP2 for instructions that a machine may lack, by the instruction's name. */
export const HWCAP2_OF = { darn: 0x00200000, scv: 0x00100000 } as const;

const sum = (bits: Readonly<Record<string, number>>): number => Object.values(bits).reduce((a, b) => a + b, 0);
export const HWCAP_VALUE = sum(HWCAP);
export const HWCAP2_VALUE = sum(HWCAP2);

/** Page size that programs see (AT_PAGESZ): 64 KiB, as distributions configure it. */
export const PAGE_BYTES = 0x10000;
/** Where the stack ends, how large it may grow, where mappings begin (downwards), where a position-independent program lies. */
export const STACK_TOP = 0x7fff_ffff_0000;
export const STACK_BYTES = 8 << 20;
export const MAPPING_TOP = 0x7fff_e000_0000;
export const PROGRAM_BASE = 0x1_0000_0000;
/** End of the addresses that a program may map. */
export const ADDRESS_LIMIT = 0x8000_0000_0000;

/** Ticks of the Time Base in a second: POWER9's 512 MHz. The Time Base counts instructions. */
export const TIME_BASE_HZ = 512_000_000n;
