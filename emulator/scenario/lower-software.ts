/** A guest's image, initrd and command line: read, checked and placed in its memory. */

import { hexNumber } from '../common/bytes';
import { FormatError, PefError } from '../common/errors';
import { GUEST_RESERVED_BYTES } from '../common/machine';
import type { GuestConfig, GuestImage } from '../common/machine';
import { placeFile, placeImage } from '../image/guest-image';
import type { Context } from './context';
import type * as ast from './generated/ast';
import { lowerConstant } from './lower-expression';
import { rangeOf } from './source';

export type Software = Pick<GuestConfig, 'image' | 'initrd' | 'bootargs' | 'endian'> & {
  /** The image was not read (in the editor): its symbols are not known. */
  readonly unread: boolean;
};

export interface SoftwareOptions {
  readonly image?: ast.ImageOption;
  readonly initrd?: ast.ImageOption;
  readonly bootargs?: ast.BootargsOption;
}

/**
 * @param memoryBytes size of the guest's memory
 * @param endian the byte order that the guest has, or undefined where the scenario does not say
 */
export function lowerSoftware(
  context: Context,
  { image: imageOption, initrd: initrdOption, bootargs }: SoftwareOptions,
  memoryBytes: number,
  endian: GuestConfig['endian'] | undefined,
): Software {
  const space = { usableBytes: BigInt(memoryBytes - GUEST_RESERVED_BYTES), endian };
  const placed = place(context, imageOption, (bytes, path, at) => placeImage(bytes, path, at, space));
  const image = placed?.image;
  if (image && imageOption) warnOfMove(context, imageOption, image);
  const initrd = place(context, initrdOption, (bytes, path, at) => placeFile(bytes, path, at, image, space));
  if (initrdOption && !imageOption) unheard(context, initrdOption, 'the initrd is in memory, but no image runs');
  else if (initrdOption) unheard(context, initrdOption, 'the initrd is in memory, but nothing tells the image where');
  if (bootargs) unheard(context, bootargs, 'the image does not see the bootargs');
  return {
    image,
    initrd,
    bootargs: bootargs?.text,
    endian: endian ?? placed?.endian ?? 'little',
    unread: imageOption !== undefined && context.files.get(imageOption.path) === 'unread',
  };
}

/** Addresses at which real mode reaches what is linked for them: bare programs. Kernels are linked above. */
const REAL_MODE = 1n << 62n;

/** A program that is linked for one place and put in another works only when it is position independent. */
function warnOfMove(context: Context, option: ast.ImageOption, image: GuestImage): void {
  const moved = image.moved.find(({ linked }) => linked < REAL_MODE);
  if (!moved) return;
  const message =
    `"${image.name}" is linked for ${hexNumber(moved.linked)} and lies at ${hexNumber(moved.loaded)}: only position independent ` +
    `code works there; leave 'at' out, or write the address for which it is linked.`;
  context.warning(rangeOf(option.$cstNode), 'image-moved', message);
}

/** Images learn of an initrd and of their command line from the device tree, which a guest does not have yet. */
function unheard(context: Context, option: ast.ImageOption | ast.BootargsOption, what: string): void {
  const message = `A guest has no device tree yet (r3 is 0 at the entry): ${what}.`;
  context.warning(rangeOf(option.$cstNode), 'not-available', message);
}

/** What `how` makes of the file of an option; its errors are reported there. */
function place<T>(
  context: Context,
  option: ast.ImageOption | undefined,
  how: (bytes: Uint8Array, path: string, at: bigint | undefined) => T,
): T | undefined {
  if (!option) return undefined;
  const at = option.address && lowerConstant(context, option.address, 'The address');
  const content = context.files.get(option.path);
  if (content === undefined || content === 'unread') return undefined;
  if (!(content instanceof Uint8Array)) {
    context.errorAt(option, 'path', content.code, content.message);
    return undefined;
  }
  if (option.address && at === undefined) return undefined;
  try {
    return how(content, option.path, at);
  } catch (error) {
    if (!(error instanceof PefError)) throw error;
    const where = error instanceof FormatError ? ` ("${option.path}", offset ${hexNumber(error.offset)})` : '';
    context.errorAt(option, 'path', 'bad-image', `${error.message}${where}`);
    return undefined;
  }
}
