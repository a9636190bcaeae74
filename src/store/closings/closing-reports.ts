import type { Transaction } from 'kysely';
import { adoptedClosing, closingIdOf, sameClosingMilliseconds } from '../../domain/closing/identity.ts';
import { queueFor, type DeliveryName } from '../../domain/delivery.ts';
import { normalizeTime } from '../../domain/values/instant.ts';
import type { Reason } from '../../domain/eligibility/reason.ts';
import { isQueued, suppress, toClosing } from './rows.ts';
import type { Closing, RecordedClosing, ClosingReport } from './closing.ts';
import { within, type Ledger } from '../open.ts';
import { prepared } from '../prepared.ts';
import type { ClosingsTable, LedgerTables } from '../schema/tables.ts';
import { endTrial, isTried } from './trials.ts';

/**
 * The closing that a sighting means, made if it is new. Events come in any order: whatever the order, the rows of a
 * conversation end the same, because reopenings and all times of a closing are kept.
 */
export async function sight(
  trx: Transaction<LedgerTables>,
  sighting: ClosingReport,
): Promise<RecordedClosing> {
  const closedAt = ledgerTime(sighting.closedAt);
  const known = await knownAs(trx, sighting.conversationId, closedAt);
  if (known === null) return { closing: await insert(trx, { ...sighting, closedAt }), isNew: true };
  if (known.closedAt !== closedAt) await keepTime(trx, { ...sighting, closedAt }, known);
  const closing = await forReal(trx, known, sighting);
  if (closing.customerId !== null || sighting.customerId === null) return { closing, isNew: false };
  const row = await trx
    .updateTable('closings')
    .set({ customer_id: sighting.customerId })
    .where('id', '=', closing.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { closing: toClosing(row), isNew: false };
}

/** What only trials have seen goes to the queue of the real deliveries once one of those sees it, whatever came of it. */
async function forReal(
  trx: Transaction<LedgerTables>,
  known: Closing,
  { delivery, seenAt }: ClosingReport,
): Promise<Closing> {
  if (!isTried(known) || queueFor(delivery) !== null) return known;
  return endTrial(trx, known, seenAt);
}

/** The closing that a sighting at this time would mean, without recording it; null while there is none. */
export async function knownClosing(
  ledger: Ledger,
  conversationId: string,
  closedAt: string,
): Promise<Closing | null> {
  return within(ledger, (trx) => knownAs(trx, conversationId, ledgerTime(closedAt)));
}

async function knownAs(
  trx: Transaction<LedgerTables>,
  conversationId: string,
  closedAt: string,
): Promise<Closing | null> {
  const near = await nearby(trx, conversationId, closedAt);
  if (near.length === 0) return toldLateAs(trx, conversationId, closedAt);
  const id = closingIdOf(conversationId, closedAt);
  const same = near.find((closing) => closing.id === id);
  if (same !== undefined) return same;
  const told = await trx
    .selectFrom('sightings')
    .select('closing_id')
    .where('conversation_id', '=', conversationId)
    .where('closed_at', '=', closedAt)
    .executeTakeFirst();
  const before = near.find((closing) => closing.id === told?.closing_id);
  if (before !== undefined) return before;
  return adoptedClosing(near, closedAt, await nextReopening(trx, conversationId, closedAt));
}

/** Of a conversation, both ends included. */
interface Stretch {
  conversationId: string;
  since: string;
  until: string;
}

const closingsBetween = prepared((db, { conversationId, since, until }: Stretch) =>
  db
    .selectFrom('closings')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('closed_at', '>=', since)
    .where('closed_at', '<=', until)
    .orderBy('closed_at'),
);

async function nearby(
  trx: Transaction<LedgerTables>,
  conversationId: string,
  closedAt: string,
): Promise<Closing[]> {
  const [since, until] = around(closedAt);
  return (await closingsBetween(trx, { conversationId, since, until })).map(toClosing);
}

/** The stretch in which times may mean the same closing. */
function around(closedAt: string): [since: string, until: string] {
  const closedMs = Date.parse(closedAt);
  return [
    new Date(closedMs - sameClosingMilliseconds).toISOString(),
    new Date(closedMs + sameClosingMilliseconds).toISOString(),
  ];
}

const toldBetween = prepared((db, { conversationId, since, until }: Stretch) =>
  db
    .selectFrom('sightings')
    .innerJoin('closings', 'closings.id', 'sightings.closing_id')
    .selectAll('closings')
    .select('sightings.closed_at as told_at')
    .where('sightings.conversation_id', '=', conversationId)
    .where('sightings.closed_at', '>=', since)
    .where('sightings.closed_at', '<=', until),
);

/** A row that was first told of long after its closing also stands for the time that the conversation itself told. */
async function toldLateAs(
  trx: Transaction<LedgerTables>,
  conversationId: string,
  closedAt: string,
): Promise<Closing | null> {
  const [since, until] = around(closedAt);
  const rows = await toldBetween(trx, { conversationId, since, until });
  const late = rows.filter(
    (row) => Date.parse(row.closed_at) - Date.parse(row.told_at) > sameClosingMilliseconds,
  );
  if (late.length === 0) return null;
  const told = late.map((row) => ({ ...toClosing(row), closedAt: row.told_at }));
  const adopted = adoptedClosing(told, closedAt, await nextReopening(trx, conversationId, closedAt));
  const row = late.find(({ id }) => id === adopted?.id);
  return row === undefined ? null : toClosing(row);
}

/**
 * The row that stands for the closing which a conversation tells of, though it tells an earlier time than `closing`:
 * events may be stamped when they are sent. Null when a reopening is known between the two times: then what tells the
 * earlier one does not know the later one yet.
 */
export async function sameClosingToldLate(
  ledger: Ledger,
  closing: Closing,
  told: { closedAt: string; seenAt: string; record: boolean },
): Promise<Closing | null> {
  return within(ledger, async (trx) => {
    const { conversationId, customerId } = closing;
    const closedAt = ledgerTime(told.closedAt);
    const reopenedAt = await nextReopening(trx, conversationId, closedAt);
    if (reopenedAt !== null && reopenedAt < closing.closedAt) return null;
    const known = await knownAs(trx, conversationId, closedAt);
    if (known !== null) return known;
    const sighting = {
      conversationId,
      customerId,
      closedAt,
      seenAt: told.seenAt,
      source: 'conversations',
    } as const;
    if (told.record) await keepTime(trx, sighting, closing);
    return closing;
  });
}

const reopeningFrom = prepared((db, { conversationId, since }: Omit<Stretch, 'until'>) =>
  db
    .selectFrom('reopenings')
    .select('reopened_at')
    .where('conversation_id', '=', conversationId)
    .where('reopened_at', '>=', since)
    .orderBy('reopened_at')
    .limit(1),
);

async function nextReopening(
  trx: Transaction<LedgerTables>,
  conversationId: string,
  closedAt: string,
): Promise<string | null> {
  const [row] = await reopeningFrom(trx, { conversationId, since: closedAt });
  return row?.reopened_at ?? null;
}

const insertClosing = prepared(
  (
    db,
    {
      id,
      conversationId,
      customerId,
      closedAt,
      seenAt,
      source,
      provider,
    }: Omit<ClosingReport, 'source' | 'delivery'> & {
      id: string;
      source: string;
      provider: DeliveryName | null;
    },
  ) =>
    db
      .insertInto('closings')
      .values((eb) => ({
        id,
        conversation_id: conversationId,
        customer_id: customerId,
        closed_at: closedAt,
        first_seen_at: seenAt,
        source,
        provider,
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
      }))
      .returningAll(),
);

async function insert(trx: Transaction<LedgerTables>, sighting: ClosingReport): Promise<Closing> {
  const { conversationId, closedAt, seenAt, delivery } = sighting;
  const id = closingIdOf(conversationId, closedAt);
  const [row] = await insertClosing(trx, { ...sighting, id, provider: queueFor(delivery) });
  if (row === undefined) throw new Error(`the closing ${id} was not written`);
  return row.reopened_at === null ? toClosing(row) : endByReopening(trx, row, row.reopened_at, seenAt);
}

async function keepTime(
  trx: Transaction<LedgerTables>,
  sighting: ClosingReport,
  closing: Closing,
): Promise<void> {
  await trx
    .insertInto('sightings')
    .values({
      conversation_id: sighting.conversationId,
      closed_at: sighting.closedAt,
      closing_id: closing.id,
      source: sighting.source,
      seen_at: sighting.seenAt,
    })
    .onConflict((conflict) => conflict.columns(['conversation_id', 'closed_at']).doNothing())
    .execute();
}

/** What waits is suppressed by a reopening; what left stays as it is. */
export async function endByReopening(
  trx: Transaction<LedgerTables>,
  row: ClosingsTable,
  reopenedAt: string,
  at: string,
): Promise<Closing> {
  if (!isQueued(row.state, row.due_at)) return toClosing(row);
  const reasons: Reason[] = [{ code: 'reopened', detail: `reopened at ${reopenedAt}` }];
  return suppress(trx, row.id, at, reasons);
}

/** Text order is time order only for times that are written alike. */
export function ledgerTime(time: string): string {
  const normal = normalizeTime(time);
  if (normal === null) throw new Error(`'${time}' is no time with an offset`);
  return normal;
}
