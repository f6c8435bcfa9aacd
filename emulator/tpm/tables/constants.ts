/** Named values of the interface: TPM 2.0 Part 2, clauses 6 and 7 (revision 1.59). */

import { constants } from './notation';

export const TPM_GENERATED = constants(
  'TPM_GENERATED',
  'UINT32',
  'Part 2 Table 7',
  'Mark of structures a TPM made.',
  `
  TPM_GENERATED_VALUE  0xff544347  the TPM itself made this structure: 0xff and "TCG"
`,
);

export const TPM_ST = constants(
  'TPM_ST',
  'UINT16',
  'Part 2 Table 19',
  'Tag that says what a structure is.',
  `
  TPM_ST_RSP_COMMAND           0x00c4  response to a command whose tag was not known, in the form of TPM 1.2
  TPM_ST_NULL                  0x8000  no structure type
  TPM_ST_NO_SESSIONS           0x8001  command or response without an authorization area
  TPM_ST_SESSIONS              0x8002  command or response with an authorization area
  TPM_ST_ATTEST_NV             0x8014  attestation of NV contents
  TPM_ST_ATTEST_COMMAND_AUDIT  0x8015  attestation of the command audit digest
  TPM_ST_ATTEST_SESSION_AUDIT  0x8016  attestation of a session's audit digest
  TPM_ST_ATTEST_CERTIFY        0x8017  attestation that an object is loaded
  TPM_ST_ATTEST_QUOTE          0x8018  attestation of PCR values
  TPM_ST_ATTEST_TIME           0x8019  attestation of time and clock
  TPM_ST_ATTEST_CREATION       0x801a  attestation that the TPM created an object
  TPM_ST_ATTEST_NV_DIGEST      0x801c  attestation of a digest of NV contents
  TPM_ST_CREATION              0x8021  ticket of an object's creation
  TPM_ST_VERIFIED              0x8022  ticket of a verified signature
  TPM_ST_AUTH_SECRET           0x8023  ticket of TPM2_PolicySecret
  TPM_ST_HASHCHECK             0x8024  ticket of a digest the TPM computed over safe data
  TPM_ST_AUTH_SIGNED           0x8025  ticket of TPM2_PolicySigned
  TPM_ST_FU_MANIFEST           0x8029  field upgrade manifest
`,
);

export const TPM_SU = constants(
  'TPM_SU',
  'UINT16',
  'Part 2 Table 20',
  'Kind of start-up and of shut-down.',
  `
  TPM_SU_CLEAR  0x0000  start from reset values; or shut down without keeping the volatile state
  TPM_SU_STATE  0x0001  start from the saved state; or save the state for such a start
`,
  'TPM_RC_VALUE',
);

export const TPM_SE = constants(
  'TPM_SE',
  'UINT8',
  'Part 2 Table 21',
  'Kind of a session.',
  `
  TPM_SE_HMAC    0x00  session that authorizes by HMAC
  TPM_SE_POLICY  0x01  session that authorizes by a policy
  TPM_SE_TRIAL   0x03  session that only computes a policy digest
`,
  'TPM_RC_VALUE',
);

export const TPM_EO = constants(
  'TPM_EO',
  'UINT16',
  'Part 2 Table 18',
  'Comparison of operand A with operand B.',
  `
  TPM_EO_EQ           0x0000  A = B
  TPM_EO_NEQ          0x0001  A is not B
  TPM_EO_SIGNED_GT    0x0002  A > B, signed
  TPM_EO_UNSIGNED_GT  0x0003  A > B, unsigned
  TPM_EO_SIGNED_LT    0x0004  A < B, signed
  TPM_EO_UNSIGNED_LT  0x0005  A < B, unsigned
  TPM_EO_SIGNED_GE    0x0006  A >= B, signed
  TPM_EO_UNSIGNED_GE  0x0007  A >= B, unsigned
  TPM_EO_SIGNED_LE    0x0008  A <= B, signed
  TPM_EO_UNSIGNED_LE  0x0009  A <= B, unsigned
  TPM_EO_BITSET       0x000a  every bit set in B is set in A
  TPM_EO_BITCLEAR     0x000b  every bit set in B is clear in A
`,
  'TPM_RC_VALUE',
);

