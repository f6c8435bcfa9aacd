import { describe, expect, it } from 'vitest';
import { ConsoleText } from '../../emulator/common/console-text';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('console text', () => {
  it('is told by lines, however it comes', () => {
    const text = new ConsoleText();
    expect(text.push('a', bytes('one\ntw'))).toEqual([{ guest: 'a', text: 'one' }]);
    expect(text.push('b', bytes('x\r\n'))).toEqual([{ guest: 'b', text: 'x' }]);
    expect(text.push('a', bytes('o\n\nthree'))).toEqual([
      { guest: 'a', text: 'two' },
      { guest: 'a', text: '' },
    ]);
    expect(text.flush()).toEqual([{ guest: 'a', text: 'three' }]);
    expect(text.flush()).toEqual([]);
  });
  it('takes characters that are cut into pieces, and replaces what is no text', () => {
    const text = new ConsoleText();
    const umlaut = bytes('ü');
    expect(text.push('a', umlaut.subarray(0, 1))).toEqual([]);
    expect(text.push('a', Uint8Array.of(umlaut[1]!, 0xff, 0x0a))).toEqual([{ guest: 'a', text: 'ü\ufffd' }]);
  });
  it('cuts a line that never ends', () => {
    const text = new ConsoleText();
    const lines = text.push('a', bytes('x'.repeat(10_000)));
    expect(lines.map((line) => line.text.length)).toEqual([4096, 4096]);
  });
});
