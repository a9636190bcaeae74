import { sql } from 'kysely';
import { timeAt } from '../../domain/values/instant.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import type { SendingPause } from '../../domain/closing/pause.ts';
import type { Lane } from '../../domain/values/lanes.ts';
import type { ClosingState } from '../../domain/closing/transitions.ts';
import type { ReasonCode } from '../../domain/closing/reason.ts';
import { fromJson } from '../closings/rows.ts';
import type { Ledger, Reading } from '../ledger/ledger.ts';
import { pauseIn } from '../closings/pause.ts';
import { fullUntilIn, isSendingBlockedIn, type HourlyCap } from '../queue/hourly-cap.ts';
import { openAlertsIn } from '../answers/alerts.ts';
import { openRemindersIn, type OpenReminders } from '../queue/reminder-acts.ts';
import { claimMs } from '../ledger/workers.ts';

export interface ClosedBetween {
  lane: Lane;
  /** Closed at this time or later. */
  since: string;
  /** Closed before this time. */
  until: string;
}

export interface ClosingCounts {
  states: Partial<Record<ClosingState, number>>;
  /** How many suppressed closings have each reason. */
  reasons: Partial<Record<ReasonCode, number>>;
}

/** How many closings of a range are in each state, and why the suppressed ones were suppressed. */
export async function countClosings(
  ledger: Ledger,
  { lane, since, until }: ClosedBetween,
): Promise<ClosingCounts> {
  const rows = await ledger.read((db) =>
    db
      .selectFrom('closings')
      .select(({ fn }) => ['state', 'reason_codes', fn.countAll().as('count')])
      .where('lane', '=', lane)
      .where('closed_at', '>=', since)
      .where('closed_at', '<', until)
      .groupBy(['state', 'reason_codes'])
      .execute(),
  );
  const counts: ClosingCounts = { states: {}, reasons: {} };
  for (const { state, reason_codes: codes, count } of rows) {
    counts.states[state] = (counts.states[state] ?? 0) + Number(count);
    if (state !== 'suppressed' || codes === '') continue;
    for (const code of codes.split(',') as ReasonCode[]) {
      counts.reasons[code] = (counts.reasons[code] ?? 0) + Number(count);
    }
  }
  return counts;
}

/** A closing that failed, or whose message could not leave yet. */
export type FailedClosing = Pick<Closing, 'conversationId' | 'error' | 'dueAt'>;

const pageSize = 500;

/** Failed closings, then scheduled ones, each newest first, read in pages. */
export async function* failuresBetween(
  ledger: Ledger,
  { lane, since, until }: ClosedBetween,
): AsyncGenerator<FailedClosing> {
  for (const state of ['failed', 'scheduled'] as const) {
    let after = { closed_at: until, id: '' };
    for (;;) {
      const page = await ledger.read((db) =>
        db
          .selectFrom('closings')
          .select(['id', 'conversation_id', 'closed_at', 'due_at', 'error'])
          .where('state', '=', state)
          .where('lane', '=', lane)
          .where('closed_at', '>=', since)
          .where((eb) => eb(eb.refTuple('closed_at', 'id'), '<', eb.tuple(after.closed_at, after.id)))
          .$if(state === 'scheduled', (query) => query.where('error', 'is not', null))
          .orderBy('closed_at', 'desc')
          .orderBy('id', 'desc')
          .limit(pageSize)
          .execute(),
      );
      for (const { conversation_id: conversationId, due_at: dueAt, error } of page) {
        yield { conversationId, dueAt, error: fromJson(error) as FailedClosing['error'] };
      }
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) break;
      after = last;
    }
  }
}

/** Closings that the queue still has to work on: undecided ones, and scheduled ones that are due and may leave. */
export async function countDue(
  ledger: Ledger,
  now: string,
  lane: Lane,
  maxPerHour: number | null = null,
): Promise<number> {
  return ledger.read((db) => dueIn(db, now, { lane, maxPerHour }));
}

