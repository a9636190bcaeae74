import { describe, expect, test } from 'vitest';
import type { Closing } from '../../../src/domain/closing/closing.ts';
import { closingIdOf, trialOf } from '../../../src/domain/closing/identity.ts';
import { lanes, type Lane } from '../../../src/domain/values/lanes.ts';
import type { ClosingState } from '../../../src/domain/closing/transitions.ts';
import { traitsOf, type DeliveryName } from '../../../src/domain/delivery.ts';
import { unsubscribe } from '../../../src/store/addresses/unsubscribes.ts';
import { currentAnswer, recordAnswer, type NewAnswer } from '../../../src/store/answers/answers.ts';
import { cardsDue } from '../../../src/store/answers/cards-due.ts';
import { knownClosing, sameClosingAtAnotherTime } from '../../../src/store/closings/closing-reports.ts';
import {
  closingById,
  closingOfSurvey,
  closingsOfConversation,
} from '../../../src/store/closings/closings.ts';
import { recordEvents } from '../../../src/store/closings/events.ts';
import { recordReopening } from '../../../src/store/closings/reopenings.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { claimClosing, releaseClaim } from '../../../src/store/queue/claims.ts';
import { claimNextDue, nextDueAt } from '../../../src/store/queue/next-due.ts';
import { cancelClosing, retryClosing } from '../../../src/store/queue/acts.ts';
import { decideClosing, recordDelivery, recordFailure } from '../../../src/store/queue/decisions.ts';
import { newerWaiting } from '../../../src/store/queue/waiting.ts';
import { countDue, queueFigures } from '../../../src/store/views/counts.ts';
import { story } from '../../../src/store/views/story.ts';
import type { ClosingFilter } from '../../../src/store/views/closing-filter.ts';
import { findClosings } from '../../../src/store/views/found-closings.ts';
import { listClosings } from '../../../src/store/views/surveys.ts';
import {
  at,
  elsewhere,
  freshLedger,
  here,
  leaving,
  nothingRead,
  opened,
  repeated,
  reported,
  scheduled,
  temporaryPlace,
} from '../support.ts';

const error = { code: 'outbox_full', message: 'full', hint: 'tidy up' };

async function sent(ledger: Ledger, conversationId: string, provider: DeliveryName): Promise<Closing> {
  const { id } = await leaving(ledger, conversationId, { provider });
  await releaseClaim(ledger, id, here);
  return recordDelivery(ledger, id, at(20), { status: 'sent', externalId: 'x' }, 0);
}

/** A closing that only the trial lane has. */
const tried = (ledger: Ledger, conversationId: string, closedAtSeconds = 0): Promise<Closing> =>
  reported(ledger, conversationId, closedAtSeconds, closedAtSeconds + 5, 'trial');

const answerTo = ({ id, surveyId }: Closing, rating: number): NewAnswer => ({
  surveyId: surveyId!,
  closingId: id,
  rating,
  resolved: null,
  comment: null,
  at: at(25),
  source: 'page',
});

/** Each state that a trial can be in, and how it gets there. */
const trials: [ClosingState, string, (ledger: Ledger) => Promise<Closing>][] = [
  ['pending', 'reported', (ledger) => tried(ledger, 'c1')],
  ['scheduled', 'with a delay', (ledger) => scheduled(ledger, 'c1', { provider: 'outbox', dueAt: at(500) })],
  [
    'sending',
    'under way',
    async (ledger) => (await closingById(ledger, (await leaving(ledger, 'c1', { provider: 'outbox' })).id))!,
  ],
  ['sent', 'written to the outbox', (ledger) => sent(ledger, 'c1', 'outbox')],
  [
    'uncertain',
    'the disk failed',
    async (ledger) => {
      const { id } = await leaving(ledger, 'c1', { provider: 'outbox' });
      return recordDelivery(ledger, id, at(20), { status: 'uncertain', failure: error }, 0);
    },
  ],
  [
    'suppressed',
    'by its verdict',
    async (ledger) => {
      const { id: closingId } = await tried(ledger, 'c1');
      const input = { closingId, worker: here, at: at(10), address: null, since: null, reading: nothingRead };
      return decideClosing(ledger, input, () => ({ suppress: [{ code: 'no_address', detail: '' }] }));
    },
  ],
  [
    'suppressed',
    'by a person',
    async (ledger) => cancelClosing(ledger, (await tried(ledger, 'c1')).id, at(10)),
  ],
  [
    'failed',
    'to be tried again',
    async (ledger) => recordFailure(ledger, (await tried(ledger, 'c1')).id, here, at(10), error, at(70)),
  ],
  [
    'answered',
    'on its page',
    async (ledger) => {
      const closing = await sent(ledger, 'c1', 'outbox');
      await recordAnswer(ledger, answerTo(closing, 1));
      return (await closingById(ledger, closing.id))!;
    },
  ],
];

