/** `pef adapter`: the debug adapter for any DAP client. */

import { startAdapter } from '../../extension/adapter/server';
import { type Command, EXIT } from '../command';
import { numeric, options } from '../options';

const HELP = `usage: pef adapter [--port N]

Serves the Debug Adapter Protocol on standard input and output, or with --port on a TCP port of 127.0.0.1 (0: any free one,
which is then printed). Ends with the session, or with Ctrl-C.
`;

export const adapterCommand: Command = {
  name: 'adapter',
  summary: 'serve the Debug Adapter Protocol',
  help: HELP,
  run: async (args, io) => {
    const { values } = options(args, { port: { type: 'string' } }, { min: 0, max: 0, what: '' });
    const port = values.port === undefined ? undefined : numeric('port', values.port, 0, 65535);
    await startAdapter({ port, signal: io.signal }, (actual) => {
      io.error(`listening on 127.0.0.1:${actual}\n`);
    });
    return EXIT.passed;
  },
};
