/**
 * Pages of secure VMs: (profile, state, caller, arguments) -> (code, new state), every call by the CPU's own instructions.
 * The VM is made secure by hand: as UV_ESM leaves it when it is over.
 */
import { describe, expect, it } from 'vitest';
import type { Activity, ActivityResult, Actor, MachineEvent, Profile } from '../../emulator/common/machine';
import type { Machine } from '../../emulator/machine';
import { callNamed } from '../../emulator/pef/calls';
import { CALL_VALUES, codeName } from '../../emulator/pef/codes';
import { DEVIATIONS } from '../../emulator/pef/deviations';
import { listingLine } from '../../emulator/pef/listing';
import { LISTINGS } from '../../emulator/pef/routines';
import { hashOf, hypercall, machine, perform, ultracall } from './drive';

const VM: Actor = { kind: 'guest', guest: 'vm', user: false };
const HYPERVISOR: Actor = { kind: 'hypervisor' };
const PROFILES: readonly Profile[] = ['spec', 'shipped'];
const PAGE = 0x10000n;
const MSR_S = 1n << 22n;
const SECURE = 1n << 48n;
/** A page of normal memory that belongs to nobody. */
const FREE = 0x10_0000n;

/** Lines of listings at which routines stood: `listing:line`. */
const seen = new Set<string>();

/** Performs an activity, and notes where routines stand. */
function watched(of: Machine, activity: Activity, events: MachineEvent[] = []): ActivityResult {
  of.begin(activity);
  while (of.state !== 'idle') {
    for (const { location } of of.frames()) {
      if (location?.source.kind === 'listing') seen.add(`${location.source.name}:${location.range.line}`);
    }
    events.push(...of.step(1).events);
  }
  return of.takeResult();
}

/** Makes a call as an actor; answers with the name of its code. */
function call(of: Machine, actor: Actor, name: string, args: (number | bigint)[], events: MachineEvent[] = []): string {
  const row = callNamed(name);
  if (!row) throw new Error(name);
  of.enter(actor);
  const result = watched(of, (row.lev === 1 ? hypercall : ultracall)(row.number, ...args), events);
  of.leave();
  if (result.kind === 'stuck') return `stuck: ${result.detail}`;
  if (result.kind !== 'done') return result.kind;
  return codeName(row.lev, result.value ?? 0n) ?? `${result.value}`;
}
const asHypervisor = (of: Machine, name: string, ...args: (number | bigint)[]): string =>
  call(of, HYPERVISOR, name, args);

/** A machine whose guest is secure: both sides know it, and every page is secure memory. */
function secured(profile: Profile, secureBytes = 16 << 20): Machine {
  const of = machine({ profile, secureBytes });
  const svm = of.ultravisor.create(1);
  if (!svm) throw new Error('there is a VM already');
  expect(asHypervisor(of, 'UV_REGISTER_MEM_SLOT', 1, 0, 4 << 20, 0, 0)).toBe('U_SUCCESS');
  svm.state = 'secure';
  const vm = of.hypervisor.vms[0]!;
  vm.started = true;
  vm.done = true;
  for (let gfn = 0; gfn < 64; gfn++) vm.gfns.set(gfn, 'secure');
  of.writeRegister('MSR', (of.readRegister('MSR') ?? 0n) | MSR_S);
  return of;
}

const stateOf = (of: Machine, gfn: number): string => {
  const svm = of.ultravisor.svms.get(1);
  return `${svm ? of.ultravisor.stateOf(svm, gfn) : 'no VM'}, ${of.hypervisor.vms[0]?.gfns.get(gfn) ?? 'normal'}`;
};
const load = (of: Machine, address: bigint): bigint | string => {
  const result = watched(of, { kind: 'load', width: 8, address });
  return result.kind === 'done' ? (result.value ?? 0n) : result.kind;
};
const store = (of: Machine, address: bigint, value: bigint): void => {
  expect(perform(of, { kind: 'store', width: 8, address, value }).kind).toBe('done');
};

