/**
 * How the routine of a call is written: its checks in the order of the profile, each with its code and the reason in words,
 * then what the call does. The listing follows from that.
 */
import type { Profile } from '../common/machine';
import { codeValue } from './codes';
import { type Coroutine, type FirmwareContext, type Outcome, type Routine, line } from './firmware';
import { type Listing, listing } from './listing';

/** What a check refuses. */
export interface Check {
  readonly label: string;
  /** The condition, as the listing shows it behind `if`. */
  readonly when: string;
  /** Name of the return code. */
  readonly code: string;
  /** The reason in words when the call is refused, with what was expected and found. */
  readonly why: (context: FirmwareContext) => string | undefined;
}

export interface CallModel {
  readonly name: string;
  readonly owner: Listing['owner'];
  readonly source: string;
  readonly checks: readonly Check[];
  /** Lines of the listing behind the checks: `label | text`. */
  readonly steps: string;
  /** Does what the call does; begins with the line of the first step. */
  readonly run: (context: FirmwareContext) => Coroutine<Outcome>;
}

/** A routine for each profile; one where they do not differ. */
export type Routines = Readonly<Record<Profile, Routine>>;

/** Refuses a call with a code; the reason is shown. Real firmware gives the code only. */
export function refuse(context: FirmwareContext, code: string, why: string): bigint {
  context.note(`${context.call.name ?? 'call'}: ${code}: ${why}`);
  return codeValue(code);
}

function routineOf({ owner, source, checks, steps, run }: CallModel, listingName: string): Routine {
  const width = Math.max(...checks.map(({ when }) => when.length), 0);
  const refusals = checks.map(
    ({ label, when, code }) => `${label} | if ${`${when}:`.padEnd(width + 1)} return ${code}`,
  );
  return {
    listing: listing(
      listingName,
      owner,
      source,
      [...refusals, ...steps.split('\n').filter((each) => each !== '')].join('\n'),
    ),
    *run(context): Coroutine<Outcome> {
      for (const { label, code, why } of checks) {
        yield* line(label);
        const reason = why(context);
        if (reason !== undefined) return refuse(context, code, reason);
      }
      return yield* run(context);
    },
  };
}

/** Routines of a call whose model depends on the profile. */
export function profiled(model: (profile: Profile) => CallModel): Routines {
  const spec = model('spec');
  return { spec: routineOf(spec, spec.name), shipped: routineOf(model('shipped'), `${spec.name} (shipped)`) };
}

/** Routines of a call that is the same in both profiles. */
export function same(routine: Routine): Routines {
  return { spec: routine, shipped: routine };
}

export function modelled(model: CallModel): Routines {
  return same(routineOf(model, model.name));
}

export const argument = ({ call }: FirmwareContext, index: number): bigint => call.args[index] ?? 0n;
