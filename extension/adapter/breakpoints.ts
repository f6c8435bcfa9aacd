/** Requests that set breakpoints of all kinds. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { hexNumber } from '../../emulator/common/bytes';
import { InputError } from '../../emulator/common/errors';
import type { Breakpoint, DataRequest, Narrowing } from '../../emulator/timeline/breakpoints';
import { EVENT_CLASSES, type EventClass } from '../../emulator/timeline/events';
import type { Args } from './arguments';
import type { Context, Handlers, Reply } from './handlers';
import { MOST_MEMBERS } from './inspection';
import { parseReference, peekBytes } from './memory';
import { fromSource, toSource } from './sources';

export function toBreakpoint(context: Context, breakpoint: Breakpoint): DebugProtocol.Breakpoint {
  const { client } = context;
  const { id, verified, message, location } = breakpoint;
  return {
    id,
    verified,
    ...(message !== undefined && { message }),
    ...(location && {
      source: toSource(client, location.source),
      line: location.range.line + client.lineOffset,
      column: location.range.column + client.columnOffset,
      endLine: location.range.endLine + client.lineOffset,
      endColumn: location.range.endColumn + client.columnOffset,
    }),
  };
}

function narrowing(args: Args): Narrowing {
  return {
    condition: args.optionalText('condition'),
    hitCondition: args.optionalText('hitCondition'),
    logMessage: args.optionalText('logMessage'),
  };
}

function answer(context: Context, breakpoints: readonly Breakpoint[]): Reply {
  return { body: { breakpoints: breakpoints.map((each) => toBreakpoint(context, each)) } };
}

function setBreakpoints(context: Context, args: Args): Reply {
  context.run();
  const { client } = context;
  const source = fromSource(args.object('source'));
  const requests = args.objects('breakpoints').map((each) => {
    const column = each.optionalInteger('column');
    return {
      ...narrowing(each),
      line: each.integer('line') - client.lineOffset,
      ...(column !== undefined && { column: column - client.columnOffset }),
    };
  });
  return answer(context, context.breakpoints.setLines(source, requests));
}

function setFunctionBreakpoints(context: Context, args: Args): Reply {
  context.run();
  const requests = args.objects('breakpoints').map((each) => ({ ...narrowing(each), name: each.text('name') }));
  return answer(context, context.breakpoints.setEvents(requests));
}

function setExceptionBreakpoints(context: Context, args: Args): Reply {
  context.run();
  const wanted = [
    ...args.texts('filters').map((name) => ({ name: classNamed(name) })),
    ...args.objects('filterOptions').map((each) => {
      return { name: classNamed(each.text('filterId')), condition: each.optionalText('condition') };
    }),
  ];
  return answer(context, context.breakpoints.setClasses(wanted));
}

function classNamed(name: string): EventClass {
  const row = EVENT_CLASSES.find((each) => each.name === name);
  if (!row) {
    const known = EVENT_CLASSES.map((each) => each.name).join(', ');
    throw new InputError('unknown-filter', `There is no class of events '${name.slice(0, 80)}'; there are ${known}.`);
  }
  return row.name;
}

function setInstructionBreakpoints(context: Context, args: Args): Reply {
  context.run();
  const requests = args.objects('breakpoints').map((each) => {
    const { space, address } = parseReference(each.text('instructionReference'));
    if (space !== undefined)
      throw new InputError('bad-address', 'An instruction breakpoint needs an effective address.');
    const offset = BigInt(each.optionalInteger('offset', { min: -(2 ** 53) + 1 }) ?? 0);
    return { ...narrowing(each), address: BigInt.asUintN(64, address + offset) };
  });
  const set = context.breakpoints.setAddresses(requests);
  return {
    body: {
      breakpoints: set.map((each, i) => ({
        ...toBreakpoint(context, each),
        instructionReference: hexNumber(requests[i]?.address ?? 0n),
      })),
    },
  };
}

const WRITE = { accessTypes: ['write'], canPersist: true } as const;

/** What can be watched: an expression of the language, or bytes of memory. The data id says which. */
function dataBreakpointInfo(context: Context, args: Args): Reply {
  const run = context.still();
  const name = args.text('name');
  if (args.flag('asAddress')) {
    const length = args.optionalInteger('bytes', { min: 1, max: MOST_WATCHED_BYTES }) ?? 8;
    const there = peekBytes(run, parseReference(name), length);
    if (there.length < length) return { body: { dataId: null, description: `There is no memory at ${name}.` } };
    const description = `${length} bytes at ${name}`;
    return { body: { dataId: `memory ${name} ${length}`, description, ...WRITE } };
  }
  let expression = name;
  if ((args.optionalInteger('variablesReference') ?? 0) > 0) {
    const members = run.view.container(args.integer('variablesReference')).list(0, MOST_MEMBERS, {});
    expression = members.find((member) => member.name === name)?.evaluateName ?? '';
  }
  const result =
    expression === '' ? { error: `'${name.slice(0, 80)}' has no name of its own.` } : run.evaluate(expression);
  if ('error' in result) return { body: { dataId: null, description: result.error } };
  return { body: { dataId: expression, description: expression, ...WRITE } };
}

const MOST_WATCHED_BYTES = 4096;

function dataRequest(dataId: string): DataRequest {
  const memory = /^memory (\S+) ([0-9]{1,4})$/.exec(dataId);
  if (!memory) return { dataId, expression: dataId };
  const [, reference = '', bytes = ''] = memory;
  parseReference(reference);
  const length = Math.min(Number(bytes), MOST_WATCHED_BYTES);
  return { dataId, expression: `${length} bytes at ${reference}`, memory: { reference, length } };
}

function setDataBreakpoints(context: Context, args: Args): Reply {
  context.run();
  const requests = args.objects('breakpoints').map((each): DataRequest => {
    const { condition, hitCondition } = narrowing(each);
    return { ...dataRequest(each.text('dataId')), condition, hitCondition };
  });
  return answer(context, context.breakpoints.setData(requests));
}

export const breakpointHandlers: Handlers = {
  setBreakpoints,
  setFunctionBreakpoints,
  setExceptionBreakpoints,
  setInstructionBreakpoints,
  dataBreakpointInfo,
  setDataBreakpoints,
};
