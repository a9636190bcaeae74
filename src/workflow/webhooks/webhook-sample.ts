import type { WebhookCredentials } from '../../config/webhook-credentials.ts';
import { postWebhookEvent, type WebhookAnswer } from '../../gladly/webhook-post.ts';
import { sampleEvent, type SampleKind } from '../../gladly/webhook-samples.ts';

declare const GCSAT_VERSION: string;

export { sampleKinds, type SampleKind } from '../../gladly/webhook-samples.ts';

export interface WebhookSample {
  url: string;
  kind: SampleKind;
  /** Made up when null. */
  conversationId: string | null;
  customerId: string | null;
  /** How often the same event is posted, as Gladly may repeat one. */
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
  /** What to do about it; null when there is nothing. */
  hint: string | null;
}

/** Posts one event to an address as Gladly would, with the newest credentials, and tells how it was answered. */
export async function sendSampleEvent(
  { url, kind, conversationId, customerId, times, credentials }: WebhookSample,
  { clock, signal }: { clock: () => number; signal: AbortSignal },
): Promise<SentSample> {
  const event = sampleEvent(kind, { conversationId, customerId, at: clock() });
  const [basic = null] = credentials.basic;
  const headers = credentials.headers.slice(0, 1);
  const answers: WebhookAnswer[] = [];
  for (let time = 0; time < times; time += 1) {
    signal.throwIfAborted();
    const post = { url, basic, headers, event, userAgent: `gcsat/${GCSAT_VERSION}`, signal };
    answers.push(await postWebhookEvent(post, clock));
  }
  const authenticated = basic !== null || headers.length > 0;
  const worst = answers.reduce((one, other) => (rankOf(other) > rankOf(one) ? other : one));
  return {
    url,
    event,
    authenticated,
    answers,
    verdict: (['accepted', 'refused', 'unreachable'] as const)[rankOf(worst)],
    hint: hintOf(worst, authenticated),
  };
}

/** A 5xx and a 429 may be over soon, as may trouble of the network. */
function rankOf({ status }: WebhookAnswer): 0 | 1 | 2 {
  if (status === null || status >= 500 || status === 429) return 2;
  return status >= 200 && status < 300 ? 0 : 1;
}

function hintOf(answer: WebhookAnswer, authenticated: boolean): string | null {
  const { status } = answer;
  if (rankOf(answer) === 0) return null;
  if (status === null)
    return 'check that `gcsat serve` runs there, and that the address can be reached from here';
  if (status === 401 || status === 403) {
    return authenticated
      ? 'the server expects other credentials: give both the same profile, or the same GCSAT_WEBHOOK_USER and GCSAT_WEBHOOK_PASSWORD'
      : 'there are no credentials to send: run `gcsat webhook install`, or set GCSAT_WEBHOOK_USER and GCSAT_WEBHOOK_PASSWORD';
  }
  if (status === 404 || status === 405)
    return 'check the path: `gcsat serve` takes events at /webhooks/gladly';
  if (status >= 300 && status < 400)
    return 'name the address that it redirects to; Gladly is not known to follow';
  if (status === 429) return 'wait a little, then run it again';
  if (status >= 500) return 'look into the log of `gcsat serve`, and of the proxy in front of it';
  return 'check that it is `gcsat serve` that answers there';
}
