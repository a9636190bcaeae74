import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TimeRange } from '../../src/domain/values/time-range.ts';
import { eventSource } from '../../src/sources/events.ts';
import { exportArchive } from '../../src/sources/export-archive.ts';
import { exportSource } from '../../src/sources/export.ts';
import { chooseSources } from '../../src/sources/planner.ts';
import { reportSource } from '../../src/sources/report.ts';
import type { Found } from '../../src/ports/closing-source.ts';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { closingsUntil } from '../../src/sandbox/world/story.ts';
import { makeWorld } from '../../src/sandbox/world/world.ts';
import { ask, unhurried } from '../sandbox/ask.ts';
import { noon } from '../sandbox/asking.ts';
import { all, clientOf, fakeTime } from '../gladly/local-gladly.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const world = { seed: 11, size: 900 };
/** The stream of events ends here. */
const told = noon - 15_000;

let now = noon;
let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ ...world, clock: () => now, limits: unhurried });
});
afterAll(() => sandbox.close());

const iso = (ms: number): string => new Date(ms).toISOString();

/** Every closing of the sandbox, as `conversation@time`. */
const truth = ((): { key: string; at: number }[] => {
  const { stories } = makeWorld({ ...world, now: () => noon });
  return [...stories.during(0, noon)].flatMap((story) =>
    closingsUntil(story, noon).map(({ closedAt }) => ({ key: `${story.id}@${iso(closedAt)}`, at: closedAt })),
  );
})();

async function find(range: TimeRange, wanted: 'auto' | 'events' | 'report' = 'auto') {
  const client = clientOf(sandbox.origin, {
    email: sandbox.email,
    token: sandbox.token,
    time: fakeTime(noon),
  });
  const sources = {
    events: eventSource(client, () => noon),
    report: reportSource(client),
    export: exportSource(client, exportArchive({ keepsItems: false })),
  };
  const { covers } = chooseSources(range, wanted, noon, sources);
  const found: Found[] = [];
  for (const cover of covers) found.push(...(await all(cover.source.find(cover.range))));
  return { found, names: covers.map(({ source }) => source.name), requests: client.counts.gladly };
}

const keysOf = (found: Found[]): Set<string> =>
  new Set(
    found.flatMap((one) =>
      'closing' in one ? [`${one.closing.conversationId}@${one.closing.closedAt}`] : [],
    ),
  );

const trueKeys = (since: number, until: number): Set<string> =>
  new Set(truth.filter(({ at }) => at >= since && at < Math.min(until, told)).map(({ key }) => key));

describe('the closings of the sandbox', () => {
  test('of its last 30 days are all found, and no others', async () => {
    const since = noon - 30 * day;
    const { found, names, requests } = await find({ since: iso(since), until: iso(noon) });
    expect(names).toEqual(['report', 'events']);
    expect(keysOf(found)).toEqual(trueKeys(since, noon));
    expect(keysOf(found).size).toBeGreaterThan(700);
    // Reports for thirty days in pieces of a week, and the events.
    expect(requests).toBe(6);
  });

  test('are the same in every source that has them', async () => {
    const range = { since: iso(noon - 20 * hour), until: iso(noon - 2 * hour) };
    const [events, report] = [await find(range, 'events'), await find(range, 'report')];
    expect(keysOf(report.found)).toEqual(keysOf(events.found));
    expect(keysOf(events.found)).toEqual(trueKeys(noon - 20 * hour, noon - 2 * hour));
    expect(keysOf(events.found).size).toBeGreaterThan(10);
  });

  test('of any range are all found, and no others', async () => {
    const backwards = fc.oneof(
      fc.integer({ min: 0, max: 30 * day }),
      fc.integer({ min: 0, max: 26 * hour }),
      fc.constantFrom(0, hour, 90 * minute, 23 * hour, day - minute, day, 3 * day),
    );
    await fc.assert(
      fc.asyncProperty(backwards, backwards, async (one, other) => {
        fc.pre(one !== other);
        const [since, until] = [noon - Math.max(one, other), noon - Math.min(one, other)];
        const { found } = await find({ since: iso(since), until: iso(until) });
        expect(keysOf(found)).toEqual(trueKeys(since, until));
      }),
      { numRuns: 25 },
    );
  });

  test('of special conversations are found as the sandbox made them, with their customers', async () => {
    const answer = await ask(sandbox, { path: '/_sandbox/conversations' });
    const special: { conversationId: string; customerId: string; closings: { closedAt: string }[] }[] =
      answer.json();
    const { found } = await find({ since: iso(noon - 60 * day), until: iso(noon) });
    for (const { conversationId, customerId, closings } of special) {
      const mine = found.flatMap((one) =>
        'closing' in one && one.closing.conversationId === conversationId ? [one.closing] : [],
      );
      expect(new Set(mine.map(({ closedAt }) => closedAt))).toEqual(
        new Set(closings.map(({ closedAt }) => closedAt)),
      );
      expect(mine.every((each) => each.customerId === customerId)).toBe(true);
    }
    expect(special.length).toBeGreaterThan(20);
  });

  test('of a reopened conversation come with the reopening between them', async () => {
    const { found } = await find({ since: iso(noon - 30 * day), until: iso(noon - 2 * day) });
    const stories = new Map<string, string[]>();
    for (const one of found) {
      if (!('closing' in one || 'reopening' in one)) throw new Error('the sandbox gives all of it');
      const [id, what] =
        'closing' in one
          ? [one.closing.conversationId, 'closed']
          : [one.reopening.conversationId, 'reopened'];
      stories.set(id, [...(stories.get(id) ?? []), what]);
    }
    const courses = new Set([...stories.values()].map((story) => story.join(' ')));
    expect(courses).toContain('closed reopened closed');
    expect([...courses].every((story) => !story.includes('closed closed'))).toBe(true);
  });
});

test('a conversation that closes now is found once the sources have it', async () => {
  const made = await ask(sandbox, { method: 'POST', path: '/_sandbox/conversations', json: { close: true } });
  const { conversationId, closings } = made.json();
  const key = `${conversationId}@${closings[0].closedAt}`;
  const client = clientOf(sandbox.origin, { email: sandbox.email, token: sandbox.token });
  const sources = {
    events: eventSource(client, () => now),
    report: reportSource(client),
    export: exportSource(client, exportArchive({ keepsItems: false })),
  };
  const has = async (wanted: 'events' | 'report'): Promise<boolean> => {
    const range = { since: iso(noon - minute), until: iso(now) };
    const { covers } = chooseSources(range, wanted, now, sources);
    const found = await Promise.all(covers.map(({ source, range: stretch }) => all(source.find(stretch))));
    return keysOf(found.flat()).has(key);
  };
  now = noon + 10_000;
  expect([await has('events'), await has('report')]).toEqual([false, false]);
  now = noon + minute;
  expect([await has('events'), await has('report')]).toEqual([true, false]);
  now = noon + 90 * minute;
  expect([await has('events'), await has('report')]).toEqual([true, true]);
  now = noon;
});
