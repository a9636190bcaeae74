import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, expect, test, vi } from 'vitest';
import { outermostAnswers, recordAnswer } from '../../src/store/answers/answers.ts';
import { cardsOf } from '../../src/store/answers/cards.ts';
import { cardsDue, cardFailureOf } from '../../src/store/answers/cards-due.ts';
import { bulkOf } from '../../src/store/closings/bulk.ts';
import { fullUntil } from '../../src/store/queue/hourly-cap.ts';
import { beginReminders, remindersDue } from '../../src/store/queue/reminders.ts';
import { engine } from '../support/engine.ts';
import { claimClosing, resolveAbandonedSends } from '../../src/store/queue/claims.ts';
import { claimNextDue, nextDueAt } from '../../src/store/queue/next-due.ts';
import { closingOfSurvey, lastTimeOf } from '../../src/store/closings/closings.ts';
import type { ClosingFilter } from '../../src/store/views/closing-filter.ts';
import { exportClosings } from '../../src/store/views/export.ts';
import { findClosings } from '../../src/store/views/found-closings.ts';
import { listClosings } from '../../src/store/views/surveys.ts';
import { knownClosing, recordClosings } from '../../src/store/closings/closing-reports.ts';
import { importInteractions } from '../../src/store/imports/import-interactions.ts';
import { recordReopening } from '../../src/store/closings/reopenings.ts';
import { addressHistory } from '../../src/store/addresses/history.ts';
import { decideClosing, recordDelivery } from '../../src/store/queue/decisions.ts';
import { recordEvents } from '../../src/store/closings/events.ts';
import { importedClosing } from '../../src/store/imports/imported-rows.ts';
import {
  countsDue,
  dueCount,
  markCountLeaving,
  openCounts,
  recordCountOutcome,
} from '../../src/store/medallia/counts.ts';
import {
  medalliaCursor,
  medalliaRowsDue,
  finishMedalliaRow,
  unmatchedMedalliaRows,
} from '../../src/store/medallia/rows.ts';
import type { Ledger } from '../../src/store/ledger/ledger.ts';
import { story } from '../../src/store/views/story.ts';
import { countClosings, countDue, failuresBetween, queueFigures } from '../../src/store/views/counts.ts';
import { formOfSurvey } from '../../src/store/closings/forms.ts';
import { lowReasonCounts, questionCounts } from '../../src/store/views/form-counts.ts';
import { countGroups, type ScoreCohort, type ScoreField } from '../../src/store/views/score-counts.ts';
import { unsubscribe } from '../../src/store/addresses/unsubscribes.ts';
import { recordVisits, visitsIn } from '../../src/store/answers/visits.ts';
import { pauseSending } from '../../src/store/closings/pause.ts';
import { endBackOffs, newerWaiting } from '../../src/store/queue/waiting.ts';
import { at, freshLedger, here, leaving, nothingRead, reported } from './support.ts';

afterEach(() => void vi.restoreAllMocks());

