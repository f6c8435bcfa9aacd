/** Expressions: watches, hovers, the console; and completion there. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { hexNumber } from '../../emulator/common/bytes';
import type { Args } from './arguments';
import { QuietError, type Context, type Handlers, type Reply } from './handlers';
import type { LiveRun } from './live-run';
import { valueOf } from './live-run';
import { changed, formatOf, toVariable } from './scopes';
import { fieldsOf, words } from './vocabulary';

/** `name = expression`, but not a comparison. */
const ASSIGNMENT = /^\s*([A-Za-z_][\w.]*)\s*=(?!=)([^]*)$/;

function evaluate(context: Context, args: Args): Reply {
  const run = context.still();
  const text = args.text('expression');
  const frame = args.has('frameId') ? run.view.frameIndex(args.integer('frameId')) : undefined;
  const where = args.optionalText('context');
  const format = formatOf(args);
  const assignment = where === 'repl' ? ASSIGNMENT.exec(text) : null;
  if (assignment) {
    const [, name = '', value = ''] = assignment;
    const { body, after } = changed(context, run, run.assign(name, value.trim(), frame), format);
    const { value: result, ...rest } = body as { readonly value: string };
    return { body: { result, ...rest }, after };
  }
  const result = run.evaluate(text, frame);
  if ('error' in result && where === 'hover') throw new QuietError('not-evaluated', result.error);
  const value = valueOf(result);
  if (where === 'clipboard') return { body: { result: run.target.format(value, format), variablesReference: 0 } };
  // A register unfolds to its bits, unless a variable of that name hides it.
  const isRegister = typeof value === 'bigint' && value === run.target.machine.readRegister(text.trim());
  const bits = isRegister ? run.registers.bitsOf(text.trim()) : undefined;
  const shown = run.values.shown(text, value, format, { evaluateName: text, ...(bits && { children: bits }) });
  const {
    value: line,
    type,
    variablesReference,
    namedVariables,
    indexedVariables,
    memoryReference,
  } = toVariable(run, shown);
  return { body: { result: line, type, variablesReference, namedVariables, indexedVariables, memoryReference } };
}

/** Most completions of one answer. */
const MOST_TARGETS = 200;

function completions(context: Context, args: Args): Reply {
  const run = context.still();
  const { client } = context;
  const lines = args.text('text').split('\n');
  const line = (args.optionalInteger('line') ?? 1 + client.lineOffset) - client.lineOffset;
  const column = args.integer('column') - client.columnOffset;
  const before = (lines[line - 1] ?? '').slice(0, Math.max(0, column - 1));
  const frame = args.has('frameId') ? run.view.frameIndex(args.integer('frameId')) : undefined;
  const word = /(?:([A-Za-z_]\w*)\.)?(\w*)$/.exec(before);
  const [, owner, prefix = ''] = word ?? [];
  const known = owner === undefined ? allWords(run, frame, prefix) : fieldsOf(owner);
  const targets: DebugProtocol.CompletionItem[] = [];
  for (const { name, doc, kind } of known) {
    if (!name.toLowerCase().startsWith(prefix.toLowerCase())) continue;
    targets.push({
      label: name,
      detail: doc,
      type: ITEM_TYPES[kind],
      start: before.length - prefix.length,
      length: prefix.length,
    });
    if (targets.length >= MOST_TARGETS) break;
  }
  return { body: { targets } };
}

const ITEM_TYPES = {
  register: 'value',
  constant: 'enum',
  field: 'field',
  variable: 'variable',
  symbol: 'function',
} as const;

/** Most symbols of one answer: a kernel has more than anybody reads. */
const MOST_SYMBOLS = 100;

function* allWords(run: LiveRun, frame: number | undefined, prefix: string) {
  const index = frame ?? run.view.frames.findIndex((each) => each.kind === 'script');
  if (index >= 0) {
    for (const { name, doc = 'variable' } of run.target.variables(index))
      yield { name, doc, kind: 'variable' as const };
  }
  for (const { name, address, type } of run.target.machine.symbols.beginning(prefix, MOST_SYMBOLS)) {
    yield { name, doc: `${type} at ${hexNumber(address)}`, kind: 'symbol' as const };
  }
  yield* words();
}

function exceptionInfo(context: Context): Reply {
  const run = context.still();
  const { stop } = run;
  if (stop?.reason !== 'exception') {
    throw new QuietError('no-exception', 'The run did not stop at an event or a failure.');
  }
  const failure = stop.outcome && stop.outcome.kind !== 'passed' ? stop.outcome.failure : undefined;
  return {
    body: {
      exceptionId: failure?.code ?? stop.event?.kind ?? 'event',
      description: stop.description,
      breakMode: 'always',
      details: {
        message: stop.description,
        ...(failure && { stackTrace: failure.stack.map((frame) => frame.name).join('\n') }),
      },
    },
  };
}

export const evaluateHandlers: Handlers = { evaluate, completions, exceptionInfo };
