import type { Count } from '../domain/closing/counting.ts';
import { localTime } from '../domain/values/local-time.ts';

/** Whether Agent Connect counts a closing for which no survey was sent. */
export function countText({ state, dueAt, settledAt, error }: Count): string {
  const why = error === null ? '' : `: ${error.message}`;
  switch (state) {
    case 'due':
      return `not yet at Agent Connect, next try ${localTime(dueAt, null)}${why}`;
    case 'leaving':
      return 'being reported to Agent Connect, without a survey';
    case 'counted':
      return `at Agent Connect since ${localTime(settledAt, null)}, without a survey`;
    case 'uncertain':
      return `possibly at Agent Connect; not reported again automatically${why}`;
    case 'left_out':
      return `not at Agent Connect${why}`;
  }
}
