/**
 * Interpreter modules that were made when the program was built, by `modeKey`: generating one takes longer than all else
 * of a start. Here there are none; scripts/lib/prebuilt.mjs puts them into bundles in the place of this file.
 */
export const PREBUILT: Readonly<Partial<Record<string, Uint8Array<ArrayBuffer>>>> = {};
