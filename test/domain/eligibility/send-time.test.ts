import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QuietHours } from '../../../src/domain/eligibility/policy.ts';
import { sendTime } from '../../../src/domain/eligibility/send-time.ts';

const hour = 3_600_000;
const ms = (time: string): number => Date.parse(time);
const night: QuietHours = { from: 21 * 60, until: 8 * 60 };

/** `HH:MM` to minutes since midnight. */
function clock(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 60 + minutes;
}

function quiet(from: string, until: string): QuietHours {
  return { from: clock(from), until: clock(until) };
}

/** When a message that could leave at `now` leaves. */
function leaves(now: string, timeZone: string | null, quietHours: QuietHours | null = night): string {
  const at = sendTime({ now: ms(now), closedAt: ms(now), delay: 0, quietHours, timeZone });
  return new Date(at).toISOString();
}

describe('the delay', () => {
  const closedAt = ms('2026-11-22T10:00:00Z');
  const question = { closedAt, quietHours: null, timeZone: null };

  test('counts from the closing', () => {
    expect(sendTime({ ...question, now: closedAt + 5, delay: hour })).toBe(closedAt + hour);
  });

  test('does not apply when it is over, and no message leaves in the past', () => {
    expect(sendTime({ ...question, now: closedAt + 2 * hour, delay: hour })).toBe(closedAt + 2 * hour);
    expect(sendTime({ ...question, now: closedAt + hour, delay: hour })).toBe(closedAt + hour);
    expect(sendTime({ ...question, now: closedAt, delay: 0 })).toBe(closedAt);
  });

  test('ends in the quiet hours: the message waits for their end', () => {
    const at = sendTime({ ...question, now: closedAt, delay: 12 * hour, quietHours: night });
    expect(new Date(at).toISOString()).toBe('2026-11-23T08:00:00.000Z');
  });
});

describe('quiet hours', () => {
  test.each([
    ['2026-11-22T20:59:59.999Z', '2026-11-22T20:59:59.999Z'],
    ['2026-11-22T21:00:00.000Z', '2026-11-23T08:00:00.000Z'],
    ['2026-11-22T23:59:59.999Z', '2026-11-23T08:00:00.000Z'],
    ['2026-11-23T00:00:00.000Z', '2026-11-23T08:00:00.000Z'],
    ['2026-11-23T07:59:59.999Z', '2026-11-23T08:00:00.000Z'],
    ['2026-11-23T08:00:00.000Z', '2026-11-23T08:00:00.000Z'],
    ['2026-11-23T12:34:56.789Z', '2026-11-23T12:34:56.789Z'],
  ])('over midnight: %s leaves at %s', (now, expected) => expect(leaves(now, 'UTC')).toBe(expected));

  test.each([
    ['2026-11-22T11:59:59.999Z', '2026-11-22T11:59:59.999Z'],
    ['2026-11-22T12:00:00.000Z', '2026-11-22T13:30:00.000Z'],
    ['2026-11-22T13:30:00.000Z', '2026-11-22T13:30:00.000Z'],
  ])('within a day: %s leaves at %s', (now, expected) => {
    expect(leaves(now, 'UTC', quiet('12:00', '13:30'))).toBe(expected);
  });

  test('of no length are none', () => {
    expect(leaves('2026-11-22T21:00:00.000Z', 'UTC', quiet('21:00', '21:00'))).toBe(
      '2026-11-22T21:00:00.000Z',
    );
  });

  test.each([
    ['Europe/Berlin', '2026-11-22T20:00:00.000Z', '2026-11-23T07:00:00.000Z'],
    ['America/New_York', '2026-11-22T20:00:00.000Z', '2026-11-22T20:00:00.000Z'],
    ['America/New_York', '2026-11-23T02:00:00.000Z', '2026-11-23T13:00:00.000Z'],
    ['Asia/Kathmandu', '2026-11-22T20:00:00.000Z', '2026-11-23T02:15:00.000Z'],
    ['Pacific/Kiritimati', '2026-11-22T10:00:00.000Z', '2026-11-22T18:00:00.000Z'],
  ])('are those of %s: %s leaves at %s', (zone, now, expected) => expect(leaves(now, zone)).toBe(expected));

  test.each([null, '', 'Mars/Olympus', 'not a zone'])('of the unknown zone %j are those of UTC', (zone) => {
    expect(leaves('2026-11-22T22:00:00.000Z', zone)).toBe('2026-11-23T08:00:00.000Z');
    expect(leaves('2026-11-22T12:00:00.000Z', zone)).toBe('2026-11-22T12:00:00.000Z');
  });
});

