/** Scopes of a frame, and the trees of variables below them. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { equalBytes, hexNumber } from '../../emulator/common/bytes';
import { InputError } from '../../emulator/common/errors';
import type { CallInfo } from '../../emulator/common/machine';
import { callNumbered, type CallParameter, type CallRow } from '../../emulator/pef/calls';
import { CALL_VALUES, codeName } from '../../emulator/pef/codes';
import type { EvaluateResult } from '../../emulator/timeline/replayable';
import type { CallReturn } from '../../emulator/timeline/timeline';
import type { Args } from './arguments';
import { exchangeView, type Exchange } from './exchange';
import type { Context, Handlers, Reply } from './handlers';
import { MOST_MEMBERS, listed, memberNamed, type Container, type Format, type Shown } from './inspection';
import { valueOf, type LiveRun } from './live-run';
import type { RegisterViews } from './registers';
import { peekBytes } from './memory';
import { withoutRemark } from './values';

interface View {
  readonly name: string;
  readonly container: Container;
  readonly hint?: 'arguments' | 'locals' | 'registers';
}

function viewsOf(run: LiveRun, index: number): readonly View[] {
  const frame = run.view.frames[index];
  if (!frame) return [];
  const views: View[] = [];
  // A statement shows the call that it is making; the innermost one also the last that has returned.
  const call = frame.call ?? run.view.frames.slice(0, index).findLast((inner) => inner.call)?.call;
  const returned = !call && index === 0 && frame.kind === 'script' ? run.debugger.timeline.lastReturn : undefined;
  const exchange = run.target.machine.exchange;
  const exchangeScope: View[] = exchange ? [{ name: 'TPM exchange', container: exchangeOf(run, exchange) }] : [];
  if (frame.kind === 'tpm') views.push(...exchangeScope);
  // A run that has passed has left all its variables.
  if (frame.kind === 'script' && run.target.outcome?.kind !== 'passed') {
    const variables = listed((format) =>
      run.target.variables(index).map((variable) =>
        run.values.shown(variable.name, variable.value, format, {
          evaluateName: variable.name,
          ...(variable.doc !== undefined && { type: variable.doc }),
          set: (text) => run.assign(variable.name, text, index),
        }),
      ),
    );
    views.push({ name: 'Variables', container: variables, hint: 'locals' });
  }
  if (call) views.push({ name: 'Call', container: callView(run, call), hint: 'arguments' });
  if (returned) views.push({ name: 'Last call', container: callView(run, returned.call, returned), hint: 'arguments' });
  const { locals } = frame;
  if (locals && locals.length > 0) {
    const container = listed((format) =>
      locals.map((local) =>
        run.values.shown(local.name, local.value, format, local.doc === undefined ? {} : { type: local.doc }),
      ),
    );
    views.push({ name: 'Locals', container, hint: 'locals' });
  }
  if (frame.kind !== 'tpm') views.push(...exchangeScope);
  views.push(...registerScopes(run.registers));
  return views;
}

function registerScopes(registers: RegisterViews): View[] {
  return [
    { name: 'GPRs', container: registers.gprs(), hint: 'registers' },
    { name: 'Special', container: registers.special(), hint: 'registers' },
    { name: 'Floating point', container: registers.floatingPoint(), hint: 'registers' },
    { name: 'Vector', container: registers.vector(), hint: 'registers' },
  ];
}

/** The call's arguments by the names of its row, and its results when it has returned. */
function callView(run: LiveRun, call: CallInfo, returned?: CallReturn): Container {
  const row = callNumbered(call.lev, call.number);
  return listed(() => [
    {
      name: call.name ?? hexNumber(call.number),
      value: `${call.lev === 2 ? 'ultracall' : 'hypercall'} ${hexNumber(call.number)} by ${call.caller}`,
      ...(row && { type: row.summary }),
    },
    ...call.args.map((value, i): Shown => {
      const parameter = row?.parameters[i];
      const register = `r${4 + i}`;
      if (!parameter) return { name: register, value: hexNumber(value) };
      const space = addressSpace(run, parameter);
      return {
        name: parameter.name,
        value: argumentText(parameter, value, space !== undefined),
        type: `${register}: ${parameter.doc}`,
        ...(space !== undefined && { memoryReference: `${space}:${hexNumber(value)}` }),
      };
    }),
    ...(returned ? resultsOf(returned, row) : []),
  ]);
}

function resultsOf({ call, result, r4 }: CallReturn, row: CallRow | undefined): Shown[] {
  const name = codeName(call.lev, result);
  const meaning = name === undefined ? undefined : row?.returns[name];
  const output = row?.outputs.find((each) => each.register === 4);
  return [
    {
      name: 'result',
      value: name === undefined ? hexNumber(result) : `${name} (${BigInt.asIntN(64, result)})`,
      type: meaning === undefined ? 'r3' : `r3: ${meaning}`,
    },
    ...(output && result === 0n
      ? [{ name: output.name, value: `${hexNumber(r4)} (${r4})`, type: `r4: ${output.doc}` }]
      : []),
  ];
}

