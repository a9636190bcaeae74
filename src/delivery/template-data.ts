import { Failure } from '../failure.ts';
import { dayOf, english, speechOf, type Language } from '../html/languages.ts';
import { mailLogoOf } from '../html/brand.ts';
import { isolated, longestCompanyName, longestFirstName, visibleName } from '../html/names.ts';
import { wordsWith, type OwnTexts } from '../html/own-texts.ts';
import { paletteOf, type Palette } from '../html/palette.ts';
import type { SurveyMessage } from '../ports/delivery-provider.ts';
import { mailWords, type MailWords } from './mail-words.ts';

/** What a template can show, as `it`. Every text is one line of limited length; every link is http or https. */
export interface TemplateData {
  /** For `lang` and `dir`. */
  language: Language;
  direction: 'ltr' | 'rtl';
  companyName: string;
  agent: { name: string | null; firstName: string | null };
  /** The whole name: which part of it is the first name is not certain. */
  customer: { name: string | null };
  /** At the address where customers reach the survey page; null without a logo. */
  logoUrl: string | null;
  /** The colors of the survey page. */
  colors: Palette;
  /** As in the attribution, e.g. `email`; null when unknown. */
  channel: string | null;
  /** The day of the closing, in the customer's language. */
  closedOn: string;
  /** The second and last message about the survey. */
  isReminder: boolean;
  words: MailWords;
  /** One star first. `label` is e.g. `4 out of 5 stars`. */
  stars: { rating: number; label: string; url: string }[];
  surveyUrl: string;
  unsubscribeUrl: string;
}

/** How the operator wants mails to look. */
export interface MailBrand {
  color: string | null;
  hasLogo: boolean;
  /** The mail begins with the customer's name. */
  greets: boolean;
  texts?: OwnTexts;
}

const plainBrand: MailBrand = { color: null, hasLogo: false, greets: false };

const longestName = 80;
const longestChannel = 40;

/**
 * @throws Failure `survey_link_invalid` of kind configuration
 */
export function templateData(message: SurveyMessage, brand: MailBrand = plainBrand): TemplateData {
  const { language, locale } = speechOf(message.language) ?? english;
  const words = wordsWith(language, brand.texts);
  const { direction, nameless, stars } = words;
  // Do not greet anybody by an address in place of a name.
  const customerName = message.to.name?.includes('@') === true ? null : nameOf(message.to.name, longestName);
  const occasion = {
    agentFirstName: nameOf(message.agent.firstName, longestFirstName),
    companyName: nameOf(message.companyName, longestCompanyName) ?? nameless,
    greeted: brand.greets ? customerName : null,
    channel: message.channel,
    closedOn: dayOf(message.closedAt, locale, message.timeZone),
    isReminder: message.isReminder ?? false,
  };
  return {
    language,
    direction,
    companyName: occasion.companyName,
    agent: { name: nameOf(message.agent.name, longestName), firstName: occasion.agentFirstName },
    customer: { name: customerName },
    logoUrl: brand.hasLogo
      ? webAddress(
          new URL(`../assets/${mailLogoOf(message.brand ?? null)}`, webAddress(message.surveyUrl)).href,
        )
      : null,
    colors: paletteOf(brand.color),
    channel: visibleName(message.channel, longestChannel),
    closedOn: occasion.closedOn,
    isReminder: occasion.isReminder,
    words: mailWords(words, occasion),
    stars: message.ratingUrls.map((url, index) => ({
      rating: index + 1,
      label: stars(index + 1),
      url: webAddress(url),
    })),
    surveyUrl: webAddress(message.surveyUrl),
    unsubscribeUrl: webAddress(message.unsubscribeUrl),
  };
}

/** Right-to-left names keep their order within a sentence. */
function nameOf(name: string | null, longest: number): string | null {
  const visible = visibleName(name, longest);
  return visible === null ? null : isolated(visible);
}

export const sampleLinks = {
  surveyUrl: 'https://surveys.example.com/s/sample',
  ratingUrls: [
    'https://surveys.example.com/s/sample?rating=1',
    'https://surveys.example.com/s/sample?rating=2',
    'https://surveys.example.com/s/sample?rating=3',
    'https://surveys.example.com/s/sample?rating=4',
    'https://surveys.example.com/s/sample?rating=5',
  ],
  unsubscribeUrl: 'https://surveys.example.com/u/sample',
} as const;

export function sampleData(language: Language, agentKnown: boolean, isReminder = false): TemplateData {
  const message: SurveyMessage = {
    surveyId: 'sample',
    conversationId: 'sample',
    closingId: 'sample',
    to: { address: 'customer@example.com', name: 'Robin Sample' },
    agent: agentKnown ? { name: 'Anna Sample', firstName: 'Anna' } : { name: null, firstName: null },
    companyName: 'Sample & Sons',
    language,
    channel: 'email',
    closedAt: '2026-01-31T12:00:00.000Z',
    timeZone: null,
    ...sampleLinks,
    ...(isReminder ? { isReminder } : {}),
  };
  return templateData(message, { ...plainBrand, hasLogo: agentKnown, greets: agentKnown });
}

/** The address in its canonical form, which has no space, quote, angle bracket or line break. */
export function webAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url.href.replaceAll("'", '%27');
  // The link is the customer's secret, so the message leaves it out.
  throw new Failure(
    'configuration',
    'survey_link_invalid',
    'a link of the survey is not an http or https address',
    {
      hint: 'Set GCSAT_PUBLIC_URL to the https address at which customers reach the survey page.',
    },
  );
}
