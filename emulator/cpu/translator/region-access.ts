/**
 * The memory of a region: accesses find their pages by what earlier ones found (windows.ts), and by the TLB.
 */
import type { Expr } from '../../isa/ir';
import type { Access } from '../access-lowering';
import type { Mode, RuntimeFunctions } from '../lowering';
import * as state from '../state';
import { type Code, I32, I64, MEM, OP } from '../wasm';
import type { FlowBlock } from './flow';
import { RegionRegisters } from './region-registers';
import type { SlotSet } from './slots';
import { type AddressParts, type KnownPage, addressParts, windowKey, windowsOf } from './windows';

/** Pages that are known at one place at most: each has locals. */
const KNOWN_PAGES = 32;
type PageLocals = Pick<KnownPage, 'page' | 'addend'>;

/** Where a window lies. */
const windowAt = (number: number): number => state.WINDOWS + number * state.WINDOW_BYTES;

/** What a region does with memory; `RegionLowering` adds its flow. */
export abstract class RegionAccess extends RegionRegisters {
  /** Numbers of the windows in memory. */
  private readonly windows = new Map<string, number>();
  private readonly freePages: PageLocals[];
  /** Pages that accesses with the current values of some registers have found, by the key of the window. */
  private pages: ReadonlyMap<string, KnownPage> = new Map();
  /** Locals in use that become free at the end of the current tree of blocks. */
  private taken: PageLocals[] = [];

  constructor(code: Code, mode: Mode, runtime: RuntimeFunctions, used: SlotSet) {
    super(code, mode, runtime, used);
    this.freePages = Array.from({ length: KNOWN_PAGES }, () => ({ page: code.local(I64), addend: code.local(I32) }));
  }

  /** Whether the current instruction is in a loop. */
  protected abstract get inLoop(): boolean;

  // -- what is known where ----------------------------------------------------------------------------------------

  /** Begins blocks that one of them dominates; answers with what ends them. */
  protected beginPages(): () => void {
    const { taken } = this;
    const restore = this.keepPages();
    this.taken = [];
    return () => {
      this.freePages.push(...this.taken);
      this.taken = taken;
      restore();
    };
  }

  /** Answers with what makes known what is known now, and nothing else. */
  protected keepPages(): () => void {
    const { pages } = this;
    return () => {
      this.pages = pages;
    };
  }

  /** What happens on one way only is not known behind it. */
  protected conditionally(generate: () => void): void {
    const restore = this.keepPages();
    generate();
    restore();
  }

  protected forgetAllPages(): void {
    this.pages = new Map();
  }

  /** Accesses with other values of these registers may be in other pages. */
  protected forgetPages(written: SlotSet): void {
    const isOther = ({ registers }: KnownPage): boolean => registers.some((n) => written.has(n));
    if (![...this.pages.values()].some(isOther)) return;
    this.pages = new Map([...this.pages].filter(([, known]) => !isOther(known)));
  }

  // -- accesses ---------------------------------------------------------------------------------------------------

  /** At the beginning of an outermost loop, its windows have no pages. */
  protected emptyWindows(blocks: readonly FlowBlock[]): void {
    const { code } = this;
    for (const key of windowsOf(blocks).slice(0, state.WINDOW_COUNT)) {
      const number = this.windows.get(key) ?? this.windows.size;
      if (number >= state.WINDOW_COUNT) return;
      this.windows.set(key, number);
      code.i32(0);
      code.i64(-1n);
      code.memory(MEM.i64store, windowAt(number));
    }
  }

  protected override accessOrLeave(access: Access): void {
    const parts = this.instruction && addressParts(access.ea, this.instruction);
    if (!parts) return super.accessOrLeave(access);
    const key = windowKey(access.kind, parts.registers);
    const known = this.pages.get(key);
    if (known && this.mode.sf && parts.base) return this.accessNear(access, known, parts.base, parts);
    const { code } = this;
    const address = code.local(I64);
    this.pushEa(access.ea);
    code.set(address);
    const page = this.takePage() ?? { page: code.local(I64), addend: code.local(I32) };
    const window = this.inLoop ? this.windows.get(key) : undefined;
    if (window === undefined) {
      const at = this.lookUpAt(address, access.size, access.kind);
      this.unlessHitLeave();
      code.get(at.entry);
      code.memory(MEM.i32load, 16);
      code.set(page.addend);
    } else this.lookThrough(access, address, windowAt(window), page);
    code.get(address);
    code.i64(BigInt(-state.PAGE_BYTES));
    code.op(OP.i64and);
    code.set(page.page);
    code.get(address);
    code.op(OP.wrap);
    code.get(page.addend);
    code.op(OP.i32add);
    access.transfer(0);
    if (this.taken.includes(page)) this.pages = new Map(this.pages).set(key, { ...page, registers: parts.registers });
  }

  private takePage(): PageLocals | undefined {
    const page = this.freePages.pop();
    if (page) this.taken.push(page);
    return page;
  }

  /** Takes the way to the page of the address in a local from a window, which gets it from the TLB when it has another page. */
  private lookThrough({ size, kind }: Access, address: number, window: number, page: PageLocals): void {
    const { code } = this;
    // An address that is not aligned is in no page that a window can have, nor is any in the page -1.
    code.get(address);
    code.i64(BigInt(-state.PAGE_BYTES | (size - 1)));
    code.op(OP.i64and);
    code.i32(0);
    code.memory(MEM.i64load, window);
    code.op(OP.i64ne);
    code.if();
    const at = this.lookUpAt(address, size, kind);
    this.unlessHitLeave();
    code.i32(0);
    code.get(address);
    code.i64(BigInt(-state.PAGE_BYTES));
    code.op(OP.i64and);
    code.memory(MEM.i64store, window);
    code.i32(0);
    code.get(at.entry);
    code.memory(MEM.i32load, 16);
    code.memory(MEM.i32store, window + 8);
    code.end();
    code.i32(0);
    code.memory(MEM.i32load, window + 8);
    code.set(page.addend);
  }

  /** An access with the same values of the registers has found the page: this one is probably in it, too. */
  private accessNear(access: Access, known: KnownPage, base: Expr, { constant }: AddressParts): void {
    const { code } = this;
    this.expr(base);
    code.get(known.page);
    code.op(OP.i64sub);
    if (constant !== 0n) {
      code.i64(constant);
      code.op(OP.i64add);
    }
    code.i64(BigInt(state.PAGE_BYTES - access.size));
    code.op(OP.i64leu);
    code.if(access.result);
    this.expr32(base);
    code.get(known.addend);
    code.op(OP.i32add);
    if (constant < 0n) {
      code.i32(Number(constant));
      code.op(OP.i32add);
    }
    // Memory begins with what is reserved, so that the sum without the constant is no negative number.
    access.transfer(constant < 0n ? 0 : Number(constant));
    code.else();
    super.accessOrLeave(access);
    code.end();
  }
}
