/** What mail servers are known to say, without the addresses in it. */
const words = (...patterns: string[]): RegExp => new RegExp(patterns.join('|'), 'i');

const refused = '(?:rejected|refused|denied|blocked|unknown|invalid|disabled|suspended|paused|prohibited)';
const notAllowed = 'not (?:be )?(?:allowed|permitted|authori[sz]ed|verified)';

/** The limit of an account within hours or days, or its credits. */
const allowance = [
  '\\b(?:quota|limit)\\b.{0,30}\\b(?:daily|hourly|weekly|monthly)\\b',
  '\\b(?:plan|subscription|trial)\\b.{0,30}\\b(?:limit|expired|exceeded|used up|ended)\\b',
  '\\b(?:daily|hourly|weekly|monthly)\\b.{0,40}\\b(?:quota|limit|allowance|maximum)',
  '\\b(?:quota|limit|maximum|messages|mails|emails|recipients)\\b.{0,30}(?:\\b(?:per|this|an|each|every) |/ ?)(?:day|hour|month)\\b',
  '\\bexceed(?:ed|ing|s)? your\\b.{0,30}\\b(?:limit|quota)s?\\b',
  '\\bcredits?\\b.{0,30}\\b(?:exceed|exhaust)|\\b(?:enough|insufficient|out of|no) (?:credits?|balance|funds)\\b',
];
const sendingLimit = [
  '\\b(?:send(?:ing|er)?|submission|out(?:going|bound))\\b.{0,30}\\b(?:quota|limit|allowance)s?\\b',
  '\\b(?:quota|limit)s?\\b.{0,30}\\bsending\\b',
];
const account = [
  '\\bsend(?:ing)? (?:is |was |has been )?(?:not allowed|not permitted|disabled|paused|blocked|suspended|denied)',
  `\\bout(?:bounds?|going)\\b.{0,30}\\b${refused}|\\bsending (?:domain|account|activity|ip|server)\\b`,
  `\\b${notAllowed} to (?:send|perform|relay|submit|use)\\b|\\bpermissions? to (?:send|relay|submit)\\b`,
  '\\bauthentication (?:is )?(?:required|needed|failed)|\\b(?:un|not )authenticated\\b',
  '\\bmust (?:first )?authenticate\\b|\\bauth(?:enticate)? (?:first|required)\\b|\\b(?:password|credentials|log ?in)\\b',
  '\\bmust issue a starttls\\b|\\b(?:requires?|needs?) (?:encryption|(?:start)?tls)\\b',
];
const listed = [
  '\\b(?:black|block|deny) ?-?list|\\bdnsbl\\b|\\brbl\\b|spamhaus|barracudacentral|\\breputation\\b|ipcheck\\.',
  '\\b(?:spf|dkim|dmarc)\\b|anti-?spoofing',
];

/** These name the sender, our host, our account, or relaying. */
export const senderTexts = words(
  '\\b(?:senders?|originators?|from (?:address|header|domain)|return.?path|(?:envelope|mail) from|relay(?:s|ed|ing)?|rcpthosts)\\b',
  '\\b(?:helo|ehlo|client host|send as|sendasdenied|storedrv\\.submission)\\b',
  '\\b(?:ip address|ptr|r?dns records?|reverse dns|rdns)\\b',
  '\\byour (?:account|ip|host(?:name)?|domain|server)\\b',
  ...account,
  ...allowance,
  ...sendingLimit,
  ...listed,
);

/** Less certain, so these count only if no words name a recipient. */
export const limitTexts = words(
  '\\bmessage\\b.{0,30}\\b(?:quota|limit|allowance|credits?)\\b',
  '\\b(?:quota|limit|credits?)\\b.{0,30}\\b(?:messages|mails|emails|per (?:day|hour|minute))\\b',
  "too many (?:messages|mails|emails|connections)|rate limit|\\bthis (?:account|ip|host|domain|server|server's)\\b",
  '\\baccount\\b.{0,30}\\b(?:suspended|blocked|locked)|authenticat|address is not verified',
  'access to submit messages|\\bspam\\b',
);

/** Only some may write to this mailbox, usually a group's. */
export const closedTexts =
  /\bresolver\.rst\.|\bdelivery restriction|\ballowed senders list\b|\bmailbox owner has changed|\bdomain owner has changed/i;

export const recipientRejected = /\brecipient(?: address)? rejected\b/i;

