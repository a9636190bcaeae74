import { readWebhooks } from './answers.ts';
import type { Webhook } from './answers.ts';
import { failureAbout, Problem, unreadable } from '../http/errors.ts';
import { apiPath } from '../http/path.ts';
import { problemOf, readAnyJson, readJson, readNothing } from '../http/requests.ts';
import type { Call, Requests } from '../http/requests.ts';

/** The contract's names of what surveys listen for. */
export const surveyEvents = ['CONVERSATION/CLOSED', 'CONVERSATION/REOPENED'] as const;

export interface WebhookSpecification {
  name: string;
  url: string;
  events: readonly string[];
  /** Sent with every request, as Basic authentication. Gladly never shows them again. */
  credentials?: { username: string; password: string };
  /** Static ones, sent with every request. */
  headers?: Readonly<Record<string, string>>;
}

export type WebhookChanges = Partial<WebhookSpecification> & { enabled?: boolean };

export async function createWebhook(
  requests: Requests,
  webhook: WebhookSpecification,
): Promise<{ id: string; created: 'created' | 'taken' }> {
  const call: Call = {
    operation: 'createWebhook',
    method: 'POST',
    path: apiPath`/webhooks`,
    json: webhook,
  };
  const asked = requests.asked(call);
  const attempts = requests.tries(call);
  for (;;) {
    try {
      const answer = await requests.once(call, () => attempts.leaving());
      await readAnyJson(answer, asked);
      // No body is stated, and a proxy may drop the header.
      const id = idIn(answer.header('location')) ?? (await webhookAt(requests, webhook.url))?.id;
      if (id === undefined) throw unreadable(asked, 'it names no webhook');
      return { id, created: 'created' };
    } catch (error) {
      const problem = problemOf(asked, error);
      if (!(problem instanceof Problem)) throw problem;
      const there = mayBeThere(problem) ? await webhookAt(requests, webhook.url) : undefined;
      if (there !== undefined) return { id: there.id, created: 'taken' };
      await attempts.again(problem);
    }
  }
}

/** Whether a webhook of this URL may exist after this: an earlier one, which 400 refuses, or what the request made. */
function mayBeThere({ refusal, beforeConnect }: Problem): boolean {
  if (refusal === null) return !beforeConnect;
  return refusal.status === 400 || refusal.status === 409 || refusal.status >= 500;
}

async function webhookAt(requests: Requests, url: string): Promise<Webhook | undefined> {
  const call: Call = { operation: 'getWebhooks', method: 'GET', path: apiPath`/webhooks` };
  const webhooks = await requests.ask(call, async (answer, asked) =>
    readWebhooks(await readJson(answer, asked), asked),
  );
  return webhooks.find((webhook) => isSameUrl(webhook.url, url));
}

/** Gladly may show a URL in another spelling than it was given. */
export function isSameUrl(one: string, other: string): boolean {
  return (
    one === other || (URL.canParse(one) && URL.canParse(other) && new URL(one).href === new URL(other).href)
  );
}

export async function updateWebhook(requests: Requests, id: string, changes: WebhookChanges): Promise<void> {
  const call: Call = {
    operation: 'updateWebhook',
    about: { noun: 'webhook', id },
    method: 'PATCH',
    path: apiPath`/webhooks/${id}`,
    json: changes,
  };
  const pings = changes.enabled === true || changes.url !== undefined;
  await requests.ask(call, readNothing, (problem) => {
    if (pings && problem.refusal?.status === 400) throw pingFailed(requests, call, problem);
    return undefined;
  });
}

/** What is refused with 400 here is hardly ever the body, which says no more than that it is to be enabled. */
function pingFailed(requests: Requests, call: Call, { failure }: Problem): Error {
  const message =
    `Gladly did not switch the webhook on: it does so only if its PING is answered with 200 at once. ` +
    failure.message;
  const hint =
    'Start `gcsat serve`, make sure that Gladly reaches the address from outside, then run `gcsat webhook install` again.';
  return failureAbout(requests.asked(call), 'configuration', 'webhook_ping_failed', message, hint, {
    cause: failure,
  });
}

export async function deleteWebhook(
  requests: Requests,
  id: string,
): Promise<'deleted' | 'absent' | 'enabled'> {
  const call: Call = {
    operation: 'deleteWebhook',
    about: { noun: 'webhook', id },
    method: 'DELETE',
    path: apiPath`/webhooks/${id}`,
  };
  return requests.ask<'deleted' | 'absent' | 'enabled'>(
    call,
    async (answer, asked) => {
      await readNothing(answer, asked);
      return 'deleted';
    },
    ({ refusal }) => {
      if (refusal?.status === 404) return 'absent';
      return refusal?.status === 400 ? 'enabled' : undefined;
    },
  );
}

/** The id in a `Location`; its host is of no interest, nothing is ever sent there. */
function idIn(location: string | null): string | undefined {
  const segment = /\/webhooks\/([^/?#]+)/.exec(location ?? '')?.[1];
  if (segment === undefined) return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
