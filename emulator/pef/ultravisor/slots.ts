/** Memory slots and the partition table: what the hypervisor registers of its VMs. */
import { hexNumber } from '../../common/bytes';
import { SPRS } from '../../isa/sprs';
import { codeValue } from '../codes';
import { type Coroutine, type FirmwareContext, type Outcome, line } from '../firmware';
import { type Check, type Routines, argument, modelled, profiled, refuse } from '../model';
import { PAGE_BYTES } from '../page-states';
import { byHypervisor, lpidInTable, lpidOfSvm, svmOf } from './checks';
import { MAX_LPID, MAX_SLOTS, type Svm } from './state';

const CONTRACT = 'Linux Documentation/arch/powerpc/ultravisor.rst';
const FIRMWARE = 'open-power/ultravisor core/uvcall.c, core/svm_host.c';
const SUCCESS = codeValue('U_SUCCESS');
const PAGE = BigInt(PAGE_BYTES);
/** Guest real addresses of radix trees have 52 bits. */
const GPA_END = 1n << 52n;

// -- UV_REGISTER_MEM_SLOT -------------------------------------------------------------------------------------------

function startCheck(code: string): Check {
  return {
    label: 'start_gpa',
    when: 'start_gpa is not aligned to 64 KiB, or in another slot',
    code,
    why: (context) => {
      const [start, size] = [argument(context, 1), argument(context, 2)];
      if (start % PAGE !== 0n || start >= GPA_END) return `start_gpa ${hexNumber(start)} is not the address of a page`;
      const [first, behind] = [Number(start / PAGE), Number((start + size) / PAGE)];
      const other = svmOf(context)?.slots.find((slot) => slot.start < behind && first < slot.start + slot.pages);
      return other && `start_gpa ${hexNumber(start)} and size ${hexNumber(size)} overlap slot ${other.id}`;
    },
  };
}
const sizeCheck = (code: string): Check => ({
  label: 'size',
  when: 'size is 0, or no multiple of 64 KiB',
  code,
  why: (context) => {
    const [start, size] = [argument(context, 1), argument(context, 2)];
    return size > 0n && size % PAGE === 0n && size <= GPA_END - (start % GPA_END)
      ? undefined
      : `size is ${hexNumber(size)}`;
  },
});
const slotFlags: Check = {
  label: 'flags',
  when: 'flags is not 0',
  code: 'U_P4',
  why: (context) =>
    argument(context, 3) === 0n ? undefined : `flags is ${hexNumber(argument(context, 3))}; it is reserved`,
};
const newSlotId = (code: string): Check => ({
  label: 'slotid',
  when: `slotid is in use, or not below ${MAX_SLOTS}`,
  code,
  why: (context) => {
    const id = argument(context, 4);
    if (id >= BigInt(MAX_SLOTS)) return `slotid is ${id}; there are ${MAX_SLOTS} slots`;
    return svmOf(context)?.slots.some((slot) => slot.id === Number(id))
      ? `slot ${id} is registered already`
      : undefined;
  },
});

function register(context: FirmwareContext, svm: Svm): void {
  const [start, size, id] = [argument(context, 1), argument(context, 2), argument(context, 4)];
  svm.slots.push({ id: Number(id), start: Number(start / PAGE), pages: Number(size / PAGE) });
}

/** Gives every page of the newest slot secure memory, as the firmware reserves it; false when there is too little. */
function reserve(context: FirmwareContext, svm: Svm): boolean {
  const slot = svm.slots.at(-1);
  if (!slot || slot.pages > context.ultravisor.secureMemory.freePages) return false;
  for (let gfn = slot.start; gfn < slot.start + slot.pages; gfn++) context.ultravisor.back(svm, gfn);
  return true;
}

