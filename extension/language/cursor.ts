/**
 * What can stand at a place of a text, told from the tokens before it: it works on texts that are being typed, where
 * the tree has holes.
 */

import { asmExtent, commentEnd } from '../../emulator/scenario/tokens';
import type { Token } from '../../emulator/scenario/tokens';

/** What completion offers at a place. */
export type Cursor =
  | { readonly kind: 'nothing' }
  /** The path of a file in quotes; `scenario`: of another scenario file. */
  | { readonly kind: 'path'; readonly scenario: boolean; readonly typed: string }
  /** Inside of an asm block; `mnemonic`: at the start of an instruction. */
  | { readonly kind: 'asm'; readonly mnemonic: boolean }
  | { readonly kind: 'file' | 'machine' | 'guest' | 'statement' }
  | { readonly kind: 'choice'; readonly words: readonly string[] }
  | { readonly kind: 'call'; readonly lev: 1 | 2 }
  | { readonly kind: 'command' }
  | { readonly kind: 'actor' }
  | { readonly kind: 'interrupt' }
  /** After `->`. */
  | { readonly kind: 'result'; readonly call: string | undefined; readonly word: string | undefined }
  /** After `name.`. */
  | { readonly kind: 'member'; readonly of: string | undefined }
  | { readonly kind: 'guest name' }
  /** In the arguments of a call: names of parameters too when an argument begins here. */
  | { readonly kind: 'expression'; readonly argument?: Argument };

/** The call whose arguments surround the place. */
export interface Argument {
  /** `ultracall`, `hypercall`, `send`, or nothing for a procedure or function. */
  readonly word: string | undefined;
  readonly name: string;
  /** Number of the argument, from 0. */
  readonly index: number;
  /** Name of the argument when it is written. */
  readonly named: string | undefined;
  /** Nothing of the argument is written yet. */
  readonly begins: boolean;
  /** Names that other arguments have already. */
  readonly used: readonly string[];
}

/** Tokens that end before an offset, and the start of the word at the offset. */
export interface Before {
  readonly tokens: readonly Token[];
  readonly wordStart: number;
}

export function tokensBefore(tokens: readonly Token[], text: string, offset: number): Before {
  let wordStart = offset;
  while (wordStart > 0 && /[A-Za-z0-9_]/.test(text.charAt(wordStart - 1))) wordStart--;
  return { tokens: tokens.filter((token) => token.startOffset < wordStart), wordStart };
}

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  profile: ['spec', 'shipped'],
  cpu: ['power9'],
  endian: ['little', 'big'],
  tpm: ['embedded', 'swtpm', 'mssim', 'device', 'none'],
  normal: ['memory'],
  secure: ['memory'],
  check: ['secrecy', 'integrity'],
  run: ['until', 'for', 'thread'],
  host: ['user'],
  with: ['session'],
  store: ['byte', 'halfword', 'word', 'doubleword', 'bytes at'],
};

/** Tokens after which an expression begins. */
const BEFORE_EXPRESSION = new Set([
  ...[
    '=',
    '(',
    '[',
    ',',
    ':',
    '?',
    '..',
    '!',
    '~',
    '+',
    '-',
    '*',
    '/',
    '%',
    '<<',
    '>>',
    '<',
    '<=',
    '>',
    '>=',
    '==',
    '!=',
  ],
  ...['&', '^', '|', '&&', '||', 'expect', 'if', 'in', 'repeat', 'return', 'print', 'at', 'byte', 'halfword', 'word'],
  ...['doubleword', 'until', 'load', 'memory', 'lpid', 'threads', 'thread', 'session'],
]);

/** Whether an offset lies in a comment. */
function inComment(text: string, tokens: readonly Token[], offset: number): boolean {
  // Strings and asm blocks are tokens; between tokens only blanks and comments are left.
  let at = 0;
  for (const token of tokens) if (token.startOffset < offset) at = (token.endOffset ?? token.startOffset) + 1;
  while (at < offset) {
    if (text.startsWith('//', at)) {
      const end = text.indexOf('\n', at);
      if (end < 0 || end >= offset) return true;
      at = end + 1;
    } else if (text.startsWith('/*', at)) {
      at = commentEnd(text, at);
      if (at > offset || (at === offset && !text.startsWith('*/', at - 2))) return true;
    } else at++;
  }
  return false;
}

