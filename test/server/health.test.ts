import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { ask, runningServer } from './running.ts';

const figures = {
  pause: null,
  fullUntil: null,
  due: 3,
  oldestDueAt: '2026-11-22T18:00:00.000Z',
  states: { pending: 3, scheduled: 4, sending: 1, uncertain: 2, failed: 5 },
  cardsMissing: 6,
  alertsDue: 0,
  reminders: { due: 0, uncertain: 0, failed: 0 },
  lookedUntil: '2026-11-22T17:50:00.000Z',
  oldestClaimAt: '2026-11-22T18:01:00.000Z',
  medalliaReadAt: '2026-11-22T11:59:00.000Z',
  counts: { count: 4, failed: 0, oldestAt: null, uncertain: 2, leftOut: 1 },
};
const down = async (): Promise<never> => {
  throw new Error('the ledger /data/x is gone');
};
const gone = async (): Promise<never> => {
  throw new Failure('ledger', 'ledger_gone', 'the ledger /data/x is gone', { hint: 'none' });
};

describe('health', () => {
  test('alive is not the same as ready', async () => {
    const server = await runningServer({ ready: down });
    expect((await ask(server, '/healthz')).status).toBe(200);
    const answer = await ask(server, '/readyz');
    expect(answer).toMatchObject({ status: 503, text: '{"status":"unavailable"}' });
    await ask(server, '/readyz');
    expect(server.log.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  test('a failure of the ledger is named by its code alone', async () => {
    const server = await runningServer({ ready: gone });
    const answer = await ask(server, '/readyz');
    expect(answer).toMatchObject({ status: 503, text: '{"status":"unavailable","code":"ledger_gone"}' });
  });

  test('ready while the ledger answers, and again after an outage', async () => {
    let isDown = false;
    let now = 1_800_000_000_000;
    const ready = async (): Promise<void> => (isDown ? down() : undefined);
    const server = await runningServer({ ready, clock: () => now });
    expect(await ask(server, '/readyz')).toMatchObject({ status: 200, text: '{"status":"ready"}' });
    isDown = true;
    now += 1000;
    expect((await ask(server, '/readyz')).status).toBe(503);
    isDown = false;
    now += 1000;
    expect((await ask(server, '/readyz')).status).toBe(200);
  });

  test('many who ask within a second cause one question to the ledger', async () => {
    let asked = 0;
    let now = 1_800_000_000_000;
    const ready = async (): Promise<void> => void (asked += 1);
    const server = await runningServer({ ready, clock: () => now });
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await ask(server, '/readyz')).status).toBe(200);
      now += 150;
    }
    expect(asked).toBe(1);
    now += 1000;
    await ask(server, '/readyz');
    expect(asked).toBe(2);
  });

  test('a ledger that never answers is not ready', async () => {
    const server = await runningServer({ ready: () => new Promise(() => undefined) });
    expect((await ask(server, '/readyz')).status).toBe(503);
  });
});

