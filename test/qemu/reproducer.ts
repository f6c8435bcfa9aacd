/** A case as a line for `pef exec`, so that it can be looked at alone. */
import { wordBytes } from './elf';
import type { Case } from './generate';
import type { Mode } from './modes';
import { AT, PLACE, WINDOW_BYTES } from './record';

export function reproducer({ words, address, record }: Case, { littleEndian, sprs }: Mode, steps: number): string {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const u64 = (at: number): string => view.getBigUint64(at, littleEndian).toString(16);
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const used = (at: number): boolean => view.getBigUint64(at, littleEndian) !== 0n;
  return JSON.stringify({
    gpr: Array.from({ length: 32 }, (_, n) => u64(AT.gpr + 8 * n)),
    vsr: Array.from({ length: 64 }, (_, n) => [u64(AT.vsr + 16 * n), u64(AT.vsr + 16 * n + 8)]),
    fpscr: u64(AT.fpscr),
    vscr: u64(AT.vscr + 8),
    cr: u64(AT.cr),
    xer: u64(AT.xer),
    lr: u64(AT.lr),
    ctr: u64(AT.ctr),
    spr: {
      TAR: u64(AT.tar),
      ...(used(AT.vrsave) ? { VRSAVE: u64(AT.vrsave) } : {}),
      ...Object.fromEntries(sprs.map((number, i) => [number, u64(AT.sprs + 8 * i)])),
    },
    msr: u64(AT.msr),
    pc: address.toString(16),
    memory: [
      { addr: address.toString(16), hex: hex(wordBytes(words, littleEndian)) },
      { addr: PLACE.window.toString(16), hex: hex(record.subarray(AT.memory, AT.memory + WINDOW_BYTES)) },
    ],
    steps,
  });
}
