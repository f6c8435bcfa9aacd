/** PCRs: TPM2_PCR_Read, TPM2_PCR_Extend, TPM2_PCR_Reset (Part 3, 22; Part 1, 17). */

import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384 } from '@noble/hashes/sha2.js';
import { concat } from '../../common/bytes';
import type { FieldValue } from '../codec/index';
import { DIGEST_BYTES } from '../tables/algorithms';
import { constantValue } from '../tables/index';
import { refuse, type CommandContext, type Handlers } from './dispatch';
import { BANKS, isLocalityIn, MAX_PCR_VALUES, PCR_ATTRIBUTES, PCR_COUNT, type BankName } from './profile';
import type { PcrState, TpmState } from './state';

const HASH: Readonly<Record<BankName, (data: Uint8Array) => Uint8Array>> = {
  TPM_ALG_SHA1: sha1,
  TPM_ALG_SHA256: sha256,
  TPM_ALG_SHA384: sha384,
};

function banksOf(values: (bank: BankName) => Uint8Array[]): PcrState['banks'] {
  return {
    TPM_ALG_SHA1: values('TPM_ALG_SHA1'),
    TPM_ALG_SHA256: values('TPM_ALG_SHA256'),
    TPM_ALG_SHA384: values('TPM_ALG_SHA384'),
  };
}

/** Value after a start from reset: ones for PCRs that only a dynamic launch resets, zeros for the others. */
function resetValue(bank: BankName, pcr: number): Uint8Array {
  const dynamic = ((PCR_ATTRIBUTES[pcr]?.resetLocalities ?? 0) & 0x10) !== 0;
  return new Uint8Array(DIGEST_BYTES.get(bank) ?? 0).fill(dynamic ? 0xff : 0);
}

/** PCRs after a start from reset; setting them counts as a change of each counted PCR. */
export function resetPcrs(counter: number): PcrState {
  const numbers = Array.from({ length: PCR_COUNT }, (_, pcr) => pcr);
  const counted = PCR_ATTRIBUTES.filter((attributes) => !attributes.uncounted).length;
  return {
    banks: banksOf((bank) => numbers.map((pcr) => resetValue(bank, pcr))),
    updateCounter: counter + counted,
  };
}

/** PCRs after a resume: those with the attribute keep their value, the others start anew. */
export function keptPcrs(saved: PcrState): PcrState {
  const anew = PCR_ATTRIBUTES.filter((attributes) => !attributes.saved && !attributes.uncounted).length;
  return {
    banks: banksOf((bank) =>
      saved.banks[bank].map((value, pcr) =>
        PCR_ATTRIBUTES[pcr]?.saved === true ? value.slice() : resetValue(bank, pcr),
      ),
    ),
    updateCounter: saved.updateCounter + anew,
  };
}

export function copyPcrs(pcr: PcrState): PcrState {
  return {
    banks: banksOf((bank) => pcr.banks[bank].map((value) => value.slice())),
    updateCounter: pcr.updateCounter,
  };
}

function bankNamed(algorithm: bigint): BankName | undefined {
  return BANKS.find((bank) => BigInt(constantValue(bank)) === algorithm);
}

function countChange(state: TpmState, pcr: number): void {
  const attributes = PCR_ATTRIBUTES[pcr];
  if (attributes?.uncounted === false) state.pcr.updateCounter = (state.pcr.updateCounter + 1) >>> 0;
}

/** A saved PCR that changes makes an announced shut-down worthless (Part 1, 12.2.3.2). */
function noteChange(state: TpmState, pcr: number): void {
  if (PCR_ATTRIBUTES[pcr]?.saved !== true || state.orderly === 'none') return;
  state.orderly = 'none';
  state.savedPcr = undefined;
}

/** Digests of the selected PCRs, at most 8; what does not fit is taken out of the selection that is given back. */
function read({ state, items }: CommandContext): ReturnType<Handlers[string]> {
  const pcrValues: Uint8Array[] = [];
  const pcrSelectionOut: FieldValue[] = [];
  for (const selection of items('pcrSelectionIn')) {
    const [hash, select] = selection.children;
    const algorithm = typeof hash?.value === 'bigint' ? hash.value : 0n;
    const wanted = select?.children[1]?.value;
    const bank = bankNamed(algorithm);
    const given = new Uint8Array(wanted instanceof Uint8Array ? wanted.length : 0);
    for (let pcr = 0; wanted instanceof Uint8Array && bank && pcr < Math.min(PCR_COUNT, 8 * wanted.length); pcr++) {
      const bit = 1 << (pcr % 8);
      const value = state.pcr.banks[bank][pcr];
      if (!((wanted[pcr >> 3] ?? 0) & bit) || !value || pcrValues.length === MAX_PCR_VALUES) continue;
      pcrValues.push(value);
      given[pcr >> 3] = (given[pcr >> 3] ?? 0) | bit;
    }
    pcrSelectionOut.push({ hash: algorithm, pcrSelect: given });
  }
  return { pcrUpdateCounter: state.pcr.updateCounter, pcrSelectionOut, pcrValues };
}

function extend({ state, number, items }: CommandContext): ReturnType<Handlers[string]> {
  const pcr = number('pcrHandle');
  if (pcr === constantValue('TPM_RH_NULL')) return {};
  if (!isLocalityIn(PCR_ATTRIBUTES[pcr]?.extendLocalities ?? 0)) return refuse('TPM_RC_LOCALITY');
  noteChange(state, pcr);
  for (const item of items('digests')) {
    const [hashAlg, digest] = item.children;
    const bank = typeof hashAlg?.value === 'bigint' ? bankNamed(hashAlg.value) : undefined;
    const old = bank && state.pcr.banks[bank][pcr];
    if (!bank || !old || !(digest?.value instanceof Uint8Array)) continue;
    state.pcr.banks[bank][pcr] = HASH[bank](concat(old, digest.value));
    countChange(state, pcr);
  }
  return {};
}

function reset({ state, number }: CommandContext): ReturnType<Handlers[string]> {
  const pcr = number('pcrHandle');
  if (!isLocalityIn(PCR_ATTRIBUTES[pcr]?.resetLocalities ?? 0)) return refuse('TPM_RC_LOCALITY');
  noteChange(state, pcr);
  for (const bank of BANKS) state.pcr.banks[bank][pcr] = new Uint8Array(DIGEST_BYTES.get(bank) ?? 0);
  countChange(state, pcr);
  return {};
}

export const INTEGRITY_HANDLERS: Handlers = { TPM2_PCR_Read: read, TPM2_PCR_Extend: extend, TPM2_PCR_Reset: reset };
