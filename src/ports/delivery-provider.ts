import type { DeliveryName } from '../domain/delivery.ts';
import type { Semaphore } from '../domain/values/semaphore.ts';
import { Failure } from '../failure.ts';

/** What is known about a closing, for a delivery that keeps interactions besides sending messages. */
export interface Interaction {
  /** Where a person finds the conversation in Gladly. */
  url: string | null;
  /** The address of the agent who gets the rating, as Gladly has it. */
  agentEmail: string | null;
  /** Names. */
  topics: readonly string[];
  inbox: string | null;
}

/** One survey on its way to one customer. Customers and agents choose their names, so a name can be any text. */
export interface SurveyMessage {
  surveyId: string;
  conversationId: string;
  closingId: string;
  /** The brand whose words, looks, and sender it has; null, or absent in a sample: the profile's own. */
  brand?: string | null;
  /** An email address or a mobile number, as the delivery needs; already validated. */
  to: { address: string; name: string | null };
  agent: { name: string | null; firstName: string | null };
  companyName: string;
  /** A BCP 47 tag, e.g. `en` or `es-MX`; a language that we have no words for becomes English. */
  language: string;
  /** The channel of the agent's last response, as in the attribution, e.g. `email`. */
  channel: string | null;
  /** ISO-8601 in UTC, with milliseconds. */
  closedAt: string;
  /** IANA name of the organization's zone, for the day in the mail; null or an unknown name means UTC. */
  timeZone: string | null;
  /** The survey page with no star chosen. */
  surveyUrl: string;
  /** The survey page with 1, 2, 3, 4 or 5 stars chosen, in this order. */
  ratingUrls: readonly [string, string, string, string, string];
  unsubscribeUrl: string;
  /** Absent in a sample, which is about no conversation. */
  interaction?: Interaction;
  /** The second and last message about this survey, with the same links. */
  isReminder?: true;
  /** For a reminder: the external id of the first message; null if it is not known. */
  remindsOf?: string | null;
  /** Put before the subject, or the text of an SMS, when the message is not a customer's survey. */
  prefix?: string;
}

/** A closing about which nobody is asked, for a delivery that counts those, too. */
export interface UnaskedInteraction {
  conversationId: string;
  closingId: string;
  customer: { email: string; name: string | null };
  /** As in a message. */
  agent: { name: string | null };
  channel: string | null;
  interaction: Interaction;
  /** Codes. */
  reasons: readonly string[];
}

/** Marks a message that an operator sends to test the delivery. */
export const testPrefix = '(Test)';

export type DeliveryOutcome =
  | { status: 'sent'; externalId: string | null }
  /** Certainly nothing left. `temporary`: the same message may succeed later; `later`: not at once. */
  | { status: 'not_sent'; temporary: boolean; later?: true; failure: Failure }
  /** The message may have left, so it must not be repeated automatically. */
  | { status: 'uncertain'; failure: Failure };

export interface DeliveryProvider {
  readonly name: DeliveryName;
  /** Delivering a message twice has the same effect as once. */
  readonly repeatable: boolean;
  /**
   * Present if only a few messages can leave at once: a caller that has one of these slots waits for no other message.
   */
  readonly slots?: Semaphore;
  /**
   * Delivers one survey, or its reminder. `leaving` is awaited once, after all preparations and right before the
   * message leaves; if it throws, nothing leaves and the error is passed on unchanged. A problem with the message
   * itself is an outcome, never an exception.
   */
  deliver(message: SurveyMessage, leaving: () => Promise<void>): Promise<DeliveryOutcome>;
  /**
   * Counts a closing about which nobody is asked; absent if nothing is counted. Otherwise like `deliver`: it cannot be
   * repeated safely either.
   */
  count?(unasked: UnaskedInteraction, leaving: () => Promise<void>): Promise<DeliveryOutcome>;
  /**
   * Tries the connection without sending anything and describes what it found; absent if there is nothing to try.
   *
   * @throws Failure that a message would meet, too
   */
  check?(): Promise<string>;
  close(): Promise<void>;
}

/**
 * The outcome of a failure from before the message left. It is temporary if a person can fix it without touching the
 * message, such as a setting or a full disk. Anything but a Failure is a defect and rethrown.
 */
export function notSent(error: unknown): DeliveryOutcome {
  if (!(error instanceof Failure)) throw error;
  const temporary = error.kind === 'configuration' || error.kind === 'temporary';
  return { status: 'not_sent', temporary, failure: error };
}
