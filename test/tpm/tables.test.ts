import { describe, expect, it } from 'vitest';
import {
  COMMANDS,
  findCommand,
  findType,
  resolveType,
  tpmConstant,
  tpmConstants,
  tpmResponseCodes,
  TYPES,
} from '../../emulator/tpm/tables';
import type { TypeRef } from '../../emulator/tpm/tables/notation';

function duplicates(names: readonly (string | number)[]): (string | number)[] {
  return names.filter((name, i) => names.indexOf(name) !== i);
}

interface Reference {
  readonly from: string;
  readonly ref: TypeRef;
  readonly siblings: readonly string[];
}

/** Types that rows refer to. */
function references(): Reference[] {
  const single = (from: string, type: string) => ({ from, ref: { type, nullable: 'no' as const }, siblings: [] });
  const fields = (from: string, rows: readonly (TypeRef & { name: string })[]) =>
    rows.map((ref) => ({ from: `${from}.${ref.name}`, ref, siblings: rows.map((row) => row.name) }));
  const ofTypes = TYPES.flatMap((row): Reference[] => {
    switch (row.kind) {
      case 'constants':
      case 'bits':
      case 'interface':
        return [single(row.name, row.base)];
      case 'alias':
        return [single(row.name, row.of)];
      case 'structure':
        return fields(row.name, row.fields);
      case 'union':
        return row.members.flatMap((member) =>
          member.ref ? [{ from: `${row.name}.${member.name}`, ref: member.ref, siblings: [] }] : [],
        );
      case 'sized':
        return [
          single(row.name, row.sizeType),
          ...(row.inner ? [{ from: row.name, ref: row.inner, siblings: [] }] : []),
        ];
      case 'list':
        return [{ from: row.name, ref: row.item, siblings: [] }];
      default:
        return [];
    }
  });
  const ofCommands = COMMANDS.flatMap((row) => [
    ...fields(row.name, [...row.handles, ...row.parameters]),
    ...fields(row.name, [...row.responseHandles, ...row.responseParameters]),
  ]);
  return [...ofTypes, ...ofCommands];
}

describe('the rows', () => {
  it('name each type, command and constant once', () => {
    expect(duplicates(TYPES.map((row) => row.name))).toEqual([]);
    expect(duplicates(COMMANDS.map((row) => row.name))).toEqual([]);
    expect(duplicates([...tpmConstants()].map((row) => row.name))).toEqual([]);
    const constants = TYPES.flatMap((row) => (row.kind === 'constants' ? row.rows.map(({ name }) => name) : []));
    expect(duplicates(constants)).toEqual([]);
  });

  it('give each command a code of its own, but for the two pairs of the specification', () => {
    expect(duplicates(COMMANDS.map((row) => row.code))).toEqual([0x155, 0x15b]);
    expect(findCommand(0x155)?.name).toBe('TPM2_HMAC');
  });

  it('give values of one type different names, and bits of one word different places', () => {
    for (const row of TYPES) {
      if (row.kind === 'constants' && !['TPM_CC', 'TPM_RC_MODIFIER'].includes(row.name)) {
        expect(duplicates(row.rows.map(({ value }) => value)), row.name).toEqual([]);
      }
      if (row.kind === 'bits') {
        const places = row.rows.flatMap(({ low, high }) => Array.from({ length: high - low + 1 }, (_, i) => low + i));
        expect(duplicates(places), row.name).toEqual([]);
        expect(duplicates(row.rows.map(({ name }) => name)), row.name).toEqual([]);
      }
    }
  });

  it('have a line of documentation and a source for every name', () => {
    const without: string[] = [];
    const check = (name: string, doc: string): void => {
      if (doc.trim().length < 3 || doc.includes('?')) without.push(name);
    };
    for (const row of TYPES) {
      check(row.name, row.doc);
      if (!/^Part 2 Tables? \d/.test(row.source)) without.push(`${row.name}: ${row.source}`);
      if (row.kind === 'constants' || row.kind === 'bits')
        row.rows.forEach(({ name, doc }) => check(`${row.name}.${name}`, doc));
      if (row.kind === 'structure') row.fields.forEach(({ name, doc }) => check(`${row.name}.${name}`, doc));
    }
    for (const row of COMMANDS) {
      check(row.name, row.doc);
      if (!/^Part 3 \d+\.\d+$/.test(row.source)) without.push(`${row.name}: ${row.source}`);
      [...row.handles, ...row.parameters, ...row.responseHandles, ...row.responseParameters].forEach(({ name, doc }) =>
        check(`${row.name}.${name}`, doc),
      );
    }
    for (const { name, doc } of tpmResponseCodes()) check(name, doc);
    expect(without).toEqual([]);
  });

  it('refer only to types that are there, and to selectors that stand before', () => {
    for (const { from, ref, siblings } of references()) {
      expect(findType(ref.type), from).toBeDefined();
      if (ref.selector !== undefined) expect(siblings, from).toContain(ref.selector);
      if (resolveType(ref.type).kind === 'union') expect(ref.selector, from).toBeDefined();
    }
  });

  it('allow values, and select members, by constants that are there', () => {
    for (const row of TYPES) {
      if (row.kind === 'union') {
        for (const member of row.members)
          expect(tpmConstant(member.selector), `${row.name} ${member.selector}`).toBeDefined();
      }
      if (row.kind !== 'interface') continue;
      expect(tpmConstant(row.refusal)?.type, row.name).toBe('TPM_RC');
      for (const item of row.allowed.filter((text) => /^\+?TPM/.test(text))) {
        expect(tpmConstant(item.replace('+', '')), `${row.name} ${item}`).toBeDefined();
      }
    }
  });

  it('name all 123 command codes of revision 1.59', () => {
    const codes = new Set(COMMANDS.map((row) => row.code).filter((code) => code < 0x2000_0000));
    // Numbers that the specification leaves out.
    const gaps = [0x123, 0x15a, 0x15f, 0x166, 0x175];
    const all = Array.from({ length: 0x19b - 0x11f }, (_, i) => 0x11f + i).filter((code) => !gaps.includes(code));
    expect(all.filter((code) => !codes.has(code))).toEqual([]);
    expect(codes.size).toBe(all.length);
  });

  it.each([
    ['TPM_RC_SUCCESS', 0n],
    ['TPM_ALG_SHA256', 0xbn],
    ['TPM_CC_GetRandom', 0x17bn],
    ['TPM_RH_OWNER', 0x4000_0001n],
    ['TPM_RC_VALUE', 0x84n],
    ['TPM_RC_RETRY', 0x922n],
    ['TPM_RC_P', 0x40n],
    ['TPM_PT_PERMANENT', 0x200n],
    ['TPM_CLOCK_FINE_SLOWER', -1n],
  ])('know %s', (name, value) => {
    expect(tpmConstant(name)?.value).toBe(value);
  });
});
