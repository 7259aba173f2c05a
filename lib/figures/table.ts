import { escapeHtml } from './escape';
import type { Caption, Figure, TableBody } from './figure';
import { labelWithUnit, notAvailable, numberText } from './number-text';

/** One column of a table. */
export interface Column {
  /** The key of its values in a row. */
  key: string;
  label: string;
  unit?: string;
  /** Decimal digits of its numbers; 2 by default. */
  digits?: number;
  /** Which number is set in bold. Numbers that print alike are bold together. */
  best?: 'lowest' | 'highest';
}

/** A cell: a text, a number, a number with its spread (printed "2.31 ± 0.05"), or nothing, printed "n/a". */
export type Cell = string | number | { value: number; spread: number } | null | undefined;

/** What a table shows. */
export interface TableOptions extends Caption {
  columns: Column[];
  rows: Record<string, Cell>[];
  /** Rows to compare with, such as floors and the paper's numbers: set apart, and never the best. */
  referenceRows?: Record<string, Cell>[];
}

/**
 * A table with units in its header and a fixed number of digits in each column.
 *
 * @throws {RangeError} when there is no column, or a row has a key that no column has
 */
export function tableFigure(options: TableOptions): Figure {
  const { title, howToRead, columns, rows, referenceRows = [] } = options;
  if (columns.length === 0) throw new RangeError(`columns of "${title}" must hold at least one column, but are empty`);
  const keys = new Set(columns.map(({ key }) => key));
  for (const row of [...rows, ...referenceRows])
    for (const key of Object.keys(row))
      if (!keys.has(key))
        throw new RangeError(`row of "${title}" has the key "${key}", but the columns are ${[...keys].join(', ')}`);

  const best = columns.map((column) => bestText(column, rows));
  const cells = (row: Record<string, Cell>, reference: boolean) => ({
    reference,
    cells: columns.map((column, index) => ({
      text: cellText(row[column.key], column),
      best: !reference && best[index] !== undefined && numberOf(row[column.key], column) === best[index],
    })),
  });
  const body: TableBody = {
    kind: 'table',
    columns: columns.map(({ key, label, unit }) => ({
      header: labelWithUnit(label, unit),
      align: [...rows, ...referenceRows].some((row) => typeof row[key] === 'string') ? 'left' : 'right',
    })),
    rows: [...rows.map((row) => cells(row, false)), ...referenceRows.map((row) => cells(row, true))],
  };
  const size = `A table of ${body.rows.length} rows and ${columns.length} columns`;
  return { title, howToRead, alternative: options.alternative ?? `${size}: ${headers(body).join(', ')}.`, body };
}

const headers = (body: TableBody): string[] => body.columns.map(({ header }) => header);

function cellText(cell: Cell, { digits = 2 }: Column): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell !== 'object' || cell === null) return numberText(cell, digits);
  const value = numberText(cell.value, digits);
  return value === notAvailable ? value : `${value} ± ${numberText(cell.spread, digits)}`;
}

/** The number of a cell as it prints, without its spread. */
function numberOf(cell: Cell, column: Column): string | undefined {
  const value = typeof cell === 'object' ? cell?.value : cell;
  return typeof value === 'number' && Number.isFinite(value) ? numberText(value, column.digits ?? 2) : undefined;
}

function bestText(column: Column, rows: Record<string, Cell>[]): string | undefined {
  const numbers = rows.map((row) => numberOf(row[column.key], column)).filter((text) => text !== undefined);
  if (!column.best || numbers.length === 0) return undefined;
  const sign = column.best === 'lowest' ? 1 : -1;
  return numbers.reduce((best, text) => (sign * (Number(text) - Number(best)) < 0 ? text : best));
}

/** The table as an HTML element; the page's style, if any, finds the class `figure-table`. */
export function tableHtml(body: TableBody): string {
  const style = (column: number) => ` style="text-align:${body.columns[column].align}"`;
  const head = headers(body).map((header, column) => `<th scope="col"${style(column)}>${escapeHtml(header)}</th>`);
  const rows = body.rows.map(({ cells, reference }) => {
    const tds = cells.map(({ text, best }, column) => {
      const inner = best ? `<strong>${escapeHtml(text)}</strong>` : escapeHtml(text);
      return column === 0 ? `<th scope="row"${style(column)}>${inner}</th>` : `<td${style(column)}>${inner}</td>`;
    });
    return `<tr${reference ? ' class="reference"' : ''}>${tds.join('')}</tr>`;
  });
  return `<table class="figure-table" style="font-variant-numeric:tabular-nums"><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

/** The table as aligned lines; a star marks the best numbers. */
export function tableText(body: TableBody): string {
  const lines = [
    headers(body),
    ...body.rows.map(({ cells }) => cells.map(({ text, best }) => (best ? `*${text}` : text))),
  ];
  const widths = body.columns.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const pad = (text: string, column: number) =>
    body.columns[column].align === 'left' ? text.padEnd(widths[column]) : text.padStart(widths[column]);
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const [head, ...rest] = lines.map((line) => line.map(pad).join('  ').trimEnd());
  const firstReference = body.rows.findIndex(({ reference }) => reference);
  if (firstReference > 0) rest.splice(firstReference, 0, rule);
  return [head, rule, ...rest].join('\n');
}
