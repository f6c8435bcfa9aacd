/**
 * Extended mnemonics, one row each: another way to write an instruction (Power ISA 3.0B Book I appendix C).
 *
 *     alias('slwi', 'RA,RS,n', 'rlwinm RA,RS,n,0,31-n')
 *
 * name, operands, and the instruction with its operands as sums of numbers, names and multiples of names. The assembler
 * computes the sums; the disassembler solves them. A row that is `input only` is one that the disassembler does not use.
 */
import { mnemonicsOf } from './row';
import { SPRS } from './sprs';
import { INSTRUCTIONS } from './table';

/** A sum: constant + multiples of operands. */
export interface Sum {
  readonly constant: number;
  readonly terms: readonly { readonly name: string; readonly factor: number }[];
}

/** An extended mnemonic. */
export interface AliasRow {
  readonly name: string;
  /** Operands in the notation of rows. */
  readonly operands: string;
  /** Name of the row that it stands for. */
  readonly base: string;
  /** The base row's operands. */
  readonly values: readonly Sum[];
  readonly target: string;
  /** `+` or `-` behind the mnemonic: the branch is likely taken, or not. */
  readonly hint: '' | '+' | '-';
  readonly inputOnly: boolean;
  /** The disassembler uses the row only where this operand has one of these values. */
  readonly limit?: Limit;
}

interface Limit {
  readonly name: string;
  readonly values: readonly number[];
}

function sum(text: string): Sum {
  let constant = 0;
  const terms: { name: string; factor: number }[] = [];
  for (const [, sign, number, times, name] of text.matchAll(/([+-]?)(?:(\d+)(\*)?)?([A-Za-z]\w*)?/g)) {
    const factor = sign === '-' ? -1 : 1;
    if (name !== undefined) terms.push({ name, factor: factor * (times === undefined ? 1 : Number(number)) });
    else if (number !== undefined) constant += factor * Number(number);
  }
  return { constant, terms };
}

type Option = 'input only' | '+' | '-';

function alias(name: string, operands: string, target: string, option?: Option, limit?: Limit): AliasRow {
  const [base = '', values = ''] = target.split(' ');
  return {
    name: name.trim(),
    operands,
    base,
    values: values === '' ? [] : values.split(',').map(sum),
    target,
    hint: option === '+' || option === '-' ? option : '',
    inputOnly: option === 'input only',
    limit,
  };
}

// prettier-ignore
const ARITHMETIC = [
  alias('nop',      '',              'ori 0,0,0'),
  alias('xnop',     '',              'xori 0,0,0'),
  alias('li',       'RT,SI',         'addi RT,0,SI'),
  alias('lis',      'RT,SI',         'addis RT,0,SI'),
  alias('la',       'RT,D(RA0)',     'addi RT,RA,D',        'input only'),
  alias('lnia',     'RT',            'addpcis RT,0'),
  alias('subpcis',  'RT,n',          'addpcis RT,-n',       'input only'),
  alias('subi',     'RT,RA0,n',      'addi RT,RA,-n',       'input only'),
  alias('subis',    'RT,RA0,n',      'addis RT,RA,-n',      'input only'),
  alias('subic',    'RT,RA,n',       'addic RT,RA,-n',      'input only'),
  alias('subic.',   'RT,RA,n',       'addic. RT,RA,-n',     'input only'),
  alias('sub',      'RT,RA,RB',      'subf RT,RB,RA',       'input only'),
  alias('subc',     'RT,RA,RB',      'subfc RT,RB,RA',      'input only'),
  alias('cmpwi',    'BF?,RA,SI',     'cmpi BF,0,RA,SI'),
  alias('cmpdi',    'BF?,RA,SI',     'cmpi BF,1,RA,SI'),
  alias('cmpw',     'BF?,RA,RB',     'cmp BF,0,RA,RB'),
  alias('cmpd',     'BF?,RA,RB',     'cmp BF,1,RA,RB'),
  alias('cmplwi',   'BF?,RA,UI',     'cmpli BF,0,RA,UI'),
  alias('cmpldi',   'BF?,RA,UI',     'cmpli BF,1,RA,UI'),
  alias('cmplw',    'BF?,RA,RB',     'cmpl BF,0,RA,RB'),
  alias('cmpld',    'BF?,RA,RB',     'cmpl BF,1,RA,RB'),
  alias('isellt',   'RT,RA0,RB',     'isel RT,RA,RB,0'),
  alias('iselgt',   'RT,RA0,RB',     'isel RT,RA,RB,1'),
  alias('iseleq',   'RT,RA0,RB',     'isel RT,RA,RB,2'),
];