async function dueIn(db: Reading, now: string, cap: HourlyCap): Promise<number> {
  const { lane } = cap;
  const isSendingBlocked = await isSendingBlockedIn(db, cap, now);
  const row = await db
    .selectFrom('closings')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('queued', '=', sql.lit(1))
    .where((eb) => eb.or([eb('due_at', 'is', null), eb('due_at', '<=', now)]))
    .where('lane', '=', lane)
    .$if(isSendingBlocked, (query) => query.where('state', '<>', sql.lit('scheduled')))
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

/** Closings that wait to be decided or to leave. */
export interface Queued {
  /** All of them, whenever they are due. */
  all: number;
  /** Those that may be worked on now. */
  due: number;
}

export async function countQueued(
  ledger: Ledger,
  now: string,
  lane: Lane,
  maxPerHour: number | null = null,
): Promise<Queued> {
  return ledger.read(async (db) => {
    const row = await db
      .selectFrom('closings')
      .select(({ fn }) => fn.countAll().as('count'))
      .where('queued', '=', sql.lit(1))
      .where('lane', '=', lane)
      .executeTakeFirst();
    return { all: Number(row?.count ?? 0), due: await dueIn(db, now, { lane, maxPerHour }) };
  });
}

/** States in which the queue or a person still has something to do. */
const openStates = [
  'pending',
  'scheduled',
  'sending',
  'uncertain',
  'failed',
] as const satisfies readonly ClosingState[];

export interface QueueFigures {
  /** Null while messages may leave. */
  pause: SendingPause | null;
  /** When the next message may leave, because the hour is full; null: now. */
  fullUntil: string | null;
  /** Closings that the queue may take now. */
  due: number;
  /** Since when the closing that waits longest has been due. */
  oldestDueAt: string | null;
  states: Record<(typeof openStates)[number], number>;
  /** The oldest renewal among all claims; null: nothing is in work. */
  oldestClaimAt: string | null;
  /** Surveys of known closings whose newest answer has no card in Gladly. */
  cardsMissing: number;
  /** Alerts that are neither sent nor given up. */
  alertsDue: number;
  /** Those of surveys that are not answered. */
  reminders: OpenReminders;
}

/** The cost grows with what is open, never with what is finished. */
export async function queueFigures(
  ledger: Ledger,
  now: string,
  lane: Lane,
  maxPerHour: number | null = null,
): Promise<QueueFigures> {
  const cap = { lane, maxPerHour };
  return ledger.read(async (db) => ({
    pause: await pauseIn(db, now),
    fullUntil: await fullUntilIn(db, cap, now),
    due: await dueIn(db, now, cap),
    oldestDueAt: await oldestDue(db, now, cap),
    states: await countOpen(db, lane),
    oldestClaimAt: await oldestClaim(db, lane),
    cardsMissing: await countCardsDue(db),
    alertsDue: (await openAlertsIn(db)).count,
    reminders: await openRemindersIn(db, lane),
  }));
}

async function oldestDue(db: Reading, now: string, cap: HourlyCap): Promise<string | null> {
  const { lane } = cap;
  const isSendingBlocked = await isSendingBlockedIn(db, cap, now);
  const queued = db
    .selectFrom('closings')
    .where('queued', '=', sql.lit(1))
    .where('lane', '=', lane)
    .$if(isSendingBlocked, (query) => query.where('state', '<>', sql.lit('scheduled')))
    .limit(1);
  const timeless = await queued
    .select('first_seen_at')
    .where('due_at', 'is', null)
    .orderBy('first_seen_at')
    .executeTakeFirst();
  const timed = await queued.select('due_at').where('due_at', '<=', now).orderBy('due_at').executeTakeFirst();
  const times = [timeless?.first_seen_at, timed?.due_at].filter((time) => typeof time === 'string');
  return times.sort()[0] ?? null;
}

async function oldestClaim(db: Reading, lane: Lane): Promise<string | null> {
  const row = await db
    .selectFrom('closings')
    .select(({ fn }) => fn.min('claim_until').as('until'))
    .where('claimed_by', 'is not', null)
    .where('lane', '=', lane)
    .executeTakeFirst();
  const until = row?.until ?? null;
  return until === null ? null : timeAt(Date.parse(until) - claimMs);
}

async function countOpen(db: Reading, lane: Lane): Promise<QueueFigures['states']> {
  const rows = await db
    .selectFrom('closings')
    .select(({ fn }) => ['state', fn.countAll().as('count')])
    // Literals: SQLite uses the partial index only if it can see them.
    .where(
      'state',
      'in',
      openStates.map((state) => sql.lit(state)),
    )
    .where('lane', '=', lane)
    .groupBy('state')
    .execute();
  const counted = Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
  const none = { pending: 0, scheduled: 0, sending: 0, uncertain: 0, failed: 0 };
  return { ...none, ...counted };
}

/** Leaves out answers whose closing the ledger does not know: only another post by hand posts their cards. */
async function countCardsDue(db: Reading): Promise<number> {
  const row = await db
    .selectFrom('cards_due')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('closing_id', 'is not', null)
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}
