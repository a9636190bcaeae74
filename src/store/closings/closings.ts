import { allows, type ClosingState, type Transition } from '../../domain/closing/transitions.ts';
import { trialSurveyIdOf } from '../../domain/survey/token.ts';
import { move, toClosing } from './rows.ts';
import type { Closing, ClosingChange, RecordedClosing, ClosingReport } from './closing.ts';
import { askedBefore } from '../queue/messages.ts';
import { within, type Ledger } from '../open.ts';
import { reopen, type Reopened } from './reopenings.ts';
import { sight } from './closing-reports.ts';
import type { ClosingsTable } from '../schema/tables.ts';

/**
 * Records a closing that was seen, or finds the one it is known as. One that a known reopening followed is over from
 * the start.
 */
export async function recordClosing(ledger: Ledger, sighting: ClosingReport): Promise<RecordedClosing> {
  return within(ledger, (trx) => sight(trx, sighting));
}

/** Many sightings in one transaction, so that they cost one write to the disk; the answers are in their order. */
export async function recordClosings(
  ledger: Ledger,
  sightings: readonly ClosingReport[],
): Promise<RecordedClosing[]> {
  return within(ledger, async (trx) => {
    const sighted: RecordedClosing[] = [];
    for (const sighting of sightings) sighted.push(await sight(trx, sighting));
    return sighted;
  });
}

/**
 * Notes that a conversation was reopened, also for closings that are told of later. Those up to then are over: what
 * waits is suppressed.
 */
export async function recordReopening(
  ledger: Ledger,
  reopening: { conversationId: string; reopenedAt: string },
): Promise<Reopened> {
  return within(ledger, (trx) => reopen(trx, reopening));
}

export async function closingById(ledger: Ledger, closingId: string): Promise<Closing | null> {
  const row = await ledger.db
    .selectFrom('closings')
    .selectAll()
    .where('id', '=', closingId)
    .executeTakeFirst();
  return row === undefined ? null : toClosing(row);
}

/** The latest time at which a closing was seen: sources tell of it at slightly different ones. */
export async function lastTimeOf(ledger: Ledger, { id, conversationId, closedAt }: Closing): Promise<string> {
  const row = await ledger.db
    .selectFrom('sightings')
    .select(({ fn }) => fn.max('closed_at').as('closed_at'))
    .where('conversation_id', '=', conversationId)
    .where('closing_id', '=', id)
    .executeTakeFirst();
  const last = row?.closed_at ?? closedAt;
  return last > closedAt ? last : closedAt;
}

/**
 * The closing that a survey asks about, with the message that asked, also where the closing waits to be asked about again;
 * null when this ledger has no such survey any more.
 */
export async function closingOfSurvey(ledger: Ledger, surveyId: string): Promise<Closing | null> {
  const row =
    (await ledger.db
      .selectFrom('closings')
      .selectAll()
      // A trial may have been made since a person had the closing asked about again.
      .where('survey_id', 'in', [surveyId, trialSurveyIdOf(surveyId)])
      .executeTakeFirst()) ?? (await waitingWithout(ledger, surveyId));
  return row === undefined ? null : askedBefore(ledger.db, toClosing(row), surveyId);
}

/**
 * A closing that lost its survey when it was decided again, but whose message is out. Looked for by its message alone:
 * SQLite would take the index of surveys, where all closings without one stand together.
 */
async function waitingWithout(ledger: Ledger, surveyId: string): Promise<ClosingsTable | undefined> {
  const asked = await ledger.db
    .selectFrom('closings')
    .selectAll()
    .where('id', 'in', (eb) =>
      eb.selectFrom('messages').select('messages.closing_id').where('messages.survey_id', '=', surveyId),
    )
    .execute();
  return asked.find(({ state, survey_id }) => survey_id === null && allows('answer_earlier', state));
}

/** Newest first. */
export async function closingsOfConversation(ledger: Ledger, conversationId: string): Promise<Closing[]> {
  const rows = await ledger.db
    .selectFrom('closings')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .orderBy('closed_at', 'desc')
    .execute();
  return rows.map(toClosing);
}

/** By closing id, survey id or conversation id; newest first. */
export async function findClosings(ledger: Ledger, anyId: string): Promise<Closing[]> {
  const rows = await ledger.db
    .selectFrom('closings')
    .selectAll()
    .where((eb) =>
      eb.or([eb('id', '=', anyId), eb('survey_id', '=', anyId), eb('conversation_id', '=', anyId)]),
    )
    .orderBy('closed_at', 'desc')
    .execute();
  return rows.map(toClosing);
}

export interface ClosingFilter {
  states?: readonly ClosingState[];
  /** Closed at this time or later. */
  since?: string;
  /** Closed before this time. */
  until?: string;
  limit?: number;
}

/** Of the last closing of a page. */
type Position = Pick<Closing, 'closedAt' | 'id'>;

const pageSize = 500;

/** Newest first. Read in pages, so that neither memory nor the connection is held; what changes meanwhile may show. */
export async function* listClosings(ledger: Ledger, filter: ClosingFilter): AsyncGenerator<Closing, void> {
  if (filter.states?.length === 0) return;
  let left = filter.limit ?? Number.POSITIVE_INFINITY;
  let after: Position | null = null;
  while (left > 0) {
    const page = await pageOf(ledger, filter, after, Math.min(left, pageSize));
    yield* page;
    left -= page.length;
    const last: Closing | undefined = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = { closedAt: last.closedAt, id: last.id };
  }
}

/**
 * Each state has its own stretch of the index, in this order: SQLite would sort all that is left of several states for
 * every page, and walk past what was listed already where it is given `until` besides the last of the page before.
 */
async function pageOf(
  { db }: Ledger,
  { states, since, until }: ClosingFilter,
  after: Position | null,
  size: number,
): Promise<Closing[]> {
  const newest = (state: ClosingState | null) =>
    db
      .selectFrom('closings')
      .selectAll()
      .$if(state !== null, (query) => query.where('state', '=', state ?? 'pending'))
      .$if(since !== undefined, (query) => query.where('closed_at', '>=', since ?? ''))
      .$if(until !== undefined && after === null, (query) => query.where('closed_at', '<', until ?? ''))
      .$if(after !== null, (query) =>
        query.where((eb) =>
          eb(eb.refTuple('closed_at', 'id'), '<', eb.tuple(after?.closedAt ?? '', after?.id ?? '')),
        ),
      )
      .orderBy('closed_at', 'desc')
      .orderBy('id', 'desc')
      .limit(size);
  const [first, ...others] = [...new Set(states ?? [null])].map(newest);
  if (first === undefined) return [];
  const rows = await (
    others.length === 0
      ? first
      : [first, ...others]
          .map((query) => db.selectFrom(query.as('page')).selectAll())
          .reduce((all, one) => all.unionAll(one))
          .orderBy('closed_at', 'desc')
          .orderBy('id', 'desc')
          .limit(size)
  ).execute();
  return rows.map(toClosing);
}

/**
 * Moves a closing along one transition, guarded by the domain's table, and notes it in the history.
 * @throws Failure closing_changed, closing_not_found
 */
export async function recordTransition(
  ledger: Ledger,
  closingId: string,
  transition: Transition,
  at: string,
  change: ClosingChange,
  note: string | null = null,
): Promise<Closing> {
  return within(ledger, (trx) => move(trx, closingId, transition, at, change, note));
}
