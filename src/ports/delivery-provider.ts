import type { DeliveryName } from '../domain/delivery.ts';
import { Failure } from '../failure.ts';

/** One survey on its way to one customer. Names come from customers and agents: any text may be in them. */
export interface SurveyMessage {
  surveyId: string;
  conversationId: string;
  closingId: string;
  /** An e-mail address or a mobile number, as the delivery needs; already found valid. */
  to: { address: string; name: string | null };
  agent: { name: string | null; firstName: string | null };
  companyName: string;
  /** A BCP 47 tag, e.g. `en` or `es-MX`; one that we have no words for is read in English. */
  language: string;
  /** The channel of the agent's last response, as in the attribution, e.g. `email`. */
  channel: string | null;
  /** ISO-8601 in UTC, with milliseconds. */
  closedAt: string;
  /** IANA name of the organisation's zone, for the day that the mail names; null, or one unknown here, means UTC. */
  timeZone: string | null;
  /** The survey page without a choice made. */
  surveyUrl: string;
  /** The survey page with 1, 2, 3, 4 or 5 stars chosen, in this order. */
  ratingUrls: readonly [string, string, string, string, string];
  unsubscribeUrl: string;
  /** Stands before the subject, or the text of an SMS: what a message is that is no survey of a customer's. */
  mark?: string;
}

/** The mark of a message that an operator sends to try the delivery. */
export const testMark = '(Test)';

export type DeliveryOutcome =
  | { status: 'sent'; externalId: string | null }
  /** Certainly nothing left. `temporary`: the same message may succeed later. */
  | { status: 'not_sent'; temporary: boolean; failure: Failure }
  /** Nobody knows whether the message left: it must not be repeated by itself. */
  | { status: 'uncertain'; failure: Failure };

export interface DeliveryProvider {
  readonly name: DeliveryName;
  /** Doing it twice is the same as once. */
  readonly repeatable: boolean;
  /**
   * Delivers one survey. `leaving` is awaited once, after everything that can be prepared is prepared and right
   * before the message leaves; if it throws, nothing leaves and the error is passed on unchanged. What goes
   * wrong with the message itself is an outcome, never an exception.
   */
  deliver(message: SurveyMessage, leaving: () => Promise<void>): Promise<DeliveryOutcome>;
  /**
   * Tries the way to the customer without sending anything, and says what was found; absent where nothing can be tried.
   *
   * @throws Failure that a message would meet too
   */
  check?(): Promise<string>;
  close(): Promise<void>;
}

/**
 * What a failure from before the message left means. What a person can mend without touching the message, such
 * as a setting or a full disk, is temporary. Anything but a Failure is a defect and thrown on.
 */
export function notSent(error: unknown): DeliveryOutcome {
  if (!(error instanceof Failure)) throw error;
  const temporary = error.kind === 'configuration' || error.kind === 'temporary';
  return { status: 'not_sent', temporary, failure: error };
}
