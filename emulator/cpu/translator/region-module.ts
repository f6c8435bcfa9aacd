/** From a region's entry to the bytes of its WebAssembly module. */
import type { Mode, RuntimeFunctions } from '../lowering';
import { Code, I32, I64, encodeModule } from '../wasm';
import { type Surrounding, discover } from './discover';
import { flowOf } from './flow';
import { RegionLowering } from './region-lowering';

/** Functions of a module of regions; regions call none that could raise an interrupt. */
const RUNTIME: RuntimeFunctions = {
  ...{ load: 0, store: 0, readSpr: 0, writeSpr: 0, system: 0 },
  ...{ divse: 0, divue: 1, apply: 2, mulhu: 0, mulhs: 0 },
};
const FIRST_FUNCTION = 3;
/** Most functions need no more. */
const FUNCTION_BYTES = 1 << 14;
const BINARY_TYPE = 1;
const APPLY_TYPE = 2;

/** The function of a region, and how many instructions it has; undefined where no instruction can be translated. */
export function regionFunction(
  around: Surrounding,
  mode: Mode,
): { readonly code: Code; readonly instructions: number } | undefined {
  const flow = flowOf(discover(around));
  if (!flow) return undefined;
  const code = new Code(1, FUNCTION_BYTES);
  new RegionLowering(code, mode, RUNTIME, flow, around.entry).function();
  return { code, instructions: flow.blocks.reduce((sum, block) => sum + block.instructions.length, 0) };
}

/** A module that puts functions of regions into the table, from an index on. */
export function regionModule(functions: readonly Code[], index: number): Uint8Array<ArrayBuffer> {
  return encodeModule({
    types: [
      { parameters: [I32], results: [I32] },
      { parameters: [I64, I64], results: [I64] },
      { parameters: [I32, I32, I32, I32, I32], results: [I32] },
    ],
    imports: [
      { name: 'divse', type: BINARY_TYPE },
      { name: 'divue', type: BINARY_TYPE },
      { name: 'apply', type: APPLY_TYPE },
    ],
    functions: functions.map((code) => ({ type: 0, code })),
    table: [],
    regions: true,
    elements: { from: index, functions: functions.map((_, i) => FIRST_FUNCTION + i) },
  });
}
