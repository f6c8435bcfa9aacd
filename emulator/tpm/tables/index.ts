/**
 * All rows of the TPM, joined and found by name, value or code.
 *
 * Everything that knows a name of the TPM (codec, embedded TPM, hover, completion) asks here.
 */

import { InputError } from '../../common/errors';
import { TPM_ALG_ID, TPM_ECC_CURVE } from './algorithms';
import { ATTRIBUTES } from './attributes';
import { CRYPTO_COMMANDS } from './commands-crypto';
import { MANAGEMENT_COMMANDS } from './commands-management';
import { NV_COMMANDS } from './commands-nv';
import { OBJECT_COMMANDS } from './commands-object';
import { POLICY_COMMANDS } from './commands-policy';
import { SESSION_COMMANDS } from './commands-session';
import { CONSTANTS } from './constants';
import { CHOICES, HANDLES, NUMBER_ALIASES, NUMBERS, TPM_HANDLE } from './interfaces';
import type { CommandRow, ConstantsType, FieldRow, TypeRow } from './notation';
import { RESPONSE_CODES, type ResponseCodeRow } from './responses';
import { STRUCTURES } from './structures';

export const COMMANDS: readonly CommandRow[] = [
  ...SESSION_COMMANDS,
  ...OBJECT_COMMANDS,
  ...CRYPTO_COMMANDS,
  ...POLICY_COMMANDS,
  ...MANAGEMENT_COMMANDS,
  ...NV_COMMANDS,
];

/** Command codes by name; made from the command rows, so that no code stands twice. */
const TPM_CC: ConstantsType = {
  kind: 'constants',
  name: 'TPM_CC',
  base: 'UINT32',
  source: 'Part 2 Table 12',
  doc: 'Code of a command.',
  rows: COMMANDS.map(({ codeName, code, doc }) => ({ name: codeName, value: code, doc })),
};

/** Response codes by name; made from the response code rows. */
const TPM_RC: ConstantsType = {
  kind: 'constants',
  name: 'TPM_RC',
  base: 'UINT32',
  source: 'Part 2 Table 16',
  doc: 'Code of a response.',
  rows: RESPONSE_CODES,
};

export const TYPES: readonly TypeRow[] = [
  ...NUMBERS,
  ...NUMBER_ALIASES,
  TPM_HANDLE,
  TPM_ALG_ID,
  TPM_ECC_CURVE,
  TPM_CC,
  TPM_RC,
  ...CONSTANTS,
  ...ATTRIBUTES,
  ...HANDLES,
  ...CHOICES,
  ...STRUCTURES,
];

const TYPES_BY_NAME: ReadonlyMap<string, TypeRow> = new Map(TYPES.map((row) => [row.name, row]));
const COMMANDS_BY_NAME: ReadonlyMap<string, CommandRow> = new Map(COMMANDS.map((row) => [row.name, row]));
/** Two pairs share a code (HMAC and MAC, and their starts); the first row of the specification's order speaks for it. */
const COMMANDS_BY_CODE: ReadonlyMap<number, CommandRow> = new Map(
  [...COMMANDS].reverse().map((row) => [row.code, row]),
);

/** A named value, as completion and hover show it. */
export interface NamedConstant {
  readonly name: string;
  readonly value: bigint;
  readonly doc: string;
  /** Type of the specification: `TPM_ALG_ID`. */
  readonly type: string;
}

function* constantRows(): Generator<NamedConstant> {
  for (const type of TYPES) {
    if (type.kind !== 'constants') continue;
    for (const { name, value, doc } of type.rows) yield { name, value: BigInt(value), doc, type: type.name };
  }
}

const CONSTANTS_BY_NAME: ReadonlyMap<string, NamedConstant> = new Map(
  [...constantRows()].map((row) => [row.name, row]),
);

/** Every named value: TPM_ALG_*, TPM_CC_*, TPM_RC_*, TPM_RH_* and so on. Negative ones (TPM_CLOCK_*) stay negative. */
export function tpmConstants(): Iterable<NamedConstant> {
  return CONSTANTS_BY_NAME.values();
}

/** The named value, or undefined. */
export function tpmConstant(name: string): NamedConstant | undefined {
  return CONSTANTS_BY_NAME.get(name);
}

/** A named value that the code itself relies on. */
export function constantValue(name: string): number {
  const found = CONSTANTS_BY_NAME.get(name);
  if (!found) throw new InputError('unknown-constant', `There is no TPM constant '${name}'.`);
  return Number(found.value);
}

/** All commands with their handles and parameters. */
export function tpmCommands(): readonly CommandRow[] {
  return COMMANDS;
}

/** All response codes with their meaning and what to do. */
export function tpmResponseCodes(): readonly ResponseCodeRow[] {
  return RESPONSE_CODES;
}

/** The command of `TPM2_GetRandom`, `TPM_CC_GetRandom` or a code, or undefined. */
export function findCommand(nameOrCode: string | number): CommandRow | undefined {
  if (typeof nameOrCode === 'number') return COMMANDS_BY_CODE.get(nameOrCode);
  return COMMANDS_BY_NAME.get(nameOrCode.replace(/^TPM_CC_/, 'TPM2_'));
}

/** The type of that name, aliases as they are, or undefined. */
export function findType(name: string): TypeRow | undefined {
  return TYPES_BY_NAME.get(name);
}

/** The type of that name, aliases followed. */
export function resolveType(name: string): Exclude<TypeRow, { kind: 'alias' }> {
  const row = TYPES_BY_NAME.get(name);
  if (!row) throw new InputError('unknown-type', `There is no TPM type '${name}'.`);
  return row.kind === 'alias' ? resolveType(row.of) : row;
}

/** Rows of a command in the order of the bytes: handles, then parameters. */
export function commandFields(row: CommandRow): readonly FieldRow[] {
  return [...row.handles, ...row.parameters];
}
