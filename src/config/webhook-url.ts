import { isLoopback } from '../domain/values/loopback.ts';
import { webhookPath } from '../domain/values/webhook-path.ts';
import { InvalidValue } from './invalid-value.ts';

const examples = `use e.g. https://csat.acme.com${webhookPath}`;

/**
 * The address of a webhook. One without a path gets the path of `serve`. https only, since the credentials travel with
 * every event; http to this machine, or to any host that was allowed by hand.
 *
 * @throws InvalidValue
 */
export function parseWebhookUrl(text: string, allowHost: boolean): string {
  const given = text.trim();
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new InvalidValue(`'${given}' is no web address`, examples);
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidValue('the address contains a user name or a password', examples);
  }
  if (url.hash !== '') throw new InvalidValue(`'${given}' contains a #, which is never sent`, examples);
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowHost) {
    throw new InvalidValue(
      `'${given}' would send the credentials unencrypted`,
      'use https; http is for this machine only',
    );
  }
  if (url.pathname === '/') url.pathname = webhookPath;
  return url.href;
}

/** The address below the survey page's. */
export function webhookUrlOf(publicUrl: string): string {
  return `${publicUrl}${webhookPath}`;
}

export function isLoopbackUrl(url: string): boolean {
  return isLoopback(new URL(url).hostname);
}
