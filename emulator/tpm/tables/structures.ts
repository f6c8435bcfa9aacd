/** Structures, unions, buffers and lists: TPM 2.0 Part 2, clauses 10 to 15 (revision 1.59). */

import { aliases, buffer, fixedBytes, list, select, sized, structure, union, type TypeRow } from './notation';
import { DIGEST_BYTES } from './algorithms';

const RAW_DIGESTS = [...new Set(DIGEST_BYTES.values())].map((bytes) =>
  fixedBytes(`BYTES_${bytes}`, bytes, 'Part 2 Table 79', `Digest of ${bytes} bytes.`),
);

/** Clauses 10 and 11: the structures of the interface itself. */
const INTERFACE_STRUCTURES: readonly TypeRow[] = [
  structure('TPMS_EMPTY', 'Part 2 Table 77', 'Nothing.', ''),
  structure(
    'TPMS_ALGORITHM_DESCRIPTION',
    'Part 2 Table 78',
    'Algorithm and what it is for.',
    `
    alg         TPM_ALG_ID      the algorithm
    attributes  TPMA_ALGORITHM  its uses
  `,
  ),
  union(
    'TPMU_HA',
    'Part 2 Table 79',
    'Digest, of the length of its hash.',
    [...DIGEST_BYTES]
      .map(([name, bytes]) => `${name}  ${name.replace('TPM_ALG_', '').toLowerCase()}  BYTES_${bytes}`)
      .concat('TPM_ALG_NULL  null  -')
      .join('\n'),
  ),
  structure(
    'TPMT_HA',
    'Part 2 Table 80',
    'Hash algorithm and digest.',
    `
    hashAlg  +TPMI_ALG_HASH     hash algorithm of the digest
    digest   TPMU_HA[hashAlg]   the digest
  `,
  ),
  buffer('TPM2B_DIGEST', 'Part 2 Table 81', 'Digest, or other bytes at most as long as the longest digest.', 64),
  buffer('TPM2B_DATA', 'Part 2 Table 82', 'Data of the caller.', 66),
  ...aliases(
    'Part 2 Table 83',
    `
    TPM2B_NONCE    TPM2B_DIGEST  Nonce of a session.
    TPM2B_AUTH     TPM2B_DIGEST  Authorization value, or the HMAC that proves it.
    TPM2B_OPERAND  TPM2B_DIGEST  Operand of a comparison.
  `,
  ),
  buffer('TPM2B_EVENT', 'Part 2 Table 86', 'Data of an event.', 1024),
  buffer('TPM2B_MAX_BUFFER', 'Part 2 Table 87', 'Data to hash, encrypt or return.', 1024),
  buffer('TPM2B_MAX_NV_BUFFER', 'Part 2 Table 88', 'Data of one NV read or write.', 1024),
  buffer('TPM2B_TIMEOUT', 'Part 2 Table 89', 'Time at which a policy ticket ends, by the TPM.', 8),
  buffer('TPM2B_IV', 'Part 2 Table 90', 'Initial value of a block cipher mode.', 16),
  buffer('TPM2B_NAME', 'Part 2 Table 92', 'Name: hash algorithm and digest of a public area, or a handle.', 68, 'name'),
  select('TPMS_PCR_SELECT', 'Part 2 Table 93', 'Set of PCRs: PCR n is bit n mod 8 of byte n div 8.', 3, 3),
  structure(
    'TPMS_PCR_SELECTION',
    'Part 2 Table 94',
    'PCRs of one bank.',
    `
    hash       TPMI_ALG_HASH    hash algorithm of the bank
    pcrSelect  TPMS_PCR_SELECT  PCRs of the bank
  `,
  ),
  structure(
    'TPMT_TK_CREATION',
    'Part 2 Table 97',
    'Ticket: the TPM created the object.',
    `
    tag        TPM_ST              TPM_ST_CREATION
    hierarchy  TPMI_RH_HIERARCHY+  hierarchy of the object
    digest     TPM2B_DIGEST        HMAC with the proof of the hierarchy
  `,
  ),
  structure(
    'TPMT_TK_VERIFIED',
    'Part 2 Table 98',
    'Ticket: the TPM verified the signature.',
    `
    tag        TPM_ST              TPM_ST_VERIFIED
    hierarchy  TPMI_RH_HIERARCHY+  hierarchy of the key
    digest     TPM2B_DIGEST        HMAC with the proof of the hierarchy
  `,
  ),
  structure(
    'TPMT_TK_AUTH',
    'Part 2 Table 99',
    'Ticket: the authorization was given.',
    `
    tag        TPM_ST              TPM_ST_AUTH_SIGNED or TPM_ST_AUTH_SECRET
    hierarchy  TPMI_RH_HIERARCHY+  hierarchy of the authorizing object
    digest     TPM2B_DIGEST        HMAC with the proof of the hierarchy
  `,
  ),
  structure(
    'TPMT_TK_HASHCHECK',
    'Part 2 Table 100',
    'Ticket: the digest is of data that a restricted key may sign.',
    `
    tag        TPM_ST              TPM_ST_HASHCHECK
    hierarchy  TPMI_RH_HIERARCHY+  hierarchy of the ticket
    digest     TPM2B_DIGEST        HMAC with the proof of the hierarchy
  `,
  ),
  structure(
    'TPMS_ALG_PROPERTY',
    'Part 2 Table 101',
    'Implemented algorithm.',
    `
    alg            TPM_ALG_ID      the algorithm
    algProperties  TPMA_ALGORITHM  its uses
  `,
  ),
  structure(
    'TPMS_TAGGED_PROPERTY',
    'Part 2 Table 102',
    'Property of the TPM.',
    `
    property  TPM_PT  the property
    value     UINT32  its value
  `,
  ),
  structure(
    'TPMS_TAGGED_PCR_SELECT',
    'Part 2 Table 103',
    'PCRs that have a property.',
    `
    tag        TPM_PT_PCR       the property
    pcrSelect  TPMS_PCR_SELECT  PCRs that have it
  `,
  ),
  structure(
    'TPMS_TAGGED_POLICY',
    'Part 2 Table 104',
    'Policy of a permanent handle.',
    `
    handle      TPM_HANDLE  the handle
    policyHash  TPMT_HA+    its policy
  `,
  ),
  structure(
    'TPMS_ACT_DATA',
    'Part 2 Table 105',
    'State of a countdown timer.',
    `
    handle      TPM_HANDLE  the timer
    timeout     UINT32      seconds that remain
    attributes  TPMA_ACT    its state
  `,
  ),
  list('TPML_CC', 'Part 2 Table 106', 'Command codes.', 'commandCodes', 'TPM_CC', 254),
  list('TPML_CCA', 'Part 2 Table 107', 'Commands with their attributes.', 'commandAttributes', 'TPMA_CC', 254),
  list('TPML_ALG', 'Part 2 Table 108', 'Algorithms.', 'algorithms', 'TPM_ALG_ID', 64),
  list('TPML_HANDLE', 'Part 2 Table 109', 'Handles.', 'handle', 'TPM_HANDLE', 254),
  list('TPML_DIGEST', 'Part 2 Table 110', 'Digests, at most 8.', 'digests', 'TPM2B_DIGEST', 8),
  list('TPML_DIGEST_VALUES', 'Part 2 Table 111', 'One digest a bank.', 'digests', 'TPMT_HA', 16),
  list('TPML_PCR_SELECTION', 'Part 2 Table 112', 'PCRs, bank by bank.', 'pcrSelections', 'TPMS_PCR_SELECTION', 16),
  list('TPML_ALG_PROPERTY', 'Part 2 Table 113', 'Implemented algorithms.', 'algProperties', 'TPMS_ALG_PROPERTY', 127),
  list(
    'TPML_TAGGED_TPM_PROPERTY',
    'Part 2 Table 114',
    'Properties of the TPM.',
    'tpmProperty',
    'TPMS_TAGGED_PROPERTY',
    127,
  ),
  list(
    'TPML_TAGGED_PCR_PROPERTY',
    'Part 2 Table 115',
    'Properties of PCRs.',
    'pcrProperty',
    'TPMS_TAGGED_PCR_SELECT',
    127,
  ),
  list('TPML_ECC_CURVE', 'Part 2 Table 116', 'Curves.', 'eccCurves', 'TPM_ECC_CURVE', 508),
  list(
    'TPML_TAGGED_POLICY',
    'Part 2 Table 117',
    'Policies of permanent handles.',
    'policies',
    'TPMS_TAGGED_POLICY',
    14,
  ),
  list('TPML_ACT_DATA', 'Part 2 Table 118', 'Countdown timers.', 'actData', 'TPMS_ACT_DATA', 84),
  union(
    'TPMU_CAPABILITIES',
    'Part 2 Table 119',
    'Capabilities of one group.',
    `
    TPM_CAP_ALGS            algorithms     TPML_ALG_PROPERTY
    TPM_CAP_HANDLES         handles        TPML_HANDLE
    TPM_CAP_COMMANDS        command        TPML_CCA
    TPM_CAP_PP_COMMANDS     ppCommands     TPML_CC
    TPM_CAP_AUDIT_COMMANDS  auditCommands  TPML_CC
    TPM_CAP_PCRS            assignedPCR    TPML_PCR_SELECTION
    TPM_CAP_TPM_PROPERTIES  tpmProperties  TPML_TAGGED_TPM_PROPERTY
    TPM_CAP_PCR_PROPERTIES  pcrProperties  TPML_TAGGED_PCR_PROPERTY
    TPM_CAP_ECC_CURVES      eccCurves      TPML_ECC_CURVE
    TPM_CAP_AUTH_POLICIES   authPolicies   TPML_TAGGED_POLICY
    TPM_CAP_ACT             actData        TPML_ACT_DATA
  `,
  ),
  structure(
    'TPMS_CAPABILITY_DATA',
    'Part 2 Table 120',
    'Group of capabilities and its values.',
    `
    capability  TPM_CAP                        the group
    data        TPMU_CAPABILITIES[capability]  its values
  `,
  ),
  structure(
    'TPMS_CLOCK_INFO',
    'Part 2 Table 121',
    'Clock and counters of starts.',
    `
    clock         UINT64       milliseconds of power, kept over resets
    resetCount    UINT32       resets since TPM2_Clear
    restartCount  UINT32       resumes since the last reset
    safe          TPMI_YES_NO  no higher clock value was reported before
  `,
  ),
  structure(
    'TPMS_TIME_INFO',
    'Part 2 Table 122',
    'Time and clock.',
    `
    time       UINT64           milliseconds since the TPM has power
    clockInfo  TPMS_CLOCK_INFO  clock and counters
  `,
  ),
  structure(
    'TPMS_TIME_ATTEST_INFO',
    'Part 2 Table 123',
    'Attested time.',
    `
    time             TPMS_TIME_INFO  time and clock
    firmwareVersion  UINT64          version of the firmware
  `,
  ),
  structure(
    'TPMS_CERTIFY_INFO',
    'Part 2 Table 124',
    'Attested object.',
    `
    name           TPM2B_NAME  name of the object
    qualifiedName  TPM2B_NAME  name with all its parents
  `,
  ),
  structure(
    'TPMS_QUOTE_INFO',
    'Part 2 Table 125',
    'Attested PCRs.',
    `
    pcrSelect  TPML_PCR_SELECTION  the PCRs
    pcrDigest  TPM2B_DIGEST        digest of their values, with the hash of the scheme
  `,
  ),
  structure(
    'TPMS_COMMAND_AUDIT_INFO',
    'Part 2 Table 126',
    'Attested command audit.',
    `
    auditCounter   UINT64        counter of audit digests
    digestAlg      TPM_ALG_ID    hash of the audit
    auditDigest    TPM2B_DIGEST  audit digest
    commandDigest  TPM2B_DIGEST  digest of the audited command codes
  `,
  ),
  structure(
    'TPMS_SESSION_AUDIT_INFO',
    'Part 2 Table 127',
    'Attested session audit.',
    `
    exclusiveSession  TPMI_YES_NO   no other command ran in between
    sessionDigest     TPM2B_DIGEST  audit digest
  `,
  ),
  structure(
    'TPMS_CREATION_INFO',
    'Part 2 Table 128',
    'Attested creation.',
    `
    objectName    TPM2B_NAME    name of the object
    creationHash  TPM2B_DIGEST  digest of its creation data
  `,
  ),
  structure(
    'TPMS_NV_CERTIFY_INFO',
    'Part 2 Table 129',
    'Attested NV contents.',
    `
    indexName   TPM2B_NAME           name of the index
    offset      UINT16               first byte
    nvContents  TPM2B_MAX_NV_BUFFER  the contents
  `,
  ),
  structure(
    'TPMS_NV_DIGEST_CERTIFY_INFO',
    'Part 2 Table 130',
    'Attested digest of NV contents.',
    `
    indexName  TPM2B_NAME    name of the index
    nvDigest   TPM2B_DIGEST  digest of the contents
  `,
  ),
  union(
    'TPMU_ATTEST',
    'Part 2 Table 132',
    'What is attested.',
    `
    TPM_ST_ATTEST_CERTIFY        certify       TPMS_CERTIFY_INFO
    TPM_ST_ATTEST_CREATION       creation      TPMS_CREATION_INFO
    TPM_ST_ATTEST_QUOTE          quote         TPMS_QUOTE_INFO
    TPM_ST_ATTEST_COMMAND_AUDIT  commandAudit  TPMS_COMMAND_AUDIT_INFO
    TPM_ST_ATTEST_SESSION_AUDIT  sessionAudit  TPMS_SESSION_AUDIT_INFO
    TPM_ST_ATTEST_TIME           time          TPMS_TIME_ATTEST_INFO
    TPM_ST_ATTEST_NV             nv            TPMS_NV_CERTIFY_INFO
    TPM_ST_ATTEST_NV_DIGEST      nvDigest      TPMS_NV_DIGEST_CERTIFY_INFO
  `,
  ),
  structure(
    'TPMS_ATTEST',
    'Part 2 Table 133',
    'Statement of the TPM that a key signs.',
    `
    magic            TPM_GENERATED      TPM_GENERATED_VALUE: made in the TPM
    type             TPMI_ST_ATTEST     what is attested
    qualifiedSigner  TPM2B_NAME         qualified name of the signing key
    extraData        TPM2B_DATA         data of the caller, such as a nonce
    clockInfo        TPMS_CLOCK_INFO    clock and counters
    firmwareVersion  UINT64             version of the firmware
    attested         TPMU_ATTEST[type]  the statement
  `,
  ),
  sized('TPM2B_ATTEST', 'Part 2 Table 134', 'Attestation as it is signed.', 'attestationData', 'TPMS_ATTEST'),
  structure(
    'TPMS_AUTH_COMMAND',
    'Part 2 Table 135',
    'Authorization in a command.',
    `
    sessionHandle      TPMI_SH_AUTH_SESSION+  session, or TPM_RS_PW for a password
    nonce              TPM2B_NONCE            nonce of the caller
    sessionAttributes  TPMA_SESSION           how the session is used
    hmac               TPM2B_AUTH             HMAC, or the password
  `,
  ),
  structure(
    'TPMS_AUTH_RESPONSE',
    'Part 2 Table 136',
    'Authorization in a response.',
    `
    nonce              TPM2B_NONCE   nonce of the TPM
    sessionAttributes  TPMA_SESSION  state of the session
    hmac               TPM2B_AUTH    HMAC of the TPM
  `,
  ),
];

