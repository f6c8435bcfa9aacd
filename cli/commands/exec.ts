/** `pef exec`: instructions on given registers and memory, one JSON object a line. */

import { type Command, EXIT } from '../command';
import { EXEC_STEP_LIMIT, EXEC_TEXT_LIMIT, execSlices } from '../exec';
import { options } from '../options';

const HELP = `usage: pef exec

Reads JSON lines from standard input and answers each with one line of the same shape:
  {"gpr": [32 hex strings], "cr", "xer", "lr", "ctr", "msr", "pc", "memory": [{"addr", "hex"}], "steps": N}
At most N instructions (1 when missing, at most ${EXEC_STEP_LIMIT}) run from pc in real mode; a missing register is 0. MSR decides
byte order (LE), 64-bit mode (SF) and privilege: 9000000000000001 is 64-bit little-endian hypervisor state, 9000000000000000
big-endian; 9000000002802001 has floating point, vectors and VSX on (FP, VEC, VSX).

Optional members; the answer has those that the input has:
  "fpr": [32 doublewords]           floating-point registers
  "vsr": [64 x 32 digits or pairs]  vector-scalar registers, doubleword 0 first; VR n is VSR 32+n, FPR n doubleword 0 of VSR n
  "fpscr", "vscr"                   status and control
  "spr": {"SRR0": "1000", "815": "0", "DAR": null}
                                    special purpose registers by name or number (decimal, or 0x...); null only asks, and so
                                    does a list of names: ["SRR0", "DAR"]
  "cpu": {"model": "power9", "endian": "little"|"big", "translate": true|false}, or "power9"
                                    endian sets MSR.LE; translate goes through the radix tables in memory that PTCR names, as
                                    without it where PTCR is not 0; without translation an address is the real one

The answer holds the state after them, the same ranges of memory, "executed", and "stopped" with the interrupt that ended
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
const ATTENTION_MS = 8;
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
