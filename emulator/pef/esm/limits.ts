/** What a blob may be and the shipped firmware cannot use (open-power/ultravisor, svm-esmb.c, uvcall.c). */

import { type EsmBlob, MACHINE_LOCKBOX } from './blob';
import { nodeAt, propertyOf } from '../../image/fdt';

/** The firmware has one page for the device tree of the files, and one for a file. */
const PAGE_BYTES = 0x10000;

/** A sentence for each; none for a blob that a machine can use. */
export function firmwareLimits(blob: EsmBlob): readonly string[] {
  const limits: string[] = [];
  if (!blob.lockboxes.some(({ name }) => name === MACHINE_LOCKBOX)) {
    limits.push(`There is no ${MACHINE_LOCKBOX}: no machine can open the blob.`);
  }
  if (!blob.digests) limits.push('There are no digests: no machine takes the blob.');
  const file = nodeAt(blob.fdt.root, 'file');
  const bytes = (file && propertyOf(file, 'files-fdt'))?.length ?? 0;
  if (bytes > PAGE_BYTES) {
    limits.push(
      `files-fdt has ${bytes} bytes: the firmware copies it to a page of ${PAGE_BYTES} bytes without a check.`,
    );
  }
  for (const { name, ciphertext } of blob.files) {
    if (ciphertext.length >= PAGE_BYTES) {
      limits.push(`file ${name} has ${ciphertext.length} bytes: the firmware reads files below ${PAGE_BYTES} bytes.`);
    }
  }
  return limits;
}
