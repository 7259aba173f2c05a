/**
 * From the frames of an error to what a reader can use: places in cells and in the library's source.
 *
 *   RangeError: count must be a whole number from 1 to 2^32, but is 0
 *     --> cell[3]:2:8  random.integer(0);
 *       at integer (lib/random/random.ts:43:13)
 *       at cell[3]:2:8
 */
import path from 'node:path';
import { inspect } from 'node:util';
import { type CompiledCell, TypeScriptError } from './compiler';
import type { Interrupts } from './interrupts';

export interface Tracebacks {
  /** @param scriptLines  number of lines of the script around the cell; the last one holds the call, not the cell */
  add(cell: CompiledCell, scriptLines: number): void;
  /** The lines to show for anything that was thrown. */
  describe(thrown: unknown): string[];
}

interface Place {
  line: number;
  column: number;
  text: string;
}

// Node's own limit of 10 is spent inside TensorFlow before it reaches the line of the cell.
const frameLimit = 60;

// Frames of Node, of the kernel and of tslab say nothing about the reader's code.
const ours = [`${__dirname}${path.sep}`, `${path.sep}node_modules${path.sep}tslab${path.sep}`];
const foreign = (frame: string) =>
  /\((node:|<anonymous>)|at (async )?node:/.test(frame) || ours.some((folder) => frame.includes(folder));

/** @param root  paths are shown relative to it, so that a stored notebook reads the same everywhere */
export function createTracebacks(root: string, interrupts: Interrupts): Tracebacks {
  Error.stackTraceLimit = frameLimit;
  const cells = new Map<string, CompiledCell & { scriptLines: number }>();

  /** Lines and columns count from 0 in a script; the place in a cell counts from 1. */
  function placeInCell(name: string, line: number, column: number): Place | undefined {
    const cell = cells.get(name);
    if (!cell || cell.maps.length === 0 || line >= cell.scriptLines - 1) return undefined;
    for (const map of cell.maps) {
      const entry = map.findEntry(line, Math.max(column, 0)) as { originalLine?: number; originalColumn?: number };
      if (entry.originalLine === undefined || entry.originalColumn === undefined) return undefined;
      [line, column] = [entry.originalLine, entry.originalColumn];
    }
    // tslab puts one line in front of the cell and its exports behind it.
    const text = cell.lines[line - 1];
    return text === undefined ? undefined : { line, column: column + 1, text: text.trim() };
  }

  function placeOfAwait({ cell, line, column }: { cell: string; line: number; column: number }): Place | undefined {
    const compiled = cells.get(cell);
    // The site is known in the input of the second step, so only the first step's map applies.
    const entry = compiled?.maps[1]?.findEntry(line, column) as { originalLine?: number; originalColumn?: number };
    if (!compiled || entry?.originalLine === undefined || entry.originalColumn === undefined) return undefined;
    const text = compiled.lines[entry.originalLine - 1] ?? '';
    return { line: entry.originalLine, column: entry.originalColumn + 1, text: text.trim() };
  }

  function describeError(error: Error): string[] {
    const message: string[] = [];
    const frames: string[] = [];
    let pointer: string | undefined;
    const point = (name: string, { line, column, text }: Place) => {
      pointer ??= `  --> ${name}:${line}:${column}  ${text}`;
      return `${name}:${line}:${column}`;
    };
    for (const line of String(error.stack ?? error).split('\n')) {
      if (!/^\s+at /.test(line)) {
        message.push(line);
        continue;
      }
      const found = /(cell\[\w+\]):(\d+):(-?\d+)/.exec(line);
      if (!found) {
        if (!foreign(line)) frames.push(line.replaceAll(root + path.sep, ''));
        continue;
      }
      const place = placeInCell(found[1], Number(found[2]) - 1, Number(found[3]) - 1);
      // The variables of cells are properties of a proxy, which names the functions that are called on it.
      if (place) frames.push(line.replace(found[0], point(found[1], place)).replace('at Proxy.', 'at '));
    }
    // A promise's error knows the frames up to the first await only.
    for (const site of interrupts.awaitSites(error)) {
      const place = placeOfAwait(site);
      const frame = place && `    at await ${point(site.cell, place)}`;
      if (frame && !frames.some((known) => known.includes(`${site.cell}:${place.line}:`))) frames.push(frame);
    }
    const cause = error.cause === undefined ? [] : ['Caused by:', ...describe(error.cause)];
    return [...message, ...(pointer ? [pointer] : []), ...frames, ...cause];
  }

  function describe(thrown: unknown): string[] {
    if (thrown instanceof TypeScriptError) return thrown.traceback;
    if (thrown instanceof Error || typeof (thrown as Error | undefined)?.stack === 'string')
      return describeError(thrown as Error);
    return [`Thrown: ${inspect(thrown)}`];
  }

  return { describe, add: (cell, scriptLines) => void cells.set(cell.name, { ...cell, scriptLines }) };
}
