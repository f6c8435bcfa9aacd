import { describe, expect, it } from 'vitest';
import type { Routine } from '../../emulator/pef/firmware';
import { TERMINAL_UNIT, getTermChar, putTermChar } from '../../emulator/pef/hypervisor/terminal';
import { contextWith } from './context';

const unused = (): never => expect.unreachable();

function call(routine: Routine, ...args: bigint[]) {
  const written: string[] = [];
  const labels: string[] = [];
  const said: string[] = [];
  const registers: Record<number, bigint> = {};
  const context = contextWith({
    profile: 'spec',
    call: { lev: 1, number: 0n, name: routine.listing.name, args, caller: 'test' },
    hypervisor: { tpmOpen: false, processTables: [], vms: [] },
    registerProcessTable: unused,
    tpm: 'none',
    memory: { contains: unused, read: unused, write: unused },
    gpr: unused,
    setGpr: (number, value) => (registers[number] = value),
    local: unused,
    console: (bytes) => written.push(Buffer.from(bytes).toString('latin1')),
    note: (text) => said.push(text),
    warn: unused,
    blame: unused,
  });
  const coroutine = routine.run(context);
  let next = coroutine.next();
  while (!next.done) {
    if (next.value.kind === 'line') labels.push(next.value.label);
    next = coroutine.next();
  }
  return { code: next.value, written, labels, said, registers };
}

const HELLO = [0x48656c6c6f2c2077n, 0x6f726c64210a0000n] as const;

describe('H_PUT_TERM_CHAR', () => {
  it.each([
    { len: 14n, written: ['Hello, world!\n'] },
    { len: 16n, written: ['Hello, world!\n\0\0'] },
    { len: 8n, written: ['Hello, w'] },
    { len: 1n, written: ['H'] },
    { len: 0n, written: [] },
  ])('writes the first $len characters of two registers', ({ len, written }) => {
    expect(call(putTermChar, 0n, len, ...HELLO)).toMatchObject({
      code: 0n,
      written,
      labels: ['termno', 'len', 'write'],
    });
    expect(call(putTermChar, TERMINAL_UNIT, len, ...HELLO).written).toEqual(written);
  });
  it.each([
    { what: 'another terminal', args: [1n, 1n, ...HELLO], labels: ['termno'], why: 'there is no terminal 0x1' },
    { what: 'more than 16 characters', args: [0n, 17n, ...HELLO], labels: ['termno', 'len'], why: 'len is 17' },
  ])('gives H_PARAMETER for $what', ({ args, labels, why }) => {
    const { code, written, labels: seen, said } = call(putTermChar, ...args);
    expect([code, written, seen]).toEqual([-4n, [], labels]);
    expect(said.join()).toContain(why);
  });
});

describe('H_GET_TERM_CHAR', () => {
  it('has no characters', () => {
    expect(call(getTermChar, 0n)).toMatchObject({
      code: 0n,
      registers: { 4: 0n, 5: 0n, 6: 0n },
      labels: ['termno', 'read'],
    });
  });
  it('gives H_PARAMETER for another terminal', () => {
    expect(call(getTermChar, 2n)).toMatchObject({ code: -4n, registers: {}, labels: ['termno'] });
  });
});
