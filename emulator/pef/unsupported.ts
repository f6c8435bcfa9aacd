/** What the firmware models answer to calls that they do not serve: the functionality is not supported. */

import { codeValue } from './codes';
import { type Coroutine, type Routine, line } from './firmware';
import { listing } from './listing';

function refusing(name: string, owner: 'hypervisor' | 'ultravisor', code: string): Routine {
  return {
    listing: listing(
      name,
      owner,
      'the rule for calls that are not supported',
      `
number | take the number of the call from r3
refuse | no routine serves this call: return ${code}
`,
    ),
    *run(context): Coroutine<bigint> {
      yield* line('number');
      const { call } = context;
      yield* line('refuse');
      const what = call.name ?? `call 0x${call.number.toString(16)}`;
      context.note(`${what}: ${code}: the ${owner} does not support this call`);
      return codeValue(code);
    },
  };
}

export const unsupportedHypercall = refusing('unsupported hypercall', 'hypervisor', 'H_FUNCTION');
export const unsupportedUltracall = refusing('unsupported ultracall', 'ultravisor', 'U_FUNCTION');
