import { sampleForm, sampleQuestions, sampleReasons } from '../../support/forms.ts';
import { postAnswer } from '../../../src/workflow/answers/post-answer.ts';
import { createSteps } from '../../../src/workflow/context/steps.ts';
import { readableText } from '../../../src/domain/survey/rich-text.ts';
import type { KyselyPlugin } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { Lane } from '../../../src/domain/values/lanes.ts';
import { withoutLane } from '../../../src/domain/closing/identity.ts';
import { linkKeyOf, makeToken, surveyIdOf } from '../../../src/domain/survey/token.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { answersOf, visitsOf } from '../../support/ledger.ts';
import { cancelClosing, resendClosing } from '../../../src/store/queue/acts.ts';
import { isUnsubscribed } from '../../../src/store/addresses/unsubscribes.ts';
import { cardSubject } from '../../../src/workflow/answers/answer-target.ts';
import { createIntake } from '../../../src/workflow/serving/intake.ts';
import { createSurveyDesk } from '../../../src/workflow/serving/survey-desk.ts';
import { faultyProxy } from '../../support/faulty-proxy.ts';
import { backfillOf, day, hour, iso, minute, world, type ServicesChanges, type World } from '../support.ts';

const signingKey = Buffer.from('k'.repeat(32));
const good = { rating: 5, resolved: true, comment: 'thanks' };
const bad = { rating: 1, resolved: false, comment: null };

/** A survey that was sent, its tokens, and a desk. */
async function surveyed(changes: ServicesChanges = {}) {
  const own = await world();
  const since = own.time.now;
  const id = await own.tell({ customer: { email: 'somebody@example.org' } });
  own.time.now += minute;
  await backfillOf(own.services(changes), [since, own.time.now]);
  const [closing] = await own.closings();
  const surveyId = surveyIdOf(closing!.id);
  expect(closing).toMatchObject({ conversationId: id, state: 'sent', surveyId });
  return {
    own,
    closing: closing!,
    surveyId,
    ...tokensOf(own, surveyId, closing!.lane),
    ...deskOf(own, changes),
  };
}

function tokensOf(own: World, surveyId: string, lane: Lane = 'live', origin = own.sandbox.origin) {
  const key = linkKeyOf(signingKey, origin, lane);
  return { survey: makeToken(key, 'survey', surveyId), leave: makeToken(key, 'unsubscribe', surveyId) };
}

function deskOf(own: World, changes: ServicesChanges = {}) {
  let answered = 0;
  const desk = createSurveyDesk(own.services(changes), { onAnswer: () => (answered += 1) });
  return { desk, answered: () => answered };
}

describe('the survey', () => {
  test('shows what it is about, and no more of the agent than the first name', async () => {
    const { desk, survey, leave, surveyId, closing, own } = await surveyed();
    expect(await desk.view(survey)).toEqual({
      state: 'open',
      surveyId,
      companyName: own.sandbox.organizationName,
      language: 'en',
      brand: null,
      agentFirstName: closing.agent!.name!.split(' ')[0],
      channel: expect.any(String),
      closedAt: closing.closedAt,
      timeZone: expect.any(String),
      unsubscribeToken: leave,
      form: null,
      answer: null,
    });
  });

  test('is the same closed page for whatever is no open survey', async () => {
    const { desk, survey, leave, own } = await surveyed();
    const closed = {
      state: 'closed',
      companyName: own.sandbox.organizationName,
      language: 'en',
      brand: null,
    };
    const tampered = `${survey.slice(0, -1)}${survey.endsWith('A') ? 'B' : 'A'}`;
    const unknown = tokensOf(own, surveyIdOf('nothing')).survey;
    for (const token of ['', 'x', '../../..', tampered, unknown, leave, `${survey}a`]) {
      expect(await desk.view(token)).toEqual(closed);
      expect(await desk.answer(token, good)).toEqual({
        ...closed,
        saved: false,
        changed: false,
        problems: [],
      });
    }
  });

  test('is open while Gladly is down, and then has the name that was known', async () => {
    const { survey, own } = await surveyed();
    own.time.now += day;
    const { origin } = await faultyProxy(own.sandbox.origin, () => 'never answer');
    const { desk } = deskOf(own, { origin });
    expect(await desk.view(survey)).toMatchObject({
      state: 'open',
      companyName: own.sandbox.organizationName,
    });
  });

  test('of a scheduled survey that was cancelled is closed', async () => {
    const own = await world();
    const changes = { policy: { delay: day } };
    const since = own.time.now;
    await own.tell({ customer: { email: 'somebody@example.org' } });
    own.time.now += minute;
    await backfillOf(own.services(changes), [since, own.time.now]);
    const [closing] = await own.closings();
    const { survey } = tokensOf(own, surveyIdOf(closing!.id));
    const { desk } = deskOf(own);
    expect([closing!.state, (await desk.view(survey)).state]).toEqual(['scheduled', 'closed']);
    await cancelClosing(own.ledger, closing!.id, new Date(own.time.now).toISOString());
    expect((await desk.answer(survey, good)).saved).toBe(false);
  });
});

