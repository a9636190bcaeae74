import { readdirSync } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, test, vi } from 'vitest';
import { filesWith } from '../support/files-with.ts';
import { start } from '../support/run.ts';
import { closedConversation, testGladly } from '../support/gladly.ts';
import { faultyProxy, type Fate } from '../support/faulty-proxy.ts';
import { runInside, runJsonInside } from '../support/run-inside.ts';

const email = 'forgotten+canary@example.org';
const comment = 'canary: my order was late & cold';

test('a customer who is forgotten while a server runs is in no file any more, even if the first try was killed', async () => {
  const gladly = await testGladly({ size: 0 });
  let fate: Fate = 'pass';
  const { origin, seen } = await faultyProxy(gladly.sandbox.origin, (request) =>
    request.startsWith('DELETE') ? fate : 'pass',
  );
  const env: Record<string, string> = { ...gladly.env, GCSAT_DOMAIN: origin, GCSAT_DELIVERY: 'outbox' };
  const data = env['GCSAT_DATA_DIR'] ?? '';
  const conversationId = await closedConversation(gladly, email);
  const replayed = await runJsonInside(['replay', '--', conversationId], { env });
  const { customer } = replayed.document as { customer: { id: string } };
  const posted = await runJsonInside(['post', '--rating', '2', '--comment', comment, '--', conversationId], {
    env,
  });
  expect(posted.code).toBe(0);
  const texts = [email, comment, customer.id];
  expect(filesWith(data, texts)).not.toEqual([]);

  const server = start(['serve', '--json', '--port', '0', '--no-catch-up'], { env });
  await once(createInterface({ input: server.stdout }), 'line');
  const unasked = await runJsonInside(['surveys', 'forget', '--', customer.id], { env });
  expect(unasked).toMatchObject({ code: 2, document: { error: { code: 'confirmation_needed' } } });
  const dry = await runJsonInside(['surveys', 'forget', '--dry-run', '--', email], { env });
  expect(dry).toMatchObject({ code: 0, document: { outcome: 'would_forget', counts: { cards: 1 } } });

  // Killed when the ledger's rows are erased but a card is still in Gladly.
  fate = 'never answer';
  const killed = start(['surveys', 'forget', '--yes', '--', customer.id], { env });
  await vi.waitFor(() => expect(seen.some((request) => request.startsWith('DELETE'))).toBe(true), 20_000);
  killed.kill('SIGKILL');
  await once(killed, 'close');
  fate = 'pass';
  const { code, document, stderr } = await runJsonInside(['surveys', 'forget', '--yes', '--', email], {
    env,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(document.open).toEqual([]);
  expect(document.cards).toMatchObject({ open: 0 });
  expect(filesWith(data, texts)).toEqual([]);

  const card = await fetch(`${gladly.sandbox.origin}/_sandbox/customers/${customer.id}`);
  expect(await card.text()).not.toContain(comment);
  const shown = await runJsonInside(['surveys', 'show', '--', posted.document.surveyId], { env });
  expect(shown.document).toMatchObject({ customer: null, answers: [{ rating: 2, comment: null }] });
  const again = await runInside(['surveys', 'forget', '--yes', '--', 'someone.else@example.org'], { env });
  expect(again.code).toBe(5);
  server.kill('SIGTERM');
  await once(server, 'close');
  const [ledger = ''] = readdirSync(data).filter((name) => name.endsWith('.db'));
  const database = new DatabaseSync(join(data, ledger), { readOnly: true });
  expect(database.prepare('SELECT * FROM erasures').all()).toEqual([]);
  database.close();
}, 60_000);
