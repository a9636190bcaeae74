import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Scene } from './scene.ts';

/** What a closing must be when everything is over, in a person's own words. */
export type Ending = 'asked' | 'answered' | 'suppressed';

/** How many messages each address got, by what arrived in its mailbox. */
function mailsTo(addresses: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const address of addresses) counts.set(address, (counts.get(address) ?? 0) + 1);
  return counts;
}

interface Listed {
  conversationId: string;
  state: string;
  customer: { email: string | null } | null;
}

/**
 * Expects that every closing has exactly one verdict; nobody got a message twice; what the ledger calls sent has
 * arrived; what it calls uncertain was on its way when the process died, is listed, and is never repeated.
 */
export async function expectOneVerdictEach(
  scene: Scene,
  closings: ReadonlyMap<string, Ending>,
  leaving: readonly string[],
  arrived: readonly string[],
): Promise<void> {
  const list = (await scene.look(['surveys', 'list'])) as Listed[];
  const told = Object.fromEntries(list.map(({ conversationId, state }) => [conversationId, state]));
  expect(list.length, 'closings in the ledger, each once').toBe(closings.size);
  const expected = [...closings].map(([id, ending]) => {
    if (ending !== 'asked') return [id, ending];
    return [id, leaving.includes(id) ? 'uncertain' : 'sent'];
  });
  expect(told, 'the verdicts').toEqual(Object.fromEntries(expected));

  const counts = mailsTo(arrived);
  for (const { conversationId, state, customer } of list) {
    const count = counts.get(customer?.email ?? '') ?? 0;
    counts.delete(customer?.email ?? '');
    const allowed = { sent: [1], answered: [1], uncertain: [0, 1] }[state] ?? [0];
    expect(allowed, `messages to the customer of ${conversationId}, which is ${state}`).toContain(count);
  }
  expect([...counts], 'messages to somebody else').toEqual([]);

  if (leaving.length > 0) {
    expect((await uncertainIn(scene)).sort(), 'listed as uncertain').toEqual([...leaving].sort());
  }
}

/** The conversations whose messages are in doubt. */
export async function uncertainIn(scene: Scene): Promise<string[]> {
  const uncertain = (await scene.look(['surveys', 'list', '--state', 'uncertain'])) as Listed[];
  return uncertain.map(({ conversationId }) => conversationId);
}

export const arrivedInGladly = ({ sandbox }: Scene): string[] => sandbox.mailbox().map(({ to }) => to);

/** The whole messages in the outbox, by survey; an unfinished message would have another name. */
export function outboxOf({ env }: Scene): string[] {
  const outbox = join(env['GCSAT_DATA_DIR'] ?? '', 'outbox');
  return readdirSync(outbox).sort();
}

/** How many survey cards were posted and deleted; the difference is on the timelines. */
export async function cardsOnTimelines(scene: Scene): Promise<{ posted: number; deleted: number }> {
  const posted = await scene.taken('POST', /^\/api\/v1\/customers\/[^/]+\/conversation-items$/);
  const deleted = await scene.taken('DELETE', /conversation-items\//);
  return { posted: posted.length, deleted: deleted.length };
}

/** Expects exactly one survey card on the timelines: this one. */
export async function expectOnlyCard(scene: Scene, itemId: string): Promise<void> {
  const { posted, deleted } = await cardsOnTimelines(scene);
  expect(posted - deleted, 'cards that stand').toBe(1);
  const { origin, email, token } = scene.sandbox;
  const authorization = `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`;
  const found = await fetch(`${origin}/api/v1/conversation-items/${itemId}`, { headers: { authorization } });
  await found.text();
  expect(found.status, 'the card that stands').toBe(200);
}
