import { open, writeFile } from 'node:fs/promises';
import { Agent, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openLedger } from '../src/store/open.ts';
import { apiToken, apiUserEmail } from '../src/sandbox/world/organization.ts';
import { observe } from './local-server.ts';
import { numberOf } from './options.ts';
import { binary, environmentOf, runProgram, withFolder, type Account } from './program.ts';
import { startProgram, stopAll, type Server } from './started-server.ts';
import { median, quantile } from './statistics.ts';
import { count, megabytes, milliseconds, print, printMachine, printTable, times } from './table.ts';

/** How many webhooks are accepted, and how fast, when each is on disk before its 2xx. */
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '4' },
    queued: { type: 'string', default: '10000' },
  },
});
const roundMs = numberOf(options.seconds) * 1000;
const [rounds, queued] = [numberOf(options.rounds), numberOf(options.queued)];
const connections = 64;
const ratePerSecond = 200;
const steadyMs = 4 * roundMs;
/** How many webhooks each server gets before it is measured. */
const warmUp = Math.min(2000, queued);
const [user, password] = ['bench', 'a password of the benchmark'];
const headers = {
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  'content-type': 'application/json',
};

let made = 0;

/** The next event. Among a few hundred, no two report the same closing, even in one conversation; none is too old. */
function eventOf(conversationId: string): string {
  made += 1;
  const timestamp = new Date(Date.now() - (made % 700) * 120_000).toISOString();
  return JSON.stringify({
    id: `event-${made}`,
    type: 'CONVERSATION/CLOSED',
    timestamp,
    initiator: { type: 'AGENT', id: 'bench' },
    content: { conversationId, customerId: null },
  });
}

/** How many milliseconds the whole answer took to arrive. @throws Error for any status but 200 */
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

/** Sends webhooks without pause over all connections. Returns their latencies. */
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

/** Sends webhooks at a steady rate, answered or not. Each latency counts from when the webhook was due to leave. */
async function steadily(origin: string, conversationOf: () => string): Promise<number[]> {
  // A new connection for each late webhook would measure how the system queues connections.
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

/** How long the disk takes to write one page meanwhile: no commit can be faster. */
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

const scriptOf = (name: string): string => fileURLToPath(new URL(`${name}.js`, import.meta.url));

/** The two servers take turns, so that a busy machine slows both alike. */
async function compare(folder: string): Promise<void> {
  const arm = (ledger: string): Promise<Server> =>
    startProgram([scriptOf('webhook-server'), ledger, user, password], environmentOf(folder));
  const arms = [
    { name: 'stores nothing', server: await arm('none'), rates: [] as number[], took: [] as number[] },
    { name: 'on the disk', server: await arm(join(folder, 'arm.db')), rates: [], took: [] },
  ];
  const invented = (): string => `conversation-${made}`;
  for (const { server } of arms) await flood(server.origin, (answered) => answered >= warmUp, invented);
  for (let round = 0; round < rounds; round += 1) {
    for (const { server, rates, took } of arms) {
      const until = performance.now() + roundMs;
      const flooded = await flood(server.origin, () => performance.now() >= until, invented);
      rates.push(flooded.took.length / flooded.seconds);
      took.push(...flooded.took);
    }
  }
  const base = median(arms[0]!.rates);
  print(`${connections} connections without pause, ${rounds} rounds of ${options.seconds} s each, in turns`);
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

/** A Gladly in a process of its own, so that its work delays no measurement. */
async function startGladly(folder: string): Promise<{ account: Account; ids: string[] }> {
  const args = [binary, 'sandbox', '--port', '0', '--size', '300'];
  const { origin } = await startProgram(args, environmentOf(folder));
  const answer = await fetch(`${origin}/_sandbox/conversations`);
  const conversations = (await answer.json()) as { conversationId: string }[];
  return {
    account: { origin, email: apiUserEmail, token: apiToken },
    ids: conversations.map(({ conversationId }) => conversationId),
  };
}

/** The real program with its own ledger. */
async function startServe(folder: string, account: Account, args: readonly string[]): Promise<Server> {
  const env = {
    ...environmentOf(folder, account),
    GCSAT_WEBHOOK_USER: user,
    GCSAT_WEBHOOK_PASSWORD: password,
    GCSAT_LOG_LEVEL: 'error',
  };
  return startProgram([binary, '--json', 'serve', '--port', '0', ...args], env);
}

const headings = ['webhooks', 'median', '99 %', 'slowest'];
const latencies = (name: string, took: readonly number[]): string[] => [
  name,
  milliseconds(median(took)),
  milliseconds(quantile(took, 0.99)),
  milliseconds(Math.max(...took)),
];

/** Measures a server that works on what it accepts. */
async function serveForReal(folder: string): Promise<void> {
  const { account, ids } = await startGladly(folder);
  const known = (): string => ids[made % ids.length]!;
  const server = await startServe(folder, account, ['--no-catch-up']);
  await wait(1000);
  const idle = server.resident('VmRSS');
  await flood(server.origin, (answered) => answered >= Math.min(500, queued), known);
  const steady = steadily(server.origin, known);
  const disk = await probeDisk(folder, steady);
  const took = await steady;
  print(`gcsat serve at ${ratePerSecond} webhooks/s for ${steadyMs / 1000} s, while it works the queue`);
  printTable(headings, [latencies(count(took.length), took), latencies('fsync of a page', disk)]);
  const missing = Math.max(0, queued - took.length);
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
}

/** Answers with a list of events that never ends: a newline now and then keeps the connection alive. */
function neverEnds(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
  if (!(incoming.url ?? '').startsWith('/api/v1/events')) return false;
  outgoing.writeHead(200, { 'content-type': 'application/jsonl' });
  outgoing.write('\n');
  const timer = setInterval(() => outgoing.write('\n'), 3000);
  outgoing.once('close', () => clearInterval(timer));
  return true;
}

/** Sets a logo, which makes a response large. @returns its path on the pages */
async function setLogo(folder: string, account: Account): Promise<void> {
  const logo = join(folder, 'logo.png');
  await writeFile(
    logo,
    Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(500 * 1024)]),
  );
  const env = environmentOf(folder, account);
  await runProgram(['configure'], env);
  await runProgram(['configure', 'set', `logo=${logo}`], env);
}

