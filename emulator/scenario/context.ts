/** What lowering knows while it walks a file: the names in reach, and where to report. */

import type { AstNode } from 'langium';
import type { TextRange } from '../common/errors';
import type { Diagnostic, DiagnosticCode, Diagnostics } from './diagnostics';
import type * as ast from './generated/ast';
import type { AsmBlock, Expr, LocalVariable, Place } from './ir';
import { rangeOf, rangeOfProperty } from './source';

/** A procedure as its callers see it. */
export interface ProcedureHeader {
  readonly name: string;
  readonly index: number;
  readonly parameters: readonly string[];
  readonly returnsValue: boolean;
}

/** The declarations that a file sees: its own and those of the files it uses. */
export interface Globals {
  readonly guests: ReadonlySet<string>;
  readonly procedures: ReadonlyMap<string, ProcedureHeader>;
  /** The value of a constant, an `unknown` for one that is wrong, or undefined for none. */
  constant(name: string): Expr | undefined;
  constantNames(): Iterable<string>;
  /** Whether a name is a symbol of an image; also when an image was not read, so that nobody knows. */
  hasSymbol(name: string): boolean;
  /** Symbols that a wrong name may have meant; not all of a large image. */
  symbolNames(): Iterable<string>;
}

/** Contents of the files that `file "..."` names, by the path as written. `unread`: it is there, that is enough. */
export type FileContents = ReadonlyMap<string, Uint8Array | 'unread' | FileProblem>;

export interface FileProblem {
  readonly code: 'file-not-found' | 'file-unreadable' | 'file-too-large' | 'file-outside' | 'syntax';
  readonly message: string;
}

/** Variables of one routine, block by block. Every variable has its own slot. */
export class Locals {
  private readonly blocks: Map<string, LocalVariable>[] = [];
  slots = 0;

  enter(): void {
    this.blocks.push(new Map());
  }

  /** Ends a block; answers with its variables. */
  leave(): LocalVariable[] {
    return [...(this.blocks.pop()?.values() ?? [])];
  }

  declare(name: string): LocalVariable {
    const variable = { name, slot: this.hidden() };
    this.define(variable);
    return variable;
  }

  /** A variable that has its slot already. */
  define(variable: LocalVariable): void {
    this.blocks.at(-1)?.set(variable.name, variable);
  }

  /** A slot without a name. */
  hidden(): number {
    return this.slots++;
  }

  declaredHere(name: string): boolean {
    return this.blocks.at(-1)?.has(name) ?? false;
  }

  find(name: string): LocalVariable | undefined {
    for (let i = this.blocks.length - 1; i >= 0; i--) {
      const found = this.blocks[i]?.get(name);
      if (found) return found;
    }
    return undefined;
  }

  names(): string[] {
    return this.blocks.flatMap((block) => [...block.keys()]);
  }
}

/** Most symbols that a wrong name is compared with: a kernel has more than that is worth. */
export const MOST_CANDIDATES = 5000;

/** Lowering of one file. */
export class Context {
  readonly asmBlocks: AsmBlock[];

  /** @param lowerExpression lowers expressions inside of others; given, so that the files of lowering form no circle */
  constructor(
    private readonly lowerExpression: (context: Context, expression: ast.Expression) => Expr,
    readonly path: string,
    readonly globals: Globals,
    private readonly diagnostics: Diagnostics,
    readonly files: FileContents,
    readonly locals: Locals = new Locals(),
    asmBlocks: AsmBlock[] = [],
  ) {
    this.asmBlocks = asmBlocks;
  }

  lower(expression: ast.Expression): Expr {
    return this.lowerExpression(this, expression);
  }

  /** The same file inside of another routine. */
  inRoutine(): Context {
    return new Context(
      this.lowerExpression,
      this.path,
      this.globals,
      this.diagnostics,
      this.files,
      new Locals(),
      this.asmBlocks,
    );
  }

  place(node: AstNode): Place {
    return { path: this.path, range: rangeOf(node.$cstNode) };
  }

  error(range: TextRange, code: DiagnosticCode, message: string, replacement?: string): void {
    this.report({ range, code, message, severity: 'error', replacement });
  }

  warning(range: TextRange, code: DiagnosticCode, message: string, replacement?: string): void {
    this.report({ range, code, message, severity: 'warning', replacement });
  }

  /** Warns of what parses and checks, but ends a run that comes to it. */
  unavailable(range: TextRange, feature: string): void {
    this.warning(range, 'not-available', `not available yet: ${feature}. A run that comes here ends with an error.`);
  }

  /** An error at a property of a node. */
  errorAt(node: AstNode, property: string, code: DiagnosticCode, message: string, replacement?: string): void {
    this.error(rangeOfProperty(node, property), code, message, replacement);
  }

  private report(diagnostic: Omit<Diagnostic, 'path'>): void {
    this.diagnostics.add({ path: this.path, ...diagnostic });
  }
}
