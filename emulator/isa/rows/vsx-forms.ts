/** What the rows of vector-scalar instructions share: which facility they need, and their shapes. */
import type { Semantics, Vsr } from '../semantics';
import type { U64 } from '../values';
import { type Quad, put } from './vector-forms';

/** Instructions of 3.0 on whole registers: VSX for VSR 0 to 31, vectors for VSR 32 to 63. */
export function requiresByHalf(s: Semantics, field: string): void {
  s.if(
    s.n(field).ltu(32),
    () => s.requires('VSX'),
    () => s.requires('VEC'),
  );
}

/** XT = any value of 128 bits. */
export const wholeVsx =
  (value: (s: Semantics) => Quad) =>
  (s: Semantics): void => {
    s.requires('VSX');
    put(s, s.vsrOf('XT'), value(s));
  };

/** The same operation on each doubleword of XA and XB. */
export const halvesVsx =
  (op: (a: U64, b: U64) => U64) =>
  (s: Semantics): void => {
    s.requires('VSX');
    const [t, a, b] = [s.vsrOf('XT'), s.vsrOf('XA'), s.vsrOf('XB')];
    t.setHi(op(a.hi, b.hi));
    t.setLo(op(a.lo, b.lo));
  };

/** The register of a move between it and a general purpose register: floating point for VSR 0 to 31, else vectors. */
export function movedRegister(s: Semantics, field: string): Vsr {
  s.if(
    s.n(field).ltu(32),
    () => s.requires('FP'),
    () => s.requires('VEC'),
  );
  return s.vsrOf(field);
}
