import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closingStates, transitions, type Transition } from '../../../src/domain/closing/transitions.ts';
import { closingById, closingsOfConversation, lastTimeOf } from '../../../src/store/closings/closings.ts';
import type { BriefClosing } from '../../../src/store/closings/rows.ts';
import type { ClosingFilter } from '../../../src/store/views/closing-filter.ts';
import { findClosings } from '../../../src/store/views/found-closings.ts';
import { listClosings } from '../../../src/store/views/surveys.ts';
import { recordClosing, recordClosings } from '../../../src/store/closings/closing-reports.ts';
import { recordReopening } from '../../../src/store/closings/reopenings.ts';
import { cancelClosing } from '../../../src/store/queue/acts.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { story } from '../../../src/store/views/story.ts';
import {
  at,
  evidence,
  freshLedger,
  inProcesses,
  leaving,
  moved,
  often,
  opened,
  scheduled,
  repeated,
  reported,
  temporaryPlace,
} from '../support.ts';
import { isOnServer } from '../../support/tested-ledger.ts';

async function listed(ledger: Ledger, filter: ClosingFilter): Promise<BriefClosing[]> {
  const closings: BriefClosing[] = [];
  for await (const { closing } of listClosings(ledger, filter, at(5000))) closings.push(closing);
  return closings;
}

describe('a closing report', () => {
  test('of a new closing makes it pending, due at once, and named after the conversation and its time', async () => {
    const ledger = await freshLedger();
    const report = {
      lane: 'live',
      conversationId: 'c1',
      customerId: 'k1',
      closedAt: at(0),
      source: 'events',
      seenAt: at(9),
    } as const;
    const { closing, isNew } = await recordClosing(ledger, report);
    expect(isNew).toBe(true);
    expect(closing).toMatchObject({
      id: `c1@${at(0)}`,
      conversationId: 'c1',
      lane: 'live',
      customerId: 'k1',
      closedAt: at(0),
      firstSeenAt: at(9),
      source: 'events',
      state: 'pending',
      stateAt: at(9),
      dueAt: null,
      attempts: 0,
      reasons: [],
      evidence: null,
      claimedBy: null,
    });
    expect(await closingById(ledger, closing.id)).toEqual(closing);
    expect(await recordClosing(ledger, { ...report, source: 'webhook' })).toEqual({
      closing,
      isNew: false,
    });
  });

  test.each([
    [-61, true],
    [-60.001, true],
    [-60, false],
    [-59, false],
    [0, false],
    [59, false],
    [60, false],
    [60.001, true],
    [61, true],
  ])('%s s from a known closing: new is %s', async (seconds, isNew) => {
    const ledger = await freshLedger();
    const known = await reported(ledger, 'c1', 1000);
    const again = await reported(ledger, 'c1', 1000 + seconds);
    expect(again.id).toBe(isNew ? `c1@${at(1000 + seconds)}` : known.id);
    expect(await closingsOfConversation(ledger, 'c1', 'live')).toHaveLength(isNew ? 2 : 1);
  });

  test('of two known closings the nearer one is adopted', async () => {
    const ledger = await freshLedger();
    const early = await reported(ledger, 'c1', 0);
    const late = await reported(ledger, 'c1', 100);
    expect((await reported(ledger, 'c1', 45)).id).toBe(early.id);
    expect((await reported(ledger, 'c1', 55)).id).toBe(late.id);
  });

  test('the latest time of a closing is the latest that a source reported', async () => {
    const ledger = await freshLedger();
    const closing = await reported(ledger, 'c1', 100);
    expect(await lastTimeOf(ledger, closing)).toBe(at(100));
    await reported(ledger, 'c1', 98);
    expect(await lastTimeOf(ledger, closing)).toBe(at(100));
    await reported(ledger, 'c1', 103);
    await reported(ledger, 'c1', 102);
    await reported(ledger, 'c2', 110);
    expect(await lastTimeOf(ledger, closing)).toBe(at(103));
  });

  test('another conversation is another closing', async () => {
    const ledger = await freshLedger();
    await reported(ledger, 'c1', 0);
    expect((await reported(ledger, 'c2', 0)).id).toBe(`c2@${at(0)}`);
  });

  test('a closing before a known reopening is not adopted by a time after it', async () => {
    const ledger = await freshLedger();
    const first = await reported(ledger, 'c1', 0);
    await recordReopening(ledger, { conversationId: 'c1', reopenedAt: at(20) });
    expect((await reported(ledger, 'c1', 20)).id).toBe(first.id);
    expect((await reported(ledger, 'c1', 10)).id).toBe(first.id);
    expect((await reported(ledger, 'c1', 30)).id).toBe(`c1@${at(30)}`);
  });

  test('a customer that was not known before is noted, one that was stays', async () => {
    const ledger = await freshLedger();
    const report = {
      lane: 'live',
      conversationId: 'c1',
      closedAt: at(0),
      source: 'report',
      seenAt: at(0),
    } as const;
    await recordClosing(ledger, { ...report, customerId: null });
    expect((await recordClosing(ledger, { ...report, customerId: 'k1' })).closing.customerId).toBe('k1');
    expect((await recordClosing(ledger, { ...report, customerId: 'k2' })).closing.customerId).toBe('k1');
  });

  test('many at once in one process make one row', async () => {
    const ledger = await freshLedger();
    const recorded = await Promise.all(
      Array.from({ length: 30 }, (_, number) =>
        recordClosing(ledger, {
          lane: 'live',
          conversationId: 'c1',
          customerId: null,
          closedAt: at(number),
          source: 'webhook',
          seenAt: at(number),
        }),
      ),
    );
    expect(recorded.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(recorded.map(({ closing }) => closing.id)).size).toBe(1);
  });

  test('two processes at once make one row', async () => {
    const location = temporaryPlace();
    const ledger = await opened(location);
    const task = { action: 'report', location, conversationId: 'c1' } as const;
    const answers = (await inProcesses([
      { ...task, closedAt: at(0) },
      { ...task, closedAt: at(30) },
    ])) as { id: string; isNew: boolean }[];
    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await closingsOfConversation(ledger, 'c1', 'live')).toHaveLength(1);
  });

  test('several in one transaction adopt each other', async () => {
    const ledger = await freshLedger();
    const report = {
      lane: 'live',
      conversationId: 'c1',
      customerId: null,
      source: 'report',
      seenAt: at(0),
    } as const;
    const recorded = await recordClosings(ledger, [
      { ...report, closedAt: at(0) },
      { ...report, closedAt: at(30) },
      { ...report, closedAt: at(90) },
    ]);
    expect(recorded.map(({ isNew }) => isNew)).toEqual([true, false, true]);
  });

  test('any string may be an id', async () => {
    const ledger = await freshLedger();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), async (conversationId) => {
        const closing = await reported(ledger, conversationId);
        expect(closing.conversationId).toBe(conversationId);
        expect((await closingsOfConversation(ledger, conversationId, 'live')).map(({ id }) => id)).toEqual([
          closing.id,
        ]);
      }),
      { numRuns: often(50, 20) },
    );
  });

  test.each([
    ['a NUL', 'a\0b\0'],
    ['a NUL like an escape', '\u0010\0\u00100\u00101\0'],
    ['emoji', '👩‍👩‍👧‍👦 ✓'],
    ['quotes', `'; DROP TABLE closings; --"\\`],
    ['right-to-left', '\u202eabc'],
    ['1 MB', 'x😀'.repeat(350_000)],
  ])('text with %s comes back as it was', async (_, text) => {
    const ledger = await freshLedger();
    // An index in PostgreSQL cannot hold such a long text.
    const conversationId = isOnServer && text.length > 2000 ? 'c1' : text;
    const closing = await reported(ledger, conversationId);
    expect(closing.conversationId === conversationId).toBe(true);
    const change = {
      evidence: evidence(text),
      customer: { id: text, name: text, email: null, phone: null },
      error: { code: 'c', message: text, hint: text },
    };
    await moved(ledger, closing.id, 'fail', at(1), change, text);
    const stored = await story(ledger, closing.id);
    expect(stored.closing.evidence).toEqual(change.evidence);
    expect(stored.closing.customer?.name === text).toBe(true);
    expect(stored.closing.error).toEqual(change.error);
    expect(stored.history[0]?.note === text).toBe(true);
  });
});

