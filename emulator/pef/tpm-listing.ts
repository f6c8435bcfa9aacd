/** The listing of the TPM's frame: what happens to a command, in the order of TPM 2.0 Part 1, "Command Processing". */

import { listing } from './listing';

export const TPM_LISTING = listing(
  'TPM 2.0',
  'TPM',
  'TPM 2.0 Library, Part 1 and Part 3, "Command Processing"',
  `
receive | receive the command from the proxy
execute | check the header, handles, authorizations and parameters; execute; build the response
respond | hand the response to the proxy
`,
);
