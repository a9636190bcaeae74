import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Lane } from '../closing/lanes.ts';

/** What a link in a survey message allows: to answer the survey, or to unsubscribe. */
export type TokenPurpose = 'survey' | 'unsubscribe';

const surveyIdLength = 22;
const macLength = 22;

/** The survey of a closing: derived, so that a repeat meets itself; URL-safe, and it reveals nothing of the conversation. */
export function surveyIdOf(closingId: string): string {
  return createHash('sha256').update(`survey\0${closingId}`).digest('base64url').slice(0, surveyIdLength);
}

/**
 * The key for the links of one organization and lane: profiles can share a signing key, but no link of one opens a survey
 * of another. Links that left before there were such keys are signed with the signing key itself.
 *
 * @param origin where the organization was first reached
 */
export function linkKeyOf(signingKey: Uint8Array, origin: string, lane: Lane): Uint8Array {
  return createHmac('sha256', signingKey).update(`links\0${lane}\0${origin}`).digest();
}

/** The capability in a link: the survey id and a keyed hash of it and of what it allows. No personal data. */
export function makeToken(key: Uint8Array, purpose: TokenPurpose, surveyId: string): string {
  return `${surveyId}${mac(key, purpose, surveyId)}`;
}

/** The survey that a token is for; null for anything that we did not issue for this purpose. */
export function readToken(key: Uint8Array, purpose: TokenPurpose, token: string): string | null {
  if (!/^[A-Za-z0-9_-]+$/.test(token) || token.length !== surveyIdLength + macLength) return null;
  const surveyId = token.slice(0, surveyIdLength);
  const given = Buffer.from(token.slice(surveyIdLength));
  const made = Buffer.from(mac(key, purpose, surveyId));
  return timingSafeEqual(given, made) ? surveyId : null;
}

export interface SurveyLinks {
  survey: string;
  ratings: readonly [string, string, string, string, string];
  unsubscribe: string;
}

/** The links of a survey message. A star's link opens the page with that star chosen; only a POST votes. */
export function surveyLinks(publicUrl: string, key: Uint8Array, surveyId: string): SurveyLinks {
  const base = publicUrl.replace(/\/+$/, '');
  const survey = `${base}/s/${makeToken(key, 'survey', surveyId)}`;
  const rating = (stars: number): string => `${survey}?rating=${stars}`;
  return {
    survey,
    ratings: [rating(1), rating(2), rating(3), rating(4), rating(5)],
    unsubscribe: `${base}/u/${makeToken(key, 'unsubscribe', surveyId)}`,
  };
}

function mac(key: Uint8Array, purpose: TokenPurpose, surveyId: string): string {
  return createHmac('sha256', key).update(`${purpose}\0${surveyId}`).digest('base64url').slice(0, macLength);
}
