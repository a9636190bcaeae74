import Database from 'libsql';
import { afterEach, expect, test, vi } from 'vitest';
import { answersOf, outermostAnswers, recordAnswer } from '../../src/store/answers/answers.ts';
import { cardsOf } from '../../src/store/answers/cards.ts';
import { cardsDue, cardFailureOf } from '../../src/store/answers/cards-due.ts';
import {
  claimClosing,
  claimNextDue,
  nextDueAt,
  resolveAbandonedSends,
} from '../../src/store/queue/claims.ts';
import {
  closingOfSurvey,
  findClosings,
  lastTimeOf,
  listClosings,
  recordClosings,
  recordReopening,
  type ClosingFilter,
} from '../../src/store/closings/closings.ts';
import { addressHistory, recordDelivery } from '../../src/store/queue/decisions.ts';
import { recordEvents } from '../../src/store/closings/events.ts';
import type { Ledger } from '../../src/store/open.ts';
import { story } from '../../src/store/closings/story.ts';
import { queueFigures } from '../../src/store/queue/counts.ts';
import { unsubscribe } from '../../src/store/addresses/unsubscribes.ts';
import { recordVisits, visitsOf } from '../../src/store/answers/visits.ts';
import { endPauses, newerWaiting } from '../../src/store/queue/waiting.ts';
import { at, freshLedger, here, leaving, sighted } from './support.ts';

afterEach(() => void vi.restoreAllMocks());

test('no query goes through all closings: a ledger may hold a million', async () => {
  const ledger = await freshLedger();
  const prepared = vi.spyOn(Database.prototype, 'prepare');
  const { id } = await leaving(ledger, 'c1');
  await recordDelivery(ledger, id, at(20), { status: 'sent', externalId: null });
  await sighted(ledger, 'c2');
  await recordReopening(ledger, { conversationId: 'c2', reopenedAt: at(30) });
  await claimClosing(ledger, id, here, at(40));
  await claimNextDue(ledger, here, at(40), 'smtp');
  await resolveAbandonedSends(ledger, at(40));
  await findClosings(ledger, 'c2');
  for await (const closing of listClosings(ledger, { states: ['sent'], limit: 1 }))
    expect(closing.id).toBe(id);
  await recordAnswer(ledger, {
    surveyId: 's1',
    closingId: id,
    rating: 5,
    resolved: true,
    comment: null,
    at: at(50),
    source: 'page',
  });
  await recordEvents(ledger, [
    { kind: 'closed', conversationId: 'c3', customerId: null, closedAt: at(0), seenAt: at(9) },
    { kind: 'closed', conversationId: 'c3', customerId: null, closedAt: at(30), seenAt: at(9) },
    { kind: 'reopened', conversationId: 'c3', reopenedAt: at(15) },
  ]);
  await recordVisits(ledger, [{ surveyId: 's1', kind: 'opened', at: at(0) }]);
  await visitsOf(ledger, 's1');
  const surveyed = await closingOfSurvey(ledger, `survey-${id}`);
  await lastTimeOf(ledger, surveyed!);
  await nextDueAt(ledger, at(40), 'smtp');
  await cardFailureOf(ledger, 's1');
  await answersOf(ledger, 's1');
  await outermostAnswers(ledger, 's1');
  await cardsOf(ledger, 's1');
  await story(ledger, id);
  await unsubscribe(ledger, 'a@example.com', at(60), 'page');
  const statements = statementsOf(prepared.mock.calls);
  prepared.mockRestore();

  expect(statements.length).toBeGreaterThan(15);
  const steps = await stepsOf(ledger, statements);
  expect(steps.some((step) => step.includes('USING INDEX closings_queue'))).toBe(true);
  // That index holds nothing but the claims of this moment.
  const claims = /^SCAN closings USING COVERING INDEX closings_claims$/;
  expect(steps.filter((step) => step.startsWith('SCAN') && !claims.test(step))).toEqual([]);
});

