import { defaultPolicy } from '../../src/domain/eligibility/policy.ts';
import type { OwnQuestion, QuestionKind } from '../../src/domain/eligibility/questionnaire.ts';
import { formOf, type SurveyForm } from '../../src/domain/survey/form.ts';

export const sampleReasons = {
  en: ['Slow reply', 'Wrong answer', 'Unfriendly'],
  de: ['Langsame Antwort', 'Falsche Antwort', 'Unfreundlich'],
};

export const sampleQuestions: { readonly [Kind in QuestionKind]: OwnQuestion & { kind: Kind } } = {
  scale: {
    kind: 'scale',
    text: { en: 'Would you recommend us?', de: 'Würden Sie uns empfehlen?' },
    ends: { en: ['Never', 'Gladly'], de: ['Nie', 'Gern'] },
  },
  choice: {
    kind: 'choice',
    text: { en: 'How did you find us?', de: 'Wie haben Sie uns gefunden?' },
    options: { en: ['A friend', 'Search'], de: ['Freunde', 'Suche'] },
  },
  text: { kind: 'text', text: { en: 'What should we do better?' } },
};

/** The form of English profiles, for ratings up to 2. */
export function sampleForm(kind: QuestionKind | null, more: Partial<SurveyForm> = {}): SurveyForm {
  const question = kind === null ? null : sampleQuestions[kind];
  const form = formOf({ ...defaultPolicy, reasons: sampleReasons, question });
  if (form === null) throw new Error('the form asks for nothing');
  return { ...form, ...more };
}
