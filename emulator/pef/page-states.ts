/**
 * States of a guest's pages of 64 KiB, on both sides: the word that KVM keeps for a guest frame number, and the state that
 * the ultravisor keeps. One row each.
 *
 * Sources: Linux arch/powerpc/kvm/book3s_hv_uvmem.c; open-power/ultravisor include/svm_host.h.
 */

/** log2 of the bytes of a page: the only order of the paging calls. */
export const PAGE_ORDER = 16n;
export const PAGE_BYTES = 0x10000;

/** Guest physical address of a guest frame number. */
export const gpaOf = (gfn: number): bigint => BigInt(gfn) * BigInt(PAGE_BYTES);

export interface PageStateRow {
  readonly name: string;
  /** Number in the source, where it has one. */
  readonly number?: number;
  readonly doc: string;
}

/** What KVM knows of a page of a VM. */
// prettier-ignore
export const GFN_STATES = [
  { name: 'normal',    doc: 'An ordinary page of the VM in normal memory: no bit is set.' },
  { name: 'secure',    number: 63, doc: 'In secure memory (KVMPPC_GFN_UVMEM_PFN, bit 63).' },
  { name: 'paged out', number: 62, doc: 'Encrypted in normal memory (KVMPPC_GFN_MEM_PFN, bit 62).' },
  { name: 'shared',    number: 61, doc: 'Shared by the VM, in normal memory (KVMPPC_GFN_SHARED, bit 61).' },
] as const satisfies readonly PageStateRow[];
export type GfnState = (typeof GFN_STATES)[number]['name'];

/** What happens to a page of a secure VM. */
export type PageEvent = 'share' | 'unshare' | 'invalidate' | 'page in' | 'page out' | 'commit';

interface PageRow extends PageStateRow {
  /** The state that follows; what is absent is refused. */
  readonly after: Partial<Readonly<Record<PageEvent, string>>>;
}

/** What the ultravisor knows of a page of a secure VM, and where each event leads. */
// prettier-ignore
export const PAGE_STATES = [
  { name: 'SECURE', number: 0, doc: 'In secure memory, or never touched: then it is zero.',
    after: { share: 'HV_SHARING', unshare: 'SECURE', 'page out': 'PAGEDOUT' } },
  { name: 'PAGEDOUT', number: 1, doc: 'The hypervisor has it, encrypted; the ultravisor has its key, IV and tag.',
    after: { share: 'HV_SHARING', unshare: 'PAGEDOUT', 'page in': 'SECURE' } },
  { name: 'SHARED', number: 2, doc: 'Shared by the VM: mapped to normal memory.',
    after: { share: 'SHARED', unshare: 'HV_UNSHARING', invalidate: 'SHARED_INV', 'page in': 'SHARED' } },
  { name: 'SHARED_INV', number: 3, doc: 'Shared by the VM; the hypervisor has taken its mapping away.',
    after: { share: 'SHARED_INV', unshare: 'HV_UNSHARING_INV', invalidate: 'SHARED_INV', 'page in': 'SHARED' } },
  { name: 'SHARED_IMPLICIT', number: 4, doc: 'Shared by the ultravisor for its own calls; the VM may not touch it.',
    after: { share: 'SHARED_IMPLICIT', invalidate: 'SHARED_IMPLICIT_INV', 'page in': 'SHARED_IMPLICIT' } },
  { name: 'SHARED_IMPLICIT_INV', number: 5, doc: 'The same; the hypervisor has taken its mapping away.',
    after: { share: 'SHARED_IMPLICIT_INV', invalidate: 'SHARED_IMPLICIT_INV', 'page in': 'SHARED_IMPLICIT' } },
  { name: 'HV_SHARING', number: 6, doc: 'Being shared: the hypervisor is asked for a page.',
    after: { 'page in': 'HV_SHARED' } },
  { name: 'HV_SHARED', number: 7, doc: 'Being shared: the hypervisor has given a page.',
    after: { invalidate: 'HV_SHARED_INV', 'page in': 'HV_SHARED', commit: 'SHARED' } },
  { name: 'HV_SHARED_INV', number: 8, doc: 'Being shared: the hypervisor has given a page and taken it away.',
    after: { invalidate: 'HV_SHARED_INV', 'page in': 'HV_SHARED', commit: 'SHARED_INV' } },
  { name: 'HV_UNSHARING', number: 9, doc: 'Being taken back: the hypervisor is asked to let go.',
    after: { invalidate: 'HV_UNSHARING_INV', 'page in': 'HV_UNSHARING', commit: 'HV_UNSHARED' } },
  { name: 'HV_UNSHARING_INV', number: 10, doc: 'The same; the hypervisor has taken its mapping away.',
    after: { invalidate: 'HV_UNSHARING_INV', 'page in': 'HV_UNSHARING', commit: 'HV_UNSHARED' } },
  { name: 'HV_UNSHARED', number: 11, doc: 'Being taken back: the hypervisor has let go.',
    after: { commit: 'SECURE' } },
  { name: 'PSEUDO_SHARED', number: 12, doc: 'In secure memory, while the hypervisor believes that it is shared: the RTAS area.',
    after: { share: 'PSEUDO_SHARED', invalidate: 'PSEUDO_SHARED_INV', 'page in': 'PSEUDO_SHARED' } },
  { name: 'PSEUDO_SHARED_INV', number: 13, doc: 'The same; the hypervisor has taken its mapping away.',
    after: { share: 'PSEUDO_SHARED_INV', invalidate: 'PSEUDO_SHARED_INV', 'page in': 'PSEUDO_SHARED' } },
] as const satisfies readonly PageRow[];
export type PageState = (typeof PAGE_STATES)[number]['name'];

const rows = new Map<string, PageRow>(PAGE_STATES.map((row) => [row.name, row]));
const isPageState = (name: string | undefined): name is PageState => name !== undefined && rows.has(name);

/** The state behind an event; undefined where it is refused. */
export function stateAfter(state: PageState, event: PageEvent): PageState | undefined {
  const after = rows.get(state)?.after[event];
  return isPageState(after) ? after : undefined;
}

/** States between the beginning and the end of sharing or taking back. */
export const isTransient = (state: PageState): boolean => state.startsWith('HV_');
