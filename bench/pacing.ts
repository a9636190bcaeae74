import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { rateLimit, windowKinds, type WindowKind } from '../src/sandbox/rate-limits.ts';
import { answerJson, serve } from './local-server.ts';
import { numberOf, numbersOf } from './options.ts';
import type { PacingClient } from './pacing-client.ts';
import { environmentOf, withFolder } from './program.ts';
import { percent, print, printMachine, printTable } from './table.ts';

/** How much of the permitted rate a client gets, and how many 429s it draws, for each way to count a second. */
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    settling: { type: 'string', default: '2' },
    latency: { type: 'string', default: '0,200,1000' },
  },
});
const measuredMs = numberOf(options.seconds) * 1000;
/** A client without pacing begins with a burst. The burst counts toward the 429s but not toward the rate. */
const settlingMs = numberOf(options.settling) * 1000;
const limit = 10;
const latenciesMs = numbersOf(options.latency);

interface Contender {
  name: string;
  processes: number;
  /** Percent of the limit that it may use. */
  sharePercent: number;
  behaviour: PacingClient['behaviour'];
}

const contenders: readonly Contender[] = [
  { name: 'gcsat, 1 process, 80 %', processes: 1, sharePercent: 80, behaviour: 'paced' },
  { name: 'gcsat, 2 processes, 80 %', processes: 2, sharePercent: 80, behaviour: 'paced' },
  { name: 'gcsat, 1 process, 100 %', processes: 1, sharePercent: 100, behaviour: 'paced' },
  { name: 'gcsat, 2 processes, 100 %', processes: 2, sharePercent: 100, behaviour: 'paced' },
  { name: 'unpaced pool of 8, 80 %', processes: 1, sharePercent: 80, behaviour: 'pool' },
  { name: 'one after another, 80 %', processes: 1, sharePercent: 80, behaviour: 'serial' },
];

interface Figures {
  /** The share of the requests permitted in the measured time that were served. */
  used: number;
  refused: number;
}

async function measure(contender: Contender, window: WindowKind, latencyMs: number): Promise<Figures> {
  return withFolder(async (folder) => {
    const bucket = rateLimit(window, limit, 1000);
    const servedAt: number[] = [];
    let refused = 0;
    const server = await serve((request, response) => {
      const now = performance.now();
      const granted = bucket.take(now);
      response.setHeader('Ratelimit-Limit-Second', String(limit));
      response.setHeader('Ratelimit-Remaining-Second', String(bucket.remaining(now)));
      if (!granted) {
        refused += 1;
        response.writeHead(429).end();
        return;
      }
      servedAt.push(now);
      const id = request.url?.split('/').at(-1) ?? '';
      const body = { id, customerId: 'c', status: 'CLOSED', topicIds: [] };
      setTimeout(() => answerJson(response, 200, body), latencyMs);
    });
    const client: PacingClient = {
      behaviour: contender.behaviour,
      origin: server.origin,
      ledger: join(folder, 'ledger.db'),
      ratePercent: contender.sharePercent,
    };
    const children: ChildProcess[] = [];
    try {
      // One after the other: the first creates the ledger.
      for (let made = 0; made < contender.processes; made += 1) {
        const script = fileURLToPath(new URL('./pacing-client.js', import.meta.url));
        const child = fork(script, [JSON.stringify(client)], { env: environmentOf(folder) });
        children.push(child);
        await once(child, 'message');
      }
      for (const child of children) child.send('go');
      await sleep(settlingMs);
      const from = performance.now();
      await sleep(measuredMs);
      const until = performance.now();
      const served = servedAt.filter((at) => at >= from && at < until).length;
      const permitted = (limit * contender.sharePercent * (until - from)) / 100_000;
      return { used: served / permitted, refused };
    } finally {
      for (const child of children) {
        if (child.exitCode === null && child.kill()) await once(child, 'exit');
      }
      await server.close();
    }
  });
}

printMachine('before');
for (const latencyMs of latenciesMs) {
  const rows: string[][] = [];
  for (const contender of contenders) {
    const figures = await Promise.all(windowKinds.map((window) => measure(contender, window, latencyMs)));
    rows.push([contender.name, ...figures.flatMap(({ used, refused }) => [percent(used), String(refused)])]);
  }
  print(`answers after ${latencyMs} ms: share of the permitted rate, and 429s drawn in ${options.seconds} s`);
  printTable(['client', ...windowKinds.flatMap((window) => [window, '429s'])], rows);
}
printMachine('after');
