import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMailComposer } from '../../src/delivery/mail.ts';
import { builtInTemplate, checkTemplate, loadTemplate } from '../../src/delivery/template.ts';
import { Failure } from '../../src/failure.ts';
import { surveyMessage } from './survey-message.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gcsat-template-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const links = '<a href="<%= it.surveyUrl %>">go</a> <a href="<%= it.unsubscribeUrl %>">stop</a>';
const plain = '<%= it.surveyUrl %>\n<%= it.unsubscribeUrl %>';

const file = (subject = 'Hello', html = links, text = plain): string =>
  `A comment.\n=== subject ===\n${subject}\n=== html ===\n${html}\n=== text ===\n${text}\n`;

async function load(content: string | Uint8Array) {
  const path = join(folder, 'own.eta');
  await writeFile(path, content);
  return loadTemplate(path);
}

async function refusal(content: string | Uint8Array): Promise<string> {
  const error = await load(content).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Failure);
  expect(error).toMatchObject({ kind: 'configuration', code: 'template_invalid' });
  expect((error as Failure).message).toContain(join(folder, 'own.eta'));
  return (error as Failure).message;
}

test('the built-in template passes its own check', () => checkTemplate(builtInTemplate()));

describe("an operator's template", () => {
  test('is used as it stands', async () => {
    const template = await load(file('Hi <%= it.agent.firstName %>', `<p><%= it.companyName %></p>${links}`));
    expect(createMailComposer({ template })(surveyMessage())).toEqual({
      subject: 'Hi Anna',
      html: '<p>Harbour &amp; Pine</p><a href="https://csat.harbour.example/s/tok_1-a">go</a> <a href="https://csat.harbour.example/u/tok_1-a">stop</a>\n',
      text: 'https://csat.harbour.example/s/tok_1-a\nhttps://csat.harbour.example/u/tok_1-a\n',
    });
  });

  test('may have Windows line ends, a byte order mark, and its parts in any order', async () => {
    const shuffled = `\ufeff=== text ===\n${plain}\n=== html ===\n${links}\n=== subject ===\nHello\n`;
    const template = await load(shuffled.replaceAll('\n', '\r\n'));
    expect(createMailComposer({ template })(surveyMessage()).subject).toBe('Hello');
  });

  test('may link the five stars alone', async () => {
    const stars = "<% for (const s of it.stars) { %><a href='<%= s.url %>'><%= s.label %></a><% } %>";
    await load(file('Hello', `${stars}<a class="x" href="<%= it.unsubscribeUrl %>">stop</a>`));
  });

  test.each([
    [
      'no survey link in HTML',
      file('s', '<a href="<%= it.unsubscribeUrl %>">x</a>'),
      /line 4: the html part has no link to the survey/,
    ],
    [
      'no survey link in the text',
      file('s', links, '<%= it.unsubscribeUrl %>'),
      /line 6: the text part has no link to the survey/,
    ],
    [
      'no unsubscribe link in HTML',
      file('s', '<a href="<%= it.surveyUrl %>">x</a>'),
      /the html part has no unsubscribe link/,
    ],
    [
      'no unsubscribe link in the text',
      file('s', links, '<%= it.surveyUrl %>'),
      /the text part has no unsubscribe link/,
    ],
    ['links in a comment only', file('s', `<!-- ${links} -->`), /no link to the survey/],
    [
      'a link as text only',
      file('s', '<%= it.surveyUrl %> <%= it.unsubscribeUrl %>'),
      /no link to the survey/,
    ],
    [
      'only the best star',
      file(
        's',
        `${links}<% for (const s of it.stars) { %><% if (s.rating === 5) { %><a href="<%= s.url %>">5</a><% } %><% } %>`,
      ),
      /only 1 of the 5 star links/,
    ],
    [
      'no link for one language',
      file('s', `<% if (it.language !== 'fr') { %>${links}<% } %>`),
      /line 4: .* in fr/,
    ],
    ['no link without an agent', file('s', links, `<% if (it.agent.name) { %>${plain}<% } %>`), /line 6: /],
    ['an empty subject', file(' '), /line 2: the subject part is empty/],
    ['a misspelt value', file('s', `\n\n<%= it.compnyName %>${links}`), /line 7: it has no compnyName/],
    ['a broken tag', file('s', links, `${plain}\n<% if (`), /line 9: unclosed tag/],
    ['code', file('<%= process.env %>'), /line 3: cannot show|line 3: process is not known/],
    ['a missing part', '=== subject ===\nx\n=== html ===\nx\n', /=== text === is missing/],
    ['a part twice', `${file()}=== html ===\n`, /line 9: this is a second html/],
    ['an unknown part', `${file()}=== amp ===\n`, /line 9: there is no part amp/],
    ['nothing at all', '', /line 1: the line === subject === is missing/],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0x00]), /not UTF-8/],
    ['far too much', 'x'.repeat(300_000), /larger than 256 KiB/],
  ])('with %s is refused', async (_, content, message) => {
    expect(await refusal(content)).toMatch(message);
  });

  test.each([['missing.eta'], ['.']])('that cannot be read (%s) is refused by name', async (name) => {
    const path = join(folder, name);
    await expect(loadTemplate(path)).rejects.toMatchObject({
      kind: 'configuration',
      code: 'template_unreadable',
      message: expect.stringContaining(path),
    });
  });

  test('loops end with the data, however the file looks', async () => {
    const nested =
      '<% for (const a of it.stars) { %><% for (const b of it.stars) { %><%= b.rating %><% } %><% } %>';
    const template = await load(file(nested));
    expect(createMailComposer({ template })(surveyMessage()).subject).toBe('12345'.repeat(5));
  });
});