const gone = "(?:unknown|not found|(?:does not|doesn't) exist)";
/** A mailbox that is not there, whichever code comes with it. */
export const missingTexts = words(
  '\\b(?:unknown|no such|invalid) (?:local )?(?:user|recipient|mailbox|addressee|person)\\b|\\bno such local user\\b',
  `\\b(?:user|mailbox|recipient|addressee)\\b[^;:]{0,40}\\b${gone}`,
  '\\b(?:mailbox|recipient|addressee)\\b[^;:]{0,20}\\b(?:unavailable|invalid)|\\bno (?:valid )?mailbox\\b',
  "\\buser\\b[^;:]{0,20}\\b(?:does not|doesn't) have an? (?:\\S+ ){0,3}(?:account|mailbox|inbox)\\b",
);
/** A mailbox that is shut or full; but the account that sends has a mailbox too. */
export const shutTexts = words(
  '\\b(?:user|mailbox|recipient|addressee)\\b[^;:]{0,40}\\b(?:unavailable|inactive|invalid|full|over ?quota|disabled)',
  '\\bmailbox full\\b|\\bmailbox\\b.{0,40}\\bexceeded|\\bnot our customer\\b|\\bunroute?able address\\b',
  '\\b(?:user|mailbox|recipient)\\b[^;:]{0,40}\\bdoes not accept mail',
);
/** These name what both the sender and the recipient have, such as a domain. */
export const sharedTexts = words(
  `\\b(?:unknown|no such) (?:account|address|domain)\\b|\\b(?:account|address|domain)\\b[^;:]{0,40}\\b${gone}`,
  '\\bdomain\\b[^;:]{0,40}\\bdoes not accept mail',
);
/** With the code of a mailbox, these may still be about us, unless words say that the mailbox is missing. */
export const doubtfulTexts =
  /\bpolic(?:y|ies)\b|\bmessage (?:was |has been )?(?:blocked|rejected)|\bspam|\bsend(?:ing)?\b|\bthrottl|\b(?:plan|subscription|trial|upgrade)\b/i;

export const sizeTexts =
  /\b(?:message|mail)\b.{0,40}\btoo (?:large|big)|exceeds?\b.{0,40}\bsize|\bsize\b.{0,30}\b(?:exceed|limit|maximum)/i;

/** About the mail that one recipient gets. */
export const receivingTexts =
  /\breceiving (?:mail|messages)|\bincoming\b|\binbound\b|\brecipient(?:'s)? (?:has |mailbox )*(?:exceeded|reached)/i;

/** In a 4xx: greylisting, which judges each pair of sender and recipient. */
export const greylistTexts = /\bgr[ea]y.{0,2}list|\btriplet\b|\bfirst contact\b/i;
/** In a 4xx: trouble that ends by itself within seconds or minutes. */
export const momentaryTexts = words(
  '\\brate\\b|\\bper (?:second|minute)\\b|\\btoo (?:fast|frequent)|\\bslow down\\b|\\bthrottled\\b',
  'too many (?:concurrent |simultaneous |open )?(?:connections|sessions|log ?ins?|attempts)|\\bconcurrent\\b|\\bthread limit\\b',
  '\\bin progress\\b|\\btemporary (?:\\w+ )?(?:failure|error|problem)|\\btemp ?error\\b|\\blookup (?:failed|failure|error)',
  '\\bconnection (?:refused|lost|failed)|\\brefused (?:the )?connection|\\bunreachable\\b',
  '\\btime[ds]?[ -]?out\\b|\\bdns (?:error|failure|timeout)',
  '\\b(?:again|back|retry|wait|deferred)\\b.{0,20}\\b\\d+ ?(?:s|secs?|seconds|m|mins?|minutes)\\b',
);
export const allowanceTexts = words(...allowance);
/** In a 4xx: trouble that lasts until somebody corrects it. Doubtful cases are left out. */
export const lastingTexts = words(
  `\\b(?:sender|from address|(?:envelope|mail) from|return.?path)\\b[^;]{0,40}\\b(?:${refused}|${notAllowed}|not (?:found|owned)|(?:does|do) not (?:exist|match|resolve))`,
  `\\b(?:un(?:known|verified|authori[sz]ed|authenticated)|invalid|rejected|blocked|bad|forged) sender`,
  `\\brelay(?:s|ing)?\\b.{0,20}\\b(?:${refused}|disallowed|${notAllowed})|\\b(?:not|cannot|unable to|won't|refus\\w+ to|${notAllowed} to) relay`,
  `\\b(?:helo|ehlo)\\b.{0,30}\\b(?:${refused}|required)|\\b(?:invalid|bad) (?:helo|ehlo)|fully.?qualified host`,
  '\\bclient (?:host|ip)\\b|\\bcannot find your\\b|\\byour (?:account|ip|host(?:name)?|domain|server|reverse)\\b',
  `\\bip address\\b.{0,30}\\b(?:${refused}|${notAllowed}|banned)|\\b(?:ptr|rdns)\\b|\\breverse (?:dns|host)`,
  '\\bcomplaints\\b|\\bmessage count quota\\b|\\bpolic(?:y|ies)\\b.{0,30}\\bquota\\b',
  ...account,
  ...sendingLimit,
  ...listed,
);
