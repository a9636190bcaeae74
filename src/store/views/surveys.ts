import { sql, type SqlBool } from 'kysely';
import type { Answer, Note } from '../../domain/survey/records.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { interruptedMove } from '../../domain/closing/moves.ts';
import { transitions } from '../../domain/closing/transitions.ts';
import { notesIn } from '../answers/notes.ts';
import { briefColumns, toBriefClosing, type BriefClosing } from '../closings/rows.ts';
import type { Ledger, Reading } from '../ledger/ledger.ts';
import { medalliaStatesIn, type MedalliaState } from '../medallia/states.ts';
import { isSendClaimed } from '../queue/claims.ts';
import {
  answerAndCardColumns,
  answerAndCardOf,
  newestAnswerOfPage,
  postedCardOfPage,
} from './answered-page.ts';
import { conditionsOf, leadOf, placeOf, type ClosingFilter, type Lead } from './closing-filter.ts';

/** A closing with its newest answer and its card. */
export interface ListedClosing {
  closing: BriefClosing;
  answer: Answer | null;
  card: { itemId: string; postedAt: string | null } | null;
  /** Oldest first. */
  notes: Note[];
  /** Null if Agent Connect was not asked, or its row was not read yet. */
  medallia: MedalliaState | null;
}

/** The position of a page's last closing. */
type Position = Pick<Closing, 'closedAt' | 'id'>;

const pageSize = 500;

/**
 * Newest first, each closing once: a trial is left out once the live lane knows the closing. Read in pages, so that
 * memory does not grow; changes made meanwhile may show. A message whose process has ended shows what it will be
 * resolved to, without being resolved: reading never waits.
 */
export async function* listClosings(
  ledger: Ledger,
  filter: ClosingFilter,
  now: string,
): AsyncGenerator<ListedClosing, void> {
  const wanted = filter.states === undefined ? null : new Set(filter.states);
  // A closing that is `sending` may turn out to have been interrupted.
  const states = wanted === null ? undefined : [...wanted, 'sending' as const];
  let left = filter.limit ?? Number.POSITIVE_INFINITY;
  let after: Position | null = null;
  while (left > 0) {
    const size = Math.min(left, pageSize);
    const page: ListedClosing[] = await ledger.read((db) =>
      pageOf(db, { ...filter, ...(states === undefined ? {} : { states }) }, after, size),
    );
    for (const listed of page) {
      const closing = asResolved(listed.closing, now);
      if (wanted !== null && !wanted.has(closing.state)) continue;
      yield { ...listed, closing };
      left -= 1;
    }
    const last: BriefClosing | undefined = page.at(-1)?.closing;
    if (last === undefined || page.length < size) return;
    after = { closedAt: last.closedAt, id: last.id };
  }
}

/** A closing whose process ended while its message was leaving, as the next run will resolve it. */
export function asResolved<Row extends BriefClosing>(closing: Row, now: string): Row {
  const { state, claimedBy, claimUntil } = closing;
  if (state !== 'sending' || isSendClaimed(claimedBy, claimUntil, now)) return closing;
  const { transition, change } = interruptedMove(closing, now);
  return { ...closing, ...change, state: transitions[transition].to };
}

/**
 * Each value of the lead has its own stretch of the index, in this order. Given several values at once, SQLite would
 * sort everything that remains for every page; given `until` besides the previous page's last closing, it would walk
 * past everything listed before.
 */
async function pageOf(
  db: Reading,
  filter: ClosingFilter,
  after: Position | null,
  size: number,
): Promise<ListedClosing[]> {
  const page = listedOf(db, filter, after, size);
  if (page === null) return [];
  const rows = await db
    .selectFrom(page.as('page'))
    .leftJoin('answers', (join) => join.on(newestAnswerOfPage))
    .leftJoin('cards', (join) => join.on(postedCardOfPage))
    .selectAll('page')
    .select([...answerAndCardColumns])
    .orderBy('page.closed_at', 'desc')
    .orderBy('page.id', 'desc')
    .execute();
  const ids = rows.map(({ id }) => id);
  const notes = await notesIn(db, ids);
  const medallia = await medalliaStatesIn(db, ids);
  return rows.map((row) => ({
    closing: toBriefClosing(row),
    ...answerAndCardOf(row),
    notes: notes.get(row.id) ?? [],
    medallia: medallia.get(row.id) ?? null,
  }));
}

/** The newest closings of all stretches; null if the lead has no values. */
function listedOf(db: Reading, filter: ClosingFilter, after: Position | null, size: number) {
  const lead = leadOf(filter);
  const stretches = (lead === null ? [null] : lead.values).map((value) =>
    db.selectFrom(stretchOf(db, filter, { lead, value, after, size }).as('stretch')).selectAll(),
  );
  if (stretches.length === 0) return null;
  return (
    stretches
      // A closing may have several of the topics.
      .reduce((all, one) => (lead?.column === 'topic_id' ? all.union(one) : all.unionAll(one)))
      .orderBy('closed_at', 'desc')
      .orderBy('id', 'desc')
      .limit(size)
  );
}

interface Stretch {
  lead: Lead | null;
  value: string | number | null;
  after: Position | null;
  size: number;
}

function stretchOf(db: Reading, filter: ClosingFilter, { lead, value, after, size }: Stretch) {
  const { since, until } = filter;
  const isOfTopic = lead?.column === 'topic_id';
  const { time, id } = placeOf(lead);
  const at = sql<string>`${sql.ref(time)}`;
  return db
    .selectFrom('closings')
    .$if(isOfTopic, (query) => query.innerJoin('closing_topics', 'closing_topics.closing_id', 'closings.id'))
    .select(briefColumns.map((column) => `closings.${column}` as const))
    .$if(lead !== null, (query) =>
      query.where(
        sql<SqlBool>`${sql.ref(isOfTopic ? 'closing_topics.topic_id' : `closings.${lead?.column ?? ''}`)} = ${value}`,
      ),
    )
    .$if(since !== undefined, (query) => query.where(at, '>=', since ?? ''))
    .$if(until !== undefined && after === null, (query) => query.where(at, '<', until ?? ''))
    .$if(after !== null, (query) =>
      query.where(
        sql<SqlBool>`(${sql.ref(time)}, ${sql.ref(id)}) < (${after?.closedAt ?? ''}, ${after?.id ?? ''})`,
      ),
    )
    .where((eb) => eb.and(conditionsOf(eb, filter, lead)))
    .orderBy(at, 'desc')
    .orderBy(sql.ref(id), 'desc')
    .limit(size);
}

/** Closings beyond this are not counted: nobody reads such a long list. */
const mostCounted = 10_000;

/** How many closings a list would have, at most ten thousand. */
export async function countListed(ledger: Ledger, filter: ClosingFilter): Promise<number> {
  return ledger.read(async (db) => {
    const listed = listedOf(db, filter, null, mostCounted);
    if (listed === null) return 0;
    const row = await db
      .selectFrom(listed.as('listed'))
      .select(({ fn }) => fn.countAll().as('count'))
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  });
}