// prettier-ignore
const LOGICAL = [
  alias('mr',       'RA,RS',         'or RA,RS,RS'),
  alias('not',      'RA,RS',         'nor RA,RS,RS'),
  alias('rotlwi',   'RA,RS,n',       'rlwinm RA,RS,n,0,31'),
  alias('clrlwi',   'RA,RS,n',       'rlwinm RA,RS,0,n,31'),
  alias('slwi',     'RA,RS,n',       'rlwinm RA,RS,n,0,31-n'),
  alias('srwi',     'RA,RS,n',       'rlwinm RA,RS,32-n,n,31'),
  alias('clrrwi',   'RA,RS,n',       'rlwinm RA,RS,0,0,31-n'),
  alias('rotrwi',   'RA,RS,n',       'rlwinm RA,RS,32-n,0,31',      'input only'),
  alias('extlwi',   'RA,RS,n,b',     'rlwinm RA,RS,b,0,n-1',        'input only'),
  alias('extrwi',   'RA,RS,n,b',     'rlwinm RA,RS,b+n,32-n,31',    'input only'),
  alias('inslwi',   'RA,RS,n,b',     'rlwimi RA,RS,32-b,b,b+n-1',   'input only'),
  alias('insrwi',   'RA,RS,n,b',     'rlwimi RA,RS,32-b-n,b,b+n-1', 'input only'),
  alias('clrlslwi', 'RA,RS,b,n',     'rlwinm RA,RS,n,b-n,31-n',     'input only'),
  alias('rotlw',    'RA,RS,RB',      'rlwnm RA,RS,RB,0,31'),
  alias('rotldi',   'RA,RS,n',       'rldicl RA,RS,n,0'),
  alias('clrldi',   'RA,RS,n',       'rldicl RA,RS,0,n'),
  alias('srdi',     'RA,RS,n',       'rldicl RA,RS,64-n,n'),
  alias('sldi',     'RA,RS,n',       'rldicr RA,RS,n,63-n'),
  alias('clrrdi',   'RA,RS,n',       'rldicr RA,RS,0,63-n'),
  alias('rotrdi',   'RA,RS,n',       'rldicl RA,RS,64-n,0',         'input only'),
  alias('extldi',   'RA,RS,n,b',     'rldicr RA,RS,b,n-1',          'input only'),
  alias('extrdi',   'RA,RS,n,b',     'rldicl RA,RS,b+n,64-n',       'input only'),
  alias('insrdi',   'RA,RS,n,b',     'rldimi RA,RS,64-b-n,b',       'input only'),
  alias('clrlsldi', 'RA,RS,b,n',     'rldic RA,RS,n,b-n',           'input only'),
  alias('rotld',    'RA,RS,RB',      'rldcl RA,RS,RB,0'),
];

// prettier-ignore
const CONDITION = [
  alias('crset',    'BT',            'creqv BT,BT,BT'),
  alias('crclr',    'BT',            'crxor BT,BT,BT'),
  alias('crmove',   'BT,BA',         'cror BT,BA,BA'),
  alias('crnot',    'BT,BA',         'crnor BT,BA,BA'),
];

const limit = (name: string, min: number, max: number): Limit => ({
  name,
  values: Array.from({ length: max - min + 1 }, (_, i) => min + i),
});

