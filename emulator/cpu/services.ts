/** What generated code asks of the host besides memory: special purpose registers, functions of rows, the CPU as a whole. */
import { FACILITIES, type FacilityRow, facilityNumber, facilityRow } from '../isa/facilities';
import { FEX } from '../isa/float/fpscr';
import { SYSTEM_OPS, type SystemOp } from '../isa/ir';
import { VECTOR } from '../isa/interrupts';
import { MSR_BIT } from '../isa/registers';
import { FPSCR, RANDOM } from '../isa/semantics';
import { type SprRow, SPRN, sprMask } from '../isa/sprs';
import { unitFunction } from '../isa/table';
import type { AnyUnitFunction } from '../isa/vector-unit';
import { CpuAccess } from './access';
import { type InterruptRequest, emulationAssistance, facilityUnavailable, programInterrupt } from './entry';
import { delivered, nextRandom } from './random';
import { decideSprAccess, isAttended, reachOf } from './spr-access';
import * as state from './state';
import { MemoryVectorUnit } from './vector-unit';

/** Every mode of floating-point exceptions but the one that ignores them is taken as the precise one. */
const FLOAT_EXCEPTIONS = MSR_BIT.FE0 | MSR_BIT.FE1;
const EVIRT = sprMask('LPCR', 'EVIRT');
const SMFCTRL_D = sprMask('SMFCTRL', 'D');
/** MMCR0.PMCC, bits 44:45. */
const PMCC_SHIFT = 18n;

/** What turns facilities off, as masks of words. */
const SWITCHES = FACILITIES.map((row: FacilityRow) => ({
  msrLow: Number(BigInt.asIntN(32, row.msr?.mask ?? 0n)),
  msrHigh: Number(BigInt.asIntN(32, (row.msr?.mask ?? 0n) >> 32n)),
  vector: row.msr?.vector ?? 0,
  fscr: row.fscr === undefined ? 0 : 1 << row.fscr,
  hfscr: row.hfscr === undefined ? 0 : 1 << row.hfscr,
}));
const PR_LOW = Number(MSR_BIT.PR);
const HV_HIGH = Number(MSR_BIT.HV >> 32n);

/** Registers, memory and services; `Cpu` adds execution. */
export abstract class CpuServices extends CpuAccess {
  /** Budget that was given to generated code when it was entered. */
  protected slice = 0;
  private readonly unit = new MemoryVectorUnit(this.memory.memory.buffer);

  // -- special purpose registers ----------------------------------------------------------------------------------

  private decide(number: number, write: boolean): SprRow | 'no operation' | undefined {
    const decision = decideSprAccess(number, write, {
      rank: this.view.getInt32(state.PRIVILEGE, true),
      evirt: (this.loadSpr(SPRN.LPCR) & EVIRT) !== 0n,
      debugRestricted: (this.loadSpr(SPRN.SMFCTRL) & SMFCTRL_D) !== 0n,
      pmcc: Number((this.loadSpr(SPRN.MMCR0) >> PMCC_SHIFT) & 3n),
      isOff: (facility) => this.vectorWhenOff(facilityNumber(facility)) !== 0,
    });
    switch (decision.kind) {
      case 'access':
        return decision.row;
      case 'no operation':
        return 'no operation';
      case 'privileged':
        this.pending = () => programInterrupt('privileged', decision.detail);
        return undefined;
      case 'facility':
        this.pending = () => this.facilityRequest(facilityNumber(decision.name));
        return undefined;
      case 'monitor': {
        // The cause is the monitor's number, which FSCR has no bit for.
        const monitor = { ...facilityRow('PM'), fscr: facilityRow('PM').hfscr };
        this.pending = () => facilityUnavailable(monitor, VECTOR.FAC, this.loadSpr(SPRN.FSCR));
        return undefined;
      }
      case 'emulation assistance':
        this.pending = (word) => emulationAssistance(word, decision.detail);
        return undefined;
    }
  }

  private reach(row: SprRow, write: boolean): bigint | undefined {
    return reachOf(row, write, this.view.getInt32(state.PRIVILEGE, true), (number) => this.loadSpr(number));
  }

  protected readonly hostReadSpr = (number: number, left: number): number => {
    this.work++;
    const row = this.decide(number, false);
    if (row === undefined) return 1;
    if (row === 'no operation') return 2;
    const value = this.sprValue(row, this.count + this.slice - left);
    this.view.setBigUint64(state.RESULT, value & (this.reach(row, false) ?? value), true);
    return 0;
  };

  protected readonly hostWriteSpr = (number: number, value: bigint, left: number): number => {
    this.work++;
    const row = this.decide(number, true);
    if (row === undefined) return 1;
    if (row === 'no operation') return 0;
    const now = this.count + this.slice - left;
    const reach = this.reach(row, true);
    this.setSprValue(row, reach === undefined ? value : (this.sprValue(row, now) & ~reach) | (value & reach), now);
    return isAttended(row.storage) ? 2 : 0;
  };

