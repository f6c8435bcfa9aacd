/** Commands of TPM 2.0 Part 3, clauses 9 to 11, 30: start-up, tests, sessions, capabilities (revision 1.59). */

import { command } from './notation';

export const SESSION_COMMANDS = [
  command(
    'TPM2_Startup',
    0x144,
    '9.3',
    'NV NO_SESSIONS',
    'Starts the TPM after power-on or reset.',
    `
    in  startupType  TPM_SU  TPM_SU_CLEAR or TPM_SU_STATE
  `,
  ),
  command(
    'TPM2_Shutdown',
    0x145,
    '9.4',
    'NV',
    'Prepares the TPM for loss of power.',
    `
    in  shutdownType  TPM_SU  TPM_SU_CLEAR or TPM_SU_STATE
  `,
  ),
  command(
    'TPM2_SelfTest',
    0x143,
    '10.2',
    'NV',
    'Tests the functions of the TPM.',
    `
    in  fullTest  TPMI_YES_NO  YES tests everything, NO what was not tested yet
  `,
  ),
  command(
    'TPM2_IncrementalSelfTest',
    0x142,
    '10.3',
    'NV',
    'Tests selected algorithms.',
    `
    in   toTest    TPML_ALG  algorithms to test
    out  toDoList  TPML_ALG  algorithms still to test
  `,
  ),
  command(
    'TPM2_GetTestResult',
    0x17c,
    '10.4',
    '',
    'Gives the result of the self-test.',
    `
    out  outData     TPM2B_MAX_BUFFER  data of the test, by the manufacturer
    out  testResult  TPM_RC            TPM_RC_SUCCESS, TPM_RC_TESTING, TPM_RC_NEEDS_TEST or TPM_RC_FAILURE
  `,
  ),
  command(
    'TPM2_StartAuthSession',
    0x176,
    '11.1',
    '',
    'Starts an HMAC, policy or trial session.',
    `
    handle   tpmKey         TPMI_DH_OBJECT+         key that decrypts the salt, or TPM_RH_NULL for none
    handle   bind           TPMI_DH_ENTITY+         entity whose authorization value the session is bound to, or TPM_RH_NULL
    in       nonceCaller    TPM2B_NONCE             nonce of the caller, at least 16 bytes
    in       encryptedSalt  TPM2B_ENCRYPTED_SECRET  salt encrypted to tpmKey, empty without one
    in       sessionType    TPM_SE                  HMAC, policy or trial
    in       symmetric      TPMT_SYM_DEF+           cipher of parameter encryption
    in       authHash       TPMI_ALG_HASH           hash of the session
    returns  sessionHandle  TPMI_SH_AUTH_SESSION    handle of the new session
    out      nonceTPM       TPM2B_NONCE             first nonce of the TPM
  `,
  ),
  command(
    'TPM2_PolicyRestart',
    0x180,
    '11.2',
    '',
    'Sets a policy session back to its start.',
    `
    handle  sessionHandle  TPMI_SH_POLICY  policy session
  `,
  ),
  command(
    'TPM2_GetCapability',
    0x17a,
    '30.2',
    '',
    'Gives what the TPM is and can do.',
    `
    in   capability      TPM_CAP               group of capabilities
    in   property        UINT32                first value wanted
    in   propertyCount   UINT32                most values wanted
    out  moreData        TPMI_YES_NO           YES if there are more values
    out  capabilityData  TPMS_CAPABILITY_DATA  group and values
  `,
  ),
  command(
    'TPM2_TestParms',
    0x18a,
    '30.3',
    '',
    'Tells whether the TPM supports parameters of an object.',
    `
    in  parameters  TPMT_PUBLIC_PARMS  type and parameters to test
  `,
  ),
];
