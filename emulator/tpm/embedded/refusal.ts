/** How a command is refused: a response code by its name, and what it is about. */

import { concat } from '../../common/bytes';
import { responseCodeAbout } from '../codec/index';
import { constantValue } from '../tables/index';
import { u16, u32 } from './crypto';

/** A response code by its name; `parameter`, `handle` or `session` says what it is about, counted from 1. */
export interface Refusal {
  readonly rc: string;
  readonly about?: { readonly kind: 'parameter' | 'handle' | 'session'; readonly number: number };
}

export function refuse(rc: string, kind?: 'parameter' | 'handle' | 'session', number = 1): Refusal {
  return kind === undefined ? { rc } : { rc, about: { kind, number } };
}

export function isRefusal(outcome: object): outcome is Refusal {
  return 'rc' in outcome && typeof outcome.rc === 'string';
}

/** A response without anything but its code (Part 3, 5.2: errors carry no sessions). */
export function errorResponse(refusal: Refusal): Uint8Array<ArrayBuffer> {
  const base = constantValue(refusal.rc);
  const code = refusal.about ? responseCodeAbout(base, refusal.about.kind, refusal.about.number) : base;
  return concat(u16(0x8001), u32(10), u32(code));
}