describe.each(PROFILES)('memory of a secure VM, %s', (profile) => {
  it('is secure memory, which the hypervisor does not reach', () => {
    const of = secured(profile);
    store(of, 0x2_0008n, 0x1122n);
    expect(load(of, 0x2_0008n)).toBe(0x1122n);
    const ra = of.ra('vm', 0x2_0008n)!;
    expect(ra & SECURE).toBe(SECURE);
    of.enter(HYPERVISOR);
    expect(load(of, ra)).toBe('interrupt');
  });

  it('goes out encrypted, and comes back when the VM touches it', () => {
    const of = secured(profile);
    store(of, 0x2_0008n, 0x1122_3344_5566_7788n);
    const normal = of.hypervisor.vms[0]!.base + 2n * PAGE;
    expect(asHypervisor(of, 'UV_PAGE_OUT', 1, normal, 0x2_0000, 0, 16)).toBe('U_SUCCESS');
    of.hypervisor.vms[0]!.gfns.set(2, 'paged out');
    expect(stateOf(of, 2)).toBe('PAGEDOUT, paged out');
    const ciphertext = of.memory.read(normal, 0x10000);
    expect(Buffer.from(ciphertext).includes(Buffer.from('8877665544332211', 'hex'))).toBe(false);
    expect(new Set(ciphertext).size).toBe(256);
    expect(load(of, 0x2_0008n)).toBe(0x1122_3344_5566_7788n);
    expect(stateOf(of, 2)).toBe('SECURE, secure');
  });

  it.each([
    [
      'tampered with',
      (of: Machine, at: bigint) => of.memory.write(at + 77n, Uint8Array.of(of.memory.read(at + 77n, 1)[0]! ^ 1)),
    ],
    ['replaced by zeros', (of: Machine, at: bigint) => of.memory.write(at, new Uint8Array(0x10000))],
  ])('is not taken back when it was %s', (_, harm) => {
    const of = secured(profile);
    store(of, 0x2_0000n, 5n);
    expect(asHypervisor(of, 'UV_PAGE_OUT', 1, FREE, 0x2_0000, 0, 16)).toBe('U_SUCCESS');
    harm(of, FREE);
    expect(asHypervisor(of, 'UV_PAGE_IN', 1, FREE, 0x2_0000, 0, 16)).toBe('U_P3');
    expect(stateOf(of, 2)).toContain('PAGEDOUT');
  });

  it('is not taken back from an older page-out, nor in the place of another page', () => {
    const of = secured(profile);
    const older = FREE + PAGE;
    const other = FREE + 2n * PAGE;
    expect(asHypervisor(of, 'UV_PAGE_OUT', 1, older, 0x2_0000, 0, 16)).toBe('U_SUCCESS');
    expect(asHypervisor(of, 'UV_PAGE_IN', 1, older, 0x2_0000, 0, 16)).toBe('U_SUCCESS');
    expect(asHypervisor(of, 'UV_PAGE_OUT', 1, FREE, 0x2_0000, 0, 16)).toBe('U_SUCCESS');
    expect(asHypervisor(of, 'UV_PAGE_OUT', 1, other, 0x3_0000, 0, 16)).toBe('U_SUCCESS');
    expect(asHypervisor(of, 'UV_PAGE_IN', 1, older, 0x2_0000, 0, 16)).toBe('U_P3');
    expect(asHypervisor(of, 'UV_PAGE_IN', 1, other, 0x2_0000, 0, 16)).toBe('U_P3');
    expect(asHypervisor(of, 'UV_PAGE_IN', 1, FREE, 0x2_0000, 0, 16)).toBe('U_SUCCESS');
  });
});

