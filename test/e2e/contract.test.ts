import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { recordingProxy, type RecordingProxy } from '../support/recording-proxy.ts';
import { run, type RunResult } from '../support/run.ts';

/** What the sandbox knows about a special conversation, and tells only tests. */
interface Truth {
  trap: string;
  conversationId: string;
  /** Its items break the contract on purpose. */
  deviates: boolean;
  conversation: { status: string };
  closings: { closedAt: string; lastResponder: string | null }[];
}

type Document = ReturnType<typeof JSON.parse>;

let sandbox: RunningSandbox;
let proxy: RecordingProxy;
let truths: Truth[];
let folder: string;

beforeAll(async () => {
  // Each process keeps to ten requests a second by itself; together they send more than one organization may.
  sandbox = await startSandbox({ size: 50, limits: { requestsPerSecond: 1000, reportsPerMinute: 1000 } });
  proxy = await recordingProxy(sandbox.origin);
  truths = (await (await fetch(`${sandbox.origin}/_sandbox/conversations`)).json()) as Truth[];
  folder = mkdtempSync(join(tmpdir(), 'gcsat-contract-test-'));
});

afterAll(async () => {
  await proxy.close();
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the program against the sandbox; ids follow `--`, because they may begin with a dash. */
async function runJson(
  args: readonly string[],
  ids: readonly string[],
  ledger?: string,
): Promise<RunResult & { document: Document }> {
  const result = await run([...args, '--json', '--rate-share', '100', '--', ...ids], {
    env: {
      GCSAT_DOMAIN: proxy.origin,
      GCSAT_EMAIL: sandbox.email,
      GCSAT_TOKEN: sandbox.token,
      GCSAT_FROM: sandbox.fromAddress,
      GCSAT_PUBLIC_URL: 'https://csat.example.com',
      ...(ledger === undefined ? {} : { GCSAT_DATA_DIR: join(folder, ledger) }),
    },
    timeoutMs: 50_000,
  });
  return { ...result, document: JSON.parse(result.stdout) };
}

const idOf = (trap: string): string => truths.find((truth) => truth.trap === trap)!.conversationId;
const exempt = (): string[] =>
  truths.filter(({ deviates }) => deviates).map(({ conversationId }) => conversationId);

describe('attribute over all special conversations', () => {
  let documents: Map<string, Document>;

  beforeAll(async () => {
    // Each process has its own budget of requests, and waits for it most of the time.
    const shares: string[][] = [[], [], [], [], [], []];
    truths.forEach(({ conversationId }, index) => shares[index % shares.length]!.push(conversationId));
    const results = await Promise.all(shares.map((ids) => runJson(['attribute'], ids)));
    expect(results.map(({ code, stderr }) => [code, stderr.match(/^error:.*/gm)])).toEqual(
      shares.map(() => [0, null]),
    );
    documents = new Map(
      results.flatMap(({ document }) => document).map((one: Document) => [one.conversationId, one]),
    );
  });

  test('credits whom the sandbox knows to have answered last', () => {
    const closed = truths.filter(({ conversation }) => conversation.status === 'CLOSED');
    expect(closed.length).toBeGreaterThan(50);
    const credited = closed.map(({ trap, conversationId }) => {
      const { attribution } = documents.get(conversationId);
      return { trap, conversationId, agent: attribution?.agent.id ?? null };
    });
    expect(credited).toEqual(
      closed.map(({ trap, conversationId, closings }) => ({
        trap,
        conversationId,
        agent: closings.at(-1)?.lastResponder ?? null,
      })),
    );
  });

  test('surveys none that is not closed', () => {
    const open = truths.filter(({ conversation }) => conversation.status !== 'CLOSED');
    expect(open.map(({ trap }) => trap)).toEqual(expect.arrayContaining(['reopened', 'not_closed']));
    for (const { conversationId } of open) {
      const { outcome, reasons } = documents.get(conversationId);
      expect(outcome).toBe('suppressed');
      expect(reasons.map(({ code }: { code: string }) => code)).toContain('not_closed');
    }
  });

  test('asks for nothing, and is answered nothing, that the contract does not have', () => {
    expect(proxy.exchanges.length).toBeGreaterThan(3 * truths.length);
    expect(proxy.deviations(exempt())).toEqual([]);
  });
});

describe('surveys and cards', () => {
  const writesSince = (before: number): string[] =>
    proxy.exchanges
      .slice(before)
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path, status }) => `${method} ${path} ${status}`);
  const replay = (trap: string, ...options: string[]) =>
    runJson(['replay', '--delivery', 'gladly-email', ...options], [idOf(trap)], 'surveys');
  const post = (trap: string, ...answer: string[]) => runJson(['post', ...answer], [idOf(trap)], 'surveys');

  test('a merged customer is followed to the one who lives on', async () => {
    const before = proxy.exchanges.length;
    const { code, document } = await replay('merged_customer');
    expect([code, document.outcome, document.customer.name]).toEqual([0, 'sent', 'Petra Remains']);
    const asked = proxy.exchanges
      .slice(before)
      .filter(({ path }) => path.startsWith('/api/v1/customer-profiles/'));
    expect(asked.map(({ status }) => status)).toEqual([301, 301, 200]);
    expect(writesSince(before)).toEqual(['POST /api/v1/communications/email 200']);
    expect(sandbox.mailbox().map(({ to }) => to)).toEqual([document.customer.email]);
  });

  test('a recording is fetched whole, and only when asked for', async () => {
    const media = join(folder, 'media');
    const before = proxy.exchanges.length;
    const without = await replay('call_inbound_answered', '--dry-run');
    expect([without.code, without.document.recordings[0].path]).toEqual([0, null]);
    expect(proxy.exchanges.slice(before).filter(({ path }) => path.endsWith('/media/recording'))).toEqual([]);

    const { code, document } = await replay('call_inbound_answered', '--media', media);
    expect([code, document.outcome]).toEqual([0, 'sent']);
    expect(readdirSync(media)).toHaveLength(1);
    const [recording] = document.recordings;
    expect(recording).toMatchObject({ status: 'AVAILABLE', path: join(media, readdirSync(media)[0]!) });
    const sent = proxy.exchanges.slice(before).find(({ path }) => path.endsWith('/media/recording'));
    expect(statSync(recording.path).size).toBe(sent?.responseBody.length);
  });

  test('a cut timeline is solved, not guessed', async () => {
    const { code, document } = await replay('truncated');
    expect(code).toBe(0);
    const truth = truths.find(({ trap }) => trap === 'truncated')!;
    expect(document).toMatchObject({
      outcome: 'sent',
      attribution: { confidence: 'truncated', agent: { id: truth.closings.at(-1)?.lastResponder } },
    });
  });

  test.each(['three_agents', 'merged_customer', 'id_with_dash'])(
    'a changed answer takes the place of its card: %s',
    async (trap) => {
      const first = await post(trap, '--rating', '5', '--comment', 'Quick <b>&</b> kind \u0007');
      expect([first.code, first.document.outcome]).toEqual([0, 'posted']);

      let before = proxy.exchanges.length;
      const repeated = await post(trap, '--rating', '5', '--comment', 'Quick <b>&</b> kind \u0007');
      expect([repeated.code, repeated.document.outcome]).toEqual([0, 'already_posted']);
      expect(writesSince(before)).toEqual([]);

      before = proxy.exchanges.length;
      const changed = await post(trap, '--rating', '2', '--resolved', 'no');
      expect([changed.code, changed.document.outcome]).toEqual([0, 'posted']);
      const items = `/api/v1/customers/${changed.document.customerId}/conversation-items`;
      expect(writesSince(before)).toEqual([
        `DELETE ${items}/${first.document.card.itemId} 204`,
        `POST ${items} 200`,
      ]);
    },
  );

  test('all of it is as the contract says', () => {
    expect(proxy.deviations(exempt())).toEqual([]);
    const seen = new Set(proxy.exchanges.map(({ method, status }) => `${method} ${status}`));
    expect([...seen].sort()).toEqual(['DELETE 204', 'GET 200', 'GET 301', 'GET 404', 'POST 200']);
    // The sandbox does break the contract where it says so, which shows that the exchanges were checked.
    expect(proxy.deviations()).not.toEqual([]);
  });
});
