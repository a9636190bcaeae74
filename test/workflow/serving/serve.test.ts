import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { cardFailureOf } from '../../../src/store/answers/cards-due.ts';
import type { Log } from '../../../src/ports/log.ts';
import { resendClosing } from '../../../src/store/queue/acts.ts';
import { readCheckpoint } from '../../../src/store/checkpoints.ts';
import { createWakeUp } from '../../../src/workflow/serving/wake-up.ts';
import { postCards } from '../../../src/workflow/serving/post-cards.ts';
import { openServing, type Serving } from '../../../src/workflow/serving/serve.ts';
import type { Services } from '../../../src/workflow/context/services.ts';
import { faultyProxy } from '../../support/faulty-proxy.ts';
import { hour, iso, minute, noon, world, type ServicesChanges, type World } from '../support.ts';

interface Running {
  serving: Serving;
  settled: string[];
  cards: { posted: number; failed: number };
  log: { level: string; fields: Record<string, unknown>; message: string }[];
  stop(): Promise<void>;
}

/** A server without its HTTP, at work until the test is over. */
async function serve(
  own: World,
  changes: ServicesChanges = {},
  catchUpMilliseconds: number | null = null,
  alter: (services: Services) => Services = (services) => services,
): Promise<Running> {
  const controller = new AbortController();
  const log: Running['log'] = [];
  const note =
    (level: string): Log['info'] =>
    (fields, message) =>
      void log.push({ level, fields, message });
  const settled: string[] = [];
  const cards = { posted: 0, failed: 0 };
  const serving = await openServing(alter(own.services({ ...changes, signal: controller.signal })), {
    catchUpMilliseconds,
    listener: {
      finished: (outcome) => void settled.push(outcome),
      cardPosted: () => (cards.posted += 1),
      cardFailed: () => (cards.failed += 1),
      alerted: () => undefined,
      reminded: () => undefined,
      pulled: () => undefined,
      pullFailed: () => undefined,
    },
    log: { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') },
  });
  await serving.begin();
  const working = serving.run();
  const stop = async (): Promise<void> => {
    controller.abort(new Failure('terminated', 'terminated', 'stopped by the test', { hint: 'none' }));
    await working;
  };
  onTestFinished(stop);
  return { serving, settled, cards, log, stop };
}

const patience = { timeout: 20_000, interval: 5 };

/** Closes a conversation in Gladly and reports it to the server, as the webhook does. */
async function closes(own: World, { serving }: Running, email: string): Promise<string> {
  const conversationId = await own.tell({ customer: { email } });
  const content = { conversationId };
  await serving.intake.accept({ type: 'CONVERSATION/CLOSED', timestamp: iso(own.time.now), content });
  return conversationId;
}

const tokenIn = (html: string): string => /\/s\/([A-Za-z0-9_-]{44})/.exec(html)![1]!;

function surveyOf(own: World, to: string): string {
  const mail = own.sandbox.mailbox().find((message) => message.to === to);
  return tokenIn((mail as unknown as { html: string }).html);
}

describe('a server', () => {
  test(
    'surveys what the webhook tells, and puts the answer on the timeline',
    { timeout: 30_000 },
    async () => {
      const own = await world();
      const running = await serve(own);
      await closes(own, running, 'one@example.org');
      await vi.waitFor(() => expect(own.sandbox.mailbox()).toHaveLength(1), patience);
      const { desk } = running.serving;
      const answer = { rating: 4, resolved: true, comment: 'fine' };
      expect(await desk.answer(surveyOf(own, 'one@example.org'), answer)).toMatchObject({ saved: true });
      await vi.waitFor(() => expect(running.cards).toEqual({ posted: 1, failed: 0 }), patience);
      expect(running.settled).toEqual(['sent']);
      expect((await running.serving.figures()).cardsMissing).toBe(0);
      await running.serving.ready();
    },
  );

  test('is not ready when its ledger was moved away', async () => {
    const own = await world();
    const { serving } = await serve(own);
    const file = join(own.folder, 'ledger.db');
    renameSync(file, `${file}.moved`);
    await expect(serving.ready()).rejects.toMatchObject({ code: 'ledger_gone' });
    renameSync(`${file}.moved`, file);
    await serving.ready();
  });

  test('is not ready while its disk is full', async () => {
    const own = await world();
    const { serving } = await serve(own);
    await own.ledger.write('ledger', (trx) => sql`PRAGMA max_page_count = 1`.execute(trx));
    await expect(serving.ready()).rejects.toMatchObject({ code: 'ledger_full' });
    await own.ledger.write('ledger', (trx) => sql`PRAGMA max_page_count = 1000000`.execute(trx));
    await serving.ready();
  });

  test('is not held up by a closing that gets no answer', { timeout: 30_000 }, async () => {
    const own = await world();
    let stuck = '';
    const { origin, seen } = await faultyProxy(own.sandbox.origin, (request) =>
      stuck !== '' && request.includes(`/conversations/${stuck}`) ? 'never answer' : 'pass',
    );
    const running = await serve(own, { origin });
    stuck = await own.tell({ customer: { email: 'stuck@example.org' } });
    const content = { conversationId: stuck };
    await running.serving.intake.accept({
      type: 'CONVERSATION/CLOSED',
      timestamp: iso(own.time.now),
      content,
    });
    await vi.waitFor(() => expect(seen.some((request) => request.includes(stuck))).toBe(true), patience);
    for (const name of ['a', 'b', 'c']) await closes(own, running, `${name}@example.org`);
    await vi.waitFor(() => expect(own.sandbox.mailbox()).toHaveLength(3), patience);
    expect((await own.closings()).find(({ conversationId }) => conversationId === stuck)).toMatchObject({
      state: 'pending',
    });
  });

  test('ends when it is told to, and leaves the rest to the next one', { timeout: 30_000 }, async () => {
    const own = await world();
    const { origin, seen } = await faultyProxy(own.sandbox.origin, (request) =>
      request.includes('/conversations/') ? 'never answer' : 'pass',
    );
    const first = await serve(own, { origin });
    await closes(own, first, 'one@example.org');
    await vi.waitFor(
      () => expect(seen.some((request) => request.includes('/conversations/'))).toBe(true),
      patience,
    );
    await first.stop();
    expect(await own.closings()).toMatchObject([{ state: 'pending', claimedBy: null, attempts: 0 }]);
    const second = await serve(own);
    await vi.waitFor(() => expect(second.settled).toEqual(['sent']), patience);
  });

  test('outlives refused credentials, and goes on when they are mended', { timeout: 30_000 }, async () => {
    const own = await world();
    let refuses = true;
    const { origin } = await faultyProxy(own.sandbox.origin, () => (refuses ? { status: 401 } : 'pass'));
    await own.services().organization();
    const running = await serve(own, { origin });
    await closes(own, running, 'one@example.org');
    const warned = (): unknown[] => running.log.filter(({ fields }) => fields['kind'] === 'credentials');
    await vi.waitFor(() => expect(warned().length).toBeGreaterThan(2), patience);
    expect(running.settled).toEqual([]);
    refuses = false;
    await vi.waitFor(() => expect(running.settled).toEqual(['sent']), patience);
  });

  test(
    'is careful after messages in doubt: one at a time, until one is taken',
    { timeout: 60_000 },
    async () => {
      const own = await world();
      let isWell = false;
      const running = await serve(own, {}, null, (services) => {
        const real = services.provider();
        return {
          ...services,
          async provider() {
            const provider = await real;
            return {
              ...provider,
              async deliver(message, leaving) {
                if (isWell) return provider.deliver(message, leaving);
                await leaving();
                const failure = new Failure('temporary', 'no_answer', 'no answer', { hint: 'none' });
                return { status: 'uncertain', failure };
              },
            };
          },
        };
      });
      for (let number = 0; number < 80; number += 1) await closes(own, running, `${number}@example.org`);
      const warnings = (): unknown[] =>
        running.log.filter(({ fields }) => fields['task'] === 'queue' && fields['code'] === 'no_answer');
      await vi.waitFor(() => expect(warnings().length).toBeGreaterThan(8), { ...patience, timeout: 40_000 });
      const doubtful = running.settled.filter((outcome) => outcome === 'uncertain').length;
      // Twelve in a row and those that were begun with them, then one with each warning.
      expect(doubtful).toBeLessThanOrEqual(12 + 15 + warnings().length);
      isWell = true;
      await vi.waitFor(() => expect(running.settled).toHaveLength(80), { ...patience, timeout: 40_000 });
    },
  );

  test('asks nobody twice who answers the message in doubt', { timeout: 30_000 }, async () => {
    const own = await world();
    const links: string[] = [];
    const running = await serve(own, {}, null, (services) => ({
      ...services,
      provider: () =>
        Promise.resolve({
          name: 'smtp',
          repeatable: false,
          async deliver({ surveyUrl }, leaving) {
            await leaving();
            links.push(surveyUrl);
            const failure = new Failure('temporary', 'no_answer', 'no answer', { hint: 'none' });
            return { status: 'uncertain', failure };
          },
          close: () => Promise.resolve(),
        }),
    }));
    await closes(own, running, 'one@example.org');
    await vi.waitFor(() => expect(running.settled).toEqual(['uncertain']), patience);
    await running.stop();
    const [doubtful] = await own.closings();
    await resendClosing(own.ledger, doubtful!.id, iso(own.time.now));
    const { desk } = running.serving;
    const token = tokenIn(links[0]!);
    expect(await desk.view(token)).toMatchObject({ state: 'open' });
    const answer = { rating: 4, resolved: true, comment: null };
    expect(await desk.answer(token, answer)).toMatchObject({ state: 'open', saved: true });
    expect(await desk.view(token)).toMatchObject({ state: 'open', answer });
    expect(await own.closings()).toMatchObject([{ state: 'answered', provider: doubtful!.provider }]);
    const second = await serve(own);
    await vi.waitFor(() => expect(second.cards).toEqual({ posted: 1, failed: 0 }), patience);
    expect(second.settled).toEqual([]);
    expect(own.sandbox.mailbox()).toEqual([]);
  });

  test('is not held up by a closing that has a defect', { timeout: 30_000 }, async () => {
    const own = await world();
    const poisoned = await own.tell({ customer: { email: 'poisoned@example.org' } });
    const running = await serve(own, {}, null, (services) => ({
      ...services,
      client: {
        ...services.client,
        getConversation(id) {
          if (id === poisoned) throw new TypeError('a secret');
          return services.client.getConversation(id);
        },
      },
    }));
    const content = { conversationId: poisoned };
    const timestamp = iso(own.time.now);
    await running.serving.intake.accept({ type: 'CONVERSATION/CLOSED', timestamp, content });
    await vi.waitFor(() => expect(running.settled).toEqual(['failed']), patience);
    for (const name of ['a', 'b', 'c']) await closes(own, running, `${name}@example.org`);
    await vi.waitFor(() => expect(running.settled).toEqual(['failed', 'sent', 'sent', 'sent']), patience);
    const [told, ...more] = running.log.filter(({ level }) => level === 'error');
    expect(told).toMatchObject({ fields: { code: 'defect', error: 'TypeError' } });
    expect(JSON.stringify(told)).toContain('serve.test');
    expect(JSON.stringify(running.log)).not.toContain('a secret');
    expect(more).toEqual([]);
    const rows = await own.closings();
    expect(rows.find(({ conversationId }) => conversationId === poisoned)).toMatchObject({
      state: 'failed',
      dueAt: iso(own.time.now + minute),
      error: { code: 'defect' },
    });
  });

  test('misses no closing of a first start while Gladly is away', { timeout: 30_000 }, async () => {
    const own = await world();
    let away = true;
    const { origin } = await faultyProxy(own.sandbox.origin, () => (away ? { status: 503 } : 'pass'));
    await own.ledger.write('ledger', (trx) =>
      trx
        .insertInto('organization')
        .values({ id: 1, organization_id: origin, host_kind: 'loopback', origin })
        .execute(),
    );
    const running = await serve(own, { origin }, minute);
    await vi.waitFor(() => expect(running.log.length).toBeGreaterThan(0), patience);
    own.time.now += 10 * minute;
    await own.tell({ customer: { email: 'missed@example.org' } });
    own.time.now += 2 * hour;
    away = false;
    await vi.waitFor(() => expect(running.settled).toEqual(['sent']), patience);
    expect(own.sandbox.mailbox().map(({ to }) => to)).toEqual(['missed@example.org']);
  });

  test('warns of closings that it finds without their conversation', { timeout: 30_000 }, async () => {
    const own = await world();
    const event = (index: number, conversationId: string): string =>
      JSON.stringify({
        id: `e${index}`,
        type: 'CONVERSATION/CLOSED',
        timestamp: iso(noon + minute),
        content: { conversationId },
      });
    let body = `${event(1, '')}\n`;
    const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
      request === 'GET /api/v1/events' ? { status: 200, body } : 'pass',
    );
    const running = await serve(own, { origin }, minute);
    await vi.waitFor(
      async () => expect(await readCheckpoint(own.ledger, { lane: 'live', name: 'until' })).toBe(iso(noon)),
      patience,
    );
    own.time.now += 2 * minute;
    const warnings = (): string[] =>
      running.log.filter(({ level }) => level === 'warn').map(({ message }) => message);
    await vi.waitFor(() => expect(warnings()).toContain('time: closings_unreadable'), patience);
    expect(await readCheckpoint(own.ledger, { lane: 'live', name: 'until' })).toBe(iso(noon));
    body += `${event(2, await own.tell())}\n`;
    await vi.waitFor(
      () => expect(warnings()).toContain('1 closing arrived without a conversation id and is left out'),
      patience,
    );
    await vi.waitFor(
      async () =>
        expect(await readCheckpoint(own.ledger, { lane: 'live', name: 'until' })).toBe(
          iso(noon + 2 * minute),
        ),
      patience,
    );
  });

  test('warns when no server has looked for closings for 15 minutes', { timeout: 30_000 }, async () => {
    const own = await world();
    let away = false;
    const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
      away && request === 'GET /api/v1/events' ? { status: 503 } : 'pass',
    );
    const running = await serve(own, { origin }, minute);
    const warnings = (): unknown[] =>
      running.log.filter(({ message }) => message === 'closings were not looked for');
    const until = (): Promise<string | null> => readCheckpoint(own.ledger, { lane: 'live', name: 'until' });
    await vi.waitFor(async () => expect(await until()).toBe(iso(noon)), patience);
    away = true;
    const failures = (): number => running.log.filter(({ fields }) => fields['task'] === 'time').length;
    own.time.now += 15 * minute;
    const before = failures();
    await vi.waitFor(() => expect(failures()).toBeGreaterThan(before + 1), patience);
    expect(warnings()).toEqual([]);
    own.time.now += 1000;
    await vi.waitFor(() => expect(warnings().length).toBeGreaterThan(0), patience);
    expect(warnings()[0]).toMatchObject({
      level: 'warn',
      fields: { until: iso(noon), seconds: 901, hint: expect.stringContaining('other servers') },
    });
    away = false;
    await vi.waitFor(async () => expect(await until()).toBe(iso(own.time.now)), patience);
  });

  test('without catching up begins at its first start too', async () => {
    const own = await world();
    await serve(own);
    expect(await readCheckpoint(own.ledger, { lane: 'live', name: 'started' })).toBe(iso(noon));
  });

  test('has not begun before it takes requests, and then began when it was opened', async () => {
    const own = await world();
    const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const nothing = (): void => {};
    const listener = {
      finished: nothing,
      cardPosted: nothing,
      cardFailed: nothing,
      alerted: nothing,
      reminded: nothing,
      pulled: nothing,
      pullFailed: nothing,
    };
    const serving = await openServing(own.services(), { catchUpMilliseconds: null, listener, log });
    expect(await readCheckpoint(own.ledger, { lane: 'live', name: 'started' })).toBeNull();
    own.time.now += minute;
    await serving.begin();
    expect(await readCheckpoint(own.ledger, { lane: 'live', name: 'started' })).toBe(iso(noon));
  });

  test('sends what is scheduled once it is due', { timeout: 30_000 }, async () => {
    const own = await world();
    const running = await serve(own, { policy: { delay: hour } });
    await closes(own, running, 'one@example.org');
    await vi.waitFor(() => expect(running.settled).toEqual(['scheduled']), patience);
    expect(own.sandbox.mailbox()).toEqual([]);
    own.time.now += hour;
    await vi.waitFor(() => expect(running.settled).toEqual(['scheduled', 'sent']), patience);
  });

  test('finds closings whose webhook never came, from its first start on', { timeout: 30_000 }, async () => {
    const own = await world();
    await own.tell({ customer: { email: 'before@example.org' } });
    own.time.now += minute;
    const first = await serve(own, {}, minute);
    await vi.waitFor(
      async () =>
        expect(
          (await own.services().ledger.read((db) => db.selectFrom('checkpoints').selectAll().execute()))
            .map(({ name }) => name)
            .sort(),
        ).toEqual(['started', 'until']),
      patience,
    );
    await first.stop();
    own.time.now += minute;
    await own.tell({ customer: { email: 'missed@example.org' } });
    own.time.now += 3 * hour;
    const second = await serve(own, {}, minute);
    await vi.waitFor(() => expect(second.settled).toEqual(['sent']), patience);
    expect(own.sandbox.mailbox().map(({ to }) => to)).toEqual(['missed@example.org']);
    expect(own.time.now).toBeGreaterThan(noon);
  });
});

