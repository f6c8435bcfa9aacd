/**
 * Facilities that software can turn off: by a bit of MSR, for problem state by FSCR, for all but the hypervisor by HFSCR
 * (Power ISA 3.0B Book III 3.2.1, 6.2.10, 6.2.11, 6.5.27 and 6.5.28).
 */
import { VECTOR } from './interrupts';
import { MSR_BIT } from './registers';

export interface FacilityRow {
  readonly name: string;
  /** MSR bit without which the interrupt at `vector` comes. */
  readonly msr?: { readonly mask: bigint; readonly vector: number };
  /** The bit in FSCR and HFSCR, counted from the right: the number that the interrupt leaves in their high byte. */
  readonly fscr?: number;
  readonly hfscr?: number;
  readonly doc: string;
}

// prettier-ignore
export const FACILITIES = [
  { name: 'FP',   msr: { mask: MSR_BIT.FP, vector: VECTOR.FPU },    hfscr: 0,             doc: 'floating point' },
  { name: 'VEC',  msr: { mask: MSR_BIT.VEC, vector: VECTOR.VEC },   hfscr: 1,             doc: 'vectors' },
  { name: 'VSX',  msr: { mask: MSR_BIT.VSX, vector: VECTOR.VSX },   hfscr: 1,             doc: 'vector-scalar operations' },
  { name: 'DSCR',                                                   hfscr: 2,  fscr: 2,   doc: 'data stream control' },
  { name: 'PM',                                                     hfscr: 3,             doc: 'performance monitor' },
  { name: 'BHRB',                                                   hfscr: 4,             doc: 'branch history' },
  { name: 'TM',   msr: { mask: MSR_BIT.TM, vector: VECTOR.FAC },    hfscr: 5,  fscr: 5,   doc: 'transactional memory' },
  { name: 'EBB',                                                    hfscr: 7,  fscr: 7,   doc: 'event-based branches' },
  { name: 'TAR',                                                    hfscr: 8,  fscr: 8,   doc: 'Target Address Register' },
  { name: 'MSGP',                                                   hfscr: 10,            doc: 'doorbells of the partition' },
  { name: 'SCV',                                                               fscr: 12,  doc: 'system call vectored' },
] as const satisfies readonly FacilityRow[];

export type FacilityName = (typeof FACILITIES)[number]['name'];

/** Index of a facility in the table. */
export function facilityNumber(name: FacilityName): number {
  return FACILITIES.findIndex((row) => row.name === name);
}

/** The row of a facility. */
export function facilityRow(name: FacilityName): FacilityRow {
  const rows: readonly FacilityRow[] = FACILITIES;
  const row = rows[facilityNumber(name)];
  if (!row) throw new Error(`There is no facility ${name}.`);
  return row;
}
