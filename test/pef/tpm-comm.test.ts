/** H_TPM_COMM as a table: given this proxy, this profile and these arguments, the call answers that. */

import { describe, expect, it } from 'vitest';
import type { Profile } from '../../emulator/common/machine';
import { codeValue } from '../../emulator/pef/codes';
import { DEVIATIONS } from '../../emulator/pef/deviations';
import type { FirmwareContext, TpmAnswer, TpmRequest } from '../../emulator/pef/firmware';
import { tpmComm } from '../../emulator/pef/hypervisor/tpm-comm';
import { contextWith } from './context';

const MEMORY = 0x40000;
const COMMAND = [0x80, 0x01, 0, 0, 0, 12, 0, 0, 0x01, 0x7b, 0, 4];
const RESPONSE = Uint8Array.of(0x80, 0x01, 0, 0, 0, 10, 0, 0, 0, 0);

interface Setup {
  profile?: Profile;
  tpm?: FirmwareContext['tpm'];
  open?: boolean;
  answer?: (request: TpmRequest) => TpmAnswer;
  command?: readonly number[];
}

/** Runs the call to its end; `requests` are what the TPM was asked, `labels` the lines that it stopped at. */
function runCall(args: readonly bigint[], setup: Setup = {}) {
  const memory = new Uint8Array(MEMORY);
  memory.set(setup.command ?? COMMAND, 0x10000);
  const requests: string[] = [];
  const labels: string[] = [];
  const said: string[] = [];
  const hypervisor = { tpmOpen: setup.open ?? false, processTables: [], vms: [] };
  let r4 = 0xdeadn;
  const context = contextWith({
    profile: setup.profile ?? 'spec',
    call: { lev: 1, number: 0xef10n, name: 'H_TPM_COMM', args, caller: 'test' },
    hypervisor,
    tpm: setup.tpm ?? 'embedded',
    memory: {
      contains: (gpa, length) => gpa + length <= BigInt(MEMORY),
      read: (gpa, length) => memory.slice(Number(gpa), Number(gpa) + length),
      write: (gpa, bytes) => memory.set(bytes, Number(gpa)),
    },
    gpr: () => 0n,
    setGpr: (number, value) => {
      expect(number).toBe(4);
      r4 = value;
    },
    local: () => undefined,
    registerProcessTable: () => expect.unreachable(),
    console: () => expect.unreachable(),
    note: (text) => said.push(text),
    warn: (text) => said.push(`warning: ${text}`),
    blame: (text) => said.push(text),
  });
  const coroutine = tpmComm.run(context);
  let next = coroutine.next();
  while (!next.done) {
    if (next.value.kind === 'line') {
      labels.push(next.value.label);
      next = coroutine.next();
    } else {
      if (next.value.kind !== 'tpm') throw new Error('the routine makes no calls');
      const { request } = next.value;
      requests.push(request.op);
      const ok = request.op === 'transmit' ? { response: RESPONSE } : {};
      next = coroutine.next(setup.answer?.(request) ?? ok);
    }
  }
  return { code: next.value, r4, requests, labels, said, memory, hypervisor };
}

const IN = 0x10000n;
const OUT = 0x11000n;
const execute = (change: Partial<Record<'inBuffer' | 'inSize' | 'outBuffer' | 'outSize', bigint>> = {}) => [
  1n,
  change.inBuffer ?? IN,
  change.inSize ?? 12n,
  change.outBuffer ?? OUT,
  change.outSize ?? 4096n,
];
const fails = (op: TpmRequest['op']) => ({
  answer: (request: TpmRequest): TpmAnswer =>
    request.op === op ? { error: 'broken' } : request.op === 'transmit' ? { response: RESPONSE } : {},
});

const BOTH: readonly (readonly [string, readonly bigint[], Setup, string])[] = [
  ['executes a command', execute(), {}, 'H_SUCCESS'],
  ['no proxy', execute(), { tpm: 'none' }, 'H_FUNCTION'],
  ['no proxy, even to close', [2n, 0n, 0n, 0n, 0n], { tpm: 'none' }, 'H_FUNCTION'],
  ['no proxy, before the operation is looked at', [9n, 0n, 0n, 0n, 0n], { tpm: 'none' }, 'H_FUNCTION'],
  ['closes an open session', [2n, 0n, 0n, 0n, 0n], { open: true }, 'H_SUCCESS'],
  ['closes with nothing open', [2n, 0n, 0n, 0n, 0n], {}, 'H_SUCCESS'],
  ['operation 0', [0n, IN, 12n, OUT, 4096n], {}, 'H_PARAMETER'],
  ['operation 3', [3n, IN, 12n, OUT, 4096n], {}, 'H_PARAMETER'],
  ['operation 2^32 + 1', [0x1_0000_0001n, IN, 12n, OUT, 4096n], {}, 'H_PARAMETER'],
  ['the largest command', execute({ inSize: 4096n }), {}, 'H_SUCCESS'],
  ['in_size 4097', execute({ inSize: 4097n }), {}, 'H_P3'],
  ['in_size 2^64 - 1', execute({ inSize: 0xffff_ffff_ffff_ffffn }), {}, 'H_P3'],
  ['in_size is looked at before out_size', execute({ inSize: 4097n, outSize: 0n }), {}, 'H_P3'],
  ['out_size 4095', execute({ outSize: 4095n }), {}, 'H_P5'],
  ['out_size 0', execute({ outSize: 0n }), {}, 'H_P5'],
  ['out_size is looked at before the buffers', execute({ inBuffer: 1n << 40n, outSize: 0n }), {}, 'H_P5'],
  ['the back end cannot be opened', execute(), fails('open'), 'H_RESOURCE'],
  ['the back end fails', execute(), fails('transmit'), 'H_RESOURCE'],
  ['both buffers are the same', execute({ outBuffer: IN }), {}, 'H_SUCCESS'],
  ['the response ends where the memory ends', execute({ outBuffer: BigInt(MEMORY) - 4096n }), {}, 'H_SUCCESS'],
];

