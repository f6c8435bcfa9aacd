/** What a user does and sees, one step after the other in one window. */
import assert from 'node:assert/strict';

/** @type {readonly (readonly [string, (workbench: import('../../../scripts/lib/workbench.mjs').Workbench) => Promise<void>])[]} */
export const steps = [
  [
    'opens a scenario',
    async (workbench) => {
      await workbench.openFile('two.pef');
      assert.equal(await workbench.line('scenario').count(), 1);
    },
  ],
];
