import { timeNow } from '../../domain/values/instant.ts';
import type { Reason } from '../../domain/eligibility/reason.ts';
import type { Closing } from '../../store/closings/closing.ts';
import { closingById, recordTransition } from '../../store/closings/closings.ts';
import { decideClosing, postponeClosing, type DecisionInput } from '../../store/queue/decisions.ts';
import { decideAndDeliver, settleBefore, untilDecided, type Settled } from './decide-and-deliver.ts';
import { lookInStages, type PendingLook } from './look-in-stages.ts';
import type { Services } from '../context/services.ts';

/** How soon a conversation that still looks open is read again. */
const readAgainMilliseconds = 30_000;

/**
 * Works on one claimed closing of the queue, with as few requests as its verdict needs. Null when the closing has to
 * wait, because Gladly still shows its conversation open.
 */
export async function surveyPending(
  services: Services,
  claimed: Closing,
  { askForCustomer, read, steps }: PendingLook,
): Promise<Settled | null> {
  const before = await settleBefore(services, claimed);
  if (before.settled !== null) return before.settled;
  let given = read;
  return untilDecided(async () => {
    const row = (await closingById(services.ledger, claimed.id)) ?? before.row;
    if (row.state === 'suppressed') {
      return { row, outcome: 'suppressed' as const, reasons: row.reasons, failure: null };
    }
    const staged = await lookInStages(services, row, { askForCustomer, read: given, steps });
    given = null;
    if ('look' in staged) return decideAndDeliver(services, staged.look, row, steps);
    if ('certain' in staged) return suppress(services, row, staged.certain, staged.facts);
    const now = services.clock();
    const again = new Date(now + readAgainMilliseconds).toISOString();
    if (row.state === 'failed') {
      await recordTransition(services.ledger, row.id, 'retry', new Date(now).toISOString(), {});
    }
    await postponeClosing(services.ledger, row.id, services.worker, again);
    return null;
  });
}

async function suppress(
  services: Services,
  closing: Closing,
  reasons: readonly Reason[],
  facts: DecisionInput['facts'],
): Promise<Settled> {
  const at = timeNow(services.clock);
  const row = await decideClosing(
    services.ledger,
    {
      closingId: closing.id,
      worker: services.worker,
      at,
      address: null,
      since: null,
      facts,
      delivery: services.settings.delivery,
    },
    () => ({ suppress: reasons }),
  );
  return { row, outcome: 'suppressed', reasons, failure: null };
}
