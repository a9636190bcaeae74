const days: Readonly<Record<string, number>> = { d: 1, day: 1, w: 7, wk: 7, week: 7 };
const shorter: Readonly<Record<string, string>> = {
  h: 'h',
  hr: 'h',
  hour: 'h',
  m: 'm',
  min: 'm',
  minute: 'm',
  s: 's',
  sec: 's',
  second: 's',
};

/** A duration in a spelling that people use, as we write it: `1w` and `7 days` are `7d`; null for any other text. */
export function usualDuration(text: string): string | null {
  const [, digits = '0', word = ''] = /^(\d{1,4})\s*([a-z]+?)s?$/.exec(text.trim().toLowerCase()) ?? [];
  const count = Number(digits);
  if (count === 0) return null;
  if (Object.hasOwn(days, word)) return `${count * (days[word] ?? 1)}d`;
  return Object.hasOwn(shorter, word) ? `${count}${shorter[word] ?? ''}` : null;
}
