/** The TPM exchange as trees: the command and the response, field by field, each with its bytes. */

import { hexNumber } from '../../emulator/common/bytes';
import { decodeCommand, decodeResponse, type DecodedMessage, type TpmNode } from '../../emulator/tpm/codec';
import { listed, type Container, type Shown } from './inspection';
import { bytesText } from './values';

export interface Exchange {
  readonly command: Uint8Array;
  readonly response?: Uint8Array;
}

/** Memory space and offset at which the bytes of a message stand. */
export type MessagePlace = (kind: 'command' | 'response') => { readonly space: string; readonly address: bigint };

export function exchangeView(exchange: Exchange, place: MessagePlace): Container {
  return listed(() => {
    const command = messageShown('command', decodeCommand(exchange.command), place);
    if (!exchange.response) return [command, { name: 'response', value: '(not yet)' }];
    return [command, messageShown('response', decodeResponse(exchange.response, exchange.command), place)];
  });
}

function messageShown(kind: 'command' | 'response', message: DecodedMessage, place: MessagePlace): Shown {
  const { space, address } = place(kind);
  const reference = (node: TpmNode) => `${space}:${hexNumber(address + BigInt(node.offset))}`;
  const { error, root } = message;
  return {
    name: kind,
    value: `${message.name}, ${message.bytes.length} bytes${error ? `: ${error.message}` : ''}`,
    type: root.type,
    memoryReference: reference(root),
    children: listed((_format) => [
      ...root.children.map((child) => nodeShown(child, reference)),
      ...(error ? [{ name: 'error', value: `${error.code} at byte ${error.offset}: ${error.message}` }] : []),
    ]),
  };
}

function nodeShown(node: TpmNode, reference: (node: TpmNode) => string): Shown {
  const problem = node.problem ? `  (${node.problem.rc}: ${node.problem.message})` : '';
  return {
    name: node.name,
    value: nodeText(node) + problem,
    type: node.doc ? `${node.type}: ${node.doc}` : node.type,
    ...(node.length > 0 && { memoryReference: reference(node) }),
    ...(node.children.length > 0 && {
      children: listed(() => node.children.map((child) => nodeShown(child, reference)), node.children.length),
    }),
  };
}

function nodeText(node: TpmNode): string {
  const { value, text, role, children } = node;
  if (value instanceof Uint8Array)
    return node.encrypted ? `encrypted: ${bytesText(value)}` : (text ?? bytesText(value));
  if (value === undefined) {
    if (text !== undefined) return text;
    if (role === 'list') return `[${children.length}]`;
    if (role === 'group') return `{ ${children.map((child) => child.name).join(', ')} }`;
    const bytes = role === 'sized' ? children.find((child) => child.value instanceof Uint8Array) : undefined;
    return bytes ? nodeText(bytes) : node.type;
  }
  const number = role === 'bit' ? value.toString() : hexNumber(value, node.length * 2);
  if (text !== undefined) return `${text} (${number})`;
  return role === 'number' && value >= 10n ? `${number} (${value})` : number;
}
