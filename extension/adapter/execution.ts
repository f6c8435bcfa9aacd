/** Requests that move the run, and the end of each movement: a stop, or the end of the session. */

import type { Stop } from '../../emulator/timeline/debugger';
import type { Args } from './arguments';
import { THREAD, hardwareThread, type Context, type Handler, type Handlers, type Reply } from './handlers';
import type { LiveRun } from './live-run';
import { endOfRun } from './output';
import { withProgress } from './progress';

type Move = (run: LiveRun, unit: 'line' | 'instruction') => Promise<Stop>;

/** Starts a movement and tells its end. The run must stand still. */
export function move(context: Context, run: LiveRun, how: () => Promise<Stop>): void {
  run.moving();
  how().then(
    (stop) => arrived(context, run, stop),
    (error: unknown) => {
      if (run.ended) return;
      context.event('output', { category: 'stderr', output: `${String(error)}\n` });
      run.ended = true;
      context.event('terminated');
    },
  );
}

function arrived(context: Context, run: LiveRun, stop: Stop): void {
  if (run.ended) return;
  run.stopped(stop);
  if (stop.reason === 'finished') {
    endOfRun(context, run, stop);
    return;
  }
  context.event('stopped', {
    reason: stop.reason,
    description: stop.description,
    ...(stop.reason === 'exception' && { text: stop.description }),
    threadId: THREAD + run.target.machine.threads.current,
    allThreadsStopped: true,
    ...(stop.breakpoints.length > 0 && { hitBreakpointIds: stop.breakpoints }),
  });
}

/** A request that moves forwards. */
function forwards(how: Move): Handler {
  return (context, args) => {
    hardwareThread(context, args);
    const run = context.still();
    const unit = unitOf(args);
    return { body: { allThreadsContinued: true }, after: () => move(context, run, () => how(run, unit)) };
  };
}

/** A request that moves backwards: it may take as long as the run did, so it shows its progress. */
function backwards(title: string, how: Move): Handler {
  return (context, args) => {
    hardwareThread(context, args);
    const run = context.still();
    const unit = unitOf(args);
    return { after: () => move(context, run, () => withProgress(context, run, title, () => how(run, unit))) };
  };
}

function unitOf(args: Args): 'line' | 'instruction' {
  // A statement is a line here.
  return args.optionalText('granularity') === 'instruction' ? 'instruction' : 'line';
}

function pause(context: Context, args: Args): Reply {
  hardwareThread(context, args);
  const run = context.run();
  return { after: () => run.debugger.pause() };
}

function cancel(context: Context): Reply {
  const run = context.run();
  return { after: () => run.debugger.cancel() };
}

export const executionHandlers: Handlers = {
  continue: forwards((run) => run.debugger.continue()),
  next: forwards((run, unit) => run.debugger.stepOver(unit)),
  stepIn: forwards((run, unit) => run.debugger.stepIn(unit)),
  stepOut: forwards((run, unit) => run.debugger.stepOut(unit)),
  stepBack: backwards('Stepping back', (run, unit) => run.debugger.stepBack(unit)),
  reverseContinue: backwards('Going back', (run) => run.debugger.reverseContinue()),
  pause,
  cancel,
};
