import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../emulator/common/bytes';
import type { Actor, MachineEvent } from '../../emulator/common/machine';
import { codeValue } from '../../emulator/pef/codes';
import { code, guest, hashOf, hypercall, machine, perform, ultracall } from './drive';

const H_TPM_COMM = 0xef10;
const GET_RANDOM = fromHex('8001 0000000c 0000017b 0020');
const VM: Actor = { kind: 'guest', guest: 'vm', user: false };
const VM_USER: Actor = { kind: 'guest', guest: 'vm', user: true };
const SECURE = 1n << 48n;
const unsigned = (name: string) => BigInt.asUintN(64, codeValue(name));

describe('actors', () => {
  it.each([
    [VM, 'S=0 HV=0 PR=0'],
    [VM_USER, 'S=0 HV=0 PR=1'],
    [{ kind: 'hypervisor' } as const, 'S=0 HV=1 PR=0'],
    [{ kind: 'host user' } as const, 'S=0 HV=1 PR=1'],
    [{ kind: 'ultravisor' } as const, 'S=1 HV=1 PR=0'],
  ])('%j begins in its state', (actor, state) => {
    const of = machine();
    of.enter(actor);
    const bit = (name: string) => `${name}=${of.readRegister(`MSR.${name}`)}`;
    expect(`${bit('S')} ${bit('HV')} ${bit('PR')}`).toBe(state);
  });

  it('keep their registers from block to block', () => {
    const of = machine({ guests: [guest(), guest({ name: 'other', lpid: 2 })] });
    of.writeRegister('r5', 1n);
    of.enter({ kind: 'hypervisor' });
    expect(of.readRegister('r5')).toBe(0n);
    of.writeRegister('r5', 2n);
    of.enter({ kind: 'guest', guest: 'other', user: false });
    of.writeRegister('r5', 3n);
    of.leave();
    expect(of.readRegister('r5')).toBe(2n);
    of.leave();
    expect(of.readRegister('r5')).toBe(1n);
    of.enter(VM_USER);
    expect(of.readRegister('r5')).toBe(1n);
  });
});

describe('where instructions lead', () => {
  // mtspr USRR0,r10; mtspr USRR1,r11; urfid; nop: on to the next instruction in another state
  const leave = code(0x7d5a7ba6 | 0, 0x7d7b7ba6 | 0, 0x4c000264, 0x60000000);

  it('leaves the statements of an actor in its state', () => {
    const of = machine();
    of.enter({ kind: 'ultravisor' });
    of.writeRegister('r10', of.codeBase() + 12n);
    of.writeRegister('r11', 0x9000_0000_0000_1003n);
    const events: MachineEvent[] = [];
    perform(of, leave, events);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'msr', to: 0x9000_0000_0000_1003n }));
    expect([of.readRegister('MSR.S'), of.readRegister('MSR.HV')]).toEqual([1n, 1n]);
  });

  it('does not depend on what software left in its code area', () => {
    const of = machine();
    const junk = new Uint8Array(0x2000).fill(0xff);
    perform(of, { kind: 'store bytes', address: of.codeBase() - 0x2000n, bytes: junk.subarray(0, 0x1000) });
    expect(perform(of, hypercall(0x7777))).toMatchObject({ value: unsigned('H_FUNCTION') });
    perform(of, code(0x38600001));
    expect(of.readRegister('r3')).toBe(1n);
  });
});

