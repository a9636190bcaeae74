import type { WebhookCredentials } from '../../config/webhook-credentials.ts';
import { Failure } from '../../failure.ts';
import { readWebhookEvent } from '../../gladly/resources/webhook-events.ts';
import {
  postWebhookEvent,
  webhookHeaders,
  type WebhookAnswer,
  type WebhookPost,
} from '../../gladly/resources/webhook-post.ts';
import { sampleEvent, type SampleKind } from '../../gladly/resources/webhook-samples.ts';

declare const GCSAT_VERSION: string;

export { sampleKinds, type SampleKind } from '../../gladly/resources/webhook-samples.ts';

export interface WebhookSample {
  url: string;
  kind: SampleKind;
  /** Null: a made-up id. */
  conversationId: string | null;
  customerId: string | null;
  /** How many times to post the same event, because Gladly may repeat one. */
  times: number;
  credentials: WebhookCredentials;
}

export interface SentSample {
  url: string;
  event: Record<string, unknown>;
  authenticated: boolean;
  answers: WebhookAnswer[];
  /** The worst of the answers. */
  verdict: 'accepted' | 'refused' | 'unreachable';
  /** What to do about it; null if there is nothing to do. */
  hint: string | null;
}

/** A request that was not sent. Fields may be added, never renamed or removed. */
export interface PlannedSample {
  dryRun: true;
  method: 'POST';
  url: string;
  /** Values that hold credentials are redacted. */
  headers: Record<string, string>;
  event: Record<string, unknown>;
  authenticated: boolean;
  times: number;
}

const userAgent = `gcsat/${GCSAT_VERSION}`;
const leftOut = '[redacted]';

/**
 * What `sendSampleEvent` would post.
 *
 * @throws Failure kind usage when the event would be unusable: a server answers 200 to that too
 */
export function planSampleEvent(sample: WebhookSample, { clock }: { clock: () => number }): PlannedSample {
  const { url, event, basic, headers, authenticated } = requestOf(sample, clock());
  const secret = ['authorization', ...headers.map(({ name }) => name)];
  const shown = Object.entries(webhookHeaders({ basic, headers, userAgent })).map(([name, value]) => [
    name,
    secret.includes(name) ? leftOut : value,
  ]);
  return {
    dryRun: true,
    method: 'POST',
    url,
    headers: Object.fromEntries(shown) as Record<string, string>,
    event,
    authenticated,
    times: sample.times,
  };
}

function requestOf(
  { url, kind, conversationId, customerId, credentials }: WebhookSample,
  at: number,
): Pick<SentSample, 'url' | 'event' | 'authenticated'> & Pick<WebhookPost, 'basic' | 'headers'> {
  const [basic = null] = credentials.basic;
  const headers = credentials.headers.slice(0, 1);
  const authenticated = basic !== null || headers.length > 0;
  const event = sampleEvent(kind, { conversationId, customerId, at });
  expectUsable(event);
  return { url, event, basic, headers, authenticated };
}

/**
 * Posts one event to a URL as Gladly would, with the newest credentials, and returns the answers.
 *
 * @throws Failure kind usage when the event would be unusable: a server answers 200 to that too
 */
export async function sendSampleEvent(
  sample: WebhookSample,
  { clock, signal }: { clock: () => number; signal: AbortSignal },
): Promise<SentSample> {
  const { authenticated, ...request } = requestOf(sample, clock());
  const answers: WebhookAnswer[] = [];
  for (let time = 0; time < sample.times; time += 1) {
    signal.throwIfAborted();
    answers.push(await postWebhookEvent({ ...request, userAgent, signal }, clock));
  }
  const worst = answers.reduce((one, other) => (rankOf(other) > rankOf(one) ? other : one));
  return {
    url: request.url,
    event: request.event,
    authenticated,
    answers,
    verdict: (['accepted', 'refused', 'unreachable'] as const)[rankOf(worst)],
    hint: hintOf(worst, authenticated),
  };
}

function expectUsable(event: Record<string, unknown>): void {
  try {
    readWebhookEvent(event);
  } catch (error) {
    throw new Failure('usage', 'bad_value', '--conversation is not an id that a conversation can have', {
      hint: 'Copy the id from the address of the conversation in Gladly.',
      cause: error,
    });
  }
}

/** A 5xx, a 429, or a network problem may pass soon. */
function rankOf({ status }: WebhookAnswer): 0 | 1 | 2 {
  if (status === null || status >= 500 || status === 429) return 2;
  return status >= 200 && status < 300 ? 0 : 1;
}

function hintOf(answer: WebhookAnswer, authenticated: boolean): string | null {
  const { status } = answer;
  if (rankOf(answer) === 0) return null;
  if (status === null)
    return 'Check that `gcsat serve` runs there, and that the address can be reached from here.';
  if (status === 401 || status === 403) {
    return authenticated
      ? 'The server expects other credentials: give both the same profile, or the same GCSAT_WEBHOOK_USER and GCSAT_WEBHOOK_PASSWORD.'
      : 'There are no credentials to send: run `gcsat webhook install`, or set GCSAT_WEBHOOK_USER and GCSAT_WEBHOOK_PASSWORD.';
  }
  if (status === 404 || status === 405)
    return 'Check the path: `gcsat serve` takes events at /webhooks/gladly.';
  if (status >= 300 && status < 400)
    return 'Give the address that it redirects to; Gladly may not follow redirects.';
  if (status === 429) return 'Wait a little, then run it again.';
  if (status >= 500) return 'Check the log of `gcsat serve`, and of the proxy in front of it.';
  return 'Check that it is `gcsat serve` that answers there.';
}
