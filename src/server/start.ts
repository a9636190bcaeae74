import type { SurveyDesk } from '../workflow/serving/survey-desk.ts';
import { createApp, type AppParts } from './app.ts';
import { addressSet } from './client-address.ts';
import type { EndedFor } from './connections.ts';
import { responseHeaders } from './headers.ts';
import { listen, type ListenPlace, type Listening, type ListenLimits } from './listen.ts';
import type { PageBrand } from '../html/brand.ts';
import { brandPagesOf, type PageBrands } from './pages/brand-pages.ts';
import { closedPage, noticePages, pageRoutes } from './pages/pages.ts';

export interface ServerParts extends Pick<
  AppParts,
  | 'intake'
  | 'credentials'
  | 'ready'
  | 'isStopping'
  | 'figures'
  | 'requests'
  | 'medalliaRequests'
  | 'metrics'
  | 'log'
  | 'clock'
> {
  desk: SurveyDesk;
  brand: PageBrand;
  /** Surveys of brands that are not in this map have neither logo nor color. */
  brands?: PageBrands;
  /** The profile's language, for visitors whose own language is not available. */
  language: string;
  /** Where customers reach the pages; if it is https, browsers must insist on https. */
  publicUrl: string | null;
  /** The same for brands that have their own URLs. */
  brandUrls?: readonly string[];
  /** Addresses and CIDR ranges whose `X-Forwarded-For` is trusted. */
  trustedProxies: readonly string[];
  /** Addresses and CIDR ranges that may read `/metrics`, in addition to this host. */
  metricsReaders: readonly string[];
}

/**
 * Starts the server: webhooks, survey pages, health and metrics.
 *
 * @throws Failure `cannot_listen` of kind usage if the address or the port is not available
 */
export async function startServer(
  { desk, brand, brands, language, publicUrl, brandUrls = [], ...parts }: ServerParts,
  at: ListenPlace,
  limits?: Partial<ListenLimits>,
): Promise<Listening> {
  const { metrics, log, clock, trustedProxies, metricsReaders } = parts;
  const brandPages = brandPagesOf(brand, brands);
  const proxies = addressSet(trustedProxies);
  const app = createApp({
    ...parts,
    pages: pageRoutes({ desk, brandPages, language, clock, countAnswer: () => metrics.answered() }),
    notice: noticePages({ brandPages, language }),
    isOurs: (purpose, token) => desk.isOurs(purpose, token),
    closedPage: closedPage({ desk, brandPages }),
    trustedProxies: proxies,
    metricsReaders: addressSet(metricsReaders),
  });
  const publicUrls = [...(publicUrl === null ? [] : [publicUrl]), ...brandUrls];
  const headers = responseHeaders(publicUrls);
  const observe = metrics.observe.bind(metrics);
  const publicHosts = publicUrls.map((url) => new URL(url).host);
  const connectionEnded = (why: EndedFor): void => metrics.connectionEnded(why);
  const served = { app, headers, publicHosts, trustedProxies: proxies, log, observe, connectionEnded };
  return listen(served, at, limits);
}
