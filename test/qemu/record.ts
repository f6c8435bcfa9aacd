/**
 * A case as bytes: what both machines have before it, and, in the same places, after it.
 *
 * The harness that runs in QEMU loads the registers from a record, executes the case and stores them back. Doublewords are in
 * the byte order of the machine, the memory window is bytes.
 */

/** Places in a record. */
export const AT = {
  gpr: 0,
  vsr: 256,
  fpscr: 1280,
  /** A quadword, of which the last word counts. */
  vscr: 1296,
  xer: 1312,
  lr: 1320,
  ctr: 1328,
  cr: 1336,
  tar: 1344,
  vrsave: 1352,
  msr: 1360,
  /** Address of the case's code. */
  slot: 1368,
  /** Which of the slot's exits was taken, or FAULT_EXIT. */
  exit: 1376,
  /** Signal and its code, or in system mode vector and SRR1; address of the instruction, or SRR0; address of the data. */
  signal: 1384,
  signalCode: 1392,
  faultNia: 1400,
  faultAddress: 1408,
  /** Up to 15 special purpose registers of the mode. */
  sprs: 1416,
  memory: 1536,
} as const;
export const RECORD_BYTES = 2048;
export const FAULT_EXIT = 99;

/** Memory that cases may use, around the border of two pages. */
export const WINDOW_BYTES = 512;

/** Where things lie; the same addresses in both machines. */
export const PLACE = {
  /** Reached by displacements from 0, so that the harness needs no register of its own. Above the interrupt vectors. */
  low: 0x4000,
  lowBytes: 0x2000,
  harness: 0x10000,
  slots: 0x20000,
  stack: 0x1f00000,
  window: 0x2001000 - WINDOW_BYTES / 2,
  records: 0x3000000,
} as const;

/** Words of the harness in low memory. */
export const LOW = {
  current: 0x4000,
  end: 0x4008,
  lr: 0x4010,
  r31: 0x4018,
  exit: 0x4020,
  reservation: 0x4040,
} as const;

/** One slot of code: what loads LR and r31, then the case, then its exits. */
export const SLOT_BYTES = 256;
export const PROLOGUE_WORDS = 3;
/** Most words of a case. */
export const CASE_WORDS = 24;
/** Exits behind the case: a branch can leave by any. */
export const EXITS = 4;
export const EXIT_WORDS = 3;

/** Exits at low addresses, for absolute branches: where they begin, and the number of the first. */
export const LOW_EXIT_BASE = 0x5010;
export const LOW_EXITS = 90;
/** Where the harness goes on after a fault. */
export const FAULT_LANDING = 0x5000;

/** Address of the first instruction of the case in slot n. */
export const caseAddress = (n: number): number => PLACE.slots + n * SLOT_BYTES + 4 * PROLOGUE_WORDS;
