import { expect, it } from 'vitest';
import * as state from '../../emulator/cpu/state';
import { newCpu } from './helpers';

it('keeps a vector-scalar register as one little-endian number of 128 bits', () => {
  const cpu = newCpu();
  cpu.setVsr(33, 0x0011_2233_4455_6677_8899_aabb_ccdd_eeffn);
  expect(cpu.vsr(33)).toBe(0x0011_2233_4455_6677_8899_aabb_ccdd_eeffn);
  const { u8 } = cpu.memory;
  // The manual's byte element 0 is the leftmost one.
  expect([u8[state.VSR + 16 * 33 + 15], u8[state.VSR + 16 * 33]]).toEqual([0x00, 0xff]);
  expect([cpu.vsr(32), cpu.vsr(34)]).toEqual([0n, 0n]);
  cpu.setVsr(33, -1n);
  expect(cpu.vsr(33)).toBe((1n << 128n) - 1n);
});

it('keeps FPSCR and VSCR through save and restore', () => {
  const cpu = newCpu();
  cpu.fpscr = 0x1_0000_0003n;
  cpu.vscr = 0x1_0000n;
  const saved = cpu.save();
  cpu.reset();
  expect([cpu.fpscr, cpu.vscr]).toEqual([0n, 0n]);
  cpu.restore(saved);
  expect([cpu.fpscr, cpu.vscr]).toEqual([0x1_0000_0003n, 0x1_0000n]);
});

it('names registers of 64 and 128 bits over the same storage', () => {
  const cpu = newCpu();
  expect(cpu.writeRegister('vs1', (1n << 64n) + 2n)).toBe(true);
  expect(cpu.writeRegister('f1', 0x3ff0_0000_0000_0000n)).toBe(true);
  expect(cpu.vsr(1)).toBe(0x3ff0_0000_0000_0000_0000_0000_0000_0002n);
  cpu.writeRegister('v31', -1n);
  expect([cpu.readRegister('VS63'), cpu.readRegister('f1')]).toEqual([(1n << 128n) - 1n, 0x3ff0_0000_0000_0000n]);
  cpu.writeRegister('FPSCR.RN', 3n);
  cpu.writeRegister('vscr.nj', 1n);
  expect([cpu.fpscr, cpu.vscr]).toEqual([3n, 0x1_0000n]);
  expect(cpu.readRegister('f32')).toBeUndefined();
});
