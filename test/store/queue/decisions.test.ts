import { describe, expect, test } from 'vitest';
import { isTrial } from '../../../src/domain/delivery.ts';
import { claimClosing, releaseClaim } from '../../../src/store/queue/claims.ts';
import type { Closing } from '../../../src/store/closings/closing.ts';
import { closingById, recordTransition } from '../../../src/store/closings/closings.ts';
import {
  addressHistory,
  cancelClosing,
  confirmSent,
  decideClosing,
  markLeaving,
  recordFailure,
  retryClosing,
  recordDelivery,
  type AddressHistory,
  type Decision,
  type DecisionInput,
} from '../../../src/store/queue/decisions.ts';
import type { Ledger } from '../../../src/store/open.ts';
import { story } from '../../../src/store/closings/story.ts';
import { unsubscribe } from '../../../src/store/addresses/unsubscribes.ts';
import type { DeliveryName } from '../../../src/domain/delivery.ts';
import type { Reason } from '../../../src/domain/eligibility/reason.ts';
import {
  at,
  day,
  elsewhere,
  freshLedger,
  here,
  inProcesses,
  leaving,
  noFacts,
  opened,
  scheduled,
  sighted,
  temporaryFile,
  toSend,
} from '../support.ts';

const error = { code: 'mailbox_full', message: 'The mailbox is full.', hint: 'Wait.' };
const recent: Reason = { code: 'recently_surveyed', detail: 'asked yesterday' };

function input(closing: Closing, change: Partial<DecisionInput> = {}): DecisionInput {
  return {
    closingId: closing.id,
    worker: here,
    at: at(50),
    address: 'kim@example.com',
    since: at(-7 * day),
    facts: noFacts,
    ...change,
  };
}

/** The rule of the address, small: a real survey blocks; a newer closing displaces what is only scheduled. */
function rule(provider: DeliveryName = 'smtp') {
  return (own: Closing, history: AddressHistory): Decision => {
    const others = history.closings.filter((other) => other.provider !== null && !isTrial(other.provider));
    const displaced = others.filter((other) => other.state === 'scheduled' && other.closedAt < own.closedAt);
    return others.length > displaced.length
      ? { suppress: [recent] }
      : toSend(
          own.id,
          at(60),
          provider,
          displaced.map(({ id }) => id),
        );
  };
}

async function sent(
  ledger: Ledger,
  conversationId: string,
  provider: DeliveryName,
  address?: string,
): Promise<Closing> {
  const options = address === undefined ? { provider } : { provider, address };
  const { id } = await leaving(ledger, conversationId, options);
  await recordDelivery(ledger, id, at(20), { status: 'sent', externalId: 'x1' });
  await releaseClaim(ledger, id, here);
  return (await closingById(ledger, id))!;
}

describe('deciding', () => {
  test('to send schedules it with what was read', async () => {
    const ledger = await freshLedger();
    const closing = await sighted(ledger, 'c1');
    const facts = {
      readAt: at(49),
      evidence: { items: [1, 2] },
      customer: { id: 'k9', name: 'Kim', email: 'kim@example.com', phone: null },
      agent: { id: 'a1', name: 'Ada', email: null },
      customerId: 'k9',
    };
    const decided = await decideClosing(ledger, input(closing, { facts }), (own) => toSend(own.id, at(60)));
    expect(decided).toMatchObject({
      ...facts,
      state: 'scheduled',
      dueAt: at(60),
      decidedAt: at(50),
      address: 'kim@example.com',
      surveyId: `survey-${closing.id}`,
      provider: 'smtp',
      surveyUrl: `http://localhost:8080/s/survey-${closing.id}`,
      reasons: [],
    });
  });

  test('not to send keeps all reasons', async () => {
    const ledger = await freshLedger();
    const closing = await sighted(ledger, 'c1');
    const reasons: Reason[] = [recent, { code: 'too_old', detail: '40 days' }];
    const decided = await decideClosing(ledger, input(closing), () => ({ suppress: reasons }));
    expect(decided).toMatchObject({ state: 'suppressed', reasons, decidedAt: at(50), surveyId: null });
    expect((await story(ledger, closing.id)).history).toMatchObject([
      { transition: 'suppress', note: 'recently_surveyed, too_old' },
    ]);
  });

  test('a decision that throws leaves nothing behind', async () => {
    const ledger = await freshLedger();
    const older = await scheduled(ledger, 'c1', { address: 'kim@example.com' });
    const closing = await sighted(ledger, 'c2', 100);
    const failing = decideClosing(ledger, input(closing), () =>
      toSend(closing.id, at(60), 'smtp', [older.id, 'none']),
    );
    await expect(failing).rejects.toMatchObject({ code: 'closing_not_found' });
    expect((await closingById(ledger, older.id))?.state).toBe('scheduled');
    expect(await closingById(ledger, closing.id)).toEqual(closing);
  });

  test('a scheduled one may be decided again, a failed one too, a suppressed one only by a person', async () => {
    const ledger = await freshLedger();
    const closing = await scheduled(ledger, 'c1');
    const send = (own: Closing): Decision => toSend(own.id, at(70));
    expect(await decideClosing(ledger, input(closing), send)).toMatchObject({
      state: 'scheduled',
      dueAt: at(70),
    });
    await recordFailure(ledger, closing.id, here, at(51), error, at(90));
    expect(await decideClosing(ledger, input(closing), send)).toMatchObject({
      state: 'scheduled',
      error: null,
    });
    await cancelClosing(ledger, closing.id, at(52));
    await expect(decideClosing(ledger, input(closing), send)).rejects.toMatchObject({
      code: 'closing_changed',
    });
    await retryClosing(ledger, closing.id, at(53));
    expect((await decideClosing(ledger, input(closing), send)).state).toBe('scheduled');
  });
});