test('no query goes through all closings: a ledger may hold a million', async () => {
  const ledger = await freshLedger();
  const prepared = vi.spyOn(engine, 'prepare');
  const range = { lane: 'live', since: at(0), until: at(900) } as const;
  const { id } = await leaving(ledger, 'c1');
  await recordDelivery(ledger, id, at(20), { status: 'sent', externalId: null }, 0);
  await reported(ledger, 'c2');
  await recordReopening(ledger, { conversationId: 'c2', reopenedAt: at(30) });
  await claimClosing(ledger, id, here, at(40));
  await claimNextDue(ledger, here, at(40), 'live');
  await resolveAbandonedSends(ledger, at(40));
  await findClosings(ledger, 'c2');
  for await (const { closing } of listClosings(ledger, { states: ['sent'], limit: 1 }, at(40)))
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
  await recordEvents(
    ledger,
    [
      { kind: 'closed', conversationId: 'c3', customerId: null, closedAt: at(0), seenAt: at(9) },
      { kind: 'closed', conversationId: 'c3', customerId: null, closedAt: at(30), seenAt: at(9) },
      { kind: 'reopened', conversationId: 'c3', reopenedAt: at(15) },
    ],
    'live',
  );
  await recordVisits(ledger, [{ surveyId: 's1', kind: 'opened', at: at(0) }]);
  await ledger.read((db) => visitsIn(db, 's1'));
  const surveyed = await closingOfSurvey(ledger, `survey-${id}`);
  await lastTimeOf(ledger, surveyed!);
  await nextDueAt(ledger, at(40), 'live');
  await cardFailureOf(ledger, 's1');
  await outermostAnswers(ledger, 's1');
  await cardsOf(ledger, 's1');
  await story(ledger, id);
  await unsubscribe(ledger, 'a@example.com', at(60), 'page');
  await knownClosing(ledger, { lane: 'live', conversationId: 'c3', closedAt: at(20) });
  await countDue(ledger, at(40), 'live');
  await countClosings(ledger, range);
  for await (const failure of failuresBetween(ledger, range)) expect(failure).toBeUndefined();
  await medalliaCursor(ledger, 'https://api.stellaconnect.net');
  await medalliaRowsDue(ledger, 0, 10);
  await unmatchedMedalliaRows(ledger, 10);
  await countsDue(ledger, 10, at(40));
  await dueCount(ledger, id);
  await markCountLeaving(ledger, id, at(40));
  await recordCountOutcome(ledger, id, { state: 'counted', at: at(40), error: null });
  await openCounts(ledger);
  await importedClosing(ledger, {
    uuid: 'u1',
    conversationIds: ['c1', 'c2'],
    requestedAt: at(0),
    sentAt: null,
  });
  await finishMedalliaRow(ledger, { uuid: 'u1', sequence: 1 }, null);
  const interaction = {
    id: 'i1',
    interactionId: 'c9',
    conversationId: 'c9',
    customerId: null,
    closedAt: at(20),
    address: 'kim@example.org',
    agent: null,
    channel: null,
    sentAt: at(20),
    reason: { code: 'already_surveyed', detail: '' },
    answer: { rating: 5, resolved: null, comment: null, answeredAt: at(30) },
    hasUnsubscribed: true,
  } as const;
  await importInteractions(ledger, { interactions: [interaction], unsubscribing: [] }, at(60));
  const undecided = await reported(ledger, 'c4');
  const input = {
    closingId: undecided.id,
    worker: here,
    at: at(70),
    address: 'b@example.com',
    since: at(0),
    reading: nothingRead,
  };
  await decideClosing(ledger, { ...input, countsUnasked: true }, () => ({
    suppress: [{ code: 'no_address', detail: '' }],
  }));
  const statements = statementsOf(prepared.mock.calls);
  prepared.mockRestore();

  expect(statements.length).toBeGreaterThan(15);
  const steps = stepsOf(ledger, statements);
  expect(steps.some((step) => step.includes('USING INDEX closings_queue'))).toBe(true);
  // Scans are of a page of a list, which another step has searched for.
  const ofPage = /^SCAN (stretch|page)$/;
  expect(steps.filter((step) => step.startsWith('SCAN') && !ofPage.test(step))).toEqual([]);
  // A lane is most of the ledger, so a search by lane alone is too much.
  expect(steps.filter((step) => /closings_\w+ \(lane=\?\)/.test(step) && !step.includes('_queue'))).toEqual(
    [],
  );
});

/** For each trial of a listing, whether the live lane has the closing. */
const liveTwin = [
  'SEARCH live USING INDEX closings_conversation (conversation_id=? AND closed_at=?)',
  'SCAN stretch',
];

/** Sorts a page of one state among several. */
const sorted = 'USE TEMP B-TREE FOR ORDER BY';

/** What is read for each closing of a page. */
const answersAndCards = [
  'SEARCH answers USING INDEX sqlite_autoindex_answers_1 (survey_id=? AND revision=?) LEFT-JOIN',
  'SEARCH every USING COVERING INDEX sqlite_autoindex_answers_1 (survey_id=?)',
  'SEARCH cards USING INDEX sqlite_autoindex_cards_1 (item_id=?) LEFT-JOIN',
  'SEARCH every USING INDEX cards_survey (survey_id=?)',
  'SEARCH notes USING INDEX sqlite_autoindex_notes_1 (closing_id=?)',
  'SEARCH medallia_rows USING INDEX medallia_rows_closing (closing_id=?)',
  sorted,
];

