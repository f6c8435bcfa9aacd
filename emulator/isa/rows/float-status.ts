/** Moves to and from FPSCR, Power ISA 3.0B Book I 4.6.9. Bits 29:31 of its 64 are DRN; the others of 0:31 are 0. */
import { clearBit, moveToCr, setBit, setField, setFields } from '../float/fpscr-moves';
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import { type U64, u64 } from '../values';
import { applyRecording, fp, fpTest, recordCr1 } from './float-common';

const DRN = 7n << 32n;
const RN = 3n;
const FEX = 1n << 30n;
/** VE OE UE ZE XE. */
const ENABLES = 0xf8n;
/** What mffscrn and its like read: DRN, enables, NI, RN. */
const CONTROL = DRN | 0xffn;
/** What mffsl reads: these, FR, FI and FPRF. */
const NOT_STICKY = CONTROL | 0x7_f000n;

type Meaning = (s: Semantics) => void;

/** FRT from the bits of FPSCR under a mask, which then gets new bits. */
function exchange(mask: bigint, changed: bigint, bits: (s: Semantics) => U64): Meaning {
  return (s) => {
    s.requires('FP');
    const value = s.let(bits(s));
    s.fpr('FRT').set(s.FPSCR.and(mask), 0);
    s.FPSCR.set(s.FPSCR.and(~changed).or(value.and(changed)));
  };
}

function moveFrom(s: Semantics): void {
  s.requires('FP');
  s.fpr('FRT').set(s.FPSCR, 0);
  recordCr1(s);
}

const setDecimalRounding = (s: Semantics, mode: U64): void => s.FPSCR.set(s.FPSCR.and(~DRN).or(mode.and(7).shl(32)));

/** L writes all of FPSCR; otherwise FLM names fields of its word W, of which the left one has DRN only. */
function moveFields(s: Semantics): void {
  s.requires('FP');
  const whole = s.n('LF').ne(0);
  const left = s.n('W').ne(0);
  s.if(whole.or(left.and(s.n('FLM').and(1).ne(0))), () => setDecimalRounding(s, s.fpr('FRB').hi.shru(32)));
  applyRecording(s, setFields, whole.choose(0xff, left.choose(0, s.n('FLM'))), s.n('FRB'));
}

function moveImmediate(s: Semantics): void {
  s.requires('FP');
  s.if(
    s.n('W').ne(0),
    () => {
      s.if(s.n('FFT').eq(7), () => setDecimalRounding(s, s.n('U4')));
      recordCr1(s);
    },
    () => applyRecording(s, setField, s.n('FFT'), s.n('U4')),
  );
}

// prettier-ignore
export const FLOAT_STATUS = section('Power ISA 3.0B Book I 4.6.9', [
  insn('mffs',      '111111 FRT 00000 ///// 1001000111 Rc',   'FRT',           'Move From FPSCR',                                          moveFrom),
  insn('mffsce',    '111111 FRT 00001 ///// 1001000111 /',    'FRT',           'Move From FPSCR & Clear Enables',                          exchange(-1n, ENABLES | FEX, () => u64(0))),
  insn('mffscdrn',  '111111 FRT 10100 FRB 1001000111 /',      'FRT,FRB',       'Move From FPSCR Control & set DRN',                        exchange(CONTROL, DRN, (s) => s.fpr('FRB').hi)),
  insn('mffscdrni', '111111 FRT 10101 // DRM 1001000111 /',   'FRT,DRM',       'Move From FPSCR Control & set DRN Immediate',              exchange(CONTROL, DRN, (s) => s.n('DRM').shl(32))),
  insn('mffscrn',   '111111 FRT 10110 FRB 1001000111 /',      'FRT,FRB',       'Move From FPSCR Control & set RN',                         exchange(CONTROL, RN, (s) => s.fpr('FRB').hi)),
  insn('mffscrni',  '111111 FRT 10111 /// RM 1001000111 /',   'FRT,RM',        'Move From FPSCR Control & set RN Immediate',               exchange(CONTROL, RN, (s) => s.n('RM'))),
  insn('mffsl',     '111111 FRT 11000 ///// 1001000111 /',    'FRT',           'Move From FPSCR Lightweight',                              exchange(NOT_STICKY, 0n, () => u64(0))),
  insn('mcrfs',     '111111 BF // BFA // ///// 0001000000 /', 'BF,BFA',        'Move to Condition Register from FPSCR',                    fpTest(moveToCr, 'BF', 'BFA')),
  insn('mtfsfi',    '111111 FFT // //// W U4 / 0010000110 Rc', 'FFT,U4,W?',    'Move To FPSCR Field Immediate',                            moveImmediate),
  insn('mtfsf',     '111111 LF FLM W FRB 1011000111 Rc',      'FLM,FRB,LF?,W?', 'Move To FPSCR Fields',                                    moveFields),
  insn('mtfsb0',    '111111 FBT ///// ///// 0001000110 Rc',   'FBT',           'Move To FPSCR Bit 0',                                      fp(clearBit, 'FBT')),
  insn('mtfsb1',    '111111 FBT ///// ///// 0000100110 Rc',   'FBT',           'Move To FPSCR Bit 1',                                      fp(setBit, 'FBT')),
]);
