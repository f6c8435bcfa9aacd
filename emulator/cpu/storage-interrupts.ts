/** Which interrupt an access raises that translation does not allow, and what its registers say (Book III 6.5). */
import { interruptNamed } from '../isa/interrupts';
import { SPRN } from '../isa/sprs';
import type { InterruptRequest } from './entry';
import type { Access, Fault, FaultKind } from './mmu';

/** Status bits by the manual's numbers. */
const bit = (n: number): bigint => 1n << BigInt(63 - n);

/** Reasons in (H)DSISR and (H)SRR1, which have the same places, and in words. */
const REASONS: Readonly<Record<FaultKind, { readonly status: bigint; readonly words: string }>> = {
  segment: { status: 0n, words: 'the address is in no quadrant of this state, or outside of the tree' },
  'no translation': { status: bit(33), words: 'nothing is mapped there' },
  'no execute': { status: bit(35), words: 'execution is not permitted' },
  protection: { status: bit(36), words: 'it is not permitted' },
  unsupported: { status: bit(44), words: 'the tables have a form that the machine does not support' },
  'reference or change': { status: bit(45), words: 'a Reference or Change bit has to be set' },
  secure: { status: bit(36), words: 'that is secure memory, and MSR[S]=0' },
  'no memory': { status: 0n, words: 'there is no memory' },
};
/** A table's entry is concerned: bit 46. */
const TABLE = bit(46);
const DSISR_STORE = bit(38);

const vector = (abbreviation: string): number => {
  const row = interruptNamed(abbreviation);
  if (!row) throw new Error(`There is no interrupt ${abbreviation}.`);
  return row.vector;
};
const SEGMENT = { data: vector('DSegI'), fetch: vector('ISegI') };
const STORAGE = { data: vector('DSI'), fetch: vector('ISI') };
const HYPERVISOR_STORAGE = { data: vector('HDSI'), fetch: vector('HISI') };
const MACHINE_CHECK = vector('MC');

/**
 * What an access to secure memory with MSR.S = 0 raises: a storage interrupt with the protection bit, of the
 * hypervisor's kind when a guest did it. See docs/findings.md: no public text names the interrupt.
 */
export const SECURE_MEMORY_VIOLATION = {
  host: STORAGE,
  guest: HYPERVISOR_STORAGE,
  status: REASONS.secure.status,
} as const;

/**
 * What a Machine Check says of a real address that does not exist: bits of SRR1, and of DSISR when SRR1 bit 42 tells that
 * a load or store did it (POWER9, as skiboot's core/mce.c reads it).
 */
const BAD_REAL_ADDRESS = {
  load: { srr1: bit(42), dsisr: 0x40n },
  store: { srr1: bit(42) | 0x0814_0000n, dsisr: 0n },
  fetch: { srr1: 0x080c_0000n, dsisr: undefined },
} as const;
const BAD_TABLE_ADDRESS = {
  data: { srr1: bit(42), dsisr: 0x20n },
  fetch: { srr1: 0x0810_0000n, dsisr: undefined },
} as const;

/** The interrupt for an access that cannot be done. */
export function storageInterrupt(fault: Fault, access: Access): InterruptRequest {
  const side = access === 'fetch' ? 'fetch' : 'data';
  const detail = inWords(fault, access);
  switch (fault.kind) {
    case 'no memory':
      return machineCheck(fault, access, detail);
    case 'segment':
      return { vector: SEGMENT[side], registers: side === 'data' ? [[SPRN.DAR, fault.ea]] : [], detail };
    default:
  }
  const status = REASONS[fault.kind].status | (fault.table && fault.hypervisor ? TABLE : 0n);
  if (!fault.hypervisor) {
    if (side === 'fetch') return { vector: STORAGE.fetch, status, detail };
    const dsisr = status | (access === 'store' ? DSISR_STORE : 0n);
    return {
      vector: STORAGE.data,
      registers: [
        [SPRN.DAR, fault.ea],
        [SPRN.DSISR, dsisr],
      ],
      detail,
    };
  }
  // ASDR has the guest real address without the offset in its page of 4 KiB (Book III 6.5.16).
  const asdr = [SPRN.ASDR, (fault.gpa ?? 0n) & ~0xfffn] as const;
  if (side === 'fetch') return { vector: HYPERVISOR_STORAGE.fetch, status, registers: [asdr], detail };
  // Tables are read, also for a store.
  const hdsisr = status | (access === 'store' && !fault.table ? DSISR_STORE : 0n);
  return { vector: HYPERVISOR_STORAGE.data, registers: [[SPRN.HDAR, fault.ea], [SPRN.HDSISR, hdsisr], asdr], detail };
}

function machineCheck(fault: Fault, access: Access, detail: string): InterruptRequest {
  const { srr1, dsisr } = fault.walk
    ? BAD_TABLE_ADDRESS[access === 'fetch' ? 'fetch' : 'data']
    : BAD_REAL_ADDRESS[access];
  if (dsisr === undefined) return { vector: MACHINE_CHECK, status: srr1, detail };
  return {
    vector: MACHINE_CHECK,
    status: srr1,
    registers: [
      [SPRN.DAR, fault.ea],
      [SPRN.DSISR, dsisr],
    ],
    detail,
  };
}

function inWords(fault: Fault, access: Access): string {
  const hex = (value: bigint): string => `0x${value.toString(16)}`;
  const { gpa, ra } = fault;
  const where = [
    ra === undefined ? '' : `${fault.walk ? 'a table entry at ' : ''}real address ${hex(ra)}`,
    gpa === undefined ? '' : `${fault.table ? 'a table entry at ' : ''}guest real address ${hex(gpa)}`,
    hex(fault.ea),
  ].filter((part) => part !== '');
  return `${access} at ${where.join(', for ')}: ${REASONS[fault.kind].words}`;
}
