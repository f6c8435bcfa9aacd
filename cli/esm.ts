/** The files of `pef esm`: blobs on their own or in an initrd, keys, kernels, and what is written. */

import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { InputError, PefError, messageOf } from '../emulator/common/errors';
import type { RsaPrivateKey } from '../emulator/crypto/rsa';
import { readPrivateKey } from '../emulator/crypto/rsa-keys';
import { isCpio } from '../emulator/image/cpio';
import { isElf } from '../emulator/image/elf';
import { flatImage } from '../emulator/image/elf-flat';
import { isFdt } from '../emulator/image/fdt';
import { type EsmBlob, type EsmLocation, addToInitrd, locateEsmBlob, parseEsmBlob } from '../emulator/pef/esm';
import type { Io } from './command';
import { readFileOrInput } from './options';

/** Kernels with debug information and initial RAM disks are larger than other inputs. */
const LARGE_MIB = 1024;

/** A blob, and where it was. */
export interface LoadedBlob {
  readonly blob: EsmBlob;
  /** The blob alone. */
  readonly bytes: Uint8Array;
  /** The initrd that has it in front. */
  readonly initrd?: { readonly bytes: Uint8Array; readonly location: EsmLocation };
}

/** A blob, or the one in front of an initrd. @throws InputError, FormatError that begin with the file's name */
export async function loadBlob(path: string | undefined, io: Io): Promise<LoadedBlob> {
  const bytes = await readFileOrInput(path, io, LARGE_MIB);
  return naming(path, () => {
    if (isFdt(bytes)) return { blob: parseEsmBlob(bytes), bytes: tree(bytes) };
    if (!isCpio(bytes)) {
      const text =
        'This is neither an ESM blob (a device tree) nor an initrd with one in front ("pef esm add" makes one).';
      throw new InputError('not-esm', text);
    }
    const location = locateEsmBlob(bytes);
    return { blob: parseEsmBlob(location.blob), bytes: tree(location.blob), initrd: { bytes, location } };
  });
}

/** The bytes of a device tree that was read, without what follows it. */
function tree(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, new DataView(bytes.buffer, bytes.byteOffset).getUint32(4));
}

/** The file that a blob came from, with another blob in its place. */
export function replaced({ initrd }: LoadedBlob, blob: Uint8Array): Uint8Array {
  if (!initrd) return blob;
  const name = initrd.location.name.split('/').at(-1) ?? 'esmb';
  return addToInitrd(initrd.bytes.subarray(initrd.location.initrdOffset), blob, name);
}

/** @throws InputError, FormatError that begin with the file's name */
export async function loadKey(path: string, io: Io): Promise<RsaPrivateKey> {
  const bytes = await readFileOrInput(path, io);
  return naming(path, () => readPrivateKey(bytes));
}

/** A kernel as it is measured: of an ELF file the flat image, anything else as it is. */
export async function loadKernel(path: string, io: Io): Promise<Uint8Array> {
  const bytes = await readFileOrInput(path, io, LARGE_MIB);
  return naming(path, () => (isElf(bytes) ? flatImage(bytes).bytes : bytes));
}

export interface LoadedInitrd {
  /** What is measured. */
  readonly bytes: Uint8Array;
  /** Where it begins in the file: behind the archive of a blob, if it has one in front. */
  readonly offset: number;
}

/** An initrd as it is measured: without a blob's archive, as the firmware takes it. */
export async function loadInitrd(path: string, io: Io): Promise<LoadedInitrd> {
  const bytes = await readFileOrInput(path, io, LARGE_MIB);
  const offset = archiveEnd(bytes);
  return { bytes: bytes.subarray(offset), offset };
}

function archiveEnd(bytes: Uint8Array): number {
  try {
    return locateEsmBlob(bytes).initrdOffset;
  } catch (error) {
    if (error instanceof InputError) return 0;
    throw error;
  }
}

/** Runs something that reads a file: its errors say which. */
export function naming<T>(path: string | undefined, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PefError)) throw error;
    throw new InputError(error.code, `${path ?? 'the input'}: ${error.message}`, { cause: error });
  }
}

/** Writes a file whole or not at all: a reader sees the old one or the new one. @throws InputError `file-unwritable` */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, bytes);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw new InputError('file-unwritable', `${path} cannot be written: ${messageOf(error)}`);
  }
}

export const random = (count: number): Uint8Array => randomBytes(count);
