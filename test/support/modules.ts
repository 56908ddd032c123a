import { posix } from "node:path";
import ts from "typescript";
import type { SourceFile } from "./tidy-rules";

/** What a source file has to do with others. Types count as values do: they tie two files just the same. */
export interface Module {
  path: string;
  /** Files of the repository only, with the names that are taken from each. */
  imports: { target: string; names: ReadonlySet<string> }[];
  exports: string[];
  /** `#names` of classes. */
  privateNames: string[];
}

const parsed = new WeakMap<SourceFile, Module>();

export function moduleOf(file: SourceFile): Module {
  const module = parsed.get(file) ?? parse(file);
  parsed.set(file, module);
  return module;
}

export function modulesOf(files: readonly SourceFile[], paths: RegExp): Module[] {
  return files.filter(({ path }) => /\.[cm]?[jt]s$/.test(path) && paths.test(path)).map(moduleOf);
}

function parse({ path, content }: SourceFile): Module {
  const module: Module = { path, imports: [], exports: [], privateNames: [] };
  const add = (specifier: ts.Node | undefined, names: Iterable<string>): void => {
    if (!specifier || !ts.isStringLiteralLike(specifier) || !specifier.text.startsWith(".")) return;
    // What is loaded later is named by what it will be compiled to, as ECMAScript modules ask for it.
    const target = posix.join(posix.dirname(path), specifier.text.replace(/\.js$/, ""));
    module.imports.push({ target: /\.\w+$/.test(target) ? target : `${target}.ts`, names: new Set(names) });
  };
  /** Of a module that is taken whole, every word of the file may be a name. */
  const words = (): string[] => content.match(/\w+/g) ?? [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, importedNames(node) ?? words());
    else if (ts.isExportDeclaration(node)) {
      const elements = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : [];
      add(
        node.moduleSpecifier,
        node.exportClause ? elements.map((one) => (one.propertyName ?? one.name).text) : words(),
      );
      module.exports.push(...elements.map(({ name }) => name.text));
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, words());
    else if (ts.isCallExpression(node) && /^(import|require)$/.test(node.expression.getText(source)))
      add(node.arguments[0], words());
    else if (ts.isPrivateIdentifier(node)) module.privateNames.push(node.text);
    ts.forEachChild(node, visit);
  };
  const source = ts.createSourceFile(path, content, ts.ScriptTarget.Latest);
  visit(source);
  module.exports.push(...source.statements.flatMap(exportedNames));
  return module;
}

/** Undefined for `import * as x`. */
function importedNames({ importClause }: ts.ImportDeclaration): string[] | undefined {
  const bindings = importClause?.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) return undefined;
  const names = bindings?.elements.map(({ propertyName, name }) => (propertyName ?? name).text) ?? [];
  return importClause?.name ? ["default", ...names] : names;
}

function hasModifier(statement: ts.Statement, modifier: ts.SyntaxKind): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some(({ kind }) => kind === modifier) ?? false;
}

function exportedNames(statement: ts.Statement): string[] {
  if (ts.isExportAssignment(statement) || hasModifier(statement, ts.SyntaxKind.DefaultKeyword)) return ["default"];
  if (!hasModifier(statement, ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => bound(name));
  return [(statement as ts.Statement & { name: ts.Identifier }).name.text];
}

function bound(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : bound(element.name)));
}
