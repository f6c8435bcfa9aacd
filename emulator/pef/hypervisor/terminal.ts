/**
 * H_PUT_TERM_CHAR and H_GET_TERM_CHAR: the virtual terminal of a partition, as QEMU's spapr-vty serves it.
 *
 * Characters travel in two registers as if these were 16 bytes in big-endian order: the first one is the most significant
 * byte of the first register (QEMU hw/char/spapr_vty.c). What is written is output of the machine; nobody
 * types, so nothing is ever to be read.
 */

import { type Coroutine, type FirmwareContext, type Routine, line } from '../firmware';
import { codeValue } from '../codes';
import { listing } from '../listing';

/** Unit address of the terminal: the first virtual device of a pseries machine (QEMU hw/ppc/spapr_vio.c, SPAPR_VIO_REG_BASE). */
export const TERMINAL_UNIT = 0x7100_0000n;
/** Kernels that print before they know their devices name terminal 0 (QEMU vty_lookup). */
const EARLY_UNIT = 0n;
/** Most characters of a call. */
const MOST_CHARACTERS = 16n;

const SOURCE = 'PAPR and QEMU hw/char/spapr_vty.c';

const PUT_LISTING = listing(
  'H_PUT_TERM_CHAR',
  'hypervisor',
  SOURCE,
  `
termno | if termno is neither the terminal's unit address nor 0: return H_PARAMETER
len    | if len is above 16:                                     return H_PARAMETER
write  | write len characters of char0_7 and char8_15;           return H_SUCCESS
`,
);

const GET_LISTING = listing(
  'H_GET_TERM_CHAR',
  'hypervisor',
  SOURCE,
  `
termno | if termno is neither the terminal's unit address nor 0: return H_PARAMETER
read   | r4 = 0, r5 = r6 = 0: nobody has typed anything;         return H_SUCCESS
`,
);

function refuseUnit(context: FirmwareContext, termno: bigint): bigint | undefined {
  if (termno === TERMINAL_UNIT || termno === EARLY_UNIT) return undefined;
  const { name = '' } = context.call;
  context.note(`${name}: H_PARAMETER: there is no terminal 0x${termno.toString(16)}; it is 0x71000000 or 0`);
  return codeValue('H_PARAMETER');
}

function* put(context: FirmwareContext): Coroutine<bigint> {
  const [termno = 0n, length = 0n, first = 0n, second = 0n] = context.call.args;
  yield* line('termno');
  const refused = refuseUnit(context, termno);
  if (refused !== undefined) return refused;

  yield* line('len');
  if (length > MOST_CHARACTERS) {
    context.note(`H_PUT_TERM_CHAR: H_PARAMETER: len is ${length}; a call carries at most 16 characters`);
    return codeValue('H_PARAMETER');
  }

  yield* line('write');
  const characters = new Uint8Array(16);
  const view = new DataView(characters.buffer);
  view.setBigUint64(0, first);
  view.setBigUint64(8, second);
  if (length > 0n) context.console(characters.slice(0, Number(length)));
  return codeValue('H_SUCCESS');
}

function* get(context: FirmwareContext): Coroutine<bigint> {
  const [termno = 0n] = context.call.args;
  yield* line('termno');
  const refused = refuseUnit(context, termno);
  if (refused !== undefined) return refused;

  yield* line('read');
  for (const register of [4, 5, 6]) context.setGpr(register, 0n);
  return codeValue('H_SUCCESS');
}

export const putTermChar: Routine = { listing: PUT_LISTING, run: put };
export const getTermChar: Routine = { listing: GET_LISTING, run: get };
