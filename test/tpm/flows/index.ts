/** All flows, by what they are about. */

import { contexts, capabilities } from './contexts';
import { importing } from './importing';
import { asymmetric, lockout, objects, outside, persistent } from './objects';
import { policies, policyUse } from './policies';
import { sessions, starting } from './sessions';
import type { Flow } from './shared';
import { primaries, templates } from './templates';
import { ultravisor } from './ultravisor';

export const FLOWS: Readonly<Record<string, Flow>> = {
  objects,
  templates,
  'primary objects': primaries,
  'RSA encryption': asymmetric,
  'persistent objects': persistent,
  sessions,
  'starting sessions': starting,
  policies,
  'use of policies': policyUse,
  lockout,
  'objects from outside': outside,
  importing,
  contexts,
  capabilities,
  'the ultravisor': ultravisor,
};