  protected override controlChanged(number: number): void {
    if (number === SPRN.FSCR || number === SPRN.HFSCR) this.refreshFacilities();
    else this.translationChanged(number);
  }

  // -- facilities -------------------------------------------------------------------------------------------------

  /** Tells generated code which facilities are on: at every change of MSR, so it computes with words. */
  protected refreshFacilities(): void {
    let on = 0;
    for (let i = 0; i < SWITCHES.length; i++) if (this.vectorWhenOff(i) === 0) on |= 1 << i;
    this.view.setInt32(state.FACILITIES, on, true);
  }

  /** Vector of the interrupt of a facility that is off, or 0: MSR's comes first, the hypervisor's last (Book III 6.5.27, 6.5.28). */
  private vectorWhenOff(number: number): number {
    const { view } = this;
    const row = SWITCHES[number];
    if (!row) return 0;
    const low = view.getInt32(state.MSR, true);
    const high = view.getInt32(state.MSR + 4, true);
    if ((row.msrLow | row.msrHigh) !== 0 && ((low & row.msrLow) | (high & row.msrHigh)) === 0) return row.vector;
    const status = (register: number): number => view.getInt32(state.SPR + 8 * register, true);
    if ((low & PR_LOW) !== 0 && row.fscr !== 0 && (status(SPRN.FSCR) & row.fscr) === 0) return VECTOR.FAC;
    if ((high & HV_HIGH) === 0 && row.hfscr !== 0 && (status(SPRN.HFSCR) & row.hfscr) === 0) return VECTOR.HFAC;
    return 0;
  }

  /** The interrupt for an instruction of a facility that is off, by the facility's number. */
  protected facilityRequest(number: number): InterruptRequest {
    const row = FACILITIES[number];
    const vector = this.vectorWhenOff(number);
    if (!row || vector === 0) throw new Error(`Facility ${number} is on.`);
    return facilityUnavailable(row, vector, this.loadSpr(vector === VECTOR.HFAC ? SPRN.HFSCR : SPRN.FSCR));
  }

  // -- functions of rows ------------------------------------------------------------------------------------------

  /** Functions of rows by their numbers, as they are used. */
  private readonly functions: (AnyUnitFunction | undefined)[] = [];

  /** Bit 0: an interrupt. Bit 1: the host looks up behind the instruction. */
  protected readonly hostApply = (fn: number, a: number, b: number, c: number, d: number): number => {
    const enough = this.work++ < this.workLimit ? 0 : 2;
    const call = (this.functions[fn] ??= unitFunction(fn));
    const result: unknown = call(this.unit, a, b, c, d);
    if (typeof result === 'bigint') this.view.setBigUint64(state.RESULT, BigInt.asUintN(64, result), true);
    if (result !== true || (this.msr & FLOAT_EXCEPTIONS) === 0n) return enough;
    this.pending = () => programInterrupt('floating point', 'an enabled floating-point exception');
    return 1;
  };

  /** The interrupt of an enabled floating-point exception that a change of MSR lets through, after its instruction. */
  protected lateFloatException(): InterruptRequest | undefined {
    if ((this.view.getUint32(state.SPR + 8 * FPSCR, true) & FEX) === 0) return undefined;
    if ((this.msr & FLOAT_EXCEPTIONS) === 0n) return undefined;
    return programInterrupt(
      'late floating point',
      'an enabled floating-point exception from before MSR let it through',
    );
  }

  /** Determines the random numbers of darn that come next; it changes with each. */
  get seed(): bigint {
    return this.loadSpr(RANDOM);
  }
  set seed(value: bigint) {
    this.storeSpr(RANDOM, value);
  }

  // -- the CPU as a whole -----------------------------------------------------------------------------------------

  protected readonly hostSystem = (op: number, a: bigint): number => {
    this.work++;
    const name = SYSTEM_OPS[op];
    const result = name && this.systemOperation(name, BigInt.asUintN(64, a));
    if (result === undefined) return 0;
    if (result === 'attend') return 2;
    if (typeof result !== 'bigint') {
      this.pending = () => result;
      return 1;
    }
    this.view.setBigUint64(state.RESULT, BigInt.asUintN(64, result), true);
    return 0;
  };

  /**
   * Does an operation that concerns more than registers and memory.
   *
   * @returns its result where it has one, the interrupt that it raises, or that the host must look at the state behind it
   */
  protected systemOperation(op: SystemOp, a: bigint): bigint | InterruptRequest | 'attend' | undefined {
    switch (op) {
      case 'darn': {
        const { state: next, value } = nextRandom(this.seed);
        this.seed = next;
        return delivered(value, Number(a));
      }
      default:
        return undefined;
    }
  }
}
