import type { QuietHours } from './policy.ts';

const minute = 60_000;
const quarter = 15;
const minutesPerDay = 24 * 60;

export interface SendTimeQuestion {
  /** Epoch milliseconds, like all times here. */
  now: number;
  closedAt: number;
  delay: number;
  quietHours: QuietHours | null;
  /** IANA name; null and unknown names mean UTC. */
  timeZone: string | null;
}

/** When the message may leave: after the delay, never before now, and outside the quiet hours. */
export function sendTime({ now, closedAt, delay, quietHours, timeZone }: SendTimeQuestion): number {
  let at = Math.max(now, closedAt + delay);
  if (quietHours === null) return at;
  const localMinutes = clockIn(timeZone);
  // Clocks change only at quarter hours, so checking again at each of them finds the end of the quiet hours even if the
  // clock changes meanwhile.
  for (;;) {
    const left = minutesOfQuietLeft(localMinutes(at), quietHours);
    if (left === 0) return at;
    const sinceEpoch = Math.floor(at / minute);
    at = (sinceEpoch + Math.min(left, quarter - (sinceEpoch % quarter))) * minute;
  }
}

function minutesOfQuietLeft(local: number, { from, until }: QuietHours): number {
  const length = (until - from + minutesPerDay) % minutesPerDay;
  const elapsed = (local - from + minutesPerDay) % minutesPerDay;
  return Math.max(0, length - elapsed);
}

function clockIn(timeZone: string | null): (at: number) => number {
  const format = formatFor(timeZone);
  return (at) => {
    const [hours = 0, minutes = 0] = format.format(at).split(':').map(Number);
    return hours * 60 + minutes;
  };
}

/** Writes a moment as `HH:MM`. */
function formatFor(timeZone: string | null): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone: timeZone ?? 'UTC',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  } catch {
    return formatFor(null);
  }
}
