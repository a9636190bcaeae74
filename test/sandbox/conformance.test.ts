import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { recordingProxy, type RecordingProxy } from '../support/recording-proxy.ts';
import { ask, unhurried, type AnyJson } from './ask.ts';

let sandbox: RunningSandbox;
let proxy: RecordingProxy;

beforeAll(async () => {
  sandbox = await startSandbox({ size: 120, limits: unhurried });
  proxy = await recordingProxy(sandbox.origin);
});
afterAll(async () => {
  await proxy.close();
  await sandbox.close();
});

const through = async (path: string): Promise<AnyJson> =>
  (await ask({ ...sandbox, origin: proxy.origin }, { path })).json();

test('all data keep the contract except the traps that deviate, and each of these does deviate', async () => {
  const today = new Date().toISOString().slice(0, 10);
  const monthAgo = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10);
  const ids = new Set(sandbox.traps.map(({ conversationId }) => conversationId));
  for (const metricSet of ['ConversationTimestampsReport', 'ContactTimestampsReport']) {
    const json = { metricSet, startAt: monthAgo, endAt: today, timezone: 'UTC' };
    const report = await ask(
      { ...sandbox, origin: proxy.origin },
      { method: 'POST', path: '/api/v1/reports', json },
    );
    for (const line of report.text.split('\n').slice(1))
      for (const cell of line.split(',').slice(3, 4)) if (/^[\w-]{22}$/.test(cell)) ids.add(cell);
  }
  expect(ids.size).toBeGreaterThan(250);
  for (const id of ids) {
    const { customerId } = await through(`/api/v1/conversations/${id}`);
    await through(`/api/v1/conversations/${id}/items`);
    await through(`/api/v1/customer-profiles/${customerId}`);
  }
  const startAt = new Date(Date.now() - 23 * 3_600_000).toISOString();
  const events = `/api/v1/events?startAt=${startAt}&entities=CONVERSATION&entities=CONTACT&entities=CUSTOMER`;
  await ask({ ...sandbox, origin: proxy.origin }, { path: events });

  const behind: AnyJson[] = (await ask(sandbox, { path: '/_sandbox/conversations' })).json();
  const deviating = behind.filter(({ deviates }) => deviates);
  expect(proxy.deviations(deviating.map(({ conversationId }) => conversationId))).toEqual([]);
  const found = proxy.deviations();
  for (const { trap, conversationId } of deviating)
    expect([trap, found.some((deviation) => deviation.includes(conversationId))]).toEqual([trap, true]);
});

test('the proxy passes on resets and cut bodies', async () => {
  const broken = await startSandbox({ size: 20, limits: unhurried, faults: { cutPercent: 100 } });
  const between = await recordingProxy(broken.origin);
  await expect(ask({ ...broken, origin: between.origin }, { path: '/api/v1/agents' })).rejects.toThrow();
  expect(between.exchanges).toEqual([]);
  await between.close();
  await broken.close();
});
