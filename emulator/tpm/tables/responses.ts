/**
 * Response codes: TPM 2.0 Part 2, 6.6 (revision 1.59), and the layers of the software stack above the TPM.
 *
 * A format-0 code is a number (0x100 added; 0x900 for warnings). A format-1 code has bit 7 set and says in bits 6 and
 * 8 to 11 which handle, session or parameter it is about.
 */

export type ResponseFormat = 'success' | 'tpm 1.2' | 'format 0' | 'format 1' | 'warning' | 'vendor';

export interface ResponseCodeRow {
  readonly name: string;
  readonly value: number;
  readonly format: ResponseFormat;
  readonly doc: string;
  /** What the sender of the command can do; empty when there is nothing to do. */
  readonly hint: string;
}

function rows(format: ResponseFormat, base: number, text: string): ResponseCodeRow[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', number = '', doc = '', hint = ''] = line.trim().split(/\s{2,}/);
      return { name, value: base + Number(number), format, doc, hint };
    });
}

export const RESPONSE_CODES: readonly ResponseCodeRow[] = [
  ...rows(
    'success',
    0,
    `
    TPM_RC_SUCCESS  0x000  the command succeeded
  `,
  ),
  ...rows(
    'tpm 1.2',
    0,
    `
    TPM_RC_BAD_TAG  0x01e  the tag is neither TPM_ST_NO_SESSIONS nor TPM_ST_SESSIONS  begin the command with 8001 or 8002
  `,
  ),
  ...rows(
    'format 0',
    0x100,
    `
    TPM_RC_INITIALIZE         0x00  TPM2_Startup has not been done, or was done already  send TPM2_Startup first, and once
    TPM_RC_FAILURE            0x01  the TPM is in failure mode  read TPM2_GetTestResult and reset the TPM
    TPM_RC_SEQUENCE           0x03  wrong use of a sequence  follow the order start, update, complete
    TPM_RC_PRIVATE            0x0b  not used
    TPM_RC_HMAC               0x19  not used
    TPM_RC_DISABLED           0x20  the command is disabled  enable it with the platform's authorization
    TPM_RC_EXCLUSIVE          0x21  another command ran inside an exclusive audit  start the audit again
    TPM_RC_AUTH_TYPE          0x24  the kind of authorization does not fit the handle  use the kind its attributes allow
    TPM_RC_AUTH_MISSING       0x25  a handle needs an authorization and none was given  send it with sessions, one for each handle with @
    TPM_RC_POLICY             0x26  a comparison of the policy failed, or the policy is invalid  see which policy command failed
    TPM_RC_PCR                0x27  PCRs do not have the expected values  read them with TPM2_PCR_Read
    TPM_RC_PCR_CHANGED        0x28  PCRs changed since the policy looked at them  run TPM2_PolicyRestart and the policy again
    TPM_RC_UPGRADE            0x2d  the TPM is in field upgrade mode  finish the upgrade
    TPM_RC_TOO_MANY_CONTEXTS  0x2e  the counter of saved contexts is used up  flush the oldest saved session
    TPM_RC_AUTH_UNAVAILABLE   0x2f  the entity has no password or policy of that kind  use the other kind
    TPM_RC_REBOOT             0x30  the TPM must be reset and started with TPM_SU_CLEAR  reset it
    TPM_RC_UNBALANCED         0x31  hash and cipher of the template differ too much in strength  use algorithms of like strength
    TPM_RC_COMMAND_SIZE       0x42  commandSize does not fit the bytes sent or what the command needs  let commandSize be the number of bytes, and end after the last parameter
    TPM_RC_COMMAND_CODE       0x43  the TPM does not know the command  see TPM_CAP_COMMANDS
    TPM_RC_AUTHSIZE           0x44  authorizationSize is wrong or there are too many or cut-off sessions  at most three, and authorizationSize their length
    TPM_RC_AUTH_CONTEXT       0x45  this command takes no sessions  send it with TPM_ST_NO_SESSIONS
    TPM_RC_NV_RANGE           0x46  offset and size reach beyond the index  read the size with TPM2_NV_ReadPublic
    TPM_RC_NV_SIZE            0x47  more NV space asked for than allowed  see TPM_PT_NV_INDEX_MAX
    TPM_RC_NV_LOCKED          0x48  the index is locked  it stays so until reset, or for good
    TPM_RC_NV_AUTHORIZATION   0x49  the authorization does not fit the index  see its attributes
    TPM_RC_NV_UNINITIALIZED   0x4a  the index was not written yet, or the saved state is lost  write it first
    TPM_RC_NV_SPACE           0x4b  NV memory is full  remove an index or a persistent object
    TPM_RC_NV_DEFINED         0x4c  index or persistent handle is in use  remove it first or choose another
    TPM_RC_BAD_CONTEXT        0x50  the saved context is not valid  save it again
    TPM_RC_CPHASH             0x51  the policy allows other parameters or objects only  use those it was made for
    TPM_RC_PARENT             0x52  the handle is no parent  use a restricted decryption key
    TPM_RC_NEEDS_TEST         0x53  a function needs testing  send TPM2_SelfTest
    TPM_RC_NO_RESULT          0x54  the algorithm gave no result for these values  check point and number
    TPM_RC_SENSITIVE          0x55  the secret area is broken after decryption  use the area the TPM gave
  `,
  ),
  ...rows(
    'format 1',
    0x080,
    `
    TPM_RC_ASYMMETRIC     0x01  asymmetric algorithm not supported or not right here  see TPM_CAP_ALGS
    TPM_RC_ATTRIBUTES     0x02  attributes contradict each other or the use  compare them with the rules of the command
    TPM_RC_HASH           0x03  hash algorithm not supported or not right here  see TPM_CAP_ALGS
    TPM_RC_VALUE          0x04  value out of range or not right here  compare it with what the type allows
    TPM_RC_HIERARCHY      0x05  hierarchy not enabled or not right for the use  see TPM_PT_STARTUP_CLEAR
    TPM_RC_KEY_SIZE       0x07  key size not supported  choose another size
    TPM_RC_MGF            0x08  mask generation function not supported  use TPM_ALG_MGF1
    TPM_RC_MODE           0x09  mode of the cipher not supported  use TPM_ALG_CFB
    TPM_RC_TYPE           0x0a  type not right for the use  check the type of the object
    TPM_RC_HANDLE         0x0b  handle not right for the use, or nothing has it  list handles with TPM_CAP_HANDLES
    TPM_RC_KDF            0x0c  key derivation not supported or not right here  use TPM_ALG_KDF1_SP800_108
    TPM_RC_RANGE          0x0d  value out of the allowed range  compare it with the rules of the command
    TPM_RC_AUTH_FAIL      0x0e  wrong authorization; counted against lockout  check password, nonces and HMAC
    TPM_RC_NONCE          0x0f  nonce of a wrong size or value  use the nonces of this session
    TPM_RC_PP             0x10  physical presence must be asserted  assert it at the platform
    TPM_RC_SCHEME         0x12  scheme not supported or not compatible  use the scheme of the key, or null
    TPM_RC_SIZE           0x15  size of a structure is wrong  compare size field, contents and limits
    TPM_RC_SYMMETRIC      0x16  cipher or its key size not supported  see TPM_CAP_ALGS
    TPM_RC_TAG            0x17  wrong tag of a structure  check the tag of the ticket
    TPM_RC_SELECTOR       0x18  a union's selector is wrong  check the algorithm in front of it
    TPM_RC_INSUFFICIENT   0x1a  the bytes end inside a value  check sizes and counts
    TPM_RC_SIGNATURE      0x1b  the signature is not valid  check key, scheme and digest
    TPM_RC_KEY            0x1c  key not compatible with the use  check its type and attributes
    TPM_RC_POLICY_FAIL    0x1d  the policy is not the one of the object  compare TPM2_PolicyGetDigest with authPolicy
    TPM_RC_INTEGRITY      0x1f  integrity check failed  the blob was changed, or its parent is another
    TPM_RC_TICKET         0x20  the ticket is not valid  use the ticket this TPM gave
    TPM_RC_RESERVED_BITS  0x21  reserved bits are not zero  clear them
    TPM_RC_BAD_AUTH       0x22  wrong authorization; not counted against lockout  check password, nonces and HMAC
    TPM_RC_EXPIRED        0x23  the policy's time is over  authorize again
    TPM_RC_POLICY_CC      0x24  the policy allows another command only  compare with TPM2_PolicyCommandCode
    TPM_RC_BINDING        0x25  public and secret area do not belong together  use the areas of one object
    TPM_RC_CURVE          0x26  curve not supported  see TPM_CAP_ECC_CURVES
    TPM_RC_ECC_POINT      0x27  point is not on the curve  check the coordinates
  `,
  ),
  ...rows(
    'warning',
    0x900,
    `
    TPM_RC_CONTEXT_GAP      0x01  saved sessions are too far apart  load and save the oldest session
    TPM_RC_OBJECT_MEMORY    0x02  no slot for another object  flush one with TPM2_FlushContext
    TPM_RC_SESSION_MEMORY   0x03  no slot for another session  flush one with TPM2_FlushContext
    TPM_RC_MEMORY           0x04  no memory for objects or sessions  flush one with TPM2_FlushContext
    TPM_RC_SESSION_HANDLES  0x05  no more session handles  flush a session
    TPM_RC_OBJECT_HANDLES   0x06  no more object handles  reset the TPM
    TPM_RC_LOCALITY         0x07  not allowed from this locality  send it from another locality
    TPM_RC_YIELDED          0x08  the TPM stopped half way to keep time  send the same command again
    TPM_RC_CANCELED         0x09  the command was cancelled  send it again when wanted
    TPM_RC_TESTING          0x0a  the self-test runs  send the command again later
    TPM_RC_REFERENCE_H0     0x10  handle 1 is not loaded  load the object or session
    TPM_RC_REFERENCE_H1     0x11  handle 2 is not loaded  load the object or session
    TPM_RC_REFERENCE_H2     0x12  handle 3 is not loaded  load the object or session
    TPM_RC_REFERENCE_H3     0x13  handle 4 is not loaded  load the object or session
    TPM_RC_REFERENCE_H4     0x14  handle 5 is not loaded  load the object or session
    TPM_RC_REFERENCE_H5     0x15  handle 6 is not loaded  load the object or session
    TPM_RC_REFERENCE_H6     0x16  handle 7 is not loaded  load the object or session
    TPM_RC_REFERENCE_S0     0x18  session 1 of the authorizations is not loaded  start or load the session
    TPM_RC_REFERENCE_S1     0x19  session 2 of the authorizations is not loaded  start or load the session
    TPM_RC_REFERENCE_S2     0x1a  session 3 of the authorizations is not loaded  start or load the session
    TPM_RC_REFERENCE_S3     0x1b  session 4 of the authorizations is not loaded  start or load the session
    TPM_RC_REFERENCE_S4     0x1c  session 5 of the authorizations is not loaded  start or load the session
    TPM_RC_REFERENCE_S5     0x1d  session 6 of the authorizations is not loaded  start or load the session
    TPM_RC_REFERENCE_S6     0x1e  session 7 of the authorizations is not loaded  start or load the session
    TPM_RC_NV_RATE          0x20  NV is written too often  send the command again later
    TPM_RC_LOCKOUT          0x21  locked out after too many wrong authorizations  wait, or send TPM2_DictionaryAttackLockReset
    TPM_RC_RETRY            0x22  the TPM could not start the command now  send the same bytes again
    TPM_RC_NV_UNAVAILABLE   0x23  NV memory cannot be written now  send the command again later
    TPM_RC_NOT_USED         0x7f  reserved; a TPM never gives it
  `,
  ),
];

