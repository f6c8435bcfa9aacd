/**
 * Where the CPU's state lies in the first bytes of the memory that it shares with generated code.
 *
 * Everything below `RESERVED_BYTES` of memory/physical.ts belongs to this map. Numbers are byte offsets.
 */
import { SLOTS } from '../isa/semantics';

/** 32 general purpose registers, 8 bytes each. */
export const GPR = 0x0;
/** Eight zero bytes: what (RA|0) reads. */
export const ZERO = 0x100;
/** One byte for each CR field: LT GT EQ SO. */
export const CR = 0x108;
/** Address of the next instruction, valid outside of generated code. */
export const NIA = 0x110;
export const MSR = 0x118;
/** Effective address minus host address, for the page from which instructions come. */
export const FETCH_BASE = 0x120;
/** Host address of the bank of the data translations for the current state; then that of the fetch translations. */
export const DATA_BANK = 0x128;
export const FETCH_BANK = 0x12c;
/** Rank of the current privilege (PRIVILEGE_RANK). */
export const PRIVILEGE = 0x130;
/** Why generated code came back: `EXIT`. */
export const EXIT = 0x134;
/** Number of the interrupt's cause and its information. */
export const CAUSE = 0x138;
export const CAUSE_INFO = 0x140;
/** Value that a host function hands to generated code. */
export const RESULT = 0x148;
/** Host address of the SPR access bytes for the current privilege: 1024 for reads, then 1024 for writes. */
export const SPR_ACCESS_ROW = 0x150;
/** The instruction that raised an interrupt. */
export const CAUSE_WORD = 0x154;
/** Facilities that are on in the current state: one bit for each row of isa/facilities.ts. */
export const FACILITIES = 0x158;
/** Bytes of the state above, without the SPRs. */
export const CORE_BYTES = 0x160;

/** 64 vector-scalar registers of 16 bytes, each one little-endian number. */
export const VSR = 0x800;
export const VSR_BYTES = 64 * 16;

/** 1024 special purpose registers, the slots behind them (isa/semantics.ts) and those of the CPU (`SLOT`), 8 bytes each. */
export const SPR = 0x1000;
/** What else a CPU keeps: numbers of slots. */
export const SLOT = {
  /** Bits of SIGNAL. */
  signals: SLOTS,
  /** Of the last interrupt: the instruction count (a double), and the weight of those before it that led nowhere. */
  entered: SLOTS + 1,
  entries: SLOTS + 2,
  /** Of all threads: time that passed without instructions (a double), doorbells of the ultravisor by thread. */
  slept: SLOTS + 3,
  ultravisorDoorbells: SLOTS + 4,
  /** Instructions until the next thread's turn, and whose turn it is. */
  turn: SLOTS + 5,
  thread: SLOTS + 6,
  /** Address of the last interrupt's handler. */
  handler: SLOTS + 7,
  /** Hash of the registers and the place that it interrupted, where another had come shortly before. */
  interrupted: SLOTS + 8,
} as const;
export const SPR_BYTES = (SLOTS + 9) * 8;

/** What a thread keeps about itself that is no register. */
export const SIGNAL = {
  /** Lines that devices hold. */
  external: 1,
  virtualization: 2,
  /** Events. */
  systemReset: 4,
  /** The interrupt of the last time that HDEC became negative was taken. */
  hdecTaken: 8,
  /** The thread executes nothing. */
  stopped: 16,
  waiting: 32,
} as const;
/** An address for instructions that are executed without fetching. Only its page offset matters. */
export const NO_FETCH_PAGE = 0x4000;
/** Access bytes of SPRs: for each privilege rank 2 x 1024. */
export const SPR_ACCESS = 0x8000;
/** Whether generated code may access an SPR by itself or must ask the host. */
export const SPR_ACCESS_PLAIN = 0;
export const SPR_ACCESS_HOST = 1;

/** Translations of instruction addresses: banks of entries { tag i64, addend i32, unused }. */
export const FETCH_TLB = 0x200000;
export const FETCH_ENTRIES = 1024;
export const FETCH_ENTRY_BYTES = 16;
/** Translations of data addresses: banks of entries { read tag i64, write tag i64, addend i32, unused }. */
export const DATA_TLB = 0x280000;
export const DATA_ENTRIES = 2048;
export const DATA_ENTRY_BYTES = 32;
/** S, HV, PR and the relocation bit make a bank of their own, so that a change of state flushes nothing. */
export const BANKS = 16;
export const FETCH_BANK_BYTES = FETCH_ENTRIES * FETCH_ENTRY_BYTES;
export const DATA_BANK_BYTES = DATA_ENTRIES * DATA_ENTRY_BYTES;

/** Handler numbers (u16) by primary opcode and the low 11 bits of the word. */
export const DECODE = 0x60000;
export const DECODE_ENTRIES = 1 << 17;

/** Host address of the bank of the entry cache for the current state, and how many look-ups found nothing there. */
export const ENTRY_BANK = 0x6000;
export const ENTRY_MISSES = 0x6004;
/** Address of the branch to CTR by which a region was left last. */
export const BRANCH = 0x6008;
/** What regions know of pages while they run: { page i64, addend i32, unused } (translator/windows.ts). */
export const WINDOWS = 0x6100;
export const WINDOW_BYTES = 16;
export const WINDOW_COUNT = 64;
/** Translated regions by their addresses: banks of entries { tag i64, index i32, countdown i32 } (translator/entries.ts). */
export const ENTRY_CACHE = 0x100000;
export const ENTRY_CACHE_ENTRIES = 4096;
export const ENTRY_CACHE_ENTRY_BYTES = 16;
export const ENTRY_CACHE_BANKS = 16;
export const ENTRY_BANK_BYTES = ENTRY_CACHE_ENTRIES * ENTRY_CACHE_ENTRY_BYTES;

/** Copies of pages with stops (stop-pages.ts). */
export const STOP_PAGE_COPIES = 0xa0000;
export const STOP_PAGES = 64;

/** Why generated code came back. */
export const EXIT_REASON = {
  /** The budget is used up. */
  budget: 0,
  /** The next instruction's page is not in the fetch translations. */
  fetch: 1,
  /** The instruction raised an interrupt. */
  interrupt: 2,
  /** MSR changed, or the instruction synchronizes: the host must look at the state. */
  state: 3,
  /** NIA has been visited often: the host may translate it. */
  hot: 4,
} as const;

export const PAGE_BYTES = 4096;
