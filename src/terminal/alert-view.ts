import type { Alert } from '../domain/survey/alert.ts';
import { localTime } from '../domain/values/local-time.ts';

/** What became of one alert, on one line. */
export function alertText({ id, way, state, at, tries, dueAt, settledAt, error }: Alert): string {
  const failed = tries === 0 ? '' : `, ${tries === 1 ? '1 try' : `${tries} tries`} failed`;
  const why = error === null ? '' : `: ${error.message} (${error.hint})`;
  const next = state === 'due' && tries > 0 ? `, next try ${localTime(dueAt, null)}` : '';
  return `${localTime(settledAt ?? at, null)} by ${way}: ${state}${failed}${next}${why} (${id})`;
}
