import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TimeRange } from '../../src/domain/values/time-range.ts';
import { Failure } from '../../src/failure.ts';
import type { ExportJob } from '../../src/gladly/resources/exports.ts';
import type { Found } from '../../src/ports/closing-source.ts';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { closingsUntil } from '../../src/sandbox/world/story.ts';
import { makeWorld } from '../../src/sandbox/world/world.ts';
import { exportArchive } from '../../src/sources/export-archive.ts';
import { exportSource } from '../../src/sources/export.ts';
import { all, clientOf, fakeTime } from '../gladly/local-gladly.ts';
import { ask, unhurried } from '../sandbox/ask.ts';
import { noon } from '../sandbox/asking.ts';

const range = { since: '2026-11-20T06:00:00.000Z', until: '2026-11-22T00:00:00.000Z' };

const dayJob = (date: string, more: Partial<ExportJob> = {}): ExportJob => ({
  id: `job of ${date}`,
  status: 'COMPLETED',
  updatedAt: '2026-11-22T04:00:00.000Z',
  startAt: `2026-11-${date}T00:00:00.000Z`,
  endAt: `2026-11-${String(Number(date) + 1).padStart(2, '0')}T00:00:00.000Z`,
  files: ['conversation_items.jsonl', 'customers.jsonl'],
  ...more,
});

const item = (conversationId: string, at: string, content: object, more: object = {}) => ({
  id: `${conversationId} ${at}`,
  conversationId,
  customerId: `u ${conversationId}`,
  timestamp: `2026-11-${at}:00Z`,
  initiator: { id: 'a1', type: 'AGENT' },
  content,
  ...more,
});
const status = (conversationId: string, at: string, value = 'CLOSED') =>
  item(conversationId, at, { type: 'CONVERSATION_STATUS_CHANGE', status: value });

type Files = Record<string, object[] | Failure>;

/** Finds closings in files. They hold items and customers by day of the month; every day is a job. */
async function find(
  files: Files,
  { jobs = ['19', '20', '21'].map((date) => dayJob(date)), keepsItems = false, of = range, broken = 0 } = {},
) {
  const archive = exportArchive({ keepsItems });
  const asked: string[] = [];
  const client = {
    getExportJobs: () => Promise.resolve(jobs),
    async *exportFile({ jobId, name }: { jobId: string; name: string }, leftOut: { lines: number }) {
      asked.push(`${jobId} ${name}`);
      const found = files[`${jobId.slice(-2)} ${name.split('.')[0]}`] ?? [];
      if (found instanceof Failure) throw found;
      leftOut.lines += broken;
      for (const line of found) yield await Promise.resolve(line as Record<string, unknown>);
    },
  };
  const found = await all(exportSource(client, archive).find(of));
  return { found, archive, asked };
}

const closed = (conversationId: string, at: string): Found => ({
  closing: {
    conversationId,
    customerId: `u ${conversationId}`,
    closedAt: `2026-11-${at}:00.000Z`,
    closedBy: { id: 'a1', type: 'AGENT' },
    source: 'export',
  },
});
const warnings = (found: Found[]): string[] => found.flatMap((one) => ('warning' in one ? one.warning : []));
const missing = (found: Found[]): string[][] =>
  found.flatMap((one) =>
    'missing' in one ? [[one.missing.since, one.missing.until, one.failure.kind, one.failure.code]] : [],
  );

