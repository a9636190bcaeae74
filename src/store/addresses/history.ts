import { type Lane, lanesSeenFrom } from '../../domain/values/lanes.ts';
import { isReserving, isSurveyed } from '../../domain/closing/transitions.ts';
import type { OtherSurvey, SurveyHistory } from '../../domain/eligibility/facts.ts';
import type { Ledger, Reading } from '../ledger/ledger.ts';
import { formsOf } from './hashes.ts';
import { hasUnsubscribed } from './unsubscribes.ts';

/** What the ledger knows about an address besides the closing that is being decided. */
export type AddressHistory = Omit<SurveyHistory, 'own'>;

export interface HistoryQuestion {
  /** Normalized; null when the customer has none. */
  address: string | null;
  /** How far back other surveys count; null: they do not count. */
  since: string | null;
  lane: Lane;
  /** The id of the closing in question; null: the ledger does not have it. */
  except: string | null;
}

/** What `decideClosing` would pass to its `decide`, without deciding. */
export async function addressHistory(ledger: Ledger, question: HistoryQuestion): Promise<AddressHistory> {
  return ledger.read((db) => historyIn(db, question));
}

export async function historyIn(
  db: Reading,
  { address, since, lane, except }: HistoryQuestion,
): Promise<AddressHistory> {
  if (address === null) return { unsubscribed: false, others: [] };
  const unsubscribed = await hasUnsubscribed(db, address);
  if (since === null) return { unsubscribed, others: [] };
  const rows = await db
    .selectFrom('closings')
    .select([
      'id',
      'conversation_id',
      'lane',
      'state',
      'closed_at',
      'state_at',
      'imported',
      'sent_at',
      'brand',
    ])
    .select((eb) => eb.fn.coalesce('reminded_at', 'sent_at', 'left_at', 'due_at', 'decided_at').as('at'))
    .select((eb) =>
      eb
        .selectFrom('messages')
        .select((of) => of.fn.max('messages.left_at').as('doubt_at'))
        .whereRef('messages.closing_id', '=', 'closings.id')
        .where('messages.outcome', 'in', ['uncertain', 'interrupted'])
        .as('doubt_at'),
    )
    .where('address', 'in', await formsOf(db, address))
    .where('lane', 'in', lanesSeenFrom[lane])
    .orderBy('closed_at')
    // A decision must see what became of the other closings: one of them may be about to leave.
    .forUpdate()
    .execute();
  const others = rows.flatMap((row): OtherSurvey[] => {
    const holder = {
      closingId: row.id,
      conversationId: row.conversation_id,
      lane: row.lane,
      closedAt: Date.parse(row.closed_at),
      brand: row.brand,
    };
    if (row.doubt_at !== null && !isSurveyed(row.state)) {
      // A person had the closing decided again, but the earlier message may have arrived all the same.
      return [{ ...holder, state: 'uncertain', at: Date.parse(row.doubt_at) }];
    }
    if (row.state === 'suppressed' && row.imported !== null && row.sent_at !== null) {
      // Asked by another survey program.
      return [{ ...holder, state: 'sent', at: Date.parse(row.sent_at) }];
    }
    const { state } = row;
    return isReserving(state) ? [{ ...holder, state, at: Date.parse(row.at ?? row.state_at) }] : [];
  });
  const from = Date.parse(since);
  return { unsubscribed, others: others.filter(({ closingId, at }) => closingId !== except && at >= from) };
}
