import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { BackfillDocument } from '../../src/documents/backfill.ts';
import { faultyProxy } from '../support/faulty-proxy.ts';
import { surveysOf } from '../support/gladly.ts';
import { run, runJson, start, temporaryFolder } from '../support/run.ts';
import { runInside } from '../support/run-inside.ts';
import { atTerminal } from '../support/terminal.ts';
import { busyGladly, type BusyGladly } from './busy-gladly.ts';

const ones = (count: number): number[] => Array.from({ length: count }, () => 1);
const sum = (counts: object): number =>
  (Object.values(counts) as number[]).reduce((total, count) => total + count, 0);

/** Closings whose message left, or may have left. */
const asked = ({ outcomes }: BackfillDocument): number => outcomes.sent + outcomes.uncertain;

async function states(env: Record<string, string>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state } of await surveysOf(env)) counts[String(state)] = (counts[String(state)] ?? 0) + 1;
  return counts;
}

describe('killed with SIGKILL ten times at random moments, then finished', () => {
  /** Runs until it is killed; false if it was done before. */
  async function killed(
    args: readonly string[],
    env: Record<string, string>,
    afterMs: number,
  ): Promise<boolean> {
    const child = start(args, { env });
    const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    await Promise.race([wait(afterMs), ended]);
    child.kill('SIGKILL');
    const [, signal] = await ended;
    return signal === 'SIGKILL';
  }

  test.each([
    ['gladly-email', 200],
    ['outbox', 160],
  ] as const)('by %s everybody of %i is asked exactly once', async (delivery, count) => {
    const gladly = await busyGladly();
    await gladly.customers(count);
    const env = { ...gladly.env, GCSAT_DELIVERY: delivery };
    const moments: number[] = [];
    while (moments.length < 10) {
      const moment = 250 + Math.random() * 700;
      if (!(await killed(['backfill', ...gladly.range], env, moment))) break;
      moments.push(Math.round(moment));
    }
    const { code, document } = await runJson(['backfill', ...gladly.range], { env, timeoutMs: 60_000 });
    const told = { moments, outcomes: document.outcomes };
    expect({ ...told, kills: moments.length, code }).toEqual({ ...told, kills: 10, code: 0 });
    expect(document).toMatchObject({ closings: count, end: 'done', failures: [] });
    expect(document.outcomes).toMatchObject({ failed: 0, pending: 0, scheduled: 0, suppressed: 0 });
    const { uncertain } = document.outcomes;
    expect(asked(document)).toBe(count);
    const entries = await surveysOf(env);
    expect(entries).toHaveLength(count);
    const doubtful = entries.filter(({ state }) => state === 'uncertain');
    expect(doubtful).toHaveLength(uncertain);
    if (delivery === 'outbox') {
      expect(uncertain).toBe(0);
      return;
    }
    // One kill leaves in doubt at most the messages that were on their way just then.
    expect(uncertain).toBeLessThanOrEqual(10 * 16);
    expect(gladly.mails()).toEqual(ones(gladly.mails().length));
    const mailed = new Set(gladly.sandbox.mailbox().map(({ to }) => to));
    const unasked = entries.filter(
      ({ state, customer }) => state === 'sent' && !mailed.has((customer as { email: string }).email),
    );
    expect(unasked).toEqual([]);
  });
});

