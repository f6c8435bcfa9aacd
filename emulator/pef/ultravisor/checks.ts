/** What ultracalls check: who calls, and whether their parameters are what they must be. */
import { hexNumber } from '../../common/bytes';
import { MSR_BIT as MSR } from '../../isa/registers';
import { SECURE_BASE } from '../../memory/physical';
import type { FirmwareContext } from '../firmware';
import { type Check, argument } from '../model';
import { PAGE_BYTES, PAGE_ORDER } from '../page-states';
import { MAX_LPID, type Svm } from './state';

const PAGE = BigInt(PAGE_BYTES);

/** Whether software with this MSR is the hypervisor. */
const isHypervisor = (msr: bigint): boolean => (msr & (MSR.HV | MSR.PR)) === MSR.HV;

const stateInWords = (msr: bigint): string =>
  `MSR(S,HV,PR) = ${[MSR.S, MSR.HV, MSR.PR].map((bit) => ((msr & bit) !== 0n ? 1 : 0)).join('')}`;

/** The caller must be the hypervisor. */
export const byHypervisor = (code = 'U_PERMISSION'): Check => ({
  label: 'caller',
  when: 'the caller is not the hypervisor, MSR(HV,PR) = 10',
  code,
  why: ({ callerMsr }) => (isHypervisor(callerMsr) ? undefined : `the caller has ${stateInWords(callerMsr)}`),
});

/** The caller must be a secure VM. */
export const bySvm = (code: string): Check => ({
  label: 'svm',
  when: 'the caller is not a secure VM',
  code,
  why: ({ callerMsr, lpid, ultravisor }) => {
    if ((callerMsr & MSR.S) === 0n || (callerMsr & MSR.HV) !== 0n) return `the caller has ${stateInWords(callerMsr)}`;
    return ultravisor.svms.has(lpid) ? undefined : `partition ${lpid} is not a secure VM`;
  },
});

/** ... in supervisor state. */
export const bySupervisor: Check = {
  label: 'caller',
  when: 'the caller is not an operating system, MSR(HV,PR) = 00',
  code: 'U_PERMISSION',
  why: ({ callerMsr }) =>
    (callerMsr & (MSR.HV | MSR.PR)) === 0n ? undefined : `the caller has ${stateInWords(callerMsr)}`,
};

/** The secure VM that argument 0 names. */
export function svmOf(context: FirmwareContext): Svm | undefined {
  return context.ultravisor.svms.get(Number(argument(context, 0) & 0xffffn));
}

/** Argument 0 must name a secure VM. */
export const lpidOfSvm = (code = 'U_PARAMETER'): Check => ({
  label: 'lpid',
  when: 'lpid is not that of a secure VM',
  code,
  why: (context) =>
    argument(context, 0) <= 0xffffn && svmOf(context) ? undefined : `lpid ${argument(context, 0)} is not a secure VM`,
});

/** Argument 0 must be a partition's number. */
export const lpidInTable: Check = {
  label: 'lpid',
  when: `lpid is above ${MAX_LPID}`,
  code: 'U_PARAMETER',
  why: (context) =>
    argument(context, 0) <= BigInt(MAX_LPID) ? undefined : `lpid ${argument(context, 0)} has no entry in the table`,
};

/** A page of normal memory. */
export const normalPage = (index: number, name: string, code: string, mayBeZero: boolean): Check => ({
  label: name,
  when: `${name} is not a page of normal memory`,
  code,
  why: (context) => {
    const ra = argument(context, index);
    if (ra === 0n && !mayBeZero) return `${name} is 0`;
    if ((ra & SECURE_BASE) !== 0n) return `${name} ${hexNumber(ra)} is secure memory: real-address bit 15 is 1`;
    if (ra % PAGE !== 0n) return `${name} ${hexNumber(ra)} is not aligned to 64 KiB`;
    return context.real.contains(ra, PAGE_BYTES) ? undefined : `there is no memory at ${name} ${hexNumber(ra)}`;
  },
});

/** A page in a slot of the secure VM. */
export const pageOfSvm = (index: number, name: string, code: string): Check => ({
  label: name,
  when: `${name} is not a page in a slot of the VM`,
  code,
  why: (context) => {
    const gpa = argument(context, index);
    const svm = svmOf(context);
    if (gpa % PAGE !== 0n) return `${name} ${hexNumber(gpa)} is not aligned to 64 KiB`;
    return svm && context.ultravisor.slotOf(svm, Number(gpa / PAGE))
      ? undefined
      : `${name} ${hexNumber(gpa)} is in no memory slot of the VM`;
  },
});

/** Flags of which only some bits are known. */
export const flagsOf = (index: number, known: bigint, code: string): Check => ({
  label: 'flags',
  when: `flags has other bits than ${hexNumber(known)}`,
  code,
  why: (context) => {
    const flags = argument(context, index);
    return (flags & ~known) === 0n ? undefined : `flags ${hexNumber(flags)} has unknown bits`;
  },
});

export const pageOrder = (index: number, code: string): Check => ({
  label: 'order',
  when: 'order is not 16',
  code,
  why: (context) => {
    const order = argument(context, index);
    return order === PAGE_ORDER ? undefined : `order is ${order}; pages have 64 KiB, order 16`;
  },
});

/** The VM must not have failed to become secure. */
export const notAborted: Check = {
  label: 'aborted',
  when: 'the VM could not become secure, and ends',
  code: 'U_STATE',
  why: (context) => (svmOf(context)?.state === 'abort' ? 'the VM is being aborted' : undefined),
};

export const gfnAt = (context: FirmwareContext, index: number): number => Number(argument(context, index) / PAGE);
