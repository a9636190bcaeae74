import { expect, test } from 'vitest';
import { faultyProxy } from '../../support/faulty-proxy.ts';
import { mostAttempts } from '../../../src/domain/closing/back-off.ts';
import { createSteps } from '../../../src/workflow/context/steps.ts';
import { surveyConversation } from '../../../src/workflow/survey/survey-closing.ts';
import { backfillOf, day, minute, world } from '../support.ts';

const isProfile = (request: string): boolean => request.includes('/customer-profiles/');
const isTimeline = (request: string): boolean => request.endsWith('/items');

test.each([
  [
    'addresses that are no list',
    isProfile,
    { id: 'k1', emails: { primary: 'kim@example.org' } },
    'unreadable_answer',
  ],
  [
    'addresses without their names',
    isProfile,
    { id: 'k1', emails: ['kim@example.org'] },
    'unreadable_answer',
  ],
  ['a timeline without an item', isTimeline, [], 'timeline_empty'],
  ['a timeline that is no list', isTimeline, { items: [] }, 'unreadable_answer'],
] as const)('%s: no verdict, and the queue asks again until Gladly answers', async (_, meets, body, code) => {
  const own = await world();
  const since = own.time.now;
  await own.tell({ customer: { email: 'kim@example.org' } });
  own.time.now += 5 * minute;
  const until = own.time.now;
  const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
    meets(request) ? { status: 200, body: JSON.stringify(body) } : 'pass',
  );
  const run = await backfillOf(own.services({ origin }), [since, until]);
  expect(run.outcomes).toMatchObject({ suppressed: 0, failed: 1 });
  const [closing] = await own.closings();
  expect(closing).toMatchObject({ reasons: [], error: { code } });
  expect(closing?.dueAt).not.toBeNull();
  own.time.now += day;
  const later = await backfillOf(own.services(), [since, until]);
  expect(later.outcomes).toMatchObject({ sent: 1, failed: 0 });
});

test.each([
  [302, 'waits for as long as it lasts', true],
  [308, 'waits for a person in the end', false],
] as const)('a closing whose conversation is answered with %i %s', async (status, _, isRetried) => {
  const own = await world();
  const since = own.time.now;
  await own.tell();
  own.time.now += 5 * minute;
  const until = own.time.now;
  const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
    /\/conversations\/[^/]+$/.test(request) ? { status, headers: { location: '/maintenance' } } : 'pass',
  );
  for (let tries = 0; tries < mostAttempts + 1; tries += 1) {
    await backfillOf(own.services({ origin }), [since, until]);
    const [closing] = await own.closings();
    expect(closing).toMatchObject({ state: 'failed', error: { code: 'redirected' } });
    own.time.now = Date.parse(closing?.dueAt ?? '') || own.time.now;
  }
  const [closing] = await own.closings();
  expect(closing?.dueAt !== null).toBe(isRetried);
  const later = await backfillOf(own.services(), [since, until]);
  expect(later.outcomes).toMatchObject(isRetried ? { sent: 1, failed: 0 } : { sent: 0, failed: 1 });
});

test('a customer without an address, and a conversation that opted out, need no doubt', async () => {
  const own = await world();
  const since = own.time.now;
  await own.tell({ topics: ['do_not_send_stella'] });
  own.time.now += 1000;
  await own.tell({ customer: { email: 'lee@example.org' } });
  own.time.now += 5 * minute;
  const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
    isProfile(request)
      ? { status: 200, body: JSON.stringify({ id: 'k1', emails: [], phones: null }) }
      : 'pass',
  );
  const { reasons, outcomes } = await backfillOf(own.services({ origin }), [since, own.time.now]);
  expect(outcomes).toMatchObject({ suppressed: 2, failed: 0 });
  expect(reasons).toEqual({ opt_out_topic: 1, no_address: 1 });
});

test.each(['organization', 'conversation'])(
  'a replay whose %s cannot be read asks for nothing again to record that',
  async (what) => {
    const own = await world();
    const conversationId = await own.tell();
    const wanted =
      what === 'organization'
        ? 'GET /api/v1/organization'
        : `GET /api/v1/conversations/${encodeURIComponent(conversationId)}`;
    const { origin, seen } = await faultyProxy(own.sandbox.origin, (request) =>
      request === wanted ? { status: 403, body: '{}' } : 'pass',
    );
    const services = own.services({ origin });
    const steps = createSteps(services, () => undefined);
    await expect(
      surveyConversation(services, { conversationId, closingId: null }, steps),
    ).rejects.toMatchObject({ code: 'forbidden' });
    expect(seen.filter((request) => request === wanted)).toHaveLength(1);
    expect(await own.closings()).toEqual([]);
  },
);
