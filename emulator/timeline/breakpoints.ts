/**
 * The breakpoints of one debugger: what was asked for, where it came to lie, and which of them a stride hits.
 *
 * Requests outlive the run: `attach` lays them over a new one (after a restart). A hit count is the number of hits since
 * the start of the recording, so it is a function of the tick like everything else, in both directions.
 */

import { toHex } from '../common/bytes';
import type { Frame, SourceId, SourceLocation } from '../common/frames';
import type { MachineEvent } from '../common/machine';
import type { TextRange } from '../common/errors';
import { isAtOrAfter, isTruth, keyOf } from './breakpoint-requests';
import type { Breakpoint, DataRequest, Group, LineRequest, Narrowing, Place } from './breakpoint-requests';
import { parseEventCondition, parseHitCondition, parseLogMessage } from './conditions';
import type { EventCondition, HitCondition, LogPart } from './conditions';
import { EVENT_CLASSES, eventNamed, eventText, unknownEvent } from './events';
import type { EventClass, EventMatcher, EventVocabulary } from './events';
import { beginsLine, sameSource, type Position } from './position';
import type { DebugTarget } from './replayable';

export type { Breakpoint, DataRequest, LineRequest, Narrowing } from './breakpoint-requests';

export type HitReason =
  'breakpoint' | 'function breakpoint' | 'exception' | 'instruction breakpoint' | 'data breakpoint';

export interface Hit {
  readonly reason: HitReason;
  readonly description: string;
  readonly ids: readonly number[];
  /** The event, when it was one. */
  readonly event?: MachineEvent;
}

interface Entry {
  readonly id: number;
  readonly place: Place;
  readonly narrowing: Narrowing;
  readonly hitCondition: HitCondition | undefined;
  readonly log: readonly LogPart[] | undefined;
  verified: boolean;
  message: string | undefined;
  location: SourceLocation | undefined;
  matcher: EventMatcher | undefined;
  /** Where it is met by an instruction: an address, or the entry points of a symbol. */
  addresses: readonly bigint[];
  eventCondition: EventCondition | undefined;
  hits: number;
  /** Log messages of ticks up to here were printed. */
  loggedTo: number;
  /** Last value seen of a data breakpoint, written out. */
  last: string | undefined;
}

/** Most breakpoints of one group: more is a mistake, and each costs time in every tick. */
const MOST_BREAKPOINTS = 10_000;

/** Places of a listing where a breakpoint can lie, ascending. */
export type ListingLines = (name: string) => readonly TextRange[];

export interface Surroundings {
  readonly target: DebugTarget;
  readonly words: EventVocabulary;
  readonly listingLines: ListingLines;
  /** Bytes for data breakpoints on memory; undefined where there are none. Changes nothing. */
  readonly peek?: (reference: string, length: number) => Uint8Array | undefined;
}

/** What one stride showed. */
export interface Seen {
  readonly before: Position | undefined;
  readonly now: Position;
  readonly events: readonly MachineEvent[];
}

export class BreakpointTable {
  #entries: Entry[] = [];
  #nextId = 1;
  #around: Surroundings | undefined;
  #version = 0;

  /** Changes whenever breakpoints were set: counts of hits may lack the new ones. */
  get version(): number {
    return this.#version;
  }

  /** Lays all breakpoints over a run. Their hits start from nothing. */
  attach(around: Surroundings): void {
    this.#around = around;
    for (const entry of this.#entries) {
      entry.hits = 0;
      entry.loggedTo = -1;
      entry.last = undefined;
      this.#resolve(entry, around);
    }
  }

