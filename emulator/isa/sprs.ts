/**
 * Special purpose registers, one row each (Power ISA 3.0B Book I 3.3.20 and Book III 4.4.4; ultravisor registers by
 * the open-source ultravisor's processor.h and the ultravisor document).
 */
import type { FacilityName } from './facilities';
import type { Privilege } from './ir';
import { type RegisterBit, type RegisterRow, XER_FIELDS, bitMask } from './registers';
import * as F from './spr-fields';

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
  /** The facility that must be on, else its unavailable interrupt comes. */
  readonly facility: FacilityName | undefined;
  /** How the number gives the stored register, when it is not just another name for it. */
  readonly way: Way | undefined;
  /** In problem state MMCR0.PMCC decides; it takes counters 5 and 6 out of the monitor. */
  readonly monitor: 'any' | 'counter 5 or 6' | undefined;
  /** Bits within reach by privilege: a number, for reads too, or the register whose ones let bits be written. */
  readonly reach: Reach;
}

export type Reach = Readonly<Partial<Record<Privilege, bigint | 'UAMOR' | 'AMOR' | 'HMER'>>>;

/** The high word only; a write sets the ones that are written, or resets them; the same of the high word. */
export type Way = 'high' | 'set' | 'set high' | 'reset' | 'reset high';

interface Extra {
  readonly fields?: readonly RegisterBit[];
  readonly storage?: number;
  readonly time?: boolean;
  readonly debug?: boolean;
  readonly facility?: FacilityName;
  readonly way?: Way;
  readonly monitor?: 'any' | 'counter 5 or 6';
  readonly reach?: Reach;
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
    facility: extra.facility,
    way: extra.way,
    monitor: extra.monitor,
    reach: extra.reach ?? {},
  };
}

