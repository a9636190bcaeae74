import { describe, expect, test } from 'vitest';
import { blameOf, isOfAllowance } from '../../src/delivery/smtp-blame.ts';

describe('whom a refusal is about', () => {
  test.each([
    '553 5.7.1 <care@acme.example>: Sender address rejected: not owned by user bot',
    '554 5.7.1 <someone@mail.example>: Relay access denied',
    '504 5.5.2 <[127.0.0.1]>: Helo command rejected: need fully-qualified hostname',
    '550 5.7.60 SMTP; Client does not have permissions to send as this sender',
    '550 5.4.5 Daily user sending limit exceeded',
    '550 5.1.8 <care@acme.example>: Sender address rejected: Domain not found',
    '550-5.7.26 Your email has been blocked because the sender is unauthenticated.\n550 5.7.26 See the help.',
    '554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org',
    '550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP',
    '530 5.7.0 Must issue a STARTTLS command first',
    '550 relay not permitted',
    '550 Daily sending quota exceeded',
    '550 too many messages today',
    '554 Message rejected: your account has been suspended',
    '503 AUTH first',
    '550 5.7.1 <user-unknown@mail.example>: access denied',
    '550-5.7.25 [192.0.2.7] The IP address sending this message does not have a PTR record',
    '554-No SMTP service\n554-Bad DNS PTR resource record.',
    '554 5.2.252 SendAsDenied; care@acme.example not allowed to send as help@acme.example',
    '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException',
    '550 5.1.90 Your message was not sent because you reached your daily limit for message recipients',
    '554 Message rejected: Email address is not verified. The following identities failed the check',
    '554 Access denied: User is not authorized to perform `ses:SendRawEmail`',
    '550 Maximum credits exceeded',
    '554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.7',
    '550 #5.7.1 Your access to submit messages to this e-mail system has been rejected.',
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    '550 Your account is inactive',
    // A login or an account may also be described in words for mailboxes.
    '525 5.7.13 User Account Disabled',
    '535 5.7.8 Error: authentication failed: unknown user',
    '535 no such user',
    '550 5.7.1 The account does not have enough credits',
    '550 5.7.1 This user does not have permission to send mail',
    '550 This user does not have permission to send mail',
    '550 5.7.1 Sending domain is inactive',
    '550 5.7.1 Account is inactive',
    '550 5.7.1 The domain does not have a valid DKIM record',
    '554 5.7.0 Mailbox quota exceeded, sending not allowed',
    '550 Mailbox has exceeded the daily sending limit',
    '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain',
    '554 5.1.8 Email Outgoing Blocked',
    '550 5.4.6 Unusual sending activity detected. Please try after sometime',
    '554 Sending paused for this account. For more information, see the inbox of its address',
    '550 The from address does not match a verified Sender Identity',
    '550 Unauthenticated senders not allowed',
    '550 Unknown user or password incorrect',
    '550 Originator not recognized: no such user',
    '550 SPF Sender Invalid - envelope rejected',
    '550 Account outbounds disabled',
    '550 5.7.0 Email quota exceeded: you sent more than 200 mails/hour',
    '550-Requested action not taken: mailbox unavailable\n550 Reject due to SPF policy',
    '550-Mailbox unavailable\n550-5.7.1 Message refused by policy\n550 See the help',
  ])('%j: every message meets it', (reply) => expect(blameOf(reply)).toBe('sender'));

  const parties = { sender: 'care@acme.example', recipient: 'robin@mail.example' };
  test.each([
    '550 5.1.1 <care@acme.example>: Sender address rejected: User unknown',
    '550 5.1.0 <Care@Acme.Example> sender unknown',
  ])('%j: the sender that it names', (reply) => expect(blameOf(reply, parties)).toBe('sender'));

  test.each([
    '550 5.1.1 <care@acme.example>: User unknown',
    '550 <care@acme.example>: no such user',
    '551 care@acme.example: not here',
  ])('%j names the sender, so it is not certainly of the recipient', (reply) => {
    expect(blameOf(reply, parties)).toBe('unclear');
    expect(blameOf(reply.replace('care@acme', 'robin@mail'), parties)).toBe('recipient');
    // The sender writes to itself.
    expect(blameOf(reply, { sender: parties.sender, recipient: parties.sender })).toBe('recipient');
  });

  test('a domain is the recipient’s where the reply names the recipient', () => {
    expect(blameOf('550 <robin@mail.example>: Domain not found', parties)).toBe('recipient');
    expect(blameOf('550 <care@acme.example>: Domain not found', parties)).toBe('unclear');
    expect(blameOf('550 Domain not found', parties)).toBe('unclear');
  });

  test('a stock phrase says nothing of a recipient who was accepted', () => {
    const reply = '550 Request failed; Mailbox unavailable';
    expect(blameOf(reply, parties)).toBe('recipient');
    expect(blameOf(reply, { ...parties, isAccepted: true })).toBe('unclear');
    expect(blameOf('550 5.2.2 mailbox full', { ...parties, isAccepted: true })).toBe('recipient');
  });

  test.each([
    '550 5.1.1 <someone@mail.example>: User unknown',
    '550 5.1.1 <relay@mail.example>: Recipient address rejected: User unknown in relay recipient table',
    '552-5.2.2 The email account is over quota.\n552 5.2.2 See the help.',
    '550 5.2.1 The email account that you tried to reach is disabled.',
    '556 5.1.10 <x@example.com>: Recipient address rejected: Domain does not accept mail (nullMX)',
    '550 5.4.1 Recipient address rejected: Access denied. AS(201806281)',
    '550 5.5.0 Requested action not taken: mailbox unavailable',
    '550 5.7.1 No such user here',
    '550 Requested action not taken: mailbox unavailable',
    '550 no such user',
    '550 <kim@mail.example> unknown user account',
    '552 mailbox full',
    '550 mailbox size limit exceeded',
    '551 not here',
    '550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; Delivery restriction check failed',
    '550 5.7.124 The sender is not in the allowed senders list of this group',
    '550 5.4.310 DNS domain mail.exampl does not exist',
    'sorry, no mailbox here by that name (#5.1.1)',
    '550 The user has been disabled',
    '550 Unrouteable address',
    "554 delivery error: dd This user doesn't have a yahoo.com account (robin@mail.example) [0]",
    '550-5.1.1 The email account that you tried to reach does not exist.\n550 5.1.1 See the help.',
    '550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). [AM0.prod.example]',
    '550-Requested action not taken: mailbox unavailable\n550 No such user here',
    '550 5.7.1 <robin@mail.example>: Recipient address rejected: user unknown',
    '550 5.7.17 The mailbox has another owner',
    '550 Invalid Recipient - https://mail.example/docs#550',
    '511 sorry, no mailbox here by that name (#5.1.1 - chkuser)',
    '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
    '550 User unknown at this host',
    '550 5.1.1 Refused by policy: no such user',
    '550 5.2.1 This mailbox has been blocked due to inactivity',
    '554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException',
  ])('%j: this recipient', (reply) => expect(blameOf(reply)).toBe('recipient'));

  test.each([
    '552 5.3.4 Message size exceeds fixed limit',
    '552 5.2.3 too long',
    '552 message too large',
    '554 Your message exceeds the maximum size',
  ])('%j: the size', (reply) => expect(blameOf(reply)).toBe('size'));

  test.each([
    '550 no',
    '554 <sender@mail.example>: denied',
    '550 5.0.0 rejected',
    '550 5.1.0 rejected',
    '550 5.7.1 <kim@mail.example>: Recipient address rejected: Access denied',
    // About the way to one domain, or with a code that says nothing.
    '550 5.4.4 Unable to route',
    '554 5.4.6 Too many hops',
    '550 5.2.0 Mail rejected. ofr_506',
    '550 Account disabled',
    '550 Account is inactive',
    '',
    // The code says one thing and the text another.
    '550 5.1.1 Sender address rejected: User unknown',
    '550 5.1.2 We do not relay',
    '552 5.2.2 Sending quota exceeded',
    '553 5.1.3 Invalid sender address',
    '550 5.2.1 Sender mailbox disabled',
    '550 5.1.1 Authentication required',
    '550 5.2.1 Your host is listed at spamhaus',
    '521 5.2.1 (CON:B1) refused',
    '550 5.1.1 Domain has exceeded the max emails per hour',
    '550 5.2.1 DMARC policy of the domain',
    '550 5.1.1 Your message was blocked',
    '550 5.2.1 refused by policy',
    '550 5.1.1 Trial account: please upgrade',
    '550 5.1.1 No MX for from domain',
    '554 5.2.2 Outbound limit reached',
    // The sender may have the problem, too.
    '550 account not found',
    '550 No such address',
    // The sending account also has a mailbox.
    '550 5.7.1 Mailbox is full',
    '550 5.7.1 User is disabled',
    '553 5.7.2 [TSS09] deferred for good',
    // RFC 5321 uses the phrase for everything.
    '550-Requested action not taken: mailbox unavailable\n550 Failure sending mail. Try again later',
    '550-Requested action not taken: mailbox unavailable\n550 invalid DNS MX or A/AAAA resource record',
    '550 Requested action not taken: mailbox unavailable. For explanation visit https://mail.example/case',
    '550-Mailbox unavailable (e.g., mailbox not found, no access)\n550 Refused by a rule',
  ])('%j: unclear', (reply) => expect(blameOf(reply)).toBe('unclear'));
});

test.each<[string, boolean]>([
  ['552 5.2.2 Sending quota exceeded', true],
  ['552 5.2.2 no', true],
  ['552 Quota exceeded', true],
  ['552 Your account has reached its limit', true],
  ['552 no', false],
  ['552 5.3.4 Message size exceeds fixed limit', false],
  ['552 5.0.0 no', false],
  ['552 Requested mail action aborted: exceeded storage allocation', false],
])('%j to the sender is of more than the size: %j', (reply, is) => expect(isOfAllowance(reply)).toBe(is));
