/**
 * Which names can be meant where: variables of the enclosing blocks that are declared before, parameters, and the
 * guests, procedures and constants of the file and of the files that it uses.
 */

import {
  AstUtils,
  DefaultScopeComputation,
  DefaultScopeProvider,
  MapScope,
  UriUtils,
  WorkspaceCache,
  stream,
} from 'langium';
import type {
  AstNode,
  AstNodeDescription,
  LangiumCoreServices,
  LangiumDocument,
  ReferenceInfo,
  Scope,
  URI,
} from 'langium';
import * as ast from './generated/ast';

/** The address of the file that a `use` line of a document names. */
export function usedUri(document: LangiumDocument, path: string): URI {
  return UriUtils.resolvePath(UriUtils.dirname(document.uri), path);
}

/** A variable that a name inside of a block can mean. */
export type LocalDeclaration = ast.LetStatement | ast.LoopVariable | ast.Parameter;

/** For each block, its variables by name in the order of the text: a lookup costs no walk over the statements. */
const variablesOf = new WeakMap<ast.Block, Map<string, ast.LetStatement[]>>();

function blockVariables(block: ast.Block): Map<string, ast.LetStatement[]> {
  let byName = variablesOf.get(block);
  if (!byName) {
    byName = new Map();
    for (const statement of block.statements) {
      if (!ast.isLetStatement(statement)) continue;
      const same = byName.get(statement.name);
      if (same) same.push(statement);
      else byName.set(statement.name, [statement]);
    }
    variablesOf.set(block, byName);
  }
  return byName;
}

/** The variable of a loop; missing while it is being typed. */
const loopVariable = (loop: ast.ForStatement): ast.LoopVariable | undefined => loop.variable;

const isBefore = (statement: AstNode, inner: AstNode) =>
  inner.$containerProperty !== 'statements' || (statement.$containerIndex ?? 0) < (inner.$containerIndex ?? 0);

/** The innermost variable of that name at a node; of the enclosing blocks only what is declared before the node. */
export function findLocal(node: AstNode, name: string): LocalDeclaration | undefined {
  let inner: AstNode = node;
  for (let outer = node.$container; outer; inner = outer, outer = outer.$container) {
    if (ast.isBlock(outer)) {
      const place = inner;
      const found = blockVariables(outer)
        .get(name)
        ?.findLast((statement) => isBefore(statement, place));
      if (found) return found;
    } else if (ast.isForStatement(outer) && inner === outer.body) {
      if (loopVariable(outer)?.name === name) return outer.variable;
    } else if (ast.isProcedure(outer) && inner === outer.body) {
      return outer.parameters.find((parameter) => parameter.name === name);
    }
  }
  return undefined;
}

/** All variables visible at a node, the innermost first. */
export function visibleLocals(node: AstNode): LocalDeclaration[] {
  const locals: LocalDeclaration[] = [];
  let inner: AstNode = node;
  for (let outer = node.$container; outer; inner = outer, outer = outer.$container) {
    if (ast.isBlock(outer)) {
      const place = inner;
      const before = outer.statements.filter(
        (statement) => ast.isLetStatement(statement) && isBefore(statement, place),
      );
      locals.push(...(before as ast.LetStatement[]).reverse());
    } else if (ast.isForStatement(outer) && inner === outer.body) {
      const variable = loopVariable(outer);
      if (variable) locals.push(variable);
    } else if (ast.isProcedure(outer) && inner === outer.body) {
      locals.push(...outer.parameters);
    }
  }
  return locals;
}

/** Everything that a file declares can be used by other files, but its scenarios. */
export class ScenarioScopeComputation extends DefaultScopeComputation {
  override collectExportedSymbols(document: LangiumDocument): Promise<AstNodeDescription[]> {
    const model = document.parseResult.value as ast.Model;
    const exported = model.declarations.filter((declaration) => !ast.isScenario(declaration) && declaration.name);
    return Promise.resolve(exported.map((node) => this.descriptions.createDescription(node, node.name, document)));
  }
}

export class ScenarioScopeProvider extends DefaultScopeProvider {
  private readonly documents;
  private readonly globals;

  constructor(services: LangiumCoreServices) {
    super(services);
    this.documents = () => services.shared.workspace.LangiumDocuments;
    this.globals = new WorkspaceCache<string, Scope>(services.shared);
  }

  override getScope(context: ReferenceInfo): Scope {
    const type = this.reflection.getReferenceType(context);
    const document = AstUtils.getDocument(context.container);
    const outer = this.globals.get(`${type} ${document.uri.toString()}`, () => this.declared(document, type));
    if (type !== 'Referable') return outer;
    const describe = (node: LocalDeclaration) => this.descriptions.createDescription(node, node.name);
    return {
      getElement: (name) => {
        const local = findLocal(context.container, name);
        return local ? describe(local) : outer.getElement(name);
      },
      getElements: (name) => {
        const local = findLocal(context.container, name);
        return local ? stream([describe(local)]) : outer.getElements(name);
      },
      getAllElements: () => stream(visibleLocals(context.container).map(describe)).concat(outer.getAllElements()),
    };
  }

  /** What the document and the files that it uses, directly or through others, declare. */
  private declared(document: LangiumDocument, type: string): Scope {
    const found = new Map<string, LangiumDocument>();
    const add = (file: LangiumDocument) => {
      const key = file.uri.toString();
      if (found.has(key)) return;
      found.set(key, file);
      for (const use of (file.parseResult.value as ast.Model).uses) {
        const next = use.path ? this.documents().getDocument(usedUri(file, use.path)) : undefined;
        if (next) add(next);
      }
    };
    add(document);
    return new MapScope(this.indexManager.allElements(type, new Set(found.keys())));
  }
}
