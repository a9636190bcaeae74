import type { QuietHours } from './policy.ts';

const minute = 60_000;
const minutesPerDay = 24 * 60;

export interface SendTimeQuestion {
  /** Epoch milliseconds, as all times here. */
  now: number;
  closedAt: number;
  delay: number;
  quietHours: QuietHours | null;
  /** IANA name; null, or one that this machine does not know, means UTC. */
  timeZone: string | null;
}

/** When the message may leave: after the delay, never before now, and outside the quiet hours. */
export function sendTime({ now, closedAt, delay, quietHours, timeZone }: SendTimeQuestion): number {
  let at = Math.max(now, closedAt + delay);
  if (quietHours === null) return at;
  const localMinutes = clockIn(timeZone);
  // A change to or from daylight-saving time inside the quiet hours moves their end: look again from there.
  for (let look = 0; look < 4; look += 1) {
    const remaining = minutesOfQuietLeft(localMinutes(at), quietHours);
    if (remaining === 0) return at;
    at = Math.floor(at / minute) * minute + remaining * minute;
  }
  return at;
}

function minutesOfQuietLeft(local: number, { from, until }: QuietHours): number {
  const length = (until - from + minutesPerDay) % minutesPerDay;
  const elapsed = (local - from + minutesPerDay) % minutesPerDay;
  return elapsed < length ? length - elapsed : 0;
}

function clockIn(timeZone: string | null): (at: number) => number {
  const format = formatFor(timeZone) ?? formatFor('UTC');
  return (at) => {
    const parts = format?.formatToParts(at) ?? [];
    const read = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
    return read('hour') * 60 + read('minute');
  };
}

function formatFor(timeZone: string | null): Intl.DateTimeFormat | null {
  if (timeZone === null) return null;
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  } catch {
    return null;
  }
}
