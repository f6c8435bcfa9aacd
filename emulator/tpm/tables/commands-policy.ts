/** Commands of TPM 2.0 Part 3, clauses 22 and 23: PCRs and policies (revision 1.59). */

import { command } from './notation';

export const POLICY_COMMANDS = [
  command(
    'TPM2_PCR_Extend',
    0x182,
    '22.2',
    'NV',
    'Extends a PCR with given digests.',
    `
    handle  @pcrHandle/USER  TPMI_DH_PCR+        the PCR
    in      digests          TPML_DIGEST_VALUES  digests, one a bank
  `,
  ),
  command(
    'TPM2_PCR_Event',
    0x13c,
    '22.3',
    'NV',
    'Hashes data with all banks and extends a PCR.',
    `
    handle  @pcrHandle/USER  TPMI_DH_PCR+        the PCR
    in      eventData        TPM2B_EVENT         data to hash and extend
    out     digests          TPML_DIGEST_VALUES  digests, one a bank
  `,
  ),
  command(
    'TPM2_PCR_Read',
    0x17e,
    '22.4',
    '',
    'Gives values of PCRs.',
    `
    in   pcrSelectionIn    TPML_PCR_SELECTION  PCRs to read
    out  pcrUpdateCounter  UINT32              number of changes of the PCRs
    out  pcrSelectionOut   TPML_PCR_SELECTION  PCRs in this response
    out  pcrValues         TPML_DIGEST         their values, in order of bank and number
  `,
  ),
  command(
    'TPM2_PCR_Allocate',
    0x12b,
    '22.5',
    'NV',
    'Chooses the PCR banks from the next start on.',
    `
    handle  @authHandle/USER   TPMI_RH_PLATFORM    who authorizes
    in      pcrAllocation      TPML_PCR_SELECTION  banks and PCRs wanted
    out     allocationSuccess  TPMI_YES_NO         YES if the allocation will be made
    out     maxPCR             UINT32              most PCRs in a bank
    out     sizeNeeded         UINT32              bytes needed
    out     sizeAvailable      UINT32              bytes available
  `,
  ),
  command(
    'TPM2_PCR_SetAuthPolicy',
    0x12c,
    '22.6',
    'NV',
    'Gives a policy to a group of PCRs.',
    `
    handle  @authHandle/USER  TPMI_RH_PLATFORM  who authorizes
    in      authPolicy        TPM2B_DIGEST      the policy, empty for none
    in      hashAlg           TPMI_ALG_HASH+    hash algorithm
    in      pcrNum            TPMI_DH_PCR       the PCR
  `,
  ),
  command(
    'TPM2_PCR_SetAuthValue',
    0x183,
    '22.7',
    '',
    'Gives an authorization value to a group of PCRs.',
    `
    handle  @pcrHandle/USER  TPMI_DH_PCR   the PCR
    in      auth             TPM2B_DIGEST  authorization value
  `,
  ),
  command(
    'TPM2_PCR_Reset',
    0x13d,
    '22.8',
    'NV',
    'Sets a PCR to zero in all banks.',
    `
    handle  @pcrHandle/USER  TPMI_DH_PCR  the PCR
  `,
  ),
  command(
    'TPM2_PolicySigned',
    0x160,
    '23.3',
    '',
    'Policy: a key must sign the authorization.',
    `
    handle  authObject     TPMI_DH_OBJECT  key that signed
    handle  policySession  TPMI_SH_POLICY  policy session
    in      nonceTPM       TPM2B_NONCE     nonce of the policy session, empty for any session
    in      cpHashA        TPM2B_DIGEST    digest of the only allowed command parameters, empty for any
    in      policyRef      TPM2B_NONCE     reference of the policy, may be empty
    in      expiration     INT32           seconds until the authorization ends, negative asks for a ticket
    in      auth           TPMT_SIGNATURE  signature of the authorization
    out     timeout        TPM2B_TIMEOUT   when the ticket ends
    out     policyTicket   TPMT_TK_AUTH    ticket of the authorization
  `,
  ),
  command(
    'TPM2_PolicySecret',
    0x151,
    '23.4',
    '',
    'Policy: the authorization of another entity must be shown.',
    `
    handle  @authHandle/USER  TPMI_DH_ENTITY  entity whose authorization is to be shown
    handle  policySession     TPMI_SH_POLICY  policy session
    in      nonceTPM          TPM2B_NONCE     nonce of the policy session, empty for any session
    in      cpHashA           TPM2B_DIGEST    digest of the only allowed command parameters, empty for any
    in      policyRef         TPM2B_NONCE     reference of the policy, may be empty
    in      expiration        INT32           seconds until the authorization ends, negative asks for a ticket
    out     timeout           TPM2B_TIMEOUT   when the ticket ends
    out     policyTicket      TPMT_TK_AUTH    ticket of the authorization
  `,
  ),
  command(
    'TPM2_PolicyTicket',
    0x172,
    '23.5',
    '',
    'Policy: as PolicySigned or PolicySecret, by its ticket.',
    `
    handle  policySession  TPMI_SH_POLICY  policy session
    in      timeout        TPM2B_TIMEOUT   when the ticket ends
    in      cpHashA        TPM2B_DIGEST    digest of the only allowed command parameters, empty for any
    in      policyRef      TPM2B_NONCE     reference of the policy, may be empty
    in      authName       TPM2B_NAME      name of the authorizing object
    in      ticket         TPMT_TK_AUTH    ticket of TPM2_PolicySigned or TPM2_PolicySecret
  `,
  ),
  command(
    'TPM2_PolicyOR',
    0x171,
    '23.6',
    '',
    'Policy: one of several policies must be fulfilled.',
    `
    handle  policySession  TPMI_SH_POLICY  policy session
    in      pHashList      TPML_DIGEST     policy digests, 2 to 8
  `,
  ),
  command(
    'TPM2_PolicyPCR',
    0x17f,
    '23.7',
    '',
    'Policy: PCRs must have given values.',
    `
    handle  policySession  TPMI_SH_POLICY      policy session
    in      pcrDigest      TPM2B_DIGEST        expected digest of the PCRs, empty for the present one
    in      pcrs           TPML_PCR_SELECTION  PCRs
  `,
  ),
  command(
    'TPM2_PolicyLocality',
    0x16f,
    '23.8',
    '',
    'Policy: the command must come from given localities.',
    `
    handle  policySession  TPMI_SH_POLICY  policy session
    in      locality       TPMA_LOCALITY   allowed localities
  `,
  ),
  command(
    'TPM2_PolicyNV',
    0x149,
    '23.9',
    '',
    'Policy: the contents of an NV index must compare as told.',
    `
    handle  @authHandle/USER  TPMI_RH_NV_AUTH   who authorizes
    handle  nvIndex           TPMI_RH_NV_INDEX  NV index
    handle  policySession     TPMI_SH_POLICY    policy session
    in      operandB          TPM2B_OPERAND     value to compare with
    in      offset            UINT16            first byte in the index
    in      operation         TPM_EO            comparison
  `,
  ),
  command(
    'TPM2_PolicyCounterTimer',
    0x16d,
    '23.10',
    '',
    'Policy: time, clock or counters must compare as told.',
    `
    handle  policySession  TPMI_SH_POLICY  policy session
    in      operandB       TPM2B_OPERAND   value to compare with
    in      offset         UINT16          first byte in TPMS_TIME_INFO
    in      operation      TPM_EO          comparison
  `,
  ),
  command(
    'TPM2_PolicyCommandCode',
    0x16c,
    '23.11',
    '',
    'Policy: only one command is allowed.',
    `
    handle  policySession  TPMI_SH_POLICY  policy session
    in      code           TPM_CC          command that is allowed
  `,
  ),
  command(
    'TPM2_PolicyPhysicalPresence',
    0x187,
    '23.12',
    '',
    'Policy: physical presence must be asserted.',
    `
    handle  policySession  TPMI_SH_POLICY  policy session
  `,
  ),
  command(
    'TPM2_PolicyCpHash',
    0x16e,
    '23.13',
    '',
    'Policy: only given command parameters are allowed.',
    `
    handle  policySession  TPMI_SH_POLICY  policy session
    in      cpHashA        TPM2B_DIGEST    digest of the only allowed command parameters, empty for any
  `,
  ),
  command(
    'TPM2_PolicyNameHash',
    0x170,
    '23.14',
    '',
    'Policy: only given objects are allowed.',
    `
    handle  policySession  TPMI_SH_POLICY  policy session
    in      nameHash       TPM2B_DIGEST    digest of the names of the handles
  `,
  ),
  command(
    'TPM2_PolicyDuplicationSelect',
    0x188,
    '23.15',
    '',
    'Policy: only duplication to a given parent is allowed.',
    `
    handle  policySession  TPMI_SH_POLICY  policy session
    in      objectName     TPM2B_NAME      name of the object
    in      newParentName  TPM2B_NAME      name of the new parent
    in      includeObject  TPMI_YES_NO     YES puts the name of the object into the policy
  `,
  ),
  command(
    'TPM2_PolicyAuthorize',
    0x16a,
    '23.16',
    '',
    'Policy: the policy so far was approved by a key.',
    `
    handle  policySession   TPMI_SH_POLICY    policy session
    in      approvedPolicy  TPM2B_DIGEST      policy that was approved
    in      policyRef       TPM2B_NONCE       reference of the policy, may be empty
    in      keySign         TPM2B_NAME        name of the approving key
    in      checkTicket     TPMT_TK_VERIFIED  ticket of the verified approval
  `,
  ),
  command(
    'TPM2_PolicyAuthValue',
    0x16b,
    '23.17',
    '',
    'Policy: the HMAC must include the authorization value.',
    `
    handle  policySession  TPMI_SH_POLICY  policy session
  `,
  ),
  command(
    'TPM2_PolicyPassword',
    0x18c,
    '23.18',
    '',
    'Policy: the authorization value must be given as a password.',
    `
    handle  policySession  TPMI_SH_POLICY  policy session
  `,
  ),
  command(
    'TPM2_PolicyGetDigest',
    0x189,
    '23.19',
    '',
    'Gives the digest of a policy session.',
    `
    handle  policySession  TPMI_SH_POLICY  policy session
    out     policyDigest   TPM2B_DIGEST    the policy digest
  `,
  ),
  command(
    'TPM2_PolicyNvWritten',
    0x18f,
    '23.20',
    '',
    'Policy: the NV index must (not) have been written.',
    `
    handle  policySession  TPMI_SH_POLICY  policy session
    in      writtenSet     TPMI_YES_NO     YES if the index must have been written
  `,
  ),
  command(
    'TPM2_PolicyTemplate',
    0x190,
    '23.21',
    '',
    'Policy: only one template of a new object is allowed.',
    `
    handle  policySession  TPMI_SH_POLICY  policy session
    in      templateHash   TPM2B_DIGEST    digest of the only allowed template
  `,
  ),
  command(
    'TPM2_PolicyAuthorizeNV',
    0x192,
    '23.22',
    '',
    'Policy: the policy so far stands in an NV index.',
    `
    handle  @authHandle/USER  TPMI_RH_NV_AUTH   who authorizes
    handle  nvIndex           TPMI_RH_NV_INDEX  NV index
    handle  policySession     TPMI_SH_POLICY    policy session
  `,
  ),
];
