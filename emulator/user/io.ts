/** What a program has of the outside. The command line gives it files and streams, tests give it memory. */

/** Descriptor of a file that was opened for reading. */
export interface OpenFile {
  readonly size: number;
  readonly directory: boolean;
  /** Of a folder: what is in it, in an order that is the same each time. */
  readonly entries?: () => readonly { readonly name: string; readonly directory: boolean }[];
  /** Bytes from a place; fewer at the end. */
  readonly read: (at: number, length: number) => Uint8Array;
  readonly close: () => void;
}

export interface UserIo {
  /** Bytes for standard output (1) or standard error (2). */
  readonly write: (descriptor: 1 | 2, bytes: Uint8Array) => void;
  /** Bytes of standard input: at most `length`, none at its end; undefined when they have to be waited for. */
  readonly read: (length: number) => Uint8Array | undefined;
  /** A file by its absolute path in the program's view; undefined when there is none. */
  readonly open?: (path: string) => OpenFile | undefined;
}
