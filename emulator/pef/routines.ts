/** Which routine serves which call: the calls of calls.ts on the left, the models on the right. */

import type { CallInfo, Profile } from '../common/machine';
import type { InterruptRow } from '../isa/interrupts';
import type { InterruptRoutine, Routine } from './firmware';
import { registerProcessTable } from './hypervisor/process-table';
import { svmInitAbort, svmInitDone, svmInitStart, svmPageIn, svmPageOut } from './hypervisor/svm';
import { getTermChar, putTermChar } from './hypervisor/terminal';
import { tpmComm } from './hypervisor/tpm-comm';
import type { Listing } from './listing';
import { type Routines, same } from './model';
import { TPM_LISTING } from './tpm-listing';
import { pageIn, pageInvalidate, pageOut } from './ultravisor/pages';
import { hypercallOfSvm, storageOfSvm } from './ultravisor/reflect';
import { sharePage, unshareAllPages, unsharePage } from './ultravisor/sharing';
import {
  registerMemSlot,
  restrictedSprRead,
  restrictedSprWrite,
  terminate,
  unregisterMemSlot,
  writePate,
} from './ultravisor/slots';
import { unsupportedHypercall, unsupportedUltracall } from './unsupported';

const HYPERVISOR: ReadonlyMap<string, Routines> = new Map([
  ['H_GET_TERM_CHAR', same(getTermChar)],
  ['H_PUT_TERM_CHAR', same(putTermChar)],
  ['H_REGISTER_PROC_TBL', same(registerProcessTable)],
  ['H_SVM_INIT_ABORT', svmInitAbort],
  ['H_SVM_INIT_DONE', svmInitDone],
  ['H_SVM_INIT_START', svmInitStart],
  ['H_SVM_PAGE_IN', svmPageIn],
  ['H_SVM_PAGE_OUT', svmPageOut],
  ['H_TPM_COMM', same(tpmComm)],
]);
const ULTRAVISOR: ReadonlyMap<string, Routines> = new Map([
  ['UV_PAGE_IN', pageIn],
  ['UV_PAGE_INVAL', pageInvalidate],
  ['UV_PAGE_OUT', pageOut],
  ['UV_REGISTER_MEM_SLOT', registerMemSlot],
  ['UV_RESTRICTED_SPR_READ', restrictedSprRead],
  ['UV_RESTRICTED_SPR_WRITE', restrictedSprWrite],
  ['UV_SHARE_PAGE', sharePage],
  ['UV_SVM_TERMINATE', terminate],
  ['UV_UNREGISTER_MEM_SLOT', unregisterMemSlot],
  ['UV_UNSHARE_ALL_PAGES', unshareAllPages],
  ['UV_UNSHARE_PAGE', unsharePage],
  ['UV_WRITE_PATE', writePate],
]);

/** The routine for a call that arrives at a level. */
export function routineFor(level: 'hypervisor' | 'ultravisor', call: CallInfo, profile: Profile): Routine {
  if (level === 'hypervisor') return HYPERVISOR.get(call.name ?? '')?.[profile] ?? unsupportedHypercall;
  if (call.lev === 1) return hypercallOfSvm[profile];
  return ULTRAVISOR.get(call.name ?? '')?.[profile] ?? unsupportedUltracall;
}

/** Interrupts of a secure VM that the ultravisor serves itself, by their abbreviations. */
const INTERRUPTS: ReadonlyMap<string, InterruptRoutine> = new Map([
  ['HDSI', storageOfSvm],
  ['HISI', storageOfSvm],
]);

/** The routine for an interrupt of a secure VM, when the ultravisor serves it. */
export function interruptRoutineFor({ abbreviation }: InterruptRow): InterruptRoutine | undefined {
  return INTERRUPTS.get(abbreviation);
}

/** Every listing, by name. */
export const LISTINGS: ReadonlyMap<string, Listing> = new Map(
  [
    ...[...HYPERVISOR.values(), ...ULTRAVISOR.values(), hypercallOfSvm].flatMap(({ spec, shipped }) => [
      spec.listing,
      shipped.listing,
    ]),
    storageOfSvm.listing,
    unsupportedHypercall.listing,
    unsupportedUltracall.listing,
    TPM_LISTING,
  ].map((each) => [each.name, each]),
);
