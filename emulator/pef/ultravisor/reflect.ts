/**
 * What a secure VM's hypercalls and interrupts do at the ultravisor: reflected to the hypervisor with registers that say
 * nothing of the VM, or served here (open-power/ultravisor core/exceptions.c, core/hvcall.c).
 */
import { hexNumber } from '../../common/bytes';
import { MSR_BIT as MSR } from '../../isa/registers';
import { callNumbered } from '../calls';
import { codeValue } from '../codes';
import {
  type Coroutine,
  type FirmwareContext,
  type InterruptContext,
  type InterruptRoutine,
  type Outcome,
  forwardCall,
  line,
  makeCall,
} from '../firmware';
import { listing } from '../listing';
import { type Routines, profiled } from '../model';
import { PAGE_BYTES, PAGE_ORDER, gpaOf } from '../page-states';
import { backed } from './pages';

const RFC = 'Linux Documentation/arch/powerpc/ultravisor.rst';
const FIRMWARE = 'open-power/ultravisor core/hvcall.c';

/** Hypercalls that the firmware's table does not have: a secure VM that makes one brings the machine down. */
const NOT_REFLECTED = new Set(['H_TPM_COMM', 'H_SVM_INIT_ABORT']);

export const hypercallOfSvm: Routines = profiled((profile) => {
  const spec = profile === 'spec';
  return {
    name: 'hypercall of a secure VM',
    owner: 'ultravisor',
    source: spec ? RFC : FIRMWARE,
    checks: [],
    steps: `
random   | H_RANDOM: ${spec ? 'the ultravisor gives a random number;        return H_SUCCESS' : 'not served by this firmware;                return H_FUNCTION'}
known    | a call that is in no table: ${spec ? '                            return H_FUNCTION' : 'the ultravisor stops'}
reflect  | enter the hypervisor: the call's own arguments, all other registers random, r31 a cookie
answer   | take the call's own results, put the VM's registers back;    return the hypervisor's code
`,
    *run(context): Coroutine<Outcome> {
      const { call } = context;
      const row = callNumbered(1, call.number);
      yield* line('random');
      if (row?.name === 'H_RANDOM') return random(context);
      yield* line('known');
      if (!row || NOT_REFLECTED.has(row.name)) {
        const what = row?.name ?? hexNumber(call.number);
        if (!spec) {
          const detail = `the ultravisor has no table entry for hypercall ${what} of a secure VM, and stops the machine`;
          return { kind: 'stop', detail };
        }
        if (!row) {
          context.note(`${what}: H_FUNCTION: the ultravisor does not know how many registers to show`);
          return codeValue('H_FUNCTION');
        }
      }
      yield* line('reflect');
      const { result, outputs } = yield* forwardCall({ lev: 1, number: call.number, args: call.args });
      yield* line('answer');
      for (const { register } of row.outputs) context.setGpr(register, outputs[register - 4] ?? 0n);
      return result;
    },
  };
});

function random(context: FirmwareContext): bigint {
  if (context.profile === 'shipped') {
    context.note('H_RANDOM: H_FUNCTION: this firmware does not serve it for secure VMs');
    return codeValue('H_FUNCTION');
  }
  context.setGpr(4, context.ultravisor.drbg.generate64());
  return codeValue('H_SUCCESS');
}

const NONSHARED = codeValue('H_PAGE_IN_NONSHARED');

/** Hypervisor Data and Instruction Storage of a secure VM: a page that is not there. */
export const storageOfSvm: InterruptRoutine = {
  listing: listing(
    'storage interrupt of a secure VM',
    'ultravisor',
    'open-power/ultravisor core/exceptions.c',
    `
page   | find the page by the guest real address
slot   | outside of all memory slots: it is the hypervisor's to emulate
shared | shared, and the hypervisor has taken it away: H_SVM_PAGE_IN(gpa, H_PAGE_IN_SHARED, 16)
ask    | paged out: H_SVM_PAGE_IN(gpa, H_PAGE_IN_NONSHARED, 16)
zero   | never touched: a page of secure memory, zeroed
retry  | the VM executes the instruction again
`,
  ),
  *run(context: InterruptContext): Coroutine<Outcome> {
    const { ultravisor, lpid, callerMsr } = context;
    yield* line('page');
    const svm = ultravisor.svms.get(lpid);
    const gpa = context.spr('ASDR');
    const gfn = Number(gpa / BigInt(PAGE_BYTES));
    context.local('gpa', gpa, 'guest real address (ASDR)');
    if (!svm || (callerMsr & MSR.S) === 0n) {
      return { kind: 'deliver', detail: `partition ${lpid} is secure, and the access has MSR.S = 0` };
    }
    yield* line('slot');
    if (!ultravisor.slotOf(svm, gfn)) {
      return { kind: 'deliver', detail: `guest real address ${hexNumber(gpa)} is in no memory slot` };
    }
    const state = ultravisor.stateOf(svm, gfn);
    if (state === 'SHARED_IMPLICIT' || state === 'SHARED_IMPLICIT_INV') {
      return { kind: 'deliver', detail: `page ${hexNumber(gfn)} is the ultravisor's own (${state})` };
    }
    yield* line('shared');
    if (state === 'SHARED_INV' || state === 'SHARED') {
      if (state === 'SHARED') {
        return {
          kind: 'deliver',
          detail: `page ${hexNumber(gfn)} is shared: instructions come from secure memory only`,
        };
      }
      const { result } = yield* makeCall('H_SVM_PAGE_IN', gpaOf(gfn), codeValue('H_PAGE_IN_SHARED'), PAGE_ORDER);
      if (result !== 0n)
        return { kind: 'deliver', detail: `the hypervisor does not map shared page ${hexNumber(gfn)} again` };
    }
    yield* line('ask');
    if (state === 'PAGEDOUT') {
      const { result } = yield* makeCall('H_SVM_PAGE_IN', gpaOf(gfn), NONSHARED, PAGE_ORDER);
      if (result !== 0n) {
        const detail = `page ${hexNumber(gfn)} does not come back: the hypervisor answered ${result}; see the notes above`;
        return { kind: 'deliver', detail };
      }
    }
    yield* line('zero');
    if (state === 'SECURE' && !(yield* backed(context, svm, gfn))) {
      return { kind: 'deliver', detail: 'secure memory is used up' };
    }
    yield* line('retry');
    return { kind: 'retry' };
  },
};
