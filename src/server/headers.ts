/** `default-src 'none'`: what is not named here (scripts above all) can neither be loaded nor run. */
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

/** A year: browsers then reach this host by https only. */
const strictTransport = 'max-age=31536000';

/**
 * The headers of every response, whatever it answers; a response may replace `Cache-Control` alone.
 *
 * @param publicUrl where customers reach the pages. Only where that is https may a browser be told to insist on it.
 */
export function responseHeaders(publicUrl: string | null): Record<string, string> {
  if (publicUrl?.startsWith('https:') !== true) return common;
  return { ...common, 'Strict-Transport-Security': strictTransport };
}