export const TPM_CLOCK_ADJUST = constants(
  'TPM_CLOCK_ADJUST',
  'INT8',
  'Part 2 Table 17',
  'Change of the clock rate.',
  `
  TPM_CLOCK_COARSE_SLOWER  -3  slower by one coarse step
  TPM_CLOCK_MEDIUM_SLOWER  -2  slower by one medium step
  TPM_CLOCK_FINE_SLOWER    -1  slower by one fine step
  TPM_CLOCK_NO_CHANGE      0   the rate stays
  TPM_CLOCK_FINE_FASTER    1   faster by one fine step
  TPM_CLOCK_MEDIUM_FASTER  2   faster by one medium step
  TPM_CLOCK_COARSE_FASTER  3   faster by one coarse step
`,
  'TPM_RC_VALUE',
);

export const TPM_CAP = constants(
  'TPM_CAP',
  'UINT32',
  'Part 2 Table 22',
  'Group of capabilities.',
  `
  TPM_CAP_ALGS             0x00000000  implemented algorithms; property is a TPM_ALG_ID
  TPM_CAP_HANDLES          0x00000001  handles in use; property is the first handle of a range
  TPM_CAP_COMMANDS         0x00000002  implemented commands; property is a TPM_CC
  TPM_CAP_PP_COMMANDS      0x00000003  commands that ask for physical presence; property is a TPM_CC
  TPM_CAP_AUDIT_COMMANDS   0x00000004  commands that are audited; property is a TPM_CC
  TPM_CAP_PCRS             0x00000005  PCR banks and their PCRs; property is zero
  TPM_CAP_TPM_PROPERTIES   0x00000006  properties of the TPM; property is a TPM_PT
  TPM_CAP_PCR_PROPERTIES   0x00000007  properties of the PCRs; property is a TPM_PT_PCR
  TPM_CAP_ECC_CURVES       0x00000008  implemented curves; property is a TPM_ECC_CURVE
  TPM_CAP_AUTH_POLICIES    0x00000009  policies of permanent handles; property is a handle
  TPM_CAP_ACT              0x0000000a  authenticated countdown timers; property is a handle
  TPM_CAP_VENDOR_PROPERTY  0x00000100  properties of the manufacturer
`,
  'TPM_RC_VALUE',
);