describe('codes of the paging calls', () => {
  // call, arguments, spec, shipped; the VM is secure, page 2 is secure, page 5 shared, page 6 paged out
  const cases: readonly (readonly [string, readonly (number | bigint)[], string, string])[] = [
    ['UV_PAGE_IN', [9, FREE, 0x2_0000, 0, 16], 'U_PARAMETER', 'U_PARAMETER'],
    ['UV_PAGE_IN', [1, SECURE, 0x6_0000, 0, 16], 'U_P2', 'U_P2'],
    ['UV_PAGE_IN', [1, FREE + 1n, 0x6_0000, 0, 16], 'U_P2', 'U_P2'],
    ['UV_PAGE_IN', [1, FREE, 0x100_0000, 0, 16], 'U_P3', 'U_P3'],
    ['UV_PAGE_IN', [1, FREE, 0x5_0000, 8, 16], 'U_P4', 'U_SUCCESS'],
    ['UV_PAGE_IN', [1, FREE, 0x5_0000, 0, 12], 'U_P5', 'U_P5'],
    ['UV_PAGE_IN', [9, SECURE, 0x100_0000, 0, 12], 'U_PARAMETER', 'U_P5'],
    ['UV_PAGE_IN', [1, FREE, 0x2_0000, 0, 16], 'U_P3', 'U_P2'],
    ['UV_PAGE_IN', [1, FREE, 0x5_0000, 0, 16], 'U_SUCCESS', 'U_SUCCESS'],
    ['UV_PAGE_OUT', [9, FREE, 0x2_0000, 0, 16], 'U_PARAMETER', 'U_PARAMETER'],
    ['UV_PAGE_OUT', [1, SECURE, 0x2_0000, 0, 16], 'U_P2', 'U_P2'],
    ['UV_PAGE_OUT', [1, FREE, 0x100_0000, 0, 16], 'U_P3', 'U_P3'],
    ['UV_PAGE_OUT', [1, FREE, 0x2_0000, 2, 16], 'U_P4', 'U_SUCCESS'],
    ['UV_PAGE_OUT', [1, FREE, 0x2_0000, 0, 21], 'U_P5', 'U_P5'],
    ['UV_PAGE_OUT', [1, FREE, 0x5_0000, 0, 16], 'U_SUCCESS', 'U_PARAMETER'],
    ['UV_PAGE_OUT', [1, FREE, 0x6_0000, 0, 16], 'U_P3', 'U_PARAMETER'],
    ['UV_PAGE_OUT', [1, FREE, 0x3f_0000, 0, 16], 'U_BUSY', 'U_RETRY'],
    ['UV_PAGE_INVAL', [9, 0x5_0000, 16], 'U_PARAMETER', 'U_PARAMETER'],
    ['UV_PAGE_INVAL', [1, 0x2_0000, 16], 'U_P2', 'U_P2'],
    ['UV_PAGE_INVAL', [1, 0x6_0000, 16], 'U_P2', 'U_P2'],
    ['UV_PAGE_INVAL', [1, 0x100_0000, 16], 'U_P2', 'U_P2'],
    ['UV_PAGE_INVAL', [1, 0x5_0000, 12], 'U_P3', 'U_P3'],
    ['UV_PAGE_INVAL', [1, 0x5_0000, 16], 'U_SUCCESS', 'U_SUCCESS'],
    ['UV_REGISTER_MEM_SLOT', [9, 0x40_0000, 0x10000, 0, 1], 'U_PARAMETER', 'U_PARAMETER'],
    ['UV_REGISTER_MEM_SLOT', [1, 0x40_0001, 0x10000, 0, 1], 'U_P2', 'U_PARAMETER'],
    ['UV_REGISTER_MEM_SLOT', [1, 0x20_0000, 0x10000, 0, 1], 'U_P2', 'U_PARAMETER'],
    ['UV_REGISTER_MEM_SLOT', [1, 0x40_0000, 0, 0, 1], 'U_P3', 'U_PARAMETER'],
    ['UV_REGISTER_MEM_SLOT', [1, 0x40_0000, 0x10000, 1, 1], 'U_P4', 'U_SUCCESS'],
    ['UV_REGISTER_MEM_SLOT', [1, 0x40_0000, 0x10000, 0, 0], 'U_P5', 'U_PARAMETER'],
    ['UV_REGISTER_MEM_SLOT', [1, 0x40_0000, 0x10000, 0, 512], 'U_P5', 'U_PARAMETER'],
    ['UV_REGISTER_MEM_SLOT', [1, 0x40_0000, 0x10000, 0, 1], 'U_SUCCESS', 'U_SUCCESS'],
    ['UV_REGISTER_MEM_SLOT', [1, 0x40_0000, 0x4000_0000, 0, 1], 'U_SUCCESS', 'U_PARAMETER'],
    ['UV_UNREGISTER_MEM_SLOT', [9, 0], 'U_PARAMETER', 'U_PARAMETER'],
    ['UV_UNREGISTER_MEM_SLOT', [1, 7], 'U_P2', 'U_PARAMETER'],
    ['UV_UNREGISTER_MEM_SLOT', [1, 0], 'U_SUCCESS', 'U_SUCCESS'],
    ['UV_WRITE_PATE', [0x1000, 0, 0], 'U_PARAMETER', 'U_SUCCESS'],
    ['UV_WRITE_PATE', [2, 1n << 60n, 0], 'U_P2', 'U_SUCCESS'],
    ['UV_WRITE_PATE', [2, 0, 1n << 60n], 'U_P3', 'U_SUCCESS'],
    ['UV_WRITE_PATE', [1, 0, 0], 'U_PERMISSION', 'U_SUCCESS'],
    ['UV_WRITE_PATE', [2, 1n << 63n, 1n << 63n], 'U_SUCCESS', 'U_SUCCESS'],
    ['UV_SVM_TERMINATE', [0], 'U_PARAMETER', 'U_SUCCESS'],
    ['UV_SVM_TERMINATE', [9], 'U_INVALID', 'U_SUCCESS'],
    ['UV_SVM_TERMINATE', [1], 'U_SUCCESS', 'U_SUCCESS'],
    ['UV_RESTRICTED_SPR_WRITE', [0xbb, 3], 'U_SUCCESS', 'U_SUCCESS'],
    ['UV_RESTRICTED_SPR_WRITE', [1, 3], 'U_PARAMETER', 'U_PARAMETER'],
    ['UV_RESTRICTED_SPR_READ', [0xb4], 'U_SUCCESS', 'U_SUCCESS'],
    ['UV_RESTRICTED_SPR_READ', [0x352], 'U_PARAMETER', 'U_PARAMETER'],
  ];
  it.each(
    cases.map(
      ([name, args, spec, shipped]) =>
        [`${name} ${args.map((value) => value.toString(16)).join(' ')}`, name, args, spec, shipped] as const,
    ),
  )('%s', (_, name, args, spec, shipped) => {
    for (const profile of PROFILES) {
      const of = secured(profile);
      expect(call(of, VM, 'UV_SHARE_PAGE', [5, 1])).toBe('U_SUCCESS');
      expect(asHypervisor(of, 'UV_PAGE_OUT', 1, FREE + PAGE, 0x6_0000, 0, 16)).toBe('U_SUCCESS');
      expect(asHypervisor(of, name, ...args)).toBe(profile === 'spec' ? spec : shipped);
    }
  });

  it('differ where a row says so, and nowhere else', () => {
    const ofHypervisor = new Set(cases.map(([name]) => name));
    const differing = cases.filter(([, , spec, shipped]) => spec !== shipped).map(([name]) => name);
    const rows = DEVIATIONS.map(({ call: name }) => name).filter((name) => ofHypervisor.has(name));
    expect([...new Set(rows)].sort()).toEqual([...new Set(differing)].sort());
  });

  it.each(PROFILES)('only the hypervisor makes them (%s)', (profile) => {
    for (const name of [
      'UV_PAGE_IN',
      'UV_PAGE_OUT',
      'UV_PAGE_INVAL',
      'UV_REGISTER_MEM_SLOT',
      'UV_UNREGISTER_MEM_SLOT',
      'UV_WRITE_PATE',
      'UV_SVM_TERMINATE',
      'UV_RESTRICTED_SPR_READ',
    ]) {
      expect(call(secured(profile), VM, name, [1, FREE, 0x6_0000, 0, 16])).toBe('U_PERMISSION');
      expect(call(secured(profile), { kind: 'host user' }, name, [1, FREE, 0x6_0000, 0, 16])).toBe('U_PERMISSION');
    }
  });
});

