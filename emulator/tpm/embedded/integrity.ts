/** PCRs: TPM2_PCR_Read, TPM2_PCR_Extend, TPM2_PCR_Reset (Part 3, 22; Part 1, 17). */

import type { FieldValue, TpmNode } from '../codec/index';
import { DIGEST_BYTES } from '../tables/algorithms';
import { constantValue } from '../tables/index';
import { hash } from './crypto';
import type { CommandContext, Handlers } from './dispatch';
import { refuse } from './refusal';
import { BANKS, isLocalityIn, MAX_PCR_VALUES, PCR_ATTRIBUTES, PCR_COUNT, type BankName } from './profile';
import { forgetShutdown, type PcrState, type TpmState } from './state';

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
  if (PCR_ATTRIBUTES[pcr]?.saved === true) forgetShutdown(state);
}

interface Selected {
  readonly values: readonly Uint8Array[];
  /** TPMS_PCR_SELECTION of those PCRs. */
  readonly selection: { readonly hash: bigint; readonly pcrSelect: Uint8Array };
}

/** Values of the PCRs that one TPMS_PCR_SELECTION selects, at most `most`, and the selection without the others. */
function select(state: TpmState, node: TpmNode, most: number): Selected {
  const [hashNode, selectNode] = node.children;
  const algorithm = typeof hashNode?.value === 'bigint' ? hashNode.value : 0n;
  const wanted = selectNode?.children[1]?.value;
  const bank = bankNamed(algorithm);
  const pcrSelect = new Uint8Array(wanted instanceof Uint8Array ? wanted.length : 0);
  const values: Uint8Array[] = [];
  for (let pcr = 0; wanted instanceof Uint8Array && bank && pcr < Math.min(PCR_COUNT, 8 * wanted.length); pcr++) {
    const bit = (wanted[pcr >> 3] ?? 0) & (1 << (pcr % 8));
    const value = state.pcr.banks[bank][pcr];
    if (bit === 0 || !value || values.length === most) continue;
    values.push(value);
    pcrSelect[pcr >> 3] = (pcrSelect[pcr >> 3] ?? 0) | bit;
  }
  return { values, selection: { hash: algorithm, pcrSelect } };
}

/** Digests of the selected PCRs, at most 8; what does not fit is taken out of the selection that is given back. */
function read({ state, items }: CommandContext): ReturnType<Handlers[string]> {
  const pcrValues: Uint8Array[] = [];
  const pcrSelectionOut: FieldValue[] = [];
  for (const node of items('pcrSelectionIn')) {
    const { values, selection } = select(state, node, MAX_PCR_VALUES - pcrValues.length);
    pcrValues.push(...values);
    pcrSelectionOut.push({ ...selection });
  }
  return { pcrUpdateCounter: state.pcr.updateCounter, pcrSelectionOut, pcrValues };
}

/**
 * The digest of selected PCRs (Part 1, 17.5), and the selection without what is not there.
 *
 * @param selections elements of a TPML_PCR_SELECTION
 */
export function selectedDigest(
  state: TpmState,
  algorithm: number,
  selections: readonly TpmNode[],
): { digest: Uint8Array; selection: Selected['selection'][] } {
  const selected = selections.map((node) => select(state, node, PCR_COUNT));
  return {
    digest: hash(algorithm, ...selected.flatMap(({ values }) => values)),
    selection: selected.map(({ selection }) => selection),
  };
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
    state.pcr.banks[bank][pcr] = hash(constantValue(bank), old, digest.value);
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
