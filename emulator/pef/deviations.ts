/**
 * Where the published contract and the shipped code differ: one row each, with both behaviours.
 *
 * The models look at the profile where they differ; these rows say so in words, and the tests run each of them.
 */

export interface DeviationRow {
  /** Stable identifier: the call, then the matter. */
  readonly id: string;
  readonly call: string;
  readonly when: string;
  readonly spec: string;
  readonly shipped: string;
  readonly source: string;
}

const QEMU = 'QEMU hw/ppc/spapr_tpm_proxy.c against docs/specs/ppc-spapr-uv-hcalls.rst';

const ULTRAVISOR = 'open-power/ultravisor core/svm_host.c, core/uvcall.c against Linux ultravisor.rst';
const REFLECTION = 'open-power/ultravisor core/hvcall.c against Linux ultravisor.rst';

export const DEVIATIONS: readonly DeviationRow[] = [
  {
    id: 'H_TPM_COMM/in_buffer',
    call: 'H_TPM_COMM',
    when: 'in_buffer..+in_size is not all memory of the guest',
    spec: 'H_P2, before anything is sent',
    shipped: 'no check; the address loses its top four bits and bytes without memory read as zero',
    source: QEMU,
  },
  {
    id: 'H_TPM_COMM/out_buffer',
    call: 'H_TPM_COMM',
    when: 'out_buffer..+out_size is not all memory of the guest',
    spec: 'H_P4, before anything is sent',
    shipped: 'no check; the command runs and bytes without memory are lost',
    source: QEMU,
  },
  {
    id: 'H_TPM_COMM/in_size 0',
    call: 'H_TPM_COMM',
    when: 'in_size is 0',
    spec: 'H_P3',
    shipped: 'QEMU writes nothing and waits for a response for ever; reported as a warning and ended as H_RESOURCE',
    source: QEMU,
  },
  {
    id: 'H_TPM_COMM/out_size above 4096',
    call: 'H_TPM_COMM',
    when: 'out_size is above 4096',
    spec: 'accepted; a response has at most 4096 bytes',
    shipped: 'QEMU reads past its buffer and aborts; reported as a warning and taken as 4096',
    source: QEMU,
  },
  {
    id: 'H_TPM_COMM/header size',
    call: 'H_TPM_COMM',
    when: 'the command is shorter than six bytes or than its header says, and the TPM is the embedded one',
    spec: 'the TPM answers the bytes itself (TPM_RC_COMMAND_SIZE)',
    shipped: 'H_RESOURCE: the write to the TPM device fails with EINVAL',
    source: 'Linux drivers/char/tpm/tpm-dev-common.c',
  },
  {
    id: 'UV_PAGE_IN/order of checks',
    call: 'UV_PAGE_IN',
    when: 'more than one parameter is invalid',
    spec: 'lpid, src_ra, dest_gpa, flags, order, as the document lists them',
    shipped: 'order (U_P5), src_ra (U_P2), lpid (U_PARAMETER), dest_gpa (U_P3)',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_PAGE_IN/flags',
    call: 'UV_PAGE_IN',
    when: 'flags has unknown bits',
    spec: 'U_P4',
    shipped: 'flags are ignored',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_PAGE_IN/secure already',
    call: 'UV_PAGE_IN',
    when: 'the page is secure, and so is the VM',
    spec: 'U_P3',
    shipped: 'U_P2',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_PAGE_OUT/order of checks',
    call: 'UV_PAGE_OUT',
    when: 'more than one parameter is invalid',
    spec: 'lpid, dest_ra, src_gpa, flags, order',
    shipped: 'order (U_P5), dest_ra (U_P2), lpid (U_PARAMETER), src_gpa (U_P3)',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_PAGE_OUT/flags',
    call: 'UV_PAGE_OUT',
    when: 'flags has unknown bits',
    spec: 'U_P4; UV_SNAPSHOT keeps the page mapped',
    shipped: 'flags are ignored',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_PAGE_OUT/shared',
    call: 'UV_PAGE_OUT',
    when: 'the page is shared',
    spec: 'U_SUCCESS, nothing to do',
    shipped: 'U_PARAMETER',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_PAGE_OUT/paged out',
    call: 'UV_PAGE_OUT',
    when: 'the page is paged out already',
    spec: 'U_P3',
    shipped: 'U_PARAMETER',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_PAGE_OUT/busy',
    call: 'UV_PAGE_OUT',
    when: 'the page cannot go now',
    spec: 'U_BUSY',
    shipped: 'U_RETRY',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_REGISTER_MEM_SLOT/codes',
    call: 'UV_REGISTER_MEM_SLOT',
    when: 'a parameter is invalid',
    spec: 'U_P2, U_P3, U_P4 or U_P5 by its place',
    shipped: 'U_PARAMETER; flags are ignored',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_REGISTER_MEM_SLOT/memory',
    call: 'UV_REGISTER_MEM_SLOT',
    when: 'secure memory is smaller than the slot',
    spec: 'U_SUCCESS: pages take memory when they come, others go out',
    shipped: 'U_PARAMETER: the memory of the whole slot is reserved',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_UNREGISTER_MEM_SLOT/slotid',
    call: 'UV_UNREGISTER_MEM_SLOT',
    when: 'no slot has this slotid',
    spec: 'U_P2',
    shipped: 'U_PARAMETER',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_WRITE_PATE/checks',
    call: 'UV_WRITE_PATE',
    when: 'lpid or a doubleword is invalid',
    spec: 'U_PARAMETER, U_P2 or U_P3',
    shipped: 'U_SUCCESS: nothing is checked',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_WRITE_PATE/secure VM',
    call: 'UV_WRITE_PATE',
    when: 'the entry is that of a secure VM',
    spec: 'U_PERMISSION',
    shipped: 'U_SUCCESS: dw1 is taken, dw0 stays',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_SVM_TERMINATE/no secure VM',
    call: 'UV_SVM_TERMINATE',
    when: 'lpid is invalid, or that of no secure VM',
    spec: 'U_PARAMETER, U_INVALID',
    shipped: 'U_SUCCESS, nothing to do',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_SHARE_PAGE/not secure',
    call: 'UV_SHARE_PAGE',
    when: 'the caller is not a secure VM',
    spec: 'U_INVALID',
    shipped: 'U_PERMISSION',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_SHARE_PAGE/gfn',
    call: 'UV_SHARE_PAGE',
    when: 'gfn is in no memory slot',
    spec: 'U_PARAMETER',
    shipped: 'U_P2',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_UNSHARE_PAGE/not secure',
    call: 'UV_UNSHARE_PAGE',
    when: 'the caller is not a secure VM',
    spec: 'U_INVALID',
    shipped: 'U_PERMISSION',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_UNSHARE_PAGE/gfn',
    call: 'UV_UNSHARE_PAGE',
    when: 'gfn is in no memory slot',
    spec: 'U_PARAMETER',
    shipped: 'U_P2',
    source: ULTRAVISOR,
  },
  {
    id: 'UV_UNSHARE_ALL_PAGES/not secure',
    call: 'UV_UNSHARE_ALL_PAGES',
    when: 'the caller is not a secure VM',
    spec: 'U_INVALID',
    shipped: 'U_PERMISSION',
    source: ULTRAVISOR,
  },
  {
    id: 'H_RANDOM/secure VM',
    call: 'H_RANDOM',
    when: 'a secure VM calls',
    spec: 'H_SUCCESS: the ultravisor gives the number',
    shipped: 'H_FUNCTION',
    source: REFLECTION,
  },
  {
    id: 'hypercall of a secure VM/table',
    call: 'any',
    when: "a secure VM makes a hypercall that the ultravisor's table lacks",
    spec: 'reflected when the call is known, else H_FUNCTION',
    shipped: 'the ultravisor stops the machine',
    source: REFLECTION,
  },
];