/** For a report: no row of a closing is read, only the index. */
const ofRange = 'SEARCH closing USING COVERING INDEX closings_range (closed_at>? AND closed_at<?)';
/** The first and the last closing, and the periods between them. */
const ofPeriods = [
  'SEARCH closings USING COVERING INDEX closings_closed (closed_at>? AND closed_at<?)',
  'SEARCH closings USING COVERING INDEX closings_closed (closed_at>? AND closed_at<?)',
  'SCAN CONSTANT ROW',
  'SCAN period',
];
const newestAnswer = [
  'SEARCH answer USING INDEX sqlite_autoindex_answers_1 (survey_id=? AND revision=?) LEFT-JOIN',
  'SEARCH every USING COVERING INDEX sqlite_autoindex_answers_1 (survey_id=?)',
];
const ofFirstTopic = 'SEARCH first USING COVERING INDEX closing_topics_closed (closed_at=? AND closing_id=?)';
const ofVisits = 'SEARCH visits USING COVERING INDEX sqlite_autoindex_visits_1 (survey_id=?)';

/** Whether sending is paused. */
const ofPause = 'SEARCH pauses USING INTEGER PRIMARY KEY (rowid=?)';

/** What a read does with its tables: indexes by name, because a search in the wrong one may cost as much as a scan. */
const plans: {
  name: string;
  fill?: (ledger: Ledger) => Promise<unknown>;
  read: (ledger: Ledger) => Promise<unknown>;
  steps: string[];
  /** Whether these are only the first steps: the steps after them are the same for every listing. */
  isBeginning?: boolean;
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
    name: 'endBackOffs, which costs by the queue',
    read: (ledger) => endBackOffs(ledger, { since: at(0), until: at(900) }, 'live', at(400)),
    steps: ['SEARCH closings USING INDEX closings_queue (lane=? AND due_at>?)'],
  },
  {
    name: 'claimNextDue, which costs by what is in work',
    read: (ledger) => claimNextDue(ledger, here, at(0), 'live'),
    steps: [
      'SEARCH closings USING INDEX closings_claims (claimed_by>?)',
      ofPause,
      'SEARCH closings USING INDEX closings_queue (lane=? AND due_at=?)',
      'SEARCH other USING INDEX closings_claims (claimed_by>?)',
      'SEARCH closings USING INDEX closings_queue (lane=? AND due_at<?)',
      'SEARCH other USING INDEX closings_claims (claimed_by>?)',
    ],
  },
  {
    name: 'claimNextDue while sending is paused, which walks past nothing that waits for its end',
    fill: (ledger) => pauseSending(ledger, { pausedAt: at(0), until: null, reason: null }),
    read: (ledger) => claimNextDue(ledger, here, at(0), 'live'),
    steps: [
      'SEARCH closings USING INDEX closings_claims (claimed_by>?)',
      ofPause,
      'SEARCH closings USING INDEX closings_undecided (lane=? AND due_at=?)',
      'SEARCH other USING INDEX closings_claims (claimed_by>?)',
      'SEARCH closings USING INDEX closings_undecided (lane=? AND due_at<?)',
      'SEARCH other USING INDEX closings_claims (claimed_by>?)',
    ],
  },
  {
    name: 'nextDueAt, which reads one row',
    read: (ledger) => nextDueAt(ledger, at(0), 'trial'),
    steps: ['SEARCH closings USING COVERING INDEX closings_queue (lane=? AND due_at>?)'],
  },
  {
    name: 'countDue, which reads the index of the queue alone',
    read: (ledger) => countDue(ledger, at(0), 'live'),
    steps: [ofPause, 'SEARCH closings USING COVERING INDEX closings_queue (lane=?)'],
  },
  {
    name: 'countClosings, which reads the index of a range alone and groups by the few values that it has',
    read: (ledger) => countClosings(ledger, { lane: 'live', since: at(0), until: at(900) }),
    steps: [
      'SEARCH closings USING COVERING INDEX closings_range (closed_at>? AND closed_at<?)',
      'USE TEMP B-TREE FOR GROUP BY',
    ],
  },
  {
    name: 'failuresBetween, each state in the order of its index',
    read: async (ledger) => {
      const range = { lane: 'live', since: at(0), until: at(900) } as const;
      for await (const failure of failuresBetween(ledger, range)) expect(failure).toBeUndefined();
    },
    steps: [
      'SEARCH closings USING INDEX closings_state (state=? AND closed_at>? AND (closed_at,id)<(?,?))',
      'SEARCH closings USING INDEX closings_state (state=? AND closed_at>? AND (closed_at,id)<(?,?))',
    ],
  },
  {
    name: 'knownClosing of a conversation without closings, which asks no more',
    read: (ledger) => knownClosing(ledger, { lane: 'live', conversationId: 'c1', closedAt: at(0) }),
    steps: ['SEARCH closings USING INDEX closings_conversation (conversation_id=?)'],
  },
  {
    name: 'knownClosing, which costs by the closings of one conversation around one time',
    fill: (ledger) => reported(ledger, 'c1', 5000),
    read: (ledger) => knownClosing(ledger, { lane: 'live', conversationId: 'c1', closedAt: at(0) }),
    steps: [
      'SEARCH closings USING INDEX closings_conversation (conversation_id=?)',
      'SEARCH closings USING INDEX closings_conversation (conversation_id=? AND closed_at>? AND closed_at<?)',
      'SEARCH report USING INDEX sqlite_autoindex_closing_reports_1 (conversation_id=? AND lane=? AND closed_at>? AND closed_at<?)',
      'SEARCH closings USING INDEX sqlite_autoindex_closings_1 (id=?)',
      // An imported closing, whose time may be a day later.
      'SEARCH closings USING INDEX closings_conversation (conversation_id=? AND closed_at>? AND closed_at<?)',
    ],
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
    read: (ledger) => queueFigures(ledger, at(0), 'live'),
    steps: [
      ofPause,
      'SEARCH closings USING COVERING INDEX closings_queue (lane=?)',
      'SEARCH closings USING COVERING INDEX closings_queue (lane=? AND due_at=?)',
      'SEARCH closings USING COVERING INDEX closings_queue (lane=? AND due_at<?)',
      'SEARCH closings USING COVERING INDEX closings_unsettled (state=? AND lane=?)',
      'SEARCH closings USING INDEX closings_claims (claimed_by>?)',
      'SCAN cards_due USING INDEX cards_due_again',
      'SEARCH alerts USING INDEX alerts_due (due_at>?)',
      'SEARCH reminders USING INDEX reminders_open (state=?)',
      'SEARCH closings USING INDEX sqlite_autoindex_closings_1 (id=?)',
    ],
  },
  {
    name: 'beginReminders, which costs by the surveys whose time has come and that have none',
    read: (ledger) => beginReminders(ledger, { provider: 'smtp', afterMs: 1000, now: at(0) }),
    steps: ['SEARCH closings USING INDEX closings_unreminded (provider=? AND sent_at>? AND sent_at<?)'],
  },
  {
    name: 'remindersDue, in the order of their index',
    read: (ledger) => remindersDue(ledger, 'smtp', 10, at(0)),
    steps: ['SEARCH reminders USING INDEX reminders_due (provider=? AND due_at<?)'],
  },
  {
    name: 'fullUntil, which costs by what left within the hour',
    read: (ledger) => fullUntil(ledger, { lane: 'live', maxPerHour: 5 }, at(0)),
    steps: [
      'SEARCH messages USING INDEX messages_left (left_at>? AND left_at<?)',
      'SEARCH reminders USING INDEX reminders_left (left_at>? AND left_at<?)',
    ],
  },
  {
    name: 'bulkOf, which costs by the closings of one initiator around one time',
    read: (ledger) => bulkOf(ledger, { lane: 'live', closingId: null, closedAt: at(0), closedBy: 'amy' }),
    steps: ['SEARCH closings USING INDEX closings_closer (closed_by=? AND closed_at>? AND closed_at<?)'],
  },
  {
    name: 'a listing of reminders in doubt, which goes by their index',
    read: async (ledger) => {
      const filter = { states: ['sent'], reminders: ['uncertain'], limit: 10 } as const;
      for await (const { closing } of listClosings(ledger, filter, at(40))) expect(closing).toBeUndefined();
    },
    steps: ['SEARCH closings USING INDEX closings_reminder (reminder=?)'],
    isBeginning: true,
  },
  {
    name: 'newerWaiting, which costs by the closings of one customer',
    read: (ledger) =>
      newerWaiting(ledger, { customerId: 'customer-1', closedAt: at(0), lane: 'trial' }, at(9)),
    steps: [
      ofPause,
      'SEARCH closings USING INDEX closings_customer (customer_id=?)',
      'USE TEMP B-TREE FOR ORDER BY',
    ],
  },
  {
    name: 'addressHistory, which costs by the closings of one address',
    read: (ledger) =>
      addressHistory(ledger, { address: 'a@example.com', since: at(0), lane: 'live', except: null }),
    steps: [
      'SEARCH address_keys USING INTEGER PRIMARY KEY (rowid=?)',
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
      ...liveTwin,
      ...answersAndCards,
      'SEARCH closings USING INDEX closings_closed (closed_at>? AND (closed_at,id)<(?,?))',
      ...liveTwin,
      ...answersAndCards,
    ],
  },
  {
    name: 'a listing of several states, each in the order of its index',
    fill: twoPages,
    read: (ledger) => listAll(ledger, { states: ['pending', 'sent'] }),
    // Closings being sent are always looked for, too: they may turn out to have been interrupted.
    steps: [
      ...Array.from({ length: 3 }, () => [
        'SEARCH closings USING INDEX closings_state (state=? AND closed_at>? AND closed_at<?)',
        ...liveTwin,
        sorted,
      ]).flat(),
      ...answersAndCards,
      ...Array.from({ length: 3 }, () => [
        'SEARCH closings USING INDEX closings_state (state=? AND closed_at>? AND (closed_at,id)<(?,?))',
        ...liveTwin,
        sorted,
      ]).flat(),
      ...answersAndCards,
    ],
  },
  {
    name: 'a report by agent',
    read: (ledger) => counted(ledger, ['agent']),
    steps: [ofRange, ...newestAnswer, 'USE TEMP B-TREE FOR GROUP BY', ofVisits],
  },
  {
    name: 'a report by day and agent',
    fill: twoPages,
    read: (ledger) => counted(ledger, ['agent', 'day']),
    steps: [...ofPeriods, ofRange, ...newestAnswer, 'USE TEMP B-TREE FOR GROUP BY', ofVisits],
  },
  {
    name: 'a report of some topics, by week',
    fill: twoPages,
    read: (ledger) => counted(ledger, ['week'], { topics: ['t1', 't2'] }),
    steps: [
      ...ofPeriods,
      'SEARCH closing USING INDEX sqlite_autoindex_closings_1 (id=?)',
      'SEARCH closing_topics USING COVERING INDEX closing_topics_topic (topic_id=? AND closed_at>? AND closed_at<?)',
      ...newestAnswer,
      'USE TEMP B-TREE FOR GROUP BY',
      ofVisits,
    ],
  },
  {
    name: 'a report of one agent, by topic',
    read: (ledger) => counted(ledger, ['topic'], { agents: ['a1'] }),
    steps: [
      'SEARCH closing USING INDEX closings_agent (agent_id=? AND closed_at>? AND closed_at<?)',
      'SEARCH topic USING COVERING INDEX closing_topics_closed (closed_at=? AND closing_id=?) LEFT-JOIN',
      ...newestAnswer,
      'USE TEMP B-TREE FOR GROUP BY',
      ofFirstTopic,
      ofVisits,
      ofFirstTopic,
    ],
  },
  {
    name: 'a report of an inbox and a channel, however many closings these have',
    read: (ledger) => counted(ledger, ['agent'], { inboxes: ['in1'], channels: ['sms'], brands: ['b1'] }),
    steps: [ofRange, ...newestAnswer, 'USE TEMP B-TREE FOR GROUP BY', ofVisits],
  },
  {
    name: 'a listing of an inbox and a channel, which reads no row that is not listed',
    read: (ledger) => list(ledger, { inboxIds: ['in1'], channels: ['sms'], brands: ['b1'] }),
    steps: [
      'SEARCH closings USING INDEX closings_inbox (inbox_id=?)',
      'SEARCH same USING COVERING INDEX closings_range (closed_at=?)',
      ...liveTwin,
    ],
    isBeginning: true,
  },
  {
    name: 'a listing of a topic and a channel, which reads no row that is not listed',
    read: (ledger) => list(ledger, { topicIds: ['t1'], channels: ['sms'] }),
    steps: [
      'SEARCH closing_topics USING COVERING INDEX closing_topics_topic (topic_id=?)',
      'SEARCH same USING COVERING INDEX closings_range (closed_at=?)',
      'SEARCH closings USING INDEX sqlite_autoindex_closings_1 (id=?)',
    ],
    isBeginning: true,
  },
  ...(
    [
      ['of an agent', { agentIds: ['a1'], states: ['sent'] }, 'closings_agent (agent_id=?)'],
      ['of low ratings', { ratings: [1], inboxIds: ['in1'], open: true }, 'closings_rating (rating=?)'],
      ['of a channel', { channels: ['sms'] }, 'closings_channel (channel=?)'],
    ] as const
  ).map(([name, filter, index]) => ({
    name: `a listing ${name}, which goes by that alone`,
    read: (ledger: Ledger) => list(ledger, filter),
    steps: [expect.stringContaining(index) as string],
    isBeginning: true,
  })),
  {
    name: 'a listing of who was asked on a day',
    read: (ledger) => list(ledger, { sentSince: at(0), sentUntil: at(900) }),
    steps: [
      'SEARCH closings USING INDEX sqlite_autoindex_closings_1 (id=?)',
      'SEARCH closings_sent USING COVERING INDEX closings_sent (<expr>>? AND <expr><?)',
    ],
    isBeginning: true,
  },
  {
    name: 'a listing of the answers of a day',
    read: (ledger) => list(ledger, { answeredSince: at(0), answeredUntil: at(900) }),
    steps: [
      'SEARCH closings USING INDEX closings_survey (survey_id=?)',
      'SEARCH answers USING COVERING INDEX answers_answered (answered_at>? AND answered_at<?)',
    ],
    isBeginning: true,
  },
  {
    name: 'a listing of the answers until a time, which goes by the ratings',
    read: (ledger) => list(ledger, { answeredUntil: at(900), ratings: [1] }),
    steps: ['SEARCH closings USING INDEX closings_rating (rating=?)'],
    isBeginning: true,
  },
  {
    name: 'an export of the answers of a time, which costs by these',
    read: (ledger) => exportAll(ledger, { since: at(0), until: at(900) }),
    steps: [
      'SEARCH given USING INDEX answers_answered ((answered_at,survey_id)>(?,?) AND answered_at<?)',
      'SEARCH newest USING COVERING INDEX sqlite_autoindex_answers_1 (survey_id=?)',
      'SEARCH closings USING INDEX closings_survey (survey_id=?)',
    ],
    isBeginning: true,
  },
  {
    name: 'an export of a range, in the order of its index',
    read: (ledger) => exportAll(ledger, null),
    steps: ['SEARCH closings USING INDEX closings_closed ((closed_at,id)>(?,?) AND closed_at<?)'],
    isBeginning: true,
  },
  {
    name: 'a listing of a topic, which goes by the times beside the topics',
    read: (ledger) => list(ledger, { topicIds: ['t1'] }),
    steps: [
      'SEARCH closing_topics USING COVERING INDEX closing_topics_topic (topic_id=?)',
      'SEARCH closings USING INDEX sqlite_autoindex_closings_1 (id=?)',
    ],
    isBeginning: true,
  },
  {
    name: 'what the link of a survey asks',
    read: (ledger) => formOfSurvey(ledger, 's1'),
    steps: [
      'SEARCH messages USING INDEX messages_survey (survey_id=?)',
      'SEARCH forms USING INDEX sqlite_autoindex_forms_1 (id=?) LEFT-JOIN',
      'USE TEMP B-TREE FOR ORDER BY',
    ],
  },
  {
    name: 'the reasons for low ratings',
    read: (ledger) => ledger.read((db) => lowReasonCounts(db, cohortOf(), 2)),
    steps: [
      'SEARCH closing USING INDEX closings_state (state=? AND closed_at>? AND closed_at<?)',
      'SEARCH answer USING INDEX sqlite_autoindex_answers_1 (survey_id=? AND revision=?)',
      'SEARCH every USING COVERING INDEX sqlite_autoindex_answers_1 (survey_id=?)',
      'USE TEMP B-TREE FOR GROUP BY',
    ],
  },
  {
    name: 'the answers to the organization’s own question',
    read: (ledger) => ledger.read((db) => questionCounts(db, cohortOf())),
    steps: [
      'SEARCH closing USING INDEX closings_state (state=? AND closed_at>? AND closed_at<?)',
      'SEARCH answer USING INDEX sqlite_autoindex_answers_1 (survey_id=? AND revision=?)',
      'SEARCH every USING COVERING INDEX sqlite_autoindex_answers_1 (survey_id=?)',
      'USE TEMP B-TREE FOR GROUP BY',
    ],
  },
];

