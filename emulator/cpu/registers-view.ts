/** Registers by name, as debuggers, scenarios and tests want them: `r3`, `lr`, `cr0`, `MSR.S`, `SRR0`, `XER.CA`. */
import { CORE_REGISTERS, type RegisterBit, type RegisterRow, bitMask, bitValue } from '../isa/registers';
import { type SprRow, SPRS } from '../isa/sprs';

/** What the view needs of a CPU: whole registers by row. */
export interface RegisterAccess {
  readWhole(row: RegisterRow | SprRow): bigint;
  writeWhole(row: RegisterRow | SprRow, value: bigint): void;
}

/** A register or one of its fields. */
export interface RegisterReference {
  readonly row: RegisterRow | SprRow;
  readonly field: RegisterBit | undefined;
}

const rows = new Map<string, RegisterRow | SprRow>(
  [...CORE_REGISTERS, ...SPRS].map((row) => [row.name.toLowerCase(), row]),
);
// What debuggers call it.
const nia = rows.get('nia');
if (nia) rows.set('pc', nia);

/** Finds a register, or a field of one after a dot, in any case. */
export function registerNamed(name: string): RegisterReference | undefined {
  const [register = '', fieldName, ...rest] = name.trim().toLowerCase().split('.');
  const row = rows.get(register);
  if (!row || rest.length > 0) return undefined;
  if (fieldName === undefined) return { row, field: undefined };
  const field = row.fields.find((candidate) => candidate.name.toLowerCase() === fieldName);
  return field ? { row, field } : undefined;
}

/** The value of a register or field. */
export function readReference(access: RegisterAccess, { row, field }: RegisterReference): bigint {
  const value = access.readWhole(row);
  return field ? bitValue(row, field, value) : value;
}

/** Sets a register or field; bits that do not fit are dropped. */
export function writeReference(access: RegisterAccess, { row, field }: RegisterReference, value: bigint): void {
  if (!field) return access.writeWhole(row, BigInt.asUintN(row.bits, value));
  const mask = bitMask(row, field);
  const shifted = (value << BigInt(row.bits - 1 - field.last)) & mask;
  access.writeWhole(row, (access.readWhole(row) & ~mask) | shifted);
}
