/**
 * Interrupts, one row each: Power ISA 3.0B Book III 6.5; the level by facts of the ultravisor document. What all
 * interrupts have in common, and what follows from a row, is in cpu/entry.ts.
 */

export interface InterruptRow {
  /** Effective address of the handler, not relocated; of `scv 0` where LEV is part of it. */
  readonly vector: number;
  readonly name: string;
  readonly abbreviation: string;
  /** Save registers: SRR0/1 or HSRR0/1, or LR and CTR (scv). External interrupts to the hypervisor use HSRR0/1. */
  readonly saves: 'SRR' | 'HSRR' | 'LR, CTR';
  /**
   * `system`: the operating system of a guest takes it, or whoever runs when MSR.HV is 1 already. `hypervisor`: the
   * hypervisor takes it, and the ultravisor in place of it when MSR.S is 1. `LPES`: the one or the other, by LPCR.LPES.
   */
  readonly level: 'system' | 'hypervisor' | 'LPES';
  /** Whether LPCR.AIL may keep translation on and move the handler. */
  readonly relocation: 'AIL' | 'never';
  readonly doc: string;
}

function row<A extends string>(
  vector: number,
  name: string,
  abbreviation: A,
  saves: InterruptRow['saves'],
  level: InterruptRow['level'],
  relocation: InterruptRow['relocation'],
  doc: string,
): InterruptRow & { readonly abbreviation: A } {
  return { vector, name, abbreviation, saves, level, relocation, doc };
}

// prettier-ignore
export const INTERRUPTS = [
  row(0x100, 'System Reset',                      'SRESET', 'SRR',  'hypervisor', 'never', 'Reset, or wake-up from a stop state.'),
  row(0x200, 'Machine Check',                     'MC',     'SRR',  'hypervisor', 'never', 'The machine failed, or a real address does not exist.'),
  row(0x300, 'Data Storage',                      'DSI',    'SRR',  'system',     'AIL',   'A load or store that translation or protection does not permit.'),
  row(0x380, 'Data Segment',                      'DSegI',  'SRR',  'system',     'AIL',   'No segment for a data address.'),
  row(0x400, 'Instruction Storage',               'ISI',    'SRR',  'system',     'AIL',   'A fetch that translation or protection does not permit.'),
  row(0x480, 'Instruction Segment',               'ISegI',  'SRR',  'system',     'AIL',   'No segment for an instruction address.'),
  row(0x500, 'External',                          'EXT',    'SRR',  'LPES',       'AIL',   'A device or another processor asks for attention.'),
  row(0x600, 'Alignment',                         'ALIGN',  'SRR',  'system',     'AIL',   'An operand is not aligned as the instruction needs it.'),
  row(0x700, 'Program',                           'PROG',   'SRR',  'system',     'AIL',   'A trap, a privileged instruction in problem state, or a floating-point exception.'),
  row(0x800, 'Floating-Point Unavailable',        'FPU',    'SRR',  'system',     'AIL',   'A floating-point instruction with MSR.FP = 0.'),
  row(0x900, 'Decrementer',                       'DEC',    'SRR',  'system',     'AIL',   'The decrementer went below zero.'),
  row(0x980, 'Hypervisor Decrementer',            'HDEC',   'HSRR', 'hypervisor', 'AIL',   'The hypervisor decrementer went below zero.'),
  row(0xa00, 'Directed Privileged Doorbell',      'DBELL',  'SRR',  'system',     'AIL',   'A message from a processor of the partition.'),
  row(0xc00, 'System Call',                       'SC',     'SRR',  'system',     'AIL',   'sc: by its level a system call, a hypercall or an ultracall.'),
  row(0xd00, 'Trace',                             'TRACE',  'SRR',  'system',     'AIL',   'An instruction was traced.'),
  row(0xe00, 'Hypervisor Data Storage',           'HDSI',   'HSRR', 'hypervisor', 'AIL',   'A guest load or store that partition-scoped translation does not permit.'),
  row(0xe20, 'Hypervisor Instruction Storage',    'HISI',   'HSRR', 'hypervisor', 'AIL',   'A guest fetch that partition-scoped translation does not permit.'),
  row(0xe40, 'Hypervisor Emulation Assistance',   'HEAI',   'HSRR', 'hypervisor', 'AIL',   'An instruction or register that the machine does not have or the state may not use; HEIR holds the instruction.'),
  row(0xe60, 'Hypervisor Maintenance',            'HMI',    'HSRR', 'hypervisor', 'never', 'Something needs maintenance; HMER says what.'),
  row(0xe80, 'Directed Hypervisor Doorbell',      'HDBELL', 'HSRR', 'hypervisor', 'AIL',   'A message to the hypervisor.'),
  row(0xea0, 'Hypervisor Virtualization',         'HVI',    'HSRR', 'hypervisor', 'AIL',   'An external event for the hypervisor.'),
  row(0xf00, 'Performance Monitor',               'PM',     'SRR',  'system',     'AIL',   'A performance monitor counter went over.'),
  row(0xf20, 'Vector Unavailable',                'VEC',    'SRR',  'system',     'AIL',   'A vector instruction with MSR.VEC = 0.'),
  row(0xf40, 'VSX Unavailable',                   'VSX',    'SRR',  'system',     'AIL',   'A VSX instruction with MSR.VSX = 0.'),
  row(0xf60, 'Facility Unavailable',              'FAC',    'SRR',  'system',     'AIL',   'A facility that the operating system has turned off.'),
  row(0xf80, 'Hypervisor Facility Unavailable',   'HFAC',   'HSRR', 'hypervisor', 'AIL',   'A facility that the hypervisor has turned off.'),
  row(0x1500, 'Soft Patch',                       'SOFTP',  'HSRR', 'hypervisor', 'AIL',   'An instruction that the processor leaves to software.'),
  row(0x17000, 'System Call Vectored',            'SCV',    'LR, CTR', 'system',  'AIL',   'scv: a system call by its level.'),
] as const satisfies readonly InterruptRow[];

export type InterruptAbbreviation = (typeof INTERRUPTS)[number]['abbreviation'];

/** Vectors by abbreviation. */
export const VECTOR = Object.fromEntries(
  INTERRUPTS.map(({ abbreviation, vector }) => [abbreviation, vector]),
) as Readonly<Record<InterruptAbbreviation, number>>;

const byVector = new Map<number, InterruptRow>(INTERRUPTS.map((entry) => [entry.vector, entry]));

/** The row of a vector. Throws for a number that is no vector: a mistake of this project. */
export function interruptAt(vector: number): InterruptRow {
  const found = byVector.get(vector);
  if (!found) throw new Error(`There is no interrupt with the vector 0x${vector.toString(16)}.`);
  return found;
}

/** The row of a name or abbreviation, in any case. */
export function interruptNamed(name: string): InterruptRow | undefined {
  const wanted = name.toLowerCase();
  return INTERRUPTS.find((entry) => entry.name.toLowerCase() === wanted || entry.abbreviation.toLowerCase() === wanted);
}
