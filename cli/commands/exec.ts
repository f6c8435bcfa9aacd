/** `pef exec`: instructions on given registers and memory, one JSON object a line. */

import { type Command, EXIT } from '../command';
import { EXEC_STEP_LIMIT, EXEC_TEXT_LIMIT, execSlices } from '../exec';
import { options } from '../options';

const HELP = `usage: pef exec

Reads JSON lines from standard input and answers each with one line of the same shape:
  {"gpr": [32 hex strings], "cr", "xer", "lr", "ctr", "msr", "pc", "memory": [{"addr", "hex"}], "steps": N}
At most N instructions (1 when missing, at most ${EXEC_STEP_LIMIT}) run from pc in real mode; a missing register is 0. MSR decides
byte order (LE), 64-bit mode (SF) and privilege: 9000000000000001 is 64-bit little-endian hypervisor state, 9000000000000000
big-endian. The answer holds the state after them, the same ranges of memory, "executed", and "stopped" with the interrupt that ended
the run, if one did. A line that cannot be used is answered with {"error": sentence}; an "id" comes back with the answer.
`;

export const execCommand: Command = {
  name: 'exec',
  summary: 'execute instructions given as JSON lines',
  help: HELP,
  run: async (args, io) => {
    options(args, {}, { min: 0, max: 0, what: '' });
    for await (const line of io.inputLines(EXEC_TEXT_LIMIT)) {
      if (line.trim() === '') continue;
      const answer = await untilAborted(execSlices(line), io.signal);
      if (answer === undefined) break;
      io.out(`${answer}\n`);
      await io.taken();
    }
    return io.signal.aborted ? EXIT.interrupted : EXIT.passed;
  },
};

/** Time between two looks at signals, in milliseconds. */
const ATTENTION_MS = 50;
let looked = 0;

/** Drives an execution to its end, or to undefined when the user interrupts it. */
async function untilAborted(execution: Generator<void, string>, signal: AbortSignal): Promise<string | undefined> {
  for (;;) {
    if (performance.now() - looked > ATTENTION_MS) {
      // Signals arrive only when the event loop turns.
      await new Promise((resolve) => setImmediate(resolve));
      looked = performance.now();
    }
    if (signal.aborted) return undefined;
    const step = execution.next();
    if (step.done === true) return step.value;
  }
}
