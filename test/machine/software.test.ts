import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HmacDrbg } from '../../emulator/common/drbg';
import type { GuestImage, MachineEvent } from '../../emulator/common/machine';
import { placeImage } from '../../emulator/image/guest-image';
import type { Machine } from '../../emulator/machine';
import { instructionWord } from '../../emulator/machine/instructions';
import { guest, hashOf, machine, perform } from './drive';

const MIB = 1024 * 1024;
const SPACE = { usableBytes: BigInt(4 * MIB - 128 * 1024) };
const fixture = (name: string): Uint8Array =>
  fs.readFileSync(new URL(`../image/fixtures/${name}.elf`, import.meta.url));

function hello(name: 'hello-le' | 'hello-be'): { image: GuestImage; of: Machine } {
  const { image, endian } = placeImage(fixture(name), name, undefined, SPACE);
  return { image, of: machine({ guests: [guest({ image, endian })] }) };
}

/** A flat image of instructions, from text. */
function flat(address: bigint, endian: 'little' | 'big', ...lines: string[]): GuestImage {
  const bytes = new Uint8Array(4 * lines.length);
  lines.forEach((line, i) => {
    const word = instructionWord(line, address + BigInt(4 * i));
    new DataView(bytes.buffer).setUint32(4 * i, word, endian === 'little');
  });
  return placeImage(bytes, 'flat', address, SPACE).image;
}

const run = (until?: readonly bigint[], instructions = 1_000_000) => ({ kind: 'run', instructions, until }) as const;

const places = (of: Machine, name: string): readonly bigint[] => of.symbols.named(name)!.places;
const stackOf = (of: Machine): string[] => of.frames().map(({ name }) => name);

describe('a guest with an image', () => {
  it.each(['hello-le', 'hello-be'] as const)(
    'runs %s to its end, which is where its first function returns to',
    (name) => {
      const { of } = hello(name);
      expect(perform(of, run())).toMatchObject({ kind: 'done' });
      expect([of.cpu.gpr(3), of.cpu.nia]).toEqual([55n, of.cpu.lr]);
      // It has ended: there is nothing to run.
      expect(perform(of, run())).toEqual({ kind: 'done', value: 0n });
    },
  );
  it('begins with the registers that head_64.S and the ABI name', () => {
    const { of, image } = hello('hello-be');
    expect([1, 2, 3, 4, 5, 12].map((n) => of.cpu.gpr(n))).toEqual([
      SPACE.usableBytes - 512n,
      0x109f00n,
      0n,
      0x100000n,
      0n,
      image.entry,
    ]);
    expect([of.cpu.nia, of.readRegister('MSR.LE'), of.readRegister('MSR.SF')]).toEqual([image.entry, 0n, 1n]);
  });
  it('has it again after going back to the start', () => {
    const { of } = hello('hello-le');
    const before = hashOf(of);
    perform(of, run());
    expect(hashOf(of)).not.toBe(before);
    of.reset();
    expect(hashOf(of)).toBe(before);
    expect(perform(of, run())).toMatchObject({ kind: 'done' });
    expect(of.cpu.gpr(3)).toBe(55n);
  });
  it('goes from one arrival to the next', () => {
    const { of } = hello('hello-le');
    const put = places(of, 'put');
    expect(put).toEqual([0x100140n]);
    perform(of, run(put));
    expect(of.cpu.nia).toBe(0x100140n);
    perform(of, run(places(of, 'sum')));
    expect(of.cpu.nia).toBe(0x100218n);
    perform(of, run(put));
    expect(of.cpu.nia).toBe(of.codeBase() - 0x2000n);
  });
  it('ends a run after so many instructions, or with a call when that is asked for', () => {
    const { of } = hello('hello-le');
    expect(perform(of, run(undefined, 5))).toEqual({ kind: 'done', value: 5n });
    const events: MachineEvent[] = [];
    perform(of, { kind: 'run', instructions: 1_000_000, calls: true }, events);
    expect(events.filter(({ kind }) => kind === 'call')).toHaveLength(1);
    expect(events.filter(({ kind }) => kind === 'call return')).toHaveLength(1);
  });
  it.each(['little', 'big'] as const)('takes its interrupts itself, %s-endian', (endian) => {
    const handler = flat(0x700n, endian, 'li r31,7', 'mtspr 26,r30', 'rfid');
    const program = flat(0x2000n, endian, 'li r30,0x2008', 'trap', 'li r29,9', 'blr');
    const image = { ...program, parts: [...handler.parts, ...program.parts] };
    const of = machine({ guests: [guest({ image, endian })] });
    expect(perform(of, run())).toMatchObject({ kind: 'done' });
    expect([of.cpu.gpr(31), of.cpu.gpr(29)]).toEqual([7n, 9n]);
  });
  it('ends with an interrupt that it has no handler for, at the instruction', () => {
    const of = machine({ guests: [guest({ image: flat(0x2000n, 'little', 'nop', 'trap') })] });
    expect(perform(of, run())).toMatchObject({
      kind: 'interrupt',
      interrupt: { vector: 0x700, address: 0x2004n, level: 'guest' },
    });
    expect(of.cpu.nia).toBe(0x2004n);
  });
  it('runs fast from one place to another: the places are not looked at by single instructions', () => {
    // A loop of 30 million instructions in another page than the place.
    const loop = flat(0x2000n, 'little', 'lis r3,152', 'mtctr r3', 'addi r4,r4,1', 'nop', 'bdnz 0x2008', 'b 0x4000');
    const place = flat(0x4000n, 'little', 'blr');
    const of = machine({ guests: [guest({ image: { ...loop, parts: [...loop.parts, ...place.parts] } })] });
    of.begin(run([0x4000n], 1e9));
    let strides = 0;
    while (of.state !== 'idle') {
      of.step(1_000_000, 'event');
      strides++;
    }
    expect([of.takeResult(), of.cpu.nia, strides]).toEqual([{ kind: 'done', value: 29_884_419n }, 0x4000n, 30]);
  });
  it('gets H_FUNCTION and U_FUNCTION for calls that no model serves', () => {
    const image = flat(0x2000n, 'little', 'li r3,0x7ff8', 'sc 1', 'mr r31,r3', 'li r3,0x7ff8', 'sc 2', 'blr');
    const of = machine({ guests: [guest({ image })] });
    expect(perform(of, run())).toMatchObject({ kind: 'done' });
    expect([of.cpu.gpr(31), of.cpu.gpr(3)].map((value) => BigInt.asIntN(64, value))).toEqual([-2n, -2n]);
  });
  it('has memory for an initrd', () => {
    const initrd = { address: 0x20000n, bytes: Uint8Array.of(1, 2, 3), memBytes: 3n };
    const of = machine({ guests: [guest({ initrd })] });
    expect(of.peek(0x20000n, 4)).toEqual(Uint8Array.of(1, 2, 3, 0));
  });
});

