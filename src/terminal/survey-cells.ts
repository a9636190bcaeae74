import type { SurveyEntry, SurveyStory } from '../documents/surveys.ts';
import { isDone } from '../domain/scores/follow-up.ts';
import { localTime } from '../domain/values/local-time.ts';

/** With what Agent Connect made of its request, where that is known. */
export function deliveryText({ provider, medallia }: Pick<SurveyEntry, 'provider' | 'medallia'>): string {
  const status = medallia?.deliveryStatus ?? null;
  const there = status === null ? null : `medallia: ${status}`;
  // Another delivery may have asked since.
  return provider === null || provider === 'medallia' ? (there ?? provider ?? '-') : provider;
}

/** Whoever opens the page has its link from the message, or from a person who reads it here. Null where nobody did. */
export function openedText({ visits }: Pick<SurveyStory, 'visits'>): string | null {
  const opened = visits.find(({ kind }) => kind === 'opened');
  if (opened === undefined) return null;
  return `The page of this survey was opened on ${localTime(opened.firstAt, null)}: unless you did, the message arrived`;
}

/** A low rating is open until somebody noted after the answer that nothing is left to do. */
export function scoreText(
  { rating, answeredAt }: NonNullable<SurveyEntry['answer']>,
  notes: SurveyEntry['notes'],
  lowRating: number | null,
): string {
  if (lowRating === null || rating > lowRating) return `${rating}/5`;
  return `${rating}/5 ${isDone(notes, answeredAt) ? 'done' : 'open'}`;
}
