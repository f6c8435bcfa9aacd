/** External TPMs. Node only: the devices talk to sockets and files. */

import { InputError } from '../../common/errors';
import type { ExternalDevice, TpmChoice } from '../device';
import { CharacterDevice } from './character';
import type { DeviceOptions } from './framing';
import { MssimDevice } from './mssim';
import { SwtpmDevice } from './swtpm';

export { CharacterDevice } from './character';
export type { DeviceOptions } from './framing';
export { MssimDevice } from './mssim';
export { SwtpmDevice } from './swtpm';

/**
 * The device of a choice; nothing is connected before `open` or `transmit`.
 *
 * @throws InputError `bad-address`; `not-external` for `none` and `embedded`
 */
export function createExternalDevice(choice: TpmChoice, options: DeviceOptions = {}): ExternalDevice {
  switch (choice.kind) {
    case 'swtpm':
      return new SwtpmDevice(choice.address, options);
    case 'mssim':
      return new MssimDevice(choice.address, options);
    case 'device':
      return new CharacterDevice(choice.address, options);
    case 'none':
    case 'embedded':
      throw new InputError('not-external', `"tpm ${choice.kind}" is no TPM outside the machine.`);
  }
}
