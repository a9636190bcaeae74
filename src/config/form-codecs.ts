import {
  questionKinds,
  type InLanguages,
  type OwnQuestion,
  type QuestionKind,
  type RatingReasons,
} from '../domain/eligibility/questionnaire.ts';
import type { Codec } from './codecs.ts';
import {
  endsOf,
  inLanguages,
  optionsOf,
  own,
  parseJson,
  questionText,
  sameLanguages,
  sameLength,
} from './form-texts.ts';
import { InvalidValue } from './invalid-value.ts';

const reasonsHint =
  'Use e.g. reasons="Slow reply, Wrong answer, Unfriendly", or JSON such as {"en": ["Slow reply"], "de": ["Langsam"]}.';
const questionHint =
  'Use e.g. question="scale: How likely are you to recommend us?", "choice: How did you find us? | Friend | Search", or "text: What should we do better?".';

/**
 * Texts separated by commas, in the language of the profile; or JSON: a list, or a list for each language by its tag.
 * A file may also have one text per line.
 */
export const ratingReasons: Codec<RatingReasons | null> = {
  parse(text) {
    const given = text.trim();
    if (given === '' || given.toLowerCase() === 'off') return null;
    if (!/^[[{]/.test(given)) {
      const separator = given.includes('\n') ? '\n' : ',';
      return { [own]: optionsOf(given.split(separator), 'reason', 1) };
    }
    const json = parseJson(given, reasonsHint);
    return sameLength(
      inLanguages(json, (value) => optionsOf(value, 'reason', 1), reasonsHint),
      'reasons',
    );
  },
  format(reasons) {
    if (reasons === null) return 'off';
    const plain = plainOf(reasons)?.join(', ');
    const isReadBack = plain !== undefined && isEqual(ratingReasons, plain, reasons);
    return isReadBack ? plain : JSON.stringify(plainOf(reasons) ?? reasons);
  },
};

/**
 * `KIND: text`, with options after `|`, in the language of the profile; or JSON with `kind`, `text`, and the rest.
 */
export const ownQuestion: Codec<OwnQuestion | null> = {
  parse(text) {
    const given = text.trim().replace(/\s*\n\s*/g, ' ');
    if (given === '' || given.toLowerCase() === 'off') return null;
    return given.startsWith('{') ? fromJson(given) : fromLine(given);
  },
  format(question) {
    if (question === null) return 'off';
    const line = lineOf(question);
    return line !== null && isEqual(ownQuestion, line, question) ? line : jsonOf(question);
  },
};

function fromLine(given: string): OwnQuestion {
  const [, kind = '', rest = ''] = /^(\w+)\s*:(.*)$/s.exec(given) ?? [];
  const [text = '', ...parts] = rest.split('|');
  const asked = { [own]: questionText(text) };
  switch (kindOf(kind)) {
    case 'scale':
      return { kind: 'scale', text: asked, ends: parts.length === 0 ? null : { [own]: endsOf(parts) } };
    case 'choice':
      return { kind: 'choice', text: asked, options: { [own]: optionsOf(parts, 'option', 2) } };
    case 'text':
      if (parts.length === 0) return { kind: 'text', text: asked };
      throw new InvalidValue(
        'a text question has no options',
        'Leave out what follows the |, or use choice.',
      );
  }
}

function fromJson(given: string): OwnQuestion {
  const json = parseJson(given, questionHint);
  const { kind, text, ends, options, ...others } = json as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  const found = kindOf(typeof kind === 'string' ? kind : '');
  const [misplaced] = [
    ...(ends !== undefined && found !== 'scale' ? ['ends'] : []),
    ...(options !== undefined && found !== 'choice' ? ['options'] : []),
    ...(unknown === undefined ? [] : [unknown]),
  ];
  if (misplaced !== undefined) {
    throw new InvalidValue(
      `a question of kind ${found} has no '${misplaced}'`,
      'Use kind, text, for scale also ends, and for choice also options.',
    );
  }
  const asked = inLanguages(text, questionText, questionHint);
  switch (found) {
    case 'scale':
      return {
        kind: found,
        text: asked,
        ends: ends === undefined || ends === null ? null : inLanguages(ends, endsOf, questionHint),
      };
    case 'choice': {
      const chosen = inLanguages(options, (value) => optionsOf(value, 'option', 2), questionHint);
      return { kind: found, text: asked, options: sameLength(sameLanguages(chosen, asked), 'options') };
    }
    case 'text':
      return { kind: found, text: asked };
  }
}

function kindOf(text: string): QuestionKind {
  const kind = questionKinds.find((one) => one === text.toLowerCase());
  if (kind !== undefined) return kind;
  throw new InvalidValue('the question does not begin with its kind: scale, choice, or text', questionHint);
}

/** What is written only in the language of the profile; undefined if languages are named. */
function plainOf<Value>(texts: InLanguages<Value>): Value | undefined {
  return texts[own];
}

/** Null if the question names languages. */
function lineOf(question: OwnQuestion): string | null {
  const text = plainOf(question.text);
  if (text === undefined) return null;
  const parts =
    question.kind === 'scale'
      ? (question.ends ?? {})[own]
      : question.kind === 'choice'
        ? question.options[own]
        : [];
  return [`${question.kind}: ${text}`, ...(parts ?? [])].join(' | ');
}

function jsonOf(question: OwnQuestion): string {
  const plain = <Value>(texts: InLanguages<Value>): unknown => plainOf(texts) ?? texts;
  const { kind, text } = question;
  switch (kind) {
    case 'scale':
      return JSON.stringify({
        kind,
        text: plain(text),
        ...(question.ends === null ? {} : { ends: plain(question.ends) }),
      });
    case 'choice':
      return JSON.stringify({ kind, text: plain(text), options: plain(question.options) });
    case 'text':
      return JSON.stringify({ kind, text: plain(text) });
  }
}

/** Whether parsing the text returns the value. */
function isEqual<Value>(codec: Codec<Value>, text: string, value: Value): boolean {
  try {
    return JSON.stringify(codec.parse(text)) === JSON.stringify(value);
  } catch (error) {
    if (error instanceof InvalidValue) return false;
    throw error;
  }
}
