import type { DeliveryName } from '../../domain/delivery.ts';
import { withinAhead, type Ledger } from '../open.ts';
import { reopen } from './reopenings.ts';
import { sight } from './closing-reports.ts';

/** What Gladly told of a conversation. Times are those of the events, RFC 3339. */
export type LedgerEvent =
  | {
      kind: 'closed';
      conversationId: string;
      customerId: string | null;
      closedAt: string;
      seenAt: string;
    }
  | { kind: 'reopened'; conversationId: string; reopenedAt: string };

/**
 * Records events, each of which may come twice, late and in any order, in one transaction: when it returns they are
 * on the disk, all of them with one write. They do not wait for the work that others have lined up.
 * @param delivery by what those are to be asked who are asked because of them; without it, by a real one
 * @returns in their order: `new` is a closing that was not known, `reopened` a reopening that was not
 */
export async function recordEvents(
  ledger: Ledger,
  events: readonly LedgerEvent[],
  delivery?: DeliveryName,
): Promise<('new' | 'known' | 'reopened')[]> {
  if (events.length === 0) return [];
  return withinAhead(ledger, async (trx) => {
    const results: ('new' | 'known' | 'reopened')[] = [];
    for (const event of events) {
      if (event.kind === 'closed') {
        const { isNew } = await sight(trx, { ...event, source: 'webhook', delivery });
        results.push(isNew ? 'new' : 'known');
      } else {
        const { isNew } = await reopen(trx, event);
        results.push(isNew ? 'reopened' : 'known');
      }
    }
    return results;
  });
}
