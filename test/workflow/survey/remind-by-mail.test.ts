import { describe, expect, test } from 'vitest';
import { remindInPassing } from '../../../src/workflow/queue/work-reminders.ts';
import { mailServer, type MailServer } from '../../support/mail-server.ts';
import { plainServer } from '../../support/plain-mail-server.ts';
import { smtpProxy, type LineFate } from '../../support/smtp-proxy.ts';
import { backfillOf, day, hour, minute, world, type ServicesChanges, type World } from '../support.ts';
import { reminderOf } from '../../support/ledger.ts';

const address = 'kim@example.org';
const none = { sent: 0, leftOut: 0, uncertain: 0, failed: 0 };
const unlimited = { maxSends: null, deadline: null };

const servicesBy = (own: World, smtpUrl: string, changes: ServicesChanges = {}) =>
  own.services({
    ...{ delivery: 'smtp', smtpUrl },
    ...changes,
    policy: { suppressionDays: 0, reminderAfter: 3 * day, ...changes.policy },
  });

/** A customer who got the survey by mail, and whose reminder is due. */
async function asked(changes: ServicesChanges = {}): Promise<{ own: World; mails: MailServer; id: string }> {
  const own = await world();
  const mails = await mailServer();
  await own.tell({ customer: { email: address } });
  own.time.now += minute;
  await backfillOf(servicesBy(own, mails.url, changes), [own.time.now - hour, own.time.now]);
  own.time.now += 3 * day + minute;
  expect(mails.received.map(({ to }) => to)).toEqual([[address]]);
  return { own, mails, id: (await own.closings())[0]!.id };
}

/** What a run does with reminders, and what stopped it. */
async function remindBy(own: World, url: string, changes: ServicesChanges = {}) {
  const { reminders, failure } = await remindInPassing(servicesBy(own, url, changes), unlimited);
  return { reminders, failure: failure?.code ?? null };
}

const starts =
  (command: string) =>
  (line: string): boolean =>
    line.startsWith(command);
const theEnd = (line: string): boolean => line === '.';

describe('the mail server breaks off while a reminder is sent', () => {
  test.each<[string, (line: string) => boolean, LineFate, 'due' | 'uncertain', number]>([
    ['after the recipient', starts('RCPT'), 'cut after', 'due', 0],
    ['instead of the answer to DATA', starts('DATA'), 'cut after', 'due', 0],
    ['within the message', starts('Subject:'), 'cut before', 'uncertain', 0],
    ['instead of the last answer', theEnd, 'cut after', 'uncertain', 1],
    ['by silence at the sender', starts('MAIL'), 'hold answer', 'due', 0],
    ['by silence at the end', theEnd, 'hold answer', 'uncertain', 1],
  ])('%s', async (_, matches, fate, state, arrived) => {
    const { own, mails, id } = await asked();
    const proxy = await smtpProxy(mails.port, (line) => (matches(line) ? fate : 'pass'));
    const limit = fate === 'hold answer' ? '?timeout=0.4' : '';
    const { reminders } = await remindBy(own, `${proxy.url}${limit}`);
    expect(reminders.sent).toBe(0);
    expect(reminders.uncertain).toBe(state === 'uncertain' ? 1 : 0);
    expect(await reminderOf(own.ledger, id)).toMatchObject({ state });
    expect(mails.received).toHaveLength(1 + arrived);
    // Everything works again, for days.
    for (const later of [hour, 5 * hour, 2 * day]) {
      own.time.now += later;
      await remindBy(own, mails.url);
    }
    const [first, ...others] = mails.received.map(({ mail }) => mail);
    expect(others).toHaveLength(state === 'due' ? 1 : arrived);
    expect(await reminderOf(own.ledger, id)).toMatchObject({ state: state === 'due' ? 'sent' : 'uncertain' });
    for (const reminder of others) {
      expect(reminder.subject).toMatch(/^Reminder: /);
      expect([reminder.inReplyTo, reminder.references]).toEqual([first!.messageId, first!.messageId]);
    }
  });

  test.each([
    ['MAIL', '451 4.3.0 not now', 'due', null],
    ['.', '421 4.3.2 closing', 'due', null],
    ['.', '550 5.2.2 the mailbox is full', 'failed', null],
    // About the sender: every other reminder would meet the same refusal.
    ['.', '554 5.7.1 no', 'due', 'sender_refused'],
    ['RCPT', '454 4.7.1 Relay access denied', 'due', 'sender_deferred'],
  ] as const)(
    'refuses it at %s with %s: it is %s, and certainly did not leave',
    async (step, refusal, state, stop) => {
      const { own, mails, id } = await asked();
      let inMessage = false;
      const url = await plainServer((line) => {
        if (inMessage && line !== '.') return null;
        inMessage = line === 'DATA';
        if (line.startsWith(step)) return refusal;
        return inMessage ? '354 go on' : '250 ok';
      });
      const reminders = { ...none, failed: stop === null ? 1 : 0 };
      expect(await remindBy(own, url)).toEqual({ reminders, failure: stop });
      expect(await reminderOf(own.ledger, id)).toMatchObject({ state, leftAt: null });
      own.time.now += 5 * hour;
      expect(await remindBy(own, mails.url)).toEqual({
        reminders: { ...none, sent: state === 'due' ? 1 : 0 },
        failure: null,
      });
      expect(mails.received).toHaveLength(state === 'due' ? 2 : 1);
    },
  );
});

describe('a reminder by mail', () => {
  test('stands with the first mail, and is the same mail in every try', async () => {
    const { own, mails, id } = await asked();
    let refusals = 2;
    const bodies: string[][] = [];
    const url = await plainServer((line) => {
      if (line === 'DATA') {
        bodies.push([]);
        return '354 go on';
      }
      if (bodies.length === 0 || refusals === 0) return '250 ok';
      if (line === '.') {
        refusals -= 1;
        return '451 4.3.0 not now';
      }
      bodies.at(-1)!.push(line);
      return /^(?:EHLO|MAIL|RCPT|RSET|QUIT)/.test(line) ? '250 ok' : null;
    });
    for (let tries = 0; tries < 2; tries += 1) {
      await remindBy(own, url);
      own.time.now += hour;
    }
    expect(await remindBy(own, mails.url)).toMatchObject({ reminders: { sent: 1 } });
    const [first, second] = mails.received.map(({ mail }) => mail);
    const { externalId } = (await reminderOf(own.ledger, id))!;
    expect(second!.messageId).toBe(`<${externalId}>`);
    expect(second!.messageId).not.toBe(first!.messageId);
    const idsOf = (lines: string[]) =>
      lines.filter((line) => /^(?:Message-ID|In-Reply-To|References):/.test(line));
    const wanted = [
      `In-Reply-To: ${first!.messageId}`,
      `Message-ID: ${second!.messageId}`,
      `References: ${first!.messageId}`,
    ];
    expect(bodies.map((lines) => idsOf(lines).toSorted())).toEqual([wanted, wanted]);
  });

  test('refers to the first mail by the id that it left under, also where the sender has moved', async () => {
    const { own, mails } = await asked();
    const moved = { from: 'care@new.example' };
    expect(await remindBy(own, mails.url, moved)).toMatchObject({ reminders: { sent: 1 } });
    const [first, second] = mails.received.map(({ mail }) => mail);
    expect(second!.messageId).toMatch(/@new\.example>$/);
    expect(first!.messageId).not.toContain('new.example');
    expect(second!.inReplyTo).toBe(first!.messageId);
  });
});
