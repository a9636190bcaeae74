import stringWidth from 'fast-string-width';
import type { Output } from './output.ts';
import { redact } from './redact.ts';
import { cut, wrap, type Column } from './table.ts';
import { clean } from './text.ts';

/** What a view has to know about where it is shown. */
export type Screen = Pick<Output, 'columns' | 'paint'>;

/** Narrower than the usual 80 columns, for which the views are made. */
export function isNarrow(columns: number): boolean {
  return columns < 80;
}

const labelWidth = 13;

/**
 * A label and its value. On a narrow terminal a long value wraps, but only between words, so that ids and links can
 * be copied.
 *
 * @param value printed as it is
 */
export function labelled(label: string, value: string, { columns, paint }: Screen): string {
  const head = label === '' ? ' '.repeat(labelWidth) : paint.dim(label.padEnd(labelWidth));
  const beside = columns - labelWidth - 1;
  if (!isNarrow(columns) || stringWidth(value) <= beside) return `${head} ${value}`;
  const lines = flow(value, beside);
  if (lines.every((line) => stringWidth(line) <= beside)) {
    return `${head} ${lines.join(`\n${' '.repeat(labelWidth + 1)}`)}`;
  }
  const below = flow(value, columns - 2).map((line) => `  ${line}`);
  return [...(label === '' ? [] : [head.trimEnd()]), ...below].join('\n');
}

/** Lines of at most this width, except that longer words stay whole. */
export function flow(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && stringWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/**
 * The rows of a table that does not fit: the first two columns of each row and, below them, the other columns with
 * their titles, except those without a value.
 */
export function records<Row>(
  rows: readonly Row[],
  [first, second, ...others]: readonly [Column<Row>, Column<Row>, ...Column<Row>[]],
  { columns, paint }: Screen,
): string {
  const titleWidth = Math.max(...others.map(({ title }) => stringWidth(title)));
  const indent = ' '.repeat(titleWidth + 4);
  const room = columns - indent.length;
  return rows
    .map((row) => {
      const textOf = (column: Column<Row>): string => clean(redact(column.value(row)));
      const painted = (column: Column<Row>): string => column.paint?.(textOf(column), row) ?? textOf(column);
      const present = others.filter((column) => !['', '-'].includes(textOf(column)));
      return [
        `${painted(first)}  ${painted(second)}`,
        ...present.map((column) => {
          const lines = broken(textOf(column), room, column.overflow ?? 'cut');
          return `  ${paint.dim(column.title.padEnd(titleWidth))}  ${lines.join(`\n${indent}`)}`;
        }),
      ].join('\n');
    })
    .join('\n');
}

function broken(text: string, room: number, overflow: 'cut' | 'wrap' | 'keep'): string[] {
  if (overflow === 'keep') return [text];
  return overflow === 'wrap' ? wrap(text, Math.max(1, room)) : [cut(text, room)];
}