describe('metrics', () => {
  test('tell the queue, Gladly, the cards and the process', async () => {
    const metrics = await createMetrics();
    const server = await runningServer({
      metrics,
      figures: async () => figures,
      clock: () => Date.parse('2026-11-22T18:01:30.000Z'),
      medalliaRequests: () => ({
        medallia: 9,
        byOperation: { listFeedback: 8, createRequest: 1 },
        retried: 3,
        rateLimited: 2,
      }),
    });
    metrics.finished('sent', []);
    metrics.finished('suppressed', [
      { code: 'opt_out_topic', detail: 'topic x of maria@example.com' },
      { code: 'no_address', detail: '' },
    ]);
    metrics.finished('uncertain', []);
    metrics.cardPosted();
    metrics.cardFailed();
    metrics.pulled({ rows: 5, answers: 1, settled: 0, unmatched: 2 });
    metrics.pullFailed();
    const { text, headers } = await ask(server, '/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    for (const line of [
      'gcsat_build_info{version="0.0.0-test",node="' + process.version + '"} 1',
      'gcsat_closings_settled_total{outcome="failed"} 0',
      'gcsat_closings_suppressed_total{reason="too_old"} 0',
      'gcsat_webhook_events_ignored_total{subject="other"} 0',
      'gcsat_http_request_duration_seconds_count{route="/webhooks/gladly",status="5xx"} 0',
      'gcsat_ledger_up 1',
      'gcsat_queue_due 3',
      'gcsat_queue_oldest_due_age_seconds 90',
      'gcsat_catch_up_age_seconds 690',
      'gcsat_claim_oldest_age_seconds 30',
      'gcsat_closings_waiting{state="scheduled"} 4',
      'gcsat_closings_waiting{state="failed"} 5',
      'gcsat_cards_missing 6',
      'gcsat_closings_settled_total{outcome="sent"} 1',
      'gcsat_closings_settled_total{outcome="uncertain"} 1',
      'gcsat_closings_suppressed_total{reason="opt_out_topic"} 1',
      'gcsat_closings_suppressed_total{reason="no_address"} 1',
      'gcsat_cards_total{result="posted"} 1',
      'gcsat_cards_total{result="failed"} 1',
      'gcsat_gladly_requests_total{operation="getConversation"} 7',
      'gcsat_gladly_requests_total{operation="sendEmail"} 0',
      'gcsat_gladly_requests_retried_total 2',
      'gcsat_gladly_rate_limited_total 1',
      'gcsat_medallia_requests_total{operation="listFeedback"} 8',
      'gcsat_medallia_requests_total{operation="listEmployees"} 0',
      'gcsat_medallia_requests_retried_total 3',
      'gcsat_medallia_rate_limited_total 2',
      'gcsat_medallia_pulls_total{result="done"} 1',
      'gcsat_medallia_pulls_total{result="failed"} 1',
      'gcsat_medallia_rows_total 5',
      'gcsat_medallia_rows_unmatched_total 2',
      'gcsat_medallia_pull_age_seconds 21750',
      'gcsat_medallia_counts_waiting{state="due"} 4',
      'gcsat_medallia_counts_waiting{state="uncertain"} 2',
      'gcsat_medallia_counts_waiting{state="left_out"} 1',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
    expect(text).toMatch(/^process_resident_memory_bytes \d{7,}$/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds 0?\.?\d/m);
    expect(text).not.toContain('maria');
    // When asked again, it does not count the requests to Gladly twice.
    expect((await ask(server, '/metrics')).text).toContain('gcsat_gladly_requests_retried_total 2\n');
  });

  test('tell of a ledger that is down, without figures that look healthy', async () => {
    const server = await runningServer({ figures: down });
    const { status, text } = await ask(server, '/metrics');
    expect(status).toBe(200);
    expect(text).toContain('gcsat_ledger_up 0\n');
    expect(text).not.toMatch(/^gcsat_(?:closings_waiting|queue|cards_missing|medallia_(?:pull_age|counts))/m);
    expect(text).not.toContain('/data/x');
  });

  test('latencies go by route and class of the status', async () => {
    const server = await runningServer();
    await ask(server, '/s/one');
    await ask(server, '/s/two?secret=1');
    await ask(server, '/elsewhere/secret');
    await expect.poll(() => server.log.length).toBe(3);
    const { text } = await ask(server, '/metrics');
    expect(text).toContain('gcsat_http_request_duration_seconds_count{route="/s/:token",status="4xx"} 2\n');
    expect(text).toContain('gcsat_http_request_duration_seconds_count{route="other",status="4xx"} 1\n');
    expect(text).not.toContain('secret');
  });

  test('several scrapes ask the ledger once', async () => {
    let asked = 0;
    let now = 1_800_000_000_000;
    const server = await runningServer({
      clock: () => now,
      figures: async () => {
        asked += 1;
        return figures;
      },
    });
    await Promise.all([1, 2, 3].map(() => ask(server, '/metrics')));
    expect(asked).toBe(1);
    now += 6000;
    await ask(server, '/metrics');
    expect(asked).toBe(2);
  });

  test.each<
    [number, string, Record<string, string>, { trustedProxies?: string[]; metricsReaders?: string[] }]
  >([
    [200, 'a program on this host', {}, {}],
    [404, 'whoever comes through a proxy', { 'x-forwarded-for': '198.51.100.7' }, {}],
    [
      404,
      'through a trusted proxy too',
      { 'x-forwarded-for': '198.51.100.7' },
      { trustedProxies: ['127.0.0.1'] },
    ],
    [404, 'through one that only names itself', { via: '1.1 proxy' }, { metricsReaders: ['127.0.0.1'] }],
    [404, 'a site whose name leads to this host', { host: 'rebound.example:8080' }, {}],
    [200, 'a program that calls this host by its name', { host: 'localhost:8080' }, {}],
    [
      200,
      'a named reader that calls it as it likes',
      { host: 'gcsat.internal' },
      { metricsReaders: ['127.0.0.1'] },
    ],
    ...[
      'forwarded',
      'x-real-ip',
      'x-forwarded-proto',
      'x-original-uri',
      'cf-connecting-ip',
      'x-client-ip',
    ].map((name): [number, string, Record<string, string>, object] => [
      404,
      `through ${name}`,
      { [name]: 'x' },
      {},
    ]),
    [
      200,
      'a named reader behind a trusted proxy',
      { 'x-forwarded-for': '198.51.100.7' },
      { trustedProxies: ['127.0.0.1'], metricsReaders: ['198.51.100.0/24'] },
    ],
    [
      404,
      'not who only says to be one',
      { 'x-forwarded-for': '198.51.100.7' },
      { metricsReaders: ['198.51.100.7'] },
    ],
  ])('%i: %s', async (status, _, headers, parts) => {
    const server = await runningServer(parts);
    expect((await ask(server, '/metrics', { headers })).status).toBe(status);
  });
});
