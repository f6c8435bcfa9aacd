/**
 * Messages between threads (Book III chapter 11): what RB of msgsnd and its like says.
 *
 * Bits 32:36 are the type, of which only 5 is defined; bits 37:38 send to all threads of the core; otherwise bits 44:63
 * name the receiver by PIR, or bits 57:63 by TIR where the partition sends. All threads here are of one core, and both
 * numbers are the thread's.
 */
import type { SystemOp } from '../isa/ir';
import { SPRN } from '../isa/sprs';
import { SLOT } from './state';

const DOORBELL = 5n;

/** The registers of messages, by instruction, with the bits that name the receiver; `clear` takes back one's own. */
const MESSAGES: Partial<Record<SystemOp, { readonly register: number; readonly tag?: bigint }>> = {
  msgsnd: { register: SPRN.DHDES, tag: 0xf_ffffn },
  msgclr: { register: SPRN.DHDES },
  msgsndp: { register: SPRN.DPDES, tag: 0x7fn },
  msgclrp: { register: SPRN.DPDES },
  msgsndu: { register: SLOT.ultravisorDoorbells, tag: 0xf_ffffn },
  msgclru: { register: SLOT.ultravisorDoorbells },
};

/** A change of the bits of threads in a register that they share. */
export interface Message {
  readonly register: number;
  readonly to: readonly number[];
  readonly on: boolean;
}

/**
 * What an instruction does to doorbells; undefined when it has nothing to do with messages.
 *
 * @param rb value of RB
 * @param sender the thread that executes it, and how many there are
 */
export function messageOf(
  op: SystemOp,
  rb: bigint,
  sender: { readonly thread: number; readonly threads: number },
): Message | undefined {
  const row = MESSAGES[op];
  if (!row) return undefined;
  const { register, tag } = row;
  const on = tag !== undefined;
  if (((rb >> 27n) & 31n) !== DOORBELL) return { register, to: [], on };
  if (tag === undefined) return { register, to: [sender.thread], on };
  const all = Array.from({ length: sender.threads }, (_, n) => n);
  const broadcast = op === 'msgsndp' ? 0n : (rb >> 25n) & 3n;
  if (broadcast === 1n || broadcast === 2n) return { register, to: all, on };
  return { register, to: all.filter((n) => BigInt(n) === (rb & tag)), on };
}
