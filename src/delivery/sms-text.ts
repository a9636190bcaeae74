import { english, speechOf, wordsOf } from '../html/languages.ts';
import { longestCompanyName, longestFirstName } from '../html/names.ts';
import { singleLine } from '../html/single-line.ts';
import type { SurveyMessage } from '../ports/delivery-provider.ts';
import { inGsmLetters, segmentsOf } from './sms-segments.ts';
import { webAddress } from './template-data.ts';

/** The fewest characters by which a shortened company name is still recognizable. */
const shortestCompanyName = 5;

/**
 * The survey as SMS, in one segment if the link leaves room for that: names are written in letters of the GSM alphabet,
 * the company's name is shortened first, then the agent's is left out. The link comes last and complete, so that
 * nothing sticks to it. There is no unsubscribe link: the survey page has one, and customers can reply STOP.
 *
 * @throws Failure `survey_link_invalid` of kind configuration
 */
export function smsText(message: SurveyMessage): string {
  const { language } = speechOf(message.language) ?? english;
  const { nameless, sms, reminder } = wordsOf(language);
  const words = message.isReminder === true ? reminder.sms : sms;
  const prefix = message.prefix === undefined ? '' : `${message.prefix} `;
  const link = webAddress(message.surveyUrl);
  const company = nameOf(message.companyName, longestCompanyName) ?? inGsmLetters(nameless);
  const agent = nameOf(message.agent.firstName ?? '', longestFirstName);
  const write = (companyName: string, agentName: string | null): string =>
    `${prefix}${words(companyName, agentName)} ${link}`;

  const candidates = [
    ...shorter(company).map((name) => write(name, agent)),
    ...shorter(company).map((name) => write(name, null)),
  ];
  return candidates.find((text) => segmentsOf(text) === 1) ?? write(company, agent);
}

/** A name in letters of the GSM alphabet; null when no letter or digit is left. */
function nameOf(name: string, longest: number): string | null {
  const written = inGsmLetters(singleLine(name, longest));
  return /[\p{L}\p{N}]/u.test(written) ? written : null;
}

/** The name, then ever less of it: shortened by words first, then by letters. */
function shorter(name: string): string[] {
  const cuts = Array.from({ length: name.length }, (_, index) => name.length - index);
  const byWords = cuts.filter((length) => length === name.length || name.charAt(length) === ' ');
  return [...byWords, ...cuts]
    .map((length) => name.slice(0, length).replace(/[\s&,.:;/+-]+$/, ''))
    .filter((cut, index) => index === 0 || cut.length >= shortestCompanyName);
}
