import type { MedalliaRow } from '../domain/survey/medallia-row.ts';
import { createTransport } from '../http/transport.ts';
import { readFeedback } from './data.ts';
import { activeEmployees, type Employee } from './employees.ts';
import { createExchange, type ExchangeOptions, type MedalliaCounts } from './exchange.ts';
import { createRequest, type FeedbackRequest, type RequestOutcome } from './requests.ts';
import { dataToken } from './token.ts';

export interface MedalliaOptions extends Omit<ExchangeOptions, 'transport' | 'token' | 'secrets'> {
  /** E.g. `https://acme.api.stellaconnect.net`; nothing else ever gets the keys. */
  origin: string;
  apiKey: string;
  /** Signs the tokens of Data Return. Null: answers cannot be read. */
  apiSecret: string | null;
  userAgent: string;
}

/**
 * The Agent Connect operations that surveys need. Failures: kind `configuration` (refused keys, a wrong host, or
 * something that the company has not set up), `temporary` (network, timeout, 5xx, rate limit, after all tries),
 * `contract`.
 */
export interface MedalliaClient {
  readonly counts: MedalliaCounts;
  createRequest(request: FeedbackRequest, leaving: () => Promise<void>): Promise<RequestOutcome>;
  readFeedback(after: number, limit: number): Promise<MedalliaRow[]>;
  activeEmployees(): Promise<Employee[]>;
  close(): void;
}

export function createMedalliaClient(options: MedalliaOptions): MedalliaClient {
  const { apiKey, apiSecret, origin, userAgent, signal } = options;
  const transport = createTransport({
    origin,
    headers: { 'x-api-key': apiKey },
    userAgent,
    ...(signal === undefined ? {} : { signal }),
  });
  const exchange = createExchange({
    ...options,
    transport,
    token: () => dataToken(apiSecret ?? '', options.clock()),
    secrets: [apiKey, ...(apiSecret === null ? [] : [apiSecret])],
  });
  return {
    counts: exchange.counts,
    createRequest: (request, leaving) => createRequest(exchange, request, leaving),
    readFeedback: (after, limit) => readFeedback(exchange, after, limit),
    activeEmployees: () => activeEmployees(exchange),
    close: () => transport.close(),
  };
}
