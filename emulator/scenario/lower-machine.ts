/** The `machine` block and the guests: settings, limits and defaults, checked into a machine's configuration. */

import { type GuestConfig, MAX_THREADS, type MachineConfig, type Profile, type TpmChoice } from '../common/machine';
import type { Context } from './context';
import type * as ast from './generated/ast';
import { lowerConstant } from './lower-expression';
import { lowerSoftware } from './lower-software';
import type { SoftwareOptions } from './lower-software';
import { didYouMean, nearest } from '../common/nearest';
import { rangeOf, rangeOfProperty } from './source';

const KIB = 1024n;
const MIB = 1024n * KIB;
const PAGE = 64n * KIB;

/** Sizes that a machine can have, in bytes. */
export const LIMITS = {
  normal: { least: 16n * MIB, most: 2048n * MIB },
  secure: { least: 16n * MIB, most: 1024n * MIB },
  guest: { least: MIB },
} as const;

const MAX_LPID = 4095n;

/** What a scenario without a machine block and without guests runs on. */
export const DEFAULT_MACHINE: MachineConfig = {
  profile: 'spec',
  normalBytes: Number(256n * MIB),
  secureBytes: Number(128n * MIB),
  seed: '0',
  tpm: { kind: 'embedded' },
  guests: [{ name: 'vm', lpid: 1, memoryBytes: Number(64n * MIB), endian: 'little' }],
};

/** A size in words: the largest unit that divides it. */
export function sizeText(bytes: bigint): string {
  for (const [unit, size] of [
    ['GiB', 1024n * MIB],
    ['MiB', MIB],
    ['KiB', KIB],
  ] as const) {
    if (bytes >= size && bytes % size === 0n) return `${bytes / size} ${unit}`;
  }
  return `${bytes} bytes`;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The machine block of a file, without its guests. */
export function lowerMachine(context: Context, machines: readonly ast.Machine[]): Omit<MachineConfig, 'guests'> {
  const { guests: _guests, ...defaults } = DEFAULT_MACHINE;
  const config: Writable<Omit<MachineConfig, 'guests'>> = defaults;
  for (const second of machines.slice(1)) {
    context.error(
      headOf(second),
      'duplicate-setting',
      'A file has one machine block; put the settings into the first one.',
    );
  }
  const seen = new Set<string>();
  for (const setting of machines[0]?.settings ?? []) {
    const name = setting.$type === 'MemorySetting' ? `${setting.kind} memory` : SETTING_WORDS[setting.$type];
    if (seen.has(name)) {
      context.error(rangeOf(setting.$cstNode), 'duplicate-setting', `'${name}' is set twice; remove one.`);
      continue;
    }
    seen.add(name);
    lowerSetting(context, setting, config);
  }
  return config;
}

const SETTING_WORDS = { ProfileSetting: 'profile', CpuSetting: 'cpu', SeedSetting: 'seed', TpmSetting: 'tpm' } as const;

const headOf = (node: ast.Machine | ast.Guest) => {
  const { line, column } = rangeOf(node.$cstNode);
  return { line, column, endLine: line, endColumn: column + (node.$type === 'Machine' ? 'machine' : 'guest').length };
};

function lowerSetting(
  context: Context,
  setting: ast.MachineSetting,
  config: Writable<Omit<MachineConfig, 'guests'>>,
): void {
  switch (setting.$type) {
    case 'ProfileSetting':
      config.profile =
        choice(context, setting, 'profile', setting.profile, ['spec', 'shipped'] satisfies Profile[]) ?? 'spec';
      return;
    case 'CpuSetting': {
      choice(context, setting, 'model', setting.model, ['power9']);
      const threads = setting.threads && lowerConstant(context, setting.threads, 'The number of threads');
      if (threads === undefined) return;
      if (threads >= 1n && threads <= BigInt(MAX_THREADS)) config.threads = Number(threads);
      else context.errorAt(setting, 'threads', 'bad-threads', `A processor has 1 to ${MAX_THREADS} threads.`);
      return;
    }
    case 'MemorySetting': {
      const size = lowerConstant(context, setting.size, `The size of the ${setting.kind} memory`);
      if (size === undefined) return;
      const { least, most } = LIMITS[setting.kind];
      const name = `${setting.kind[0]?.toUpperCase() ?? ''}${setting.kind.slice(1)} memory`;
      if (checkSize(context, setting, size, name, least, most)) config[`${setting.kind}Bytes`] = Number(size);
      return;
    }
    case 'SeedSetting':
      config.seed = setting.seed;
      return;
    case 'TpmSetting':
      config.tpm = lowerTpm(context, setting);
      return;
  }
}

/** One of some words; another one is reported. */
function choice<T extends string>(
  context: Context,
  node: ast.MachineSetting | ast.GuestOption,
  property: string,
  given: string,
  words: readonly T[],
): T | undefined {
  const found = words.find((word) => word === given);
  if (found !== undefined) return found;
  const near = nearest(given, words);
  const help = near === undefined ? `; write ${words.join(' or ')}.` : didYouMean(near);
  const message = `'${given}' is not possible here${help}`;
  context.errorAt(node, property, 'unknown-setting', message, near);
  return undefined;
}

function checkSize(
  context: Context,
  node: ast.MemorySetting | ast.GuestMemory,
  size: bigint,
  name: string,
  least: bigint,
  most: bigint,
): boolean {
  const range = rangeOfProperty(node, 'size');
  if (size > most)
    context.error(range, 'limit-exceeded', `${name} can have at most ${sizeText(most)}, not ${sizeText(size)}.`);
  else if (size < least)
    context.error(range, 'bad-size', `${name} has at least ${sizeText(least)}, not ${sizeText(size)}.`);
  else if (size % PAGE !== 0n)
    context.error(range, 'bad-size', `${name} must be a multiple of 64 KiB; ${sizeText(size)} is not.`);
  else return true;
  return false;
}

/** Devices with an address, and what the address looks like. */
const ADDRESSES = { swtpm: '"127.0.0.1:2321"', mssim: '"127.0.0.1:2321"', device: '"/dev/tpmrm0"' } as const;

function lowerTpm(context: Context, setting: ast.TpmSetting): TpmChoice {
  const kind = choice(context, setting, 'device', setting.device, ['embedded', 'swtpm', 'mssim', 'device', 'none']);
  const { address } = setting;
  if (kind === undefined) return DEFAULT_MACHINE.tpm;
  if (kind === 'embedded' || kind === 'none') {
    if (address !== undefined) {
      context.errorAt(setting, 'address', 'unknown-setting', `tpm ${kind} has no address; remove it.`);
    }
    return { kind };
  }
  const example = ADDRESSES[kind];
  if (address === undefined) {
    context.error(
      rangeOf(setting.$cstNode),
      'unknown-setting',
      `tpm ${kind} needs an address: tpm ${kind} ${example}.`,
    );
    return { kind, address: '' };
  }
  const port = /^(?:\[[^\]]+\]|[^:\s]+):(\d{1,5})$/.exec(address)?.[1];
  const ok =
    kind === 'device' ? address.startsWith('/') : port !== undefined && Number(port) > 0 && Number(port) < 65536;
  if (!ok) {
    context.errorAt(
      setting,
      'address',
      'unknown-setting',
      `"${address}" is not an address for tpm ${kind}; write one such as ${example}.`,
    );
  }
  return { kind, address };
}

