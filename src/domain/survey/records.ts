import type { ClosingError } from '../closing/closing.ts';
import type { ArrivedMessage } from '../closing/arrival.ts';
import type { ClosingState, Transition } from '../closing/transitions.ts';
import type { SurveyAnswer } from './card.ts';

/** One transition of a closing. */
export interface HistoryEntry {
  at: string;
  transition: Transition;
  from: ClosingState;
  to: ClosingState;
  note: string | null;
}

/** How a message that was about to leave ended; `interrupted`: the process ended before it knew. */
export type MessageOutcome = 'sent' | 'uncertain' | 'not_sent' | 'interrupted';

/** One try to send the survey of a closing; it is written before the message leaves. `sequence` 1 is the first. */
export interface Message extends ArrivedMessage {
  closingId: string;
  settledAt: string | null;
  /** Null until it is known. */
  outcome: MessageOutcome | null;
  externalId: string | null;
  error: ClosingError | null;
}

/** One revision of a customer's answer. */
export interface Answer extends SurveyAnswer {
  /** How it came, e.g. `page` or `post`. */
  source: string;
}

/** An answer on the customer's timeline in Gladly. */
export interface Card {
  /** The id that we gave the timeline item. */
  itemId: string;
  surveyId: string;
  /** The revision of the answer that it shows. */
  revision: number;
  customerId: string;
  /** `posting`: it may be in Gladly already. */
  state: 'posting' | 'posted' | 'deleted';
  body: string;
  postedAt: string | null;
}

/** Failed tries to post the card of an answer. */
export interface CardFailure {
  tries: number;
  /** When it is tried again; null: only a person retries it. */
  retryAt: string | null;
  error: ClosingError;
}

/**
 * What was seen of a survey besides its answer. `clicked`: opened by a star's link; `begun`: an answer was sent that
 * could not be accepted. Visits are never scored: programs open and click links, too.
 */
export type VisitKind = 'opened' | 'clicked' | 'begun' | 'scanner';

export interface VisitCount {
  kind: VisitKind;
  count: number;
  firstAt: string;
  lastAt: string;
}

/** What a person did about an answer. */
export interface Note {
  at: string;
  text: string;
  /** Nothing is left to do about it. */
  done: boolean;
}
