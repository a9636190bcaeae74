import { readNothing, readOptionalJson } from '../http/body.ts';
import { failureAbout, Problem, problemOf, unreadable } from '../http/errors.ts';
import { apiPath, idInLocation } from '../http/path.ts';
import type { Call, Requests } from '../http/requests.ts';
import { flag, identifier, listOf, optional, requiredId, text, time } from './fields.ts';
import { findOne, getAll } from './lookup.ts';

export interface Webhook {
  id: string;
  name: string | null;
  url: string;
  /** E.g. `CONVERSATION/CLOSED`. */
  events: string[];
  enabled: boolean;
  /** When Gladly gave up delivering and switched it off. */
  deactivatedAt: string | null;
  hasCredentials: boolean;
  headerKeys: string[];
}

export interface WebhookSpecification {
  name: string;
  url: string;
  events: readonly string[];
  /** Sent with every request, as Basic authentication. Gladly never shows them again. */
  credentials?: { username: string; password: string };
  /** Static headers, sent with every request. */
  headers?: Readonly<Record<string, string>>;
}

export type WebhookChanges = Partial<WebhookSpecification> & { enabled?: boolean };

/** The events that surveys need, by the contract's names. */
export const surveyEvents = ['CONVERSATION/CLOSED', 'CONVERSATION/REOPENED'] as const;

export const webhookShape = optional({
  id: identifier,
  name: text,
  url: text,
  events: listOf(requiredId),
  enabled: flag,
  disabledAtDueToRetryLimit: time,
  hasCredentials: flag,
  headerKeys: listOf(requiredId),
}).transform(({ disabledAtDueToRetryLimit, url, ...rest }) => ({
  ...rest,
  url: url ?? '',
  deactivatedAt: disabledAtDueToRetryLimit,
}));

export async function getWebhooks(requests: Requests): Promise<Webhook[]> {
  return getAll(requests, { operation: 'getWebhooks', path: apiPath`/webhooks` }, webhookShape);
}

/** Null when Gladly does not know the id. */
export async function getWebhook(requests: Requests, id: string): Promise<Webhook | null> {
  return findOne(
    requests,
    { operation: 'getWebhook', about: { noun: 'webhook', id }, path: apiPath`/webhooks/${id}` },
    webhookShape,
    [404],
  );
}

/**
 * Creates a disabled webhook, unless its URL already has one (`taken`). Safe to repeat, because Gladly refuses a second
 * webhook with the same URL.
 */
export async function createWebhook(
  requests: Requests,
  specification: WebhookSpecification,
): Promise<{ id: string; created: 'created' | 'taken' }> {
  const call: Call = {
    operation: 'createWebhook',
    method: 'POST',
    path: apiPath`/webhooks`,
    json: specification,
  };
  const subject = requests.subject(call);
  const attempts = requests.tries(call);
  for (;;) {
    try {
      const answer = await requests.once(call, () => attempts.leaving());
      await readOptionalJson(answer, subject);
      // The contract states no body, and a proxy may drop the header.
      const named = idInLocation(answer.header('location'), 'webhooks');
      const id = named ?? (await webhookAt(requests, specification.url))?.id;
      if (id === undefined) throw unreadable(subject, 'it names no webhook');
      return { id, created: 'created' };
    } catch (error) {
      const problem = problemOf(subject, error);
      if (!(problem instanceof Problem)) throw problem;
      const existing = mayExist(problem) ? await webhookAt(requests, specification.url) : undefined;
      if (existing !== undefined) return { id: existing.id, created: 'taken' };
      await attempts.again(problem);
    }
  }
}

/**
 * Whether a webhook with this URL may exist: an earlier one, for which Gladly answers 400, or the one from this
 * request.
 */
function mayExist({ refusal, beforeConnect }: Problem): boolean {
  if (refusal === null) return !beforeConnect;
  return refusal.status === 400 || refusal.status === 409 || refusal.status >= 500;
}

async function webhookAt(requests: Requests, url: string): Promise<Webhook | undefined> {
  return (await getWebhooks(requests)).find((one) => isSameUrl(one.url, url));
}

/** Gladly may show a URL in a different spelling than it was given. */
export function isSameUrl(one: string, other: string): boolean {
  return (
    one === other || (URL.canParse(one) && URL.canParse(other) && new URL(one).href === new URL(other).href)
  );
}

/**
 * Enabling it or changing its URL requires that the PING is answered with 200; otherwise Failure `webhook_ping_failed`.
 */
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
    if (pings && problem.isAnswered(400)) throw pingFailed(requests, call, problem);
    return undefined;
  });
}

/** A 400 here is hardly ever about the body, which usually only enables the webhook. */
function pingFailed(requests: Requests, call: Call, { failure }: Problem): Error {
  const message =
    'Gladly did not switch the webhook on: it does so only if its PING is answered with 200 at once. ' +
    failure.message;
  const hint =
    'Start `gcsat serve`, make sure that Gladly reaches the address from outside, then run `gcsat webhook install` again.';
  return failureAbout(requests.subject(call), 'configuration', 'webhook_ping_failed', message, hint, {
    cause: failure,
  });
}

/** `enabled`: not deleted, because Gladly deletes only disabled webhooks. */
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
    async (answer, subject) => {
      await readNothing(answer, subject);
      return 'deleted';
    },
    (problem) => {
      if (problem.isAnswered(404)) return 'absent';
      return problem.isAnswered(400) ? 'enabled' : undefined;
    },
  );
}
