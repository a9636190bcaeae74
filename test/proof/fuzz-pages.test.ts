import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { segmentsOf } from '../../src/delivery/sms-segments.ts';
import { smsText } from '../../src/delivery/sms-text.ts';
import { fitToForm, type SurveyForm } from '../../src/domain/survey/form.ts';
import { harmless } from '../../src/domain/survey/rich-text.ts';
import { languages } from '../../src/html/languages.ts';
import { readBrand } from '../../src/html/brand.ts';
import { assetsOf } from '../../src/server/pages/assets.ts';
import { chooseLanguage } from '../../src/server/pages/accept-language.ts';
import { brandPagesOf } from '../../src/server/pages/brand-pages.ts';
import { pageRoutes } from '../../src/server/pages/pages.ts';
import { pagesWith, type NoticeName } from '../../src/server/pages/render.ts';
import { hostileNames, surveyMessage } from '../delivery/survey-message.ts';
import { sampleForm } from '../support/forms.ts';
import { openSurvey, openToken, smallDesk } from '../server/pages/small-desk.ts';
import { proofTimeoutMs } from './extent.ts';
import { holds, holdsLater } from './property.ts';

/** What could end a tag, an attribute, a text field, a comment or a title, and invisible characters. */
const sharp = fc.constantFrom(
  ...['<', '>', '"', "'", '&', '`', '=', '/', '\\', '</textarea>', '</title>', '-->', '<!--', ']]>', '<%'],
  ...[
    '%>',
    '${',
    '\0',
    '\r',
    '\n',
    '\u2028',
    '\u202e',
    '\u2066',
    '\u200b',
    '\ud800',
    '\udc00',
    'javascript:',
  ],
  ...['<script>', ' onload=', 'https://evil.example/', '&#60;', '&lt;', '../', '?', '#', '%3C', 'א', '🦊'],
);
const text = fc.oneof(
  fc.constantFrom(...hostileNames),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.oneof(sharp, fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })),
    maxLength: 20,
  }),
);
/** A company's or an agent's name that can be shown: text beside the page's own. */
const name = text.map((one) => `A${one}`);
const comment = fc.oneof(
  text,
  fc
    .tuple(text, fc.integer({ min: 1, max: 5000 }))
    .map(([piece, times]) => piece.repeat(times).slice(0, 25_000)),
);
const language = fc.constantFrom(...languages);
const acceptLanguage = fc.oneof(language, fc.constantFrom('de-AT,en;q=0.5', 'fr-CH', '*'), text);

/** The tags of a page without the values of their attributes, which other checks are about. */
const tagsOf = (html: string): string[] => html.replace(/"[^"]*"/g, '""').match(/<[a-z/!][^>]*>/gi) ?? [];
const addressesOf = (html: string): string[] =>
  [...html.matchAll(/\s(?:href|src|action)="([^"]*)"/g)].map((match) => match[1]!);

const harmful = /(?!\n)\p{Cc}|\p{Surrogate}|[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066\u2067\ufeff]/u;

/** The form with other words in its question, and in the first of its reasons and options. */
function worded(form: SurveyForm, words: string): SurveyForm {
  const { reasons, question } = form;
  const first = (list: readonly string[]): string[] => [words, ...list.slice(1)];
  const text = { en: words };
  return {
    ...form,
    reasons: reasons === null ? null : { en: first(reasons['en'] ?? []) },
    question:
      question === null
        ? null
        : question.kind === 'scale'
          ? { ...question, text, ends: { en: [words, words] } }
          : question.kind === 'choice'
            ? { ...question, text, options: { en: first(question.options['en'] ?? []) } }
            : { ...question, text },
  };
}

