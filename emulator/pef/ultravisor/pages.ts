/** Paging: UV_PAGE_IN, UV_PAGE_OUT, UV_PAGE_INVAL (ultravisor.rst; open-power/ultravisor core/svm_host.c). */
import { hexNumber } from '../../common/bytes';
import type { Profile } from '../../common/machine';
import { codeValue } from '../codes';
import { type Coroutine, type FirmwareBase, type FirmwareContext, type Outcome, line, makeCall } from '../firmware';
import { type Check, type Routines, argument, profiled, refuse } from '../model';
import { KEY_BYTES, firstPageIv, nextPageIv } from '../page-crypto';
import { PAGE_BYTES, PAGE_ORDER, type PageState, gpaOf, isTransient, stateAfter } from '../page-states';
import { byHypervisor, flagsOf, gfnAt, lpidOfSvm, normalPage, notAborted, pageOfSvm, pageOrder, svmOf } from './checks';
import type { GuestPage, Svm } from './state';

const CONTRACT = 'Linux Documentation/arch/powerpc/ultravisor.rst';
const FIRMWARE = 'open-power/ultravisor core/svm_host.c';
const SNAPSHOT = codeValue('UV_SNAPSHOT');
const CACHE_FLAGS = codeValue('CACHE_INHIBITED') | codeValue('CACHE_ENABLED') | codeValue('WRITE_PROTECTION');
const SUCCESS = codeValue('U_SUCCESS');

/** Sets a page's state, and says so. */
export function setState(context: FirmwareBase, svm: Svm, gfn: number, state: PageState): void {
  const page = context.ultravisor.page(svm, gfn);
  if (page.state === state) return;
  context.pageChanged('ultravisor', svm.lpid, gfn, page.state, state);
  page.state = state;
  context.ultravisor.mappings++;
}

/**
 * Gives a page secure memory, zeroed. When there is none, the page that came first of all pages of secure VMs is taken to
 * normal memory through the hypervisor.
 *
 * @returns false when there is no memory
 */
export function* backed(context: FirmwareBase, svm: Svm, gfn: number): Coroutine<boolean> {
  const { ultravisor } = context;
  if (ultravisor.back(svm, gfn)) return true;
  const victim = [...svm.resident].find(
    (each) => each !== gfn && ultravisor.stateOf(svm, each) === 'SECURE' && !ultravisor.isPinned(svm.lpid, each),
  );
  if (victim === undefined) return false;
  context.note(`secure memory is used up: page ${hexNumber(victim)} of partition ${svm.lpid} goes to normal memory`);
  yield* makeCall('H_SVM_PAGE_OUT', gpaOf(victim), 0n, PAGE_ORDER);
  return ultravisor.back(svm, gfn);
}

// -- UV_PAGE_IN -----------------------------------------------------------------------------------------------------

const PAGE_IN_CHECKS: Readonly<Record<Profile, readonly Check[]>> = {
  spec: [
    byHypervisor(),
    lpidOfSvm(),
    normalPage(1, 'src_ra', 'U_P2', true),
    pageOfSvm(2, 'dest_gpa', 'U_P3'),
    flagsOf(3, CACHE_FLAGS, 'U_P4'),
    pageOrder(4, 'U_P5'),
  ],
  shipped: [
    byHypervisor(),
    pageOrder(4, 'U_P5'),
    normalPage(1, 'src_ra', 'U_P2', false),
    lpidOfSvm(),
    notAborted,
    pageOfSvm(2, 'dest_gpa', 'U_P3'),
  ],
};