export const TPM_PT = constants(
  'TPM_PT',
  'UINT32',
  'Part 2 Table 23',
  'Property of the TPM.',
  `
  TPM_PT_NONE                 0x000  no property
  TPM_PT_FAMILY_INDICATOR     0x100  specification family as four characters: "2.0" and a zero
  TPM_PT_LEVEL                0x101  level of the specification
  TPM_PT_REVISION             0x102  revision of the specification, times 100
  TPM_PT_DAY_OF_YEAR          0x103  day of the year of the specification
  TPM_PT_YEAR                 0x104  year of the specification
  TPM_PT_MANUFACTURER         0x105  manufacturer as four characters
  TPM_PT_VENDOR_STRING_1      0x106  characters 1 to 4 of the vendor's name of the TPM
  TPM_PT_VENDOR_STRING_2      0x107  characters 5 to 8 of the vendor's name of the TPM
  TPM_PT_VENDOR_STRING_3      0x108  characters 9 to 12 of the vendor's name of the TPM
  TPM_PT_VENDOR_STRING_4      0x109  characters 13 to 16 of the vendor's name of the TPM
  TPM_PT_VENDOR_TPM_TYPE      0x10a  model, by the vendor
  TPM_PT_FIRMWARE_VERSION_1   0x10b  high half of the firmware version
  TPM_PT_FIRMWARE_VERSION_2   0x10c  low half of the firmware version
  TPM_PT_INPUT_BUFFER         0x10d  most bytes of a data parameter (TPM2B_MAX_BUFFER)
  TPM_PT_HR_TRANSIENT_MIN     0x10e  transient objects that fit at least
  TPM_PT_HR_PERSISTENT_MIN    0x10f  persistent objects that fit at least
  TPM_PT_HR_LOADED_MIN        0x110  loaded sessions that fit at least
  TPM_PT_ACTIVE_SESSIONS_MAX  0x111  sessions, loaded and saved, at one time
  TPM_PT_PCR_COUNT            0x112  number of PCRs
  TPM_PT_PCR_SELECT_MIN       0x113  fewest bytes of a PCR selection
  TPM_PT_CONTEXT_GAP_MAX      0x114  largest distance of the identifiers of two saved sessions
  TPM_PT_NV_COUNTERS_MAX      0x116  most NV counters, 0 when only space limits them
  TPM_PT_NV_INDEX_MAX         0x117  most bytes of an NV index
  TPM_PT_MEMORY               0x118  memory management, a TPMA_MEMORY
  TPM_PT_CLOCK_UPDATE         0x119  milliseconds between updates of the clock in NV
  TPM_PT_CONTEXT_HASH         0x11a  hash of saved contexts
  TPM_PT_CONTEXT_SYM          0x11b  cipher of saved contexts
  TPM_PT_CONTEXT_SYM_SIZE     0x11c  key bits of saved contexts
  TPM_PT_ORDERLY_COUNT        0x11d  updates of an orderly counter between two writes of NV, less 1
  TPM_PT_MAX_COMMAND_SIZE     0x11e  most bytes of a command
  TPM_PT_MAX_RESPONSE_SIZE    0x11f  most bytes of a response
  TPM_PT_MAX_DIGEST           0x120  bytes of the longest digest
  TPM_PT_MAX_OBJECT_CONTEXT   0x121  most bytes of a saved object
  TPM_PT_MAX_SESSION_CONTEXT  0x122  most bytes of a saved session
  TPM_PT_PS_FAMILY_INDICATOR  0x123  family of the platform specification, a TPM_PS
  TPM_PT_PS_LEVEL             0x124  level of the platform specification
  TPM_PT_PS_REVISION          0x125  revision of the platform specification
  TPM_PT_PS_DAY_OF_YEAR       0x126  day of the year of the platform specification
  TPM_PT_PS_YEAR              0x127  year of the platform specification
  TPM_PT_SPLIT_MAX            0x128  split signing operations at one time
  TPM_PT_TOTAL_COMMANDS       0x129  number of commands
  TPM_PT_LIBRARY_COMMANDS     0x12a  number of commands of the TPM library specification
  TPM_PT_VENDOR_COMMANDS      0x12b  number of the vendor's own commands
  TPM_PT_NV_BUFFER_MAX        0x12c  most bytes of one NV read or write
  TPM_PT_MODES                0x12d  standards the TPM is designed for, a TPMA_MODES
  TPM_PT_MAX_CAP_BUFFER       0x12e  most bytes of the data of TPM2_GetCapability
  TPM_PT_PERMANENT            0x200  state that start-up does not change, a TPMA_PERMANENT
  TPM_PT_STARTUP_CLEAR        0x201  state that start-up sets, a TPMA_STARTUP_CLEAR
  TPM_PT_HR_NV_INDEX          0x202  NV indexes defined
  TPM_PT_HR_LOADED            0x203  sessions loaded
  TPM_PT_HR_LOADED_AVAIL      0x204  sessions that can still be loaded
  TPM_PT_HR_ACTIVE            0x205  sessions active, loaded and saved
  TPM_PT_HR_ACTIVE_AVAIL      0x206  sessions that can still be started
  TPM_PT_HR_TRANSIENT_AVAIL   0x207  transient objects that can still be loaded
  TPM_PT_HR_PERSISTENT        0x208  persistent objects
  TPM_PT_HR_PERSISTENT_AVAIL  0x209  persistent objects that can still be made
  TPM_PT_NV_COUNTERS          0x20a  NV counters defined
  TPM_PT_NV_COUNTERS_AVAIL    0x20b  NV counters that can still be defined
  TPM_PT_ALGORITHM_SET        0x20c  algorithm set in use
  TPM_PT_LOADED_CURVES        0x20d  number of curves
  TPM_PT_LOCKOUT_COUNTER      0x20e  failed authorizations counted against lockout
  TPM_PT_MAX_AUTH_FAIL        0x20f  failed authorizations that lead to lockout
  TPM_PT_LOCKOUT_INTERVAL     0x210  seconds after which one failure is forgiven
  TPM_PT_LOCKOUT_RECOVERY     0x211  seconds after a wrong lockoutAuth until the next try
  TPM_PT_NV_WRITE_RECOVERY    0x212  milliseconds until NV can be written again
  TPM_PT_AUDIT_COUNTER_0      0x213  high half of the command audit counter
  TPM_PT_AUDIT_COUNTER_1      0x214  low half of the command audit counter
`,
);

