import { describe, expect, test } from 'vitest';
import { createDirectory } from '../../src/gladly/directory.ts';
import type { DirectoryCache } from '../../src/ports/cache.ts';
import { clientOf, fakeTime, json, localGladly } from './local-gladly.ts';

const minute = 60_000;

/** A cache that keeps JSON, as a ledger does. */
function jsonCache() {
  const rows = new Map<string, { body: string; fetchedAt: string }>();
  const cache: DirectoryCache = {
    read: async (kind, id) => {
      const row = rows.get(`${kind}/${id}`);
      return row === undefined ? null : { body: JSON.parse(row.body), fetchedAt: row.fetchedAt };
    },
    write: async (kind, id, body, fetchedAt) =>
      void rows.set(`${kind}/${id}`, { body: JSON.stringify(body), fetchedAt }),
  };
  return { ...cache, rows };
}

interface Entry {
  id: string;
  parentId?: string;
  name?: unknown;
  emailAddress?: string;
}

/** A Gladly whose directories the test may change, with its requests. */
async function directories() {
  const known: Record<'agents' | 'inboxes' | 'topics' | 'hidden', Entry[]> = {
    agents: [{ id: 'a1', name: 'Amy', emailAddress: 'amy@x.org' }],
    inboxes: [{ id: 'i1', name: 'Email' }],
    topics: [{ id: 't1', name: 'Order' }],
    hidden: [],
  };
  const answerTo = (kind: string, id: string | undefined): unknown => {
    if (kind === 'organization') return { id: 'o1', name: 'Acme', timezone: 'UTC' };
    const list = known[kind as keyof typeof known];
    return id === undefined ? list : [...list, ...known.hidden].find((entry) => entry.id === id);
  };
  const gladly = await localGladly(({ url }, response) => {
    const answer = answerTo(url.split('/')[3]!, url.split('/')[4]);
    json(response, answer === undefined ? 404 : 200, answer ?? {});
  });
  const time = fakeTime();
  const cache = jsonCache();
  const client = clientOf(gladly.origin, { time });
  /** Starts as a new run does: nothing in memory, the same cache. */
  const start = () => createDirectory({ client, cache, clock: time.clock });
  /** The requests to Gladly since the last call. */
  const askedSince = (): string[] => gladly.received.splice(0).map(({ url }) => url.replace('/api/v1/', ''));
  return { known, gladly, time, cache, start, askedSince };
}

describe('a list', () => {
  test('is read once for all callers', async () => {
    const { start, askedSince } = await directories();
    const directory = start();
    const [agents] = await Promise.all([directory.agents(), directory.agents(), directory.agent('a1')]);
    expect(agents.get('a1')).toEqual({ id: 'a1', name: 'Amy', email: 'amy@x.org' });
    expect((await directory.inboxes()).get('i1')?.name).toBe('Email');
    expect((await directory.organization()).timezone).toBe('UTC');
    expect(askedSince()).toEqual(['agents', 'inboxes', 'organization']);
  });

  test('is known to the next run for a quarter of an hour', async () => {
    const { start, askedSince, time } = await directories();
    const first = await start().agents();
    time.nowMs += 15 * minute - 1;
    const later = start();
    expect(await later.agents()).toEqual(first);
    expect(askedSince()).toEqual(['agents']);
    time.nowMs += 1;
    await later.agents();
    await start().agents();
    expect(askedSince()).toEqual(['agents']);
  });

  test.each([
    ['no JSON of ours', '{"agents":1}'],
    ['a list of other things', '[{"id":7}]'],
    ['null', 'null'],
  ])('of which the cache holds %s is read again', async (_, body) => {
    const { start, askedSince, cache, time } = await directories();
    cache.rows.set('agents/', { body, fetchedAt: new Date(time.nowMs).toISOString() });
    expect((await start().agents()).size).toBe(1);
    expect(askedSince()).toEqual(['agents']);
  });

  test.each(['never', new Date(9e12).toISOString()])('fetched at %s is read again', async (fetchedAt) => {
    const { start, askedSince, cache } = await directories();
    await start().agents();
    askedSince();
    cache.rows.set('agents/', { ...cache.rows.get('agents/')!, fetchedAt });
    await start().agents();
    expect(askedSince()).toEqual(['agents']);
  });

  test('that could not be read is requested again', async () => {
    let working = false;
    const gladly = await localGladly((_, response) => json(response, working ? 200 : 403, [{ id: 'a1' }]));
    const time = fakeTime();
    const directory = createDirectory({
      client: clientOf(gladly.origin, { time }),
      cache: jsonCache(),
      clock: time.clock,
    });
    await expect(directory.agents()).rejects.toThrow('403');
    working = true;
    expect((await directory.agents()).size).toBe(1);
  });
});