  /** Replaces the line breakpoints of one source. */
  setLines(source: SourceId, requests: readonly LineRequest[]): readonly Breakpoint[] {
    return this.#replace(
      (place) => place.kind === 'line' && sameSource(place.source, source),
      requests.map((request) => [{ kind: 'line', source, request }, request]),
    );
  }

  /** Replaces the breakpoints on named events. */
  setEvents(requests: readonly (Narrowing & { readonly name: string })[]): readonly Breakpoint[] {
    return this.#replaceGroup(
      'event',
      requests.map((request) => [{ kind: 'event', name: request.name }, request]),
    );
  }

  /** Replaces the classes of events that stop. */
  setClasses(requests: readonly { readonly name: EventClass; readonly condition?: string }[]): readonly Breakpoint[] {
    return this.#replaceGroup(
      'class',
      requests.map((request) => [{ kind: 'class', name: request.name }, { condition: request.condition }]),
    );
  }

  /** Replaces the breakpoints on instruction addresses (effective addresses). */
  setAddresses(requests: readonly (Narrowing & { readonly address: bigint })[]): readonly Breakpoint[] {
    return this.#replaceGroup(
      'address',
      requests.map((request) => [{ kind: 'address', address: request.address }, request]),
    );
  }

  /** Replaces the data breakpoints. */
  setData(requests: readonly DataRequest[]): readonly Breakpoint[] {
    return this.#replaceGroup(
      'data',
      requests.map((request) => [{ kind: 'data', request }, request]),
    );
  }

  /** All breakpoints as they lie now. */
  all(): readonly Breakpoint[] {
    return this.#entries.map(publicView);
  }

  /** Frames must be looked at after every stride. */
  get needsFrames(): boolean {
    return this.#entries.some((entry) => entry.verified && (entry.place.kind === 'line' || entry.addresses.length > 0));
  }

  /** Every single tick must be looked at. */
  get needsEveryTick(): boolean {
    return this.#entries.some((entry) => entry.verified && entry.place.kind === 'data');
  }

  /** Addresses of instructions that a stride must not pass over. */
  codeAddresses(): readonly bigint[] {
    return this.#entries.flatMap(({ verified, addresses }) => (verified ? addresses : []));
  }

  /** Places in files that line breakpoints lie at. */
  fileLines(): readonly { readonly path: string; readonly line: number }[] {
    return this.#entries.flatMap(({ verified, place, location }) =>
      verified && place.kind === 'line' && place.source.kind === 'file' && location
        ? [{ path: place.source.path, line: location.range.line }]
        : [],
    );
  }

  get countsHits(): boolean {
    return this.#entries.some((entry) => entry.hitCondition !== undefined);
  }

  hits(): ReadonlyMap<number, number> {
    return new Map(this.#entries.map((entry) => [entry.id, entry.hits]));
  }

  setHits(hits: ReadonlyMap<number, number>): void {
    for (const entry of this.#entries) entry.hits = hits.get(entry.id) ?? 0;
  }

  /** Takes the present values of data breakpoints as those before the next stride. */
  rebase(): void {
    for (const entry of this.#entries) {
      if (entry.place.kind === 'data') entry.last = this.#read(entry.place.request);
    }
  }

  /** The breakpoint on failures with its condition true, or undefined. */
  failureId(): number | undefined {
    const entry = this.#entries.find((each) => each.place.kind === 'class' && each.place.name === 'failures');
    if (!entry?.verified) return undefined;
    return this.#isTrue(entry.narrowing.condition) === false ? undefined : entry.id;
  }

  /**
   * What stops after a stride, if anything. Counts hits.
   *
   * @param log receives the text of log messages whose tick was not logged before
   */
  check(seen: Seen, log?: (text: string, location: SourceLocation | undefined) => void): Hit | undefined {
    const hits: { entry: Entry; event: MachineEvent | undefined; description: string }[] = [];
    for (const entry of this.#entries) {
      if (!entry.verified) continue;
      const met = this.#meets(entry, seen);
      if (!met) continue;
      const problem = this.#narrowed(entry);
      if (problem === false) continue;
      if (entry.log) {
        if (log && seen.now.tick > entry.loggedTo) {
          entry.loggedTo = seen.now.tick;
          log(this.#logText(entry.log), seen.now.frames[0]?.location);
        }
        continue;
      }
      hits.push({ entry, event: met.event, description: problem === true ? met.description : problem });
    }
    const first = hits[0];
    if (!first) return undefined;
    return {
      reason: REASONS[first.entry.place.kind],
      description: first.description,
      ids: hits.map((hit) => hit.entry.id),
      event: hits.find((hit) => hit.event)?.event,
    };
  }

  #meets(entry: Entry, seen: Seen): { description: string; event?: MachineEvent } | undefined {
    const { place } = entry;
    const top = seen.now.frames[0];
    switch (place.kind) {
      case 'line': {
        const at = top?.location;
        if (!at || at.range.line !== entry.location?.range.line || !sameSource(at.source, place.source))
          return undefined;
        if (place.request.column !== undefined && at.range.column !== entry.location.range.column) return undefined;
        return beginsLine(seen.before, seen.now) ? { description: 'Breakpoint' } : undefined;
      }
      case 'address':
        return isAtOneOf(entry.addresses, top) ? { description: 'Instruction breakpoint' } : undefined;
      case 'data': {
        const value = this.#read(place.request);
        const before = entry.last;
        if (value === undefined) return undefined;
        entry.last = value;
        if (before === undefined || before === value) return undefined;
        return { description: `${place.request.expression}: ${before} became ${value}` };
      }
      case 'event':
      case 'class': {
        if (place.kind === 'event' && entry.addresses.length > 0) {
          // Another guest's instructions may stand at the same addresses.
          const own = this.#around?.target.machine.symbols.named(place.name.trim())?.own === true;
          return own && isAtOneOf(entry.addresses, top)
            ? { description: `Function breakpoint ${place.name}` }
            : undefined;
        }
        const event = seen.events.find(
          (each) => entry.matcher?.matches(each) === true && entry.eventCondition?.matches(each) !== false,
        );
        return event && { event, description: eventText(event) };
      }
    }
  }

  /** Condition and hit condition. True: stop; false: go on; a text: stop, because the condition cannot be evaluated. */
  #narrowed(entry: Entry): boolean | string {
    const condition = entry.eventCondition ? entry.eventCondition.expression : entry.narrowing.condition;
    const holds = this.#isTrue(condition);
    if (holds === false) return false;
    entry.hits++;
    if (entry.hitCondition && !entry.hitCondition(entry.hits)) return false;
    return holds;
  }

  #isTrue(condition: string | undefined): boolean | string {
    if (condition === undefined || condition.trim() === '') return true;
    const result = this.#around?.target.evaluate(condition);
    if (!result) return true;
    if ('error' in result) return `The breakpoint's condition cannot be evaluated: ${result.error}`;
    return isTruth(result.value) ?? `The breakpoint's condition '${condition}' is neither a number nor a boolean.`;
  }

  /** The watched value, written out; undefined while there is none, such as out of its scope. */
  #read({ expression, memory }: DataRequest): string | undefined {
    if (memory) {
      const bytes = this.#around?.peek?.(memory.reference, memory.length);
      return bytes && toHex(bytes, ' ');
    }
    const target = this.#around?.target;
    const result = target?.evaluate(expression);
    return target && result && 'value' in result ? target.format(result.value, { hex: true }) : undefined;
  }

  #logText(parts: readonly LogPart[]): string {
    const target = this.#around?.target;
    return parts
      .map((part) => {
        if ('text' in part) return part.text;
        const result = target?.evaluate(part.expression);
        if (!target || !result) return '';
        return 'error' in result ? `{${part.expression}: ${result.error}}` : target.format(result.value);
      })
      .join('');
  }

  #replaceGroup(group: Group, wanted: readonly (readonly [Place, Narrowing])[]): readonly Breakpoint[] {
    return this.#replace((place) => place.kind === group, wanted);
  }

  #replace(
    belongs: (place: Place) => boolean,
    wanted: readonly (readonly [Place, Narrowing])[],
  ): readonly Breakpoint[] {
    this.#version++;
    const old = this.#entries.filter((entry) => belongs(entry.place));
    const fresh = wanted.slice(0, MOST_BREAKPOINTS).map(([place, narrowing]) => {
      const key = keyOf(place, narrowing);
      const index = old.findIndex((entry) => keyOf(entry.place, entry.narrowing) === key);
      return index < 0 ? this.#make(place, narrowing) : (old.splice(index, 1)[0] ?? this.#make(place, narrowing));
    });
    this.#entries = [...this.#entries.filter((entry) => !belongs(entry.place)), ...fresh];
    return fresh.map(publicView);
  }

  #make(place: Place, narrowing: Narrowing): Entry {
    const { hitCondition, logMessage } = narrowing;
    const entry: Entry = {
      id: this.#nextId++,
      place,
      narrowing,
      hitCondition: hitCondition?.trim() ? parseHitCondition(hitCondition) : undefined,
      log: logMessage ? parseLogMessage(logMessage) : undefined,
      verified: false,
      message: undefined,
      location: undefined,
      matcher: undefined,
      addresses: [],
      eventCondition: undefined,
      hits: 0,
      loggedTo: -1,
      last: undefined,
    };
    if (this.#around) this.#resolve(entry, this.#around);
    return entry;
  }

  /** Finds out where a breakpoint lies in this run, or why it cannot. */
  #resolve(entry: Entry, around: Surroundings): void {
    entry.verified = false;
    entry.location = undefined;
    entry.message = this.#problem(entry, around);
    entry.verified = entry.message === undefined;
    if (entry.place.kind === 'data') entry.last = this.#read(entry.place.request);
  }

  #problem(entry: Entry, around: Surroundings): string | undefined {
    const { place, narrowing } = entry;
    if (narrowing.hitCondition?.trim() && !entry.hitCondition) {
      return `'${narrowing.hitCondition}' is not a hit condition; write a number, or one after >=, >, <, <=, == or %.`;
    }
    switch (place.kind) {
      case 'line': {
        const { source, request } = place;
        const lines =
          source.kind === 'file' ? around.target.breakpointLines(source.path) : around.listingLines(source.name);
        const range = lines.find((each) => isAtOrAfter(each, request));
        if (!range) return 'There is no statement on this line or after it.';
        entry.location = { source, range };
        return undefined;
      }
      case 'event':
        entry.matcher = eventNamed(place.name, around.words);
        entry.addresses = entry.matcher ? [] : (around.target.machine.symbols.named(place.name.trim())?.places ?? []);
        return entry.matcher || entry.addresses.length > 0 ? undefined : unknownEvent(place.name, around.words);
      case 'class': {
        const row = EVENT_CLASSES.find((each) => each.name === place.name);
        entry.matcher = row && { description: row.label, matches: (event) => row.matches(event) };
        entry.eventCondition =
          narrowing.condition && place.name !== 'failures'
            ? parseEventCondition(narrowing.condition, around.words)
            : undefined;
        return undefined;
      }
      case 'address':
        entry.addresses = [place.address];
        return undefined;
      case 'data': {
        const { expression, memory } = place.request;
        if (memory) return this.#read(place.request) === undefined ? `There is no memory at ${expression}.` : undefined;
        const result = around.target.evaluate(expression);
        return 'error' in result ? result.error : undefined;
      }
    }
  }
}

const REASONS: Readonly<Record<Group, HitReason>> = {
  line: 'breakpoint',
  event: 'function breakpoint',
  class: 'exception',
  address: 'instruction breakpoint',
  data: 'data breakpoint',
};

/** Whether an instruction at one of these addresses is next. */
function isAtOneOf(addresses: readonly bigint[], top: Frame | undefined): boolean {
  return top?.kind === 'code' && top.address !== undefined && addresses.includes(top.address);
}

function publicView(entry: Entry): Breakpoint {
  const { id, verified, message, location } = entry;
  return { id, verified, ...(message !== undefined && { message }), ...(location && { location }) };
}
