/** How the contents of floating-point and vector registers read: as doubles, singles, integers, bytes. */

const scratch = new DataView(new ArrayBuffer(16));

function numberText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toFixed(1) : String(value);
}

/** A NaN by its bits: quiet or signaling. */
const nanText = (quiet: boolean): string => (quiet ? 'quiet NaN' : 'signaling NaN');

/** A double by its bits: `1.5`, `-Infinity`, `quiet NaN`. */
export function doubleText(bits: bigint): string {
  scratch.setBigUint64(0, bits);
  const value = scratch.getFloat64(0);
  return Number.isNaN(value) ? nanText((bits & (1n << 51n)) !== 0n) : numberText(value);
}

/** A single by its bits, with as few digits as tell it from others. */
export function singleText(bits: number): string {
  scratch.setUint32(0, bits);
  const value = scratch.getFloat32(0);
  if (Number.isNaN(value)) return nanText((bits & 0x40_0000) !== 0);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return numberText(short);
  }
  return numberText(value);
}

/** The bits of a decimal number with a point or an exponent, as a hexadecimal number; undefined for other texts. */
export function doubleBits(text: string): string | undefined {
  const trimmed = text.trim();
  const decimal = /^[+-]?(\d+\.\d*|\.\d+|\d+(?=e))(e[+-]?\d+)?$/i;
  if (!decimal.test(trimmed)) return undefined;
  scratch.setFloat64(0, Number(trimmed));
  return `0x${scratch.getBigUint64(0).toString(16).padStart(16, '0')}`;
}

/** The halves of a hexadecimal number of up to 128 bits; of any other text 0 and the text. */
export function halvesOf(text: string): readonly [high: string, low: string] {
  const digits = /^\s*0x([0-9a-f_]+)\s*$/i.exec(text)?.[1]?.replaceAll('_', '') ?? '';
  if (digits.length <= 16) return ['0', text];
  return [`0x${digits.slice(0, -16)}`, `0x${digits.slice(-16)}`];
}

/** One way to read a vector register: its elements from the left. */
export interface ElementView {
  readonly name: string;
  readonly value: string;
}

/** Number of views that `elementViews` makes. */
export const ELEMENT_VIEWS = 7;

/** A register of 128 bits in all its formats. */
export function elementViews(register: bigint): readonly ElementView[] {
  const hex = register.toString(16).padStart(32, '0');
  const cut = (digits: number): string[] => hex.match(new RegExp(`.{${digits}}`, 'g')) ?? [];
  const list = (items: readonly string[]): string => items.join('  ');
  const doublewords = cut(16).map((text) => BigInt(`0x${text}`));
  const words = cut(8).map((text) => Number.parseInt(text, 16));
  return [
    { name: 'doubles', value: list(doublewords.map(doubleText)) },
    { name: 'floats', value: list(words.map(singleText)) },
    { name: 'doublewords', value: list(cut(16).map((text) => `0x${text}`)) },
    { name: 'words', value: list(cut(8).map((text) => `0x${text}`)) },
    { name: 'halfwords', value: list(cut(4)) },
    { name: 'bytes', value: cut(2).join(' ') },
    {
      name: 'text',
      value: cut(2)
        .map((text) => character(Number.parseInt(text, 16)))
        .join(''),
    },
  ];
}

const character = (code: number): string => (code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '.');
