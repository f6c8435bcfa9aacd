/** What a response code says: name, meaning, and which handle, session or parameter it is about (Part 2, 6.6). */

import { hexNumber } from '../../common/bytes';
import { LAYERS, RESPONSE_CODES, type ResponseCodeRow, type ResponseFormat } from '../tables/responses';

export interface ResponseCodeExplanation {
  /** `TPM_RC_VALUE`, without its number; `0x...` for a code without a row. */
  readonly name: string;
  /** One line: `TPM_RC_VALUE of parameter 2: value out of range or not right here`. */
  readonly text: string;
  /** What to do; empty when there is nothing to do or nothing known. */
  readonly hint: string;
  readonly format: ResponseFormat;
  /** The code is about this parameter, handle or session, counted from 1. */
  readonly parameter: number | undefined;
  readonly handle: number | undefined;
  readonly session: number | undefined;
  /** Who gave the code, when it was not the TPM itself. */
  readonly layer: string | undefined;
}

const BY_VALUE: ReadonlyMap<number, ResponseCodeRow> = new Map(RESPONSE_CODES.map((row) => [row.value, row]));

/** Bits of a format-1 code: which kind of thing it is about, and its number. */
const FORMAT_1 = 0x080;
const ABOUT_PARAMETER = 0x040;
const ABOUT_SESSION = 0x800;

function about(code: number): Pick<ResponseCodeExplanation, 'parameter' | 'handle' | 'session'> {
  const none = { parameter: undefined, handle: undefined, session: undefined };
  if (!(code & FORMAT_1)) return none;
  const number = (code >> 8) & 0xf;
  if (code & ABOUT_PARAMETER) return number === 0 ? none : { ...none, parameter: number };
  if (number === 0 || number === 8) return none;
  return code & ABOUT_SESSION ? { ...none, session: number & 7 } : { ...none, handle: number };
}

function formatOf(code: number): ResponseFormat {
  if (code === 0) return 'success';
  if (code & FORMAT_1) return 'format 1';
  if (!(code & 0x100)) return 'tpm 1.2';
  if (code & 0x400) return 'vendor';
  return code & 0x800 ? 'warning' : 'format 0';
}

/** Explains any 32-bit response code, those of resource managers and software stacks too. */
export function explainResponseCode(rc: number): ResponseCodeExplanation {
  const layerNumber = (rc >>> 16) & 0xff;
  const layerRow = LAYERS.find((row) => row.layer === layerNumber);
  const layer = layerNumber === 0 ? undefined : (layerRow?.name ?? `layer ${layerNumber}`);
  const code = rc & 0xffff;
  const from = layer === undefined ? '' : ` from ${layerRow?.doc ?? layer}`;
  const nothing = { parameter: undefined, handle: undefined, session: undefined };

  if (layerRow?.tpmCodes !== true || rc >>> 24 !== 0 || code > 0xfff) {
    const name = hexNumber(rc >>> 0, 8);
    return { name, text: `${name}${from}: no code of a TPM`, hint: '', format: 'vendor', layer, ...nothing };
  }
  const format = formatOf(code);
  const row = BY_VALUE.get(format === 'format 1' ? code & 0x0bf & ~ABOUT_PARAMETER : code);
  const where = about(code);
  const [kind, number] = Object.entries(where).find(([, value]) => value !== undefined) ?? [];
  const of = kind === undefined ? '' : ` of ${kind} ${number}`;
  const name = row?.name ?? hexNumber(code, 3);
  const meaning = row?.doc ?? (format === 'vendor' ? 'code of the vendor' : 'no such code in the specification');
  return { name, text: `${name}${of}${from}: ${meaning}`, hint: row?.hint ?? '', format, layer, ...where };
}

/** A code with the number of what it is about, as a TPM makes it. */
export function responseCodeAbout(base: number, about: 'parameter' | 'handle' | 'session', number: number): number {
  if (!(base & FORMAT_1)) return base;
  const kind = { parameter: ABOUT_PARAMETER, handle: 0, session: ABOUT_SESSION }[about];
  return base | kind | (number << 8);
}