describe('two at the same time', () => {
  test('ask everybody exactly once, and each is done', async () => {
    const gladly = await busyGladly();
    await gladly.customers(60);
    const results = await Promise.all(
      [1, 2].map(() => runJson(['backfill', ...gladly.range], { env: gladly.env, timeoutMs: 60_000 })),
    );
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(gladly.mails()).toEqual(ones(60));
    const sent = results.map(({ document }) => document.thisRun.sent as number);
    expect(sent[0]! + sent[1]!).toBe(60);
    expect(results.map(({ document }) => document.requests.rateLimited)).toEqual([0, 0]);
  });

  test('when one is killed in the middle the other one takes over what it held', async () => {
    const gladly = await busyGladly();
    await gladly.customers(70);
    const first = start(['backfill', ...gladly.range], { env: gladly.env });
    const ended = once(first, 'close');
    while (gladly.sandbox.mailbox().length < 10) await wait(5);
    const second = runJson(['backfill', ...gladly.range], { env: gladly.env, timeoutMs: 60_000 });
    while (gladly.sandbox.mailbox().length < 30) await wait(5);
    first.kill('SIGKILL');
    await ended;
    await second;
    const { document } = await runJson(['backfill', ...gladly.range], { env: gladly.env });
    expect(asked(document)).toBe(70);
    expect(gladly.mails()).toEqual(ones(gladly.mails().length));
    expect(gladly.mails().length).toBeGreaterThanOrEqual(document.outcomes.sent);
  });
});

describe('stopped by a person', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s finishes what is in flight, says so, and the next run goes on', async (signal, code) => {
    const gladly = await busyGladly();
    await gladly.customers(40);
    const child = start(['backfill', '--json', ...gladly.range], { env: gladly.env });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    const ended = once(child, 'close');
    while (gladly.sandbox.mailbox().length < 10) await wait(5);
    child.kill(signal);
    expect(await ended).toEqual([code, null]);
    expect(stderr).toContain(`error: stopped by ${signal} (Run the same command again to continue.)`);
    const after = await states(gladly.env);
    expect(Object.keys(after).filter((state) => ['sending', 'uncertain', 'failed'].includes(state))).toEqual(
      [],
    );
    expect(after['sent']).toBe(gladly.sandbox.mailbox().length);
    expect(sum(after)).toBe(40);
    const told = JSON.parse(stdout) as BackfillDocument;
    const sent = gladly.sandbox.mailbox().length;
    expect(told).toMatchObject({ closings: 40, end: 'stopped', outcomes: { sent }, thisRun: { sent } });
    expect(told.left).toBe(40 - sent);
    expect(told.error).toEqual({
      code: signal === 'SIGINT' ? 'interrupted' : 'terminated',
      message: `stopped by ${signal}`,
      hint: 'Run the same command again to continue.',
      conversationId: null,
    });
    const { document } = await runJson(['backfill', ...gladly.range], { env: gladly.env });
    expect(document.outcomes.sent).toBe(40);
    expect(gladly.mails()).toEqual(ones(40));
  });
});

