/** Commands of TPM 2.0 Part 3, clauses 31 to 34: NV storage, attached components, countdown timers, vendor commands (revision 1.59). */

import { command } from './notation';

export const NV_COMMANDS = [
  command(
    'TPM2_NV_DefineSpace',
    0x12a,
    '31.3',
    'NV',
    'Defines an NV index.',
    `
    handle  @authHandle/USER  TPMI_RH_PROVISION  who authorizes
    in      auth              TPM2B_AUTH         authorization value of the index
    in      publicInfo        TPM2B_NV_PUBLIC    public area of the index
  `,
  ),
  command(
    'TPM2_NV_UndefineSpace',
    0x122,
    '31.4',
    'NV',
    'Removes an NV index.',
    `
    handle  @authHandle/USER  TPMI_RH_PROVISION  who authorizes
    handle  nvIndex           TPMI_RH_NV_INDEX   NV index
  `,
  ),
  command(
    'TPM2_NV_UndefineSpaceSpecial',
    0x11f,
    '31.5',
    'NV',
    'Removes an NV index of the platform by its policy.',
    `
    handle  @nvIndex/ADMIN  TPMI_RH_NV_INDEX  NV index to remove
    handle  @platform/USER  TPMI_RH_PLATFORM  platform
  `,
  ),
  command(
    'TPM2_NV_ReadPublic',
    0x169,
    '31.6',
    '',
    'Gives public area and name of an NV index.',
    `
    handle  nvIndex   TPMI_RH_NV_INDEX  NV index
    out     nvPublic  TPM2B_NV_PUBLIC   public area of the index
    out     nvName    TPM2B_NAME        name of the index
  `,
  ),
  command(
    'TPM2_NV_Write',
    0x137,
    '31.7',
    'NV',
    'Writes data to an NV index.',
    `
    handle  @authHandle/USER  TPMI_RH_NV_AUTH      who authorizes
    handle  nvIndex           TPMI_RH_NV_INDEX     NV index
    in      data              TPM2B_MAX_NV_BUFFER  data to write
    in      offset            UINT16               first byte in the index
  `,
  ),
  command(
    'TPM2_NV_Increment',
    0x134,
    '31.8',
    'NV',
    'Adds one to an NV counter.',
    `
    handle  @authHandle/USER  TPMI_RH_NV_AUTH   who authorizes
    handle  nvIndex           TPMI_RH_NV_INDEX  NV index
  `,
  ),
  command(
    'TPM2_NV_Extend',
    0x136,
    '31.9',
    'NV',
    'Extends an NV index as a PCR.',
    `
    handle  @authHandle/USER  TPMI_RH_NV_AUTH      who authorizes
    handle  nvIndex           TPMI_RH_NV_INDEX     NV index
    in      data              TPM2B_MAX_NV_BUFFER  data to extend
  `,
  ),
  command(
    'TPM2_NV_SetBits',
    0x135,
    '31.10',
    'NV',
    'Sets bits of an NV bit field.',
    `
    handle  @authHandle/USER  TPMI_RH_NV_AUTH   who authorizes
    handle  nvIndex           TPMI_RH_NV_INDEX  NV index
    in      bits              UINT64            bits to set
  `,
  ),
  command(
    'TPM2_NV_WriteLock',
    0x138,
    '31.11',
    'NV',
    'Locks an NV index against writing.',
    `
    handle  @authHandle/USER  TPMI_RH_NV_AUTH   who authorizes
    handle  nvIndex           TPMI_RH_NV_INDEX  NV index
  `,
  ),
  command(
    'TPM2_NV_GlobalWriteLock',
    0x132,
    '31.12',
    'NV',
    'Locks all NV indexes with TPMA_NV_GLOBALLOCK against writing.',
    `
    handle  @authHandle/USER  TPMI_RH_PROVISION  who authorizes
  `,
  ),
  command(
    'TPM2_NV_Read',
    0x14e,
    '31.13',
    '',
    'Reads data of an NV index.',
    `
    handle  @authHandle/USER  TPMI_RH_NV_AUTH      who authorizes
    handle  nvIndex           TPMI_RH_NV_INDEX     NV index
    in      size              UINT16               number of bytes
    in      offset            UINT16               first byte in the index
    out     data              TPM2B_MAX_NV_BUFFER  data read
  `,
  ),
  command(
    'TPM2_NV_ReadLock',
    0x14f,
    '31.14',
    'NV',
    'Locks an NV index against reading.',
    `
    handle  @authHandle/USER  TPMI_RH_NV_AUTH   who authorizes
    handle  nvIndex           TPMI_RH_NV_INDEX  NV index
  `,
  ),
  command(
    'TPM2_NV_ChangeAuth',
    0x13b,
    '31.15',
    'NV',
    'Changes the authorization value of an NV index.',
    `
    handle  @nvIndex/ADMIN  TPMI_RH_NV_INDEX  NV index
    in      newAuth         TPM2B_AUTH        new authorization value
  `,
  ),
  command(
    'TPM2_NV_Certify',
    0x184,
    '31.16',
    '',
    'Signs the contents of an NV index.',
    `
    handle  @signHandle/USER  TPMI_DH_OBJECT+   key that signs, TPM_RH_NULL for no signature
    handle  @authHandle/USER  TPMI_RH_NV_AUTH   who authorizes
    handle  nvIndex           TPMI_RH_NV_INDEX  NV index
    in      qualifyingData    TPM2B_DATA        data of the caller to sign with it
    in      inScheme          TPMT_SIG_SCHEME+  scheme, null for the one of the key
    in      size              UINT16            number of bytes
    in      offset            UINT16            first byte in the index
    out     certifyInfo       TPM2B_ATTEST      the signed attestation
    out     signature         TPMT_SIGNATURE    the signature
  `,
  ),
  command(
    'TPM2_AC_GetCapability',
    0x194,
    '32.2',
    '',
    'Gives what an attached component is and can do.',
    `
    handle  ac                TPMI_RH_AC            attached component
    in      capability        TPM_AT                first kind wanted
    in      count             UINT32                most values wanted
    out     moreData          TPMI_YES_NO           YES if there are more values
    out     capabilitiesData  TPML_AC_CAPABILITIES  the values
  `,
  ),
  command(
    'TPM2_AC_Send',
    0x195,
    '32.3',
    '',
    'Sends an object to an attached component.',
    `
    handle  @sendObject/DUP   TPMI_DH_OBJECT    object to send
    handle  @authHandle/USER  TPMI_RH_NV_AUTH   who authorizes
    handle  ac                TPMI_RH_AC        attached component
    in      acDataIn          TPM2B_MAX_BUFFER  further data
    out     acDataOut         TPMS_AC_OUTPUT    answer of the component
  `,
  ),
  command(
    'TPM2_Policy_AC_SendSelect',
    0x196,
    '32.4',
    '',
    'Policy: only sending a given object to a given component is allowed.',
    `
    handle  policySession   TPMI_SH_POLICY  policy session
    in      objectName      TPM2B_NAME      name of the object
    in      authHandleName  TPM2B_NAME      name of the authorizing handle
    in      acName          TPM2B_NAME      name of the component
    in      includeObject   TPMI_YES_NO     YES puts the name of the object into the policy
  `,
  ),
  command(
    'TPM2_ACT_SetTimeout',
    0x198,
    '33.2',
    '',
    'Sets a countdown timer.',
    `
    handle  @actHandle/USER  TPMI_RH_ACT  the timer
    in      startTimeout     UINT32       seconds until it signals
  `,
  ),
  command(
    'TPM2_Vendor_TCG_Test',
    0x20000000,
    '34.2',
    '',
    'Vendor command that tests the dispatch of commands.',
    `
    in   inputData   TPM2B_DATA  any data
    out  outputData  TPM2B_DATA  the same data
  `,
  ),
];
