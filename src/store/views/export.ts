import type { Answer, Card, Note } from '../../domain/survey/records.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { notesIn } from '../answers/notes.ts';
import { toClosing } from '../closings/rows.ts';
import type { Ledger, Reading } from '../ledger/ledger.ts';
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
  /** The channel of the response that counts. */
  channel: string | null;
  answer: Answer | null;
  card: Pick<Card, 'itemId' | 'postedAt'> | null;
  /** When the survey's page was first opened. */
  openedAt: string | null;
  /** Oldest first. */
  notes: Note[];
  medallia: MedalliaState | null;
}

/** Which closings are exported. */
export interface ExportRange extends ClosedBetween {
  /** Only closings whose newest answer came from `since` until before `until`; null: with or without an answer. */
  answered: { since: string; until: string } | null;
}

/** Few, because the evidence of a closing may have 60 kB. */
const pageSize = 200;

/** Where a page ends: the time and the id that its rows are ordered by. */
interface Position {
  at: string;
  id: string;
}

/**
 * Oldest first, or in the order of their answers if `answered` is given. Each page is a transaction of its own: memory
 * does not grow, and the ledger's log can be cleared. Changes made meanwhile may show.
 */
export async function* exportClosings(
  ledger: Ledger,
  range: ExportRange,
  now: string,
): AsyncGenerator<ExportedClosing, void> {
  let after: Position = { at: (range.answered ?? range).since, id: '' };
  for (;;) {
    const page = await ledger.read((db) => pageOf(db, range, after));
    for (const { exported } of page) {
      yield { ...exported, closing: asResolved(exported.closing, now) };
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last.position;
  }
}

function closedPage(db: Reading, { lane, until }: ClosedBetween, after: Position) {
  return db
    .selectFrom('closings')
    .selectAll()
    .select(['closed_at as place_at', 'id as place_id'])
    .where('lane', '=', lane)
    .where((eb) => eb(eb.refTuple('closed_at', 'id'), '>', eb.tuple(after.at, after.id)))
    .where('closed_at', '<', until)
    .orderBy('closed_at')
    .orderBy('id')
    .limit(pageSize);
}

/** Each step follows the index of answer times, and costs only as much as the answers of the page. */
function answeredPage(
  db: Reading,
  { lane, since, until }: ClosedBetween,
  answeredUntil: string,
  after: Position,
) {
  return (
    db
      .selectFrom('answers as given')
      // SQLite begins with the first table of a cross join.
      .crossJoin('closings')
      .selectAll('closings')
      .select(['given.answered_at as place_at', 'given.survey_id as place_id'])
      .whereRef('closings.survey_id', '=', 'given.survey_id')
      .where('closings.lane', '=', lane)
      .where('closings.closed_at', '>=', since)
      .where('closings.closed_at', '<', until)
      .where((eb) =>
        eb(eb.refTuple('given.answered_at', 'given.survey_id'), '>', eb.tuple(after.at, after.id)),
      )
      .where('given.answered_at', '<', answeredUntil)
      .where('given.revision', '=', (eb) =>
        eb
          .selectFrom('answers as newest')
          .select(({ fn }) => fn.max('newest.revision').as('revision'))
          .whereRef('newest.survey_id', '=', 'given.survey_id'),
      )
      .orderBy('given.answered_at')
      .orderBy('given.survey_id')
      .limit(pageSize)
  );
}

async function pageOf(
  db: Reading,
  { answered, ...closed }: ExportRange,
  after: Position,
): Promise<{ exported: ExportedClosing; position: Position }[]> {
  const page =
    answered === null ? closedPage(db, closed, after) : answeredPage(db, closed, answered.until, after);
  const rows = await db
    .selectFrom(page.as('page'))
    .leftJoin('answers', (join) => join.on(newestAnswerOfPage))
    .leftJoin('cards', (join) => join.on(postedCardOfPage))
    .leftJoin('visits', (join) =>
      join.onRef('visits.survey_id', '=', 'page.survey_id').on('visits.kind', '=', 'opened'),
    )
    .selectAll('page')
    .select([...answerAndCardColumns, 'visits.first_at as opened_at'])
    .orderBy('page.place_at')
    .orderBy('page.place_id')
    .execute();
  const ids = rows.map(({ id }) => id);
  const notes = await notesIn(db, ids);
  const medallia = await medalliaStatesIn(db, ids);
  return rows.map((row) => ({
    position: { at: row.place_at, id: row.place_id },
    exported: {
      closing: toClosing(row),
      channel: row.channel,
      ...answerAndCardOf(row),
      openedAt: row.opened_at,
      notes: notes.get(row.id) ?? [],
      medallia: medallia.get(row.id) ?? null,
    },
  }));
}
