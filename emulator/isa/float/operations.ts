/** The arithmetic operations by name: quick kernel and exact operation, operands in the same order. */
import { add, divide, multiply, multiplyAdd, squareRoot, subtract } from './arithmetic';
import { negateNumber } from './format';
import { type Arithmetic, status } from './scalar';
import {
  quickAdd,
  quickDivide,
  quickMultiply,
  quickMultiplyAdd,
  quickMultiplySubtract,
  quickSquareRoot,
  quickSubtract,
} from './kernels';

/** Operands a, b; the fused ones a times b plus or minus c. */
export const ARITHMETIC = {
  add: { name: 'add', kernel: quickAdd, exact: (format, a, b) => add(format, a, b, status) },
  subtract: { name: 'subtract', kernel: quickSubtract, exact: (format, a, b) => subtract(format, a, b, status) },
  multiply: { name: 'multiply', kernel: quickMultiply, exact: (format, a, b) => multiply(format, a, b, status) },
  divide: { name: 'divide', kernel: quickDivide, exact: (format, a, b) => divide(format, a, b, status) },
  squareRoot: { name: 'squareRoot', kernel: quickSquareRoot, exact: (format, a) => squareRoot(format, a, status) },
  multiplyAdd: {
    name: 'multiplyAdd',
    kernel: quickMultiplyAdd,
    exact: (format, a, b, c) => multiplyAdd(format, a, b, c, status),
  },
  multiplySubtract: {
    name: 'multiplySubtract',
    kernel: quickMultiplySubtract,
    exact: (format, a, b, c) => multiplyAdd(format, a, b, negateNumber(c), status),
  },
  negatedMultiplyAdd: {
    name: 'negatedMultiplyAdd',
    kernel: quickMultiplyAdd,
    exact: (format, a, b, c) => multiplyAdd(format, a, b, c, status),
    negated: true,
  },
  negatedMultiplySubtract: {
    name: 'negatedMultiplySubtract',
    kernel: quickMultiplySubtract,
    exact: (format, a, b, c) => multiplyAdd(format, a, b, negateNumber(c), status),
    negated: true,
  },
} as const satisfies { readonly [name: string]: Arithmetic };
