/** Finding scenarios in a text without parsing it. */
import { describe, expect, it } from 'vitest';
import { scenarioAt, scenarioHeaders } from '../../extension/ui/headers';

describe('scenarioHeaders', () => {
  it.each([
    ['nothing in an empty text', '', []],
    ['a header at the first line', 'scenario "a" { }', [{ name: 'a', line: 0 }]],
    [
      'indented ones, CRLF line ends',
      '\r\n  scenario\t"a b" {\r\n}\r\nscenario "c"',
      [
        { name: 'a b', line: 1 },
        { name: 'c', line: 3 },
      ],
    ],
    ['an escaped quote', String.raw`scenario "say \"go\"" {`, [{ name: String.raw`say \"go\"`, line: 0 }]],
    ['none in a comment or in other words', '// scenario "a"\nmy_scenario "b"\nlet x = "scenario"', []],
    ['none without its closing quote', 'scenario "a', []],
  ])('%s', (_what, text, expected) => {
    expect(scenarioHeaders(text)).toEqual(expected);
  });

  it('reads a long text once', () => {
    const text = 'scenario "x" {\n}\n'.repeat(50_000);
    expect(scenarioHeaders(text).at(-1)).toEqual({ name: 'x', line: 99_998 });
  });
});

describe('scenarioAt', () => {
  const headers = scenarioHeaders('// head\nscenario "a" {\n}\n\nscenario "b" {\n}\n');

  it.each([
    [0, 'a'],
    [1, 'a'],
    [3, 'a'],
    [4, 'b'],
    [99, 'b'],
  ])('line %i belongs to %s', (line, name) => {
    expect(scenarioAt(headers, line)?.name).toBe(name);
  });

  it('is undefined without scenarios', () => expect(scenarioAt([], 0)).toBeUndefined());
});
