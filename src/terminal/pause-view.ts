import type { SendingPause } from '../domain/closing/pause.ts';
import type { FullHour } from '../documents/survey.ts';
import { clean } from './text.ts';
import { localTime } from '../domain/values/local-time.ts';

/** E.g. `sending is paused until 2026-11-29 18:00 UTC (wrong template)`. */
export function pauseText({ until, reason }: Pick<SendingPause, 'until' | 'reason'>): string {
  const end = until === null ? 'until `gcsat resume`' : `until ${localTime(until, null)} or \`gcsat resume\``;
  return `sending is paused ${end}${reason === null ? '' : ` (${clean(reason)})`}`;
}

/** E.g. `hourly limit reached: 200 messages left (maxPerHour); the next one leaves at 2026-11-29 18:00 UTC`. */
export function fullHourText({ maxPerHour, until }: FullHour): string {
  const left = maxPerHour === 1 ? '1 message left' : `${maxPerHour} messages left`;
  return `hourly limit reached: ${left} (maxPerHour); the next one leaves at ${localTime(until, null)}`;
}

/** E.g. `12 closings are queued, 3 of them due; they leave by smtp`. */
export function queueText(
  { all, due }: { all: number; due: number },
  delivery: string,
  words: 'they leave' | 'they would leave' = 'they leave',
): string {
  if (all === 0) return `nothing is queued; ${words.replace('they', 'surveys')} by ${delivery}`;
  const which = due === all ? 'due now' : due === 0 ? 'none of them due yet' : `${due} of them due`;
  return `${all} ${all === 1 ? 'closing is' : 'closings are'} queued, ${which}; ${words} by ${delivery}`;
}

/** What a run leaves in the queue, and who works on it. */
export function queueLeftText({ all }: { all: number }, delivery: string): string {
  return (
    `${all} ${all === 1 ? 'closing stays' : 'closings stay'} queued: \`gcsat serve\`, \`gcsat sync\` or the next ` +
    `run decides ${all === 1 ? 'it' : 'them'} and sends by ${delivery}; ` +
    'use `gcsat pause` to stop that, or `gcsat surveys cancel` to remove one'
  );
}
