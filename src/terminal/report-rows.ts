import type {
  ReportCounts,
  ReportDocument,
  ReportField,
  ReportName,
  ReportRow,
  ReportShare,
} from '../documents/report.ts';
import type { ReasonCode } from '../domain/closing/reason.ts';
import { reasonText } from '../domain/eligibility/reason-words.ts';
import { interval, percent } from '../domain/scores/percent.ts';
import { isNarrow, records, type Screen } from './narrow.ts';
import { cut, table, tableWidth, wrap, type Column } from './table.ts';
import { clean } from './text.ts';

/** A line for each row, or nothing if the report has no groups. */
export function rowsText(report: ReportDocument, screen: Screen): string[] {
  const { by, rows, overlapping, minimum } = report;
  if (by.length === 0) return [];
  if (rows.length === 0) return ['No closings.'];
  const names: Column<ReportRow>[] = by.map((field) => ({
    title: titles[field],
    value: ({ key }) => keyText(field, key[field]),
  }));
  const columns = by.includes('reason') ? countColumns(report.overall) : scoreColumns(report, screen);
  const lines = isNarrow(screen.columns)
    ? narrowRows(report, columns, screen)
    : table(rows, fitting(rows, names, columns, screen), {
        width: screen.columns,
        heading: screen.paint.dim,
      });
  const notes = [
    ...(overlapping
      ? ['A closing counts under each of its topics, so the rows do not add up to the total.']
      : []),
    ...(rows.some(({ differs }) => differs !== null)
      ? [
          `Differs: compared with all other answers in this report. "too few": fewer than ${counted(minimum, 'answer')} (--min).`,
        ]
      : []),
    ...responseNotes(report),
    ...(by.includes('reason') ? ['Each closing counts once here, by its first reason.'] : []),
  ];
  return [
    lines,
    ...(notes.length === 0
      ? []
      : [
          notes
            .flatMap((note) => wrap(note, screen.columns))
            .map(screen.paint.dim)
            .join('\n'),
        ]),
  ];
}

/** Whether any response rate differs from that of all others by more than chance. */
function responseNotes({ rows, minimum }: ReportDocument): string[] {
  const compared = rows.filter(
    ({ responseDiffers }) => responseDiffers !== null && responseDiffers !== 'too_few',
  );
  if (compared.length === 0) return [];
  const atLeast = `(${minimum} asked or more)`;
  return [
    compared.some((row) => responseMark(row) !== '')
      ? `Response "below" or "above": compared with all other customers asked, by more than chance ${atLeast}.`
      : `Response: no row differs from all others who were asked by more than chance ${atLeast}.`,
  ];
}

function responseMark({ responseDiffers }: ReportRow): string {
  return responseDiffers === 'below' || responseDiffers === 'above' ? responseDiffers : '';
}

/**
 * Names have priority over columns that only repeat a figure. A name that is too long even so is cut and the bar
 * stays, but not if there are two columns of names.
 */
function fitting(
  rows: readonly ReportRow[],
  names: readonly Column<ReportRow>[],
  columns: readonly ScoreColumn[],
  { columns: width }: Screen,
): Column<ReportRow>[] {
  const most = Math.max(...columns.map(({ spare = 0 }) => spare));
  const without = (spared: number): Column<ReportRow>[] => [
    ...names,
    ...columns.filter(({ spare = 0 }) => spare <= spared),
  ];
  for (let spared = most; spared >= 0; spared -= 1) {
    if (tableWidth(rows, without(spared)) <= width) return without(spared);
  }
  return without(names.length > 1 ? 0 : 1);
}

/** `spare`: the higher it is, the sooner the column is left out. */
type ScoreColumn = Column<ReportRow> & { readonly spare?: number };

