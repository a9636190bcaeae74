import { expect, test, vi } from 'vitest';
import { faultyProxy } from '../support/faulty-proxy.ts';
import { closedConversation, surveysOf } from '../support/gladly.ts';
import { answer, cardsOn, withMedallia, type MedalliaSetup } from '../support/medallia.ts';
import { runInside as run, runJsonInside as runJson } from '../support/run-inside.ts';
import { serve } from '../support/serving.ts';

/** The program, with a profile that wants closings without a survey counted. */
async function counting(): Promise<MedalliaSetup> {
  const medallia = await withMedallia();
  const { code } = await run(['configure', 'set', 'medalliaCountSuppressed=on'], { env: medallia.env });
  expect(code).toBe(0);
  return medallia;
}

const countOf = async (env: Record<string, string>, id: string): Promise<unknown> =>
  (await runJson(['surveys', 'show', '--', id], { env })).document.count;

test('without the setting, nothing is requested of a closing without a survey', async () => {
  const { env, trap, rows } = await withMedallia();
  await runJson(['replay', trap('opt_out_topic')], { env });
  const { document } = await runJson(['sync'], { env });
  expect(document.counted).toBeNull();
  expect(await rows()).toEqual([]);
  expect(await countOf(env, trap('opt_out_topic'))).toBeNull();
});

test('a closing without a survey counts there once, and is suppressed here', async () => {
  const { env, trap, rows, deviations } = await counting();
  const { document } = await runJson(['replay', trap('opt_out_topic')], { env });
  expect(document).toMatchObject({ outcome: 'suppressed', survey: null });
  const { conversation, attribution } = document;
  const first = await runJson(['sync'], { env });
  expect(first.document.counted).toEqual({ counted: 1, uncertain: 0, leftOut: 0, failed: 0 });
  expect(first.document.medallia).toEqual({ rows: 1, answers: 0, settled: 0, unmatched: 0 });
  const second = await runJson(['sync'], { env });
  expect(second.document.counted).toEqual({ counted: 0, uncertain: 0, leftOut: 0, failed: 0 });
  expect(await rows()).toEqual([
    expect.objectContaining({
      ext_interaction_id: conversation.closing,
      request_delivery_status: 'Not sent: do not send flag',
      request_sent_at: null,
      employee: expect.objectContaining({ email: attribution.agent.email }),
      custom_properties: expect.objectContaining({
        conversation_id: trap('opt_out_topic'),
        not_asked: 'opt_out_topic',
      }),
    }),
  ]);
  expect(await surveysOf(env)).toMatchObject([
    {
      state: 'suppressed',
      provider: null,
      sentAt: null,
      reasons: [{ code: 'opt_out_topic' }],
      medallia: { deliveryStatus: 'Not sent: do not send flag', sentAt: null },
    },
  ]);
  expect(await countOf(env, trap('opt_out_topic'))).toMatchObject({ state: 'counted', error: null });
  const report = await runJson(['report', '--since', '30d'], { env });
  expect(report.document.overall).toMatchObject({ closed: 1, suppressed: 1, asked: 0 });
  expect(deviations()).toEqual([]);
});

test('a backfill has what it suppresses count, also where only the conversation was read', async () => {
  const medallia = await counting();
  const { env, trap, rows } = medallia;
  const ids = [trap('opt_out_topic'), await closedConversation(medallia, 'kim@example.org')];
  const again = await closedConversation(medallia, 'kim@example.org');
  const named = ['backfill', '--yes', '--conversations', '-'];
  const { document } = await runJson(named, { env, input: [...ids, again].join('\n') });
  expect(document).toMatchObject({ outcomes: { sent: 1, suppressed: 2 }, counted: { counted: 2 } });
  const kept = (await rows()).map((row) => row['request_delivery_status']);
  expect(kept.toSorted()).toEqual(['Not sent: do not send flag', 'Not sent: do not send flag', 'Sent']);
  // The address is held by the closing that was surveyed, and by no other.
  expect((await surveysOf(env)).filter(({ state }) => state === 'sent')).toHaveLength(1);
});

test('what cannot be told is said with the closing, and nothing fails', async () => {
  const { env, trap, rows } = await counting();
  for (const name of ['ai_only', 'no_address']) await runJson(['replay', '--', trap(name)], { env });
  const { code, document } = await runJson(['sync'], { env });
  expect(code).toBe(0);
  expect(document.counted).toEqual({ counted: 0, uncertain: 0, leftOut: 2, failed: 0 });
  expect(await countOf(env, trap('ai_only'))).toMatchObject({
    state: 'left_out',
    error: { code: 'count_impossible', message: expect.stringContaining('no agent') },
  });
  expect(await countOf(env, trap('no_address'))).toMatchObject({
    state: 'left_out',
    error: { message: expect.stringContaining('no email address') },
  });
  expect(await rows()).toEqual([]);
  const shown = await run(['surveys', 'show', '--', trap('no_address')], { env });
  expect(shown.stdout).toMatch(/^Counted +not at Agent Connect: the closing .* no email address$/m);
});