// prettier-ignore
const VECTOR = [
  alias('vmr',      'VRT,VRA',       'vor VRT,VRA,VRA'),
  alias('vnot',     'VRT,VRA',       'vnor VRT,VRA,VRA'),
  alias('xvmovdp',  'XT,XA',         'xvcpsgndp XT,XA,XA'),
  alias('xvmovsp',  'XT,XA',         'xvcpsgnsp XT,XA,XA'),
  alias('xxmr',     'XT,XA',         'xxlor XT,XA,XA'),
  alias('xxlnot',   'XT,XA',         'xxlnor XT,XA,XA'),
  alias('xxspltd',  'XT,XA,n',       'xxpermdi XT,XA,XA,3*n'),
  alias('xxmrghd',  'XT,XA,XB',      'xxpermdi XT,XA,XB,0'),
  alias('xxmrgld',  'XT,XA,XB',      'xxpermdi XT,XA,XB,3'),
  alias('xxswapd',  'XT,XA',         'xxpermdi XT,XA,XA,2'),
  alias('mffprd',   'RA,FRS',        'mfvsrd RA,FRS'),
  alias('mffprwz',  'RA,FRS',        'mfvsrwz RA,FRS'),
  alias('mtfprd',   'FRT,RA',        'mtvsrd FRT,RA'),
  alias('mtfprwa',  'FRT,RA',        'mtvsrwa FRT,RA'),
  alias('mtfprwz',  'FRT,RA',        'mtvsrwz FRT,RA'),
  alias('mfvrd',    'RA,VRS',        'mfvsrd RA,32+VRS'),
  alias('mfvrwz',   'RA,VRS',        'mfvsrwz RA,32+VRS'),
  alias('mtvrd',    'VRT,RA',        'mtvsrd 32+VRT,RA'),
  alias('mtvrwa',   'VRT,RA',        'mtvsrwa 32+VRT,RA'),
  alias('mtvrwz',   'VRT,RA',        'mtvsrwz 32+VRT,RA'),
];

// prettier-ignore
const SYSTEM = [
  alias('trap',      '',              'tw 31,0,0'),
  alias('mtcr',      'RS',            'mtcrf 255,RS'),
  alias('mtsprg',    'n,RS',          'mtspr 272+n,RS',      undefined, limit('n', 0, 3)),
  alias('mfsprg',    'RT,n',          'mfspr RT,272+n',      undefined, limit('n', 0, 3)),
  alias('hwsync',    '',              'sync 0'),
  alias('lwsync',    '',              'sync 1'),
  alias('ptesync',   '',              'sync 2'),
  alias('msync',     '',              'sync 0',              'input only'),
  alias('dcbfl',     'RA0,RB',        'dcbf RA,RB,1'),
  alias('dcbflp',    'RA0,RB',        'dcbf RA,RB,3'),
  // GNU binutils writes dcbt with a TH of 0 to 7 so, also with TH = 0.
  alias('dcbtct',    'RA0,RB,TH?',    'dcbt RA,RB,TH',       undefined, limit('TH', 0, 7)),
  alias('dcbtds',    'RA0,RB,TH=8',   'dcbt RA,RB,TH',       undefined, limit('TH', 8, 15)),
  alias('dcbtt',     'RA0,RB',        'dcbt RA,RB,16'),
  alias('dcbna',     'RA0,RB',        'dcbt RA,RB,17',       'input only'),
  alias('dcbtstct',  'RA0,RB,TH?',    'dcbtst RA,RB,TH',     undefined, limit('TH', 0, 7)),
  alias('dcbtstds',  'RA0,RB,TH=8',   'dcbtst RA,RB,TH',     undefined, limit('TH', 8, 15)),
  alias('dcbtstt',   'RA0,RB',        'dcbtst RA,RB,16'),
  alias('tendall.',  '',              'tend. 1'),
  alias('tsuspend.', '',              'tsr. 0'),
  alias('tresume.',  '',              'tsr. 1'),
  alias('cp_abort',  '',              'cpabort',             'input only'),
  alias('waitrsv',   '',              'wait 1',              'input only'),
  // hints
  alias('yield',     '',              'or 27,27,27',         'input only'),
  alias('mdoio',     '',              'or 29,29,29',         'input only'),
  alias('mdoom',     '',              'or 30,30,30',         'input only'),
  alias('miso',      '',              'or 26,26,26',         'input only'),
  alias('exser',     '',              'ori 31,31,0',         'input only'),
];