describe('a card that Gladly does not take', () => {
  test(
    'is kept with its next try, holds up no other, and is posted in the end',
    { timeout: 40_000 },
    async () => {
      const own = await world();
      let refused = '';
      const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
        refused !== '' && request === `POST /api/v1/customers/${refused}/conversation-items`
          ? { status: 500 }
          : 'pass',
      );
      const running = await serve(own, { origin });
      await closes(own, running, 'one@example.org');
      await closes(own, running, 'two@example.org');
      await vi.waitFor(() => expect(own.sandbox.mailbox()).toHaveLength(2), patience);
      const closings = await own.closings();
      const failing = closings.find(({ address }) => address === 'one@example.org')!;
      refused = failing.customerId!;
      const answer = { rating: 2, resolved: false, comment: null };
      for (const to of ['one@example.org', 'two@example.org']) {
        await running.serving.desk.answer(surveyOf(own, to), answer);
      }
      await vi.waitFor(() => expect(running.cards).toEqual({ posted: 1, failed: 1 }), patience);
      expect(await cardFailureOf(own.ledger, failing.surveyId!)).toMatchObject({ tries: 1 });
      own.time.now += minute;
      await vi.waitFor(() => expect(running.cards.failed).toBe(2), patience);
      expect(await cardFailureOf(own.ledger, failing.surveyId!)).toMatchObject({
        tries: 2,
        retryAt: iso(own.time.now + 2 * minute),
      });
      refused = '';
      own.time.now += 2 * minute;
      await vi.waitFor(() => expect(running.cards).toEqual({ posted: 2, failed: 2 }), patience);
      expect(await cardFailureOf(own.ledger, failing.surveyId!)).toBe(null);
    },
  );
});

