import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isLoopback } from '../../domain/values/loopback.ts';
import type { WebhookValues } from './webhook.ts';

/**
 * Posts JSON to a webhook as Gladly does: Basic credentials and static headers, no signature. Returns the status, or
 * null when no answer came. Sends nothing to a URL on another machine, and returns null: invented data never leaves
 * this one. Never rejects.
 */
export function postToWebhook(
  { url, credentials, headers }: WebhookValues,
  body: string,
  signal: AbortSignal,
): Promise<number | null> {
  const target = new URL(url);
  if (!isLoopback(target.hostname) || signal.aborted) return Promise.resolve(null);
  const request = target.protocol === 'https:' ? requestHttps : requestHttp;
  const options = {
    method: 'POST',
    // No connection is reused: the other side may close an idle one just when it is used again.
    agent: false as const,
    signal,
    headers: {
      ...headers,
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      ...(credentials === null ? {} : { Authorization: basic(credentials) }),
    },
  };
  return new Promise((resolve) => {
    const outgoing = request(target, options, (response) => {
      // Only the status counts, so an error in the rest of the answer does not matter.
      response.on('error', () => undefined).resume();
      resolve(response.statusCode ?? null);
    });
    outgoing.on('error', () => resolve(null));
    outgoing.end(body);
  });
}

function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