/** Registers whose moves GNU binutils does not know by name. */
const UNKNOWN: ReadonlySet<string> = new Set(
  'MMCR2 MMCRC TIDR TSCR TTR HID UDAR SEIDR UEIR ACMCR IMC LDBAR DHDES SPRC SPRD PMCR RWMR WORT TRIG0 TRIG1 TRIG2'.split(
    ' ',
  ),
);

/** Names that binutils takes for another number than that of the register of this name, or has besides it. */
// prettier-ignore
const OTHER_MOVES = [
  alias('mfctrl',    'RT',            'mfspr RT,136'),
  alias('mttbu',     'RS',            'mtspr 285,RS'),
  alias('mfhdisr',   'RT',            'mfspr RT,306'),
  alias('mthdisr',   'RS',            'mtspr 306,RS'),
  alias('mfpsscr',   'RT',            'mfspr RT,823'),
  alias('mtpsscr',   'RS',            'mtspr 823,RS'),
  alias('mfhpsscr',  'RT',            'mfspr RT,855'),
  alias('mthpsscr',  'RS',            'mtspr 855,RS'),
  alias('mftfhar',   'RT',            'mfspr RT,128',        'input only'),
  alias('mftfiar',   'RT',            'mfspr RT,129',        'input only'),
  alias('mftexasr',  'RT',            'mfspr RT,130',        'input only'),
  alias('mftexasru', 'RT',            'mfspr RT,131',        'input only'),
  alias('mftbl',     'RT',            'mfspr RT,268',        'input only'),
  alias('mtmmcr2',   'RS',            'mtspr 769,RS',        'input only'),
  // reads of the monitor's registers go to the numbers of problem state
  ...([['sier', 768], ['mmcr2', 769], ['mmcra', 770], ['pmc1', 771], ['pmc2', 772], ['pmc3', 773], ['pmc4', 774],
    ['pmc5', 775], ['pmc6', 776], ['mmcr0', 779], ['siar', 780], ['sdar', 781], ['mmcr1', 782]] as const).map(([name, number]) =>
    alias(`mf${name}`, 'RT', `mfspr RT,${number}`, 'input only')),
];

const others = new Set(OTHER_MOVES.map(({ name }) => name));

/** mtlr, mflr, mtsrr0, ...: one for each special purpose register that can be written or read. */
const MOVES = [
  ...OTHER_MOVES,
  ...SPRS.flatMap((row) => {
    const name = row.name.toLowerCase();
    const option = UNKNOWN.has(row.name) ? 'input only' : undefined;
    return [
      ...(row.write === undefined ? [] : [alias(`mt${name}`, 'RS', `mtspr ${row.number},RS`, option)]),
      ...(row.read === undefined ? [] : [alias(`mf${name}`, 'RT', `mfspr RT,${row.number}`, option)]),
    ].filter((each) => !others.has(each.name));
  }),
];

/** Conditions of traps: suffix and TO; `input only` for second names. */
// prettier-ignore
const TRAP_CONDITIONS = [
  ['lgt', 1], ['llt', 2], ['eq', 4], ['lge', 5], ['lle', 6], ['gt', 8], ['ge', 12], ['lt', 16], ['le', 20], ['ne', 24], ['u', 31],
  ['lng', 6, 'input only'], ['lnl', 5, 'input only'], ['ng', 20, 'input only'], ['nl', 12, 'input only'],
] as const;

const TRAPS = TRAP_CONDITIONS.flatMap(([condition, to, option]) => [
  alias(`tw${condition}`, 'RA,RB', `tw ${to},RA,RB`, option),
  alias(`tw${condition}i`, 'RA,SI', `twi ${to},RA,SI`, option),
  alias(`td${condition}`, 'RA,RB', `td ${to},RA,RB`, option),
  alias(`td${condition}i`, 'RA,SI', `tdi ${to},RA,SI`, option),
]);

/** Conditions of branches: name, bit of the CR field, whether it must be set; `input only` for second names. */
// prettier-ignore
const BRANCH_CONDITIONS = [
  ['lt', 0, true], ['gt', 1, true], ['eq', 2, true], ['so', 3, true],
  ['ge', 0, false], ['le', 1, false], ['ne', 2, false], ['ns', 3, false],
  ['nl', 0, false, 'input only'], ['ng', 1, false, 'input only'], ['un', 3, true, 'input only'], ['nu', 3, false, 'input only'],
] as const;

