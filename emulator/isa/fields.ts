/**
 * The instruction fields of the Power ISA, one row each: where a field's bits lie in the instruction word.
 *
 * Power ISA 3.0B Book I 1.6 "Instruction Formats". Bits are numbered as the manual does: bit 0 is the most significant.
 */

/** How an operand of this field is written and read in assembler text. */
export type OperandKind =
  | 'gpr' // r3
  | 'fpr' // f3
  | 'vr' // v3
  | 'vsr' // vs35
  | 'cr-field' // cr7
  | 'cr-bit' // 4*cr7+eq
  | 'signed' // -4
  | 'unsigned' // 4
  | 'displacement' // part of D(RA)
  | 'branch'; // an address

/** The registers of operands that are written by name: what stands before the number, and how many there are. */
export const REGISTER_FILES: Partial<Record<OperandKind, { readonly prefix: string; readonly count: number }>> = {
  gpr: { prefix: 'r', count: 32 },
  fpr: { prefix: 'f', count: 32 },
  vr: { prefix: 'v', count: 32 },
  vsr: { prefix: 'vs', count: 64 },
  'cr-field': { prefix: 'cr', count: 8 },
};

/** A run of bits: word bit (manual numbering), width, and how far left its value goes in the field's value. */
export type FieldPart = readonly [bit: number, width: number, left: number];

export interface Field {
  readonly name: string;
  readonly kind: OperandKind;
  readonly doc: string;
  /** Parts of the field, in the order in which they lie in the word. */
  readonly parts: readonly FieldPart[];
  /** Width of the value in bits, counting the low zeros that `parts` leave out (DS: 16). */
  readonly width: number;
  readonly signed: boolean;
  /** A one-bit flag that is part of the mnemonic (Rc, OE, LK, AA): its suffix. */
  readonly suffix?: string;
  /** The number as which the value 0 is written. */
  readonly zeroAs?: number;
}

/** The value of a field in a word: sign-extended when the field is signed, otherwise unsigned. */
export function extract(field: Field, word: number): number {
  let value = 0;
  for (const [bit, width, left] of field.parts) {
    value |= ((word >>> (32 - bit - width)) & (2 ** width - 1)) << left;
  }
  return field.signed ? (value << (32 - field.width)) >> (32 - field.width) : value >>> 0;
}

/** The word's bits for a field value; bits that do not fit are dropped. */
export function deposit(field: Field, value: number): number {
  let word = 0;
  for (const [bit, width, left] of field.parts) {
    word |= ((value >>> left) & (2 ** width - 1)) << (32 - bit - width);
  }
  return word >>> 0;
}

/** Lowest value, highest value and step that a field can hold. */
export function fieldRange(field: Field): { readonly min: number; readonly max: number; readonly step: number } {
  const step = 2 ** Math.min(...field.parts.map(([, , left]) => left));
  if (field.signed) return { min: -(2 ** (field.width - 1)), max: 2 ** (field.width - 1) - step, step };
  return { min: 0, max: 2 ** field.width - step, step };
}

function field(
  name: string,
  kind: OperandKind,
  parts: readonly FieldPart[],
  doc: string,
  extra: { signed?: boolean; suffix?: string; zeroAs?: number } = {},
): Field {
  const width = Math.max(...parts.map(([, bits, left]) => bits + left));
  return { name, kind, doc, parts, width, signed: extra.signed ?? false, suffix: extra.suffix, zeroAs: extra.zeroAs };
}

const SIGNED = { signed: true } as const;

