import type { ReportDocument, ReportPrevious } from '../../documents/report.ts';
import { rangeText } from './dates.ts';
import { interval, percent } from '../../domain/scores/percent.ts';
import { count, counted, mean, percentOf, points } from './numbers.ts';

/** The score with its interval, the period before, and the figures beside them, ready to print. */
export interface Headline {
  /** Empty: no answers. */
  score: string;
  answers: string;
  interval: string;
  change: { direction: 'up' | 'down' | 'same'; points: string; before: string; chance: string } | null;
  /** Why there is no change; empty if there is one. */
  noChange: string;
  figures: { label: string; value: string; note: string }[];
}

export function headlineOf({ overall, previous }: ReportDocument): Headline {
  const { csat, responseRate, reminded, resolved } = overall;
  const said = resolved.yes + resolved.no;
  const change = previous === null ? null : changeOf(previous);
  return {
    score: csat.value === null ? '' : percent(csat.value),
    answers: counted(csat.of, 'answer'),
    interval: interval(csat),
    change,
    noChange: change === null ? noChangeOf(previous) : '',
    figures: [
      {
        label: 'Answers',
        value: count(csat.of),
        note: previous === null ? '' : `${count(previous.overall.csat.of)} in the period before`,
      },
      {
        label: 'Response rate',
        value: percent(responseRate.value),
        note:
          responseRate.of === 0
            ? 'Nobody was asked'
            : `of ${count(responseRate.of)} asked; ${interval(responseRate)}`,
      },
      ...(reminded.of === 0
        ? []
        : [
            {
              label: 'Answered after a reminder',
              value: percent(reminded.value),
              note: `${count(reminded.count)} of ${count(reminded.of)} reminded; ${interval(reminded)}`,
            },
          ]),
      { label: 'Mean rating', value: mean(overall.mean), note: 'of 5 stars' },
      {
        label: 'Resolved',
        value: percentOf(resolved.yes, said),
        note: said === 0 ? 'No answers' : `of ${count(said)} who said`,
      },
      {
        label: 'Conversations closed',
        value: count(overall.closed),
        note: previous === null ? '' : `${count(previous.overall.closed)} in the period before`,
      },
    ],
  };
}

function changeOf({ range, overall, change }: ReportPrevious): Headline['change'] {
  const { value, low, high } = change;
  if (value === null || low === null || high === null) return null;
  const text = points(value);
  const spread = `${points(low)} to ${points(high)}`;
  const isChance = low <= 0 && high >= 0;
  return {
    direction: text.startsWith('+') ? 'up' : text.startsWith('−') ? 'down' : 'same',
    points: text,
    before: `${rangeText(range)}: ${percent(overall.csat.value)} of ${counted(overall.csat.of, 'answer')}`,
    chance: isChance
      ? `This may be chance: the 95% interval of the change is ${spread} points, and includes zero.`
      : `This is unlikely to be chance: the 95% interval of the change is ${spread} points.`,
  };
}

function noChangeOf(previous: ReportPrevious | null): string {
  if (previous === null) return '';
  return previous.overall.csat.of === 0
    ? `No answers in the period before (${rangeText(previous.range)}), so there is no change to show.`
    : `In the period before (${rangeText(previous.range)}): ${percent(previous.overall.csat.value)} of ${counted(previous.overall.csat.of, 'answer')}.`;
}