export const TPM_PT_PCR = constants(
  'TPM_PT_PCR',
  'UINT32',
  'Part 2 Table 24',
  'Property of PCRs.',
  `
  TPM_PT_PCR_SAVE          0x00  saved and restored by TPM_SU_STATE
  TPM_PT_PCR_EXTEND_L0     0x01  may be extended from locality 0
  TPM_PT_PCR_RESET_L0      0x02  may be reset from locality 0
  TPM_PT_PCR_EXTEND_L1     0x03  may be extended from locality 1
  TPM_PT_PCR_RESET_L1      0x04  may be reset from locality 1
  TPM_PT_PCR_EXTEND_L2     0x05  may be extended from locality 2
  TPM_PT_PCR_RESET_L2      0x06  may be reset from locality 2
  TPM_PT_PCR_EXTEND_L3     0x07  may be extended from locality 3
  TPM_PT_PCR_RESET_L3      0x08  may be reset from locality 3
  TPM_PT_PCR_EXTEND_L4     0x09  may be extended from locality 4
  TPM_PT_PCR_RESET_L4      0x0a  may be reset from locality 4
  TPM_PT_PCR_NO_INCREMENT  0x11  a change does not count in pcrUpdateCounter
  TPM_PT_PCR_DRTM_RESET    0x12  reset by a dynamic launch
  TPM_PT_PCR_POLICY        0x13  has a policy that the platform sets
  TPM_PT_PCR_AUTH          0x14  has an authorization value
`,
);

export const TPM_PS = constants(
  'TPM_PS',
  'UINT32',
  'Part 2 Table 25',
  'Platform specification.',
  `
  TPM_PS_MAIN            0x00  no platform in particular
  TPM_PS_PC              0x01  PC client
  TPM_PS_PDA             0x02  mobile devices other than telephones
  TPM_PS_CELL_PHONE      0x03  mobile telephones
  TPM_PS_SERVER          0x04  servers
  TPM_PS_PERIPHERAL      0x05  peripherals
  TPM_PS_TSS             0x06  software stack (deprecated)
  TPM_PS_STORAGE         0x07  storage devices
  TPM_PS_AUTHENTICATION  0x08  authentication devices
  TPM_PS_EMBEDDED        0x09  embedded systems
  TPM_PS_HARDCOPY        0x0a  printers and copiers
  TPM_PS_INFRASTRUCTURE  0x0b  infrastructure (deprecated)
  TPM_PS_VIRTUALIZATION  0x0c  virtual platforms
  TPM_PS_TNC             0x0d  network access (deprecated)
  TPM_PS_MULTI_TENANT    0x0e  multi-tenant platforms (deprecated)
  TPM_PS_TC              0x0f  technical committee (deprecated)
`,
);

export const TPM_HT = constants(
  'TPM_HT',
  'UINT8',
  'Part 2 Table 27',
  'Kind of a handle: its first byte.',
  `
  TPM_HT_PCR             0x00  PCR, by number
  TPM_HT_NV_INDEX        0x01  NV index
  TPM_HT_HMAC_SESSION    0x02  HMAC session; in TPM2_GetCapability, any loaded session
  TPM_HT_POLICY_SESSION  0x03  policy session; in TPM2_GetCapability, any saved session
  TPM_HT_PERMANENT       0x40  hierarchies and other handles the specification fixes
  TPM_HT_TRANSIENT       0x80  transient object
  TPM_HT_PERSISTENT      0x81  persistent object
  TPM_HT_AC              0x90  attached component
`,
);