describe('a night in which the clocks change', () => {
  test.each([
    ['Europe/Berlin', 'forward', '2026-03-28T21:00:00.000Z', '2026-03-29T06:00:00.000Z'],
    ['Europe/Berlin', 'back', '2026-10-24T20:00:00.000Z', '2026-10-25T07:00:00.000Z'],
    ['America/New_York', 'forward', '2026-03-08T03:00:00.000Z', '2026-03-08T12:00:00.000Z'],
    ['America/New_York', 'back', '2026-11-01T02:00:00.000Z', '2026-11-01T13:00:00.000Z'],
    ['Australia/Lord_Howe', 'forward', '2026-10-03T11:00:00.000Z', '2026-10-03T21:00:00.000Z'],
    ['Australia/Lord_Howe', 'back', '2026-04-04T11:00:00.000Z', '2026-04-04T21:30:00.000Z'],
  ])('in %s, %s: the message leaves at eight by the clock on the wall', (zone, _, now, expected) => {
    expect(leaves(now, zone)).toBe(expected);
  });

  test('an end that the clocks skip is over after the skip', () => {
    for (const now of ['2026-03-29T00:30:00.000Z', '2026-03-29T00:40:00.000Z', '2026-03-29T00:44:59.999Z']) {
      expect(leaves(now, 'Europe/Berlin', quiet('01:30', '02:30'))).toBe('2026-03-29T01:00:00.000Z');
    }
  });

  test('an hour that comes twice is quiet twice', () => {
    const nap = quiet('02:00', '03:00');
    expect(leaves('2026-10-25T00:00:00.000Z', 'Europe/Berlin', nap)).toBe('2026-10-25T02:00:00.000Z');
    expect(leaves('2026-10-25T01:30:00.000Z', 'Europe/Berlin', nap)).toBe('2026-10-25T02:00:00.000Z');
  });

  test('a single hour outside of them is used, even on the day after it was skipped', () => {
    const wakingHour = quiet('03:00', '02:00');
    expect(leaves('2026-03-28T12:00:00.000Z', 'Europe/Berlin', wakingHour)).toBe('2026-03-30T00:00:00.000Z');
  });
});

test('whatever the zone and the hours, a message leaves outside of them and no later than it has to', () => {
  const zones = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'UTC',
  );
  const minutes = fc.integer({ min: 0, max: 1439 });
  const around = (time: string): fc.Arbitrary<number> =>
    fc.integer({ min: ms(time) / 60_000 - 1440, max: ms(time) / 60_000 + 1440 });
  const times = fc.oneof(
    around('2026-03-08T07:00:00Z'),
    around('2026-03-29T01:00:00Z'),
    around('2026-10-03T15:30:00Z'),
    around('2026-10-25T01:00:00Z'),
    fc.integer({ min: ms('2026-01-01T00:00:00Z') / 60_000, max: ms('2027-01-01T00:00:00Z') / 60_000 }),
  );
  fc.assert(
    fc.property(zones, minutes, minutes, times, (timeZone, from, until, minute) => {
      const local = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short' });
      const isQuiet = (at: number): boolean => {
        const now = clock(local.format(at));
        return from <= until ? from <= now && now < until : from <= now || now < until;
      };
      const now = minute * 60_000;
      const at = sendTime({ now, closedAt: now, delay: 0, quietHours: { from, until }, timeZone });
      expect(at).toBeGreaterThanOrEqual(now);
      expect(isQuiet(at)).toBe(false);
      if (at > now) expect(isQuiet(at - 60_000)).toBe(true);
      if (at > now) expect(isQuiet(now)).toBe(true);
    }),
    { numRuns: 400 },
  );
});
