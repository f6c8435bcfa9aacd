/**
 * The notation of a system call's row.
 *
 * A result below zero is a negated error number; whoever serves an instruction turns it into what `sc` or `scv` give.
 */
import { ERRNO, type ErrorName, PAGE_BYTES } from './abi';
import { roundUp } from './address-space';
import type { Kernel } from './kernel';

/** What became of a call besides a result. */
export type CallEnd = { readonly exit: number } | { readonly signal: number } | { readonly wait: 'input' };
export type CallResult = number | bigint | CallEnd;

/** Arguments as unsigned numbers of 64 bits. */
export type CallArguments = readonly [bigint, bigint, bigint, bigint, bigint, bigint];

export interface SystemCallRow {
  readonly number: number;
  readonly name: string;
  /** Arguments that it has, for a trace. */
  readonly arity: number;
  readonly serve: (kernel: Kernel, args: CallArguments) => CallResult;
}

export function call(number: number, name: string, arity: number, serve: SystemCallRow['serve']): SystemCallRow {
  return { number, name: name.trim(), arity, serve };
}
export const error = (name: ErrorName): number => -ERRNO[name];

/** Address and size in whole pages, or undefined when the address is not at a page's begin. */
export function pages(address: bigint, length: bigint): { start: number; size: number } | undefined {
  if (address % BigInt(PAGE_BYTES) !== 0n || length > 1n << 47n || address > 1n << 47n) return undefined;
  return { start: Number(address), size: roundUp(Number(length), PAGE_BYTES) };
}
