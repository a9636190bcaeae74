import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idKinds, identifiersFor } from '../../src/sandbox/identifiers.ts';
import { itemsAt, stateAt } from '../../src/sandbox/world/story.ts';
import { inZone, readTime, startOfDate, withoutZeros } from '../../src/sandbox/time.ts';
import { makeWorld, type World } from '../../src/sandbox/world/world.ts';
import { noon } from './asking.ts';

const day = 86_400_000;
const worldAt = (now: number, seed = 1, size = 310): World => makeWorld({ seed, size, now: () => now });

/** Everything that the world shows in this stretch of time, as one text. */
function shown(world: World, from: number, until: number): string {
  return JSON.stringify(
    [...world.stories.during(from, until)].map((story) => [story.id, story.items, story.events]),
  );
}

describe('a world follows from seed and day', () => {
  test('two starts on one day agree about everything', () => {
    const morning = worldAt(noon - 8 * 3_600_000);
    expect(shown(morning, noon - 2 * day, noon)).toBe(shown(worldAt(noon), noon - 2 * day, noon));
    expect(morning.customers.find('none')).toBeUndefined();
  });

  test('another seed shows another world', () => {
    expect(shown(worldAt(noon, 2), noon - 2 * day, noon)).not.toBe(
      shown(worldAt(noon), noon - 2 * day, noon),
    );
  });

  test('the next day keeps the everyday conversations of the days before', () => {
    const everyday = (world: World): Map<string, string> => {
      const special = new Set(world.traps.map(({ story }) => story.id));
      const stories = [...world.stories.during(noon - 5 * day, noon - 4 * day)];
      return new Map(
        stories.filter(({ id }) => !special.has(id)).map((story) => [story.id, JSON.stringify(story.items)]),
      );
    };
    const today = everyday(worldAt(noon));
    expect(today.size).toBeGreaterThan(30);
    expect(everyday(worldAt(noon + day))).toEqual(today);
  });

  test('nothing is shown before it happens', () => {
    const world = worldAt(noon);
    for (const story of world.stories.during(noon - 3 * day, noon)) {
      expect(itemsAt(story, noon).every(({ at }) => at <= noon)).toBe(true);
      const state = stateAt(story, noon);
      if (state !== undefined) expect(state.closedAt ?? state.createdAt).toBeLessThanOrEqual(noon);
      expect(stateAt(story, (story.changes[0]?.at ?? 0) - 1)).toBeUndefined();
    }
    const later = [...world.stories.during(noon, noon + day)].filter(
      (story) => stateAt(story, noon) === undefined,
    );
    expect(later.length).toBeGreaterThan(0);
  });

  test('every everyday conversation fits into the stretch in which it is searched', () => {
    const world = worldAt(noon, 3, 3100);
    const special = new Set(world.traps.map(({ story }) => story.id));
    for (const story of world.stories.during(noon - 6 * day, noon)) {
      if (special.has(story.id)) continue;
      const times = [...story.items, ...story.events, ...story.changes].map(({ at }) => at);
      const start = Math.floor(Math.min(...times) / day) * day;
      expect(Math.max(...times)).toBeLessThan(start + 4 * day);
      expect(story.changes.map(({ at }) => at)).toEqual(
        story.changes.map(({ at }) => at).sort((one, other) => one - other),
      );
    }
  });

  test('the size is the number of everyday conversations', () => {
    for (const size of [0, 1, 30, 31, 1000]) {
      const world = worldAt(noon, 1, size);
      const all = [...world.stories.during(0, noon + day)];
      expect(all.length - world.traps.length).toBe(size);
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    }
  });

  test('every conversation, item and customer is found by its id', () => {
    const world = worldAt(noon);
    for (const story of world.stories.during(noon - 2 * day, noon)) {
      expect(world.stories.find(story.id)?.items).toEqual(story.items);
      const last = itemsAt(story, noon).at(-1);
      if (last !== undefined)
        expect(world.stories.findItem(last.body.id, noon)?.item.body).toEqual(last.body);
      const profile = world.customers.resolve(story.customerId);
      expect(profile).toBeDefined();
      const address = profile?.emails?.[0]?.original;
      if (address?.includes('@example') === true)
        expect(world.customers.byEmail(address).map(({ id }) => id)).toContain(profile?.id);
    }
  });

  test('people are invented: reserved hosts and numbers only', () => {
    const world = worldAt(noon);
    for (const story of world.stories.during(noon - 31 * day, noon)) {
      const profile = world.customers.resolve(story.customerId);
      for (const { original } of profile?.emails ?? [])
        if (original.includes('.')) expect(original).toMatch(/@example\.(com|org|net)$/);
      for (const { normalized } of profile?.phones ?? []) expect(normalized).toMatch(/^\+1\d{3}55501\d\d$/);
    }
  });
});

describe('ids', () => {
  test('contain their origin, readable with the seed', () => {
    const origin = fc.record({
      kind: fc.constantFrom(...idKinds),
      day: fc.integer({ min: 0, max: 65_535 }),
      number: fc.integer({ min: 0, max: 0xffff_ffff }),
      part: fc.integer({ min: 0, max: 4095 }),
    });
    fc.assert(
      fc.property(origin, fc.nat(), (made, seed) => {
        const id = identifiersFor(seed).make(made);
        expect(id).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
        expect(identifiersFor(seed).read(id)).toEqual(made);
        expect(identifiersFor(seed + 1).read(id)).toBeUndefined();
      }),
    );
  });

  test('a foreign id has no origin', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(identifiersFor(1).read(text)).toBeUndefined();
      }),
    );
    expect(identifiersFor(1).read('9BcE2O0DQ2ynGHRmk9FeoA')).toBeUndefined();
  });
});

describe('times', () => {
  test('are written with as many digits as they need', () => {
    expect(withoutZeros(noon)).toBe('2026-11-22T12:00:00Z');
    expect(withoutZeros(noon + 120)).toBe('2026-11-22T12:00:00.12Z');
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }), (date) => {
        expect(readTime(withoutZeros(date.getTime()))).toBe(date.getTime());
        expect(Date.parse(inZone(date.getTime(), 'America/Chicago'))).toBe(date.getTime());
      }),
    );
  });

  test('a date begins at midnight of its zone, also when the clocks change', () => {
    expect(startOfDate('2026-03-29', 'Europe/Berlin', 0)).toBe(Date.parse('2026-03-28T23:00:00Z'));
    expect(startOfDate('2026-03-29', 'Europe/Berlin', 1)).toBe(Date.parse('2026-03-29T22:00:00Z'));
    expect(startOfDate('2026-11-01', 'America/Chicago', 1)).toBe(Date.parse('2026-11-02T06:00:00Z'));
    expect(startOfDate('2026-11-22', 'UTC', 0)).toBe(noon - 12 * 3_600_000);
  });

  test.each(['2026-11-22', '2026-11-22T12:00', '2026-11-22 12:00:00Z', '2026-13-01T00:00Z', 'now', ''])(
    '%s is none',
    (text) => {
      expect(readTime(text)).toBeUndefined();
    },
  );
});
