import type { LowRatedAnswer, ReportName } from '../../documents/report.ts';
import type { Policy } from '../../domain/eligibility/policy.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import { boundOrganization } from '../../store/organization.ts';
import { lowRatings, namesIn } from '../../store/views/score-details.ts';
import { conversationUrl } from '../../domain/survey/conversation-url.ts';
import { cohortOf, type ReportQuestion } from './report.ts';

/** A report's low ratings that have a comment, newest closing first. */
export async function lowRatedAnswers(
  ledger: Pick<Ledger, 'read'>,
  question: Pick<ReportQuestion, 'range' | 'filters'>,
  { lowRating, conversationLink }: Pick<Policy, 'lowRating' | 'conversationLink'>,
  limit: number,
): Promise<LowRatedAnswer[]> {
  const origin = (await boundOrganization(ledger))?.origin ?? null;
  return ledger.read(async (db) => {
    const found = await lowRatings(db, cohortOf(question), { lowRating, limit });
    const agents = new Map((await namesIn(db, 'agent')).map(({ id, name }) => [id, name]));
    const inboxes = new Map((await namesIn(db, 'inbox')).map(({ id, name }) => [id, name]));
    const named = (id: string | null, names: ReadonlyMap<string, string>): ReportName | null =>
      id === null ? null : { id, name: names.get(id) ?? null };
    return found.map(({ conversationId, customerId, agentId, inboxId, resolved, ...answer }) => ({
      conversationId,
      conversationUrl:
        origin === null || customerId === null
          ? null
          : conversationUrl(conversationLink, { origin, customerId, conversationId }),
      surveyId: answer.surveyId,
      closedAt: answer.closedAt,
      answeredAt: answer.answeredAt,
      agent: named(agentId, agents),
      inbox: named(inboxId, inboxes),
      channel: answer.channel,
      rating: answer.rating,
      resolved: resolved === null ? null : resolved === 1,
      reason: answer.reason,
      comment: answer.comment,
    }));
  });
}
