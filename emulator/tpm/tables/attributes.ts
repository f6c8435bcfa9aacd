/** Attribute words, bit by bit: TPM 2.0 Part 2, clauses 8 and 13.4 (revision 1.59). Bit 0 is the least significant. */

import { bits } from './notation';

export const TPMA_ALGORITHM = bits(
  'TPMA_ALGORITHM',
  'UINT32',
  'Part 2 Table 30',
  'What an algorithm is for.',
  `
  0   asymmetric  has a public and a private key
  1   symmetric   block cipher
  2   hash        hash algorithm
  3   object      can be the type of an object
  8   signing     signs
  9   encrypting  encrypts and decrypts
  10  method      method, such as a key derivation
`,
);

export const TPMA_OBJECT = bits(
  'TPMA_OBJECT',
  'UINT32',
  'Part 2 Table 31',
  'Attributes of an object.',
  `
  1   fixedTPM              never leaves its TPM
  2   stClear               saved contexts of it end with the next start-up from reset
  4   fixedParent           its parent never changes
  5   sensitiveDataOrigin   the TPM made the secret part, except the authorization value
  6   userWithAuth          USER role by password or HMAC; otherwise only by policy
  7   adminWithPolicy       ADMIN role only by policy
  10  noDA                  wrong authorizations do not count against lockout
  11  encryptedDuplication  duplicated only with inner and outer encryption
  16  restricted            only for data of a known structure
  17  decrypt               decrypts; with restricted, a parent (storage key)
  18  sign                  signs; or encrypts, for a symmetric key
  19  x509sign              signs certificates of TPM2_CertifyX509
`,
);

export const TPMA_SESSION = bits(
  'TPMA_SESSION',
  'UINT8',
  'Part 2 Table 32',
  'How a session is used in a command.',
  `
  0  continueSession  the session stays active after the command
  1  auditExclusive   only if the audited sequence was not interrupted
  2  auditReset       the audit digest starts anew
  5  decrypt          the first command parameter is encrypted; the TPM decrypts it
  6  encrypt          the first response parameter is to be encrypted by the TPM
  7  audit            the session audits the command
`,
);

export const TPMA_LOCALITY = bits(
  'TPMA_LOCALITY',
  'UINT8',
  'Part 2 Table 33',
  'Set of localities.',
  `
  0    TPM_LOC_ZERO   locality 0
  1    TPM_LOC_ONE    locality 1
  2    TPM_LOC_TWO    locality 2
  3    TPM_LOC_THREE  locality 3
  4    TPM_LOC_FOUR   locality 4
  7:5  Extended       not zero: the whole byte is the number of one extended locality, 32 to 255
`,
);

export const TPMA_PERMANENT = bits(
  'TPMA_PERMANENT',
  'UINT32',
  'Part 2 Table 34',
  'State that start-up keeps.',
  `
  0   ownerAuthSet        the owner's authorization was changed since TPM2_Clear
  1   endorsementAuthSet  the endorsement authorization was changed since TPM2_Clear
  2   lockoutAuthSet      the lockout authorization was changed since TPM2_Clear
  8   disableClear        TPM2_Clear is disabled
  9   inLockout           too many wrong authorizations
  10  tpmGeneratedEPS     the TPM made the endorsement seed itself
`,
);

export const TPMA_STARTUP_CLEAR = bits(
  'TPMA_STARTUP_CLEAR',
  'UINT32',
  'Part 2 Table 35',
  'State that start-up sets.',
  `
  0   phEnable    platform hierarchy is enabled
  1   shEnable    storage hierarchy is enabled
  2   ehEnable    endorsement hierarchy is enabled
  3   phEnableNV  NV indexes of the platform are enabled
  31  orderly     the TPM was shut down in order before this start-up
`,
);

export const TPMA_MEMORY = bits(
  'TPMA_MEMORY',
  'UINT32',
  'Part 2 Table 36',
  'Use of memory.',
  `
  0  sharedRAM          objects and sessions share the RAM
  1  sharedNV           persistent objects and NV indexes share the NV memory
  2  objectCopiedToRam  a persistent object takes a transient slot while it is used
`,
);

