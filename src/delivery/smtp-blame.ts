import { readReply, type SmtpReply } from './smtp-reply.ts';
import {
  allowanceTexts,
  closedTexts,
  doubtfulTexts,
  greylistTexts,
  lastingTexts,
  limitTexts,
  missingTexts,
  momentaryTexts,
  receivingTexts,
  recipientRejected,
  senderTexts,
  sharedTexts,
  shutTexts,
  sizeTexts,
} from './smtp-words.ts';

/**
 * Whom a refusal (5xx) is about. `sender`: the sender, our name, our login, relaying, or a limit of the account, so
 * every message meets it; `size`: the message is too large, as the others would be.
 */
export type Blame = 'recipient' | 'sender' | 'size' | 'unclear';

/** Whose message was refused. */
export interface Parties {
  /** Addresses, as the server was given them; null: not known. */
  sender: string | null;
  recipient: string | null;
  /** The server had accepted the recipient before it refused the message. */
  isAccepted?: boolean;
}

const nobody: Parties = { sender: null, recipient: null };

/**
 * RFC 3463, RFC 7504, and what large providers say about a mailbox that does not exist. 5.2.0 says no more than 5.0.0.
 */
const recipientCodes = /^5\.(?:1\.(?:[1-6]|10)|2\.[1-9]\d*)$/;
/** Exchange: only some may write to this group or mailbox; RFC 7293: its owner has changed. */
const closedCodes = /^5\.7\.(?:1[23]\d|17|18)$/;
/** Of 5.4, which is about the route to one domain, only the code that Gmail uses for the limits of an account. */
const senderCodes = /^5\.(?:1\.[78]|4\.5|7\.(?:[3-9]|\d{2,}))$/;
/** About the system, the session, or a policy; but servers also use them for an unknown mailbox. */
const generalCodes = /^5\.(?:[35]\.\d+|7\.[0-2])$/;
/** Replies without an enhanced code that leave no doubt: RFC 5321, RFC 4954, RFC 5248, RFC 7504. */
const recipientStatuses = ['551', '556'];
const senderStatuses = ['500', '502', '503', '504', '521', '525', '530', '534', '535', '538'];

/** Reads the code of RFC 3463 first, then known words. If they contradict each other, the blame is unclear. */
export function blameOf(text: string, parties = nobody): Blame {
  const reply = readReply(text, parties.isAccepted !== true);
  const blame = blameOfReply(reply, parties);
  return blame === 'recipient' && namesOnlySender(reply, parties) ? 'unclear' : blame;
}

function blameOfReply(reply: SmtpReply, parties: Parties): Blame {
  const { status, code } = reply;
  // Not about relaying: Postfix calls its table of recipients this.
  const text = reply.text.replace(/\brelay recipient table\b/i, '');
  if (code === '5.3.4' || code === '5.2.3') return 'size';
  if (closedCodes.test(code) || closedTexts.test(text)) return 'recipient';
  const isOurs = senderTexts.test(text) && !receivingTexts.test(text);
  if (recipientCodes.test(code)) {
    // Exchange gives refusals of the sender the codes of a mailbox.
    if (/\bsendasdenied|storedrv\.submission/i.test(text)) return 'sender';
    if (isOurs) return namesOnlySender(reply, parties) ? 'sender' : 'unclear';
    const isDoubtful = doubtfulTexts.test(text) && !missingTexts.test(text);
    return isDoubtful || senderStatuses.includes(status) ? 'unclear' : 'recipient';
  }
  if (senderCodes.test(code) || senderStatuses.includes(status)) return 'sender';
  if (isOurs) return 'sender';
  return generalCodes.test(code) ? blameOfGeneral(reply) : blameOfWords(reply, parties);
}

function blameOfGeneral({ code, text }: SmtpReply): Blame {
  if (missingTexts.test(text)) return 'recipient';
  if (sizeTexts.test(text)) return 'size';
  // RFC 3463 has 5.7.2 for a mailing list, Yahoo uses it for a host.
  const isUnclear = code === '5.7.2' || recipientRejected.test(text) || shutTexts.test(text);
  return isUnclear ? 'unclear' : 'sender';
}

function blameOfWords({ status, code, text, addresses }: SmtpReply, { recipient }: Parties): Blame {
  if (missingTexts.test(text) || shutTexts.test(text)) return 'recipient';
  const isOfRecipient = code.startsWith('5.4.') || /\brecipient/i.test(text) || names(addresses, recipient);
  if (isOfRecipient && sharedTexts.test(text)) return 'recipient';
  if (sizeTexts.test(text)) return 'size';
  if (limitTexts.test(text)) return 'sender';
  // Exchange Online says this of mailboxes that do not exist.
  if (code === '5.4.1' && recipientRejected.test(text)) return 'recipient';
  return recipientStatuses.includes(status) ? 'recipient' : 'unclear';
}

/** Whether a 552 to MAIL FROM is about more than the size (RFC 1870). */
export function isOfAllowance(text: string): boolean {
  const reply = readReply(text);
  return (
    /^5\.(?!0\.0$|3\.)/.test(reply.code) || senderTexts.test(reply.text) || /\bquota\b/i.test(reply.text)
  );
}

/**
 * Whether a temporary refusal (4xx) is about the sender, our name, our account, or relaying: every message meets it
 * until somebody corrects it. When in doubt, it counts as passing by itself. The codes say little here: greylisting
 * uses 4.7.1 too.
 */
export function isOursForNow(text: string): boolean {
  const { code, text: said } = readReply(text);
  if (greylistTexts.test(said) || receivingTexts.test(said)) return false;
  // This repeats what another server said about the recipient.
  if (/\brecipient address rejected: (?:unverified|undeliverable) address\b/i.test(said)) return false;
  if (allowanceTexts.test(said)) return true;
  if (momentaryTexts.test(said)) return false;
  return /^4\.1\.[78]$/.test(code) || lastingTexts.test(said);
}

function namesOnlySender({ addresses }: SmtpReply, { sender, recipient }: Parties): boolean {
  return names(addresses, sender) && !names(addresses, recipient);
}

function names(addresses: readonly string[], address: string | null): boolean {
  return address !== null && addresses.includes(address.toLowerCase());
}
