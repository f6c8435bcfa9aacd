/**
 * The registers that a region keeps in WebAssembly locals, numbered: 32 GPRs, LR, CTR, XER, 8 CR fields, the
 * carries of XER; and sets of them. All other registers stay where the interpreter has them.
 */
import { SPR_NUMBER } from '../../isa/semantics';

export const LR_SLOT = 32;
export const CTR_SLOT = 33;
export const XER_SLOT = 34;
/** The first of eight. */
export const CR_SLOT = 35;
/** CA and CA32, which XER's slot does not have then: as carries, in bits 0 and 32. */
export const CARRY_SLOT = 43;
export const SLOT_COUNT = 44;

const SPR_SLOTS: Readonly<Partial<Record<number, number>>> = {
  [SPR_NUMBER.LR]: LR_SLOT,
  [SPR_NUMBER.CTR]: CTR_SLOT,
  [SPR_NUMBER.XER]: XER_SLOT,
};
const SLOT_SPRS = [SPR_NUMBER.LR, SPR_NUMBER.CTR, SPR_NUMBER.XER];

/** The slot of a special purpose register, when it has one. */
export const slotOfSpr = (number: number): number | undefined => SPR_SLOTS[number];
/** The special purpose register of a slot from LR to XER. */
export const sprOfSlot = (slot: number): number => SLOT_SPRS[slot - LR_SLOT] ?? 0;

/** A set of slots; not changed after it was made. */
export class SlotSet {
  static readonly EMPTY = new SlotSet(0, 0);
  static readonly CR = new SlotSet(0, 0xff << (CR_SLOT - 32));

  private constructor(
    private readonly low: number,
    private readonly high: number,
  ) {}

  has(slot: number): boolean {
    return slot < 32 ? ((this.low >>> slot) & 1) === 1 : ((this.high >>> (slot - 32)) & 1) === 1;
  }
  with(slot: number): SlotSet {
    return slot < 32
      ? new SlotSet(this.low | (1 << slot), this.high)
      : new SlotSet(this.low, this.high | (1 << (slot - 32)));
  }
  union(other: SlotSet): SlotSet {
    return new SlotSet(this.low | other.low, this.high | other.high);
  }
  common(other: SlotSet): SlotSet {
    return new SlotSet(this.low & other.low, this.high & other.high);
  }
  without(other: SlotSet): SlotSet {
    return new SlotSet(this.low & ~other.low, this.high & ~other.high);
  }
  equals(other: SlotSet): boolean {
    return this.low === other.low && this.high === other.high;
  }
  /** Ascending. */
  list(): number[] {
    const slots: number[] = [];
    for (let slot = 0; slot < SLOT_COUNT; slot++) if (this.has(slot)) slots.push(slot);
    return slots;
  }
}
