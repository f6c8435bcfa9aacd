/** The high half of a product of 64 bits, which WebAssembly has not. */
import { type Code, I64, OP } from './wasm';

/** Pushes the high half of the product of two locals. */
export function pushHighProduct(code: Code, a: number, b: number, signed: boolean): void {
  pushUnsigned(code, a, b);
  if (!signed) return;
  // Each negative factor takes the other one off.
  for (const [sign, other] of [
    [a, b],
    [b, a],
  ] as const) {
    code.get(sign);
    code.i64(63n);
    code.op(OP.i64shrs);
    code.get(other);
    code.op(OP.i64and);
    code.op(OP.i64sub);
  }
}

/** From four products of halves. */
function pushUnsigned(code: Code, a: number, b: number): void {
  const cross = code.local(I64);
  const low = (x: number): void => {
    code.get(x);
    code.i64(0xffff_ffffn);
    code.op(OP.i64and);
  };
  const high = (x: number): void => {
    code.get(x);
    code.i64(32n);
    code.op(OP.i64shru);
  };
  // cross = high(a) * low(b) + high half of low(a) * low(b): fits in 64 bits
  high(a);
  low(b);
  code.op(OP.i64mul);
  low(a);
  low(b);
  code.op(OP.i64mul);
  code.i64(32n);
  code.op(OP.i64shru);
  code.op(OP.i64add);
  code.set(cross);
  low(a);
  high(b);
  code.op(OP.i64mul);
  low(cross);
  code.op(OP.i64add);
  code.i64(32n);
  code.op(OP.i64shru);
  high(cross);
  code.op(OP.i64add);
  high(a);
  high(b);
  code.op(OP.i64mul);
  code.op(OP.i64add);
}
