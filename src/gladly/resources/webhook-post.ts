import fetch, { FetchError } from 'node-fetch';
import { oneLine } from '../../domain/values/one-line.ts';
import { basicCredentials } from '../../http/basic.ts';
import { agentFor } from '../../http/proxy.ts';
import { isCertificateCode } from '../../http/transport-error.ts';

export interface WebhookPost {
  url: string;
  basic: { user: string; password: string } | null;
  headers: readonly { name: string; value: string }[];
  event: Record<string, unknown>;
  userAgent: string;
  signal: AbortSignal;
}

/** How an address answered one event. `error`: what went wrong instead. */
export type WebhookAnswer = { milliseconds: number } & (
  { status: number; error: null } | { status: null; error: string }
);

/** Gladly waits no longer for an answer (Webhooks, Events). */
const longestMs = 15_000;

/**
 * Posts one event as Gladly does. A redirect is an answer: Gladly is not known to follow any, and the credentials go to
 * this address alone.
 *
 * @throws the reason of the signal
 */
export async function postWebhookEvent(
  { signal, ...post }: WebhookPost,
  clock: () => number,
): Promise<WebhookAnswer> {
  const timeout = AbortSignal.timeout(longestMs);
  const startedMs = clock();
  const done = <Outcome>(outcome: Outcome): Outcome & { milliseconds: number } => ({
    ...outcome,
    milliseconds: Math.round(clock() - startedMs),
  });
  try {
    const agent = await agentFor(new URL(post.url));
    const response = await fetch(post.url, {
      method: 'POST',
      redirect: 'manual',
      ...(agent === undefined ? {} : { agent }),
      signal: AbortSignal.any([timeout, signal]),
      headers: webhookHeaders(post),
      body: JSON.stringify(post.event),
    });
    const { status } = response;
    // An unread body would keep its connection open.
    response.body?.on('error', () => undefined).resume();
    return done({ status, error: null });
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) return done({ status: null, error: `no answer within ${longestMs / 1000} s` });
    if (error instanceof FetchError) return done({ status: null, error: describe(error) });
    throw error;
  }
}

/** The headers of a webhook request, including its credentials. */
export function webhookHeaders({
  basic,
  headers,
  userAgent,
}: Pick<WebhookPost, 'basic' | 'headers' | 'userAgent'>): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': userAgent,
    ...(basic === null ? {} : { authorization: `Basic ${basicCredentials(basic.user, basic.password)}` }),
    ...Object.fromEntries(headers.map(({ name, value }) => [name, value])),
  };
}

function describe({ code, message }: FetchError): string {
  if (code === undefined) return oneLine(message, 200);
  return isCertificateCode(code) ? `the certificate is not accepted: ${code}` : code;
}
