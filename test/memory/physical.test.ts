import { describe, expect, it } from 'vitest';
import { InputError } from '../../emulator/common/errors';
import { MEMORY_LIMIT_BYTES, PhysicalMemory, SECURE_BASE } from '../../emulator/memory/physical';

const KIB64 = 65536;

describe('physical memory', () => {
  it('has normal memory from 0 and secure memory from bit 15', () => {
    const memory = new PhysicalMemory(2 * KIB64, KIB64);
    expect(SECURE_BASE).toBe(0x0001_0000_0000_0000n);
    expect(
      [0n, 0x1ffffn, 0x20000n, SECURE_BASE, SECURE_BASE + 0xffffn, SECURE_BASE + 0x10000n, -1n].map((ra) =>
        memory.contains(ra, 1),
      ),
    ).toEqual([true, true, false, true, true, false, false]);
    expect(memory.contains(0x1ffffn, 2)).toBe(false);
    expect(memory.contains(SECURE_BASE - 1n, 2)).toBe(false);
    expect(memory.hostOffset(0x20000n)).toBeUndefined();
    expect(memory.isSecure(SECURE_BASE + 5n)).toBe(true);
  });
  it('keeps what is written, and gives copies', () => {
    const memory = new PhysicalMemory(KIB64, KIB64);
    memory.write(10n, Uint8Array.of(1, 2, 3));
    memory.write(SECURE_BASE + 10n, Uint8Array.of(4));
    const copy = memory.read(9n, 5);
    expect(copy).toEqual(Uint8Array.of(0, 1, 2, 3, 0));
    copy.fill(9);
    expect(memory.read(10n, 1)).toEqual(Uint8Array.of(1));
    expect(memory.read(SECURE_BASE + 10n, 1)).toEqual(Uint8Array.of(4));
    expect(() => memory.read(0xffffn, 2)).toThrow(InputError);
    expect(() => memory.write(1n << 60n, Uint8Array.of(1))).toThrow('no memory at real address 0x1000000000000000');
    expect(memory.read(1n << 60n, 0)).toEqual(new Uint8Array());
  });
  it('records changed pages and resets them', () => {
    const memory = new PhysicalMemory(KIB64, KIB64);
    memory.write(0xfffn, Uint8Array.of(1, 2));
    memory.write(SECURE_BASE, Uint8Array.of(1));
    expect(memory.dirtyPages()).toEqual([0n, 0x1000n, SECURE_BASE]);
    let told = 0;
    memory.onDirtyCleared(() => told++);
    memory.reset();
    expect([told, memory.dirtyPages(), memory.read(0xfffn, 2)]).toEqual([1, [], new Uint8Array(2)]);
  });
  it.each([
    [0, 0, 'bad-memory-size'],
    [100, 0, 'bad-memory-size'],
    [KIB64, -KIB64, 'bad-memory-size'],
    [KIB64, Number.NaN, 'bad-memory-size'],
    [2 ** 60, 0, 'memory-too-large'],
    [900 * 2 ** 30, 0, 'memory-too-large'],
    [MEMORY_LIMIT_BYTES, KIB64, 'memory-too-large'],
  ])('refuses %s and %s bytes', (normal, secure, code) => {
    expect(() => new PhysicalMemory(normal, secure)).toThrow(expect.objectContaining({ code }) as Error);
  });
  it('holds 3.5 GiB without touching it', () => {
    const memory = new PhysicalMemory(3 * 2 ** 30, 2 ** 29);
    const last = SECURE_BASE + BigInt(2 ** 29) - 1n;
    memory.write(last, Uint8Array.of(7));
    expect([memory.read(last, 1)[0], memory.dirtyPages()]).toEqual([7, [last - 0xfffn]]);
  });
});