describe('an answer', () => {
  test('is kept, shown, and tells of its missing card once', async () => {
    const { desk, survey, surveyId, own, answered } = await surveyed();
    const taken = { state: 'open', saved: true, answer: good };
    expect(await desk.answer(survey, good)).toMatchObject({ ...taken, changed: true });
    expect(await desk.answer(survey, good)).toMatchObject({ ...taken, changed: false });
    expect(await answersOf(own.ledger, surveyId)).toMatchObject([{ ...good, source: 'page', revision: 1 }]);
    expect(await desk.view(survey)).toMatchObject({ answer: good });
    expect(answered()).toBe(1);
    expect(await own.closings()).toMatchObject([{ state: 'answered' }]);
  });

  test('can be changed until it is final; the same one again is saved all the same', async () => {
    const { desk, survey, surveyId, own, answered } = await surveyed();
    await desk.answer(survey, good);
    own.time.now += day - 1;
    expect(await desk.answer(survey, bad)).toMatchObject({ saved: true, answer: bad });
    own.time.now += 1;
    expect((await desk.view(survey)).state).toBe('closed');
    expect(await desk.answer(survey, good)).toMatchObject({ state: 'closed', saved: false });
    expect(await desk.answer(survey, bad)).toMatchObject({ saved: true, answer: bad });
    expect(await answersOf(own.ledger, surveyId)).toHaveLength(2);
    expect(answered()).toBe(2);
  });

  test('is taken until the survey expires', async () => {
    const { desk, survey, own, closing } = await surveyed();
    own.time.now = Date.parse(closing.leftAt!) + 30 * day - 1;
    expect((await desk.view(survey)).state).toBe('open');
    own.time.now += 1;
    expect((await desk.view(survey)).state).toBe('closed');
    expect((await desk.answer(survey, good)).saved).toBe(false);
    expect(await own.closings()).toMatchObject([{ state: 'sent' }]);
  });

  test('is final after a hundred revisions; the last of them is saved once more', async () => {
    const { desk, survey, surveyId, own } = await surveyed();
    for (let turn = 0; turn < 100; turn += 1) {
      expect(await desk.answer(survey, { ...good, rating: (turn % 5) + 1 })).toMatchObject({ saved: true });
    }
    expect(await desk.answer(survey, { ...good, rating: 1 })).toMatchObject({
      state: 'closed',
      saved: false,
    });
    expect(await desk.answer(survey, good)).toMatchObject({ saved: true, answer: good });
    expect((await desk.view(survey)).state).toBe('closed');
    expect(await answersOf(own.ledger, surveyId)).toHaveLength(100);
  });

  test('is looked up without those before it', async () => {
    const { desk, survey, own } = await surveyed();
    for (let turn = 0; turn < 20; turn += 1) await desk.answer(survey, { ...good, rating: (turn % 5) + 1 });
    const revisions = new Set<unknown>();
    const watch: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        for (const { revision } of result.rows) if (revision !== undefined) revisions.add(revision);
        return result;
      },
    };
    const ledger: Ledger = {
      ...own.ledger,
      read: (work) => own.ledger.read((db) => work(db.withPlugin(watch))),
    };
    expect(await deskOf(own, { ledger }).desk.view(survey)).toMatchObject({ answer: { rating: 5 } });
    expect([...revisions].sort()).toEqual([1, 20]);
  });

  test('of twenty at once, each is kept in turn and one is last', async () => {
    const { desk, survey, surveyId, own } = await surveyed();
    const ratings = Array.from({ length: 20 }, (_, number) => (number % 5) + 1);
    await Promise.all(ratings.map((rating) => desk.answer(survey, { ...good, rating })));
    const kept = await answersOf(own.ledger, surveyId);
    expect(kept.map(({ revision }) => revision)).toEqual(kept.map((_, index) => index + 1));
    expect(await desk.view(survey)).toMatchObject({ answer: { rating: kept.at(-1)!.rating } });
  });
});

