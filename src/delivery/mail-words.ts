import { conversationBy, type Words } from '../html/sentences.ts';

/** Facts that the sentences are made of. Names are single lines; the date is written in the language. */
interface Occasion {
  /** Null: unknown. */
  agentFirstName: string | null;
  companyName: string;
  /** The customer, if greeted by name. */
  greeted: string | null;
  /** As in the attribution: `email`, `voice`, …; any other is just a conversation. */
  channel: string | null;
  closedOn: string;
  isReminder: boolean;
}

/** Every sentence of the mail, ready to be shown. */
export interface MailWords {
  subject: string;
  /** What inboxes show after the subject. */
  preview: string;
  /** Empty: the customer is not greeted by name. */
  greeting: string;
  /** For a reminder: says that it is one. Otherwise empty. */
  opening: string;
  question: string;
  /** What the question is about: channel, company and date. */
  about: string;
  instruction: string;
  /** The ends of the scale. */
  lowest: string;
  highest: string;
  openSurvey: string;
  whyYou: string;
  unsubscribe: string;
}

export function mailWords(
  words: Words,
  { agentFirstName, companyName, greeted, channel, closedOn, isReminder }: Occasion,
): MailWords {
  const { mail, reminder, verdicts } = words;
  const subject = mail.subject(companyName, agentFirstName);
  return {
    ...mail,
    subject: isReminder ? reminder.subject(subject) : subject,
    opening: isReminder ? reminder.opening : '',
    greeting: greeted === null ? '' : words.greeting(greeted),
    question: words.question(agentFirstName),
    about: words.about(conversationBy(channel, words), companyName, closedOn),
    lowest: verdicts[0],
    highest: verdicts[4],
    whyYou: mail.whyYou(companyName),
    unsubscribe: words.unsubscribeLink,
  };
}
