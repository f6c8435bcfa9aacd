/** A real swtpm for tests: starts one on a free port with a fresh state, and stops it. */

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SwtpmProcess {
  readonly address: string;
  stop(): Promise<void>;
}

/** Why tests with a real swtpm cannot run here, or undefined when they can. */
export const WITHOUT_SWTPM: string | undefined =
  spawnSync('swtpm', ['--version']).error === undefined
    ? undefined
    : 'NOT RUN: swtpm is not installed (Debian package swtpm)';

/** Two free ports, one after the other: swtpm wants one for data and one for control. */
async function freePorts(): Promise<number> {
  for (;;) {
    const port = await new Promise<number>((resolve, reject) => {
      const server = createServer().once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
      });
    });
    if (port > 0 && port < 65535) return port;
  }
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export async function startSwtpm(): Promise<SwtpmProcess> {
  const state = mkdtempSync(join(tmpdir(), 'pef-swtpm-'));
  const port = await freePorts();
  const listen = (flag: string, at: number): string[] => [flag, `type=tcp,port=${at},bindaddr=127.0.0.1`];
  const child = spawn(
    'swtpm',
    [
      'socket',
      '--tpm2',
      ...listen('--server', port),
      ...listen('--ctrl', port + 1),
      '--tpmstate',
      `dir=${state}`,
      '--flags',
      'not-need-init,startup-clear',
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // The control port tells that it is up; the data port serves one client only.
  for (let tries = 0; tries < 200 && !(await answers(port + 1)); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return {
    address: `127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      rmSync(state, { recursive: true, force: true });
    },
  };
}
