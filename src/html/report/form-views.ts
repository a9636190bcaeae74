import type { ReportFollowUp, ReportLowReasons, ReportOwnQuestion } from '../../documents/report.ts';
import { durationText } from '../../domain/scores/follow-up.ts';
import { interval } from '../../domain/scores/percent.ts';
import { singleLine } from '../single-line.ts';
import { bar } from './bar.ts';
import { count, counted } from './numbers.ts';

const longestLabel = 300;

interface Row {
  label: string;
  interval: string;
  count: string;
  share: string;
  width: string;
}

/** What was done about low ratings, ready to print. */
export function followUpView({ lowRating, open, done, forgotten, medianSeconds }: ReportFollowUp): object {
  const all = open + done + forgotten;
  const rows = [
    { label: 'Open', ...bar(open, all) },
    { label: 'Done', ...bar(done, all) },
    ...(forgotten === 0 ? [] : [{ label: 'Customer forgotten', ...bar(forgotten, all) }]),
  ];
  return {
    atMost: lowText(lowRating),
    rows: all === 0 ? [] : rows,
    all: counted(all, 'answer'),
    median: medianSeconds === null ? '' : durationText(medianSeconds),
  };
}

/** Why ratings were low; without rows if nobody gave a reason. */
export function lowReasonsView({ lowRating, of, unsaid, reasons }: ReportLowReasons): object {
  const longest = Math.max(0, ...reasons.map((row) => row.count));
  return {
    atMost: lowText(lowRating),
    all: counted(of, 'answer'),
    unsaid: unsaid === 0 ? '' : count(unsaid),
    rows: reasons.map((row): Row => rowOf(row.reason, row, longest)),
  };
}

/** The answers to the organization's own question. */
export function questionView({ text, kind, answers, mean, distribution }: ReportOwnQuestion): object {
  const longest = Math.max(0, ...distribution.map((row) => row.count));
  return {
    text: singleLine(text, longestLabel),
    kind,
    answers: counted(answers, 'answer'),
    mean: mean === null ? '' : mean.toFixed(2),
    rows: distribution.map((row): Row => rowOf(String(row.answer), row, longest)),
  };
}

function rowOf(
  label: string,
  share: { count: number; of: number; low: number | null; high: number | null },
  longest: number,
): Row {
  return {
    label: singleLine(label, longestLabel),
    interval: interval(share),
    ...bar(share.count, share.of, longest),
  };
}

function lowText(lowRating: number): string {
  return lowRating === 1 ? '1 star' : `${lowRating} stars or fewer`;
}
