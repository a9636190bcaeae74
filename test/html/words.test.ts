import { describe, expect, test } from 'vitest';
import { languages, wordsOf, type Language } from '../../src/html/languages.ts';
import { conversationBy } from '../../src/html/sentences.ts';

/** Every sentence of a language, filled in with the given name. */
function sentences(language: Language, name: string): Record<string, string> {
  const made: Record<string, string> = {};
  const collect = (path: string, value: unknown): void => {
    if (typeof value === 'string') made[path] = value;
    else if (typeof value === 'function') collect(path, value(name, name, name));
    else for (const [key, entry] of Object.entries(value as object)) collect(`${path}.${key}`, entry);
  };
  const { stars, ...words } = wordsOf(language);
  collect('', words);
  for (const rating of [1, 2, 3, 4, 5]) made[`.stars.${rating}`] = stars(rating);
  return made;
}

const paths = (language: Language): string[] => Object.keys(sentences(language, 'X')).sort();

describe.each(languages)('%s', (language) => {
  test('has every sentence, and none is empty', () => {
    expect(paths(language)).toEqual(paths('en'));
    for (const sentence of Object.values(sentences(language, 'X'))) {
      expect(sentence.trim()).not.toBe('');
      expect(sentence).not.toMatch(/undefined|null|\[object|\s{2}/);
    }
  });

  test('names who is meant', () => {
    const { question, about, page } = wordsOf(language);
    const { whoReads, saved, unsubscribe, unsubscribed } = page;
    expect(question('Maria')).toContain('Maria');
    expect(question(null)).not.toMatch(/null/);
    for (const sentence of [
      about('Chat', 'Acme', 'today'),
      whoReads('Acme'),
      saved('Acme'),
      unsubscribe('Acme').text,
      unsubscribed('Acme').text,
    ]) {
      expect(sentence).toContain('Acme');
    }
  });

  test('has five different words for five stars', () => {
    const { verdicts, stars } = wordsOf(language);
    expect(new Set(verdicts).size).toBe(5);
    expect(new Set([1, 2, 3, 4, 5].map(stars)).size).toBe(5);
  });

  test('calls an unknown channel a conversation', () => {
    const words = wordsOf(language);
    expect(conversationBy('email', words)).not.toBe(words.conversations.conversation);
    for (const channel of [null, 'pigeon', 'constructor', '__proto__']) {
      expect(conversationBy(channel, words)).toBe(words.conversations.conversation);
    }
  });
});

describe('typography', () => {
  /** Leaves out text messages, because the GSM alphabet has neither these spaces nor these apostrophes. */
  const printed = (language: Language): string[] =>
    Object.entries(sentences(language, 'X')).flatMap(([path, text]) => (path.endsWith('.sms') ? [] : [text]));

  test('French has a narrow no-break space before ? ! ; and :', () => {
    for (const sentence of printed('fr')) expect(sentence).not.toMatch(/(?<!\u202f)[?!;:]|\s\u202f/);
  });

  test.each(languages)('apostrophes and quotation marks of %s are not those of a typewriter', (language) => {
    for (const sentence of printed(language)) expect(sentence).not.toMatch(/['"]/);
  });
});

test('no language borrows the sentences of another', () => {
  const borrowed = languages.flatMap((language) =>
    languages
      .filter((other) => other !== language)
      .flatMap((other) => {
        const others = sentences(other, 'X');
        // Channels often have the same name.
        return Object.entries(sentences(language, 'X'))
          .filter(([path, sentence]) => sentence.includes(' ') && others[path] === sentence)
          .map(([path]) => `${language} ${other} ${path}`);
      }),
  );
  expect(borrowed).toEqual([]);
});
