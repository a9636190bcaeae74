import { timeAt } from '../../domain/values/instant.ts';
import type { Settings } from '../../config/settings.ts';
import { mailLogoOf } from '../../html/brand.ts';
import { languages, type Language } from '../../html/languages.ts';
import { surveyIdOf, surveyLinks } from '../../domain/survey/token.ts';
import { internetMessage } from '../../delivery/internet-message.ts';
import { senderOf } from '../../delivery/sender.ts';
import { septetsOf, segmentTexts } from '../../delivery/sms-segments.ts';
import { smsText } from '../../delivery/sms-text.ts';
import { composerOf } from '../context/open-delivery.ts';
import { sampleMessage } from './sample-message.ts';

/** One message, as an email and as an SMS. */
export interface SampleTexts {
  subject: string;
  html: string;
  text: string;
  /** The email as it is sent. */
  eml: Buffer;
  sms: { text: string; segments: string[]; alphabet: 'GSM' | 'UCS-2' };
}

/** The messages in one language as a customer would get them, about a sample conversation. */
export interface SampleMessages extends SampleTexts {
  language: Language;
  reminder: SampleTexts;
  /** The links in the messages, as long as real ones; they lead to no survey. */
  links: { survey: string; ratings: readonly string[]; unsubscribe: string; logo: string };
}

export type MessageSettings = Pick<Settings, 'templateFile' | 'brand' | 'policy' | 'from' | 'publicUrl'>;

/** Used when no address of the survey page is set. */
const placeholder = 'https://surveys.example.com';
/** Signs sample links, which never have to verify. */
const noKey = Buffer.alloc(32);

/**
 * @param settings the brand's settings, if `brand` is given
 * @throws Failure kind configuration when the template or the sender cannot be used
 */
export async function sampleMessages(
  settings: MessageSettings,
  companyName: string,
  nowMs: number,
  brand: string | null = null,
): Promise<SampleMessages[]> {
  const compose = await composerOf(settings);
  const sender = senderOf(settings.from?.includes('@') === true ? settings.from : null);
  const surveyId = surveyIdOf('preview');
  const publicUrl = settings.publicUrl ?? placeholder;
  const links = surveyLinks(publicUrl, noKey, surveyId);
  const textsOf = async (language: Language, occasion: { isReminder?: true }): Promise<SampleTexts> => {
    const closedAt = timeAt(nowMs);
    const sample = sampleMessage({ surveyId, links, closedAt, companyName, language, ...occasion });
    const message = { ...sample, brand };
    const mail = compose(message);
    const text = smsText(message);
    const alphabet = septetsOf(text) === null ? ('UCS-2' as const) : ('GSM' as const);
    return {
      ...mail,
      eml: await internetMessage(mail, message, sender, nowMs),
      sms: { text, segments: segmentTexts(text), alphabet },
    };
  };
  return Promise.all(
    languages.map(async (language) => ({
      language,
      ...(await textsOf(language, {})),
      reminder: await textsOf(language, { isReminder: true }),
      links: { ...links, logo: new URL(`../assets/${mailLogoOf(brand)}`, links.survey).href },
    })),
  );
}