export const TPMA_CC = bits(
  'TPMA_CC',
  'TPM_CC',
  'Part 2 Table 37',
  'Attributes of a command.',
  `
  15:0   commandIndex  low half of the command code
  22     nv            may write NV memory
  23     extensive     may flush any number of contexts
  24     flushed       flushes the transient object of its handles
  27:25  cHandles      number of handles in the command
  28     rHandle       the response has a handle
  29     V             command of the vendor
  31:30  Res           for software; zero
`,
);

export const TPMA_MODES = bits(
  'TPMA_MODES',
  'UINT32',
  'Part 2 Table 38',
  'Standards the TPM is designed for.',
  `
  0  FIPS_140_2  FIPS 140-2
`,
);

export const TPMA_X509_KEY_USAGE = bits(
  'TPMA_X509_KEY_USAGE',
  'UINT32',
  'Part 2 Table 39',
  'X.509 key usage.',
  `
  23  decipherOnly      asks for decrypt
  24  encipherOnly      asks for decrypt
  25  cRLSign           asks for sign
  26  keyCertSign       asks for sign
  27  keyAgreement      asks for decrypt
  28  dataEncipherment  asks for decrypt
  29  keyEncipherment   asks for decrypt and restricted
  30  nonrepudiation    asks for fixedTPM
  31  digitalSignature  asks for sign
`,
);

export const TPMA_ACT = bits(
  'TPMA_ACT',
  'UINT32',
  'Part 2 Table 40',
  'State of a countdown timer.',
  `
  0  signaled          the timer has run out
  1  preserveSignaled  signaled is kept over the next resume
`,
);

export const TPMA_NV = bits(
  'TPMA_NV',
  'UINT32',
  'Part 2 Table 215',
  'Attributes of an NV index.',
  `
  0    TPMA_NV_PPWRITE         written with platform authorization
  1    TPMA_NV_OWNERWRITE      written with owner authorization
  2    TPMA_NV_AUTHWRITE       written with the index's own password or HMAC
  3    TPMA_NV_POLICYWRITE     written with the index's policy
  7:4  TPM_NT                  kind of the index, a TPM_NT
  10   TPMA_NV_POLICY_DELETE   removed only with its policy (TPM2_NV_UndefineSpaceSpecial)
  11   TPMA_NV_WRITELOCKED     writing is locked
  12   TPMA_NV_WRITEALL        written only as a whole
  13   TPMA_NV_WRITEDEFINE     TPM2_NV_WriteLock locks writing for good
  14   TPMA_NV_WRITE_STCLEAR   TPM2_NV_WriteLock locks writing until the next reset
  15   TPMA_NV_GLOBALLOCK      TPM2_NV_GlobalWriteLock locks writing
  16   TPMA_NV_PPREAD          read with platform authorization
  17   TPMA_NV_OWNERREAD       read with owner authorization
  18   TPMA_NV_AUTHREAD        read with the index's own password or HMAC
  19   TPMA_NV_POLICYREAD      read with the index's policy
  25   TPMA_NV_NO_DA           wrong authorizations do not count against lockout
  26   TPMA_NV_ORDERLY         kept in RAM until an orderly shut-down
  27   TPMA_NV_CLEAR_STCLEAR   TPMA_NV_WRITTEN is cleared by a reset
  28   TPMA_NV_READLOCKED      reading is locked until the next reset
  29   TPMA_NV_WRITTEN         has been written
  30   TPMA_NV_PLATFORMCREATE  made by the platform, and removed only by it
  31   TPMA_NV_READ_STCLEAR    TPM2_NV_ReadLock can lock reading
`,
);

export const ATTRIBUTES = [
  TPMA_ALGORITHM,
  TPMA_OBJECT,
  TPMA_SESSION,
  TPMA_LOCALITY,
  TPMA_PERMANENT,
  TPMA_STARTUP_CLEAR,
  TPMA_MEMORY,
  TPMA_CC,
  TPMA_MODES,
  TPMA_X509_KEY_USAGE,
  TPMA_ACT,
  TPMA_NV,
] as const;
