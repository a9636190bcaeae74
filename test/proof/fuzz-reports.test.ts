import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReportCounts, ReportDocument, ReportRow, ReportShare } from '../../src/documents/report.ts';
import { reasonCodes } from '../../src/domain/closing/reason.ts';
import type { ReportField } from '../../src/domain/scores/report-parts.ts';
import type { Ledger } from '../../src/store/ledger/ledger.ts';
import { openLedger } from '../../src/store/open.ts';
import { reportOf, type ReportQuestion } from '../../src/workflow/scores/report.ts';
import { noFilters } from '../support/no-filters.ts';
import {
  anyClosing,
  fill,
  rangeOfAny as range,
  type AnyClosing as Closing,
} from '../workflow/scores/reported-closings.ts';
import { proofTimeoutMs, runs } from './extent.ts';
import { holdsLater } from './property.ts';

let ledger: Ledger;

// Making a ledger takes longer than everything that is asked of it.
beforeAll(async () => {
  ledger = await openLedger(':memory:');
});
afterAll(() => ledger.close());

async function empty(): Promise<void> {
  await ledger.write('ledger', async (trx) => {
    for (const table of ['answers', 'visits', 'closing_topics', 'closings'] as const) {
      await trx.deleteFrom(table).execute();
    }
  });
}

const zones = ['UTC', 'America/Chicago', 'Asia/Kathmandu', 'Pacific/Apia', 'America/Sao_Paulo'];

/** What a person with the closings on paper would count. */
function counted(closings: readonly Closing[], satisfiedFrom: number): unknown {
  const number = (holds: (one: Closing) => boolean): number => closings.filter(holds).length;
  const isAnswered = ({ state, provider }: Closing): boolean => state === 'answered' && provider !== null;
  const isOut = ({ state }: Closing): boolean => ['sending', 'sent', 'uncertain'].includes(state);
  const isVisited = ({ visits }: Closing): boolean =>
    visits!.includes('opened') || visits!.includes('clicked');
  const answers = closings.filter(({ state, ratings }) => state === 'answered' && ratings!.length > 0);
  const newest = answers.map(({ ratings }) => ratings!.at(-1)!);
  return {
    closed: closings.length,
    suppressed: number(({ state }) => state === 'suppressed'),
    waiting: number(({ state }) => ['pending', 'scheduled', 'failed'].includes(state)),
    asked: number((each) => isOut(each) || isAnswered(each)),
    opened: number((each) => isAnswered(each) || (isOut(each) && isVisited(each))),
    answered: number(isAnswered),
    unasked: number(({ state, provider }) => state === 'answered' && provider === null),
    satisfied: [newest.filter((rating) => rating >= satisfiedFrom).length, newest.length],
    mean: newest.length === 0 ? null : newest.reduce((sum, rating) => sum + rating, 0) / newest.length,
    distribution: [1, 2, 3, 4, 5].map((stars) => newest.filter((rating) => rating === stars).length),
    resolved: [true, false, null].map((said) => answers.filter(({ resolved }) => resolved === said).length),
  };
}

function told(counts: ReportCounts): unknown {
  const { closed, suppressed, waiting, asked, opened, answered, unasked, csat, mean } = counts;
  const { yes, no, unsaid } = counts.resolved;
  return {
    ...{ closed, suppressed, waiting, asked, opened, answered, unasked },
    satisfied: [csat.count, csat.of],
    mean,
    distribution: Object.values(counts.distribution),
    resolved: [yes, no, unsaid],
  };
}

function expectShare(share: ReportShare): void {
  const { of, count, value, low, high } = share;
  expect(count).toBeLessThanOrEqual(of);
  if (of === 0) {
    expect([value, low, high]).toEqual([null, null, null]);
    return;
  }
  expect(value).toBe(count / of);
  const inOrder = [0, low, value, high, 1] as number[];
  expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
}

/** The rows that a closing belongs to; an empty text if it has no value of that kind. */
function keysOf(each: Closing, by: ReportField, timeZone: string): string[] {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(
    Date.parse(each.closedAt),
  );
  switch (by) {
    case 'topic':
      return each.topics!.length === 0 ? [''] : [...each.topics!];
    case 'day':
      return [day];
    case 'month':
      return [day.slice(0, 7)];
    case 'week': {
      const monday = new Date(`${day}T00:00:00Z`);
      monday.setUTCDate(monday.getUTCDate() - ((monday.getUTCDay() + 6) % 7));
      return [monday.toISOString().slice(0, 10)];
    }
    case 'reason':
      // The first reason in the order of the documents, whichever was found first.
      return [each.state === 'suppressed' ? reasonCodes.find((code) => each.reasons!.includes(code))! : ''];
    case 'agent':
    case 'inbox':
    case 'channel':
    case 'brand':
      return [each[by] ?? ''];
  }
}

