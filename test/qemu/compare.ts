/** Names what differs between two records after the same case. */
import { type Mode, SPR_NUMBERS } from './modes';
import { AT, FAULT_EXIT, WINDOW_BYTES } from './record';

export interface Deviation {
  /** `r3`, `vs35`, `cr`, `xer`, `fpscr`, `exit`, `signal`, `fault`, `memory`... */
  readonly name: string;
  readonly before: string;
  readonly emulated: string;
  readonly qemu: string;
}

type Values = readonly [before: DataView, emulated: DataView, qemu: DataView];
interface Place {
  readonly name: string;
  readonly at: number;
  readonly bytes: number;
}

// prettier-ignore
const PLACES: readonly Place[] = [
  ...Array.from({ length: 32 }, (_, n) => ({ name: `r${n}`, at: AT.gpr + 8 * n, bytes: 8 })),
  ...Array.from({ length: 64 }, (_, n) => ({ name: `vs${n}`, at: AT.vsr + 16 * n, bytes: 16 })),
  { name: 'fpscr',  at: AT.fpscr,     bytes: 8 },
  { name: 'vscr',   at: AT.vscr + 8,  bytes: 8 },
  { name: 'xer',    at: AT.xer,       bytes: 8 },
  { name: 'lr',     at: AT.lr,        bytes: 8 },
  { name: 'ctr',    at: AT.ctr,       bytes: 8 },
  { name: 'cr',     at: AT.cr,        bytes: 8 },
  { name: 'tar',    at: AT.tar,       bytes: 8 },
  { name: 'vrsave', at: AT.vrsave,    bytes: 8 },
  { name: 'exit',   at: AT.exit,      bytes: 8 },
  { name: 'signal', at: AT.signal,    bytes: 8 },
  { name: 'fault',  at: AT.faultNia,  bytes: 8 },
];

export function deviations(
  before: Uint8Array,
  emulated: Uint8Array,
  qemu: Uint8Array,
  { littleEndian, privilege, sprs }: Mode,
): Deviation[] {
  // A signal frame of QEMU holds the low half of FPSCR only.
  const faulted = (record: Uint8Array): boolean =>
    viewOf(record).getBigUint64(AT.exit, littleEndian) === BigInt(FAULT_EXIT);
  const system = privilege !== 'problem';
  if (system && faulted(emulated) && faulted(qemu)) {
    // The handler has its own MSR and went back through SRR0 and SRR1; what it noted of them is compared.
    copy(emulated, qemu, AT.msr);
    sprs.forEach((number, i) => {
      if (number === SPR_NUMBERS.SRR0 || number === SPR_NUMBERS.SRR1) copy(emulated, qemu, AT.sprs + 8 * i);
    });
  }
  if (!system && (faulted(emulated) || faulted(qemu))) {
    for (let at = AT.fpscr; at < AT.fpscr + 4; at++) {
      const high = littleEndian ? at + 4 : at;
      qemu[high] = emulated[high] ?? 0;
    }
  }
  // Signal codes and data addresses are QEMU's own; the rest is compared.
  const places = [...PLACES, ...(system ? systemPlaces(sprs) : [])];
  const views: Values = [viewOf(before), viewOf(emulated), viewOf(qemu)];
  const found = places
    .filter(({ at, bytes }) => !same(emulated, qemu, at, bytes))
    .map((place) => {
      const text = (view: DataView): string => doublewords(view, place, littleEndian);
      return { name: place.name, before: text(views[0]), emulated: text(views[1]), qemu: text(views[2]) };
    });
  for (let at = AT.memory; at < AT.memory + WINDOW_BYTES; at += 16) {
    if (same(emulated, qemu, at, 16)) continue;
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(at, at + 16)).toString('hex');
    found.push({ name: 'memory', before: hex(before), emulated: hex(emulated), qemu: hex(qemu) });
  }
  return found;
}

function systemPlaces(sprs: readonly number[]): Place[] {
  const names = new Map(Object.entries(SPR_NUMBERS).map(([name, number]) => [number as number, name.toLowerCase()]));
  return [
    { name: 'msr', at: AT.msr, bytes: 8 },
    { name: 'status', at: AT.signalCode, bytes: 8 },
    ...sprs.map((number, i) => ({ name: names.get(number) ?? '', at: AT.sprs + 8 * i, bytes: 8 })),
  ];
}

function copy(from: Uint8Array, to: Uint8Array, at: number): void {
  to.set(from.subarray(at, at + 8), at);
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function same(a: Uint8Array, b: Uint8Array, at: number, bytes: number): boolean {
  for (let i = at; i < at + bytes; i++) if (a[i] !== b[i]) return false;
  return true;
}

function doublewords(view: DataView, { at, bytes }: Place, littleEndian: boolean): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes; i += 8)
    parts.push(
      view
        .getBigUint64(at + i, littleEndian)
        .toString(16)
        .padStart(16, '0'),
    );
  return parts.join('_');
}