function cohortOf(only: Partial<ScoreCohort['filters']> = {}): ScoreCohort {
  const filters = { agents: [], inboxes: [], topics: [], channels: [], brands: [], ...only };
  return { since: at(0), until: at(900), filters };
}

function counted(
  ledger: Ledger,
  by: readonly ScoreField[],
  only: Partial<ScoreCohort['filters']> = {},
): Promise<unknown> {
  return ledger.read((db) => countGroups(db, cohortOf(only), by, 'UTC'));
}

async function list(ledger: Ledger, filter: ClosingFilter): Promise<void> {
  for await (const { closing } of listClosings(ledger, filter, at(0))) expect(closing).toBeUndefined();
}

async function exportAll(ledger: Ledger, answered: { since: string; until: string } | null): Promise<void> {
  const range = { lane: 'live', since: at(0), until: at(900), answered } as const;
  for await (const { closing } of exportClosings(ledger, range, at(0))) expect(closing).toBeUndefined();
}

async function twoPages(ledger: Ledger): Promise<void> {
  const reports = Array.from({ length: 501 }, (_, number) => ({
    lane: 'live' as const,
    conversationId: `c${number}`,
    customerId: null,
    closedAt: at(number),
    source: 'report' as const,
    seenAt: at(0),
  }));
  await recordClosings(ledger, reports);
}

