import fc from 'fast-check';
import { simpleParser, type AddressObject, type ParsedMail } from 'mailparser';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alertMessage } from '../../src/delivery/alert-mail.ts';
import { slackMessage } from '../../src/delivery/alert-webhook.ts';
import { internetMessage } from '../../src/delivery/internet-message.ts';
import { createMailComposer, type MailComposer } from '../../src/delivery/mail.ts';
import { senderOf, type Sender } from '../../src/delivery/sender.ts';
import type { SurveyMessage } from '../../src/ports/delivery-provider.ts';
import { builtInTemplate, loadTemplate } from '../../src/delivery/template.ts';
import type { AlertPayload } from '../../src/domain/survey/alert.ts';
import { conversationUrl } from '../../src/domain/survey/conversation-url.ts';
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

/** Each header of the message by its name, as sent over the wire, including its continuation lines. */
function headersOf(bytes: Buffer): Map<string, string> {
  const [head = ''] = bytes.toString('latin1').split('\r\n\r\n');
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = lines.map((line): [string, string] => [line.split(':')[0]!.toLowerCase(), line]);
  // Each name occurs once: a second header would be an injected one.
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

  test('of a reminder are the same, and two that name one mail, whatever the first one is said to be', async () => {
    await holdsLater(
      fc.asyncProperty(text, fc.oneof(text, fc.constant(null)), async (companyName, remindsOf) => {
        const message = surveyMessage({ companyName, isReminder: true, remindsOf });
        const bytes = await internetMessage(
          compose(message),
          message,
          senderOf('csat@harbour.example'),
          date,
        );
        const headers = headersOf(bytes);
        expect([...headers.keys()].sort()).toEqual([...names, 'in-reply-to', 'references'].sort());
        const mail = await simpleParser(bytes);
        expect(mail.inReplyTo).toMatch(/^<[^<>@\s]+@[^<>@\s]+>$/);
        expect(mail.references).toBe(mail.inReplyTo);
        expect(mail.messageId).toBe('<survey_1-a-reminder@harbour.example>');
        expect(addressesOf(mail.to)).toEqual(['robin@example.com']);
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

describe('an alert', { timeout: proofTimeoutMs }, () => {
  const words = fc.oneof(
    text,
    fc.constantFrom(
      '<!channel>',
      '<@U1>',
      '<https://evil.example|click>',
      '&lt;!here&gt;',
      '```',
      'a|b',
      '*b*',
    ),
  );

  // Gladly's ids are always well-formed text.
  const ids = words.map((one) => `c${one.toWellFormed()}`);

  test('in Slack has its own link alone, its own lines, and mentions nobody, whatever anybody wrote', () => {
    holds(
      fc.property(words, words, ids, (name, said, id) => {
        const [plain, hostile] = [lowRating('A', 'fine', 'c1'), lowRating(`A${name}`, `A${said}`, id)];
        const shapeOf = ({ blocks }: SlackMessage): unknown[] =>
          blocks.filter(({ text: { type } }) => type === 'plain_text').map(({ type }) => type);
        const message = slackMessage(hostile) as SlackMessage;
        expect(shapeOf(message)).toEqual(shapeOf(slackMessage(plain) as SlackMessage));
        const [, facts, ...others] = message.blocks.map(({ text: own }) => own);
        expect(facts!.text.split('\n').map((line) => line.split(':')[0])).toEqual([
          ...['Agent', 'Resolved', 'Reason', 'Customer', 'Brand', 'Inbox', 'Channel', 'Conversation'],
        ]);
        const marked = others.filter(({ type }) => type === 'mrkdwn');
        // A link that is too long for Slack is left out.
        expect(marked.length).toBe(id.length < 500 ? 1 : 0);
        for (const { text: own } of marked)
          expect(own).toMatch(/^<https:\/\/acme\.gladly\.com\/conversation\/[^<>|\s]*\|Open conversation>$/);
        for (const { text: own } of message.blocks) expect(own.text.length).toBeLessThanOrEqual(3000);
      }),
    );
  });

  test('by mail goes to the team alone, with a subject and lines of its own, whatever anybody wrote', async () => {
    await holdsLater(
      fc.asyncProperty(words, words, ids, async (name, said, id) => {
        const mailOf = async (payload: AlertPayload): Promise<[Map<string, string>, ParsedMail]> => {
          const parts = { id: 'alert_1', payload, to: 'leads@acme.example', now: date };
          const bytes = await alertMessage(parts, senderOf('csat@harbour.example'));
          return [headersOf(bytes), await simpleParser(bytes)];
        };
        const [usual] = await mailOf(lowRating('A', 'fine', 'c1'));
        const [headers, mail] = await mailOf(lowRating(`A${name}`, said, id));
        expect([...headers.keys()]).toEqual([...usual.keys()]);
        expect(headers.get('subject')).toBe('Subject: Low rating: 1/5');
        expect(addressesOf(mail.to)).toEqual(['leads@acme.example']);
        expect([mail.html, mail.attachments]).toEqual([false, []]);
        const lines = (mail.text ?? '').split('\n').slice(2);
        expect(lines.slice(0, 7).map((line) => line.split(':')[0])).toEqual([
          ...['Agent', 'Resolved', 'Reason', 'Customer', 'Brand', 'Inbox', 'Channel'],
        ]);
      }),
    );
  });
});

interface SlackMessage {
  blocks: { type: string; text: { type: string; text: string } }[];
}

/** An alert in which everything that somebody chose has these values. */
function lowRating(name: string, said: string, id: string): AlertPayload {
  const person = { id, name, email: name };
  const at = new Date(date).toISOString();
  const url = conversationUrl('https://acme.gladly.com/conversation/{conversationId}', {
    ...{ origin: 'https://acme.gladly.com', customerId: id, conversationId: id },
  });
  return {
    type: 'survey.low_rating',
    timestamp: at,
    data: {
      ...{ test: false, lane: 'live', survey: { id: 's1', revision: 1 }, closedAt: at, rating: 1 },
      ...{ conversation: { id, url }, agent: person, inbox: { id, name }, channel: name, brand: name },
      ...{ resolved: false, reason: name, comment: said, customer: { ...person, phone: null } },
      question: { kind: 'text', text: name, answer: said },
    },
  };
}

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

  /** The markup of a mail without the values of attributes. */
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