/** A guest block. */
export function lowerGuest(
  context: Context,
  guest: ast.Guest,
): { config: GuestConfig; lpidNode?: ast.LpidOption; isLpidWrong: boolean; unread: boolean } {
  const seen = new Set<string>();
  let lpid = 1;
  let memoryBytes = Number(64n * MIB);
  let endian: GuestConfig['endian'] | undefined;
  const software: Writable<SoftwareOptions> = {};
  let lpidNode: ast.LpidOption | undefined;
  let isLpidWrong = false;
  for (const option of guest.options) {
    const name = option.$type === 'ImageOption' ? option.kind : OPTION_WORDS[option.$type];
    if (seen.has(name)) {
      context.error(rangeOf(option.$cstNode), 'duplicate-setting', `'${name}' is set twice; remove one.`);
      continue;
    }
    seen.add(name);
    switch (option.$type) {
      case 'LpidOption': {
        lpidNode = option;
        const value = lowerConstant(context, option.value, 'The lpid');
        isLpidWrong = value === undefined || value < 1n || value > MAX_LPID;
        if (value === undefined) break;
        if (value < 1n || value > MAX_LPID) {
          const message = `An lpid is 1 to ${MAX_LPID}, not ${value}; 0 is the hypervisor's.`;
          context.errorAt(option, 'value', 'value-out-of-range', message);
        } else lpid = Number(value);
        break;
      }
      case 'GuestMemory': {
        const size = lowerConstant(context, option.size, 'The size of the memory');
        if (size === undefined) break;
        if (checkSize(context, option, size, `The memory of ${guest.name}`, LIMITS.guest.least, LIMITS.normal.most))
          memoryBytes = Number(size);
        break;
      }
      case 'EndianOption':
        endian = choice(context, option, 'order', option.order, ['little', 'big']) ?? 'little';
        break;
      case 'ImageOption':
        software[option.kind] = option;
        break;
      case 'BootargsOption':
        software.bootargs = option;
        break;
    }
  }
  const { unread, ...loaded } = lowerSoftware(context, software, memoryBytes, endian);
  const config = { name: guest.name, lpid, memoryBytes, ...loaded };
  return { config, lpidNode, isLpidWrong, unread };
}

const OPTION_WORDS = {
  LpidOption: 'lpid',
  GuestMemory: 'memory',
  EndianOption: 'endian',
  BootargsOption: 'bootargs',
} as const;