describe('an unsubscribe link', () => {
  test('holds for the address, also long after, and twice', async () => {
    const { desk, leave, survey, own } = await surveyed();
    own.time.now += 400 * day;
    expect((await desk.subscription(leave)).state).toBe('subscribed');
    expect((await desk.unsubscribe(leave)).state).toBe('unsubscribed');
    expect((await desk.unsubscribe(leave)).state).toBe('unsubscribed');
    expect((await desk.subscription(leave)).state).toBe('unsubscribed');
    expect(await isUnsubscribed(own.ledger, 'somebody@example.org')).toBe(true);
    expect((await desk.unsubscribe(survey)).state).toBe('closed');
  });
});

test('a page, a message and a card say when the conversation closed, whatever its webhook said', async () => {
  const own = await world();
  const closedAt = own.time.now;
  const conversationId = await own.tell({ customer: { email: 'somebody@example.org' } });
  own.time.now += hour;
  const services = own.services();
  const intake = createIntake(services, { onStored: () => undefined, onIgnored: () => undefined });
  const timestamp = iso(own.time.now - 10 * minute);
  await intake.accept({ type: 'CONVERSATION/CLOSED', timestamp, content: { conversationId } });
  await backfillOf(services, [own.time.now - minute, own.time.now]);
  const [closing] = await own.closings();
  expect(closing).toMatchObject({ state: 'sent', closedAt: timestamp });
  const { survey } = tokensOf(own, closing!.surveyId!);
  const { desk } = deskOf(own);
  expect(await desk.view(survey)).toMatchObject({ closedAt: iso(closedAt) });
  const about = { conversationId, customerId: 'customer' };
  expect((await cardSubject(services, about, closing!)).closedAt).toBe(iso(closedAt));
});

describe('a trial', () => {
  const trial = { delivery: 'outbox' } as const;

  test('can be answered, and the real survey knows nothing of it', async () => {
    const { own, closing, survey, surveyId, leave, desk, answered } = await surveyed(trial);
    const liveId = withoutLane(closing.id);
    expect(surveyId).not.toBe(surveyIdOf(liveId));
    expect(await desk.answer(survey, bad)).toMatchObject({ saved: true, answer: bad });
    expect(answered()).toBe(1);
    own.time.now += hour;
    await backfillOf(own.services(), [Date.parse(closing.closedAt), own.time.now]);
    const real = (await own.closings()).find(({ lane }) => lane === 'live');
    expect(real).toMatchObject({ state: 'sent', surveyId: surveyIdOf(liveId) });
    const { survey: toReal } = tokensOf(own, real!.surveyId!);
    expect(own.sandbox.mailbox()).toMatchObject([{ to: 'somebody@example.org' }]);
    expect(await desk.view(toReal)).toMatchObject({ state: 'open', answer: null });
    own.time.now += 2 * day;
    expect(await desk.view(toReal)).toMatchObject({ state: 'open', answer: null });
    expect((await desk.unsubscribe(leave)).state).toBe('trial');
    expect(await desk.answer(toReal, good)).toMatchObject({ saved: true, answer: good });
    expect(await own.closings()).toMatchObject([
      { lane: 'trial', state: 'answered', provider: 'outbox', surveyId },
      { lane: 'live', state: 'answered', provider: 'gladly-email' },
    ]);
  });

  test('unsubscribes nobody', async () => {
    const { own, closing, leave, desk } = await surveyed(trial);
    expect((await desk.subscription(leave)).state).toBe('subscribed');
    expect((await desk.unsubscribe(leave)).state).toBe('trial');
    expect(await isUnsubscribed(own.ledger, 'somebody@example.org')).toBe(false);
    const document = await backfillOf(own.services(), [Date.parse(closing.closedAt), own.time.now]);
    expect(document).toMatchObject({ thisRun: { sent: 1 } });
  });

  test('leaves the link of a message in doubt open, which a person had asked again', async () => {
    const own = await world();
    const since = own.time.now;
    await own.tell({ customer: { email: 'somebody@example.org' } });
    own.time.now += minute;
    const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
      request.includes('/communications/email') ? 'reset after' : 'pass',
    );
    await backfillOf(own.services({ origin }), [since, own.time.now]);
    const [doubtful] = await own.closings();
    expect(doubtful).toMatchObject({ state: 'uncertain' });
    await resendClosing(own.ledger, doubtful!.id, new Date(own.time.now).toISOString());
    const tried = await backfillOf(own.services(trial), [since, own.time.now]);
    expect(tried.reasons).toEqual({ already_surveyed: 1 });
    const { survey, leave } = tokensOf(own, doubtful!.surveyId!, 'live', origin);
    const { desk } = deskOf(own);
    expect(await desk.view(survey)).toMatchObject({ state: 'open', answer: null });
    expect(await desk.answer(survey, good)).toMatchObject({ saved: true });
    const { surveyId } = doubtful!;
    const live = (await own.closings()).find(({ lane }) => lane === 'live');
    expect(live).toMatchObject({ state: 'answered', provider: 'gladly-email', surveyId });
    expect((await desk.unsubscribe(leave)).state).toBe('unsubscribed');
  });
});