describe('loads and stores of an actor', () => {
  it.each(['little', 'big'] as const)('use its byte order: %s', (endian) => {
    const of = machine({ guests: [guest({ endian })] });
    of.writeRegister('r3', 7n);
    perform(of, { kind: 'store', width: 4, address: 0x100n, value: 0x11223344n });
    expect(toHex(of.peek(0x100n, 4) ?? new Uint8Array())).toBe(endian === 'little' ? '44332211' : '11223344');
    expect(perform(of, { kind: 'load', width: 2, address: 0x100n })).toEqual({
      kind: 'done',
      value: endian === 'little' ? 0x3344n : 0x1122n,
    });
    expect(of.readRegister('r3')).toBe(7n);
  });

  it('move byte strings of any length and alignment', () => {
    const of = machine();
    const bytes = Uint8Array.from({ length: 37 }, (_, i) => i + 1);
    perform(of, { kind: 'store bytes', address: 0x1003n, bytes });
    expect(perform(of, { kind: 'load bytes', address: 0x1003n, length: 37 })).toEqual({ kind: 'done', bytes });
    expect(perform(of, { kind: 'load bytes', address: 0x1003n, length: 0 })).toEqual({
      kind: 'done',
      bytes: new Uint8Array(),
    });
  });

  it('reach normal memory through the partition, at the real address that ra gives', () => {
    const of = machine();
    perform(of, { kind: 'store', width: 1, address: 0x42n, value: 0xabn });
    const ra = of.ra('vm', 0x42n);
    expect(ra).toBe(BigInt(32 - 1 - 4) * 0x100000n + 0x42n);
    of.enter({ kind: 'hypervisor' });
    expect(perform(of, { kind: 'load', width: 1, address: ra ?? 0n })).toMatchObject({ value: 0xabn });
  });

  it.each([
    ['a guest outside its memory', VM, 0x40_0000n, 'hypervisor'],
    ['the hypervisor in secure memory', { kind: 'hypervisor' } as const, SECURE, 'hypervisor'],
    ['host user space in secure memory', { kind: 'host user' } as const, SECURE, 'hypervisor'],
  ])('are refused: %s', (_, actor, address, level) => {
    const of = machine();
    of.enter(actor);
    const before = of.readRegister('MSR');
    const result = perform(of, { kind: 'load', width: 8, address });
    expect(result).toMatchObject({ kind: 'interrupt', interrupt: { level } });
    expect(of.readRegister('MSR')).toBe(before);
  });

  it('let only the ultravisor into secure memory', () => {
    const of = machine();
    of.enter({ kind: 'ultravisor' });
    perform(of, { kind: 'store', width: 8, address: SECURE + 0x1000n, value: 99n });
    expect(perform(of, { kind: 'load', width: 8, address: SECURE + 0x1000n })).toMatchObject({ value: 99n });
  });
});

describe('H_TPM_COMM on the machine', () => {
  it('carries a command to the embedded TPM and its response back', () => {
    const of = machine();
    const events: MachineEvent[] = [];
    perform(of, { kind: 'store bytes', address: 0x10000n, bytes: GET_RANDOM });
    expect(perform(of, hypercall(H_TPM_COMM, 1, 0x10000, 12, 0x11000, 4096), events)).toEqual({
      kind: 'done',
      value: 0n,
    });
    expect(of.readRegister('r4')).toBe(44n);
    const response = of.peek(0x11000n, 44) ?? new Uint8Array();
    expect(toHex(response).slice(0, 24)).toBe('80010000002c000000000020');
    expect(of.exchange).toEqual({ command: GET_RANDOM, response });
    expect(events.map((event) => event.kind)).toEqual([
      'interrupt',
      'call',
      'msr',
      'tpm command',
      'tpm response',
      'call return',
      'msr',
    ]);
  });

  it('keeps r4 on an error', () => {
    const of = machine();
    expect(perform(of, hypercall(H_TPM_COMM, 1, 0x10000, 5000, 0x11000, 4096))).toMatchObject({
      value: unsigned('H_P3'),
    });
    expect(of.readRegister('r4')).toBe(1n);
  });

  it('shows guest, hypervisor and TPM on the stack', () => {
    const of = machine();
    perform(of, { kind: 'store bytes', address: 0x10000n, bytes: GET_RANDOM });
    of.begin(hypercall(H_TPM_COMM, 1, 0x10000, 12, 0x11000, 4096));
    const stacks = new Set<string>();
    while (of.state === 'running') {
      of.step(1);
      stacks.add(
        of
          .frames()
          .map((frame) => frame.kind)
          .join(' '),
      );
    }
    expect([...stacks]).toEqual(['firmware code', 'tpm firmware code', '']);
  });

  it('shows memory as the caller sees it while the hypervisor works', () => {
    const of = machine();
    perform(of, { kind: 'store bytes', address: 0x10000n, bytes: GET_RANDOM });
    of.begin(hypercall(H_TPM_COMM, 1, 0x10000, 12, 0x11000, 4096));
    of.step(1);
    expect(of.frames()[0]?.kind).toBe('firmware');
    expect(of.peek(0x10000n, 12)).toEqual(GET_RANDOM);
    expect(of.peek(0x3f_fff8n, 16)).toBeUndefined();
    expect([of.poke(0x10000n, Uint8Array.of(9)), of.poke(0x40_0000n, Uint8Array.of(9))]).toEqual([true, false]);
    expect(of.peek(0x10000n, 1)).toEqual(Uint8Array.of(9));
  });

  it('keeps the byte order of the caller in sight', () => {
    const of = machine({ guests: [guest({ endian: 'big' })] });
    expect(of.endian).toBe('big');
    of.begin(hypercall(H_TPM_COMM, 1, 0x10000, 12, 0x11000, 4096));
    of.step(1);
    expect([of.frames()[0]?.kind, of.readRegister('MSR.LE'), of.endian]).toEqual(['firmware', 1n, 'big']);
  });

  it('works from the ultravisor, which comes back by UV_RETURN', () => {
    const of = machine();
    of.enter({ kind: 'ultravisor' });
    of.writeRegister('r0', 10n);
    of.writeRegister('r2', 12n);
    const result = perform(of, { kind: 'send', command: GET_RANDOM });
    expect(result).toMatchObject({ kind: 'done', value: 0n });
    expect(result.kind === 'done' && result.bytes?.length).toBe(44);
    expect([of.readRegister('MSR.S'), of.readRegister('MSR.HV'), of.readRegister('MSR.PR')]).toEqual([1n, 1n, 0n]);
    expect([of.readRegister('r0'), of.readRegister('r2')]).toEqual([10n, 12n]);
  });

  it('is refused to problem state as a privileged instruction', () => {
    const of = machine();
    of.enter(VM_USER);
    expect(perform(of, hypercall(H_TPM_COMM, 2))).toMatchObject({
      kind: 'interrupt',
      interrupt: { vector: 0x700, level: 'guest' },
    });
  });
});

