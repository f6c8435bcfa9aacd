/**
 * What was made when the program was built, because it takes longer than all else of a start: interpreter modules by
 * `modeKey`, and the decode table in runs. Here there is nothing; scripts/lib/prebuilt.mjs puts it into bundles in the
 * place of this file.
 */
export interface Prebuilt {
  readonly modules: Readonly<Partial<Record<string, Uint8Array<ArrayBuffer>>>>;
  readonly decodeRuns: Uint8Array<ArrayBuffer> | undefined;
}

export const PREBUILT: Prebuilt = { modules: {}, decodeRuns: undefined };
