import { expect, test } from 'vitest';
import type { Policy } from '../../../src/domain/eligibility/policy.ts';
import { faultyProxy } from '../../support/faulty-proxy.ts';
import { backfillOf, minute, world, type World } from '../support.ts';

interface Topic {
  id: string;
  name: string | null;
  parentId?: string | null;
}

/** One closed conversation with these topics, in a Gladly that lists others, and knows some by id alone. */
async function outcomeWith(
  own: World,
  topicIds: readonly string[],
  { listed, byId = [] }: { listed: readonly Topic[]; byId?: readonly Topic[] },
  policy: Partial<Policy> = {},
): Promise<{ reasons: object; failures: string[] }> {
  const since = own.time.now;
  await own.tell();
  own.time.now += 5 * minute;
  const until = own.time.now;
  const { origin } = await faultyProxy(own.sandbox.origin, (request) => {
    const [, id] = /^GET \/api\/v1\/topics\/(.+)$/.exec(request) ?? [];
    if (request === 'GET /api/v1/topics') return { status: 200, body: JSON.stringify(listed) };
    if (id !== undefined) {
      const found = byId.find((topic) => topic.id === id);
      return found === undefined
        ? { status: 404, body: '{"errors":[{"code":"not_found"}]}' }
        : { status: 200, body: JSON.stringify(found) };
    }
    if (!/^GET \/api\/v1\/conversations\/[^/]+$/.test(request)) return 'pass';
    const [, conversationId = ''] = /conversations\/(.+)$/.exec(request) ?? [];
    const conversation = { id: conversationId, customerId: 'k1', status: 'CLOSED', topicIds };
    return {
      status: 200,
      body: JSON.stringify({ ...conversation, closedAt: new Date(since).toISOString() }),
    };
  });
  const { reasons, failures } = await backfillOf(own.services({ origin, policy }), [since - 1000, until]);
  return { reasons, failures: failures.map(({ error }) => `${error.code}: ${error.message}`) };
}

const marks: readonly Topic[] = [
  { id: 't1', name: 'Billing' },
  { id: 't2', name: 'do_not_send_stella' },
  { id: 't3', name: 'DO_NOT_SEND_STELLA' },
];

test.each([
  ['one of several topics', ['t1', 't2'], { listed: marks }, true],
  ['the other topic of the same name', ['t3', 't1'], { listed: marks }, true],
  [
    'a topic that is not on the list, by its id',
    ['t1', 't9'],
    { listed: marks, byId: [{ id: 't9', name: ' do_not_send_stella' }] },
    true,
  ],
  [
    'the parent of a topic that is not on the list',
    ['t9'],
    { listed: marks, byId: [{ id: 't9', name: 'Legal', parentId: 't3' }] },
    true,
  ],
  ['a topic that got the name', ['t1'], { listed: [{ id: 't1', name: 'Do_not_send_stella' }] }, true],
  ['a topic that is deleted, beside one that is not', ['gone', 't2'], { listed: marks }, true],
  ['a topic that is gone, while the one that opts out is there', ['t1', 'gone'], { listed: marks }, false],
  ['a topic that lost the name', ['t2'], { listed: [{ id: 't2', name: 'do_not_send' }] }, false],
] as const)('%s: opted out as the names are now', async (_, topicIds, topics, isOut) => {
  const { reasons, failures } = await outcomeWith(await world(), topicIds, topics);
  expect(reasons).toEqual(isOut ? { opt_out_topic: 1 } : {});
  // The look went on to the customer, who does not exist.
  expect(failures).toEqual(isOut ? [] : [expect.stringContaining('k1')]);
});

const nameless: readonly [
  string,
  readonly string[],
  { listed: readonly Topic[]; byId?: readonly Topic[] },
][] = [
  ['a topic that is gone, as the one that opts out may be', ['t1', 'gone'], { listed: [marks[0]!] }],
  ['a topic without a name', ['t4'], { listed: [...marks, { id: 't4', name: null }] }],
  ['a topic with a blank for a name', ['t4'], { listed: [...marks, { id: 't4', name: ' ' }] }],
  [
    'a topic whose parent is gone, as the one that opts out may be',
    ['t4'],
    { listed: [marks[0]!, { id: 't4', name: 'Fit', parentId: 'gone' }] },
  ],
  [
    'a topic that is known by its id, without a name',
    ['t9'],
    { listed: marks, byId: [{ id: 't9', name: null }] },
  ],
  ['any topic of an empty list', ['t1'], { listed: [] }],
];

test.each(nameless)(
  '%s may be the one that opts out: the closing waits, and nobody is asked',
  async (_, ids, topics) => {
    const own = await world();
    const { reasons, failures } = await outcomeWith(own, ids, topics);
    expect(reasons).toEqual({});
    expect(failures).toEqual([expect.stringContaining('topic_unnamed: Gladly gives no name for topic')]);
    expect(await own.closings()).toMatchObject([{ state: 'failed', reasons: [], dueAt: expect.any(String) }]);
  },
);

test('a topic without a name is no obstacle where none opts out, or the closing is decided without it', async () => {
  const [, ids, topics] = nameless[0]!;
  const { failures } = await outcomeWith(await world(), ids, topics, { optOutTopics: [] });
  expect(failures).toEqual([expect.stringContaining('k1')]);
  const excluding = await outcomeWith(await world(), ids, topics, { sample: 0 });
  expect(excluding).toEqual({ reasons: { sampled_out: 1 }, failures: [] });
});
