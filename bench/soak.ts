import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { MailboxMessage } from '../src/sandbox/mailbox.ts';
import { apiToken, apiUserEmail, fromAddress } from '../src/sandbox/world/organization.ts';
import { numberOf } from './options.ts';
import { binary, environmentOf, withFolder } from './program.ts';
import { startProgram, stopAll, type Server } from './started-server.ts';
import { count, megabytes, print, printMachine, printTable, times } from './table.ts';

/** Whether a server that runs for long needs more memory or more handles at the end than at the beginning. */
const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    /** Closings a second: Gladly's rate limit allows about three. */
    rate: { type: 'string', default: '2.5' },
    parts: { type: 'string', default: '10' },
  },
});
const soakMs = numberOf(options.minutes) * 60_000;
const ratePerSecond = numberOf(options.rate);
const parts = numberOf(options.parts);
const [user, password] = ['bench', 'a password of the benchmark'];

/** The server's own metrics to watch. */
const watched = {
  resident: 'process_resident_memory_bytes',
  heap: 'nodejs_heap_size_used_bytes',
  files: 'process_open_fds',
  resources: 'nodejs_active_resources_total',
} as const;
type Watched = keyof typeof watched;
type Sample = Record<Watched, number>;

async function sampleOf({ origin }: Server): Promise<Sample> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const valueOf = (metric: string): number => Number(new RegExp(`^${metric} (\\S+)$`, 'm').exec(text)?.[1]);
  return {
    resident: valueOf(watched.resident),
    heap: valueOf(watched.heap),
    files: valueOf(watched.files),
    resources: valueOf(watched.resources),
  };
}

/** A conversation of a new customer closes, and Gladly sends the webhook. */
async function close(gladly: string, server: Server, number: number): Promise<void> {
  const customer = { email: `customer.${number}@example.org` };
  const told = await fetch(`${gladly}/_sandbox/conversations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ close: true, customer }),
  });
  const { lastEvent } = (await told.json()) as { lastEvent: unknown };
  const taken = await fetch(`${server.origin}/webhooks/gladly`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
    body: JSON.stringify(lastEvent),
  });
  if (taken.status !== 200) throw new Error(`a webhook was answered ${taken.status}`);
}

/** Every other surveyed customer opens the page and answers. @returns how many were surveyed so far */
async function answerNewest(gladly: string, server: Server, answered: Set<string>): Promise<number> {
  const messages = (await (await fetch(`${gladly}/_sandbox/mailbox`)).json()) as MailboxMessage[];
  for (const { to, text } of messages.slice(-100)) {
    const path = /\/s\/[\w-]+/.exec(text ?? '')?.[0];
    if (path === undefined || answered.has(to) || Number(/\d+/.exec(to)?.[0]) % 2 === 1) continue;
    answered.add(to);
    await (await fetch(server.origin + path)).text();
    const form = new URLSearchParams({ rating: '5', comment: 'Thank you' });
    const posted = await fetch(server.origin + path, { method: 'POST', body: form });
    await posted.text();
    if (!posted.ok) throw new Error(`an answer was answered ${posted.status}`);
  }
  return messages.length;
}

async function soak(folder: string): Promise<void> {
  const gladly = await startProgram([binary, 'sandbox', '--port', '0', '--size', '0'], environmentOf(folder));
  const account = { origin: gladly.origin, email: apiUserEmail, token: apiToken };
  const env = {
    ...environmentOf(folder, account),
    GCSAT_DATABASE_URL: join(folder, 'ledger.db'),
    GCSAT_DELIVERY: 'gladly-email',
    GCSAT_FROM: fromAddress,
    GCSAT_RATE_SHARE: '100',
    GCSAT_WEBHOOK_USER: user,
    GCSAT_WEBHOOK_PASSWORD: password,
    GCSAT_LOG_LEVEL: 'error',
  };
  const server = await startProgram([binary, '--json', 'serve', '--port', '0'], env);
  const began = performance.now();
  const state = { closed: 0, asked: 0, isOver: false };
  const answered = new Set<string>();
  const telling = (async () => {
    while (!state.isOver) {
      await close(gladly.origin, server, (state.closed += 1));
      const dueMs = began + (state.closed * 1000) / ratePerSecond;
      await wait(Math.max(0, dueMs - performance.now()));
    }
  })();
  const answering = (async () => {
    while (!state.isOver) {
      state.asked = await answerNewest(gladly.origin, server, answered);
      await wait(Math.min(10_000, soakMs / parts));
    }
  })();
  const rows: { closed: number; asked: number; answered: number; most: Sample }[] = [];
  const sampling = (async () => {
    for (let part = 1; part <= parts; part += 1) {
      let most: Sample = { resident: 0, heap: 0, files: 0, resources: 0 };
      const until = began + (part * soakMs) / parts;
      do {
        const sample = await sampleOf(server);
        const names = Object.keys(watched) as Watched[];
        most = Object.fromEntries(names.map((name) => [name, Math.max(most[name], sample[name])])) as Sample;
        await wait(Math.min(5000, Math.max(0, until - performance.now())));
      } while (performance.now() < until);
      rows.push({ closed: state.closed, asked: state.asked, answered: answered.size, most });
    }
    state.isOver = true;
  })();
  await Promise.all([telling, answering, sampling]);
  print(
    `gcsat serve for ${options.minutes} minutes, ${ratePerSecond} closings a second; the most of each part`,
  );
  const first = rows[0]!.most;
  printTable(
    ['until minute', 'closed', 'asked', 'answered', 'resident', 'ratio', 'heap', 'files', 'resources'],
    rows.map(({ closed, asked, answered: answers, most }, index) => [
      (((index + 1) * soakMs) / parts / 60_000).toFixed(1),
      count(closed),
      count(asked),
      count(answers),
      megabytes(most.resident),
      times(most.resident / first.resident),
      megabytes(most.heap),
      count(most.files),
      count(most.resources),
    ]),
  );
}

printMachine('before');
await withFolder((folder) => soak(folder).finally(stopAll));
printMachine('after');
