import { setTimeout as sleep } from 'node:timers/promises';
import { createPacer, memoryLimiterStore } from '../src/gladly/http/pacing.ts';
import type { Account } from './program.ts';

/**
 * The workflow as it is usually written: six reads for every conversation, one after the other, and nothing kept for
 * the next conversation.
 *
 * @param grant awaited before each request
 */
export function naiveReader(
  { origin, email, token }: Account,
  grant: () => Promise<void>,
): (conversationId: string) => Promise<void> {
  const authorization = `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`;
  const get = async (path: string): Promise<Record<string, string | undefined>> => {
    await grant();
    const answer = await fetch(`${origin}/api/v1/${path}`, {
      headers: { authorization },
      redirect: 'manual',
    });
    const text = await answer.text();
    return answer.ok ? (JSON.parse(text) as Record<string, string | undefined>) : {};
  };
  return async (conversationId) => {
    const id = encodeURIComponent(conversationId);
    const { agentId, customerId, inboxId } = await get(`conversations/${id}`);
    await get(`conversations/${id}/items`);
    await get(`agents/${encodeURIComponent(agentId ?? 'none')}`);
    await get(`customer-profiles/${encodeURIComponent(customerId ?? 'none')}`);
    await get(`inboxes/${encodeURIComponent(inboxId ?? 'none')}`);
    await get('topics');
  };
}

/**
 * Reads the conversations in this way, 16 at once and paced as the program is, so that the times can be compared.
 *
 * @returns seconds
 */
export async function readNaively(account: Account, conversationIds: readonly string[]): Promise<number> {
  const pacer = createPacer({
    store: memoryLimiterStore(),
    ratePercent: 80,
    priority: 'background',
    clock: Date.now,
    sleep: (ms) => sleep(ms),
  });
  const read = naiveReader(account, () => pacer.grant('request'));
  const left = [...conversationIds];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) await read(id);
    }),
  );
  return (performance.now() - began) / 1000;
}
