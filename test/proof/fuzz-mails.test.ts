import fc from 'fast-check';
import { simpleParser, type AddressObject, type ParsedMail } from 'mailparser';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { internetMessage } from '../../src/delivery/internet-message.ts';
import { createMailComposer, type MailComposer } from '../../src/delivery/mail.ts';
import { senderOf, type Sender } from '../../src/delivery/sender.ts';
import type { SurveyMessage } from '../../src/ports/delivery-provider.ts';
import { builtInTemplate, loadTemplate } from '../../src/delivery/template.ts';
import { Failure } from '../../src/failure.ts';
import { hostileNames, surveyMessage } from '../delivery/survey-message.ts';
import { proofTimeoutMs } from './extent.ts';
import { holds, holdsLater } from './property.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(...hostileNames),
  fc
    .array(
      fc.constantFrom(
        '\r',
        '\n',
        '\r\n',
        ' ',
        'Bcc:',
        '<',
        '>',
        '"',
        ',',
        ';',
        '=?',
        '?=',
        '(',
        '\\',
        '@',
        'é',
        '',
      ),
    )
    .map((parts) => parts.join('')),
);

const date = Date.parse('2026-11-22T12:34:56.000Z');

const addressesOf = (told: ParsedMail['to'] | ParsedMail['from']): (string | undefined)[] =>
  [told ?? []].flat().flatMap((list: AddressObject) => list.value.map(({ address }) => address));

/** Each header of the message by its name, as it stands on the wire: lines that go on are part of it. */
function headersOf(bytes: Buffer): Map<string, string> {
  const [head = ''] = bytes.toString('latin1').split('\r\n\r\n');
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = lines.map((line): [string, string] => [line.split(':')[0]!.toLowerCase(), line]);
  // Each once: a second one would be somebody else's.
  expect(new Set(headers.map(([name]) => name)).size).toBe(headers.length);
  return new Map(headers);
}

describe('the headers of a mail', { timeout: proofTimeoutMs }, () => {
  const compose = createMailComposer({ template: builtInTemplate() });
  const names = [
    'auto-submitted',
    'content-type',
    'date',
    'from',
    'list-unsubscribe',
    'list-unsubscribe-post',
    'message-id',
    'mime-version',
    'subject',
    'to',
  ];

  test('are the same ten for any names of customer, company and sender, and address nobody else', async () => {
    await holdsLater(
      fc.asyncProperty(text, text, text, text, async (customer, companyName, ofSender, agent) => {
        let sender: Sender;
        try {
          sender = senderOf(`${ofSender} <csat@harbour.example>`);
        } catch (error) {
          if (!(error instanceof Failure) || error.code !== 'bad_from') throw error;
          sender = senderOf('csat@harbour.example');
        }
        const message: SurveyMessage = surveyMessage({
          to: { address: 'robin@example.com', name: customer },
          companyName,
          agent: { name: agent, firstName: agent },
        });
        const bytes = await internetMessage(compose(message), message, sender, date);
        const headers = headersOf(bytes);
        expect([...headers.keys()].sort()).toEqual(names);
        for (const line of headers.values()) {
          expect(line).toMatch(/^[\x20-\x7e\t]*$/);
          expect(line.length).toBeLessThan(3000);
        }
        const mail = await simpleParser(bytes);
        expect(addressesOf(mail.to)).toEqual(['robin@example.com']);
        expect(addressesOf(mail.from)).toEqual(['csat@harbour.example']);
        expect([mail.cc, mail.bcc, mail.replyTo]).toEqual([undefined, undefined, undefined]);
        expect(mail.attachments).toEqual([]);
        expect(headers.get('list-unsubscribe')).toBe(`List-Unsubscribe: <${message.unsubscribeUrl}>`);
        expect(mail.text).toContain(message.surveyUrl);
      }),
    );
  });

  test('take one plain address, or the mail is refused before it is made', async () => {
    const address = fc.oneof(
      text,
      fc.tuple(text, text).map(([local, domain]) => `${local}@${domain}`),
      fc.emailAddress(),
    );
    await holdsLater(
      fc.asyncProperty(address, async (to) => {
        const message = surveyMessage({ to: { address: to, name: null } });
        try {
          const bytes = await internetMessage(compose(message), message, senderOf(null), date);
          expect([...headersOf(bytes).keys()].sort()).toEqual(names);
          expect(addressesOf((await simpleParser(bytes)).to)).toHaveLength(1);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          expect(error.code).toBe('bad_address');
        }
      }),
    );
  });
});

describe('an operator’s template', { timeout: proofTimeoutMs }, () => {
  const values = ['companyName', 'agent.name', 'agent.firstName', 'channel', 'closedOn', 'words.about'];
  const shown = values.map((value) => `<%= it.${value} %>`);
  const template = [
    '=== subject ===',
    `For ${shown.join(' ')}`,
    '=== html ===',
    ...shown.map((value) => `<p title="${value}">${value}</p>`),
    '<% for (const star of it.stars) { %><a href="<%= star.url %>"><%= star.label %></a><% } %>',
    '<a href="<%= it.surveyUrl %>">go</a> <a href="<%= it.unsubscribeUrl %>">stop</a>',
    '=== text ===',
    ...shown,
    '<% for (const star of it.stars) { %><%= star.url %>\n<% } %><%= it.surveyUrl %>',
    '<%= it.unsubscribeUrl %>',
  ];
  let folder = '';
  let compose: MailComposer = () => ({ subject: '', html: '', text: '' });
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gcsat-proof-'));
    const file = join(folder, 'own.eta');
    writeFileSync(file, `${template.join('\n')}\n`);
    compose = createMailComposer({ template: await loadTemplate(file) });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Its markup with every value taken out. */
  const markup = (html: string): string[] => html.replace(/"[^"]*"/g, '""').match(/<[^>]*>/g) ?? [];
  const hrefs = (html: string): string[] =>
    [...html.matchAll(/href="([^"]*)"/g)].map(([, link = '']) => link);

  test('keeps its markup, its links and its one line of subject, whatever stands in the names', () => {
    const plain = compose(surveyMessage());
    holds(
      fc.property(text, text, text, text, (companyName, name, firstName, channel) => {
        const message = surveyMessage({ companyName, agent: { name, firstName }, channel });
        const { subject, html, text: words } = compose(message);
        expect(markup(html)).toEqual(markup(plain.html));
        expect(hrefs(html)).toEqual(hrefs(plain.html));
        expect(subject).not.toMatch(/\p{Cc}|\p{Surrogate}|\u2028|\u2029/u);
        expect(subject.length).toBeLessThan(200);
        expect(words.split('\n')).toHaveLength(plain.text.split('\n').length);
        expect(words.split('\n').slice(-8)).toEqual(plain.text.split('\n').slice(-8));
      }),
    );
  });
});