describe('a closing that was only tried', () => {
  test.each(trials)('is surveyed for real as if it never was: %s, %s', async (state, _, stage) => {
    const ledger = await freshLedger();
    const trial = await stage(ledger);
    expect(trial).toMatchObject({ state, lane: 'trial', id: `c1@${at(0)}#trial` });
    const before = await story(ledger, trial.id);

    const live = await reported(ledger, 'c1', 0, 30);
    expect(live).toEqual({
      ...live,
      id: `c1@${at(0)}`,
      lane: 'live',
      firstSeenAt: at(30),
      state: 'pending',
      provider: null,
      surveyId: null,
      address: null,
      dueAt: null,
      reasons: [],
      attempts: 0,
      error: null,
      claimedBy: null,
    });
    expect((await story(ledger, live.id)).history).toEqual([]);
    expect((await claimNextDue(ledger, elsewhere, at(31), 'live'))?.id).toBe(live.id);
    await releaseClaim(ledger, live.id, elsewhere);
    expect(await sent(ledger, 'c1', 'smtp')).toMatchObject({ id: live.id, state: 'sent', provider: 'smtp' });
    expect((await story(ledger, live.id)).history.map(({ transition }) => transition)).toEqual([
      'schedule',
      'leave',
      'confirm',
    ]);
    expect(await story(ledger, trial.id)).toEqual(before);
  });

  test('is new to a webhook of the live lane, within a minute of the time that the trial knows', async () => {
    const ledger = await freshLedger();
    const trial = await sent(ledger, 'c1', 'outbox');
    const event = {
      kind: 'closed',
      conversationId: 'c1',
      customerId: null,
      closedAt: at(1),
      seenAt: at(30),
    } as const;
    expect(await recordEvents(ledger, [event], 'trial')).toEqual(['known']);
    expect(await recordEvents(ledger, [event], 'live')).toEqual(['new']);
    expect(await recordEvents(ledger, [event], 'live')).toEqual(['known']);
    expect(await closingById(ledger, trial.id)).toEqual(trial);
    expect((await closingsOfConversation(ledger, 'c1', 'live')).map(({ id }) => id)).toEqual([`c1@${at(1)}`]);
  });

  test('has answers and cards of its own, which never answer the live survey', async () => {
    const ledger = await freshLedger();
    const trial = await sent(ledger, 'c1', 'outbox');
    await recordAnswer(ledger, answerTo(trial, 1));
    const live = await sent(ledger, 'c1', 'smtp');
    expect(live.state).toBe('sent');
    expect(live.surveyId).not.toBe(trial.surveyId);
    expect(await currentAnswer(ledger, live.surveyId!)).toBeNull();
    expect((await story(ledger, live.id)).answers).toEqual([]);
    expect(await closingOfSurvey(ledger, trial.surveyId!)).toMatchObject({ id: trial.id, lane: 'trial' });
    expect(await closingOfSurvey(ledger, live.surveyId!)).toMatchObject({ id: live.id, lane: 'live' });
    await recordAnswer(ledger, answerTo(live, 5));
    expect(await currentAnswer(ledger, trial.surveyId!)).toMatchObject({ rating: 1, revision: 1 });
    expect(await currentAnswer(ledger, live.surveyId!)).toMatchObject({ rating: 5, revision: 1 });
    expect((await cardsDue(ledger, 9, at(30))).map(({ closingId }) => closingId).sort()).toEqual([
      live.id,
      trial.id,
    ]);
  });
});

