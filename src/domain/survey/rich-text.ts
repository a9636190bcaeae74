/** Invisible characters that can do harm: C0 and C1 controls except the line feed, and bidirectional controls. */
const harmful =
  // eslint-disable-next-line no-control-regex -- control characters are what this removes
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

const replacements: Record<string, string> = {
  '\n': '<br>',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A customer's text without harmful characters. A line end becomes \n, a tab a space, a lone surrogate U+FFFD. */
export function harmless(text: string): string {
  return text
    .replace(/\r\n?|\u2028|\u2029/g, '\n')
    .replaceAll('\t', ' ')
    .replace(harmful, '')
    .toWellFormed();
}

/** Text as rich text: a line end becomes `<br>`, every special character of HTML an entity. */
export function escapeText(text: string): string {
  return harmless(text).replace(/[&<>"'\n]/g, (character) => replacements[character] ?? character);
}

/**
 * Escaped text of at most `limit` UTF-16 units. A longer text is cut and ends in `…`; the cut never splits a character,
 * a grapheme or an entity.
 */
export function escapeWithin(text: string, limit: number): string {
  const whole = escapeText(text);
  if (whole.length <= limit) return whole;
  if (limit < 1) return '';
  const plain = harmless(text);
  let cut = 0;
  for (let length = 0; cut < plain.length; cut += 1) {
    length += replacements[plain.charAt(cut)]?.length ?? 1;
    if (length > limit - 1) break;
  }
  return `${escapeText(plain.slice(0, graphemeStart(plain, cut)))}…`;
}

/** Plain text of at most `limit` UTF-16 units on one line, never cut inside a grapheme. */
export function lineWithin(text: string, limit: number): string {
  // No-break spaces stay: French puts one before a question mark.
  const line = harmless(text)
    .replace(/[^\S\u00a0\u202f]+/g, ' ')
    .trim();
  if (line.length <= limit) return line;
  return limit < 1 ? '' : `${line.slice(0, graphemeStart(line, limit - 1))}…`;
}

/** Plain text of at most `limit` UTF-16 units, with its line ends, never cut inside a grapheme. */
export function textWithin(text: string, limit: number): string {
  const plain = harmless(text);
  if (plain.length <= limit) return plain;
  return `${plain.slice(0, graphemeStart(plain, limit - 1))}…`;
}

/** Created when a text is first cut, because creating it takes a tenth of the start-up time. */
let graphemes: Intl.Segmenter | undefined;

/** Where the grapheme at this place begins. Segmenting is slow, so this is called once per text. */
function graphemeStart(text: string, place: number): number {
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return graphemes.segment(text).containing(place)?.index ?? place;
}

/** Rich text as a person reads it: without tags, with characters for entities, with single spaces. */
export function readableText(richText: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
  return richText
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi, (entity, decimal, hex, name) => {
      const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
      if (typeof name === 'string') return characters[name.toLowerCase()] ?? entity;
      return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
    })
    .replace(/\s+/g, ' ')
    .trim();
}
