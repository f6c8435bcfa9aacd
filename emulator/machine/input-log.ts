/**
 * The gate: every answer from outside the machine is recorded here, and fed back when the run is executed again.
 *
 * Answers are kept in the order of the requests. A request that differs from the recorded one means that the run took
 * another way (its state was edited); what was recorded from there on is then forgotten.
 */

import { equalBytes } from '../common/bytes';
import type { TpmAnswer, TpmRequest } from '../pef/firmware';

interface Entry {
  readonly request: TpmRequest;
  readonly answer: TpmAnswer;
}

function sameRequest(a: TpmRequest, b: TpmRequest): boolean {
  if (a.op !== b.op) return false;
  return a.op !== 'transmit' || (b.op === 'transmit' && equalBytes(a.command, b.command));
}

export class InputLog {
  readonly #entries: Entry[] = [];
  #next = 0;

  /** The recorded answer to the request that comes now, or undefined. Does not consume it. */
  peek(request: TpmRequest): TpmAnswer | undefined {
    const entry = this.#entries[this.#next];
    if (!entry) return undefined;
    if (sameRequest(entry.request, request)) return entry.answer;
    this.#entries.length = this.#next;
    return undefined;
  }

  /** Goes past the answer that `peek` gave. */
  consume(): void {
    this.#next++;
  }

  /** Adds an answer at the end of what was replayed. */
  record(request: TpmRequest, answer: TpmAnswer): void {
    this.#entries.length = this.#next;
    this.#entries.push({ request, answer });
  }

  /** Answers given so far in this execution. */
  get position(): number {
    return this.#next;
  }

  rewind(): void {
    this.#next = 0;
  }
}
