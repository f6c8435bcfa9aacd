/** What is wrong with a scenario file: the codes, and the shape in which every part reports. */

import type { TextRange } from '../common/errors';

/** Every code that a diagnostic of the language has, with what it means. */
export const DIAGNOSTIC_CODES = {
  // the text
  'file-not-found': 'A file that is named cannot be found.',
  'file-unreadable': 'A file cannot be read.',
  'file-too-large': 'A file is larger than the limit.',
  'file-outside': 'A relative path leaves the workspace.',
  'not-utf8': 'A scenario file is not UTF-8 text.',
  syntax: 'The text does not follow the grammar.',
  'too-deep': 'Brackets or expressions are nested too deep.',
  'unclosed-text': 'A text has no closing quote.',
  'unclosed-comment': 'A comment has no end.',
  'unclosed-asm': 'An asm block has no closing brace.',
  'too-many-errors': 'More errors than are shown.',
  // names
  'unknown-name': 'No variable, constant, register or guest has this name.',
  'unknown-call': 'No ultracall or hypercall has this name.',
  'unknown-code': 'No result code has this name.',
  'unknown-guest': 'No guest has this name.',
  'unknown-actor': 'Neither a guest nor another actor has this name.',
  'unknown-procedure': 'No procedure or function has this name.',
  'unknown-command': 'No TPM command has this name.',
  'unknown-field': 'The command has no field of this name.',
  'unknown-bit': 'The register has no bit or field of this name.',
  'unknown-interrupt': 'No interrupt has this name.',
  'unknown-setting': 'The setting does not have this value.',
  'duplicate-name': 'The name is already taken.',
  'duplicate-setting': 'The setting is already there.',
  'reserved-name': 'The name already means a register, a constant or a function.',
  'use-cycle': 'Files use each other in a circle.',
  'const-cycle': 'Constants are defined by each other in a circle.',
  // calls
  'unknown-argument': 'The call has no parameter of this name.',
  'duplicate-argument': 'The parameter is given twice.',
  'missing-argument': 'A parameter of the call is not given.',
  'too-many-arguments': 'More arguments than the call has parameters.',
  'positional-after-named': 'An argument without a name follows one with a name.',
  'wrong-family': 'The result code belongs to another kind of call.',
  'unlisted-result': 'The documentation of the call does not list this result.',
  // values
  'bad-number': 'The number is not written as a number.',
  'number-too-large': 'The number does not fit 64 bits.',
  'value-out-of-range': 'The value is outside of what is possible.',
  'bad-hex': 'The text is not hexadecimal.',
  'not-constant': 'The value must be known before the scenario runs.',
  'division-by-zero': 'A division by zero.',
  'type-mismatch': 'A value of another type is needed.',
  'bad-operator': 'The operators do not fit together.',
  'not-assignable': 'This cannot be assigned.',
  'no-value': 'The procedure returns no value.',
  // machine
  'limit-exceeded': 'A size is larger than the machine can have.',
  'bad-size': 'A size is not possible.',
  'bad-threads': 'The number of hardware threads is not possible.',
  'bad-image': 'An image or initrd cannot be loaded.',
  'image-moved': 'An image lies elsewhere than it is linked for.',
  'not-available': 'This is not available yet.',
  // assembler
  asm: 'The assembler does not understand the line.',
  'asm-too-large': 'The asm blocks do not fit the code area.',
} as const satisfies Record<string, string>;

export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;

/** One thing wrong in a file. */
export interface Diagnostic {
  /** As the loader was given it, or the address of the document. */
  readonly path: string;
  readonly range: TextRange;
  readonly severity: 'error' | 'warning';
  readonly code: DiagnosticCode;
  /** A sentence that says what to do. */
  readonly message: string;
  /** Text that would mend the range, for a quick fix. */
  readonly replacement?: string;
}

/** `file:line:column: severity code: sentence`, for terminals. */
export function renderDiagnostic({ path, range, severity, code, message }: Diagnostic): string {
  return `${path}:${range.line}:${range.column}: ${severity} ${code}: ${message}`;
}

/** Diagnostics of one run over a file; no more than a reader can want. */
export const MAX_DIAGNOSTICS = 200;

export class Diagnostics {
  readonly all: Diagnostic[] = [];
  private readonly known = new Set<string>();
  private dropped = false;

  /** Adds what was not reported at that place before. */
  add(diagnostic: Diagnostic): void {
    const { path, range, code, message } = diagnostic;
    const key = `${range.line}:${range.column}:${range.endLine}:${range.endColumn} ${code} ${path} ${message}`;
    if (this.known.has(key)) return;
    if (this.all.length < MAX_DIAGNOSTICS) this.known.add(key);
    if (this.all.length < MAX_DIAGNOSTICS) {
      this.all.push(diagnostic);
    } else if (!this.dropped) {
      this.dropped = true;
      const message = `There are more than ${MAX_DIAGNOSTICS} errors and warnings; mend these first.`;
      this.all.push({ ...diagnostic, severity: 'error', code: 'too-many-errors', message, replacement: undefined });
    }
  }

  get hasErrors(): boolean {
    return this.all.some(({ severity }) => severity === 'error');
  }
}
