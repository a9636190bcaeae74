import type { Closing, ReportSource, Reopening } from '../../domain/closing/closing.ts';
import { suppression } from '../../domain/closing/moves.ts';
import { isQueued, isSurveyed } from '../../domain/closing/transitions.ts';
import type { Ledger, Writing } from '../ledger/ledger.ts';
import { prepared } from '../ledger/prepared.ts';
import type { ClosingReportsTable } from '../ledger/tables.ts';
import { endByReopening, ledgerTime, record } from './closing-reports.ts';
import { apply, closingIn, toClosing } from './rows.ts';

/** What a reopening did to the closings of its conversation. */
export interface Reopened {
  /** The closings that it changed, and those that turned out to be separate closings. */
  changed: Closing[];
  /** How many of them it suppressed. */
  suppressed: number;
  /** False: the reopening was already known. */
  isNew: boolean;
}

/**
 * Records that a conversation was reopened. Closings up to then are over: those still waiting are suppressed, and so
 * are closings that are reported later.
 */
export async function recordReopening(ledger: Ledger, reopening: Reopening): Promise<Reopened> {
  return ledger.write({ conversations: [reopening.conversationId] }, (trx) => reopen(trx, reopening));
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

/** Also separates rows: one row cannot stand for closings on both sides of a reopening. */
export async function reopen(trx: Writing, reopening: Reopening): Promise<Reopened> {
  const { conversationId } = reopening;
  const reopenedAt = ledgerTime(reopening.reopenedAt);
  const isNew = (await insertReopening(trx, { conversationId, reopenedAt })).length > 0;
  if (!isNew) return { isNew, changed: [], suppressed: 0 };
  const closings = (await markReopened(trx, { conversationId, reopenedAt })).map(toClosing);
  const waited = closings.filter(({ state, dueAt }) => isQueued(state, dueAt)).length;
  const changed: Closing[] = [];
  for (const closing of closings) changed.push(await endByReopening(trx, closing, reopenedAt, reopenedAt));
  const separated = await separate(trx, conversationId, reopenedAt);
  return {
    isNew,
    changed: [...changed, ...separated],
    suppressed: waited + separated.filter(({ state }) => state === 'suppressed').length,
  };
}

/** Reports recorded under a row although the reopening lies between their time and the row's own time. */
const separatedReports = prepared((db, { conversationId, reopenedAt }: Reopening) =>
  db
    .selectFrom('closing_reports as report')
    .innerJoin('closings', 'closings.id', 'report.closing_id')
    .selectAll('report')
    .where('report.conversation_id', '=', conversationId)
    .where((eb) =>
      eb.or([
        eb.and([eb('closings.closed_at', '<=', reopenedAt), eb('report.closed_at', '>', reopenedAt)]),
        eb.and([eb('report.closed_at', '<=', reopenedAt), eb('closings.closed_at', '>', reopenedAt)]),
      ]),
    )
    .orderBy('report.closed_at'),
);

/** Turns what was taken for one closing, while the reopening was unknown, into separate closings. */
async function separate(trx: Writing, conversationId: string, reopenedAt: string): Promise<Closing[]> {
  const made: Closing[] = [];
  for (const report of await separatedReports(trx, { conversationId, reopenedAt })) {
    const closing = await recordSeparately(trx, report);
    if (closing !== null) made.push(closing);
  }
  return made;
}

/** @returns the closing, if it is new */
async function recordSeparately(
  trx: Writing,
  { lane, conversation_id, closed_at, closing_id, source, seen_at }: ClosingReportsTable,
): Promise<Closing | null> {
  await trx
    .deleteFrom('closing_reports')
    .where('conversation_id', '=', conversation_id)
    .where('lane', '=', lane)
    .where('closed_at', '=', closed_at)
    .execute();
  const was = await closingIn(trx, closing_id);
  const { closing, isNew } = await record(trx, {
    lane,
    conversationId: conversation_id,
    customerId: was.customerId,
    closedAt: closed_at,
    source: source as ReportSource,
    seenAt: seen_at,
  });
  if (!isNew) return null;
  if (was.forgottenAt !== null) {
    const reason = { code: 'forgotten', detail: `with closing ${was.id}` } as const;
    const forgotten = await apply(trx, closing.id, suppression([reason]), seen_at);
    const { forgottenAt } = was;
    await trx
      .updateTable('closings')
      .set({ forgotten_at: forgottenAt })
      .where('id', '=', closing.id)
      .execute();
    return { ...forgotten, forgottenAt };
  }
  if (closing.state !== 'pending' || !covers(was, closed_at)) return closing;
  const reason = { code: 'already_surveyed', detail: `with closing ${was.id}` } as const;
  return apply(trx, closing.id, suppression([reason]), seen_at);
}

/** A survey that was decided after the later closing covers that closing, which then gets no survey of its own. */
function covers({ state, readAt, decidedAt }: Closing, closedAt: string): boolean {
  const basedOn = readAt ?? decidedAt;
  return isSurveyed(state) && basedOn !== null && basedOn >= closedAt;
}
