/**
 * Densely packed decimal: three decimal digits in ten bits, a declet (Power ISA 3.0B Book I 5.5 and appendix B).
 *
 * A digit is small (0 to 7, three bits) or large (8 or 9, one bit). The declet's bits are p q r s t u v w x y; v says
 * that there is a large digit, w x which one is, s t which are when more than one is.
 */

/** Three decimal digits, four bits each, of a declet. Every one of the 1024 declets has a value. */
export function fromDeclet(declet: number): number {
  const field = (left: number, width: number): number => (declet >> left) & ((1 << width) - 1);
  const [pqr, stu, wxy] = [field(7, 3), field(4, 3), field(0, 3)];
  const [r, u, y] = [field(7, 1), field(4, 1), field(0, 1)];
  const [pq, st, wx] = [field(8, 2), field(5, 2), field(1, 2)];
  const digits = (first: number, second: number, third: number): number => (first << 8) | (second << 4) | third;
  if (field(3, 1) === 0) return digits(pqr, stu, wxy);
  if (wx === 0) return digits(pqr, stu, 8 | y);
  if (wx === 1) return digits(pqr, 8 | u, (st << 1) | y);
  if (wx === 2) return digits(8 | r, stu, (pq << 1) | y);
  if (st === 0) return digits(8 | r, 8 | u, (pq << 1) | y);
  if (st === 1) return digits(8 | r, (pq << 1) | u, 8 | y);
  if (st === 2) return digits(pqr, 8 | u, 8 | y);
  return digits(8 | r, 8 | u, 8 | y);
}

/** The declet of three decimal digits, four bits each. Of a digit above 9 the highest and the lowest bit count. */
export function declet(digits: number): number {
  const digit = (left: number): { small: number; high: number; low: number; large: number } => {
    const value = (digits >> left) & 15;
    return { small: value & 7, high: (value >> 1) & 3, low: value & 1, large: value >> 3 };
  };
  const [a, b, c] = [digit(8), digit(4), digit(0)];
  const bits = (pqr: number, stu: number, wx: number): number => (pqr << 7) | (stu << 4) | 8 | (wx << 1) | c.low;
  switch ((a.large << 2) | (b.large << 1) | c.large) {
    case 0b000:
      return (a.small << 7) | (b.small << 4) | c.small;
    case 0b001:
      return bits(a.small, b.small, 0);
    case 0b010:
      return bits(a.small, (c.high << 1) | b.low, 1);
    case 0b100:
      return bits((c.high << 1) | a.low, b.small, 2);
    case 0b110:
      return bits((c.high << 1) | a.low, b.low, 3);
    case 0b101:
      return bits((b.high << 1) | a.low, 2 | b.low, 3);
    case 0b011:
      return bits(a.small, 4 | b.low, 3);
    default:
      return bits(a.low, 6 | b.low, 3);
  }
}
