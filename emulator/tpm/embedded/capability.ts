/** TPM2_GetCapability: Part 3, 30.2. It tells what this TPM has, so that a client finds out what it may ask for. */

import type { FieldValue, FieldValues } from '../codec/index';
import { TPM_PT, TPM_PT_PCR } from '../tables/constants';
import { TPM_ALG_ID } from '../tables/algorithms';
import { constantValue } from '../tables/index';
import type { CommandRow } from '../tables/notation';
import { algorithmBit, permanentBit, startupClearBit } from './bits';
import type { CommandContext, Handlers } from './dispatch';
import { TICKET_HASH } from './hierarchy';
import { persistentHandles, transientHandles } from './objects';
import * as profile from './profile';
import { refuse, type Refusal } from './refusal';
import { savedSessionHandles, sessionHandles } from './sessions';
import type { TpmState } from './state';

/** Most bytes of the data (TPM_PT_MAX_CAP_BUFFER), of which each group's limit follows. */
const MAX_CAP_BUFFER = 1024;
const limit = (itemBytes: number): number => Math.floor((MAX_CAP_BUFFER - 8) / itemBytes);

interface Answer {
  readonly data: FieldValue;
  readonly more: boolean;
}

/** The first elements from `from` on, at most `count`. Whoever asks for none hears that there are some. */
function page<T>(
  all: readonly T[],
  keyOf: (item: T) => number,
  from: number,
  count: number,
): { items: T[]; more: boolean } {
  const rest = all.filter((item) => keyOf(item) >= from);
  return { items: rest.slice(0, count), more: rest.length > count };
}

function answer({ items, more }: { items: FieldValue[]; more: boolean }): Answer {
  return { data: items, more };
}

const PERMANENT_HANDLES = ['OWNER', 'NULL', 'LOCKOUT', 'ENDORSEMENT', 'PLATFORM', 'PLATFORM_NV']
  .map((name) => constantValue(`TPM_RH_${name}`))
  .concat(constantValue('TPM_RS_PW'))
  .sort((a, b) => a - b);

const PCR_HANDLES = Array.from({ length: profile.PCR_COUNT }, (_, pcr) => pcr);

/** Number of a session, whatever its kind. */
const SESSION_NUMBER = 0xff_ffff;

/** Handles in use, of the kind that the property's first byte tells. There is no NV yet. */
function handles(state: TpmState, property: number, count: number): Answer | Refusal {
  const kind = property >>> 24;
  const sessions = {
    [constantValue('TPM_HT_HMAC_SESSION')]: sessionHandles(state),
    [constantValue('TPM_HT_POLICY_SESSION')]: savedSessionHandles(state),
  }[kind];
  if (sessions) return answer(page(sessions, (handle) => handle & SESSION_NUMBER, property & SESSION_NUMBER, count));
  const known: Record<number, readonly number[]> = {
    [constantValue('TPM_HT_PCR')]: PCR_HANDLES,
    [constantValue('TPM_HT_PERMANENT')]: PERMANENT_HANDLES,
    [constantValue('TPM_HT_NV_INDEX')]: [],
    [constantValue('TPM_HT_TRANSIENT')]: transientHandles(state),
    [constantValue('TPM_HT_PERSISTENT')]: persistentHandles(state),
  };
  const all = known[kind];
  if (!all) return refuse('TPM_RC_HANDLE', 'parameter', 2);
  return answer(page(all, (handle) => handle, property, count));
}

const ALGORITHM_ATTRIBUTES: ReadonlyMap<string, number> = new Map([
  ...profile.HASHES.map((name) => [name, algorithmBit('hash')] as const),
  ...Object.entries(profile.ALGORITHMS).map(
    ([name, uses]) => [name, uses.reduce((word, use) => word + algorithmBit(use), 0)] as const,
  ),
]);

function algorithms(property: number, count: number): Answer {
  const rows = TPM_ALG_ID.rows.flatMap(({ name, value }) => {
    const algProperties = ALGORITHM_ATTRIBUTES.get(name);
    return algProperties === undefined ? [] : [{ alg: value, algProperties }];
  });
  return answer(page(rows, (row) => row.alg, property & 0xffff, count));
}