describe('closings in export files', () => {
  test('are those of the range, of the jobs that overlap it, and reopenings come after them', async () => {
    const { found, asked } = await find({
      '20 conversation_items': [
        status('c1', '20T05:59'),
        status('c2', '20T06:00'),
        status('c2', '20T07:00', 'OPEN'),
        status('never closed', '20T08:00', 'OPEN'),
        item('c2', '20T09:00', { type: 'EMAIL' }),
      ],
      '21 conversation_items': [status('c2', '21T10:00'), status('c3', '22T00:00')],
    });
    expect(asked.map((one) => one.slice(7))).toEqual([
      '20 conversation_items.jsonl',
      '21 conversation_items.jsonl',
      '20 customers.jsonl',
      '21 customers.jsonl',
    ]);
    expect(found).toEqual([
      closed('c2', '20T06:00'),
      closed('c2', '21T10:00'),
      { reopening: { conversationId: 'c2', reopenedAt: '2026-11-20T07:00:00.000Z' } },
    ]);
  });

  test('are looked for in several jobs of one day, and in those updated at the same time', async () => {
    const twice = [dayJob('20'), dayJob('20', { id: 'again 90' }), dayJob('21')];
    const { found } = await find(
      {
        '20 conversation_items': [status('c1', '20T09:00')],
        '90 conversation_items': [status('c2', '20T09:00')],
        '21 conversation_items': [status('c3', '21T09:00')],
      },
      { jobs: twice },
    );
    expect(found).toEqual([closed('c1', '20T09:00'), closed('c2', '20T09:00'), closed('c3', '21T09:00')]);
  });

  test.each<[string, Partial<ExportJob>]>([
    ['failed', { status: 'FAILED' }],
    ['is not done', { status: 'IN_PROGRESS', files: [] }],
    ['has no files', { files: [] }],
    ['has no file of items', { files: ['customers.jsonl'] }],
    ['says no times', { startAt: null }],
  ])('are missing where the job %s, and that is said', async (_what, more) => {
    const jobs = [dayJob('19'), dayJob('20', more), dayJob('21')];
    const { found } = await find({ '21 conversation_items': [status('c3', '21T09:00')] }, { jobs });
    expect(missing(found)).toEqual([[range.since, '2026-11-21T00:00:00.000Z', 'partial', 'export_missing']]);
    expect(found).toContainEqual(closed('c3', '21T09:00'));
  });

  test('are all missing where there is no job', async () => {
    const { found, asked } = await find({}, { jobs: [] });
    expect(asked).toEqual([]);
    expect(missing(found)).toEqual([[range.since, range.until, 'partial', 'export_missing']]);
  });

  test('that are newer than the last job are not said to be missing, but where to look for them', async () => {
    const { found } = await find(
      { '20 conversation_items': [status('c1', '20T09:00')] },
      { jobs: [dayJob('19'), dayJob('20')] },
    );
    expect(missing(found)).toEqual([]);
    expect(warnings(found)).toEqual([
      'Export files end at 2026-11-21T00:00:00.000Z; `gcsat backfill --since 2026-11-21T00:00:00.000Z` looks for later closings',
    ]);
  });

  test.each<[Failure['kind'], string]>([
    ['temporary', 'temporary'],
    ['not_found', 'partial'],
  ])('are missing where a file ends in a failure of kind %s', async (kind, told) => {
    const failure = new Failure(kind, 'x', 'it broke', { hint: 'Wait.' });
    const { found } = await find({
      '20 conversation_items': failure,
      '21 conversation_items': [status('c3', '21T09:00')],
    });
    expect(missing(found)).toEqual([[range.since, '2026-11-21T00:00:00.000Z', told, 'export_unread']]);
    expect(found).toContainEqual(closed('c3', '21T09:00'));
  });

  test('what stops every request stops the search', async () => {
    const failure = new Failure('credentials', 'x', 'no', { hint: 'Log in.' });
    await expect(find({ '20 conversation_items': failure })).rejects.toBe(failure);
  });

  test('lines that cannot be read are counted, and so are closings without a time', async () => {
    const { found, archive } = await find(
      {
        '20 conversation_items': [
          item('c1', 'no day', { type: 'CONVERSATION_STATUS_CHANGE', status: 'CLOSED' }),
        ],
        '21 conversation_items': [status('c3', '21T09:00')],
      },
      { broken: 2 },
    );
    expect(archive).toMatchObject({ unreadable: 9, items: 2, files: 4 });
    expect(archive.jobs.map(({ id }) => id)).toEqual(['job of 20', 'job of 21']);
    expect(warnings(found)).toEqual([
      '9 lines of the export files could not be read and are left out: closings may be among them',
    ]);
  });

  test.each(['20T25:00', 'no day'])(
    'a response at %j is counted, and its conversation is left to Gladly where the files would decide',
    async (time) => {
      const files = {
        '19 conversation_items': [status('c3', '19T01:00', 'OPEN')],
        '21 conversation_items': ['c1', 'c2'].flatMap((id) => [
          item(id, '21T08:00', { type: 'EMAIL' }),
          item(id, id === 'c1' ? time : '21T08:30', { type: 'EMAIL' }),
          status(id, '21T09:00'),
        ]),
      };
      const { archive, found } = await find(files, { keepsItems: true });
      expect(found).toContainEqual(closed('c1', '21T09:00'));
      expect(archive.conversation('c1')).toBeNull();
      expect(archive.conversation('c2')?.items).toHaveLength(3);
      expect(archive.unreadable).toBe(1);
      expect((await find(files)).archive.unreadable).toBe(0);
    },
  );

  test('an empty file of items is told', async () => {
    const { found } = await find({ '20 conversation_items': [status('c1', '20T09:00')] });
    expect(warnings(found)).toEqual([
      'The export file of items for 2026-11-21T00:00:00.000Z until 2026-11-22T00:00:00.000Z is empty',
    ]);
  });
});

