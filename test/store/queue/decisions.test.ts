import { doubtHint } from '../../../src/domain/closing/doubt.ts';
import { describe, expect, test } from 'vitest';
import { claimClosing, releaseClaim } from '../../../src/store/queue/claims.ts';
import type { Closing } from '../../../src/domain/closing/closing.ts';
import type { ClosingState } from '../../../src/domain/closing/transitions.ts';
import { closingById } from '../../../src/store/closings/closings.ts';
import { addressHistory, type AddressHistory } from '../../../src/store/addresses/history.ts';
import { cancelClosing, confirmSent, resendClosing, retryClosing } from '../../../src/store/queue/acts.ts';
import {
  decideClosing,
  markLeaving,
  recordFailure,
  recordDelivery,
  type Decision,
  type DecisionInput,
} from '../../../src/store/queue/decisions.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { story } from '../../../src/store/views/story.ts';
import { unsubscribe } from '../../../src/store/addresses/unsubscribes.ts';
import type { DeliveryName } from '../../../src/domain/delivery.ts';
import type { Reason } from '../../../src/domain/closing/reason.ts';
import {
  at,
  day,
  elsewhere,
  evidence,
  freshLedger,
  here,
  inProcesses,
  leaving,
  moved,
  nothingRead,
  opened,
  scheduled,
  reported,
  temporaryPlace,
  toSend,
} from '../support.ts';

const error = { code: 'mailbox_full', message: 'The mailbox is full.', hint: 'Wait.' };
const recent: Reason = { code: 'recently_surveyed', detail: 'surveyed yesterday' };

function input(closing: Closing, change: Partial<DecisionInput> = {}): DecisionInput {
  return {
    closingId: closing.id,
    worker: here,
    at: at(50),
    address: 'kim@example.com',
    since: at(-7 * day),
    reading: nothingRead,
    ...change,
  };
}

/** The rule of the address in short: a survey blocks; a newer closing displaces what is only scheduled. */
function rule(provider: DeliveryName = 'smtp') {
  return (own: Closing, history: AddressHistory): Decision => {
    const displaced = history.others.filter(
      (other) => other.state === 'scheduled' && other.closedAt < Date.parse(own.closedAt),
    );
    return history.others.length > displaced.length
      ? { suppress: [recent] }
      : toSend(
          own.id,
          at(60),
          provider,
          displaced.map(({ closingId }) => closingId),
        );
  };
}

/** What holds the address, as a live decision sees it. */
async function holders(ledger: Ledger, address: string): Promise<AddressHistory['others']> {
  const question = { address, since: at(-7 * day), lane: 'live', except: null } as const;
  return (await addressHistory(ledger, question)).others;
}

async function sent(
  ledger: Ledger,
  conversationId: string,
  provider: DeliveryName,
  address?: string,
): Promise<Closing> {
  const options = address === undefined ? { provider } : { provider, address };
  const { id } = await leaving(ledger, conversationId, options);
  await recordDelivery(ledger, id, at(20), { status: 'sent', externalId: 'x1' }, 0);
  await releaseClaim(ledger, id, here);
  return (await closingById(ledger, id))!;
}

/** Sets a state without the moves that lead there. */
async function setState(ledger: Ledger, id: string, state: ClosingState): Promise<void> {
  await ledger.write('ledger', (trx) =>
    trx.updateTable('closings').set({ state }).where('id', '=', id).execute(),
  );
}

