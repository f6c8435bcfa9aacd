/**
 * Windows: what a region knows of the pages that its accesses use.
 *
 * A window has a page and the way to it, in the memory that generated code has for itself: in locals, the windows of a loop
 * would take the machine's registers from the guest's. Accesses with the same registers in their addresses share a window,
 * since they mostly go to the same page. What a window says holds for as long as the region runs: nothing in a region
 * changes translations.
 */
import { extract } from '../../isa/fields';
import type { Expr, Stmt } from '../../isa/ir';
import type { FlowBlock } from './flow';
import type { Instruction } from './instruction';

export type AccessKind = 'load' | 'store';

/** What is known at a place of the region. */
export interface KnownPage {
  /** General purpose registers in the addresses of its accesses. */
  readonly registers: readonly number[];
  /** Locals with the page and with what to add to an address in it to get to memory. */
  readonly page: number;
  readonly addend: number;
}

/** What is added up to an address: registers, and a constant. */
export interface AddressParts {
  readonly registers: readonly number[];
  /** The sum without the constant; undefined where it is nothing but the constant. */
  readonly base: Expr | undefined;
  readonly constant: bigint;
}

/** Takes an address apart; undefined where it is no sum of registers and a constant. */
export function addressParts(ea: Expr, instruction: Instruction): AddressParts | undefined {
  switch (ea.k) {
    case 'gpr':
      return { registers: [extract(ea.field, instruction.word)], base: ea, constant: 0n };
    case 'const':
      return { registers: [], base: undefined, constant: BigInt.asIntN(64, ea.value) };
    case 'local': {
      // The update forms compute the address first.
      const value = instruction.program.find((stmt) => stmt.k === 'let' && stmt.id === ea.id);
      const parts = value?.k === 'let' ? addressParts(value.value, instruction) : undefined;
      return parts && { registers: parts.registers, base: ea, constant: 0n };
    }
    case 'bin': {
      if (ea.op !== 'add') return undefined;
      const [a, b] = [addressParts(ea.a, instruction), addressParts(ea.b, instruction)];
      if (!a || !b) return undefined;
      const registers = [...a.registers, ...b.registers].sort((x, y) => x - y);
      if (!b.base) return { registers, base: a.base, constant: a.constant + b.constant };
      if (!a.base) return { registers, base: b.base, constant: a.constant + b.constant };
      return { registers, base: ea, constant: 0n };
    }
    default:
      return undefined;
  }
}

/** What the accesses that share a window have in common. */
export const windowKey = (kind: AccessKind, registers: readonly number[]): string => `${kind} ${registers.join(' ')}`;

/** The windows that the accesses of some blocks want, those wanted most first. */
export function windowsOf(blocks: readonly FlowBlock[]): string[] {
  const wanted = new Map<string, number>();
  const visit = (list: readonly Stmt[], instruction: Instruction): void => {
    for (const stmt of list) {
      if (stmt.k === 'if') {
        visit(stmt.then, instruction);
        visit(stmt.else, instruction);
      } else if (stmt.k === 'load' || stmt.k === 'store') {
        const parts = addressParts(stmt.ea, instruction);
        if (!parts) continue;
        const key = windowKey(stmt.k, parts.registers);
        wanted.set(key, (wanted.get(key) ?? 0) + 1);
      }
    }
  };
  for (const { instructions } of blocks) for (const each of instructions) visit(each.program, each);
  return [...wanted].sort(([, a], [, b]) => b - a).map(([key]) => key);
}
