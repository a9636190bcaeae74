import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openLedger } from '../src/store/open.ts';
import { apiToken, apiUserEmail } from '../src/sandbox/world/organization.ts';
import { binary, environmentOf, withFolder, type Account } from './program.ts';
import { median, quantile } from './statistics.ts';
import { count, megabytes, milliseconds, print, printMachine, printTable, times } from './table.ts';

/** How many webhooks are taken, and how fast, when each is on the disk before its 2xx. */
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '4' },
    queued: { type: 'string', default: '10000' },
  },
});
const roundMs = Number(options.seconds) * 1000;
const connections = 64;
const ratePerSecond = 200;
const steadyMs = 4 * roundMs;
const [user, password] = ['bench', 'a password of the benchmark'];
const headers = {
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  'content-type': 'application/json',
};

let made = 0;

/** The next event; no two tell of the same closing, whichever conversations they are of. */
function eventOf(conversationId: string): string {
  made += 1;
  const timestamp = new Date(Date.now() - made * 120_000).toISOString();
  return JSON.stringify({
    id: `event-${made}`,
    type: 'CONVERSATION/CLOSED',
    timestamp,
    initiator: { type: 'AGENT', id: 'bench' },
    content: { conversationId, customerId: null },
  });
}

/** Milliseconds until the whole answer is there; throws for anything but 200. */
function post(origin: string, agent: Agent, body: string): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request(`${origin}/webhooks/gladly`, { method: 'POST', agent, headers }, (incoming) => {
      incoming.resume();
      incoming.once('end', () => {
        if (incoming.statusCode === 200) resolve(performance.now() - began);
        else reject(new Error(`a webhook was answered ${incoming.statusCode}`));
      });
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** As many as all connections together get answered; the latencies. */
async function flood(
  origin: string,
  enough: (answered: number) => boolean,
  conversationOf: () => string,
): Promise<{ took: number[]; seconds: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const began = performance.now();
  const took: number[] = [];
  const send = async (): Promise<void> => {
    while (!enough(took.length)) took.push(await post(origin, agent, eventOf(conversationOf())));
  };
  await Promise.all(Array.from({ length: connections }, send));
  agent.destroy();
  return { took, seconds: (performance.now() - began) / 1000 };
}

/** At a steady rate, whether or not the former ones are answered; each latency counts from when it was due to leave. */
async function steadily(origin: string, conversationOf: () => string): Promise<number[]> {
  // A new connection for each that is late would measure how the system lines up connections.
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const began = performance.now();
  const answers: Promise<number>[] = [];
  for (let dueMs = 0; dueMs < steadyMs; dueMs += 1000 / ratePerSecond) {
    const early = began + dueMs - performance.now();
    if (early > 1) await wait(early);
    const late = Math.max(0, performance.now() - began - dueMs);
    answers.push(post(origin, agent, eventOf(conversationOf())).then((took) => took + late));
  }
  const took = await Promise.all(answers);
  agent.destroy();
  return took;
}

/** What the disk takes for a page alone, while all else goes on: no commit can be faster. */
async function probeDisk(folder: string, until: Promise<unknown>): Promise<number[]> {
  const file = await open(join(folder, 'probe'), 'w');
  const took: number[] = [];
  const state = { isOver: false };
  const over = until.finally(() => (state.isOver = true)).catch(() => undefined);
  while (!state.isOver) {
    const began = performance.now();
    await file.write(Buffer.alloc(4096), 0, 4096, 0);
    await file.datasync();
    took.push(performance.now() - began);
    await wait(100);
  }
  await over;
  await file.close();
  return took;
}

interface Server {
  origin: string;
  /** Kilobytes of /proc/PID/status, in bytes; 0 where there is none. */
  resident(which: 'VmRSS' | 'VmHWM'): number;
  stop(): Promise<void>;
}

/** Starts a program that soon tells on stdout, in whatever form, the address that it listens on. */
async function startProgram(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Server> {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-10_000)));
  const origin = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      const listening = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
      if (listening !== undefined) resolve(listening);
    });
    child.once('close', (code) => reject(new Error(`${args.join(' ')} ended with ${code}\n${stderr}`)));
  });
  return {
    origin,
    resident: (which) => residentOf(child, which),
    async stop() {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function residentOf({ pid }: ChildProcess, which: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`^${which}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Both in turns, so that what else the machine does meets both alike. */
async function compare(folder: string): Promise<void> {
  const script = fileURLToPath(new URL('webhook-server.js', import.meta.url));
  const arm = (ledger: string): Promise<Server> =>
    startProgram([script, ledger, user, password], environmentOf(folder));
  const arms = [
    { name: 'stores nothing', server: await arm('none'), rates: [] as number[], took: [] as number[] },
    { name: 'on the disk', server: await arm(join(folder, 'arm.db')), rates: [], took: [] },
  ];
  const invented = (): string => `conversation-${made}`;
  for (const { server } of arms) await flood(server.origin, (answered) => answered >= 2000, invented);
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const { server, rates, took } of arms) {
      const until = performance.now() + roundMs;
      const flooded = await flood(server.origin, () => performance.now() >= until, invented);
      rates.push(flooded.took.length / flooded.seconds);
      took.push(...flooded.took);
    }
  }
  for (const { server } of arms) await server.stop();
  const base = median(arms[0]!.rates);
  print(
    `${connections} connections without pause, ${options.rounds} rounds of ${options.seconds} s each, in turns`,
  );
  printTable(
    ['server', 'webhooks/s', 'ratio', 'worst round', 'median', '99 %'],
    arms.map(({ name, rates, took }) => [
      name,
      count(Math.round(median(rates))),
      times(median(rates) / base),
      times(Math.min(...rates.map((rate, round) => rate / (arms[0]!.rates[round] ?? rate)))),
      milliseconds(median(took)),
      milliseconds(quantile(took, 0.99)),
    ]),
  );
}

/** A Gladly in a process of its own, so that what it is busy with delays no measurement. */
async function startGladly(folder: string): Promise<{ server: Server; account: Account; ids: string[] }> {
  const args = [binary, 'sandbox', '--port', '0', '--size', '300'];
  const server = await startProgram(args, environmentOf(folder));
  const answer = await fetch(`${server.origin}/_sandbox/conversations`);
  const told = (await answer.json()) as { conversationId: string }[];
  return {
    server,
    account: { origin: server.origin, email: apiUserEmail, token: apiToken },
    ids: told.map(({ conversationId }) => conversationId),
  };
}

/** The real program, which works on what it takes. */
async function serveForReal(folder: string): Promise<void> {
  const { server: gladly, account, ids } = await startGladly(folder);
  const known = (): string => ids[made % ids.length]!;
  const env = {
    ...environmentOf(folder, account),
    GCSAT_WEBHOOK_USER: user,
    GCSAT_WEBHOOK_PASSWORD: password,
    GCSAT_LOG_LEVEL: 'warn',
  };
  const args = [binary, '--json', 'serve', '--port', '0', '--no-catch-up'];
  const server = await startProgram(args, env);
  try {
    await wait(1000);
    const idle = server.resident('VmRSS');
    await flood(server.origin, (answered) => answered >= 500, known);
    const steady = steadily(server.origin, known);
    const disk = await probeDisk(folder, steady);
    const took = await steady;
    print(`gcsat serve at ${ratePerSecond} webhooks/s for ${steadyMs / 1000} s, while it works the queue`);
    printTable(
      ['webhooks', 'median', '99 %', 'slowest'],
      [
        [
          count(took.length),
          milliseconds(median(took)),
          milliseconds(quantile(took, 0.99)),
          milliseconds(Math.max(...took)),
        ],
        [
          'fsync of a page',
          milliseconds(median(disk)),
          milliseconds(quantile(disk, 0.99)),
          milliseconds(Math.max(...disk)),
        ],
      ],
    );
    const missing = Math.max(0, Number(options.queued) - took.length);
    await flood(server.origin, (answered) => answered >= missing, known);
    await wait(2000);
    const [resident, peak] = [server.resident('VmRSS'), server.resident('VmHWM')];
    const rows = await rowsOf(join(folder, 'ledger.db'));
    print('memory of gcsat serve, with its queue in the ledger');
    printTable(
      ['closings', 'of them queued', 'resident', 'at its peak', 'idle', 'of idle'],
      [
        [
          count(rows.all),
          count(rows.queued),
          megabytes(resident),
          megabytes(peak),
          megabytes(idle),
          times(resident / idle),
        ],
      ],
    );
  } finally {
    await server.stop();
    await gladly.stop();
  }
}

async function rowsOf(path: string): Promise<{ all: number; queued: number }> {
  const ledger = await openLedger(path);
  try {
    const rows = await ledger.db.selectFrom('closings').select('queued').execute();
    return { all: rows.length, queued: rows.filter(({ queued }) => queued === 1).length };
  } finally {
    await ledger.close();
  }
}

printMachine('before');
await withFolder(compare);
await withFolder(serveForReal);
printMachine('after');
