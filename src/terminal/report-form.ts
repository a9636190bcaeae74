import type { ReportDocument, ReportOwnQuestion, ReportShare } from '../documents/report.ts';
import { interval, percent } from '../domain/scores/percent.ts';
import { flow, type Screen } from './narrow.ts';
import { counted } from './report-rows.ts';
import { wrap } from './table.ts';
import { clean } from './text.ts';

/** What customers answered besides the rating: reasons for low ratings, and the organization's own question. */
export function formText(report: ReportDocument, screen: Screen): string[] {
  return [...lowReasonsText(report, screen), ...report.questions.map((one) => questionText(one, screen))];
}

function lowReasonsText({ lowReasons }: ReportDocument, screen: Screen): string[] {
  const { lowRating, of, unsaid, reasons } = lowReasons;
  if (reasons.length === 0) return [];
  const low = lowRating === 1 ? 'of 1' : `of ${lowRating} or less`;
  const heading = `Reasons for ${counted(of, 'rating')} ${low}`;
  return [
    [
      ...wrap(heading, screen.columns).map(screen.paint.bold),
      ...reasons.flatMap((row) => shareLines(row, row.reason, screen)),
      ...(unsaid === 0 ? [] : [`  ${String(unsaid).padStart(6)}  no reason given`]),
    ].join('\n'),
  ];
}

function questionText(
  { kind, text, answers, mean, distribution }: ReportOwnQuestion,
  screen: Screen,
): string {
  const about = [counted(answers, 'answer'), ...(mean === null ? [] : [`mean ${mean.toFixed(2)} of 10`])];
  const note = kind === 'text' ? '; an export has them' : '';
  return [
    ...wrap(`${clean(text)} (${about.join(', ')}${note})`, screen.columns).map(screen.paint.bold),
    ...distribution.flatMap((row) => shareLines(row, String(row.answer), screen)),
  ].join('\n');
}

function shareLines(share: ReportShare, label: string, { columns }: Screen): string[] {
  const text = clean(`${label}: ${percent(share.value)} (${interval(share)})`);
  return flow(text, columns - 10).map(
    (line, index) => `  ${(index === 0 ? String(share.count) : '').padStart(6)}  ${line}`,
  );
}
