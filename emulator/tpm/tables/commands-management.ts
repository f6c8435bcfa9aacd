/** Commands of TPM 2.0 Part 3, clauses 24 to 29: hierarchies, lockout, administration, contexts, clocks (revision 1.59). */

import { command } from './notation';

export const MANAGEMENT_COMMANDS = [
  command(
    'TPM2_CreatePrimary',
    0x131,
    '24.1',
    '',
    'Creates and loads a primary object of a hierarchy.',
    `
    handle   @primaryHandle/USER  TPMI_RH_HIERARCHY+      hierarchy of the new object
    in       inSensitive          TPM2B_SENSITIVE_CREATE  authorization value and data of the new object
    in       inPublic             TPM2B_PUBLIC            template of the public area
    in       outsideInfo          TPM2B_DATA              data to put into the creation data
    in       creationPCR          TPML_PCR_SELECTION      PCRs to record in the creation data
    returns  objectHandle         TPM_HANDLE              handle of the new object
    out      outPublic            TPM2B_PUBLIC            public area
    out      creationData         TPM2B_CREATION_DATA     circumstances of the creation
    out      creationHash         TPM2B_DIGEST            digest of the creation data
    out      creationTicket       TPMT_TK_CREATION        ticket of the creation
    out      name                 TPM2B_NAME              name of the object
  `,
  ),
  command(
    'TPM2_HierarchyControl',
    0x121,
    '24.2',
    'NV E',
    'Enables or disables a hierarchy.',
    `
    handle  @authHandle/USER  TPMI_RH_HIERARCHY  who authorizes
    in      enable            TPMI_RH_ENABLES    what to enable or disable
    in      state             TPMI_YES_NO        YES enables, NO disables
  `,
  ),
  command(
    'TPM2_SetPrimaryPolicy',
    0x12e,
    '24.3',
    'NV',
    'Gives a policy to a hierarchy.',
    `
    handle  @authHandle/USER  TPMI_RH_HIERARCHY_POLICY  who authorizes
    in      authPolicy        TPM2B_DIGEST              the policy, empty for none
    in      hashAlg           TPMI_ALG_HASH+            hash of the policy
  `,
  ),
  command(
    'TPM2_ChangePPS',
    0x125,
    '24.4',
    'NV E',
    'Replaces the seed of the platform hierarchy.',
    `
    handle  @authHandle/USER  TPMI_RH_PLATFORM  who authorizes
  `,
  ),
  command(
    'TPM2_ChangeEPS',
    0x124,
    '24.5',
    'NV E',
    'Replaces the seed of the endorsement hierarchy.',
    `
    handle  @authHandle/USER  TPMI_RH_PLATFORM  who authorizes
  `,
  ),
  command(
    'TPM2_Clear',
    0x126,
    '24.6',
    'NV E',
    'Removes everything of the owner.',
    `
    handle  @authHandle/USER  TPMI_RH_CLEAR  who authorizes
  `,
  ),
  command(
    'TPM2_ClearControl',
    0x127,
    '24.7',
    'NV',
    'Disables or enables TPM2_Clear.',
    `
    handle  @auth/USER  TPMI_RH_CLEAR  who authorizes: lockout or platform
    in      disable     TPMI_YES_NO    YES disables TPM2_Clear, NO enables it
  `,
  ),
  command(
    'TPM2_HierarchyChangeAuth',
    0x129,
    '24.8',
    'NV',
    'Changes the authorization value of a hierarchy.',
    `
    handle  @authHandle/USER  TPMI_RH_HIERARCHY_AUTH  who authorizes
    in      newAuth           TPM2B_AUTH              new authorization value
  `,
  ),
  command(
    'TPM2_DictionaryAttackLockReset',
    0x139,
    '25.2',
    'NV',
    'Ends the lockout.',
    `
    handle  @lockHandle/USER  TPMI_RH_LOCKOUT  lockout authorization
  `,
  ),
  command(
    'TPM2_DictionaryAttackParameters',
    0x13a,
    '25.3',
    'NV',
    'Sets the parameters of the lockout.',
    `
    handle  @lockHandle/USER  TPMI_RH_LOCKOUT  lockout authorization
    in      newMaxTries       UINT32           failures that lead to lockout
    in      newRecoveryTime   UINT32           seconds until one failure is forgiven
    in      lockoutRecovery   UINT32           seconds after a wrong lockoutAuth
  `,
  ),
  command(
    'TPM2_PP_Commands',
    0x12d,
    '26.2',
    'NV',
    'Changes which commands ask for physical presence.',
    `
    handle  @auth/USER  TPMI_RH_PLATFORM  platform
    in      setList     TPML_CC           commands to add
    in      clearList   TPML_CC           commands to remove
  `,
  ),
  command(
    'TPM2_SetAlgorithmSet',
    0x13f,
    '26.3',
    'NV',
    'Chooses a set of algorithms of the vendor.',
    `
    handle  @authHandle/USER  TPMI_RH_PLATFORM  who authorizes
    in      algorithmSet      UINT32            set of algorithms, by the vendor
  `,
  ),
  command(
    'TPM2_FieldUpgradeStart',
    0x12f,
    '27.2',
    '',
    'Starts an upgrade of the firmware.',
    `
    handle  @authorization/ADMIN  TPMI_RH_PLATFORM  platform
    handle  keyHandle             TPMI_DH_OBJECT    key of the vendor
    in      fuDigest              TPM2B_DIGEST      digest of the first block
    in      manifestSignature     TPMT_SIGNATURE    signature of that digest
  `,
  ),
  command(
    'TPM2_FieldUpgradeData',
    0x141,
    '27.3',
    'NV',
    'Carries one block of an upgrade.',
    `
    in   fuData       TPM2B_MAX_BUFFER  data of the image
    out  nextDigest   TPMT_HA+          digest of the next block, null after the last
    out  firstDigest  TPMT_HA           digest of the first block
  `,
  ),
  command(
    'TPM2_FirmwareRead',
    0x179,
    '27.4',
    '',
    'Reads the present firmware.',
    `
    in   sequenceNumber  UINT32            number of the call, from 0
    out  fuData          TPM2B_MAX_BUFFER  data of the image
  `,
  ),
  command(
    'TPM2_ContextSave',
    0x162,
    '28.2',
    'NO_SESSIONS',
    'Saves an object or session outside the TPM.',
    `
    handle  saveHandle  TPMI_DH_CONTEXT  object or session to save
    out     context     TPMS_CONTEXT     the saved context
  `,
  ),
  command(
    'TPM2_ContextLoad',
    0x161,
    '28.3',
    'NO_SESSIONS',
    'Loads a saved object or session.',
    `
    in       context       TPMS_CONTEXT     the saved context
    returns  loadedHandle  TPMI_DH_CONTEXT  handle of the loaded object or session
  `,
  ),
  command(
    'TPM2_FlushContext',
    0x165,
    '28.4',
    'NO_SESSIONS',
    'Removes an object or session from memory.',
    `
    in  flushHandle  TPMI_DH_CONTEXT  object or session to remove
  `,
  ),
  command(
    'TPM2_EvictControl',
    0x120,
    '28.5',
    'NV',
    'Makes an object persistent, or removes a persistent one.',
    `
    handle  @auth/USER        TPMI_RH_PROVISION   who authorizes: owner or platform
    handle  objectHandle      TPMI_DH_OBJECT      object to make persistent, or to remove
    in      persistentHandle  TPMI_DH_PERSISTENT  its persistent handle
  `,
  ),
  command(
    'TPM2_ReadClock',
    0x181,
    '29.1',
    '',
    'Gives time and clock.',
    `
    out  currentTime  TPMS_TIME_INFO  time, clock and counters
  `,
  ),
  command(
    'TPM2_ClockSet',
    0x128,
    '29.2',
    'NV',
    'Sets the clock forward.',
    `
    handle  @auth/USER  TPMI_RH_PROVISION  who authorizes: owner or platform
    in      newTime     UINT64             new clock, in milliseconds
  `,
  ),
  command(
    'TPM2_ClockRateAdjust',
    0x130,
    '29.3',
    '',
    'Changes the rate of the clock.',
    `
    handle  @auth/USER  TPMI_RH_PROVISION  who authorizes: owner or platform
    in      rateAdjust  TPM_CLOCK_ADJUST   change of the rate
  `,
  ),
];
