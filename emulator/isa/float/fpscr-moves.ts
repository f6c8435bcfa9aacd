/** Instructions that write FPSCR (Book I 4.6.9): what they may set, and the summaries that follow. */
import { type VectorRegisters, settingCr } from '../vector-unit';
import { FEX, FX, RESERVED, STICKY, VX, enabled, raise, summarize } from './fpscr';

/** Writes the bits of FPSCR's low word under the mask; FEX and VX follow, bit 52 is reserved. True for an exception. */
export function writeFpscr(unit: VectorRegisters, mask: number, value: number): boolean {
  const kept = unit.fpscr & ~mask;
  unit.fpscr = summarize(kept | (value & mask & ~(FEX | VX | RESERVED)));
  return (unit.fpscr & FEX) !== 0;
}

/** mtfsb1: an exception bit sets FX too. */
export const setBit = (unit: VectorRegisters, number: number): boolean => {
  const bit = (0x8000_0000 >>> number) & ~(FEX | VX | RESERVED);
  if ((bit & STICKY) === 0) return writeFpscr(unit, bit, bit);
  unit.fpscr = raise(unit.fpscr, bit);
  return enabled(unit.fpscr, bit);
};

export const clearBit = (unit: VectorRegisters, number: number): boolean => {
  writeFpscr(unit, 0x8000_0000 >>> number, 0);
  return false;
};

/** Bits of the low word that FLM names. */
function fieldMask(flm: number): number {
  let mask = 0;
  for (let i = 0; i < 8; i++) if ((flm & (0x80 >> i)) !== 0) mask |= 0xf000_0000 >>> (4 * i);
  return mask >>> 0;
}

/** mtfsf: mask of fields, register whose right word they come from. FX is copied, not made. */
export const setFields = (unit: VectorRegisters, flm: number, b: number): boolean =>
  writeFpscr(unit, fieldMask(flm), unit.u32[4 * b + 2] ?? 0);

/** mtfsfi: field number, its value. */
export const setField = (unit: VectorRegisters, field: number, value: number): boolean =>
  writeFpscr(unit, 0xf000_0000 >>> (4 * field), (value << (28 - 4 * field)) >>> 0);

/** mcrfs: copies a field to CR and clears the exception bits in it. */
export const moveToCr = settingCr((unit, bf, field) => {
  const shift = 28 - 4 * field;
  unit.setCrField(bf, (unit.fpscr >>> shift) & 0xf);
  unit.fpscr = summarize(unit.fpscr & ~((0xf << shift) & (STICKY | FX)));
});
