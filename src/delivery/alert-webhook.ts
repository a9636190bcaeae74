import { createHmac } from 'node:crypto';
import fetch, { FetchError } from 'node-fetch';
import type { AlertFormat } from '../domain/eligibility/policy.ts';
import { alertWords, type AlertPayload } from '../domain/survey/alert.ts';
import { Failure } from '../failure.ts';
import { agentFor } from '../http/proxy.ts';
import { networkErrorOf, TransportError } from '../http/transport-error.ts';

export interface AlertRequest {
  url: string;
  /** Null: not signed, which only the Slack format permits. */
  secret: string | null;
  format: AlertFormat;
  /** The same in every try. */
  id: string;
  payload: AlertPayload;
  userAgent: string;
  /** Epoch milliseconds. */
  now: number;
  signal: AbortSignal;
}

/** Standard Webhooks advises 15 to 30 seconds. */
const longestMs = 20_000;

/**
 * Posts one alert, signed as Standard Webhooks specifies, through the proxy that the environment names. A redirect is a
 * refusal: the alert goes to this address only.
 *
 * @throws Failure, of kind temporary if another try may succeed; the reason of the signal
 */
export async function postAlert({ signal, ...request }: AlertRequest): Promise<void> {
  const body = JSON.stringify(request.format === 'slack' ? slackMessage(request.payload) : request.payload);
  const headers = signedHeaders(request, body);
  const timeout = AbortSignal.timeout(longestMs);
  const agent = await agentFor(new URL(request.url));
  let status: number;
  try {
    const response = await fetch(request.url, {
      method: 'POST',
      redirect: 'manual',
      ...(agent === undefined ? {} : { agent }),
      signal: AbortSignal.any([timeout, signal]),
      headers,
      body,
    });
    ({ status } = response);
    // An unread body would keep its connection open, and an endless one the process alive.
    response.body?.on('error', () => undefined);
    (response.body as { destroy?: () => void } | null)?.destroy?.();
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) throw unreachable(`it gave no answer within ${longestMs / 1000} s`, error);
    if (error instanceof FetchError) throw unreachable(reasonOf(error), error);
    throw error;
  }
  if (status >= 200 && status < 300) return;
  throw refused(status);
}

function signedHeaders(
  { secret, id, now, userAgent, format }: Omit<AlertRequest, 'signal'>,
  body: string,
): Record<string, string> {
  const plain = { 'content-type': 'application/json', 'user-agent': userAgent };
  if (secret === null) {
    if (format === 'slack') return plain;
    throw new Failure('configuration', 'alert_secret_missing', 'there is no secret to sign alerts with', {
      hint: 'Set it with `gcsat configure set alertSecret=-`, or give GCSAT_ALERT_SECRET.',
      scope: 'item',
    });
  }
  const seconds = String(Math.floor(now / 1000));
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return {
    ...plain,
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,${signature}`,
  };
}

/** Messages of node-fetch name the address, which is a secret of Slack's; those about a proxy do not. */
function reasonOf(error: FetchError): string {
  const known = networkErrorOf(error);
  if (known instanceof TransportError && known.atProxy !== null) return known.message;
  return error.code ?? error.type;
}

function unreachable(why: string, cause: unknown): Failure {
  return new Failure('temporary', 'alert_unreachable', `the address for alerts cannot be reached: ${why}`, {
    hint: 'Check alertUrl, and that this machine reaches it.',
    cause,
  });
}

function refused(status: number): Failure {
  if (status >= 300 && status < 400) {
    return new Failure('contract', 'alert_redirected', `the address for alerts redirects (${status})`, {
      hint: 'Set alertUrl to where it leads: redirects are not followed.',
    });
  }
  const passes = status >= 500 || [408, 425, 429].includes(status);
  return new Failure(
    passes ? 'temporary' : 'contract',
    'alert_refused',
    `the address for alerts answered ${status}`,
    { hint: 'Check the receiver: it must answer 2xx.' },
  );
}

/** The longest section that Slack takes; it refuses a message with a longer one. */
const longestSection = 3000;

/** All text is plain except our own link, so that nobody's words can mention a channel, make a link, or stand out. */
export function slackMessage(payload: AlertPayload): object {
  const { title, facts, comment, question } = alertWords(payload);
  const { url } = payload.data.conversation;
  const link = url === null ? '' : `<${escapeSlack(url).replaceAll('|', '%7C')}|Open conversation>`;
  return {
    text: escapeSlack(title),
    blocks: [
      { type: 'header', text: plainText(title) },
      section(plainText(facts.map(([name, value]) => `${name}: ${value}`).join('\n'))),
      ...(link === '' || link.length > longestSection
        ? []
        : [section({ type: 'mrkdwn', text: link, verbatim: true })]),
      ...(comment === null ? [] : [section(plainText(comment))]),
      ...(question === null ? [] : [section(plainText(`${question.text}\n${question.reply}`))]),
    ],
  };
}

function section(text: object): object {
  return { type: 'section', text };
}

function plainText(text: string): object {
  return { type: 'plain_text', text, emoji: false };
}

function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
