/**
 * H_SVM_*: KVM's side of secure VMs (ultravisor.rst; Linux arch/powerpc/kvm/book3s_hv_uvmem.c, whose order of checks is
 * that of `shipped`).
 */
import { hexNumber } from '../../common/bytes';
import type { Profile } from '../../common/machine';
import { MSR_BIT as MSR } from '../../isa/registers';
import { codeValue } from '../codes';
import { type Coroutine, type FirmwareBase, type Outcome, line, makeCall } from '../firmware';
import { type Check, type Routines, argument, profiled, refuse } from '../model';
import { type GfnState, PAGE_BYTES, PAGE_ORDER, gpaOf } from '../page-states';
import { type Vm, gfnState, hasGfn, vmOf } from './state';

const CONTRACT = 'Linux Documentation/arch/powerpc/ultravisor.rst';
const KVM = 'Linux arch/powerpc/kvm/book3s_hv_uvmem.c';
const SUCCESS = codeValue('H_SUCCESS');
const SHARED = codeValue('H_PAGE_IN_SHARED');
const PAGE = BigInt(PAGE_BYTES);

const caller = ({ hypervisor, lpid }: FirmwareBase): Vm | undefined => vmOf(hypervisor, lpid);
const sourceOf = (profile: Profile): string => (profile === 'spec' ? CONTRACT : KVM);

/** Sets KVM's word of a page, and says so. */
export function setGfn(context: FirmwareBase, vm: Vm, gfn: number, state: GfnState): void {
  const before = gfnState(vm, gfn);
  if (before === state) return;
  context.pageChanged('hypervisor', vm.lpid, gfn, before, state);
  if (state === 'normal') vm.gfns.delete(gfn);
  else vm.gfns.set(gfn, state);
}

const realOf = (vm: Vm, gpa: bigint): bigint => vm.base + gpa;

const byUltravisor: Check = {
  label: 'caller',
  when: 'the ultravisor did not make the call: bit S of SRR1 is 0',
  code: 'H_UNSUPPORTED',
  why: ({ callerMsr }) => ((callerMsr & MSR.S) === 0n ? 'the call came from normal software: MSR.S is 0' : undefined),
};
const isStarted: Check = {
  label: 'started',
  when: 'the VM has not begun to become secure',
  code: 'H_UNSUPPORTED',
  why: (context) => (caller(context)?.started === true ? undefined : 'there was no H_SVM_INIT_START'),
};
const guestPage: Check = {
  label: 'guest_pa',
  when: 'guest_pa is in no memory slot',
  code: 'H_PARAMETER',
  why: (context) => {
    const vm = caller(context);
    const gpa = argument(context, 0);
    return vm && gpa < 1n << 52n && hasGfn(vm, Number(gpa / PAGE))
      ? undefined
      : `guest_pa ${hexNumber(gpa)} is in no memory slot`;
  },
};
const knownFlags = (known: bigint): Check => ({
  label: 'flags',
  when: known === 0n ? 'flags is not 0' : `flags has other bits than ${hexNumber(known)}`,
  code: 'H_P2',
  why: (context) =>
    (argument(context, 1) & ~known) === 0n ? undefined : `flags ${hexNumber(argument(context, 1))} has unknown bits`,
});
const orderOf64K: Check = {
  label: 'order',
  when: 'order is not 16',
  code: 'H_P3',
  why: (context) => (argument(context, 2) === PAGE_ORDER ? undefined : `order is ${argument(context, 2)}`),
};

const pageChecks = (profile: Profile, flags: bigint): readonly Check[] =>
  profile === 'spec'
    ? [byUltravisor, isStarted, guestPage, knownFlags(flags), orderOf64K]
    : [byUltravisor, isStarted, orderOf64K, knownFlags(flags), guestPage];

// -- H_SVM_PAGE_IN --------------------------------------------------------------------------------------------------

/** Takes the ultravisor to a page: its address, and what it answers. */
function* uvPageIn(vm: Vm, gfn: number): Coroutine<boolean> {
  const gpa = gpaOf(gfn);
  const { result } = yield* makeCall('UV_PAGE_IN', BigInt(vm.lpid), realOf(vm, gpa), gpa, 0n, PAGE_ORDER);
  return result === 0n;
}

