import { describe, expect, test } from 'vitest';
import {
  currentAnswer,
  previewAnswer,
  recordAnswer,
  type BeforeAnswer,
  type NewAnswer,
} from '../../../src/store/answers/answers.ts';
import { beginCard, cardsOf, markCardDeleted, markCardPosted } from '../../../src/store/answers/cards.ts';
import { cardsDue, cardFailureOf, noteCardFailure } from '../../../src/store/answers/cards-due.ts';
import { surveyIdOf } from '../../../src/domain/survey/token.ts';
import { claimNextDue } from '../../../src/store/queue/next-due.ts';
import type { Closing } from '../../../src/domain/closing/closing.ts';
import { closingById, closingOfSurvey } from '../../../src/store/closings/closings.ts';
import { cancelClosing, resendClosing } from '../../../src/store/queue/acts.ts';
import {
  decideClosing,
  markLeaving,
  recordFailure,
  recordDelivery,
} from '../../../src/store/queue/decisions.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import type { AnswersTable } from '../../../src/store/ledger/answer-tables.ts';
import { story } from '../../../src/store/views/story.ts';
import {
  at,
  freshLedger,
  here,
  inProcesses,
  leaving,
  nothingRead,
  opened,
  scheduled,
  reported,
  temporaryPlace,
  toSend,
} from '../support.ts';

/** All revisions, oldest first. */
async function answersOf(ledger: Ledger, surveyId: string): Promise<AnswersTable[]> {
  return ledger.read((db) =>
    db.selectFrom('answers').selectAll().where('survey_id', '=', surveyId).orderBy('revision').execute(),
  );
}

function answer(closingId: string | null, change: Partial<NewAnswer> = {}): NewAnswer {
  return {
    surveyId: 's1',
    closingId,
    rating: 4,
    resolved: true,
    comment: 'fine',
    at: at(100),
    source: 'page',
    ...change,
  };
}

