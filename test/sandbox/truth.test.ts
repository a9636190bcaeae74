import { expect, test } from 'vitest';
import { attribute } from '../../src/domain/attribution/credit.ts';
import { parseInstant } from '../../src/domain/values/instant.ts';
import { readTimeline } from '../../src/domain/attribution/timeline.ts';
import { closingsUntil, itemsAt } from '../../src/sandbox/world/story.ts';
import { withMillis } from '../../src/sandbox/time.ts';
import { makeWorld } from '../../src/sandbox/world/world.ts';
import { noon } from './asking.ts';

test('the items of every closing show who really answered last', () => {
  const world = makeWorld({ seed: 5, size: 3000, now: () => noon });
  const names = new Map(world.traps.map(({ name, story }) => [story.id, name]));
  const wrong: object[] = [];
  let closings = 0;
  for (const story of world.stories.during(0, noon)) {
    const items = readTimeline(itemsAt(story, noon).map(({ body }) => body));
    for (const { closedAt, lastResponse } of closingsUntil(story, noon)) {
      closings += 1;
      const instant = parseInstant(withMillis(closedAt));
      const { response } = attribute({ items, closedAt: instant, isExcluded: () => false });
      if (response?.agentId === lastResponse?.agentId && response?.itemId === lastResponse?.itemId) continue;
      wrong.push({ trap: names.get(story.id), id: story.id, response, lastResponse });
    }
  }
  expect(wrong).toEqual([]);
  expect(closings).toBeGreaterThan(2500);
});
