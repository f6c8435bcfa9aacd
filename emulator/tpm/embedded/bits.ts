/** Masks of attribute bits, by the names in their rows. */

import { TPMA_ALGORITHM, TPMA_OBJECT, TPMA_PERMANENT, TPMA_SESSION, TPMA_STARTUP_CLEAR } from '../tables/attributes';
import type { BitsType } from '../tables/notation';

function masksOf(type: BitsType): (name: string) => number {
  const masks = new Map(type.rows.map((row) => [row.name, 2 ** row.low]));
  return (name) => {
    const mask = masks.get(name);
    if (mask === undefined) throw new Error(`${type.name} has no ${name}`);
    return mask;
  };
}

/** Mask of an attribute of TPMA_OBJECT. */
export const objectBit = masksOf(TPMA_OBJECT);

/** Mask of an attribute of TPMA_SESSION. */
export const sessionBit = masksOf(TPMA_SESSION);

/** Mask of an attribute of TPMA_ALGORITHM. */
export const algorithmBit = masksOf(TPMA_ALGORITHM);

/** Mask of an attribute of TPMA_PERMANENT. */
export const permanentBit = masksOf(TPMA_PERMANENT);

/** Mask of an attribute of TPMA_STARTUP_CLEAR. */
export const startupClearBit = masksOf(TPMA_STARTUP_CLEAR);