export const pageIn: Routines = profiled((profile) => {
  const secure = profile === 'spec' ? 'U_P3' : 'U_P2';
  return {
    name: 'UV_PAGE_IN',
    owner: 'ultravisor',
    source: profile === 'spec' ? CONTRACT : FIRMWARE,
    checks: PAGE_IN_CHECKS[profile],
    steps: `
state   | if the page is secure already, and the VM too:      return ${secure}
sharing | if it is shared, or being shared: map src_ra;       return U_SUCCESS
memory  | take a page of secure memory; if there is none:     return ${profile === 'spec' ? 'U_BUSY' : 'U_P3'}
copy    | copy the page from src_ra
decrypt | if it was paged out, decrypt it; if its tag is wrong: return U_P3
map     | the page is SECURE;                                 return U_SUCCESS
`,
    *run(context): Coroutine<Outcome> {
      const svm = svmOf(context);
      if (!svm) return refuse(context, 'U_PARAMETER', 'the VM is gone');
      const gfn = gfnAt(context, 2);
      const source = argument(context, 1);
      const page = context.ultravisor.page(svm, gfn);
      yield* line('state');
      const here = page.state === 'SECURE' || page.state === 'HV_UNSHARED';
      if (here && svm.state === 'secure')
        return refuse(context, secure, `page ${hexNumber(gfn)} is ${page.state} already`);
      yield* line('sharing');
      if (!here && page.state !== 'PAGEDOUT') return mapShared(context, svm, gfn, source);
      yield* line('memory');
      if (!(yield* backed(context, svm, gfn)) || page.secure === undefined) {
        return refuse(context, profile === 'spec' ? 'U_BUSY' : 'U_P3', 'secure memory is used up');
      }
      yield* line('copy');
      let bytes: Uint8Array | undefined = context.real.read(source, PAGE_BYTES);
      yield* line('decrypt');
      if (page.state === 'PAGEDOUT') bytes = decrypted(context, svm, page, bytes);
      if (!bytes) {
        context.ultravisor.unback(svm, gfn);
        return refuse(context, 'U_P3', `the tag of page ${hexNumber(gfn)} is wrong: it is not what was paged out last`);
      }
      yield* line('map');
      context.real.write(page.secure, bytes);
      page.arrived = true;
      page.sealed = undefined;
      setState(context, svm, gfn, 'SECURE');
      context.ultravisor.mappings++;
      return SUCCESS;
    },
  };
});

function mapShared(context: FirmwareContext, svm: Svm, gfn: number, source: bigint): bigint {
  const page = context.ultravisor.page(svm, gfn);
  const next = stateAfter(page.state, 'page in');
  if (!next) return refuse(context, 'U_P3', `page ${hexNumber(gfn)} is ${page.state}`);
  page.normal = source;
  setState(context, svm, gfn, next);
  context.ultravisor.mappings++;
  return SUCCESS;
}

function decrypted(context: FirmwareBase, svm: Svm, page: GuestPage, bytes: Uint8Array): Uint8Array | undefined {
  const { sealed } = page;
  if (!sealed || !svm.key) return undefined;
  return context.ultravisor.cipher.open(svm.key, sealed.iv, bytes, sealed.tag);
}

// -- UV_PAGE_OUT ----------------------------------------------------------------------------------------------------

const PAGE_OUT_CHECKS: Readonly<Record<Profile, readonly Check[]>> = {
  spec: [
    byHypervisor(),
    lpidOfSvm(),
    normalPage(1, 'dest_ra', 'U_P2', true),
    pageOfSvm(2, 'src_gpa', 'U_P3'),
    flagsOf(3, SNAPSHOT, 'U_P4'),
    pageOrder(4, 'U_P5'),
  ],
  shipped: [
    byHypervisor(),
    pageOrder(4, 'U_P5'),
    normalPage(1, 'dest_ra', 'U_P2', false),
    lpidOfSvm(),
    pageOfSvm(2, 'src_gpa', 'U_P3'),
  ],
};

/** Encrypts a page of secure memory under the VM's key, with an IV of its own. */
function sealed(context: FirmwareBase, svm: Svm, page: GuestPage): Uint8Array {
  const { ultravisor, real } = context;
  svm.key ??= ultravisor.drbg.generate(KEY_BYTES);
  const { iv, next } = nextPageIv(svm.iv ?? firstPageIv(ultravisor.drbg), ultravisor.drbg);
  svm.iv = next;
  const plain = page.secure === undefined ? new Uint8Array(PAGE_BYTES) : real.read(page.secure, PAGE_BYTES);
  const { ciphertext, tag } = ultravisor.cipher.seal(svm.key, iv, plain);
  page.sealed = { iv, tag };
  return ciphertext;
}

