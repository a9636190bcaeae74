import { createHash } from 'node:crypto';
import { Failure } from '../failure.ts';
import type { SurveyMessage } from '../ports/delivery-provider.ts';
import { longestCompanyName } from '../html/names.ts';
import { singleLine } from '../html/single-line.ts';
import { compiledMail, messageIdIn } from './compiled-mail.ts';
import type { Mail } from './mail.ts';
import { fitsHeader, type Sender } from './sender.ts';
import { webAddress } from './template-data.ts';

export const longestCustomerName = 80;

/** A survey's name in files and in the Message-ID: its id, or a hash if the id is too long or has other characters. */
export function safeName(surveyId: string): string {
  if (/^[A-Za-z0-9_-]{1,100}$/.test(surveyId)) return surveyId;
  return createHash('sha256').update(surveyId).digest('hex');
}

/** The name of a message in files and in the Message-ID: a survey has at most two messages. */
export function messageNameOf({
  surveyId,
  isReminder,
}: Pick<SurveyMessage, 'surveyId' | 'isReminder'>): string {
  return isReminder === true ? `${safeName(surveyId)}-reminder` : safeName(surveyId);
}

/** Derived from the survey id, so that a repeated mail is recognized as the same one. */
export function messageIdOf(message: Pick<SurveyMessage, 'surveyId' | 'isReminder'>, sender: Sender): string {
  return messageIdIn(messageNameOf(message), sender);
}

/**
 * The mail with one-click unsubscribing (RFC 8058).
 *
 * @param date epoch milliseconds
 * @throws Failure `bad_address` when the recipient's address does not fit into a header
 */
export async function internetMessage(
  mail: Mail,
  message: SurveyMessage,
  sender: Sender,
  date: number,
): Promise<Buffer> {
  if (!fitsHeader(message.to.address)) {
    throw new Failure('contract', 'bad_address', "the customer's address is not a usable email address", {
      hint: 'Correct the email address in the customer profile.',
      conversationId: message.conversationId,
    });
  }
  return compiledMail({
    from: {
      name: sender.name ?? singleLine(message.companyName, longestCompanyName),
      address: sender.address,
    },
    to: { name: singleLine(message.to.name ?? '', longestCustomerName), address: message.to.address },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: messageIdOf(message, sender),
    ...threadOf(message, sender),
    date: new Date(date),
    baseBoundary: createHash('sha256').update(messageNameOf(message)).digest('hex').slice(0, 32),
    headers: {
      // Some mail clients break a link that is folded.
      'List-Unsubscribe': {
        prepared: true,
        foldLines: false,
        value: `<${webAddress(message.unsubscribeUrl)}>`,
      },
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  });
}

/**
 * Mail programs show a reminder together with the first mail. The id of that mail has the domain that it was sent from,
 * which may have changed since.
 */
function threadOf({ surveyId, isReminder, remindsOf = null }: SurveyMessage, sender: Sender): object {
  if (isReminder !== true) return {};
  // If the first message was not a mail of ours, its id is of another kind.
  const isKnown = remindsOf !== null && fitsHeader(remindsOf);
  const first = isKnown ? `<${remindsOf}>` : messageIdOf({ surveyId }, sender);
  return { inReplyTo: first, references: [first] };
}