describe('conversations in export files', () => {
  const mail = { type: 'EMAIL', subject: 'A secret', content: 'A long text' };
  const asks = { initiator: { id: 'u', type: 'CUSTOMER' } };
  const whole: Files = {
    '20 conversation_items': [
      item('c1', '20T08:00', mail, asks),
      item('c1', '20T08:10', { type: 'TOPIC_CHANGE', addedTopicIds: ['t1', 't2'] }),
      item('c1', '20T08:05', mail),
      status('c1', '20T09:00'),
    ],
    '21 conversation_items': [
      item('c1', '20T08:05', mail),
      item('c1', '21T08:10', { type: 'TOPIC_CHANGE', removedTopicIds: ['t1'] }),
    ],
  };

  test('are joined over jobs, in order, each item once and without its text', async () => {
    const { archive } = await find(whole, { keepsItems: true });
    const { conversation, items } = archive.conversation('c1')!;
    expect(conversation).toEqual({
      id: 'c1',
      customerId: 'u c1',
      agentId: null,
      inboxId: null,
      topicIds: ['t2'],
      status: 'CLOSED',
      createdAt: '2026-11-20T08:00:00.000Z',
      closedAt: '2026-11-20T09:00:00.000Z',
    });
    expect(items.map((one) => (one as { timestamp: string }).timestamp.slice(8, 16))).toEqual([
      '20T08:00',
      '20T08:05',
      '20T08:10',
      '20T09:00',
      '21T08:10',
    ]);
    expect(JSON.stringify(items)).not.toMatch(/secret|long text/);
  });

  test('are open again where their last status is', async () => {
    const { archive } = await find(
      { ...whole, '21 conversation_items': [status('c1', '21T10:00', 'WAITING')] },
      { keepsItems: true },
    );
    expect(archive.conversation('c1')!.conversation).toMatchObject({ status: 'WAITING', closedAt: null });
  });

  test.each([
    ['begins with its closing', [status('c1', '20T09:00')]],
    ['begins with a note', [item('c1', '20T08:00', { type: 'CONVERSATION_NOTE' }), status('c1', '20T09:00')]],
    ['begins within a day of the oldest file', [item('c1', '19T23:59', mail), status('c1', '20T09:00')]],
  ])('one that %s may have begun before the files: Gladly is asked', async (_what, items) => {
    const { archive } = await find({ '20 conversation_items': items }, { keepsItems: true });
    expect(archive.conversation('c1')).toBeNull();
    expect(archive.conversation('unknown')).toBeNull();
  });

  test('are not kept where only closings are wanted', async () => {
    expect((await find(whole)).archive.conversation('c1')).toBeNull();
  });

  test('customers have their newest addresses, none of them primary', async () => {
    const { archive, found } = await find({
      '20 conversation_items': [status('c1', '20T09:00')],
      '21 conversation_items': [status('c2', '21T09:00')],
      '20 customers': [{ id: 'u1', name: 'Kim', emailAddresses: ['old@example.org'] }, { name: 'nobody' }],
      '21 customers': [{ id: 'u1', emailAddresses: ['new@example.org'], phoneNumbers: ['+15550100', 7] }],
    });
    expect(archive.customer('u1')).toEqual({
      id: 'u1',
      name: null,
      emails: [{ original: 'new@example.org', normalized: null, primary: false }],
      phones: [
        { original: null, normalized: '+15550100', primary: false, type: null, smsPreference: null },
        { original: null, normalized: '7', primary: false, type: null, smsPreference: null },
      ],
    });
    expect(archive.customer('u2')).toBeNull();
    expect(warnings(found)).toHaveLength(1);
  });
});

describe('the files of the sandbox', () => {
  const world = { seed: 11, size: 900 };
  let sandbox: RunningSandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ ...world, clock: () => noon, limits: unhurried });
  });
  afterAll(() => sandbox.close());

  const fortnight: TimeRange = {
    since: new Date(noon - 13 * 86_400_000).toISOString(),
    until: new Date(noon).toISOString(),
  };
  const last = Date.UTC(2026, 10, 22);
  const truth = [...makeWorld({ ...world, now: () => noon }).stories.during(0, noon)].flatMap((story) =>
    closingsUntil(story, noon)
      .filter(({ closedAt }) => closedAt >= Date.parse(fortnight.since) && closedAt < last)
      .map(({ closedAt }) => `${story.id}@${new Date(closedAt).toISOString()}`),
  );

  const search = async () => {
    const { email, token, origin } = sandbox;
    const client = clientOf(origin, { email, token, time: fakeTime(noon) });
    const archive = exportArchive({ keepsItems: true });
    const found = await all(exportSource(client, archive).find(fortnight));
    const keys = found.flatMap((one) =>
      'closing' in one ? [`${one.closing.conversationId}@${one.closing.closedAt}`] : [],
    );
    return { found, keys, archive, requests: client.counts.gladly };
  };

  test('have every closing up to the last job, with 2 requests for each job', async () => {
    expect(truth.length).toBeGreaterThan(300);
    const { keys, requests, found } = await search();
    expect([...new Set(keys)].toSorted()).toEqual(truth.toSorted());
    expect(requests).toBe(1 + 2 * 14);
    expect(missing(found)).toEqual([]);
  });

  test('with gaps and broken lines say so, and have the rest', async () => {
    const json = { exportGapDay: 2, exportBrokenLines: 3 };
    await ask(sandbox, { method: 'PUT', path: '/_sandbox/faults', json });
    const { keys, found, archive } = await search();
    expect(missing(found)).toEqual([
      ['2026-11-19T00:00:00.000Z', '2026-11-20T00:00:00.000Z', 'partial', 'export_missing'],
    ]);
    expect(archive.unreadable).toBe(13 * 3);
    expect(keys.length).toBeGreaterThan(truth.length * 0.8);
    expect(keys.length).toBeLessThan(truth.length);
  });
});
