import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { disassemble } from '../../emulator/isa/disassembler';
import { assembleLine } from '../../emulator/isa/assembler';
import { SF, HV, newCpu } from './helpers';

interface Vector {
  readonly word: number;
  readonly before: readonly bigint[];
  readonly after: readonly bigint[];
}

/** Cases by instruction, as another implementation of the ISA executed them. */
function vectors(): Map<string, Vector[]> {
  const byName = new Map<string, Vector[]>();
  let name = '';
  for (const line of readFileSync('test/vectors/isa/instructions.txt', 'utf8').split('\n').slice(2)) {
    if (line.startsWith('#')) name = line.slice(2);
    if (line === '' || line.startsWith('#')) continue;
    const [word = '', ...numbers] = line.split(' ');
    const values = numbers.filter((text) => text !== '=').map((text) => BigInt(`0x${text}`));
    const list = byName.get(name) ?? [];
    list.push({ word: parseInt(word, 16), before: values.slice(0, 6), after: values.slice(6) });
    byName.set(name, list);
  }
  return byName;
}

const cpu = newCpu();

/** Registers r14 to r17, XER and CR after one instruction. */
function execute(word: number, before: readonly bigint[], msr = SF | HV): bigint[] {
  const [r14 = 0n, r15 = 0n, r16 = 0n, r17 = 0n, xer = 0n, cr = 0n] = before;
  [r14, r15, r16, r17].forEach((value, i) => cpu.setGpr(14 + i, value));
  cpu.setGpr(0, 0x55n);
  cpu.msr = msr;
  cpu.xer = xer;
  cpu.cr = cr;
  cpu.nia = 0x1000n;
  expect(cpu.execute(word)).toMatchObject({ executed: 1, reason: 'budget' });
  expect(cpu.nia).toBe(0x1004n);
  return [cpu.gpr(14), cpu.gpr(15), cpu.gpr(16), cpu.gpr(17), cpu.xer, cpu.cr];
}

const hex = (values: readonly bigint[]) => values.map((value) => value.toString(16)).join(' ');

describe('as qemu-ppc64le', () => {
  const cases = vectors();
  it('has cases for most instructions', () => expect(cases.size).toBeGreaterThan(100));
  it.each([...cases])('%s', (_, list) => {
    for (const { word, before, after } of list) {
      expect(`${disassemble(word, 0n).text}: ${hex(execute(word, before))}`).toBe(
        `${disassemble(word, 0n).text}: ${hex(after)}`,
      );
    }
  });
});

const MIN = 1n << 63n;
const MAX = MIN - 1n;
const ONES = (1n << 64n) - 1n;
// XER bits
const [SO, OV, CA, OV32, CA32] = [1n << 31n, 1n << 30n, 1n << 29n, 1n << 19n, 1n << 18n];

