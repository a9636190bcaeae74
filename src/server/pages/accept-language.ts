import { english, speechOf, type Speech } from '../../html/languages.ts';

// Browsers send a few entries; a longer header does not come from a browser.
const longestHeader = 1000;
const mostEntries = 30;

/**
 * The language to answer in: the best one in `Accept-Language` that we write (RFC 9110, 12.5.4), else the profile's,
 * else English. Accepts any header.
 */
export function chooseLanguage(acceptLanguage: string | null, ofProfile: string): Speech {
  const wanted = (acceptLanguage ?? '')
    .slice(0, longestHeader)
    .split(',', mostEntries)
    .map(readEntry)
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality)
    .flatMap(({ tag }) => speechOf(tag) ?? []);
  return wanted[0] ?? speechOf(ofProfile) ?? english;
}

function readEntry(entry: string): { tag: string; quality: number } {
  const [tag = '', ...parameters] = entry.split(';').map((part) => part.trim());
  const weight = parameters.find((parameter) => /^q\s*=/i.test(parameter));
  if (weight === undefined) return { tag, quality: 1 };
  const value = weight.slice(weight.indexOf('=') + 1).trim();
  return { tag, quality: /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(value) ? Number(value) : 0 };
}