/** Attributes of a command as TPMA_CC. */
export function commandAttributes(row: CommandRow): number {
  const mark = (name: CommandRow['marks'][number], bit: number): number => (row.marks.includes(name) ? 2 ** bit : 0);
  const handles = row.handles.length * 2 ** 25 + row.responseHandles.length * 2 ** 28;
  return row.code + mark('NV', 22) + mark('E', 23) + mark('F', 24) + handles;
}

function commands(rows: readonly CommandRow[], property: number, count: number): Answer {
  const { items, more } = page(rows, (row) => row.code, property, count);
  return { data: items.map(commandAttributes), more };
}

function selection(isIn: (attributes: profile.PcrAttributes) => boolean): Uint8Array {
  const bytes = new Uint8Array(profile.PCR_SELECT_BYTES);
  profile.PCR_ATTRIBUTES.forEach((attributes, pcr) => {
    if (isIn(attributes)) bytes[pcr >> 3] = (bytes[pcr >> 3] ?? 0) | (1 << (pcr % 8));
  });
  return bytes;
}

function pcrs(property: number, count: number): Answer | Refusal {
  if (property !== 0) return refuse('TPM_RC_VALUE', 'parameter', 2);
  if (count === 0) return { data: [], more: true };
  return { data: profile.BANKS.map((hash) => ({ hash, pcrSelect: selection(() => true) })), more: false };
}

/** PCRs with a property; undefined for properties that no PCR can have here. */
function pcrProperty(name: string): Uint8Array | undefined {
  const [, action, locality] = /^TPM_PT_PCR_(EXTEND|RESET)_L(\d)$/.exec(name) ?? [];
  const bit = 1 << Number(locality);
  if (action === 'EXTEND') return selection((attributes) => (attributes.extendLocalities & bit) !== 0);
  if (action === 'RESET') return selection((attributes) => (attributes.resetLocalities & bit) !== 0);
  switch (name) {
    case 'TPM_PT_PCR_SAVE':
      return selection((attributes) => attributes.saved);
    case 'TPM_PT_PCR_NO_INCREMENT':
      return selection((attributes) => attributes.uncounted);
    case 'TPM_PT_PCR_DRTM_RESET':
      return selection((attributes) => (attributes.resetLocalities & 0x10) !== 0);
    default:
      return undefined;
  }
}

function pcrProperties(property: number, count: number): Answer {
  const rows = TPM_PT_PCR.rows.map((row) => ({ tag: row.value, pcrSelect: pcrProperty(row.name) }));
  const known = rows.filter((row): row is { tag: number; pcrSelect: Uint8Array } => row.pcrSelect !== undefined);
  return answer(page(known, (row) => row.tag, property, count));
}

function characters(text: string): number {
  return [0, 1, 2, 3].reduce((word, i) => word * 256 + (i < text.length ? text.charCodeAt(i) : 0), 0);
}