describe('reopening', () => {
  test('what waits is suppressed, what left is only marked', async () => {
    const ledger = await freshLedger();
    const pending = await reported(ledger, 'c1', 0);
    const waiting = await scheduled(ledger, 'c1', { closedAtSeconds: 100 });
    const gone = await leaving(ledger, 'c2');
    const { changed, suppressed } = await recordReopening(ledger, {
      conversationId: 'c1',
      reopenedAt: at(200),
    });
    expect(suppressed).toBe(2);
    expect(changed.map(({ id, state }) => [id, state]).sort()).toEqual(
      [
        [pending.id, 'suppressed'],
        [waiting.id, 'suppressed'],
      ].sort(),
    );
    expect(changed.every(({ reasons }) => reasons[0]?.code === 'reopened')).toBe(true);
    const left = await recordReopening(ledger, { conversationId: 'c2', reopenedAt: at(200) });
    expect(left.changed[0]).toMatchObject({ id: gone.id, state: 'sending', reopenedAt: at(200) });
    expect(left.suppressed).toBe(0);
  });

  test('closings after it are untouched, and the first reopening stays', async () => {
    const ledger = await freshLedger();
    const before = await reported(ledger, 'c1', 0);
    const after = await reported(ledger, 'c1', 300);
    await recordReopening(ledger, { conversationId: 'c1', reopenedAt: at(100) });
    expect((await recordReopening(ledger, { conversationId: 'c1', reopenedAt: at(200) })).changed).toEqual(
      [],
    );
    expect((await closingById(ledger, before.id))?.reopenedAt).toBe(at(100));
    expect(await closingById(ledger, after.id)).toMatchObject({ reopenedAt: null, state: 'pending' });
  });
});

