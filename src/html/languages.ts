import type { Words } from './sentences.ts';
import { de } from './words/de.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';
import { fr } from './words/fr.ts';

/** To add a language for customers' mails, text messages and pages, add it here and in `words`. */
const words = { en, es, fr, de } satisfies Record<string, Words>;

export type Language = keyof typeof words;

export const languages = Object.keys(words) as readonly Language[];

/** A language that we write, and the locale of its dates and numbers: `es` with `es-MX`. */
export interface Speech {
  language: Language;
  locale: string;
}

export const english: Speech = { language: 'en', locale: 'en' };

export function wordsOf(language: Language): Words {
  return words[language];
}

/** The language of a BCP 47 tag such as `es-MX` or `es_mx`; null if we do not write it or the tag is invalid. */
export function speechOf(tag: string): Speech | null {
  try {
    // The base name has no extensions, which could ask for another calendar or other digits.
    const { language: base, baseName } = new Intl.Locale(tag.trim().replaceAll('_', '-'));
    const language = languages.find((known) => known === base);
    return language === undefined ? null : { language, locale: baseName };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** @param timeZone IANA name; null, or one that this machine does not know, means UTC */
export function dayOf(instant: string, locale: string, timeZone: string | null): string {
  const date = new Date(instant);
  const format = (zone: string): string =>
    new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: zone }).format(date);
  try {
    return format(timeZone ?? 'UTC');
  } catch {
    return format('UTC');
  }
}
