/** Hardware threads of a machine: they execute while software runs, and the script acts on thread 0. */
import { describe, expect, it } from 'vitest';
import type { MachineEvent } from '../../emulator/common/machine';
import { assemble } from '../../emulator/isa/assembler';
import type { Machine } from '../../emulator/machine';
import { SNIPPETS, codeArea, placeGuests } from '../../emulator/machine/layout';
import { hashOf, machine, perform } from './drive';

const CODE = 0x8000n;

/** A machine whose guest has a program at CODE, and whose thread 0 is to execute it. */
function prepared(threads: number, text: string): Machine {
  const of = machine({ threads });
  const { bytes, errors } = assemble(text, CODE, { endian: 'little' });
  expect(errors).toEqual([]);
  of.poke(CODE, bytes);
  of.writeRegister('NIA', CODE);
  return of;
}
const run = (instructions: number) => ({ kind: 'run', instructions }) as const;

describe('threads', () => {
  it('are started in the state of the acting software', () => {
    const of = prepared(2, 'b .');
    of.writeRegister('r5', 7n);
    of.writeRegister('SPRG1', 9n);
    of.threads.start(1, CODE);
    expect([of.threads.count, of.threads.executes(1)]).toEqual([2, true]);
    const seen = of.threads.inThread(1, () =>
      ['r3', 'r5', 'SPRG1', 'NIA', 'TIR', 'MSR', 'LPIDR'].map((name) => of.readRegister(name)),
    );
    expect(seen).toEqual([1n, 0n, 9n, CODE, 1n, of.readRegister('MSR'), 1n]);
    expect(of.readRegister('r5')).toBe(7n);
  });
  it('execute in turn during a run, and only then', () => {
    const of = prepared(2, 'loop: addi 4,4,1\nb loop');
    of.threads.start(1, CODE);
    const counts = () => [0, 1].map((thread) => of.threads.inThread(thread, () => of.readRegister('r4')));
    perform(of, { kind: 'store', width: 4, address: 0x100n, value: 5n });
    expect(counts()).toEqual([0n, 0n]);
    of.begin(run(40_000));
    while (of.state !== 'idle') of.step(40_000, 'event');
    expect(of.takeResult()).toEqual({ kind: 'done', value: 40_000n });
    expect(counts()).toEqual([10_000n, 10_000n]);
    expect(of.threads.current).toBe(0);
  });
  it('make calls, each with its own registers', () => {
    // H_RANDOM's row exists, and nothing serves it: H_FUNCTION comes back to the thread that called.
    const of = prepared(2, 'mfspr 5,446\nli 3,0x300\nsc 1\nb .');
    of.threads.start(1, CODE);
    const events: MachineEvent[] = [];
    of.begin(run(40_000));
    while (of.state !== 'idle') events.push(...of.step(40_000, 'event').events);
    expect(events.filter(({ kind }) => kind === 'call')).toHaveLength(2);
    const results = [0, 1].map((thread) =>
      of.threads.inThread(thread, () => [of.readRegister('r5'), of.readRegister('NIA')]),
    );
    expect(results).toEqual([
      [0n, CODE + 12n],
      [1n, CODE + 12n],
    ]);
  });
  it('stop at the end of their software, and the run goes on', () => {
    const of = prepared(2, 'cmpdi 3,0\nbnelr\nloop: addi 4,4,1\nb loop');
    const area = codeArea(of.actor, of.config, placeGuests(of.config));
    of.writeRegister('LR', area + BigInt(SNIPPETS.end.offset));
    of.threads.start(1, CODE);
    of.begin(run(60_000));
    while (of.state !== 'idle') of.step(60_000, 'event');
    expect(of.takeResult()).toEqual({ kind: 'done', value: 60_000n });
    expect([of.threads.executes(0), of.threads.executes(1)]).toEqual([true, false]);
  });
  it.each([0, 2, 9])('that the machine does not have cannot be started: %s', (thread) => {
    expect(() => prepared(2, 'nop').threads.start(thread, CODE)).toThrow('Threads 1 to 1 can be started');
    expect(() => prepared(1, 'nop').threads.start(1, CODE)).toThrow('only thread 0');
  });
  it('give the same state in steps of any length', () => {
    const hashes = [1, 7, 1000, 30_000].map((ticks) => {
      const of = prepared(3, 'loop: addi 4,4,1\nlbz 5,0x100(0)\nadd 5,5,3\nstb 5,0x100(0)\nb loop');
      of.threads.start(1, CODE);
      of.threads.start(2, CODE);
      of.begin(run(30_000));
      while (of.state !== 'idle') of.step(ticks, 'event');
      of.takeResult();
      return hashOf(of);
    });
    expect(new Set(hashes).size).toBe(1);
  });
  it('are gone after a reset', () => {
    const of = prepared(2, 'b .');
    of.threads.start(1, CODE);
    perform(of, run(10));
    of.reset();
    expect(of.threads.executes(1)).toBe(false);
  });
});

describe('a processor that stands still', () => {
  it('ends the activity', () => {
    // The hypervisor stops for good: nothing is to wake it up.
    const of = machine();
    of.enter({ kind: 'hypervisor' });
    of.poke(CODE, assemble('lis 4,0x30\nmtspr 855,4\nstop\nb .', CODE, { endian: 'little' }).bytes);
    of.writeRegister('NIA', CODE);
    of.begin(run(1000));
    for (let i = 0; of.state !== 'idle' && i < 100; i++) of.step(1000, 'event');
    expect(of.takeResult()).toMatchObject({ kind: 'stuck', detail: expect.stringContaining('has stopped') as string });
  });
});