/** Clause 11: algorithm parameters and keys. */
const ALGORITHM_STRUCTURES: readonly TypeRow[] = [
  union(
    'TPMU_SYM_KEY_BITS',
    'Part 2 Table 138',
    'Key bits of a cipher, or the hash of XOR.',
    `
    TPM_ALG_AES       aes       TPMI_AES_KEY_BITS
    TPM_ALG_SM4       sm4       TPMI_SM4_KEY_BITS
    TPM_ALG_CAMELLIA  camellia  TPMI_CAMELLIA_KEY_BITS
    TPM_ALG_TDES      tdes      TPMI_TDES_KEY_BITS
    TPM_ALG_XOR       xor       TPMI_ALG_HASH
    TPM_ALG_NULL      null      -
  `,
  ),
  union(
    'TPMU_SYM_MODE',
    'Part 2 Table 139',
    'Mode of a cipher.',
    `
    TPM_ALG_AES       aes       TPMI_ALG_SYM_MODE+
    TPM_ALG_SM4       sm4       TPMI_ALG_SYM_MODE+
    TPM_ALG_CAMELLIA  camellia  TPMI_ALG_SYM_MODE+
    TPM_ALG_TDES      tdes      TPMI_ALG_SYM_MODE+
    TPM_ALG_XOR       xor       -
    TPM_ALG_NULL      null      -
  `,
  ),
  structure(
    'TPMT_SYM_DEF',
    'Part 2 Table 141',
    'Symmetric algorithm of a session.',
    `
    algorithm  +TPMI_ALG_SYM                 the algorithm
    keyBits    TPMU_SYM_KEY_BITS[algorithm]  size of its key
    mode       TPMU_SYM_MODE[algorithm]      mode of use
  `,
  ),
  structure(
    'TPMT_SYM_DEF_OBJECT',
    'Part 2 Table 142',
    'Symmetric algorithm of an object.',
    `
    algorithm  +TPMI_ALG_SYM_OBJECT          the algorithm
    keyBits    TPMU_SYM_KEY_BITS[algorithm]  size of its key
    mode       TPMU_SYM_MODE[algorithm]      mode of use
  `,
  ),
  buffer('TPM2B_SYM_KEY', 'Part 2 Table 143', 'Key of a block cipher.', 32),
  structure(
    'TPMS_SYMCIPHER_PARMS',
    'Part 2 Table 144',
    'Parameters of a block cipher object.',
    `
    sym  TPMT_SYM_DEF_OBJECT  cipher, key size and mode
  `,
  ),
  buffer('TPM2B_LABEL', 'Part 2 Table 145', 'Label or context of a derivation.', 32),
  structure(
    'TPMS_DERIVE',
    'Part 2 Table 146',
    'Inputs of a derived object.',
    `
    label    TPM2B_LABEL  label
    context  TPM2B_LABEL  context
  `,
  ),
  buffer('TPM2B_DERIVE', 'Part 2 Table 147', 'Inputs of a derived object, as bytes.', 68),
  buffer('TPM2B_SENSITIVE_DATA', 'Part 2 Table 149', 'Secret data of a new object, or data to stir in.', 128),
  structure(
    'TPMS_SENSITIVE_CREATE',
    'Part 2 Table 150',
    'Secrets of a new object.',
    `
    userAuth  TPM2B_AUTH            its authorization value
    data      TPM2B_SENSITIVE_DATA  data to seal, or key that is given
  `,
  ),
  sized('TPM2B_SENSITIVE_CREATE', 'Part 2 Table 151', 'Secrets of a new object.', 'sensitive', 'TPMS_SENSITIVE_CREATE'),
  structure(
    'TPMS_SCHEME_HASH',
    'Part 2 Table 152',
    'Scheme that needs a hash.',
    `
    hashAlg  TPMI_ALG_HASH  the hash
  `,
  ),
  structure(
    'TPMS_SCHEME_ECDAA',
    'Part 2 Table 153',
    'Scheme that needs a hash and a counter.',
    `
    hashAlg  TPMI_ALG_HASH  the hash
    count    UINT16         counter of TPM2_Commit
  `,
  ),
  structure(
    'TPMS_SCHEME_XOR',
    'Part 2 Table 156',
    'XOR obfuscation.',
    `
    hashAlg  TPMI_ALG_HASH  hash of the key stream
    kdf      TPMI_ALG_KDF+  key derivation
  `,
  ),
  ...aliases(
    'Part 2 Tables 155, 159, 160, 163 to 165',
    `
    TPMS_SCHEME_HMAC            TPMS_SCHEME_HASH   HMAC with its hash.
    TPMS_SIG_SCHEME_RSASSA      TPMS_SCHEME_HASH   RSASSA with its hash.
    TPMS_SIG_SCHEME_RSAPSS      TPMS_SCHEME_HASH   RSAPSS with its hash.
    TPMS_SIG_SCHEME_ECDSA       TPMS_SCHEME_HASH   ECDSA with its hash.
    TPMS_SIG_SCHEME_SM2         TPMS_SCHEME_HASH   SM2 with its hash.
    TPMS_SIG_SCHEME_ECSCHNORR   TPMS_SCHEME_HASH   ECSCHNORR with its hash.
    TPMS_SIG_SCHEME_ECDAA       TPMS_SCHEME_ECDAA  ECDAA with its hash and counter.
    TPMS_ENC_SCHEME_OAEP        TPMS_SCHEME_HASH   OAEP with its hash.
    TPMS_ENC_SCHEME_RSAES       TPMS_EMPTY         RSAES, without parameters.
    TPMS_KEY_SCHEME_ECDH        TPMS_SCHEME_HASH   ECDH with its hash.
    TPMS_KEY_SCHEME_ECMQV       TPMS_SCHEME_HASH   ECMQV with its hash.
    TPMS_KDF_SCHEME_MGF1        TPMS_SCHEME_HASH   MGF1 with its hash.
    TPMS_KDF_SCHEME_KDF1_SP800_56A   TPMS_SCHEME_HASH  KDF1_SP800_56A with its hash.
    TPMS_KDF_SCHEME_KDF2        TPMS_SCHEME_HASH   KDF2 with its hash.
    TPMS_KDF_SCHEME_KDF1_SP800_108   TPMS_SCHEME_HASH  KDF1_SP800_108 with its hash.
  `,
  ),
  union(
    'TPMU_SCHEME_KEYEDHASH',
    'Part 2 Table 157',
    'Parameters of a keyed-hash scheme.',
    `
    TPM_ALG_HMAC  hmac  TPMS_SCHEME_HMAC
    TPM_ALG_XOR   xor   TPMS_SCHEME_XOR
    TPM_ALG_NULL  null  -
  `,
  ),
  structure(
    'TPMT_KEYEDHASH_SCHEME',
    'Part 2 Table 158',
    'Scheme of a keyed-hash object.',
    `
    scheme   +TPMI_ALG_KEYEDHASH_SCHEME     the scheme
    details  TPMU_SCHEME_KEYEDHASH[scheme]  its parameters
  `,
  ),
  union(
    'TPMU_SIG_SCHEME',
    'Part 2 Table 161',
    'Parameters of a signature scheme.',
    `
    TPM_ALG_RSASSA     rsassa     TPMS_SIG_SCHEME_RSASSA
    TPM_ALG_RSAPSS     rsapss     TPMS_SIG_SCHEME_RSAPSS
    TPM_ALG_ECDSA      ecdsa      TPMS_SIG_SCHEME_ECDSA
    TPM_ALG_ECDAA      ecdaa      TPMS_SIG_SCHEME_ECDAA
    TPM_ALG_SM2        sm2        TPMS_SIG_SCHEME_SM2
    TPM_ALG_ECSCHNORR  ecschnorr  TPMS_SIG_SCHEME_ECSCHNORR
    TPM_ALG_HMAC       hmac       TPMS_SCHEME_HMAC
    TPM_ALG_NULL       null       -
  `,
  ),
  structure(
    'TPMT_SIG_SCHEME',
    'Part 2 Table 162',
    'Signature scheme.',
    `
    scheme   +TPMI_ALG_SIG_SCHEME     the scheme
    details  TPMU_SIG_SCHEME[scheme]  its parameters
  `,
  ),
  union(
    'TPMU_KDF_SCHEME',
    'Part 2 Table 166',
    'Parameters of a key derivation.',
    `
    TPM_ALG_MGF1            mgf1            TPMS_KDF_SCHEME_MGF1
    TPM_ALG_KDF1_SP800_56A  kdf1_sp800_56a  TPMS_KDF_SCHEME_KDF1_SP800_56A
    TPM_ALG_KDF2            kdf2            TPMS_KDF_SCHEME_KDF2
    TPM_ALG_KDF1_SP800_108  kdf1_sp800_108  TPMS_KDF_SCHEME_KDF1_SP800_108
    TPM_ALG_NULL            null            -
  `,
  ),
  structure(
    'TPMT_KDF_SCHEME',
    'Part 2 Table 167',
    'Key derivation.',
    `
    scheme   +TPMI_ALG_KDF            the scheme
    details  TPMU_KDF_SCHEME[scheme]  its parameters
  `,
  ),
  union(
    'TPMU_ASYM_SCHEME',
    'Part 2 Table 169',
    'Parameters of an asymmetric scheme.',
    `
    TPM_ALG_ECDH       ecdh       TPMS_KEY_SCHEME_ECDH
    TPM_ALG_ECMQV      ecmqv      TPMS_KEY_SCHEME_ECMQV
    TPM_ALG_RSASSA     rsassa     TPMS_SIG_SCHEME_RSASSA
    TPM_ALG_RSAPSS     rsapss     TPMS_SIG_SCHEME_RSAPSS
    TPM_ALG_ECDSA      ecdsa      TPMS_SIG_SCHEME_ECDSA
    TPM_ALG_ECDAA      ecdaa      TPMS_SIG_SCHEME_ECDAA
    TPM_ALG_SM2        sm2        TPMS_SIG_SCHEME_SM2
    TPM_ALG_ECSCHNORR  ecschnorr  TPMS_SIG_SCHEME_ECSCHNORR
    TPM_ALG_RSAES      rsaes      TPMS_ENC_SCHEME_RSAES
    TPM_ALG_OAEP       oaep       TPMS_ENC_SCHEME_OAEP
    TPM_ALG_NULL       null       -
  `,
  ),
  structure(
    'TPMT_ASYM_SCHEME',
    'Part 2 Table 170',
    'Scheme of an asymmetric key.',
    `
    scheme   +TPMI_ALG_ASYM_SCHEME     the scheme
    details  TPMU_ASYM_SCHEME[scheme]  its parameters
  `,
  ),
  structure(
    'TPMT_RSA_SCHEME',
    'Part 2 Table 172',
    'Scheme of an RSA key.',
    `
    scheme   +TPMI_ALG_RSA_SCHEME      the scheme
    details  TPMU_ASYM_SCHEME[scheme]  its parameters
  `,
  ),
  structure(
    'TPMT_RSA_DECRYPT',
    'Part 2 Table 174',
    'Padding of RSA encryption.',
    `
    scheme   +TPMI_ALG_RSA_DECRYPT     the padding
    details  TPMU_ASYM_SCHEME[scheme]  its parameters
  `,
  ),
  buffer('TPM2B_PUBLIC_KEY_RSA', 'Part 2 Table 175', 'RSA modulus, or a number below it.', 512),
  buffer('TPM2B_PRIVATE_KEY_RSA', 'Part 2 Table 177', 'One prime of an RSA key.', 1280),
  buffer('TPM2B_ECC_PARAMETER', 'Part 2 Table 178', 'Number of an elliptic curve.', 80),
  structure(
    'TPMS_ECC_POINT',
    'Part 2 Table 179',
    'Point of a curve.',
    `
    x  TPM2B_ECC_PARAMETER  x coordinate
    y  TPM2B_ECC_PARAMETER  y coordinate
  `,
  ),
  sized('TPM2B_ECC_POINT', 'Part 2 Table 180', 'Point of a curve.', 'point', 'TPMS_ECC_POINT'),
  structure(
    'TPMT_ECC_SCHEME',
    'Part 2 Table 183',
    'Scheme of an elliptic-curve key.',
    `
    scheme   +TPMI_ALG_ECC_SCHEME      the scheme
    details  TPMU_ASYM_SCHEME[scheme]  its parameters
  `,
  ),
  structure(
    'TPMS_ALGORITHM_DETAIL_ECC',
    'Part 2 Table 184',
    'Parameters of a curve.',
    `
    curveID  TPM_ECC_CURVE        the curve
    keySize  UINT16               bits of a key
    kdf      TPMT_KDF_SCHEME+     key derivation it asks for
    sign     TPMT_ECC_SCHEME+     signature scheme it asks for
    p        TPM2B_ECC_PARAMETER  prime of the field
    a        TPM2B_ECC_PARAMETER  linear coefficient
    b        TPM2B_ECC_PARAMETER  constant term
    gX       TPM2B_ECC_PARAMETER  x coordinate of the base point
    gY       TPM2B_ECC_PARAMETER  y coordinate of the base point
    n        TPM2B_ECC_PARAMETER  order of the base point
    h        TPM2B_ECC_PARAMETER  cofactor
  `,
  ),
  structure(
    'TPMS_SIGNATURE_RSA',
    'Part 2 Table 185',
    'RSA signature.',
    `
    hash  TPMI_ALG_HASH         hash of the message
    sig   TPM2B_PUBLIC_KEY_RSA  the signature
  `,
  ),
  structure(
    'TPMS_SIGNATURE_ECC',
    'Part 2 Table 187',
    'Elliptic-curve signature.',
    `
    hash        TPMI_ALG_HASH        hash of the message
    signatureR  TPM2B_ECC_PARAMETER  first number
    signatureS  TPM2B_ECC_PARAMETER  second number
  `,
  ),
  ...aliases(
    'Part 2 Tables 186 and 188',
    `
    TPMS_SIGNATURE_RSASSA     TPMS_SIGNATURE_RSA  RSASSA signature.
    TPMS_SIGNATURE_RSAPSS     TPMS_SIGNATURE_RSA  RSAPSS signature.
    TPMS_SIGNATURE_ECDSA      TPMS_SIGNATURE_ECC  ECDSA signature.
    TPMS_SIGNATURE_ECDAA      TPMS_SIGNATURE_ECC  ECDAA signature.
    TPMS_SIGNATURE_SM2        TPMS_SIGNATURE_ECC  SM2 signature.
    TPMS_SIGNATURE_ECSCHNORR  TPMS_SIGNATURE_ECC  ECSCHNORR signature.
  `,
  ),
  union(
    'TPMU_SIGNATURE',
    'Part 2 Table 189',
    'Signature of a scheme.',
    `
    TPM_ALG_RSASSA     rsassa     TPMS_SIGNATURE_RSASSA
    TPM_ALG_RSAPSS     rsapss     TPMS_SIGNATURE_RSAPSS
    TPM_ALG_ECDSA      ecdsa      TPMS_SIGNATURE_ECDSA
    TPM_ALG_ECDAA      ecdaa      TPMS_SIGNATURE_ECDAA
    TPM_ALG_SM2        sm2        TPMS_SIGNATURE_SM2
    TPM_ALG_ECSCHNORR  ecschnorr  TPMS_SIGNATURE_ECSCHNORR
    TPM_ALG_HMAC       hmac       TPMT_HA
    TPM_ALG_NULL       null       -
  `,
  ),
  structure(
    'TPMT_SIGNATURE',
    'Part 2 Table 190',
    'Signature with its scheme.',
    `
    sigAlg     +TPMI_ALG_SIG_SCHEME    the scheme
    signature  TPMU_SIGNATURE[sigAlg]  the signature
  `,
  ),
  buffer('TPM2B_ENCRYPTED_SECRET', 'Part 2 Table 192', 'Secret encrypted to a key: salt or seed.', 512, 'secret'),
];