export const registerMemSlot: Routines = profiled((profile) => {
  const spec = profile === 'spec';
  return {
    name: 'UV_REGISTER_MEM_SLOT',
    owner: 'ultravisor',
    source: spec ? CONTRACT : FIRMWARE,
    checks: spec
      ? [byHypervisor(), lpidOfSvm(), startCheck('U_P2'), sizeCheck('U_P3'), slotFlags, newSlotId('U_P5')]
      : [byHypervisor(), lpidOfSvm(), newSlotId('U_PARAMETER'), sizeCheck('U_PARAMETER'), startCheck('U_PARAMETER')],
    steps: spec
      ? 'register | the slot is registered; its pages take secure memory when they come; return U_SUCCESS'
      : `
register | the slot is registered
reserve  | all of its pages take secure memory; if there is too little: return U_PARAMETER
done     |                                                              return U_SUCCESS
`,
    *run(context): Coroutine<Outcome> {
      const svm = svmOf(context);
      if (!svm) return refuse(context, 'U_PARAMETER', 'the VM is gone');
      yield* line('register');
      register(context, svm);
      if (spec) return SUCCESS;
      yield* line('reserve');
      if (!reserve(context, svm)) {
        svm.slots.pop();
        const { freePages } = context.ultravisor.secureMemory;
        return refuse(
          context,
          'U_PARAMETER',
          `secure memory has ${freePages} pages left for ${hexNumber(argument(context, 2))} bytes`,
        );
      }
      yield* line('done');
      return SUCCESS;
    },
  };
});

// -- UV_UNREGISTER_MEM_SLOT -----------------------------------------------------------------------------------------

const knownSlotId = (code: string): Check => ({
  label: 'slotid',
  when: 'no slot has this slotid',
  code,
  why: (context) => {
    const id = argument(context, 1);
    return svmOf(context)?.slots.some((slot) => BigInt(slot.id) === id) ? undefined : `there is no slot ${id}`;
  },
});

export const unregisterMemSlot: Routines = profiled((profile) => ({
  name: 'UV_UNREGISTER_MEM_SLOT',
  owner: 'ultravisor',
  source: profile === 'spec' ? CONTRACT : FIRMWARE,
  checks: [byHypervisor(), lpidOfSvm(), knownSlotId(profile === 'spec' ? 'U_P2' : 'U_PARAMETER')],
  steps: 'drop | the pages of the slot are gone, their secure memory is zeroed and free; return U_SUCCESS',
  *run(context): Coroutine<Outcome> {
    yield* line('drop');
    const svm = svmOf(context);
    const slot = svm?.slots.find(({ id }) => BigInt(id) === argument(context, 1));
    if (svm && slot) context.ultravisor.dropSlot(svm, slot);
    return SUCCESS;
  },
}));

// -- UV_WRITE_PATE --------------------------------------------------------------------------------------------------

/** HR, RTS, RPDB and RPDS of the first doubleword; GR, PRTB and PRTS of the second (Book III 5.7.6.1). */
const DW0_KNOWN = 0xefff_ffff_ffff_ffffn;
const DW1_KNOWN = 0x8fff_ffff_ffff_f01fn;

const doubleword = (index: 1 | 2, known: bigint, code: string): Check => ({
  label: `dw${index - 1}`,
  when: `dw${index - 1} has reserved bits`,
  code,
  why: (context) => {
    const value = argument(context, index);
    return (value & ~known) === 0n
      ? undefined
      : `dw${index - 1} ${hexNumber(value)} has reserved bits ${hexNumber(value & ~known)}`;
  },
});

const ofNoSvm: Check = {
  label: 'secure',
  when: 'the entry is that of a secure VM',
  code: 'U_PERMISSION',
  why: (context) => (svmOf(context) ? `partition ${argument(context, 0)} is a secure VM` : undefined),
};

export const writePate: Routines = profiled((profile) => {
  const spec = profile === 'spec';
  return {
    name: 'UV_WRITE_PATE',
    owner: 'ultravisor',
    source: spec ? CONTRACT : FIRMWARE,
    checks: spec
      ? [byHypervisor(), lpidInTable, doubleword(1, DW0_KNOWN, 'U_P2'), doubleword(2, DW1_KNOWN, 'U_P3'), ofNoSvm]
      : [byHypervisor()],
    steps: spec
      ? 'write | write both doublewords, and invalidate what was translated by them; return U_SUCCESS'
      : `
write | write dw0, unless the partition is a secure VM: it keeps its own
rest  | write dw1, and invalidate what was translated by the entry; return U_SUCCESS
`,
    *run(context): Coroutine<Outcome> {
      const { ultravisor } = context;
      const lpid = Number(argument(context, 0) & 0xffff_ffffn);
      const [dw0, dw1] = [argument(context, 1), argument(context, 2)];
      yield* line('write');
      if (lpid > MAX_LPID) {
        context.warn(`UV_WRITE_PATE: entry ${lpid} is behind the table; the firmware writes to whatever is there`);
        return SUCCESS;
      }
      const kept = svmOf(context) ? (ultravisor.pates.get(lpid)?.[0] ?? 0n) : dw0;
      if (!spec) yield* line('rest');
      if (kept !== dw0) context.note(`UV_WRITE_PATE: dw0 of secure partition ${lpid} stays ${hexNumber(kept)}`);
      ultravisor.pates.set(lpid, [kept, dw1]);
      return SUCCESS;
    },
  };
});

