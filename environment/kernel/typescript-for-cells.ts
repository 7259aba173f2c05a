/**
 * TypeScript as tslab's converter should see it.
 *
 * tslab carries its own TypeScript 5.0.4 and calls a few of its functions with fixed arguments. This module replaces
 * those functions in Node's module cache, so it must be imported before tslab's converter is.
 */
import { SourceMap } from 'node:module';
import path from 'node:path';
import ts from '@tslab/typescript-for-tslab';
import { fileStamp } from './library';

/** What the last call of `transpileModule` found out about a cell. */
export interface Transpiled {
  /** From the JavaScript back to the cell, to be applied in this order; empty when a map is missing. */
  maps: SourceMap[];
  /** Whether an `await` or a `for await` stands outside of all functions. */
  awaitsAtTop: boolean;
}

// The machinery that turns a cell into a script depends on these; a cell's variables are used by later cells.
const notFromConfiguration = [
  'target',
  'module',
  'moduleDetection',
  'noEmit',
  'isolatedModules',
  'verbatimModuleSyntax',
  'noUnusedLocals',
  'noUnusedParameters',
];
const mapComment = /\n?\/\/# sourceMappingURL=(?:data:application\/json;base64,(\S+)|\S+)\s*$/;

export interface CellTypeScript {
  version: string;
  /** The name of the cell that is compiled next, for the sites of its awaits. */
  beginCell(name: string): void;
  transpiled(): Transpiled;
  /** Tells the compiler which source files have changed since it read them. */
  refreshFiles(): void;
}

/** @param root  folder of tsconfig.json; a cell is checked with the options that the editor uses for the library */
export function adaptTypeScript(root: string): CellTypeScript {
  const options = editorOptions(root);
  const watched = new Map<string, { stamp: string; changed: ts.FileWatcherCallback }>();
  let cellName = '';
  let transpiled: Transpiled = { maps: [], awaitsAtTop: false };

  const createWatchCompilerHost = (files: string[], tslabOptions: ts.CompilerOptions, ...rest: never[]) => {
    const create = ts.createWatchCompilerHost as (...all: unknown[]) => object;
    // tslab forbids 'use strict' in its output, which contradicts the option that `strict` implies.
    const merged = { ...tslabOptions, ...options, alwaysStrict: false, inlineSourceMap: true };
    const host = create(files, merged, ...rest);
    return adaptPrograms(host, (program) => withPropertyNames(withoutDependencies(program)));
  };

  const transpileModule = (javaScript: string, settings: ts.TranspileOptions) => {
    const firstMap = mapComment.exec(javaScript)?.[1];
    const awaits = { atTop: false };
    const output = ts.transpileModule(javaScript.replace(mapComment, ''), {
      ...settings,
      compilerOptions: { ...settings.compilerOptions, sourceMap: true },
      transformers: { before: [interruptible(cellName, awaits)] },
    });
    const maps = firstMap
      ? [output.sourceMapText as string, Buffer.from(firstMap, 'base64').toString()].map(
          (text) => new SourceMap(JSON.parse(text)),
        )
      : [];
    transpiled = { maps, awaitsAtTop: awaits.atTop };
    return { ...output, outputText: output.outputText.replace(mapComment, '') };
  };

  // The compiler would watch every file that it reads, thousands with node_modules. Comparing our own is enough.
  ts.sys.watchFile = (file, changed) => {
    if (file.includes('/node_modules/')) return { close() {} };
    watched.set(file, { stamp: fileStamp(file), changed });
    return { close: () => void watched.delete(file) };
  };
  ts.sys.watchDirectory = () => ({ close() {} });

  const id = require.resolve('@tslab/typescript-for-tslab');
  (require.cache[id] as NodeModule).exports = Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(ts),
      createWatchCompilerHost: { enumerable: true, value: createWatchCompilerHost },
      transpileModule: { enumerable: true, value: transpileModule },
    },
  );

  return {
    version: ts.version,
    beginCell: (name) => {
      cellName = name;
    },
    transpiled: () => transpiled,
    refreshFiles() {
      for (const [file, entry] of watched) {
        const stamp = fileStamp(file);
        if (stamp === entry.stamp) continue;
        const kinds = ts.FileWatcherEventKind;
        const kind = !stamp ? kinds.Deleted : entry.stamp ? kinds.Changed : kinds.Created;
        entry.stamp = stamp;
        entry.changed(file, kind);
      }
    },
  };
}

function editorOptions(root: string): ts.CompilerOptions {
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile);
  // Options that this TypeScript does not know are left out, so the editor may have a newer one.
  const { options } = ts.convertCompilerOptionsFromJson(config?.compilerOptions ?? {}, root);
  return Object.fromEntries(Object.entries(options).filter(([name]) => !notFromConfiguration.includes(name)));
}

