/**
 * Special purpose registers, one row each (Power ISA 3.0B Book I 3.3.20 and Book III 4.4.4; ultravisor registers by
 * the open-source ultravisor's processor.h and the ultravisor document).
 */
import type { Privilege } from './ir';
import { type RegisterBit, type RegisterRow, XER_FIELDS, bitMask, registerBits } from './registers';

/** A register that MTSPR and MFSPR name by number. */
export interface SprRow extends RegisterRow {
  readonly bits: 32 | 64;
  readonly number: number;
  /** Least privilege to read and to write; undefined: cannot be. */
  readonly read: Privilege | undefined;
  readonly write: Privilege | undefined;
  /** Number of the register whose value this one is, when it is another way to the same register. */
  readonly storage: number;
  /** Who keeps it: a partition (saved with its context), or the thread (hypervisor and ultravisor). */
  readonly owner: 'partition' | 'thread';
  /** Follows the instruction count. */
  readonly time: boolean;
  /** Out of the hypervisor's reach while SMFCTRL.D is 1 (ultravisor.rst, Hardware). */
  readonly debug: boolean;
}

interface Extra {
  readonly fields?: readonly RegisterBit[];
  readonly storage?: number;
  readonly time?: boolean;
  readonly debug?: boolean;
}

const PRIVILEGES: Readonly<Record<string, Privilege | undefined>> = {
  p: 'problem',
  s: 'privileged',
  h: 'hypervisor',
  u: 'ultravisor',
  '-': undefined,
};

/**
 * @param access two letters, read then write: p problem, s privileged (supervisor), h hypervisor, u ultravisor, - none
 */
function spr(number: number, name: string, access: string, bits: 32 | 64, doc: string, extra: Extra = {}): SprRow {
  const read = PRIVILEGES[access.charAt(0)];
  const write = PRIVILEGES[access.charAt(1)];
  return {
    number,
    name: name.trim(),
    read,
    write,
    bits,
    doc,
    fields: extra.fields ?? [],
    storage: extra.storage ?? number,
    owner: write === 'problem' || write === 'privileged' ? 'partition' : 'thread',
    time: extra.time ?? false,
    debug: extra.debug ?? false,
  };
}

const SRR1_FIELDS = registerBits(`
    0 SF 64-bit mode, from MSR
    3 HV hypervisor state, from MSR
    33 NOTRANSLATION no translation was found (instruction storage)
    35 NOEXECUTE execution is not permitted (instruction storage)
    36 PROTECTION protection, or secure memory that a non-secure state fetched from (instruction storage)
    41 S secure state, from MSR
    42:43 LEV level of the system call
    44 ILLEGAL illegal instruction (program)
    45 PRIVILEGED privileged instruction (program)
    46 TRAP trap (program)
    48 EE from MSR
    49 PR from MSR
    51 ME from MSR
    58 IR from MSR
    59 DR from MSR
    62 RI from MSR
    63 LE from MSR`);
const DSISR_FIELDS = registerBits(`
    33 NOTRANSLATION no translation was found
    36 PROTECTION protection, or secure memory that a non-secure state accessed
    38 STORE the access was a store
    61 ATOMIC the atomic instruction has no such function
    62 INHIBITED an access past the caches with translation on`);
const LPCR_FIELDS = registerBits(`
    0:3 VPM virtualized partition memory
    12:15 DPFD default prefetch depth
    17 HVEE a hypervisor virtualization exception ends stop
    38 ILE interrupts enter the operating system little-endian
    39:40 AIL alternate interrupt location
    41 UPRT process table
    42 EVIRT enhanced virtualization: hypervisor resources give Hypervisor Emulation Assistance interrupts
    43 HR host radix
    44 ONL online
    45 LD large decrementer
    47 PDEE a directed privileged doorbell ends stop
    48 HDEE a directed hypervisor doorbell ends stop
    49 EEE an external exception ends stop
    50 DEE a decrementer exception ends stop
    51 OEE a machine check or hypervisor maintenance exception ends stop
    52 MER mediated external exception request
    53 GTSE guest translation shootdown enable
    54 TC translation control
    59 HEIC hypervisor external interrupt control
    60 LPES external interrupts go to the operating system
    62 HVICE hypervisor virtualization interrupts enabled
    63 HDICE hypervisor decrementer interrupts enabled`);
