/** What the hypervisor (KVM) and its user space (QEMU) keep: plain data. */
import type { GfnState } from '../page-states';

/** A range of guest frame numbers of a VM. */
export interface MemorySlot {
  readonly id: number;
  /** First guest frame number. */
  readonly start: number;
  readonly pages: number;
}

/** A virtual machine as KVM knows it. */
export interface Vm {
  readonly name: string;
  readonly lpid: number;
  /** Real address of the normal memory behind guest physical address 0. */
  readonly base: bigint;
  readonly slots: readonly MemorySlot[];
  /** KVM_CAP_PPC_SECURE_GUEST is enabled: the VM may become secure. */
  readonly mayBecomeSecure: boolean;
  /** KVMPPC_SECURE_INIT_START, KVMPPC_SECURE_INIT_DONE. */
  started: boolean;
  done: boolean;
  /** States of pages that are not `normal`, by guest frame number. */
  readonly gfns: Map<number, Exclude<GfnState, 'normal'>>;
}

export interface HypervisorState {
  /** The TPM proxy has its back end open. */
  tpmOpen: boolean;
  /** Process tables by partition number, as the second doubleword of a partition table entry has them. */
  processTables: readonly (readonly [lpid: number, table: bigint])[];
  vms: readonly Vm[];
}

/** The VM with this partition number. */
export const vmOf = (state: HypervisorState, lpid: number): Vm | undefined => state.vms.find((vm) => vm.lpid === lpid);

/** Whether a guest frame number is memory of the VM. */
export const hasGfn = (vm: Vm, gfn: number): boolean =>
  vm.slots.some(({ start, pages }) => gfn >= start && gfn < start + pages);

export const gfnState = (vm: Vm, gfn: number): GfnState => vm.gfns.get(gfn) ?? 'normal';