function keyOf({ key }: ReportRow, by: ReportField): string {
  const value = key[by] as { id: string } | string | null;
  return value === null ? '' : typeof value === 'string' ? value : value.id;
}

const fields: fc.Arbitrary<ReportField> = fc.constantFrom(
  ...(['agent', 'inbox', 'topic', 'channel', 'brand', 'day', 'week', 'month', 'reason'] as const),
);
const chosen = (...ids: string[]) =>
  fc
    .uniqueArray(fc.constantFrom(...ids), { maxLength: 2 })
    .map((some) => some.map((id) => ({ id, name: null })));

describe('a report', { timeout: proofTimeoutMs }, () => {
  test('of any ledger says what a person counts, its rows add up, and its shares are shares', async () => {
    const question = fc.record({
      by: fields,
      timezone: fc.constantFrom(...zones),
      satisfiedFrom: fc.integer({ min: 1, max: 5 }),
      minimum: fc.integer({ min: 1, max: 20 }),
      agents: chosen('a1', 'a2', '__proto__'),
      inboxes: chosen('i1', "i'3"),
      topics: chosen('t1', 't2'),
    });
    await holdsLater(
      fc.asyncProperty(fc.array(anyClosing, { maxLength: 30 }), question, async (closings, asked) => {
        await empty();
        await fill(ledger, closings);
        const { by, timezone, satisfiedFrom, minimum, agents, inboxes, topics } = asked;
        const among = (
          ids: readonly { id: string }[],
          own: readonly (string | null | undefined)[],
        ): boolean => ids.length === 0 || ids.some(({ id }) => own.includes(id));
        const meant = closings.filter(
          (each) =>
            each.lane === 'live' &&
            each.closedAt >= range.since &&
            each.closedAt < range.until &&
            among(agents, [each.agent]) &&
            among(inboxes, [each.inbox]) &&
            among(topics, each.topics!),
        );
        const report = await reportOf(ledger, {
          ...{ range, timezone, satisfiedFrom, minimum, by: [by], lowRating: 2 },
          filters: { ...noFilters, agents, inboxes, topics },
          withPrevious: true,
          withCredit: true,
        } satisfies ReportQuestion);
        expect(told(report.overall)).toEqual(counted(meant, satisfiedFrom));
        const keys = meant.flatMap((each) => keysOf(each, by, timezone));
        expect(report.rows.map((row) => keyOf(row, by)).toSorted()).toEqual([...new Set(keys)].toSorted());
        for (const row of report.rows) {
          const own = meant.filter((each) => keysOf(each, by, timezone).includes(keyOf(row, by)));
          expect([keyOf(row, by), told(row)]).toEqual([keyOf(row, by), counted(own, satisfiedFrom)]);
          if (row.csat.of < minimum) expect([null, 'too_few']).toContain(row.differs);
        }
        expectParts(report, meant);
      }),
      runs,
    );
  });
});

/** Checks what a report says besides its rows. */
function expectParts(report: ReportDocument, meant: readonly Closing[]): void {
  const { overall, rows, previous, credit, followUp, lowReasons, reasons } = report;
  for (const each of [overall, ...rows, ...(previous === null ? [] : [previous.overall])]) {
    expect(each.suppressed + each.waiting + each.asked + each.unasked).toBe(each.closed);
    for (const share of [each.reminded, each.responseRate, each.csat]) expectShare(share);
  }
  const { value, low, high } = previous!.change;
  if (value === null) expect([low, high]).toEqual([null, null]);
  else expect([-1, low, value, high, 1]).toEqual([-1, low!, value, high!, 1].toSorted((a, b) => a - b));
  const rated = meant.filter(({ state, ratings }) => state === 'answered' && ratings!.length > 0);
  expect(credit).toMatchObject({
    answers: rated.length,
    moved: rated.filter(({ agent, assignee }) => assignee !== null && assignee !== agent).length,
    unassigned: rated.filter(({ assignee }) => assignee === null).length,
  });
  const lows = rated.filter(({ ratings }) => ratings!.at(-1)! <= 2).length;
  expect(followUp.open + followUp.done + followUp.forgotten).toBe(lows);
  expect(lowReasons).toMatchObject({ of: lows, unsaid: lows, reasons: [] });
  const codes = meant.filter(({ state }) => state === 'suppressed').flatMap((each) => each.reasons!);
  for (const code of new Set(codes)) expect(reasons[code]).toBe(codes.filter((one) => one === code).length);
}
