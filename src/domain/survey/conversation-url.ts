/**
 * Where a person finds a conversation in Gladly. The contract does not state the address, so the pattern is a key of
 * the policy; `{origin}`, `{customerId}` and `{conversationId}` are filled in. Null unless that gives a URL.
 */
export function conversationUrl(
  pattern: string,
  parts: { origin: string; customerId: string; conversationId: string },
): string | null {
  const filled = pattern
    .replaceAll('{origin}', parts.origin)
    .replaceAll('{customerId}', encodeURIComponent(parts.customerId))
    .replaceAll('{conversationId}', encodeURIComponent(parts.conversationId));
  return URL.canParse(filled) ? filled : null;
}
