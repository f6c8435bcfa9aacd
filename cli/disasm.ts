/** `pef disasm`: bytes or hexadecimal text to instructions. */
import { fromHex } from '../emulator/common/bytes';
import { InputError } from '../emulator/common/errors';
import { disassemble } from '../emulator/isa/disassembler';

export interface DisasmOptions {
  /** Address of the first instruction; 0 by default. */
  readonly base?: bigint;
  /** Byte order of the instructions in memory; little by default. */
  readonly endian?: 'little' | 'big';
}

/** Most bytes of one call. */
const LIMIT_BYTES = 16 * 2 ** 20;

/** Lines `address: word  text` of instructions in memory order. Bytes behind the last whole word are `.byte`. */
export function disasmBytes(bytes: Uint8Array, options: DisasmOptions = {}): string {
  if (bytes.length > LIMIT_BYTES) {
    throw new InputError('too-large', `There are ${bytes.length} bytes; disassemble at most ${LIMIT_BYTES} at once.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += 4) {
    const address = BigInt.asUintN(64, (options.base ?? 0n) + BigInt(offset));
    const place = address.toString(16).padStart(8, '0');
    if (offset + 4 > bytes.length) {
      const rest = [...bytes.subarray(offset)].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`);
      lines.push(`${place}: .byte ${rest.join(',')}`);
      break;
    }
    const word = view.getUint32(offset, options.endian !== 'big');
    lines.push(`${place}: ${word.toString(16).padStart(8, '0')}  ${disassemble(word, address).text}`);
  }
  return lines.join('\n');
}

/**
 * Disassembles hexadecimal text: words such as `0x38600001` or `38600001`, which are numbers whatever the byte order, or
 * bytes in memory order, such as `01 00 60 38`.
 *
 * @throws InputError `bad-hex`, `too-large`
 */
export function disasmText(text: string, options: DisasmOptions = {}): string {
  const items = text.split(/[\s,]+/).filter((item) => item !== '');
  if (items.length === 0 || !items.every((item) => /^(0x[0-9a-f]{1,8}|[0-9a-f]{8})$/i.test(item))) {
    return disasmBytes(fromHex(text), options);
  }
  const bytes = new Uint8Array(4 * items.length);
  const view = new DataView(bytes.buffer);
  items.forEach((item, i) => view.setUint32(4 * i, Number.parseInt(item, 16), options.endian !== 'big'));
  return disasmBytes(bytes, options);
}
