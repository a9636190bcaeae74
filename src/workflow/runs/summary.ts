import type { BackfillDocument, BackfillPlan, ClosingOutcomes } from '../../documents/backfill.ts';
import type { ClosingState } from '../../domain/closing/transitions.ts';
import type { ReasonCode } from '../../domain/eligibility/reason.ts';
import type { Closing } from '../../store/closings/closing.ts';
import { closingById, listClosings } from '../../store/closings/closings.ts';
import type { Ledger } from '../../store/open.ts';
import { countClosings, type ClosedBetween } from '../../store/queue/counts.ts';
import type { Evidence } from '../survey/assess.ts';
import type { NamedConversations } from './named-conversations.ts';
import type { Services } from '../context/services.ts';

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

/** The closings of a range as the ledger has them now. Read row by row: memory does not grow with them. */
export async function summarizeRange(ledger: Ledger, range: ClosedBetween): Promise<Summary> {
  const summary = emptySummary();
  const counts = Object.entries(await countClosings(ledger, range)) as [ClosingState, number][];
  for (const [state, count] of counts) {
    summary.closings += count;
    summary.outcomes[outcomeOf[state]] += count;
  }
  const states = ['suppressed', 'failed', 'scheduled'] as const;
  for await (const closing of listClosings(ledger, { ...range, states })) {
    addDetails(summary, closing);
  }
  return summary;
}

/** The same for conversations that somebody named. */
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
    addDetails(summary, closing);
  }
  if (open.length > 0) summary.reasons.not_closed = (summary.reasons.not_closed ?? 0) + open.length;
  for (const { conversationId, failure } of unread) {
    const { code, message } = failure;
    summary.failures.push({ conversationId, error: { code, message }, retryAt: null });
  }
  return summary;
}

function addDetails(summary: Summary, { state, reasons, conversationId, error, dueAt }: Closing): void {
  if (state === 'suppressed') {
    for (const { code } of reasons) addTo<ReasonCode>(summary.reasons, code);
  } else if (state === 'failed' || (state === 'scheduled' && error !== null)) {
    // A message that could not leave stays scheduled, with the trouble of its last try.
    const { code, message } = error ?? { code: 'unknown', message: 'no reason was recorded' };
    summary.failures.push({ conversationId, error: { code, message }, retryAt: dueAt });
  }
}

/** Messages that Gladly itself sends are requests too. */
const requestsPerSend = { outbox: 0, smtp: 0, medallia: 0, 'gladly-email': 1, 'gladly-sms': 1 } as const;

/** What the real run would do, from a rehearsed one that began at `since`. */
export async function planOf(
  { ledger, settings }: Services,
  rehearsed: { sends: number; requests: number; since: string },
): Promise<BackfillPlan> {
  const plan: BackfillPlan = {
    wouldSend: rehearsed.sends,
    byAgent: {},
    byInbox: {},
    byDay: {},
    estimatedSeconds: 0,
  };
  for await (const closing of listClosings(ledger, { states: ['sent', 'scheduled'] })) {
    if ((closing.decidedAt ?? '') < rehearsed.since) continue;
    addTo(plan.byAgent, closing.agent?.name ?? closing.agent?.id ?? 'unknown');
    addTo(plan.byInbox, inboxOf(closing));
    addTo(plan.byDay, closing.closedAt.slice(0, 10));
  }
  const requests = rehearsed.requests + rehearsed.sends * requestsPerSend[settings.delivery];
  plan.estimatedSeconds = Math.ceil(requests / (10 * (settings.ratePercent / 100)));
  return plan;
}

function inboxOf({ evidence }: Closing): string {
  const inbox = (evidence as Evidence | null)?.conversation.inbox ?? null;
  return inbox?.name ?? inbox?.id ?? 'unknown';
}

function addTo<Key extends string>(table: Partial<Record<Key, number>>, key: Key): void {
  table[key] = (table[key] ?? 0) + 1;
}