/** Clauses 12 to 15: objects, NV, contexts, creation data. */
const OBJECT_STRUCTURES: readonly TypeRow[] = [
  union(
    'TPMU_PUBLIC_ID',
    'Part 2 Table 194',
    'What makes a public area unique.',
    `
    TPM_ALG_KEYEDHASH  keyedHash  TPM2B_DIGEST
    TPM_ALG_SYMCIPHER  sym        TPM2B_DIGEST
    TPM_ALG_RSA        rsa        TPM2B_PUBLIC_KEY_RSA
    TPM_ALG_ECC        ecc        TPMS_ECC_POINT
  `,
  ),
  structure(
    'TPMS_KEYEDHASH_PARMS',
    'Part 2 Table 195',
    'Parameters of a keyed-hash object.',
    `
    scheme  TPMT_KEYEDHASH_SCHEME+  its scheme, null for sealed data
  `,
  ),
  structure(
    'TPMS_ASYM_PARMS',
    'Part 2 Table 196',
    'Parameters common to asymmetric keys.',
    `
    symmetric  TPMT_SYM_DEF_OBJECT+  cipher of a storage key
    scheme     TPMT_ASYM_SCHEME+     scheme of the key
  `,
  ),
  structure(
    'TPMS_RSA_PARMS',
    'Part 2 Table 197',
    'Parameters of an RSA key.',
    `
    symmetric  TPMT_SYM_DEF_OBJECT+  cipher of a storage key, else null
    scheme     TPMT_RSA_SCHEME+      scheme of the key, null for any
    keyBits    TPMI_RSA_KEY_BITS     bits of the modulus
    exponent   UINT32                public exponent, 0 for 65537
  `,
  ),
  structure(
    'TPMS_ECC_PARMS',
    'Part 2 Table 198',
    'Parameters of an elliptic-curve key.',
    `
    symmetric  TPMT_SYM_DEF_OBJECT+  cipher of a storage key, else null
    scheme     TPMT_ECC_SCHEME+      scheme of the key, null for any
    curveID    TPMI_ECC_CURVE        the curve
    kdf        TPMT_KDF_SCHEME+      key derivation; null
  `,
  ),
  union(
    'TPMU_PUBLIC_PARMS',
    'Part 2 Table 199',
    'Parameters of an object.',
    `
    TPM_ALG_KEYEDHASH  keyedHashDetail  TPMS_KEYEDHASH_PARMS
    TPM_ALG_SYMCIPHER  symDetail        TPMS_SYMCIPHER_PARMS
    TPM_ALG_RSA        rsaDetail        TPMS_RSA_PARMS
    TPM_ALG_ECC        eccDetail        TPMS_ECC_PARMS
  `,
  ),
  structure(
    'TPMT_PUBLIC_PARMS',
    'Part 2 Table 200',
    'Type and parameters to test.',
    `
    type        TPMI_ALG_PUBLIC          type of object
    parameters  TPMU_PUBLIC_PARMS[type]  its parameters
  `,
  ),
  structure(
    'TPMT_PUBLIC',
    'Part 2 Table 201',
    'Public area of an object.',
    `
    type              TPMI_ALG_PUBLIC          type of the object
    nameAlg           +TPMI_ALG_HASH           hash of its name
    objectAttributes  TPMA_OBJECT              its attributes
    authPolicy        TPM2B_DIGEST             its policy, empty for none
    parameters        TPMU_PUBLIC_PARMS[type]  parameters of the type
    unique            TPMU_PUBLIC_ID[type]     modulus, point or digest
  `,
  ),
  sized('TPM2B_PUBLIC', 'Part 2 Table 202', 'Public area of an object.', 'publicArea', '+TPMT_PUBLIC'),
  buffer('TPM2B_TEMPLATE', 'Part 2 Table 203', 'Template of an object, as bytes.', 716),
  union(
    'TPMU_SENSITIVE_COMPOSITE',
    'Part 2 Table 205',
    'Secret of an object.',
    `
    TPM_ALG_RSA        rsa   TPM2B_PRIVATE_KEY_RSA
    TPM_ALG_ECC        ecc   TPM2B_ECC_PARAMETER
    TPM_ALG_KEYEDHASH  bits  TPM2B_SENSITIVE_DATA
    TPM_ALG_SYMCIPHER  sym   TPM2B_SYM_KEY
  `,
  ),
  structure(
    'TPMT_SENSITIVE',
    'Part 2 Table 206',
    'Secret area of an object.',
    `
    sensitiveType  TPMI_ALG_PUBLIC                          type of the object
    authValue      TPM2B_AUTH                               its authorization value
    seedValue      TPM2B_DIGEST                             seed of a parent, or obfuscation value
    sensitive      TPMU_SENSITIVE_COMPOSITE[sensitiveType]  the secret
  `,
  ),
  sized(
    'TPM2B_SENSITIVE',
    'Part 2 Table 207',
    'Secret area of an object, not encrypted.',
    'sensitiveArea',
    'TPMT_SENSITIVE',
    0,
  ),
  buffer('TPM2B_PRIVATE', 'Part 2 Table 209', 'Secret area of an object, encrypted to its parent.', 1662),
  structure(
    'TPMS_ID_OBJECT',
    'Part 2 Table 210',
    'Credential for a key.',
    `
    integrityHMAC  TPM2B_DIGEST  HMAC of the credential
    encIdentity    TPM2B_DIGEST  encrypted credential
  `,
  ),
  buffer('TPM2B_ID_OBJECT', 'Part 2 Table 211', 'Credential for a key, encrypted.', 132, 'credential'),
  structure(
    'TPMS_NV_PIN_COUNTER_PARAMETERS',
    'Part 2 Table 214',
    'Contents of a PIN index.',
    `
    pinCount  UINT32  uses of the password counted
    pinLimit  UINT32  uses at which the password stops to work
  `,
  ),
  structure(
    'TPMS_NV_PUBLIC',
    'Part 2 Table 216',
    'Public area of an NV index.',
    `
    nvIndex     TPMI_RH_NV_INDEX  the index
    nameAlg     TPMI_ALG_HASH     hash of its name
    attributes  TPMA_NV           its attributes
    authPolicy  TPM2B_DIGEST      its policy, empty for none
    dataSize    UINT16            bytes of its contents
  `,
  ),
  sized('TPM2B_NV_PUBLIC', 'Part 2 Table 217', 'Public area of an NV index.', 'nvPublic', 'TPMS_NV_PUBLIC'),
  buffer('TPM2B_CONTEXT_SENSITIVE', 'Part 2 Table 218', 'Saved state, encrypted.', 2680),
  structure(
    'TPMS_CONTEXT_DATA',
    'Part 2 Table 219',
    'Saved state with its HMAC.',
    `
    integrity  TPM2B_DIGEST             HMAC of the state
    encrypted  TPM2B_CONTEXT_SENSITIVE  the state, encrypted
  `,
  ),
  buffer('TPM2B_CONTEXT_DATA', 'Part 2 Table 220', 'Saved state as a TPM keeps it.', 2748),
  structure(
    'TPMS_CONTEXT',
    'Part 2 Table 221',
    'Saved object or session.',
    `
    sequence     UINT64              number of the save
    savedHandle  TPMI_DH_SAVED       what was saved
    hierarchy    TPMI_RH_HIERARCHY+  its hierarchy
    contextBlob  TPM2B_CONTEXT_DATA  its state
  `,
  ),
  structure(
    'TPMS_CREATION_DATA',
    'Part 2 Table 223',
    'Circumstances of an object at its creation.',
    `
    pcrSelect            TPML_PCR_SELECTION  PCRs
    pcrDigest            TPM2B_DIGEST        digest of their values
    locality             TPMA_LOCALITY       locality of the command
    parentNameAlg        TPM_ALG_ID          name algorithm of the parent
    parentName           TPM2B_NAME          name of the parent
    parentQualifiedName  TPM2B_NAME          qualified name of the parent
    outsideInfo          TPM2B_DATA          data of the caller
  `,
  ),
  sized(
    'TPM2B_CREATION_DATA',
    'Part 2 Table 224',
    'Circumstances of an object at its creation.',
    'creationData',
    'TPMS_CREATION_DATA',
  ),
  structure(
    'TPMS_AC_OUTPUT',
    'Part 2 Table 227',
    'Data of an attached component.',
    `
    tag   TPM_AT  what the data is
    data  UINT32  the data
  `,
  ),
  list(
    'TPML_AC_CAPABILITIES',
    'Part 2 Table 228',
    'Data of an attached component.',
    'acCapabilities',
    'TPMS_AC_OUTPUT',
    127,
  ),
];

export const STRUCTURES: readonly TypeRow[] = [
  ...RAW_DIGESTS,
  ...INTERFACE_STRUCTURES,
  ...ALGORITHM_STRUCTURES,
  ...OBJECT_STRUCTURES,
];
