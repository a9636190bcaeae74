import { scaleLinear, scalePoint } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { ReportCounts, ReportRow } from '../../documents/report.ts';
import { unitText, type TrendUnit } from './dates.ts';
import { interval, percent } from '../../domain/scores/percent.ts';
import { count, counted } from './numbers.ts';
import { across, upright, type Plot } from './plot.ts';

export interface TrendPoint {
  key: string;
  /** Null: no closing. */
  row: ReportCounts | null;
}

/** Score above, answers below. */
const scoreTop = 12;
const scoreBottom = 190;
const answersTop = 214;
const answersBottom = 254;

/** One point for each of `units`, which are `key`s of rows by day, week or month. */
export function trendPoints(
  rows: readonly ReportRow[],
  units: readonly string[],
  unit: TrendUnit,
): TrendPoint[] {
  const byKey = new Map(rows.map((row) => [row.key[unit], row]));
  return units.map((key) => ({ key, row: byKey.get(key) ?? null }));
}

interface Scored {
  x: number;
  share: { value: number; low: number; high: number } | null;
}

/** The score of each day, week or month with its interval, the overall score, and the number of answers. */
export function trendPlot(points: readonly TrendPoint[], unit: TrendUnit, overall: number | null): Plot {
  const place = scalePoint(
    points.map(({ key }) => key),
    [0, 100],
  ).padding(0.5);
  const xOf = (key: string): number => place(key) ?? 50;
  const scored: Scored[] = points.map(({ key, row }) => ({ x: xOf(key), share: shareOf(row) }));
  const most = Math.max(1, ...points.map(({ row }) => row?.csat.of ?? 0));
  const floor = lowestTick(scored.flatMap(({ share }) => (share === null ? [] : [share.low])));
  const score = scaleLinear([floor, 1], [scoreBottom, scoreTop]);
  const answers = scaleLinear([0, most], [answersBottom, answersTop]);
  const step = 100 / Math.max(1, points.length);
  const barWidth = Math.min(step * 0.7, 6);
  const isSeen = ({ share }: Scored): boolean => share !== null;
  const band = area<Scored>()
    .defined(isSeen)
    .x(({ x }) => x)
    .y0(({ share }) => score(share?.low ?? 0))
    .y1(({ share }) => score(share?.high ?? 0));
  const course = line<Scored>()
    .defined(isSeen)
    .x(({ x }) => x)
    .y(({ share }) => score(share?.value ?? 0));
  const isAlone = (index: number): boolean =>
    (scored[index - 1]?.share ?? null) === null && (scored[index + 1]?.share ?? null) === null;
  return {
    label: labelOf(points, unit),
    height: answersBottom + 1,
    yTicks: [
      ...score.ticks(4).map((value) => ({ y: upright(score(value)), label: percent(value) })),
      { y: upright(answers(most)), label: count(most) },
      { y: answersBottom, label: '0' },
    ],
    xTicks: ticksOf(points, unit, xOf),
    xTitle: '',
    paths: [
      { kind: 'band' as const, d: band(scored) ?? '' },
      { kind: 'line' as const, d: course(scored) ?? '' },
    ].filter(({ d }) => d !== ''),
    lines: [
      ...(overall === null
        ? []
        : [
            {
              kind: 'overall' as const,
              x1: '0%',
              x2: '100%',
              y1: upright(score(Math.max(floor, overall))),
              y2: upright(score(Math.max(floor, overall))),
            },
          ]),
      // A band around a single point has no width, so it gets a whisker.
      ...scored.flatMap(({ x, share }, index) =>
        share === null || !isAlone(index)
          ? []
          : [
              {
                kind: 'whisker' as const,
                x1: across(x),
                x2: across(x),
                y1: upright(score(share.low)),
                y2: upright(score(share.high)),
              },
            ],
      ),
    ],
    bars: points
      .filter(({ row }) => (row?.csat.of ?? 0) > 0)
      .map(({ key, row }) => {
        const y = upright(answers(row?.csat.of ?? 0));
        return {
          x: across(xOf(key) - barWidth / 2),
          y,
          width: across(barWidth),
          height: upright(answersBottom - y),
          title: `${unitText(key, unit, 'long')}: ${counted(row?.csat.of ?? 0, 'answer')}`,
        };
      }),
    points: points.flatMap(({ key, row }, index) => {
      const share = scored[index]?.share ?? null;
      return share === null
        ? []
        : [
            {
              kind: 'dot' as const,
              x: across(xOf(key)),
              y: upright(score(share.value)),
              title: `${unitText(key, unit, 'long')}: ${percent(share.value)} of ${counted(row?.csat.of ?? 0, 'answer')} (${interval(share)})`,
            },
          ];
    }),
    texts: [{ kind: 'note', x: '0%', dx: 0, y: answersTop - 8, anchor: 'start', text: 'Answers' }],
  };
}

function shareOf(row: ReportCounts | null): Scored['share'] {
  const { value = null, low = null, high = null } = row?.csat ?? {};
  return value === null || low === null || high === null ? null : { value, low, high };
}

/** Where the axis begins: below the lowest interval, since scores lie mostly in the upper half. */
export function lowestTick(lows: readonly number[]): number {
  const least = Math.min(0.8, ...lows);
  return Math.max(0, Math.floor(least * 10 - 1e-9) / 10);
}

function ticksOf(
  points: readonly TrendPoint[],
  unit: TrendUnit,
  xOf: (key: string) => number,
): Plot['xTicks'] {
  const every = Math.max(1, Math.ceil(points.length / 9));
  return points
    .filter((_, index) => index % every === 0)
    .map(({ key }, index, shown) => ({
      x: across(xOf(key)),
      label: unitText(key, unit),
      minor: shown.length > 4 && index % (shown.length > 6 ? 3 : 2) !== 0,
    }));
}

function labelOf(points: readonly TrendPoint[], unit: TrendUnit): string {
  const known = points.flatMap(({ row }) =>
    row?.csat.value === null || row === null ? [] : [row.csat.value],
  );
  const spread =
    known.length === 0
      ? 'no answers'
      : `from ${percent(Math.min(...known))} to ${percent(Math.max(...known))}`;
  return `Line chart: the score by ${unit} with its 95% interval, ${spread}. The table below has every figure.`;
}