const SMFCTRL_FIELDS = registerBits(`
    0 E the secure memory facility is enabled
    62 D the debug registers belong to the ultravisor`);
const HID_FIELDS = registerBits(`
    4 HILE interrupts enter the hypervisor little-endian
    8 RADIX radix translation`);
const USRR1: Extra = { fields: SRR1_FIELDS };

// prettier-ignore
export const SPRS: readonly SprRow[] = [
  // problem state
  spr(1,   'XER',     'pp', 64, 'Fixed-Point Exception Register.', { fields: XER_FIELDS }),
  spr(3,   'UDSCR',   'pp', 64, 'Data Stream Control Register, problem state access.', { storage: 17 }),
  spr(8,   'LR',      'pp', 64, 'Link Register: where a subroutine returns to.'),
  spr(9,   'CTR',     'pp', 64, 'Count Register: loop count, or target of a branch.'),
  spr(13,  'UAMR',    'pp', 64, 'Authority Mask Register, problem state access.', { storage: 29 }),
  spr(256, 'VRSAVE',  'pp', 32, 'Which vector registers are in use.'),
  spr(259, 'USPRG3',  'p-', 64, 'SPRG3, problem state access.', { storage: 275 }),
  spr(268, 'TB',      'p-', 64, 'Time Base; here the number of executed instructions.', { time: true }),
  spr(269, 'TBU',     'p-', 32, 'High word of the Time Base.', { time: true }),
  spr(804, 'EBBHR',   'pp', 64, 'Event-Based Branch Handler Register.'),
  spr(805, 'EBBRR',   'pp', 64, 'Event-Based Branch Return Register.'),
  spr(806, 'BESCR',   'pp', 64, 'Branch Event Status and Control Register.'),
  spr(815, 'TAR',     'pp', 64, 'Target Address Register, for bctar.'),
  spr(896, 'PPR',     'pp', 64, 'Program Priority Register.'),
  spr(898, 'PPR32',   'pp', 32, 'Program Priority Register, high word.', { storage: 896 }),
  // performance monitor
  spr(768, 'USIER',   'p-', 64, 'Sampled Instruction Event Register, problem state access.', { storage: 784 }),
  spr(769, 'UMMCR2',  'pp', 64, 'Monitor Mode Control Register 2, problem state access.', { storage: 785 }),
  spr(770, 'UMMCRA',  'pp', 64, 'Monitor Mode Control Register A, problem state access.', { storage: 786 }),
  spr(771, 'UPMC1',   'pp', 32, 'Performance Monitor Counter 1, problem state access.', { storage: 787 }),
  spr(772, 'UPMC2',   'pp', 32, 'Performance Monitor Counter 2, problem state access.', { storage: 788 }),
  spr(773, 'UPMC3',   'pp', 32, 'Performance Monitor Counter 3, problem state access.', { storage: 789 }),
  spr(774, 'UPMC4',   'pp', 32, 'Performance Monitor Counter 4, problem state access.', { storage: 790 }),
  spr(775, 'UPMC5',   'pp', 32, 'Performance Monitor Counter 5, problem state access.', { storage: 791 }),
  spr(776, 'UPMC6',   'pp', 32, 'Performance Monitor Counter 6, problem state access.', { storage: 792 }),
  spr(779, 'UMMCR0',  'pp', 64, 'Monitor Mode Control Register 0, problem state access.', { storage: 795 }),
  spr(780, 'USIAR',   'p-', 64, 'Sampled Instruction Address Register, problem state access.', { storage: 796 }),
  spr(781, 'USDAR',   'p-', 64, 'Sampled Data Address Register, problem state access.', { storage: 797 }),
  spr(782, 'UMMCR1',  'p-', 64, 'Monitor Mode Control Register 1, problem state access.', { storage: 798 }),
  spr(784, 'SIER',    'ss', 64, 'Sampled Instruction Event Register.'),
  spr(785, 'MMCR2',   'ss', 64, 'Monitor Mode Control Register 2.'),
  spr(786, 'MMCRA',   'ss', 64, 'Monitor Mode Control Register A.'),
  spr(787, 'PMC1',    'ss', 32, 'Performance Monitor Counter 1.'),
  spr(788, 'PMC2',    'ss', 32, 'Performance Monitor Counter 2.'),
  spr(789, 'PMC3',    'ss', 32, 'Performance Monitor Counter 3.'),
  spr(790, 'PMC4',    'ss', 32, 'Performance Monitor Counter 4.'),
  spr(791, 'PMC5',    'ss', 32, 'Performance Monitor Counter 5.'),
  spr(792, 'PMC6',    'ss', 32, 'Performance Monitor Counter 6.'),
  spr(795, 'MMCR0',   'ss', 64, 'Monitor Mode Control Register 0.'),
  spr(796, 'SIAR',    'ss', 64, 'Sampled Instruction Address Register.'),
  spr(797, 'SDAR',    'ss', 64, 'Sampled Data Address Register.'),
  spr(798, 'MMCR1',   'ss', 64, 'Monitor Mode Control Register 1.'),
  spr(851, 'MMCRC',   'hh', 64, 'Monitor Mode Control Register C.'),
  // privileged
  spr(17,  'DSCR',    'ss', 64, 'Data Stream Control Register.'),
  spr(18,  'DSISR',   'ss', 32, 'Data Storage Interrupt Status Register.', { fields: DSISR_FIELDS.map((bit) => ({ ...bit, first: bit.first - 32, last: bit.last - 32 })) }),
  spr(19,  'DAR',     'ss', 64, 'Data Address Register: the effective address of a data storage interrupt.'),
  spr(22,  'DEC',     'ss', 64, 'Decrementer; counts down with the Time Base.', { time: true }),
  spr(26,  'SRR0',    'ss', 64, 'Machine Status Save/Restore Register 0: where rfid goes on.'),
  spr(27,  'SRR1',    'ss', 64, 'Machine Status Save/Restore Register 1: MSR for rfid, and the reason of an interrupt.', { fields: SRR1_FIELDS }),
  spr(28,  'CFAR',    'ss', 64, 'Come-From Address Register.'),
  spr(29,  'AMR',     'ss', 64, 'Authority Mask Register.'),
  spr(48,  'PIDR',    'ss', 32, 'Process ID Register.'),
  spr(61,  'IAMR',    'ss', 64, 'Instruction Authority Mask Register.'),
  spr(136, 'UCTRL',   'p-', 32, 'Control Register, read access.', { storage: 152 }),
  spr(144, 'TIDR',    'ss', 64, 'Thread ID Register.'),
  spr(152, 'CTRL',    '-s', 32, 'Control Register: run latch.'),
  spr(153, 'FSCR',    'ss', 64, 'Facility Status and Control Register.'),
  spr(157, 'UAMOR',   'ss', 64, 'User Authority Mask Override Register.'),
  spr(159, 'PSPB',    'ss', 32, 'Problem State Priority Boost Register.'),
  spr(272, 'SPRG0',   'ss', 64, 'Software-use register 0.'),
  spr(273, 'SPRG1',   'ss', 64, 'Software-use register 1.'),
  spr(274, 'SPRG2',   'ss', 64, 'Software-use register 2.'),
  spr(275, 'SPRG3',   'ss', 64, 'Software-use register 3.'),
  spr(287, 'PVR',     's-', 32, 'Processor Version Register.'),
  spr(308, 'SPURR',   'sh', 64, 'Scaled Processor Utilization of Resources Register.'),
  spr(309, 'PURR',    'sh', 64, 'Processor Utilization of Resources Register.'),
  spr(446, 'TIR',     's-', 64, 'Thread Identification Register.'),
  spr(823, 'PSSCR_SU', 'ss', 64, 'Processor Stop Status and Control Register, privileged access.', { storage: 855 }),
  spr(848, 'IC',      'sh', 64, 'Instruction Counter.'),
  spr(849, 'VTB',     'sh', 64, 'Virtual Time Base.'),
  spr(1023, 'PIR',    's-', 32, 'Processor Identification Register.'),
  // hypervisor
  spr(176, 'DPDES',   'hh', 64, 'Directed Privileged Doorbell Exception State.'),
  spr(177, 'DHDES',   'hh', 64, 'Directed Hypervisor Doorbell Exception State.'),
  spr(180, 'DAWR0',   'hh', 64, 'Data Address Watchpoint Register 0.', { debug: true }),
  spr(186, 'RPR',     'hh', 64, 'Relative Priority Register.'),
  spr(187, 'CIABR',   'hh', 64, 'Completed Instruction Address Breakpoint Register.', { debug: true }),
  spr(188, 'DAWRX0',  'hh', 32, 'Data Address Watchpoint Register Extension 0.', { debug: true }),
  spr(190, 'HFSCR',   'hh', 64, 'Hypervisor Facility Status and Control Register.'),
  spr(284, 'TBL',     '-h', 32, 'Low word of the Time Base, write access.', { time: true }),
  spr(285, 'TBUW',    '-h', 32, 'High word of the Time Base, write access.', { time: true }),
  spr(286, 'TBU40',   '-h', 64, 'Upper 40 bits of the Time Base, write access.', { time: true }),
  spr(304, 'HSPRG0',  'hh', 64, 'Hypervisor software-use register 0.'),
  spr(305, 'HSPRG1',  'hh', 64, 'Hypervisor software-use register 1.'),
  spr(306, 'HDSISR',  'hh', 32, 'Hypervisor Data Storage Interrupt Status Register.', { fields: DSISR_FIELDS.map((bit) => ({ ...bit, first: bit.first - 32, last: bit.last - 32 })) }),
  spr(307, 'HDAR',    'hh', 64, 'Hypervisor Data Address Register.'),
  spr(310, 'HDEC',    'hh', 64, 'Hypervisor Decrementer; counts down with the Time Base.', { time: true }),
  spr(313, 'HRMOR',   'hh', 64, 'Hypervisor Real Mode Offset Register.'),
  spr(314, 'HSRR0',   'hh', 64, 'Hypervisor Machine Status Save/Restore Register 0: where hrfid goes on.'),
  spr(315, 'HSRR1',   'hh', 64, 'Hypervisor Machine Status Save/Restore Register 1: MSR for hrfid.', { fields: SRR1_FIELDS }),
  spr(318, 'LPCR',    'hh', 64, 'Logical Partitioning Control Register.', { fields: LPCR_FIELDS }),
  spr(319, 'LPIDR',   'hh', 32, 'Logical Partition Identification Register.'),
  spr(336, 'HMER',    'hh', 64, 'Hypervisor Maintenance Exception Register.'),
  spr(337, 'HMEER',   'hh', 64, 'Hypervisor Maintenance Exception Enable Register.'),
  spr(338, 'PCR',     'hh', 64, 'Processor Compatibility Register.'),
  spr(339, 'HEIR',    'hh', 32, 'Hypervisor Emulation Instruction Register: the instruction of a Hypervisor Emulation Assistance interrupt.'),
  spr(349, 'AMOR',    'hh', 64, 'Authority Mask Override Register.'),
  spr(816, 'ASDR',    'hh', 64, 'Access Segment Descriptor Register: the guest real address of a hypervisor storage interrupt.'),
  spr(855, 'PSSCR',   'hh', 64, 'Processor Stop Status and Control Register.'),
  spr(921, 'TSCR',    'hh', 32, 'Thread Switch Control Register.'),
  spr(922, 'TTR',     'hh', 64, 'Thread Time-out Register.'),
  spr(1008, 'HID',    'hh', 64, 'Hardware Implementation Dependent register.', { fields: HID_FIELDS }),
  // ultravisor: a write below it gives a Hypervisor Emulation Assistance interrupt (ultravisor.rst, Hardware)
  spr(464, 'PTCR',    'hu', 64, 'Partition Table Control Register.', { fields: registerBits('4:51 PATB partition table base\n59:63 PATS partition table size') }),
  spr(496, 'USPRG0',  'uu', 64, 'Ultravisor software-use register 0.'),
  spr(497, 'USPRG1',  'uu', 64, 'Ultravisor software-use register 1.'),
  spr(499, 'UDAR',    'uu', 64, 'Ultravisor Data Address Register.'),
  spr(504, 'SEIDR',   'uu', 64, 'Secure Encryption ID Register.'),
  spr(505, 'URMOR',   'uu', 64, 'Ultravisor Real Mode Offset Register.'),
  spr(506, 'USRR0',   'uu', 64, 'Ultravisor Machine Status Save/Restore Register 0: where urfid goes on.'),
  spr(507, 'USRR1',   'uu', 64, 'Ultravisor Machine Status Save/Restore Register 1: MSR for urfid.', USRR1),
  spr(509, 'UEIR',    'uu', 32, 'Ultravisor Emulation Instruction Register.'),
  spr(510, 'ACMCR',   'uu', 64, 'Access Control Master Control Register.'),
  spr(511, 'SMFCTRL', 'uu', 64, 'Secure Memory Facility Control Register.', { fields: SMFCTRL_FIELDS }),
  spr(799, 'IMC',     'hu', 64, 'In-Memory Collection Register.'),
  spr(850, 'LDBAR',   'hu', 64, 'LD Base Address Register.'),
];

