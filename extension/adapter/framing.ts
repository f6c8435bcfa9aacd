/**
 * Messages on a byte stream: `Content-Length: n`, an empty line, n bytes of JSON (DAP, "Base protocol").
 *
 * Whoever is at the other end may be wrong: lengths are limited, and bytes that are no message are skipped and told.
 */

const LONGEST_MESSAGE = 64 * 1024 * 1024;
const LONGEST_HEADER = 4096;

export interface MessageSink {
  message(value: unknown): void;
  /** Bytes that are no message. `fatal`: where the next message begins cannot be known. */
  garbage(sentence: string, fatal: boolean): void;
}

export class MessageReader {
  #pending: Buffer[] = [];
  #length = 0;
  /** Bytes of the message whose header was read; -1: a header comes. */
  #expected = -1;
  #broken = false;

  constructor(private readonly sink: MessageSink) {}

  push(bytes: Uint8Array): void {
    if (this.#broken) return;
    this.#pending.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    this.#length += bytes.length;
    // Joined only when a part is complete, so that a long message does not cost its square.
    while (this.#expected < 0 ? this.#header() : this.#body());
  }

  #take(count: number): Buffer {
    const all = this.#pending.length === 1 && this.#pending[0] ? this.#pending[0] : Buffer.concat(this.#pending);
    this.#pending = [all.subarray(count)];
    this.#length -= count;
    return all.subarray(0, count);
  }

  #header(): boolean {
    if (this.#length === 0) return false;
    const all = Buffer.concat(this.#pending);
    this.#pending = [all];
    const end = all.subarray(0, LONGEST_HEADER).indexOf('\r\n\r\n');
    if (end < 0) {
      if (this.#length >= LONGEST_HEADER) this.#fail('There is no message header in 4096 bytes.');
      return false;
    }
    const header = this.#take(end + 4).toString('latin1');
    const length = /^content-length:[ \t]*([0-9]{1,12})[ \t]*$/im.exec(header);
    if (!length) {
      this.#fail('A message header has no Content-Length.');
      return false;
    }
    this.#expected = Number(length[1]);
    if (this.#expected > LONGEST_MESSAGE) {
      this.#fail(`A message of ${this.#expected} bytes is too long; the limit is ${LONGEST_MESSAGE}.`);
      return false;
    }
    return true;
  }

  #body(): boolean {
    if (this.#length < this.#expected) return false;
    const text = this.#take(this.#expected).toString('utf8');
    this.#expected = -1;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.sink.garbage('A message is no JSON.', false);
      return true;
    }
    this.sink.message(value);
    return true;
  }

  #fail(sentence: string): void {
    this.#broken = true;
    this.#pending = [];
    this.sink.garbage(sentence, true);
  }
}