describe('a closing that was surveyed for real', () => {
  test('never gets another state by a trial, whatever that does', async () => {
    const file = temporaryPlace();
    const [one, other] = [await opened(file), await opened(file)];
    const live = await sent(one, 'c1', 'smtp');
    const trial = await sent(other, 'c1', 'outbox');
    await recordAnswer(other, answerTo(trial, 2));
    const late = await leaving(other, 'c2', { provider: 'outbox' });
    await cancelClosing(other, (await tried(other, 'c3')).id, at(30));
    await recordDelivery(other, late.id, at(40), { status: 'not_sent', temporary: false, failure: error }, 0);
    expect(await closingById(one, live.id)).toEqual(live);
    expect(await closingsOfConversation(one, 'c2', 'live')).toEqual([]);
  });

  test.each(lanes)('is known to the %s lane alone, also by a report that came late', async (lane) => {
    const ledger = await freshLedger();
    const other: Lane = lane === 'live' ? 'trial' : 'live';
    const closing = await reported(ledger, 'c1', 600, 605, lane);
    const shown = { closedAt: at(0), seenAt: at(700), record: true };
    expect(await sameClosingAtAnotherTime(ledger, closing, shown)).toEqual(closing);
    for (const closedAt of [at(600), at(630), at(0), at(30)]) {
      const key = { conversationId: 'c1', closedAt };
      expect(await knownClosing(ledger, { ...key, lane })).toEqual(closing);
      expect(await knownClosing(ledger, { ...key, lane: other })).toBeNull();
    }
    const early = { closedAt: at(1200), seenAt: at(1300), record: true };
    expect(await sameClosingAtAnotherTime(ledger, closing, early)).toEqual(closing);
    expect((await reported(ledger, 'c1', 30, 705, lane)).id).toBe(closing.id);
    expect((await reported(ledger, 'c1', 1210, 1305, lane)).id).toBe(closing.id);
    expect((await reported(ledger, 'c1', 30, 705, other)).id).toBe(closingIdOf('c1', at(30), other));
  });
});

describe('the two queues', () => {
  test('never meet: each lane takes, counts and waits for its own', async () => {
    const ledger = await freshLedger();
    const closings = {
      trial: await reported(ledger, 'c1', 100, 105, 'trial'),
      live: await reported(ledger, 'c1', 200, 205, 'live'),
    };
    for (const [delivery, own] of [
      ['outbox', closings.trial],
      ['smtp', closings.live],
      ['gladly-sms', closings.live],
    ] as const) {
      const { lane } = traitsOf(delivery);
      expect(await countDue(ledger, at(300), lane)).toBe(1);
      expect(await queueFigures(ledger, at(300), lane)).toMatchObject({
        due: 1,
        oldestDueAt: own.firstSeenAt,
        states: { pending: 1 },
      });
      const { customerId } = own;
      expect(await newerWaiting(ledger, { customerId, closedAt: at(0), lane }, at(300))).toBe(own.id);
      expect((await claimNextDue(ledger, here, at(300), lane))?.id).toBe(own.id);
      expect(await claimNextDue(ledger, here, at(300), lane)).toBeNull();
      await releaseClaim(ledger, own.id, here);
    }
    await scheduled(ledger, 'later', { provider: 'outbox', dueAt: at(900) });
    expect(await nextDueAt(ledger, at(300), 'trial')).toBe(at(900));
    expect(await nextDueAt(ledger, at(300), 'live')).toBeNull();
  });

  test('work on the closings of one customer at the same time', async () => {
    const ledger = await freshLedger();
    const [trial, live] = [await tried(ledger, 'c1'), await reported(ledger, 'c1')];
    expect(trial.customerId).toBe(live.customerId);
    await claimClosing(ledger, trial.id, here, at(10));
    expect((await claimNextDue(ledger, elsewhere, at(10), 'live'))?.id).toBe(live.id);
    await releaseClaim(ledger, trial.id, here);
    expect((await claimNextDue(ledger, here, at(11), 'trial'))?.id).toBe(trial.id);
  });

  test('hand a closing that a person retries out to its own lane', async () => {
    const ledger = await freshLedger();
    for (const lane of lanes) {
      const { id } = await reported(ledger, 'c1', 0, 5, lane);
      await cancelClosing(ledger, id, at(10));
      expect(await retryClosing(ledger, id, at(20))).toMatchObject({ state: 'pending', lane });
      expect((await claimNextDue(ledger, here, at(30), lane))?.id).toBe(id);
    }
  });
});

