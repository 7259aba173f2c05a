// The API reference: one Markdown page for each module of lib/, from its index.ts and the docstrings.
//
// TypeDoc does not know TypeScript 7, which has no API of its own to hold on to yet. A page needs no types that are inferred:
// it shows what stands in the source. So TypeScript 5.0.4, which the kernel brings, reads the files, and only their syntax.
import fs from 'node:fs';
import path from 'node:path';
import ts from '@tslab/typescript-for-tslab';

const SOURCE_LINES = 100;

/** The modules of a library's folder, in the order of its README's table, each with its one question. */
export function modulesOf(lib) {
  const readme = fs.readFileSync(path.join(lib, 'README.md'), 'utf8');
  const questions = new Map(
    [...readme.matchAll(/^\| `([\w-]+)` \| (.+?) \|$/gm)].map(([, name, text]) => [name, text]),
  );
  const folders = [...questions.keys()].flatMap((name) => [
    name,
    ...foldersIn(path.join(lib, name)).map((inner) => `${name}/${inner}`),
  ]);
  return folders
    .filter((name) => fs.existsSync(path.join(lib, name, 'index.ts')))
    .map((name) => ({ name, question: questions.get(name), entries: entriesOf(path.join(lib, name, 'index.ts')) }));
}

const foldersIn = (folder) =>
  fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

/** What an index.ts exports, each with its declaration: {name, kind, file, doc, signature, source}. */
export function entriesOf(index) {
  const file = parse(index);
  return file.statements.filter(ts.isExportDeclaration).flatMap(({ moduleSpecifier, exportClause }) => {
    if (!moduleSpecifier || !exportClause || !ts.isNamedExports(exportClause))
      throw new Error(`${index} must export by name from its own files, but says "${file.text.trim().split('\n')[0]}"`);
    const from = resolve(index, moduleSpecifier.text);
    return exportClause.elements.map(({ name, propertyName }) => ({
      name: name.text,
      ...declaration(from, (propertyName ?? name).text),
    }));
  });
}

function resolve(from, specifier) {
  const base = path.join(path.dirname(from), specifier);
  return [`${base}.ts`, path.join(base, 'index.ts')].find((file) => fs.existsSync(file)) ?? `${base}.ts`;
}

function parse(file) {
  return ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
}

function declaration(file, name) {
  const source = parse(file);
  for (const statement of source.statements) {
    const variable =
      ts.isVariableStatement(statement) &&
      statement.declarationList.declarations.find((one) => one.name.getText() === name);
    if (variable || statement.name?.text === name) return describe(statement, variable || statement, file);
  }
  throw new Error(`${file} must declare ${name}, which an index.ts exports`);
}

function describe(statement, node, file) {
  const text = statement.getSourceFile().text;
  const comment = (ts.getLeadingCommentRanges(text, statement.pos) ?? []).findLast(({ pos }) =>
    text.startsWith('/**', pos),
  );
  const start = statement.getStart();
  const whole = text.slice(start, statement.end);
  return {
    kind: ts.isVariableDeclaration(node)
      ? ts.isArrowFunction(node.initializer ?? node)
        ? 'function'
        : 'constant'
      : kindOf(node),
    file,
    doc: comment ? readDoc(text.slice(comment.pos, comment.end)) : undefined,
    signature: signatureOf(node, text, start).replace(/^export /, ''),
    source: hasBody(node) && whole.split('\n').length <= SOURCE_LINES ? whole : undefined,
  };
}

const kindOf = (node) =>
  ts.isFunctionDeclaration(node)
    ? 'function'
    : ts.isClassDeclaration(node)
      ? 'class'
      : ts.isInterfaceDeclaration(node)
        ? 'interface'
        : 'type';

const hasBody = (node) =>
  ts.isFunctionDeclaration(node) || (ts.isVariableDeclaration(node) && ts.isArrowFunction(node.initializer ?? node));

