/** `pef check`: the errors and warnings of scenario files, one a line. */

import { resolve } from 'node:path';
import type { Diagnostic } from '../../emulator/scenario/diagnostics';
import { loadScenario } from '../../emulator/scenario/load';
import { diskFiles, workspaceOf } from '../../extension/adapter/files';
import { type Command, EXIT } from '../command';
import { options } from '../options';
import { shown } from '../text';

const HELP = `usage: pef check FILE...

Lists what is wrong with scenario files, one line each:
  file:line:column: error: sentence [code]
Exit code 0 when there are no errors, 2 otherwise.
`;

/** `file:line:column: severity: message [code]`. */
export function diagnosticLine({ path, range, severity, message, code }: Diagnostic): string {
  return `${shown(path)}:${range.line}:${range.column}: ${severity}: ${message} [${code}]`;
}

export const checkCommand: Command = {
  name: 'check',
  summary: 'list the errors of scenario files',
  help: HELP,
  run: async (args, io) => {
    const { positionals } = options(args, {}, { min: 1, max: 1000, what: 'the name of a scenario file' });
    let errors = 0;
    for (const path of positionals) {
      const file = resolve(path);
      const { diagnostics } = await loadScenario(file, diskFiles(workspaceOf(file, process.cwd())));
      for (const diagnostic of diagnostics) io.out(`${diagnosticLine(diagnostic)}\n`);
      errors += diagnostics.filter((each) => each.severity === 'error').length;
    }
    if (errors === 0)
      io.out(`${positionals.length === 1 ? positionals[0] : `${positionals.length} files`}: no errors\n`);
    return errors === 0 ? EXIT.passed : EXIT.badInput;
  },
};
