/**
 * The optional members of `pef exec`: registers beyond the fixed-point ones, and the processor.
 *
 *     "fpr":   32 doublewords; register n is doubleword 0 of VSR n
 *     "vsr":   64 registers, each a text of up to 32 digits or a pair of doublewords, the manual's doubleword 0 first
 *     "fpscr", "vscr"
 *     "spr":   {"SRR0": "1000", "815": "0", "DAR": null}: by name, or by number (decimal, 0x for hexadecimal). null only asks,
 *              as does a list of names. The answer has those that are there.
 *     "cpu":   {"model": "power9", "endian": "little" | "big", "translate": true | false}, or only the model
 *
 * The answer has those of them that the input has.
 */
import type { Cpu } from '../emulator/cpu/cpu';
import { MSR_BIT } from '../emulator/isa/registers';
import { type SprRow, sprByName, sprByNumber } from '../emulator/isa/sprs';
import { type Json, bad, hex, list, object } from './exec-values';

export const REGISTER_MEMBERS = ['fpr', 'vsr', 'fpscr', 'vscr', 'spr', 'cpu'];

interface Register {
  readonly name: string;
  readonly bits: number;
  readonly read: (cpu: Cpu) => bigint;
  readonly write: (cpu: Cpu, value: bigint) => void;
}

/** What `spr` takes although it has no number. */
const STATUS: readonly Register[] = [
  { name: 'FPSCR', bits: 64, read: (cpu) => cpu.fpscr, write: (cpu, value) => (cpu.fpscr = value) },
  { name: 'VSCR', bits: 32, read: (cpu) => cpu.vscr, write: (cpu, value) => (cpu.vscr = value) },
];

/**
 * Sets the registers that a line has beyond the fixed-point ones, and MSR.LE when `cpu` says the byte order.
 *
 * @throws InputError with a sentence for what cannot be used
 */
export function setRegisters(cpu: Cpu, request: Json): void {
  const { endian } = processor(request.cpu);
  if (endian !== undefined) cpu.msr = endian === 'little' ? cpu.msr | MSR_BIT.LE : cpu.msr & ~MSR_BIT.LE;
  list(request.vsr, 'vsr', 64).forEach((value, n) => cpu.setVsr(n, quadword(value, `vsr[${n}]`)));
  list(request.fpr, 'fpr', 32).forEach((value, n) => {
    cpu.setVsr(n, (hex(value, `fpr[${n}]`) << 64n) | BigInt.asUintN(64, cpu.vsr(n)));
  });
  for (const register of STATUS) {
    const value = request[register.name.toLowerCase()];
    if (value !== undefined) register.write(cpu, hex(value, register.name.toLowerCase(), register.bits));
  }
  for (const [key, register, value] of sprEntries(request.spr)) {
    if (value !== null) register.write(cpu, hex(value, `spr.${key}`, register.bits));
  }
}

/** Whether addresses go through the tables in memory that PTCR names. */
export function usesTables(cpu: Cpu, request: Json): boolean {
  return processor(request.cpu).translate ?? cpu.readRegister('PTCR') !== 0n;
}

/** The texts in these members, for the notation of the answer. */
export function registerTexts(request: Json): unknown[] {
  const { fpr, vsr, fpscr, vscr, spr } = request;
  const sprs = typeof spr === 'object' && spr !== null && !Array.isArray(spr) ? Object.values(spr) : [];
  return [fpr, vsr, fpscr, vscr, sprs].flat(2);
}

/** The members of the answer for those of the request. */
export function registerAnswer(cpu: Cpu, request: Json, digits: (value: bigint, width?: number) => string): Json {
  const pairs = list(request.vsr, 'vsr', 64).some((value) => Array.isArray(value));
  const answers: Readonly<Record<string, () => unknown>> = {
    fpr: () => Array.from({ length: 32 }, (_, n) => digits(cpu.vsr(n) >> 64n)),
    vsr: () =>
      Array.from({ length: 64 }, (_, n) => {
        const value = cpu.vsr(n);
        return pairs ? [digits(value >> 64n), digits(BigInt.asUintN(64, value))] : digits(value, 32);
      }),
    fpscr: () => digits(cpu.fpscr),
    vscr: () => digits(cpu.vscr, 8),
    spr: () =>
      Object.fromEntries(sprEntries(request.spr).map(([key, { read, bits }]) => [key, digits(read(cpu), bits / 4)])),
    cpu: () => request.cpu,
  };
  const asked = Object.entries(answers).filter(([name]) => request[name] !== undefined);
  return Object.fromEntries(asked.map(([name, value]) => [name, value()]));
}

/** The registers of `spr` with their keys and values; null asks only. */
function sprEntries(value: unknown): (readonly [key: string, register: Register, value: unknown])[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return list(value, 'spr', 1024).map((key) => [String(key), sprNamed(String(key)), null]);
  return Object.entries(object(value, 'spr')).map(([key, each]) => [key, sprNamed(key), each]);
}

function sprNamed(key: string): Register {
  const status = STATUS.find(({ name }) => name === key.toUpperCase());
  if (status) return status;
  const row = /^(0x[0-9a-f]+|[0-9]+)$/i.test(key) ? sprByNumber(Number(key)) : sprByName(key.toUpperCase());
  if (!row) throw bad(`spr: there is no special purpose register '${key.slice(0, 40)}'; "pef isa" lists them.`);
  return sprRegister(row);
}

const sprRegister = ({ name, number, bits }: SprRow): Register => ({
  name,
  bits,
  read: (cpu) => cpu.spr(number),
  write: (cpu, value) => cpu.setSpr(number, value),
});

function quadword(value: unknown, name: string): bigint {
  if (!Array.isArray(value)) return hex(value, name, 128);
  const [high, low] = list(value, name, 2);
  if (low === undefined) throw bad(`${name} must be one text or a pair of doublewords.`);
  return (hex(high, name) << 64n) | hex(low, name);
}

interface Processor {
  readonly endian?: 'little' | 'big';
  readonly translate?: boolean;
}

const CPU_MEMBERS = ['model', 'endian', 'translate'];

function processor(value: unknown): Processor {
  if (value === undefined) return {};
  const { model, endian, translate, ...others } =
    typeof value === 'string' ? ({ model: value } as Json) : object(value, 'cpu');
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw bad(`cpu has no member '${other.slice(0, 40)}'; it can have ${CPU_MEMBERS.join(', ')}.`);
  }
  if (model !== undefined && !(typeof model === 'string' && /^power ?9/i.test(model))) {
    throw bad('cpu.model must be "power9": the machine has no other processor.');
  }
  if (endian !== undefined && endian !== 'little' && endian !== 'big') {
    throw bad('cpu.endian must be "little" or "big".');
  }
  if (translate !== undefined && typeof translate !== 'boolean') {
    throw bad('cpu.translate must be true (the tables that PTCR names) or false (an address is the real one).');
  }
  return { endian, translate };
}
