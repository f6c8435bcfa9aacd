/** What a benchmark tells: `bench/*.bench.ts` each export `bench(): Promise<Figure[]>`; scripts/bench.mjs prints them. */

export interface Figure {
  /** What was measured, in words. */
  readonly name: string;
  readonly value: number;
  /** For instance `ms`, `MB`, `MIPS`. */
  readonly unit: string;
  /** In the same unit; without one the figure is for information. */
  readonly goal?: { readonly atMost: number } | { readonly atLeast: number };
}

/** The middle one of some measurements, which a busy machine disturbs least. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new RangeError('median of nothing');
  return middle;
}
