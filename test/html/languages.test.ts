import { describe, expect, test } from 'vitest';
import { dayOf, english, speechOf } from '../../src/html/languages.ts';

describe('the language of a tag', () => {
  test.each([
    ['en', 'en', 'en'],
    ['es-MX', 'es', 'es-MX'],
    ['es_mx', 'es', 'es-MX'],
    [' DE ', 'de', 'de'],
    ['fr-Latn-CA', 'fr', 'fr-Latn-CA'],
    ['de-u-ca-buddhist-nu-thai', 'de', 'de'],
  ])('%j is %s with the dates of %s', (tag, language, locale) => {
    expect(speechOf(tag)).toEqual({ language, locale });
  });

  test.each(['pt-BR', 'esperanto', '', '../../etc/passwd', '__proto__'])('%j is none of ours', (tag) => {
    expect(speechOf(tag)).toBeNull();
    expect(english).toEqual({ language: 'en', locale: 'en' });
  });
});

describe('the day of a closing', () => {
  test.each([
    ['en-GB', 'Europe/Berlin', '13 November 2026'],
    ['en', 'America/New_York', 'November 12, 2026'],
    ['de-AT', 'Europe/Vienna', '13. November 2026'],
    ['es', null, '12 de noviembre de 2026'],
    ['fr', 'Not/AZone', '12 novembre 2026'],
  ])('%s in %s: %s', (locale, zone, day) => {
    expect(dayOf('2026-11-12T23:30:00.000Z', locale, zone)).toBe(day);
  });
});
