/** With `default-src 'none'`, nothing that is not listed here can be loaded or run, above all no script. */
const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const common = {
  'Content-Security-Policy': contentSecurityPolicy,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-store',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'X-Robots-Tag': 'noindex, nofollow',
};

/** For a year, browsers reach this host only by https. */
const strictTransport = 'max-age=31536000';

/**
 * The headers of every response. A response may replace only `Cache-Control`, but the logo of mails also lets web
 * mail show it.
 *
 * @param publicUrls where customers reach the pages; browsers must insist on https only if all of these URLs are
 *   https
 */
export function responseHeaders(publicUrls: readonly string[]): Record<string, string> {
  if (publicUrls.length === 0 || !publicUrls.every((url) => url.startsWith('https:'))) return common;
  return { ...common, 'Strict-Transport-Security': strictTransport };
}