export const svmPageIn: Routines = profiled((profile) => ({
  name: 'H_SVM_PAGE_IN',
  owner: 'hypervisor',
  source: sourceOf(profile),
  checks: pageChecks(profile, SHARED),
  steps: `
shared | if flags is H_PAGE_IN_SHARED:
give   |     UV_PAGE_IN(lpid, its normal page, guest_pa, 0, 16); on an error: return H_PARAMETER
mark   |     the page is shared;                                            return H_SUCCESS
secure | if the page is in secure memory already:                           return H_PARAMETER
move   | UV_PAGE_IN(lpid, its normal page, guest_pa, 0, 16); on an error:   return H_PARAMETER
done   | the page is secure;                                                return H_SUCCESS
`,
  *run(context): Coroutine<Outcome> {
    const vm = caller(context);
    if (!vm) return refuse(context, 'H_PARAMETER', 'there is no such VM');
    const gfn = Number(argument(context, 0) / PAGE);
    const failed = (): bigint => refuse(context, 'H_PARAMETER', `the ultravisor refused page ${hexNumber(gfn)}`);
    yield* line('shared');
    if (argument(context, 1) === SHARED) {
      yield* line('give');
      if (!(yield* uvPageIn(vm, gfn))) return failed();
      yield* line('mark');
      setGfn(context, vm, gfn, 'shared');
      return SUCCESS;
    }
    yield* line('secure');
    if (gfnState(vm, gfn) === 'secure')
      return refuse(context, 'H_PARAMETER', `page ${hexNumber(gfn)} is secure already`);
    yield* line('move');
    if (!(yield* uvPageIn(vm, gfn))) return failed();
    yield* line('done');
    setGfn(context, vm, gfn, 'secure');
    return SUCCESS;
  },
}));

// -- H_SVM_PAGE_OUT -------------------------------------------------------------------------------------------------

/**
 * Takes a page of secure memory to normal memory; nothing where it is there already. For H_SVM_PAGE_OUT, and whenever
 * the hypervisor's user space touches the page.
 *
 * @returns false when the ultravisor refuses
 */
export function* bringOut(context: FirmwareBase, vm: Vm, gfn: number): Coroutine<boolean> {
  if (gfnState(vm, gfn) !== 'secure') return true;
  const gpa = gpaOf(gfn);
  const { result } = yield* makeCall('UV_PAGE_OUT', BigInt(vm.lpid), realOf(vm, gpa), gpa, 0n, PAGE_ORDER);
  if (result !== 0n) return false;
  setGfn(context, vm, gfn, 'paged out');
  return true;
}

export const svmPageOut: Routines = profiled((profile) => ({
  name: 'H_SVM_PAGE_OUT',
  owner: 'hypervisor',
  source: sourceOf(profile),
  checks: pageChecks(profile, 0n),
  steps: `
out  | UV_PAGE_OUT(lpid, its normal page, guest_pa, 0, 16), unless it is there; on an error: return H_PARAMETER
done | the page is in normal memory, encrypted;                                              return H_SUCCESS
`,
  *run(context): Coroutine<Outcome> {
    const vm = caller(context);
    const gfn = Number(argument(context, 0) / PAGE);
    yield* line('out');
    if (!vm || !(yield* bringOut(context, vm, gfn))) {
      return refuse(context, 'H_PARAMETER', `the ultravisor did not give page ${hexNumber(gfn)}`);
    }
    yield* line('done');
    return SUCCESS;
  },
}));

// -- H_SVM_INIT_START, H_SVM_INIT_DONE, H_SVM_INIT_ABORT ------------------------------------------------------------

const mayBegin: Check = {
  label: 'state',
  when: 'the VM is becoming secure, or is it already',
  code: 'H_STATE',
  why: (context) => (caller(context)?.started === true ? 'the VM has begun to become secure before' : undefined),
};
const isAllowed: Check = {
  label: 'allowed',
  when: 'KVM_CAP_PPC_SECURE_GUEST is not enabled for the VM',
  code: 'H_AUTHORITY',
  why: (context) =>
    caller(context)?.mayBecomeSecure === true ? undefined : 'the VM may not become secure (KVM_CAP_PPC_SECURE_GUEST)',
};

