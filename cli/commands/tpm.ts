/** `pef tpm`: tools for TPM 2.0 messages. */

import { type Command, EXIT } from '../command';
import { InputError } from '../../emulator/common/errors';
import { oneOf, options, readFileOrInput } from '../options';
import { decodeText } from '../tpm';

const HELP = `usage: pef tpm decode [FILE|-] [--format text|json]

Shows TPM 2.0 commands and responses field by field. FILE (or standard input) holds hexadecimal text, binary messages one after the
other, or JSON lines {"cmd": "hex", "rsp": "hex"}. Exit code 0, or 2 when something could not be decoded to its end.
`;

export const tpmCommand: Command = {
  name: 'tpm',
  summary: 'decode TPM 2.0 commands and responses',
  help: HELP,
  run: async (args, io) => {
    const [action, ...rest] = args;
    if (action !== 'decode') {
      throw new InputError('usage', `'${action ?? ''}' is not an action of "pef tpm"; write "pef tpm decode".`);
    }
    const { values, positionals } = options(
      rest,
      { format: { type: 'string', default: 'text' } },
      { min: 0, max: 1, what: '' },
    );
    const format = oneOf('format', values.format, ['text', 'json'] as const);
    const { output, errors } = decodeText(await readFileOrInput(positionals[0], io), { format, color: io.color });
    io.out(output);
    return errors === 0 ? EXIT.passed : EXIT.badInput;
  },
};
