/**
 * Every ultracall and hypercall, one row each: number, parameters, results, who may call, what it answers.
 *
 * Sources: Linux Documentation/arch/powerpc/ultravisor.rst (contract), asm/ultravisor-api.h, asm/hvcall.h (numbers);
 * QEMU docs/specs/ppc-spapr-uv-hcalls.rst (H_TPM_COMM); open-power/ultravisor include/uapi_uvcall.h (the calls that only
 * the firmware knows); PAPR names for the ordinary hypercalls.
 */

/** A parameter in r4, r5, ... in this order. */
export interface CallParameter {
  readonly name: string;
  readonly doc: string;
  /** Width that the contract gives, in bits; 64 where it gives none. */
  readonly bits?: 8 | 16 | 32 | 64;
}

export interface CallOutput {
  /** Register that holds it: 4 for r4. */
  readonly register: number;
  readonly name: string;
  readonly doc: string;
}

export interface CallRow {
  /** 1: hypercall (`sc 1`); 2: ultracall (`sc 2`). */
  readonly lev: 1 | 2;
  readonly number: number;
  readonly name: string;
  readonly caller: string;
  readonly parameters: readonly CallParameter[];
  readonly outputs: readonly CallOutput[];
  /** Return code → when, in the words of the contract. Names are rows of codes.ts. */
  readonly returns: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly source: string;
}

const ULTRAVISOR_RST = 'Linux Documentation/arch/powerpc/ultravisor.rst';
const FIRMWARE = 'open-power/ultravisor include/uapi_uvcall.h, doc/ultravisor.rst';
const UV_HCALLS = 'QEMU docs/specs/ppc-spapr-uv-hcalls.rst';
const PAPR = 'Linux on Power Architecture Platform Reference (PAPR), Linux asm/hvcall.h';

const HV = 'hypervisor';
const SVM = 'secure VM, supervisor';
const GUEST = 'VM, supervisor';

type Parameters = Readonly<Record<string, string | readonly [bits: 8 | 16 | 32, doc: string]>>;
type Outputs = Readonly<Record<string, readonly [register: number, doc: string]>>;
interface Spec {
  readonly caller: string;
  readonly params?: Parameters;
  readonly outputs?: Outputs;
  readonly returns: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly source?: string;
}

function row(lev: 1 | 2, number: number, name: string, spec: Spec, source: string): CallRow {
  return {
    lev,
    number,
    name,
    caller: spec.caller,
    parameters: Object.entries(spec.params ?? {}).map(([parameter, about]) =>
      typeof about === 'string' ? { name: parameter, doc: about } : { name: parameter, bits: about[0], doc: about[1] },
    ),
    outputs: Object.entries(spec.outputs ?? {}).map(([output, [register, doc]]) => ({ register, name: output, doc })),
    returns: spec.returns,
    summary: spec.summary,
    source: spec.source ?? source,
  };
}
const ultracall = (number: number, name: string, spec: Spec) => row(2, number, name, spec, ULTRAVISOR_RST);
const hypercall = (number: number, name: string, spec: Spec) => row(1, number, name, spec, PAPR);

const LPID = [16, 'logical partition identifier of the VM'] as const;
const ORDER = 'page size as a power of two; only 16 (64 KiB)';
const NOT_SUPPORTED = 'the functionality is not supported';

