import type { Answer } from '../../http/transport.ts';

/** Whether Gladly says that a list goes on beyond its end. The contract does not state the value; `false` has been seen. */
export function isLimited(answer: Pick<Answer, 'header'>): boolean {
  const header = answer.header('gladly-limited-data');
  return header !== null && header.trim().toLowerCase() !== 'false';
}

/** Gladly ends a report at 100,000 rows without a word, so that one near it may have been cut. */
const nearKnownLimit = 90_000;
const leastDoubtful = 10_000;
/** Where spreadsheets end. */
const sheetRows = [65_535, 65_536];

export function isNearLimit(entries: number): boolean {
  return entries >= nearKnownLimit;
}

/**
 * Whether a list of so many entries may have been cut without a word: it is as full as the known limit, or as round as
 * limits are. One of a thousand long lists is as round by chance.
 */
export function isDoubtfulCount(entries: number): boolean {
  if (isNearLimit(entries)) return true;
  return (entries >= leastDoubtful && entries % 1000 === 0) || sheetRows.includes(entries);
}
