/**
 * Checks a scenario file and everything it uses, and lowers it: the one place where the parts of lowering meet.
 *
 * The loader (load.ts) and the language server both give it their files as `SourceFile`s.
 */

import { HOST_RESERVED_BYTES } from '../common/machine';
import type { MachineConfig } from '../common/machine';
import type { Value } from '../common/values';
import { Context, MOST_CANDIDATES } from './context';
import type { FileContents, FileProblem, Globals, ProcedureHeader } from './context';
import { Diagnostics } from './diagnostics';
import type { Diagnostic, DiagnosticCode } from './diagnostics';
import { constantValue } from './evaluate';
import * as ast from './generated/ast';
import type { AsmBlock, Expr, Routine } from './ir';
import { lowerExpression } from './lower-expression';
import { DEFAULT_MACHINE, lowerGuest, lowerMachine, sizeText } from './lower-machine';
import { checkFree, lowerRoutine } from './lower-statement';
import { rangeOf, rangeOfProperty } from './source';

/** A file that was read and parsed without errors of syntax. */
export interface SourceFile {
  readonly path: string;
  readonly model: ast.Model;
  /** Files that it uses, by the path as written. Files may lead back to themselves. */
  readonly uses: ReadonlyMap<string, SourceFile | FileProblem>;
  /** Contents of the files that `file "..."` names. */
  readonly files: FileContents;
}

export interface Analysis {
  readonly diagnostics: readonly Diagnostic[];
  readonly config: MachineConfig;
  readonly scenarios: readonly Routine[];
  /** Procedures of the file and of those it uses, at the indices that calls name. */
  readonly procedures: readonly Routine[];
  readonly asmBlocks: readonly AsmBlock[];
  /** Values of the constants that the main file sees. */
  readonly constants: ReadonlyMap<string, Value>;
  /** All files, the main one first. */
  readonly files: readonly SourceFile[];
}

const isProblem = (file: SourceFile | FileProblem): file is FileProblem => 'message' in file;

/** The file and all files that it uses, directly or through others, each once. */
function closure(root: SourceFile): SourceFile[] {
  const found = new Set<SourceFile>([root]);
  for (const file of found) for (const used of file.uses.values()) if (!isProblem(used)) found.add(used);
  return [...found];
}

/** Analyses a file with everything that it uses. Diagnostics are those of all these files. */
export function analyse(root: SourceFile): Analysis {
  return new Analyser(root).run();
}

/** Most constants that one constant may need the others of, in a chain. */
const MAX_CONSTANT_CHAIN = 100;

class Analyser {
  private readonly diagnostics = new Diagnostics();
  private readonly files: readonly SourceFile[];
  private readonly asmBlocks: AsmBlock[] = [];
  private readonly headers = new Map<ast.Procedure, ProcedureHeader>();
  private readonly procedures: { readonly node: ast.Procedure; readonly file: SourceFile }[] = [];
  private readonly constants = new Map<ast.Constant, Expr | 'pending'>();
  private readonly contexts = new Map<SourceFile, Context>();
  private chain = 0;
  /** Names of the images' symbols, once the guests are checked. */
  private readonly symbols = new Set<string>();
  private unreadImage = false;

  constructor(private readonly root: SourceFile) {
    this.files = closure(root);
    for (const file of this.files) {
      for (const node of file.model.declarations) {
        if (!ast.isProcedure(node)) continue;
        const { name } = node;
        const parameters = node.parameters.map((parameter) => parameter.name);
        this.headers.set(node, {
          name,
          index: this.procedures.length,
          parameters,
          returnsValue: returnsValue(node.body),
        });
        this.procedures.push({ node, file });
      }
    }
  }

  run(): Analysis {
    const { files, asmBlocks } = this;
    for (const file of files) this.checkDeclarations(file);
    const context = this.context(this.root);
    const config = { ...lowerMachine(context, this.root.model.machines), guests: this.lowerGuests() };
    this.checkFit(context, config);
    for (const file of files) this.lowerConstants(file);
    const procedures = this.procedures.map(({ node, file }) => lowerRoutine(this.context(file), node));
    const scenarios = files.flatMap((file) => this.lowerScenarios(file));
    const constants = new Map<string, Value>();
    for (const [node, expression] of this.constants) {
      if (expression !== 'pending' && expression.kind === 'value') constants.set(node.name, expression.value);
    }
    return { diagnostics: this.diagnostics.all, config, scenarios, procedures, asmBlocks, constants, files };
  }

