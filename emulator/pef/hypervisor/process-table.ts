/**
 * H_REGISTER_PROC_TBL: a partition says where its process table is, and its addresses are translated by radix trees from
 * then on (PAPR; flags and order of checks as QEMU's hw/ppc/spapr_hcall.c and Linux's arch/powerpc/mm have them).
 */

import { codeValue } from '../codes';
import { type Coroutine, type FirmwareContext, type Routine, line } from '../firmware';
import { listing } from '../listing';

const FLAG = {
  /** The table changes: with `register` there is a new one, without it none. */
  modify: 0x10n,
  register: 0x08n,
  /** Kind of translation, two bits. */
  kind: 0x06n,
  radix: 0x04n,
  /** The partition invalidates its translations by itself. */
  shootdown: 0x01n,
} as const;
const KNOWN = FLAG.modify | FLAG.register | FLAG.kind | FLAG.shootdown;
/** Bits 4:51 of a partition table entry's second doubleword. */
const TABLE_ADDRESS = 0x0fff_ffff_ffff_f000n;
const LARGEST_SIZE = 24n;
/** GR: the partition uses radix trees. */
const GUEST_RADIX = 1n << 63n;

const LISTING = listing(
  'H_REGISTER_PROC_TBL',
  'hypervisor',
  'PAPR and QEMU hw/ppc/spapr_hcall.c',
  `
flags    | if flags has unknown bits, or names hashed page tables:            return H_PARAMETER
remove   | if flags removes the table: the partition maps one to one again;   return H_SUCCESS
table    | if proc_tbl is not aligned to 4 KiB, or is above bit 4:            return H_P2
page     | if page_size is not 0:                                             return H_P3
size     | if table_size, log2 of the bytes less 12, is above 24:             return H_P4
register | addresses are translated by this process table;                    return H_SUCCESS
`,
);

function* run(context: FirmwareContext): Coroutine<bigint> {
  const [flags = 0n, table = 0n, pageSize = 0n, tableSize = 0n] = context.call.args;
  const refuse = (code: string, why: string): bigint => {
    context.note(`H_REGISTER_PROC_TBL: ${code}: ${why}`);
    return codeValue(code);
  };
  yield* line('flags');
  const registers = (flags & FLAG.modify) !== 0n && (flags & FLAG.register) !== 0n;
  if ((flags & ~KNOWN) !== 0n) return refuse('H_PARAMETER', `flags 0x${flags.toString(16)} has unknown bits`);
  if (registers && (flags & FLAG.kind) !== FLAG.radix) {
    return refuse('H_PARAMETER', 'the machine translates by radix trees only');
  }

  yield* line('remove');
  if (!registers) {
    if ((flags & FLAG.modify) !== 0n) context.registerProcessTable(undefined);
    return codeValue('H_SUCCESS');
  }

  yield* line('table');
  if ((table & ~TABLE_ADDRESS) !== 0n) {
    return refuse('H_P2', `proc_tbl 0x${table.toString(16)} is not the address of a page of 4 KiB`);
  }

  yield* line('page');
  if (pageSize !== 0n) return refuse('H_P3', `page_size is ${pageSize}; radix trees have none`);

  yield* line('size');
  if (tableSize > LARGEST_SIZE) return refuse('H_P4', `table_size is ${tableSize}; 24 is 64 GiB`);

  yield* line('register');
  context.registerProcessTable(GUEST_RADIX | table | tableSize);
  return codeValue('H_SUCCESS');
}

export const registerProcessTable: Routine = { listing: LISTING, run };