describe.each(['spec', 'shipped'] as const)('H_TPM_COMM, %s', (profile) => {
  it.each(BOTH)('%s', (_, args, setup, code) => {
    const result = runCall(args, { ...setup, profile });
    expect(result.code).toBe(codeValue(code));
    if (code !== 'H_SUCCESS') {
      expect(result.r4).toBe(0xdeadn);
      expect(result.said.length).toBeGreaterThan(0);
    }
  });

  it('gives the size of the response in r4 and the bytes in out_buffer', () => {
    const result = runCall(execute(), { profile });
    expect(result.r4).toBe(10n);
    expect(result.memory.slice(0x11000, 0x1100a)).toEqual(RESPONSE);
  });

  it('opens the back end once and keeps it open after an error', () => {
    expect(runCall(execute(), { profile }).requests).toEqual(['open', 'transmit']);
    expect(runCall(execute(), { profile, open: true }).requests).toEqual(['transmit']);
    expect(runCall(execute(), { profile, ...fails('transmit') }).hypervisor.tpmOpen).toBe(true);
    expect(runCall(execute(), { profile, ...fails('open') }).hypervisor.tpmOpen).toBe(false);
    expect(runCall([2n, 0n, 0n, 0n, 0n], { profile, open: true }).hypervisor.tpmOpen).toBe(false);
  });

  it('cuts a response that is longer than the interface allows', () => {
    const answer = (request: TpmRequest): TpmAnswer =>
      request.op === 'transmit' ? { response: new Uint8Array(5000) } : {};
    expect(runCall(execute(), { profile, answer }).r4).toBe(4096n);
  });

  it('asks an external TPM only when the header fits the bytes', () => {
    const short = runCall(execute({ inSize: 11n }), { profile, tpm: 'external' });
    expect(short.code).toBe(codeValue('H_RESOURCE'));
    expect(short.requests).toEqual(['open']);
    expect(short.said.join()).toContain('its header says 12 bytes, in_size says 11');
  });
});

const outside = BigInt(MEMORY);
const DIFFERENT: readonly (readonly [
  id: string,
  args: readonly bigint[],
  spec: string,
  shipped: string,
  said: RegExp,
])[] = [
  ['H_TPM_COMM/in_buffer', execute({ inBuffer: outside - 11n }), 'H_P2', 'H_SUCCESS', /reads zeros/],
  ['H_TPM_COMM/out_buffer', execute({ outBuffer: outside - 4095n, outSize: 4096n }), 'H_P4', 'H_SUCCESS', /^$/],
  ['H_TPM_COMM/in_size 0', execute({ inSize: 0n }), 'H_P3', 'H_RESOURCE', /for ever/],
  ['H_TPM_COMM/out_size above 4096', execute({ outSize: 8192n }), 'H_SUCCESS', 'H_SUCCESS', /abort/],
  ['H_TPM_COMM/header size', execute({ inSize: 11n }), 'H_SUCCESS', 'H_RESOURCE', /header says 12/],
];

describe('spec and shipped differ', () => {
  it('in the rows of the table and in no others', () => {
    expect(DIFFERENT.map(([id]) => id)).toEqual(
      DEVIATIONS.filter((row) => row.call === 'H_TPM_COMM').map((row) => row.id),
    );
  });

  it.each(DIFFERENT)('%s', (_, args, spec, shipped, said) => {
    expect(runCall(args, { profile: 'spec' }).code).toBe(codeValue(spec));
    const real = runCall(args, { profile: 'shipped' });
    expect(real.code).toBe(codeValue(shipped));
    expect(real.said.join('\n')).toMatch(said);
  });

  it('sends nothing when a buffer is bad (spec)', () => {
    expect(runCall(execute({ inBuffer: outside }), { profile: 'spec' }).requests).toEqual([]);
    expect(runCall(execute({ outBuffer: outside }), { profile: 'spec' }).requests).toEqual([]);
  });

  it('ignores the top four address bits and loses bytes without memory (shipped)', () => {
    const masked = runCall(execute({ inBuffer: 0xf000_0000_0001_0000n }), { profile: 'shipped' });
    expect(masked.code).toBe(codeValue('H_SUCCESS'));
    const half = runCall(execute({ outBuffer: outside - 4n }), { profile: 'shipped' });
    expect(half.code).toBe(codeValue('H_SUCCESS'));
    expect(half.memory.slice(-4)).toEqual(RESPONSE.slice(0, 4));
    expect(half.said.join()).toContain('loses those bytes');
  });
});

describe('the listing', () => {
  it('has a line for everything that the routine does, and stops at each', () => {
    const runs = [runCall(execute()), runCall([2n, 0n, 0n, 0n, 0n]), runCall(execute({ inBuffer: outside }))];
    const seen = new Set(runs.flatMap((run) => run.labels));
    expect([...seen].sort()).toEqual(tpmComm.listing.lines.map((line) => line.label).sort());
  });

  it('is walked in its order', () => {
    const order = tpmComm.listing.lines.map((line) => line.label);
    const places = runCall(execute()).labels.map((label) => order.indexOf(label));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });
});