describe('symbols', () => {
  it("are the actor's own, or else those of the guests", () => {
    const { of } = hello('hello-le');
    expect(of.symbols.at(0x10014cn)).toEqual({ name: 'put', offset: 0x14n });
    of.enter({ kind: 'hypervisor' });
    expect(of.symbols.named('put')).toMatchObject({ address: 0x100138n, own: false });
    expect([of.symbols.at(0x10014cn), of.symbols.named('nothing')]).toEqual([undefined, undefined]);
  });
});

describe('the call stack of software that runs', () => {
  it.each(['hello-le', 'hello-be'] as const)('of %s names each function at every instruction', (name) => {
    const { of } = hello(name);
    of.begin(run());
    const seen = new Set<string>();
    while (of.state !== 'idle') {
      const own = of.frames().filter(({ kind }) => kind === 'code');
      seen.add(own.map((frame) => /^vm: (\w+)/.exec(frame.name)?.[1] ?? frame.name).join(' < '));
      of.step(1);
    }
    // The last instruction returned to the end; no other stack was ever seen.
    expect([...seen]).toEqual([
      '_start',
      'main < _start',
      'put < main < _start',
      'packed < put < main < _start',
      'sum < main < _start',
    ]);
  });
  /** The instruction at NIA calls a function or returns from one: what a stack of return addresses does. */
  it.each(['stacks-o0', 'stacks-o2', 'stacks-os'])(
    'of %s is that of its calls and returns, at every instruction',
    (name) => {
      const { image, endian } = placeImage(fixture(name), name, undefined, SPACE);
      const of = machine({ guests: [guest({ image, endian })] });
      const calls: bigint[] = [];
      let looked = 0;
      of.begin(run());
      while (of.state !== 'idle') {
        const { nia } = of.cpu;
        // Inside of the routines that save registers for others, the return address of their caller is in r0.
        if (!of.symbols.at(nia)!.name.startsWith('_savegpr')) {
          const [, ...callers] = of.frames();
          expect(callers.map(({ address }) => address)).toEqual(calls.toReversed());
          looked++;
        }
        const { returnAddress } = of;
        of.step(1);
        if (returnAddress !== undefined && of.cpu.nia !== returnAddress) calls.push(returnAddress);
        else if (of.cpu.nia === calls.at(-1)) calls.pop();
      }
      expect(calls).toEqual([]);
      expect(looked).toBeGreaterThan(500);
    },
  );
  it('says where each function goes on', () => {
    const { of } = hello('hello-le');
    of.begin(run(places(of, 'packed')));
    while (of.state !== 'idle') of.step(1);
    of.takeResult();
    of.begin(run());
    expect(stackOf(of)).toEqual(['vm: packed', 'vm: put+0x80', 'vm: main+0x24', 'vm: _start+0x18']);
    expect(of.frames().map(({ address }) => of.symbols.at(address!)?.name)).toEqual([
      'packed',
      'put',
      'main',
      '_start',
    ]);
  });
  it('is read of any memory: broken programs run and are looked at like others', () => {
    const { of, image } = hello('hello-le');
    const random = new DataView(HmacDrbg.fromSeed('stack', 'words').generate(1 << 14).buffer);
    const [code] = image.parts;
    for (let program = 0, used = 0; program < 60; program++) {
      of.reset();
      for (let n = 0; n < 6; n++, used += 2) {
        const at = code!.address + 0xe8n + BigInt(4 * (random.getUint32(4 * used) % 120));
        of.poke(at, new Uint8Array(random.buffer, 4 * used + 4, 4));
      }
      of.begin(run(undefined, 400));
      for (let steps = 0; of.state !== 'idle' && steps < 4000; steps++) {
        if (steps % 7 === 0) expect(of.frames().length).toBeLessThan(80);
        of.step(3);
      }
    }
  });
  it('ends where the chain goes in a circle, downwards or out of memory', () => {
    const { of } = hello('hello-le');
    of.begin(run(undefined, 1_000_000));
    for (const chain of [0x8000n, 0x7ff8n, 0x7fffn, 1n << 50n, 0n]) {
      of.cpu.setGpr(1, 0x8000n);
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigUint64(0, chain, true);
      of.poke(0x8000n, bytes);
      expect(of.frames().length).toBe(1);
    }
  });
});
