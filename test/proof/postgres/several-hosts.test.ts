import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runJson, temporaryFolder } from '../../support/run.ts';
import { isWhole, proofTimeoutMs } from '../extent.ts';
import { startBackfill, startCluster, startHost, type Cluster, type Host } from './several-hosts.ts';

/** Closings in the whole proof, unless `PROOF_CLOSINGS` says otherwise. */
const many = Number(process.env['PROOF_CLOSINGS'] ?? 5000);
const count = isWhole ? many : 150;
/** 1 is real time, in which all of them take an hour and more. */
const speed = Number(process.env['PROOF_SPEED'] ?? 4);
const factor = isWhole ? speed : 8;
/**
 * Four programs that do not share the rate would send 40 requests a second. In real time, Gladly's real limit applies.
 * In faster time it is higher: a process that the machine delays by a tenth of a second loses half a second or more.
 */
const limits =
  factor === 1 ? { allowedPerSecond: 10, sharePercent: 80 } : { allowedPerSecond: 20, sharePercent: 100 };
const hours = 1_700_000;
/** The longest time for each closing, on a slow machine and with everything that comes in between. */
const mostMsEach = 3000;

interface Row {
  conversationId: string;
  state: string;
  reasons: { code: string }[];
  customer: { email: string | null } | null;
}

/** One conversation in ten opts out; one in twenty is a customer's second one. */
async function world(cluster: Cluster): Promise<{ told: Map<string, string>; events: unknown[] }> {
  const told = new Map<string, string>();
  const events: unknown[] = [];
  for (let number = 0; number < count; number += 1) {
    const email = `customer.${number % 20 === 19 ? number - 1 : number}@example.org`;
    const topics = number % 10 === 3 ? { topics: ['do_not_send_stella'] } : {};
    const { id, event } = await cluster.tell({ customer: { email }, ...topics }, (number * hours) / count);
    told.set(id, email);
    if (number % 2 === 0) events.push(event);
  }
  return { told, events };
}

/** Sends each event to one host after another until one has taken it. */
async function tellAll(hosts: readonly Host[], events: readonly unknown[]): Promise<void> {
  const left = [...events];
  const teller = async (first: number): Promise<void> => {
    for (let event = left.pop(); event !== undefined; event = left.pop()) {
      for (let tries = first; !(await hosts[tries % hosts.length]!.take(event)); tries += 1) await wait(50);
    }
  };
  await Promise.all(hosts.map((_, index) => teller(index)));
}

async function list(env: Record<string, string>): Promise<Row[]> {
  const { code, document, stderr } = await runJson(['surveys', 'list'], {
    env,
    timeoutMs: 120_000 + count * 100,
  });
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return document as Row[];
}