  private context(file: SourceFile): Context {
    const known = this.contexts.get(file);
    if (known) return known;
    const context = new Context(
      lowerExpression,
      file.path,
      this.globals(file),
      this.diagnostics,
      file.files,
      undefined,
      this.asmBlocks,
    );
    this.contexts.set(file, context);
    return context;
  }

  /** What a file sees: its own declarations, then those of the files it uses. */
  private globals(file: SourceFile): Globals {
    const guests = new Set<string>();
    const procedures = new Map<string, ProcedureHeader>();
    const constants = new Map<string, { readonly node: ast.Constant; readonly file: SourceFile }>();
    for (const each of closure(file)) {
      for (const node of each.model.declarations) {
        if (ast.isGuest(node)) guests.add(node.name);
        else if (ast.isConstant(node) && !constants.has(node.name)) constants.set(node.name, { node, file: each });
        else if (ast.isProcedure(node) && !procedures.has(node.name)) {
          const header = this.headers.get(node);
          if (header) procedures.set(node.name, header);
        }
      }
    }
    if (guests.size === 0) for (const guest of DEFAULT_MACHINE.guests) guests.add(guest.name);
    return {
      guests,
      procedures,
      constant: (name) => {
        const found = constants.get(name);
        return found && this.constant(found.node, found.file);
      },
      constantNames: () => constants.keys(),
      hasSymbol: (name) => this.unreadImage || this.symbols.has(name),
      symbolNames: () => [...this.symbols].slice(0, MOST_CANDIDATES),
    };
  }

  private constant(node: ast.Constant, file: SourceFile): Expr {
    const known = this.constants.get(node);
    const context = this.context(file);
    const unknown = (): Expr => ({ kind: 'unknown', place: context.place(node), depth: 1 });
    if (known === 'pending') {
      const message = `'${node.name}' is defined by itself in a circle; give one of the constants a value.`;
      context.errorAt(node, 'name', 'const-cycle', message);
      return unknown();
    }
    if (known) return known;
    if (this.chain >= MAX_CONSTANT_CHAIN) {
      const message = `The constant needs more than ${MAX_CONSTANT_CHAIN} others in a chain; declare them in the order of their use.`;
      context.errorAt(node, 'name', 'too-deep', message);
      return unknown();
    }
    this.constants.set(node, 'pending');
    this.chain++;
    const tree = lowerExpression(context, node.value);
    this.chain--;
    const result = constantValue(tree);
    if ('error' in result && tree.kind !== 'unknown') {
      const code: DiagnosticCode = result.error.code === 'division-by-zero' ? 'division-by-zero' : 'not-constant';
      context.error(tree.place.range, code, `A constant needs a value before the run. ${result.error.message}`);
    }
    const code = tree.kind === 'value' ? tree.code : undefined;
    const value: Expr =
      'value' in result ? { kind: 'value', value: result.value, code, place: tree.place, depth: 1 } : unknown();
    this.constants.set(node, value);
    return value;
  }

  private lowerConstants(file: SourceFile): void {
    for (const node of file.model.declarations) if (ast.isConstant(node)) this.constant(node, file);
  }

  /** Names that are taken twice, and files that cannot be used. */
  private checkDeclarations(file: SourceFile): void {
    const context = this.context(file);
    for (const use of file.model.uses) {
      const used = file.uses.get(use.path);
      if (used && isProblem(used)) context.errorAt(use, 'path', used.code, used.message);
      else if (used && closure(used).includes(file)) {
        const message = `"${use.path}" uses this file again, in a circle; move what both need into a third file.`;
        context.errorAt(use, 'path', 'use-cycle', message);
      }
    }
    const others = new Map<string, string>();
    for (const each of closure(file).slice(1)) {
      for (const node of each.model.declarations) if (!ast.isScenario(node)) others.set(node.name, each.path);
    }
    const names = new Set<string>();
    for (const node of file.model.declarations) {
      const key = ast.isScenario(node) ? `"${node.name}"` : node.name;
      const other = others.get(key);
      if (names.has(key)) {
        context.errorAt(
          node,
          'name',
          'duplicate-name',
          `${WORDS[node.$type]} ${key}: the name is already declared in this file; choose another.`,
        );
      } else if (other !== undefined) {
        context.errorAt(
          node,
          'name',
          'duplicate-name',
          `${WORDS[node.$type]} ${key}: the name is already declared in ${other}; choose another.`,
        );
      }
      names.add(key);
      if (!ast.isScenario(node)) checkFree(context, node, node.name);
    }
    this.checkUsedTwice(file, context);
  }

