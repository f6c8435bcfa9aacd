/**
 * The program that runs cases in QEMU: it goes through the records, loads the registers from one, runs the case's slot and
 * stores the registers back.
 *
 * Any register may belong to a case. The harness finds its own again by absolute addresses (RA = 0), for which it has
 * some doublewords in low memory.
 */
import * as c from './code';
import { AT, EXITS, LOW, PLACE, PROLOGUE_WORDS, RECORD_BYTES, WINDOW_BYTES } from './record';

/** What differs between user mode and a bare machine: the beginning, the end, the way into a case. */
export interface HarnessKind {
  readonly begin: (code: c.Code) => void;
  /** r31 is the record, LR and r31 are already in low memory, r3 and r4 are free; GPRs are loaded after it. */
  readonly beforeCase: (code: c.Code) => void;
  /** The instruction that enters the slot. */
  readonly enter: number;
  /** r31 is the record, all other registers are saved. */
  readonly afterCase: (code: c.Code) => void;
  readonly end: (code: c.Code) => void;
}

export function harness(kind: HarnessKind): c.Code {
  const code = new c.Code(PLACE.harness);
  kind.begin(code);
  code
    .label('next')
    .emit(c.ld(31, LOW.current, 0), c.ld(3, LOW.end, 0), c.cmpld(31, 3))
    .bge('done');
  code.constant(4, PLACE.window);
  for (let at = 0; at < WINDOW_BYTES; at += 8) code.emit(c.ld(3, AT.memory + at, 31), c.std(3, at, 4));
  code.emit(c.lfd(0, AT.fpscr, 31), c.mtfsfAll(0));
  code.emit(c.li(3, AT.vscr), c.lxvd2x(32, 31, 3), c.mtvscr(0));
  for (let n = 0; n < 64; n++) code.emit(c.li(3, AT.vsr + 16 * n), c.lxvd2x(n, 31, 3));
  for (const name of ['xer', 'ctr', 'tar', 'vrsave'] as const)
    code.emit(c.ld(3, AT[name], 31), c.mtspr(c.SPR[name], 3));
  code.emit(c.ld(3, AT.cr, 31), c.mtcr(3));
  code.emit(c.ld(3, AT.lr, 31), c.std(3, LOW.lr, 0), c.ld(3, AT.gpr + 8 * 31, 31), c.std(3, LOW.r31, 0));
  kind.beforeCase(code);
  for (let n = 0; n < 31; n++) code.emit(c.ld(n, AT.gpr + 8 * n, 31));
  code.emit(kind.enter);

  code.label('leave').emit(c.std(31, LOW.exit, 0), c.ld(31, LOW.current, 0));
  for (let n = 0; n < 31; n++) code.emit(c.std(n, AT.gpr + 8 * n, 31));
  code.emit(c.ld(3, LOW.r31, 0), c.std(3, AT.gpr + 8 * 31, 31), c.ld(3, LOW.exit, 0), c.std(3, AT.exit, 31));
  for (const name of ['xer', 'lr', 'ctr', 'tar', 'vrsave'] as const) {
    code.emit(c.mfspr(3, c.SPR[name]), c.std(3, AT[name], 31));
  }
  code.emit(c.mfcr(3), c.std(3, AT.cr, 31));
  kind.afterCase(code);
  for (let n = 0; n < 64; n++) code.emit(c.li(3, AT.vsr + 16 * n), c.stxvd2x(n, 31, 3));
  code.emit(c.mffs(0), c.stfd(0, AT.fpscr, 31));
  code.emit(c.mfvscr(0), c.li(3, AT.vscr), c.stxvd2x(32, 31, 3));
  code.constant(4, PLACE.window);
  for (let at = 0; at < WINDOW_BYTES; at += 8) code.emit(c.ld(3, at, 4), c.std(3, AT.memory + at, 31));
  // No case begins with the reservation of another.
  code.emit(c.li(3, LOW.reservation), c.stdcx(3, 0, 3));
  code.emit(c.addi(31, 31, RECORD_BYTES), c.std(31, LOW.current, 0)).b('next');
  code.label('done');
  kind.end(code);
  return code;
}

/** The words of a slot: its prologue, the case, its exits. */
export function slotWords(address: number, words: readonly number[], leave: number): number[] {
  const slot = [c.ld(31, LOW.lr, 0), c.mtspr(c.SPR.lr, 31), c.ld(31, LOW.r31, 0), ...words];
  if (slot.length !== PROLOGUE_WORDS + words.length) throw new Error('PROLOGUE_WORDS is wrong.');
  for (let exit = 0; exit < EXITS; exit++) slot.push(...exitWords(address + 4 * slot.length, exit, leave));
  return slot;
}

/** Leaves the case, telling by which exit. */
export const exitWords = (at: number, exit: number, leave: number): number[] => [
  c.std(31, LOW.r31, 0),
  c.li(31, exit),
  c.branch(at + 8, leave),
];
