/** Algorithm and curve identifiers: TPM 2.0 Part 2, 6.3 and 6.4, values of the TCG Algorithm Registry. */

import { algorithms, constants } from './notation';

/**
 * Uses: A asymmetric, H hash, S symmetric, O object type, X signing, E encryption, M method (key exchange or
 * derivation), N anonymous signing. Rules of the TPMI_ALG_* types are written with them.
 */
export const TPM_ALG_ID = algorithms(
  'TPM_ALG_ID',
  'UINT16',
  'Part 2 Table 9',
  'Identifier of an algorithm.',
  `
  TPM_ALG_ERROR           0x0000  -    no algorithm; never a valid choice
  TPM_ALG_RSA             0x0001  AO   RSA keys
  TPM_ALG_TDES            0x0003  S    Triple DES block cipher
  TPM_ALG_SHA1            0x0004  H    SHA-1, digests of 20 bytes
  TPM_ALG_HMAC            0x0005  HX   keyed hash (HMAC) as a signature scheme
  TPM_ALG_AES             0x0006  S    AES block cipher
  TPM_ALG_MGF1            0x0007  HM   mask generation function of PKCS #1
  TPM_ALG_KEYEDHASH       0x0008  HO   object of sealed data or of an HMAC or XOR key
  TPM_ALG_XOR             0x000a  HS   obfuscation by a hash-based key stream
  TPM_ALG_SHA256          0x000b  H    SHA-256, digests of 32 bytes
  TPM_ALG_SHA384          0x000c  H    SHA-384, digests of 48 bytes
  TPM_ALG_SHA512          0x000d  H    SHA-512, digests of 64 bytes
  TPM_ALG_NULL            0x0010  -    no algorithm selected
  TPM_ALG_SM3_256         0x0012  H    SM3, digests of 32 bytes
  TPM_ALG_SM4             0x0013  S    SM4 block cipher with a 128-bit key
  TPM_ALG_RSASSA          0x0014  AX   RSA signature of PKCS #1 version 1.5
  TPM_ALG_RSAES           0x0015  AE   RSA encryption of PKCS #1 version 1.5
  TPM_ALG_RSAPSS          0x0016  AX   RSA signature with probabilistic padding (PSS)
  TPM_ALG_OAEP            0x0017  AE   RSA encryption with OAEP padding
  TPM_ALG_ECDSA           0x0018  AX   elliptic-curve DSA
  TPM_ALG_ECDH            0x0019  AM   elliptic-curve Diffie-Hellman with one key a party
  TPM_ALG_ECDAA           0x001a  AXN  elliptic-curve anonymous attestation
  TPM_ALG_SM2             0x001b  AXEM  SM2: signature, encryption or key exchange, by its place
  TPM_ALG_ECSCHNORR       0x001c  AX   elliptic-curve Schnorr signature
  TPM_ALG_ECMQV           0x001d  AM   elliptic-curve MQV key exchange with two keys a party
  TPM_ALG_KDF1_SP800_56A  0x0020  HM   concatenation key derivation of SP800-56A
  TPM_ALG_KDF2            0x0021  HM   key derivation KDF2 of IEEE 1363a
  TPM_ALG_KDF1_SP800_108  0x0022  HM   counter-mode key derivation of SP800-108 (KDFa)
  TPM_ALG_ECC             0x0023  AO   elliptic-curve keys over a prime field
  TPM_ALG_SYMCIPHER       0x0025  OS   object of a block cipher key
  TPM_ALG_CAMELLIA        0x0026  S    Camellia block cipher
  TPM_ALG_SHA3_256        0x0027  H    SHA-3, digests of 32 bytes
  TPM_ALG_SHA3_384        0x0028  H    SHA-3, digests of 48 bytes
  TPM_ALG_SHA3_512        0x0029  H    SHA-3, digests of 64 bytes
  TPM_ALG_CMAC            0x003f  SX   message authentication by a block cipher
  TPM_ALG_CTR             0x0040  SE   counter mode of a block cipher
  TPM_ALG_OFB             0x0041  SE   output feedback mode of a block cipher
  TPM_ALG_CBC             0x0042  SE   cipher block chaining mode
  TPM_ALG_CFB             0x0043  SE   cipher feedback mode; the one of parameter encryption and storage keys
  TPM_ALG_ECB             0x0044  SE   electronic codebook mode
`,
);

export const TPM_ECC_CURVE = constants(
  'TPM_ECC_CURVE',
  'UINT16',
  'Part 2 Table 10',
  'Identifier of a curve.',
  `
  TPM_ECC_NONE       0x0000  no curve
  TPM_ECC_NIST_P192  0x0001  NIST P-192 (secp192r1)
  TPM_ECC_NIST_P224  0x0002  NIST P-224 (secp224r1)
  TPM_ECC_NIST_P256  0x0003  NIST P-256 (secp256r1, prime256v1)
  TPM_ECC_NIST_P384  0x0004  NIST P-384 (secp384r1)
  TPM_ECC_NIST_P521  0x0005  NIST P-521 (secp521r1)
  TPM_ECC_BN_P256    0x0010  Barreto-Naehrig curve of 256 bits, for ECDAA
  TPM_ECC_BN_P638    0x0011  Barreto-Naehrig curve of 638 bits, for ECDAA
  TPM_ECC_SM2_P256   0x0020  curve of SM2
`,
);

/** Digest length of each hash, in bytes. */
export const DIGEST_BYTES: ReadonlyMap<string, number> = new Map([
  ['TPM_ALG_SHA1', 20],
  ['TPM_ALG_SHA256', 32],
  ['TPM_ALG_SHA384', 48],
  ['TPM_ALG_SHA512', 64],
  ['TPM_ALG_SM3_256', 32],
  ['TPM_ALG_SHA3_256', 32],
  ['TPM_ALG_SHA3_384', 48],
  ['TPM_ALG_SHA3_512', 64],
]);