describe('the history of an address', () => {
  test('holds the others that are scheduled, leaving, sent, uncertain or answered', async () => {
    const ledger = await freshLedger();
    const address = 'kim@example.com';
    const waiting = await scheduled(ledger, 'c1', { address, dueAt: at(30) });
    const gone = await sent(ledger, 'c2', 'smtp', address);
    const going = await leaving(ledger, 'c3', { address });
    await cancelClosing(ledger, (await scheduled(ledger, 'c4', { address })).id, at(15));
    await scheduled(ledger, 'c5', { address: 'other@example.com' });
    const own = await scheduled(ledger, 'c6', { address });
    let seen: AddressHistory | undefined;
    await decideClosing(ledger, input(own), (_, history) => {
      seen = history;
      return { suppress: [recent] };
    });
    expect(seen?.unsubscribed).toBe(false);
    const byId = new Map(seen?.closings.map((closing) => [closing.id, closing]));
    expect([...byId.keys()].sort()).toEqual([waiting.id, gone.id, going.id].sort());
    expect(byId.get(waiting.id)).toMatchObject({
      state: 'scheduled',
      at: at(30),
      provider: 'smtp',
      closedAt: at(0),
    });
    expect(byId.get(gone.id)).toMatchObject({ state: 'sent', at: at(20) });
    expect(byId.get(going.id)).toMatchObject({ state: 'sending', at: at(12) });
    expect(await addressHistory(ledger, address, at(-7 * day), own.id)).toEqual(seen);
  });

  test.each(['pending', 'scheduled', 'failed', 'suppressed'] as const)(
    'holds what a person had decided again, and is %s, after a message that may have arrived',
    async (state) => {
      const ledger = await freshLedger();
      const address = 'kim@example.com';
      const { id } = await leaving(ledger, 'c1', { address });
      await recordDelivery(ledger, id, at(20), { status: 'uncertain', error });
      await retryClosing(ledger, id, at(30));
      if (state === 'scheduled') {
        const own = (await closingById(ledger, id))!;
        await decideClosing(ledger, input(own, { address }), () => toSend(id, at(90)));
      }
      if (state === 'suppressed') await cancelClosing(ledger, id, at(31));
      if (state === 'failed') await recordFailure(ledger, id, here, at(31), error, null);
      expect((await closingById(ledger, id))?.state).toBe(state);
      const { closings } = await addressHistory(ledger, address, at(-7 * day), null);
      expect(closings).toMatchObject([{ id, state: 'uncertain', at: at(12) }]);
    },
  );

  test('begins at since, inclusive, and is empty without one', async () => {
    const ledger = await freshLedger();
    await sent(ledger, 'c1', 'smtp', 'kim@example.com');
    const count = async (since: string | null): Promise<number> =>
      (await addressHistory(ledger, 'kim@example.com', since, null)).closings.length;
    expect([await count(at(20)), await count(at(20.001)), await count(null)]).toEqual([1, 0, 0]);
  });

  test('tells an unsubscribed address, whatever since is', async () => {
    const ledger = await freshLedger();
    await unsubscribe(ledger, 'kim@example.com', at(0), 'page');
    expect((await addressHistory(ledger, 'kim@example.com', null, null)).unsubscribed).toBe(true);
    expect((await addressHistory(ledger, 'kim@example.org', null, null)).unsubscribed).toBe(false);
    expect((await addressHistory(ledger, null, null, null)).unsubscribed).toBe(false);
  });
});