/** What a read does with its tables: an index by name, since a search in the wrong one may cost as much as a scan. */
const plans: {
  name: string;
  fill?: (ledger: Ledger) => Promise<unknown>;
  read: (ledger: Ledger) => Promise<unknown>;
  steps: string[];
}[] = [
  {
    name: 'closingOfSurvey of a survey that the ledger does not know',
    read: (ledger) => closingOfSurvey(ledger, 'unknown'),
    steps: [
      'SEARCH closings USING INDEX closings_survey (survey_id=?)',
      'SEARCH closings USING INDEX sqlite_autoindex_closings_1 (id=?)',
      'SEARCH messages USING INDEX messages_survey (survey_id=?)',
    ],
  },
  {
    name: 'endPauses, which costs by the queue',
    read: (ledger) => endPauses(ledger, { since: at(0), until: at(900) }, at(400)),
    steps: ['SEARCH closings USING INDEX closings_queue (due_at>?)'],
  },
  {
    name: 'cardsDue of those that are due, which sorts none',
    read: (ledger) => cardsDue(ledger, 4, at(0)),
    steps: [
      'SCAN cards_due USING INDEX cards_due_untried',
      'SEARCH cards_due USING INDEX cards_due_again (retry_at<?)',
    ],
  },
  {
    name: 'queueFigures, which cost by what is not settled',
    read: (ledger) => queueFigures(ledger, at(0), 'smtp'),
    steps: [
      'SCAN closings USING COVERING INDEX closings_queue',
      'SEARCH closings USING COVERING INDEX closings_queue (due_at=?)',
      'SEARCH closings USING COVERING INDEX closings_queue (due_at<?)',
      'SEARCH closings USING COVERING INDEX closings_unsettled (state=?)',
      'SCAN cards_due USING INDEX cards_due_again',
    ],
  },
  {
    name: 'newerWaiting, which costs by the closings of one customer',
    read: (ledger) => newerWaiting(ledger, { customerId: 'customer-1', closedAt: at(0) }, at(9), 'outbox'),
    steps: ['SEARCH closings USING INDEX closings_customer (customer_id=?)', 'USE TEMP B-TREE FOR ORDER BY'],
  },
  {
    name: 'addressHistory, which costs by the closings of one address',
    read: (ledger) => addressHistory(ledger, 'a@example.com', at(0), null),
    steps: [
      'SEARCH unsubscribes USING COVERING INDEX sqlite_autoindex_unsubscribes_1 (address=?)',
      'SEARCH closings USING INDEX closings_address (address=?)',
      'SEARCH messages USING INDEX sqlite_autoindex_messages_1 (closing_id=?)',
      'USE TEMP B-TREE FOR ORDER BY',
    ],
  },
  {
    name: 'findClosings by any id',
    read: (ledger) => findClosings(ledger, 'c1'),
    steps: [
      'SEARCH closings USING INDEX sqlite_autoindex_closings_1 (id=?)',
      'SEARCH closings USING INDEX closings_survey (survey_id=?)',
      'SEARCH closings USING INDEX closings_conversation (conversation_id=?)',
      'USE TEMP B-TREE FOR ORDER BY',
    ],
  },
  {
    name: 'a listing, which goes on where the page before ended',
    fill: twoPages,
    read: (ledger) => listAll(ledger, {}),
    steps: [
      'SEARCH closings USING INDEX closings_closed (closed_at>? AND closed_at<?)',
      'SEARCH closings USING INDEX closings_closed (closed_at>? AND (closed_at,id)<(?,?))',
    ],
  },
  {
    name: 'a listing of several states, each in the order of its index',
    fill: twoPages,
    read: (ledger) => listAll(ledger, { states: ['pending', 'sent'] }),
    // What is sorted is a page of each.
    steps: [
      'SEARCH closings USING INDEX closings_state (state=? AND closed_at>? AND closed_at<?)',
      'USE TEMP B-TREE FOR ORDER BY',
      'SEARCH closings USING INDEX closings_state (state=? AND closed_at>? AND closed_at<?)',
      'USE TEMP B-TREE FOR ORDER BY',
      'SEARCH closings USING INDEX closings_state (state=? AND closed_at>? AND (closed_at,id)<(?,?))',
      'USE TEMP B-TREE FOR ORDER BY',
      'SEARCH closings USING INDEX closings_state (state=? AND closed_at>? AND (closed_at,id)<(?,?))',
      'USE TEMP B-TREE FOR ORDER BY',
    ],
  },
];

async function twoPages(ledger: Ledger): Promise<void> {
  const sightings = Array.from({ length: 501 }, (_, number) => ({
    conversationId: `c${number}`,
    customerId: null,
    closedAt: at(number),
    source: 'report' as const,
    seenAt: at(0),
  }));
  await recordClosings(ledger, sightings);
}

async function listAll(ledger: Ledger, filter: ClosingFilter): Promise<void> {
  const listed: string[] = [];
  for await (const { id } of listClosings(ledger, { ...filter, since: at(0), until: at(501) }))
    listed.push(id);
  expect(listed).toHaveLength(501);
}

test.each(plans)('the plan of $name', async ({ fill, read, steps }) => {
  const ledger = await freshLedger();
  await fill?.(ledger);
  const prepared = vi.spyOn(Database.prototype, 'prepare');
  await read(ledger);
  const statements = statementsOf(prepared.mock.calls);
  prepared.mockRestore();
  const taken = (await stepsOf(ledger, statements)).filter((step) =>
    /^(SEARCH|SCAN|USE) (?!page$)/.test(step),
  );
  expect(taken).toEqual(steps);
});

/** The queries among what was prepared, each once. */
function statementsOf(calls: readonly (readonly [string])[]): string[] {
  return [...new Set(calls.map(([sql]) => sql))].filter((sql) => /^(select|update)/i.test(sql));
}

async function stepsOf(ledger: Ledger, statements: readonly string[]): Promise<string[]> {
  const steps: string[] = [];
  for (const sql of statements) {
    const parameters = Array.from({ length: sql.split('?').length - 1 }, () => null);
    const { rows } = await ledger.db.executeQuery<{ detail: string }>({
      sql: `EXPLAIN QUERY PLAN ${sql}`,
      parameters,
    } as never);
    steps.push(...rows.map(({ detail }) => detail));
  }
  return steps;
}
