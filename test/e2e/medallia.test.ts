import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { faultyProxy } from '../support/faulty-proxy.ts';
import { closedConversation, surveysOf, testGladly, type TestGladly } from '../support/gladly.ts';
import { recordingProxy } from '../support/recording-proxy.ts';
import { runJson, start } from '../support/run.ts';

interface Setup extends TestGladly {
  deviations(): string[];
  rows(): Promise<Record<string, unknown>[]>;
}

/** The program, with Agent Connect as its delivery. */
async function withMedallia(): Promise<Setup> {
  const gladly = await testGladly();
  const { sandbox } = gladly;
  const proxy = await recordingProxy(sandbox.origin);
  onTestFinished(() => proxy.close());
  const { env } = gladly;
  delete env['GCSAT_FROM'];
  delete env['GCSAT_PUBLIC_URL'];
  return {
    ...gladly,
    env: {
      ...env,
      GCSAT_DELIVERY: 'medallia',
      GCSAT_MEDALLIA_URL: proxy.origin,
      GCSAT_MEDALLIA_API_KEY: sandbox.medallia.apiKey,
      GCSAT_MEDALLIA_API_SECRET: sandbox.medallia.apiSecret,
    },
    deviations: () => proxy.deviations(),
    async rows() {
      const answer = await fetch(`${sandbox.origin}/_sandbox/medallia`);
      return ((await answer.json()) as { rows: Record<string, unknown>[] }).rows;
    },
  };
}

test('a closing is requested once, for the agent who responded last', async () => {
  const { env, trap, rows, deviations } = await withMedallia();
  const { code, document } = await runJson(['replay', trap('three_agents')], { env });
  expect(code).toBe(0);
  expect(document).toMatchObject({
    outcome: 'sent',
    survey: { provider: 'medallia', url: null },
  });
  const again = await runJson(['replay', trap('three_agents')], { env });
  expect(again.document).toMatchObject({ outcome: 'already_surveyed' });
  expect(await rows()).toEqual([
    expect.objectContaining({
      ext_interaction_id: document.conversation.closing,
      request_delivery_status: 'Sent',
      employee: expect.objectContaining({ email: document.attribution.agent.email }),
      external_url: expect.stringContaining(trap('three_agents')),
      custom_properties: expect.objectContaining({ conversation_id: trap('three_agents') }),
    }),
  ]);
  expect(deviations()).toEqual([]);
});