/** What can stand at an offset. */
export function cursorAt(all: readonly Token[], text: string, offset: number): Cursor {
  const inside = all.find((token) => token.startOffset < offset && offset <= (token.endOffset ?? token.startOffset));
  if (inside?.tokenType.name === 'ASM_BLOCK') return asmCursor(inside, offset);
  const { tokens, wordStart } = tokensBefore(all, text, offset);
  const open = tokens.at(-1);
  if (open?.tokenType.name === 'ASM_BLOCK' && (open.endOffset ?? 0) + 1 === offset && !open.image.endsWith('}')) {
    return asmCursor(open, offset);
  }
  const string = all.find(
    (token) => token.startOffset < offset && token.tokenType.name === 'STRING' && endsAfter(token, offset),
  );
  if (string) return pathCursor(all, string, offset);
  if (inComment(text, all, offset)) return { kind: 'nothing' };
  const last = tokens.at(-1);
  if (!last) return { kind: 'file' };
  if (last.tokenType.name === 'NUMBER' && (last.endOffset ?? 0) + 1 === wordStart && wordStart === offset)
    return { kind: 'nothing' };
  return afterToken(tokens, last);
}

/** Whether an offset is inside of a string token, before its closing quote. */
function endsAfter(token: Token, offset: number): boolean {
  const end = token.startOffset + token.image.length;
  const closed = token.image.length > 1 && token.image.endsWith('"');
  return offset < end || (offset === end && !closed);
}

