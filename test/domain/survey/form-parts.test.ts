import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../src/domain/eligibility/policy.ts';
import { bestOf, type OwnQuestion } from '../../../src/domain/eligibility/questionnaire.ts';
import {
  fitToForm,
  formIdOf,
  formOf,
  isSameForm,
  keptOptions,
  keptQuestion,
  shownTo,
  type FormAnswers,
} from '../../../src/domain/survey/form.ts';
import { sampleForm, sampleQuestions, sampleReasons } from '../../support/forms.ts';

describe('the question of a profile', () => {
  const questions: readonly [OwnQuestion, OwnQuestion][] = [
    [
      { kind: 'scale', text: { '': 'Gern?', en: 'Glad?' }, ends: { '': ['Nie', 'Gern'] } },
      { kind: 'scale', text: { de: 'Gern?', en: 'Glad?' }, ends: { de: ['Nie', 'Gern'] } },
    ],
    [
      { kind: 'scale', text: { '': 'Gern?' }, ends: null },
      { kind: 'scale', text: { de: 'Gern?' }, ends: null },
    ],
    [
      { kind: 'choice', text: { '': 'Woher?' }, options: { '': ['Suche'], en: ['Search'] } },
      { kind: 'choice', text: { de: 'Woher?' }, options: { de: ['Suche'], en: ['Search'] } },
    ],
    [
      { kind: 'text', text: { '': 'Was noch?' } },
      { kind: 'text', text: { de: 'Was noch?' } },
    ],
  ];

  test.each(questions)('%j is asked alone, in its language: %j', (question, tagged) => {
    expect(formOf({ ...defaultPolicy, language: 'de', lowRating: 3, question })).toEqual({
      language: 'de',
      lowRating: 3,
      reasons: null,
      question: tagged,
    });
  });

  test('comes with the reasons where there are both', () => {
    const form = formOf({ ...defaultPolicy, reasons: sampleReasons, question: sampleQuestions.scale });
    expect(form).toMatchObject({ reasons: sampleReasons, question: sampleQuestions.scale });
  });
});

test('the id of a form is short and fits into a URL', () => {
  expect(formIdOf(sampleForm('scale'))).toMatch(/^[\w-]{22}$/);
});

describe('a language', () => {
  test('is met exactly before another of its kind, in any case', () => {
    const texts = { de: 'Deutsch', 'en-GB': 'British', 'en-US': 'American', EN: 'English' };
    expect(bestOf(texts, ['en-US'])).toEqual({ language: 'en-US', value: 'American' });
    expect(bestOf(texts, ['EN-us']).value).toBe('American');
    expect(bestOf(texts, ['en']).value).toBe('English');
    expect(bestOf(texts, ['EN-AU']).value).toBe('British');
    expect(bestOf({ de: 'Deutsch', 'EN-gb': 'British' }, ['en']).value).toBe('British');
  });

  test('is one that was written', () => {
    expect(() => bestOf({}, ['en'])).toThrow('no language was written');
    expect(bestOf({ de: 'Deutsch' }, []).language).toBe('de');
  });

  test('in which answers are kept is that of the form, else English', () => {
    const german = sampleForm('choice', { language: 'de' });
    const french = sampleForm('choice', { language: 'fr' });
    const turned = { de: ['Suche'], en: ['Search'] };
    expect([german, french].map((form) => keptOptions(form, turned))).toEqual([['Suche'], ['Search']]);
    const question = { kind: 'text', text: { de: 'Was?', en: 'What?' } } as const;
    expect([german, french].map((form) => keptQuestion(form, question))).toEqual(['Was?', 'What?']);
  });

  test('of the reader comes first', () => {
    const texts = { de: 'Deutsch', en: 'English', es: 'Español' };
    const form = sampleForm('text', { language: 'de' });
    expect(shownTo(form, texts, 'es').value).toBe('Español');
    expect(shownTo(sampleForm('text', { language: 'fr' }), texts, 'it').value).toBe('English');
  });
});

describe('nothing', () => {
  test.each(['scale', 'choice', 'text'] as const)('is no answer to a %s, and no mistake', (kind) => {
    for (const answer of ['', ' \t\n']) {
      expect(fitToForm(sampleForm(kind), 1, { reason: answer, answer })).toEqual({
        reason: null,
        question: null,
        problems: [],
      });
    }
  });

  test('is asked of a low rating where the form has no reasons', () => {
    const form = sampleForm('text', { reasons: null });
    expect(fitToForm(form, 1, { reason: 'Slow reply', answer: '' })).toEqual({
      reason: null,
      question: null,
      problems: [],
    });
  });
});

describe('two answers', () => {
  const question = { kind: 'scale', text: 'Glad?', answer: 3 } as const;
  const one: FormAnswers = { reason: 'Slow reply', question };

  test('say the same', () => {
    expect(isSameForm(one, { ...one, question: { ...question } })).toBe(true);
    expect(isSameForm({ reason: null, question: null }, { reason: null, question: null })).toBe(true);
  });

  test.each<FormAnswers>([
    { ...one, reason: null },
    { ...one, question: null },
    { ...one, question: { ...question, kind: 'text' } },
    { ...one, question: { ...question, text: 'Happy?' } },
    { ...one, question: { ...question, answer: 4 } },
  ])('say something else: %j', (other) => {
    expect(isSameForm(one, other)).toBe(false);
    expect(isSameForm(other, one)).toBe(false);
  });
});
