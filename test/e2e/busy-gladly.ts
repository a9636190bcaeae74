import { testGladly, type TestGladly } from '../support/gladly.ts';
import { fastTime, startedAnHourAgo, type FastTime } from './fast-time.ts';

export interface BusyGladly extends TestGladly {
  time: FastTime;
  /** Makes a conversation that closed now, by Gladly's clock. Returns its id. */
  tell(conversation?: Record<string, unknown>): Promise<string>;
  /** Makes this many customers with a closing each, a second apart, from an hour ago on. Returns the conversations. */
  customers(count: number): Promise<string[]>;
  /** `--since` and `--until` around the closings of `customers`, and the whole share of the rate limit. */
  range: string[];
  /** How many messages each customer got. */
  mails(): number[];
}

const hour = 3_600_000;

/** A sandbox and a program in fast time, which begins at `start` (epoch milliseconds), else now. */
export async function busyGladly(factor?: number, start?: number): Promise<BusyGladly> {
  const time = fastTime(factor, start);
  const gladly = await startedAnHourAgo(time, () => testGladly({ size: 0, clock: time.gladly.clock }));
  const beginning = time.now() - hour;
  const tell = async (conversation: Record<string, unknown> = {}): Promise<string> => {
    const answer = await fetch(`${gladly.sandbox.origin}/_sandbox/conversations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ close: true, ...conversation }),
    });
    if (!answer.ok) throw new Error(`the sandbox told nothing: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { conversationId: string }).conversationId;
  };
  return {
    ...gladly,
    env: { ...gladly.env, NODE_OPTIONS: time.nodeOptions },
    time,
    tell,
    async customers(count) {
      const ids: string[] = [];
      for (let number = 0; number < count; number += 1) {
        time.gladly.aheadMs = beginning + (number + 1) * 1000 - time.now();
        ids.push(await tell({ customer: { email: `customer.${number}@example.org` } }));
      }
      time.gladly.aheadMs = 0;
      return ids;
    },
    range: [
      '--since',
      new Date(beginning).toISOString(),
      '--until',
      new Date(beginning + hour / 2).toISOString(),
      '--rate-share',
      '100',
    ],
    mails() {
      const counts = new Map<string, number>();
      for (const { to } of gladly.sandbox.mailbox()) counts.set(to, (counts.get(to) ?? 0) + 1);
      return [...counts.values()];
    },
  };
}