describe('calls without a routine', () => {
  it.each([
    ['UV_ESM', ultracall(0xf110, 0, 0), VM, 'U_FUNCTION'],
    ['an unknown ultracall', ultracall(0x1234), VM, 'U_FUNCTION'],
    ['UV_READ_SCOM from the hypervisor', ultracall(0xf114), { kind: 'hypervisor' } as const, 'U_FUNCTION'],
    ['an ultracall of host user space', ultracall(0xf110), { kind: 'host user' } as const, 'U_FUNCTION'],
    ['H_CEDE', hypercall(0xe0), VM, 'H_FUNCTION'],
    ['an unknown hypercall', hypercall(0x7777), VM, 'H_FUNCTION'],
  ])('%s', (_, activity, actor, name) => {
    const of = machine();
    of.enter(actor);
    const before = of.readRegister('MSR');
    expect(perform(of, activity)).toEqual({ kind: 'done', value: unsigned(name) });
    expect(of.readRegister('MSR')).toBe(before);
  });
});

describe('asm blocks', () => {
  it('run to their end', () => {
    const of = machine();
    perform(of, code(0x3860002a, 0x38830001)); // li r3,42; addi r4,r3,1
    expect([of.readRegister('r3'), of.readRegister('r4')]).toEqual([42n, 43n]);
  });

  it('run in long strides when nothing looks', () => {
    const of = machine();
    // li r3,1000; mtctr r3; bdnz .
    of.begin(code(0x386003e8, 0x7c6903a6, 0x42000000));
    let steps = 0;
    while (of.state === 'running') {
      of.step(100_000, 'event');
      steps++;
    }
    expect(steps).toBeLessThan(10);
    expect(of.takeResult()).toEqual({ kind: 'done' });
  });

  it('stop before a code breakpoint also then', () => {
    const of = machine();
    of.begin(code(0x3860002a, 0x38830001, 0x60000000));
    of.setCodeBreakpoints(new Set([of.codeBase() + 4n]));
    of.step(1000, 'event');
    expect([of.readRegister('NIA'), of.readRegister('r4')]).toEqual([of.codeBase() + 4n, 0n]);
    of.step(1000, 'event');
    expect(of.readRegister('r4')).toBe(43n);
  });

  it('make calls', () => {
    const of = machine();
    // li r3,0; ori r3,r3,0xf110; sc 2; li r9,5
    perform(of, code(0x38600000, 0x6063f110, 0x44000042, 0x39200005));
    expect([of.readRegister('r3'), of.readRegister('r9')]).toEqual([unsigned('U_FUNCTION'), 5n]);
  });

  it.each([
    ['an unknown word', 0x00000000, 0xe40, 'hypervisor'],
    ['a trap', 0x7fe00008, 0x700, 'guest'],
    ['a system call', 0x44000002, 0xc00, 'guest'],
    ['urfid of a guest', 0x4c000264, undefined, undefined],
  ])('end with the interrupt: %s', (_, word, vector, level) => {
    const result = perform(machine(), code(word));
    expect(result.kind).toBe('interrupt');
    if (vector !== undefined) expect(result).toMatchObject({ interrupt: { vector, level } });
  });
});