const byNumber = new Map(SPRS.map((row) => [row.number, row]));
const byName = new Map(SPRS.map((row) => [row.name.toLowerCase(), row]));

/** The row of a register number. */
export function sprByNumber(number: number): SprRow | undefined {
  return byNumber.get(number);
}

/** The row of a name, in any case. */
export function sprByName(name: string): SprRow | undefined {
  return byName.get(name.toLowerCase());
}

/** The mask of a field of a register. @throws RangeError for a name that no row has (a mistake in this project) */
export function sprMask(register: string, field: string): bigint {
  const row = sprByName(register);
  const bit = row?.fields.find((each) => each.name === field);
  if (!row || !bit) throw new RangeError(`there is no field ${register}.${field}`);
  return bitMask(row, bit);
}

/** Numbers of the registers that the machine itself uses. */
export const SPRN = {
  XER: 1,
  LR: 8,
  CTR: 9,
  DSISR: 18,
  DAR: 19,
  DEC: 22,
  SRR0: 26,
  SRR1: 27,
  AMR: 29,
  PIDR: 48,
  IAMR: 61,
  FSCR: 153,
  DPDES: 176,
  DHDES: 177,
  CIABR: 187,
  HFSCR: 190,
  PVR: 287,
  HDSISR: 306,
  HDAR: 307,
  HDEC: 310,
  HRMOR: 313,
  HSRR0: 314,
  HSRR1: 315,
  LPCR: 318,
  LPIDR: 319,
  HMER: 336,
  HMEER: 337,
  HEIR: 339,
  PTCR: 464,
  URMOR: 505,
  USRR0: 506,
  USRR1: 507,
  SMFCTRL: 511,
  ASDR: 816,
  TIR: 446,
  MMCR0: 795,
  SIAR: 796,
  PSSCR: 855,
  HID: 1008,
  PIR: 1023,
  TB: 268,
  TBU: 269,
  TBL: 284,
  TBUW: 285,
  TBU40: 286,
} as const;
