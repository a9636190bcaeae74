import { createHash } from 'node:crypto';
import type { Policy } from '../eligibility/policy.ts';
import {
  bestOf,
  type InLanguages,
  type OwnQuestion,
  type QuestionKind,
  type RatingReasons,
} from '../eligibility/questionnaire.ts';
import { harmless } from './rich-text.ts';

/** What a survey asks besides the rating, a yes or no, and a comment. Fixed when its message leaves. */
export interface SurveyForm {
  /** BCP 47 tag: shown to readers whose own language is missing, and the language in which answers are kept. */
  readonly language: string;
  /** Customers who give ratings up to this one are asked for a reason. */
  readonly lowRating: number;
  readonly reasons: RatingReasons | null;
  readonly question: OwnQuestion | null;
}

/** What a customer answered to the organization's own question. */
export interface QuestionAnswer {
  readonly kind: QuestionKind;
  /** The question, in the language in which answers are kept. */
  readonly text: string;
  /** 0 to 10, an option in that same language, or the customer's words; null: erased with the customer. */
  readonly answer: number | string | null;
}

/** The answers that only a form of ours asks for. */
export interface FormAnswers {
  /** Why the rating is low, in the language in which answers are kept. */
  readonly reason: string | null;
  readonly question: QuestionAnswer | null;
}

export const noFormAnswers: FormAnswers = { reason: null, question: null };

/** In UTF-16 units, as `maxlength` counts them. */
export const longestWords = 2000;

const fallback = 'en';

/** The form of a survey that is sent now; null: it asks for nothing more. */
export function formOf({
  reasons,
  question,
  lowRating,
  language,
}: Pick<Policy, 'reasons' | 'question' | 'lowRating' | 'language'>): SurveyForm | null {
  if (reasons === null && question === null) return null;
  const tagged = <Value>(texts: InLanguages<Value>): InLanguages<Value> =>
    Object.fromEntries(Object.entries(texts).map(([tag, value]) => [tag === '' ? language : tag, value]));
  return {
    language,
    lowRating,
    reasons: reasons === null ? null : tagged(reasons),
    question: question === null ? null : taggedQuestion(question, tagged),
  };
}

function taggedQuestion(
  question: OwnQuestion,
  tagged: <Value>(texts: InLanguages<Value>) => InLanguages<Value>,
): OwnQuestion {
  const { kind, text } = question;
  switch (kind) {
    case 'scale':
      return { kind, text: tagged(text), ends: question.ends === null ? null : tagged(question.ends) };
    case 'choice':
      return { kind, text: tagged(text), options: tagged(question.options) };
    case 'text':
      return { kind, text: tagged(text) };
  }
}

/** The text in which a form is stored. Equal forms have equal texts, whatever the order of their parts. */
export function formBody({ language, lowRating, reasons, question }: SurveyForm): string {
  return JSON.stringify({ language, lowRating, reasons, question });
}

/** A hash of what the form says, so that each form is stored once. */
export function formIdOf(form: SurveyForm): string {
  return createHash('sha256')
    .update(`form\0${formBody(form)}`)
    .digest('base64url')
    .slice(0, 22);
}

/** Nothing is checked, because only `formBody` writes these texts. */
export function readForm(body: string): SurveyForm {
  return JSON.parse(body) as SurveyForm;
}

/** What is wrong with a part of an answer. */
export type FormProblem = 'reason_unknown' | 'scale_unknown' | 'choice_unknown' | 'words_too_long';

/** Answers as they came, before the form is known. Empty: nothing was given. */
export interface GivenAnswers {
  readonly reason: string;
  readonly answer: string;
}

/**
 * The parts of an answer that fit the form that its survey was sent with. Whatever the form does not ask for is dropped
 * silently: a browser also sends what it hides. Options are recognized by their words in any of the form's languages.
 *
 * @param rating null if none was given
 */
export function fitToForm(
  form: SurveyForm | null,
  rating: number | null,
  given: GivenAnswers,
): FormAnswers & { readonly problems: readonly FormProblem[] } {
  if (form === null) return { ...noFormAnswers, problems: [] };
  const asksReason = form.reasons !== null && rating !== null && rating <= form.lowRating;
  const reason = asksReason ? optionOf(form, form.reasons, given.reason) : null;
  const question = form.question === null ? null : answerOf(form, form.question, given.answer);
  const problems: FormProblem[] = [];
  if (reason === undefined) problems.push('reason_unknown');
  if (typeof question === 'string') problems.push(question);
  return {
    reason: reason ?? null,
    question: question === null || typeof question === 'string' ? null : question,
    problems,
  };
}

/** The options in the language in which answers are kept. */
export function keptOptions(
  { language }: SurveyForm,
  options: InLanguages<readonly string[]>,
): readonly string[] {
  return bestOf(options, [language, fallback]).value;
}

/** The question in the language in which answers are kept. */
export function keptQuestion({ language }: SurveyForm, { text }: OwnQuestion): string {
  return bestOf(text, [language, fallback]).value;
}

/** What a reader of a language is shown. @param locale a BCP 47 tag */
export function shownTo<Value>(
  { language }: SurveyForm,
  texts: InLanguages<Value>,
  locale: string,
): { readonly language: string; readonly value: Value } {
  return bestOf(texts, [locale, language, fallback]);
}

/** Null: no option was given; undefined: the text is none of the options. */
function optionOf(
  form: SurveyForm,
  options: InLanguages<readonly string[]>,
  given: string,
): string | null | undefined {
  const text = given.trim();
  if (text === '') return null;
  const kept = keptOptions(form, options);
  const places = [kept, ...Object.values(options)].map((words) => words.indexOf(text));
  return kept[places.find((place) => place >= 0) ?? -1];
}

function answerOf(
  form: SurveyForm,
  question: OwnQuestion,
  given: string,
): QuestionAnswer | FormProblem | null {
  const { kind } = question;
  const text = keptQuestion(form, question);
  switch (kind) {
    case 'scale': {
      const digits = given.trim();
      if (digits === '') return null;
      return /^(?:\d|10)$/.test(digits) ? { kind, text, answer: Number(digits) } : 'scale_unknown';
    }
    case 'choice': {
      const option = optionOf(form, question.options, given);
      if (option === undefined) return 'choice_unknown';
      return option === null ? null : { kind, text, answer: option };
    }
    case 'text': {
      const words = harmless(given).trim();
      if (words === '') return null;
      return words.length > longestWords ? 'words_too_long' : { kind, text, answer: words };
    }
  }
}

/** Whether two answers say the same apart from the rating, the yes or no, and the comment. */
export function isSameForm(left: FormAnswers, right: FormAnswers): boolean {
  return (
    left.reason === right.reason &&
    left.question?.kind === right.question?.kind &&
    left.question?.text === right.question?.text &&
    left.question?.answer === right.question?.answer
  );
}
