import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMailComposer } from '../../src/delivery/mail.ts';
import { builtInTemplate } from '../../src/delivery/template.ts';
import { languages } from '../../src/html/languages.ts';
import { paletteOf } from '../../src/html/palette.ts';
import type { SurveyMessage } from '../../src/ports/delivery-provider.ts';
import { hostileNames, surveyMessage } from './survey-message.ts';

const compose = createMailComposer({ template: builtInTemplate() });

/** What a browser would make of the HTML: its tags with their attributes, without any text. */
const tagsOf = (html: string): string[] => html.match(/<[a-z!/][^>]*>/gi) ?? [];
const hrefsOf = (html: string): string[] => [...html.matchAll(/ href="([^"]*)"/g)].map((match) => match[1]!);

/** The shape of the mail when only the texts differ. */
function skeleton(html: string): string[] {
  return tagsOf(html).map((tag) => tag.replace(/ (aria-label|title)="[^"]*"/g, ''));
}

describe('the survey mail', () => {
  test('asks about the agent, says what it is about, and when', () => {
    const { subject, html, text } = compose(surveyMessage());
    expect(subject).toBe('How did Anna from Harbour & Pine do?');
    expect(html).toContain('>How did Anna do?</h1>');
    expect(html).toContain('>Your phone call with Harbour &amp; Pine on November 22, 2026</td>');
    expect(text).toContain('How did Anna do?\nYour phone call with Harbour & Pine on November 22, 2026\n\n');
  });

  test('does not guess who it was', () => {
    const { subject, html } = compose(surveyMessage({ agent: { name: 'anna@acme.com', firstName: null } }));
    expect(subject).toBe('How did Harbour & Pine do?');
    expect(html).toContain('>How did we do?</h1>');
  });

  test.each(languages)('in %s has every link in both parts, and language and direction set', (language) => {
    const message = surveyMessage({ language });
    const { html, text } = compose(message);
    expect(hrefsOf(html)).toEqual([...message.ratingUrls, message.surveyUrl, message.unsubscribeUrl]);
    expect(text.match(/https:\S+/g)).toEqual([
      ...message.ratingUrls,
      message.surveyUrl,
      message.unsubscribeUrl,
    ]);
    expect(html).toMatch(new RegExp(`<html lang="${language}" dir="ltr"`));
    expect(html + text).not.toMatch(/undefined|null|NaN|\[object/);
  });

  test('gives every star a text alternative', () => {
    const labels = [...compose(surveyMessage()).html.matchAll(/<a class="star"[^>]* aria-label="([^"]*)"/g)];
    expect(labels.map((match) => match[1])).toEqual(
      [1, 2, 3, 4, 5].map((rating) => `${rating} out of 5 stars`),
    );
  });

  test('loads nothing and is small enough not to be cut', () => {
    const { html } = compose(
      surveyMessage({ companyName: '€'.repeat(1000), agent: { name: '€', firstName: '€' } }),
    );
    expect(html).not.toMatch(/<(img|script|link|iframe|object|embed|form|video)\b|url\(|@import|\ssrc=/i);
    expect(Buffer.byteLength(html)).toBeLessThan(60_000);
  });

  test('has the color, the logo, and the words of the operator, and greets by the whole name', () => {
    const texts = {
      language: 'en-GB',
      question: 'Was {agent} helpful?',
      resolved: null,
      comment: null,
      thanksTitle: null,
      thanks: null,
    };
    const brand = { color: '#0b6e4f', hasLogo: true, greets: true, texts };
    const own = createMailComposer({ template: builtInTemplate(), brand });
    const message = surveyMessage({ to: { address: 'a@b.example', name: 'Li Wei' } });
    const { html, text } = own(message);
    const { light, dark } = paletteOf('#0b6e4f');
    for (const color of [light.link, dark.link]) expect(html).toContain(color);
    const sources = [...html.matchAll(/ src="([^"]*)"/g)].map((match) => match[1]);
    // One copy is for Outlook alone.
    expect(new Set(sources)).toEqual(new Set([new URL('../assets/logo', message.surveyUrl).href]));
    expect(html).toContain('>Was Anna helpful?</h1>');
    expect(text).toContain('\n\nHello Li Wei,\n\nWas Anna helpful?\n');
    expect(own({ ...message, agent: { name: null, firstName: null } }).html).toContain(
      '>How did we do?</h1>',
    );
    // A page and a mail do not mix languages.
    expect(own({ ...message, language: 'fr' }).html).not.toContain('Was Anna helpful?');
    const address = { address: 'a@b.example', name: 'a@b.example' };
    expect(own({ ...message, to: address }).text).not.toContain('Hello');
  });

  test('right-to-left names keep to themselves, and French keeps its narrow space', () => {
    const { html, text } = compose(
      surveyMessage({ companyName: 'אקמה', agent: { name: 'דנה', firstName: 'דנה' } }),
    );
    for (const part of [html, text]) expect(part).toContain('How did \u2068דנה\u2069 do?');
    expect(text).toContain('with \u2068אקמה\u2069 on');
    expect(compose(surveyMessage({ language: 'fr' })).subject).toMatch(/\u202f\?$/);
  });

  test('names the day in the time zone of the organization', () => {
    const at = (timeZone: string): string =>
      compose(surveyMessage({ closedAt: '2026-11-22T03:00:00.000Z', timeZone })).text;
    expect(at('UTC')).toContain('November 22, 2026');
    expect(at('America/Los_Angeles')).toContain('November 21, 2026');
    expect(at('Mars/Olympus')).toContain('November 22, 2026');
  });

  test('a company without a name is customer support', () => {
    expect(compose(surveyMessage({ companyName: ' \u200b\n' })).text).toMatch(/^Customer Support\n/);
  });
});

describe('links', () => {
  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://example.com/',
    '//example.com/s',
    '/s/token',
    '',
    'not a link',
    'java\nscript:alert(1)',
  ])('%j is no link of a survey', (link) => {
    for (const changes of [{ surveyUrl: link }, { unsubscribeUrl: link }]) {
      expect(() => compose(surveyMessage(changes))).toThrow(
        expect.objectContaining({ kind: 'configuration', code: 'survey_link_invalid' }),
      );
    }
    const good = surveyMessage().ratingUrls;
    expect(() =>
      compose(surveyMessage({ ratingUrls: [good[0], good[1], link, good[3], good[4]] })),
    ).toThrow();
  });

  test('the failure does not give the link away', () => {
    expect(() => compose(surveyMessage({ surveyUrl: 'ftp://host/secret' }))).toThrow(/^(?!.*secret)/);
  });

  test.each([
    [
      `https://a.example/s?x="><script>alert(1)</script>`,
      'https://a.example/s?x=%22%3E%3Cscript%3Ealert(1)%3C/script%3E',
    ],
    [`https://a.example/s' onclick='x`, 'https://a.example/s%27%20onclick=%27x'],
    ['https://a.example/s\r\nBcc: x', 'https://a.example/sBcc:%20x'],
    ['https://a.example/s?a=1&b=2', 'https://a.example/s?a=1&amp;b=2'],
  ])('%j stays inside its attribute', (link, href) => {
    const { html, text } = compose(surveyMessage({ surveyUrl: link }));
    expect(hrefsOf(html)).toContain(href);
    expect(text).toContain(`\n${href.replace('&amp;', '&')}\n`);
  });
});

describe('names written by strangers', () => {
  const plain = compose(surveyMessage());

  function expectHarmless(changes: Partial<SurveyMessage>): void {
    const { subject, html, text } = compose(surveyMessage(changes));
    expect(subject.length).toBeLessThan(200);
    expect(subject).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
    expect(skeleton(html)).toEqual(skeleton(plain.html));
    expect(html).not.toMatch(/[\p{Cs}\u202e]|(?![\n])\p{Cc}/u);
    expect(text.split('\n')).toHaveLength(plain.text.split('\n').length);
    expect(text.length).toBeLessThan(2000);
  }

  test.each(hostileNames.map((name) => [name.slice(0, 30), name]))(
    '%j changes nothing but the text',
    (_, name) => {
      expectHarmless({
        companyName: name,
        agent: { name, firstName: name },
        to: { address: 'a@b.example', name },
      });
      expectHarmless({ channel: name, language: name });
    },
  );

  test('template tags in a name are shown, not run', () => {
    const { text } = compose(surveyMessage({ companyName: '<%= it.surveyUrl %>{{x}}' }));
    expect(text).toMatch(/^<%= it.surveyUrl %>\{\{x\}\}\n/);
  });

  test('any name at all', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 120 }),
      fc.string({
        unit: fc.constantFrom('<', '>', '"', "'", '&', '\r', '\n', '%', '=', 'a', '\u202e', '😀'),
        maxLength: 60,
      }),
      fc
        .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
        .map((units) => String.fromCharCode(...units)),
    );
    fc.assert(
      fc.property(name, name, fc.constantFrom(...languages), (companyName, firstName, language) => {
        const { subject, html } = compose(
          surveyMessage({ companyName, agent: { name: firstName, firstName }, language }),
        );
        expect(subject.length).toBeLessThan(200);
        expect(subject).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(tagsOf(html).length).toBe(tagsOf(plain.html).length);
        expect(hrefsOf(html)).toEqual(hrefsOf(plain.html));
      }),
      { numRuns: 300 },
    );
  });
});