describe('two closings of one address', () => {
  test('decided at once in one process: one is scheduled', async () => {
    const ledger = await freshLedger();
    // Of the same time, so that neither displaces the other.
    const closings = await Promise.all(['c1', 'c2', 'c3', 'c4'].map((id) => sighted(ledger, id)));
    const decided = await Promise.all(
      closings.map((closing) => decideClosing(ledger, input(closing), rule())),
    );
    expect(decided.map(({ state }) => state).sort()).toEqual([
      'scheduled',
      'suppressed',
      'suppressed',
      'suppressed',
    ]);
  });

  test('decided at once in two processes: one is scheduled', async () => {
    const location = temporaryFile();
    const ledger = await opened(location);
    const closings = [await sighted(ledger, 'c1'), await sighted(ledger, 'c2')];
    const task = {
      action: 'decide',
      location,
      address: 'kim@example.com',
      at: at(50),
      since: at(0),
    } as const;
    const states = await inProcesses(closings.map(({ id }) => ({ ...task, closingId: id })));
    expect(states.sort()).toEqual(['scheduled', 'suppressed']);
  });

  test('the newest displaces an older one that has not left', async () => {
    const ledger = await freshLedger();
    const older = await sighted(ledger, 'c1', 0);
    const newer = await sighted(ledger, 'c2', 100);
    await decideClosing(ledger, input(older), rule());
    expect((await decideClosing(ledger, input(newer), rule())).state).toBe('scheduled');
    expect(await closingById(ledger, older.id)).toMatchObject({
      state: 'suppressed',
      dueAt: null,
      reasons: [{ code: 'recently_surveyed' }],
    });
    await claimClosing(ledger, older.id, here, at(61));
    await expect(markLeaving(ledger, older.id, here, at(61))).rejects.toMatchObject({
      code: 'closing_changed',
    });
  });

  test('one that is leaving cannot be displaced', async () => {
    const ledger = await freshLedger();
    const older = await leaving(ledger, 'c1', { address: 'kim@example.com' });
    const newer = await sighted(ledger, 'c2', 100);
    const force = decideClosing(ledger, input(newer), (own) => toSend(own.id, at(60), 'smtp', [older.id]));
    await expect(force).rejects.toMatchObject({ code: 'closing_changed' });
    expect((await decideClosing(ledger, input(newer), rule())).state).toBe('suppressed');
  });
});

describe('a trial', () => {
  test('of another closing never blocks a real delivery', async () => {
    const ledger = await freshLedger();
    await sent(ledger, 'c1', 'outbox', 'kim@example.com');
    const closing = await sighted(ledger, 'c2', 100);
    expect((await decideClosing(ledger, input(closing), rule())).state).toBe('scheduled');
  });

  test.each(['sent', 'answered', 'uncertain', 'sending'] as const)(
    'of this closing that is %s gives way to a real delivery',
    async (state) => {
      const ledger = await freshLedger();
      const trial = await sent(ledger, 'c1', 'outbox');
      await ledger.db.updateTable('closings').set({ state }).where('id', '=', trial.id).execute();
      const decided = await decideClosing(ledger, input(trial), rule('smtp'));
      expect(decided).toMatchObject({
        state: 'scheduled',
        provider: 'smtp',
        sentAt: null,
        leftAt: null,
        externalId: null,
      });
      const { history } = await story(ledger, trial.id);
      expect(history.slice(-2).map(({ transition }) => transition)).toEqual(['supersede_trial', 'schedule']);
    },
  );

  test('gives way to the verdict of a real delivery not to send, too', async () => {
    const ledger = await freshLedger();
    const trial = await sent(ledger, 'c1', 'outbox');
    const decided = await decideClosing(ledger, input(trial), () => ({ suppress: [recent] }));
    expect(decided).toMatchObject({ state: 'suppressed', reasons: [recent], surveyId: null, provider: null });
  });

  test('does not follow a trial', async () => {
    const ledger = await freshLedger();
    const trial = await sent(ledger, 'c1', 'outbox');
    const again = decideClosing(ledger, input(trial), (own) => toSend(own.id, at(60), 'outbox'));
    await expect(again).rejects.toMatchObject({ code: 'closing_changed' });
    const surveyed = [{ code: 'already_surveyed', detail: '' }] as const;
    expect(await decideClosing(ledger, input(trial), () => ({ suppress: surveyed }))).toEqual(trial);
  });
});

