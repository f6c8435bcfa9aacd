/** Sharing pages with the hypervisor: UV_SHARE_PAGE, UV_UNSHARE_PAGE, UV_UNSHARE_ALL_PAGES. */
import { hexNumber } from '../../common/bytes';
import { codeValue } from '../codes';
import { type Coroutine, type FirmwareBase, type FirmwareContext, type Outcome, line, makeCall } from '../firmware';
import { type Check, type Routines, argument, profiled, refuse } from '../model';
import { PAGE_BYTES, PAGE_ORDER, gpaOf, isTransient, stateAfter } from '../page-states';
import { bySupervisor, bySvm } from './checks';
import { backed, setState } from './pages';
import type { Svm } from './state';

const CONTRACT = 'Linux Documentation/arch/powerpc/ultravisor.rst';
const FIRMWARE = 'open-power/ultravisor core/svm_host.c';
const SUCCESS = codeValue('U_SUCCESS');
const SHARED = codeValue('H_PAGE_IN_SHARED');
const NONSHARED = codeValue('H_PAGE_IN_NONSHARED');
/** How often the firmware asks for a page that was paged out. */
const TRIES = 4;

/** The secure VM that calls. */
const callerOf = ({ ultravisor, lpid }: FirmwareBase): Svm | undefined => ultravisor.svms.get(lpid);

const inSlots = (context: FirmwareContext, svm: Svm, gfn: bigint): boolean =>
  gfn < 1n << 36n && context.ultravisor.slotOf(svm, Number(gfn)) !== undefined;

const gfnCheck = (code: string): Check => ({
  label: 'gfn',
  when: 'gfn is in no memory slot',
  code,
  why: (context) => {
    const svm = callerOf(context);
    const gfn = argument(context, 0);
    return svm && inSlots(context, svm, gfn) ? undefined : `gfn ${hexNumber(gfn)} is in no memory slot of the VM`;
  },
});
const countCheck: Check = {
  label: 'num',
  when: 'the range is empty, or not all in one memory slot',
  code: 'U_P2',
  why: (context) => {
    const svm = callerOf(context);
    const [gfn, num] = [argument(context, 0), argument(context, 1)];
    if (num === 0n) return 'num is 0';
    const slot = svm && inSlots(context, svm, gfn) ? context.ultravisor.slotOf(svm, Number(gfn)) : undefined;
    return slot && gfn + num <= BigInt(slot.start + slot.pages)
      ? undefined
      : `gfn ${hexNumber(gfn)} and the ${num} pages from it on are not all in one memory slot`;
  },
};

const rangeChecks = (profile: 'spec' | 'shipped'): readonly Check[] =>
  profile === 'spec'
    ? [bySupervisor, bySvm('U_INVALID'), gfnCheck('U_PARAMETER'), countCheck]
    : [bySvm('U_PERMISSION'), bySupervisor, gfnCheck('U_P2'), countCheck];

function rangeOf(context: FirmwareContext): readonly number[] {
  const first = Number(argument(context, 0));
  return Array.from({ length: Number(argument(context, 1)) }, (_, i) => first + i);
}

// -- UV_SHARE_PAGE --------------------------------------------------------------------------------------------------

/** Brings a page back that the hypervisor has, so that it can be shared. */
function* fetched(context: FirmwareContext, svm: Svm, gfn: number): Coroutine<boolean> {
  for (let tries = 0; tries < TRIES && context.ultravisor.stateOf(svm, gfn) === 'PAGEDOUT'; tries++) {
    yield* makeCall('H_SVM_PAGE_IN', gpaOf(gfn), NONSHARED, PAGE_ORDER);
  }
  return context.ultravisor.stateOf(svm, gfn) !== 'PAGEDOUT';
}

export const sharePage: Routines = profiled((profile) => ({
  name: 'UV_SHARE_PAGE',
  owner: 'ultravisor',
  source: profile === 'spec' ? CONTRACT : FIRMWARE,
  checks: rangeChecks(profile),
  steps: `
states  | if a page of the range is on its way:                            return U_P2
present | a page that was paged out comes back: H_SVM_PAGE_IN(NONSHARED)
sharing | the page is HV_SHARING
ask     | H_SVM_PAGE_IN(gpa, H_PAGE_IN_SHARED, 16); the hypervisor answers with UV_PAGE_IN
refused | if it does not: all pages of the range are as they were;         return U_P2
commit  | zero the hypervisor's pages and map them: the pages are SHARED;  return U_SUCCESS
`,
  *run(context): Coroutine<Outcome> {
    const svm = callerOf(context);
    if (!svm) return refuse(context, 'U_P2', 'the VM is gone');
    const { ultravisor } = context;
    const range = rangeOf(context);
    yield* line('states');
    const busy = range.find((gfn) => isTransient(ultravisor.stateOf(svm, gfn)));
    if (busy !== undefined)
      return refuse(context, 'U_P2', `page ${hexNumber(busy)} is ${ultravisor.stateOf(svm, busy)}`);
    const begun: number[] = [];
    for (const gfn of range) {
      yield* line('present');
      const isPresent = yield* fetched(context, svm, gfn);
      const next = isPresent ? stateAfter(ultravisor.stateOf(svm, gfn), 'share') : undefined;
      if (next === ultravisor.stateOf(svm, gfn)) continue;
      if (next) {
        yield* line('sharing');
        setState(context, svm, gfn, next);
        begun.push(gfn);
        yield* line('ask');
        yield* makeCall('H_SVM_PAGE_IN', gpaOf(gfn), SHARED, PAGE_ORDER);
      }
      if (!ultravisor.stateOf(svm, gfn).startsWith('HV_SHARED')) {
        yield* line('refused');
        for (const each of begun) {
          ultravisor.page(svm, each).normal = undefined;
          setState(context, svm, each, 'SECURE');
        }
        return refuse(context, 'U_P2', `the hypervisor did not give a page for page ${hexNumber(gfn)}`);
      }
    }
    yield* line('commit');
    for (const gfn of begun) {
      const page = ultravisor.page(svm, gfn);
      if (page.normal !== undefined) context.real.write(page.normal, new Uint8Array(PAGE_BYTES));
      setState(context, svm, gfn, stateAfter(page.state, 'commit') ?? 'SHARED');
    }
    return SUCCESS;
  },
}));

