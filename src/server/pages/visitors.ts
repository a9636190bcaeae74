import type { VisitKind } from '../../workflow/serving/survey-desk.ts';
import { remember } from '../remember.ts';

/** A visit to a survey page, with what hints at the kind of visitor. */
export interface PageVisit {
  method: string;
  headers: Headers;
  /** The star whose link was opened; null: the link without a star. */
  rating: number | null;
  token: string;
  /** Epoch milliseconds. */
  at: number;
}

/** Programs that open links on somebody's behalf: messenger previews, mail gateway scanners, HTTP libraries. */
const programs =
  /bot\b|crawl|spider|slurp|preview|scan|facebookexternalhit|whatsapp\/|telegram|slack|discord|skype|google-safety|imageproxy|safelinks|barracuda|proofpoint|mimecast|symantec|messagelabs|sophos|fortinet|cloudmark|headless|phantomjs|^curl\/|^wget\/|python|^java\/|^ruby|^php|^perl|libwww|go-http-client|okhttp|axios|node-fetch|^node|undici|httpclient|winhttp/i;

const secondsBetweenStars = 5;
const mostRemembered = 10_000;

/**
 * Guesses whether a person or a program visits a page; no score depends on it. A visitor who opens the links of
 * several stars within seconds is a scanner that follows every link of the mail.
 */
export function visitorWatch(): (visit: PageVisit) => VisitKind {
  const lastStars = new Map<string, { rating: number; at: number }>();

  const jumps = ({ token, rating, at }: PageVisit): boolean => {
    if (rating === null) return false;
    const last = lastStars.get(token);
    remember(lastStars, token, { rating, at }, mostRemembered);
    return last !== undefined && last.rating !== rating && at - last.at <= secondsBetweenStars * 1000;
  };

  return (look) => {
    const several = jumps(look);
    if (several || look.method === 'HEAD' || isProgram(look.headers)) return 'scanner';
    return look.rating === null ? 'opened' : 'clicked';
  };
}

function isProgram(headers: Headers): boolean {
  const purpose = [headers.get('sec-purpose'), headers.get('purpose'), headers.get('x-moz')].join(' ');
  const agent = headers.get('user-agent') ?? '';
  return agent === '' || /prefetch|prerender|preview/i.test(purpose) || programs.test(agent.slice(0, 1000));
}