describe('a link', () => {
  const inEarlierForm = (own: World, surveyId: string) => {
    const url = `https://csat.example.com/s/${makeToken(signingKey, 'survey', surveyId)}`;
    return own.ledger.write('ledger', (trx) =>
      trx.updateTable('closings').set({ survey_url: url }).where('survey_id', '=', surveyId).execute(),
    );
  };

  test('of another organization or lane is none, although the signing key is the same', async () => {
    const { desk, own, surveyId, survey } = await surveyed();
    expect(await desk.isOurs('survey', survey)).toBe(true);
    for (const other of [
      tokensOf(own, surveyId, 'live', 'https://acme.us-uat.gladly.qa'),
      tokensOf(own, surveyId, 'trial'),
    ]) {
      expect((await desk.view(other.survey)).state).toBe('closed');
      expect(await desk.answer(other.survey, good)).toMatchObject({ state: 'closed', saved: false });
      expect((await desk.unsubscribe(other.leave)).state).toBe('closed');
    }
    expect(await answersOf(own.ledger, surveyId)).toEqual([]);
  });

  test('that was signed without them stays good where this ledger sent it, and nowhere else', async () => {
    const { desk, own, surveyId } = await surveyed();
    const [survey, leave] = [
      makeToken(signingKey, 'survey', surveyId),
      makeToken(signingKey, 'unsubscribe', surveyId),
    ];
    expect((await desk.view(survey)).state).toBe('closed');
    expect((await desk.subscription(leave)).state).toBe('closed');
    await inEarlierForm(own, surveyId);
    expect((await desk.view(survey)).state).toBe('open');
    expect((await desk.subscription(leave)).state).toBe('subscribed');
  });

  test.each(['of now', 'of an earlier form'])('to unsubscribe %s outlives its key', async (form) => {
    const { own, surveyId, survey, leave } = await surveyed();
    if (form !== 'of now') await inEarlierForm(own, surveyId);
    const left = form === 'of now' ? leave : makeToken(signingKey, 'unsubscribe', surveyId);
    const services = own.services();
    const surveySecret = async () => Buffer.from('n'.repeat(32));
    const deskWith = (previous: Buffer[]) => {
      const settings = { ...services.settings, surveySecret, previousSurveySecrets: async () => previous };
      return createSurveyDesk({ ...services, settings }, { onAnswer: () => undefined });
    };
    expect((await deskWith([]).unsubscribe(left)).state).toBe('closed');
    const desk = deskWith([Buffer.from('o'.repeat(32)), signingKey]);
    expect((await desk.view(survey)).state).toBe('closed');
    expect((await desk.unsubscribe(left)).state).toBe('unsubscribed');
    expect(await isUnsubscribed(own.ledger, 'somebody@example.org')).toBe(true);
  });
});

describe('visits', () => {
  test('are written when the desk is cleared', async () => {
    const { desk, surveyId, own } = await surveyed();
    own.time.now += hour;
    for (let count = 0; count < 3; count += 1) desk.visited(surveyId, 'opened');
    desk.visited(surveyId, 'scanner');
    await desk.flush();
    expect(await visitsOf(own.ledger, surveyId)).toMatchObject([
      { kind: 'opened', count: 3 },
      { kind: 'scanner', count: 1 },
    ]);
    expect(await own.closings()).toMatchObject([{ state: 'sent' }]);
  });

  test('never fail anybody', async () => {
    const { desk, survey, surveyId, own } = await surveyed();
    await own.ledger.write('ledger', (trx) => trx.schema.dropTable('visits').execute());
    desk.visited(surveyId, 'opened');
    await desk.flush();
    expect((await desk.view(survey)).state).toBe('open');
  });
});