/** Everything at once: strangers without credentials, and a Gladly whose list of events does not end. */
async function serveUnderAttack(folder: string): Promise<void> {
  const { account, ids } = await startGladly(folder);
  const known = (): string => ids[made % ids.length]!;
  await setLogo(folder, account);
  const gladly = await observe(account.origin, neverEnds);
  try {
    const server = await startServe(folder, { ...account, origin: gladly.origin }, []);
    const page = await (await fetch(`${server.origin}/s/x`)).text();
    const logo = /src="[./]*(\/assets\/logo[^"]+)"/.exec(page)?.[1];
    if (logo === undefined) throw new Error(`no logo on this page:\n${page}`);
    const calm = await steadily(server.origin, known);
    const attacker = await startProgram([scriptOf('attack'), server.origin, logo], environmentOf(folder));
    const took = await steadily(server.origin, known);
    const attacks = await attacker.stop();
    print(`the same, and under attack: ${attacks}`);
    printTable(
      [...headings, 'memory at its peak'],
      [
        [...latencies(`${count(calm.length)} in peace`, calm), ''],
        [...latencies(`${count(took.length)} under attack`, took), megabytes(server.resident('VmHWM'))],
      ],
    );
  } finally {
    await gladly.close();
  }
}

async function rowsOf(path: string): Promise<{ all: number; queued: number }> {
  const ledger = await openLedger(path);
  try {
    const rows = await ledger.read((db) => db.selectFrom('closings').select('queued').execute());
    return { all: rows.length, queued: rows.filter(({ queued }) => queued === 1).length };
  } finally {
    await ledger.close();
  }
}

printMachine('before');
await withFolder((folder) => compare(folder).finally(stopAll));
await withFolder((folder) => serveForReal(folder).finally(stopAll));
await withFolder((folder) => serveUnderAttack(folder).finally(stopAll));
printMachine('after');
