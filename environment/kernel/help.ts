/** Completion (Tab) and inspection (Shift-Tab) in Jupyter's terms. */
import type ts from '@tslab/typescript-for-tslab';
import type { Executor } from './executor';
import type { Content } from './messages';

interface Cursor {
  code: string;
  cursor_pos: number;
}

export function complete(executor: Executor, { code, cursor_pos }: Cursor): Content {
  const { start, end, matches } = executor.complete(code, unitsBefore(code, cursor_pos));
  const span = { start: pointsBefore(code, start), end: pointsBefore(code, end) };
  return {
    matches: matches.map((match) => match.text),
    cursor_start: span.start,
    cursor_end: span.end,
    metadata: { _jupyter_types_experimental: matches.map(({ text, kind }) => ({ ...span, text, type: kind })) },
  };
}

export function inspect(executor: Executor, { code, cursor_pos }: Cursor): Content {
  for (const position of positionsToInspect(code, unitsBefore(code, cursor_pos))) {
    const info = executor.inspect(code, position);
    if (!info) continue;
    const markdown = documentation(info);
    const data = { 'text/markdown': markdown, 'text/plain': markdown.replace(/```\w*\n?/g, '') };
    return { found: true, data, metadata: {} };
  }
  return { found: false, data: {}, metadata: {} };
}

// Jupyter counts code points, JavaScript UTF-16 units: they differ from the first emoji on.
const unitsBefore = (text: string, points: number) => [...text].slice(0, points).join('').length;
const pointsBefore = (text: string, units: number) => [...text.slice(0, units)].length;

/** Documentation of a name as Markdown: signature, text, then the tags of its docstring. */
function documentation(info: ts.QuickInfo): string {
  // An imported name is described by what it stands for; that it is an alias is of no interest.
  const signature = textOf(info.displayParts)
    .replace(/^\(alias\) /, '')
    .replace(/\nimport \S+$/, '');
  const parts = [fence(signature), textOf(info.documentation), (info.tags ?? []).map(tagToMarkdown).join('\n\n')];
  return parts.filter(Boolean).join('\n\n');
}

function tagToMarkdown(tag: ts.JSDocTagInfo): string {
  const text = textOf(tag.text).trim();
  if (tag.name === 'example') return `*Example*\n${fence(text.replace(/^```\w*\n?|\n?```$/g, ''))}`;
  const parameter = tag.name === 'param' ? /^(\S+)\s*-?\s*([\s\S]*)$/.exec(text) : null;
  return parameter ? `- \`${parameter[1]}\`: ${parameter[2]}` : `*${tag.name}* ${text}`;
}

const fence = (code: string) => `\`\`\`typescript\n${code}\n\`\`\``;
const textOf = (parts: ts.SymbolDisplayPart[] | undefined) => (parts ?? []).map((part) => part.text).join('');

/** Positions to ask about, best first: the name at the cursor, the one before it, the function that is being called. */
function positionsToInspect(code: string, cursor: number): number[] {
  const positions = [cursor, cursor - 1];
  for (let i = cursor - 1, closed = 0; i > 0; i--) {
    if (code[i] === ')') closed++;
    if (code[i] !== '(' || closed-- > 0) continue;
    const called = /[\w$]+\s*(<[^()]*>)?\s*$/.exec(code.slice(0, i));
    if (called) positions.push(called.index);
    break;
  }
  return positions.filter((position) => position >= 0);
}
