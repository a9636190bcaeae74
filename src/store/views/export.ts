import type { Answer, Card, Note } from '../../domain/survey/records.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { notesIn } from '../answers/notes.ts';
import { toClosing } from '../closings/rows.ts';
import type { Ledger, Reading } from '../ledger.ts';
import { medalliaStatesIn, type MedalliaState } from '../medallia/states.ts';
import type { ClosedBetween } from './counts.ts';
import {
  answerAndCardColumns,
  answerAndCardOf,
  newestAnswerOfPage,
  postedCardOfPage,
} from './answered-page.ts';
import { asResolved } from './surveys.ts';

/** A closing with what came of it. */
export interface ExportedClosing {
  closing: Closing;
  /** Of the response that counts. */
  channel: string | null;
  answer: Answer | null;
  card: Pick<Card, 'itemId' | 'postedAt'> | null;
  /** When the survey's page was first opened. */
  openedAt: string | null;
  /** Oldest first. */
  notes: Note[];
  medallia: MedalliaState | null;
}

/** The evidence of a closing may have 60 kB. */
const pageSize = 200;

/**
 * Oldest first, in pages of a transaction each: memory does not grow, and the ledger's log is not kept from being cleared.
 * What changes meanwhile may show.
 */
export async function* exportClosings(
  ledger: Ledger,
  range: ClosedBetween,
  now: string,
): AsyncGenerator<ExportedClosing, void> {
  let after = { closedAt: range.since, id: '' };
  for (;;) {
    const page = await ledger.read((db) => pageOf(db, range, after));
    for (const exported of page) yield { ...exported, closing: asResolved(exported.closing, now) };
    const last = page.at(-1)?.closing;
    if (last === undefined || page.length < pageSize) return;
    after = { closedAt: last.closedAt, id: last.id };
  }
}

async function pageOf(
  db: Reading,
  { lane, until }: ClosedBetween,
  after: Pick<Closing, 'closedAt' | 'id'>,
): Promise<ExportedClosing[]> {
  const page = db
    .selectFrom('closings')
    .selectAll()
    .where('lane', '=', lane)
    .where((eb) => eb(eb.refTuple('closed_at', 'id'), '>', eb.tuple(after.closedAt, after.id)))
    .where('closed_at', '<', until)
    .orderBy('closed_at')
    .orderBy('id')
    .limit(pageSize);
  const rows = await db
    .selectFrom(page.as('page'))
    .leftJoin('answers', (join) => join.on(newestAnswerOfPage))
    .leftJoin('cards', (join) => join.on(postedCardOfPage))
    .leftJoin('visits', (join) =>
      join.onRef('visits.survey_id', '=', 'page.survey_id').on('visits.kind', '=', 'opened'),
    )
    .selectAll('page')
    .select([...answerAndCardColumns, 'visits.first_at as opened_at'])
    .orderBy('page.closed_at')
    .orderBy('page.id')
    .execute();
  const ids = rows.map(({ id }) => id);
  const notes = await notesIn(db, ids);
  const medallia = await medalliaStatesIn(db, ids);
  return rows.map((row) => ({
    closing: toClosing(row),
    channel: row.channel,
    ...answerAndCardOf(row),
    openedAt: row.opened_at,
    notes: notes.get(row.id) ?? [],
    medallia: medallia.get(row.id) ?? null,
  }));
}