test('a card that is on its way is finished before a failure of the ledger is told', async () => {
  const own = await world();
  const first = await serve(own);
  await closes(own, first, 'one@example.org');
  await vi.waitFor(() => expect(first.settled).toEqual(['sent']), patience);
  await first.stop();
  const answer = { rating: 4, resolved: true, comment: null };
  await first.serving.desk.answer(surveyOf(own, 'one@example.org'), answer);

  const services = own.services();
  const { createCustomerItem } = services.client;
  const broken = new Failure('ledger', 'disk_full', 'the disk is full', { hint: 'make room' });
  let isBroken = false;
  let arrive = (): void => undefined;
  let open = (): void => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const gate = new Promise<void>((resolve) => (open = resolve));
  let asked = 0;
  const wakeUp = createWakeUp();
  const cards = { posted: 0, ended: false };
  const working = postCards(
    {
      ...services,
      clock() {
        if (!isBroken) return own.time.now;
        isBroken = false;
        asked += 1;
        throw broken;
      },
      client: {
        ...services.client,
        async createCustomerItem(...given) {
          arrive();
          await gate;
          return createCustomerItem(...given);
        },
      },
    },
    wakeUp,
    {
      listener: {
        cardPosted: () => (cards.posted += 1),
        cardFailed: () => undefined,
      },
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    },
    () => undefined,
  )
    .catch((error: unknown) => error)
    .finally(() => (cards.ended = true));
  await arrived;
  isBroken = true;
  wakeUp.notify();
  await vi.waitFor(() => expect(asked).toBe(1), patience);
  await new Promise((resolve) => setImmediate(resolve));
  expect(cards).toEqual({ posted: 0, ended: false });
  open();
  expect(await working).toBe(broken);
  expect(cards.posted).toBe(1);
});