describe.each(PROFILES)('sharing, %s', (profile) => {
  it('gives the hypervisor a page of zeros that both see, and takes it back as zeros', () => {
    const of = secured(profile);
    store(of, 0x4_0010n, 0x5ec2e7n);
    const events: MachineEvent[] = [];
    expect(call(of, VM, 'UV_SHARE_PAGE', [4, 2], events)).toBe('U_SUCCESS');
    expect([stateOf(of, 4), stateOf(of, 5)]).toEqual(['SHARED, shared', 'SHARED, shared']);
    const calls = events.flatMap((event) =>
      event.kind === 'call' ? [`${event.call.caller}: ${event.call.name}`] : [],
    );
    expect(calls.slice(0, 3).map((text) => text.replace(/^vm.*: /, 'vm: '))).toEqual([
      'vm: UV_SHARE_PAGE',
      'ultravisor: H_SVM_PAGE_IN',
      'hypervisor: UV_PAGE_IN',
    ]);
    const states = events.flatMap((event) =>
      event.kind === 'page' && event.gfn === 4 ? [`${event.side} ${event.to}`] : [],
    );
    expect(states).toEqual(['ultravisor HV_SHARING', 'ultravisor HV_SHARED', 'hypervisor shared', 'ultravisor SHARED']);
    expect(load(of, 0x4_0010n)).toBe(0n);
    store(of, 0x4_0010n, 7n);
    const ra = of.ra('vm', 0x4_0010n)!;
    expect(ra & SECURE).toBe(0n);
    of.enter(HYPERVISOR);
    expect(load(of, ra)).toBe(7n);
    of.leave();
    expect(call(of, VM, 'UV_UNSHARE_PAGE', [4, 1])).toBe('U_SUCCESS');
    expect([stateOf(of, 4), stateOf(of, 5)]).toEqual(['SECURE, secure', 'SHARED, shared']);
    expect(load(of, 0x4_0010n)).toBe(0n);
    expect(call(of, VM, 'UV_UNSHARE_ALL_PAGES', [])).toBe('U_SUCCESS');
    expect(stateOf(of, 5)).toBe('SECURE, secure');
  });

  it('works again after UV_PAGE_INVAL, when the VM touches the page', () => {
    const of = secured(profile);
    expect(call(of, VM, 'UV_SHARE_PAGE', [4, 1])).toBe('U_SUCCESS');
    store(of, 0x4_0000n, 9n);
    expect(asHypervisor(of, 'UV_PAGE_INVAL', 1, 0x4_0000, 16)).toBe('U_SUCCESS');
    expect(stateOf(of, 4)).toContain('SHARED_INV');
    expect(load(of, 0x4_0000n)).toBe(9n);
    expect(stateOf(of, 4)).toContain('SHARED,');
  });

  it.each([
    [[0x1000, 1], 'U_PARAMETER', 'U_P2'],
    [[0x3f, 2], 'U_P2', 'U_P2'],
    [[4, 0], 'U_P2', 'U_P2'],
  ] as const)('refuses the range %j', (args, spec, shipped) => {
    for (const name of ['UV_SHARE_PAGE', 'UV_UNSHARE_PAGE']) {
      expect(call(secured(profile), VM, name, [...args])).toBe(profile === 'spec' ? spec : shipped);
    }
  });

  it('is for secure VMs only', () => {
    const of = machine({ profile });
    for (const [name, args] of [
      ['UV_SHARE_PAGE', [4, 1]],
      ['UV_UNSHARE_PAGE', [4, 1]],
      ['UV_UNSHARE_ALL_PAGES', []],
    ] as const) {
      expect(call(of, VM, name, [...args])).toBe(profile === 'spec' ? 'U_INVALID' : 'U_PERMISSION');
    }
  });
});

