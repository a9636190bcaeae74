import type { OwnQuestion, RatingReasons } from './questionnaire.ts';

/** Local clock times, as minutes since midnight. `from` is later than `until` when midnight lies between. */
export interface QuietHours {
  from: number;
  until: number;
}

/** `standard`: signed, as in Standard Webhooks. `slack`: what a Slack webhook can show. */
export const alertFormats = ['standard', 'slack'] as const;

export type AlertFormat = (typeof alertFormats)[number];

/** Which earlier surveys of an address count: those of all brands, or only those of the same brand. */
export const suppressions = ['address', 'brand'] as const;

export type Suppression = (typeof suppressions)[number];

/** The survey settings of an organization. Durations are milliseconds; the keys are those of `configure set`. */
export interface Policy {
  readonly optOutTopics: readonly string[];
  /** Days within which one address is surveyed at most once; 0 switches this off. */
  readonly suppressionDays: number;
  readonly suppressBy: Suppression;
  /** Closings older than this are not surveyed. */
  readonly maxAge: number;
  /** Time between the closing and the message. */
  readonly delay: number;
  readonly quietHours: QuietHours | null;
  /** Percent of closings that are surveyed, 0 to 100. */
  readonly sample: number;
  /** Messages that may leave within any hour; null: no limit. */
  readonly maxPerHour: number | null;
  /** How long after a survey left its one reminder leaves, if it is not answered; null: no reminders. */
  readonly reminderAfter: number | null;
  /** If one initiator makes more closings than this within a minute, none of them is surveyed; null: no limit. */
  readonly bulkClosings: number | null;
  /** Closings by a rule or a program are not surveyed. */
  readonly excludeClosedByRule: boolean;
  /** Agent ids or email addresses. */
  readonly excludedAgents: readonly string[];
  /** Inbox ids or names. */
  readonly excludedInboxes: readonly string[];
  /** Channel names as in Gladly's report filter, e.g. `voice`. */
  readonly excludedChannels: readonly string[];
  /** Email addresses, domains, phone numbers or customer ids. */
  readonly excludedCustomers: readonly string[];
  /** Ratings up to this count as low. */
  readonly lowRating: number;
  /** Ratings up to this one cause alerts; null: those that count as low. */
  readonly alertRating: number | null;
  /** The format of alerts to the profile's web address. */
  readonly alertFormat: AlertFormat;
  /** Alerts include the comment and the customer. */
  readonly alertPersonalData: boolean;
  /** The team's address that gets each alert as a mail; null: none does. */
  readonly alertMail: string | null;
  /** Each alert also becomes a note on its conversation in Gladly. */
  readonly followUpTask: boolean;
  /** Ratings from this one on count as satisfied in reports. */
  readonly satisfiedFrom: number;
  /** Time after which a survey can no longer be answered. */
  readonly surveyExpires: number;
  /** Time after the first answer during which it can be changed. */
  readonly answerFinalAfter: number;
  /** Closings older than this are forgotten; null: everything is kept. */
  readonly retention: number | null;
  /** A backfill in a terminal asks before it sends more than this. */
  readonly confirmSends: number;
  readonly language: string;
  /** Null: the organization's name. */
  readonly companyName: string | null;
  /** The color of the survey page's button and of links, `#rrggbb`; null: our own. */
  readonly brandColor: string | null;
  /** The mail begins with the customer's name, if it is known. */
  readonly greetCustomer: boolean;
  /** Sentences in `language`; null: our own. The question may contain `{agent}`. */
  readonly questionText: string | null;
  readonly resolvedText: string | null;
  readonly commentText: string | null;
  readonly thanksTitle: string | null;
  readonly thanksText: string | null;
  /** Offered below a low rating, for the customer to choose one; null: customers are not asked why. */
  readonly reasons: RatingReasons | null;
  /** One more question on the survey page; null: none. */
  readonly question: OwnQuestion | null;
  /**
   * The address of a conversation in Gladly, for the card's link; empty for no link. `{origin}`, `{customerId}` and
   * `{conversationId}` are filled in. It can be set because Gladly's contract does not state it.
   */
  readonly conversationLink: string;
}

const hour = 3_600_000;
const day = 24 * hour;

export const defaultPolicy: Policy = {
  optOutTopics: ['do_not_send_stella'],
  suppressionDays: 7,
  suppressBy: 'address',
  maxAge: 30 * day,
  delay: 0,
  quietHours: null,
  sample: 100,
  maxPerHour: null,
  reminderAfter: null,
  bulkClosings: null,
  excludeClosedByRule: false,
  excludedAgents: [],
  excludedInboxes: [],
  excludedChannels: [],
  excludedCustomers: [],
  lowRating: 2,
  alertRating: null,
  alertFormat: 'standard',
  alertPersonalData: true,
  alertMail: null,
  followUpTask: false,
  satisfiedFrom: 4,
  surveyExpires: 30 * day,
  answerFinalAfter: day,
  retention: null,
  confirmSends: 100,
  language: 'en',
  companyName: null,
  brandColor: null,
  greetCustomer: false,
  questionText: null,
  resolvedText: null,
  commentText: null,
  thanksTitle: null,
  thanksText: null,
  reasons: null,
  question: null,
  conversationLink: '{origin}/customer/{customerId}/conversation/{conversationId}',
};
