/** Plain data as bytes for hashing: the same bytes for the same data. */

const encoder = new TextEncoder();

export function textBytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Plain data, with bigints and byte arrays in it, as bytes. */
export function plainBytes(data: unknown): Uint8Array {
  return textBytes(
    JSON.stringify(data, (_, value: unknown) => {
      if (typeof value === 'bigint') return `${value}n`;
      if (value instanceof Uint8Array) return Array.from(value).join(' ');
      if (value instanceof Map || value instanceof Set) return [...(value as Iterable<unknown>)];
      return value;
    }),
  );
}