// -- UV_UNSHARE_PAGE, UV_UNSHARE_ALL_PAGES --------------------------------------------------------------------------

const UNSHARE_STEPS = `
unsharing | the page is HV_UNSHARING
ask       | H_SVM_PAGE_IN(gpa, H_PAGE_IN_NONSHARED, 16): the hypervisor lets go
refused   | if it does not, the VM ends
secure    | a page of secure memory, zeroed, takes its place: the page is SECURE
`;

/** Takes a shared page back; false when the hypervisor does not let go. */
function* takeBack(context: FirmwareBase, svm: Svm, gfn: number): Coroutine<boolean> {
  const { ultravisor } = context;
  const page = ultravisor.page(svm, gfn);
  yield* line('unsharing');
  setState(context, svm, gfn, stateAfter(page.state, 'unshare') ?? 'HV_UNSHARING');
  yield* line('ask');
  const { result } = yield* makeCall('H_SVM_PAGE_IN', gpaOf(gfn), NONSHARED, PAGE_ORDER);
  yield* line('refused');
  if (result !== 0n) return false;
  setState(context, svm, gfn, 'HV_UNSHARED');
  yield* line('secure');
  page.normal = undefined;
  ultravisor.unback(svm, gfn);
  if (!(yield* backed(context, svm, gfn))) return false;
  page.arrived = true;
  setState(context, svm, gfn, 'SECURE');
  return true;
}

/** The VM cannot go on: the hypervisor keeps a page that the VM has taken back. */
function aborted(context: FirmwareBase, svm: Svm, gfn: number): Outcome {
  svm.state = 'abort';
  context.ultravisor.mappings++;
  const detail = `the hypervisor did not let go of page ${hexNumber(gfn)}: the ultravisor has ended the VM`;
  context.warn(detail);
  return { kind: 'stop', detail };
}

const isExplicit = (state: string): boolean => state === 'SHARED' || state === 'SHARED_INV';

export const unsharePage: Routines = profiled((profile) => ({
  name: 'UV_UNSHARE_PAGE',
  owner: 'ultravisor',
  source: profile === 'spec' ? CONTRACT : FIRMWARE,
  checks: rangeChecks(profile),
  steps: `
states    | if a page of the range is on its way, or shared by the ultravisor: return U_P2
${UNSHARE_STEPS.trim()}
done      | all pages of the range are secure;                                 return U_SUCCESS
`,
  *run(context): Coroutine<Outcome> {
    const svm = callerOf(context);
    if (!svm) return refuse(context, 'U_P2', 'the VM is gone');
    const { ultravisor } = context;
    yield* line('states');
    const stuck = rangeOf(context).find((gfn) => stateAfter(ultravisor.stateOf(svm, gfn), 'unshare') === undefined);
    if (stuck !== undefined)
      return refuse(context, 'U_P2', `page ${hexNumber(stuck)} is ${ultravisor.stateOf(svm, stuck)}`);
    for (const gfn of rangeOf(context)) {
      if (isExplicit(ultravisor.stateOf(svm, gfn)) && !(yield* takeBack(context, svm, gfn))) {
        return aborted(context, svm, gfn);
      }
    }
    yield* line('done');
    return SUCCESS;
  },
}));

export const unshareAllPages: Routines = profiled((profile) => ({
  name: 'UV_UNSHARE_ALL_PAGES',
  owner: 'ultravisor',
  source: profile === 'spec' ? CONTRACT : FIRMWARE,
  checks: profile === 'spec' ? [bySupervisor, bySvm('U_INVALID')] : [bySvm('U_PERMISSION'), bySupervisor],
  steps: `
pages     | for each page that the VM has shared:
${UNSHARE_STEPS.trim()}
done      | no page is shared by the VM;                                       return U_SUCCESS
`,
  *run(context): Coroutine<Outcome> {
    const svm = callerOf(context);
    if (!svm) return refuse(context, 'U_INVALID', 'the VM is gone');
    yield* line('pages');
    const shared = [...svm.pages].filter(([, page]) => isExplicit(page.state)).map(([gfn]) => gfn);
    for (const gfn of shared.sort((a, b) => a - b)) {
      if (!(yield* takeBack(context, svm, gfn))) return aborted(context, svm, gfn);
    }
    yield* line('done');
    return SUCCESS;
  },
}));
