import type { ExportRow } from '../../documents/export.ts';
import type { EvidenceItem } from '../../domain/attribution/evidence.ts';
import { importedEmail } from '../../domain/closing/imports.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import type { TimeRange } from '../../domain/values/time-range.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import { exportClosings, type ExportedClosing } from '../../store/views/export.ts';
import { listedState } from '../../documents/surveys.ts';

/**
 * Every closing of the range in the live lane, oldest first.
 *
 * @param answered only closings whose newest answer came within this range, in the order of those answers
 */
export async function* exportRows(
  ledger: Ledger,
  { since, until }: TimeRange,
  now: string,
  answered: TimeRange | null = null,
): AsyncGenerator<ExportRow, void> {
  const range = { lane: 'live', since, until, answered } as const;
  for await (const exported of exportClosings(ledger, range, now)) yield rowOf(exported);
}

function rowOf({ closing, channel, answer, card, openedAt, notes, medallia }: ExportedClosing): ExportRow {
  const { customer, evidence, surveyId, provider, sentAt, remindedAt } = closing;
  const conversation = evidence?.conversation ?? null;
  const assigneeId = conversation?.assignedAgentId ?? null;
  return {
    closingId: closing.id,
    conversationId: closing.conversationId,
    closedAt: closing.closedAt,
    state: listedState(closing.state),
    reasons: closing.reasons,
    customer: customer ?? exportedCustomer(closing),
    agent: closing.agent,
    respondedAt: evidence?.attribution?.respondedAt ?? null,
    channel: evidence?.attribution?.channel ?? channel,
    assignee: assigneeId === null ? null : { id: assigneeId, name: conversation?.assignedAgentName ?? null },
    responders: respondersOf(closing),
    inbox: conversation?.inbox ?? null,
    topics: conversation?.topics ?? [],
    brand: closing.brand,
    survey: surveyId === null ? null : { id: surveyId, provider, sentAt, openedAt, remindedAt },
    answer:
      answer === null
        ? null
        : {
            rating: answer.rating,
            resolved: answer.resolved,
            reason: answer.reason,
            comment: answer.comment,
            question: answer.question,
            answeredAt: answer.answeredAt,
            revision: answer.revision,
          },
    card,
    notes,
    imported: closing.imported === null ? null : { id: closing.imported, askedAt: sentAt },
    medallia,
  };
}

/** If the customer was never read, an import may still have given the address. */
function exportedCustomer(closing: Closing): ExportRow['customer'] {
  const { customerId } = closing;
  const email = importedEmail(closing);
  if (customerId === null && email === null) return null;
  return { id: customerId, name: null, email, phone: null };
}

/** The credited agent may be missing from the timeline, because it was cut off. */
function respondersOf({ evidence, agent }: Closing): ExportRow['responders'] {
  const items: readonly EvidenceItem[] =
    evidence?.timeline?.considered ?? evidence?.attribution?.considered ?? [];
  const found = new Map<string, string | null>();
  for (const { counts, agentId, agentName } of items) {
    if (counts && agentId !== null && !found.has(agentId)) found.set(agentId, agentName);
  }
  if (agent?.id && !found.has(agent.id)) found.set(agent.id, agent.name);
  return [...found].map(([id, name]) => ({ id, name }));
}
