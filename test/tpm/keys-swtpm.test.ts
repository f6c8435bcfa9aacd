/** The same flows on the embedded TPM and on a real swtpm: same response codes, same shapes of what comes back. */

import { describe, expect, it } from 'vitest';
import { fromHex } from '../../emulator/common/bytes';
import { SwtpmDevice } from '../../emulator/tpm/devices';
import { createEmbeddedTpm } from '../../emulator/tpm/embedded';
import { TpmClient } from './client';
import { FLOWS } from './flows';
import { startSwtpm, WITHOUT_SWTPM } from './swtpm-process';

/** Runs a flow on a new TPM of each kind and gives what both said. */
async function onBoth(flow: (tpm: TpmClient) => Promise<void>): Promise<{ ours: string[]; theirs: string[] }> {
  const embedded = createEmbeddedTpm('flows');
  const ours = new TpmClient((command) => embedded.execute(command));
  await flow(ours);
  const process = await startSwtpm();
  const device = new SwtpmDevice(process.address, { timeoutMs: 10_000 });
  const theirs = new TpmClient((command) => device.transmit(command));
  try {
    await flow(theirs);
  } finally {
    await device.close();
    await process.stop();
  }
  return { ours: ours.log, theirs: theirs.log };
}

/**
 * libtpms leaves RSA to OpenSSL, and answers whatever that finds wrong with TPM_RC_FAILURE; Part 3, 14.2 and 14.3, and the
 * reference implementation have TPM_RC_VALUE or TPM_RC_SIZE, as this TPM has.
 */
const KNOWN = /^TPM2_RSA_(En|De)crypt: TPM_RC_FAILURE and TPM2_RSA_(En|De)crypt: TPM_RC_(VALUE|SIZE)$/;

describe.skipIf(WITHOUT_SWTPM !== undefined)('swtpm and the embedded TPM say the same', () => {
  it.each(Object.entries(FLOWS))('%s', { timeout: 60_000 }, async (_, flow) => {
    const { ours, theirs } = await onBoth(flow);
    const pairs = ours.map((line, i) => `${theirs[i]} and ${line}`);
    const differences = pairs.filter((pair, i) => ours[i] !== theirs[i] && !KNOWN.test(pair));
    expect(differences).toEqual([]);
    expect(ours.length).toBe(theirs.length);
  });
});

describe('comparison of keys with swtpm', () => {
  it(WITHOUT_SWTPM ?? 'has a real swtpm', () => {
    expect(fromHex('00').length).toBe(1);
  });
});
