/** Sources: scenario files by path, listings of firmware by reference; places in either where a run can stop. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { basename } from 'node:path';
import { InputError } from '../../emulator/common/errors';
import type { TextRange } from '../../emulator/common/errors';
import type { SourceId } from '../../emulator/common/frames';
import { listingLine, listingText } from '../../emulator/pef/listing';
import { LISTINGS } from '../../emulator/pef/routines';
import type { Args } from './arguments';
import { toPath, toClientPath } from './files';
import type { Client, Context, Handlers, Reply } from './handlers';
import type { LiveRun } from './live-run';

const EXTENSION = '.pef-listing';
const NAMES = [...LISTINGS.keys()];

/** Lines of a listing that its routine stops at. */
export function listingLines(name: string): readonly TextRange[] {
  const listing = LISTINGS.get(name);
  if (!listing) return [];
  return listing.lines
    .filter((line) => line.label !== '')
    .map((row) => {
      const line = listingLine(listing, row.label);
      return { line, column: 1 + row.text.search(/\S|$/), endLine: line, endColumn: 1 + row.text.length };
    })
    .sort((a, b) => a.line - b.line);
}

export function toSource(client: Client, source: SourceId): DebugProtocol.Source {
  if (source.kind === 'file')
    return { name: basename(source.path), path: toClientPath(source.path, client.pathsAreUris) };
  const owner = LISTINGS.get(source.name)?.owner;
  return {
    name: source.name + EXTENSION,
    sourceReference: NAMES.indexOf(source.name) + 1,
    origin: owner ? `${owner} model` : 'listing',
  };
}

/** The source that a client means. @throws InputError when it is no file and no listing */
export function fromSource(args: Args): SourceId {
  const reference = args.optionalInteger('sourceReference') ?? 0;
  if (reference > 0) return { kind: 'listing', name: listingName(reference) };
  const path = args.optionalText('path');
  if (path === undefined) {
    const name = args.optionalText('name')?.replace(EXTENSION, '');
    if (name !== undefined && LISTINGS.has(name)) return { kind: 'listing', name };
    throw new InputError('bad-source', 'A source needs a path or a sourceReference.');
  }
  return { kind: 'file', path: toPath(path) };
}

function listingName(reference: number): string {
  const name = NAMES[reference - 1];
  if (name === undefined) throw new InputError('unknown-source', `There is no source with the reference ${reference}.`);
  return name;
}

/** Where a run can stop in a source, ascending. */
export function stopPlaces(run: LiveRun, source: SourceId): readonly TextRange[] {
  return source.kind === 'file' ? run.target.breakpointLines(source.path) : listingLines(source.name);
}

function source(_context: Context, args: Args): Reply {
  const given = args.has('source') ? args.object('source') : args;
  const reference = given.optionalInteger('sourceReference') ?? args.optionalInteger('sourceReference') ?? 0;
  if (reference === 0)
    throw new InputError('bad-source', 'The text of a file is in the file; only listings have a reference.');
  const listing = LISTINGS.get(listingName(reference));
  return { body: { content: listing ? listingText(listing) : '', mimeType: 'text/x-pef-listing' } };
}

function loadedSources(context: Context): Reply {
  const files: SourceId[] = context.run().target.files.map((path) => ({ kind: 'file', path }));
  const listings: SourceId[] = NAMES.map((name) => ({ kind: 'listing', name }));
  return { body: { sources: [...files, ...listings].map((each) => toSource(context.client, each)) } };
}

function breakpointLocations(context: Context, args: Args): Reply {
  const { client } = context;
  const from = fromSource(args.object('source'));
  const first = args.integer('line') - client.lineOffset;
  const last = (args.optionalInteger('endLine') ?? args.integer('line')) - client.lineOffset;
  const places = stopPlaces(context.run(), from).filter((range) => range.line >= first && range.line <= last);
  return {
    body: {
      breakpoints: places.map((range) => ({
        line: range.line + client.lineOffset,
        column: range.column + client.columnOffset,
        endLine: range.endLine + client.lineOffset,
        endColumn: range.endColumn + client.columnOffset,
      })),
    },
  };
}

export const sourceHandlers: Handlers = { source, loadedSources, breakpointLocations };
