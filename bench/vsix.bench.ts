/** Size of the package. */
import * as fs from 'node:fs';
import type { Figure } from './figure';

export async function bench(): Promise<Figure[]> {
  const { size } = await fs.promises.stat('pef-debug.vsix');
  return [{ name: 'size of pef-debug.vsix', value: size / 1e6, unit: 'MB', goal: { atMost: 1.5 } }];
}
