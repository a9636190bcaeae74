import { languages, type Language } from './words.ts';

/** A language that the pages speak, and the spelling of dates that goes with it: `es` with `es-MX`. */
export interface Speech {
  language: Language;
  locale: string;
}

// Browsers send a few entries; what is longer was not made by one.
const longestHeader = 1000;
const mostEntries = 30;

/**
 * The language to answer in: the best one of `Accept-Language` that we speak (RFC 9110, 12.5.4), else the
 * profile's, else English. Total: any header will do.
 */
export function chooseLanguage(acceptLanguage: string | null, ofProfile: string): Speech {
  const wanted = (acceptLanguage ?? '')
    .slice(0, longestHeader)
    .split(',', mostEntries)
    .map(readEntry)
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality)
    .flatMap(({ tag }) => speechOf(tag) ?? []);
  return wanted[0] ?? speechOf(ofProfile) ?? { language: 'en', locale: 'en' };
}

function readEntry(entry: string): { tag: string; quality: number } {
  const [tag = '', ...parameters] = entry.split(';').map((part) => part.trim());
  const weight = parameters.find((parameter) => /^q\s*=/i.test(parameter));
  if (weight === undefined) return { tag, quality: 1 };
  const value = weight.slice(weight.indexOf('=') + 1).trim();
  return { tag, quality: /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(value) ? Number(value) : 0 };
}

function speechOf(tag: string): Speech | null {
  try {
    // Without extensions, which could ask for another calendar or other digits.
    const { language: base, baseName } = new Intl.Locale(tag.replaceAll('_', '-'));
    const language = languages.find((known) => known === base);
    return language === undefined ? null : { language, locale: baseName };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The day of an instant, written out and never broken, in the organisation's zone where it is known. */
export function dayOf(instant: string, locale: string, timeZone: string | null): string {
  const date = new Date(instant);
  const written = (zone: string): string =>
    new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: zone }).format(date);
  try {
    return written(timeZone ?? 'UTC').replaceAll(' ', '\u00a0');
  } catch {
    return written('UTC').replaceAll(' ', '\u00a0');
  }
}
