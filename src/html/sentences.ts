/** What the survey is about, in nominative: `Your chat`, by channel; `conversation` for any other. */
export type Conversations = Readonly<Record<string, string>> & { readonly conversation: string };

/** A page that says one thing and asks for nothing. */
export interface Notice {
  title: string;
  text: string;
}

/** Every sentence of the pages. Names and dates that go in are single lines already. */
export interface Words {
  /** Stands in for the name of a company that has none. */
  nameless: string;
  conversations: Conversations;
  question(agentFirstName: string | null): string;
  about(conversation: string, company: string, day: string): string;
  optional: string;
  rating: string;
  /** Shown until a star is chosen. */
  chooseStar: string;
  /** `4 of 5 stars`. */
  stars(rating: number): string;
  /** What one star means, what two mean, … */
  verdicts: readonly [string, string, string, string, string];
  resolved: string;
  yes: string;
  no: string;
  noAnswer: string;
  comment: string;
  send: string;
  sendAgain: string;
  answeredAlready: string;
  whoReads(company: string): string;
  /** The title of a page that could not be saved. */
  titleOfProblem(title: string): string;
  problem: string;
  ratingMissing: string;
  commentTooLong(most: string): string;
  thanks: string;
  saved(company: string): string;
  wasResolved: string;
  wasNotResolved: string;
  yourComment: string;
  change: string;
  /** One for every link that leads nowhere, so that nobody can tell why it does. */
  closed: Notice;
  /** An answer that another site sent. */
  refused: Notice;
  tooLarge: Notice;
  notUnderstood: Notice;
  busy: Notice;
  broken: Notice;
  notFound: Notice;
  unsubscribe(company: string): Notice;
  /** Below the survey. */
  unsubscribeLink: string;
  unsubscribeButton: string;
  unsubscribed(company: string): Notice;
  unsubscribedByMistake(company: string): string;
  /** Instead, where the operator tries the link of a message that went to nobody. */
  trial: Notice;
}

export function conversationBy(channel: string | null, { conversations }: Words): string {
  const named =
    channel !== null && Object.hasOwn(conversations, channel) ? conversations[channel] : undefined;
  return named ?? conversations.conversation;
}