/** Values that never change; those of memory, contexts and NV are the bounds of libtpms. */
const FIXED: Readonly<Record<string, number>> = {
  TPM_PT_FAMILY_INDICATOR: characters('2.0'),
  TPM_PT_LEVEL: 0,
  TPM_PT_REVISION: 159,
  TPM_PT_DAY_OF_YEAR: 312,
  TPM_PT_YEAR: 2019,
  TPM_PT_MANUFACTURER: characters('PEF'),
  TPM_PT_VENDOR_STRING_1: characters('PEF '),
  TPM_PT_VENDOR_STRING_2: characters('Debu'),
  TPM_PT_VENDOR_STRING_3: characters('g'),
  TPM_PT_VENDOR_STRING_4: 0,
  TPM_PT_VENDOR_TPM_TYPE: 1,
  TPM_PT_FIRMWARE_VERSION_1: 0x0001_0000,
  TPM_PT_FIRMWARE_VERSION_2: 0,
  TPM_PT_INPUT_BUFFER: 1024,
  TPM_PT_HR_TRANSIENT_MIN: 3,
  TPM_PT_HR_PERSISTENT_MIN: 7,
  TPM_PT_HR_LOADED_MIN: 3,
  TPM_PT_ACTIVE_SESSIONS_MAX: profile.MAX_ACTIVE_SESSIONS,
  TPM_PT_PCR_COUNT: profile.PCR_COUNT,
  TPM_PT_PCR_SELECT_MIN: profile.PCR_SELECT_BYTES,
  TPM_PT_CONTEXT_GAP_MAX: profile.MAX_CONTEXT_GAP,
  TPM_PT_NV_COUNTERS_MAX: 0,
  TPM_PT_NV_INDEX_MAX: 2048,
  TPM_PT_MEMORY: 0x6,
  TPM_PT_CLOCK_UPDATE: 4096,
  TPM_PT_CONTEXT_HASH: TICKET_HASH,
  TPM_PT_CONTEXT_SYM: constantValue('TPM_ALG_AES'),
  TPM_PT_CONTEXT_SYM_SIZE: profile.CONTEXT_KEY_BITS,
  TPM_PT_ORDERLY_COUNT: 255,
  TPM_PT_MAX_COMMAND_SIZE: profile.MAX_COMMAND_BYTES,
  TPM_PT_MAX_RESPONSE_SIZE: profile.MAX_COMMAND_BYTES,
  TPM_PT_MAX_DIGEST: profile.MAX_DIGEST_BYTES,
  TPM_PT_MAX_OBJECT_CONTEXT: 2692,
  TPM_PT_MAX_SESSION_CONTEXT: 404,
  TPM_PT_PS_FAMILY_INDICATOR: constantValue('TPM_PS_MAIN'),
  TPM_PT_PS_LEVEL: 0,
  TPM_PT_PS_REVISION: 0,
  TPM_PT_PS_DAY_OF_YEAR: 0,
  TPM_PT_PS_YEAR: 0,
  TPM_PT_SPLIT_MAX: 0,
  TPM_PT_VENDOR_COMMANDS: 0,
  TPM_PT_NV_BUFFER_MAX: 1024,
  TPM_PT_MODES: 0,
  TPM_PT_MAX_CAP_BUFFER: MAX_CAP_BUFFER,
};

/** A word of attributes, of those that are set. */
function word(bit: (name: string) => number, attributes: Readonly<Record<string, boolean>>): number {
  return Object.entries(attributes).reduce((sum, [name, isSet]) => sum + (isSet ? bit(name) : 0), 0);
}

function hierarchyProperties({ hierarchies, lockout, lockoutAuth, wasOrderly }: TpmState): Record<string, number> {
  const { owner, endorsement, platform } = hierarchies;
  return {
    TPM_PT_PERMANENT: word(permanentBit, {
      ownerAuthSet: owner.authValue.length > 0,
      endorsementAuthSet: endorsement.authValue.length > 0,
      lockoutAuthSet: lockoutAuth.authValue.length > 0,
      inLockout: lockout.failedTries >= lockout.maxTries,
      tpmGeneratedEPS: true,
    }),
    TPM_PT_STARTUP_CLEAR: word(startupClearBit, {
      phEnable: platform.enabled,
      shEnable: owner.enabled,
      ehEnable: endorsement.enabled,
      phEnableNV: true,
      orderly: wasOrderly,
    }),
    TPM_PT_LOCKOUT_COUNTER: lockout.failedTries,
    TPM_PT_MAX_AUTH_FAIL: lockout.maxTries,
    TPM_PT_LOCKOUT_INTERVAL: lockout.recoveryTime,
    TPM_PT_LOCKOUT_RECOVERY: lockout.lockoutRecovery,
  };
}

