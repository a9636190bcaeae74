import type { Reminder } from '../domain/closing/reminder.ts';
import { reasonWords } from '../domain/eligibility/reason-words.ts';
import { localTime } from '../domain/values/local-time.ts';
import type { SurveyEntry } from '../documents/surveys.ts';
import { readableTimes } from './readable-times.ts';

const ownWords: Readonly<Record<string, string>> = {
  ...reasonWords,
  answered: 'The customer answered',
  begun: 'The customer began to answer',
  expired: 'The survey expired',
  asked_since: 'The customer is asked about a newer closing',
  too_late: 'It could not leave in time',
  delivery_changed: 'The delivery was changed',
};

/** What became of a reminder, for the story of its closing. */
export function reminderText({
  state,
  at,
  dueAt,
  leftAt,
  provider,
  address,
  reasons,
  error,
}: Reminder): string {
  const why = error === null ? '' : readableTimes(`: ${error.message} (${error.hint})`);
  switch (state) {
    case 'due':
      return `due ${localTime(dueAt ?? at, null)}${why}`;
    case 'leaving':
      return `${localTime(leftAt, null)} on its way`;
    case 'sent':
      return `${localTime(leftAt, null)} ${provider} to ${address ?? 'no address'}: sent`;
    case 'uncertain':
      return `${localTime(leftAt, null)} ${provider} to ${address ?? 'no address'}: uncertain${why}`;
    case 'failed':
      return `not sent${why}`;
    case 'left_out': {
      const texts = reasons.map(({ code, detail }) => `${ownWords[code] ?? code}: ${readableTimes(detail)}`);
      return `not sent. ${texts.join('; ')}`;
    }
  }
}

/** A reminder's state, as a list shows it. */
export function reminderCell({
  reminderState,
  remindedAt,
}: Pick<SurveyEntry, 'reminderState' | 'remindedAt'>): string {
  switch (reminderState) {
    case null:
      return '';
    case 'sent':
      return `reminded ${localTime(remindedAt, null)}`;
    case 'left_out':
      return 'no reminder';
    case 'due':
    case 'leaving':
    case 'uncertain':
    case 'failed':
      return `reminder ${reminderState}`;
  }
}