export const pageOut: Routines = profiled((profile) => {
  const spec = profile === 'spec';
  return {
    name: 'UV_PAGE_OUT',
    owner: 'ultravisor',
    source: spec ? CONTRACT : FIRMWARE,
    checks: PAGE_OUT_CHECKS[profile],
    steps: `
aborted | if the VM could not become secure: ${spec ? 'copy the page as it is; ' : '                        '}return U_SUCCESS
shared  | if the page is shared:                              return ${spec ? 'U_SUCCESS' : 'U_PARAMETER'}
busy    | if it is being shared or taken back, or cannot go now: return ${spec ? 'U_BUSY' : 'U_RETRY'}
state   | if it is not in secure memory:                      return ${spec ? 'U_P3' : 'U_PARAMETER'}
encrypt | encrypt the page under the VM's key
write   | write it to dest_ra; keep IV and tag
unmap   | the page is PAGEDOUT, its secure memory is free;    return U_SUCCESS
`,
    *run(context): Coroutine<Outcome> {
      const svm = svmOf(context);
      if (!svm) return refuse(context, 'U_PARAMETER', 'the VM is gone');
      const gfn = gfnAt(context, 2);
      const target = argument(context, 1);
      const page = context.ultravisor.page(svm, gfn);
      yield* line('aborted');
      if (svm.state === 'abort') {
        if (spec && page.secure !== undefined) context.real.write(target, context.real.read(page.secure, PAGE_BYTES));
        return SUCCESS;
      }
      yield* line('shared');
      const isShared = page.state.startsWith('SHARED') || page.state.startsWith('PSEUDO');
      if (isShared && spec) return SUCCESS;
      if (isShared) return refuse(context, 'U_PARAMETER', `page ${hexNumber(gfn)} is ${page.state}`);
      yield* line('busy');
      if (isTransient(page.state)) {
        const code = spec ? 'U_BUSY' : page.state === 'HV_UNSHARED' ? 'U_RETRY' : 'U_PARAMETER';
        return refuse(context, code, `page ${hexNumber(gfn)} is ${page.state}`);
      }
      if (context.ultravisor.isPinned(svm.lpid, gfn)) {
        const why = `page ${hexNumber(gfn)} has the code of the VM's statements`;
        return refuse(context, spec ? 'U_BUSY' : 'U_RETRY', why);
      }
      yield* line('state');
      if (page.state !== 'SECURE') {
        return refuse(context, spec ? 'U_P3' : 'U_PARAMETER', `page ${hexNumber(gfn)} is ${page.state}`);
      }
      yield* line('encrypt');
      const ciphertext = sealed(context, svm, page);
      yield* line('write');
      context.real.write(target, ciphertext);
      yield* line('unmap');
      if (spec && (argument(context, 3) & SNAPSHOT) !== 0n) {
        context.note(`page ${hexNumber(gfn)} stays mapped: UV_SNAPSHOT`);
        return SUCCESS;
      }
      setState(context, svm, gfn, 'PAGEDOUT');
      context.ultravisor.unback(svm, gfn);
      return SUCCESS;
    },
  };
});

// -- UV_PAGE_INVAL --------------------------------------------------------------------------------------------------

const INVAL_CHECKS: Readonly<Record<Profile, readonly Check[]>> = {
  spec: [byHypervisor(), lpidOfSvm(), pageOfSvm(1, 'guest_pa', 'U_P2'), pageOrder(2, 'U_P3')],
  shipped: [byHypervisor(), pageOrder(2, 'U_P3'), lpidOfSvm(), notAborted, pageOfSvm(1, 'guest_pa', 'U_P2')],
};

export const pageInvalidate: Routines = profiled((profile) => ({
  name: 'UV_PAGE_INVAL',
  owner: 'ultravisor',
  source: profile === 'spec' ? CONTRACT : FIRMWARE,
  checks: INVAL_CHECKS[profile],
  steps: `
state | if the page is not shared:                 return U_P2
unmap | the VM's mapping of the page is gone;      return U_SUCCESS
`,
  *run(context): Coroutine<Outcome> {
    const svm = svmOf(context);
    if (!svm) return refuse(context, 'U_PARAMETER', 'the VM is gone');
    const gfn = gfnAt(context, 1);
    const page = context.ultravisor.page(svm, gfn);
    yield* line('state');
    const next = stateAfter(page.state, 'invalidate');
    if (!next) return refuse(context, 'U_P2', `page ${hexNumber(gfn)} is ${page.state}, not shared`);
    yield* line('unmap');
    page.normal = undefined;
    setState(context, svm, gfn, next);
    return SUCCESS;
  },
}));