describe('deciding', () => {
  test('to send schedules it with what was read', async () => {
    const ledger = await freshLedger();
    const closing = await reported(ledger, 'c1');
    const reading = {
      readAt: at(49),
      evidence: evidence('CLOSED'),
      customer: { id: 'k9', name: 'Kim', email: 'kim@example.com', phone: null },
      agent: { id: 'a1', name: 'Ada', email: null },
      customerId: 'k9',
    };
    const decided = await decideClosing(ledger, input(closing, { reading }), (own) => toSend(own.id, at(60)));
    expect(decided).toMatchObject({
      ...reading,
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
    const closing = await reported(ledger, 'c1');
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
    const closing = await reported(ledger, 'c2', 100);
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
    const byId = new Map(seen?.others.map((other) => [other.closingId, other]));
    expect([...byId.keys()].sort()).toEqual([waiting.id, gone.id, going.id].sort());
    expect(byId.get(waiting.id)).toMatchObject({
      conversationId: 'c1',
      lane: 'live',
      state: 'scheduled',
      at: Date.parse(at(30)),
      closedAt: Date.parse(at(0)),
    });
    expect(byId.get(gone.id)).toMatchObject({ state: 'sent', at: Date.parse(at(20)) });
    expect(byId.get(going.id)).toMatchObject({ state: 'sending', at: Date.parse(at(12)) });
    expect(
      await addressHistory(ledger, { address, since: at(-7 * day), lane: 'live', except: own.id }),
    ).toEqual(seen);
  });

  test.each(['pending', 'scheduled', 'failed', 'suppressed'] as const)(
    'holds what a person had decided again, and is %s, after a message that may have arrived',
    async (state) => {
      const ledger = await freshLedger();
      const address = 'kim@example.com';
      const { id } = await leaving(ledger, 'c1', { address });
      await recordDelivery(ledger, id, at(20), { status: 'uncertain', failure: error }, 0);
      await resendClosing(ledger, id, at(30));
      if (state === 'scheduled') {
        const own = (await closingById(ledger, id))!;
        await decideClosing(ledger, input(own, { address }), () => toSend(id, at(90)));
      }
      if (state === 'suppressed') await cancelClosing(ledger, id, at(31));
      if (state === 'failed') await recordFailure(ledger, id, here, at(31), error, null);
      expect((await closingById(ledger, id))?.state).toBe(state);
      expect(await holders(ledger, address)).toMatchObject([
        { closingId: id, state: 'uncertain', at: Date.parse(at(12)) },
      ]);
    },
  );

  test('begins at since, inclusive, and is empty without one', async () => {
    const ledger = await freshLedger();
    await sent(ledger, 'c1', 'smtp', 'kim@example.com');
    const count = async (since: string | null): Promise<number> =>
      (await addressHistory(ledger, { address: 'kim@example.com', since, lane: 'live', except: null })).others
        .length;
    expect([await count(at(20)), await count(at(20.001)), await count(null)]).toEqual([1, 0, 0]);
  });

  test('reports an unsubscribed address, whatever since is', async () => {
    const ledger = await freshLedger();
    await unsubscribe(ledger, 'kim@example.com', at(0), 'page');
    const isUnsubscribed = async (address: string | null): Promise<boolean> =>
      (await addressHistory(ledger, { address, since: null, lane: 'live', except: null })).unsubscribed;
    expect(await isUnsubscribed('kim@example.com')).toBe(true);
    expect(await isUnsubscribed('kim@example.org')).toBe(false);
    expect(await isUnsubscribed(null)).toBe(false);
  });
});

describe('two closings of one address', () => {
  test('decided at once in one process: one is scheduled', async () => {
    const ledger = await freshLedger();
    // All at the same time, so that none displaces another.
    const closings = await Promise.all(['c1', 'c2', 'c3', 'c4'].map((id) => reported(ledger, id)));
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
    const location = temporaryPlace();
    const ledger = await opened(location);
    const closings = [await reported(ledger, 'c1'), await reported(ledger, 'c2')];
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
    const older = await reported(ledger, 'c1', 0);
    const newer = await reported(ledger, 'c2', 100);
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
    const newer = await reported(ledger, 'c2', 100);
    const force = decideClosing(ledger, input(newer), (own) => toSend(own.id, at(60), 'smtp', [older.id]));
    await expect(force).rejects.toMatchObject({ code: 'closing_changed' });
    expect((await decideClosing(ledger, input(newer), rule())).state).toBe('suppressed');
  });
});

describe('a trial', () => {
  test('of another closing never blocks a live survey: its decision does not even see it', async () => {
    const ledger = await freshLedger();
    await sent(ledger, 'c1', 'outbox', 'kim@example.com');
    await scheduled(ledger, 'c3', { provider: 'outbox', address: 'kim@example.com' });
    const closing = await reported(ledger, 'c2', 100);
    expect(await holders(ledger, 'kim@example.com')).toEqual([]);
    expect((await decideClosing(ledger, input(closing), rule())).state).toBe('scheduled');
  });

  test('sees the live surveys of the address besides the trials: it shows what would happen', async () => {
    const ledger = await freshLedger();
    const address = 'kim@example.com';
    const live = await sent(ledger, 'c1', 'smtp', address);
    const tried = await sent(ledger, 'c2', 'outbox', address);
    const own = await reported(ledger, 'c3', 100, 105, 'trial');
    let seen: AddressHistory | undefined;
    await decideClosing(ledger, input(own), (_, history) => {
      seen = history;
      return { suppress: [recent] };
    });
    expect(seen?.others.map(({ closingId, lane }) => [closingId, lane]).sort()).toEqual([
      [live.id, 'live'],
      [tried.id, 'trial'],
    ]);
    expect((await holders(ledger, address)).map(({ closingId }) => closingId)).toEqual([live.id]);
  });

  test.each(['sent', 'answered', 'uncertain', 'sending'] as const)(
    'of this closing that is %s stays as it is beside the live survey, which knows nothing of it',
    async (state) => {
      const ledger = await freshLedger();
      const trial = await sent(ledger, 'c1', 'outbox', 'kim@example.com');
      await setState(ledger, trial.id, state);
      const before = await story(ledger, trial.id);
      const live = await reported(ledger, 'c1');
      const shown: Closing[] = [];
      const decided = await decideClosing(ledger, input(live), (own, history) => {
        shown.push(own);
        return rule('smtp')(own, history);
      });
      expect(shown).toEqual([live]);
      expect(decided).toMatchObject({
        id: live.id,
        state: 'scheduled',
        provider: 'smtp',
        sentAt: null,
        leftAt: null,
        externalId: null,
      });
      const { history, messages } = await story(ledger, live.id);
      expect(history.map(({ transition }) => transition)).toEqual(['schedule']);
      expect(messages).toEqual([]);
      expect(await story(ledger, trial.id)).toEqual(before);
    },
  );

  test('stays as it is also where the live verdict is not to send', async () => {
    const ledger = await freshLedger();
    const trial = await sent(ledger, 'c1', 'outbox');
    const live = await reported(ledger, 'c1');
    const decided = await decideClosing(ledger, input(live), () => ({ suppress: [recent] }));
    expect(decided).toMatchObject({ state: 'suppressed', reasons: [recent], surveyId: null, provider: null });
    expect(await closingById(ledger, trial.id)).toEqual(trial);
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
    await setState(ledger, closing.id, state);
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
        brand: null,
      },
    ]);
    await expect(markLeaving(ledger, id, here, at(13))).rejects.toMatchObject({ code: 'closing_changed' });
    expect((await story(ledger, id)).messages).toHaveLength(1);
  });

  test('that was accepted is sent', async () => {
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
    const doubted = await recordDelivery(ledger, id, at(20), { status: 'uncertain', failure: error }, 0);
    const { surveyId } = doubted;
    const told = { ...error, hint: doubtHint(surveyId ?? '') };
    expect(doubted).toMatchObject({ state: 'uncertain', error: told, leftAt: at(12) });
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
    const result = { status: 'not_sent', temporary: true, failure: error } as const;
    expect(await recordDelivery(ledger, id, at(20), result, 0)).toMatchObject({
      state: 'scheduled',
      dueAt: at(80),
      leftAt: null,
      attempts: 1,
      error,
    });
    expect(await holders(ledger, 'kim@example.com')).toHaveLength(1);
    await markLeaving(ledger, id, here, at(81));
    await recordDelivery(ledger, id, at(82), { status: 'sent', externalId: null }, 1);
    const whole = await story(ledger, id);
    expect(whole.messages.map(({ outcome }) => outcome)).toEqual(['not_sent', 'sent']);
    expect(whole.history.map(({ transition }) => transition)).toEqual([
      'schedule',
      'leave',
      'resume',
      'leave',
      'confirm',
    ]);
  });

  test('that did not leave counts as one try for all of its run, and waits longer each time', async () => {
    const ledger = await freshLedger();
    const { id } = await leaving(ledger, 'c1');
    const result = { status: 'not_sent', temporary: true, failure: error } as const;
    await recordDelivery(ledger, id, at(20), result, 3);
    await markLeaving(ledger, id, here, at(21));
    const again = await recordDelivery(ledger, id, at(22), result, 3);
    expect(again).toMatchObject({ attempts: 4, dueAt: at(22 + 8 * 60) });
  });

  test('that was refused for good has failed, and the address is free', async () => {
    const ledger = await freshLedger();
    const { id } = await leaving(ledger, 'c1', { address: 'kim@example.com' });
    const result = { status: 'not_sent', temporary: false, failure: error } as const;
    expect(await recordDelivery(ledger, id, at(20), result, 0)).toMatchObject({
      state: 'failed',
      dueAt: null,
      attempts: 1,
    });
    expect(await holders(ledger, 'kim@example.com')).toEqual([]);
  });

  test('whose end is recorded late does not undo what is known', async () => {
    const ledger = await freshLedger();
    const answered = await leaving(ledger, 'c1');
    await moved(ledger, answered.id, 'answer', at(15));
    const late = await recordDelivery(
      ledger,
      answered.id,
      at(20),
      { status: 'uncertain', failure: error },
      0,
    );
    expect(late).toMatchObject({ state: 'answered', error: null });
    const doubted = await leaving(ledger, 'c2');
    await moved(ledger, doubted.id, 'doubt', at(15));
    const refused = { status: 'not_sent', temporary: true, failure: error } as const;
    expect((await recordDelivery(ledger, doubted.id, at(20), refused, 0)).state).toBe('uncertain');
    const accepted = { status: 'sent', externalId: 'x2' } as const;
    expect((await recordDelivery(ledger, doubted.id, at(21), accepted, 0)).state).toBe('sent');
  });
});

