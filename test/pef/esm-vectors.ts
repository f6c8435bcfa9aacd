/** The blob that svm-tool made, and its inputs. */

import fs from 'node:fs';
import { readPrivateKey } from '../../emulator/crypto/rsa-keys';
import { flatImage } from '../../emulator/image/elf-flat';
import { type EsmSoftware, RTAS_TEXT } from '../../emulator/pef/esm';

export const vectorPath = (name: string) => new URL(`../vectors/esm/${name}`, import.meta.url).pathname;
export const vector = (name: string) => new Uint8Array(fs.readFileSync(vectorPath(name)));

export const BLOB = vector('guest.esmb');
export const OWNER = readPrivateKey(vector('owner.pem'));
export const TPM = readPrivateKey(vector('tpm.pem'));
export const BOOTARGS = 'root=/dev/vda1 svm=1';

export const SOFTWARE: EsmSoftware = {
  rtas: RTAS_TEXT,
  kernel: flatImage(vector('boot/vmlinux')).bytes,
  initrd: vector('boot/initrd'),
  bootargs: new TextEncoder().encode(BOOTARGS),
};

/** The blob with one bit of a value changed; the value is a view of the blob's bytes. */
export function flipped(value: Uint8Array, index = 0): Uint8Array {
  const bytes = BLOB.slice();
  const at = value.byteOffset - BLOB.byteOffset + index;
  bytes[at] = bytes[at]! ^ 1;
  return bytes;
}