/** Values of the state; what has no state yet is empty. */
function variable(state: TpmState): Readonly<Record<string, number>> {
  const sessions = sessionHandles(state).length;
  const active = sessions + savedSessionHandles(state).length;
  const persistent = persistentHandles(state).length;
  return {
    ...hierarchyProperties(state),
    TPM_PT_HR_NV_INDEX: 0,
    TPM_PT_HR_LOADED: sessions,
    TPM_PT_HR_LOADED_AVAIL: profile.MAX_LOADED_SESSIONS - sessions,
    TPM_PT_HR_ACTIVE: active,
    TPM_PT_HR_ACTIVE_AVAIL: profile.MAX_ACTIVE_SESSIONS - active,
    TPM_PT_HR_TRANSIENT_AVAIL: profile.MAX_LOADED_OBJECTS - transientHandles(state).length,
    TPM_PT_HR_PERSISTENT: persistent,
    TPM_PT_HR_PERSISTENT_AVAIL: profile.MAX_PERSISTENT_OBJECTS - persistent,
    TPM_PT_NV_COUNTERS: 0,
    TPM_PT_NV_COUNTERS_AVAIL: 0,
    TPM_PT_ALGORITHM_SET: 0,
    TPM_PT_LOADED_CURVES: 0,
    TPM_PT_NV_WRITE_RECOVERY: 0,
    TPM_PT_AUDIT_COUNTER_0: 0,
    TPM_PT_AUDIT_COUNTER_1: 0,
  };
}

function properties({ state, commands: rows }: CommandContext, property: number, count: number): Answer {
  const values: Record<string, number> = {
    ...FIXED,
    ...variable(state),
    TPM_PT_TOTAL_COMMANDS: rows.length,
    TPM_PT_LIBRARY_COMMANDS: rows.length,
  };
  const known = TPM_PT.rows.flatMap((row) => {
    const value = values[row.name];
    return value === undefined ? [] : [{ property: row.value, value }];
  });
  // An answer stays inside one group: fixed (0x1xx) or variable (0x2xx) properties.
  const from = Math.max(property, 0x100);
  const group = known.filter((row) => row.property >> 8 === Math.floor(from / 256));
  return answer(page(group, (row) => row.property, from, count));
}

function capability(context: CommandContext): Answer | Refusal {
  const wanted = context.number('capability');
  const property = context.number('property');
  const count = context.number('propertyCount');
  const nothing: Answer = { data: [], more: false };
  switch (wanted) {
    case constantValue('TPM_CAP_ALGS'):
      return algorithms(property, Math.min(count, limit(8)));
    case constantValue('TPM_CAP_HANDLES'):
      return handles(context.state, property, Math.min(count, limit(4)));
    case constantValue('TPM_CAP_COMMANDS'):
      return commands(context.commands, property, Math.min(count, limit(4)));
    case constantValue('TPM_CAP_PCRS'):
      return pcrs(property, count);
    case constantValue('TPM_CAP_TPM_PROPERTIES'):
      return properties(context, property, Math.min(count, limit(8)));
    case constantValue('TPM_CAP_PCR_PROPERTIES'):
      return pcrProperties(property, Math.min(count, limit(8)));
    case constantValue('TPM_CAP_PP_COMMANDS'):
    case constantValue('TPM_CAP_AUDIT_COMMANDS'):
    case constantValue('TPM_CAP_ECC_CURVES'):
      return nothing;
    case constantValue('TPM_CAP_AUTH_POLICIES'):
      return property >>> 24 === constantValue('TPM_HT_PERMANENT') ? nothing : refuse('TPM_RC_VALUE', 'parameter', 2);
    case constantValue('TPM_CAP_ACT'):
      return property >= constantValue('TPM_RH_ACT_0') && property <= constantValue('TPM_RH_ACT_F')
        ? nothing
        : refuse('TPM_RC_VALUE', 'parameter', 2);
    default:
      return refuse('TPM_RC_VALUE', 'parameter', 1);
  }
}

function getCapability(context: CommandContext): FieldValues | Refusal {
  const result = capability(context);
  if ('rc' in result) return result;
  const capabilityData = { capability: context.number('capability'), data: result.data };
  return { moreData: result.more, capabilityData };
}

export const CAPABILITY_HANDLERS: Handlers = { TPM2_GetCapability: getCapability };