describe('what it prints', () => {
  test('a person sees the range, what was chosen, and what became of it; nothing but that on stdout', async () => {
    const gladly = await busyGladly();
    await gladly.customers(3);
    const { code, stdout, stderr } = await run(['backfill', ...gladly.range], { env: gladly.env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Closings +3: 3 sent$/m);
    expect(stdout).toMatch(/^This run +3 sent$/m);
    expect(stdout).not.toMatch(/\u001b/);
    expect(stderr).toMatch(/^closings from 20\d\d-\S+ \S+ [A-Z]\S+ until 20\d\d-\S+ \S+ [A-Z]\S+$/m);
    expect(stderr).toMatch(/^Events \(1 request\)\.$/m);
    expect(stderr).not.toMatch(/\d{4}-\d\d-\d\dT/);
  });

  test('as JSON it is one document with every field of the contract, a dry run too', async () => {
    const gladly = await busyGladly();
    await gladly.customers(4);
    const dry = await runJson(['backfill', '--dry-run', ...gladly.range], { env: gladly.env });
    expect(dry).toMatchObject({ code: 0, document: { dryRun: true, plan: { wouldSend: 4 } } });
    expect(await surveysOf(gladly.env)).toEqual([]);
    expect(gladly.sandbox.mailbox()).toEqual([]);
    const { code, document } = await runJson(['backfill', ...gladly.range], { env: gladly.env });
    expect(code).toBe(0);
    expect(document).toEqual(
      expect.objectContaining({
        dryRun: false,
        range: { since: gladly.range[1], until: gladly.range[3], timezone: expect.any(String) },
        sources: ['events'],
        closings: 4,
        outcomes: { sent: 4, scheduled: 0, suppressed: 0, uncertain: 0, failed: 0, pending: 0 },
        thisRun: { sent: 4, scheduled: 0, suppressed: 0, uncertain: 0, failed: 0 },
        reasons: {},
        failures: [],
        seconds: expect.any(Number),
      }),
    );
    expect(dry.document.outcomes).toEqual(document.outcomes);
    expect(document.requests).toMatchObject({
      gladly: sum(document.requests.byOperation),
      retried: 0,
      rateLimited: 0,
    });
    const arrived = (await gladly.requests()).length;
    expect(sum([dry.document.requests.gladly, document.requests.gladly])).toBe(arrived);
  });
});

describe('named conversations', () => {
  test('in a file with a byte order mark, CRLF, blank lines and repetitions are each asked about once', async () => {
    const gladly = await busyGladly();
    const [one, two, three] = await gladly.customers(3);
    const file = join(temporaryFolder(), 'ids.txt');
    writeFileSync(file, `\uFEFF${one!}\r\n\r\n  ${two!}\t\r\n# not an id\n${one!}\n${three!}`);
    const { code, document } = await runJson(['backfill', '--conversations', file], { env: gladly.env });
    expect(code).toBe(0);
    expect(document).toMatchObject({ range: null, closings: 3, outcomes: { sent: 3 } });
    expect(gladly.mails()).toEqual(ones(3));
  });

  test('come from stdin too, and unknown ones are exit 6 with the others done', async () => {
    const gladly = await busyGladly();
    const [one, two] = await gladly.customers(3);
    const { code, stderr, document } = await runJson(['backfill', '--conversations', '-'], {
      env: gladly.env,
      input: `\uFEFF${one!}\r\nno-such-conversation\n${two!}\n`,
    });
    expect(code).toBe(6);
    expect(stderr).toMatch(/error: 1 of 3 closings failed/);
    expect(document).toMatchObject({
      closings: 2,
      outcomes: { sent: 2 },
      failures: [{ conversationId: 'no-such-conversation', error: { code: 'conversation_not_found' } }],
    });
  });

  test('that are none at all are done', async () => {
    const gladly = await busyGladly();
    const result = await runJson(['backfill', '--conversations', '-'], { env: gladly.env, input: '\n\r\n' });
    expect(result).toMatchObject({ code: 0, document: { closings: 0, end: 'done' } });
  });
});

describe('when something fails', () => {
  /** Failed closings wait a minute of the program's time. */
  const haste = 24;

  test('single closings are exit 6, listed, and tried again by a later run', async () => {
    const gladly = await busyGladly(haste);
    const ids = await gladly.customers(12);
    let broken = true;
    const faults = new Map<string, Parameters<Parameters<typeof faultyProxy>[1]>[0] | object>([
      [ids[1]!, { status: 404 }],
      [ids[4]!, { status: 502 }],
      [ids[7]!, { status: 200, body: '{"id": "' }],
    ]);
    const { origin } = await faultyProxy(gladly.sandbox.origin, (request) => {
      const fault = faults.get(request.split('/')[4] ?? '');
      return broken && fault !== undefined ? (fault as { status: number }) : 'pass';
    });
    const env = { ...gladly.env, GCSAT_DOMAIN: origin };
    const { code, stderr, document } = await runJson(['backfill', ...gladly.range], { env });
    expect(code).toBe(6);
    expect(stderr).toMatch(/^error: 3 of 12 closings failed \(.*surveys list --state failed.*\)$/m);
    expect(document).toMatchObject({ outcomes: { sent: 9, failed: 3 }, end: 'done' });
    const named = document.failures.map(({ conversationId }: { conversationId: string }) => conversationId);
    expect(named.toSorted()).toEqual([...faults.keys()].toSorted());
    const { document: listed } = await runJson(['surveys', 'list', '--state', 'failed'], { env });
    expect(listed.map(({ conversationId }: { conversationId: string }) => conversationId).toSorted()).toEqual(
      named.toSorted(),
    );
    broken = false;
    await wait(64_000 / haste);
    const again = await runJson(['backfill', ...gladly.range], { env });
    expect(again).toMatchObject({
      code: 0,
      document: { outcomes: { sent: 12, failed: 0 }, thisRun: { sent: 3 } },
    });
    expect(gladly.mails()).toEqual(ones(12));
  });

  test('no network is exit 7, and nothing is lost', async () => {
    const gladly = await busyGladly(haste);
    await gladly.customers(60);
    let mended = false;
    const { origin } = await faultyProxy(gladly.sandbox.origin, () =>
      gladly.sandbox.mailbox().length >= 5 && !mended ? 'reset before' : 'pass',
    );
    const env = { ...gladly.env, GCSAT_DOMAIN: origin };
    const broken = await runJson(['backfill', ...gladly.range], { env, timeoutMs: 60_000 });
    expect(broken).toMatchObject({ code: 7, document: { error: { code: expect.any(String) } } });
    const never = { ...env, GCSAT_DOMAIN: 'http://127.0.0.1:1', GCSAT_DATA_DIR: temporaryFolder() };
    expect((await run(['backfill', ...gladly.range], { env: never })).code).toBe(7);
    const kept = await surveysOf(env);
    expect(kept).toHaveLength(60);
    mended = true;
    await wait(64_000 / haste);
    const { document } = await runJson(['backfill', ...gladly.range], { env });
    expect(asked(document)).toBe(60);
    expect(gladly.mails()).toEqual(ones(gladly.mails().length));
  });

  test('wrong credentials are exit 4, and leave nothing behind', async () => {
    const gladly = await busyGladly();
    await gladly.customers(2);
    const env = { ...gladly.env, GCSAT_TOKEN: 'a-wrong-token-of-some-length' };
    const { code, stdout, stderr } = await run(['backfill', ...gladly.range], { env });
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).not.toContain('a-wrong-token');
    expect(await surveysOf(gladly.env)).toEqual([]);
  });
});

