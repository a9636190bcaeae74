import stringWidth from 'fast-string-width';
import { redact } from './redact.ts';
import { clean } from './text.ts';

export interface Column<Row> {
  readonly title: string;
  /** May return any text; the table cleans it. */
  value(row: Row): string;
  readonly align?: 'left' | 'right';
  /** What happens to a text that is too long: cut with …, wrapped, or kept whole (ids). */
  readonly overflow?: 'cut' | 'wrap' | 'keep';
  /** Colors the padded cell. */
  paint?(text: string, row: Row): string;
}

export interface TableOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly heading?: (text: string) => string;
}

const gap = '  ';
const narrowest = 6;

/**
 * Aligned columns under their titles, as wide as their texts if the total width allows it; no line ends with spaces.
 */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  options: TableOptions,
): string {
  const texts = rows.map((row) => columns.map((column) => clean(redact(column.value(row)))));
  const widths = fit(columns, texts, options.width);
  const same = (text: string): string => text;
  const titles = line(
    columns,
    widths,
    columns.map((column) => [column.title]),
    () => options.heading ?? same,
  );
  const body = texts.map((cells, index) => {
    const broken = cells.map((text, at) => breakCell(text, widths[at] ?? 0, columns[at]?.overflow ?? 'cut'));
    return line(
      columns,
      widths,
      broken,
      (column) => (text) => column.paint?.(text, rows[index] as Row) ?? text,
    );
  });
  return [titles, ...body].join('\n');
}

/** How wide the table is if nothing is cut. */
export function tableWidth<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): number {
  const widths = columns.map((column) =>
    Math.max(stringWidth(column.title), ...rows.map((row) => stringWidth(clean(redact(column.value(row)))))),
  );
  return widths.reduce((sum, one) => sum + one, gap.length * (columns.length - 1));
}

/** Shrinks the widest column as often as necessary and possible. */
function fit<Row>(
  columns: readonly Column<Row>[],
  texts: readonly (readonly string[])[],
  width: number,
): number[] {
  const widths = columns.map((column, at) =>
    Math.max(stringWidth(column.title), ...texts.map((cells) => stringWidth(cells[at] ?? ''))),
  );
  const least = columns.map((column, at) =>
    column.overflow === 'keep' ? (widths[at] ?? 0) : Math.max(stringWidth(column.title), narrowest),
  );
  let excess = widths.reduce((sum, one) => sum + one, gap.length * (columns.length - 1)) - width;
  while (excess > 0) {
    const slack = widths.map((one, at) => (one > (least[at] ?? 0) ? one : 0));
    const widest = Math.max(...slack);
    if (widest === 0) break;
    const at = slack.indexOf(widest);
    const second = Math.max(least[at] ?? 0, ...slack.filter((_, index) => index !== at));
    const cut = Math.max(1, Math.min(excess, widest - second));
    widths[at] = widest - cut;
    excess -= cut;
  }
  return widths;
}

function line<Row>(
  columns: readonly Column<Row>[],
  widths: readonly number[],
  cells: readonly (readonly string[])[],
  paintOf: (column: Column<Row>) => (text: string) => string,
): string {
  const height = Math.max(1, ...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, row) => {
    const last = cells.findLastIndex((cell) => (cell[row] ?? '') !== '');
    return columns
      .slice(0, last + 1)
      .map((column, at) => {
        const text = cells[at]?.[row] ?? '';
        const space = ' '.repeat(Math.max(0, (widths[at] ?? 0) - stringWidth(text)));
        const painted = text === '' ? '' : paintOf(column)(text);
        if (column.align === 'right') return space + painted;
        return at === last ? painted : painted + space;
      })
      .join(gap);
  }).join('\n');
}

function breakCell(text: string, width: number, overflow: 'cut' | 'wrap' | 'keep'): string[] {
  if (overflow === 'keep' || stringWidth(text) <= width) return [text];
  return overflow === 'cut' ? [cut(text, width)] : wrap(text, width);
}

/** Created when a text is first cut, because creating it takes a tenth of the startup time. */
let graphemes: Intl.Segmenter | undefined;

/** The text if it fits the width, else its beginning and `…`, without half a character. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  return `${take(text, Math.max(0, width - 1))}…`;
}

/** Lines of at most this width, broken between words if possible. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ').filter((part) => part !== '')) {
    let rest = word;
    if (current !== '' && stringWidth(`${current} ${rest}`) > width) {
      lines.push(current);
      current = '';
    }
    while (stringWidth(rest) > width) {
      const head = take(rest, width) || String.fromCodePoint(rest.codePointAt(0) ?? 0);
      lines.push(head);
      rest = rest.slice(head.length);
    }
    current = current === '' ? rest : `${current} ${rest}`;
  }
  return current === '' && lines.length > 0 ? lines : [...lines, current];
}

function take(text: string, width: number): string {
  let taken = '';
  let used = 0;
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > width) break;
    taken += segment;
  }
  return taken;
}
