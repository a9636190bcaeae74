import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../src/domain/eligibility/policy.ts';
import { bestOf } from '../../../src/domain/eligibility/questionnaire.ts';
import {
  fitToForm,
  formBody,
  formIdOf,
  formOf,
  longestWords,
  noFormAnswers,
  readForm,
  shownTo,
  type SurveyForm,
} from '../../../src/domain/survey/form.ts';
import { sampleForm, sampleQuestions, sampleReasons } from '../../support/forms.ts';

const fit = (form: SurveyForm | null, rating: number | null, reason = '', answer = '') =>
  fitToForm(form, rating, { reason, answer });

describe('the form of a survey', () => {
  test('is none where nothing is asked', () => {
    expect(formOf(defaultPolicy)).toBeNull();
  });

  test('has the texts of the profile’s language under its tag', () => {
    const policy = { ...defaultPolicy, language: 'de', reasons: { '': ['Langsam'] }, question: null };
    expect(formOf(policy)).toEqual({
      language: 'de',
      lowRating: 2,
      reasons: { de: ['Langsam'] },
      question: null,
    });
  });

  test.each(['scale', 'choice', 'text'] as const)('with a %s is read back as it was kept', (kind) => {
    const form = sampleForm(kind);
    expect(readForm(formBody(form))).toEqual(form);
    const { language, ...rest } = form;
    expect(formIdOf({ ...rest, language })).toBe(formIdOf(form));
  });

  test('has another id when anything of it is another', () => {
    const forms = [
      sampleForm('scale'),
      sampleForm('text'),
      sampleForm(null),
      sampleForm(null, { lowRating: 3 }),
      sampleForm(null, { language: 'de' }),
      sampleForm(null, { reasons: { en: ['Slow reply'] } }),
    ];
    expect(new Set(forms.map(formIdOf)).size).toBe(forms.length);
  });
});

describe('a reader', () => {
  const texts = { de: 'Deutsch', 'en-GB': 'British', es: 'Español' };

  test.each([
    [['es'], 'Español'],
    [['es-MX'], 'Español'],
    [['en'], 'British'],
    [['en-US'], 'British'],
    [['fr', 'es'], 'Español'],
    [['fr'], 'Deutsch'],
    [[], 'Deutsch'],
  ])('of %j gets %s', (wanted, value) => {
    expect(bestOf(texts, wanted).value).toBe(value);
  });

  test('whose language nobody wrote gets that of the form', () => {
    const form = sampleForm('text', { language: 'de' });
    expect(shownTo(form, sampleReasons, 'fr').language).toBe('de');
    expect(shownTo(form, sampleQuestions.text.text, 'fr').language).toBe('en');
  });
});

describe('an answer', () => {
  test('to a survey without a form has nothing more', () => {
    expect(fit(null, 1, 'Slow reply', '7')).toEqual({ ...noFormAnswers, problems: [] });
  });

  test.each([
    [1, 'Slow reply', 'Slow reply'],
    [2, ' Falsche Antwort ', 'Wrong answer'],
    [3, 'Slow reply', null],
    [5, 'no reason of ours', null],
    [null, 'Slow reply', null],
    [1, '', null],
  ])('of %j with the reason %j has %j', (rating, reason, kept) => {
    expect(fit(sampleForm(null), rating, reason)).toEqual({ reason: kept, question: null, problems: [] });
  });

  test.each(['slow reply', 'Slow reply!', '0', '__proto__', 'constructor', 'Slow reply\u0000'])(
    'with the reason %j does not fit',
    (reason) => {
      expect(fit(sampleForm(null), 1, reason)).toMatchObject({ reason: null, problems: ['reason_unknown'] });
    },
  );

  test.each([
    ['scale', '0', 0],
    ['scale', '10', 10],
    ['scale', ' 7 ', 7],
    ['choice', 'Search', 'Search'],
    ['choice', 'Freunde', 'A friend'],
    ['text', ' Longer hours\r\n\u202e\u0007 ', 'Longer hours'],
    ['text', 'x'.repeat(longestWords), 'x'.repeat(longestWords)],
  ] as const)('to a %s of %j is kept as %j, with the question', (kind, given, answer) => {
    const text = kind === 'scale' ? 'Would you recommend us?' : sampleQuestions[kind].text['en'];
    expect(fit(sampleForm(kind), 5, '', given)).toEqual({
      reason: null,
      question: { kind, text, answer },
      problems: [],
    });
  });

  test.each([
    ['scale', '11', 'scale_unknown'],
    ['scale', '-1', 'scale_unknown'],
    ['scale', '07', 'scale_unknown'],
    ['scale', '5.0', 'scale_unknown'],
    ['scale', '٣', 'scale_unknown'],
    ['scale', '1e1', 'scale_unknown'],
    ['choice', 'search', 'choice_unknown'],
    ['choice', 'toString', 'choice_unknown'],
    ['text', 'x'.repeat(longestWords + 1), 'words_too_long'],
  ] as const)('to a %s of %j does not fit: %s', (kind, given, problem) => {
    expect(fit(sampleForm(kind), 5, '', given)).toMatchObject({ question: null, problems: [problem] });
  });

  test('says everything that is wrong', () => {
    expect(fit(sampleForm('scale'), 1, 'x', 'y').problems).toEqual(['reason_unknown', 'scale_unknown']);
  });

  test('is one of the form, or nothing, whatever is given', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('Slow reply', 'Suche', '10', '11', ''),
    );
    const kinds = fc.constantFrom(null, 'scale', 'choice', 'text');
    fc.assert(
      fc.property(
        kinds,
        fc.integer({ min: 1, max: 5 }),
        anything,
        anything,
        (kind, rating, reason, answer) => {
          const form = sampleForm(kind);
          const { problems, ...fitting } = fitToForm(form, rating, { reason, answer });
          if (fitting.reason !== null) {
            expect(sampleReasons.en).toContain(fitting.reason);
            expect(rating).toBeLessThanOrEqual(form.lowRating);
          }
          const kept = fitting.question?.answer;
          if (kind === 'scale' && kept !== undefined)
            expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).toContain(kept);
          if (kind === 'choice' && kept !== undefined) expect(['A friend', 'Search']).toContain(kept);
          if (kind === null) expect(fitting.question).toBeNull();
          expect(JSON.stringify([fitting, problems])).not.toMatch(/\p{Surrogate}/u);
        },
      ),
    );
  });
});
