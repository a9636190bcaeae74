import type { InLanguages } from '../domain/eligibility/questionnaire.ts';
import { harmless } from '../domain/survey/rich-text.ts';
import { InvalidValue } from './invalid-value.ts';

const longestQuestion = 300;
const longestOption = 100;
const mostOptions = 12;

/** The key that stands for the language of the profile. */
export const own = '';

export function parseJson(text: string, hint: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) throw new InvalidValue('the value is not valid JSON', hint);
    throw error;
  }
}

/**
 * A value for every language, or a single value for the language of the profile.
 *
 * @throws InvalidValue
 */
export function inLanguages<Value>(
  json: unknown,
  read: (value: unknown) => Value,
  hint: string,
): InLanguages<Value> {
  if (typeof json === 'string' || Array.isArray(json)) return { [own]: read(json) };
  if (typeof json !== 'object' || json === null) throw new InvalidValue('a text is missing', hint);
  const entries = Object.entries(json).map(([tag, value]) => [canonicalTag(tag), read(value)] as const);
  if (entries.length === 0) throw new InvalidValue('no language is given', hint);
  const [twice] = entries.map(([tag]) => tag).filter((tag, index, all) => all.indexOf(tag) !== index);
  if (twice !== undefined) throw new InvalidValue(`the language ${twice} appears twice`, 'Name it once.');
  return Object.fromEntries(entries);
}

function canonicalTag(tag: string): string {
  try {
    const [canonical] = Intl.getCanonicalLocales(tag);
    if (canonical !== undefined) return canonical;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new InvalidValue(`'${tag}' is not a language tag`, 'Use e.g. en, es, fr, de or pt-BR.');
}

export function sameLength(
  lists: InLanguages<readonly string[]>,
  what: string,
): InLanguages<readonly string[]> {
  const lengths = new Set(Object.values(lists).map(({ length }) => length));
  if (lengths.size <= 1) return lists;
  throw new InvalidValue(
    `the languages have different numbers of ${what}`,
    `Give as many ${what} in every language, in the same order.`,
  );
}

export function sameLanguages<Value>(
  values: InLanguages<Value>,
  texts: InLanguages<unknown>,
): InLanguages<Value> {
  const languages = [...Object.keys(values), ...Object.keys(texts)];
  const lacking = languages.find((tag) => !Object.hasOwn(values, tag) || !Object.hasOwn(texts, tag));
  if (lacking === undefined) return values;
  throw new InvalidValue(
    'the question and its options have different languages',
    'Give text and options in the same languages.',
  );
}

export function questionText(value: unknown): string {
  return lineOfText(value, 'question', longestQuestion);
}

export function optionsOf(value: unknown, what: 'reason' | 'option', least: number): readonly string[] {
  if (!Array.isArray(value)) {
    throw new InvalidValue(`the ${what}s are not a list`, `Use a list, e.g. ["One", "Another"].`);
  }
  const texts = value
    .filter((text) => typeof text !== 'string' || text.trim() !== '')
    .map((text) => lineOfText(text, what, longestOption));
  const [twice] = texts.filter((text, index) => texts.indexOf(text) !== index);
  if (twice !== undefined) throw new InvalidValue(`the ${what} '${twice}' appears twice`, 'Name it once.');
  if (texts.length >= least && texts.length <= mostOptions) return texts;
  throw new InvalidValue(
    `there are too ${texts.length < least ? 'few' : 'many'} ${what}s: ${texts.length}`,
    `Give ${least} to ${mostOptions} ${what}s${what === 'option' ? ', after the question, e.g. | Yes | No' : ''}.`,
  );
}

export function endsOf(value: unknown): readonly [string, string] {
  const texts = (Array.isArray(value) ? value : []).map((text) => lineOfText(text, 'end', longestOption));
  const [least, most, ...others] = texts;
  if (least !== undefined && most !== undefined && others.length === 0) return [least, most];
  throw new InvalidValue(
    'a scale has two ends: what 0 means, and what 10 means',
    'Use e.g. "scale: How likely are you to recommend us? | Not at all | Very likely".',
  );
}

function lineOfText(value: unknown, what: string, longest: number): string {
  const text = typeof value === 'string' ? value.trim() : '';
  if (text === '') throw new InvalidValue(`the ${what} has no text`, 'Write it as customers should read it.');
  if (text !== harmless(text) || text.includes('\n')) {
    throw new InvalidValue(
      `the ${what} contains a line break or an invisible character`,
      'Use one line of plain text.',
    );
  }
  if (text.length <= longest) return text;
  throw new InvalidValue(`the ${what} is longer than ${longest} characters`, 'Use a shorter text.');
}