// prettier-ignore
export const SPRS: readonly SprRow[] = [
  // problem state
  spr(1,   'XER',     'pp', 64, 'Fixed-Point Exception Register.', { fields: XER_FIELDS }),
  spr(3,   'UDSCR',   'pp', 64, 'Data Stream Control Register, problem state access.', { storage: 17, facility: 'DSCR' }),
  spr(8,   'LR',      'pp', 64, 'Link Register: where a subroutine returns to.'),
  spr(9,   'CTR',     'pp', 64, 'Count Register: loop count, or target of a branch.'),
  spr(13,  'UAMR',    'pp', 64, 'Authority Mask Register, problem state access.', { storage: 29, reach: { problem: 'UAMOR', privileged: 'AMOR' } }),
  spr(256, 'VRSAVE',  'pp', 32, 'Which vector registers are in use.'),
  spr(259, 'USPRG3',  'p-', 64, 'SPRG3, problem state access.', { storage: 275 }),
  spr(268, 'TB',      'p-', 64, 'Time Base; here the number of executed instructions.', { time: true }),
  spr(269, 'TBU',     'p-', 32, 'High word of the Time Base.', { time: true }),
  spr(128, 'TFHAR',   'pp', 64, 'Transaction Failure Handler Address Register.', { facility: 'TM' }),
  spr(129, 'TFIAR',   'pp', 64, 'Transaction Failure Instruction Address Register.', { facility: 'TM' }),
  spr(130, 'TEXASR',  'pp', 64, 'Transaction Exception and Summary Register.', { facility: 'TM', fields: F.TEXASR_FIELDS }),
  spr(131, 'TEXASRU', 'pp', 32, 'Transaction Exception and Summary Register, high word.', { facility: 'TM', storage: 130, way: 'high' }),
  spr(800, 'BESCRS',  'pp', 64, 'Branch Event Status and Control Register: a write sets bits.', { facility: 'EBB', storage: 806, way: 'set' }),
  spr(801, 'BESCRSU', 'pp', 32, 'Branch Event Status and Control Register, high word: a write sets bits.', { facility: 'EBB', storage: 806, way: 'set high' }),
  spr(802, 'BESCRR',  'pp', 64, 'Branch Event Status and Control Register: a write resets bits.', { facility: 'EBB', storage: 806, way: 'reset' }),
  spr(803, 'BESCRRU', 'pp', 32, 'Branch Event Status and Control Register, high word: a write resets bits.', { facility: 'EBB', storage: 806, way: 'reset high' }),
  spr(804, 'EBBHR',   'pp', 64, 'Event-Based Branch Handler Register.', { facility: 'EBB' }),
  spr(805, 'EBBRR',   'pp', 64, 'Event-Based Branch Return Register.', { facility: 'EBB' }),
  spr(806, 'BESCR',   'pp', 64, 'Branch Event Status and Control Register.', { facility: 'EBB', fields: F.BESCR_FIELDS }),
  spr(815, 'TAR',     'pp', 64, 'Target Address Register, for bctar.', { facility: 'TAR' }),
  spr(896, 'PPR',     'pp', 64, 'Program Priority Register.', { fields: F.PPR_FIELDS }),
  spr(898, 'PPR32',   'pp', 32, 'Program Priority Register, high word.', { storage: 896, way: 'high' }),
  // performance monitor
  spr(768, 'USIER',   'p-', 64, 'Sampled Instruction Event Register, problem state access.', { storage: 784, facility: 'PM', monitor: 'any' }),
  spr(769, 'UMMCR2',  'pp', 64, 'Monitor Mode Control Register 2, problem state access.', { storage: 785, facility: 'PM', monitor: 'any', reach: { problem: F.MMCR2_PROBLEM } }),
  spr(770, 'UMMCRA',  'pp', 64, 'Monitor Mode Control Register A, problem state access.', { storage: 786, facility: 'PM', monitor: 'any' }),
  spr(771, 'UPMC1',   'pp', 32, 'Performance Monitor Counter 1, problem state access.', { storage: 787, facility: 'PM', monitor: 'any' }),
  spr(772, 'UPMC2',   'pp', 32, 'Performance Monitor Counter 2, problem state access.', { storage: 788, facility: 'PM', monitor: 'any' }),
  spr(773, 'UPMC3',   'pp', 32, 'Performance Monitor Counter 3, problem state access.', { storage: 789, facility: 'PM', monitor: 'any' }),
  spr(774, 'UPMC4',   'pp', 32, 'Performance Monitor Counter 4, problem state access.', { storage: 790, facility: 'PM', monitor: 'any' }),
  spr(775, 'UPMC5',   'pp', 32, 'Performance Monitor Counter 5, problem state access.', { storage: 791, facility: 'PM', monitor: 'counter 5 or 6' }),
  spr(776, 'UPMC6',   'pp', 32, 'Performance Monitor Counter 6, problem state access.', { storage: 792, facility: 'PM', monitor: 'counter 5 or 6' }),
  spr(779, 'UMMCR0',  'pp', 64, 'Monitor Mode Control Register 0, problem state access.', { storage: 795, facility: 'PM', monitor: 'any', reach: { problem: F.MMCR0_PROBLEM } }),
  spr(780, 'USIAR',   'p-', 64, 'Sampled Instruction Address Register, problem state access.', { storage: 796, facility: 'PM', monitor: 'any' }),
  spr(781, 'USDAR',   'p-', 64, 'Sampled Data Address Register, problem state access.', { storage: 797, facility: 'PM', monitor: 'any' }),
  spr(782, 'UMMCR1',  'p-', 64, 'Monitor Mode Control Register 1, problem state access.', { storage: 798, facility: 'PM', monitor: 'any' }),
  spr(784, 'SIER',    'ss', 64, 'Sampled Instruction Event Register.', { facility: 'PM' }),
  spr(785, 'MMCR2',   'ss', 64, 'Monitor Mode Control Register 2.', { facility: 'PM' }),
  spr(786, 'MMCRA',   'ss', 64, 'Monitor Mode Control Register A.', { facility: 'PM' }),
  spr(787, 'PMC1',    'ss', 32, 'Performance Monitor Counter 1.', { facility: 'PM' }),
  spr(788, 'PMC2',    'ss', 32, 'Performance Monitor Counter 2.', { facility: 'PM' }),
  spr(789, 'PMC3',    'ss', 32, 'Performance Monitor Counter 3.', { facility: 'PM' }),
  spr(790, 'PMC4',    'ss', 32, 'Performance Monitor Counter 4.', { facility: 'PM' }),
  spr(791, 'PMC5',    'ss', 32, 'Performance Monitor Counter 5.', { facility: 'PM' }),
  spr(792, 'PMC6',    'ss', 32, 'Performance Monitor Counter 6.', { facility: 'PM' }),
  spr(795, 'MMCR0',   'ss', 64, 'Monitor Mode Control Register 0.', { facility: 'PM', fields: F.MMCR0_FIELDS }),
  spr(796, 'SIAR',    'ss', 64, 'Sampled Instruction Address Register.', { facility: 'PM' }),
  spr(797, 'SDAR',    'ss', 64, 'Sampled Data Address Register.', { facility: 'PM' }),
  spr(798, 'MMCR1',   'ss', 64, 'Monitor Mode Control Register 1.', { facility: 'PM' }),
  spr(851, 'MMCRC',   'hh', 64, 'Monitor Mode Control Register C.'),
  // privileged
  spr(17,  'DSCR',    'ss', 64, 'Data Stream Control Register.', { facility: 'DSCR' }),
  spr(18,  'DSISR',   'ss', 32, 'Data Storage Interrupt Status Register.', { fields: F.lowWord(F.DSISR_FIELDS) }),
  spr(19,  'DAR',     'ss', 64, 'Data Address Register: the effective address of a data storage interrupt.'),
  spr(22,  'DEC',     'ss', 64, 'Decrementer; counts down with the Time Base.', { time: true }),
  spr(26,  'SRR0',    'ss', 64, 'Machine Status Save/Restore Register 0: where rfid goes on.'),
  spr(27,  'SRR1',    'ss', 64, 'Machine Status Save/Restore Register 1: MSR for rfid, and the reason of an interrupt.', { fields: F.SRR1_FIELDS }),
  spr(28,  'CFAR',    'ss', 64, 'Come-From Address Register.'),
  spr(29,  'AMR',     'ss', 64, 'Authority Mask Register.', { reach: { privileged: 'AMOR' } }),
  spr(48,  'PIDR',    'ss', 32, 'Process ID Register.'),
  spr(61,  'IAMR',    'ss', 64, 'Instruction Authority Mask Register.', { reach: { privileged: 'AMOR' } }),
  spr(136, 'UCTRL',   'p-', 32, 'Control Register, read access.', { storage: 152 }),
  spr(144, 'TIDR',    'ss', 64, 'Thread ID Register.'),
  spr(152, 'CTRL',    '-s', 32, 'Control Register: run latch.', { fields: F.CTRL_FIELDS }),
  spr(153, 'FSCR',    'ss', 64, 'Facility Status and Control Register.', { fields: F.facilityBits('fscr') }),
  spr(157, 'UAMOR',   'ss', 64, 'User Authority Mask Override Register.', { reach: { privileged: 'AMOR' } }),
  spr(159, 'PSPB',    'ss', 32, 'Problem State Priority Boost Register.'),
  spr(272, 'SPRG0',   'ss', 64, 'Software-use register 0.'),
  spr(273, 'SPRG1',   'ss', 64, 'Software-use register 1.'),
  spr(274, 'SPRG2',   'ss', 64, 'Software-use register 2.'),
  spr(275, 'SPRG3',   'ss', 64, 'Software-use register 3.'),
  spr(287, 'PVR',     's-', 32, 'Processor Version Register.'),
  spr(308, 'SPURR',   'sh', 64, 'Scaled Processor Utilization of Resources Register.', { time: true }),
  spr(309, 'PURR',    'sh', 64, 'Processor Utilization of Resources Register.', { time: true }),
  spr(446, 'TIR',     's-', 64, 'Thread Identification Register.', { facility: 'MSGP' }),
  spr(823, 'PSSCR_SU', 'ss', 64, 'Processor Stop Status and Control Register, privileged access.', { storage: 855, fields: F.PSSCR_FIELDS, reach: { privileged: F.PSSCR_PRIVILEGED } }),
  spr(848, 'IC',      'sh', 64, 'Instruction Counter.', { time: true }),
  spr(849, 'VTB',     'sh', 64, 'Virtual Time Base.', { time: true }),
  spr(1023, 'PIR',    's-', 32, 'Processor Identification Register.'),
  // hypervisor
  spr(176, 'DPDES',   'sh', 64, 'Directed Privileged Doorbell Exception State.', { facility: 'MSGP' }),
  spr(177, 'DHDES',   'hh', 64, 'Directed Hypervisor Doorbell Exception State.'),
  spr(180, 'DAWR0',   'hh', 64, 'Data Address Watchpoint Register 0.', { debug: true }),
  spr(186, 'RPR',     'hh', 64, 'Relative Priority Register.'),
  spr(187, 'CIABR',   'hh', 64, 'Completed Instruction Address Breakpoint Register.', { debug: true, fields: F.CIABR_FIELDS }),
  spr(188, 'DAWRX0',  'hh', 32, 'Data Address Watchpoint Register Extension 0.', { debug: true, fields: F.DAWRX_FIELDS }),
  spr(190, 'HFSCR',   'hh', 64, 'Hypervisor Facility Status and Control Register.', { fields: F.facilityBits('hfscr') }),
  spr(284, 'TBL',     '-h', 32, 'Low word of the Time Base, write access.', { time: true }),
  spr(285, 'TBUW',    '-h', 32, 'High word of the Time Base, write access.', { time: true }),
  spr(286, 'TBU40',   '-h', 64, 'Upper 40 bits of the Time Base, write access.', { time: true }),
  spr(304, 'HSPRG0',  'hh', 64, 'Hypervisor software-use register 0.'),
  spr(305, 'HSPRG1',  'hh', 64, 'Hypervisor software-use register 1.'),
  spr(306, 'HDSISR',  'hh', 32, 'Hypervisor Data Storage Interrupt Status Register.', { fields: F.lowWord(F.DSISR_FIELDS) }),
  spr(307, 'HDAR',    'hh', 64, 'Hypervisor Data Address Register.'),
  spr(310, 'HDEC',    'hh', 64, 'Hypervisor Decrementer; counts down with the Time Base.', { time: true }),
  spr(313, 'HRMOR',   'hh', 64, 'Hypervisor Real Mode Offset Register.'),
  spr(314, 'HSRR0',   'hh', 64, 'Hypervisor Machine Status Save/Restore Register 0: where hrfid goes on.'),
  spr(315, 'HSRR1',   'hh', 64, 'Hypervisor Machine Status Save/Restore Register 1: MSR for hrfid.', { fields: F.SRR1_FIELDS }),
  spr(318, 'LPCR',    'hh', 64, 'Logical Partitioning Control Register.', { fields: F.LPCR_FIELDS }),
  spr(319, 'LPIDR',   'hh', 32, 'Logical Partition Identification Register.'),
  spr(336, 'HMER',    'hh', 64, 'Hypervisor Maintenance Exception Register: a write keeps bits, and sets none.', { reach: { hypervisor: 'HMER', ultravisor: 'HMER' } }),
  spr(337, 'HMEER',   'hh', 64, 'Hypervisor Maintenance Exception Enable Register.'),
  spr(338, 'PCR',     'hh', 64, 'Processor Compatibility Register.'),
  spr(339, 'HEIR',    'hh', 32, 'Hypervisor Emulation Instruction Register: the instruction of a Hypervisor Emulation Assistance interrupt.'),
  spr(349, 'AMOR',    'hh', 64, 'Authority Mask Override Register.'),
  spr(816, 'ASDR',    'hh', 64, 'Access Segment Descriptor Register: the guest real address of a hypervisor storage interrupt.'),
  spr(855, 'PSSCR',   'hh', 64, 'Processor Stop Status and Control Register.', { fields: F.PSSCR_FIELDS }),
  spr(276, 'SPRC',    'hh', 64, 'Scratch register control.'),
  spr(277, 'SPRD',    'hh', 64, 'Scratch register data.'),
  spr(884, 'PMCR',    'hh', 64, 'Power Management Control Register.'),
  spr(885, 'RWMR',    'hh', 64, 'Region Weighted Mode Register.'),
  spr(895, 'WORT',    'ss', 64, 'Workload Optimization Register.'),
  spr(921, 'TSCR',    'hh', 32, 'Thread Switch Control Register.'),
  spr(922, 'TTR',     'hh', 64, 'Thread Time-out Register.'),
  spr(1008, 'HID',    'hh', 64, 'Hardware Implementation Dependent register.', { fields: F.HID_FIELDS }),
  // ultravisor: a write below it gives a Hypervisor Emulation Assistance interrupt (ultravisor.rst, Hardware)
  spr(464, 'PTCR',    'hu', 64, 'Partition Table Control Register.', { fields: F.PTCR_FIELDS }),
  spr(496, 'USPRG0',  'uu', 64, 'Ultravisor software-use register 0.'),
  spr(497, 'USPRG1',  'uu', 64, 'Ultravisor software-use register 1.'),
  spr(499, 'UDAR',    'uu', 64, 'Ultravisor Data Address Register.'),
  spr(504, 'SEIDR',   'uu', 64, 'Secure Encryption ID Register.'),
  spr(505, 'URMOR',   'uu', 64, 'Ultravisor Real Mode Offset Register.'),
  spr(506, 'USRR0',   'uu', 64, 'Ultravisor Machine Status Save/Restore Register 0: where urfid goes on.'),
  spr(507, 'USRR1',   'uu', 64, 'Ultravisor Machine Status Save/Restore Register 1: MSR for urfid.', { fields: F.SRR1_FIELDS }),
  spr(509, 'UEIR',    'uu', 32, 'Ultravisor Emulation Instruction Register.'),
  spr(510, 'ACMCR',   'uu', 64, 'Access Control Master Control Register.'),
  spr(511, 'SMFCTRL', 'uu', 64, 'Secure Memory Facility Control Register.', { fields: F.SMFCTRL_FIELDS }),
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
  DAWR0: 180,
  CIABR: 187,
  DAWRX0: 188,
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
  AMOR: 349,
  UAMOR: 157,
  IC: 848,
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
