import type { Participant } from '../../domain/attribution/timeline.ts';
import type { Closing, ClosingReport } from '../../domain/closing/closing.ts';
import { adoptedClosing, closingIdOf } from '../../domain/closing/identity.ts';
import { reopeningMove } from '../../domain/closing/moves.ts';
import { normalizeTime } from '../../domain/values/instant.ts';
import type { Ledger, Reading, Writing } from '../ledger/ledger.ts';
import { prepared } from '../ledger/prepared.ts';
import { importedLateAs, nextReopening, reportedOtherwiseAs } from './late-reports.ts';
import { hasClosings, nearClosings, type ClosingKey, type NearClosing } from './near-closings.ts';
import { apply, closingIn } from './rows.ts';

/** The closing that a report means. */
export interface RecordedReport extends Pick<Closing, 'id' | 'state'> {
  isNew: boolean;
}

export interface RecordedClosing {
  closing: Closing;
  isNew: boolean;
}

/** Records a closing that a source reported, or finds the one it is known as. */
export async function recordClosing(ledger: Ledger, report: ClosingReport): Promise<RecordedClosing> {
  return ledger.write({ conversations: [report.conversationId] }, (trx) => record(trx, report));
}

/**
 * Records many reports in one transaction, which costs one write to disk. The results are in the order of the reports.
 */
export async function recordClosings(
  ledger: Ledger,
  reports: readonly ClosingReport[],
): Promise<RecordedReport[]> {
  const conversations = reports.map(({ conversationId }) => conversationId);
  return ledger.write({ conversations }, async (trx) => {
    const recorded: RecordedReport[] = [];
    for (const report of reports) recorded.push(await recordReport(trx, report));
    return recorded;
  });
}

/** Records one report, and reads its closing. */
export async function record(trx: Writing, report: ClosingReport): Promise<RecordedClosing> {
  const { id, isNew } = await recordReport(trx, report);
  return { closing: await closingIn(trx, id), isNew };
}

/**
 * The closing that a report means, created if it is new. If a known reopening followed it, it is over from the start.
 * Reports may come in any order: a conversation's rows end up the same, because reopenings and all reported times are
 * kept.
 */
export async function recordReport(trx: Writing, report: ClosingReport): Promise<RecordedReport> {
  const closedAt = ledgerTime(report.closedAt);
  const known = await knownAs(trx, { ...report, closedAt });
  if (known === null) return { ...(await insert(trx, { ...report, closedAt })), isNew: true };
  if (known.closedAt !== closedAt) await recordReportedTime(trx, { ...report, closedAt }, known);
  await keepCloser(trx, known, report.closedBy ?? null);
  const isComplete = known.customerId !== null || known.forgottenAt !== null;
  if (!isComplete && report.customerId !== null) {
    await trx
      .updateTable('closings')
      .set({ customer_id: report.customerId })
      .where('id', '=', known.id)
      .execute();
  }
  return { id: known.id, state: known.state, isNew: false };
}

/** The closing that a report of this time would mean; null if there is none. Records nothing. */
export async function knownClosing(ledger: Ledger, key: ClosingKey): Promise<Closing | null> {
  return ledger.read(async (db) => {
    const known = await knownAs(db, { ...key, closedAt: ledgerTime(key.closedAt) });
    return known === null ? null : closingIn(db, known.id);
  });
}

async function knownAs(db: Reading, key: ClosingKey): Promise<NearClosing | null> {
  const { lane, conversationId, closedAt } = key;
  // Most reports are the first of their conversation, and need no more than this.
  if (!(await hasClosings(db, key))) return null;
  const near = await nearClosings(db, key);
  if (near.length === 0) return (await reportedOtherwiseAs(db, key)) ?? importedLateAs(db, key);
  const id = closingIdOf(conversationId, closedAt, lane);
  const same = near.find((closing) => closing.id === id);
  if (same !== undefined) return same;
  const reported = await db
    .selectFrom('closing_reports')
    .select('closing_id')
    .where('conversation_id', '=', conversationId)
    .where('lane', '=', lane)
    .where('closed_at', '=', closedAt)
    .executeTakeFirst();
  const before = near.find((closing) => closing.id === reported?.closing_id);
  if (before !== undefined) return before;
  return adoptedClosing(near, closedAt, await nextReopening(db, key));
}

/**
 * The row of the closing that a conversation shows, although the conversation gives another time than `closing`: events
 * may be stamped when they are sent, or by a wrong clock. Null if a reopening is known between the two times: then they
 * are two closings, and the source of the earlier time does not know of the later closing yet.
 */
