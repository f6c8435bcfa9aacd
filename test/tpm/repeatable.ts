/** What tests that change commands need: numbers that are the same in each run, and headers that fit. */

/** A repeatable source of numbers (a linear congruential generator). */
export function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Sets the header's size to the real one: a stream cannot carry anything else. */
export function framed(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const command = new Uint8Array(bytes);
  new DataView(command.buffer).setUint32(2, command.length);
  return command;
}