test('a request in doubt is not repeated, and a row of it settles it', async () => {
  const medallia = await counting();
  const { sandbox, trap, rows } = medallia;
  const proxy = await faultyProxy(sandbox.origin, (request) =>
    request === 'POST /v1/requests' ? 'reset after' : 'pass',
  );
  const cut = { ...medallia.env, GCSAT_MEDALLIA_URL: proxy.origin, GCSAT_MEDALLIA_API_SECRET: 'wrong' };
  await runJson(['replay', trap('opt_out_topic')], { env: cut });
  // The secret is wrong, so nothing is read yet.
  const doubtful = await runJson(['sync'], { env: cut });
  expect(doubtful.document.counted).toMatchObject({ counted: 0, uncertain: 1 });
  expect(await countOf(cut, trap('opt_out_topic'))).toMatchObject({ state: 'uncertain' });
  const checks = await runJson(['doctor', 'medallia.counts'], { env: cut });
  expect(checks.document.checks).toContainEqual(expect.objectContaining({ code: 'counts_uncertain' }));
  expect((await runJson(['sync'], { env: cut })).document.counted).toMatchObject({ uncertain: 0 });
  expect(await rows()).toHaveLength(1);
  const read = await runJson(['sync'], { env: { ...cut, ...medallia.env } });
  expect(read.document.medallia).toMatchObject({ rows: 1, settled: 1 });
  expect(await countOf(medallia.env, trap('opt_out_topic'))).toMatchObject({ state: 'counted' });
  expect(await rows()).toHaveLength(1);
});

test('the row of a count says nothing of a survey that is sent later, at the word of a person', async () => {
  const medallia = await counting();
  const { env, trap, rows, sandbox } = medallia;
  await runJson(['replay', trap('opt_out_topic')], { env });
  // The secret is wrong, so nothing is read yet.
  const told = await runJson(['sync'], { env: { ...env, GCSAT_MEDALLIA_API_SECRET: 'wrong' } });
  expect(told.document.counted).toMatchObject({ counted: 1 });
  await run(['configure', 'set', 'optOutTopics=another'], { env });
  const proxy = await faultyProxy(sandbox.origin, (request) =>
    request === 'POST /v1/requests' ? 'reset before' : 'pass',
  );
  const cut = { ...env, GCSAT_MEDALLIA_URL: proxy.origin };
  const { document } = await runJson(['surveys', 'retry', '--', trap('opt_out_topic')], { env: cut });
  expect(document).toMatchObject({ outcome: 'uncertain' });
  expect(await rows()).toHaveLength(1);
  const { document: tick } = await runJson(['sync'], { env: cut });
  expect(tick.medallia).toMatchObject({ rows: 1, settled: 0 });
  expect(await surveysOf(env)).toMatchObject([{ state: 'uncertain' }]);
});

test('a server reads the answers by itself, posts their cards, and has suppressed closings count', async () => {
  const medallia = await counting();
  const env = {
    ...medallia.env,
    GCSAT_WEBHOOK_USER: 'gcsat',
    GCSAT_WEBHOOK_PASSWORD: 'a password that is long enough',
  };
  const { trap, rows } = medallia;
  const asked = await closedConversation(medallia, 'kim@example.org');
  await runJson(['replay', '--', asked], { env });
  await runJson(['replay', trap('opt_out_topic')], { env });
  const [row] = await rows();
  await answer(medallia, row?.['ext_interaction_id'], 5, 'Quick.');
  const server = await serve(env);
  const patience = { timeout: 30_000, interval: 100 };
  await vi.waitFor(async () => expect(await cardsOn(medallia)).toBe(1), patience);
  await vi.waitFor(async () => expect(await rows()).toHaveLength(2), patience);
  expect(await server.stop()).toBe(143);
  expect((await surveysOf(env)).find(({ conversationId }) => conversationId === asked)).toMatchObject({
    state: 'answered',
    answer: { rating: 5, comment: 'Quick.' },
    card: expect.anything(),
    medallia: { deliveryStatus: 'Sent', deliveredAt: expect.any(String) },
  });
  expect(server.stderr()).toContain('read Agent Connect');
  expect(medallia.deviations()).toEqual([]);
});