/** Targets of conditional branches: suffix, row, last operand. */
const BRANCH_TARGETS = [
  ['', 'bc', 'BD'],
  ['lr', 'bclr', 'BH'],
  ['ctr', 'bcctr', 'BH'],
  ['tar', 'bctar', 'BH'],
] as const;

/** BO bits of a hint: the `at` bits of branches that test a CR bit (Book I 2.4). */
const CONDITION_HINTS = [
  ['', 0],
  ['-', 2],
  ['+', 3],
] as const;
/** The same for branches that count CTR down. */
const COUNT_HINTS = [
  ['', 0],
  ['-', 8],
  ['+', 9],
] as const;

const BRANCHES = BRANCH_TARGETS.flatMap(([suffix, base, last]) => {
  const target = last === 'BD' ? 'BD' : 'BH?';
  const join = (first: string): string => [first, target].filter((part) => part !== '').join(',');
  const tests = BRANCH_CONDITIONS.flatMap(([name, bit, set, inputOnly]) =>
    CONDITION_HINTS.map(([hint, bo]) => {
      const row = alias(`b${name}${suffix}`, join('BF?'), `${base} ${(set ? 12 : 4) + bo},4*BF+${bit},${last}`);
      return { ...row, hint, inputOnly: inputOnly !== undefined };
    }),
  );
  // bctr cannot count CTR down: it branches to it.
  const counts =
    base === 'bcctr'
      ? []
      : (
          [
            ['bdnz', 16],
            ['bdz', 18],
          ] as const
        ).flatMap(([name, bo]) =>
          COUNT_HINTS.map(([hint, bits]) => ({
            ...alias(`${name}${suffix}`, target, `${base} ${bo + bits},0,${last}`),
            hint,
          })),
        );
  const both =
    base === 'bcctr'
      ? []
      : (
          [
            ['bdnzt', 8],
            ['bdnzf', 0],
            ['bdzt', 10],
            ['bdzf', 2],
          ] as const
        ).map(([name, bo]) => alias(`${name}${suffix}`, join('BI'), `${base} ${bo},BI,${last}`));
  const always = suffix === '' ? [] : [alias(`b${suffix}`, 'BH?', `${base} 20,0,BH`)];
  // The hint of a branch that is written with all its operands.
  const hinted = (
    [
      ['-', 24, 26],
      ['+', 25, 27],
    ] as const
  ).map(([hint, ...values]) => ({
    ...alias(base, `BO,BI,${target}`, `${base} BO,BI,${last}`, hint),
    limit: { name: 'BO', values },
  }));
  const named = (['t', 'f'] as const).flatMap((letter) =>
    CONDITION_HINTS.map(([hint, bo]) => ({
      ...alias(`b${letter}${suffix}`, join('BI'), `${base} ${(letter === 't' ? 12 : 4) + bo},BI,${last}`, 'input only'),
      hint,
    })),
  );
  return [...always, ...tests, ...counts, ...both, ...named, ...hinted];
});

/** Every extended mnemonic. Of several that fit a word the disassembler takes the first. */
export const ALIASES: readonly AliasRow[] = [
  ...ARITHMETIC,
  ...LOGICAL,
  ...CONDITION,
  ...VECTOR,
  ...SYSTEM,
  ...MOVES,
  ...TRAPS,
  ...BRANCHES,
];

/**
 * Checks the table of extended mnemonics.
 *
 * @returns what is wrong, one sentence each
 */
export function aliasErrors(rows: readonly AliasRow[]): string[] {
  const errors: string[] = [];
  const bases = new Map(INSTRUCTIONS.flatMap((row) => mnemonicsOf(row).map(({ mnemonic }) => [mnemonic, row])));
  const seen = new Set<string>();
  for (const row of rows) {
    const key = row.name + row.hint;
    if (seen.has(key)) errors.push(`${key} is there twice.`);
    seen.add(key);
    if (!bases.has(row.base)) errors.push(`${key} stands for ${row.base}, which is no instruction.`);
    if (bases.has(key)) errors.push(`${key} is an instruction itself.`);
  }
  return errors;
}