function asmCursor(token: Token, offset: number): Cursor {
  const extent = asmExtent(token.image, 0);
  const at = offset - token.startOffset;
  if (!extent || at < extent.body || at > extent.bodyEnd) return { kind: 'nothing' };
  const line = token.image.slice(extent.body, at).split('\n').at(-1) ?? '';
  if (/#|\/\/|;/.test(line)) return { kind: 'nothing' };
  return { kind: 'asm', mnemonic: /^\s*(?:[A-Za-z_.$][\w.$]*:\s*)*[\w.+-]*$/.test(line) };
}

function pathCursor(all: readonly Token[], string: Token, offset: number): Cursor {
  const before = all[all.indexOf(string) - 1]?.image;
  if (before !== 'use' && before !== 'file') return { kind: 'nothing' };
  return { kind: 'path', scenario: before === 'use', typed: string.image.slice(1, offset - string.startOffset) };
}

function afterToken(tokens: readonly Token[], last: Token): Cursor {
  const word = last.image;
  const before = tokens.at(-2)?.image;
  if (word === '.') return { kind: 'member', of: before };
  if (word === '->') return resultCursor(tokens);
  if (word === 'ultracall' || word === 'hypercall') return { kind: 'call', lev: word === 'ultracall' ? 2 : 1 };
  if (word === 'send') return { kind: 'command' };
  if (word === 'as') return { kind: 'actor' };
  if (word === 'interrupt' && before === 'expect') return { kind: 'interrupt' };
  if (word === 'secrecy') return { kind: 'guest name' };
  if (before === 'as' && last.tokenType.name === 'ID') return { kind: 'choice', words: ['user'] };
  const block = enclosing(tokens);
  if (word === 'tpm' && block.place !== 'machine') return { kind: 'choice', words: ['response at'] };
  const choices = CHOICES[word];
  if (choices && !(block.place === 'file' || (block.argument && word === 'host')))
    return { kind: 'choice', words: choices };
  if (['let', 'const', 'procedure', 'guest', 'scenario', 'use', 'for', 'seed', 'machine'].includes(word))
    return { kind: 'nothing' };
  if (block.argument && (word === '(' || word === ',' || word === ':' || BEFORE_EXPRESSION.has(word))) {
    return { kind: 'expression', argument: block.argument };
  }
  if (BEFORE_EXPRESSION.has(word)) return { kind: 'expression' };
  return block.argument ? { kind: 'nothing' } : { kind: block.place };
}

/** The call before `->`: over its closing parenthesis back to its name. */
function resultCursor(tokens: readonly Token[]): Cursor {
  let depth = 0;
  for (let i = tokens.length - 2; i >= 0; i--) {
    const image = tokens[i]?.image;
    if (image === ')') depth++;
    else if (image === '(' && --depth <= 0) {
      return { kind: 'result', call: tokens[i - 1]?.image, word: tokens[i - 2]?.image };
    } else if (image === '{' || image === '}') break;
  }
  return { kind: 'result', call: undefined, word: undefined };
}

interface Enclosing {
  readonly place: 'file' | 'machine' | 'guest' | 'statement';
  readonly argument: Argument | undefined;
}

/** The innermost open bracket that matters. */
function enclosing(tokens: readonly Token[]): Enclosing {
  const open: number[] = [];
  tokens.forEach((token, i) => {
    if (/^[([{]$/.test(token.image)) open.push(i);
    else if (/^[)\]}]$/.test(token.image)) open.pop();
  });
  const argument = argumentAt(tokens, open.at(-1));
  const brace = open.findLast((i) => tokens[i]?.image === '{');
  if (brace === undefined) return { place: 'file', argument };
  if (tokens[brace - 1]?.image === 'machine') return { place: 'machine', argument };
  return { place: tokens[brace - 2]?.image === 'guest' ? 'guest' : 'statement', argument };
}

function argumentAt(tokens: readonly Token[], open: number | undefined): Argument | undefined {
  if (open === undefined || tokens[open]?.image !== '(') return undefined;
  const name = tokens[open - 1];
  if (!name || !/^[A-Za-z_]/.test(name.image)) return undefined;
  const word = tokens[open - 2]?.image;
  if (word === 'procedure') return undefined;
  // Arguments are counted by the commas at their own depth.
  let depth = 0;
  let start = open + 1;
  let index = 0;
  const used: string[] = [];
  for (let i = open + 1; i < tokens.length; i++) {
    const image = tokens[i]?.image ?? '';
    if (/^[([{]$/.test(image)) depth++;
    else if (/^[)\]}]$/.test(image)) depth--;
    else if (depth === 0 && image === ',') {
      index++;
      start = i + 1;
    } else if (depth === 0 && image === ':' && i === start + 1) used.push(tokens[start]?.image ?? '');
  }
  const named = tokens[start + 1]?.image === ':' ? tokens[start]?.image : undefined;
  const verb = word === 'ultracall' || word === 'hypercall' || word === 'send' ? word : undefined;
  return { word: verb, name: name.image, index, named, begins: start >= tokens.length, used };
}

/** The call whose arguments surround an offset, for signature help. */
export function argumentAround(all: readonly Token[], text: string, offset: number): Argument | undefined {
  const tokens = all.filter((token) => token.startOffset < offset && (token.endOffset ?? 0) < offset);
  if (inComment(text, all, offset)) return undefined;
  return enclosing(tokens).argument;
}

/** Variables that are declared before an offset and visible there, the innermost last. */
export function variablesAt(
  all: readonly Token[],
  offset: number,
): { readonly name: string; readonly kind: 'variable' | 'parameter' }[] {
  type Variable = { readonly name: string; readonly kind: 'variable' | 'parameter' };
  const scopes: Variable[][] = [[]];
  let next: Variable[] = [];
  const tokens = all.filter((token) => (token.endOffset ?? token.startOffset) < offset);
  tokens.forEach((token, i) => {
    const name = tokens[i + 1]?.image ?? '';
    if (token.image === '{') {
      scopes.push(next);
      next = [];
    } else if (token.image === '}') scopes.pop();
    else if (token.image === 'let' && tokens[i + 2]?.image === '=') {
      // Not the variable whose value begins here.
      if (i + 3 < tokens.length) scopes.at(-1)?.push({ name, kind: 'variable' });
    } else if (token.image === 'for' && tokens[i + 2]?.image === 'in') next = [{ name, kind: 'variable' }];
    else if (token.image === 'procedure') {
      for (let at = i + 3; at < tokens.length && tokens[at]?.image !== ')'; at++) {
        const parameter = tokens[at]?.image ?? '';
        if (/^[A-Za-z_]/.test(parameter)) next.push({ name: parameter, kind: 'parameter' });
      }
    }
  });
  return scopes.flat();
}
