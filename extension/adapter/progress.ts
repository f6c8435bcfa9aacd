/** Progress of movements that take long enough to wonder about. */

import type { Stop } from '../../emulator/timeline/debugger';
import type { Context } from './handlers';
import type { LiveRun } from './live-run';

/** How long a movement runs before it is worth a progress bar, and how often the bar moves, in milliseconds. */
const PATIENCE_MS = 500;
const UPDATE_MS = 250;

/** Shows a cancellable progress while `how` goes on, if the client can. */
export async function withProgress(
  context: Context,
  run: LiveRun,
  title: string,
  how: () => Promise<Stop>,
): Promise<Stop> {
  if (!context.client.progress) return how();
  const progressId = `progress-${run.numbers.next()}`;
  const goal = Math.max(1, run.debugger.timeline.tick);
  const bar = { shown: false };
  const update = () => {
    const percentage = Math.min(100, Math.floor((100 * run.debugger.timeline.tick) / goal));
    if (bar.shown) context.event('progressUpdate', { progressId, percentage });
    else context.event('progressStart', { progressId, title, cancellable: true, percentage });
    bar.shown = true;
  };
  let timer = setTimeout(function again() {
    update();
    timer = setTimeout(again, UPDATE_MS);
  }, PATIENCE_MS);
  try {
    return await how();
  } finally {
    clearTimeout(timer);
    if (bar.shown) context.event('progressEnd', { progressId });
  }
}
