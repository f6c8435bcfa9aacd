/** Fields of special purpose registers (Power ISA 3.0B Book II 5 and 6, Book III; the ultravisor's by its document). */
import { FACILITIES, type FacilityRow } from './facilities';
import { type RegisterBit, registerBits } from './registers';

/** Fields of the low word of a register as those of a register of 32 bits. */
export function lowWord(fields: readonly RegisterBit[]): RegisterBit[] {
  return fields.map((bit) => ({ ...bit, first: bit.first - 32, last: bit.last - 32 }));
}

/** The bits of FSCR or HFSCR: the facilities that it controls, and which one was missing. */
export function facilityBits(register: 'fscr' | 'hfscr'): RegisterBit[] {
  const cause = { name: 'IC', first: 0, last: 7, doc: 'facility for which the last unavailable interrupt came' };
  const seen = new Set<number>();
  const bits = FACILITIES.flatMap((row: FacilityRow) => {
    const number = row[register];
    // VEC and VSX share a bit.
    if (number === undefined || seen.has(number)) return [];
    seen.add(number);
    return [{ name: row.name, first: 63 - number, last: 63 - number, doc: `${row.doc} can be used` }];
  });
  return [cause, ...bits.toSorted((a, b) => a.first - b.first)];
}

export const SRR1_FIELDS = registerBits(`
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
export const DSISR_FIELDS = registerBits(`
    33 NOTRANSLATION no translation was found
    36 PROTECTION protection, or secure memory that a non-secure state accessed
    38 STORE the access was a store
    61 ATOMIC the atomic instruction has no such function
    62 INHIBITED an access past the caches with translation on`);
export const LPCR_FIELDS = registerBits(`
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
export const SMFCTRL_FIELDS = registerBits(`
    0 E the secure memory facility is enabled
    62 D the debug registers belong to the ultravisor`);
export const HID_FIELDS = registerBits(`
    4 HILE interrupts enter the hypervisor little-endian
    8 RADIX radix translation`);
export const PSSCR_FIELDS = registerBits(`
    0:3 PLS power-saving level of the last stop
    41 SD status disable
    42 ESL state that stop loses is permitted
    43 EC stop ends with a System Reset
    44:47 PSLL power-saving level limit
    54:55 TR transition rate
    56:59 MTL maximum transition level
    60:63 RL requested level`);
export const BESCR_FIELDS = registerBits(`
    0 GE event-based branches are enabled
    30 EE external event-based exceptions are enabled
    31 PME performance monitor event-based exceptions are enabled
    32:33 TS transaction state at the branch
    62 EEO an external event-based exception occurred
    63 PMEO a performance monitor event-based exception occurred`);
export const TEXASR_FIELDS = registerBits(`
    0:6 CODE failure code of the one who aborted
    7 FP the failure is persistent
    8 DISALLOWED an instruction that is not allowed in a transaction
    9 NESTING nesting depth too large
    10 FOOTPRINT the transaction is too large
    31 ABORT by tabort or treclaim
    32 SUSPENDED in suspended state
    34 HV hypervisor state
    35 PR problem state
    36 FS failure summary
    37 EXACT TFIAR is exact
    38 ROT rollback only
    52:63 TL nesting level`);
export const MMCR0_FIELDS = registerBits(`
    32 FC counters are frozen
    33 FCS counters are frozen in privileged state
    34 FCP counters are frozen in problem state
    35 FCM1 counters are frozen while MSR.PMM is 1
    36 FCM0 counters are frozen while MSR.PMM is 0
    37 PMAE performance monitor alert enable
    38 FCECE counters freeze on an enabled condition
    42 BHRBA branch history in problem state
    43 EBE event-based branches
    44:45 PMCC who may use the monitor in problem state
    56 PMAO a performance monitor alert occurred
    58 FC56 counters 5 and 6 are frozen`);
export const CIABR_FIELDS = registerBits(`
    0:61 CIEA address of the instruction, without its two low bits
    62:63 PRIV privilege: 0 off, 1 problem, 2 privileged, 3 hypervisor`);
/** Bits of the low word. */
export const DAWRX_FIELDS = registerBits(`
    16:21 MRD length of the match range in doublewords
    24 HRAMMC match range across real-mode aliases
    25 DW writes match
    26 DR reads match
    27 WT bit for translation: match with MSR.DR = 1
    28 WTI whether WT is ignored
    29 HYP match in hypervisor state
    30 PNH match in privileged state
    31 PRO match in problem state`);
export const PPR_FIELDS = registerBits('11:13 PRI priority of the thread');
export const CTRL_FIELDS = registerBits('31 RUN the thread does useful work');
export const PTCR_FIELDS = registerBits(`
    4:51 PATB partition table base
    59:63 PATS partition table size`);

const ones = (...bits: readonly number[]): bigint => bits.reduce((mask, n) => mask | (1n << BigInt(63 - n)), 0n);
/** What problem state sees of MMCR0: FC, PMAE and PMAO; of MMCR2: for each counter whether it is frozen there. */
export const MMCR0_PROBLEM = ones(32, 37, 56);
export const MMCR2_PROBLEM = ones(1, 10, 19, 28, 37, 46);
/** What the operating system sees of PSSCR (Linux, PSSCR_GUEST_VIS): PLS, TR, MTL and RL, and reserved bits among them. */
export const PSSCR_PRIVILEGED = 0xf000_0000_0000_03ffn;
