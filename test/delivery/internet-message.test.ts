import fc from 'fast-check';
import { simpleParser, type ParsedMail } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { internetMessage, messageIdOf, safeName } from '../../src/delivery/internet-message.ts';
import { senderOf } from '../../src/delivery/sender.ts';
import { createMailComposer } from '../../src/delivery/mail.ts';
import type { SurveyMessage } from '../../src/ports/delivery-provider.ts';
import { builtInTemplate } from '../../src/delivery/template.ts';
import { hostileNames, surveyMessage } from './survey-message.ts';

const compose = createMailComposer({ template: builtInTemplate() });
const date = Date.parse('2026-11-22T12:34:56.000Z');

async function bytesOf(
  message: SurveyMessage,
  from: string | null = 'csat@harbour.example',
): Promise<Buffer> {
  return internetMessage(compose(message), message, senderOf(from), date);
}

const received = async (message: SurveyMessage, from?: string | null): Promise<ParsedMail> =>
  simpleParser(await bytesOf(message, from));

const headerNames = (mail: ParsedMail): string[] => mail.headerLines.map(({ key }) => key).sort();
const recipients = (mail: ParsedMail): unknown => [mail.to].flat().flatMap((list) => list?.value ?? []);

describe('the mail as it travels', () => {
  test('arrives as it was written', async () => {
    const message = surveyMessage();
    const mail = await received(message);
    expect(mail.subject).toBe('How did Anna from Harbour & Pine do?');
    expect(mail.from?.value).toEqual([{ name: 'Harbour & Pine', address: 'csat@harbour.example' }]);
    expect(recipients(mail)).toEqual([{ name: 'Robin Example', address: 'robin@example.com' }]);
    expect(mail.date).toEqual(new Date(date));
    expect(mail.messageId).toBe('<survey_1-a@harbour.example>');
    expect(mail.html).toBe(compose(message).html);
    expect(mail.text).toBe(compose(message).text);
    expect(mail.attachments).toEqual([]);
  });

  test('can be unsubscribed with one click, and is marked as automatic', async () => {
    const unsubscribeUrl = `https://csat.harbour.example/u/${'long'.repeat(60)}`;
    const text = `\r\n${(await bytesOf(surveyMessage({ unsubscribeUrl }))).toString('latin1')}`;
    expect(text).toContain(`\r\nList-Unsubscribe: <${unsubscribeUrl}>\r\n`);
    expect(text).toContain('\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
    expect(text).toContain('\r\nAuto-Submitted: auto-generated\r\n');
  });

  test('is the same, byte for byte, when it is made again', async () => {
    expect(await bytesOf(surveyMessage())).toEqual(await bytesOf(surveyMessage()));
  });

  test.each(['es', 'fr', 'de'])('keeps the letters of %s', async (language) => {
    const message = surveyMessage({ language, companyName: 'Ñandú & Größe' });
    const mail = await received(message);
    expect(mail.subject).toBe(compose(message).subject);
    expect(mail.text).toBe(compose(message).text);
  });

  test('without a name the recipient is the address alone', async () => {
    const mail = await received(surveyMessage({ to: { address: 'robin@example.com', name: null } }));
    expect(recipients(mail)).toEqual([{ name: '', address: 'robin@example.com' }]);
  });
});

describe('the sender', () => {
  test.each([
    [null, { name: null, address: 'surveys@gcsat.invalid' }],
    ['csat@acme.com', { name: null, address: 'csat@acme.com' }],
    [' Acme Care <csat@acme.com> ', { name: 'Acme Care', address: 'csat@acme.com' }],
    ['"Acme, Inc." <csat@acme.com>', { name: 'Acme, Inc.', address: 'csat@acme.com' }],
  ])('%j', (from, sender) => expect(senderOf(from)).toEqual(sender));

  test.each(['', 'acme', 'a@b, c@d', 'Acme <>', 'a@b\r\nBcc: c@d', 'a@b <c@d> e@f', '+15550100'])(
    'not %j',
    (from) => {
      expect(() => senderOf(from)).toThrow(
        expect.objectContaining({ kind: 'configuration', code: 'bad_from' }),
      );
    },
  );

  test('gives the Message-ID its domain', () => {
    expect(messageIdOf({ surveyId: 's1' }, senderOf('Acme <csat@acme.com>'))).toBe('<s1@acme.com>');
    expect(messageIdOf({ surveyId: 's1' }, senderOf(null))).toBe('<s1@gcsat.invalid>');
  });
});

describe('hostile data', () => {
  test.each([
    'robin@example.com\r\nBcc: victim@example.net',
    'robin@example.com, victim@example.net',
    'robin@example.com> <victim@example.net',
    'Robin <robin@example.com>',
    'robin',
    '',
    'robin@',
    '\u0000@example.com',
    `${'x'.repeat(400)}@example.com`,
  ])('the address %j is refused', async (address) => {
    await expect(bytesOf(surveyMessage({ to: { address, name: null } }))).rejects.toMatchObject({
      code: 'bad_address',
    });
  });

  test.each(hostileNames.map((name) => [name.slice(0, 30), name]))(
    '%j adds no header and nobody',
    async (_, name) => {
      const usual = await received(surveyMessage());
      const mail = await received(
        surveyMessage({
          to: { address: 'robin@example.com', name },
          companyName: name,
          agent: { name, firstName: name },
        }),
      );
      expect(headerNames(mail)).toEqual(headerNames(usual));
      expect(recipients(mail)).toEqual([{ name: expect.any(String), address: 'robin@example.com' }]);
      expect(mail.from?.value).toEqual([{ name: expect.any(String), address: 'csat@harbour.example' }]);
      expect(mail.subject?.length).toBeLessThan(200);
    },
  );

  test('any name at all', async () => {
    const usual = headerNames(await received(surveyMessage()));
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (name) => {
        const mail = await received(
          surveyMessage({ to: { address: 'robin@example.com', name }, companyName: name }),
        );
        expect(headerNames(mail)).toEqual(usual);
        expect(recipients(mail)).toMatchObject([{ address: 'robin@example.com' }]);
      }),
      { numRuns: 60 },
    );
  });

  test('any survey id names a file and a Message-ID, and no two share one', () => {
    expect(safeName('Az_09-')).toBe('Az_09-');
    const ids = ['', '.', '..', '../x', 'a/b', 'a\\b', 'a b', 'a.b', '\0', 'x'.repeat(101), 'é', 'a\r\nb>'];
    expect(new Set(ids.map(safeName)).size).toBe(ids.length);
    expect(ids.map(safeName).every((name) => /^[A-Za-z0-9_-]{1,100}$/.test(name))).toBe(true);
  });
});
