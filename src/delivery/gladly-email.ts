import { Failure } from '../failure.ts';
import { senderOf } from './internet-message.ts';
import type { Mail, MailComposer } from './mail.ts';
import {
  notSent,
  type DeliveryOutcome,
  type DeliveryProvider,
  type SurveyMessage,
} from '../ports/delivery-provider.ts';
import { singleLine } from '../html/single-line.ts';

/** What sending an e-mail through Gladly needs of a client. */
export type SendEmail = (
  mail: {
    to: { email: string; name?: string };
    from: string;
    subject: string;
    html: string;
    text: string;
  },
  leaving: () => Promise<void>,
) => Promise<
  | { status: 'sent'; externalId: string | null; customerId: string | null }
  | { status: 'not_sent'; temporary: boolean; failure: Failure }
  | { status: 'uncertain'; failure: Failure }
>;

const longestCustomerName = 80;

/**
 * Lets Gladly send the mail (`POST /communications/email`). Gladly has no way to repeat that safely: a message
 * that may have left is `uncertain`. The external id is the id of the conversation item that Gladly made.
 *
 * @throws Failure `bad_from` of kind configuration when the sender is no plain address
 */
export function createGladlyEmail(options: {
  /** One of the organisation's configured addresses. */
  from: string;
  composer: MailComposer;
  sendEmail: SendEmail;
}): DeliveryProvider {
  const { composer, sendEmail } = options;
  const from = plainAddress(options.from);

  async function deliver(message: SurveyMessage, leaving: () => Promise<void>): Promise<DeliveryOutcome> {
    let mail: Mail;
    try {
      mail = composer(message);
    } catch (error) {
      return notSent(error);
    }
    const outcome = await sendEmail({ to: recipient(message), from, ...mail }, leaving);
    return outcome.status === 'sent' ? { status: 'sent', externalId: outcome.externalId } : outcome;
  }

  return { name: 'gladly-email', repeatable: false, deliver, close: () => Promise.resolve() };
}

/** Gladly compares the sender with its configured addresses, which have their names there. @throws Failure `bad_from` */
export function plainAddress(from: string): string {
  const { address } = senderOf(from);
  if (address === from.trim()) return address;
  throw new Failure('configuration', 'bad_from', 'the sender of the surveys is more than an e-mail address', {
    hint: `Set GCSAT_FROM to ${address} alone: its name stands in Gladly.`,
  });
}

/**
 * Gladly finds or creates the customer by address and name, so a name goes either as the profile has it or not
 * at all.
 */
function recipient({ to }: SurveyMessage): { email: string; name?: string } {
  if (to.name === null || to.name === '' || singleLine(to.name, longestCustomerName) !== to.name) {
    return { email: to.address };
  }
  return { email: to.address, name: to.name };
}
