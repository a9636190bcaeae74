/**
 * Whom a refusal (5xx) is about. `sender`: the sender, our name, our login, relaying, a limit of the account, so that every
 * message meets it; `size`: the message is too large, as the others would be.
 */
export type Blame = 'recipient' | 'sender' | 'size' | 'unclear';

/** RFC 3463, RFC 7504, and what large providers say about a mailbox that does not exist. */
const recipientCodes = /^5\.(?:1\.(?:[1-6]|10)|2\.\d+)$/;
const senderCodes = /^5\.(?:1\.[78]|[3-57]\.\d+)$/;
/** Replies without an enhanced code that leave no doubt: RFC 5321, RFC 4954, RFC 7504. */
const recipientStatuses = ['551', '556'];
const senderStatuses = ['500', '502', '503', '504', '521', '530', '534', '535', '538'];

const sizeTexts =
  /\b(?:message|mail)\b.{0,40}\btoo (?:large|big)|exceeds?\b.{0,40}\bsize|\bsize\b.{0,30}\b(?:exceed|limit|maximum)/i;
const senderTexts =
  /\b(?:sender|from address|return.?path|mail from|relay(?:ing)?|helo|ehlo|client host|send as)\b/i;
const recipientTexts = new RegExp(
  [
    'unknown (?:user|recipient|mailbox|account|address)',
    'no such (?:user|recipient|mailbox|person|account|address|domain)',
    'invalid (?:recipient|mailbox)',
    'no (?:valid )?mailbox|not our customer|mailbox full|\\bmailbox\\b.{0,40}\\bexceeded',
    "\\b(?:user|mailbox|recipient|account|address|domain)\\b.{0,40}\\b(?:unknown|not found|(?:does not|doesn't) (?:exist|have)|unavailable|inactive|invalid|full|over ?quota|does not accept mail)",
  ].join('|'),
  'i',
);
const limitTexts = new RegExp(
  [
    '\\b(?:daily|hourly|monthly|sending|outgoing|outbound|message)\\b.{0,30}\\b(?:quota|limit|allowance|credits?)\\b',
    '\\b(?:quota|limit|credits?)\\b.{0,30}\\b(?:sending|messages|mails|emails|per (?:day|hour|minute))\\b',
    'too many (?:messages|mails|emails|connections)|rate limit',
    "\\b(?:your|this) (?:account|ip|host|domain|server|server's)\\b|\\baccount\\b.{0,30}\\b(?:suspended|blocked|locked)",
    'authenticat|not (?:authorized|permitted|allowed) to send',
    'black ?list|block ?list|dnsbl|spamhaus|reputation|\\b(?:spf|dkim|dmarc)\\b|\\bspam\\b',
  ].join('|'),
  'i',
);

/** Reads the code of RFC 3463 first, then known words; addresses in the reply are no words. */
export function blameOf(reply: string): Blame {
  const [, status = '', code = ''] = /^(\d{3})(?:[ -](\d\.\d{1,3}\.\d{1,3})\b)?/.exec(reply) ?? [];
  const text = reply.replace(/<[^>]*>|[^\s<>:;,]+@[^\s<>:;,]+/g, ' ').replace(/\s+/g, ' ');
  if (code === '5.3.4' || code === '5.2.3') return 'size';
  if (recipientCodes.test(code)) return 'recipient';
  const word = wordBlame(text);
  if (senderCodes.test(code)) {
    // Some servers have these codes for an unknown mailbox as well, or for whom they let write to it.
    if (word === 'recipient') return 'recipient';
    return word === 'unclear' && /\brecipient address rejected\b/i.test(text) ? codeInDoubt(code) : 'sender';
  }
  if (word !== 'unclear') return word;
  if (recipientStatuses.includes(status)) return 'recipient';
  return senderStatuses.includes(status) ? 'sender' : 'unclear';
}

/** Exchange Online says 5.4.1 of mailboxes that do not exist. */
function codeInDoubt(code: string): Blame {
  return code === '5.4.1' ? 'recipient' : 'unclear';
}

function wordBlame(text: string): Blame {
  if (senderTexts.test(text)) return 'sender';
  if (recipientTexts.test(text)) return 'recipient';
  if (sizeTexts.test(text)) return 'size';
  return limitTexts.test(text) ? 'sender' : 'unclear';
}
