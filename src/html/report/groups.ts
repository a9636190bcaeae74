import type { ReportDocument, ReportRow } from '../../documents/report.ts';
import type { Difference } from '../../domain/scores/differs.ts';
import { funnelPlace, funnelPlot, type FunnelGroup } from './funnel-plot.ts';
import { groupName, nounsOf } from './group-names.ts';
import { interval, percent } from '../../domain/scores/percent.ts';
import { count, counted } from './numbers.ts';
import { across, type Plot } from './plot.ts';
import { lowestTick } from './trend.ts';

/** A longer table is collapsed at first, and is not printed. */
const mostOpenRows = 30;
const differences: Readonly<Record<Difference, string>> = {
  above: 'Above',
  below: 'Below',
  no: 'No difference',
  too_few: 'Too few answers',
};

/** The section, ready to print. */
export interface GroupsView extends Readonly<Record<string, unknown>> {
  rows: readonly object[];
}

/** The funnel plot and the table of the groups. @param draw a plot as SVG */
export function groupsView(groups: ReportDocument, draw: (plot: Plot) => string): GroupsView {
  const { by, overall, rows } = groups;
  const expected = overall.csat.value;
  const nouns = nounsOf(by);
  const rated = rows.filter(({ csat }) => csat.of > 0).map((row) => ({ row, group: groupOf(row, groups) }));
  const outside = rated.filter(
    ({ group }) => expected !== null && funnelPlace(group, expected).side !== 'inside',
  );
  const floor = lowestTick(rated.map(({ row }) => row.csat.low ?? 0));
  return {
    ...nouns,
    title: nouns.more.charAt(0).toUpperCase() + nouns.more.slice(1),
    column: nouns.one.charAt(0).toUpperCase() + nouns.one.slice(1),
    overlapping: groups.overlapping,
    minimum: count(groups.minimum),
    credit: creditText(groups.credit),
    isOpen: rows.length <= mostOpenRows,
    total: counted(rows.length, nouns.one, nouns.more),
    plot:
      // A single group cannot be compared with anything.
      expected === null || rated.length < 2
        ? ''
        : draw(
            funnelPlot(
              rated.map(({ group }) => group),
              expected,
              nouns,
            ),
          ),
    verdict: verdictOf(outside.length, rated.length, nouns),
    responses: responsesOf(groups, nouns),
    overall: percent(expected),
    overallX: placeOf(expected ?? 0, floor),
    rows: rows.map((row) => ({
      name: groupName(row.key, by),
      answers: count(row.csat.of),
      score: percent(row.csat.value),
      interval: interval(row.csat),
      span: spanOf(row, floor),
      response: percent(row.responseRate.value),
      responseSide: sideOf(row.responseDiffers),
      differs: row.differs === null ? '' : differences[row.differs],
      side: sideOf(row.differs),
    })),
    all: {
      answers: count(overall.csat.of),
      score: percent(expected),
      interval: interval(overall.csat),
      response: percent(overall.responseRate.value),
    },
  };
}

function sideOf(difference: Difference | null): 'above' | 'below' | '' {
  return difference === 'above' || difference === 'below' ? difference : '';
}

/** More names than this appear only in the table. */
const mostNamed = 5;

/** Which groups have a low response rate; empty if nothing was compared. */
function responsesOf({ rows, by }: ReportDocument, { one, more }: { one: string; more: string }): string {
  const compared = rows.filter(
    ({ responseDiffers }) => responseDiffers !== null && responseDiffers !== 'too_few',
  );
  if (compared.length < 2) return '';
  const low = compared.filter(({ responseDiffers }) => responseDiffers === 'below');
  if (low.length === 0) {
    return `No ${one} has a response rate that is lower than that of all others by more than chance would explain.`;
  }
  const names = low.slice(0, mostNamed).map(({ key }) => groupName(key, by));
  const others = low.length > mostNamed ? `, and ${counted(low.length - mostNamed, 'other')}` : '';
  const have = low.length === 1 ? 'has' : 'have';
  return `${counted(low.length, one, more)} ${have} a response rate lower than that of all others by more than chance would explain: ${names.join(', ')}${others}.`;
}

function creditText(credit: ReportDocument['credit']): string {
  if (credit === null || credit.answers === 0) return '';
  const { answers, moved, unassigned } = credit;
  return `If answers counted for the assignee instead, ${count(moved)} of ${count(answers)} would count for another agent, and ${count(unassigned)} for no agent.`;
}

function groupOf({ key, csat }: ReportRow, { by }: ReportDocument): FunnelGroup {
  return { name: groupName(key, by), of: csat.of, satisfied: csat.count };
}

function spanOf({ csat }: ReportRow, floor: number): object | null {
  const { value, low, high } = csat;
  if (value === null || low === null || high === null) return null;
  return { low: placeOf(low, floor), high: placeOf(high, floor), value: placeOf(value, floor) };
}

/** The position on a scale from `floor` to 1. */
function placeOf(share: number, floor: number): string {
  return across((100 * (share - floor)) / (1 - floor));
}

/** What a reader may conclude from the funnel plot. */
function verdictOf(outside: number, rated: number, { one, more }: { one: string; more: string }): string {
  if (rated === 0) return '';
  if (outside === 0) {
    return rated === 1
      ? `With one ${one}, there is nothing to compare.`
      : `All ${count(rated)} ${more} lie within the 95% limits: the differences between them may be chance.`;
  }
  const expected = Math.round(rated / 20);
  const chance =
    expected === 0
      ? 'Chance alone puts 1 in 20 outside.'
      : `Of ${counted(rated, one, more)}, chance alone puts about ${count(expected)} outside.`;
  return `${counted(outside, one, more)} ${outside === 1 ? 'lies' : 'lie'} outside the 95% limits. ${chance}`;
}
