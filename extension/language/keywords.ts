/** Words of the language: where each can stand, how it is written, what it means. One row each. */

/** Kinds of places in a scenario text. */
export type Place = 'file' | 'machine' | 'guest' | 'statement' | 'expression';

export interface KeywordRow {
  readonly word: string;
  readonly places: readonly Place[];
  /** Snippet that completion inserts. */
  readonly snippet: string;
  /** How it is written. */
  readonly form: string;
  readonly doc: string;
}

const row = (word: string, places: readonly Place[], snippet: string, form: string, doc: string): KeywordRow => ({
  word,
  places,
  snippet,
  form,
  doc,
});

const WIDTHS = '${1|byte,halfword,word,doubleword|}';

// prettier-ignore
export const KEYWORDS: readonly KeywordRow[] = [
  // declarations
  row('use', ['file'], 'use "$1"', 'use "file.pef"', 'Brings in the guests, procedures and constants of another file. The path is relative to this file.'),
  row('machine', ['file'], 'machine {\n\t$0\n}', 'machine { ... }', 'The machine of the file: profile, memory, seed, TPM. Without it: profile spec, 256 MiB normal and 128 MiB secure memory, seed "0", tpm embedded.'),
  row('guest', ['file'], 'guest ${1:svm1} {\n\tlpid ${2:1}\n\tmemory ${3:64} MiB\n}', 'guest NAME { lpid N  memory SIZE  endian little }', 'A guest of the machine. Without one there is the guest `vm` with lpid 1 and 64 MiB.'),
  row('scenario', ['file'], 'scenario "${1:name}" {\n\t$0\n}', 'scenario "name" { ... }', 'What happens, statement by statement. It starts as the supervisor of the first guest.'),
  row('procedure', ['file'], 'procedure ${1:name}($2) {\n\t$0\n}', 'procedure name(a, b) { ... return e }', 'Statements with a name and parameters. `return` may give a value.'),
  row('const', ['file'], 'const ${1:NAME} = $0', 'const NAME = e', 'A name for a value that is known before the run.'),
  // machine
  row('profile', ['machine'], 'profile ${1|spec,shipped|}', 'profile spec | shipped', '`spec` follows the published contract, `shipped` what the open firmware, KVM and QEMU really do.'),
  row('cpu', ['machine'], 'cpu power9 threads 1', 'cpu power9 threads 1', 'The processor: a POWER9 with the Protected Execution Facility.'),
  row('normal', ['machine'], 'normal memory ${1:256} MiB', 'normal memory SIZE', 'Memory that everybody can reach, from real address 0.'),
  row('secure', ['machine'], 'secure memory ${1:128} MiB', 'secure memory SIZE', 'Memory that only MSR.S = 1 can reach, from real address 2^48.'),
  row('seed', ['machine'], 'seed "$1"', 'seed "text"', 'Where all randomness of the run comes from: the same seed gives the same run.'),
  row('tpm', ['machine'], 'tpm ${1|embedded,swtpm "127.0.0.1:2321",mssim "127.0.0.1:2321",device "/dev/tpmrm0",none|}', 'tpm embedded | swtpm "host:port" | mssim "host:port" | device "/dev/tpmrm0" | none', 'The TPM behind H_TPM_COMM. The embedded one needs nothing installed and goes back in time with the machine.'),
  // guest
  row('lpid', ['guest'], 'lpid ${1:1}', 'lpid N', 'The logical partition identifier: 1 to 4095, each guest its own.'),
  row('memory', ['guest'], 'memory ${1:64} MiB', 'memory SIZE', 'The guest\'s memory: a multiple of 64 KiB, at least 1 MiB. All guests lie in normal memory.'),
  row('endian', ['guest'], 'endian ${1|little,big|}', 'endian little | big', 'The byte order in which the guest runs.'),
  row('image', ['guest'], 'image "$1" at ${2:0x0}', 'image "file" at ADDRESS', 'The guest\'s software, in its memory when the machine starts: an ELF executable (at its physical addresses, or moved to ADDRESS), or flat bytes. `run` starts it at its entry.'),
  row('initrd', ['guest'], 'initrd "$1" at ${2:0x2000000}', 'initrd "file" at ADDRESS', 'An initial RAM disk to load; without an address as high as it can be. Nothing tells the image where it is: there is no device tree yet.'),
  row('bootargs', ['guest'], 'bootargs "$1"', 'bootargs "text"', 'The command line of the kernel, for its device tree. There is none yet, so the image does not see it.'),
  // statements
  row('as', ['statement'], 'as ${1:hypervisor} {\n\t$0\n}', 'as GUEST [user] | hypervisor | host user | ultravisor { ... }', 'Statements in the block execute in this actor\'s MSR state. What the actor may not do raises the machine\'s own interrupt.'),
  row('ultracall', ['statement', 'expression'], 'ultracall ', 'ultracall NAME(arguments) [-> CODE]', 'Loads r3 and the arguments and executes `sc 2`. With `->` another result fails the scenario.'),
  row('hypercall', ['statement', 'expression'], 'hypercall ', 'hypercall NAME(arguments) [-> CODE]', 'Loads r3 and the arguments and executes `sc 1`. With `->` another result fails the scenario.'),
  row('send', ['statement', 'expression'], 'send ', 'send TPM2_Command(fields) [-> TPM_RC]', 'Builds a TPM command, carries it with H_TPM_COMM through the actor\'s TPM buffer and decodes the response.'),
  row('store', ['statement'], `store ${WIDTHS} \${2:address} = $0`, 'store byte|halfword|word|doubleword ADDRESS = e, store bytes at ADDRESS = e', 'Executed as stores of the actor.'),
  row('load', ['statement', 'expression'], `load ${WIDTHS} $0`, 'load byte|halfword|word|doubleword ADDRESS, load N at ADDRESS', 'Executed as loads of the actor: a number, or N bytes as a byte string.'),
  row('asm', ['statement'], 'asm {\n\t$0\n}', 'asm { ... }', 'Power ISA assembly, placed in the actor\'s code area and executed.'),
  row('run', ['statement'], 'run', 'run [until CONDITION] [for N instructions]', 'Lets the actor\'s own software run: from the entry of its image, or from NIA. `until main`: until it arrives at a symbol of the image; `until NIA == 0x1000 && r3 == 1`: at an address; other conditions are looked at after every call and interrupt and every 10000 instructions (every one of the first 1000).'),
  row('expect', ['statement'], 'expect $0', 'expect e ["message"]', 'Fails the scenario with both sides\' values when e does not hold.'),
  row('interrupt', [], 'interrupt ', 'expect interrupt [NAME] { ... }', 'The block must raise this interrupt, or any; what follows it in the block is skipped.'),
  row('let', ['statement'], 'let ${1:name} = $0', 'let name = e', 'Declares a variable of the block.'),
  row('if', ['statement'], 'if ${1:condition} {\n\t$0\n}', 'if e { ... } else if e { ... } else { ... }', 'Numbers other than 0 are true.'),
  row('else', [], 'else {\n\t$0\n}', 'else { ... }', 'What happens when no condition holds.'),
  row('for', ['statement'], 'for ${1:i} in ${2:0}..${3:n} {\n\t$0\n}', 'for x in a..b { ... }', 'x takes each number from a to before b.'),
  row('repeat', ['statement'], 'repeat ${1:n} {\n\t$0\n}', 'repeat n { ... }', 'Does the block n times.'),
  row('return', ['statement'], 'return', 'return [e]', 'Ends the procedure, or the scenario.'),
  row('print', ['statement'], 'print $0', 'print e, ...', 'Writes values to the terminal or the debug console.'),
  row('check', ['statement'], 'check ${1|secrecy svm1,integrity|}', 'check secrecy GUEST | integrity', 'Asserts an invariant of the machine now. Not available yet.'),
  // expressions
  row('hex', ['expression'], 'hex "$1"', 'hex "8001 0000000c"', 'A byte string of hexadecimal digits; blanks do not count.'),
  row('file', ['expression'], 'file "$1"', 'file "x.bin"', 'The bytes of a file.'),
  row('true', ['expression'], 'true', 'true', 'The truth value.'),
  row('false', ['expression'], 'false', 'false', 'The truth value.'),
  row('response', [], 'response', 'tpm response at ADDRESS', 'Decodes the TPM response at an address of the actor: a structure with the specification\'s names.'),
  // words inside of others
  row('at', [], 'at', 'load N at ADDRESS, store bytes at ADDRESS = e', 'Before an address.'),
  row('in', [], 'in', 'for x in a..b { ... }', 'Before a range.'),
  row('bytes', [], 'bytes', 'store bytes at ADDRESS = e', 'A byte string of any length.'),
  row('byte', [], 'byte', 'load byte ADDRESS', '1 byte.'),
  row('halfword', [], 'halfword', 'load halfword ADDRESS', '2 bytes.'),
  row('word', [], 'word', 'load word ADDRESS', '4 bytes.'),
  row('doubleword', [], 'doubleword', 'load doubleword ADDRESS', '8 bytes.'),
  row('until', [], 'until', 'run until CONDITION', 'Where the run ends: `main`, `NIA == 0x1000`, or any other condition.'),
  row('instructions', [], 'instructions', 'run for N instructions', 'The most instructions that the run executes.'),
  row('with', [], 'with', 'send TPM2_Command(fields) with session s', 'Adds an authorization. Not available yet.'),
  row('session', [], 'session', 'send TPM2_Command(fields) with session s', 'Adds an authorization. Not available yet.'),
  row('hypervisor', [], 'hypervisor', 'as hypervisor { ... }', 'The hypervisor: MSR.HV = 1, MSR.S = 0.'),
  row('ultravisor', [], 'ultravisor', 'as ultravisor { ... }', 'The ultravisor: MSR.HV = 1, MSR.S = 1.'),
  row('host', [], 'host user', 'as host user { ... }', 'A program of the host: MSR.HV = 1, MSR.PR = 1.'),
  row('user', [], 'user', 'as GUEST user { ... }', 'A program of the guest: MSR.PR = 1.'),
  row('threads', [], 'threads', 'cpu power9 threads 2', 'Number of hardware threads, 1 to 8.'),
  row('thread', [], 'thread ${1:1} at $0', 'run thread N at ADDRESS', 'Starts hardware thread N (not 0) in the state of the actor, with its number in r3. It executes in turn with the others during `run`.'),
  row('secrecy', [], 'secrecy', 'check secrecy GUEST', 'No plain page of the secure guest in normal memory. Not available yet.'),
  row('integrity', [], 'integrity', 'check integrity', 'Secure pages are as their owners left them. Not available yet.'),
  row('KiB', [], 'KiB', '4 KiB', '1024.'),
  row('MiB', [], 'MiB', '64 MiB', '1024 KiB.'),
  row('GiB', [], 'GiB', '1 GiB', '1024 MiB.'),
];

const byWord = new Map(KEYWORDS.map((keyword) => [keyword.word, keyword]));

/** The row of a word of the language. */
export function keywordNamed(word: string): KeywordRow | undefined {
  return byWord.get(word);
}
