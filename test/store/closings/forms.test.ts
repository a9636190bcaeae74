import { expect, test } from 'vitest';
import { recordAnswer } from '../../../src/store/answers/answers.ts';
import { formOfSurvey, sentForm } from '../../../src/store/closings/forms.ts';
import { forget } from '../../../src/store/erase/forget.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { claimClosing, resolveInterruptedSend } from '../../../src/store/queue/claims.ts';
import { resendClosing } from '../../../src/store/queue/acts.ts';
import { decideClosing, markLeaving, recordDelivery } from '../../../src/store/queue/decisions.ts';
import { copyAll } from '../../../src/store/transfer.ts';
import { story } from '../../../src/store/views/story.ts';
import type { SurveyForm } from '../../../src/domain/survey/form.ts';
import { Failure } from '../../../src/failure.ts';
import { sampleForm } from '../../support/forms.ts';
import { at, freshLedger, here, nothingRead, scheduled, toSend } from '../support.ts';

const failure = new Failure('temporary', 'refused', 'refused', { hint: 'Again.' });
const notSent = { status: 'not_sent', temporary: true, failure } as const;
const uncertain = { status: 'uncertain', failure } as const;
const sent = { status: 'sent', externalId: null } as const;

/** A closing whose message is leaving with a form. */
async function left(ledger: Ledger, id: string, form: SurveyForm | null) {
  const closing = await scheduled(ledger, id);
  await claimClosing(ledger, closing.id, here, at(11));
  await markLeaving(ledger, closing.id, here, at(12), { form });
  return { id: closing.id, surveyId: closing.surveyId ?? '' };
}

async function leaveAgain(ledger: Ledger, id: string, form: SurveyForm | null): Promise<void> {
  await claimClosing(ledger, id, here, at(100));
  const input = { closingId: id, worker: here, at: at(100), address: 'kim@example.com', since: null };
  await decideClosing(ledger, { ...input, reading: nothingRead }, () => toSend(id, at(100)));
  await markLeaving(ledger, id, here, at(101), { form });
}

const rowsOf = (ledger: Ledger) => ledger.read((db) => db.selectFrom('forms').selectAll().execute());

test('a form is kept once, however many messages have it', async () => {
  const ledger = await freshLedger();
  const form = sampleForm('scale');
  const surveys = await Promise.all(['c1', 'c2', 'c3'].map((id) => left(ledger, id, form)));
  for (const { surveyId } of surveys) expect(await formOfSurvey(ledger, surveyId)).toEqual(form);
  expect(await rowsOf(ledger)).toHaveLength(1);
  const other = await left(ledger, 'c4', sampleForm('text'));
  expect(await formOfSurvey(ledger, other.surveyId)).toEqual(sampleForm('text'));
  const none = await left(ledger, 'c5', null);
  expect(await sentForm(ledger, none.surveyId)).toEqual({ formId: null, form: null });
  expect(await sentForm(ledger, 'nobody')).toBeNull();
  expect(await rowsOf(ledger)).toHaveLength(2);
});

test('what certainly did not leave has no say: the next message has the form of its own time', async () => {
  const ledger = await freshLedger();
  const { id, surveyId } = await left(ledger, 'c1', sampleForm('scale'));
  await recordDelivery(ledger, id, at(13), notSent, 0);
  await leaveAgain(ledger, id, sampleForm('text'));
  expect(await formOfSurvey(ledger, surveyId)).toEqual(sampleForm('text'));
  await recordDelivery(ledger, id, at(102), sent, 1);
  expect(await formOfSurvey(ledger, surveyId)).toEqual(sampleForm('text'));
  expect((await story(ledger, id)).form).toEqual(sampleForm('text'));
});

