/** Which routine serves which call: the calls of calls.ts on the left, the models on the right. */

import type { CallInfo } from '../common/machine';
import type { Routine } from './firmware';
import { registerProcessTable } from './hypervisor/process-table';
import { getTermChar, putTermChar } from './hypervisor/terminal';
import { tpmComm } from './hypervisor/tpm-comm';
import type { Listing } from './listing';
import { TPM_LISTING } from './tpm-listing';
import { unreflectedHypercall, unsupportedHypercall, unsupportedUltracall } from './unsupported';

const HYPERVISOR: ReadonlyMap<string, Routine> = new Map([
  ['H_GET_TERM_CHAR', getTermChar],
  ['H_PUT_TERM_CHAR', putTermChar],
  ['H_REGISTER_PROC_TBL', registerProcessTable],
  ['H_TPM_COMM', tpmComm],
]);
const ULTRAVISOR: ReadonlyMap<string, Routine> = new Map();

/** The routine for a call that arrives at a level. */
export function routineFor(level: 'hypervisor' | 'ultravisor', call: CallInfo): Routine {
  if (level === 'hypervisor') return HYPERVISOR.get(call.name ?? '') ?? unsupportedHypercall;
  if (call.lev === 1) return unreflectedHypercall;
  return ULTRAVISOR.get(call.name ?? '') ?? unsupportedUltracall;
}

/** Every listing, by name. */
export const LISTINGS: ReadonlyMap<string, Listing> = new Map(
  [
    ...[...HYPERVISOR.values(), ...ULTRAVISOR.values()].map((routine) => routine.listing),
    unsupportedHypercall.listing,
    unsupportedUltracall.listing,
    unreflectedHypercall.listing,
    TPM_LISTING,
  ].map((each) => [each.name, each]),
);
