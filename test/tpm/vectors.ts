/** The exchanges recorded from a real TPM, and bytes made from them. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromHex } from '../../emulator/common/bytes';

export interface Exchange {
  readonly file: string;
  readonly line: number;
  readonly cmd: Uint8Array;
  readonly rsp: Uint8Array;
}

function read(file: string): Exchange[] {
  const path = fileURLToPath(new URL(`../vectors/tpm/${file}`, import.meta.url));
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((text, i) => {
    const { cmd, rsp } = JSON.parse(text) as { cmd: string; rsp: string };
    return { file, line: i + 1, cmd: fromHex(cmd), rsp: fromHex(rsp) };
  });
}

export const EXCHANGES: readonly Exchange[] = [...read('flow.jsonl'), ...read('tpm2-tools-swtpm.jsonl')];

/** The code of a command's bytes. */
export function codeOf(message: Uint8Array): number {
  return new DataView(message.buffer, message.byteOffset).getUint32(6);
}

/** The first exchange of a command. */
export function exchangeOf(code: number): Exchange {
  const found = EXCHANGES.find(({ cmd }) => codeOf(cmd) === code);
  if (!found) throw new Error(`no exchange of command ${code.toString(16)}`);
  return found;
}
