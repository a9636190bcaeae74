import type {
  ReportCounts,
  ReportDocument,
  ReportField,
  ReportKey,
  ReportRow,
  ReportShare,
  ReportTable,
} from '../documents/report.ts';
import { shareOf } from '../domain/scores/share.ts';
import { csvLine } from './csv.ts';

/**
 * One table of a report; without groups, `rows` is a single row for everything. The fields have the names of the
 * JSON.
 */
export function reportCsv(report: ReportDocument, which: ReportTable): string {
  return tableOf(report, which).map(csvLine).join('');
}

function tableOf(report: ReportDocument, which: ReportTable): unknown[][] {
  if (which === 'reasons') {
    return [['reason', 'closings'], ...Object.entries(report.reasons)];
  }
  if (which === 'credit') {
    const pairs = report.credit?.pairs ?? [];
    return [
      ['responder.id', 'responder.name', 'assignee.id', 'assignee.name', 'answers'],
      ...pairs.map(({ responder, assignee, answers }) => [
        responder?.id ?? null,
        responder?.name ?? null,
        assignee.id,
        assignee.name,
        answers,
      ]),
    ];
  }
  if (which === 'followUp') {
    const { lowRating, open, done, forgotten, medianSeconds } = report.followUp;
    return [
      ['lowRating', 'open', 'done', 'forgotten', 'medianSeconds'],
      [lowRating, open, done, forgotten, medianSeconds],
    ];
  }
  if (which === 'lowReasons') {
    const { reasons, of, unsaid } = report.lowReasons;
    return [
      ['reason', ...parts],
      ...reasons.map((row) => [row.reason, ...partsOf(row)]),
      // Makes the rows add up.
      ...(of === 0 ? [] : [[null, ...partsOf(shareOf(unsaid, of))]]),
    ];
  }
  if (which === 'questions') {
    return [
      ['kind', 'text', 'answers', 'mean', 'answer', ...parts],
      ...report.questions.flatMap(({ kind, text, answers, mean, distribution }) =>
        distribution.length === 0
          ? [[kind, text, answers, mean, null, ...parts.map(() => null)]]
          : distribution.map((row) => [kind, text, answers, mean, row.answer, ...partsOf(row)]),
      ),
    ];
  }
  const { by, rows, overall } = report;
  const body =
    by.length === 0
      ? [[...countsOf(overall), ...partsOf(overall.reminded)]]
      : rows.map((row) => rowOf(by, row));
  return [
    [
      ...by.flatMap(keyTitles),
      ...titles,
      ...(by.length === 0 ? [] : ['differs']),
      ...remindedTitles,
      ...(by.length === 0 ? [] : ['responseDiffers']),
    ],
    ...body,
  ];
}

function rowOf(by: readonly ReportField[], row: ReportRow): unknown[] {
  return [
    ...by.flatMap((field) => keyCells(field, row.key)),
    ...countsOf(row),
    row.differs,
    ...partsOf(row.reminded),
    row.responseDiffers,
  ];
}

function keyTitles(field: ReportField): string[] {
  if (field === 'agent') return ['agent.id', 'agent.name', 'agent.email'];
  return field === 'inbox' || field === 'topic' ? [`${field}.id`, `${field}.name`] : [field];
}

function keyCells(field: ReportField, key: ReportKey): unknown[] {
  if (field === 'agent') return [key.agent?.id, key.agent?.name, key.agent?.email];
  if (field === 'inbox' || field === 'topic') return [key[field]?.id, key[field]?.name];
  return [key[field]];
}

const parts = ['of', 'count', 'value', 'low', 'high'];
/** After the other columns, because these were added later; `responseDiffers` was added last. */
const remindedTitles = parts.map((part) => `reminded.${part}`);

const titles = [
  ...['closed', 'suppressed', 'waiting', 'asked', 'opened', 'answered', 'unasked'],
  ...['responseRate', 'csat'].flatMap((name) => parts.map((part) => `${name}.${part}`)),
  'mean',
  ...['1', '2', '3', '4', '5'].map((rating) => `distribution.${rating}`),
  ...['yes', 'no', 'unsaid'].map((said) => `resolved.${said}`),
];

function countsOf(row: ReportCounts): unknown[] {
  const { responseRate, csat, distribution, resolved } = row;
  return [
    ...[row.closed, row.suppressed, row.waiting, row.asked, row.opened, row.answered, row.unasked],
    ...[responseRate, csat].flatMap(partsOf),
    row.mean,
    ...[distribution['1'], distribution['2'], distribution['3'], distribution['4'], distribution['5']],
    ...[resolved.yes, resolved.no, resolved.unsaid],
  ];
}

function partsOf({ of, count, value, low, high }: ReportShare): unknown[] {
  return [of, count, value, low, high];
}