test('a survey expires by when its message left, however late the sending was confirmed', async () => {
  const own = await world();
  await own.tell({ customer: { email: 'somebody@example.org' } });
  own.time.now += minute;
  const given = own.services();
  const slow = async () => {
    const provider = await given.provider();
    const deliver: typeof provider.deliver = async (message, leaving) => {
      const outcome = await provider.deliver(message, leaving);
      own.time.now += hour;
      return outcome;
    };
    return { ...provider, deliver };
  };
  await backfillOf({ ...given, provider: slow }, [own.time.now - hour, own.time.now]);
  const [closing] = await own.closings();
  expect(Date.parse(closing!.sentAt!) - Date.parse(closing!.leftAt!)).toBe(hour);
  const { survey } = tokensOf(own, surveyIdOf(closing!.id));
  const { desk } = deskOf(own);
  own.time.now = Date.parse(closing!.leftAt!) + 30 * day - 1;
  expect((await desk.view(survey)).state).toBe('open');
  own.time.now += 1;
  expect((await desk.view(survey)).state).toBe('closed');
});

describe('a survey with reasons and a question', () => {
  const policy = { reasons: sampleReasons, question: sampleQuestions.scale };

  test('keeps the form that it was sent with, whatever the profile asks since', async () => {
    const { own, survey } = await surveyed({ policy });
    const later = deskOf(own, { policy: { reasons: null, question: sampleQuestions.text, lowRating: 4 } });
    const view = await later.desk.view(survey);
    expect(view).toMatchObject({ form: sampleForm('scale') });
    expect(await later.desk.answer(survey, { ...bad, reason: 'Unfreundlich', answer: '3' })).toMatchObject({
      saved: true,
      answer: { reason: 'Unfriendly', question: { text: 'Would you recommend us?', answer: 3 } },
    });
  });

  test('takes what fits, leaves out what was hidden, and refuses what it does not offer', async () => {
    const { desk, survey, own, surveyId, answered } = await surveyed({ policy });
    expect(await desk.answer(survey, { ...good, reason: 'Slow reply', answer: '10' })).toMatchObject({
      saved: true,
      answer: { rating: 5, reason: null, question: { kind: 'scale', answer: 10 } },
    });
    expect(await desk.answer(survey, { ...bad, reason: 'Slow', answer: '11' })).toMatchObject({
      state: 'open',
      saved: false,
      changed: false,
      problems: ['reason_unknown', 'scale_unknown'],
      answer: { rating: 5, question: { answer: 10 } },
    });
    expect(await answersOf(own.ledger, surveyId)).toHaveLength(1);
    expect(answered()).toBe(1);
  });

  test('that is final takes the same answer again, and no other reason', async () => {
    const { desk, survey, own } = await surveyed({ policy });
    const said = { ...bad, reason: 'Slow reply', answer: '2' };
    expect(await desk.answer(survey, said)).toMatchObject({ saved: true, changed: true });
    own.time.now += 2 * day;
    expect(await desk.answer(survey, said)).toMatchObject({ saved: true, changed: false });
    for (const other of [{ reason: 'Unfriendly' }, { answer: '3' }, { reason: 'no reason of ours' }]) {
      expect(await desk.answer(survey, { ...said, ...other })).toMatchObject({
        state: 'closed',
        saved: false,
      });
    }
  });

  test('of two answers at once keeps both, one after the other', async () => {
    const { desk, survey, own, surveyId } = await surveyed({ policy });
    await Promise.all(
      ['Slow reply', 'Unfriendly', 'Slow reply'].map((reason) => desk.answer(survey, { ...bad, reason })),
    );
    const kept = await answersOf(own.ledger, surveyId);
    expect(new Set(kept.map(({ reason }) => reason))).toEqual(new Set(['Slow reply', 'Unfriendly']));
    expect(kept.map(({ revision }) => revision)).toEqual(kept.map((_, index) => index + 1));
  });

  test('has its card say both', async () => {
    const { desk, survey, surveyId, own } = await surveyed({ policy });
    await desk.answer(survey, { ...bad, reason: 'Wrong answer', answer: '0' });
    const steps = createSteps(own.services(), () => undefined);
    const { card } = await postAnswer(own.services(), { surveyId, answer: null }, { dryRun: false, steps });
    const body = readableText(card.body.content.body);
    expect(body).toContain('Reason: Wrong answer');
    expect(body).toContain('Would you recommend us? 0 of 10');
  });
});
