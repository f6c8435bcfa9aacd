/** Names and documentation of instructions and registers, for completion and hover. */
import { usage } from './assembler';
import { MNEMONICS } from './mnemonics';
import { CORE_REGISTERS, type RegisterBit } from './registers';
import { SPRS } from './sprs';

export interface InstructionDoc {
  readonly mnemonic: string;
  /** Operands, for instance `RT,RA,SI`. */
  readonly operands: string;
  readonly doc: string;
  readonly section: string;
  /** For an extended mnemonic, the instruction that it stands for. */
  readonly standsFor: string | undefined;
}

export interface RegisterDoc {
  readonly name: string;
  readonly bits: number;
  readonly doc: string;
  readonly fields: readonly RegisterBit[];
  /** Number of a special purpose register. */
  readonly number: number | undefined;
}

/** Every mnemonic with its documentation. */
export function instructionDocs(): InstructionDoc[] {
  return MNEMONICS.map((form) => ({
    mnemonic: form.mnemonic,
    operands: form.operands.length === 0 ? '' : usage(form),
    doc: form.row.doc,
    section: form.row.section,
    standsFor: form.alias?.target,
  }));
}

/** Every register with its documentation. */
export function registerDocs(): RegisterDoc[] {
  return [
    ...CORE_REGISTERS.map((row) => ({ ...row, number: undefined })),
    ...SPRS.map(({ name, bits, doc, fields, number }) => ({ name, bits, doc, fields, number })),
  ];
}
