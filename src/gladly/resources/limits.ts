import type { Answer } from '../../http/transport.ts';

/** Whether Gladly says that it cut a list. The contract does not state the header's value; `false` has been seen. */
export function isLimited(answer: Pick<Answer, 'header'>): boolean {
  const header = answer.header('gladly-limited-data');
  return header !== null && header.trim().toLowerCase() !== 'false';
}

/** Gladly silently ends a report at 100,000 rows, so a report near that size may have been cut. */
const nearKnownLimit = 90_000;
const leastDoubtful = 10_000;
/** The row limits of spreadsheets. */
const sheetRows = [65_535, 65_536];

export function isNearLimit(entries: number): boolean {
  return entries >= nearKnownLimit;
}

/**
 * Whether a list of this many entries may have been cut silently: its length is near the known limit, or as round as
 * limits are. One in a thousand long lists is that round by chance.
 */
export function isDoubtfulCount(entries: number): boolean {
  if (isNearLimit(entries)) return true;
  return (entries >= leastDoubtful && entries % 1000 === 0) || sheetRows.includes(entries);
}
