const secrets = new Set<string>();
/** Shorter secrets could occur inside ordinary words. */
const shortestSecret = 4;
const replacement = '[redacted]';

const headers = /\b((?:Proxy-)?Authorization["']?\s*[:=]\s*["']?)(?:[A-Za-z]+\s+)?[^\s"',;]+/gi;
/** URLs with a password in our own hints, which must stay readable. */
const placeholders = ['smtp://USER:PASSWORD@', 'smtps://USER:PASSWORD@'];
const passwordInUrl = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/?#:@]*):[^\s/?#]*@/gi;

/** Makes `redact` remove this value from now on, even if it is URL-encoded or escaped in JSON. */
export function registerSecret(secret: string): void {
  if (secret.length < shortestSecret) return;
  secrets.add(secret);
  secrets.add(encodeURIComponent(secret));
  secrets.add(JSON.stringify(secret).slice(1, -1));
}

/** The text without registered secrets, passwords in URLs and values of Authorization headers. */
export function redact(text: string): string {
  let safe = text;
  // Longest first: one secret may be part of another.
  for (const secret of [...secrets].sort((left, right) => right.length - left.length)) {
    safe = safe.replaceAll(secret, replacement);
  }
  return safe
    .replace(headers, `$1${replacement}`)
    .replace(passwordInUrl, (found, before: string) =>
      placeholders.includes(found) ? found : `${before}:${replacement}@`,
    );
}
