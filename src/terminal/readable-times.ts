import { localTime } from '../domain/values/local-time.ts';

/** The zone of the times in sentences, once it is known; until then null, which means UTC. */
let sentenceZone: string | null = null;

/** Makes `readableTimes` use this IANA zone from now on. */
export function showTimesIn(timezone: string): void {
  sentenceZone = timezone;
}

/**
 * The zone in which the user gave times, so that a table shows the days that were asked for; null: none was given.
 */
export function namedZone(): string | null {
  return sentenceZone === 'UTC' ? null : sentenceZone;
}

/** Commands, ids, and what a user typed stay as they are: they are copied or compared. */
const timeInSentence = /`[^`]*`|(?<![\w@'"=-])\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z(?![\w'"])/g;

/** A sentence with its times as people write them. */
export function readableTimes(sentence: string, timezone = sentenceZone): string {
  return sentence.replace(timeInSentence, (found) =>
    found.startsWith('`') ? found : localTime(found, timezone),
  );
}
