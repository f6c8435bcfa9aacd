/** `pef exec`: instructions on given registers and memory, one JSON object a line. */

import { type Command, EXIT } from '../command';
import { execLine } from '../exec';
import { options } from '../options';

const HELP = `usage: pef exec

Reads JSON lines from standard input and answers each with one line of the same shape:
  {"gpr": [32 hex strings], "cr", "xer", "lr", "ctr", "msr", "pc", "memory": [{"addr", "hex"}], "steps": N}
N instructions run from pc in real mode; missing members are 0, "steps" is 1. The answer holds the state after them, the same ranges
of memory, "executed", and "stopped" with the interrupt that ended the run, if one did. MSR decides byte order and privilege. A line
that cannot be used is answered with {"error": sentence}.
`;

export const execCommand: Command = {
  name: 'exec',
  summary: 'execute instructions given as JSON lines',
  help: HELP,
  run: async (args, io) => {
    options(args, {}, { min: 0, max: 0, what: '' });
    for await (const line of io.inputLines()) {
      if (line.trim() !== '') io.out(`${execLine(line)}\n`);
    }
    return EXIT.passed;
  },
};
