import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { cardFailureOf } from '../../src/ledger/answers.ts';
import type { Log } from '../../src/domain/log.ts';
import { openServing, type Serving } from '../../src/workflow/serve.ts';
import { faultyProxy } from '../support/faulty-proxy.ts';
import { hour, iso, minute, noon, world, type ServicesChanges, type World } from './support.ts';

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
): Promise<Running> {
  const controller = new AbortController();
  const log: Running['log'] = [];
  const note =
    (level: string): Log['info'] =>
    (fields, message) =>
      void log.push({ level, fields, message });
  const settled: string[] = [];
  const cards = { posted: 0, failed: 0 };
  const serving = await openServing(own.services({ ...changes, signal: controller.signal }), {
    catchUpMilliseconds,
    listener: {
      settled: (outcome) => void settled.push(outcome),
      cardPosted: () => (cards.posted += 1),
      cardFailed: () => (cards.failed += 1),
    },
    log: { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') },
  });
  const working = serving.run();
  const stop = async (): Promise<void> => {
    controller.abort(new Failure('terminated', 'terminated', 'stopped by the test', { hint: 'none' }));
    await working;
  };
  onTestFinished(stop);
  return { serving, settled, cards, log, stop };
}

const patience = { timeout: 20_000, interval: 5 };

/** Closes a conversation in Gladly and tells the server of it, as the webhook does. */
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
    await own.ledger.db
      .insertInto('organization')
      .values({ id: 1, organization_id: 'known', host_kind: 'loopback', origin })
      .execute();
    const running = await serve(own, { origin });
    await closes(own, running, 'one@example.org');
    const warned = (): unknown[] => running.log.filter(({ fields }) => fields['kind'] === 'credentials');
    await vi.waitFor(() => expect(warned().length).toBeGreaterThan(2), patience);
    expect(running.settled).toEqual([]);
    refuses = false;
    await vi.waitFor(() => expect(running.settled).toEqual(['sent']), patience);
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
          (await own.services().ledger.db.selectFrom('marks').selectAll().execute())
            .map(({ name }) => name)
            .sort(),
        ).toEqual(['sync_started', 'sync_until']),
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
