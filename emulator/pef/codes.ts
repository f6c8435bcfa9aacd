/**
 * Return codes of ultracalls (U_*) and hypercalls (H_*), and the flag and operation values of their parameters.
 *
 * Numbers: Linux asm/hvcall.h and asm/ultravisor-api.h; open-power/ultravisor include/uapi_uvcall.h for U_RETRY,
 * U_BAD_MODE and U_STATE. Where ultravisor.rst names a code without a number anywhere, `assigned` says so.
 */

export interface CodeRow {
  readonly name: string;
  /** Signed value, as it appears in r3 as two's complement. */
  readonly value: bigint;
  readonly doc: string;
  /** True where no published source gives a number and this project chose one. */
  readonly assigned?: true;
}

const code = (name: string, value: number, doc: string): CodeRow => ({ name, value: BigInt(value), doc });
const assigned = (name: string, value: number, doc: string): CodeRow => ({ ...code(name, value, doc), assigned: true });

// prettier-ignore
export const ULTRACALL_CODES: readonly CodeRow[] = [
  code('U_SUCCESS',         0, 'The call did what it was asked.'),
  code('U_BUSY',            1, 'The resource is in use now; the caller may try again.'),
  code('U_NOT_AVAILABLE',   3, 'The resource is not available.'),
  code('U_FUNCTION',       -2, 'The functionality is not supported.'),
  code('U_PARAMETER',      -4, 'The first parameter is invalid.'),
  code('U_RETRY',          -5, 'Not enough resources now; the caller may try again. The number is the firmware\'s and equals H_BAD_MODE.'),
  code('U_PERMISSION',    -11, 'The caller may not make this call, or an integrity check failed.'),
  code('U_P2',            -55, 'The second parameter is invalid.'),
  code('U_P3',            -56, 'The third parameter is invalid.'),
  code('U_P4',            -57, 'The fourth parameter is invalid.'),
  code('U_P5',            -58, 'The fifth parameter is invalid.'),
  code('U_BAD_MODE',      -59, 'The call came in a transactional or otherwise unfit state (firmware only).'),
  code('U_STATE',         -75, 'The VM is not in a state for this call (firmware only).'),
  assigned('U_INVALID', -1001, 'The VM is not secure, or the caller is not in the right context. ultravisor.rst gives no number; this one is assigned here.'),
  assigned('U_NO_KEY',  -1002, 'No key opens the ESM blob on this machine. ultravisor.rst gives no number; this one is assigned here.'),
];

