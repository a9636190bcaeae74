/** How long a quiet night lasts: local clock times, minutes since midnight; `from` may be later than `until`. */
export interface QuietHours {
  from: number;
  until: number;
}

/** What an organisation decided about its surveys. Durations are milliseconds. Keys as in `configure set`. */
export interface Policy {
  optOutTopics: readonly string[];
  /** Days in which one address is asked at most once; 0 switches it off. */
  suppressionDays: number;
  /** Closings older than this are not surveyed. */
  maxAge: number;
  /** Time between the closing and the message. */
  delay: number;
  quietHours: QuietHours | null;
  /** Percent of closings that are surveyed, 0 to 100. */
  sample: number;
  /** Agent ids or e-mail addresses. */
  excludedAgents: readonly string[];
  /** Inbox ids or names. */
  excludedInboxes: readonly string[];
  /** Channel names as in Gladly's report filter, e.g. `voice`. */
  excludedChannels: readonly string[];
  /** E-mail addresses, domains, phone numbers or customer ids. */
  excludedCustomers: readonly string[];
  /** Ratings up to this one count as low. */
  lowRating: number;
  /** Time after which a survey can no longer be answered. */
  surveyExpires: number;
  /** Time after the first answer in which it can be changed. */
  answerFinalAfter: number;
  /** A backfill at a terminal that may send more than this asks first. */
  confirmSends: number;
  language: string;
  /** Null: the organisation's name. */
  companyName: string | null;
  /** Of the survey page's button and stars, `#rrggbb`; null: our own. */
  brandColor: string | null;
  /**
   * Address of a conversation in Gladly, for the card; empty for a card without a link. `{origin}`, `{customerId}` and
   * `{conversationId}` are filled in. Gladly's contract does not state the address, so it can be set.
   */
  conversationLink: string;
}

const hour = 3_600_000;
const day = 24 * hour;

export const defaultPolicy: Policy = {
  optOutTopics: ['do_not_send_stella'],
  suppressionDays: 7,
  maxAge: 30 * day,
  delay: 0,
  quietHours: null,
  sample: 100,
  excludedAgents: [],
  excludedInboxes: [],
  excludedChannels: [],
  excludedCustomers: [],
  lowRating: 2,
  surveyExpires: 30 * day,
  answerFinalAfter: day,
  confirmSends: 100,
  language: 'en',
  companyName: null,
  brandColor: null,
  conversationLink: '{origin}/customer/{customerId}/conversation/{conversationId}',
};