async function listAll(ledger: Ledger, filter: ClosingFilter): Promise<void> {
  const listed: string[] = [];
  const range = { ...filter, since: at(0), until: at(501) };
  for await (const { closing } of listClosings(ledger, range, at(0))) listed.push(closing.id);
  expect(listed).toHaveLength(501);
}

test.each(plans)('the plan of $name', async ({ fill, read, steps, isBeginning = false }) => {
  const ledger = await freshLedger();
  await fill?.(ledger);
  const prepared = vi.spyOn(engine, 'prepare');
  await read(ledger);
  const statements = statementsOf(prepared.mock.calls);
  prepared.mockRestore();
  // A query with a bound limit is planned anew every time.
  expect(statements.filter((sql) => /limit \?/i.test(sql))).toEqual([]);
  const taken = stepsOf(ledger, statements).filter((step) => /^(SEARCH|SCAN|USE) (?!page$)/.test(step));
  expect(isBeginning ? taken.slice(0, steps.length) : taken).toEqual(steps);
});

/** The queries among the prepared statements, each once, without the question that begins every transaction. */
function statementsOf(calls: readonly (readonly [string, ...unknown[]])[]): string[] {
  return [...new Set(calls.map(([sql]) => sql))].filter(
    (sql) => /^\s*(select|with|update|delete)/i.test(sql) && !sql.includes('ledger_version'),
  );
}

function stepsOf({ location }: Ledger, statements: readonly string[]): string[] {
  const database = new DatabaseSync(location);
  const steps = statements.flatMap((sql) => {
    const parameters = Array.from({ length: sql.split('?').length - 1 }, () => null);
    const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as { detail: string }[];
    return rows.map(({ detail }) => detail);
  });
  database.close();
  return steps;
}
