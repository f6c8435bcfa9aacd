/** Lines of a stream of bytes: one at a time, however fast the stream is, and none longer than a limit. */

const LINE_FEED = 10;

/**
 * The lines, without their ends (`\n` or `\r\n`) and a byte order mark; the last one may lack its end.
 *
 * @param limit bytes of one line; of a longer one only the first `limit + 1` are given, so that its reader can refuse it
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<string> {
  let parts: Uint8Array[] = [];
  let length = 0;
  const add = (part: Uint8Array): void => {
    const kept = part.subarray(0, limit + 1 - length);
    if (kept.length > 0) parts.push(kept);
    length += kept.length;
  };
  const line = (): string => {
    const text = new TextDecoder().decode(Buffer.concat(parts, length));
    parts = [];
    length = 0;
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      add(chunk.subarray(start, end));
      yield line();
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  if (length > 0) yield line();
}