describe('hypercalls of the ultravisor', () => {
  it.each(PROFILES)('are refused to everybody else (%s)', (profile) => {
    for (const [name, args] of [
      ['H_SVM_PAGE_IN', [0, 0, 16]],
      ['H_SVM_PAGE_OUT', [0, 0, 16]],
      ['H_SVM_INIT_START', []],
      ['H_SVM_INIT_DONE', []],
      ['H_SVM_INIT_ABORT', []],
    ] as const) {
      expect(call(machine({ profile }), VM, name, [...args])).toBe('H_UNSUPPORTED');
    }
  });

  it('show the hypervisor nothing of the VM but the call', () => {
    const of = secured('spec');
    for (let n = 5; n < 31; n++) of.writeRegister(`r${n}`, 0x5ec2e700n + BigInt(n));
    of.begin(ultracall(0xf130, 4, 1));
    let seen: (bigint | undefined)[] = [];
    while (of.state !== 'idle') {
      of.step(1);
      const [frame] = of.frames();
      if (frame?.name.startsWith('H_SVM_PAGE_IN') === true && seen.length === 0) {
        seen = Array.from({ length: 32 }, (_, n) => of.readRegister(`r${n}`));
      }
    }
    expect(of.takeResult()).toMatchObject({ kind: 'done', value: 0n });
    expect(seen.slice(3, 7)).toEqual([0xef00n, 0x4_0000n, 1n, 16n]);
    expect(seen.some((value) => value !== undefined && value >> 8n === 0x5ec2e7n)).toBe(false);
    // The VM has its own registers back.
    expect(of.readRegister('r20')).toBe(0x5ec2e700n + 20n);
  });
});

