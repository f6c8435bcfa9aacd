import { describe, expect, it } from 'vitest';
import { DIAGNOSTIC_CODES } from '../../emulator/scenario/diagnostics';
import { load, wrong } from './helpers';

/** A statement in a scenario of its own, on line 2 from column 1. */
const statement = (text: string) => `scenario "s" { as vm {\n${text}\n} }`;

type Case = readonly [text: string, expected: string];

describe('statements', () => {
  it.each<Case>([
    // names
    ['print nothing', '2:7 unknown-name'],
    ['x = 1', '2:1 unknown-name'],
    ['let x = x', '2:9 unknown-name'],
    ['if 1 { let a = 1 } print a', '2:26 unknown-name'],
    ['let a = 1 let a = 2', '2:15 duplicate-name'],
    ['let r3 = 1', '2:5 reserved-name'],
    ['let msr = 1', '2:5 reserved-name'],
    ['let U_SUCCESS = 1', '2:5 reserved-name'],
    ['let len = 1', '2:5 reserved-name'],
    ['for r4 in 0..1 { }', '2:5 reserved-name'],
    ['U_SUCCESS = 1', '2:1 not-assignable'],
    ['SRR0 = 1', '2:1 not-assignable'],
    ['as nobody { }', '2:4 unknown-actor'],
    ['print ra(nobody, 0)', '2:10 unknown-guest'],
    ['print ra(1 + 1, 0)', '2:10 unknown-guest'],
    ['print vm', '2:7 type-mismatch'],
    ['check secrecy nobody', '2:15 unknown-guest'],
    ['nothing(1)', '2:1 unknown-procedure'],
    ['print MSR.XYZ', '2:11 unknown-bit'],
    ['print r3.XYZ', '2:10 unknown-bit'],
    ['expect interrupt NOTHING { }', '2:18 unknown-interrupt'],
    ['expect interrupt 0x123 { }', '2:18 unknown-interrupt'],
    // calls
    ['ultracall UV_NOTHING()', '2:11 unknown-call'],
    ['ultracall H_TPM_COMM(1, 2, 3, 4, 5)', '2:11 unknown-call'],
    ['hypercall UV_ESM(1, 2)', '2:11 unknown-call'],
    ['ultracall UV_SHARE_PAGE(gfn: 1, nums: 1)', '2:33 unknown-argument'],
    ['ultracall UV_SHARE_PAGE(1)', '2:11 missing-argument'],
    ['ultracall UV_SHARE_PAGE(1, 2, 3)', '2:31 too-many-arguments'],
    ['ultracall UV_SHARE_PAGE(1, gfn: 2)', '2:28 duplicate-argument'],
    ['ultracall UV_SHARE_PAGE(gfn: 1, 2)', '2:33 positional-after-named'],
    ['ultracall UV_SHARE_PAGE(hex "00", 1)', '2:25 type-mismatch'],
    ['ultracall UV_UNREGISTER_MEM_SLOT(0x10000, 0)', '2:34 value-out-of-range'],
    ['ultracall UV_ESM(1, 2) -> U_NOTHING', '2:27 unknown-code'],
    ['ultracall UV_ESM(1, 2) -> H_SUCCESS', '2:27 wrong-family'],
    ['hypercall H_CEDE() -> U_SUCCESS', '2:23 wrong-family'],
    ['ultracall UV_ESM(1, 2) -> U_P5', '2:27 unlisted-result'],
    ['ultracall 0xf110(a: 1)', '2:18 unknown-argument'],
    ['hypercall 0x999(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)', '2:44 too-many-arguments'],
    ['hypercall 0xz()', '2:11 bad-number'],
    ['send TPM2_Nothing()', '2:6 unknown-command'],
    ['send TPM2_GetRandom()', '2:6 missing-argument'],
    ['send TPM2_GetRandom(bytesRequested: 1, bytes: 2)', '2:40 unknown-field'],
    ['send TPM2_GetRandom(1) -> U_SUCCESS', '2:27 wrong-family'],
    ['send TPM2_GetRandom(1) -> TPM_RC_NOTHING', '2:27 unknown-code'],
    // values
    ['print 0x', '2:7 bad-number'],
    ['print 12ab', '2:7 bad-number'],
    ['print 0b12', '2:7 bad-number'],
    ['print 0x1_0000_0000_0000_0000', '2:7 number-too-large'],
    ['print 17179869184 GiB', '2:7 number-too-large'],
    ['print hex "123"', '2:11 bad-hex'],
    ['print hex "zz"', '2:11 bad-hex'],
    ['print 1 / 0', '2:11 division-by-zero'],
    ['print 1 % 0x0', '2:11 division-by-zero'],
    ['print "a" + 1', '2:7 type-mismatch'],
    ['print "a" == 1', '2:7 type-mismatch'],
    ['print -"a"', '2:8 type-mismatch'],
    ['print sha256(1)', '2:14 type-mismatch'],
    ['print sha256()', '2:7 missing-argument'],
    ['print len(1, 2)', '2:7 too-many-arguments'],
    ['print 1[0..1]', '2:7 type-mismatch'],
    ['print "a".b', '2:11 type-mismatch'],
    ['print 1 ? 2', '2:7 bad-operator'],
    ['print 1 : 2', '2:7 bad-operator'],
    ['store byte "a" = 1', '2:12 type-mismatch'],
    ['store byte 0 = "a"', '2:16 type-mismatch'],
    ['store bytes at 0 = 1', '2:20 type-mismatch'],
    ['if "a" { }', '2:4 type-mismatch'],
    ['print file "missing.bin"', '2:12 file-not-found'],
    ['print file "../../out.bin"', '2:12 file-outside'],
    // assembler: the place in the file
    ['asm {\n  li r3, 1\n  adi r3, r3, 1\n}', '4:3 asm'],
    ['asm { nop nothing }', '2:11 asm'],
  ])('%s', async (text, expected) => {
    expect((await wrong(statement(text)))[0]).toBe(expected);
  });

  it.each([
    'ultracall UV_SHARE_PAGE(num: 1, gfn: 0x10) -> U_SUCCESS',
    'hypercall 0xef10(1, 2, 3)',
    'let page = load 64 KiB at 0x8000000',
    'store byte 0x10 = (load byte 0x10) ^ 1',
    'let x = 1 x = 2 print x',
    'let x = 1 if x { let x = 2 print x }',
    'r3 = 5 cr0 = 2 LR = 0',
    'print r31, MSR.S, msr.hv, srr0, cr0.EQ, gpr[3], -1, ~0, !true',
    'expect interrupt { load doubleword 0 }',
    'expect interrupt HDSI { load doubleword 0 }',
    'expect interrupt 0xE00 { load doubleword 0 }',
    'expect interrupt "Hypervisor Data Storage" { load doubleword 0 }',
    'as hypervisor { as host user { as ultravisor { as vm user { } } } }',
    'print 1 < 2 && 3 != 4 || !(5 >= 6) ? "yes" : "no"',
    'let r = send TPM2_GetRandom(bytesRequested: 4) -> TPM_RC_SUCCESS print r.randomBytes[0..2]',
    'let t = tpm response at 0x1000 expect t.responseCode == TPM_RC_SUCCESS "the TPM is content"',
    'run until r3 == 1 for 100 instructions',
    'asm {\n  # } in a comment\n  li r3, 1 // }\n  b 1f_end\n1f_end: nop\n}'.replaceAll('1f_end', 'end'),
    'print [1, 2, 3][0], {a: 1, b: "x"}.b',
    '/* a comment */ print "a \\" quote" // and another',
  ])('without errors: %s', async (text) => {
    expect(await wrong(statement(text))).toEqual([]);
  });

  it('names the nearest known name and offers it as the mending', async () => {
    const cases: Case[] = [
      ['ultracall UV_SHARE_PGAE(1, 2)', 'UV_SHARE_PAGE'],
      ['hypercall H_TPM_COM(1, 2, 3, 4, 5)', 'H_TPM_COMM'],
      ['ultracall UV_SHARE_PAGE(gfn: 1, numm: 2)', 'num'],
      ['ultracall UV_ESM(1, 2) -> U_SUCESS', 'U_SUCCESS'],
      ['ultracall UV_ESM(1, 2) -> H_SUCCESS', 'U_SUCCESS'],
      ['send TPM2_GetRandm(1)', 'TPM2_GetRandom'],
      ['print MSR.HW', 'HV'],
      ['let address = 1 print adress', 'address'],
      ['as hypervizor { }', 'hypervisor'],
      ['asm { lii r3, 1 }', 'li'],
    ];
    for (const [text, name] of cases) {
      const { diagnostics } = await load(statement(text));
      const [mending] = diagnostics.filter(({ replacement }) => replacement !== undefined);
      expect(mending?.replacement, text).toBe(name);
      expect(mending?.message, text).toMatch(/^[A-Z'"].*[.?)]$/);
    }
  });
});

describe('declarations', () => {
  it.each<Case>([
    // the machine
    ['machine { } machine { }', '1:13 duplicate-setting'],
    ['machine { profile spec profile shipped }', '1:24 duplicate-setting'],
    ['machine { normal memory 64 MiB normal memory 64 MiB }', '1:32 duplicate-setting'],
    ['machine { profile spek }', '1:19 unknown-setting'],
    ['machine { cpu power10 }', '1:15 unknown-setting'],
    ['machine { cpu power9 threads 9 }', '1:30 bad-threads'],
    ['machine { cpu power9 threads 0 }', '1:30 bad-threads'],
    ['machine { normal memory 900 GiB }', '1:25 limit-exceeded'],
    ['machine { secure memory 2 GiB }', '1:25 limit-exceeded'],
    ['machine { normal memory 0xffff_ffff_ffff_ffff }', '1:25 limit-exceeded'],
    ['machine { secure memory 1 }', '1:25 bad-size'],
    ['machine { normal memory 128 MiB + 1 }', '1:25 bad-size'],
    ['machine { normal memory r3 }', '1:25 not-constant'],
    ['machine { normal memory "a" }', '1:25 type-mismatch'],
    ['machine { tpm swtpm }', '1:11 unknown-setting'],
    ['machine { tpm swtpm "nowhere" }', '1:21 unknown-setting'],
    ['machine { tpm swtpm "host:99999" }', '1:21 unknown-setting'],
    ['machine { tpm device "tpm0" }', '1:22 unknown-setting'],
    ['machine { tpm embedded "x" }', '1:24 unknown-setting'],
    ['machine { tpm hardware }', '1:15 unknown-setting'],
    // guests
    ['guest g { lpid 0 }', '1:16 value-out-of-range'],
    ['guest g { lpid 4096 }', '1:16 value-out-of-range'],
    ['guest a { lpid 1 } guest b { lpid 1 }', '1:35 duplicate-setting'],
    ['guest a { } guest b { }', '1:19 duplicate-setting'],
    ['guest a { memory 1 MiB memory 1 MiB }', '1:24 duplicate-setting'],
    ['guest a { memory 64 KiB }', '1:18 bad-size'],
    ['guest a { memory 1 MiB + 4 KiB }', '1:18 bad-size'],
    ['guest a { memory 256 MiB }', '1:7 limit-exceeded'],
    ['guest a { memory 900 GiB }', '1:18 limit-exceeded'],
    ['guest a { endian middle }', '1:18 unknown-setting'],
    ['guest a { image "vmlinux" at 0 }', '1:17 file-not-found'],
    ['guest a { initrd "initrd" at r3 }', '1:30 not-constant'],
    ['guest a { bootargs "quiet" }', '1:11 not-available'],
    // names
    ['guest a { } guest a { lpid 2 }', '1:19 duplicate-name'],
    ['const A = 1 const A = 2', '1:19 duplicate-name'],
    ['scenario "a" { } scenario "a" { }', '1:27 duplicate-name'],
    ['procedure p(a, a) { }', '1:16 duplicate-name'],
    ['const MSR = 1', '1:7 reserved-name'],
    ['guest r3 { }', '1:7 reserved-name'],
    ['procedure sha256(x) { }', '1:11 reserved-name'],
    // constants
    ['const A = B const B = A', '1:7 const-cycle'],
    ['const A = r3', '1:11 not-constant'],
    ['const A = 1 - load byte 0', '1:11 not-constant'],
    ['const A = 1 << 2 / (1 - 1)', '1:11 division-by-zero'],
    // procedures
    ['procedure p(a) { } scenario "s" { p() }', '1:35 missing-argument'],
    ['procedure p(a) { } scenario "s" { p(1, 2) }', '1:40 too-many-arguments'],
    ['procedure p() { } scenario "s" { let x = p() }', '1:42 no-value'],
    // other files
    ['use "missing.pef"', '1:5 file-not-found'],
    ['use "../../x.pef"', '1:5 file-outside'],
  ])('%s', async (text, expected) => {
    expect((await wrong(text))[0]).toBe(expected);
  });

  it('fills in the defaults of the language', async () => {
    const result = await load('scenario "x" { }');
    expect(result.kind === 'loaded' && result.config).toEqual({
      profile: 'spec',
      normalBytes: 256 << 20,
      secureBytes: 128 << 20,
      seed: '0',
      tpm: { kind: 'embedded' },
      guests: [{ name: 'vm', lpid: 1, memoryBytes: 64 << 20, endian: 'little' }],
    });
  });

  it('takes all settings', async () => {
    const result = await load(
      'const SIZE = 2 MiB machine { profile shipped cpu power9 threads 1 normal memory 512 MiB secure memory 64 MiB seed "x" tpm swtpm "127.0.0.1:2321" }' +
        'guest a { lpid 7 memory SIZE * 2 endian big } guest b { lpid 8 }',
    );
    expect(result.kind === 'loaded' && result.config).toEqual({
      profile: 'shipped',
      normalBytes: 512 << 20,
      secureBytes: 64 << 20,
      threads: 1,
      seed: 'x',
      tpm: { kind: 'swtpm', address: '127.0.0.1:2321' },
      guests: [
        { name: 'a', lpid: 7, memoryBytes: 4 << 20, endian: 'big' },
        { name: 'b', lpid: 8, memoryBytes: 64 << 20, endian: 'little' },
      ],
    });
  });
});

describe('syntax', () => {
  it.each<Case>([
    ['scenario "s" { hypercal H_CEDE() }', '1:16 syntax'],
    ['scenario "s" { print 1', '1:23 syntax'],
    ['scenario { }', '1:10 syntax'],
    ['nonsense', '1:1 syntax'],
    ['scenario "s" { let = 1 }', '1:20 syntax'],
    ['scenario "s" { print $ }', '1:22 syntax'],
    ['scenario "s" { print "abc\n }', '1:22 unclosed-text'],
    ['scenario "s" { } /* no end', '1:18 unclosed-comment'],
    ['scenario "s" { asm { nop', '1:16 unclosed-asm'],
  ])('%s', async (text, expected) => {
    expect((await wrong(text))[0]).toBe(expected);
  });

  it('says what a mistyped word may have meant', async () => {
    const { diagnostics } = await load('scenario "s" { hypercal H_CEDE() }');
    expect(diagnostics[0]?.message).toBe("'hypercal' is not understood here; did you mean 'hypercall'?");
    expect(diagnostics[0]?.replacement).toBe('hypercall');
  });
});

describe('several files', () => {
  it('uses guests, procedures and constants of another file', async () => {
    const text = 'use "lib/a.pef" scenario "s" { as svm { print twice(SIZE) } }';
    const others = {
      'lib/a.pef': 'use "b.pef" procedure twice(x) { return 2 * x } guest svm { lpid 9 }',
      'lib/b.pef': 'const SIZE = 8',
    };
    expect(await wrong(text, others)).toEqual([]);
  });

  it.each<readonly [what: string, text: string, others: Record<string, string | Uint8Array>, expected: string]>([
    ['a circle', 'use "a.pef"', { 'a.pef': 'use "main.pef"' }, 'main.pef:1:5 use-cycle'],
    ['a file that uses itself', 'use "main.pef"', {}, 'main.pef:1:5 use-cycle'],
    ['an error in the other file', 'use "a.pef"', { 'a.pef': 'const A = r3' }, 'a.pef:1:11 not-constant'],
    ['a syntax error in the other file', 'use "a.pef"', { 'a.pef': 'const = 1' }, 'a.pef:1:7 syntax'],
    ['a name that is taken', 'use "a.pef" const A = 1', { 'a.pef': 'const A = 2' }, 'main.pef:1:19 duplicate-name'],
    [
      'a name in two used files',
      'use "a.pef" use "b.pef"',
      { 'a.pef': 'const A = 1', 'b.pef': 'const A = 2' },
      'main.pef:1:17 duplicate-name',
    ],
    ['no UTF-8', 'use "a.pef"', { 'a.pef': Uint8Array.of(0xff, 0xfe, 0x41) }, 'a.pef:1:1 not-utf8'],
    ['a large file', 'use "a.pef"', { 'a.pef': new Uint8Array(5 << 20) }, 'main.pef:1:5 file-too-large'],
    [
      'names that the other file does not see',
      'use "a.pef" const MINE = 1',
      { 'a.pef': 'const A = MINE' },
      'a.pef:1:11 unknown-name',
    ],
  ])('reports %s', async (_what, text, others, expected) => {
    const { diagnostics } = await load(text, others);
    const found = diagnostics.map(({ path, range, code }) => `${path}:${range.line}:${range.column} ${code}`);
    expect(found).toContain(expected);
  });

  it('reports a main file that is not there', async () => {
    const { loadScenario } = await import('../../emulator/scenario/load');
    const { memoryFiles } = await import('./helpers');
    const result = await loadScenario('gone.pef', memoryFiles({}));
    expect(result.kind).toBe('refused');
    expect(result.diagnostics[0]).toMatchObject({ path: 'gone.pef', code: 'file-not-found' });
  });
});

describe('limits', () => {
  it.each<readonly [what: string, text: string, code: string]>([
    ['100 000 parentheses', `const A = ${'('.repeat(100_000)}1${')'.repeat(100_000)}`, 'too-deep'],
    ['100 000 open parentheses', `const A = ${'('.repeat(100_000)}`, 'too-deep'],
    ['20 000 loads', `scenario "s" { print ${'load byte '.repeat(20_000)} 1 }`, 'too-deep'],
    ['50 000 signs', `const A = ${'-'.repeat(50_000)}1`, 'too-deep'],
    ['25 000 terms', `const A = 1${' + 1'.repeat(25_000)}`, 'too-deep'],
    ['25 000 fields', `const A = r3${'.a'.repeat(25_000)}`, 'unknown-bit'],
    ['10 000 choices', `const A = ${'1 ? 2 : '.repeat(10_000)} 3`, 'too-deep'],
    ['10 000 else branches', `scenario "s" { if 1 { } ${'else if 1 { } '.repeat(10_000)} }`, ''],
    ['300 blocks', `scenario "s" { ${'as vm { '.repeat(300)} ${'}'.repeat(300)} }`, 'too-deep'],
    ['a file of 5 MB', ' '.repeat(5_000_000), 'file-too-large'],
    ['a file of 2 MB', ' '.repeat(2_000_000), 'file-too-large'],
    ['1 MB of words', 'a '.repeat(500_000), 'file-too-large'],
    ['1 MB of unclosed comments', '/*'.repeat(500_000), 'unclosed-comment'],
    ['1 MB of unclosed texts', '"\\'.repeat(500_000), 'syntax'],
    ['1 MB of quotes', '"'.repeat(999_999), 'file-too-large'],
    ['1 MB of a foreign character', '$ '.repeat(500_000), 'syntax'],
    ['1 MB of asm', 'asm{'.repeat(250_000), 'syntax'],
    ['1 MB of digits', `const A = ${'9'.repeat(1_000_000)}`, 'bad-number'],
    ['a long name', `const A = ${'a'.repeat(1_000_000)}`, 'unknown-name'],
    [
      'a chain of constants, last first',
      Array.from({ length: 10_000 }, (_, i) => `const C${i} = C${i + 1}`).join('\n'),
      'too-deep',
    ],
  ])('%s', { timeout: 60_000 }, async (_what, text, code) => {
    const codes = (await load(text)).diagnostics.map((diagnostic) => diagnostic.code);
    if (code === '') expect(codes).toEqual([]);
    else expect(codes).toContain(code);
  });

  it('shows no more errors than a reader can want', async () => {
    const { diagnostics } = await load(`scenario "s" { ${'print x '.repeat(5000)} }`);
    expect(diagnostics).toHaveLength(201);
    expect(diagnostics.at(-1)?.code).toBe('too-many-errors');
  });
});

describe('the codes', () => {
  it('each has its meaning', () => {
    for (const [code, meaning] of Object.entries(DIAGNOSTIC_CODES)) {
      expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe('several errors', () => {
  const message = async (text: string) => {
    const { diagnostics } = await load(text);
    return diagnostics.map(({ range, message: sentence }) => `${range.line}:${range.column} ${sentence}`);
  };

  it('of syntax are found, each once and none that follows from another', async () => {
    const text = `scenario "s" {
  let = 5
  print 1 +
  store byte = 3
  expect
  as { }
  hypercall H_TPM_COMM(TPM_COMM_OP_EXECUTE in_buffer: 0x10000,
                       out_size: 5)
  as vm foo {
    prnt 1
  }
  if 1 {
  } esle {
  }
  let y = 5 KB
  expect y = 5
  let at = 3
  let z = y +
          * 2
  hypercall H_TPM_COMM(2, 0, 0, 0, 0) -> 0
}
guest g {
  memry 5
}
const X
scenario "t" {
  print )
}
}
scenario "u" { print "last"  prnt }`;
    expect(await message(text)).toEqual([
      "2:7 Expected a name, but found '='.",
      "3:11 There is no value behind '+'.",
      "4:14 Expected a value, but found '='.",
      "5:3 A value or a word is missing or wrong behind 'expect'.",
      "6:6 Expected a name, 'hypervisor' or 'ultravisor', but found '{'.",
      "7:44 Expected ')', but found 'in_buffer'.",
      "9:9 'foo' is not understood here; did you mean 'for'?",
      "10:5 'prnt' is not understood here; did you mean 'print'?",
      "13:5 'esle' is not understood here; did you mean 'else'?",
      "15:13 'KB' is no unit; write KiB, MiB or GiB.",
      "16:12 '=' sets a variable, at the beginning of a statement; write '==' to compare.",
      "17:7 'at' is a word of the language; choose another name.",
      "18:13 There is no value behind '+'.",
      "20:39 '->' stands behind a call or send, and behind it the name of a result, such as H_SUCCESS.",
      "23:3 'memry' is not understood here; did you mean 'memory'?",
      "25:8 Expected '=', but found 'scenario'.",
      "27:9 Expected a value, but found ')'.",
      "29:1 This '}' closes nothing; remove it, or write the '{' that is missing before it.",
      "30:30 'prnt' is not understood here; did you mean 'print'?",
    ]);
  });

  it.each([
    ['scenario "s" { /* abc', ['1:16 The comment has no end; write */ where it ends.']],
    ['scenario "s" { asm { nop', ['1:16 The asm block has no end; write } after it.']],
    ['procedure f(at) { } scenario "s" { }', ["1:13 'at' is a word of the language; choose another name."]],
    ['scenario "s" {\n  as vm {\n', ["2:10 Expected '}' to close the block, but found the end of the file."]],
    ['const a = b const b = a', ["1:7 'a' is defined by itself in a circle; give one of the constants a value."]],
    [
      'scenario "s" { as vm { y = 1 let x = y } }',
      [
        "1:24 No variable is named 'y'; declare it: let y = ...",
        "1:38 No variable, constant or register is named 'y'.",
      ],
    ],
    ['guest a { lpid 0 } guest b { }', ["1:16 An lpid is 1 to 4095, not 0; 0 is the hypervisor's."]],
    [
      'scenario "s" { UV_SHARE_PAGE(1, 2) }',
      ["1:16 No procedure or function is named 'UV_SHARE_PAGE'; write 'ultracall UV_SHARE_PAGE(...)'."],
    ],
    [
      'scenario "s" { TPM2_GetRandom(4) }',
      ["1:16 No procedure or function is named 'TPM2_GetRandom'; write 'send TPM2_GetRandom(...)'."],
    ],
    [
      'scenario "s" { send TPM2_GetRandom(bytes: 4) }',
      ["1:36 TPM2_GetRandom has no field 'bytes'; it has bytesRequested."],
    ],
    [
      'scenario "s" { check integrity }',
      ['1:16 not available yet: check integrity. A run that comes here ends with an error.'],
    ],
    ['scenario "s" { print 1; }', ["1:23 ';' is not part of the language here; a statement ends without it."]],
    ['machine { cpu power10 }', ["1:15 'power10' is not possible here; did you mean 'power9'?"]],
    [
      'const X = hypercall 5()',
      [
        '1:11 A constant needs a value before the run. Only statements of a scenario make calls; here none can be made.',
      ],
    ],
  ])('%j', async (text, expected) => {
    expect(await message(text)).toEqual(expected);
  });
});
