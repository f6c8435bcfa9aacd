/**
 * Radix translation once more, written straight from the manual's figures with bigints and exceptions, to compare with.
 */
import type { Access, FaultKind } from '../../emulator/cpu/mmu';
import { C, EXEC, LEAF, PRIV, R, READ, VALID, WRITE } from './trees';

export interface Registers {
  readonly hv: boolean;
  readonly pr: boolean;
  readonly s: boolean;
  readonly ptcr: bigint;
  readonly lpid: bigint;
  readonly pid: bigint;
  readonly amr: bigint;
  readonly iamr: bigint;
}

/** What comes out: a real address, or what is wrong and whose matter it is. */
export type Outcome = { readonly ra: bigint } | { readonly kind: FaultKind; readonly hypervisor: boolean };

class Wrong extends Error {
  constructor(
    readonly kind: FaultKind,
    readonly hypervisor: boolean,
  ) {
    super(kind);
  }
}

/** Bits first to last of a doubleword, numbered from the left. */
const field = (value: bigint, first: number, last: number): bigint =>
  (value >> BigInt(63 - last)) & ((1n << BigInt(last - first + 1)) - 1n);
/** The same bits in their places. */
const keep = (value: bigint, first: number, last: number): bigint => field(value, first, last) << BigInt(63 - last);

/** @param read the doubleword at a real address, undefined where there is no memory */
export function secondWalker(
  read: (ra: bigint) => bigint | undefined,
  registers: Registers,
  ea: bigint,
  access: Access,
): Outcome {
  const { hv, pr, s, ptcr } = registers;

  function at(ra: bigint, hypervisor: boolean): bigint {
    if (field(ra, 15, 15) === 1n && !s) throw new Wrong('secure', hypervisor);
    const value = read(ra);
    if (value === undefined) throw new Wrong('no memory', hypervisor);
    return value;
  }

  /** Walks a tree; `look` reads an entry at the address that the tree's owner gives. */
  function walk(root: bigint, address: bigint, hypervisor: boolean, look: (address: bigint) => bigint) {
    if (8n * field(root, 1, 2) + field(root, 56, 58) !== 21n) throw new Wrong('unsupported', hypervisor);
    let entry = root;
    let left = 52n;
    for (const sizes of [[13n], [9n], [9n], [5n, 9n]]) {
      const size = field(entry, 59, 63);
      if (!sizes.includes(size)) throw new Wrong('unsupported', hypervisor);
      left -= size;
      const index = (address >> left) % (1n << size);
      const bytes = 8n << size;
      const table = keep(entry, 4, 55);
      entry = look(table - (table % bytes) + 8n * index);
      if ((entry & VALID) === 0n) throw new Wrong('no translation', hypervisor);
      if ((entry & LEAF) === 0n) continue;
      if (left > 30n) throw new Wrong('unsupported', hypervisor);
      const page = keep(entry, 7, 51);
      return { leaf: entry, address: page - (page % (1n << left)) + (address % (1n << left)) };
    }
    throw new Wrong('unsupported', hypervisor);
  }

  function check(leaf: bigint, how: Access, process: boolean, hypervisor: boolean): void {
    const denied = how === 'fetch' ? 'no execute' : 'protection';
    const has = (bits: bigint): boolean => (leaf & bits) !== 0n;
    const programs = process && !has(PRIV);
    let permitted = how === 'load' ? has(READ | WRITE) : how === 'store' ? has(WRITE) : has(EXEC);
    if (process && has(PRIV) && pr) permitted = false;
    if (programs && !pr) {
      if (how === 'store' && field(registers.amr, 0, 0) === 1n) permitted = false;
      if (how === 'load' && field(registers.amr, 1, 1) === 1n) permitted = false;
      if (how === 'fetch' && field(registers.iamr, 1, 1) === 1n) permitted = false;
    }
    if (how === 'fetch' && field(leaf, 58, 59) === 2n) permitted = false;
    if (!permitted) throw new Wrong(denied, hypervisor);
    if (!has(R) || (how === 'store' && !has(C))) throw new Wrong('reference or change', hypervisor);
  }

  function translated(): bigint {
    const quadrant = field(ea, 0, 1);
    const outer = quadrant === 0n || quadrant === 3n;
    if (!hv && !outer) throw new Wrong('segment', false);
    const lpid = hv && outer ? 0n : registers.lpid;
    const pid = quadrant < 2n ? registers.pid : 0n;
    const pate = keep(ptcr, 4, 51) + 16n * lpid;
    const [dw0, dw1] = [read(pate) ?? 0n, read(pate + 8n) ?? 0n];

    const partition = (gpa: bigint, how: Access): bigint => {
      if (gpa >> 52n !== 0n) throw new Wrong('no translation', true);
      const { leaf, address } = walk(dw0, gpa, true, (ra) => at(ra, true));
      check(leaf, how, false, true);
      return address;
    };
    const owned = (address: bigint): bigint =>
      lpid === 0n ? at(address, false) : at(partition(address, 'load'), true);
    const root = at(partition(keep(dw1, 4, 51) + 16n * pid, 'load'), true);
    const address = ea % (1n << 62n);
    if (address >> 52n !== 0n) throw new Wrong('segment', false);
    const found = walk(root, address, false, owned);
    check(found.leaf, access, true, false);
    return lpid === 0n ? found.address : partition(found.address, access);
  }

  try {
    const ra = translated();
    at(ra & ~7n, !hv || field(ea, 0, 0) !== field(ea, 1, 1));
    return { ra };
  } catch (wrong) {
    if (!(wrong instanceof Wrong)) throw wrong;
    return { kind: wrong.kind, hypervisor: wrong.hypervisor };
  }
}
