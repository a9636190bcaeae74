import { timeNow } from '../../domain/values/instant.ts';
import type { Log } from '../../ports/log.ts';
import { resolveAbandonedReminders, resolveAbandonedSends, stuckSends } from '../../store/queue/claims.ts';
import type { Services } from '../context/services.ts';

/** Resolves messages that were leaving when their process ended, and warns of stalled processes that still hold one. */
export async function resolveAbandoned({ ledger, clock }: Services, log: Log): Promise<null> {
  for (const { id, error } of await resolveAbandonedSends(ledger, timeNow(clock))) {
    log.warn({ closing: id, hint: error?.hint }, 'a process ended while the message was leaving');
  }
  for (const closing of await resolveAbandonedReminders(ledger, timeNow(clock))) {
    log.warn({ closing }, 'a process ended while the reminder was leaving');
  }
  for (const { id, heldBy } of await stuckSends(ledger, timeNow(clock))) {
    const hint = `Let ${heldBy} continue, or end it; if its message may have left, the survey is then uncertain.`;
    log.warn({ closing: id, hint }, 'a process has stalled while the message is leaving');
  }
  return null;
}
