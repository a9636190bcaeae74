import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { recordAnswer } from '../../../src/store/answers/answers.ts';
import { noteCardFailure } from '../../../src/store/answers/cards-due.ts';
import { recordDelivery } from '../../../src/store/queue/decisions.ts';
import { recordVisits } from '../../../src/store/answers/visits.ts';
import {
  listSurveys,
  resendSurvey,
  retrySurvey,
  confirmSurvey,
  showSurvey,
} from '../../../src/workflow/operator/surveys.ts';
import { all } from '../../gladly/local-gladly.ts';
import { at, elsewhere, freshLedger, here, leaving, opened, temporaryFile } from '../../store/support.ts';

const error = { code: 'network', message: 'broken', hint: 'again' };
const ended = { ...here, pid: 2 ** 22 + 1 };

describe('the story of a survey', () => {
  test('tells its visits, every revision of the answer, and why there is no card', async () => {
    const ledger = await freshLedger();
    const { id } = await leaving(ledger, 'c1');
    const surveyId = `survey-${id}`;
    await recordDelivery(ledger, id, at(20), { status: 'sent', externalId: null }, 0);
    expect(await showSurvey(ledger, 'c1', at(50))).toMatchObject({
      visits: [],
      cardFailure: null,
      answers: [],
    });
    await recordVisits(ledger, [
      { surveyId, kind: 'scanner', at: at(21) },
      { surveyId, kind: 'opened', at: at(22) },
    ]);
    const content = { surveyId, closingId: id, resolved: null, comment: null, source: 'page' };
    await recordAnswer(ledger, { ...content, rating: 2, at: at(30) });
    await recordAnswer(ledger, { ...content, rating: 5, at: at(40) });
    await noteCardFailure(ledger, surveyId, { retryAt: at(101), error });
    expect(await showSurvey(ledger, 'c1', at(50))).toMatchObject({
      visits: [
        { kind: 'opened', count: 1 },
        { kind: 'scanner', count: 1 },
      ],
      answers: [
        { revision: 1, rating: 2 },
        { revision: 2, rating: 5 },
      ],
      answer: { rating: 5 },
      card: null,
      cardFailure: { tries: 1, retryAt: at(101), error },
    });
  });
});

describe('a message that was leaving', () => {
  test('when its process died is settled by a person: to be sent again, or as sent', async () => {
    const ledger = await freshLedger();
    const one = await leaving(ledger, 'c1', { worker: ended });
    const other = await leaving(ledger, 'c2', { worker: ended });
    await expect(retrySurvey(ledger, one.id, at(20))).rejects.toMatchObject({ code: 'closing_changed' });
    expect(await resendSurvey(ledger, one.id, at(20))).toMatchObject({
      state: 'pending',
      error: null,
    });
    expect(await confirmSurvey(ledger, other.id, at(20))).toMatchObject({ state: 'sent', sentAt: at(12) });
    const { history } = await showSurvey(ledger, one.id, at(20));
    expect(history.map(({ transition }) => transition)).toEqual(['schedule', 'leave', 'doubt', 'resend']);
  });

  test('when its process died is listed as in doubt, without being asked for anything else', async () => {
    const ledger = await freshLedger();
    const dead = await leaving(ledger, 'c1', { worker: ended });
    const live = await leaving(ledger, 'c2');
    const listed = async (states?: ('pending' | 'uncertain')[]): Promise<[string, string][]> =>
      (await all(listSurveys(ledger, states === undefined ? {} : { states }, at(20))))
        .map(({ closingId, state }): [string, string] => [closingId, state])
        .toSorted();
    expect(await listed()).toEqual([
      [dead.id, 'uncertain'],
      [live.id, 'pending'],
    ]);
    expect(await listed(['uncertain'])).toEqual([[dead.id, 'uncertain']]);
    expect(await listed(['pending'])).toEqual([[live.id, 'pending']]);
  });

  test('is looked for by a list without waiting for whoever writes', async () => {
    const location = temporaryFile();
    const ledger = await opened(location);
    const { id } = await leaving(ledger, 'c1');
    const other = new DatabaseSync(location);
    onTestFinished(() => {
      other.close();
    });
    other.exec('BEGIN IMMEDIATE');
    const [listed] = await all(listSurveys(ledger, {}, at(20)));
    expect(listed).toMatchObject({ closingId: id, state: 'pending' });
    other.exec('ROLLBACK');
  });

  test('and still is, in another process, is left to that one', async () => {
    const ledger = await freshLedger();
    const { id } = await leaving(ledger, 'c1', { worker: elsewhere });
    await expect(retrySurvey(ledger, id, at(20))).rejects.toMatchObject({ code: 'closing_changed' });
    expect(await showSurvey(ledger, id, at(20))).toMatchObject({ state: 'sending' });
  });
});
