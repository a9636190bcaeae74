import type { Reason } from './reason.ts';
import type { Closing, ClosingChange } from './closing.ts';
import { suppression, type Move } from './moves.ts';
import { allows } from './transitions.ts';

export interface ImportedAnswer {
  rating: number;
  resolved: boolean | null;
  comment: string | null;
  answeredAt: string;
}

/** An interaction of another survey program, as it becomes part of the ledger. Times are RFC 3339 in UTC. */
export interface ImportedInteraction {
  /** Its id there; the same in every file. */
  id: string;
  /** What its request named, which may be a closing of this ledger. */
  interactionId: string | null;
  conversationId: string;
  customerId: string | null;
  /** When the conversation closed; if only the request is known, the time of the request, a little later. */
  closedAt: string;
  /** Normalized; null if it is no longer known. */
  address: string | null;
  agent: Closing['agent'];
  /** In Gladly's words. */
  channel: string | null;
  /** When the customer was asked; null: not at all. */
  sentAt: string | null;
  /** Why the closing gets no survey from us. */
  reason: Reason;
  answer: ImportedAnswer | null;
  /** The customer wants no surveys. */
  hasUnsubscribed: boolean;
}

/** Why an interaction is left out although it could be read. */
export type ImportConflict = 'own_request' | 'surveyed_here' | 'decided_here' | 'same_closing' | 'forgotten';

/** `move` null: the closing keeps its state, and only the facts of the interaction are stored. */
export interface TakingStep {
  take: 'answer' | 'changed_answer' | 'asked' | 'not_asked';
  move: Move | null;
}

export type ImportStep = TakingStep | { known: true } | { leave: ImportConflict };

/** How long after the closing an interaction may have been requested: a channel there may have a delay. */
export const longestRequestDelayMs = 24 * 60 * 60_000;

/**
 * What an interaction means for its closing. What gcsat asked, decided or was told by a person stands; an answer counts
 * once, and an older file takes nothing back.
 *
 * @param isNew the closing was recorded just now, for this interaction
 * @param answer the closing's newest
 */
export function importStep(
  interaction: ImportedInteraction,
  closing: Closing,
  { isNew, answer }: { isNew: boolean; answer: ImportedAnswer | null },
): ImportStep {
  if (closing.forgottenAt !== null) return { leave: 'forgotten' };
  const { state, provider, imported } = closing;
  if (state === 'answered') {
    if (provider !== null || imported === null) return { leave: 'surveyed_here' };
    return laterAnswer(interaction, closing, answer);
  }
  if (!allows('answer_unasked', state)) return { leave: 'surveyed_here' };
  if (interaction.answer !== null)
    return { take: 'answer', move: answered(interaction, interaction.answer, closing) };
  if (imported !== null) {
    if (closing.sentAt === null && interaction.sentAt !== null) return { take: 'asked', move: null };
    return imported === interaction.id ? { known: true } : { leave: 'same_closing' };
  }
  if (interaction.sentAt === null) {
    return isNew ? { take: 'not_asked', move: suppressed(interaction, closing) } : { leave: 'decided_here' };
  }
  return { take: 'asked', move: state === 'suppressed' ? null : suppressed(interaction, closing) };
}

function laterAnswer(
  interaction: ImportedInteraction,
  closing: Closing,
  current: ImportedAnswer | null,
): ImportStep {
  const { answer, id } = interaction;
  if (answer === null || (current !== null && isSame(answer, current))) return { known: true };
  if (closing.imported !== id) return { leave: 'same_closing' };
  if (current !== null && answer.answeredAt < current.answeredAt) return { known: true };
  const note = `rating ${answer.rating}`;
  return { take: 'changed_answer', move: { transition: 'answer', change: {}, note } };
}

function isSame(one: ImportedAnswer, { rating, resolved, comment }: ImportedAnswer): boolean {
  return one.rating === rating && one.resolved === resolved && one.comment === comment;
}

function suppressed(interaction: ImportedInteraction, closing: Closing): Move {
  return suppression([interaction.reason], knownOf(interaction, closing));
}

/** What gcsat found out about the closing itself stands. */
function knownOf({ customerId, agent }: ImportedInteraction, closing: Closing): ClosingChange {
  return { customerId: closing.customerId ?? customerId, agent: closing.agent ?? agent };
}

/** An answer that no message of ours asked for. */
function answered(interaction: ImportedInteraction, { rating }: ImportedAnswer, closing: Closing): Move {
  return {
    transition: 'answer_unasked',
    change: {
      ...knownOf(interaction, closing),
      provider: null,
      surveyUrl: null,
      dueAt: null,
      error: null,
      reasons: [],
    },
    note: `rating ${rating}, imported`,
  };
}

/** When an interaction was requested and sent, as far as known. */
interface InteractionTimes {
  requestedAt: string | null;
  sentAt: string | null;
}

/** Times in exports may lack seconds. */
const sameTimeMs = 60_000;

/** Whether two records of a conversation's interactions, which have no id in common, mean the same interaction. */
export function isSameInteraction(one: InteractionTimes, other: InteractionTimes): boolean {
  const isNear = (left: string | null, right: string | null): boolean =>
    left !== null && right !== null && Math.abs(Date.parse(left) - Date.parse(right)) <= sameTimeMs;
  return isNear(one.sentAt, other.sentAt) || isNear(one.requestedAt, other.requestedAt);
}

/**
 * The address that an import gave a closing whose customer was never read; null for any other closing, and once the
 * customer is forgotten.
 */
export function importedEmail({
  imported,
  address,
  forgottenAt,
}: Pick<Closing, 'imported' | 'address' | 'forgottenAt'>): string | null {
  return imported === null || forgottenAt !== null ? null : address;
}