describe('transitions', () => {
  const pairs = (Object.keys(transitions) as Transition[]).flatMap((transition) =>
    closingStates.map((from) => ({ transition, from })),
  );

  test.each(pairs)('$transition from $from', async ({ transition, from }) => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    await ledger.write('ledger', (trx) =>
      trx.updateTable('closings').set({ state: from }).where('id', '=', id).execute(),
    );
    const rule = transitions[transition];
    const moving = moved(ledger, id, transition, at(50), { externalId: 'x1' }, 'a note');
    if ((rule.from as readonly string[]).includes(from)) {
      expect(await moving).toMatchObject({ state: rule.to, stateAt: at(50), externalId: 'x1' });
      const entry = { at: at(50), transition, from, to: rule.to, note: 'a note' };
      expect((await story(ledger, id)).history).toEqual([entry]);
      return;
    }
    const failure = await moving.catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'ledger', code: 'closing_changed' });
    expect((failure as Error).message).toContain(from);
    expect((failure as Error).message).toContain(rule.to);
    expect(await closingById(ledger, id)).toMatchObject({ state: from, externalId: null });
    expect((await story(ledger, id)).history).toEqual([]);
  });

  test('a closing that does not exist moves nowhere', async () => {
    const ledger = await freshLedger();
    await expect(moved(ledger, 'none', 'fail', at(0))).rejects.toMatchObject({
      kind: 'not_found',
      code: 'closing_not_found',
    });
  });

  test.each([
    ['one after the other', ['sending', 'suppressed']],
    ['one after the other', ['suppressed', 'sending']],
    ['at once', ['sending', 'suppressed']],
  ] as const)('of two moves %s only one moves the closing: %s', async (how, ends) => {
    const ledger = await freshLedger();
    const { id } = await scheduled(ledger, 'c1');
    const move = {
      sending: () => moved(ledger, id, 'leave', at(20)),
      suppressed: () => cancelClosing(ledger, id, at(20)),
    };
    const [first, second] = ends;
    const started = move[first]();
    if (how === 'one after the other') await started;
    const both = await Promise.allSettled([started, move[second]()]);
    // When both start at once, the database decides which comes first.
    const winners = ends.filter((_, index) => both[index]?.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    if (how === 'one after the other') expect(winners).toEqual([first]);
    expect((await closingById(ledger, id))?.state).toBe(winners[0]);
  });
});

describe('finding', () => {
  test('by closing, survey or conversation', async () => {
    const ledger = await freshLedger();
    const first = await scheduled(ledger, 'c1');
    const second = await reported(ledger, 'c1', 1000);
    await reported(ledger, 'c2');
    const ids = async (anyId: string): Promise<string[]> =>
      (await findClosings(ledger, anyId)).map(({ id }) => id);
    expect(await ids(first.id)).toEqual([first.id]);
    expect(await ids(first.surveyId!)).toEqual([first.id]);
    expect(await ids('c1')).toEqual([second.id, first.id]);
    expect(await ids('nothing')).toEqual([]);
  });

  test('listing goes over all pages, newest first, each closing once', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c', 3);
    await repeated(ledger, id, 1202, (number) => ({
      id: `c${number}`,
      conversation_id: `c${number}`,
      // Many closings share a time, so that pages end among equal times.
      closed_at: at(Math.floor(number / 400)),
    }));
    const all = await listed(ledger, {});
    expect(new Set(all.map(({ id }) => id)).size).toBe(1203);
    expect(all).toHaveLength(1203);
    const times = all.map(({ closedAt }) => closedAt);
    expect(times).toEqual([...times].sort().reverse());
    expect(await listed(ledger, { limit: 501 })).toEqual(all.slice(0, 501));
    expect(await listed(ledger, { limit: 0 })).toEqual([]);
    expect(await listed(ledger, { since: at(1), until: at(2) })).toHaveLength(400);
  });

  test('listing can be limited to states', async () => {
    const ledger = await freshLedger();
    const one = await scheduled(ledger, 'c1');
    await reported(ledger, 'c2');
    expect((await listed(ledger, { states: ['scheduled', 'sent'] })).map(({ id }) => id)).toEqual([one.id]);
    expect(await listed(ledger, { states: [] })).toEqual([]);
  });

  test('listing several states goes over all pages in the same order', async () => {
    const ledger = await freshLedger();
    const states = ['pending', 'sent', 'suppressed', 'failed'] as const;
    const { id } = await reported(ledger, 'c');
    await repeated(ledger, id, 2200, (number) => ({
      id: `c${number}`,
      conversation_id: `c${number}`,
      closed_at: at(Math.floor(number / 3)),
      state: states[(number * 7) % 11] ?? 'pending',
    }));
    const wanted = (await listed(ledger, {})).filter(
      ({ state, closedAt }) =>
        (state === 'sent' || state === 'pending') && closedAt >= at(10) && closedAt < at(460),
    );
    expect(wanted.length).toBeGreaterThan(1000);
    const filter = { states: ['sent', 'pending', 'sent'] as const, since: at(10), until: at(460) };
    expect(await listed(ledger, filter)).toEqual(wanted);
    expect(await listed(ledger, { ...filter, limit: 700 })).toEqual(wanted.slice(0, 700));
  });
});