/** Sees to it that the converter gets each program through `adapt`. */
function adaptPrograms(host: object, adapt: (program: ts.BuilderProgram) => ts.BuilderProgram): object {
  let take: (program: ts.BuilderProgram) => void;
  return Object.defineProperty(host, 'afterProgramCreate', {
    get: () => take,
    set(next: typeof take) {
      take = (program) => next(adapt(program));
    },
  });
}

/**
 * Makes the converter check and emit the cell alone.
 *
 * It would do so with every source file that the cell imports: slow, and an error in the library, or a syntax that is
 * newer than this TypeScript, would stop every cell. The library is checked by its own tests, and tsx runs it.
 */
function withoutDependencies(program: ts.BuilderProgram): ts.BuilderProgram {
  return Object.assign(program, { getAllDependencies: (file: ts.SourceFile) => [file.fileName] });
}

/**
 * Lets the converter tell the variables of earlier cells from the names of properties.
 *
 * It replaces each identifier whose symbol an earlier cell declared by a property of the object that holds them. The
 * symbol of a shorthand is that of the property, so `{ a }` is emitted as `{ a: a }`, with the variable's symbol. And the
 * symbol of `a` in the pattern `{ a: b }` is that of a property, which an earlier cell's type may declare: it is hidden.
 */
function withPropertyNames(program: ts.BuilderProgram): ts.BuilderProgram {
  const { emit } = program;
  const checker = program.getProgram().getTypeChecker();
  const { getSymbolAtLocation } = checker;
  const variableAt = (node: ts.Node) => {
    const original = ts.getOriginalNode(node);
    const { parent } = original;
    if (parent && isPropertyName(original, parent)) return undefined;
    return parent && ts.isShorthandPropertyAssignment(parent) && !node.parent
      ? checker.getShorthandAssignmentValueSymbol(parent)
      : getSymbolAtLocation(node);
  };
  return Object.assign(program, {
    emit(...[file, write, token, onlyDeclarations, transformers]: Parameters<typeof emit>) {
      const before = [...(transformers?.before ?? []), longhand];
      checker.getSymbolAtLocation = variableAt;
      try {
        return emit(file, write, token, onlyDeclarations, { ...transformers, before });
      } finally {
        checker.getSymbolAtLocation = getSymbolAtLocation;
      }
    },
  });
}

const isPropertyName = (node: ts.Node, parent: ts.Node) =>
  (ts.isBindingElement(parent) && parent.propertyName === node) ||
  (ts.isPropertyAssignment(parent) && parent.name === node);

const longhand: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const { factory } = context;
  const visit = (node: ts.Node): ts.Node => {
    if (!ts.isShorthandPropertyAssignment(node)) return ts.visitEachChild(node, visit, context);
    const variable = ts.setOriginalNode(factory.createIdentifier(node.name.text), node.name);
    const preset = node.objectAssignmentInitializer && ts.visitNode(node.objectAssignmentInitializer, visit);
    const value = preset ? factory.createAssignment(variable, preset as ts.Expression) : variable;
    return factory.createPropertyAssignment(node.name.text, ts.setTextRange(value, node));
  };
  return ts.visitNode(file, visit) as ts.SourceFile;
};

/** Sends every await of a cell through the functions of interrupts.ts, with its place in the cell. */
function interruptible(cell: string, awaits: { atTop: boolean }): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const { factory } = context;
    let functions = 0;
    const through = (name: string, expression: ts.Expression, at: ts.Node) => {
      const { line, character } = file.getLineAndCharacterOfPosition(at.getStart(file));
      return factory.createCallExpression(
        factory.createPropertyAccessExpression(factory.createIdentifier('__cell__'), name),
        undefined,
        [
          expression,
          factory.createStringLiteral(cell),
          factory.createNumericLiteral(line),
          factory.createNumericLiteral(character),
        ],
      );
    };
    const visit = (node: ts.Node): ts.Node => {
      const inFunction = ts.isFunctionLike(node);
      if (inFunction) functions++;
      const visited = ts.visitEachChild(node, visit, context);
      if (inFunction) functions--;
      const isLoop = ts.isForOfStatement(visited) && visited.awaitModifier;
      if (!functions && (ts.isAwaitExpression(visited) || isLoop)) awaits.atTop = true;
      if (ts.isAwaitExpression(visited)) {
        const expression = through('wait', visited.expression, node);
        return ts.setTextRange(factory.updateAwaitExpression(visited, expression), node);
      }
      if (!isLoop) return visited;
      return factory.updateForOfStatement(
        visited,
        visited.awaitModifier,
        visited.initializer,
        through('iterate', visited.expression, node),
        visited.statement,
      );
    };
    return ts.visitNode(file, visit) as ts.SourceFile;
  };
}
