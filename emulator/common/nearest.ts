/** The known name that a mistyped one most likely means. */

/** Number of single-character edits (with swaps of neighbours) between two words, or `limit + 1` when there are more. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? limit + 1;
}

/**
 * The candidate nearest to `name`, when one is near enough to be a typing mistake (a third of the letters; case does not
 * count). The first of equally near ones.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > 64) return undefined;
  const wanted = name.toLowerCase();
  // Of a name of one letter nothing would be left.
  let limit = name.length < 2 ? 0 : Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  for (const candidate of candidates) {
    const cost = distance(wanted, candidate.toLowerCase(), limit);
    if (cost > limit || (best !== undefined && cost === limit)) continue;
    best = candidate;
    limit = cost;
    if (cost === 0) break;
  }
  return best;
}

/** The end of a sentence about an unknown name: `; did you mean 'x'?`, or a full stop. */
export function didYouMean(name: string | undefined): string {
  return name === undefined ? '.' : `; did you mean '${name}'?`;
}
