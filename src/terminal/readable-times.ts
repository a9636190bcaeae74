import { localTime } from '../domain/values/local-time.ts';

/** The zone of the times in sentences, once it is known; UTC until then. */
let sentenceZone: string | null = null;

/** From now on `readableTimes` uses this IANA zone. */
export function showTimesIn(timezone: string): void {
  sentenceZone = timezone;
}

/** The zone in which the user named times, so that a table shows the days that were asked for; null: none was named. */
export function namedZone(): string | null {
  return sentenceZone === 'UTC' ? null : sentenceZone;
}

/** Commands, ids, and what somebody typed stay as they are: they are copied or compared. */
const timeInSentence = /`[^`]*`|(?<![\w@'"=-])\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z(?![\w'"])/g;

/** A sentence with its times as people write them. */
export function readableTimes(sentence: string, timezone = sentenceZone): string {
  return sentence.replace(timeInSentence, (found) =>
    found.startsWith('`') ? found : localTime(found, timezone),
  );
}
