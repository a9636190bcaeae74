/**
 * One interaction as Agent Connect keeps it: a row of Data Return, or of an export. Whatever Agent Connect does not
 * state is null; times are RFC 3339 in UTC with milliseconds.
 */
export interface MedalliaRow {
  /** Id of the interaction there. */
  uuid: string;
  /** Rises whenever the row changes; 0 for a row of an export, which has none. */
  sequence: number;
  /** What the request named: ours name the closing's id, others mostly the conversation's. */
  interactionId: string | null;
  /** Link back to the interaction. */
  interactionUrl: string | null;
  isRecovery: boolean;
  channel: string | null;
  requestedAt: string | null;
  sentAt: string | null;
  deliveredAt: string | null;
  /** An open set of texts, e.g. `Not sent: suppression period`. */
  deliveryStatus: string | null;
  /** When the customer answered; null while there is no finished answer. */
  answeredAt: string | null;
  /** 1 to 5; null if the question was not answered or not shown. */
  rating: number | null;
  resolved: boolean | null;
  comment: string | null;
  /** It was requested only to be counted, and nobody was asked. */
  isOnlyCounted: boolean;
  employee: { email: string | null; customId: string | null };
  customer: { email: string | null; name: string | null };
}

/** Whether this is the status of what was only to be counted (Agent Connect's help, Request Delivery Status). */
export function saysDoNotSend(deliveryStatus: string | null): boolean {
  return /^\s*not[ _-]?sent\b.*\bdo[ _-]?not[ _-]?send/i.test(deliveryStatus ?? '');
}

/** The custom property that says why nobody was asked, and so shows which of a closing's rows is its count. */
export const notAskedProperty = 'not_asked';

/** Whether a row has an answer that can be counted. */
export function hasAnswer(row: MedalliaRow): row is MedalliaRow & { answeredAt: string; rating: number } {
  return row.answeredAt !== null && row.rating !== null && !row.isRecovery;
}

/** Agent Connect's name for the question about the stars. */
export const ratingQuestion = 'agent_star_rating';

/** "First contact resolution": whether the matter was settled. */
export const resolvedQuestion = 'fcr';

/** Yes or no in the words of an option; null for anything else. */
export function saysYes(text: string | null): boolean | null {
  const word = text?.trim().toLowerCase() ?? '';
  if (/^(?:yes|true|y|1|sí|si|ja|oui)(?!\p{L})/u.test(word)) return true;
  return /^(?:no|false|n|0|nein|non)(?!\p{L})/u.test(word) ? false : null;
}

/** Stars from 1 to 5; null for anything else. */
export function starsOf(value: number | null): number | null {
  return value !== null && Number.isInteger(value) && value >= 1 && value <= 5 ? value : null;
}
