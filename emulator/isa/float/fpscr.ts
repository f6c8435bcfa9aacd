/**
 * Bits of the Floating-Point Status and Control Register, Power ISA 3.0B Book I 4.2.2, as masks of its low word, and
 * the summaries that follow from them.
 *
 * Every function of this folder speaks of exceptions by these masks.
 */
export const FX = 0x8000_0000;
export const FEX = 0x4000_0000;
export const VX = 0x2000_0000;
export const OX = 0x1000_0000;
export const UX = 0x0800_0000;
export const ZX = 0x0400_0000;
export const XX = 0x0200_0000;
/** Kinds of invalid operation. */
export const VXSNAN = 0x0100_0000;
export const VXISI = 0x0080_0000;
export const VXIDI = 0x0040_0000;
export const VXZDZ = 0x0020_0000;
export const VXIMZ = 0x0010_0000;
export const VXVC = 0x0008_0000;
export const VXSOFT = 0x0000_0400;
export const VXSQRT = 0x0000_0200;
export const VXCVI = 0x0000_0100;
/** Of the last result: its magnitude was incremented by rounding; it is inexact. */
export const FR = 0x0004_0000;
export const FI = 0x0002_0000;
/** Result flags: class descriptor and condition code of the last result. */
export const FPRF = 0x0001_f000;
export const FPCC = 0x0000_f000;
/** Enables, in the order VE OE UE ZE XE. */
export const VE = 0x80;
export const OE = 0x40;
export const UE = 0x20;
export const ZE = 0x10;
export const XE = 0x08;
export const NI = 0x04;
export const RN = 0x03;

/** All kinds of invalid operation: VX is their OR. */
export const VX_ALL = VXSNAN | VXISI | VXIDI | VXZDZ | VXIMZ | VXVC | VXSOFT | VXSQRT | VXCVI;
/** What is set by an exception and stays until software clears it. */
export const STICKY = OX | UX | ZX | XX | VX_ALL;
/** Enables and control bits that keep arithmetic from its short way. */
export const NOT_PLAIN = VE | OE | UE | ZE | XE | RN;
/** Bit 52 is reserved and reads as 0. */
export const RESERVED = 0x0800;

/** Recomputes VX and FEX, which follow from the other bits (Book I 4.2.2). */
export function summarize(fpscr: number): number {
  let value = fpscr & ~(FEX | VX | RESERVED);
  if ((value & VX_ALL) !== 0) value |= VX;
  if ((((value & (VX | OX | UX | ZX | XX)) >>> 22) & value & (VE | OE | UE | ZE | XE)) !== 0) value |= FEX;
  return value >>> 0;
}

/** Adds exceptions: FX is set when one of them was not there before. */
export function raise(fpscr: number, exceptions: number): number {
  if (exceptions === 0) return fpscr;
  return summarize(fpscr | exceptions | ((exceptions & ~fpscr & STICKY) !== 0 ? FX : 0));
}

/** Whether one of these exceptions is enabled; any invalid operation goes by VE. */
export function enabled(fpscr: number, exceptions: number): boolean {
  const kinds = (exceptions & VX_ALL) !== 0 ? exceptions | VX : exceptions;
  return (((kinds & (VX | OX | UX | ZX | XX)) >>> 22) & fpscr & (VE | OE | UE | ZE | XE)) !== 0;
}
