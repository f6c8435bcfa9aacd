/** What is said of a program that a fault ended: where, why, and the registers. */
import type { Cpu } from '../cpu/cpu';
import type { ElfImage } from '../image/elf';
import { disassemble } from '../isa/disassembler';
import type { ProcessState, UserProcess } from './process';

const hex = (value: bigint, digits = 16): string => value.toString(16).padStart(digits, '0');

/** Lines of text. */
export function faultReport(
  cpu: Cpu,
  process: UserProcess,
  image: ElfImage,
  state: Extract<ProcessState, { kind: 'killed' }>,
): string[] {
  const nia = cpu.nia;
  const registers = Array.from({ length: 8 }, (_, row) =>
    Array.from({ length: 4 }, (_, i) => {
      const n = 4 * row + i;
      return `${`r${n}`.padStart(3)} ${hex(cpu.gpr(n))}`;
    }).join('  '),
  );
  return [
    `${state.name}: ${state.reason}`,
    `  at ${placeOf(process, image, nia)}: ${instructionAt(process, image, nia)}`,
    ` lr ${placeOf(process, image, cpu.lr)}`,
    ...registers,
    `ctr ${hex(cpu.ctr)}   cr ${hex(cpu.cr, 8)}  xer ${hex(cpu.xer, 8)}  msr ${hex(cpu.msr)}`,
  ];
}

/** An address with the function around it. */
function placeOf(process: UserProcess, image: ElfImage, address: bigint): string {
  const linked = address - BigInt(process.program.bias);
  const text = `0x${address.toString(16)}`;
  const symbol = image.symbols.find(
    (each) => each.type === 'function' && linked >= each.address && linked < each.address + each.size,
  );
  return symbol ? `${text} <${symbol.name}+0x${(linked - symbol.address).toString(16)}>` : text;
}

function instructionAt(process: UserProcess, image: ElfImage, address: bigint): string {
  const bytes = address < 1n << 47n ? process.space.read(Number(address), 4, 'execute') : undefined;
  if (!bytes) return 'no instruction can be fetched';
  const word = new DataView(bytes.buffer).getUint32(0, image.endian === 'little');
  return `${hex(BigInt(word), 8)}  ${disassemble(word, address).text}`;
}
