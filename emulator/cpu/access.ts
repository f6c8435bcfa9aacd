/**
 * How a CPU thread reaches memory: translation, and the software TLB from which generated code takes translations.
 *
 * The TLB's banks belong to states of privilege; its entries have tags for loads and for stores, so that the first store
 * to a page comes here and is noticed.
 */
import { MSR_BIT } from '../isa/registers';
import { SPRN } from '../isa/sprs';
import { RESERVED_BYTES } from '../memory/physical';
import type { InterruptRequest } from './entry';
import { type Access, type PartitionScope, type Translation, translate } from './mmu';
import { CpuRegisters } from './registers';
import * as state from './state';
import { storageInterrupt } from './storage-interrupts';

const PAGE = BigInt(state.PAGE_BYTES);

/** Registers and memory; `CpuServices` adds what else generated code asks for. */
export abstract class CpuAccess extends CpuRegisters {
  private scope: PartitionScope | undefined;
  /** What a host function wants raised, made of the instruction word. */
  protected pending: ((word: number) => InterruptRequest) | undefined;

  /** The machine's partition-scoped translation. */
  set partitionScope(scope: PartitionScope | undefined) {
    this.scope = scope;
    this.flushTlb();
  }
  get partitionScope(): PartitionScope | undefined {
    return this.scope;
  }

  /** Forgets all translations: after any change of what partition-scoped translation answers. */
  override flushTlb(): void {
    this.u8.fill(0xff, state.FETCH_TLB, state.FETCH_TLB + state.BANKS * state.FETCH_BANK_BYTES);
    this.u8.fill(0xff, state.DATA_TLB, state.DATA_TLB + state.BANKS * state.DATA_BANK_BYTES);
  }

  /** Translates in the current state, without side effects. */
  translate(ea: bigint, access: Access): Translation {
    return translate(
      this.memory,
      {
        msr: this.msr,
        lpid: Number(this.loadSpr(SPRN.LPIDR)),
        hrmor: this.loadSpr(SPRN.HRMOR),
        urmor: this.loadSpr(SPRN.URMOR),
        partitionScope: this.scope,
      },
      ea,
      access,
    );
  }

  /** Bytes at an effective address as a load would see them; undefined where one would be interrupted. */
  peek(ea: bigint, length: number): Uint8Array<ArrayBuffer> | undefined {
    const bytes = new Uint8Array(length);
    let at = 0;
    while (at < length) {
      const address = BigInt.asUintN(64, ea + BigInt(at));
      const translation = this.translate(address, 'load');
      if ('fault' in translation) return undefined;
      const inPage = Math.min(length - at, state.PAGE_BYTES - Number(address % PAGE));
      bytes.set(this.memory.read(translation.ra, inPage), at);
      at += inPage;
    }
    return bytes;
  }

  /** Where an access begins in memory and how many of its bytes lie in that page; undefined raises an interrupt. */
  private locate(ea: bigint, size: number, access: Access): { host: number; inPage: number } | undefined {
    const translation = this.translate(ea, access);
    if ('fault' in translation) {
      this.pending = () => storageInterrupt(translation.fault, access);
      return undefined;
    }
    const inPage = Math.min(size, state.PAGE_BYTES - Number(ea % PAGE));
    return { host: this.memory.hostOffset(translation.ra) ?? RESERVED_BYTES, inPage };
  }

  /** Remembers a translation for loads or stores. */
  private remember(ea: bigint, host: number, access: 'load' | 'store'): void {
    const index = Number((ea / PAGE) % BigInt(state.DATA_ENTRIES));
    const entry = this.view.getInt32(state.DATA_BANK, true) + index * state.DATA_ENTRY_BYTES;
    const tag = BigInt.asUintN(64, ea & -PAGE);
    const [own, other] = access === 'load' ? [entry, entry + 8] : [entry + 8, entry];
    this.view.setBigUint64(own, tag, true);
    // The entry has one address for both: the other tag may stay only for the same page.
    if (this.view.getBigUint64(other, true) !== tag) this.view.setBigInt64(other, -1n, true);
    this.view.setInt32(entry + 16, host - Number(ea & 0xffff_ffffn), true);
  }

  protected readonly hostLoad = (signedEa: bigint, size: number): number => {
    const ea = BigInt.asUintN(64, signedEa);
    const first = this.locate(ea, size, 'load');
    if (!first) return 1;
    this.view.setBigUint64(state.RESULT, 0n, true);
    this.u8.copyWithin(state.RESULT, first.host, first.host + first.inPage);
    if (first.inPage === size) {
      this.remember(ea, first.host, 'load');
      return 0;
    }
    const rest = this.locate(this.nextPage(ea), size - first.inPage, 'load');
    if (!rest) return 1;
    this.u8.copyWithin(state.RESULT + first.inPage, rest.host, rest.host + rest.inPage);
    return 0;
  };

  protected readonly hostStore = (signedEa: bigint, value: bigint, size: number): number => {
    const ea = BigInt.asUintN(64, signedEa);
    const first = this.locate(ea, size, 'store');
    if (!first) return 1;
    const rest = first.inPage < size ? this.locate(this.nextPage(ea), size - first.inPage, 'store') : undefined;
    if (first.inPage < size && !rest) return 1;
    this.view.setBigInt64(state.RESULT, value, true);
    this.memory.markDirty(first.host);
    this.u8.copyWithin(first.host, state.RESULT, state.RESULT + first.inPage);
    if (rest) {
      this.memory.markDirty(rest.host);
      this.u8.copyWithin(rest.host, state.RESULT + first.inPage, state.RESULT + size);
    } else this.remember(ea, first.host, 'store');
    return 0;
  };

  private nextPage(ea: bigint): bigint {
    const next = (ea & -PAGE) + PAGE;
    return (this.msr & MSR_BIT.SF) === 0n ? next & 0xffff_ffffn : BigInt.asUintN(64, next);
  }
}
