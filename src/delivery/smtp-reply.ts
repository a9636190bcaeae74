/** A reply of a mail server, taken apart. */
export interface SmtpReply {
  /** Its three digits; empty: none. */
  status: string;
  /** The enhanced status code (RFC 3463), e.g. `5.1.1`; empty: none. */
  code: string;
  /** Its words, without codes, addresses, and a stock phrase that says less than the rest. */
  text: string;
  /** In lower case. */
  addresses: readonly string[];
}

const address = /[^\s<>()[\],;:"']+@[^\s<>()[\],;:"']+/g;
const lineStart = /^\d{3}(?:[ -]|$)(?:#?\d\.\d{1,3}\.\d{1,3}(?![.\d]) ?)?/gm;
/** RFC 5321 has this phrase for every 550, and many servers put it before what they mean. */
const stockPhrase =
  /(?:requested (?:mail )?actions? (?:not taken|aborted)[:;,.]?\s*|request failed[:;,.]?\s*)?\bmailbox unavailable\b(?:\s*\(e\.g\.[^)]*\))?/i;

/**
 * @param isPhraseProof whether the stock phrase alone proves that the mailbox is at fault; it does not once the server
 *   has accepted the recipient
 */
export function readReply(reply: string, isPhraseProof = true): SmtpReply {
  const status = /^\d{3}(?=[ -]|$)/.exec(reply)?.[0] ?? '';
  const code =
    /^\d{3}[ -]#?([245]\.\d{1,3}\.\d{1,3})(?![.\d])/m.exec(reply)?.[1] ??
    // Qmail puts the code at the end.
    /\(#([245]\.\d{1,3}\.\d{1,3})\b[^)]*\)/.exec(reply)?.[1] ??
    '';
  const addresses = [...reply.matchAll(address)].map(([found]) => found.replace(/\.$/, '').toLowerCase());
  const text = reply
    .replace(lineStart, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(address, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const rest = text.replace(stockPhrase, ' ');
  return { status, code, text: isPhraseProof && !saysMore(rest) ? text : rest, addresses };
}

/** Whether there are words other than a case number, a host, or a link. */
function saysMore(rest: string): boolean {
  const words = rest.replace(/\([^)]*\)|\[[^\]]*\]|\bhttps?:\S+/g, ' ').match(/\b[a-z]{2,}\b/gi) ?? [];
  return words.length > 1;
}