export const ULTRACALLS: readonly CallRow[] = [
  ultracall(0xf104, 'UV_WRITE_PATE', {
    caller: HV,
    params: { lpid: [32, LPID[1]], dw0: 'first doubleword of the entry', dw1: 'second doubleword of the entry' },
    returns: {
      U_SUCCESS: 'the entry was written',
      U_BUSY: 'the entry cannot be written now',
      U_FUNCTION: NOT_SUPPORTED,
      U_PARAMETER: 'lpid is invalid',
      U_P2: 'dw0 is invalid',
      U_P3: 'dw1 is invalid',
      U_PERMISSION: 'the entry is that of a secure VM, or the caller is not the hypervisor',
    },
    summary: 'Validate and write a partition table entry.',
  }),
  ultracall(0xf108, 'UV_RESTRICTED_SPR_WRITE', {
    caller: HV,
    params: { spr: 'number of the register: DAWR, DAWRX, CIABR, LDBAR or IMC', value: 'value to write' },
    returns: {
      U_SUCCESS: 'written',
      U_PARAMETER: 'the register is not one of these',
      U_PERMISSION: 'not the hypervisor',
    },
    summary: 'Write a register that the ultravisor owns, for the hypervisor.',
    source: FIRMWARE,
  }),
  ultracall(0xf10c, 'UV_RESTRICTED_SPR_READ', {
    caller: HV,
    params: { spr: 'number of the register: DAWR, DAWRX or CIABR' },
    outputs: { value: [5, 'value of the register'] },
    returns: { U_SUCCESS: 'read', U_PARAMETER: 'the register is not one of these', U_PERMISSION: 'not the hypervisor' },
    summary: 'Read a register that the ultravisor owns, for the hypervisor.',
    source: FIRMWARE,
  }),
  ultracall(0xf110, 'UV_ESM', {
    caller: GUEST,
    params: {
      esm_blob_addr: 'guest physical address of the ESM blob (Linux passes the kernel base)',
      fdt: 'guest physical address of the flattened device tree',
    },
    returns: {
      U_SUCCESS: 'the VM is secure (also when it already was)',
      U_FUNCTION: NOT_SUPPORTED,
      U_INVALID: 'the VM is not in a state to go secure',
      U_PARAMETER: 'esm_blob_addr is invalid',
      U_P2: 'fdt is invalid',
      U_PERMISSION: 'an integrity check failed',
      U_RETRY: 'not enough memory to go secure now',
      U_NO_KEY: 'the symmetric key of the blob cannot be had',
    },
    summary: 'Enter secure mode: the VM is copied to secure memory, verified and continued there.',
  }),
  ultracall(0xf114, 'UV_READ_SCOM', {
    caller: 'hypervisor (OPAL)',
    params: { partid: 'chip or chiplet', pcb_addr: 'register address' },
    outputs: { value: [4, 'value read'] },
    returns: {
      U_SUCCESS: 'read',
      U_BUSY: 'busy',
      U_PARAMETER: 'address or partition is invalid',
      U_PERMISSION: 'called from a VM, or the register is not allowed',
    },
    summary: 'Read a scan communications register.',
    source: FIRMWARE,
  }),
  ultracall(0xf118, 'UV_WRITE_SCOM', {
    caller: 'hypervisor (OPAL)',
    params: { partid: 'chip or chiplet', pcb_addr: 'register address', val: 'value to write' },
    returns: {
      U_SUCCESS: 'written',
      U_BUSY: 'busy',
      U_PARAMETER: 'address or partition is invalid',
      U_PERMISSION: 'called from a VM, or the register is not allowed',
    },
    summary: 'Write a scan communications register.',
    source: FIRMWARE,
  }),
  ultracall(0xf11c, 'UV_RETURN', {
    caller: HV,
    returns: { U_INVALID: 'not called in hypervisor context; the call does not return otherwise' },
    summary:
      'Return to the secure VM after a reflected hypercall or interrupt: r0 holds the hypercall result, r2 a synthesised interrupt, if any.',
  }),
  ultracall(0xf120, 'UV_REGISTER_MEM_SLOT', {
    caller: HV,
    params: {
      lpid: LPID,
      start_gpa: 'guest physical address of the slot',
      size: 'size in bytes',
      flags: 'reserved, 0',
      slotid: [16, 'identifier of the slot'],
    },
    returns: {
      U_SUCCESS: 'registered',
      U_PARAMETER: 'lpid is invalid',
      U_P2: 'start_gpa is invalid',
      U_P3: 'size is invalid',
      U_P4: 'a bit in flags is not recognized',
      U_P5: 'slotid is unsupported',
      U_PERMISSION: 'called in any context but the hypervisor',
      U_FUNCTION: NOT_SUPPORTED,
    },
    summary: 'Register an address range of a VM with the ultravisor.',
  }),
  ultracall(0xf124, 'UV_UNREGISTER_MEM_SLOT', {
    caller: HV,
    params: { lpid: LPID, slotid: [16, 'identifier of the slot'] },
    returns: {
      U_SUCCESS: 'unregistered',
      U_FUNCTION: NOT_SUPPORTED,
      U_PARAMETER: 'lpid is invalid',
      U_P2: 'slotid is invalid',
      U_PERMISSION: 'called in any context but the hypervisor',
    },
    summary: 'Unregister an address range of a VM.',
  }),
  ultracall(0xf128, 'UV_PAGE_IN', {
    caller: HV,
    params: {
      lpid: LPID,
      src_ra: 'real address of the source page',
      dest_gpa: 'guest physical address of the destination',
      flags: 'CACHE_INHIBITED, CACHE_ENABLED, WRITE_PROTECTION',
      order: ORDER,
    },
    returns: {
      U_SUCCESS: 'the page is in secure memory',
      U_BUSY: 'the page cannot be paged in now',
      U_FUNCTION: NOT_SUPPORTED,
      U_PARAMETER: 'lpid is invalid',
      U_P2: 'src_ra is invalid',
      U_P3: 'dest_gpa is invalid',
      U_P4: 'a bit in flags is not recognized',
      U_P5: 'order is unsupported',
    },
    summary: 'Move a page from normal memory to secure memory, decrypting it when it was paged out.',
  }),
  ultracall(0xf12c, 'UV_PAGE_OUT', {
    caller: HV,
    params: {
      lpid: LPID,
      dest_ra: 'real address of the destination page',
      src_gpa: 'guest physical address of the source',
      flags: [8, 'UV_SNAPSHOT to keep the page mapped'],
      order: ORDER,
    },
    returns: {
      U_SUCCESS: 'the encrypted page is at dest_ra (also when it was already shared)',
      U_BUSY: 'the page cannot be paged out now',
      U_FUNCTION: NOT_SUPPORTED,
      U_PARAMETER: 'lpid is invalid',
      U_P2: 'dest_ra is invalid',
      U_P3: 'src_gpa is invalid',
      U_P4: 'a bit in flags is not recognized',
      U_P5: 'order is unsupported',
    },
    summary: 'Encrypt a secure page and move it to normal memory.',
  }),
  ultracall(0xf130, 'UV_SHARE_PAGE', {
    caller: SVM,
    params: { gfn: 'guest page frame number', num: 'number of pages' },
    returns: {
      U_SUCCESS: 'the pages are shared',
      U_FUNCTION: NOT_SUPPORTED,
      U_INVALID: 'the VM is not secure',
      U_PARAMETER: 'gfn is invalid',
      U_P2: 'num is invalid',
    },
    summary: 'Share guest pages with the hypervisor; the pages are zeroed.',
  }),
  ultracall(0xf134, 'UV_UNSHARE_PAGE', {
    caller: SVM,
    params: { gfn: 'guest page frame number', num: 'number of pages' },
    returns: {
      U_SUCCESS: 'the pages are secure again',
      U_FUNCTION: NOT_SUPPORTED,
      U_INVALID: 'the VM is not secure',
      U_PARAMETER: 'gfn is invalid',
      U_P2: 'num is invalid',
    },
    summary: 'Take shared pages back; the pages are zeroed.',
  }),
  ultracall(0xf138, 'UV_PAGE_INVAL', {
    caller: HV,
    params: { lpid: LPID, guest_pa: 'guest physical address', order: ORDER },
    returns: {
      U_SUCCESS: 'the mapping is gone',
      U_PARAMETER: 'lpid is invalid',
      U_P2: 'guest_pa is invalid, or a secure page',
      U_P3: 'order is invalid',
      U_FUNCTION: NOT_SUPPORTED,
      U_BUSY: 'the page cannot be invalidated now',
    },
    summary: "Tell the ultravisor that the hypervisor's mapping of a shared page is gone.",
  }),
  ultracall(0xf13c, 'UV_SVM_TERMINATE', {
    caller: HV,
    params: { lpid: LPID },
    returns: {
      U_SUCCESS: 'the VM is gone',
      U_FUNCTION: NOT_SUPPORTED,
      U_PARAMETER: 'lpid is invalid',
      U_INVALID: 'the VM is not secure',
      U_PERMISSION: 'called in any context but the hypervisor',
    },
    summary: 'Terminate a secure VM and release its resources.',
  }),
  ultracall(0xf140, 'UV_UNSHARE_ALL_PAGES', {
    caller: SVM,
    returns: { U_SUCCESS: 'all pages are secure', U_FUNCTION: NOT_SUPPORTED, U_INVALID: 'the VM is not secure' },
    summary: 'Take all explicitly shared pages back.',
  }),
  ultracall(0xf144, 'UV_READ_MEM', {
    caller: 'hypervisor (OPAL)',
    params: {
      buffer: 'real address of the destination',
      handle: 'region to read',
      offset: 'offset in the region',
      size: [32, 'size in bytes'],
    },
    returns: {
      U_SUCCESS: 'read',
      U_FUNCTION: NOT_SUPPORTED,
      U_PARAMETER: 'buffer, offset or size is invalid',
      U_PERMISSION: 'the region is not allowed',
    },
    summary: 'Read a reserved region of the ultravisor.',
    source: FIRMWARE,
  }),
  ultracall(0xf148, 'UV_WRITE_MEM', {
    caller: 'hypervisor (OPAL)',
    params: {
      buffer: 'real address of the source',
      handle: 'region to write',
      offset: 'offset in the region',
      size: [32, 'size in bytes'],
    },
    returns: {
      U_SUCCESS: 'written',
      U_FUNCTION: NOT_SUPPORTED,
      U_PARAMETER: 'buffer, offset or size is invalid',
      U_PERMISSION: 'the region is not allowed',
    },
    summary: 'Write a reserved region of the ultravisor.',
    source: FIRMWARE,
  }),
  ultracall(0xf14c, 'UV_ESMB_GET_FILE', {
    caller: 'secure VM, also user mode',
    params: {
      offset: 'offset in the file',
      name0: 'bytes 0 to 7 of the name, big-endian',
      name1: 'bytes 8 to 15',
      name2: 'bytes 16 to 23',
      name3: 'bytes 24 to 31',
      name4: 'bytes 32 to 39',
      name5: 'bytes 40 to 47',
      name6: 'bytes 48 to 55',
      name7: 'bytes 56 to 63',
    },
    outputs: {
      data0: [4, 'bytes 0 to 7 of the data'],
      data1: [5, 'bytes 8 to 15'],
      data2: [6, 'bytes 16 to 23'],
      data3: [7, 'bytes 24 to 31'],
      data4: [8, 'bytes 32 to 39'],
      data5: [9, 'bytes 40 to 47'],
      data6: [10, 'bytes 48 to 55'],
      data7: [11, 'bytes 56 to 63'],
    },
    returns: {
      U_SUCCESS: 'the end of the file; a positive r3 up to 64 is the number of bytes in r4 to r11',
      U_PARAMETER: 'no such file, another reader, or an offset already read',
      U_RETRY: 'not enough memory now',
    },
    summary: 'Read up to 64 bytes of a file attached to the ESM blob, such as the pass phrase of the root disk.',
    source: FIRMWARE,
  }),
  ultracall(0xf150, 'UV_SEND_SBE_COMMAND', {
    caller: 'hypervisor (OPAL)',
    params: {
      chip_id: 'chip',
      opcode: 'TIMER, HANDLE_INTERRUPT or START_MPIPL',
      in_buf: 'real address of the request',
      out_buf: 'real address of the answer',
    },
    outputs: { result: [4, 'answer of the self boot engine'] },
    returns: {
      U_SUCCESS: 'sent',
      U_FUNCTION: NOT_SUPPORTED,
      U_PARAMETER: 'a buffer or the chip is invalid',
      U_PERMISSION: 'the opcode is not allowed',
    },
    summary: 'Send a command to the self boot engine.',
    source: FIRMWARE,
  }),
];

