/**
 * Whom a refusal (5xx) is about. `sender`: the sender, our name, our login, relaying, a limit of the account, so that every
 * message meets it; `size`: the message is too large, as the others would be.
 */
export type Blame = 'recipient' | 'sender' | 'size' | 'unclear';

/** RFC 3463, RFC 7504, and what large providers say about a mailbox that does not exist. 5.2.0 says no more than 5.0.0. */
const recipientCodes = /^5\.(?:1\.(?:[1-6]|10)|2\.[1-9]\d*)$/;
/** Of 5.4, the way to one domain, only what Gmail says of the limits of an account. */
const senderCodes = /^5\.(?:1\.[78]|4\.5|[357]\.\d+)$/;
/** Replies without an enhanced code that leave no doubt: RFC 5321, RFC 4954, RFC 7504. */
const recipientStatuses = ['551', '556'];
const senderStatuses = ['500', '502', '503', '504', '521', '530', '534', '535', '538'];

const sizeTexts =
  /\b(?:message|mail)\b.{0,40}\btoo (?:large|big)|exceeds?\b.{0,40}\bsize|\bsize\b.{0,30}\b(?:exceed|limit|maximum)/i;
const senderTexts =
  /\b(?:sender|from address|return.?path|mail from|relay(?:ing)?|rcpthosts|helo|ehlo|client host|send as|sendasdenied|storedrv\.submission|ip address|ptr|reverse dns|your (?:account|ip|host|domain|server))\b/i;
/** Only some may write to this mailbox, a group's most of all. */
const closedTexts = /\bresolver\.rst\.|\bdelivery restriction|\ballowed senders list\b/i;
const recipientTexts = new RegExp(
  [
    'unknown (?:user|recipient|mailbox|account|address)',
    'no such (?:user|recipient|mailbox|person|account|address|domain)',
    'invalid (?:recipient|mailbox)',
    'no (?:valid )?mailbox|not our customer|mailbox full|\\bmailbox\\b.{0,40}\\bexceeded',
    "\\b(?:user|mailbox|recipient|addressee|account|address|domain)\\b.{0,40}\\b(?:unknown|not found|(?:does not|doesn't) (?:exist|have)|unavailable|inactive|invalid|full|over ?quota|does not accept mail)",
    '\\b(?:user|mailbox|recipient)\\b.{0,20}\\bdisabled|no such local user|unroute?able address',
  ].join('|'),
  'i',
);
const limitTexts = new RegExp(
  [
    '\\b(?:daily|hourly|monthly|sending|outgoing|outbound|message)\\b.{0,30}\\b(?:quota|limit|allowance|credits?)\\b',
    '\\b(?:quota|limit|credits?)\\b.{0,30}\\b(?:sending|messages|mails|emails|per (?:day|hour|minute))\\b',
    'too many (?:messages|mails|emails|connections)|rate limit',
    "\\bthis (?:account|ip|host|domain|server|server's)\\b|\\baccount\\b.{0,30}\\b(?:suspended|blocked|locked)",
    'authenticat|not (?:authorized|permitted|allowed) to (?:send|perform)|address is not verified|credits exceeded',
    'ipcheck|anti-?spoofing|access to submit messages',
    'black ?list|block ?list|dnsbl|spamhaus|reputation|\\b(?:spf|dkim|dmarc)\\b|\\bspam\\b',
  ].join('|'),
  'i',
);

const recipientRejected = /\brecipient address rejected\b/i;

/** Reads the code of RFC 3463 first, then known words; addresses in the reply are not words. */
export function blameOf(reply: string): Blame {
  const [, status = '', first] = /^(\d{3})(?:[ -]#?(\d\.\d{1,3}\.\d{1,3})\b)?/.exec(reply) ?? [];
  // Qmail puts it at the end.
  const code = first ?? /\(#(5\.\d{1,3}\.\d{1,3})\)/.exec(reply)?.[1] ?? '';
  const text = reply.replace(/<[^>]*>|[^\s<>:;,]+@[^\s<>:;,]+/g, ' ').replace(/\s+/g, ' ');
  if (code === '5.3.4' || code === '5.2.3') return 'size';
  if (closedTexts.test(text)) return 'recipient';
  // Exchange numbers refusals of the sender as those of a mailbox.
  if (recipientCodes.test(code))
    return /\bsendasdenied|storedrv\.submission/i.test(text) ? 'sender' : 'recipient';
  const word = wordBlame(text);
  if (senderCodes.test(code)) {
    // Some servers have these codes for an unknown mailbox as well, or for whom they let write to it.
    if (word === 'recipient') return 'recipient';
    return word === 'unclear' && recipientRejected.test(text) ? 'unclear' : 'sender';
  }
  if (word !== 'unclear') return word;
  // Exchange Online says this of mailboxes that do not exist.
  if (code === '5.4.1' && recipientRejected.test(text)) return 'recipient';
  if (recipientStatuses.includes(status)) return 'recipient';
  return senderStatuses.includes(status) ? 'sender' : 'unclear';
}

function wordBlame(text: string): Blame {
  if (senderTexts.test(text)) return 'sender';
  if (recipientTexts.test(text)) return 'recipient';
  if (sizeTexts.test(text)) return 'size';
  return limitTexts.test(text) ? 'sender' : 'unclear';
}
