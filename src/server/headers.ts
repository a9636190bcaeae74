/** With `default-src 'none'`, what is not listed here, scripts above all, can neither be loaded nor run. */
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

/** For a year, browsers reach this host by https only. */
const strictTransport = 'max-age=31536000';

/**
 * The headers of every response; a response may replace only `Cache-Control`, and the logo of mails lets web
 * mail show it.
 *
 * @param publicUrls where customers reach the pages; only if all of them are https must browsers insist on https
 */
export function responseHeaders(publicUrls: readonly string[]): Record<string, string> {
  if (publicUrls.length === 0 || !publicUrls.every((url) => url.startsWith('https:'))) return common;
  return { ...common, 'Strict-Transport-Security': strictTransport };
}
