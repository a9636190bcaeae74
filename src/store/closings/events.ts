import type { Participant } from '../../domain/attribution/timeline.ts';
import type { Lane } from '../../domain/values/lanes.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { recordReport } from './closing-reports.ts';
import { reopen } from './reopenings.ts';

/** What a webhook says about a conversation. Times are those of the events, RFC 3339. */
export type LedgerEvent =
  | {
      kind: 'closed';
      conversationId: string;
      customerId: string | null;
      closedAt: string;
      closedBy?: Participant | null;
      seenAt: string;
    }
  | { kind: 'reopened'; conversationId: string; reopenedAt: string };

/**
 * Records events in one transaction: when it returns, they are on disk, all with one write. An event may come twice,
 * late, or out of order. Events go ahead of other writes that are waiting.
 *
 * @returns one result per event, in order: `new` is a closing that was not known, `reopened` a reopening that was not
 */
export async function recordEvents(
  ledger: Ledger,
  events: readonly LedgerEvent[],
  lane: Lane,
): Promise<('new' | 'known' | 'reopened')[]> {
  if (events.length === 0) return [];
  const conversations = events.map(({ conversationId }) => conversationId);
  return ledger.write(
    { conversations },
    async (trx) => {
      const results: ('new' | 'known' | 'reopened')[] = [];
      for (const event of events) {
        if (event.kind === 'closed') {
          const { isNew } = await recordReport(trx, { ...event, lane, source: 'webhook' });
          results.push(isNew ? 'new' : 'known');
        } else {
          const { isNew } = await reopen(trx, event);
          results.push(isNew ? 'reopened' : 'known');
        }
      }
      return results;
    },
    { first: true },
  );
}