describe('bad usage is exit 2, before anything is asked', () => {
  test.each([
    [[], '--since is missing'],
    [['--since', 'soon'], 'is not a time'],
    [['--since', '2d', '--until', 'then'], 'is not a time'],
    [['--since', '2999-01-01'], 'since is in the future'],
    [['--since', '2d', '--until', '3d'], 'is not after since'],
    [
      ['--since', '2026-11-05', '--until', '2026-11-01'],
      'until (2026-11-01) is not after since (2026-11-05)',
    ],
    [['--since', '1d', '--timezone', 'Mars/Olympus'], "'Mars/Olympus' is unknown"],
    [['--since', '1d', '--max-sends', '-1'], '--max-sends'],
    [['--since', '1d', '--max-sends', '1.5'], '--max-sends'],
    [['--since', '1d', '--limit', '0'], '--limit'],
    [['--since', '1d', '--max-duration', 'long'], '--max-duration'],
    [['--since', '1d', '--source', 'webhook'], '--source'],
    [['--source', 'conversations'], 'needs ids'],
    [['--since', '1d', '--conversations', '-'], '--conversations'],
    [['--conversations', '-', '--source', 'report'], '--conversations'],
    [['--conversations', '/no/such/file'], '/no/such/file'],
  ])('%j', async (args, words) => {
    const env = { GCSAT_DOMAIN: 'http://127.0.0.1:1', GCSAT_EMAIL: 'a@example.com', GCSAT_TOKEN: 'x' };
    const { code, stdout, stderr } = await runInside(['backfill', ...args], { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('the moment itself is shown as it is', async () => {
    const env = { GCSAT_DOMAIN: 'http://127.0.0.1:1', GCSAT_EMAIL: 'a@example.com', GCSAT_TOKEN: 'x' };
    for (const since of ['now', '0d']) {
      const { code, stderr } = await runInside(['backfill', '--since', since], { env });
      const [, began, until] = /since \(([^)]+)\) is not before now \(([^)]+)\)/.exec(stderr) ?? [];
      expect({ code, until }).toEqual({ code: 2, until: expect.any(String) });
      expect(until).toBe(began);
      expect(Date.parse(until!)).toBeLessThanOrEqual(Date.now());
    }
  });

  test('events that do not reach back are known when Gladly is', async () => {
    const { env } = await busyGladly();
    const events = await run(['backfill', '--since', '3d', '--source', 'events'], { env });
    expect(events).toMatchObject({ code: 2, stderr: expect.stringContaining('Events reach back') });
  });
});

describe('the zone of the organization', () => {
  test.each([
    ['Mars/Phobos', "warning: the organization's time zone 'Mars/Phobos' is unknown here; times "],
    [null, 'warning: Gladly reports no time zone for the organization; times '],
  ])('%j is UTC, with a warning where times depend on it', async (timezone, warning) => {
    const gladly = await busyGladly();
    const body = JSON.stringify({ id: 'o1', name: 'Acme', timezone });
    const { origin } = await faultyProxy(gladly.sandbox.origin, (request) =>
      request.split('/')[3] === 'organization' ? { status: 200, body } : 'pass',
    );
    const env = { ...gladly.env, GCSAT_DOMAIN: origin };
    const relative = await runJson(['backfill', '--since', '6h'], { env });
    expect(relative).toMatchObject({ code: 0, document: { range: { timezone: 'UTC' } } });
    expect(relative.stderr).not.toContain('warning');
    const date = await runJson(['backfill', '--since', 'yesterday', '--until', '6h', '--dry-run'], { env });
    expect(date.document.range).toMatchObject({ since: expect.stringMatching(/T00:00:00/), timezone: 'UTC' });
    expect(date.stderr).toContain(warning);
    const listed = await runJson(['surveys', 'list', '--since', 'yesterday'], { env });
    expect(listed).toMatchObject({ code: 0, stderr: expect.stringContaining(warning) });
    const tick = await runJson(['sync', '--dry-run'], { env });
    expect(tick).toMatchObject({ code: 0, document: { range: { timezone: 'UTC' } } });
    expect(tick.stderr).toContain(warning);
    await run(['configure', 'set', 'quietHours=21:00-08:00'], { env });
    const quiet = await runJson(['backfill', '--since', '6h', '--dry-run'], { env });
    expect(quiet.stderr).toMatch(/^warning: .*time zone.*; quiet hours are read as UTC$/m);
  });
});

describe('limits', () => {
  test('--max-sends, --limit and --max-duration stop cleanly, exit 0, and say what is left', async () => {
    const gladly = await busyGladly();
    await gladly.customers(20);
    const some = await run(['backfill', '--max-sends', '4', ...gladly.range], { env: gladly.env });
    expect([some.code, some.stdout]).toEqual([
      0,
      expect.stringMatching(/reached --max-sends; 16 closings are left/),
    ]);
    expect(gladly.mails()).toEqual(ones(4));
    const few = await run(['backfill', '--limit', '6', ...gladly.range], { env: gladly.env });
    expect([few.code, few.stdout]).toEqual([
      0,
      expect.stringMatching(/reached --limit; 10 closings are left/),
    ]);
    await fetch(`${gladly.sandbox.origin}/_sandbox/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ latencyMs: 300 }),
    });
    // The time is over while closings are still being looked for.
    const none = await run(['backfill', '--max-duration', '1s', ...gladly.range], { env: gladly.env });
    expect([none.code, none.stdout]).toEqual([
      0,
      expect.stringMatching(/--max-duration has passed; 10 closings are left/),
    ]);
    expect(gladly.mails()).toEqual(ones(10));
  });
});

describe('closings that are not decided at the end', () => {
  test('are a warning when Gladly shows a conversation as open right after its closing', async () => {
    const gladly = await busyGladly();
    const id = await gladly.tell({ customer: { email: 'kim@example.org' } });
    gladly.time.gladly.aheadMs = 60_000;
    const open = JSON.stringify({ id, customerId: 'c1', status: 'OPEN', topicIds: [] });
    const { origin } = await faultyProxy(gladly.sandbox.origin, (request) =>
      request === `GET /api/v1/conversations/${id}` ? { status: 200, body: open } : 'pass',
    );
    const { code, document, stderr } = await runJson(['backfill', '--since', '1h'], {
      env: { ...gladly.env, GCSAT_DOMAIN: origin },
    });
    expect({ code, outcomes: document.outcomes }).toMatchObject({
      code: 0,
      outcomes: { pending: 1, sent: 0 },
    });
    expect(stderr).toContain('warning: 1 closing is not decided yet: Gladly may show');
  });

  test('stay as they are when a trial decides the same closings in its own lane', async () => {
    const gladly = await busyGladly();
    await gladly.customers(3);
    await run(['backfill', '--max-sends', '0', ...gladly.range], { env: gladly.env });
    const env = { ...gladly.env, GCSAT_DELIVERY: 'outbox' };
    const { code, document } = await runJson(['backfill', ...gladly.range], { env });
    expect([code, document.outcomes.sent, document.outcomes.pending]).toEqual([0, 3, 0]);
    expect(gladly.mails()).toEqual([]);
    expect((await run(['backfill', ...gladly.range], { env: gladly.env })).stderr).not.toContain('decided');
    expect(gladly.mails()).toEqual(ones(3));
  });
});

describe('at a terminal', () => {
  const converse = (
    args: readonly string[],
    env: Record<string, string>,
    answer = '',
  ): ReturnType<typeof atTerminal> => atTerminal(['gcsat', ...args].join(' '), env, [['Continue?', answer]]);

  async function asking(count: number): Promise<BusyGladly> {
    const gladly = await busyGladly();
    await gladly.customers(count);
    await run(['configure', 'set', 'confirmSends=3'], { env: gladly.env });
    return gladly;
  }

  test('more than the configured number is asked about; declined, nothing is sent, now or by sync', async () => {
    const gladly = await asking(5);
    const declined = await converse(['backfill', ...gladly.range], gladly.env, 'n\r');
    expect(declined).toMatchObject({ code: 0, asked: true });
    expect(declined.screen).toContain('Up to 5 surveys would be sent');
    expect(declined.screen).toContain('nothing was sent');
    expect(await surveysOf(gladly.env)).toEqual([]);
    await run(['sync'], { env: gladly.env });
    expect(gladly.mails()).toEqual([]);
    const agreed = await converse(['backfill', ...gladly.range], gladly.env, 'y\r');
    expect(agreed).toMatchObject({ code: 0, asked: true });
    expect(gladly.mails()).toEqual(ones(5));
  });

  test('Ctrl-C at the question is exit 130, and nothing is sent', async () => {
    const gladly = await asking(5);
    const { code, asked } = await converse(['backfill', ...gladly.range], gladly.env, '\u0003');
    expect({ code, asked }).toEqual({ code: 130, asked: true });
    expect(await surveysOf(gladly.env)).toEqual([]);
  });

  test('--yes, --max-sends, --no-input, a dry run and few sends ask nothing', async () => {
    const gladly = await asking(9);
    for (const [args, sent] of [
      [['--dry-run'], 0],
      [['--limit', '3'], 3],
      [['--max-sends', '2'], 5],
      [['--no-input', '--limit', '3'], 8],
      [['--yes'], 9],
    ] as const) {
      const { code, asked } = await converse(['backfill', ...args, ...gladly.range], gladly.env);
      expect({ args, code, asked }).toEqual({ args, code: 0, asked: false });
      expect(gladly.mails()).toEqual(ones(sent));
    }
  });

  test('without a terminal nothing is asked, however many there are', async () => {
    const gladly = await asking(5);
    const { code, stderr } = await run(['backfill', ...gladly.range], { env: gladly.env });
    expect(code).toBe(0);
    expect(stderr).not.toContain('Continue?');
    expect(gladly.mails()).toEqual(ones(5));
  });
});