describe('a list without an entry', () => {
  test('serves who asks at the same time, and is not kept', async () => {
    const { start, askedSince, known, time, cache } = await directories();
    known.topics = [];
    const directory = start();
    expect((await directory.topics()).size).toBe(0);
    expect((await directory.topics()).size).toBe(0);
    expect(askedSince()).toEqual(['topics']);
    expect(cache.rows.size).toBe(0);
    known.topics = [{ id: 't1', name: 'Order' }];
    expect((await start().topics()).size).toBe(1);
    time.nowMs += 10_000;
    expect((await directory.topics(['t1'])).size).toBe(1);
  });
});

describe('an agent', () => {
  test('who is not in the list is requested', async () => {
    const { start, askedSince, known } = await directories();
    known.hidden.push({ id: 'a2' });
    expect((await start().agent('a2'))?.id).toBe('a2');
    expect((await start().agent('a2'))?.id).toBe('a2');
    expect(askedSince()).toEqual(['agents', 'agents/a2']);
  });

  test('whom Gladly does not know is not requested again within ten minutes', async () => {
    const { start, askedSince, time } = await directories();
    const directory = start();
    expect(await Promise.all([directory.agent('a9'), directory.agent('a9')])).toEqual([null, null]);
    expect(await start().agent('a9')).toBeNull();
    time.nowMs += 10 * minute - 1;
    expect(await directory.agent('a9')).toBeNull();
    expect(askedSince()).toEqual(['agents', 'agents/a9']);
    time.nowMs += 1;
    expect(await directory.agent('a9')).toBeNull();
    expect(askedSince()).toEqual(['agents/a9']);
  });
});

describe('inboxes', () => {
  test('that are listed cost nothing more', async () => {
    const { start, askedSince } = await directories();
    const directory = start();
    await directory.inboxes();
    expect((await directory.inboxes(['i1'])).get('i1')?.name).toBe('Email');
    expect(askedSince()).toEqual(['inboxes']);
  });

  test('that are newer than the list are found by reading the list again, once', async () => {
    const { start, askedSince, known, time } = await directories();
    await start().inboxes();
    time.nowMs += 10_000;
    known.inboxes.push({ id: 'i2', name: 'Returns' });
    const directory = start();
    const [inboxes] = await Promise.all([directory.inboxes(['i2']), directory.inboxes(['i2'])]);
    expect(inboxes.get('i2')?.name).toBe('Returns');
    expect(askedSince()).toEqual(['inboxes', 'inboxes']);
  });

  test('that are in no list are requested, once', async () => {
    const { start, askedSince, known } = await directories();
    known.hidden.push({ id: 'i7', name: 'Old' });
    const directory = start();
    expect([...(await directory.inboxes(['i7', 'i8'])).keys()]).toEqual(['i1', 'i7']);
    expect(askedSince()).toEqual(['inboxes', 'inboxes/i7', 'inboxes/i8']);
    expect((await start().inboxes(['i8', 'i7'])).get('i7')?.name).toBe('Old');
    expect(askedSince()).toEqual([]);
  });
});