export interface LayerRow {
  /** Value of bits 16 to 23. */
  readonly layer: number;
  readonly name: string;
  readonly doc: string;
  /** Whether its codes are those of the TPM. */
  readonly tpmCodes: boolean;
}

/** TCG TSS 2.0 Overview and Common Structures, 2.4; Linux include/linux/tpm.h for the kernel's resource manager. */
export const LAYERS: readonly LayerRow[] = [
  { layer: 0, name: 'TPM', doc: 'the TPM', tpmCodes: true },
  { layer: 6, name: 'FAPI', doc: 'the feature API of the software stack', tpmCodes: false },
  { layer: 7, name: 'ESAPI', doc: 'the enhanced system API of the software stack', tpmCodes: false },
  { layer: 8, name: 'SYS', doc: 'the system API of the software stack', tpmCodes: false },
  { layer: 9, name: 'MU', doc: 'the marshalling of the software stack', tpmCodes: false },
  { layer: 10, name: 'TCTI', doc: 'the transmission interface of the software stack', tpmCodes: false },
  { layer: 11, name: 'RESMGR', doc: 'the resource manager', tpmCodes: true },
  { layer: 12, name: 'RESMGR_TPM', doc: 'the TPM, through the resource manager', tpmCodes: true },
  { layer: 13, name: 'DRIVER', doc: 'the driver of the TPM', tpmCodes: false },
];
