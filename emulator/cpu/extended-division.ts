/** Divisions of 128-bit dividends that WebAssembly does not have: host functions of generated code. */

/** Quotient of a || 64 zeros by b, 0 where it does not fit in 64 bits. */
export function divideExtendedSigned(a: bigint, b: bigint): bigint {
  if (b === 0n) return 0n;
  const quotient = (BigInt.asIntN(64, a) << 64n) / BigInt.asIntN(64, b);
  return BigInt.asIntN(64, quotient) === quotient ? quotient : 0n;
}

/** The same of unsigned numbers. */
export function divideExtendedUnsigned(a: bigint, b: bigint): bigint {
  const divisor = BigInt.asUintN(64, b);
  const dividend = BigInt.asUintN(64, a);
  if (divisor === 0n || dividend >= divisor) return 0n;
  return BigInt.asIntN(64, (dividend << 64n) / divisor);
}