describe('topics', () => {
  test('that are listed cost nothing more', async () => {
    const { start, askedSince } = await directories();
    const directory = start();
    expect((await directory.topics(['t1'])).get('t1')?.name).toBe('Order');
    await directory.topics(['t1']);
    await directory.topics();
    expect(askedSince()).toEqual(['topics']);
  });

  test('that are newer than the list are found by reading the list again, once', async () => {
    const { start, askedSince, known, time } = await directories();
    const directory = start();
    await directory.topics();
    time.nowMs += 10_000;
    known.topics.push({ id: 't2' }, { id: 't3' });
    const [topics] = await Promise.all([directory.topics(['t2', 't3']), directory.topics(['t3'])]);
    expect([...topics.keys()]).toEqual(['t1', 't2', 't3']);
    expect(askedSince()).toEqual(['topics', 'topics']);
  });

  test('that are in no list are requested, once', async () => {
    const { start, askedSince, known } = await directories();
    known.hidden.push({ id: 't7' });
    const directory = start();
    const topics = await directory.topics(['t7', 't8', 't7']);
    expect([...topics.keys()]).toEqual(['t1', 't7']);
    expect(askedSince()).toEqual(['topics', 'topics/t7', 'topics/t8']);
    expect([...(await directory.topics(['t7', 't8'])).keys()]).toEqual(['t1', 't7']);
    expect([...(await start().topics(['t8', 't7'])).keys()]).toEqual(['t1', 't7']);
    expect(askedSince()).toEqual([]);
  });

  test('that an older list lacks make it be read again once, not once each', async () => {
    const { start, askedSince, time } = await directories();
    const directory = start();
    await directory.topics();
    time.nowMs += 10_000;
    await directory.topics(['t8', 't9']);
    expect(askedSince()).toEqual(['topics', 'topics', 'topics/t8', 'topics/t9']);
  });

  test('that are listed twice and differently are requested: one of the names may be an opt-out', async () => {
    const { known, start, askedSince } = await directories();
    known.topics = [
      { id: 't2', name: 'Twin' },
      { id: 't1', name: 'do_not_send' },
      { id: 't2', name: 'Twin' },
      { id: 't1', name: 'Order' },
    ];
    const topics = await start().topics(['t1', 't2']);
    expect([topics.get('t1')?.name, topics.get('t2')?.name]).toEqual(['do_not_send', 'Twin']);
    expect(askedSince()).toEqual(['topics', 'topics/t1']);
  });

  test('come with their ancestors, and a loop of these ends', async () => {
    const { start, askedSince, known } = await directories();
    known.topics.push({ id: 'child', parentId: 'parent' });
    known.hidden.push({ id: 'parent', parentId: 'grand' }, { id: 'grand', parentId: 'child' });
    const topics = await start().topics(['child']);
    expect([...topics.keys()].sort()).toEqual(['child', 'grand', 'parent', 't1']);
    expect(askedSince()).toEqual(['topics', 'topics/parent', 'topics/grand']);
  });

  test('that a fresh list lacks do not make it be read again', async () => {
    const { start, askedSince, time } = await directories();
    const directory = start();
    await directory.topics();
    time.nowMs += 9999;
    await directory.topics(['t9']);
    expect(askedSince()).toEqual(['topics', 'topics/t9']);
    time.nowMs += 1;
    await start().topics(['t10']);
    expect(askedSince()).toEqual(['topics', 'topics/t10']);
  });

  test('whose name cannot be read are an error for whoever needs them: the name may be an opt-out', async () => {
    const { start, askedSince, known } = await directories();
    known.topics.push({ id: 't2', name: { text: 'do_not_send_stella' } });
    await expect(start().topics(['t2'])).rejects.toMatchObject({ code: 'unreadable_answer' });
    expect(askedSince()).toEqual(['topics', 'topics/t2']);
    expect([...(await start().topics(['t1'])).keys()]).toEqual(['t1']);
  });
});