  /** Two used files that declare the same name. */
  private checkUsedTwice(file: SourceFile, context: Context): void {
    const seen = new Map<string, SourceFile>();
    for (const use of file.model.uses) {
      const used = file.uses.get(use.path);
      if (!used || isProblem(used)) continue;
      for (const each of closure(used)) {
        if (each === file) continue;
        for (const node of each.model.declarations) {
          if (ast.isScenario(node)) continue;
          const first = seen.get(node.name);
          if (first && first !== each) {
            context.errorAt(
              use,
              'path',
              'duplicate-name',
              `'${node.name}' is declared in ${first.path} and in ${each.path}; rename one.`,
            );
          } else seen.set(node.name, each);
        }
      }
    }
  }

  private lowerGuests(): MachineConfig['guests'] {
    const byLpid = new Map<number, string>();
    const guests = this.files.flatMap((file) => {
      const context = this.context(file);
      return file.model.declarations
        .filter((node) => ast.isGuest(node))
        .map((node) => {
          const { config, lpidNode, isLpidWrong, unread } = lowerGuest(context, node);
          this.unreadImage ||= unread;
          for (const symbol of config.image?.symbols ?? []) this.symbols.add(symbol.name);
          // What is wrong has been reported.
          if (isLpidWrong) return config;
          const other = byLpid.get(config.lpid);
          if (other !== undefined) {
            const range = lpidNode ? rangeOfProperty(lpidNode, 'value') : rangeOfProperty(node, 'name');
            const help = lpidNode ? 'choose another' : `write 'lpid ${config.lpid + 1}'`;
            context.error(
              range,
              'duplicate-setting',
              `lpid ${config.lpid} is that of guest ${other} already; ${help}.`,
            );
          }
          byLpid.set(config.lpid, node.name);
          return config;
        });
    });
    return guests.length > 0 ? guests : DEFAULT_MACHINE.guests;
  }

  /** The guests' memory must fit the normal memory. */
  private checkFit(context: Context, config: MachineConfig): void {
    const needed = config.guests.reduce((sum, guest) => sum + guest.memoryBytes, HOST_RESERVED_BYTES);
    if (needed <= config.normalBytes) return;
    const guest = this.root.model.declarations.filter((node) => ast.isGuest(node)).at(-1);
    const setting = this.root.model.machines[0]?.settings.find(
      (node) => ast.isMemorySetting(node) && node.kind === 'normal',
    );
    const range = guest ? rangeOfProperty(guest, 'name') : rangeOf((setting ?? this.root.model).$cstNode);
    const message =
      `The guests and the hypervisor need ${sizeText(BigInt(needed))}, but the normal memory has ` +
      `${sizeText(BigInt(config.normalBytes))}; write 'normal memory' larger or a guest's memory smaller.`;
    context.error(range, 'limit-exceeded', message);
  }

  private lowerScenarios(file: SourceFile): Routine[] {
    const context = this.context(file);
    return file.model.declarations
      .filter((node) => ast.isScenario(node))
      .map((node) => lowerRoutine(context, node))
      .filter(() => file === this.root);
  }
}

const WORDS = { Guest: 'guest', Scenario: 'scenario', Procedure: 'procedure', Constant: 'const' } as const;

/** Whether a procedure has a `return` with a value somewhere. */
function returnsValue(body: ast.Block): boolean {
  const pending: ast.Block[] = [body];
  for (let block = pending.pop(); block; block = pending.pop()) {
    for (const statement of block.statements) {
      if (ast.isReturnStatement(statement) && statement.value) return true;
      if ('body' in statement && statement.body) pending.push(statement.body);
      if (ast.isIfStatement(statement)) {
        pending.push(...statement.blocks);
        if (statement.otherwise) pending.push(statement.otherwise);
      }
    }
  }
  return false;
}
