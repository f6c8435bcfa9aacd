/** Instructions that the machine itself executes, from their text: the rows of the Power ISA give the words. */

import { assembleLine } from '../isa/assembler';

/** @throws RangeError for a text that is no instruction (a mistake in this project) */
export function instructionWord(text: string, address = 0n): number {
  const line = assembleLine(text, address);
  if ('error' in line) throw new RangeError(`'${text}' is no instruction: ${line.error.message}`);
  return line.word;
}