describe('edges by the manual', () => {
  // text, r14, r15, result in r16, XER
  it.each([
    ['add 16,14,15', MAX, 1n, MIN, 0n],
    ['addo 16,14,15', MAX, 1n, MIN, SO | OV],
    ['addo 16,14,15', 0x7fffffffn, 1n, 0x80000000n, OV32],
    ['addo 16,14,15', MIN, ONES, MAX, SO | OV],
    ['addc 16,14,15', ONES, 1n, 0n, CA | CA32],
    ['addc 16,14,15', 0xffffffffn, 1n, 1n << 32n, CA32],
    ['addc 16,14,15', MIN, MIN, 0n, CA],
    ['subfc 16,14,15', 0n, 0n, 0n, CA | CA32],
    ['subfc 16,14,15', 1n, 0n, ONES, 0n],
    ['subfo 16,14,15', 1n, MIN, MAX, SO | OV],
    ['nego 16,14', MIN, 0n, MIN, SO | OV],
    ['nego 16,14', 0x80000000n, 0n, 0xffffffff80000000n, OV32],
    ['mulldo 16,14,15', MIN, ONES, MIN, SO | OV | OV32],
    ['mulldo 16,14,15', 1n << 31n, 1n << 31n, 1n << 62n, 0n],
    ['mullwo 16,14,15', 0x80000000n, 0xffffffffn, 0x80000000n, SO | OV | OV32],
    ['mulhd 16,14,15', MIN, MIN, 1n << 62n, 0n],
    ['mulhd 16,14,15', ONES, 1n, ONES, 0n],
    ['mulhdu 16,14,15', ONES, ONES, ONES - 1n, 0n],
    ['divdo 16,14,15', 7n, 0n, 0n, SO | OV | OV32],
    ['divdo 16,14,15', MIN, ONES, 0n, SO | OV | OV32],
    ['divdo 16,14,15', BigInt.asUintN(64, -7n), 2n, BigInt.asUintN(64, -3n), 0n],
    ['divwo 16,14,15', 0x80000000n, 0xffffffffn, 0n, SO | OV | OV32],
    ['divweuo 16,14,15', 1n, 2n, 0x80000000n, 0n],
    ['divweuo 16,14,15', 2n, 2n, 0n, SO | OV | OV32],
    ['divdeo 16,14,15', 1n, 2n, 0n, SO | OV | OV32],
    ['divdeo 16,14,15', 0x1fn, 0x20n, 0n, SO | OV | OV32],
    ['divdeo 16,14,15', 1n, 4n, 1n << 62n, 0n],
    ['divdeo 16,14,15', ONES, 2n, MIN, 0n],
    ['divdeuo 16,14,15', 1n, 2n, MIN, 0n],
    ['modsd 16,14,15', BigInt.asUintN(64, -7n), 2n, ONES, 0n],
    ['modsd 16,14,15', MIN, ONES, 0n, 0n],
    ['sld 16,14,15', 1n, 63n, MIN, 0n],
    ['sld 16,14,15', 1n, 64n, 0n, 0n],
    ['srad 16,14,15', MIN, 64n, ONES, CA | CA32],
    ['srad 16,14,15', MIN, 63n, ONES, 0n],
    ['sraw 16,14,15', 0x80000000n, 32n, ONES, CA | CA32],
    ['sradi 16,14,0', ONES, 0n, ONES, 0n],
    ['rlwinm 16,14,0,31,0', ONES, 0n, 0xffffffff80000001n, 0n],
    ['cntlzd 16,14', 0n, 0n, 64n, 0n],
    ['cnttzw 16,14', 0n, 0n, 32n, 0n],
    ['addpcis 16,1', 0n, 0n, 0x11004n, 0n],
  ])('%s of %s and %s', (text, a, b, result, xer) => {
    const line = assembleLine(text);
    if (!('word' in line)) throw new Error(line.error.message);
    const [, , r16, , xerAfter] = execute(line.word, [a, b, 0n, 0n, 0n, 0n]);
    expect([r16, xerAfter]).toEqual([result, xer]);
  });

  it.each([
    ['cmpd 14,15', MIN, 1n, 0x80000000n],
    ['cmpld 14,15', MIN, 1n, 0x40000000n],
    ['cmpw 14,15', 0x80000000n, 1n, 0x80000000n],
    ['cmplw 14,15', 1n << 32n, 0n, 0x20000000n],
    ['cmpdi cr7,14,-1', ONES, 0n, 0x2n],
    ['cmpldi cr1,14,0xffff', 0xffffn, 0n, 0x02000000n],
    ['add. 16,14,15', ONES, 1n, 0x20000000n],
    ['or. 16,14,15', MIN, 0n, 0x80000000n],
  ])('%s of %s and %s', (text, a, b, cr) => {
    const line = assembleLine(text);
    if (!('word' in line)) throw new Error(line.error.message);
    expect(execute(line.word, [a, b, 0n, 0n, 0n, 0n])[5]).toBe(cr);
    // SO is copied into the field.
    const withSo = execute(line.word, [a, b, 0n, 0n, SO, 0n])[5] ?? 0n;
    expect(withSo & 0x11111111n).not.toBe(0n);
  });

  it.each([
    ['adds and records as words', 'add. 16,14,15', 0x7fffffffn, 1n, 0x80000000n, 0x80000000n],
    ['records the low word', 'or. 16,14,15', 1n << 32n, 0n, 1n << 32n, 0x20000000n],
  ])('in 32-bit mode %s', (_, text, a, b, result, cr) => {
    const line = assembleLine(text);
    if (!('word' in line)) throw new Error(line.error.message);
    const after = execute(line.word, [a, b, 0n, 0n, 0n, 0n], HV);
    expect([after[2], after[5]]).toEqual([result, cr]);
  });
  it('carries out of the word in 32-bit mode', () => {
    const line = assembleLine('addc 16,14,15');
    if (!('word' in line)) throw new Error(line.error.message);
    expect(execute(line.word, [0xffffffffn, 1n, 0n, 0n, 0n, 0n], HV)[4]).toBe(CA | CA32);
  });
});