/** The name and the first figure of each row, with the other figures below. */
function narrowRows(
  { by, rows }: ReportDocument,
  [first, ...others]: readonly Column<ReportRow>[],
  screen: Screen,
): string {
  const name: Column<ReportRow> = {
    title: '',
    value: ({ key }) =>
      cut(clean(by.map((field) => keyText(field, key[field])).join(', ')), screen.columns - 10),
  };
  return first === undefined ? '' : records(rows, [name, first, ...others], screen);
}

function scoreColumns({ rows }: ReportDocument, { columns: width, paint }: Screen): ScoreColumn[] {
  const isMarked = rows.some((row) => responseMark(row) !== '');
  const rateOf = (row: ReportRow): string => percent(row.responseRate.value);
  const marked = (text: string, side: ReportRow['differs']): string =>
    side === 'above' ? paint.green(text) : side === 'below' ? paint.yellow(text) : text;
  const shown = (text: string): { overflow: 'keep'; title: string } => ({ overflow: 'keep', title: text });
  const columns: ScoreColumn[] = [
    { ...shown('Score'), align: 'right', value: ({ csat }) => percent(csat.value) },
    { ...shown(''), spare: 1, value: ({ csat }) => bar(csat) },
    { ...shown('95%'), align: 'right', value: ({ csat }) => rangeOf(csat) },
    { ...shown('Answers'), align: 'right', value: ({ csat }) => String(csat.of) },
    {
      ...shown('Response'),
      align: 'right',
      value: (row) => (isNarrow(width) ? `${rateOf(row)} ${responseMark(row)}`.trimEnd() : rateOf(row)),
    },
    ...(isMarked && !isNarrow(width)
      ? [
          {
            ...shown(''),
            value: responseMark,
            paint: (text: string, row: ReportRow) => marked(text, row.responseDiffers),
          },
        ]
      : []),
    { ...shown('95%'), spare: 2, align: 'right', value: ({ responseRate }) => rangeOf(responseRate) },
    { ...shown('Asked'), spare: 3, align: 'right', value: ({ asked }) => String(asked) },
  ];
  const reminded: ScoreColumn[] = rows.every((row) => row.reminded.of === 0)
    ? []
    : [{ ...shown('Reminded'), spare: 4, align: 'right', value: (row) => percent(row.reminded.value) }];
  if (rows.every(({ differs }) => differs === null)) return [...columns, ...reminded];
  return [
    ...columns,
    {
      ...shown('Differs'),
      value: ({ differs }) => differs?.replace('_', ' ') ?? '-',
      paint: (text, { differs }) => marked(text, differs),
    },
    ...reminded,
  ];
}

/** Without the first percent sign and the word in between, so that a row has room for its name. */
function rangeOf(share: ReportShare): string {
  return interval(share).replace('% to ', '–') || '–';
}

function countColumns({ closed }: ReportCounts): Column<ReportRow>[] {
  return [
    { title: 'Closed', align: 'right', overflow: 'keep', value: (row) => String(row.closed) },
    { title: 'Share', align: 'right', overflow: 'keep', value: (row) => percent(row.closed / closed) },
  ];
}

const titles: Readonly<Record<ReportField, string>> = {
  agent: 'Agent',
  inbox: 'Inbox',
  topic: 'Topic',
  channel: 'Channel',
  brand: 'Brand',
  day: 'Day',
  week: 'Week of',
  month: 'Month',
  reason: 'Reason',
};

function keyText(field: ReportField, key: ReportName | string | null | undefined): string {
  if (key === null || key === undefined) return field === 'reason' ? 'Not suppressed' : `no ${field}`;
  if (field === 'reason' && typeof key === 'string') return reasonText(key as ReasonCode);
  return typeof key === 'string' ? key : nameText(key);
}

export function nameText({ id, name }: ReportName): string {
  return name ?? id;
}

const barWidth = 10;

/** The share as a bar; its full length stands for 100%. */
function bar({ value }: ReportShare): string {
  if (value === null) return '';
  const full = Math.round(value * barWidth);
  return '█'.repeat(full) + '░'.repeat(barWidth - full);
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
