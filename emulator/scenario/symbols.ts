/** Symbols of the images as values of the language. */

import { type MachineApi, type PlacedSymbol, symbolText } from '../common/machine-api';
import { ScriptError } from './operators';

/** @throws ScriptError `unknown-name` */
export function symbolNamed(machine: MachineApi, name: string): PlacedSymbol {
  const symbol = machine.symbols.named(name);
  if (!symbol) throw new ScriptError('unknown-name', `No image of this machine has a symbol '${name}'.`);
  return symbol;
}

/** Whether an address is that of a symbol's first instruction, at its global or its local entry point. */
export function isAt(machine: MachineApi, at: bigint, name: string): boolean {
  const { address, places } = symbolNamed(machine, name);
  return at === address || places.includes(at);
}

/** What of the current actor's image is at an effective address: `main+0x10`. */
export function symbolAt(machine: MachineApi, address: bigint): string | undefined {
  return symbolText(machine.symbols.at(address));
}
