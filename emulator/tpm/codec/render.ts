/**
 * A decoded message as readable lines, one a field: place, hexadecimal bytes, name, value in names.
 *
 *     TPM2_GetRandom command, 12 bytes
 *       tag             8001      TPM_ST_NO_SESSIONS
 *       bytesRequested  0014      20
 */

import { hexNumber, toHex } from '../../common/bytes';
import type { DecodedMessage, TpmNode } from './nodes';
import { explainResponseCode } from './response-code';
import { isSigned } from './text';

export interface RenderOptions {
  /** ANSI colours; off by default. */
  readonly color?: boolean;
  /** Columns of a line, 100 by default; long bytes go on in further lines. */
  readonly width?: number;
}

interface Line {
  readonly depth: number;
  readonly name: string;
  readonly type: string;
  readonly hex: string;
  readonly text: string;
  readonly warning: string | undefined;
}

/** Groups that the specification does not name as structures stay out of the way. */
const TRANSPARENT = new Set(['handles', 'parameters']);

function decimal(node: TpmNode): string {
  if (typeof node.value !== 'bigint') return '';
  const value = isSigned(node.type) ? BigInt.asIntN(8 * node.length, node.value) : node.value;
  return value.toString();
}

function* lines(node: TpmNode, depth: number): Generator<Line> {
  const line = (hex: string, text: string): Line => ({
    depth,
    name: node.name,
    type: node.type,
    hex,
    text,
    warning: node.problem && `${node.problem.rc}: ${node.problem.message}`,
  });
  switch (node.role) {
    case 'number':
      yield line(numberHex(node), node.text ?? decimal(node));
      return;
    case 'bits':
      yield line(numberHex(node), node.text ?? '');
      // Only set bits: the clear ones are many and say little in a text.
      for (const bit of node.children) if (bit.value !== 0n) yield* lines(bit, depth + 1);
      return;
    case 'bit':
      yield {
        ...line('', node.doc ?? ''),
        type: '',
        hex: node.text === 'SET' ? '' : (node.text ?? hexNumber(node.value as bigint)),
      };
      return;
    case 'bytes':
      yield line(bytesHex(node), node.text ?? '');
      return;
    case 'sized':
      yield* sizedLines(node, depth, line);
      return;
    case 'structure':
    case 'list':
    case 'group':
      yield line('', node.role === 'list' ? '' : (node.text ?? ''));
      for (const child of node.children) yield* lines(child, depth + 1);
  }
}

/** A TPM2B_* of plain bytes is one line; one around a structure shows its inside. */
function* sizedLines(node: TpmNode, depth: number, line: (hex: string, text: string) => Line): Generator<Line> {
  const [size, body] = node.children;
  const warning = size?.problem && `${size.problem.rc}: ${size.problem.message}`;
  if (body === undefined || body.role === 'bytes') {
    const bytes = body?.value instanceof Uint8Array ? body.value.length : 0;
    const text = [node.text, `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`]
      .filter((part) => part !== undefined)
      .join(', ');
    yield { ...line(body === undefined ? '' : bytesHex(body), text), warning };
    return;
  }
  yield { ...line('', `${body.length} bytes`), warning };
  for (const child of body.children) yield* lines(child, depth + 1);
  for (const child of node.children.slice(2)) yield* lines(child, depth + 1);
}

function numberHex(node: TpmNode): string {
  return typeof node.value === 'bigint' ? node.value.toString(16).padStart(2 * node.length, '0') : '';
}

/** Longer bytes are shown by their beginning. */
const MAX_SHOWN_BYTES = 4096;

function bytesHex(node: TpmNode): string {
  if (!(node.value instanceof Uint8Array)) return '';
  const more = node.value.length - MAX_SHOWN_BYTES;
  return toHex(node.value.subarray(0, MAX_SHOWN_BYTES)) + (more > 0 ? ` and ${more} bytes more` : '');
}

