import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Lane } from '../values/lanes.ts';

/** What a link in a survey message allows: to answer the survey, or to unsubscribe. */
export type TokenPurpose = 'survey' | 'unsubscribe';

const surveyIdLength = 22;
const macLength = 22;
/**
 * Ends every token, because programs that find links in running text drop a hyphen or an underscore at the end of one.
 * Links from earlier versions end without it.
 */
const tokenEnd = '0';

/**
 * The id of a closing's survey: derived, so that a repeat gets the same id; URL-safe, and it reveals nothing about the
 * conversation.
 */
export function surveyIdOf(closingId: string): string {
  return createHash('sha256').update(`survey\0${closingId}`).digest('base64url').slice(0, surveyIdLength);
}

/**
 * The key for the links of one organization and lane: profiles can share a signing key, but a link of one never opens a
 * survey of another. Links that left before these keys existed are signed with the signing key itself.
 *
 * @param origin where the organization was first reached
 */
export function linkKeyOf(signingKey: Uint8Array, origin: string, lane: Lane): Uint8Array {
  return createHmac('sha256', signingKey).update(`links\0${lane}\0${origin}`).digest();
}

/** The capability in a link: the survey id and a keyed hash of it and of what it allows. No personal data. */
export function makeToken(key: Uint8Array, purpose: TokenPurpose, surveyId: string): string {
  return `${surveyId}${mac(key, purpose, surveyId)}${tokenEnd}`;
}

/**
 * The survey that a token is for; null for anything that we did not issue for this purpose. Mail programs break links
 * across lines, take what surrounds a link for a part of it (`3D`, `<`, `>`, `.`), and replace hyphens; none of this
 * changes what the token is for.
 */
export function readToken(key: Uint8Array, purpose: TokenPurpose, token: string): string | null {
  const [, surveyId = '', given = ''] = matchIssued(token) ?? [];
  const made = mac(key, purpose, surveyId);
  return given !== '' && timingSafeEqual(Buffer.from(given), Buffer.from(made)) ? surveyId : null;
}

/** The token alone, without what a mail program did to it. A text that is not a token stays as it is. */
export function bareToken(token: string): string {
  const [, ...parts] = matchIssued(token) ?? [];
  return parts.length === 0 ? token : `${parts.join('')}${tokenEnd}`;
}

const anywhere = (length: number): string => `[\\w-](?: *[\\w-]){${length - 1}}`;
/** A token, broken at any place, with what may stand before it and any text after it. */
const issued = new RegExp(
  `^ *(?:=?3D|[<("'\u2018\u201c\u201e\u00ab])? *(${anywhere(surveyIdLength)}) *(${anywhere(macLength)})` +
    `(?: *${tokenEnd})?[_-]*(?:[^\\w-].*)?$`,
  's',
);
/** A line break, with the soft-break mark of quoted-printable and the `>` of quoted replies. */
const lineBreak = /=?[\s\p{Default_Ignorable_Code_Point}]+(?:>[\s\p{Default_Ignorable_Code_Point}]*)*/gu;

/** The parts of a token: all of it, the survey id, and the signature. */
function matchIssued(token: string): string[] | null {
  // A zero-width mark is not a gap: words after the token begin with white space.
  const text = token.replaceAll(lineBreak, (gap) => (/\s/.test(gap) ? ' ' : ''));
  // Word processors turn two hyphens into one dash, and a hyphen into one that does not break.
  const withHyphens = (): string =>
    text.replaceAll('\u2014', '--').replaceAll(/[\u2010\u2011\u2013\u2212]/g, '-');
  const found = issued.exec(text) ?? issued.exec(withHyphens());
  return found?.map((part) => part.replaceAll(' ', '')) ?? null;
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
