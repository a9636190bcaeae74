import { isLoopback } from '../domain/values/loopback.ts';
import { webhookPath } from '../domain/values/webhook-path.ts';
import { InvalidValue } from './invalid-value.ts';

const examples = `Use e.g. https://csat.acme.com${webhookPath}.`;

/**
 * The URL of a webhook; without a path it gets the path of `serve`. It must be https, since every event carries the
 * credentials; http is only for this machine and for hosts that the user allowed.
 *
 * @throws InvalidValue
 */
export function parseWebhookUrl(text: string, allowHost: boolean): string {
  const given = text.trim();
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new InvalidValue(`'${given}' is not a web address`, examples);
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidValue('the address contains a user name or a password', examples);
  }
  if (url.hash !== '') throw new InvalidValue(`'${given}' contains a #, which is never sent`, examples);
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowHost) {
    throw new InvalidValue(
      `'${given}' would send the credentials unencrypted`,
      'Use https; http is for this machine only.',
    );
  }
  if (url.pathname === '/') url.pathname = webhookPath;
  return url.href;
}

export function webhookUrlOf(publicUrl: string): string {
  return `${publicUrl}${webhookPath}`;
}

export function isLoopbackUrl(url: string): boolean {
  return isLoopback(new URL(url).hostname);
}