const DIM = ['\u001b[2m', '\u001b[22m'] as const;
const BOLD = ['\u001b[1m', '\u001b[22m'] as const;
const CYAN = ['\u001b[36m', '\u001b[39m'] as const;
const RED = ['\u001b[31m', '\u001b[39m'] as const;

/** Text of a message for terminals and logs, without a newline at its end. */
export function renderMessage(decoded: DecodedMessage, options: RenderOptions = {}): string {
  const paint = (text: string, [on, off]: readonly [string, string]): string =>
    options.color === true && text !== '' ? `${on}${text}${off}` : text;
  const width = Math.max(60, options.width ?? 100);

  const all = decoded.root.children.flatMap((node) =>
    TRANSPARENT.has(node.name) ? node.children.flatMap((child) => [...lines(child, 1)]) : [...lines(node, 1)],
  );
  const nameWidth = Math.min(32, Math.max(...all.map((line) => 2 * line.depth + line.name.length), 0));
  const hexColumns = Math.max(8, Math.min(32, ...[Math.max(...all.map((line) => line.hex.length), 0)]));

  const out = [paint(title(decoded), BOLD)];
  for (const line of all) {
    const indent = '  '.repeat(line.depth);
    const chunks = line.hex.length <= hexColumns ? [line.hex] : chunk(line.hex, hexColumns);
    const [first = '', ...more] = chunks;
    const gap = ' '.repeat(Math.max(0, nameWidth - indent.length - line.name.length));
    const head = `${indent}${paint(line.name, CYAN)}${gap}  ${first.padEnd(hexColumns)}`;
    const room = width - nameWidth - hexColumns - 4;
    const text = line.text.length > room && room > 16 ? wrap(line.text, room) : [line.text];
    const [firstText = '', ...moreText] = text;
    const type = line.type === '' || line.type === line.name ? '' : paint(line.type, DIM);
    const tail = [firstText, type].filter((part) => part !== '').join('  ');
    out.push(`${head}  ${tail}`.trimEnd());
    for (let i = 0; i < Math.max(more.length, moreText.length); i++) {
      const rest = `${' '.repeat(nameWidth)}  ${(more[i] ?? '').padEnd(hexColumns)}  ${moreText[i] ?? ''}`;
      out.push(rest.trimEnd());
    }
    if (line.warning !== undefined) out.push(paint(`${indent}  ! ${line.warning}`, RED));
  }
  const hint = responseHint(decoded);
  if (hint !== '') out.push(`  ${hint}`);
  if (decoded.error) {
    const { code, offset, message } = decoded.error;
    out.push(paint(`  ! ${code} at byte ${offset}: ${message}`, RED));
  }
  return out.join('\n');
}

function title(decoded: DecodedMessage): string {
  const bytes = `${decoded.bytes.length} ${decoded.bytes.length === 1 ? 'byte' : 'bytes'}`;
  if (decoded.kind === 'value') return `${decoded.name}, ${bytes}`;
  if (decoded.kind === 'response') {
    const of = decoded.name === 'response' ? 'response' : `${decoded.name} response`;
    const code = decoded.responseCode === undefined ? '' : `, ${explainResponseCode(decoded.responseCode).text}`;
    return `${of}, ${bytes}${code}`;
  }
  return decoded.name === 'command' ? `command, ${bytes}` : `${decoded.name} command, ${bytes}`;
}

function responseHint(decoded: DecodedMessage): string {
  if (decoded.responseCode === undefined || decoded.responseCode === 0) return '';
  const { hint } = explainResponseCode(decoded.responseCode);
  return hint === '' ? '' : `What to do: ${hint}.`;
}

function chunk(text: string, size: number): string[] {
  const parts: string[] = [];
  for (let i = 0; i < text.length; i += size) parts.push(text.slice(i, i + size));
  return parts;
}

/** Breaks text at blanks into lines of at most `room` characters; a longer word stays whole. */
function wrap(text: string, room: number): string[] {
  const out: string[] = [];
  for (const word of text.split(' ')) {
    const last = out.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room) out[out.length - 1] = `${last} ${word}`;
    else out.push(word);
  }
  return out;
}
