/** Threads and the call stack. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { hexNumber } from '../../emulator/common/bytes';
import type { Frame } from '../../emulator/common/frames';
import { type MachineApi, symbolText } from '../../emulator/common/machine-api';
import { actorName } from '../../emulator/common/machine';
import { privilegeState } from '../../emulator/isa/registers';
import type { Args } from './arguments';
import { THREAD, hardwareThread, type Context, type Handlers, type Reply } from './handlers';
import type { LiveRun } from './live-run';
import { toSource } from './sources';

/** Who acts in which privilege state: `svm1, Privileged(OS)`. */
function threadName(machine: MachineApi): string {
  const msr = machine.readRegister('MSR');
  const actor = actorName(machine.actor);
  return msr === undefined ? actor : `${actor}, ${privilegeState(msr).name}`;
}

function otherThreadName(machine: MachineApi, thread: number): string {
  if (!machine.threads.executes(thread)) return 'stopped';
  const msr = machine.threads.inThread(thread, () => machine.readRegister('MSR'));
  return msr === undefined ? 'executes' : privilegeState(msr).name;
}

/** A thread whose turn it is not has a frame for the place where it stands. */
function otherStack(run: LiveRun, thread: number): Reply {
  const { machine } = run.target;
  const nia = machine.threads.inThread(thread, () => machine.readRegister('NIA')) ?? 0n;
  const at = symbolText(machine.symbols.at(nia)) ?? hexNumber(nia);
  const frame: DebugProtocol.StackFrame = {
    id: run.view.threadFrameId(thread),
    name: at,
    line: 0,
    column: 0,
    instructionPointerReference: hexNumber(nia),
    presentationHint: 'subtle',
  };
  return { body: { stackFrames: [frame], totalFrames: 1 } };
}

/** Clients ask at any time, also when the run has just ended: then there is none. */
function threads(context: Context): Reply {
  const run = context.live();
  if (!run) return { body: { threads: [] } };
  const { machine } = run.target;
  const { count, current } = machine.threads;
  const list = Array.from({ length: count }, (_, n) => {
    const name = n === current ? threadName(machine) : otherThreadName(machine, n);
    return { id: THREAD + n, name: count === 1 ? name : `thread ${n}: ${name}` };
  });
  return { body: { threads: list } };
}

function stackTrace(context: Context, args: Args): Reply {
  const thread = hardwareThread(context, args);
  const run = context.still();
  if (thread !== run.target.machine.threads.current) return otherStack(run, thread);
  const { frames } = run.view;
  const start = args.optionalInteger('startFrame') ?? 0;
  const levels = args.optionalInteger('levels') || frames.length;
  const shown = frames.slice(start, start + levels).map((frame, i) => toFrame(context, run, frame, start + i));
  return { body: { stackFrames: shown, totalFrames: frames.length } };
}

function toFrame(context: Context, run: LiveRun, frame: Frame, index: number): DebugProtocol.StackFrame {
  const { client } = context;
  const { address } = frame;
  // The `sc` of a statement is there to be seen, not to be stopped in: it stands at its statement.
  // Functions of software that runs have no source: a client shows their disassembly.
  const software = frame.stackPointer !== undefined;
  const within = frame.location || software ? undefined : run.view.frames.slice(index).find((outer) => outer.location);
  const location = frame.location ?? within?.location;
  return {
    id: run.view.frameId(index),
    name: frame.name,
    line: location ? location.range.line + client.lineOffset : 0,
    column: location ? location.range.column + client.columnOffset : 0,
    // No end: an editor would select the range at every stop.
    ...(location && {
      source: { ...toSource(client, location.source), ...(within && { presentationHint: 'deemphasize' as const }) },
    }),
    ...(address !== undefined && { instructionPointerReference: hexNumber(address) }),
    ...(!frame.location && !software && { presentationHint: 'subtle' as const }),
  };
}

export const stackHandlers: Handlers = { threads, stackTrace };