const SVM_PAGE = {
  caller: 'ultravisor',
  params: { guest_pa: 'guest physical address of the page', flags: 'see the call', order: ORDER },
  returns: {
    H_SUCCESS: 'done',
    H_PARAMETER: 'guest_pa is invalid',
    H_P2: 'flags is invalid',
    H_P3: 'order is invalid',
    H_UNSUPPORTED: 'not called by the ultravisor, or before H_SVM_INIT_START',
  },
} as const;

export const HYPERCALLS: readonly CallRow[] = [
  hypercall(0xef00, 'H_SVM_PAGE_IN', {
    ...SVM_PAGE,
    params: { ...SVM_PAGE.params, flags: 'H_PAGE_IN_NONSHARED or H_PAGE_IN_SHARED' },
    summary: 'Ask the hypervisor to move a page of the VM to secure memory, or to share it.',
    source: ULTRAVISOR_RST,
  }),
  hypercall(0xef04, 'H_SVM_PAGE_OUT', {
    ...SVM_PAGE,
    params: { ...SVM_PAGE.params, flags: 'must be 0' },
    summary: 'Ask the hypervisor to take a secure page to normal memory.',
    source: ULTRAVISOR_RST,
  }),
  hypercall(0xef08, 'H_SVM_INIT_START', {
    caller: 'ultravisor',
    returns: {
      H_SUCCESS: 'the VM is in transition',
      H_STATE: 'the VM is not in a position to switch',
      H_UNSUPPORTED: 'not called by the ultravisor, or the hypervisor does not support secure VMs',
      H_AUTHORITY: 'secure VMs are not enabled for this VM (KVM)',
      H_PARAMETER: 'a memory slot could not be registered (KVM)',
    },
    summary: 'A VM begins its transition to secure mode.',
    source: ULTRAVISOR_RST,
  }),
  hypercall(0xef0c, 'H_SVM_INIT_DONE', {
    caller: 'ultravisor',
    returns: {
      H_SUCCESS: 'the VM is secure',
      H_UNSUPPORTED: 'called in the wrong context, or before H_SVM_INIT_START',
      H_STATE: 'the transition could not be completed',
    },
    summary: 'The transition of a VM to secure mode is complete.',
    source: ULTRAVISOR_RST,
  }),
  hypercall(0xef10, 'H_TPM_COMM', {
    caller: 'ultravisor or VM, supervisor',
    params: {
      operation: 'TPM_COMM_OP_EXECUTE or TPM_COMM_OP_CLOSE_SESSION',
      in_buffer: 'guest physical address of the TPM command',
      in_size: 'size of the command in bytes, at most 4096',
      out_buffer: 'guest physical address for the TPM response',
      out_size: 'size of the response buffer in bytes, at least 4096',
    },
    outputs: { response_size: [4, 'size of the TPM response in bytes; unchanged on an error'] },
    returns: {
      H_SUCCESS: 'the response is in out_buffer and its size in r4; or the session is closed',
      H_PARAMETER: 'operation is invalid',
      H_P2: 'in_buffer is invalid',
      H_P3: 'in_size is invalid',
      H_P4: 'out_buffer is invalid',
      H_P5: 'out_size is invalid',
      H_RESOURCE: 'the TPM cannot be reached',
      H_FUNCTION: 'TPM access is not allowed, or there is no TPM proxy',
    },
    summary: 'Send a command to the TPM of the machine and receive its response, or end the session.',
    source: UV_HCALLS,
  }),
  hypercall(0xef14, 'H_SVM_INIT_ABORT', {
    caller: 'ultravisor',
    returns: {
      H_PARAMETER: 'the transition was undone; the guest sees this as the result of its UV_ESM',
      H_STATE: 'the VM is already secure',
      H_UNSUPPORTED: 'called in the wrong context',
    },
    summary: 'The transition of a VM to secure mode has failed and is undone.',
    source: ULTRAVISOR_RST,
  }),
  hypercall(0x20, 'H_PUT_TCE', {
    caller: GUEST,
    params: { liobn: 'logical I/O bus number', ioba: 'I/O bus address', tce: 'translation entry' },
    returns: { H_SUCCESS: 'done', H_PARAMETER: 'a parameter is invalid', H_FUNCTION: NOT_SUPPORTED },
    summary: 'Enter a translation of an I/O bus address.',
  }),
  hypercall(0x54, 'H_GET_TERM_CHAR', {
    caller: GUEST,
    params: { termno: 'unit address of the virtual terminal; 0: the first one' },
    outputs: {
      len: [4, 'number of characters'],
      char0_7: [5, 'characters 0 to 7'],
      char8_15: [6, 'characters 8 to 15'],
    },
    returns: { H_SUCCESS: 'done', H_PARAMETER: 'no such terminal', H_FUNCTION: NOT_SUPPORTED },
    summary: 'Read up to 16 characters from the virtual terminal.',
  }),
  hypercall(0x58, 'H_PUT_TERM_CHAR', {
    caller: GUEST,
    params: {
      termno: 'unit address of the virtual terminal; 0: the first one',
      len: 'number of characters, at most 16',
      char0_7: 'characters 0 to 7',
      char8_15: 'characters 8 to 15',
    },
    returns: {
      H_SUCCESS: 'written',
      H_BUSY: 'try again',
      H_PARAMETER: 'no such terminal, or len is too large',
      H_FUNCTION: NOT_SUPPORTED,
    },
    summary: 'Write up to 16 characters to the virtual terminal.',
  }),
  hypercall(0xdc, 'H_REGISTER_VPA', {
    caller: GUEST,
    params: { flags: 'subfunction', proc_no: 'virtual processor', addr: 'guest physical address of the area' },
    returns: { H_SUCCESS: 'registered', H_PARAMETER: 'a parameter is invalid', H_FUNCTION: NOT_SUPPORTED },
    summary: 'Register the virtual processor area, dispatch trace log or SLB shadow buffer.',
  }),
  hypercall(0xe0, 'H_CEDE', {
    caller: GUEST,
    returns: { H_SUCCESS: 'the processor was given an interrupt or a prod', H_FUNCTION: NOT_SUPPORTED },
    summary: 'Give up the virtual processor until the next interrupt; enables external interrupts.',
  }),
  hypercall(0xe4, 'H_CONFER', {
    caller: GUEST,
    params: { proc: 'virtual processor, or -1 for all', dispatch: 'dispatch count' },
    returns: { H_SUCCESS: 'done', H_PARAMETER: 'no such processor', H_FUNCTION: NOT_SUPPORTED },
    summary: 'Give the virtual processor to another one.',
  }),
  hypercall(0xe8, 'H_PROD', {
    caller: GUEST,
    params: { proc: 'virtual processor' },
    returns: { H_SUCCESS: 'done', H_PARAMETER: 'no such processor', H_FUNCTION: NOT_SUPPORTED },
    summary: 'Wake a ceded virtual processor.',
  }),
  hypercall(0x300, 'H_RANDOM', {
    caller: GUEST,
    outputs: { value: [4, 'a random doubleword'] },
    returns: { H_SUCCESS: 'done', H_HARDWARE: 'the source of randomness failed', H_FUNCTION: NOT_SUPPORTED },
    summary: 'A random number. For a secure VM the ultravisor answers and does not reflect the call.',
  }),
  hypercall(0x31c, 'H_SET_MODE', {
    caller: GUEST,
    params: {
      mflags: 'flags',
      resource: 'CIABR, DAWR, interrupt location or endianness',
      value1: 'value',
      value2: 'value',
    },
    returns: {
      H_SUCCESS: 'done',
      H_P2: 'no such resource',
      H_P3: 'value1 is invalid',
      H_P4: 'value2 is invalid',
      H_FUNCTION: NOT_SUPPORTED,
    },
    summary: 'Set a processing mode of the partition.',
  }),
  hypercall(0x37c, 'H_REGISTER_PROC_TBL', {
    caller: GUEST,
    params: {
      flags: 'what to do',
      proc_tbl: 'guest physical address of the process table',
      page_size: 'page size',
      table_size: 'size',
    },
    returns: {
      H_SUCCESS: 'done',
      H_PARAMETER: 'flags is invalid',
      H_P2: 'proc_tbl is invalid',
      H_P3: 'page_size is invalid',
      H_P4: 'table_size is invalid',
      H_FUNCTION: NOT_SUPPORTED,
    },
    summary: 'Register the process table of the partition.',
  }),
  hypercall(0xf000, 'H_RTAS', {
    caller: GUEST,
    params: { args: 'guest physical address of the RTAS argument buffer' },
    returns: {
      H_SUCCESS: 'the RTAS call was made; its status is in the buffer',
      H_PARAMETER: 'the buffer is invalid',
      H_FUNCTION: NOT_SUPPORTED,
    },
    summary: 'Call a run-time abstraction service.',
    source: 'QEMU hw/ppc/spapr_rtas.c (KVMPPC_H_RTAS)',
  }),
];

export const CALLS: readonly CallRow[] = [...ULTRACALLS, ...HYPERCALLS];

const byName = new Map(CALLS.map((call) => [call.name, call]));
const byNumber = new Map(CALLS.map((call) => [`${call.lev}:${call.number}`, call]));

/** The row of a call by its name, or undefined. */
export function callNamed(name: string): CallRow | undefined {
  return byName.get(name);
}

/** The row of the call with this number in r3, or undefined. `lev` 1: hypercalls, 2: ultracalls. */
export function callNumbered(lev: 1 | 2, number: bigint): CallRow | undefined {
  return byNumber.get(`${lev}:${number}`);
}