test(
  'three hosts and a backfill on one server, killed, frozen, and their database restarted: everybody is asked once',
  { timeout: Math.max(proofTimeoutMs, count * mostMsEach) },
  async () => {
    const cluster = await startCluster(factor, limits);
    const { sandbox, server } = cluster;
    try {
      const { told, events } = await world(cluster);
      const began = performance.now();
      const hosts = ['one', 'two', 'three'].map((name) => startHost(cluster, name));
      const backfill = startBackfill(cluster, 'four');
      const telling = tellAll(hosts, events);
      const work = { isDone: false };
      const working = (async () => {
        await telling;
        await backfill.done;
        work.isDone = true;
      })();
      const tooMany = new Set<string>();
      const trouble: [string, () => Promise<void> | void][] = [
        ['kill one', () => hosts[0]!.kill()],
        ['freeze two', () => hosts[1]!.freeze()],
        [
          'restart the database at once',
          () =>
            server
              .stop('immediate')
              .then(() => wait(300))
              .then(() => server.start()),
        ],
        ['kill the backfill', () => backfill.kill()],
        ['freeze the backfill', () => backfill.freeze()],
        ['restart the database', () => server.stop('fast').then(() => server.start())],
        ['kill three', () => hosts[2]!.kill()],
      ];
      const troubles: string[] = [];
      const pauseMs = isWhole ? 120_000 / factor : 400;
      for (let turn = 0; turn < trouble.length || (isWhole && !work.isDone); turn += 1) {
        await wait(pauseMs * (0.5 + Math.random()));
        const [what, make] = trouble[turn % trouble.length]!;
        troubles.push(what);
        await make();
        for (const at of await refusals(sandbox.origin)) tooMany.add(at);
      }
      await working;
      while ((await cluster.unsettled()) > 0) await wait(200);
      const seconds = (performance.now() - began) / 1000;
      expect(await Promise.all(hosts.map((host) => host.stop()))).toEqual([143, 143, 143]);
      expect([...hosts, backfill].flatMap(({ defects }) => defects)).toEqual([]);

      const env = cluster.envOf('five');
      const { code, document } = await runJson(['backfill', ...cluster.range], {
        env,
        timeoutMs: 600_000 + count * 500,
      });
      expect([code, document.closings, document.thisRun.sent]).toEqual([0, count, 0]);
      const rows = await list(env);
      expectOnce(
        rows,
        told,
        sandbox.mailbox().map(({ to }) => to),
      );
      expect([...tooMany, ...(await refusals(sandbox.origin))]).toEqual([]);
      const uncertain = (await runJson(['surveys', 'list', '--state', 'uncertain'], { env }))
        .document as Row[];
      expect(uncertain).toHaveLength(rows.filter(({ state }) => state === 'uncertain').length);

      const file = {
        ...cluster.envOf('six'),
        GCSAT_DATABASE_URL: `${temporaryFolder()}/ledger.db`,
      };
      const alone = await runJson(['backfill', ...cluster.range], {
        env: file,
        timeoutMs: 1_800_000 + count * 500,
      });
      expect(alone.code).toBe(0);
      expect(verdicts(rows, told)).toEqual(verdicts(await list(file), told));
      const times = (what: RegExp): number => troubles.filter((trouble) => what.test(trouble)).length;
      const inState = (state: string): number => rows.filter((row) => row.state === state).length;
      printTable([
        ['closings', count],
        ['of them told by webhook', events.length],
        ['seconds until all were settled', Math.round(seconds)],
        ['closings a second', (count / seconds).toFixed(1)],
        ['processes killed', times(/^kill/)],
        ['processes frozen beyond their claims', times(/^freeze/)],
        ['restarts of the database', times(/^restart/)],
        ['sent', inState('sent')],
        ['suppressed', inState('suppressed')],
        ['uncertain, and listed', uncertain.length],
        ['asked twice', 0],
        ['forgotten', 0],
        ['refused with 429', tooMany.size],
        ['verdicts other than with a file', 0],
      ]);
    } finally {
      await cluster.close();
    }
  },
);

/** The zeros are certain: any other figure would have failed the test before. */
function printTable(figures: readonly (readonly [what: string, figure: string | number])[]): void {
  const width = Math.max(...figures.map(([what]) => what.length));
  const lines = figures.map(([what, figure]) => `${what.padEnd(width)}  ${String(figure).padStart(6)}\n`);
  process.stdout.write(lines.join(''));
}

/** The times of requests that Gladly refused because they were too many. */
async function refusals(origin: string): Promise<string[]> {
  const seen = (await (await fetch(`${origin}/_sandbox/requests`)).json()) as {
    status: number;
    at: string;
  }[];
  return seen.filter(({ status }) => status === 429).map(({ at }) => at);
}

function expectOnce(
  rows: readonly Row[],
  told: ReadonlyMap<string, string>,
  arrived: readonly string[],
): void {
  expect(rows.map(({ conversationId }) => conversationId).sort()).toEqual([...told.keys()].sort());
  const mails = new Map<string, number>();
  for (const address of arrived) mails.set(address, (mails.get(address) ?? 0) + 1);
  expect(
    [...mails].filter(([, number]) => number !== 1),
    'asked twice',
  ).toEqual([]);
  const asked = rows.filter(({ state }) => state === 'sent' || state === 'uncertain');
  const addressOf = ({ conversationId }: Row): string => told.get(conversationId) ?? '';
  expect(new Set(asked.map(addressOf)).size, 'one survey for each customer').toBe(asked.length);
  for (const row of rows) {
    if (row.state === 'sent') expect(mails.get(addressOf(row)), `sent to ${addressOf(row)}`).toBe(1);
    else if (row.state !== 'uncertain') expect(row.state).toBe('suppressed');
  }
  const wanted = new Set(
    rows
      .filter(({ reasons }) => !reasons.some(({ code }) => code === 'opt_out_topic'))
      .map((row) => addressOf(row)),
  );
  expect(new Set(asked.map(addressOf)), 'nobody forgotten').toEqual(wanted);
}

/** What was decided for customers with one closing: of two closings, whichever is decided first may be surveyed. */
function verdicts(rows: readonly Row[], told: ReadonlyMap<string, string>): Record<string, string> {
  const times = new Map<string, number>();
  for (const address of told.values()) times.set(address, (times.get(address) ?? 0) + 1);
  return Object.fromEntries(
    rows
      .filter(({ conversationId }) => times.get(told.get(conversationId) ?? '') === 1)
      .map(({ conversationId, state, reasons }) => [
        conversationId,
        `${state === 'uncertain' ? 'sent' : state} ${reasons.map(({ code }) => code).join()}`,
      ])
      .toSorted(),
  );
}
