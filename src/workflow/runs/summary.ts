import type { BackfillDocument, BackfillPlan, ClosingOutcomes } from '../../documents/backfill.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import type { ClosingState } from '../../domain/closing/transitions.ts';
import { traitsOf } from '../../domain/delivery.ts';
import type { ReasonCode } from '../../domain/closing/reason.ts';
import { closingById } from '../../store/closings/closings.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import { countClosings, countDue, failuresBetween, type ClosedBetween } from '../../store/views/counts.ts';
import { timeNow } from '../../domain/values/instant.ts';
import type { QueueLimits } from '../queue/work-queue.ts';
import type { Services } from '../context/services.ts';
import type { NamedConversations } from './named-conversations.ts';

type Summary = Pick<BackfillDocument, 'closings' | 'outcomes' | 'reasons' | 'failures'>;

/** An answer proves that the survey was sent; a message that is leaving has no end yet. */
const outcomeOf: Record<ClosingState, keyof ClosingOutcomes> = {
  pending: 'pending',
  scheduled: 'scheduled',
  sending: 'pending',
  sent: 'sent',
  answered: 'sent',
  uncertain: 'uncertain',
  suppressed: 'suppressed',
  failed: 'failed',
};

function emptySummary(): Summary {
  const outcomes = { sent: 0, scheduled: 0, suppressed: 0, uncertain: 0, failed: 0, pending: 0 };
  return { closings: 0, outcomes, reasons: {}, failures: [] };
}

/** The closings of a range as they are in the ledger now. */
export async function summarizeRange(ledger: Ledger, range: ClosedBetween): Promise<Summary> {
  const { states, reasons } = await countClosings(ledger, range);
  const summary = { ...emptySummary(), reasons };
  for (const [state, count] of Object.entries(states) as [ClosingState, number][]) {
    summary.closings += count;
    summary.outcomes[outcomeOf[state]] += count;
  }
  for await (const failure of failuresBetween(ledger, range)) summary.failures.push(listed(failure));
  return summary;
}

/** The same for conversations that a person named. */
export async function summarizeNamed(
  ledger: Ledger,
  { closingIds, open, unread }: NamedConversations,
): Promise<Summary> {
  const summary = emptySummary();
  for (const id of closingIds) {
    const closing = await closingById(ledger, id);
    if (closing === null) continue;
    summary.closings += 1;
    summary.outcomes[outcomeOf[closing.state]] += 1;
    if (closing.state === 'suppressed') {
      for (const { code } of closing.reasons) addTo<ReasonCode>(summary.reasons, code);
    } else if (hasFailed(closing)) {
      summary.failures.push(listed(closing));
    }
  }
  if (open.length > 0) summary.reasons.not_closed = (summary.reasons.not_closed ?? 0) + open.length;
  for (const { conversationId, failure } of unread) {
    const { code, message } = failure;
    summary.failures.push({ conversationId, error: { code, message }, retryAt: null });
  }
  return summary;
}

/** A message that could not leave stays scheduled, with the failure of its last try. */
function hasFailed({ state, error }: Closing): boolean {
  return state === 'failed' || (state === 'scheduled' && error !== null);
}

function listed({
  conversationId,
  error,
  dueAt,
}: Pick<Closing, 'conversationId' | 'error' | 'dueAt'>): Summary['failures'][number] {
  const { code, message } = error ?? { code: 'unknown', message: 'no reason was recorded' };
  return { conversationId, error: { code, message }, retryAt: dueAt };
}

/** What the real run would send, counted while the dry run decides. */
export interface PlanInProgress {
  add(closing: Closing): void;
  /** @param requests Gladly requests that the dry run made, or was spared by export files */
  end(requests: number): BackfillPlan;
}

export function beginPlan({ settings }: Pick<Services, 'settings'>): PlanInProgress {
  const plan: BackfillPlan = { wouldSend: 0, byAgent: {}, byInbox: {}, byDay: {}, estimatedSeconds: 0 };
  return {
    add(closing) {
      if (closing.state === 'sent') plan.wouldSend += 1;
      else if (closing.state !== 'scheduled') return;
      addTo(plan.byAgent, closing.agent?.name ?? closing.agent?.id ?? 'unknown');
      addTo(plan.byInbox, inboxOf(closing));
      addTo(plan.byDay, closing.closedAt.slice(0, 10));
    },
    end(requests) {
      const all = requests + plan.wouldSend * traitsOf(settings.delivery).gladlyRequests;
      return { ...plan, estimatedSeconds: Math.ceil(all / (10 * (settings.ratePercent / 100))) };
    },
  };
}

function inboxOf({ evidence }: Closing): string {
  const inbox = evidence?.conversation.inbox ?? null;
  return inbox?.name ?? inbox?.id ?? 'unknown';
}

function addTo<Key extends string>(table: Partial<Record<Key, number>>, key: Key): void {
  table[key] = (table[key] ?? 0) + 1;
}

/** The most closings that this run will work on. */
export async function dueNow(
  { ledger, clock, lane, settings }: Services,
  { maxClosings }: QueueLimits,
): Promise<number> {
  const due = await countDue(ledger, timeNow(clock), lane, settings.policy.maxPerHour);
  return Math.min(due, maxClosings ?? due);
}
