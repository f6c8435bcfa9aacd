import { describe, expect, it } from 'vitest';
import { createEmbeddedTpm } from '../../emulator/tpm/embedded';
import { TpmClient } from './client';
import { Replay } from './replay';
import { EXCHANGES } from './vectors';

describe('the recorded exchanges on the embedded TPM', () => {
  it.each<[string, number[], number]>([
    ['flow.jsonl', [], 45],
    ['tpm2-tools-swtpm.jsonl', [0x8000_0000, 0x0300_0000, 0x8100_0101], 160],
  ])('%s', async (recording, before, expected) => {
    const tpm = createEmbeddedTpm('replay');
    const replay = new Replay(new TpmClient((command) => tpm.execute(command)), before);
    const differences: string[] = [];
    let replayed = 0;
    for (const exchange of EXCHANGES.filter(({ file }) => file === recording)) {
      const outcome = await replay.run(exchange);
      if (!outcome) continue;
      replayed += 1;
      const { name, ours, theirs } = outcome;
      // A TPM's capabilities are its own.
      if (ours !== theirs && name !== 'TPM2_GetCapability') {
        differences.push(`${exchange.line} ${name}: ${theirs} and ${ours}`);
      }
    }
    expect(differences).toEqual([]);
    expect(replayed).toBeGreaterThan(expected);
  });
});
