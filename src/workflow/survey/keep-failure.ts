import type { Closing } from '../../domain/closing/closing.ts';
import { formatInstant, parseInstant, timeNow } from '../../domain/values/instant.ts';
import { Failure, isContention, type FailureKind } from '../../failure.ts';
import type { Conversation } from '../../gladly/resources/conversations.ts';
import { recordClosing } from '../../store/closings/closing-reports.ts';
import { closingById } from '../../store/closings/closings.ts';
import { recordFailure } from '../../store/queue/decisions.ts';
import type { Services } from '../context/services.ts';
import { retryTime } from './retry-time.ts';

/** Kinds that say nothing about the closing itself. */
const notItsOwn: readonly FailureKind[] = ['ledger', 'interrupted', 'terminated', 'usage'];

interface Asked {
  /** The closing that a person named; null: the conversation's current closing. */
  closingId: string | null;
  /** Reads already begun; nothing is requested again. */
  conversation: Promise<Conversation>;
  organization: Promise<unknown>;
}

/**
 * Records in the ledger, as the queue does, that a closing could not be surveyed at a person's request. If that fails,
 * because the closing is unknown and unreadable or another process works on it, the original failure matters more.
 */
export async function keepFailure(services: Services, request: Asked, failure: Failure): Promise<void> {
  if (notItsOwn.includes(failure.kind) || isContention(failure)) return;
  try {
    const closing = await closingOf(services, request);
    // A scheduled closing is tried again anyway and keeps its time.
    if (closing?.state !== 'pending') return;
    const { ledger, worker, clock } = services;
    const retryAt = retryTime(services, closing, failure);
    await recordFailure(ledger, closing.id, worker, timeNow(clock), failure, retryAt);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

async function closingOf(
  services: Services,
  { conversation, organization, closingId }: Asked,
): Promise<Closing | null> {
  const { ledger, lane, clock } = services;
  if (closingId !== null) return closingById(ledger, closingId);
  const { id, customerId, status, closedAt } = await conversation;
  const at = parseInstant(closedAt);
  if (status !== 'CLOSED' || at === null) return null;
  // Be certain which organization this is before writing anything.
  await organization;
  const report = { conversationId: id, customerId, closedAt: formatInstant(at), source: 'replay' } as const;
  return (await recordClosing(ledger, { ...report, lane, seenAt: timeNow(clock) })).closing;
}
