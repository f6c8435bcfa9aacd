/** `pef asm` and `pef disasm`: Power instructions from text, and back. */

import { InputError } from '../../emulator/common/errors';
import { asmText } from '../asm';
import { type Command, EXIT } from '../command';
import { disasmBytes, disasmText } from '../disasm';
import { oneOf, options, readFileOrInput } from '../options';

const COMMON = `  --base ADDRESS         address of the first byte (default 0)
  --endian little|big    byte order in memory (default little)
`;

const ASM_HELP = `usage: pef asm [FILE|-] [OPTIONS]

Assembles Power instructions from FILE or standard input.

  --format listing|hex   addresses, words and text (default), or only the bytes
${COMMON}
Exit code 0, or 2 with file:line:column: error: sentence.
`;

const DISASM_HELP = `usage: pef disasm [WORD...] [OPTIONS]

Disassembles words (0x38600001 or 38600001), or bytes in memory order (01 00 60 38), from arguments, standard input or a file.

  --file FILE            bytes of a binary file
${COMMON}`;

/** @throws InputError `usage` */
function address(text: string): bigint {
  if (!/^(0x[0-9a-f_]+|\d[\d_]*)$/i.test(text)) {
    throw new InputError('usage', `--base is '${text}'; it must be an address such as 0x10000.`);
  }
  return BigInt.asUintN(64, BigInt(text.replaceAll('_', '')));
}

const PLACE = { base: { type: 'string', default: '0' }, endian: { type: 'string', default: 'little' } } as const;

export const asmCommand: Command = {
  name: 'asm',
  summary: 'assemble Power instructions',
  help: ASM_HELP,
  run: async (args, io) => {
    const config = { ...PLACE, format: { type: 'string', default: 'listing' } } as const;
    const { values, positionals } = options(args, config, { min: 0, max: 1, what: '' });
    const text = new TextDecoder().decode(await readFileOrInput(positionals[0], io));
    const result = asmText(text, {
      base: address(values.base),
      endian: oneOf('endian', values.endian, ['little', 'big'] as const),
      format: oneOf('format', values.format, ['listing', 'hex'] as const),
    });
    if ('output' in result) {
      io.out(`${result.output}\n`);
      return EXIT.passed;
    }
    const name = positionals[0] ?? '<input>';
    for (const { line, column, code, message } of result.errors) {
      io.error(`${name}:${line}:${column}: error: ${message} [${code}]\n`);
    }
    return EXIT.badInput;
  },
};

export const disasmCommand: Command = {
  name: 'disasm',
  summary: 'disassemble Power instructions',
  help: DISASM_HELP,
  run: async (args, io) => {
    const { values, positionals } = options(
      args,
      { ...PLACE, file: { type: 'string' } },
      { min: 0, max: 10_000, what: '' },
    );
    const where = {
      base: address(values.base),
      endian: oneOf('endian', values.endian, ['little', 'big'] as const),
    };
    if (values.file !== undefined) {
      io.out(`${disasmBytes(await readFileOrInput(values.file, io), where)}\n`);
      return EXIT.passed;
    }
    const text = positionals.length > 0 ? positionals.join(' ') : new TextDecoder().decode(await io.readInput());
    io.out(`${disasmText(text, where)}\n`);
    return EXIT.passed;
  },
};
