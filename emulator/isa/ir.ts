/**
 * What an instruction's meaning is made of: typed 64-bit expressions, conditions and statements.
 *
 * The rows build these trees once (semantics.ts); a projection (cpu/lowering.ts) turns them into WebAssembly. In the
 * interpreter a field is read from the instruction word at run time, in a translator it is a constant: the trees say
 * only `field`.
 */
import type { Field } from './fields';
import type { InterruptCause } from './causes';
import type { Routine } from './routine';

// prettier-ignore
export type BinaryOp =
  | 'add' | 'sub' | 'mul' | 'mulhs' | 'mulhu'
  // division: 0 where the ISA leaves the quotient undefined
  | 'divs' | 'divu' | 'rems' | 'remu' | 'divse' | 'divue'
  | 'and' | 'or' | 'xor'
  // shifts take the amount modulo 64
  | 'shl' | 'shru' | 'shrs' | 'rotl'
  // the low word rotated, the high word 0
  | 'rotl32'
  | DoubleBinaryOp;
// prettier-ignore
export type UnaryOp =
  | 'exts8' | 'exts16' | 'exts32' | 'extu32' | 'clz' | 'ctz' | 'popcnt'
  // a double as an integer, towards zero, the nearest one that there is; a double as a single (the low word)
  | 'toS64' | 'toU64' | 'demote'
  | DoubleUnaryOp;
// prettier-ignore
export type CompareOp =
  | 'eq' | 'ne' | 'lts' | 'ltu' | 'gts' | 'gtu' | 'les' | 'leu' | 'ges' | 'geu'
  | DoubleCompareOp;

/** Operations whose result is a double, as its bits: rounded to nearest, without exceptions. */
export type DoubleBinaryOp = 'fadd' | 'fsub' | 'fmul' | 'fdiv';
// prettier-ignore
export type DoubleUnaryOp =
  | 'fsqrt' | 'ftrunc' | 'fceil' | 'ffloor' | 'fnearest'
  // from an integer; from a single in the low word
  | 'fromS64' | 'fromU64' | 'promote';
/** Comparisons of doubles: with a NaN only `fne` holds. */
export type DoubleCompareOp = 'feq' | 'fne' | 'flt' | 'fgt' | 'fle' | 'fge';
export type AccessSize = 1 | 2 | 4 | 8;

/** Operations of the CPU as a whole: their numbers in generated code are their places here. */
// prettier-ignore
export const SYSTEM_OPS = [
  // (RB): messages between threads
  'msgsnd', 'msgclr', 'msgsndp', 'msgclrp', 'msgsndu', 'msgclru',
  // (L) -> random number
  'darn',
  'stop', 'wait', 'attn',
] as const;
export type SystemOp = (typeof SYSTEM_OPS)[number];

export type Expr =
  | { readonly k: 'const'; readonly value: bigint }
  | { readonly k: 'field'; readonly field: Field }
  | { readonly k: 'gpr'; readonly field: Field; readonly or0: boolean }
  | { readonly k: 'gpr-at'; readonly number: Expr }
  | { readonly k: 'local'; readonly id: number }
  | { readonly k: 'un'; readonly op: UnaryOp; readonly a: Expr }
  | { readonly k: 'bin'; readonly op: BinaryOp; readonly a: Expr; readonly b: Expr }
  | { readonly k: 'select'; readonly cond: Cond; readonly a: Expr; readonly b: Expr }
  | { readonly k: 'bit'; readonly cond: Cond }
  /** CR value of a comparison: LT GT EQ SO as the four low bits. */
  | { readonly k: 'compare'; readonly a: Expr; readonly b: Expr; readonly signed: boolean }
  | { readonly k: 'cia' }
  | { readonly k: 'msr' }
  /** A special purpose register without any check. */
  | { readonly k: 'spr'; readonly number: number }
  /** XER.CA, 1 or 0. */
  | { readonly k: 'carry' }
  | { readonly k: 'cr' }
  | { readonly k: 'cr-field'; readonly number: Expr }
  /** Doubleword 0 or 1 of a vector-scalar register. */
  | { readonly k: 'vsr'; readonly number: Expr; readonly doubleword: 0 | 1 };

