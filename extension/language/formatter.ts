/**
 * Formatting: the indentation of lines, by the brackets that are open where they begin. Everything inside of a line
 * stays as it was written.
 */

import type { LangiumDocument, Lexer } from 'langium';
import type { Formatter, LangiumServices } from 'langium/lsp';
import type {
  DocumentFormattingParams,
  DocumentOnTypeFormattingParams,
  DocumentRangeFormattingParams,
  FormattingOptions,
  Range,
  TextEdit,
} from 'vscode-languageserver';
import { guardText } from '../../emulator/scenario/parser';
import { asmExtent } from '../../emulator/scenario/tokens';

export class ScenarioFormatter implements Formatter {
  readonly formatOnTypeOptions = { firstTriggerCharacter: '}', moreTriggerCharacter: ['\n'] };
  private readonly lexer: Lexer;

  constructor(services: LangiumServices) {
    this.lexer = services.parser.Lexer;
  }

  formatDocument(document: LangiumDocument, { options }: DocumentFormattingParams): TextEdit[] {
    return this.edits(document, options);
  }

  formatDocumentRange(document: LangiumDocument, { options, range }: DocumentRangeFormattingParams): TextEdit[] {
    return this.edits(document, options, range);
  }

  formatDocumentOnType(
    document: LangiumDocument,
    { options, position, ch }: DocumentOnTypeFormattingParams,
  ): TextEdit[] {
    // Behind a new line the line before it is complete; the new one keeps what the editor gave it.
    const line = ch === '\n' ? position.line - 1 : position.line;
    if (line < 0) return [];
    return this.edits(document, options, { start: { line, character: 0 }, end: { line, character: 0 } });
  }

  private edits(document: LangiumDocument, options: FormattingOptions, range?: Range): TextEdit[] {
    const text = document.textDocument.getText();
    if (guardText(text)) return [];
    const lines = text.split('\n');
    const depths = this.depths(document, text, lines);
    const edits: TextEdit[] = [];
    lines.forEach((whole, line) => {
      if (range && (line < range.start.line || line > range.end.line)) return;
      const depth = depths[line];
      const content = whole.replace(/\r$/, '');
      if (depth === undefined) return;
      const trimmed = content.trimEnd();
      const code = trimmed.trimStart();
      const unit = options.insertSpaces ? ' '.repeat(options.tabSize) : '\t';
      const indent = code === '' ? '' : typeof depth === 'number' ? unit.repeat(depth) : depth.keep;
      const old = content.length - content.trimStart().length;
      if (content.slice(0, old) !== indent && code !== '') {
        edits.push({ range: { start: { line, character: 0 }, end: { line, character: old } }, newText: indent });
      }
      if (trimmed.length < content.length) {
        edits.push({
          range: { start: { line, character: trimmed.length }, end: { line, character: content.length } },
          newText: '',
        });
      }
    });
    return edits;
  }

  /** How deep each line is; the indentation to keep for lines that continue a parenthesis; undefined inside of comments. */
  private depths(
    document: LangiumDocument,
    text: string,
    lines: readonly string[],
  ): (number | { keep: string } | undefined)[] {
    const at = (offset: number) => document.textDocument.positionAt(offset).line;
    const depths: (number | { keep: string } | undefined)[] = lines.map(() => 0);
    let depth = 0;
    let round = 0;
    let line = 0;
    const fill = (to: number) => {
      for (; line < to; line++) {
        depths[line + 1] = round > 0 ? { keep: /^\s*/.exec(lines[line + 1] ?? '')?.[0] ?? '' } : depth;
      }
    };
    const { tokens, hidden } = this.lexer.tokenize(text);
    for (const token of tokens) {
      const start = at(token.startOffset);
      if (start > line) {
        fill(start);
        if (token.image === '}' && round === 0) depths[start] = Math.max(0, depth - 1);
      }
      if (token.tokenType.name === 'ASM_BLOCK') {
        const extent = asmExtent(token.image, 0);
        const end = at((token.endOffset ?? token.startOffset) + (extent && extent.bodyEnd < extent.end ? 0 : 1));
        for (let inner = start + 1; inner <= end; inner++) depths[inner] = depth + (inner === end ? 0 : 1);
        line = Math.max(line, end);
      } else if (token.image === '{' && round === 0) depth++;
      else if (token.image === '}' && round === 0) depth = Math.max(0, depth - 1);
      else if (token.image === '(' || token.image === '[' || token.image === '{') round++;
      else if (token.image === ')' || token.image === ']' || token.image === '}') round = Math.max(0, round - 1);
    }
    fill(lines.length - 1);
    for (const comment of hidden) {
      for (let inner = at(comment.startOffset) + 1; inner <= at(comment.endOffset ?? comment.startOffset); inner++)
        depths[inner] = undefined;
    }
    return depths;
  }
}
