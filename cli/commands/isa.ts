/** `pef isa`: what the machine's tables say of an instruction, register or interrupt. */

import { InputError } from '../../emulator/common/errors';
import { didYouMean, nearest } from '../../emulator/common/nearest';
import { REFERENCE_KINDS, describeName, referenceNames, referencePage } from '../../emulator/isa/reference';
import { type Command, EXIT } from '../command';
import { oneOf, options } from '../options';

const HELP = `usage: pef isa NAME...
       pef isa --page ${REFERENCE_KINDS.join('|')}

Tells what an instruction, a register or an interrupt is, by the tables that the machine executes: encoding, forms,
privilege, fields, section of the manual. An interrupt is named by its vector (0xe40) or its abbreviation (HEAI).

  --page KIND            all of a kind as a page in Markdown
`;

export const isaCommand: Command = {
  name: 'isa',
  summary: 'look up an instruction, register or interrupt',
  help: HELP,
  run: (args, io) => {
    const { values, positionals } = options(args, { page: { type: 'string' } }, { min: 0, max: 1000, what: '' });
    if (values.page !== undefined) {
      io.out(referencePage(oneOf('page', values.page, REFERENCE_KINDS)));
      return Promise.resolve(EXIT.passed);
    }
    if (positionals.length === 0) throw new InputError('usage', 'NAME is missing; --help tells how to call this.');
    for (const [i, name] of positionals.entries()) {
      const texts = describeName(name);
      if (texts.length === 0) {
        const hint = didYouMean(nearest(name, referenceNames()));
        throw new InputError('unknown-name', `${name} is no instruction, register or interrupt of the machine.${hint}`);
      }
      io.out(`${i > 0 ? '\n' : ''}${texts.join('\n\n')}\n`);
    }
    return Promise.resolve(EXIT.passed);
  },
};
