/** Bytes of a test as real memory from address 0. */

import type { RealMemory } from '../emulator/common/machine-api';

export function realMemory(bytes: () => Uint8Array): RealMemory {
  return {
    contains: (ra, length) => ra + BigInt(length) <= BigInt(bytes().length),
    read: (ra, length) => bytes().slice(Number(ra), Number(ra) + length),
    write: (ra, data) => {
      bytes().set(data, Number(ra));
    },
  };
}
