import type { SurveyEntry } from '../documents/surveys.ts';
import { isDone } from '../domain/scores/follow-up.ts';

/** With what Agent Connect made of its request, where that is known. */
export function deliveryText({ provider, medallia }: Pick<SurveyEntry, 'provider' | 'medallia'>): string {
  const status = medallia?.deliveryStatus ?? null;
  const there = status === null ? null : `medallia: ${status}`;
  // Another delivery may have asked since.
  return provider === null || provider === 'medallia' ? (there ?? provider ?? '-') : provider;
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
