/**
 * How a text travels as SMS (3GPP TS 23.038 and 23.040): with nothing but letters of the GSM alphabet, 160 of them in one
 * message or 153 in each of several; else as UCS-2, 70 or 67.
 */

const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Letters that cost two, because a sign that announces them goes before. */
const extended = new Set('\f^{}\\[~]|€');

/** Letters that have no accent to take away, and signs that word processors make of plain ones. */
const substitutes: Record<string, string> = {
  ...{ ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ð: 'd', Ð: 'D', þ: 'th', Þ: 'Th', ı: 'i', œ: 'oe', Œ: 'OE', ẞ: 'SS' },
  ...{ '‘': "'", '’': "'", '‚': "'", '‛': "'", '“': '"', '”': '"', '„': '"', '«': '"', '»': '"', '`': "'" },
  ...{ '‐': '-', '‑': '-', '‒': '-', '–': '-', '—': '-', '−': '-', '…': '...', '•': '-', '·': '.' },
  ...{ '™': 'TM', '®': '(R)', '©': '(C)', '×': 'x' },
};

/** Letters of the GSM alphabet that a text takes, the two-letter ones counted twice; null: it has others too. */
export function septetsOf(text: string): number | null {
  let septets = 0;
  for (const letter of text) {
    if (basic.has(letter)) septets += 1;
    else if (extended.has(letter)) septets += 2;
    else return null;
  }
  return septets;
}

/** Messages that a text is sent as, and billed as. A letter is never divided between two of them. */
export function segmentsOf(text: string): number {
  const septets = septetsOf(text);
  const [single, part, size] =
    septets === null
      ? ([70, 67, (letter: string) => letter.length] as const)
      : ([160, 153, (letter: string) => (extended.has(letter) ? 2 : 1)] as const);
  if ((septets ?? text.length) <= single) return 1;
  let segments = 1;
  let used = 0;
  for (const letter of text) {
    if (used + size(letter) > part) {
      segments += 1;
      used = 0;
    }
    used += size(letter);
  }
  return segments;
}

/**
 * The text in letters of the GSM alphabet: `Zoë` stays with its e alone, `Łukasz` is `Lukasz`. What has no likeness there,
 * such as letters of another script, is left out.
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