export async function sameClosingAtAnotherTime(
  ledger: Ledger,
  closing: Closing,
  shown: { closedAt: string; seenAt: string; record: boolean },
): Promise<Closing | null> {
  const { lane, conversationId, customerId, id } = closing;
  const key = { lane, conversationId, closedAt: ledgerTime(shown.closedAt) };
  const [earlier, later] = [key.closedAt, closing.closedAt].toSorted() as [string, string];
  const find = async (db: Reading): Promise<{ known: Closing | null; areTwo: boolean }> => {
    const reopenedAt = await nextReopening(db, { ...key, closedAt: earlier });
    if (reopenedAt !== null && reopenedAt < later) return { known: null, areTwo: true };
    const known = await knownAs(db, key);
    return { known: known === null ? null : await closingIn(db, known.id), areTwo: false };
  };
  const found = await ledger.read(find);
  if (found.areTwo || found.known !== null) return found.known;
  if (!shown.record) return closing;
  return ledger.write({ closings: [id] }, async (trx) => {
    const { known, areTwo } = await find(trx);
    if (areTwo || known !== null) return known;
    await recordReportedTime(
      trx,
      { ...key, customerId, seenAt: shown.seenAt, source: 'conversations' },
      closing,
    );
    return closing;
  });
}

interface NewClosing extends Omit<ClosingReport, 'closedBy'> {
  id: string;
  closerId: string | null;
  closerType: string | null;
}

const insertClosing = prepared(
  (
    db,
    { id, lane, conversationId, customerId, closedAt, closerId, closerType, seenAt, source }: NewClosing,
  ) =>
    db
      .insertInto('closings')
      .values((eb) => ({
        id,
        conversation_id: conversationId,
        lane,
        customer_id: customerId,
        closed_at: closedAt,
        closed_by: closerId,
        closed_by_type: closerType,
        first_seen_at: seenAt,
        source,
        state: 'pending' as const,
        state_at: seenAt,
        reopened_at: eb
          .selectFrom('reopenings')
          .select((of) => of.fn.min('reopened_at').as('reopened_at'))
          .where('conversation_id', '=', conversationId)
          .where('reopened_at', '>=', closedAt),
        queued: 1,
        attempts: 0,
        reasons: '[]',
        reason_codes: '',
      }))
      .returning('reopened_at'),
);

async function insert(trx: Writing, report: ClosingReport): Promise<Pick<Closing, 'id' | 'state'>> {
  const id = closingIdOf(report.conversationId, report.closedAt, report.lane);
  const { id: closerId = null, type: closerType = null } = report.closedBy ?? {};
  const [row] = await insertClosing(trx, { ...report, id, closerId, closerType });
  if (row === undefined) throw new Error(`the closing ${id} was not written`);
  const closing = { id, state: 'pending', dueAt: null } as const;
  if (row.reopened_at === null) return closing;
  return endByReopening(trx, closing, row.reopened_at, report.seenAt);
}

/** Ends a closing if it still waits in the queue. */
export async function endByReopening<Known extends Pick<Closing, 'id' | 'state' | 'dueAt'>>(
  trx: Writing,
  closing: Known,
  reopenedAt: string,
  at: string,
): Promise<Known | Closing> {
  const move = reopeningMove(closing, reopenedAt);
  return move === null ? closing : apply(trx, closing.id, move, at);
}

/** The first source that names a closer is believed: all sources mean the same closer. */
export async function keepCloser(
  trx: Writing,
  { id, closedBy }: Pick<Closing, 'id' | 'closedBy'>,
  reported: Participant | null,
): Promise<void> {
  if (reported === null || (closedBy?.id ?? null) !== null) return;
  await trx
    .updateTable('closings')
    .set({ closed_by: reported.id, closed_by_type: reported.type })
    .where('id', '=', id)
    .where('closed_by', 'is', null)
    .execute();
}

async function recordReportedTime(
  trx: Writing,
  report: ClosingReport,
  closing: Pick<Closing, 'id'>,
): Promise<void> {
  await trx
    .insertInto('closing_reports')
    .values({
      lane: report.lane,
      conversation_id: report.conversationId,
      closed_at: report.closedAt,
      closing_id: closing.id,
      source: report.source,
      seen_at: report.seenAt,
    })
    .onConflict((conflict) => conflict.columns(['conversation_id', 'lane', 'closed_at']).doNothing())
    .execute();
}

/** Normalizes a time: text order is time order only for times in one format. */
export function ledgerTime(time: string): string {
  const normal = normalizeTime(time);
  if (normal === null) throw new Error(`'${time}' is not a time with an offset`);
  return normal;
}
