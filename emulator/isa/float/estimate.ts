/**
 * Reciprocal and reciprocal square root estimates. The ISA bounds their error (Book I 4.6.5.1: 1/256 for fre, 1/32 for
 * frsqrte; 7.6: 1/16384) and leaves the rest to the processor; here they are 1/x and 1/sqrt(x), rounded. XX, FR and FI,
 * which the ISA leaves undefined, say nothing of the estimate: XX stays, FR and FI become 0.
 */
import { divide, squareRoot } from './arithmetic';
import { BINARY32, BINARY64, cut, type Float, type Format, finite, isNan } from './format';
import { XX } from './fpscr';
import { type FloatFunction, finishFloat, readDouble, status } from './scalar';

const ONE = finite(false, 1n, 0);

function withoutInexact(value: Float): Float {
  status.raised &= ~XX;
  status.inexact = false;
  status.incremented = false;
  return value;
}

/** An estimate of `format`; the operand may come from a wider one. */
type Estimate = (format: Format, x: Float, operand: Format) => Float;

export const reciprocal: Estimate = (format, x) => withoutInexact(divide(format, ONE, x, status));

/** The root is one of the operand's format: that of a double may lie outside of the range of singles. */
export const reciprocalRoot: Estimate = (format, x, operand) => {
  const root = squareRoot(operand, x, status);
  return withoutInexact(isNan(root) ? root : divide(format, ONE, root, status));
};

export const estimateDouble =
  (estimate: Estimate): FloatFunction =>
  (unit, t, b) => {
    status.begin(unit.fpscr);
    return finishFloat(unit, t, BINARY64, BINARY64, estimate(BINARY64, readDouble(unit, b), BINARY64));
  };
/** The estimate rounded to single, in the format of doubles. */
export const estimateSingle =
  (estimate: Estimate): FloatFunction =>
  (unit, t, b) => {
    status.begin(unit.fpscr);
    return finishFloat(unit, t, BINARY32, BINARY64, cut(BINARY32, estimate(BINARY32, readDouble(unit, b), BINARY64)));
  };