describe.each(PROFILES)('the way to secure mode, %s', (profile) => {
  const ULTRAVISOR: Actor = { kind: 'ultravisor' };
  /** The ultravisor has begun with the VM, as UV_ESM does; the rest is its hypercalls. */
  function begun(secureBytes = 16 << 20): Machine {
    const of = machine({ profile, secureBytes });
    store(of, 0x3_0000n, 0x1234n);
    of.ultravisor.create(1);
    return of;
  }
  const asUltravisor = (of: Machine, name: string, ...args: (number | bigint)[]): string =>
    call(of, ULTRAVISOR, name, args);

  it('registers the memory slots, moves pages, and ends with a secure VM', () => {
    const of = begun();
    expect(asUltravisor(of, 'H_SVM_INIT_START')).toBe('H_SUCCESS');
    expect(of.ultravisor.svms.get(1)?.slots).toEqual([{ id: 0, start: 0, pages: 64 }]);
    expect(asUltravisor(of, 'H_SVM_PAGE_IN', 0x3_0000, 0, 16)).toBe('H_SUCCESS');
    expect(stateOf(of, 3)).toBe('SECURE, secure');
    expect(asUltravisor(of, 'H_SVM_PAGE_IN', 0x3_0000, 0, 16)).toBe('H_PARAMETER');
    expect(asUltravisor(of, 'H_SVM_INIT_DONE')).toBe('H_SUCCESS');
    const svm = of.ultravisor.svms.get(1)!;
    svm.state = 'secure';
    of.writeRegister('MSR', (of.readRegister('MSR') ?? 0n) | MSR_S);
    expect(load(of, 0x3_0000n)).toBe(0x1234n);
    // What was not moved is lost.
    expect(load(of, 0x4_0000n)).toBe(0n);
    expect(asUltravisor(of, 'H_SVM_INIT_ABORT')).toBe('H_STATE');
    expect(asUltravisor(of, 'H_SVM_PAGE_OUT', 0x3_0000, 0, 16)).toBe('H_SUCCESS');
    expect(stateOf(of, 3)).toBe('PAGEDOUT, paged out');
    expect(asUltravisor(of, 'H_SVM_PAGE_OUT', 0x3_0000, 0, 16)).toBe('H_SUCCESS');
    expect(load(of, 0x3_0000n)).toBe(0x1234n);
  });

  it('is undone by H_SVM_INIT_ABORT: the VM has its memory back', () => {
    const of = begun();
    expect(asUltravisor(of, 'H_SVM_INIT_START')).toBe('H_SUCCESS');
    expect(asUltravisor(of, 'H_SVM_PAGE_IN', 0x3_0000, 0, 16)).toBe('H_SUCCESS');
    of.ultravisor.svms.get(1)!.state = 'abort';
    expect(asUltravisor(of, 'H_SVM_INIT_ABORT')).toBe('H_PARAMETER');
    expect(stateOf(of, 3)).toBe('no VM, normal');
    expect(load(of, 0x3_0000n)).toBe(0x1234n);
    expect(of.hypervisor.vms[0]).toMatchObject({ started: false, done: false });
    expect(asUltravisor(of, 'H_SVM_INIT_ABORT')).toBe('H_UNSUPPORTED');
  });

  it('has codes for what is not allowed', () => {
    const spec = profile === 'spec';
    expect(asUltravisor(begun(), 'H_SVM_INIT_DONE')).toBe('H_UNSUPPORTED');
    expect(asUltravisor(begun(), 'H_SVM_PAGE_IN', 0, 0, 16)).toBe('H_UNSUPPORTED');
    const twice = begun();
    expect(asUltravisor(twice, 'H_SVM_INIT_START')).toBe('H_SUCCESS');
    // KVM begins again, and the slot is registered already.
    expect(asUltravisor(twice, 'H_SVM_INIT_START')).toBe(spec ? 'H_STATE' : 'H_PARAMETER');
    expect(asUltravisor(twice, 'H_SVM_PAGE_IN', 0x400_0000, 0, 16)).toBe('H_PARAMETER');
    expect(asUltravisor(twice, 'H_SVM_PAGE_IN', 0, 2, 16)).toBe('H_P2');
    expect(asUltravisor(twice, 'H_SVM_PAGE_IN', 0, 0, 12)).toBe('H_P3');
    expect(asUltravisor(twice, 'H_SVM_PAGE_IN', 0x400_0000, 2, 12)).toBe(spec ? 'H_PARAMETER' : 'H_P3');
    expect(asUltravisor(twice, 'H_SVM_PAGE_OUT', 0, 1, 16)).toBe('H_P2');
    const forbidden = begun();
    Object.assign(forbidden.hypervisor.vms[0]!, { mayBecomeSecure: false });
    expect(asUltravisor(forbidden, 'H_SVM_INIT_START')).toBe('H_AUTHORITY');
    const small = begun(8 * 0x10000);
    expect(asUltravisor(small, 'H_SVM_INIT_START')).toBe(spec ? 'H_SUCCESS' : 'H_PARAMETER');
  });

  it('ends when the hypervisor does not let go of a shared page', () => {
    const of = secured(profile);
    expect(call(of, VM, 'UV_SHARE_PAGE', [4, 1])).toBe('U_SUCCESS');
    // The hypervisor claims that the page was never shared.
    of.hypervisor.vms[0]!.gfns.set(4, 'secure');
    expect(call(of, VM, 'UV_UNSHARE_PAGE', [4, 1])).toMatch(/stuck: the hypervisor did not let go of page 0x4/);
  });

  it('leaves pages as they were when the hypervisor gives none to share', () => {
    const of = secured(profile);
    store(of, 0x4_0000n, 77n);
    of.hypervisor.vms[0]!.started = false;
    expect(call(of, VM, 'UV_SHARE_PAGE', [4, 2])).toBe('U_P2');
    expect(stateOf(of, 4)).toContain('SECURE');
    expect(load(of, 0x4_0000n)).toBe(77n);
  });

  it('shows interrupts that nobody can serve to the software', () => {
    const of = secured(profile);
    expect(asHypervisor(of, 'UV_PAGE_OUT', 1, FREE, 0x2_0000, 0, 16)).toBe('U_SUCCESS');
    of.hypervisor.vms[0]!.gfns.set(2, 'paged out');
    // The hypervisor has not put the page where it takes it from.
    expect(load(of, 0x2_0000n)).toBe('interrupt');
    expect(load(of, 0x80_0000n)).toBe('interrupt');
  });
});