/** Expects the same page except for its words: nothing in it is active, and every address is the same. */
function expectHarmless(html: string, plain: string): void {
  expect(tagsOf(html)).toEqual(tagsOf(plain));
  expect(addressesOf(html)).toEqual(addressesOf(plain));
  expect(html).not.toMatch(/<script|<style|\sstyle="/i);
  expect(html.match(harmful)?.[0]).toBeUndefined();
  // No text, however it was cut, leaves part of an escape sequence.
  expect(html.replace(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
}

describe('what a customer is shown', { timeout: proofTimeoutMs }, async () => {
  const pages = pagesWith(assetsOf(await readBrand({ color: null, logoFile: null })));

  test('of names, comments and languages that anybody wrote are the same pages with other words', () => {
    const given = fc.record({
      companyName: name,
      agentFirstName: name,
      // As it comes in from a form.
      comment: comment.map((one) => harmless(`A${one}`)),
      channel: fc.option(text),
      timeZone: fc.option(text),
      accepted: acceptLanguage,
      ofProfile: text,
      rating: fc.integer({ min: 1, max: 5 }),
      resolved: fc.option(fc.boolean()),
      wrong: fc.boolean(),
      form: fc.option(fc.constantFrom('scale', 'choice', 'text')),
    });
    holds(
      fc.property(given, ({ companyName, agentFirstName, accepted, ofProfile, ...rest }) => {
        const { rating, resolved, wrong, channel, timeZone, form: kind } = rest;
        const speech = chooseLanguage(accepted, ofProfile);
        const render = (company: string, agent: string, said: string): string[] => {
          const visit = { speech, companyName: company, token: openToken };
          const words = said.replaceAll('\n', ' ').slice(0, 60).toWellFormed();
          const form = kind === null ? null : worded(sampleForm(kind), words);
          const given = {
            reason: 'Unfriendly',
            answer: kind === 'scale' ? '7' : kind === 'choice' ? 'Search' : words,
          };
          const fitting = fitToForm(form, rating, given);
          const { problems: misfits, ...answers } = fitting;
          const answer = { rating, resolved, comment: said, ...answers };
          const survey = {
            ...openSurvey,
            companyName: company,
            agentFirstName: agent,
            channel,
            timeZone,
            form,
            answer,
          };
          const filledIn = { rating, resolved, comment: said, ...given };
          const problems = wrong ? (['rating_missing', ...misfits, 'comment_too_long'] as const) : [];
          return [
            pages.survey(visit, survey, filledIn, problems),
            pages.thanks(visit, answer, form),
            pages.unsubscribe(visit),
            pages.unsubscribed(visit),
            ...(['closed', 'refused', 'notUnderstood'] as NoticeName[]).map((one) =>
              pages.notice(visit, one),
            ),
          ];
        };
        const plain = render('Acme', 'Maria', 'fine');
        render(companyName, agentFirstName, rest.comment).forEach((html, index) => {
          expectHarmless(html, plain[index] ?? '');
          expect(html).toContain(`<html lang="${speech.language}">`);
        });
      }),
    );
  });

  test('for any token and any form leads to the token’s own pages and nowhere else', async () => {
    const token = fc.oneof(
      fc.constant(openToken),
      text.filter((one) => one.isWellFormed() && one !== ''),
    );
    const form = fc.record({
      rating: fc.oneof(fc.constantFrom('1', '5', ''), text),
      resolved: fc.oneof(fc.constantFrom('yes', 'no', ''), text),
      comment: text,
      reason: fc.oneof(fc.constantFrom('Slow reply', 'Falsche Antwort', ''), text),
      answer: fc.oneof(fc.constantFrom('0', '10', '11', 'Search', ''), text),
    });
    const asked = fc.constantFrom(null, 'scale', 'choice', 'text');
    let saved = 0;
    await holdsLater(
      fc.asyncProperty(
        token,
        form,
        name,
        acceptLanguage,
        asked,
        async (given, fields, companyName, accepted, kind) => {
          const routes = pageRoutes({
            desk: smallDesk({
              companyName,
              agentFirstName: companyName,
              form: kind === null ? null : sampleForm(kind),
            }),
            brandPages: brandPagesOf({ color: null, logo: null }),
            language: 'en',
            clock: () => 0,
            countAnswer: () => (saved += 1),
          });
          // Characters that HTTP itself refuses never get here.
          const headers = { 'accept-language': accepted.replace(/[^\t\x20-\x7e]/g, '') };
          const path = encodeURIComponent(given);
          const post = { method: 'POST', headers, body: new URLSearchParams(fields) };
          for (const [address, init] of [
            [`/s/${path}?rating=${encodeURIComponent(fields.rating.toWellFormed())}`, { headers }],
            [`/s/${path}`, post],
            [`/u/${path}`, { headers }],
            [`/u/${path}`, post],
          ] as const) {
            const response = await routes.request(`http://localhost${address}`, init);
            // A path of dots becomes another path before it is requested.
            if (response.headers.get('content-type')?.startsWith('text/plain') === true) continue;
            const html = await response.text();
            expect([200, 404, 422], address).toContain(response.status);
            if (given !== openToken) expect(response.status).toBe(404);
            expect(html).not.toMatch(/<script|<style|\sstyle="/i);
            expect(html.match(harmful)?.[0]).toBeUndefined();
            for (const one of addressesOf(html)) {
              expect(one).toMatch(
                /^(?:\.\.\/u\/unsubscribe-token|\.\.\/assets\/[\w.-]+|\.\/open-survey|#[\w-]+)$/,
              );
            }
          }
        },
      ),
    );
    expect(saved).toBeGreaterThan(0);
  });
});

describe('a survey as SMS', { timeout: proofTimeoutMs }, () => {
  const surveyUrl = `https://csat.harbour-and-pine.example/s/${'x'.repeat(44)}`;

  test('is one segment that ends in its link, whatever the names are', () => {
    holds(
      fc.property(comment, comment, fc.oneof(language, text), (companyName, firstName, spoken) => {
        const agent = { name: firstName, firstName };
        const written = smsText(surveyMessage({ companyName, agent, language: spoken, surveyUrl }));
        expect(written.endsWith(`: ${surveyUrl}`)).toBe(true);
        expect(segmentsOf(written)).toBe(1);
        expect(written.length).toBeLessThanOrEqual(160);
        expect(written).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\p{Surrogate}/u);
      }),
    );
  });

  test('with a link of any length keeps it whole, and shortens names before it grows', () => {
    holds(
      fc.property(
        name,
        name,
        language,
        fc.integer({ min: 1, max: 400 }),
        (companyName, firstName, spoken, length) => {
          const link = `https://csat.example/s/${'y'.repeat(length)}`;
          const agent = { name: firstName, firstName };
          const written = smsText(surveyMessage({ companyName, agent, language: spoken, surveyUrl: link }));
          expect(written.endsWith(` ${link}`)).toBe(true);
          expect(written).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\p{Surrogate}/u);
          // Names have a bounded length, so the link decides how long the text gets.
          expect(written.length).toBeLessThanOrEqual(link.length + 240);
        },
      ),
    );
  });
});
