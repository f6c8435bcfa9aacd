/** Time from the launch request to the first stop of the shipped example, in this process. */

import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { PefDebugSession } from '../extension/adapter/session';
import { type Figure, median } from './figure';

const EXAMPLE = path.resolve('examples/h-tpm-comm.pef');
const RUNS = 9;
const GOAL = { atMost: 300 };

/** Milliseconds from launch to the stopped event of one session. */
async function firstStop(): Promise<number> {
  const session = new PefDebugSession();
  let seq = 0;
  const sent: DebugProtocol.ProtocolMessage[] = [];
  let wake: () => void = () => undefined;
  session.onDidSendMessage((message) => {
    sent.push(message as DebugProtocol.ProtocolMessage);
    wake();
  });
  const ask = (command: string, args: object): void => {
    session.handleMessage({ seq: ++seq, type: 'request', command, arguments: args } as DebugProtocol.Request);
  };
  const event = async (name: string): Promise<void> => {
    while (!sent.some((message) => message.type === 'event' && (message as DebugProtocol.Event).event === name)) {
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  ask('initialize', { adapterID: 'pef' });
  const begin = performance.now();
  ask('launch', { program: EXAMPLE, stopOnEntry: true });
  await event('initialized');
  ask('configurationDone', {});
  await event('stopped');
  const time = performance.now() - begin;
  session.dispose();
  return time;
}

export async function bench(): Promise<Figure[]> {
  const cold = await firstStop();
  const warm: number[] = [];
  for (let n = 0; n < RUNS; n++) warm.push(await firstStop());
  return [
    { name: 'launch to first stop, first session of the process', value: cold, unit: 'ms', goal: GOAL },
    { name: 'launch to first stop, later sessions (median)', value: median(warm), unit: 'ms', goal: GOAL },
  ];
}