describe("the actor's own software", () => {
  // At 0x100, where a partition's software begins: li r3,1; addi r3,r3,1; b back to the addi.
  const loop = [0x38600001, 0x38630001, 0x4bfffffc];

  function withSoftware(words: readonly number[], address = 0x100) {
    const of = machine();
    const bytes = new Uint8Array(4 * words.length);
    words.forEach((word, i) => new DataView(bytes.buffer).setUint32(4 * i, word, true));
    perform(of, { kind: 'store bytes', address: BigInt(address), bytes });
    return of;
  }

  it('runs on from where it was, whatever statements did in between', () => {
    const of = withSoftware(loop);
    expect(of.readRegister('NIA')).toBe(0x100n);
    expect(perform(of, { kind: 'run', instructions: 3 })).toEqual({ kind: 'done', value: 3n });
    expect([of.readRegister('NIA'), of.readRegister('r3')]).toEqual([0x104n, 2n]);
    perform(of, { kind: 'load', width: 8, address: 0n });
    perform(of, code(0x60000000));
    perform(of, hypercall(0x7777));
    expect(of.readRegister('NIA')).toBe(0x104n);
    perform(of, { kind: 'run', instructions: 1000 });
    expect(of.readRegister('NIA')).toBe(0x104n);
  });

  it('makes hypercalls and goes on', () => {
    const of = withSoftware([0x38607777, 0x44000022, 0x38800005]); // li r3,0x7777; sc 1; li r4,5
    const events: MachineEvent[] = [];
    expect(perform(of, { kind: 'run', instructions: 3 }, events)).toEqual({ kind: 'done', value: 3n });
    expect([of.readRegister('r3'), of.readRegister('r4')]).toEqual([unsigned('H_FUNCTION'), 5n]);
    expect(events.map((event) => event.kind)).toContain('call');
  });

  it('takes its own interrupts', () => {
    const of = withSoftware([0x7fe00008]); // trap
    perform(of, { kind: 'store', width: 4, address: 0x700n, value: 0x38600063n }); // li r3,99
    perform(of, { kind: 'run', instructions: 2 });
    expect([of.readRegister('r3'), of.readRegister('SRR0'), of.readRegister('NIA')]).toEqual([99n, 0x100n, 0x704n]);
  });

  it('ends with an interrupt that goes to another level', () => {
    const result = perform(withSoftware([0x00000000]), { kind: 'run', instructions: 5 });
    expect(result).toMatchObject({ kind: 'interrupt', interrupt: { vector: 0xe40, address: 0x100n } });
  });

  it('runs in long strides, and nothing at all for no instructions', () => {
    const of = withSoftware(loop);
    of.begin({ kind: 'run', instructions: 1_000_000 });
    of.step(2_000_000, 'line');
    expect(of.takeResult()).toEqual({ kind: 'done', value: 1_000_000n });
    expect(perform(of, { kind: 'run', instructions: 0 })).toEqual({ kind: 'done', value: 0n });
  });
});

describe('determinism', () => {
  it('gives the same state after a reset and the same work', () => {
    const of = machine();
    const work = () => {
      perform(of, { kind: 'send', command: GET_RANDOM });
      perform(of, code(0x3860002a));
      of.enter({ kind: 'ultravisor' });
      perform(of, { kind: 'store', width: 8, address: SECURE, value: 1n });
      of.leave();
      return hashOf(of);
    };
    const first = hashOf(of);
    const worked = work();
    expect(worked).not.toBe(first);
    of.reset();
    expect(hashOf(of)).toBe(first);
    expect(work()).toBe(worked);
  });

  it('makes the random numbers of darn, anew after reset', () => {
    const [one, same, other] = ['1', '1', '2'].map((seed) => machine({ seed }));
    expect([one?.cpu.seed === same?.cpu.seed, one?.cpu.seed === other?.cpu.seed]).toEqual([true, false]);
    const before = one?.cpu.seed;
    if (one) one.cpu.seed = 5n;
    one?.reset();
    expect(one?.cpu.seed).toBe(before);
  });
  it('depends on the seed', () => {
    const random = (seed: string) => {
      const result = perform(machine({ seed }), { kind: 'send', command: GET_RANDOM });
      return result.kind === 'done' ? toHex(result.bytes ?? new Uint8Array()) : '';
    };
    expect(random('a')).toBe(random('a'));
    expect(random('a')).not.toBe(random('b'));
  });
});

describe('bad configurations', () => {
  it.each([
    ['guests that do not fit', { guests: [guest({ memoryBytes: 32 * 1024 * 1024 })] }, 'guests-too-large'],
    ['no guest', { guests: [] }, 'no-guest'],
    ['900 GiB', { normalBytes: 900 * 2 ** 30 }, 'memory-too-large'],
  ])('%s', (_, change, errorCode) => {
    expect(() => machine(change)).toThrow(expect.objectContaining({ code: errorCode }));
  });
});