export const TPM_RH = constants(
  'TPM_RH',
  'TPM_HANDLE',
  'Part 2 Table 28',
  'Handle that the specification fixes.',
  `
  TPM_RH_SRK          0x40000000  not used (TPM 1.2)
  TPM_RH_OWNER        0x40000001  storage hierarchy and the owner's authorization
  TPM_RH_REVOKE       0x40000002  not used (TPM 1.2)
  TPM_RH_TRANSPORT    0x40000003  not used (TPM 1.2)
  TPM_RH_OPERATOR     0x40000004  not used (TPM 1.2)
  TPM_RH_ADMIN        0x40000005  not used (TPM 1.2)
  TPM_RH_EK           0x40000006  not used (TPM 1.2)
  TPM_RH_NULL         0x40000007  null hierarchy; or no handle
  TPM_RH_UNASSIGNED   0x40000008  handle not assigned yet
  TPM_RS_PW           0x40000009  authorization by password, instead of a session
  TPM_RH_LOCKOUT      0x4000000a  authorization that resets the lockout
  TPM_RH_ENDORSEMENT  0x4000000b  endorsement hierarchy
  TPM_RH_PLATFORM     0x4000000c  platform hierarchy
  TPM_RH_PLATFORM_NV  0x4000000d  enable of the platform's NV indexes
  TPM_RH_AUTH_00      0x40000010  first of the vendor's authorization values
  TPM_RH_AUTH_FF      0x4000010f  last of the vendor's authorization values
  TPM_RH_ACT_0        0x40000110  first authenticated countdown timer
  TPM_RH_ACT_F        0x4000011f  last authenticated countdown timer
`,
);

export const TPM_NT = constants(
  'TPM_NT',
  'UINT8',
  'Part 2 Table 213',
  'Kind of an NV index, in TPMA_NV.',
  `
  TPM_NT_ORDINARY  0x0  data the TPM does not look into
  TPM_NT_COUNTER   0x1  counter of 64 bits
  TPM_NT_BITS      0x2  64 bits that can only be set
  TPM_NT_EXTEND    0x4  digest that is extended as a PCR is
  TPM_NT_PIN_FAIL  0x8  count of wrong uses of its password
  TPM_NT_PIN_PASS  0x9  count of right uses of its password
`,
);

export const TPM_AT = constants(
  'TPM_AT',
  'UINT32',
  'Part 2 Table 225',
  'Kind of data of an attached component.',
  `
  TPM_AT_ANY    0x00000000  any kind
  TPM_AT_ERROR  0x00000001  error of the component
  TPM_AT_PV1    0x00000002  first half of the component's version
  TPM_AT_VEND   0x80000000  added to the values of the vendor
`,
);

/** What is added to a format-1 response code to tell which parameter, handle or session it is about. */
export const TPM_RC_MODIFIER = constants(
  'TPM_RC_MODIFIER',
  'UINT32',
  'Part 2 Table 16',
  'Part of a response code.',
  `
  TPM_RC_H  0x000  about a handle
  TPM_RC_P  0x040  about a parameter
  TPM_RC_S  0x800  about a session
  TPM_RC_1  0x100  number 1 of the parameter, handle or session
  TPM_RC_2  0x200  number 2 of the parameter, handle or session
  TPM_RC_3  0x300  number 3 of the parameter, handle or session
  TPM_RC_4  0x400  number 4 of the parameter, handle or session
  TPM_RC_5  0x500  number 5 of the parameter, handle or session
  TPM_RC_6  0x600  number 6 of the parameter, handle or session
  TPM_RC_7  0x700  number 7 of the parameter, handle or session
  TPM_RC_8  0x800  number 8 of the parameter
  TPM_RC_9  0x900  number 9 of the parameter
  TPM_RC_A  0xa00  number 10 of the parameter
  TPM_RC_B  0xb00  number 11 of the parameter
  TPM_RC_C  0xc00  number 12 of the parameter
  TPM_RC_D  0xd00  number 13 of the parameter
  TPM_RC_E  0xe00  number 14 of the parameter
  TPM_RC_F  0xf00  number 15 of the parameter
`,
);

export const CONSTANTS = [
  TPM_GENERATED,
  TPM_ST,
  TPM_SU,
  TPM_SE,
  TPM_EO,
  TPM_CLOCK_ADJUST,
  TPM_CAP,
  TPM_PT,
  TPM_PT_PCR,
  TPM_PS,
  TPM_HT,
  TPM_RH,
  TPM_NT,
  TPM_AT,
  TPM_RC_MODIFIER,
] as const;
