/** `pef user`: runs a static Linux program for 64-bit PowerPC. */
import { readFile } from 'node:fs/promises';
import { InputError, messageOf } from '../../emulator/common/errors';
import { type Command, EXIT } from '../command';
import { numeric } from '../options';
import { runUser } from '../user';

const HELP = `usage: pef user [OPTIONS] PROGRAM [ARGUMENTS...]

Runs a static Linux program for 64-bit PowerPC (ELF, either byte order) in problem state: without an operating system, its system calls
are served by the emulator. Standard input, output and error are this program's; the exit code is the program's, or 128 and the
signal's number after a fault, which is reported with its registers.

  --env NAME=VALUE       adds to the environment, which is empty otherwise
  --root DIR             the program may read files below DIR, as if it were /
  --memory MIB           real memory (default 512)
  --seed TEXT            of random numbers: the same seed gives the same run
  --limit N              ends the program after N instructions (exit code 124)
  --output-limit BYTES   ends the program after so much output (default 256 MiB)
  --trace                tells each system call on standard error
  --count                lists the executed instructions by mnemonic on standard error; slow

Time is the number of instructions (512 in a microsecond). Options stand before PROGRAM.
`;

export interface UserOptions {
  readonly environment: readonly string[];
  readonly root: string | undefined;
  readonly memoryBytes: number;
  readonly seed: string;
  readonly limit: number;
  readonly outputLimit: number;
  readonly trace: boolean;
  readonly count: boolean;
}

/** Options up to the program's name; what follows belongs to the program. @throws InputError `usage` */
function parse(args: readonly string[]): { readonly options: UserOptions; readonly program: readonly string[] } {
  const values = new Map<string, string[]>();
  let at = 0;
  const usage = (message: string): InputError => new InputError('usage', `${message}; --help tells how to call this.`);
  for (; args[at]?.startsWith('--') === true && args[at] !== '--'; at++) {
    const [name = '', inline] = (args[at] ?? '').slice(2).split(/=(.*)/s);
    if (FLAGS.includes(name)) values.set(name, ['']);
    else if (VALUES.includes(name)) {
      const value = inline ?? args[++at];
      if (value === undefined) throw usage(`--${name} needs a value`);
      values.set(name, [...(values.get(name) ?? []), value]);
    } else throw usage(`there is no option --${name}`);
  }
  if (args[at] === '--') at++;
  const program = args.slice(at);
  if (program.length === 0) throw usage('the program is missing');
  const last = (name: string): string | undefined => values.get(name)?.at(-1);
  const number = (name: string, fallback: number, min: number, max: number): number => {
    const text = last(name);
    return text === undefined ? fallback : Math.floor(numeric(name, text, min, max));
  };
  const environment = values.get('env') ?? [];
  const wrong = environment.find((entry) => !/^[^=]+=/.test(entry));
  if (wrong !== undefined) throw usage(`--env is '${wrong}'; it must be NAME=VALUE`);
  const options: UserOptions = {
    environment,
    root: last('root'),
    memoryBytes: number('memory', 512, 1, 3072) * 2 ** 20,
    seed: last('seed') ?? '',
    limit: number('limit', Number.MAX_SAFE_INTEGER, 0, Number.MAX_SAFE_INTEGER),
    outputLimit: number('output-limit', 256 << 20, 0, Number.MAX_SAFE_INTEGER),
    trace: values.has('trace'),
    count: values.has('count'),
  };
  return { options, program };
}

const FLAGS = ['trace', 'count'];
const VALUES = ['env', 'root', 'memory', 'seed', 'limit', 'output-limit'];

export const userCommand: Command = {
  name: 'user',
  summary: 'run a static Linux program',
  help: HELP,
  run: async (args, io) => {
    if (args[0] === '--help' || args[0] === '-h') {
      io.out(HELP);
      return EXIT.passed;
    }
    const { options, program } = parse(args);
    const [path = ''] = program;
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch (error) {
      throw new InputError('file-unreadable', `${path} cannot be read: ${messageOf(error)}`);
    }
    return runUser(bytes, program, options, io);
  },
};
