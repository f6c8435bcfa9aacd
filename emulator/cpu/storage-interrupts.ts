/** Which interrupt an access raises that translation does not allow, and what its registers say (Book III 6.5). */
import { SPRN } from '../isa/sprs';
import type { InterruptRequest } from './entry';
import type { Access, Fault } from './mmu';

/** Status bits by the manual's numbers. */
const bit = (n: number): bigint => 1n << BigInt(63 - n);
const NO_TRANSLATION = bit(33);
const PROTECTION = bit(36);
const DSISR_STORE = bit(38);

/**
 * What an access to secure memory with MSR.S = 0 raises: a storage interrupt with the protection bit, of the
 * hypervisor's kind when a guest did it. See docs/findings.md: no public text names the interrupt.
 */
export const SECURE_MEMORY_VIOLATION = {
  host: { load: 0x300, store: 0x300, fetch: 0x400 },
  guest: { load: 0xe00, store: 0xe00, fetch: 0xe20 },
  status: PROTECTION,
} as const;

/** The interrupt for an access that cannot be done. */
export function storageInterrupt(fault: Fault, access: Access): InterruptRequest {
  const hex = (value: bigint): string => `0x${value.toString(16)}`;
  switch (fault.kind) {
    case 'no memory':
      return {
        vector: 0x200,
        registers: [[SPRN.DAR, fault.ea]],
        detail: `${access} at real address ${hex(fault.ra)}, where there is no memory`,
      };
    case 'not mapped':
      return dataOrFetch(
        access === 'fetch' ? 0xe20 : 0xe00,
        access,
        fault.ea,
        fault.gpa,
        NO_TRANSLATION,
        `${access} at guest real address ${hex(fault.gpa)}, which the partition does not map`,
      );
    case 'secure': {
      const vectors = fault.gpa === undefined ? SECURE_MEMORY_VIOLATION.host : SECURE_MEMORY_VIOLATION.guest;
      const detail = `${access} of secure memory at real address ${hex(fault.ra)} with MSR[S]=0`;
      return dataOrFetch(vectors[access], access, fault.ea, fault.gpa, SECURE_MEMORY_VIOLATION.status, detail);
    }
  }
}

function dataOrFetch(
  vector: number,
  access: Access,
  ea: bigint,
  gpa: bigint | undefined,
  status: bigint,
  detail: string,
): InterruptRequest {
  // ASDR holds the guest real address from bit 0 to 51 (Book III 6.5.16).
  const asdr = gpa === undefined ? [] : [[SPRN.ASDR, gpa & ~0xfffn] as const];
  if (access === 'fetch') return { vector, status, registers: asdr, detail };
  const dsisr = status | (access === 'store' ? DSISR_STORE : 0n);
  const [address, reason] = gpa === undefined ? [SPRN.DAR, SPRN.DSISR] : [SPRN.HDAR, SPRN.HDSISR];
  return { vector, registers: [[address, ea], [reason, dsisr], ...asdr], detail };
}