// -- UV_SVM_TERMINATE -----------------------------------------------------------------------------------------------

const lpidNotZero: Check = {
  label: 'lpid',
  when: `lpid is 0, or above ${MAX_LPID}`,
  code: 'U_PARAMETER',
  why: (context) => {
    const lpid = argument(context, 0);
    return lpid > 0n && lpid <= BigInt(MAX_LPID) ? undefined : `lpid ${lpid} is no VM's`;
  },
};
const isSecureVm: Check = {
  label: 'secure',
  when: 'the VM is not secure',
  code: 'U_INVALID',
  why: (context) => (svmOf(context) ? undefined : `partition ${argument(context, 0)} is not a secure VM`),
};

export const terminate: Routines = profiled((profile) => ({
  name: 'UV_SVM_TERMINATE',
  owner: 'ultravisor',
  source: profile === 'spec' ? CONTRACT : FIRMWARE,
  checks: profile === 'spec' ? [byHypervisor(), lpidNotZero, isSecureVm] : [byHypervisor()],
  steps: 'release | zero and free its secure memory, forget its keys and slots; return U_SUCCESS',
  *run(context): Coroutine<Outcome> {
    yield* line('release');
    const svm = svmOf(context);
    if (svm) context.ultravisor.remove(svm);
    return SUCCESS;
  },
}));

// -- UV_RESTRICTED_SPR_READ, UV_RESTRICTED_SPR_WRITE ----------------------------------------------------------------

/** Registers that the hypervisor reads and writes through the ultravisor; LDBAR and IMC it may only write. */
const WRITABLE = sprsNamed('DAWR0', 'DAWRX0', 'CIABR', 'LDBAR', 'IMC');
const READABLE = sprsNamed('DAWR0', 'DAWRX0', 'CIABR');

/** Names of registers by their numbers. */
function sprsNamed(...names: readonly string[]): ReadonlyMap<bigint, string> {
  return new Map(SPRS.filter(({ name }) => names.includes(name)).map(({ name, number }) => [BigInt(number), name]));
}

const restricted = (registers: ReadonlyMap<bigint, string>): Check => ({
  label: 'spr',
  when: `spr is none of ${[...registers.values()].join(', ')}`,
  code: 'U_PARAMETER',
  why: (context) =>
    registers.has(argument(context, 0))
      ? undefined
      : `spr is ${argument(context, 0)} (${hexNumber(argument(context, 0))})`,
});

export const restrictedSprWrite: Routines = modelled({
  name: 'UV_RESTRICTED_SPR_WRITE',
  owner: 'ultravisor',
  source: FIRMWARE,
  checks: [byHypervisor(), restricted(WRITABLE)],
  steps: 'write | write the register; return U_SUCCESS',
  *run(context): Coroutine<Outcome> {
    yield* line('write');
    context.setSpr(WRITABLE.get(argument(context, 0)) ?? '', argument(context, 1));
    return SUCCESS;
  },
});

export const restrictedSprRead: Routines = modelled({
  name: 'UV_RESTRICTED_SPR_READ',
  owner: 'ultravisor',
  source: FIRMWARE,
  checks: [byHypervisor(), restricted(READABLE)],
  steps: 'read | r5 = the register; return U_SUCCESS',
  *run(context): Coroutine<Outcome> {
    yield* line('read');
    context.setGpr(5, context.spr(READABLE.get(argument(context, 0)) ?? ''));
    return SUCCESS;
  },
});
