/** `Retry-After` in milliseconds: a number of seconds or an HTTP date (RFC 9110, 10.2.3). Null when it is neither. */
export function readRetryAfter(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number(value) * 1000;
  // Date.parse also reads text such as "-5" as a date.
  if (!/^\s*[A-Za-z]{3,9},? /.test(value)) return null;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
