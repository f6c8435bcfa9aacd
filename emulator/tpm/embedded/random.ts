/** TPM2_GetRandom and TPM2_StirRandom: Part 3, 16. */

import type { CommandContext, Handlers } from './dispatch';
import { MAX_DIGEST_BYTES } from './profile';

/** More than the longest digest is not refused: fewer bytes come. */
function getRandom({ drbg, number }: CommandContext): ReturnType<Handlers[string]> {
  return { randomBytes: drbg.generate(Math.min(number('bytesRequested'), MAX_DIGEST_BYTES)) };
}

function stirRandom({ drbg, bytes }: CommandContext): ReturnType<Handlers[string]> {
  drbg.reseed(bytes('inData'));
  return {};
}

export const RANDOM_HANDLERS: Handlers = { TPM2_GetRandom: getRandom, TPM2_StirRandom: stirRandom };
