/** Values of the language as trees. */

import { hexNumber, toHex } from '../../emulator/common/bytes';
import { isList, isRecord, type Value } from '../../emulator/common/values';
import type { DebugTarget } from '../../emulator/timeline/replayable';
import { MOST_MEMBERS, type Container, type Format, type Inspection, type Shown } from './inspection';

/** Bytes of a byte string that one line shows. */
const LINE_BYTES = 32;

export function bytesText(bytes: Uint8Array): string {
  const head = toHex(bytes.subarray(0, LINE_BYTES), ' ');
  return bytes.length > LINE_BYTES ? `${head} … (${bytes.length} bytes)` : head || '(empty)';
}

/** Numbers from here on are addresses and bit patterns rather than counts. */
const LARGE = 1n << 32n;

/** `7`, `44 (0x2c)`, `0x9000000000001001`; hexadecimal alone on request. */
export function numberText(value: bigint, format: Format): string {
  if (format.hex || value >= LARGE) return hexNumber(value);
  return value < 10n ? value.toString() : `${value} (${hexNumber(value)})`;
}

/** What a user leaves of a shown value when editing it: the remark behind the number goes. */
export function withoutRemark(text: string): string {
  return text.replace(/^(\s*(?:0x[0-9a-f]+|[0-9]+))\s+\((?:0x[0-9a-f]+|was [^)]*)\)\s*$/i, '$1');
}

export function typeOf(value: Value): string {
  if (typeof value === 'bigint') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return isRecord(value) ? value.type : `list of ${value.items.length}`;
}

export class Values {
  constructor(
    private readonly target: DebugTarget,
    private readonly view: Inspection,
  ) {}

  /** One value under a name. */
  shown(name: string, value: Value, format: Format, extra: Partial<Shown> = {}): Shown {
    const children = this.#children(value, extra.evaluateName);
    return {
      name,
      value: this.text(value, format),
      type: typeOf(value),
      ...(children && { children }),
      ...(value instanceof Uint8Array && value.length > 0 && { memoryReference: `${this.view.byteSpace(value)}:0x0` }),
      ...extra,
    };
  }

  text(value: Value, format: Format): string {
    if (value instanceof Uint8Array) return bytesText(value);
    if (isRecord(value)) return value.type;
    if (isList(value)) return `[${value.items.length}]`;
    return typeof value === 'bigint' ? numberText(value, format) : this.target.format(value, format);
  }

  #children(value: Value, name: string | undefined): Container | undefined {
    if (typeof value === 'bigint' || typeof value === 'boolean') return undefined;
    if (value instanceof Uint8Array) {
      if (value.length === 0) return undefined;
      return {
        indexed: value.length,
        list: (start, count) =>
          Array.from(value.subarray(start, start + Math.min(count, MOST_MEMBERS)), (byte, i) => ({
            name: String(start + i),
            value: '0x' + byte.toString(16).padStart(2, '0'),
          })),
      };
    }
    const members: readonly (readonly [string, Value])[] = isRecord(value)
      ? value.fields
      : value.items.map((item, i) => [String(i), item] as const);
    if (members.length === 0) return undefined;
    const record = isRecord(value);
    return {
      ...(record ? { named: members.length } : { indexed: members.length }),
      list: (start, count, format) =>
        members.slice(start, start + Math.min(count, MOST_MEMBERS)).map(([member, item]) =>
          this.shown(member, item, format, {
            ...(name !== undefined && { evaluateName: record ? `${name}.${member}` : `${name}[${member}]` }),
          }),
        ),
    };
  }
}
