/** `pef`: the emulator and its tools in a terminal. */

import { once } from 'node:events';
import { messageOf } from '../emulator/common/errors';
import { type Command, EXIT, type Io } from './command';
import { adapterCommand } from './commands/adapter';
import { asmCommand, disasmCommand } from './commands/asm';
import { checkCommand } from './commands/check';
import { esmCommand } from './commands/esm';
import { execCommand } from './commands/exec';
import { isaCommand } from './commands/isa';
import { runCommand } from './commands/run';
import { tpmCommand } from './commands/tpm';
import { userCommand } from './commands/user';
import { linesOf } from './lines';

declare const PEF_VERSION: string;

const COMMANDS: readonly Command[] = [
  runCommand,
  checkCommand,
  adapterCommand,
  asmCommand,
  disasmCommand,
  isaCommand,
  tpmCommand,
  esmCommand,
  execCommand,
  userCommand,
];

const HELP = `usage: pef COMMAND [ARGUMENTS]

An emulated POWER9 machine with the Protected Execution Facility.

${COMMANDS.map((command) => `  ${command.name.padEnd(9)}${command.summary}`).join('\n')}

"pef COMMAND --help" tells more. Exit codes: 0 passed, 1 failed, 2 the input cannot be used, 3 a back end failed.
`;

/** Standard input, which ends when the user interrupts. */
async function* inputUntil(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const stop = (): void => void process.stdin.destroy();
  signal.addEventListener('abort', stop);
  try {
    for await (const chunk of process.stdin) yield chunk as Buffer;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function nodeIo(signal: AbortSignal): Io {
  return {
    out: (text) => void process.stdout.write(text),
    taken: async () => {
      if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
    },
    error: (text) => void process.stderr.write(text),
    outBytes: (bytes) => void process.stdout.write(bytes),
    errorBytes: (bytes) => void process.stderr.write(bytes),
    inputChunks: () => inputUntil(signal),
    readInput: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    },
    inputLines: (limit) => linesOf(inputUntil(signal), limit),
    color: process.stdout.isTTY && process.env.NO_COLOR === undefined,
    signal,
  };
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  const interrupted = new AbortController();
  process.once('SIGINT', () => {
    interrupted.abort();
    // A second Ctrl-C ends the program at once.
    process.once('SIGINT', () => process.exit(130));
  });
  const io = nodeIo(interrupted.signal);
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? io.error : io.out)(HELP);
    return name === undefined ? EXIT.badInput : EXIT.passed;
  }
  if (name === '--version' || name === '-v') {
    io.out(`pef ${PEF_VERSION}\n`);
    return EXIT.passed;
  }
  const command = COMMANDS.find((each) => each.name === name);
  if (!command) {
    io.error(`pef: there is no command '${name}'; "pef --help" lists them\n`);
    return EXIT.badInput;
  }
  // What follows a program's name belongs to the program.
  if (command !== userCommand && (rest.includes('--help') || rest.includes('-h'))) {
    io.out(command.help);
    return EXIT.passed;
  }
  try {
    return await command.run(rest, io);
  } catch (error) {
    io.error(`pef ${name}: ${messageOf(error)}\n`);
    return EXIT.badInput;
  }
}

// A reader that goes away (`pef run x | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
