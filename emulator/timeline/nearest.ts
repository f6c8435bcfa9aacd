/** The nearest known name to one that was mistyped. */

/** Longest name worth comparing; longer ones are not typing mistakes. */
const LONGEST = 64;

/** Levenshtein distance, given up (as `limit + 1`) when it must be above `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? limit + 1;
}

/** The known name with the fewest changed letters, or undefined when none is near. Case does not count. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length === 0 || name.length > LONGEST) return undefined;
  const limit = Math.max(1, Math.floor(name.length / 3));
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of known) {
    const there = distance(wanted, candidate.toLowerCase(), limit);
    if (there < bestDistance) [best, bestDistance] = [candidate, there];
  }
  return best;
}
