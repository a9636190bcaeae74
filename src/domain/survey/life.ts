import type { Policy } from '../eligibility/policy.ts';

/** Whether a survey can be answered, or why it no longer can. `not_asked`: no message of it left. */
export type SurveyLife = 'open' | 'final' | 'expired' | 'not_asked';

/** Times are RFC 3339. */
export interface SurveyFacts {
  /** When the message left; if the closing was decided again since, the message before that. */
  leftAt: string | null;
  firstAnsweredAt: string | null;
  /** How often the answer was given or changed. */
  revisions: number;
}

/** Each revision is stored with its comment, and no customer needs more. */
export const mostRevisions = 100;

/**
 * Answers are taken for `surveyExpires` after the message left, and can be changed for `answerFinalAfter` after the
 * first one, up to a hundred revisions in all. Both periods exclude their end: at exactly the limit, it is too late.
 */
export function surveyLife(
  { leftAt, firstAnsweredAt, revisions }: SurveyFacts,
  { surveyExpires, answerFinalAfter }: Pick<Policy, 'surveyExpires' | 'answerFinalAfter'>,
  nowMs: number,
): SurveyLife {
  if (leftAt === null) return 'not_asked';
  if (nowMs >= Date.parse(leftAt) + surveyExpires) return 'expired';
  if (revisions >= mostRevisions) return 'final';
  const isFinal = firstAnsweredAt !== null && nowMs >= Date.parse(firstAnsweredAt) + answerFinalAfter;
  return isFinal ? 'final' : 'open';
}
