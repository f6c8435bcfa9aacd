/** What a subcommand of `pef` is, and what it may use of the outside. */

export interface Io {
  readonly out: (text: string) => void;
  /** Waits until the reader of `out` has taken what is there: who writes without end waits for it, or memory grows. */
  readonly taken: () => Promise<void>;
  readonly error: (text: string) => void;
  /** Bytes for standard output and standard error, as they are. */
  readonly outBytes: (bytes: Uint8Array) => void;
  readonly errorBytes: (bytes: Uint8Array) => void;
  /** Standard input as it comes, until Ctrl-C. */
  readonly inputChunks: () => AsyncIterable<Uint8Array>;
  /** Standard input, whole. */
  readonly readInput: () => Promise<Uint8Array>;
  /** Standard input, line by line, until Ctrl-C; of a line above the limit (bytes) a piece that is longer than it. */
  readonly inputLines: (limit: number) => AsyncIterable<string>;
  readonly color: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Text of `pef NAME --help`. */
  readonly help: string;
  /** @returns the exit code: 0 done, 1 the scenario failed, 2 the input cannot be used, 3 a back end failed */
  readonly run: (args: readonly string[], io: Io) => Promise<number>;
}

/** Exit codes of `pef`. */
export const EXIT = { passed: 0, failed: 1, badInput: 2, backEnd: 3, interrupted: 130 } as const;
