/** package.json says the same as the code: files that exist, commands that are registered, settings that are read. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnosticLine } from '../../cli/commands/check';

const root = path.resolve(import.meta.dirname, '../..');

interface Manifest {
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly menus: { readonly [menu: string]: readonly { readonly command: string }[] };
    readonly problemMatchers: readonly { readonly pattern: { readonly regexp: string } }[];
    readonly debuggers: readonly {
      readonly configurationAttributes: { readonly launch: { readonly properties: object } };
      readonly initialConfigurations: readonly object[];
      readonly configurationSnippets: readonly { readonly body: object }[];
    }[];
  };
}

const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
const { contributes } = manifest;

const sources = fs
  .readdirSync(path.join(root, 'extension/ui'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => fs.readFileSync(path.join(root, 'extension/ui', name), 'utf8'))
  .join('\n');

/** All strings of a tree. */
function strings(node: unknown): string[] {
  if (typeof node === 'string') return [node];
  return typeof node === 'object' && node !== null ? Object.values(node).flatMap(strings) : [];
}

describe('package.json', () => {
  it('names files that exist', () => {
    const files = [manifest.icon, ...strings(contributes).filter((text) => text.startsWith('./'))];
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => !fs.existsSync(path.join(root, file)))).toEqual([]);
  });

  it('contributes exactly the commands that the extension registers', () => {
    const registered = [...sources.matchAll(/registerCommand\('([^']+)'/g)].map(([, name]) => name);
    const contributed = contributes.commands.map(({ command }) => command);
    expect(contributed.toSorted()).toEqual(registered.toSorted());
  });

  it('has menus for its own commands only', () => {
    const used = Object.values(contributes.menus).flat();
    const contributed = new Set(contributes.commands.map(({ command }) => command));
    expect(used.filter(({ command }) => !contributed.has(command))).toEqual([]);
  });

  it('offers launch configurations that its own attributes describe', () => {
    const debug = contributes.debuggers[0]!;
    const known = new Set([...Object.keys(debug.configurationAttributes.launch.properties), 'type', 'request', 'name']);
    const offered = [...debug.initialConfigurations, ...debug.configurationSnippets.map(({ body }) => body)];
    expect(offered.flatMap((each) => Object.keys(each)).filter((key) => !known.has(key))).toEqual([]);
  });

  it.each([
    ['a.pef:4:15: error: No such call. [unknown-call]', 'a.pef', '4', '15', 'error', 'No such call.', 'unknown-call'],
    ['/x y/a.pef:1:2: warning: Odd [1]. [odd]', '/x y/a.pef', '1', '2', 'warning', 'Odd [1].', 'odd'],
    ['  a.pef:2:3: 1 == 2 does not hold [failed]', 'a.pef', '2', '3', undefined, '1 == 2 does not hold', 'failed'],
    ['a.pef:2:3: no code', 'a.pef', '2', '3', undefined, 'no code', undefined],
  ])('finds the place in the line of pef: %s', (line, ...expected) => {
    const pattern = new RegExp(contributes.problemMatchers[0]!.pattern.regexp);
    expect([...(pattern.exec(line) ?? [])].slice(1)).toEqual(expected);
  });

  it('reads the lines that pef prints', () => {
    const range = { line: 4, column: 15, endLine: 4, endColumn: 20 };
    const line = diagnosticLine({
      path: '/a.pef',
      range,
      severity: 'error',
      message: 'No such call.',
      code: 'unknown-call',
    });
    const pattern = new RegExp(contributes.problemMatchers[0]!.pattern.regexp);
    expect(pattern.exec(line)?.slice(2)).toEqual(['4', '15', 'error', 'No such call.', 'unknown-call']);
  });

  it('wakes up for a scenario and for debugging, never at start', () => {
    expect(manifest.activationEvents.toSorted()).toEqual([
      'onDebugDynamicConfigurations:pef',
      'onDebugResolve:pef',
      'onLanguage:pef',
    ]);
  });
});
