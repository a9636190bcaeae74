import {
  notSent,
  type DeliveryOutcome,
  type DeliveryProvider,
  type SurveyMessage,
} from '../ports/delivery-provider.ts';
import { singleLine } from '../html/single-line.ts';
import { longestCustomerName } from './internet-message.ts';
import type { Mail, MailComposer } from './mail.ts';
import { badSender, senderOf, sendersBy, type BrandSenders } from './sender.ts';

/** The part of a Gladly client that sends an email. */
export type SendEmail = (
  mail: {
    to: { email: string; name?: string };
    from: string;
    subject: string;
    html: string;
    text: string;
  },
  leaving: () => Promise<void>,
) => Promise<DeliveryOutcome>;

/**
 * Has Gladly send the mail (`POST /communications/email`), which cannot be repeated safely: a message that may have
 * left is `uncertain`. The external id is that of the conversation item that Gladly creates.
 *
 * @throws Failure `bad_from` of kind configuration when the sender is not a plain address
 */
export function createGladlyEmail(options: {
  /** One of the addresses that the organization has configured in Gladly. */
  from: string;
  brandSenders?: BrandSenders;
  composer: MailComposer;
  sendEmail: SendEmail;
}): DeliveryProvider {
  const { composer, sendEmail } = options;
  const senders = sendersBy(options.from, options.brandSenders, plainAddress);

  async function deliver(message: SurveyMessage, leaving: () => Promise<void>): Promise<DeliveryOutcome> {
    let mail: Mail;
    try {
      mail = composer(message);
    } catch (error) {
      return notSent(error);
    }
    const outcome = await sendEmail({ to: recipient(message), from: senders.of(message), ...mail }, leaving);
    return outcome.status === 'sent' ? { status: 'sent', externalId: outcome.externalId } : outcome;
  }

  return { name: 'gladly-email', repeatable: false, deliver, close: () => Promise.resolve() };
}

/**
 * Gladly compares the sender with its configured addresses and adds the display name itself. @throws Failure `bad_from`
 */
export function plainAddress(from: string): string {
  const { address } = senderOf(from);
  if (address === from.trim()) return address;
  throw badSender(
    'is not a plain email address',
    `Set GCSAT_FROM to ${address} alone: Gladly adds the display name.`,
  );
}

/**
 * Gladly finds or creates the customer by address and name, so the name goes exactly as the profile has it or not at
 * all.
 */
function recipient({ to }: SurveyMessage): { email: string; name?: string } {
  if (to.name === null || to.name === '' || singleLine(to.name, longestCustomerName) !== to.name) {
    return { email: to.address };
  }
  return { email: to.address, name: to.name };
}
