/**
 * Where branches to CTR have gone: the cases of a jump table, the functions to which a pointer has pointed. A region takes
 * in what lies there; whether a branch goes there is tested each time.
 */

/** Branches that are known, and targets of each, at most. */
const MOST_BRANCHES = 4096;
const MOST_TARGETS = 16;

export class BranchTargets {
  private readonly seen = new Map<bigint, bigint[]>();

  /** Notes that the branch at an effective address has gone to another. */
  note(branch: bigint, target: bigint): void {
    const targets = this.seen.get(branch);
    if (!targets) {
      if (this.seen.size >= MOST_BRANCHES) this.seen.clear();
      this.seen.set(branch, [target]);
    } else if (targets.length < MOST_TARGETS && !targets.includes(target)) targets.push(target);
  }

  /** Targets of the branch at an effective address, in the order in which they were noted; undefined when there are none. */
  of(branch: bigint): readonly bigint[] | undefined {
    return this.seen.get(branch);
  }

  /** Whether a region in which the branch has so many targets would gain from being translated anew. */
  areMany(branch: bigint, translated: number): boolean {
    return (this.seen.get(branch)?.length ?? 0) >= Math.max(1, 2 * translated);
  }

  clear(): void {
    this.seen.clear();
  }
}
