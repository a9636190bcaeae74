import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { languages } from '../../../src/html/languages.ts';
import { chooseLanguage } from '../../../src/server/pages/accept-language.ts';

describe('the language of a visitor', () => {
  test.each([
    ['de-AT,de;q=0.9,en;q=0.8', 'en', 'de', 'de-AT'],
    ['en;q=0.3, fr;q=0.7', 'en', 'fr', 'fr'],
    ['pt-BR, it;q=0.9, es-MX;q=0.1', 'en', 'es', 'es-MX'],
    ['FR-ca', 'en', 'fr', 'fr-CA'],
    ['de;q=0, es;q=0.5', 'en', 'es', 'es'],
    ['de; q=0.2 , fr ;q=0.9', 'en', 'fr', 'fr'],
    ['de;q=2, fr;q=1.0', 'en', 'fr', 'fr'],
    ['de-u-ca-buddhist-nu-thai', 'en', 'de', 'de'],
    ['*', 'fr', 'fr', 'fr'],
    ['pt', 'es-MX', 'es', 'es-MX'],
    ['', 'pt-BR', 'en', 'en'],
    [null, 'de', 'de', 'de'],
    [';;;,,,q=1,de_DE', 'en', 'de', 'de-DE'],
  ])('%s, of a profile in %s: %s', (header, profile, language, locale) => {
    expect(chooseLanguage(header, profile)).toEqual({ language, locale });
  });

  test('among equals the first one wins', () => {
    expect(chooseLanguage('es;q=0.5,de;q=0.5', 'en').language).toBe('es');
  });

  test('what stands behind thirty entries is not read', () => {
    expect(chooseLanguage(`${'x,'.repeat(29)}de`, 'en').language).toBe('de');
    expect(chooseLanguage(`${'x,'.repeat(30)}de`, 'en').language).toBe('en');
  });

  test('any header gives one of our languages', () => {
    const header = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-z\-;,q=0-9. *]{0,200}$/));
    fc.assert(
      fc.property(header, fc.string(), (accept, profile) => {
        expect(languages).toContain(chooseLanguage(accept, profile).language);
      }),
    );
  });
});