describe('a secure VM', () => {
  it.each(PROFILES)('has its hypercalls reflected (%s)', (profile) => {
    const of = secured(profile);
    const events: MachineEvent[] = [];
    expect(call(of, VM, 'H_PUT_TERM_CHAR', [0, 2, 0x6869_0000_0000_0000n, 0], events)).toBe('H_SUCCESS');
    expect(events).toContainEqual(expect.objectContaining({ kind: 'console', bytes: Uint8Array.of(0x68, 0x69) }));
  });

  it('has random numbers of the ultravisor', () => {
    const of = secured('spec');
    expect(call(of, VM, 'H_RANDOM', [])).toBe('H_SUCCESS');
    expect(call(secured('shipped'), VM, 'H_RANDOM', [])).toBe('H_FUNCTION');
    expect(call(secured('shipped'), VM, 'H_TPM_COMM', [2, 0, 0, 0, 0])).toMatch(/stuck: .*H_TPM_COMM/);
  });

  it('is taken to normal memory page by page when secure memory runs low', () => {
    const of = secured('spec', 32 * 0x10000);
    for (let gfn = 0n; gfn < 40n; gfn++) store(of, gfn * PAGE, gfn);
    for (let gfn = 0n; gfn < 40n; gfn++) expect(load(of, gfn * PAGE)).toBe(gfn);
    expect(of.ultravisor.secureMemory.freePages).toBe(0);
  });

  it('leaves no trace in secure memory when it ends, and its memory is free', () => {
    const of = secured('spec');
    const before = of.ultravisor.secureMemory.freePages;
    store(of, 0x2_0000n, 0x1234n);
    const ra = of.ra('vm', 0x2_0000n)!;
    expect(asHypervisor(of, 'UV_SVM_TERMINATE', 1)).toBe('U_SUCCESS');
    expect(of.memory.read(ra, 8)).toEqual(new Uint8Array(8));
    expect(of.ultravisor.secureMemory.freePages).toBeGreaterThanOrEqual(before);
  });

  it('is the same when the machine does it again', () => {
    const once = (): string => {
      const of = secured('spec');
      store(of, 0x2_0000n, 1n);
      asHypervisor(of, 'UV_PAGE_OUT', 1, FREE, 0x2_0000, 0, 16);
      call(of, VM, 'UV_SHARE_PAGE', [4, 3]);
      return hashOf(of);
    };
    expect(once()).toBe(once());
  });
});

describe('listings', () => {
  const mine = [...LISTINGS.values()].filter(({ name }) => /^(UV_|H_SVM_|.* of a secure VM)/.test(name));

  it('name return codes that there are', () => {
    const names = mine.flatMap(({ lines }) =>
      lines.flatMap(({ text }) => text.match(/\b[UH]_[A-Z0-9_]+(?=;|$)/g) ?? []),
    );
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name) => !CALL_VALUES.has(name))).toEqual([]);
  });

  it('are walked line by line in the tests above', () => {
    const missing = mine.flatMap((listing) =>
      listing.lines
        .filter(({ label }) => label !== '' && !seen.has(`${listing.name}:${listingLine(listing, label)}`))
        .map(({ label }) => `${listing.name}: ${label}`),
    );
    expect(missing).toEqual([]);
  });
});
