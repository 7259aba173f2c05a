/**
 * From the TypeScript of a cell to a script, by tslab's converter.
 *
 * Cells see the variables of earlier cells through declarations: compiling a cell gives, besides its JavaScript, the
 * declarations (a .d.ts text) that the next cell is compiled with.
 */
import type { SourceMap } from 'node:module';
import ts from '@tslab/typescript-for-tslab';
import { adaptTypeScript } from './typescript-for-cells';

export interface CompiledCell {
  name: string;
  lines: string[];
  javaScript: string;
  maps: SourceMap[];
  asynchronous: boolean;
  declarations: string;
  /** The variable that holds the value of the cell's last expression. */
  resultName?: string;
}

export interface Completion {
  start: number;
  end: number;
  matches: { text: string; kind: string }[];
}

export interface Compiler {
  typescriptVersion: string;
  /** @throws {TypeScriptError} when the cell does not pass the checks */
  compile(name: string, source: string, declarations: string): CompiledCell;
  /** @param position  in UTF-16 units, as everywhere in JavaScript */
  complete(declarations: string, source: string, position: number): Completion;
  inspect(declarations: string, source: string, position: number): ts.QuickInfo | undefined;
  /** Whether a console should run the source or wait for more of it. */
  isComplete(source: string): { completed: boolean; indent?: string };
}

/** A cell that was not run; its trace shows the places in the cell. */
export class TypeScriptError extends Error {
  override name = 'TypeScriptError';
  constructor(
    message: string,
    readonly traceback: string[],
  ) {
    super(message);
  }
}

const cannotFindModule = 2307;

export function createCompiler(root: string): Compiler {
  const typescript = adaptTypeScript(root);
  const { createConverter, isCompleteCode } = require('tslab/dist/converter') as typeof import('tslab/dist/converter');
  const create = () => createConverter({ isJS: false, isBrowser: false });
  let converter = create();

  return {
    typescriptVersion: typescript.version,
    isComplete: isCompleteCode,
    compile(name, source, declarations) {
      const convert = () => {
        typescript.refreshFiles();
        typescript.beginCell(name);
        return converter.convert(declarations, source);
      };
      let output = convert();
      if (output.diagnostics.some((diagnostic) => diagnostic.code === cannotFindModule)) {
        // The compiler remembers that a module is missing; a new one finds a file that was made since.
        converter.close();
        converter = create();
        output = convert();
      }
      if (output.diagnostics.length > 0) throw explain(name, source, output.diagnostics);
      const { maps, awaitsAtTop } = typescript.transpiled();
      return {
        name,
        lines: source.split('\n'),
        javaScript: output.output ?? '',
        maps,
        asynchronous: output.hasToplevelAwait || awaitsAtTop,
        declarations: output.declOutput ?? '',
        resultName: output.lastExpressionVar,
      };
    },
    complete(declarations, source, position) {
      const { start, end, candidates, original } = converter.complete(declarations, source, position);
      const kinds = new Map(original?.entries.map((entry) => [entry.name, entry.kind]));
      return { start, end, matches: candidates.map((text) => ({ text, kind: kinds.get(text) ?? '' })) };
    },
    inspect: (declarations, source, position) => converter.inspect(declarations, source, position),
  };
}

/**
 * The declarations whose values exist, of a cell that stopped in the middle.
 *
 * What the cell had computed stays usable, as in every notebook; a name that it did not reach is unknown to the next
 * cell, which says more than an `undefined` that is typed as something else.
 */
export function declarationsOfDefined(declarations: string, values: Record<string, unknown>): string {
  const file = ts.createSourceFile('cell.d.ts', declarations, ts.ScriptTarget.Latest, true);
  const isDefined = (name: ts.Node) => values[name.getText(file)] !== undefined;
  const texts = file.statements.map((statement) => {
    if (ts.isVariableStatement(statement)) {
      const keyword = statement.declarationList.flags & ts.NodeFlags.Const ? 'const' : 'let';
      return statement.declarationList.declarations
        .filter((declaration) => isDefined(declaration.name))
        .map((declaration) => `declare ${keyword} ${declaration.getText(file)};`)
        .join('\n');
    }
    if (ts.isClassDeclaration(statement) && statement.name && !isDefined(statement.name)) return '';
    return statement.getFullText(file);
  });
  return `${texts.filter(Boolean).join('\n')}\n`;
}

type Diagnostic = import('tslab/dist/converter').Diagnostic;

function explain(name: string, source: string, diagnostics: Diagnostic[]): TypeScriptError {
  const lines = source.split('\n');
  const traceback = diagnostics.flatMap(({ start, messageText }) => [
    `${name}:${start.line + 1}:${start.character + 1} - ${messageText}`,
    `    ${lines[start.line] ?? ''}`,
    `    ${' '.repeat(start.character)}^`,
  ]);
  return new TypeScriptError(diagnostics[0].messageText, traceback);
}