describe('answers', () => {
  test('the same again is the same answer, another one is the next revision', async () => {
    const ledger = await freshLedger();
    const { id } = await leaving(ledger, 'c1');
    await recordDelivery(ledger, id, at(20), { status: 'sent', externalId: null }, 0);
    const first = await recordAnswer(ledger, answer(id));
    expect(first).toEqual({
      changed: true,
      answer: {
        surveyId: 's1',
        revision: 1,
        rating: 4,
        resolved: true,
        reason: null,
        comment: 'fine',
        question: null,
        answeredAt: at(100),
        source: 'page',
      },
    });
    const again = await recordAnswer(ledger, answer(id, { at: at(200), source: 'post' }));
    expect(again).toEqual({ changed: false, answer: first.answer });
    for (const change of [
      { rating: 5 },
      { resolved: false },
      { resolved: null },
      { comment: null },
      { comment: '' },
    ]) {
      expect((await recordAnswer(ledger, answer(id, change))).changed).toBe(true);
    }
    expect((await answersOf(ledger, 's1')).map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await currentAnswer(ledger, 's1')).toMatchObject({
      revision: 6,
      rating: 4,
      resolved: true,
      comment: '',
    });
    expect(await currentAnswer(ledger, 's2')).toBeNull();
    expect(await closingById(ledger, id)).toMatchObject({ state: 'answered', sentAt: at(20) });
  });

  test('many at once of the same content make one revision', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    const all = await Promise.all(Array.from({ length: 10 }, () => recordAnswer(ledger, answer(id))));
    expect(all.filter(({ changed }) => changed)).toHaveLength(1);
  });

  test('an answer proves that the message arrived', async () => {
    const ledger = await freshLedger();
    const { id } = await leaving(ledger, 'c1');
    const error = { code: 'timeout', message: 'No answer.', hint: 'Wait.' };
    await recordDelivery(ledger, id, at(20), { status: 'uncertain', failure: error }, 0);
    await recordAnswer(ledger, answer(id));
    const whole = await story(ledger, id);
    expect(whole.closing).toMatchObject({ state: 'answered', sentAt: at(12), error: null });
    expect(whole.messages).toMatchObject([{ outcome: 'sent' }]);
    expect(whole.answers).toHaveLength(1);
  });

  test('a closing without a survey keeps its state', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    await recordAnswer(ledger, answer(id, { source: 'post' }));
    expect(await closingById(ledger, id)).toMatchObject({ state: 'pending', sentAt: null });
  });

  test('one that a person records needs no survey: it is kept with what was read', async () => {
    const ledger = await freshLedger();
    const report = {
      lane: 'live',
      conversationId: 'c1',
      customerId: 'customer-1',
      closedAt: at(0),
      source: 'post',
      seenAt: at(90),
    } as const;
    const agent = { id: 'agent-1', name: 'Ann', email: null };
    const unasked = { report, reading: { ...nothingRead, customerId: 'customer-1', agent } };
    const id = `c1@${at(0)}`;
    const given = answer(null, { surveyId: surveyIdOf(id), unasked });
    expect((await recordAnswer(ledger, given)).changed).toBe(true);
    expect(await closingById(ledger, id)).toMatchObject({
      state: 'answered',
      surveyId: surveyIdOf(id),
      provider: null,
      sentAt: null,
      agent,
    });
    expect(await cardsDue(ledger, 9, at(100))).toEqual([{ surveyId: surveyIdOf(id), closingId: id }]);
    expect((await recordAnswer(ledger, given)).changed).toBe(false);
    await expect(recordAnswer(ledger, { ...given, surveyId: 'another', rating: 1 })).rejects.toMatchObject({
      code: 'closing_changed',
    });
  });

  test('one that a person records calls off a survey that waits, and keeps its verdict', async () => {
    const ledger = await freshLedger();
    const { id } = await scheduled(ledger, 'c1', { dueAt: at(4000) });
    const before = (await closingById(ledger, id))!;
    const unasked = {
      report: null,
      reading: { ...nothingRead, agent: { id: 'x', name: null, email: null } },
    };
    await recordAnswer(ledger, answer(id, { surveyId: before.surveyId!, unasked }));
    const { state, dueAt, agent } = (await closingById(ledger, id))!;
    expect({ state, dueAt, agent }).toEqual({ state: 'answered', dueAt: null, agent: before.agent });
    expect(await claimNextDue(ledger, here, at(9999), 'live')).toBeNull();
    await expect(markLeaving(ledger, id, here, at(9999))).rejects.toMatchObject({ kind: 'ledger' });
  });

  describe('to a message in doubt, though a person has had the closing decided again', () => {
    const error = { code: 'timeout', message: 'No answer.', hint: 'Wait.' };
    type Waits = 'pending' | 'scheduled' | 'failed' | 'suppressed';

    async function again(ledger: Ledger, waits: Waits): Promise<string> {
      const { id } = await leaving(ledger, 'c1');
      await recordDelivery(ledger, id, at(20), { status: 'uncertain', failure: error }, 0);
      await resendClosing(ledger, id, at(30));
      if (waits === 'scheduled') await decide(ledger, id);
      if (waits === 'suppressed') await cancelClosing(ledger, id, at(31));
      if (waits === 'failed') await recordFailure(ledger, id, here, at(31), error, at(500));
      expect(await closingById(ledger, id)).toMatchObject({ state: waits, leftAt: null });
      return id;
    }

    const decide = (ledger: Ledger, closingId: string): Promise<Closing> =>
      decideClosing(
        ledger,
        { closingId, worker: here, at: at(40), address: 'c1@example.com', since: null, reading: nothingRead },
        () => toSend(closingId, at(60)),
      );

    test.each<Waits>(['pending', 'scheduled', 'failed', 'suppressed'])(
      'keeps the second from leaving: %s',
      async (waits) => {
        const ledger = await freshLedger();
        const id = await again(ledger, waits);
        const surveyId = `survey-${id}`;
        expect(await closingOfSurvey(ledger, surveyId)).toMatchObject({ id, surveyId, leftAt: at(12) });
        const shown: BeforeAnswer[] = [];
        await recordAnswer(ledger, answer(id, { surveyId }), (known) => void shown.push(known));
        expect(shown).toMatchObject([{ closing: { state: waits, leftAt: at(12) } }]);
        const whole = await story(ledger, id);
        expect(whole.closing).toMatchObject({
          state: 'answered',
          surveyId,
          provider: 'smtp',
          leftAt: at(12),
          sentAt: at(12),
          dueAt: null,
          error: null,
        });
        expect(whole.messages).toMatchObject([{ outcome: 'sent', error: null }]);
        expect(await claimNextDue(ledger, here, at(100_000), 'live')).toBeNull();
        await expect(markLeaving(ledger, id, here, at(101))).rejects.toMatchObject({ kind: 'ledger' });
      },
    );

    test('also where the closing lost its survey meanwhile', async () => {
      const ledger = await freshLedger();
      const id = await again(ledger, 'pending');
      // An earlier version removed the survey from a closing that was tried and then reported again.
      const without = { survey_id: null, provider: null, address: null, survey_url: null };
      await ledger.write('ledger', (trx) => trx.updateTable('closings').set(without).execute());
      expect(await closingById(ledger, id)).toMatchObject({ state: 'pending', surveyId: null });
      const surveyId = `survey-${id}`;
      expect(await closingOfSurvey(ledger, surveyId)).toMatchObject({ id, leftAt: at(12) });
      await recordAnswer(ledger, answer(id, { surveyId }));
      const whole = await story(ledger, id);
      expect(whole.closing).toMatchObject({ state: 'answered', provider: 'smtp', surveyId });
      expect(whole.messages).toMatchObject([{ provider: 'smtp', outcome: 'sent' }]);
    });

    test('but not where the message was a trial, did not leave, or was another survey', async () => {
      const ledger = await freshLedger();
      const trial = await leaving(ledger, 'c1', { provider: 'outbox' });
      await recordDelivery(ledger, trial.id, at(20), { status: 'uncertain', failure: error }, 0);
      await resendClosing(ledger, trial.id, at(30));
      const live = await reported(ledger, 'c1');
      await recordAnswer(ledger, answer(trial.id, { surveyId: trial.surveyId! }));
      expect(await closingById(ledger, trial.id)).toMatchObject({ state: 'answered', provider: 'outbox' });
      expect(await closingById(ledger, live.id)).toEqual(live);
      expect(await closingOfSurvey(ledger, trial.surveyId!)).toMatchObject({ id: trial.id });

      const { id } = await leaving(ledger, 'c2');
      await recordDelivery(ledger, id, at(20), { status: 'not_sent', temporary: false, failure: error }, 0);
      await recordAnswer(ledger, answer(id, { surveyId: `survey-${id}` }));
      expect(await closingById(ledger, id)).toMatchObject({ state: 'failed' });
      expect(await closingOfSurvey(ledger, `survey-${id}`)).toMatchObject({ leftAt: null });

      const other = await freshLedger();
      const doubtful = await again(other, 'pending');
      await recordAnswer(other, answer(doubtful, { surveyId: 'another' }));
      expect(await closingById(other, doubtful)).toMatchObject({ state: 'pending' });
    });
  });

  test('the same answer from before the survey, given again after it, proves the arrival too', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    await recordAnswer(ledger, answer(id));
    await leaving(ledger, 'c1');
    await recordDelivery(ledger, id, at(20), { status: 'sent', externalId: null }, 0);
    expect(await recordAnswer(ledger, answer(id, { at: at(200) }))).toMatchObject({ changed: false });
    expect(await closingById(ledger, id)).toMatchObject({ state: 'answered', stateAt: at(200) });
  });

  test('a survey of no closing can be answered, one of a closing that does not exist cannot', async () => {
    const ledger = await freshLedger();
    expect((await recordAnswer(ledger, answer(null))).changed).toBe(true);
    await expect(recordAnswer(ledger, answer('none'))).rejects.toMatchObject({ code: 'closing_not_found' });
  });

  test('what is known is shown before an answer is kept, and may refuse it', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    const shown: BeforeAnswer[] = [];
    const admit = (known: BeforeAnswer): void => void shown.push(known);
    await recordAnswer(ledger, answer(id), admit);
    await recordAnswer(ledger, answer(id, { rating: 1 }), admit);
    await recordAnswer(ledger, answer(id, { rating: 2 }), admit);
    expect(shown.map(({ first, current }) => [first?.rating, current?.rating])).toEqual([
      [undefined, undefined],
      [4, 4],
      [4, 1],
    ]);
    expect(shown.map(({ closing }) => closing?.id)).toEqual([id, id, id]);
    const refusal = new Error('too late');
    const refuse = (): void => {
      throw refusal;
    };
    await expect(recordAnswer(ledger, answer(id, { rating: 5 }), refuse)).rejects.toBe(refusal);
    expect(await currentAnswer(ledger, 's1')).toMatchObject({ revision: 3, rating: 2 });
    await recordAnswer(ledger, answer(null, { surveyId: 's2' }), admit);
    expect(shown.at(-1)).toEqual({ closing: null, first: null, current: null });
  });

  test('of two processes at once are one revision each', async () => {
    const location = temporaryPlace();
    const ledger = await opened(location);
    const { id } = await reported(ledger, 'c1');
    const task = { action: 'answer', location, closingId: id, surveyId: 's1' } as const;
    await inProcesses([
      { ...task, ratings: [1, 2, 1, 2, 1] },
      { ...task, ratings: [5, 4, 5, 4, 5] },
    ]);
    const all = await answersOf(ledger, 's1');
    expect(all.map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const by = (low: boolean): number[] =>
      all.map(({ rating }) => rating).filter((rating) => rating < 3 === low);
    expect([by(true), by(false)]).toEqual([
      [1, 2, 1, 2, 1],
      [5, 4, 5, 4, 5],
    ]);
  });

  test('a preview is what would be recorded, and records nothing', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    const preview = await previewAnswer(ledger, answer(id));
    expect(await answersOf(ledger, 's1')).toEqual([]);
    expect((await recordAnswer(ledger, answer(id))).answer).toEqual(preview);
    expect(await previewAnswer(ledger, answer(id, { at: at(300) }))).toEqual(preview);
    expect((await previewAnswer(ledger, answer(id, { rating: 1 }))).revision).toBe(2);
  });
});