// prettier-ignore
export const HYPERCALL_CODES: readonly CodeRow[] = [
  code('H_SUCCESS',                   0, 'The call did what it was asked.'),
  code('H_BUSY',                      1, 'The resource is busy; try again.'),
  code('H_CLOSED',                    2, 'The resource is closed.'),
  code('H_NOT_AVAILABLE',             3, 'The resource is not available.'),
  code('H_CONSTRAINED',               4, 'The request was constrained to what is possible.'),
  code('H_PARTIAL',                   5, 'Only a part was done.'),
  code('H_IN_PROGRESS',              14, 'The operation is in progress.'),
  code('H_PAGE_REGISTERED',          15, 'The page is registered.'),
  code('H_PENDING',                  17, 'The operation is pending.'),
  code('H_CONTINUE',                 18, 'The call must be made again to go on.'),
  code('H_LONG_BUSY_ORDER_1_MSEC', 9900, 'Busy; try again in about 1 ms.'),
  code('H_LONG_BUSY_ORDER_10_MSEC', 9901, 'Busy; try again in about 10 ms.'),
  code('H_LONG_BUSY_ORDER_100_MSEC', 9902, 'Busy; try again in about 100 ms.'),
  code('H_LONG_BUSY_ORDER_1_SEC',  9903, 'Busy; try again in about 1 s.'),
  code('H_LONG_BUSY_ORDER_10_SEC', 9904, 'Busy; try again in about 10 s.'),
  code('H_LONG_BUSY_ORDER_100_SEC', 9905, 'Busy; try again in about 100 s.'),
  code('H_TOO_HARD',               9999, 'KVM-internal: the call is passed to user space.'),
  code('H_HARDWARE',                 -1, 'A hardware error.'),
  code('H_FUNCTION',                 -2, 'The functionality is not supported.'),
  code('H_PRIVILEGE',                -3, 'The caller lacks the privilege.'),
  code('H_PARAMETER',                -4, 'The first parameter is invalid.'),
  code('H_BAD_MODE',                 -5, 'The call is not valid in this mode.'),
  code('H_PTEG_FULL',                -6, 'The page table entry group is full.'),
  code('H_NOT_FOUND',                -7, 'Nothing was found.'),
  code('H_NO_MEM',                   -9, 'Out of memory.'),
  code('H_AUTHORITY',               -10, 'The partition lacks the authority.'),
  code('H_PERMISSION',              -11, 'The access is not permitted.'),
  code('H_DROPPED',                 -12, 'The packet was dropped.'),
  code('H_RESOURCE',                -16, 'The resource cannot be used now; for H_TPM_COMM, the TPM back end failed.'),
  code('H_P2',                      -55, 'The second parameter is invalid.'),
  code('H_P3',                      -56, 'The third parameter is invalid.'),
  code('H_P4',                      -57, 'The fourth parameter is invalid.'),
  code('H_P5',                      -58, 'The fifth parameter is invalid.'),
  code('H_P6',                      -59, 'The sixth parameter is invalid.'),
  code('H_P7',                      -60, 'The seventh parameter is invalid.'),
  code('H_P8',                      -61, 'The eighth parameter is invalid.'),
  code('H_P9',                      -62, 'The ninth parameter is invalid.'),
  code('H_TOO_BIG',                 -64, 'A value is too big.'),
  code('H_UNSUPPORTED',             -67, 'The call is not supported in this context.'),
  code('H_OVERLAP',                 -68, 'Two ranges overlap.'),
  code('H_STATE',                   -75, 'The VM is not in a state for this call.'),
];

/** Values that parameters of the calls take. */
// prettier-ignore
export const CALL_CONSTANTS: readonly CodeRow[] = [
  code('TPM_COMM_OP_EXECUTE',        1, 'H_TPM_COMM: send a TPM command and receive its response.'),
  code('TPM_COMM_OP_CLOSE_SESSION',  2, 'H_TPM_COMM: end the session with the TPM.'),
  code('H_PAGE_IN_NONSHARED',        0, 'H_SVM_PAGE_IN: the page becomes secure.'),
  code('H_PAGE_IN_SHARED',           1, 'H_SVM_PAGE_IN: the page is shared with the hypervisor.'),
  assigned('UV_SNAPSHOT',            1, 'UV_PAGE_OUT: keep the page mapped. ultravisor.rst gives no number; this one is assigned here.'),
  assigned('CACHE_INHIBITED',        1, 'UV_PAGE_IN: map the page cache-inhibited. ultravisor.rst gives no number; this one is assigned here.'),
  assigned('CACHE_ENABLED',          2, 'UV_PAGE_IN: map the page cacheable. ultravisor.rst gives no number; this one is assigned here.'),
  assigned('WRITE_PROTECTION',       4, 'UV_PAGE_IN: map the page read-only. ultravisor.rst gives no number; this one is assigned here.'),
  code('PAGE_ORDER_64K',            16, 'The only page order of the paging calls: 64 KiB.'),
];

/** All constants of the calls by name. */
export const CALL_VALUES: ReadonlyMap<string, CodeRow> = new Map(
  [...ULTRACALL_CODES, ...HYPERCALL_CODES, ...CALL_CONSTANTS].map((row) => [row.name, row]),
);

/** The signed value of a constant. @throws RangeError for a name that no row has (a mistake in this project). */
export function codeValue(name: string): bigint {
  const row = CALL_VALUES.get(name);
  if (!row) throw new RangeError(`no return code or constant is named ${name}`);
  return row.value;
}

/** The name of a return code in r3, or undefined. `lev` picks U_ (2) or H_ (1). */
export function codeName(lev: 1 | 2, r3: bigint): string | undefined {
  const value = BigInt.asIntN(64, r3);
  return (lev === 2 ? ULTRACALL_CODES : HYPERCALL_CODES).find((row) => row.value === value)?.name;
}