/** Which memory a parameter's address is in, as its row says, if it is one. */
function addressSpace(run: LiveRun, parameter: CallParameter): string | undefined {
  if (parameter.doc.startsWith('real address')) return 'real';
  return parameter.doc.startsWith('guest physical address') ? guestName(run) : undefined;
}

function guestName(run: LiveRun): string | undefined {
  const { actor, config } = run.target.machine;
  return actor.kind === 'guest' ? actor.guest : config.guests[0]?.name;
}

/** `0x1 TPM_COMM_OP_EXECUTE`: the constant that the parameter's row names for the value. */
function argumentText(parameter: CallParameter, value: bigint, isAddress: boolean): string {
  const signed = BigInt.asIntN(64, value);
  const named = (parameter.doc.match(/\b[A-Z][A-Z0-9_]{3,}\b/g) ?? []).find(
    (word) => CALL_VALUES.get(word)?.value === signed,
  );
  if (named !== undefined) return `${hexNumber(value)} ${named}`;
  return isAddress || value < 10n ? hexNumber(value) : `${hexNumber(value)} (${value})`;
}

/** The exchange; while the call is being served, its bytes are those in the guest's buffers. */
function exchangeOf(run: LiveRun, exchange: Exchange): Container {
  const args = run.view.frames.find((frame) => frame.call?.name === 'H_TPM_COMM')?.call?.args;
  const guest = guestName(run);
  return exchangeView(exchange, (kind) => {
    const bytes = kind === 'command' ? exchange.command : exchange.response;
    const address = args?.[kind === 'command' ? 1 : 3];
    if (guest !== undefined && address !== undefined && bytes) {
      const there = peekBytes(run, { space: guest, address }, bytes.length);
      if (equalBytes(there, bytes)) return { space: guest, address };
    }
    return { space: `tpm-${kind}`, address: 0n };
  });
}

function scopes(context: Context, args: Args): Reply {
  const run = context.still();
  const frame = args.integer('frameId');
  const thread = run.view.threadOf(frame);
  const views =
    thread === undefined ? viewsOf(run, run.view.frameIndex(frame)) : registerScopes(run.registersOf(thread));
  return {
    body: {
      scopes: views.map((view) => ({
        name: view.name,
        variablesReference: run.view.reference(view.container),
        expensive: false,
        ...(view.hint && { presentationHint: view.hint }),
        ...(view.container.named !== undefined && { namedVariables: view.container.named }),
      })),
    },
  };
}

export function toVariable(run: LiveRun, shown: Shown): DebugProtocol.Variable {
  const { name, value, type, children, evaluateName, memoryReference } = shown;
  return {
    name,
    value,
    ...(type !== undefined && { type }),
    variablesReference: run.view.reference(children),
    ...(children?.named !== undefined && { namedVariables: children.named }),
    ...(children?.indexed !== undefined && { indexedVariables: children.indexed }),
    ...(evaluateName !== undefined && { evaluateName }),
    ...(memoryReference !== undefined && { memoryReference }),
    ...(!shown.set && { presentationHint: { attributes: ['readOnly'] } }),
  };
}

export function formatOf(args: Args): Format {
  return args.has('format') ? { hex: args.object('format').flag('hex') || undefined } : {};
}

function variables(context: Context, args: Args): Reply {
  const run = context.still();
  const container = run.view.container(args.integer('variablesReference'));
  const start = args.optionalInteger('start') ?? 0;
  const count = args.optionalInteger('count') || MOST_MEMBERS;
  const filter = args.optionalText('filter');
  const indexed = container.indexed !== undefined;
  if ((filter === 'named' && indexed) || (filter === 'indexed' && !indexed)) return { body: { variables: [] } };
  const members = container.list(start, Math.min(count, MOST_MEMBERS), formatOf(args));
  return { body: { variables: members.map((member) => toVariable(run, member)) } };
}

function setVariable(context: Context, args: Args): Reply {
  const run = context.still();
  const member = memberNamed(run.view.container(args.integer('variablesReference')), args.text('name'));
  if (!member.set) throw new InputError('read-only', `'${member.name}' cannot be set.`);
  return changed(context, run, member.set(withoutRemark(args.text('value'))), formatOf(args));
}

function setExpression(context: Context, args: Args): Reply {
  const run = context.still();
  const frame = args.has('frameId') ? run.view.frameIndex(args.integer('frameId')) : undefined;
  return changed(context, run, run.assign(args.text('expression'), args.text('value'), frame), formatOf(args));
}

/** The answer to an assignment: the value that it left, after which everything is looked at anew. */
export function changed(context: Context, run: LiveRun, result: EvaluateResult, format: Format): Reply {
  const value = valueOf(result);
  run.renew();
  const { value: text, type, children } = run.values.shown('', value, format);
  return {
    body: { value: text, type, variablesReference: run.view.reference(children) },
    after: () => context.invalidate(),
  };
}

export const scopeHandlers: Handlers = { scopes, variables, setVariable, setExpression };
