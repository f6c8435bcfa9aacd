/** The table of a process's descriptors: standard streams and files, several of which may be one. */
import type { OpenFile } from './io';

/** What a descriptor stands for. Copies of a descriptor share it, and so the position in a file. */
export type Description =
  | { readonly kind: 'stream'; readonly stream: 0 | 1 | 2 }
  | { readonly kind: 'file'; readonly file: OpenFile; position: number };

const MOST_DESCRIPTORS = 256;
const STREAMS = [0, 1, 2] as const;

export class Descriptors {
  private readonly table = new Map<number, Description>(STREAMS.map((stream) => [stream, { kind: 'stream', stream }]));
  private readonly closedOnExec = new Set<number>();

  get(fd: bigint): Description | undefined {
    return this.table.get(Number(fd));
  }

  /** Puts a file at the lowest free descriptor; closes it and answers undefined when there are too many. */
  open(file: OpenFile): number | undefined {
    const fd = this.lowestFree(0);
    if (fd === undefined) file.close();
    else this.table.set(fd, { kind: 'file', file, position: 0 });
    return fd;
  }

  /** A copy at the lowest free descriptor from `from` on; undefined when there are too many. */
  copy(description: Description, from: number): number | undefined {
    const fd = this.lowestFree(from);
    if (fd !== undefined) this.table.set(fd, description);
    return fd;
  }

  /** A copy in the place of whatever a descriptor is; undefined when it cannot be one. */
  copyTo(description: Description, fd: bigint): number | undefined {
    if (fd >= BigInt(MOST_DESCRIPTORS)) return undefined;
    this.close(fd);
    this.table.set(Number(fd), description);
    return Number(fd);
  }

  /** Whether there was such a descriptor. */
  close(fd: bigint): boolean {
    const description = this.get(fd);
    if (!description) return false;
    this.table.delete(Number(fd));
    this.closedOnExec.delete(Number(fd));
    if (description.kind === 'file' && ![...this.table.values()].includes(description)) description.file.close();
    return true;
  }

  /** Flag FD_CLOEXEC, which programs ask for. */
  closesOnExec(fd: bigint): boolean {
    return this.closedOnExec.has(Number(fd));
  }
  setClosesOnExec(fd: bigint, closes: boolean): void {
    if (closes) this.closedOnExec.add(Number(fd));
    else this.closedOnExec.delete(Number(fd));
  }

  private lowestFree(from: number): number | undefined {
    for (let fd = from; fd < MOST_DESCRIPTORS; fd++) if (!this.table.has(fd)) return fd;
    return undefined;
  }
}