test.each([
  ['is in doubt', sampleForm('scale')],
  ['was interrupted', sampleForm('scale')],
  ['had none and is in doubt', null],
])('a link keeps the form of a message that %s, also when it is sent again', async (how, form) => {
  const ledger = await freshLedger();
  const { id, surveyId } = await left(ledger, 'c1', form);
  if (how === 'was interrupted') await resolveInterruptedSend(ledger, id, at(13));
  else await recordDelivery(ledger, id, at(13), uncertain, 0);
  await resendClosing(ledger, id, at(14));
  await leaveAgain(ledger, id, sampleForm('text'));
  await recordDelivery(ledger, id, at(102), sent, 1);
  expect(await formOfSurvey(ledger, surveyId)).toEqual(form);
});

test('forgetting a customer erases the words, and keeps what is counted', async () => {
  const ledger = await freshLedger();
  const canary = 'CANARY';
  const kept: [string, unknown][] = [];
  for (const [id, question] of [
    ['c1', { kind: 'text', text: 'Why?', answer: `I am ${canary}` }],
    ['c2', { kind: 'choice', text: 'Where?', answer: 'Search' }],
    ['c3', { kind: 'scale', text: 'Again?', answer: 0 }],
  ] as const) {
    const { id: closingId, surveyId } = await left(ledger, id, sampleForm('text'));
    await recordDelivery(ledger, closingId, at(13), sent, 0);
    const said = { rating: 1, resolved: null, comment: canary, reason: 'Slow reply', question };
    await recordAnswer(ledger, { surveyId, closingId, ...said, at: at(20), source: 'page' });
    expect((await story(ledger, closingId)).answers).toMatchObject([said]);
    const address = `${id}@example.com`;
    expect(
      await forget(ledger, { customerId: address, address }, { at: at(30), keepCards: true }),
    ).toMatchObject({
      done: true,
    });
    const [answer] = (await story(ledger, closingId)).answers;
    kept.push([answer?.reason ?? '', answer?.question]);
  }
  expect(kept).toEqual([
    ['Slow reply', { kind: 'text', text: 'Why?', answer: null }],
    ['Slow reply', { kind: 'choice', text: 'Where?', answer: 'Search' }],
    ['Slow reply', { kind: 'scale', text: 'Again?', answer: 0 }],
  ]);
  const answers = await ledger.read((db) => db.selectFrom('answers').selectAll().execute());
  expect(JSON.stringify(answers)).not.toContain(canary);
});

test('another ledger gets forms with the messages that refer to them', async () => {
  const [from, to] = [await freshLedger(), await freshLedger()];
  const { id, surveyId } = await left(from, 'c1', sampleForm('choice'));
  await recordDelivery(from, id, at(13), sent, 0);
  const question = { kind: 'choice', text: 'Where?', answer: 'Search' } as const;
  const said = { rating: 2, resolved: null, comment: null, reason: 'Unfriendly', question };
  await recordAnswer(from, { surveyId, closingId: id, ...said, at: at(20), source: 'page' });
  await from.read((db) => to.write('ledger', (trx) => copyAll(db, trx)));
  expect(await formOfSurvey(to, surveyId)).toEqual(sampleForm('choice'));
  expect((await story(to, id)).answers).toMatchObject([said]);
});

test('the same rating with another reason or another answer is another revision', async () => {
  const ledger = await freshLedger();
  const { id, surveyId } = await left(ledger, 'c1', sampleForm('scale'));
  await recordDelivery(ledger, id, at(13), sent, 0);
  const question = (answer: number) => ({ kind: 'scale', text: 'Again?', answer }) as const;
  const given = [
    { reason: 'Slow reply' },
    { reason: 'Slow reply' },
    { reason: 'Unfriendly' },
    { reason: 'Unfriendly', question: question(0) },
    { reason: 'Unfriendly', question: question(0) },
    { reason: 'Unfriendly', question: question(1) },
    { question: question(1) },
    {},
  ];
  const revisions: number[] = [];
  for (const form of given) {
    const said = { rating: 1, resolved: null, comment: null, at: at(20), source: 'page', ...form };
    revisions.push((await recordAnswer(ledger, { surveyId, closingId: id, ...said })).answer.revision);
  }
  expect(revisions).toEqual([1, 1, 2, 3, 3, 4, 5, 6]);
});