export type Cond =
  | { readonly k: 'cmp'; readonly op: CompareOp; readonly a: Expr; readonly b: Expr }
  | { readonly k: 'not'; readonly a: Cond }
  | { readonly k: 'and' | 'or' | 'xor'; readonly a: Cond; readonly b: Cond }
  | { readonly k: 'cr-bit'; readonly number: Expr }
  /** 64-bit mode, MSR.SF. */
  | { readonly k: 'sf' }
  /** Little-endian mode, MSR.LE. */
  | { readonly k: 'le' };

export type Stmt =
  | { readonly k: 'let'; readonly id: number; readonly value: Expr }
  | { readonly k: 'set-gpr'; readonly field: Field; readonly value: Expr }
  | { readonly k: 'set-gpr-at'; readonly number: Expr; readonly value: Expr }
  | { readonly k: 'set-spr'; readonly number: number; readonly value: Expr }
  /** CA and CA32 of XER from the carries out of all bits: from that out of bit 0, or bit 32 in 32-bit mode, and from that out of bit 32. */
  | { readonly k: 'set-carry'; readonly carries: Expr }
  | { readonly k: 'set-cr-field'; readonly number: Expr; readonly value: Expr }
  | { readonly k: 'set-cr-bit'; readonly number: Expr; readonly value: Cond }
  | { readonly k: 'set-cr'; readonly fields: Expr; readonly value: Expr }
  | { readonly k: 'set-vsr'; readonly number: Expr; readonly doubleword: 0 | 1; readonly value: Expr }
  /**
   * Bytes of two vector-scalar registers, chosen by the low five bits of the bytes of a third: counted from the left of
   * `left || right`, or from its right.
   */
  | {
      readonly k: 'set-vsr-permuted';
      readonly number: Expr;
      readonly left: Expr;
      readonly right: Expr;
      readonly control: Expr;
      readonly from: 'left' | 'right';
    }
  /**
   * A function of the row (its place among them) over up to four i32 arguments; a result goes to the local `id`. Where it
   * is a routine, generated code has it.
   */
  | {
      readonly k: 'apply';
      readonly fn: number;
      readonly routine: Routine | undefined;
      readonly args: readonly Expr[];
      readonly id: number | undefined;
      readonly setsCr: boolean;
    }
  /** What only the CPU as a whole can do; a result goes to the local `id`. */
  | { readonly k: 'system'; readonly op: SystemOp; readonly a: Expr; readonly id: number | undefined }
  /** A branch: ends the instruction. */
  | { readonly k: 'set-nia'; readonly value: Expr }
  /** Changes the machine state and goes on at `nia`: ends the instruction. */
  | { readonly k: 'set-msr'; readonly value: Expr; readonly nia: Expr | undefined }
  /** Memory access at effective address `ea`; `swap` reverses the bytes against the current byte order. */
  | {
      readonly k: 'load';
      readonly id: number;
      readonly ea: Expr;
      readonly size: AccessSize;
      readonly signed: boolean;
      readonly swap: boolean;
    }
  | { readonly k: 'store'; readonly ea: Expr; readonly size: AccessSize; readonly value: Expr; readonly swap: boolean }
  /** Access to an SPR with all its checks; the number is the value of the field. */
  | { readonly k: 'read-spr'; readonly id: number; readonly field: Field; readonly unchanged: Expr }
  | { readonly k: 'write-spr'; readonly field: Field; readonly value: Expr }
  | { readonly k: 'if'; readonly cond: Cond; readonly then: readonly Stmt[]; readonly else: readonly Stmt[] }
  | { readonly k: 'while'; readonly cond: Cond; readonly body: readonly Stmt[] }
  /** Raises an interrupt: ends the instruction. `info` is for the handler (LEV of sc, the address of a fault). */
  | { readonly k: 'raise'; readonly cause: InterruptCause; readonly info: Expr | undefined }
  /** Raises a privileged-instruction interrupt unless the state has at least this privilege. */
  | { readonly k: 'require'; readonly privilege: Privilege }
  /** Raises an interrupt unless the facility (its number in facilities.ts) is on. */
  | { readonly k: 'facility'; readonly facility: number }
  /** The next instruction is fetched anew under the current state. */
  | { readonly k: 'synchronize' };

/** Least privilege that an instruction or register needs. */
export type Privilege = 'problem' | 'privileged' | 'hypervisor' | 'ultravisor';
