/** The arithmetic operations by name: kernel of the short way and exact operation, operands in the same order. */
import { add, divide, multiply, multiplyAdd, squareRoot, subtract } from './arithmetic';
import { negateNumber } from './format';
import { type Arithmetic, status } from './scalar';
import {
  shortAdd,
  shortDivide,
  shortMultiply,
  shortMultiplyAdd,
  shortMultiplySubtract,
  shortSquareRoot,
  shortSubtract,
} from './short';

/** Operands a, b; the fused ones a times b plus or minus c. */
export const ARITHMETIC = {
  add: { kernel: shortAdd, exact: (format, a, b) => add(format, a, b, status) },
  subtract: { kernel: shortSubtract, exact: (format, a, b) => subtract(format, a, b, status) },
  multiply: { kernel: shortMultiply, exact: (format, a, b) => multiply(format, a, b, status) },
  divide: { kernel: shortDivide, exact: (format, a, b) => divide(format, a, b, status) },
  squareRoot: { kernel: shortSquareRoot, exact: (format, a) => squareRoot(format, a, status) },
  multiplyAdd: { kernel: shortMultiplyAdd, exact: (format, a, b, c) => multiplyAdd(format, a, b, c, status) },
  multiplySubtract: {
    kernel: shortMultiplySubtract,
    exact: (format, a, b, c) => multiplyAdd(format, a, b, negateNumber(c), status),
  },
  negatedMultiplyAdd: {
    kernel: shortMultiplyAdd,
    exact: (format, a, b, c) => multiplyAdd(format, a, b, c, status),
    negated: true,
  },
  negatedMultiplySubtract: {
    kernel: shortMultiplySubtract,
    exact: (format, a, b, c) => multiplyAdd(format, a, b, negateNumber(c), status),
    negated: true,
  },
} as const satisfies { readonly [name: string]: Arithmetic };
export type ArithmeticName = keyof typeof ARITHMETIC;
