/** Which values a TPMI_* type allows (Part 2, 4.9 to 4.13: ranges, algorithm classes, the conditional null value). */

import { constantValue, resolveType } from '../tables/index';
import { TPM_ALG_ID } from '../tables/algorithms';
import { HANDLE_RANGES } from '../tables/interfaces';
import type { InterfaceType } from '../tables/notation';

interface Allowed {
  readonly values: ReadonlySet<number>;
  readonly nulls: ReadonlySet<number>;
  readonly ranges: readonly (readonly [number, number])[];
}

const cache = new Map<string, Allowed>();

/** `{H}` are the algorithms with exactly these uses; `{ax}`, in small letters, those with at least these. */
function algorithmsOf(uses: string): number[] {
  const exact = uses === uses.toUpperCase();
  const wanted = Array.from(uses.toUpperCase());
  const rows = TPM_ALG_ID.rows.filter((row) => {
    const has = row.uses ?? '';
    return wanted.every((use) => has.includes(use)) && (!exact || has.length === wanted.length);
  });
  return rows.map((row) => row.value);
}

function read(type: InterfaceType): Allowed {
  const values = new Set<number>();
  const nulls = new Set<number>();
  const ranges: (readonly [number, number])[] = [];
  for (const item of type.allowed) {
    const range = HANDLE_RANGES[item.slice(1, -1)];
    if (item.startsWith('{')) algorithmsOf(item.slice(1, -1)).forEach((value) => values.add(value));
    else if (item.startsWith('[') && range) ranges.push(range);
    else if (item.startsWith('+')) nulls.add(constantValue(item.slice(1)));
    else if (/^\d/.test(item)) values.add(Number(item));
    else values.add(constantValue(item));
  }
  return { values, nulls, ranges };
}

function allowedOf(type: InterfaceType): Allowed {
  let allowed = cache.get(type.name);
  if (!allowed) {
    allowed = read(type);
    cache.set(type.name, allowed);
  }
  return allowed;
}

/** Response code of a TPM that refuses the value at this place, or undefined when it is allowed. */
export function refusalOf(typeName: string, value: bigint, nullable: boolean): string | undefined {
  const type = resolveType(typeName);
  const number = Number(value);
  if (type.kind === 'constants') {
    if (type.refusal === undefined) return undefined;
    return type.rows.some(
      (row) => BigInt.asUintN(32, BigInt(row.value)) === BigInt.asUintN(32, signed(value, type.base)),
    )
      ? undefined
      : type.refusal;
  }
  if (type.kind === 'bits') {
    const known = type.rows.reduce(
      (mask, row) => mask | (((1n << BigInt(row.high - row.low + 1)) - 1n) << BigInt(row.low)),
      0n,
    );
    return (value & ~known) === 0n ? undefined : 'TPM_RC_RESERVED_BITS';
  }
  if (type.kind !== 'interface') return undefined;
  const { values, nulls, ranges } = allowedOf(type);
  if (values.has(number) || ranges.some(([low, high]) => number >= low && number <= high)) return undefined;
  return nullable && nulls.has(number) ? undefined : type.refusal;
}

function signed(value: bigint, base: string): bigint {
  return base === 'INT8' ? BigInt.asIntN(8, value) : value;
}
