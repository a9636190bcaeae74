import { timeAt } from '../../domain/values/instant.ts';
import type { Ledger, Reading } from '../ledger/ledger.ts';
import { inventoryIn, stopClosings } from './forget.ts';
import { eraseRows } from './rows.ts';
import { recordingsOf, surveysOfClosings } from './subject.ts';
import { expectErasures, expectRemnants, remnantsMs } from './to-dos.ts';

/** Few enough that no webhook waits for them. */
const mostAtOnce = 50;

interface Expired {
  closings: string[];
  /** Surveys whose answers belong to no closing. */
  surveys: string[];
  unsubscribed: string[];
  /** Recordings of conversations that were open. */
  recordings: string[];
}

/**
 * Forgets what is older than `before`, the oldest first, a few at a time. Nothing in Gladly changes.
 *
 * @returns how many closings, answers without a closing, addresses, and recordings were erased; 0: nothing is left
 */
export async function forgetExpired(ledger: Ledger, before: string, at: string): Promise<number> {
  const isAny = (found: Expired): boolean => countOf(found) > 0;
  if (!isAny(await ledger.read((db) => expiredIn(db, before)))) return 0;
  return ledger.write('ledger', async (trx) => {
    const expired = await expiredIn(trx, before);
    if (!isAny(expired)) return 0;
    const surveys = [...expired.surveys, ...(await surveysOfClosings(trx, expired.closings))];
    const subject = {
      closings: expired.closings,
      surveys,
      unsubscribed: expired.unsubscribed,
      recordings: [...expired.recordings, ...(await recordingsOf(trx, 'closing_id', expired.closings))],
      customers: [],
      addresses: [],
      wasForgotten: false,
    };
    const { outbox } = await inventoryIn(trx, subject);
    await stopClosings(trx, expired.closings, at);
    await eraseRows(trx, subject, at);
    await expectRemnants(trx, timeAt(Date.parse(at) + remnantsMs));
    await expectErasures(trx, [
      ...subject.recordings.map((name) => ({ kind: 'recording' as const, name })),
      ...outbox.map((name) => ({ kind: 'message' as const, name })),
    ]);
    return countOf(expired);
  });
}

function countOf({ closings, surveys, unsubscribed, recordings }: Expired): number {
  return closings.length + surveys.length + unsubscribed.length + recordings.length;
}

async function expiredIn(db: Reading, before: string): Promise<Expired> {
  const closings = await db
    .selectFrom('closings')
    .select('id')
    .where('forgotten_at', 'is', null)
    .where('closed_at', '<', before)
    // Closings in work are settled first.
    .where('state', '<>', 'sending')
    .where('claimed_by', 'is', null)
    .orderBy('closed_at')
    .limit(mostAtOnce)
    .execute();
  const surveys = await db
    .selectFrom('answers')
    .innerJoin('cards', 'cards.survey_id', 'answers.survey_id')
    .select('answers.survey_id')
    .distinct()
    .where('answers.closing_id', 'is', null)
    .where('answered_at', '<', before)
    .where('customer_id', '<>', '')
    .limit(mostAtOnce)
    .execute();
  const unsubscribed = await db
    .selectFrom('unsubscribes')
    .select('address')
    .where('at', '<', before)
    .where('address', 'not like', 'hash:%')
    .limit(mostAtOnce)
    .execute();
  const recordings = await db
    .selectFrom('media_files')
    .select('path')
    .where('closing_id', 'is', null)
    .where('fetched_at', '<', before)
    .limit(mostAtOnce)
    .execute();
  return {
    recordings: recordings.map(({ path }) => path),
    closings: closings.map(({ id }) => id),
    surveys: surveys.map(({ survey_id: id }) => id),
    unsubscribed: unsubscribed.map(({ address }) => address),
  };
}
