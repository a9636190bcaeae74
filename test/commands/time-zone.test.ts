import { afterEach, expect, test } from 'vitest';
import { timeZoneFor } from '../../src/commands/program/time-range.ts';
import { readableTimes, showTimesIn } from '../../src/terminal/readable-times.ts';
import { defaultPolicy } from '../../src/domain/eligibility/policy.ts';

afterEach(() => showTimesIn('UTC'));

const night = { from: 21 * 60, until: 8 * 60 };

test.each<[string, string | null, typeof night | null, string | undefined, string, string[]]>([
  ['the one that was named needs no other', null, null, 'Asia/Tokyo', 'Asia/Tokyo', []],
  ['the organization’s', 'Europe/Berlin', night, undefined, 'Europe/Berlin', []],
  ['none', null, night, undefined, 'UTC', ['times without an offset and quiet hours']],
  ['one that is unknown here', 'Mars/Phobos', null, undefined, 'UTC', ['times without an offset']],
  ['none, beside the one that was named', null, night, 'Asia/Tokyo', 'Asia/Tokyo', ['quiet hours']],
])('the zone of a run: %s', async (_, timezone, quietHours, named, zone, inUtc) => {
  const warnings: string[] = [];
  const services = {
    organization: () => Promise.resolve({ id: 'o', name: 'Acme', timezone }),
    settings: { policy: { ...defaultPolicy, quietHours } },
  } as unknown as Parameters<typeof timeZoneFor>[1];
  const output = { warn: (text: string) => void warnings.push(text) };
  const range = { since: '2026-11-21', until: undefined };
  expect(await timeZoneFor(range, services, output, named)).toBe(zone);
  expect(warnings).toEqual(inUtc.map((what) => expect.stringContaining(`; ${what} are read as UTC`)));
  const hour = { UTC: '10:00 UTC', 'Asia/Tokyo': '19:00 GMT+9', 'Europe/Berlin': '11:00 GMT+1' }[zone];
  expect(readableTimes('from 2026-11-22T10:00:00.000Z on')).toBe(`from 2026-11-22 ${hour} on`);
});
