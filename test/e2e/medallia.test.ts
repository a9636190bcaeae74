import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { faultyProxy } from '../support/faulty-proxy.ts';
import { surveysOf } from '../support/gladly.ts';
import { answer, cardsOn, withMedallia, type MedalliaSetup } from '../support/medallia.ts';
import { runJsonInside as runJson } from '../support/run-inside.ts';

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
  const shown = await runJson(['surveys', 'show', trap('three_agents')], { env });
  expect(shown.document.medallia).toMatchObject({ uuid: row?.['uuid'], deliveryStatus: 'Sent' });
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

/** Requests a survey as Medallia's own integration does. */
async function requestedByOthers({ sandbox }: MedalliaSetup, interactionId: string): Promise<void> {
  await fetch(`${sandbox.origin}/v1/requests`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': sandbox.medallia.apiKey },
    body: JSON.stringify({
      customer: { email: 'kim@example.org' },
      employee: { email: 'amara.lindqvist@haldenrook.example.com' },
      channel: 'phone',
      ext_interaction_id: interactionId,
    }),
  });
}

/** Writes the rows into an export file, with the ids of their interactions. */
async function exportOf({ rows, env }: MedalliaSetup): Promise<string> {
  const lines = (await rows()).map((row) =>
    [row['ext_interaction_id'], row['request_sent_at'], 'kim@example.org', 'Sent'].join(','),
  );
  const file = join(env['GCSAT_DATA_DIR'] ?? '', '..', 'export.csv');
  const heading = 'ext_interaction_id,request_sent_at,request_sent_to,request_delivery_status';
  writeFileSync(file, [heading, ...lines].join('\n'));
  return file;
}

test('rows that are imported are no longer unmatched, whichever comes first', async () => {
  const medallia = await withMedallia();
  const { env } = medallia;
  await requestedByOthers(medallia, 'read first');
  await runJson(['sync'], { env });
  expect((await runJson(['surveys', 'unmatched'], { env })).document).toHaveLength(1);
  await runJson(['import', await exportOf(medallia)], { env });
  expect((await runJson(['surveys', 'unmatched'], { env })).document).toEqual([]);
  expect(await surveysOf(env)).toMatchObject([{ state: 'suppressed', medallia: { deliveryStatus: 'Sent' } }]);
});

test('an answer that comes after its import counts, without a card', async () => {
  const medallia = await withMedallia();
  const { env } = medallia;
  await requestedByOthers(medallia, 'imported first');
  await runJson(['import', await exportOf(medallia)], { env });
  await answer(medallia, 'imported first', 2, 'Slow.');
  const { document } = await runJson(['sync'], { env });
  expect(document).toMatchObject({ medallia: { rows: 1, answers: 1, unmatched: 0 }, cards: { posted: 0 } });
  expect(await surveysOf(env)).toMatchObject([
    { state: 'answered', provider: null, answer: { rating: 2, comment: 'Slow.' }, card: null },
  ]);
  expect((await runJson(['sync'], { env })).document.medallia).toMatchObject({ rows: 0, answers: 0 });
  expect((await runJson(['surveys', 'unmatched'], { env })).document).toEqual([]);
  expect(await cardsOn(medallia)).toBe(0);
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
