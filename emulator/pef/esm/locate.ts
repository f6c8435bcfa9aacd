/**
 * An ESM blob in an initrd, found as the firmware finds it: an archive in front of the initrd proper whose first entry
 * with data lies below opt/ibm/pef and has a device tree in it. `addToInitrd` puts it there.
 *
 * Source: open-power/ultravisor, svm-esm.c (svm_esm_cpio_esmb); open-power/svm-tools, svm.py.
 */

import { concat } from '../../common/bytes';
import { FormatError, InputError } from '../../common/errors';
import { CPIO_BLOCK_BYTES, CPIO_TRAILER, type CpioEntry, aligned, cpioEntries, cpioOfFile } from '../../image/cpio';
import { FDT_MAGIC } from '../../image/fdt';

export interface EsmLocation {
  /** From the device tree's first byte to the end of the file in the archive; the tree may end before. */
  readonly blob: Uint8Array;
  /** Path in the archive. */
  readonly name: string;
  /** Offset of the blob in the initrd. */
  readonly blobOffset: number;
  /**
   * Offset of the initrd proper, whose digest is in the blob: behind the archive, rounded up to 512 bytes. It is 0 when
   * the archive has no trailer: then the firmware takes the whole, and the digest of the initrd will differ.
   */
  readonly initrdOffset: number;
}

const FOLDER = 'opt/ibm/pef';

/**
 * @param address where the initrd is in memory, a multiple of 4: the firmware rounds addresses to 512, not offsets
 * @throws InputError `esm-no-archive`: the initrd does not begin with an archive; `esm-wrong-path`: the first file of the
 *   archive is another one; `esm-no-blob`: the archive has no device tree
 */
export function locateEsmBlob(initrd: Uint8Array, address = 0n): EsmLocation {
  let found: Omit<EsmLocation, 'initrdOffset'> | undefined;
  try {
    for (const entry of cpioEntries(initrd)) {
      if (entry.name === CPIO_TRAILER) {
        if (!found) break;
        const before = Number(address % BigInt(CPIO_BLOCK_BYTES));
        const initrdOffset = aligned(before + entry.end, CPIO_BLOCK_BYTES) - before;
        return { ...found, initrdOffset: Math.min(initrdOffset, initrd.length) };
      }
      found ??= blobIn(entry);
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    if (found) return { ...found, initrdOffset: 0 };
    const text = `The initrd does not begin with an archive that has an ESM blob ("pef esm add" makes one). ${error.message}`;
    throw new InputError('esm-no-archive', text, { cause: error });
  }
  const text = `The archive in front of the initrd has no device tree below ${FOLDER}, and so no ESM blob.`;
  throw new InputError('esm-no-blob', text);
}

/** The device tree in an entry; undefined when there is none. The firmware looks at every fourth byte. */
function blobIn(entry: CpioEntry): Omit<EsmLocation, 'initrdOffset'> | undefined {
  const { name, data, dataAt } = entry;
  if (data.length === 0) return undefined;
  if (!name.startsWith(FOLDER)) {
    const text = `The first file of the initrd is ${JSON.stringify(name)}, not one below ${FOLDER}: there is no ESM blob.`;
    throw new InputError('esm-wrong-path', text);
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at + 4 <= data.length; at += 4) {
    if (view.getUint32(at) === FDT_MAGIC) return { blob: data.subarray(at), name, blobOffset: dataAt + at };
  }
  return undefined;
}

/**
 * An initrd with a blob in front of it, in an archive as `svm-tool svm add` makes it.
 *
 * @param name of the file in the archive; the firmware takes any
 * @throws InputError `bad-path` for a name that is none
 */
export function addToInitrd(initrd: Uint8Array, blob: Uint8Array, name: string): Uint8Array<ArrayBuffer> {
  if (name.includes('/')) throw new InputError('bad-path', `'${name}' cannot name the blob: leave out the slashes.`);
  return concat(cpioOfFile(`${FOLDER}/${name}`, blob), initrd);
}
