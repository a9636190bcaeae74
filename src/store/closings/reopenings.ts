import type { Transaction } from 'kysely';
import { surveyedStates, type ClosingState } from '../../domain/closing/transitions.ts';
import { wasTrial } from '../../domain/delivery.ts';
import type { Reason } from '../../domain/eligibility/reason.ts';
import { isQueued, suppress } from './rows.ts';
import type { Closing, ClosingReport } from './closing.ts';
import { prepared } from '../prepared.ts';
import { endByReopening, ledgerTime, sight } from './closing-reports.ts';
import type { ClosingsTable, LedgerTables, ClosingReportsTable } from '../schema/tables.ts';

export interface Reopening {
  conversationId: string;
  reopenedAt: string;
}

/** What a reopening did to the closings of its conversation. */
export interface Reopened {
  /** Those that changed, and those that turned out to be closings of their own. */
  changed: Closing[];
  /** How many of them are suppressed by it. */
  suppressed: number;
}

const insertReopening = prepared((db, { conversationId, reopenedAt }: Reopening) =>
  db
    .insertInto('reopenings')
    .values({ conversation_id: conversationId, reopened_at: reopenedAt })
    .onConflict((conflict) => conflict.columns(['conversation_id', 'reopened_at']).doNothing())
    .returning('reopened_at'),
);

const markReopened = prepared((db, { conversationId, reopenedAt }: Reopening) =>
  db
    .updateTable('closings')
    .set({ reopened_at: reopenedAt })
    .where('conversation_id', '=', conversationId)
    .where('closed_at', '<=', reopenedAt)
    .where((eb) => eb.or([eb('reopened_at', 'is', null), eb('reopened_at', '>', reopenedAt)]))
    .returningAll(),
);

/** Remembers a reopening: the closings up to it are over, and one row cannot stand for closings on both sides of it. */
export async function reopen(
  trx: Transaction<LedgerTables>,
  reopening: Reopening,
): Promise<Reopened & { isNew: boolean }> {
  const { conversationId } = reopening;
  const reopenedAt = ledgerTime(reopening.reopenedAt);
  const isNew = (await insertReopening(trx, { conversationId, reopenedAt })).length > 0;
  if (!isNew) return { isNew, changed: [], suppressed: 0 };
  const rows = await markReopened(trx, { conversationId, reopenedAt });
  const waited = rows.filter((row) => isQueued(row.state, row.due_at)).length;
  const changed: Closing[] = [];
  for (const row of rows) changed.push(await endByReopening(trx, row, reopenedAt, reopenedAt));
  const parted = await partFrom(trx, conversationId, reopenedAt);
  return { isNew, changed: [...changed, ...parted], suppressed: waited + parted.filter(isSuppressed).length };
}

function isSuppressed({ state }: Closing): boolean {
  return state === 'suppressed';
}

/** Times that a row stands for, though the reopening lies between them and the row's own. */
const partedSightings = prepared((db, { conversationId, reopenedAt }: Reopening) =>
  db
    .selectFrom('sightings')
    .innerJoin('closings', 'closings.id', 'sightings.closing_id')
    .selectAll('sightings')
    .where('sightings.conversation_id', '=', conversationId)
    .where((eb) =>
      eb.or([
        eb.and([eb('closings.closed_at', '<=', reopenedAt), eb('sightings.closed_at', '>', reopenedAt)]),
        eb.and([eb('sightings.closed_at', '<=', reopenedAt), eb('closings.closed_at', '>', reopenedAt)]),
      ]),
    )
    .orderBy('sightings.closed_at'),
);

/** What was taken for one closing, while the reopening between was not known, becomes closings of their own. */
async function partFrom(
  trx: Transaction<LedgerTables>,
  conversationId: string,
  reopenedAt: string,
): Promise<Closing[]> {
  const parted = await partedSightings(trx, { conversationId, reopenedAt });
  const made: Closing[] = [];
  for (const sighting of parted) {
    const closing = await sightAlone(trx, sighting);
    if (closing !== null) made.push(closing);
  }
  return made;
}

/** @returns the closing, if it is new */
async function sightAlone(
  trx: Transaction<LedgerTables>,
  { conversation_id, closed_at, closing_id, source, seen_at }: ClosingReportsTable,
): Promise<Closing | null> {
  await trx
    .deleteFrom('sightings')
    .where('conversation_id', '=', conversation_id)
    .where('closed_at', '=', closed_at)
    .execute();
  const was = await trx
    .selectFrom('closings')
    .selectAll()
    .where('id', '=', closing_id)
    .executeTakeFirstOrThrow();
  const { closing, isNew } = await sight(trx, {
    conversationId: conversation_id,
    customerId: was.customer_id,
    closedAt: closed_at,
    source: source as ClosingReport['source'],
    seenAt: seen_at,
    ...(was.provider !== null && wasTrial(was) ? { delivery: was.provider } : {}),
  });
  if (!isNew) return null;
  return asksAbout(was, closed_at) && closing.state === 'pending'
    ? suppress(trx, closing.id, seen_at, [alreadyAsked(was)])
    : closing;
}

/** A survey that was decided on after the later closing asked about that one, so it is not asked about again. */
function asksAbout(surveyed: ClosingsTable, closedAt: string): boolean {
  const decidedOn = surveyed.read_at ?? surveyed.decided_at;
  const isSurveyed = (surveyedStates as readonly ClosingState[]).includes(surveyed.state);
  return isSurveyed && !wasTrial(surveyed) && decidedOn !== null && decidedOn >= closedAt;
}

function alreadyAsked({ id }: ClosingsTable): Reason {
  return { code: 'already_surveyed', detail: `with closing ${id}` };
}
