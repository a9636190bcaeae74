import { Failure } from '../failure.ts';
import { dayOf, english, speechOf, wordsOf, type Language } from '../html/languages.ts';
import { longestCompanyName, longestFirstName, visibleName } from '../html/names.ts';
import type { SurveyMessage } from '../ports/delivery-provider.ts';
import { mailWords, type MailWords } from './mail-words.ts';

/** What a template can show, as `it`. Every text is one line of limited length; every link is http or https. */
export interface TemplateData {
  /** For `lang` and `dir`. */
  language: Language;
  direction: 'ltr' | 'rtl';
  companyName: string;
  agent: { name: string | null; firstName: string | null };
  /** As in the attribution, e.g. `email`; null when unknown. */
  channel: string | null;
  /** The day of the closing, in the customer's language. */
  closedOn: string;
  words: MailWords;
  /** One star first. `label` is e.g. `4 out of 5 stars`. */
  stars: { rating: number; label: string; url: string }[];
  surveyUrl: string;
  unsubscribeUrl: string;
}

const longestAgentName = 80;
const longestChannel = 40;

/**
 * @throws Failure `survey_link_invalid` of kind configuration
 */
export function templateData(message: SurveyMessage): TemplateData {
  const { language, locale } = speechOf(message.language) ?? english;
  const { direction, nameless, stars } = wordsOf(language);
  const occasion = {
    agentFirstName: visibleName(message.agent.firstName, longestFirstName),
    companyName: visibleName(message.companyName, longestCompanyName) ?? nameless,
    channel: message.channel,
    closedOn: dayOf(message.closedAt, locale, message.timeZone),
  };
  return {
    language,
    direction,
    companyName: occasion.companyName,
    agent: { name: visibleName(message.agent.name, longestAgentName), firstName: occasion.agentFirstName },
    channel: visibleName(message.channel, longestChannel),
    closedOn: occasion.closedOn,
    words: mailWords(language, occasion),
    stars: message.ratingUrls.map((url, index) => ({
      rating: index + 1,
      label: stars(index + 1),
      url: webAddress(url),
    })),
    surveyUrl: webAddress(message.surveyUrl),
    unsubscribeUrl: webAddress(message.unsubscribeUrl),
  };
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

export function sampleData(language: Language, agentKnown: boolean): TemplateData {
  return templateData({
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
  });
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
