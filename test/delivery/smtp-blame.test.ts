import { describe, expect, test } from 'vitest';
import { blameOf } from '../../src/delivery/smtp-blame.ts';

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
  ])('%j: every message meets it', (reply) => expect(blameOf(reply)).toBe('sender'));

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
    // Of the way to one domain, or with a code that says nothing.
    '550 5.4.4 Unable to route',
    '554 5.4.6 Too many hops',
    '550 5.2.0 Mail rejected. ofr_506',
    '550 Account disabled',
    '',
  ])('%j: unclear', (reply) => expect(blameOf(reply)).toBe('unclear'));
});
