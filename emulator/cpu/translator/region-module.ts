/** From a region's entry to the bytes of its WebAssembly module. */
import type { Routine } from '../../isa/routine';
import type { Mode, RuntimeFunctions } from '../lowering';
import { ROUTINE_PARAMETERS, exportOfRoutine } from '../routines';
import { Code, I32, I64, encodeModule } from '../wasm';
import { type Surrounding, discover } from './discover';
import { flowOf } from './flow';
import { RegionLowering } from './region-lowering';

/** Functions of a module of regions; regions call none that could raise an interrupt. */
const RUNTIME: RuntimeFunctions = {
  ...{ load: 0, store: 0, readSpr: 0, writeSpr: 0, system: 0 },
  ...{ divse: 0, divue: 1, apply: 2, mulhu: 0, mulhs: 0 },
};
/** Most functions need no more. */
const FUNCTION_BYTES = 1 << 14;
const TYPES = [
  { parameters: [I32], results: [I32] },
  { parameters: [I64, I64], results: [I64] },
  { parameters: [I32, I32, I32, I32, I32], results: [I32] },
  { parameters: ROUTINE_PARAMETERS, results: [I32] },
];
const ROUTINE_TYPE = 3;
/** The first imports, in the order of their numbers in RUNTIME; routines follow. */
const HOST_FUNCTIONS = [
  { name: 'divse', type: 1 },
  { name: 'divue', type: 1 },
  { name: 'apply', type: 2 },
];

/** A translated region. */
export interface RegionCode {
  /** A module that puts its function into the table, at an index. */
  readonly module: (index: number) => Uint8Array<ArrayBuffer>;
  /** Routines that the module imports. */
  readonly routines: readonly Routine[];
  /** Number of instructions. */
  readonly instructions: number;
}

/** Translates a region; undefined where no instruction can be translated. */
export function translateRegion(around: Surrounding, mode: Mode): RegionCode | undefined {
  const flow = flowOf(discover(around));
  if (!flow) return undefined;
  const code = new Code(1, FUNCTION_BYTES);
  const routines: Routine[] = [];
  const indexOf = (routine: Routine): number => {
    if (!routines.includes(routine)) routines.push(routine);
    return HOST_FUNCTIONS.length + routines.indexOf(routine);
  };
  new RegionLowering(code, mode, RUNTIME, flow, around.entry, indexOf).function();
  const imported = routines.map((routine) => ({ name: exportOfRoutine(routine), type: ROUTINE_TYPE }));
  const imports = [...HOST_FUNCTIONS, ...imported];
  const module = (index: number): Uint8Array<ArrayBuffer> =>
    encodeModule({
      types: TYPES,
      imports,
      functions: [{ type: 0, code }],
      table: [],
      regions: true,
      elements: { from: index, functions: [imports.length] },
    });
  const instructions = flow.blocks.reduce((sum, block) => sum + block.instructions.length, 0);
  return { module, routines, instructions };
}