describe('a closing that has a survey', () => {
  test.each(['sending', 'sent', 'uncertain', 'answered'] as const)('%s: keeps it', async (state) => {
    const ledger = await freshLedger();
    const closing = await sent(ledger, 'c1', 'smtp');
    await ledger.db.updateTable('closings').set({ state }).where('id', '=', closing.id).execute();
    const before = await closingById(ledger, closing.id);
    for (const provider of ['smtp', 'outbox', 'gladly-email'] as const) {
      const again = decideClosing(ledger, input(closing), (own) => toSend(own.id, at(60), provider));
      await expect(again).rejects.toMatchObject({ code: 'closing_changed' });
    }
    expect(await decideClosing(ledger, input(closing), () => ({ suppress: [recent] }))).toEqual(before);
    expect(await closingById(ledger, closing.id)).toEqual(before);
  });
});

describe('a message', () => {
  test('is written down before it leaves', async () => {
    const ledger = await freshLedger();
    const { id } = await leaving(ledger, 'c1', { address: 'kim@example.com' });
    expect(await closingById(ledger, id)).toMatchObject({
      state: 'sending',
      leftAt: at(12),
      claimUntil: at(42),
    });
    expect((await story(ledger, id)).messages).toEqual([
      {
        closingId: id,
        sequence: 1,
        surveyId: `survey-${id}`,
        provider: 'smtp',
        address: 'kim@example.com',
        leftAt: at(12),
        settledAt: null,
        outcome: null,
        externalId: null,
        error: null,
      },
    ]);
    await expect(markLeaving(ledger, id, here, at(13))).rejects.toMatchObject({ code: 'closing_changed' });
    expect((await story(ledger, id)).messages).toHaveLength(1);
  });

  test('that was taken is sent', async () => {
    const ledger = await freshLedger();
    const closing = await sent(ledger, 'c1', 'smtp');
    expect(closing).toMatchObject({
      state: 'sent',
      sentAt: at(20),
      externalId: 'x1',
      error: null,
      attempts: 0,
    });
    expect((await story(ledger, closing.id)).messages).toMatchObject([
      { outcome: 'sent', settledAt: at(20), externalId: 'x1' },
    ]);
  });

  test('that may have left is uncertain until a person or evidence settles it', async () => {
    const ledger = await freshLedger();
    const { id } = await leaving(ledger, 'c1');
    const doubted = await recordDelivery(ledger, id, at(20), { status: 'uncertain', error });
    expect(doubted).toMatchObject({ state: 'uncertain', error, leftAt: at(12) });
    expect(await confirmSent(ledger, id, at(500))).toMatchObject({
      state: 'sent',
      sentAt: at(12),
      error: null,
    });
    expect((await story(ledger, id)).messages).toMatchObject([{ outcome: 'sent', settledAt: at(500) }]);
  });

  test('that did not leave for now is scheduled again and keeps its address', async () => {
    const ledger = await freshLedger();
    const { id } = await leaving(ledger, 'c1', { address: 'kim@example.com' });
    const result = { status: 'not_sent', temporary: true, retryAt: at(300), error } as const;
    expect(await recordDelivery(ledger, id, at(20), result)).toMatchObject({
      state: 'scheduled',
      dueAt: at(300),
      leftAt: null,
      attempts: 1,
      error,
    });
    expect((await addressHistory(ledger, 'kim@example.com', at(0), null)).closings).toHaveLength(1);
    await markLeaving(ledger, id, here, at(301));
    await recordDelivery(ledger, id, at(302), { status: 'sent', externalId: null });
    const told = await story(ledger, id);
    expect(told.messages.map(({ outcome }) => outcome)).toEqual(['not_sent', 'sent']);
    expect(told.history.map(({ transition }) => transition)).toEqual([
      'schedule',
      'leave',
      'resume',
      'leave',
      'confirm',
    ]);
  });

  test('that was refused for good failed, and the address is free', async () => {
    const ledger = await freshLedger();
    const { id } = await leaving(ledger, 'c1', { address: 'kim@example.com' });
    const result = { status: 'not_sent', temporary: false, error } as const;
    expect(await recordDelivery(ledger, id, at(20), result)).toMatchObject({
      state: 'failed',
      dueAt: null,
      attempts: 1,
    });
    expect((await addressHistory(ledger, 'kim@example.com', at(0), null)).closings).toEqual([]);
  });

  test('whose end is told late does not weaken what is known', async () => {
    const ledger = await freshLedger();
    const answered = await leaving(ledger, 'c1');
    await recordTransition(ledger, answered.id, 'answer', at(15), {});
    const late = await recordDelivery(ledger, answered.id, at(20), { status: 'uncertain', error });
    expect(late).toMatchObject({ state: 'answered', error: null });
    const doubted = await leaving(ledger, 'c2');
    await recordTransition(ledger, doubted.id, 'doubt', at(15), {});
    const refused = { status: 'not_sent', temporary: true, retryAt: at(30), error } as const;
    expect((await recordDelivery(ledger, doubted.id, at(20), refused)).state).toBe('uncertain');
    expect(
      (await recordDelivery(ledger, doubted.id, at(21), { status: 'sent', externalId: 'x2' })).state,
    ).toBe('sent');
  });
});

