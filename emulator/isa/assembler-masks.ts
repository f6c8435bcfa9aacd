/** What GNU as takes besides the manual's operands: a mask of bits in place of MB and ME, hints of branches with BO. */
import { type StatementError, errorAt } from './assembler-statement';
import type { Piece } from './assembler-text';
import type { MnemonicForm } from './mnemonics';

/** First and last bit of a run of ones in a word, which may go round; undefined for any other word. */
export function maskBounds(word: number): { readonly mb: number; readonly me: number } | undefined {
  const bits = word.toString(2).padStart(32, '0');
  if (word === 0) return undefined;
  const inside = /^0*(1+)0*$/.exec(bits);
  if (inside) return { mb: bits.indexOf('1'), me: bits.lastIndexOf('1') };
  if (!/^1+0+1+$/.test(bits)) return undefined;
  return { mb: bits.lastIndexOf('0') + 1, me: bits.indexOf('0') - 1 };
}

/**
 * The operands of an instruction whose MB and ME are written as one mask, with MB and ME; others as they are.
 *
 * @param valueOf evaluates an operand
 * @throws StatementError for a mask that is no run of ones
 */
export function withMaskBounds(
  form: MnemonicForm,
  pieces: readonly Piece[],
  valueOf: (piece: Piece) => bigint,
): readonly Piece[] {
  const hasMask = form.operands.at(-2)?.name === 'MB' && form.operands.at(-1)?.name === 'ME';
  const last = pieces.at(-1);
  if (!hasMask || !last || pieces.length !== form.operands.length - 1) return pieces;
  const value = valueOf(last);
  const bounds = BigInt.asIntN(33, value) === value ? maskBounds(Number(BigInt.asUintN(32, value))) : undefined;
  if (!bounds) throw notAMask(last);
  return [
    ...pieces.slice(0, -1),
    { text: String(bounds.mb), column: last.column },
    { text: String(bounds.me), column: last.column },
  ];
}

function notAMask(piece: Piece): StatementError {
  return errorAt(piece, 'not-a-mask', `${piece.text.trim()} is not a mask: its ones are not in one run.`);
}

/**
 * What the word of an instruction becomes: mtcrf with a single field is assembled as mtocrf, which does the same and may
 * be faster (Book I 3.3.20); the hint of `bc+` and `bc-` goes into the BO that is written (Book I 2.4).
 */
export function adjusted(form: MnemonicForm, word: number): number {
  if (form.row.name === 'mtcrf' && isOneBit((word >>> 12) & 0xff)) return (word | (1 << 20)) >>> 0;
  const { alias } = form;
  if (!alias?.hint || alias.name !== alias.base) return word;
  const bo = (word >>> 21) & 31;
  // The bits `at`: they lie elsewhere where CTR is counted without a condition.
  const unlikely = (bo & 0b10100) === 0b10000 ? 8 : 2;
  return (word | ((alias.hint === '-' ? unlikely : unlikely + 1) << 21)) >>> 0;
}

const isOneBit = (value: number): boolean => value !== 0 && (value & (value - 1)) === 0;