/** A declaration without what it does: no bodies, no private members. */
function signatureOf(node, text, start) {
  if (ts.isFunctionDeclaration(node)) return `${text.slice(start, node.body.pos)};`;
  if (ts.isVariableDeclaration(node)) {
    const { initializer } = node;
    if (initializer && ts.isArrowFunction(initializer))
      return text.slice(start, initializer.equalsGreaterThanToken.pos);
    const whole = text.slice(start, node.end);
    if (whole.split('\n').length <= 12 || !initializer) return `${whole};`;
    return `${text.slice(start, initializer.pos)} ...;`;
  }
  if (!ts.isClassDeclaration(node)) return text.slice(start, node.end);
  const isPrivate = (member) =>
    ts.isPrivateIdentifier(member.name ?? member) ||
    (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) !== 0;
  const members = node.members
    .filter((member) => !isPrivate(member))
    .map((member) =>
      member.body ? `${text.slice(member.pos, member.body.pos)};` : text.slice(member.pos, member.end),
    );
  return `${text.slice(start, node.members.pos)}${members.join('')}\n}`;
}

/**
 * A docstring's parts: the text before its tags, the tags, and the text after a blank line below them.
 *
 * @param comment  from slash-star-star on
 */
export function readDoc(comment) {
  const lines = comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd());
  const doc = { before: [], tags: [], after: [] };
  let tag;
  for (const line of lines) {
    const [, kind, rest] = /^@(\w+)\s*(.*)$/.exec(line.trim()) ?? [];
    if (kind) {
      const [, name, says] =
        kind === 'param'
          ? (/^(\S+)\s*(.*)$/.exec(rest) ?? [])
          : kind === 'throws'
            ? (/^(?:\{(.+?)\})?\s*(.*)$/.exec(rest) ?? [])
            : [undefined, undefined, rest];
      tag = { kind, name, text: says ?? '' };
      doc.tags.push(tag);
    } else if (tag && line.trim()) tag.text += ` ${line.trim()}`;
    else {
      tag = undefined;
      (doc.tags.length > 0 ? doc.after : doc.before).push(line);
    }
  }
  return { before: doc.before.join('\n').trim(), tags: doc.tags, after: doc.after.join('\n').trim() };
}

/** Text of a docstring as Markdown that shows the same letters: what is no code must not become HTML, mathematics or a link. */
export function docMarkdown(text) {
  return text
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/[<$*[\]{}]/g, '\\$&').replace(/^(\s*)\\\*( )/gm, '$1*$2')))
    .join('');
}

const TAGS = { returns: 'Returns', throws: 'Throws' };

/** A module's page. */
export function modulePage({ name, question, entries }, root) {
  const order = ['function', 'class', 'constant', 'interface', 'type'];
  const sorted = [...entries].sort((a, b) =>
    a.kind === b.kind ? a.name.localeCompare(b.name, 'en') : order.indexOf(a.kind) - order.indexOf(b.kind),
  );
  return [
    `# lib/${name}`,
    question ? `*${question[0].toUpperCase()}${question.slice(1)}*` : '',
    `\`import { ... } from 'lib/${name}'\``,
    ...sorted.map((entry) => entryMarkdown(entry, root)),
    '',
  ].join('\n\n');
}

function entryMarkdown({ name, kind, file, doc, signature, source }, root) {
  const tags = (doc?.tags ?? []).map(({ kind: tag, name: of, text }) => {
    const head = tag === 'param' ? `\`${of}\`` : `**${TAGS[tag] ?? tag}**${of ? ` \`${of}\`` : ''}`;
    return `- ${head}: ${docMarkdown(text)}`;
  });
  const fence = (code) => `\`\`\`typescript\n${code.trim()}\n\`\`\``;
  return [
    `<a id="${name}"></a>`,
    `## ${name}`,
    docMarkdown(doc?.before ?? ''),
    fence(signature),
    tags.join('\n'),
    docMarkdown(doc?.after ?? ''),
    source ? `<details><summary>Source</summary>\n\n${fence(source)}\n\n</details>` : '',
    `<p class="kind">${kind} in <code>${path.relative(root, file).split(path.sep).join('/')}</code></p>`,
  ]
    .filter(Boolean)
    .join('\n\n');
}