describe('cards', () => {
  const card = { itemId: 'i1', surveyId: 's1', revision: 1, customerId: 'k1', body: '{}' };

  test('go from posting to posted to deleted', async () => {
    const ledger = await freshLedger();
    expect(await beginCard(ledger, card)).toEqual({ ...card, state: 'posting', postedAt: null });
    await markCardPosted(ledger, card, at(10));
    // The card is begun again after a crash: what is known stays.
    expect(await beginCard(ledger, { ...card, body: 'other' })).toEqual({
      ...card,
      state: 'posted',
      postedAt: at(10),
    });
    await markCardDeleted(ledger, card);
    await beginCard(ledger, { ...card, itemId: 'i2', revision: 2 });
    expect((await cardsOf(ledger, 's1')).map(({ itemId, state }) => [itemId, state])).toEqual([
      ['i1', 'deleted'],
      ['i2', 'posting'],
    ]);
  });

  test('an answer lacks its card until the newest revision has one that is posted', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    const lacking = async (): Promise<unknown> => cardsDue(ledger, 10, at(100));
    expect(await lacking()).toEqual([]);
    await recordAnswer(ledger, answer(id));
    expect(await lacking()).toEqual([{ surveyId: 's1', closingId: id }]);
    await beginCard(ledger, card);
    expect(await lacking()).toHaveLength(1);
    await markCardPosted(ledger, card, at(10));
    expect(await lacking()).toEqual([]);
    await recordAnswer(ledger, answer(id, { rating: 1 }));
    expect(await lacking()).toEqual([{ surveyId: 's1', closingId: id }]);
  });

  test('the card of an older revision settles nothing', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    await recordAnswer(ledger, answer(id));
    await beginCard(ledger, card);
    await recordAnswer(ledger, answer(id, { rating: 1 }));
    await markCardPosted(ledger, card, at(10));
    expect(await cardsDue(ledger, 10, at(100))).toHaveLength(1);
    await markCardPosted(ledger, { ...card, itemId: 'i2' }, at(11));
    expect(await cardsDue(ledger, 10, at(100))).toHaveLength(1);
    await beginCard(ledger, { ...card, itemId: 'i2', revision: 2 });
    await markCardPosted(ledger, { ...card, itemId: 'i2' }, at(12));
    expect(await cardsDue(ledger, 10, at(100))).toEqual([]);
  });

  test('one that Gladly did not accept is tried when its time has come, and the tries are counted', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    const error = { code: 'network', message: 'broken', hint: 'again' };
    const lacking = async (now: string): Promise<number> => (await cardsDue(ledger, 10, now)).length;
    const recorded = async (): Promise<unknown> =>
      ledger.read((db) => db.selectFrom('cards_due').select(['survey_id', 'tries']).execute());
    await recordAnswer(ledger, answer(id));
    expect(await cardFailureOf(ledger, 's1')).toBeNull();
    expect(await lacking(at(0))).toBe(1);
    await noteCardFailure(ledger, 's1', { retryAt: at(60), error });
    expect([await lacking(at(59)), await lacking(at(60))]).toEqual([0, 1]);
    await noteCardFailure(ledger, 's1', { retryAt: null, error });
    expect(await cardFailureOf(ledger, 's1')).toEqual({ tries: 2, retryAt: null, error });
    expect(await lacking(at(9999))).toBe(0);
    expect(await recorded()).toEqual([{ survey_id: 's1', tries: 2 }]);
    await recordAnswer(ledger, answer(id, { rating: 1 }));
    expect(await cardFailureOf(ledger, 's1')).toBeNull();
    expect(await lacking(at(60))).toBe(1);
    await beginCard(ledger, { ...card, revision: 2 });
    await markCardPosted(ledger, card, at(70));
    await noteCardFailure(ledger, 's1', { retryAt: null, error });
    expect(await cardFailureOf(ledger, 's1')).toBeNull();
  });

  test('are due for the oldest answer first, and never for those of no closing', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    await recordAnswer(ledger, answer(null, { surveyId: 'by hand', at: at(1) }));
    await recordAnswer(ledger, answer(id, { surveyId: 'later', at: at(3) }));
    await recordAnswer(ledger, answer(id, { surveyId: 'earlier', at: at(2) }));
    const ids = (await cardsDue(ledger, 10, at(100))).map(({ surveyId }) => surveyId);
    expect(ids).toEqual(['earlier', 'later']);
    expect(await cardsDue(ledger, 1, at(100))).toEqual([{ surveyId: 'earlier', closingId: id }]);
  });

  test('are due by when they may be tried, each once; those of no closing never are', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    const error = { code: 'network', message: 'broken', hint: 'again' };
    await recordAnswer(ledger, answer(null, { surveyId: 'by hand', at: at(1) }));
    await recordAnswer(ledger, answer(id, { surveyId: 'tried', at: at(2) }));
    await recordAnswer(ledger, answer(id, { surveyId: 'earlier', at: at(3) }));
    await recordAnswer(ledger, answer(id, { surveyId: 'hopeless', at: at(4) }));
    await recordAnswer(ledger, answer(id, { surveyId: 'later', at: at(90) }));
    await noteCardFailure(ledger, 'tried', { retryAt: at(60), error });
    await noteCardFailure(ledger, 'hopeless', { retryAt: null, error });
    const due = async (limit: number, now: string): Promise<string[]> =>
      (await cardsDue(ledger, limit, now)).map(({ surveyId }) => surveyId);
    expect(await due(10, at(59))).toEqual(['earlier', 'later']);
    expect(await due(10, at(60))).toEqual(['earlier', 'tried', 'later']);
    expect(await due(2, at(60))).toEqual(['earlier', 'tried']);
  });

  test('are part of the story of the closing', async () => {
    const ledger = await freshLedger();
    const { id } = await reported(ledger, 'c1');
    await recordAnswer(ledger, answer(id));
    await beginCard(ledger, card);
    await beginCard(ledger, { ...card, itemId: 'i9', surveyId: 's9' });
    expect((await story(ledger, id)).cards.map(({ itemId }) => itemId)).toEqual(['i1']);
    await expect(story(ledger, 'none')).rejects.toMatchObject({ code: 'closing_not_found' });
  });
});