function* registerSlots(vm: Vm): Coroutine<boolean> {
  const lpid = BigInt(vm.lpid);
  const registered: number[] = [];
  for (const { id, start, pages } of vm.slots) {
    yield* line('slots');
    const [gpa, size] = [gpaOf(start), gpaOf(pages)];
    const { result } = yield* makeCall('UV_REGISTER_MEM_SLOT', lpid, gpa, size, 0n, BigInt(id));
    if (result < 0n) {
      for (const each of registered) yield* makeCall('UV_UNREGISTER_MEM_SLOT', lpid, BigInt(each));
      return false;
    }
    registered.push(id);
  }
  return true;
}

export const svmInitStart: Routines = profiled((profile) => {
  const failure = profile === 'spec' ? 'H_STATE' : 'H_PARAMETER';
  return {
    name: 'H_SVM_INIT_START',
    owner: 'hypervisor',
    source: sourceOf(profile),
    checks: profile === 'spec' ? [byUltravisor, mayBegin, isAllowed] : [byUltravisor],
    steps: `
begin | the VM is becoming secure: KVMPPC_SECURE_INIT_START
${profile === 'spec' ? '' : 'allowed | if KVM_CAP_PPC_SECURE_GUEST is not enabled for the VM: return H_AUTHORITY'}
slots | UV_REGISTER_MEM_SLOT for each memory slot; on an error, unregister them: return ${failure}
done  |                                                                    return H_SUCCESS
`,
    *run(context): Coroutine<Outcome> {
      const vm = caller(context);
      if (!vm) return refuse(context, 'H_UNSUPPORTED', 'there is no such VM');
      yield* line('begin');
      vm.started = true;
      if (profile === 'shipped') {
        yield* line('allowed');
        const why = isAllowed.why(context);
        if (why !== undefined) return refuse(context, 'H_AUTHORITY', why);
      }
      if (!(yield* registerSlots(vm))) {
        if (profile === 'spec') vm.started = false;
        return refuse(context, failure, 'the ultravisor refused a memory slot');
      }
      yield* line('done');
      return SUCCESS;
    },
  };
});

export const svmInitDone: Routines = profiled((profile) => ({
  name: 'H_SVM_INIT_DONE',
  owner: 'hypervisor',
  source: sourceOf(profile),
  checks: [byUltravisor, isStarted],
  steps: `
pages | each page that is neither secure nor shared nor paged out is secure: what it had is lost
done  | the VM is secure: KVMPPC_SECURE_INIT_DONE; return H_SUCCESS
`,
  *run(context): Coroutine<Outcome> {
    const vm = caller(context);
    if (!vm) return refuse(context, 'H_UNSUPPORTED', 'there is no such VM');
    yield* line('pages');
    for (const { start, pages } of vm.slots) {
      for (let gfn = start; gfn < start + pages; gfn++) if (!vm.gfns.has(gfn)) vm.gfns.set(gfn, 'secure');
    }
    yield* line('done');
    vm.done = true;
    return SUCCESS;
  },
}));

const notDone: Check = {
  label: 'secure',
  when: 'the VM is secure already',
  code: 'H_STATE',
  why: (context) => (caller(context)?.done === true ? 'the VM is secure; only UV_SVM_TERMINATE ends that' : undefined),
};

export const svmInitAbort: Routines = profiled((profile) => ({
  name: 'H_SVM_INIT_ABORT',
  owner: 'hypervisor',
  source: sourceOf(profile),
  checks: [isStarted, notDone],
  steps: `
pages     | UV_PAGE_OUT for each page that is secure
normal    | the VM is an ordinary one again
terminate | UV_SVM_TERMINATE(lpid)
done      | the VM goes on behind its UV_ESM; return H_PARAMETER
`,
  *run(context): Coroutine<Outcome> {
    const vm = caller(context);
    if (!vm) return refuse(context, 'H_UNSUPPORTED', 'there is no such VM');
    yield* line('pages');
    for (const gfn of [...vm.gfns.keys()].sort((a, b) => a - b)) {
      yield* bringOut(context, vm, gfn);
      setGfn(context, vm, gfn, 'normal');
    }
    yield* line('normal');
    vm.started = false;
    yield* line('terminate');
    yield* makeCall('UV_SVM_TERMINATE', BigInt(vm.lpid));
    yield* line('done');
    return codeValue('H_PARAMETER');
  },
}));
