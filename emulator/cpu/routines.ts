/**
 * Routines (isa/routine.ts) as functions of the interpreter's module: (four numbers i32) -> i32, the status of `apply`.
 * Translated regions call them there.
 */
import type { Routine } from '../isa/routine';
import { type NumberedRoutine, routinesOfRows } from '../isa/table';
import { HANDLER_RUNTIME } from './handlers';
import { Lowering, type Mode } from './lowering';
import { Code, I32, OP } from './wasm';

const PARAMETERS = 4;

export const ROUTINE_PARAMETERS = [I32, I32, I32, I32] as const;

/** The name under which the module exports a routine. */
export const exportOfRoutine = ({ name }: Routine): string => `routine ${name}`;

class RoutineLowering extends Lowering {
  protected override readonly hasTwin = false;

  constructor(
    code: Code,
    mode: Mode,
    private readonly slow: number,
  ) {
    super(code, mode, HANDLER_RUNTIME);
  }

  function(routine: Routine): void {
    const { code } = this;
    const { program } = routine;
    for (let id = 0; id < PARAMETERS; id++) {
      code.get(id);
      code.op(OP.extendu);
      code.set(this.local(id));
    }
    this.statements(program);
    code.i32(0);
  }

  /** What is done slowly is all that is done. */
  protected override leaveByStatus(): void {
    this.code.op(OP.return);
  }
  protected override unitFunction(): number {
    return this.slow;
  }
  protected override routine = outside;
  protected override branch = outside;
  protected override fault = outside;
  protected override leaveForState = outside;
  protected override leaveForTwin = outside;
  protected override pushLeft = outside;
  protected override pushCia = outside;
  protected override pushField = outside;
  protected override pushGprOffset = outside;
  protected override constantField = outside;
}

/** Routines have registers and numbers, no instruction and no memory. */
function outside(): never {
  throw new RangeError('A routine does not know its instruction.');
}

/** Indices of the functions of all routines, from one on. */
export function routinePlaces(first: number): ReadonlyMap<Routine, number> {
  return new Map(routinesOfRows().map(({ routine }, i) => [routine, first + i]));
}

/** The functions of all routines, in the order of `routinePlaces`. */
export function routineFunctions(mode: Mode): { readonly code: Code; readonly exportName: string }[] {
  return routinesOfRows().map(({ routine, slow }: NumberedRoutine) => {
    const code = new Code(PARAMETERS);
    new RoutineLowering(code, mode, slow).function(routine);
    return { code, exportName: exportOfRoutine(routine) };
  });
}