describe('failures and people', () => {
  test('a failure is told only by the worker that holds the closing', async () => {
    const ledger = await freshLedger();
    const held = await sighted(ledger, 'c1');
    await claimClosing(ledger, held.id, elsewhere, at(10));
    const gone = await leaving(ledger, 'c2', { worker: elsewhere });
    for (const { id } of [held, gone]) {
      await expect(recordFailure(ledger, id, here, at(13), error, null)).rejects.toMatchObject({
        code: 'claim_lost',
      });
    }
    expect((await recordFailure(ledger, held.id, elsewhere, at(13), error, null)).state).toBe('failed');
  });

  test('a message that is leaving may have left, whatever failed beside it and whoever tells', async () => {
    const ledger = await freshLedger();
    const { id } = await leaving(ledger, 'c1');
    const changed = { code: 'closing_changed' };
    await expect(recordFailure(ledger, id, here, at(13), error, at(60))).rejects.toMatchObject(changed);
    await releaseClaim(ledger, id, here);
    await expect(recordFailure(ledger, id, here, at(13), error, at(60))).rejects.toMatchObject(changed);
    expect((await closingById(ledger, id))?.state).toBe('sending');
    expect((await story(ledger, id)).messages).toMatchObject([{ outcome: null }]);
  });

  test('every failed try counts, also of one that failed before', async () => {
    const ledger = await freshLedger();
    const { id } = await sighted(ledger, 'c1');
    await recordFailure(ledger, id, here, at(10), error, at(20));
    expect(await recordFailure(ledger, id, here, at(21), error, null)).toMatchObject({
      state: 'failed',
      attempts: 2,
      dueAt: null,
      error,
    });
    expect(await retryClosing(ledger, id, at(30))).toMatchObject({
      state: 'pending',
      attempts: 0,
      error: null,
    });
  });

  test('a person may have an uncertain one sent again', async () => {
    const ledger = await freshLedger();
    const { id } = await leaving(ledger, 'c1');
    await recordDelivery(ledger, id, at(20), { status: 'uncertain', error });
    expect(await retryClosing(ledger, id, at(30))).toMatchObject({ state: 'pending', leftAt: null });
    await expect(retryClosing(ledger, id, at(31))).rejects.toMatchObject({ code: 'closing_changed' });
  });

  test('what failed before is no longer why, once it is known why nobody is asked', async () => {
    const ledger = await freshLedger();
    const { id } = await sighted(ledger, 'c1');
    await recordFailure(ledger, id, here, at(10), error, at(20));
    expect(await cancelClosing(ledger, id, at(30))).toMatchObject({
      state: 'suppressed',
      error: null,
      reasons: [{ code: 'cancelled' }],
    });
  });

  test('a person may cancel what has not left', async () => {
    const ledger = await freshLedger();
    const waiting = await scheduled(ledger, 'c1');
    expect(await cancelClosing(ledger, waiting.id, at(20))).toMatchObject({
      state: 'suppressed',
      reasons: [{ code: 'cancelled' }],
    });
    const gone = await leaving(ledger, 'c2');
    await expect(cancelClosing(ledger, gone.id, at(20))).rejects.toMatchObject({ code: 'closing_changed' });
  });
});
