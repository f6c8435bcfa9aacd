/** What a routine sees of a machine in tests: everything that the test does not give must stay unused. */
import { expect } from 'vitest';
import type { FirmwareContext } from '../../emulator/pef/firmware';
import { PORTABLE_PAGE_CIPHERS } from '../../emulator/pef/page-crypto';
import { Ultravisor } from '../../emulator/pef/ultravisor/state';

const unused = (): never => expect.unreachable();
const memory = { contains: unused, read: unused, write: unused };

export function contextWith(given: Pick<FirmwareContext, 'call'> & Partial<FirmwareContext>): FirmwareContext {
  return {
    profile: 'spec',
    hypervisor: { tpmOpen: false, processTables: [], vms: [] },
    ultravisor: new Ultravisor({
      ...{ seed: 'test', secureBytes: 0, memory, cipher: PORTABLE_PAGE_CIPHERS['AES-128-GCM'], isPinned: () => false },
    }),
    ...{ lpid: 1, callerMsr: 0n, tpm: 'none', memory, real: memory },
    ...{ gpr: unused, setGpr: unused, spr: unused, setSpr: unused, local: unused, registerProcessTable: unused },
    ...{ console: unused, pageChanged: unused, note: unused, warn: unused, blame: unused },
    ...given,
  };
}
