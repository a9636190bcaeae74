import { createHash } from 'node:crypto';
import { Failure } from '../failure.ts';
import type { Mail } from './mail.ts';
import type { SurveyMessage } from '../ports/delivery-provider.ts';
import { longestCompanyName } from '../html/names.ts';
import { singleLine } from '../html/single-line.ts';
import { webAddress } from './template-data.ts';

export interface Sender {
  name: string | null;
  address: string;
}

const longestCustomerName = 80;

/** Reserved by RFC 2606: never anybody's address. */
const nobody = 'surveys@gcsat.invalid';

/**
 * Reads a sender setting: `csat@acme.com` or `Acme <csat@acme.com>`.
 *
 * @param from null: an address that cannot be answered
 * @throws Failure `bad_from` of kind configuration
 */
export function senderOf(from: string | null): Sender {
  const [, name = '', bracketed] = /^([^<>]*)<([^<>]*)>$/u.exec(from?.trim() ?? '') ?? [];
  const address = (bracketed ?? from ?? nobody).trim();
  if (!fitsHeader(address)) {
    throw new Failure('configuration', 'bad_from', 'the sender of the surveys is not an e-mail address', {
      hint: 'Set GCSAT_FROM to one address, such as surveys@acme.com.',
    });
  }
  const displayed = singleLine(name, longestCompanyName).replaceAll('"', '');
  return { name: displayed === '' ? null : displayed, address };
}

/** Names a survey in files and in the Message-ID: the survey id itself, or a hash of an id with other letters. */
export function safeName(surveyId: string): string {
  if (/^[A-Za-z0-9_-]{1,100}$/.test(surveyId)) return surveyId;
  return createHash('sha256').update(surveyId).digest('hex');
}

/** Made of the survey id, so that a repeated mail is recognised as the same one. */
export function messageIdOf(surveyId: string, sender: Sender): string {
  return `<${safeName(surveyId)}@${sender.address.slice(sender.address.lastIndexOf('@') + 1)}>`;
}

/**
 * The mail as it travels (RFC 5322), with one-click unsubscription (RFC 8058) and marked as automatic (RFC 3834),
 * so that out-of-office programs stay quiet.
 *
 * @param date epoch milliseconds
 * @throws Failure `bad_address` when the recipient's address cannot stand in a header
 */
export async function internetMessage(
  mail: Mail,
  message: SurveyMessage,
  sender: Sender,
  date: number,
): Promise<Buffer> {
  if (!fitsHeader(message.to.address)) {
    throw new Failure('contract', 'bad_address', "the customer's address is not a usable e-mail address", {
      hint: 'Correct the e-mail address in the customer profile.',
      conversationId: message.conversationId,
    });
  }
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const composer = new MailComposer({
    from: {
      name: sender.name ?? singleLine(message.companyName, longestCompanyName),
      address: sender.address,
    },
    to: { name: singleLine(message.to.name ?? '', longestCustomerName), address: message.to.address },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: messageIdOf(message.surveyId, sender),
    date: new Date(date),
    baseBoundary: createHash('sha256').update(message.surveyId).digest('hex').slice(0, 32),
    headers: {
      // Prepared: a folded link is broken in some mail clients.
      'List-Unsubscribe': {
        prepared: true,
        foldLines: false,
        value: `<${webAddress(message.unsubscribeUrl)}>`,
      },
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'Auto-Submitted': 'auto-generated',
    },
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

/** One plain address: nothing that ends it, adds another one or breaks the line. */
function fitsHeader(address: string): boolean {
  return address.length <= 320 && /^[^\s<>()[\]\\,;:"@\p{C}]+@[^\s<>()[\]\\,;:"@\p{C}]+$/u.test(address);
}
