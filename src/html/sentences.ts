/** Every text of a language. Names and dates that are inserted are already single lines. */
export interface Words {
  direction: 'ltr' | 'rtl';
  /** Replaces the name of a company that has none. */
  nameless: string;
  conversations: Conversations;
  /** The heading of mail and page. */
  question: (agentFirstName: string | null) => string;
  /** Uses the whole name, because which part of it is the first name is uncertain. */
  greeting: (customer: string) => string;
  /** What the survey is about, below the heading. */
  about: (conversation: string, company: string, day: string) => string;
  /** `4 out of 5 stars`. */
  stars: (rating: number) => string;
  /** The meaning of one star, of two, … */
  verdicts: readonly [string, string, string, string, string];
  unsubscribeLink: string;
  mail: MailSentences;
  /**
   * The text message up to its link. All letters belong to the GSM alphabet, which has é but no ó: a single other
   * letter would halve the room.
   */
  sms: (company: string, agentFirstName: string | null) => string;
  /** The sentences of a reminder. */
  reminder: ReminderSentences;
  page: PageSentences;
}

/**
 * The customer's conversation by channel, as a sentence begins with it: `Your chat`; `conversation` is for all other
 * channels.
 */
export type Conversations = Readonly<Record<string, string>> & { readonly conversation: string };

/** Sentences that only the mail has. */
interface MailSentences {
  subject: (company: string, agentFirstName: string | null) => string;
  /** The preview that inboxes show after the subject. */
  preview: string;
  instruction: string;
  openSurvey: string;
  whyYou: (company: string) => string;
}

/** Sentences of the second and last message about a survey. */
interface ReminderSentences {
  /** @param subject the subject of the first mail */
  subject: (subject: string) => string;
  /** The first sentence of the mail. */
  opening: string;
  /** Replaces the first message's `sms`, with the same letters. */
  sms: (company: string, agentFirstName: string | null) => string;
}

/** A page that says one thing and asks for nothing. */
export interface Notice {
  title: string;
  text: string;
}

/** Sentences that only the pages have. */
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
  /** The title of a page whose answer could not be saved. */
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
  /** The same notice for every link that leads nowhere, so that it does not reveal why. */
  closed: Notice;
  /** For an answer that another site sent. */
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
  /** Shown instead when the operator tries the link of a message that no customer received. */
  trial: Notice;
}

export function conversationBy(channel: string | null, { conversations }: Words): string {
  const named =
    channel !== null && Object.hasOwn(conversations, channel) ? conversations[channel] : undefined;
  return named ?? conversations.conversation;
}
