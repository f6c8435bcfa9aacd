/** Commands of TPM 2.0 Part 3, clauses 12 to 14: objects, duplication, asymmetric functions (revision 1.59). */

import { command } from './notation';

export const OBJECT_COMMANDS = [
  command(
    'TPM2_Create',
    0x153,
    '12.1',
    '',
    'Creates an object under a parent, without loading it.',
    `
    handle  @parentHandle/USER  TPMI_DH_OBJECT          parent of the object
    in      inSensitive         TPM2B_SENSITIVE_CREATE  authorization value and data of the new object
    in      inPublic            TPM2B_PUBLIC            template of the public area
    in      outsideInfo         TPM2B_DATA              data to put into the creation data
    in      creationPCR         TPML_PCR_SELECTION      PCRs to record in the creation data
    out     outPrivate          TPM2B_PRIVATE           secret area, encrypted to the parent
    out     outPublic           TPM2B_PUBLIC            public area
    out     creationData        TPM2B_CREATION_DATA     circumstances of the creation
    out     creationHash        TPM2B_DIGEST            digest of the creation data
    out     creationTicket      TPMT_TK_CREATION        ticket of the creation
  `,
  ),
  command(
    'TPM2_Load',
    0x157,
    '12.2',
    '',
    'Loads an object of TPM2_Create or TPM2_Import.',
    `
    handle   @parentHandle/USER  TPMI_DH_OBJECT  parent of the object
    in       inPrivate           TPM2B_PRIVATE   secret area, encrypted to the parent
    in       inPublic            TPM2B_PUBLIC    public area
    returns  objectHandle        TPM_HANDLE      handle of the loaded object
    out      name                TPM2B_NAME      name of the object
  `,
  ),
  command(
    'TPM2_LoadExternal',
    0x167,
    '12.3',
    '',
    'Loads a public key, or a key pair without parent.',
    `
    in       inPrivate     TPM2B_SENSITIVE     secret area, empty for a public key
    in       inPublic      TPM2B_PUBLIC+       public area
    in       hierarchy     TPMI_RH_HIERARCHY+  hierarchy to load into
    returns  objectHandle  TPM_HANDLE          handle of the loaded object
    out      name          TPM2B_NAME          name of the object
  `,
  ),
  command(
    'TPM2_ReadPublic',
    0x173,
    '12.4',
    '',
    'Gives the public area and names of an object.',
    `
    handle  objectHandle   TPMI_DH_OBJECT  loaded object
    out     outPublic      TPM2B_PUBLIC    public area
    out     name           TPM2B_NAME      name of the object
    out     qualifiedName  TPM2B_NAME      name with all its parents
  `,
  ),
  command(
    'TPM2_ActivateCredential',
    0x147,
    '12.5',
    '',
    'Opens a credential for an object of this TPM.',
    `
    handle  @activateHandle/ADMIN  TPMI_DH_OBJECT          object the credential is for
    handle  @keyHandle/USER        TPMI_DH_OBJECT          key that decrypts the secret
    in      credentialBlob         TPM2B_ID_OBJECT         encrypted credential
    in      secret                 TPM2B_ENCRYPTED_SECRET  secret encrypted to the key
    out     certInfo               TPM2B_DIGEST            the credential
  `,
  ),
  command(
    'TPM2_MakeCredential',
    0x168,
    '12.6',
    '',
    'Makes a credential that only the TPM of an object can open.',
    `
    handle  handle          TPMI_DH_OBJECT          public key to encrypt to
    in      credential      TPM2B_DIGEST            the credential
    in      objectName      TPM2B_NAME              name of the object
    out     credentialBlob  TPM2B_ID_OBJECT         encrypted credential
    out     secret          TPM2B_ENCRYPTED_SECRET  secret encrypted to the key
  `,
  ),
  command(
    'TPM2_Unseal',
    0x15e,
    '12.7',
    '',
    'Gives the data of a sealed object.',
    `
    handle  @itemHandle/USER  TPMI_DH_OBJECT        sealed object
    out     outData           TPM2B_SENSITIVE_DATA  sealed data
  `,
  ),
  command(
    'TPM2_ObjectChangeAuth',
    0x150,
    '12.8',
    '',
    'Makes a new secret area with another authorization value.',
    `
    handle  @objectHandle/ADMIN  TPMI_DH_OBJECT  object to change
    handle  parentHandle         TPMI_DH_OBJECT  parent of the object
    in      newAuth              TPM2B_AUTH      new authorization value
    out     outPrivate           TPM2B_PRIVATE   secret area, encrypted to the parent
  `,
  ),
  command(
    'TPM2_CreateLoaded',
    0x191,
    '12.9',
    '',
    'Creates and loads a primary, ordinary or derived object.',
    `
    handle   @parentHandle/USER  TPMI_DH_PARENT+         parent, or hierarchy for a primary object
    in       inSensitive         TPM2B_SENSITIVE_CREATE  authorization value and data of the new object
    in       inPublic            TPM2B_TEMPLATE          template of the public area, as bytes
    returns  objectHandle        TPM_HANDLE              handle of the new object
    out      outPrivate          TPM2B_PRIVATE           secret area, encrypted to the parent
    out      outPublic           TPM2B_PUBLIC            public area
    out      name                TPM2B_NAME              name of the object
  `,
  ),
  command(
    'TPM2_Duplicate',
    0x14b,
    '13.1',
    '',
    'Encrypts an object for another parent.',
    `
    handle  @objectHandle/DUP  TPMI_DH_OBJECT          loaded object
    handle  newParentHandle    TPMI_DH_OBJECT+         new parent, or TPM_RH_NULL for none
    in      encryptionKeyIn    TPM2B_DATA              key of inner encryption, empty to let the TPM choose
    in      symmetricAlg       TPMT_SYM_DEF_OBJECT+    cipher of inner encryption, or null
    out     encryptionKeyOut   TPM2B_DATA              key of inner encryption
    out     duplicate          TPM2B_PRIVATE           the duplicated secret area
    out     outSymSeed         TPM2B_ENCRYPTED_SECRET  seed encrypted to the new parent
  `,
  ),
  command(
    'TPM2_Rewrap',
    0x152,
    '13.2',
    '',
    'Changes the parent of a duplicated object.',
    `
    handle  @oldParent/USER  TPMI_DH_OBJECT+         parent of the object
    handle  newParent        TPMI_DH_OBJECT+         new parent
    in      inDuplicate      TPM2B_PRIVATE           duplicated secret area
    in      name             TPM2B_NAME              name of the object
    in      inSymSeed        TPM2B_ENCRYPTED_SECRET  seed encrypted to the parent
    out     outDuplicate     TPM2B_PRIVATE           secret area for the new parent
    out     outSymSeed       TPM2B_ENCRYPTED_SECRET  seed encrypted to the new parent
  `,
  ),
  command(
    'TPM2_Import',
    0x156,
    '13.3',
    '',
    'Takes a duplicated or external object under a parent.',
    `
    handle  @parentHandle/USER  TPMI_DH_OBJECT          new parent
    in      encryptionKey       TPM2B_DATA              key of inner encryption, empty for none
    in      objectPublic        TPM2B_PUBLIC            public area of the object
    in      duplicate           TPM2B_PRIVATE           the duplicated secret area
    in      inSymSeed           TPM2B_ENCRYPTED_SECRET  seed encrypted to the parent
    in      symmetricAlg        TPMT_SYM_DEF_OBJECT+    cipher of inner encryption, or null
    out     outPrivate          TPM2B_PRIVATE           secret area, encrypted to the parent
  `,
  ),
  command(
    'TPM2_RSA_Encrypt',
    0x174,
    '14.2',
    '',
    'Encrypts with an RSA public key.',
    `
    handle  keyHandle  TPMI_DH_OBJECT        key to use
    in      message    TPM2B_PUBLIC_KEY_RSA  data to encrypt
    in      inScheme   TPMT_RSA_DECRYPT+     scheme, null for the one of the key
    in      label      TPM2B_DATA            label of OAEP, ended by a zero byte; may be empty
    out     outData    TPM2B_PUBLIC_KEY_RSA  encrypted data
  `,
  ),
  command(
    'TPM2_RSA_Decrypt',
    0x159,
    '14.3',
    '',
    'Decrypts with an RSA private key.',
    `
    handle  @keyHandle/USER  TPMI_DH_OBJECT        key to use
    in      cipherText       TPM2B_PUBLIC_KEY_RSA  data to decrypt
    in      inScheme         TPMT_RSA_DECRYPT+     scheme, null for the one of the key
    in      label            TPM2B_DATA            label of OAEP, ended by a zero byte; may be empty
    out     message          TPM2B_PUBLIC_KEY_RSA  decrypted data
  `,
  ),
  command(
    'TPM2_ECDH_KeyGen',
    0x163,
    '14.4',
    '',
    'Makes an ephemeral key and the shared point with a public key.',
    `
    handle  keyHandle  TPMI_DH_OBJECT   key to use
    out     zPoint     TPM2B_ECC_POINT  shared point
    out     pubPoint   TPM2B_ECC_POINT  public point of the ephemeral key
  `,
  ),
  command(
    'TPM2_ECDH_ZGen',
    0x154,
    '14.5',
    '',
    'Computes the shared point with a private key.',
    `
    handle  @keyHandle/USER  TPMI_DH_OBJECT   key to use
    in      inPoint          TPM2B_ECC_POINT  public point of the other party
    out     outPoint         TPM2B_ECC_POINT  shared point
  `,
  ),
  command(
    'TPM2_ECC_Parameters',
    0x178,
    '14.6',
    '',
    'Gives the parameters of a curve.',
    `
    in   curveID     TPMI_ECC_CURVE             the curve
    out  parameters  TPMS_ALGORITHM_DETAIL_ECC  parameters of the curve
  `,
  ),
  command(
    'TPM2_ZGen_2Phase',
    0x18d,
    '14.7',
    '',
    'Computes the shared points of a two-phase key exchange.',
    `
    handle  @keyA/USER  TPMI_DH_OBJECT         key of this party
    in      inQsB       TPM2B_ECC_POINT        static public point of the other party
    in      inQeB       TPM2B_ECC_POINT        ephemeral public point of the other party
    in      inScheme    TPMI_ECC_KEY_EXCHANGE  scheme, null for the one of the key
    in      counter     UINT16                 number of the ephemeral key
    out     outZ1       TPM2B_ECC_POINT        first shared point
    out     outZ2       TPM2B_ECC_POINT        second shared point
  `,
  ),
  command(
    'TPM2_ECC_Encrypt',
    0x199,
    '14.8',
    '',
    'Encrypts with an elliptic-curve public key.',
    `
    handle  keyHandle  TPMI_DH_OBJECT    key to use
    in      plainText  TPM2B_MAX_BUFFER  data to encrypt
    in      inScheme   TPMT_KDF_SCHEME+  scheme, null for the one of the key
    out     C1         TPM2B_ECC_POINT   public ephemeral point
    out     C2         TPM2B_MAX_BUFFER  encrypted data
    out     C3         TPM2B_DIGEST      integrity digest
  `,
  ),
  command(
    'TPM2_ECC_Decrypt',
    0x19a,
    '14.9',
    '',
    'Decrypts with an elliptic-curve private key.',
    `
    handle  @keyHandle/USER  TPMI_DH_OBJECT    key to use
    in      C1               TPM2B_ECC_POINT   public ephemeral point
    in      C2               TPM2B_MAX_BUFFER  encrypted data
    in      C3               TPM2B_DIGEST      integrity digest
    in      inScheme         TPMT_KDF_SCHEME+  scheme, null for the one of the key
    out     plainText        TPM2B_MAX_BUFFER  decrypted data
  `,
  ),
];
