/** Text of a URL without its percent encoding (RFC 3986); null where a percent sign encodes nothing, or no UTF-8. */
export function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
