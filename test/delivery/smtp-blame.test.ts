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
    '',
  ])('%j: unclear', (reply) => expect(blameOf(reply)).toBe('unclear'));
});
