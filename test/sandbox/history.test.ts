import { existsSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { sandboxTime } from '../../src/commands/sandbox-time.ts';
import { run, start } from '../support/run.ts';

const dayMs = 86_400_000;

interface Entry {
  state: string;
  closedAt: string;
  sentAt: string | null;
  answer: { rating: number; answeredAt: string } | null;
  card: { postedAt: string | null } | null;
  customer: { email: string | null } | null;
  notes: { at: string; done: boolean }[];
}

test('a sandbox with a history has a ledger to try everything on, which is gone with it', async () => {
  const child = start(['sandbox', '--history', '--size', '90', '--json']);
  const document = await new Promise<Record<string, string> & { history: Record<string, string> }>(
    (resolve, reject) => {
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.trimEnd().endsWith('}')) resolve(JSON.parse(text));
      });
      child.on('close', (code) => reject(new Error(`the sandbox ended: ${code}`)));
    },
  );
  const env = {
    GCSAT_DOMAIN: document['origin'],
    GCSAT_EMAIL: document['email'],
    GCSAT_TOKEN: document['token'],
    GCSAT_DELIVERY: 'gladly-email',
    GCSAT_FROM: document['fromAddress'],
    GCSAT_PUBLIC_URL: 'http://localhost:8080',
    GCSAT_DATA_DIR: document.history['dataDir'],
    GCSAT_DATABASE_URL: document.history['database'],
  };
  const json = async (...args: string[]): Promise<unknown> =>
    JSON.parse((await run([...args, '--json'], { env })).stdout);
  const entries = (await json('surveys', 'list')) as Entry[];
  const answered = entries.filter(({ answer }) => answer !== null);
  const at = (entry: Entry): number => Date.parse(entry.answer?.answeredAt ?? '');
  const times = entries.flatMap(({ sentAt }) => sentAt ?? []).map((time) => Date.parse(time));

  // Several weeks, and nothing in the future.
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(20 * dayMs);
  expect(Math.max(...times, ...answered.map(at))).toBeLessThan(Date.now());
  for (const { sentAt, closedAt } of entries) if (sentAt !== null) expect(sentAt > closedAt).toBe(true);
  // There is something of each kind.
  expect(new Set(answered.map(({ answer }) => answer?.rating)).size).toBeGreaterThan(3);
  const states = new Set(entries.map(({ state }) => state));
  expect([...states]).toEqual(expect.arrayContaining(['sent', 'answered', 'suppressed', 'uncertain']));
  expect(answered.some(({ card }) => card?.postedAt !== null)).toBe(true);
  expect(entries.some(({ notes }) => notes.some(({ done }) => done))).toBe(true);

  // Gladly has the mails, and the customers' timelines the cards, until the customer is forgotten.
  const mailbox = (await (await fetch(`${document['origin']}/_sandbox/mailbox`)).json()) as {
    to: string;
    customerId: string;
  }[];
  expect(mailbox.length).toBeGreaterThan(30);
  const email = answered.find(({ card }) => card !== null)?.customer?.email ?? '';
  const customerId = mailbox.find(({ to }) => to === email)?.customerId ?? '';
  const timeline = async (): Promise<string> =>
    (await fetch(`${document['origin']}/_sandbox/customers/${customerId}.html`)).text();
  expect(await timeline()).toContain('CSAT');
  expect(await json('surveys', 'forget', email, '--dry-run')).toMatchObject({
    addresses: expect.arrayContaining([email]),
  });
  expect(await json('surveys', 'forget', email, '--yes')).toMatchObject({
    outcome: 'forgotten',
    addresses: [],
    cards: { open: 0 },
  });
  expect(await timeline()).not.toContain('CSAT');

  const gone = new Promise((resolve) => void child.removeAllListeners('close').on('close', resolve));
  child.kill('SIGINT');
  await gone;
  expect(existsSync(document.history['dataDir'] ?? '')).toBe(false);
}, 240_000);

test('its clock goes on in the past, never back, until it arrives', () => {
  let now = 1_000_000;
  const time = sandboxTime(() => now);
  onTestFinished(() => time.arrive());
  const before = time.limits();
  expect(time.now()).toBe(1_000_000);
  time.goTo(200_000);
  now += 5;
  expect(time.now()).toBe(200_005);
  time.goTo(200_001);
  expect(time.now()).toBe(200_005);
  time.goTo(300_000);
  expect(time.now()).toBe(300_000);
  // A limit that counts requests per second finds them far apart.
  expect(time.limits() - before).toBeGreaterThanOrEqual(10_000);
  time.arrive();
  expect(time.now()).toBe(1_000_005);
  const [one, other] = [time.limits(), time.limits()];
  expect(other - one).toBeLessThan(1000);
});