describe('what is true of the customer ends what waits in both lanes', () => {
  test('a reopening, after which what it parts stays in its lane', async () => {
    const ledger = await freshLedger();
    for (const lane of lanes) {
      await reported(ledger, 'c1', 0, 5, lane);
      await reported(ledger, 'c1', 40, 45, lane);
    }
    const { changed, suppressed } = await recordReopening(ledger, {
      conversationId: 'c1',
      reopenedAt: at(20),
    });
    expect(suppressed).toBe(2);
    expect(Object.fromEntries(changed.map(({ id, state }) => [id, state]))).toEqual({
      [`c1@${at(0)}`]: 'suppressed',
      [`c1@${at(0)}#trial`]: 'suppressed',
      [`c1@${at(40)}`]: 'pending',
      [`c1@${at(40)}#trial`]: 'pending',
    });
  });

  test('an unsubscribe', async () => {
    const ledger = await freshLedger();
    const address = 'kim@example.com';
    const trial = await scheduled(ledger, 'c1', { provider: 'outbox', address });
    const live = await scheduled(ledger, 'c1', { address });
    const { suppressed } = await unsubscribe(ledger, address, at(20), 'page');
    expect(suppressed.map(({ id }) => id).sort()).toEqual([live.id, trial.id]);
  });
});

describe('lists for people', () => {
  async function listed(ledger: Ledger, filter: ClosingFilter = {}): Promise<string[]> {
    const ids: string[] = [];
    for await (const { closing } of listClosings(ledger, filter, at(100))) ids.push(closing.id);
    return ids;
  }

  test('leave a trial out once the live lane has the same closing', async () => {
    const ledger = await freshLedger();
    const trial = await tried(ledger, 'c1', 10);
    const onlyTried = await tried(ledger, 'c2', 20);
    expect(await listed(ledger)).toEqual([onlyTried.id, trial.id]);
    const find = async (anyId: string): Promise<string[]> =>
      (await findClosings(ledger, anyId)).map(({ id }) => id);
    expect(await find('c1')).toEqual([trial.id]);
    const live = await reported(ledger, 'c1', 10);
    expect(trialOf(live.id)).toBe(trial.id);
    expect(await listed(ledger)).toEqual([onlyTried.id, live.id]);
    expect(await listed(ledger, { states: ['pending'], limit: 2 })).toEqual([onlyTried.id, live.id]);
    expect(await find('c1')).toEqual([live.id]);
    // A trial is still shown when it is named by its own id.
    expect(await find(trial.id)).toEqual([trial.id]);
    await cancelClosing(ledger, live.id, at(20));
    expect(await listed(ledger, { states: ['pending'] })).toEqual([onlyTried.id]);
  });

  test('go on past a page of trials that are left out', async () => {
    const ledger = await freshLedger();
    const first = await reported(ledger, 'first', -10);
    for (const { id } of [await tried(ledger, 'c', 599), await reported(ledger, 'c', 599)]) {
      await repeated(ledger, id, 599, (number) => ({
        id: id.replace('c@', `c${number}@`),
        conversation_id: `c${number}`,
        closed_at: at(number),
      }));
    }
    const ids = await listed(ledger);
    expect(ids).toHaveLength(601);
    expect(ids.at(-1)).toBe(first.id);
    expect(ids.some((id) => id.endsWith('#trial'))).toBe(false);
    expect(await listed(ledger, { limit: 550 })).toEqual(ids.slice(0, 550));
  });
});
