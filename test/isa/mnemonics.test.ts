import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { mnemonicForm } from '../../emulator/isa/mnemonics';

/** What binutils writes for POWER9 and the machine has not. */
const MISSING: readonly (readonly [names: RegExp, reason: string])[] = [
  [
    /^d(add|sub|mul|div|cmpo|cmpu|tst(dc|dg|ex|sf|sfi)|quai?|rrnd|rint[xn]|ctdp|ctqpq|rsp|rdpq|c[ft]fix|dedpd|enbcd|xex|iex|scli|scri)q?\.?$/,
    'decimal floating point (Book I chapter 5) is not modelled',
  ],
  [/^hash(st|chk)p?$/, 'of later processors'],
  [/^(eciwx|ecowx|m[tf]ear)$/, 'external control: not in Power ISA 3.0B'],
  [/^(dcbi|dcbzl|icswx\.?|pbt\.|rmieg|tlbld|tlbli|tlbia|rfi|mtsrd|mtsrdin|mtsle)$/, 'of older or embedded processors'],
  [/^m[tf](asr|sdr1|[di]bat[lu])$/, 'registers of older processors'],
  [/^m[tf]rtc[lu]$/, 'the real-time clock of older processors'],
];

it('has every mnemonic of POWER9 but those that are named', () => {
  const names = readFileSync('test/vectors/isa/mnemonics.txt', 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .flatMap((line) => line.split(' '))
    .filter((name) => name !== '');
  expect(names.length).toBeGreaterThan(1500);
  const missing = names.filter((name) => mnemonicForm(name) === undefined);
  expect(missing.filter((name) => !MISSING.some(([pattern]) => pattern.test(name)))).toEqual([]);
  for (const [pattern, reason] of MISSING) {
    expect([reason, missing.some((name) => pattern.test(name))]).toEqual([reason, true]);
  }
});
