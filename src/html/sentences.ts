/** Every text of a language. Names and dates that go in are single lines already. */
export interface Words {
  direction: 'ltr' | 'rtl';
  /** Stands in for the name of a company that has none. */
  nameless: string;
  conversations: Conversations;
  /** The heading of mail and page. */
  question: (agentFirstName: string | null) => string;
  /** By the whole name: which part of it is the first name is not certain. */
  greeting: (customer: string) => string;
  /** What the survey is about, below the heading. */
  about: (conversation: string, company: string, day: string) => string;
  /** `4 out of 5 stars`. */
  stars: (rating: number) => string;
  /** What one star means, what two mean, … */
  verdicts: readonly [string, string, string, string, string];
  unsubscribeLink: string;
  mail: MailSentences;
  /**
   * The text message up to its link. Every letter is of the GSM alphabet, which has é but no ó: one other letter would
   * halve the room.
   */
  sms: (company: string, agentFirstName: string | null) => string;
  /** What a reminder says besides. */
  reminder: ReminderSentences;
  page: PageSentences;
}

/** The customer's conversation by channel, as a sentence begins with it: `Your chat`; `conversation` for any other. */
export type Conversations = Readonly<Record<string, string>> & { readonly conversation: string };

/** What the mail alone says. */
interface MailSentences {
  subject: (company: string, agentFirstName: string | null) => string;
  /** What inboxes show after the subject. */
  preview: string;
  instruction: string;
  openSurvey: string;
  whyYou: (company: string) => string;
}

/** Of the second and last message about a survey. */
interface ReminderSentences {
  /** @param subject of the first mail */
  subject: (subject: string) => string;
  /** The first sentence of the mail. */
  opening: string;
  /** In place of the text message's own, with the same letters. */
  sms: (company: string, agentFirstName: string | null) => string;
}

/** A page that says one thing and asks for nothing. */
export interface Notice {
  title: string;
  text: string;
}

/** What the pages alone say. */
export interface PageSentences {
  optional: string;
  rating: string;
  /** Shown until a star is chosen. */
  chooseStar: string;
  resolved: string;
  yes: string;
  no: string;
  noAnswer: string;
  /** Asked about a low rating. */
  reason: string;
  comment: string;
  send: string;
  sendAgain: string;
  answeredAlready: string;
  whoReads: (company: string) => string;
  /** The title of a page that could not be saved. */
  titleOfProblem: (title: string) => string;
  problem: string;
  ratingMissing: string;
  commentTooLong: (most: string) => string;
  reasonUnknown: string;
  scaleUnknown: string;
  choiceUnknown: string;
  wordsTooLong: (most: string) => string;
  thanks: string;
  saved: (company: string) => string;
  wasResolved: string;
  wasNotResolved: string;
  yourReason: string;
  yourComment: string;
  /** An answer from 0 to 10. */
  ofTen: (number: number) => string;
  change: string;
  /** One for every link that leads nowhere, so that it does not give away why. */
  closed: Notice;
  /** An answer that another site sent. */
  refused: Notice;
  tooLarge: Notice;
  notUnderstood: Notice;
  busy: Notice;
  broken: Notice;
  notFound: Notice;
  unsubscribe: (company: string) => Notice;
  unsubscribeButton: string;
  unsubscribed: (company: string) => Notice;
  unsubscribedByMistake: (company: string) => string;
  /** Shown instead when the operator tries the link of a message that no customer got. */
  trial: Notice;
}

export function conversationBy(channel: string | null, { conversations }: Words): string {
  const named =
    channel !== null && Object.hasOwn(conversations, channel) ? conversations[channel] : undefined;
  return named ?? conversations.conversation;
}
