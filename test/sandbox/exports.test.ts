import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { validateExchange } from '../support/contract-validator.ts';
import { ask, trapId, unhurried, type AnyJson } from './ask.ts';
import { asking, noon } from './asking.ts';

let now = noon;
let sandbox: RunningSandbox;
const { conforming } = asking(() => sandbox);

beforeAll(async () => {
  sandbox = await startSandbox({ clock: () => now, size: 300, limits: unhurried });
});
afterAll(() => sandbox.close());

const jobsPath = '/api/v1/export/jobs';
const jobs = async (query = ''): Promise<AnyJson[]> => (await conforming({ path: jobsPath + query })).json();
const file = (job: AnyJson, name: string) => ask(sandbox, { path: `${jobsPath}/${job.id}/files/${name}` });
const linesOf = (text: string): AnyJson[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const faults = (json: object) => ask(sandbox, { method: 'PUT', path: '/_sandbox/faults', json });

test('one job a day of the last 14 days, late, and gone after that', async () => {
  const all = await jobs();
  expect(all.map(({ parameters }) => parameters.startAt.slice(0, 10))).toEqual(
    Array.from({ length: 14 }, (_, index) => `2026-11-${String(index + 8).padStart(2, '0')}`),
  );
  expect(all.at(-1)).toMatchObject({ status: 'COMPLETED', updatedAt: '2026-11-22T04:00:00.000Z' });
  now = noon - 9 * 3_600_000;
  expect((await jobs()).at(-1).parameters.startAt).toBe('2026-11-20T00:00:00.000Z');
  now = noon;
  await faults({ exportLagMs: 24 * 3_600_000 });
  expect((await jobs()).at(-1).parameters.startAt).toBe('2026-11-20T00:00:00.000Z');
  await faults({ exportLagMs: null });
  expect((await conforming({ path: '/api/v1/export/schedules' })).json()).toHaveLength(1);
});

test('filters act on updatedAt, both bounds included', async () => {
  const at = '2026-11-20T04:00:00.000Z';
  expect(await jobs(`?startAt=${at}&endAt=${at}`)).toHaveLength(1);
  expect(await jobs('?status=FAILED')).toEqual([]);
  // The contract has no answer for these.
  for (const wrong of ['status=DONE', 'startAt=2026-11-01T00:00:00Z', 'endAt=2026-11-23T00:00:00Z'])
    expect((await ask(sandbox, { path: `${jobsPath}?${wrong}` })).json().errors).toMatchObject([
      { attr: wrong.split('=')[0] },
    ]);
});

test('files keep the contract, but for items that break it on the timeline too', async () => {
  const behind: AnyJson[] = (await ask(sandbox, { path: '/_sandbox/conversations' })).json();
  const deviating = behind.filter(({ deviates }) => deviates).map(({ conversationId }) => conversationId);
  let items = 0;
  for (const job of await jobs()) {
    for (const name of job.files) {
      const answer = await file(job, name);
      const lines = answer.text.split('\n').filter((line) => !deviating.some((id) => line.includes(id)));
      items += name === 'conversation_items.jsonl' ? lines.length : 0;
      const kept = { ...answer, responseBody: Buffer.from(lines.join('\n')) };
      expect(validateExchange(kept)).toEqual([]);
    }
  }
  expect(items).toBeGreaterThan(1000);
});

test('the jobs together have the whole timeline, each item once, apart from what exports lack', async () => {
  const ids = new Map<string, AnyJson>();
  for (const job of await jobs()) {
    for (const item of linesOf((await file(job, 'conversation_items.jsonl')).text)) {
      expect(ids.has(item.id)).toBe(false);
      ids.set(item.id, item);
      expect(item).not.toHaveProperty('sessionId');
    }
  }
  const id = trapId(sandbox, 'three_agents');
  const { json } = await ask(sandbox, { path: `/api/v1/conversations/${id}/items` });
  for (const item of json()) expect({ ...item, ...ids.get(item.id) }).toEqual(item);
  const types = new Set([...ids.values()].map(({ content }) => content.type));
  for (const type of ['TWITTER', 'VOICE_AI_MESSAGE', 'TEXT', 'FILES']) expect(types).not.toContain(type);
});

test('customers have plain lists of addresses', async () => {
  const job = (await jobs()).at(-2);
  const [customer] = linesOf((await file(job, 'customers.jsonl')).text);
  const profile = (await conforming({ path: `/api/v1/customer-profiles/${customer.id}` })).json();
  expect(customer.name).toBe(profile.name);
  expect(customer.emailAddresses).toEqual(profile.emails.map(({ original }: AnyJson) => original));
});

test('a job may fail and have no files, and lines may be cut', async () => {
  await faults({ exportGapDay: 1, exportBrokenLines: 2 });
  const [failed, ...others] = (await jobs()).filter(
    ({ parameters }) => parameters.startAt >= '2026-11-20T00:00:00.000Z',
  );
  expect(failed).toMatchObject({ status: 'FAILED' });
  expect(failed).not.toHaveProperty('files');
  expect((await file(failed, 'agents.jsonl')).status).toBe(404);
  const lines = (await file(others[0], 'conversation_items.jsonl')).text.split('\n').slice(0, 3);
  expect(() => JSON.parse(lines[1]!)).toThrow();
  expect(JSON.parse(lines[2]!)).toHaveProperty('id');
  await faults({ exportGapDay: null, exportBrokenLines: 0 });
});

test('a deleted job and an unknown file are not found', async () => {
  const [job] = await jobs();
  expect((await file(job, 'secrets.jsonl')).status).toBe(404);
  const path = `${jobsPath}/${job.id}`;
  expect((await conforming({ path })).json()).toEqual(job);
  expect((await conforming({ method: 'DELETE', path })).status).toBe(204);
  expect((await conforming({ path })).status).toBe(404);
  expect((await file(job, 'agents.jsonl')).status).toBe(404);
  expect(await jobs()).toHaveLength(13);
});