// prettier-ignore
const ROWS = [
  // registers
  field('RT',  'gpr',      [[6, 5, 0]],  'target register'),
  field('RS',  'gpr',      [[6, 5, 0]],  'source register'),
  field('RA',  'gpr',      [[11, 5, 0]], 'register A'),
  field('RB',  'gpr',      [[16, 5, 0]], 'register B'),
  field('RC',  'gpr',      [[21, 5, 0]], 'register C'),
  // floating-point registers
  field('FRT', 'fpr',      [[6, 5, 0]],  'target floating-point register'),
  field('FRS', 'fpr',      [[6, 5, 0]],  'source floating-point register'),
  field('FRA', 'fpr',      [[11, 5, 0]], 'floating-point register A'),
  field('FRB', 'fpr',      [[16, 5, 0]], 'floating-point register B'),
  field('FRC', 'fpr',      [[21, 5, 0]], 'floating-point register C'),
  // vector registers
  field('VRT', 'vr',       [[6, 5, 0]],  'target vector register'),
  field('VRS', 'vr',       [[6, 5, 0]],  'source vector register'),
  field('VRA', 'vr',       [[11, 5, 0]], 'vector register A'),
  field('VRB', 'vr',       [[16, 5, 0]], 'vector register B'),
  field('VRC', 'vr',       [[21, 5, 0]], 'vector register C'),
  // vector-scalar registers: the sixth bit lies elsewhere
  field('XT',  'vsr',      [[6, 5, 0], [31, 1, 5]],  'target vector-scalar register'),
  field('XS',  'vsr',      [[6, 5, 0], [31, 1, 5]],  'source vector-scalar register'),
  field('XA',  'vsr',      [[11, 5, 0], [29, 1, 5]], 'vector-scalar register A'),
  field('XB',  'vsr',      [[16, 5, 0], [30, 1, 5]], 'vector-scalar register B'),
  field('XC',  'vsr',      [[21, 5, 0], [28, 1, 5]], 'vector-scalar register C'),
  field('XTQ', 'vsr',      [[6, 5, 0], [28, 1, 5]],  'target vector-scalar register of a DQ-form'),
  field('XSQ', 'vsr',      [[6, 5, 0], [28, 1, 5]],  'source vector-scalar register of a DQ-form'),
  // condition register
  field('BF',  'cr-field', [[6, 3, 0]],  'target CR field'),
  field('BFA', 'cr-field', [[11, 3, 0]], 'source CR field'),
  field('BT',  'cr-bit',   [[6, 5, 0]],  'target CR bit'),
  field('BA',  'cr-bit',   [[11, 5, 0]], 'source CR bit A'),
  field('BB',  'cr-bit',   [[16, 5, 0]], 'source CR bit B'),
  field('BC',  'cr-bit',   [[21, 5, 0]], 'CR bit to select by'),
  field('BI',  'cr-bit',   [[11, 5, 0]], 'CR bit to test'),
  field('FXM', 'unsigned', [[12, 8, 0]], 'mask of CR fields, cr0 first'),
  // branches
  field('BO',  'unsigned', [[6, 5, 0]],  'branch options'),
  field('BH',  'unsigned', [[19, 2, 0]], 'branch hint'),
  field('BD',  'branch',   [[16, 14, 2]], 'branch displacement', SIGNED),
  field('LI',  'branch',   [[6, 24, 2]], 'branch displacement', SIGNED),
  field('LEV', 'unsigned', [[20, 7, 0]], 'level that is called: 0 operating system, 1 hypervisor, 2 ultravisor'),
  // immediates and displacements
  field('SI',  'signed',   [[16, 16, 0]], 'signed immediate', SIGNED),
  field('UI',  'unsigned', [[16, 16, 0]], 'unsigned immediate'),
  field('D',   'displacement', [[16, 16, 0]], 'displacement', SIGNED),
  field('DS',  'displacement', [[16, 14, 2]], 'displacement, a multiple of 4', SIGNED),
  field('DQ',  'displacement', [[16, 12, 4]], 'displacement, a multiple of 16', SIGNED),
  field('SIM', 'signed',   [[11, 5, 0]], 'signed immediate', SIGNED),
  field('UIM5', 'unsigned', [[11, 5, 0]], 'unsigned immediate'),
  field('UIM4', 'unsigned', [[12, 4, 0]], 'number of an element or a byte'),
  field('UIM3', 'unsigned', [[13, 3, 0]], 'number of an element'),
  field('UIM2', 'unsigned', [[14, 2, 0]], 'number of an element'),
  field('IMM8', 'unsigned', [[13, 8, 0]], 'unsigned immediate'),
  field('DX',  'signed',   [[11, 5, 1], [16, 10, 6], [31, 1, 0]], 'signed immediate', SIGNED),
  // shifts and masks
  field('SH',  'unsigned', [[16, 5, 0]], 'shift amount'),
  field('SH6', 'unsigned', [[16, 5, 0], [30, 1, 5]], 'shift amount'),
  field('MB',  'unsigned', [[21, 5, 0]], 'first bit of the mask'),
  field('ME',  'unsigned', [[26, 5, 0]], 'last bit of the mask'),
  field('MB6', 'unsigned', [[21, 5, 0], [26, 1, 5]], 'first bit of the mask'),
  field('ME6', 'unsigned', [[21, 5, 0], [26, 1, 5]], 'last bit of the mask'),
  field('SHB', 'unsigned', [[22, 4, 0]], 'shift amount in bytes'),
  field('SHW', 'unsigned', [[22, 2, 0]], 'shift amount in words'),
  field('DM',  'unsigned', [[22, 2, 0]], 'doublewords to take'),
  // vector functions
  field('PS',  'unsigned', [[22, 1, 0]], 'preferred sign code'),
  field('ST',  'unsigned', [[16, 1, 0]], 'kind of sigma function'),
  field('SIX', 'unsigned', [[17, 4, 0]], 'which elements take the other sigma function'),
  // floating point
  field('FLM', 'unsigned', [[7, 8, 0]],  'mask of FPSCR fields, field 0 first'),
  field('LF',  'unsigned', [[6, 1, 0]],  '1 writes the whole FPSCR'),
  field('W',   'unsigned', [[15, 1, 0]], 'word of FPSCR, 0 the low one'),
  field('U4',  'unsigned', [[16, 4, 0]], 'unsigned immediate'),
  field('FBT', 'unsigned', [[6, 5, 0]],  'bit of FPSCR, counted from bit 32'),
  field('FFT', 'unsigned', [[6, 3, 0]],  'FPSCR field'),
  field('RM',  'unsigned', [[19, 2, 0]], 'rounding mode'),
  field('DRM', 'unsigned', [[18, 3, 0]], 'decimal rounding mode'),
  field('R',   'unsigned', [[15, 1, 0]], '0 rounds to nearest, 1 as RMC or FPSCR says'),
  field('RMC', 'unsigned', [[21, 2, 0]], 'rounding mode of the instruction'),
  field('DCMX', 'unsigned', [[9, 7, 0]], 'data classes to test for'),
  field('DCMXV', 'unsigned', [[11, 5, 0], [25, 1, 6], [29, 1, 5]], 'data classes to test for'),
  // system
  field('SPR', 'unsigned', [[11, 5, 0], [16, 5, 5]], 'number of the special purpose register'),
  field('TO',  'unsigned', [[6, 5, 0]],  'conditions to trap on'),
  field('TH',  'unsigned', [[6, 5, 0]],  'touch hint'),
  field('L',   'unsigned', [[10, 1, 0]], '1 compares doublewords, 0 words'),
  field('L2',  'unsigned', [[9, 2, 0]],  'kind of barrier'),
  field('L3',  'unsigned', [[8, 3, 0]],  'kind of flush'),
  field('L1',  'unsigned', [[15, 1, 0]], '1 changes only EE and RI'),
  field('EH',  'unsigned', [[31, 1, 0]], 'hint of exclusive access'),
  field('NB',  'unsigned', [[16, 5, 0]], 'number of bytes', { zeroAs: 32 }),
  field('FC',  'unsigned', [[16, 5, 0]], 'function of the atomic operation'),
  field('CY',  'unsigned', [[21, 2, 0]], 'which bit carries: 0 for OV'),
  field('LDARN', 'unsigned', [[14, 2, 0]], 'kind of random number: 0 32 bits, 1 64 bits, 2 raw'),
  field('CT',  'unsigned', [[6, 5, 0]],  'cache to load into'),
  field('RIC', 'unsigned', [[12, 2, 0]], 'what to invalidate: 0 translations, 1 page walk cache, 2 both, 3 a group'),
  field('PRS', 'unsigned', [[14, 1, 0]], '1 for process-scoped, 0 for partition-scoped translations'),
  field('RTR', 'unsigned', [[15, 1, 0]], '1 for radix translations'),
  field('IH',  'unsigned', [[8, 3, 0]],  'how much to invalidate'),
  field('WC',  'unsigned', [[9, 2, 0]],  'what to wait for'),
  field('BHRBE', 'unsigned', [[11, 10, 0]], 'number of the branch history entry'),
  field('STRM', 'unsigned', [[9, 2, 0]], 'number of the data stream'),
  field('SE',  'unsigned', [[20, 1, 0]], '1 lets event-based branches come again'),
  field('ATM', 'unsigned', [[6, 1, 0]],  '1 ends all nested transactions'),
  field('SIT', 'signed',   [[16, 5, 0]], 'signed immediate', SIGNED),
  // flags that are part of the mnemonic
  field('OE',  'unsigned', [[21, 1, 0]], 'sets OV and SO', { suffix: 'o' }),
  field('LK',  'unsigned', [[31, 1, 0]], 'sets LR', { suffix: 'l' }),
  field('AA',  'unsigned', [[30, 1, 0]], 'absolute address', { suffix: 'a' }),
  field('Rc',  'unsigned', [[31, 1, 0]], 'sets CR field 0', { suffix: '.' }),
  field('RO',  'unsigned', [[31, 1, 0]], 'rounds to odd', { suffix: 'o' }),
  field('Rc21', 'unsigned', [[21, 1, 0]], 'sets CR field 6', { suffix: '.' }),
];

/** All fields by name. */
export const FIELDS: ReadonlyMap<string, Field> = new Map(ROWS.map((row) => [row.name, row]));

/** The field of that name. Throws when the table has none: a mistake in a row of this project. */
export function fieldNamed(name: string): Field {
  const found = FIELDS.get(name);
  if (!found) throw new Error(`There is no instruction field ${name}.`);
  return found;
}
