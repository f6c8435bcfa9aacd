/** Commands of TPM 2.0 Part 3, clauses 15 to 21: symmetric functions, random numbers, sequences, attestation, signatures, audit (revision 1.59). */

import { command } from './notation';

export const CRYPTO_COMMANDS = [
  command(
    'TPM2_EncryptDecrypt',
    0x164,
    '15.2',
    '',
    'Encrypts or decrypts with a block cipher key.',
    `
    handle  @keyHandle/USER  TPMI_DH_OBJECT         key to use
    in      decrypt          TPMI_YES_NO            YES decrypts, NO encrypts
    in      mode             TPMI_ALG_CIPHER_MODE+  mode, null for the one of the key
    in      ivIn             TPM2B_IV               initial value
    in      inData           TPM2B_MAX_BUFFER       data to work on
    out     outData          TPM2B_MAX_BUFFER       resulting data
    out     ivOut            TPM2B_IV               value for the next block
  `,
  ),
  command(
    'TPM2_EncryptDecrypt2',
    0x193,
    '15.3',
    '',
    'Encrypts or decrypts; the data comes first, so that sessions can encrypt it.',
    `
    handle  @keyHandle/USER  TPMI_DH_OBJECT         key to use
    in      inData           TPM2B_MAX_BUFFER       data to work on
    in      decrypt          TPMI_YES_NO            YES decrypts, NO encrypts
    in      mode             TPMI_ALG_CIPHER_MODE+  mode, null for the one of the key
    in      ivIn             TPM2B_IV               initial value
    out     outData          TPM2B_MAX_BUFFER       resulting data
    out     ivOut            TPM2B_IV               value for the next block
  `,
  ),
  command(
    'TPM2_Hash',
    0x17d,
    '15.4',
    '',
    'Computes a digest.',
    `
    in   data        TPM2B_MAX_BUFFER    data to hash
    in   hashAlg     TPMI_ALG_HASH       hash algorithm
    in   hierarchy   TPMI_RH_HIERARCHY+  hierarchy of the ticket
    out  outHash     TPM2B_DIGEST        the digest
    out  validation  TPMT_TK_HASHCHECK   ticket that the digest is safe to sign
  `,
  ),
  command(
    'TPM2_HMAC',
    0x155,
    '15.5',
    '',
    'Computes an HMAC.',
    `
    handle  @handle/USER  TPMI_DH_OBJECT    HMAC key
    in      buffer        TPM2B_MAX_BUFFER  data
    in      hashAlg       TPMI_ALG_HASH+    hash algorithm
    out     outHMAC       TPM2B_DIGEST      the HMAC
  `,
  ),
  command(
    'TPM2_MAC',
    0x155,
    '15.6',
    '',
    'Computes a message authentication code.',
    `
    handle  @handle/USER  TPMI_DH_OBJECT        MAC key
    in      buffer        TPM2B_MAX_BUFFER      data
    in      inScheme      TPMI_ALG_MAC_SCHEME+  scheme, null for the one of the key
    out     outMAC        TPM2B_DIGEST          the code
  `,
  ),
  command(
    'TPM2_GetRandom',
    0x17b,
    '16.1',
    '',
    'Gives random bytes.',
    `
    in   bytesRequested  UINT16        number of bytes wanted; at most the longest digest is given
    out  randomBytes     TPM2B_DIGEST  the random bytes
  `,
  ),
  command(
    'TPM2_StirRandom',
    0x146,
    '16.2',
    'NV',
    'Adds data to the state of the random generator.',
    `
    in  inData  TPM2B_SENSITIVE_DATA  data to stir in
  `,
  ),
  command(
    'TPM2_HMAC_Start',
    0x15b,
    '17.2',
    '',
    'Starts an HMAC over many pieces of data.',
    `
    handle   @handle/USER    TPMI_DH_OBJECT  HMAC key
    in       auth            TPM2B_AUTH      authorization value of the sequence
    in       hashAlg         TPMI_ALG_HASH+  hash algorithm
    returns  sequenceHandle  TPMI_DH_OBJECT  the sequence
  `,
  ),
  command(
    'TPM2_MAC_Start',
    0x15b,
    '17.3',
    '',
    'Starts a message authentication code over many pieces of data.',
    `
    handle   @handle/USER    TPMI_DH_OBJECT        MAC key
    in       auth            TPM2B_AUTH            authorization value of the sequence
    in       inScheme        TPMI_ALG_MAC_SCHEME+  scheme, null for the one of the key
    returns  sequenceHandle  TPMI_DH_OBJECT        the sequence
  `,
  ),
  command(
    'TPM2_HashSequenceStart',
    0x186,
    '17.4',
    '',
    'Starts a digest, or an event, over many pieces of data.',
    `
    in       auth            TPM2B_AUTH      authorization value of the sequence
    in       hashAlg         TPMI_ALG_HASH+  hash algorithm
    returns  sequenceHandle  TPMI_DH_OBJECT  the sequence
  `,
  ),
  command(
    'TPM2_SequenceUpdate',
    0x15c,
    '17.5',
    '',
    'Adds data to a sequence.',
    `
    handle  @sequenceHandle/USER  TPMI_DH_OBJECT    the sequence
    in      buffer                TPM2B_MAX_BUFFER  data
  `,
  ),
  command(
    'TPM2_SequenceComplete',
    0x13e,
    '17.6',
    'F',
    'Adds the last data to a sequence and gives its result.',
    `
    handle  @sequenceHandle/USER  TPMI_DH_OBJECT      the sequence
    in      buffer                TPM2B_MAX_BUFFER    data
    in      hierarchy             TPMI_RH_HIERARCHY+  hierarchy of the ticket
    out     result                TPM2B_DIGEST        the digest
    out     validation            TPMT_TK_HASHCHECK   ticket that the digest is safe to sign
  `,
  ),
  command(
    'TPM2_EventSequenceComplete',
    0x185,
    '17.7',
    'NV F',
    'Ends an event sequence and extends a PCR with its digests.',
    `
    handle  @pcrHandle/USER       TPMI_DH_PCR+        the PCR
    handle  @sequenceHandle/USER  TPMI_DH_OBJECT      the sequence
    in      buffer                TPM2B_MAX_BUFFER    data
    out     results               TPML_DIGEST_VALUES  digests, one a bank
  `,
  ),
  command(
    'TPM2_Certify',
    0x148,
    '18.2',
    '',
    'Signs that an object is loaded.',
    `
    handle  @objectHandle/ADMIN  TPMI_DH_OBJECT    object to certify
    handle  @signHandle/USER     TPMI_DH_OBJECT+   key that signs, TPM_RH_NULL for no signature
    in      qualifyingData       TPM2B_DATA        data of the caller to sign with it
    in      inScheme             TPMT_SIG_SCHEME+  scheme, null for the one of the key
    out     certifyInfo          TPM2B_ATTEST      the signed attestation
    out     signature            TPMT_SIGNATURE    the signature
  `,
  ),
  command(
    'TPM2_CertifyCreation',
    0x14a,
    '18.3',
    '',
    'Signs that this TPM created an object.',
    `
    handle  @signHandle/USER  TPMI_DH_OBJECT+   key that signs, TPM_RH_NULL for no signature
    handle  objectHandle      TPMI_DH_OBJECT    object whose creation to certify
    in      qualifyingData    TPM2B_DATA        data of the caller to sign with it
    in      creationHash      TPM2B_DIGEST      digest of the creation data
    in      inScheme          TPMT_SIG_SCHEME+  scheme, null for the one of the key
    in      creationTicket    TPMT_TK_CREATION  ticket of the creation
    out     certifyInfo       TPM2B_ATTEST      the signed attestation
    out     signature         TPMT_SIGNATURE    the signature
  `,
  ),
  command(
    'TPM2_Quote',
    0x158,
    '18.4',
    '',
    'Signs the values of PCRs.',
    `
    handle  @signHandle/USER  TPMI_DH_OBJECT+     key that signs, TPM_RH_NULL for no signature
    in      qualifyingData    TPM2B_DATA          data of the caller to sign with it
    in      inScheme          TPMT_SIG_SCHEME+    scheme, null for the one of the key
    in      PCRselect         TPML_PCR_SELECTION  PCRs to quote
    out     quoted            TPM2B_ATTEST        the signed attestation
    out     signature         TPMT_SIGNATURE      the signature
  `,
  ),
  command(
    'TPM2_GetSessionAuditDigest',
    0x14d,
    '18.5',
    '',
    'Signs the audit digest of a session.',
    `
    handle  @privacyAdminHandle/USER  TPMI_RH_ENDORSEMENT  privacy administrator: the endorsement hierarchy
    handle  @signHandle/USER          TPMI_DH_OBJECT+      key that signs, TPM_RH_NULL for no signature
    handle  sessionHandle             TPMI_SH_HMAC         audit session
    in      qualifyingData            TPM2B_DATA           data of the caller to sign with it
    in      inScheme                  TPMT_SIG_SCHEME+     scheme, null for the one of the key
    out     auditInfo                 TPM2B_ATTEST         the signed attestation
    out     signature                 TPMT_SIGNATURE       the signature
  `,
  ),
  command(
    'TPM2_GetCommandAuditDigest',
    0x133,
    '18.6',
    'NV',
    'Signs the audit digest of commands.',
    `
    handle  @privacyHandle/USER  TPMI_RH_ENDORSEMENT  privacy administrator: the endorsement hierarchy
    handle  @signHandle/USER     TPMI_DH_OBJECT+      key that signs, TPM_RH_NULL for no signature
    in      qualifyingData       TPM2B_DATA           data of the caller to sign with it
    in      inScheme             TPMT_SIG_SCHEME+     scheme, null for the one of the key
    out     auditInfo            TPM2B_ATTEST         the signed attestation
    out     signature            TPMT_SIGNATURE       the signature
  `,
  ),
  command(
    'TPM2_GetTime',
    0x14c,
    '18.7',
    '',
    'Signs time and clock.',
    `
    handle  @privacyAdminHandle/USER  TPMI_RH_ENDORSEMENT  privacy administrator: the endorsement hierarchy
    handle  @signHandle/USER          TPMI_DH_OBJECT+      key that signs, TPM_RH_NULL for no signature
    in      qualifyingData            TPM2B_DATA           data of the caller to sign with it
    in      inScheme                  TPMT_SIG_SCHEME+     scheme, null for the one of the key
    out     timeInfo                  TPM2B_ATTEST         the signed attestation
    out     signature                 TPMT_SIGNATURE       the signature
  `,
  ),
  command(
    'TPM2_CertifyX509',
    0x197,
    '18.8',
    '',
    'Signs an X.509 certificate of a key.',
    `
    handle  @objectHandle/ADMIN  TPMI_DH_OBJECT    key to certify
    handle  @signHandle/USER     TPMI_DH_OBJECT+   key that signs, TPM_RH_NULL for no signature
    in      reserved             TPM2B_DATA        empty
    in      inScheme             TPMT_SIG_SCHEME+  scheme, null for the one of the key
    in      partialCertificate   TPM2B_MAX_BUFFER  the certificate without what the TPM adds
    out     addedToCertificate   TPM2B_MAX_BUFFER  what the TPM added
    out     tbsDigest            TPM2B_DIGEST      digest that was signed
    out     signature            TPMT_SIGNATURE    the signature
  `,
  ),
  command(
    'TPM2_Commit',
    0x18b,
    '19.2',
    '',
    'First part of an anonymous signature.',
    `
    handle  @signHandle/USER  TPMI_DH_OBJECT        key that signs, TPM_RH_NULL for no signature
    in      P1                TPM2B_ECC_POINT       point of the curve
    in      s2                TPM2B_SENSITIVE_DATA  bytes whose digest is the x coordinate of P2
    in      y2                TPM2B_ECC_PARAMETER   y coordinate of P2
    out     K                 TPM2B_ECC_POINT       point K
    out     L                 TPM2B_ECC_POINT       point L
    out     E                 TPM2B_ECC_POINT       point E
    out     counter           UINT16                number of the ephemeral key
  `,
  ),
  command(
    'TPM2_EC_Ephemeral',
    0x18e,
    '19.3',
    '',
    'Makes an ephemeral key for a two-phase key exchange.',
    `
    in   curveID  TPMI_ECC_CURVE   the curve
    out  Q        TPM2B_ECC_POINT  ephemeral public point
    out  counter  UINT16           number of the ephemeral key
  `,
  ),
  command(
    'TPM2_VerifySignature',
    0x177,
    '20.1',
    '',
    'Verifies a signature and gives a ticket for it.',
    `
    handle  keyHandle   TPMI_DH_OBJECT    key to use
    in      digest      TPM2B_DIGEST      digest of the message
    in      signature   TPMT_SIGNATURE    signature to verify
    out     validation  TPMT_TK_VERIFIED  ticket of the verified signature
  `,
  ),
  command(
    'TPM2_Sign',
    0x15d,
    '20.2',
    '',
    'Signs a digest.',
    `
    handle  @keyHandle/USER  TPMI_DH_OBJECT     key to use
    in      digest           TPM2B_DIGEST       digest of the message
    in      inScheme         TPMT_SIG_SCHEME+   scheme, null for the one of the key
    in      validation       TPMT_TK_HASHCHECK  ticket of TPM2_Hash, needed by restricted keys
    out     signature        TPMT_SIGNATURE     the signature
  `,
  ),
  command(
    'TPM2_SetCommandCodeAuditStatus',
    0x140,
    '21.2',
    'NV',
    'Changes which commands are audited.',
    `
    handle  @auth/USER  TPMI_RH_PROVISION  who authorizes: owner or platform
    in      auditAlg    TPMI_ALG_HASH+     hash of the audit, null keeps it
    in      setList     TPML_CC            commands to add
    in      clearList   TPML_CC            commands to remove
  `,
  ),
];