describe('failures and people', () => {
  test('a failure is recorded only by the worker that holds the closing', async () => {
    const ledger = await freshLedger();
    const held = await reported(ledger, 'c1');
    await claimClosing(ledger, held.id, elsewhere, at(10));
    const gone = await leaving(ledger, 'c2', { worker: elsewhere });
    for (const { id } of [held, gone]) {
      await expect(recordFailure(ledger, id, here, at(13), error, null)).rejects.toMatchObject({
        code: 'claim_lost',
      });
    }
    expect((await recordFailure(ledger, held.id, elsewhere, at(13), error, null)).state).toBe('failed');
  });

  test('a message that is leaving may have left, whatever failed beside it and whichever worker reports it', async () => {
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
    const { id } = await reported(ledger, 'c1');
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
    await recordDelivery(ledger, id, at(20), { status: 'uncertain', failure: error }, 0);
    await expect(retryClosing(ledger, id, at(30))).rejects.toMatchObject({ code: 'closing_changed' });
    expect(await resendClosing(ledger, id, at(30))).toMatchObject({ state: 'pending', leftAt: null });
    await expect(resendClosing(ledger, id, at(31))).rejects.toMatchObject({ code: 'closing_changed' });
  });

  test('what failed before no longer matters once the closing ends without a survey', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
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
