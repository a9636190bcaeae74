import {
  keptOptions,
  keptQuestion,
  longestWords,
  shownTo,
  type FormAnswers,
  type SurveyForm,
} from '../../domain/survey/form.ts';
import type { InLanguages } from '../../domain/eligibility/questionnaire.ts';
import type { Speech } from '../../html/languages.ts';
import type { Words } from '../../html/sentences.ts';
import type { FilledIn } from './answer-form.ts';

/** One of several options to choose from. Its value is the text in the language in which answers are stored. */
interface Option {
  id: string;
  value: string;
  label: string;
  /** The meaning of this end of a scale; empty for all other options. */
  end: string;
  chosen: boolean;
}

/** How a page shows the reasons or the question. */
interface Part {
  text: string;
  /** The language, if it is not that of the page; else empty. */
  language: string;
  options: readonly Option[];
}

/** The parts that the form adds to a survey's page, ready to print; each is null if the form does not ask it. */
export interface FormParts {
  /** Ratings up to this one show the reasons. */
  lowRating: number;
  reasons: Part | null;
  question: (Part & { kind: string; words: string; longest: number }) | null;
}

const noParts: FormParts = { lowRating: 0, reasons: null, question: null };

export function formParts(
  form: SurveyForm | null,
  { reason, answer }: Pick<FilledIn, 'reason' | 'answer'>,
  speech: Speech,
  words: Words,
): FormParts {
  if (form === null) return noParts;
  const { reasons, question, lowRating } = form;
  return {
    lowRating,
    reasons:
      reasons === null
        ? null
        : { text: words.page.reason, ...choiceOf(form, reasons, speech, { name: 'reason', chosen: reason }) },
    question: question === null ? null : questionPart(form, question, speech, answer),
  };
}

function questionPart(
  form: SurveyForm,
  question: NonNullable<SurveyForm['question']>,
  speech: Speech,
  answer: string,
): FormParts['question'] {
  const { value: text, language } = shownTo(form, question.text, speech.locale);
  const part = {
    kind: question.kind,
    text,
    language: otherThan(speech, language),
    options: [],
    words: '',
    longest: longestWords,
  };
  switch (question.kind) {
    case 'scale': {
      const [least, most] = question.ends === null ? ['', ''] : shownTo(form, question.ends, language).value;
      const options = Array.from({ length: 11 }, (_, number): Option => ({
        id: `answer-${number}`,
        value: String(number),
        label: String(number),
        end: number === 0 ? least : number === 10 ? most : '',
        chosen: answer.trim() === String(number),
      }));
      return { ...part, options };
    }
    case 'choice':
      return { ...part, ...choiceOf(form, question.options, speech, { name: 'answer', chosen: answer }) };
    case 'text':
      return { ...part, words: answer };
  }
}

function choiceOf(
  form: SurveyForm,
  options: InLanguages<readonly string[]>,
  speech: Speech,
  { name, chosen }: { name: string; chosen: string },
): Pick<Part, 'language' | 'options'> {
  const { value: labels, language } = shownTo(form, options, speech.locale);
  return {
    language: otherThan(speech, language),
    options: keptOptions(form, options).map((value, index) => ({
      id: `${name}-${index}`,
      value,
      label: labels[index] ?? value,
      end: '',
      chosen: value === chosen,
    })),
  };
}

/** Empty if the page has that language anyway. */
function otherThan(speech: Speech, language: string): string {
  return language.toLowerCase().split('-')[0] === speech.language ? '' : language;
}

/** A customer's answers as the thank-you page repeats them: in the words that the survey page showed. */
export function givenParts(
  form: SurveyForm | null,
  { reason, question }: FormAnswers,
  speech: Speech,
  words: Words,
): { reason: string; question: string; answer: string } {
  const inWords = (options: InLanguages<readonly string[]> | undefined | null, kept: string): string => {
    if (form === null || options === undefined || options === null) return kept;
    return shownTo(form, options, speech.locale).value[keptOptions(form, options).indexOf(kept)] ?? kept;
  };
  const asked = form?.question ?? null;
  const isOfForm =
    form !== null && asked !== null && question !== null && keptQuestion(form, asked) === question.text;
  const answer = question?.answer ?? null;
  return {
    reason: reason === null ? '' : inWords(form?.reasons, reason),
    question:
      question === null ? '' : isOfForm ? shownTo(form, asked.text, speech.locale).value : question.text,
    answer:
      typeof answer === 'number'
        ? words.page.ofTen(answer)
        : answer === null
          ? ''
          : inWords(asked?.kind === 'choice' ? asked.options : null, answer),
  };
}