/** A customer finishes the survey there, or changes the answer. */
async function answer(
  { sandbox }: Pick<Setup, 'sandbox'>,
  interactionId: unknown,
  rating: number,
  comment: string,
): Promise<void> {
  const { ok } = await fetch(`${sandbox.origin}/_sandbox/medallia/answers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ interactionId, rating, comment, resolved: true }),
  });
  expect(ok).toBe(true);
}

const isCard = /^\/api\/v1\/customers\/[^/]+\/conversation-items/;

/** Cards that stand on timelines in the end. */
async function cardsOn(gladly: Setup): Promise<number> {
  const requests = await gladly.requests();
  const counted = (method: string): number =>
    requests.filter((one) => one.method === method && isCard.test(one.path) && one.status < 300).length;
  return counted('POST') - counted('DELETE');
}

test('an answer is read once, gets a card, and a changed one replaces it', async () => {
  const medallia = await withMedallia();
  const { env, trap, rows } = medallia;
  await runJson(['replay', trap('three_agents')], { env });
  const [row] = await rows();
  await answer(medallia, row?.['ext_interaction_id'], 2, 'Slow.');
  const first = await runJson(['sync'], { env });
  expect(first.code).toBe(0);
  expect(first.document).toMatchObject({
    medallia: { rows: 1, answers: 1, settled: 0, unmatched: 0 },
    cards: { posted: 1, failed: 0 },
  });
  expect(await surveysOf(env)).toEqual([
    expect.objectContaining({
      state: 'answered',
      answer: expect.objectContaining({ rating: 2, comment: 'Slow.', resolved: true }),
      card: expect.anything(),
    }),
  ]);
  expect((await runJson(['sync'], { env })).document.medallia).toMatchObject({ rows: 0, answers: 0 });
  await answer(medallia, row?.['ext_interaction_id'], 5, 'Solved after all.');
  const changed = await runJson(['sync'], { env });
  expect(changed.document).toMatchObject({ medallia: { answers: 1 }, cards: { posted: 1 } });
  expect(await cardsOn(medallia)).toBe(1);
  expect(await surveysOf(env)).toMatchObject([{ answer: { rating: 5 } }]);
  expect(medallia.deviations()).toEqual([]);
});

test('a request in doubt is not repeated, and a row of it settles it', async () => {
  const medallia = await withMedallia();
  const { sandbox, trap, rows } = medallia;
  const proxy = await faultyProxy(sandbox.origin, (request) =>
    request === 'POST /v1/requests' ? 'reset after' : 'pass',
  );
  const env = { ...medallia.env, GCSAT_MEDALLIA_URL: proxy.origin };
  const { document } = await runJson(['replay', trap('three_agents')], { env });
  expect(document).toMatchObject({ outcome: 'uncertain', survey: { provider: 'medallia' } });
  expect(await rows()).toHaveLength(1);
  const { document: tick } = await runJson(['sync'], { env });
  expect(tick.medallia).toMatchObject({ settled: 1 });
  expect(await surveysOf(env)).toMatchObject([{ state: 'sent' }]);
  expect(await rows()).toHaveLength(1);
});

test('rows that others requested are kept apart', async () => {
  const { env, sandbox } = await withMedallia();
  await fetch(`${sandbox.origin}/v1/requests`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': sandbox.medallia.apiKey },
    body: JSON.stringify({
      customer: { email: 'kim@example.org' },
      employee: { email: 'amara.lindqvist@haldenrook.example.com' },
      channel: 'phone',
      ext_interaction_id: 'of somebody else',
    }),
  });
  const { document } = await runJson(['sync'], { env });
  expect(document.medallia).toEqual({ rows: 1, answers: 0, settled: 0, unmatched: 1 });
  expect((await runJson(['surveys', 'unmatched'], { env })).document).toEqual([
    expect.objectContaining({ interactionId: 'of somebody else', deliveryStatus: 'Sent' }),
  ]);
});

test('killed at any moment, each closing is requested once or settled, and each answer has one card', async () => {
  const medallia = await withMedallia();
  const { env, rows } = medallia;
  const ids: string[] = [];
  for (let number = 0; number < 6; number += 1) {
    ids.push(await closedConversation(medallia, `kim${number}@example.org`));
  }
  const killed = async (args: readonly string[], milliseconds: number): Promise<void> => {
    const child = start(args, { env });
    const ended = once(child, 'close');
    await Promise.race([wait(milliseconds), ended]);
    child.kill('SIGKILL');
    await ended;
  };
  for (let time = 0; time < 6; time += 1) await killed(['replay', '--', ...ids], 500 + Math.random() * 1500);
  await runJson(['replay', '--', ...ids], { env });
  await runJson(['sync'], { env });
  const requested = (await rows()).map((row) => row['ext_interaction_id']);
  expect(new Set(requested).size).toBe(requested.length);
  for (const entry of await surveysOf(env)) {
    const isThere = requested.includes(entry['closingId']);
    expect({ isThere, state: entry['state'] }).toEqual({ isThere, state: isThere ? 'sent' : 'uncertain' });
  }
  for (const id of requested) await answer(medallia, id, 4, 'fine');
  for (let time = 0; time < 4; time += 1) await killed(['sync'], 500 + Math.random() * 1000);
  expect((await runJson(['sync'], { env })).code).toBe(0);
  const answered = (await surveysOf(env)).filter(({ state }) => state === 'answered');
  expect(answered).toHaveLength(requested.length);
  expect(await cardsOn(medallia)).toBe(requested.length);
});
