/**
 * How a text travels as SMS (3GPP TS 23.038 and 23.040): if all letters are in the GSM alphabet, 160 of them in one
 * message or 153 in each of several; otherwise as UCS-2, 70 or 67.
 */

const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Letters that count twice, because an escape character precedes them. */
const extended = new Set('\f^{}\\[~]|€');

/** Letters that are more than a plain letter with an accent, and the typographic forms of plain characters. */
const substitutes: Record<string, string> = {
  ...{ ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ð: 'd', Ð: 'D', þ: 'th', Þ: 'Th', ı: 'i', œ: 'oe', Œ: 'OE', ẞ: 'SS' },
  ...{ '‘': "'", '’': "'", '‚': "'", '‛': "'", '“': '"', '”': '"', '„': '"', '«': '"', '»': '"', '`': "'" },
  ...{ '‐': '-', '‑': '-', '‒': '-', '–': '-', '—': '-', '−': '-', '…': '...', '•': '-', '·': '.' },
  ...{ '™': 'TM', '®': '(R)', '©': '(C)', '×': 'x' },
};

/** The length of a text in letters of the GSM alphabet, extended ones counted twice; null when it has other letters. */
export function septetsOf(text: string): number | null {
  let septets = 0;
  for (const letter of text) {
    if (basic.has(letter)) septets += 1;
    else if (extended.has(letter)) septets += 2;
    else return null;
  }
  return septets;
}

/** The parts that a text is sent and billed as. A letter is never split between two. */
export function segmentTexts(text: string): string[] {
  const septets = septetsOf(text);
  const [single, part, size] =
    septets === null
      ? ([70, 67, (letter: string) => letter.length] as const)
      : ([160, 153, (letter: string) => (extended.has(letter) ? 2 : 1)] as const);
  if ((septets ?? text.length) <= single) return [text];
  const segments: string[] = [];
  let segment = '';
  let used = 0;
  for (const letter of text) {
    if (used + size(letter) > part) {
      segments.push(segment);
      segment = '';
      used = 0;
    }
    segment += letter;
    used += size(letter);
  }
  return [...segments, segment];
}

export function segmentsOf(text: string): number {
  return segmentTexts(text).length;
}

/**
 * The text in letters of the GSM alphabet: `Zoë` becomes `Zoe`, `Łukasz` becomes `Lukasz`. Anything without an
 * equivalent, such as letters of another script, is left out.
 */
export function inGsmLetters(text: string): string {
  return Array.from(text.normalize('NFC'), (letter) => {
    if (basic.has(letter) || extended.has(letter)) return letter;
    const plain = substitutes[letter] ?? letter.normalize('NFKD').replace(/\p{M}/gu, '');
    return septetsOf(plain) === null ? '' : plain;
  })
    .join('')
    .replace(/\s+/g, ' ')
    .trim();
}
