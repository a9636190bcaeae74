import { phoneNumber } from '../domain/eligibility/addresses.ts';
import {
  notSent,
  type DeliveryOutcome,
  type DeliveryProvider,
  type SurveyMessage,
} from '../ports/delivery-provider.ts';
import { badSender, sendersBy, type BrandSenders } from './sender.ts';
import { smsText } from './sms-text.ts';

/** The part of a Gladly client that sends an SMS. */
export type SendSms = (
  sms: { to: string; from: string; text: string },
  leaving: () => Promise<void>,
) => Promise<DeliveryOutcome>;

/**
 * Has Gladly send the SMS (`POST /communications/sms`), which cannot be repeated safely: a message that may have left
 * is `uncertain`. The external id is that of the conversation item that Gladly creates.
 *
 * @throws Failure `bad_from` of kind configuration when the sender is not a phone number
 */
export function createGladlySms(options: {
  /** One of the numbers that the organization has in Gladly. */
  from: string;
  brandSenders?: BrandSenders;
  sendSms: SendSms;
}): DeliveryProvider {
  const senders = sendersBy(options.from, options.brandSenders, senderNumber);

  async function deliver(message: SurveyMessage, leaving: () => Promise<void>): Promise<DeliveryOutcome> {
    let text: string;
    try {
      text = smsText(message);
    } catch (error) {
      return notSent(error);
    }
    const from = senders.of(message);
    const outcome = await options.sendSms({ to: message.to.address, from, text }, leaving);
    return outcome.status === 'sent' ? { status: 'sent', externalId: outcome.externalId } : outcome;
  }

  return { name: 'gladly-sms', repeatable: false, deliver, close: () => Promise.resolve() };
}

/** E.164, as in the contract's examples. @throws Failure `bad_from` */
export function senderNumber(from: string): string {
  const number = phoneNumber(from);
  if (number !== null) return number;
  throw badSender(
    'is not a phone number',
    'Set GCSAT_FROM to one of your numbers in Gladly, with + and the country code, such as +15550100123.',
  );
}
