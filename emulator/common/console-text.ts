/** The guests' console output as lines of text: it comes in pieces of a few bytes, of several guests in turns. */

/** Longest line in characters: a guest that never ends one is cut there. */
const LONGEST_LINE = 4096;

export interface ConsoleLine {
  readonly guest: string;
  /** Without its end. */
  readonly text: string;
}

export class ConsoleText {
  readonly #guests = new Map<string, { readonly decoder: TextDecoder; line: string }>();

  /** Takes in output; answers with the lines that it completes. Bytes that are not UTF-8 become U+FFFD. */
  push(guest: string, bytes: Uint8Array): readonly ConsoleLine[] {
    const state = this.#guests.get(guest) ?? { decoder: new TextDecoder(), line: '' };
    this.#guests.set(guest, state);
    const lines: ConsoleLine[] = [];
    // A terminal's carriage return and the padding of its driver are not part of a line.
    for (const character of state.decoder.decode(bytes, { stream: true }).replace(/[\r\0]/g, '')) {
      if (character !== '\n') state.line += character;
      if (character !== '\n' && state.line.length < LONGEST_LINE) continue;
      lines.push({ guest, text: state.line });
      state.line = '';
    }
    return lines;
  }

  /** The lines that have no end yet; they count as ended. */
  flush(): readonly ConsoleLine[] {
    const lines: ConsoleLine[] = [];
    for (const [guest, state] of this.#guests) {
      if (state.line !== '') lines.push({ guest, text: state.line });
      state.line = '';
    }
    return lines;
  }
}
