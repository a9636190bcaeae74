/**
 * Text of a URL without its percent encoding (RFC 3986); null if a percent sign encodes nothing, or something other
 * than UTF-8.
 */
export function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
