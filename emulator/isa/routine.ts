/**
 * Functions of rows that generated code does by itself where it can: floating point by the host's own, for operands and
 * results that need no more than that.
 */
import type { Stmt } from './ir';
import { Semantics } from './semantics';
import type { Operand, U64 } from './values';
import type { CrSetter, UnitFunction } from './vector-unit';

/** Numbers of registers, and immediates. */
export type Numbers = readonly [U64, U64, U64, U64];
/**
 * Says what the routine does, and where it cannot go on: there nothing has changed, and nothing comes behind.
 *
 * @param slowly to be called there
 */
export type Quick = (s: Semantics, numbers: Numbers, slowly: () => void) => void;

export class Routine {
  private built: readonly Stmt[] | undefined;

  /**
   * @param name its name in generated code, which no other has
   * @param slow does the same in every case
   */
  constructor(
    readonly name: string,
    readonly slow: UnitFunction | CrSetter,
    private readonly quick: Quick,
  ) {}

  /** What is done in generated code; of its functions there is one, `slow`. Locals 0 to 3 are the numbers. */
  get program(): readonly Stmt[] {
    if (this.built) return this.built;
    const s = new Semantics(new Set(), 4);
    const numbers: Numbers = [s.parameter(0), s.parameter(1), s.parameter(2), s.parameter(3)];
    this.quick(s, numbers, () => s.apply(this.slow, ...(numbers satisfies readonly Operand[])));
    return (this.built = s.statements);
  }

  /** The function that does the same in every case. */
  get function(): UnitFunction | CrSetter['fn'] {
    return 'fn' in this.slow ? this.slow.fn : this.slow;
  }
}
