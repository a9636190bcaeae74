import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inGsmLetters, segmentsOf, septetsOf } from '../../src/delivery/sms-segments.ts';
import { smsText } from '../../src/delivery/sms-text.ts';
import { hostileNames, surveyMessage } from './survey-message.ts';

const token = 'x'.repeat(44);
const surveyUrl = `https://csat.harbour-and-pine.example/s/${token}`;
const languages = ['en', 'es', 'fr', 'de'];

function textFor(companyName: string, firstName: string | null, changes = {}): string {
  return smsText(
    surveyMessage({ companyName, agent: { name: firstName, firstName }, surveyUrl, ...changes }),
  );
}

describe('segments', () => {
  test.each([
    ['', 1],
    ['a'.repeat(160), 1],
    ['a'.repeat(161), 2],
    ['a'.repeat(306), 2],
    ['a'.repeat(307), 3],
    ['€'.repeat(80), 1],
    [`${'€'.repeat(80)}a`, 2],
    // The sign before a letter stays with it: 76 pairs fill a part of 153.
    ['€'.repeat(152), 2],
    ['€'.repeat(153), 3],
    [`${'a'.repeat(69)}ő`, 1],
    [`${'a'.repeat(70)}ő`, 2],
    ['ő'.repeat(134), 2],
    ['ő'.repeat(135), 3],
    ['😀'.repeat(35), 1],
    // A pair of units is never split: 33 of them fill a part of 67.
    ['😀'.repeat(66), 2],
    ['😀'.repeat(67), 3],
  ])('%j', (text, segments) => expect(segmentsOf(text)).toBe(segments));

  test('letters with a sign before them cost two', () => {
    expect(['^', '{', '}', '\\', '[', '~', ']', '|', '€'].map(septetsOf)).toEqual(Array(9).fill(2));
    expect(septetsOf('Ñandú')).toBeNull();
    expect(septetsOf('`')).toBeNull();
  });
});

describe('the letters of SMS', () => {
  test.each([
    ['Zoë', 'Zoe'],
    ['Ángela Núñez', 'Angela Nuñez'],
    ['François', 'Francois'],
    ['Łukasz Żółć', 'Lukasz Zolc'],
    ['Dvořák', 'Dvorak'],
    ['Jürgen Größe', 'Jürgen Größe'],
    ['O’Neill – “Bob”…', 'O\'Neill - "Bob"...'],
    ['e\u0301', 'é'],
    ['李 Anna', 'Anna'],
    ['Анна', ''],
    ['😀', ''],
  ])('%j is written %j', (name, written) => expect(inGsmLetters(name)).toBe(written));

  test('any text can be written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(septetsOf(inGsmLetters(text))).not.toBeNull();
      }),
    );
  });
});

describe('the survey as SMS', () => {
  test.each([
    ['en', 'Harbour & Pine: How did Anna do? Please tell us here:'],
    ['es', 'Harbour & Pine: ¿Qué tal le fue con Anna? Responda en:'],
    ['fr', 'Harbour & Pine : que pensez-vous de votre échange avec Anna ? Répondez :'],
    ['de', 'Harbour & Pine: Wie zufrieden waren Sie mit Anna? Antworten Sie hier:'],
  ])('in %s', (language, words) => {
    const text = textFor('Harbour & Pine', 'Anna', { language });
    expect(text).toBe(`${words} ${surveyUrl}`);
    expect(segmentsOf(text)).toBe(1);
  });

  test.each(languages)('without names, in %s', (language) => {
    const text = textFor('', null, { language });
    expect(segmentsOf(text)).toBe(1);
    expect(text).not.toMatch(/null|undefined/);
  });

  test.each(languages)('as a reminder, in %s', (language) => {
    const first = textFor('Harbour & Pine', 'Anna', { language });
    const reminder = textFor('Harbour & Pine', 'Anna', { language, isReminder: true });
    expect(reminder).not.toBe(first);
    expect(reminder).toMatch(/^Harbour & Pine ?: .*Anna.*: https:\S+$/);
    expect(reminder.endsWith(` ${surveyUrl}`)).toBe(true);
    expect(segmentsOf(reminder)).toBe(1);
    expect(segmentsOf(textFor('', null, { language, isReminder: true }))).toBe(1);
  });

  test('shortens the company first, by words, then leaves out the agent', () => {
    const company = 'Harbour & Pine Household Goods and Furniture Company of the North';
    expect(textFor(company, 'Anna')).toBe(
      `Harbour & Pine Household Goods and: How did Anna do? Please tell us here: ${surveyUrl}`,
    );
    expect(textFor('x'.repeat(80), 'Anna')).toMatch(/^x{8,}: How did Anna do/);
    const longLink = `https://csat.harbour.example/${'y'.repeat(84)}`;
    const text = textFor(company, 'Wilhelmina', { surveyUrl: longLink });
    expect(text).toBe(`Harbour: How did we do? Please tell us here: ${longLink}`);
    expect(segmentsOf(text)).toBe(1);
  });

  test('a link that leaves no room takes a second segment and is whole', () => {
    const longLink = `https://csat.harbour.example/${'y'.repeat(150)}`;
    const text = textFor('Harbour & Pine', 'Anna', { surveyUrl: longLink });
    expect(text.endsWith(` ${longLink}`)).toBe(true);
    expect(text).toContain('How did Anna do');
    expect(segmentsOf(text)).toBe(2);
  });

  test('a name in letters that SMS has not is left out', () => {
    expect(textFor('株式会社', 'Анна')).toBe(
      `Customer Support: How did we do? Please tell us here: ${surveyUrl}`,
    );
    expect(textFor('株式会社', null, { language: 'es' })).toMatch(/^Atencion al Cliente: /);
  });

  test.each(languages.flatMap((language) => hostileNames.map((name) => [language, name.slice(0, 30), name])))(
    'in %s with the name %j is one segment that ends in the link',
    (language, _, name) => {
      const text = textFor(name, name, { language });
      expect(segmentsOf(text)).toBe(1);
      expect(text.endsWith(` ${surveyUrl}`)).toBe(true);
      expect(text).not.toMatch(/[\p{Cc}\p{Zl}]/u);
    },
  );

  test('is marked when it is a test', () => {
    expect(textFor('Harbour', 'Anna', { prefix: '(Test)' })).toMatch(/^\(Test\) Harbour: /);
  });

  test('without a web address is refused', () => {
    expect(() => textFor('Harbour', 'Anna', { surveyUrl: 'nowhere' })).toThrow(
      expect.objectContaining({ code: 'survey_link_invalid' }),
    );
  });
});
