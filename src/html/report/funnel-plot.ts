import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import {
  alarmTail,
  controlLimits,
  warningTail,
  type ControlLimits,
} from '../../domain/scores/control-limits.ts';
import { singleLine } from '../single-line.ts';
import { percent } from '../../domain/scores/percent.ts';
import { count, counted } from './numbers.ts';
import { across, upright, type Plot } from './plot.ts';
import { lowestTick } from './trend.ts';

/** A group with answers. */
export interface FunnelGroup {
  name: string;
  of: number;
  satisfied: number;
}

/** Where a group lies: `alarm` is beyond the 99.8% limits, `warning` beyond the 95% limits. */
export interface FunnelPlace {
  side: 'inside' | 'above' | 'below';
  limits: 'none' | 'warning' | 'alarm';
}

const top = 14;
const bottom = 300;
/** More names than this would cover one another. */
const mostNames = 10;
const longestName = 24;
const nameHeight = 15;
const curvePoints = 120;

/** @param overall the share of all groups together, which each of them is expected to have */
export function funnelPlace({ of, satisfied }: FunnelGroup, overall: number): FunnelPlace {
  const value = satisfied / of;
  for (const [limits, tail] of [
    ['alarm', alarmTail],
    ['warning', warningTail],
  ] as const) {
    const { low, high } = controlLimits(of, overall, tail);
    // Tolerates rounding: the limits are sums of many small numbers.
    if (value < low - 1e-12) return { side: 'below', limits };
    if (value > high + 1e-12) return { side: 'above', limits };
  }
  return { side: 'inside', limits: 'none' };
}

/**
 * The score against the number of answers, with the limits within which chance alone keeps most groups. Every group
 * has answers.
 */
export function funnelPlot(
  groups: readonly FunnelGroup[],
  overall: number,
  nouns: { one: string; more: string },
): Plot {
  const most = Math.max(...groups.map(({ of }) => of));
  const end = Math.ceil(most * 1.06);
  const answers = scaleLinear([0, end], [0, 100]);
  const floor = lowestTick(groups.map(({ of, satisfied }) => satisfied / of - 0.02));
  const score = scaleLinear([floor, 1], [bottom, top]);
  const places = groups.map((group) => ({ ...group, ...funnelPlace(group, overall) }));
  const grid = answerGrid(end);
  const curves = (tail: number): { of: number; limits: ControlLimits }[] =>
    grid.map((of) => ({ of, limits: controlLimits(of, overall, tail) }));
  const y = (share: number): number => score(Math.max(floor, share));
  const bandOf = (tail: number): string =>
    area<{ of: number; limits: ControlLimits }>()
      .x(({ of }) => answers(of))
      .y0(({ limits }) => y(limits.low))
      .y1(({ limits }) => y(limits.high))(curves(tail)) ?? '';
  const edgesOf = (tail: number, kind: 'limit' | 'outer'): Plot['paths'][number][] =>
    (['low', 'high'] as const).map((side) => ({
      kind,
      d:
        line<{ of: number; limits: ControlLimits }>()
          // There is no limit if no share can lie beyond it.
          .defined(({ limits }) => (side === 'low' ? limits.low > floor : limits.high < 1))
          .x(({ of }) => answers(of))
          .y(({ limits }) => score(limits[side]))(curves(tail)) ?? '',
    }));
  const outside = places.filter(({ side }) => side !== 'inside');
  return {
    label:
      `Funnel plot: the score of ${counted(groups.length, nouns.one, nouns.more)} against the number of answers. ` +
      `${count(outside.length)} outside the 95% limits. The table below has every figure.`,
    height: bottom + 1,
    yTicks: score.ticks(5).map((value) => ({ y: upright(score(value)), label: percent(value) })),
    xTicks: answers
      .ticks(6)
      .filter((value) => Number.isInteger(value))
      .map((value, index, shown) => ({
        x: across(answers(value)),
        label: count(value),
        minor: shown.length > 5 && index % 2 !== 0,
      })),
    xTitle: 'Answers',
    paths: [
      { kind: 'wide' as const, d: bandOf(alarmTail) },
      { kind: 'band' as const, d: bandOf(warningTail) },
      ...edgesOf(alarmTail, 'outer'),
      ...edgesOf(warningTail, 'limit'),
    ].filter(({ d }) => d !== ''),
    lines: [{ kind: 'overall', x1: '0%', x2: '100%', y1: upright(y(overall)), y2: upright(y(overall)) }],
    bars: [],
    // Points outside the limits are drawn on top.
    points: places
      .toSorted((one, other) => Number(one.side !== 'inside') - Number(other.side !== 'inside'))
      .map(({ name, of, satisfied, side }) => ({
        kind: side,
        x: across(answers(of)),
        y: upright(score(satisfied / of)),
        title: `${name}: ${percent(satisfied / of)} of ${counted(of, 'answer')}`,
      })),
    texts: namesOf(outside.length === 0 && groups.length <= 5 ? places : outside, {
      x: (of) => answers(of),
      y: (share) => score(share),
    }),
  };
}

/** Every number where the curve bends, and fewer numbers further out. */
function answerGrid(most: number): number[] {
  const grid = new Set<number>();
  for (let step = 0; step <= curvePoints; step += 1) {
    grid.add(Math.max(1, Math.round(most * (step / curvePoints) ** 2)));
  }
  return [...grid];
}

/**
 * Names beside their points, moved apart if they would cover one another. If there are too many, the most remarkable
 * groups keep theirs.
 */
function namesOf(
  groups: readonly (FunnelGroup & FunnelPlace)[],
  at: { x: (of: number) => number; y: (share: number) => number },
): Plot['texts'] {
  const named = groups
    .toSorted(
      (one, other) => Number(other.limits === 'alarm') - Number(one.limits === 'alarm') || other.of - one.of,
    )
    .slice(0, mostNames)
    .map(({ name, of, satisfied }) => ({ name, x: at.x(of), y: at.y(satisfied / of) }))
    .toSorted((one, other) => one.y - other.y);
  const taken: { x: number; y: number; isRight: boolean }[] = [];
  return named.map(({ name, x, y }) => {
    const isRight = x > 62;
    const covers = (place: number): boolean =>
      taken.some((other) => Math.abs(other.y - place) < nameHeight && Math.abs(other.x - x) < 40);
    let free = Math.max(y, top);
    while (covers(free) && free < bottom) free += 2;
    taken.push({ x, y: free, isRight });
    return {
      kind: 'name' as const,
      x: across(x),
      dx: isRight ? -9 : 9,
      y: upright(free + 4),
      anchor: isRight ? ('end' as const) : ('start' as const),
      text: singleLine(name, longestName),
    };
  });
}
