import { describe, expect, it } from 'vitest';
import { registerProcessTable } from '../../emulator/pef/hypervisor/process-table';
import { contextWith } from './context';

const unused = (): never => expect.unreachable();

function call(...args: bigint[]) {
  const registered: (bigint | undefined)[] = [];
  const said: string[] = [];
  let last = '';
  const context = contextWith({
    profile: 'spec',
    call: { lev: 1, number: 0x37cn, name: 'H_REGISTER_PROC_TBL', args, caller: 'test' },
    hypervisor: { tpmOpen: false, processTables: [], vms: [] },
    tpm: 'none',
    memory: { contains: unused, read: unused, write: unused },
    gpr: unused,
    setGpr: unused,
    local: unused,
    registerProcessTable: (table) => registered.push(table),
    console: unused,
    note: (text) => said.push(text),
    warn: unused,
    blame: unused,
  });
  const coroutine = registerProcessTable.run(context);
  let next = coroutine.next();
  while (!next.done) {
    if (next.value.kind === 'line') last = next.value.label;
    next = coroutine.next();
  }
  return { code: next.value, registered, last, said: said.join() };
}

const GR = 1n << 63n;

describe('H_REGISTER_PROC_TBL', () => {
  // flags: modify 0x10, register 0x08, radix 0x04, own invalidations 0x01
  it.each([
    ['registers a table, as Linux does', [0x1dn, 0x2fff_0000n, 0n, 11n], [GR | 0x2fff_0000n | 11n], 'register'],
    ['registers the smallest table', [0x1cn, 0x1000n, 0n, 0n], [GR | 0x1000n], 'register'],
    ['removes it', [0x10n, 0n, 0n, 0n], [undefined], 'remove'],
    ['changes nothing without the flag for it', [0x01n, 0x1000n, 0n, 0n], [], 'remove'],
  ] as const)('%s', (_, args, registered, last) => {
    expect(call(...args)).toEqual({ code: 0n, registered, last, said: '' });
  });

  it.each([
    ['unknown flags', [0x3dn, 0x1000n, 0n, 0n], -4n, 'flags', 'unknown bits'],
    ['hashed page tables', [0x18n, 0x1000n, 0n, 0n], -4n, 'flags', 'radix'],
    ['hashed page tables with a process table', [0x1an, 0x1000n, 0n, 0n], -4n, 'flags', 'radix'],
    ['an address that is not aligned', [0x1cn, 0x1800n, 0n, 0n], -55n, 'table', '0x1800'],
    ['an address that is too high', [0x1cn, 1n << 60n, 0n, 0n], -55n, 'table', '0x1000000000000000'],
    ['a page size', [0x1cn, 0x1000n, 12n, 0n], -56n, 'page', 'page_size is 12'],
    ['a table that is too large', [0x1cn, 0x1000n, 0n, 25n], -57n, 'size', 'table_size is 25'],
  ] as const)('refuses %s', (_, args, code, last, why) => {
    const result = call(...args);
    expect(result).toMatchObject({ code, registered: [], last });
    expect(result.said).toContain(why);
  });
});
