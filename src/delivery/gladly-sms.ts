import { Failure } from '../failure.ts';
import {
  notSent,
  type DeliveryOutcome,
  type DeliveryProvider,
  type SurveyMessage,
} from '../ports/delivery-provider.ts';
import { smsText } from './sms-text.ts';

/** What sending an SMS through Gladly needs of a client. */
export type SendSms = (
  sms: { to: string; from: string; text: string },
  leaving: () => Promise<void>,
) => Promise<
  | { status: 'sent'; externalId: string | null; customerId: string | null }
  | { status: 'not_sent'; temporary: boolean; failure: Failure }
  | { status: 'uncertain'; failure: Failure }
>;

/**
 * Lets Gladly send the SMS (`POST /communications/sms`). Gladly has no way to repeat that safely: a message that may
 * have left is `uncertain`. The external id is the id of the conversation item that Gladly made.
 *
 * @throws Failure `bad_from` of kind configuration when the sender is no phone number
 */
export function createGladlySms(options: {
  /** One of the organisation's numbers. */
  from: string;
  sendSms: SendSms;
}): DeliveryProvider {
  const from = phoneNumber(options.from);

  async function deliver(message: SurveyMessage, leaving: () => Promise<void>): Promise<DeliveryOutcome> {
    let text: string;
    try {
      text = smsText(message);
    } catch (error) {
      return notSent(error);
    }
    const outcome = await options.sendSms({ to: message.to.address, from, text }, leaving);
    return outcome.status === 'sent' ? { status: 'sent', externalId: outcome.externalId } : outcome;
  }

  return { name: 'gladly-sms', repeatable: false, deliver, close: () => Promise.resolve() };
}

/** E.164, as the contract's examples have it; people write it with spaces, hyphens, dots and brackets. @throws Failure `bad_from` */
export function phoneNumber(from: string): string {
  const number = from.replace(/[\s().-]/g, '');
  if (/^\+[1-9]\d{6,14}$/.test(number)) return number;
  throw new Failure('configuration', 'bad_from', 'the sender of the surveys is not a phone number', {
    hint: 'Set GCSAT_FROM to one of your numbers in Gladly, with + and the country, such as +15550100123.',
  });
}
