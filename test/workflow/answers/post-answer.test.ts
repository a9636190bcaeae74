import { sampleQuestions, sampleReasons } from '../../support/forms.ts';
import { describe, expect, test } from 'vitest';
import { all } from '../../gladly/local-gladly.ts';
import { faultyProxy } from '../../support/faulty-proxy.ts';
import { answersOf } from '../../support/ledger.ts';
import { cardsOf } from '../../../src/store/answers/cards.ts';
import { recordClosing } from '../../../src/store/closings/closing-reports.ts';
import { story } from '../../../src/store/views/story.ts';
import { countDue } from '../../../src/store/views/counts.ts';
import { listSurveys } from '../../../src/workflow/operator/surveys.ts';
import { postAnswer } from '../../../src/workflow/answers/post-answer.ts';
import type { PostDocument } from '../../../src/documents/post.ts';
import { previewConversation } from '../../../src/workflow/survey/preview.ts';
import type { Services } from '../../../src/workflow/context/services.ts';
import { createSteps } from '../../../src/workflow/context/steps.ts';
import { surveyConversation } from '../../../src/workflow/survey/survey-closing.ts';
import { backfillOf, conversationOf, day, hour, iso, minute, tickOf, world, type World } from '../support.ts';

function post(
  services: Services,
  conversationId: string,
  rating: number,
  dryRun = false,
): Promise<PostDocument> {
  const answer = { rating, resolved: true, comment: null };
  const steps = createSteps(services, () => undefined);
  return postAnswer(services, { conversationId, answer }, { dryRun, steps });
}

async function replay(services: Services, conversationId: string): Promise<string> {
  const steps = createSteps(services, () => undefined);
  const { outcome } = (await surveyConversation(services, { conversationId, closingId: null }, steps))
    .document;
  return outcome;
}

/** The closings as `surveys list` shows them. */
const listed = (own: World): Promise<unknown[]> => all(listSurveys(own.ledger, {}, iso(own.time.now)));

const answered = (rating: number): object => ({
  state: 'answered',
  agent: { id: expect.any(String), name: expect.any(String) },
  answer: { rating },
  card: { itemId: expect.any(String), postedAt: expect.any(String) },
});

/** The time as the card writes it, in the zone of the sandbox. */
const timeOf = (closedAt: string): string => {
  const options = { timeZone: 'America/Chicago', dateStyle: 'medium', timeStyle: 'short' } as const;
  return new Date(closedAt).toLocaleString('en', options).replace(/\s/g, ' ');
};

describe('whoever answered is not asked', () => {
  test('about a closing that the ledger did not know', async () => {
    const own = await world();
    const since = own.time.now;
    const id = await own.tell();
    own.time.now += 5 * minute;
    const told = await post(own.services(), id, 5);
    expect(told.outcome).toBe('posted');
    expect(await listed(own)).toMatchObject([
      { ...answered(5), surveyId: told.surveyId, conversationId: id },
    ]);
    expect(await replay(own.services(), id)).toBe('already_surveyed');
    const document = await backfillOf(own.services(), [since, own.time.now]);
    expect(document).toMatchObject({ closings: 1, thisRun: { sent: 0 }, failures: [] });
    expect((await post(own.services(), id, 5)).outcome).toBe('already_posted');
    expect(own.sandbox.mailbox()).toEqual([]);
  });

  test('though the survey was about to leave', async () => {
    const own = await world();
    const id = await own.tell();
    const services = own.services({ policy: { delay: hour } });
    expect(await replay(services, id)).toBe('scheduled');
    const { surveyId } = await post(services, id, 2);
    expect(await listed(own)).toMatchObject([{ ...answered(2), surveyId }]);
    own.time.now += 2 * hour;
    expect(await countDue(own.ledger, iso(own.time.now), 'live')).toBe(0);
    expect(await replay(own.services(), id)).toBe('already_surveyed');
    expect(own.sandbox.mailbox()).toEqual([]);
  });

  test('and the answer stands where no survey was to be sent', async () => {
    const own = await world();
    const id = await own.tell({ topics: ['do_not_send_stella'] });
    expect(await replay(own.services(), id)).toBe('suppressed');
    await post(own.services(), id, 4);
    expect(await listed(own)).toMatchObject([answered(4)]);
    expect(await replay(own.services(), id)).toBe('already_surveyed');
    await post(own.services(), id, 1);
    expect(await listed(own)).toMatchObject([answered(1)]);
  });

  test('also after a trial, which gives way to a real delivery otherwise', async () => {
    const own = await world();
    const id = await own.tell();
    expect(await replay(own.services({ delivery: 'outbox', policy: { delay: hour } }), id)).toBe('scheduled');
    await post(own.services({ delivery: 'outbox' }), id, 3);
    expect(await replay(own.services(), id)).toBe('already_surveyed');
    expect(own.sandbox.mailbox()).toEqual([]);
  });

  test('also after a trial that was answered, whose card gives way to the real one', async () => {
    const own = await world();
    const id = await own.tell();
    const trial = own.services({ delivery: 'outbox' });
    expect(await replay(trial, id)).toBe('sent');
    const [tried] = await own.closings();
    const tell = (rating: number) =>
      postAnswer(
        trial,
        { surveyId: tried!.surveyId!, answer: { rating, resolved: false, comment: 'tried' } },
        { dryRun: false, steps: createSteps(trial, () => undefined) },
      );
    const triedCard = await tell(1);
    expect(await own.closings()).toMatchObject([{ state: 'answered', provider: 'outbox' }]);
    const real = await post(own.services(), id, 5);
    expect(real).toMatchObject({ outcome: 'posted', answer: { rating: 5, revision: 1 } });
    expect(real.surveyId).not.toBe(tried!.surveyId);
    expect(await cardsOf(own.ledger, triedCard.surveyId)).toMatchObject([{ state: 'deleted' }]);
    expect(await listed(own)).toMatchObject([{ ...answered(5), surveyId: real.surveyId, provider: null }]);
    expect(await replay(own.services(), id)).toBe('already_surveyed');
    expect(own.sandbox.mailbox()).toEqual([]);
  });

  test('but the answer to a trial that waits keeps nobody from being asked', async () => {
    const own = await world();
    const id = await own.tell();
    const trial = own.services({ delivery: 'outbox', policy: { delay: hour } });
    expect(await replay(trial, id)).toBe('scheduled');
    const [tried] = await own.closings();
    await postAnswer(
      trial,
      { surveyId: tried!.surveyId!, answer: { rating: 1, resolved: null, comment: null } },
      { dryRun: false, steps: createSteps(trial, () => undefined) },
    );
    expect(await replay(own.services(), id)).toBe('sent');
    expect(await listed(own)).toMatchObject([{ state: 'sent', answer: null }]);
  });

  test('but a dry run leaves everything as it is', async () => {
    const own = await world();
    const id = await own.tell();
    const dry = await post(own.services(), id, 5, true);
    expect(dry.outcome).toBe('would_post');
    expect(await own.closings()).toEqual([]);
    expect((await post(own.services(), id, 5)).surveyId).toBe(dry.surveyId);
  });
});

test('a card that Gladly did not take is posted by the next tick, whether or not anybody was asked', async () => {
  const own = await world();
  const tick = () => tickOf(own.services());
  await tick();
  const id = await own.tell();
  const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
    request.startsWith('POST') && request.includes('/conversation-items') ? { status: 503 } : 'pass',
  );
  await expect(post(own.services({ origin }), id, 2)).rejects.toMatchObject({ kind: 'temporary' });
  own.time.now += 2 * minute;
  expect(await tick()).toMatchObject({ cards: { posted: 1, failed: 0 }, thisRun: { sent: 0 } });
  expect(await listed(own)).toMatchObject([answered(2)]);
});

describe('the answer is about the closing that the conversation is in', () => {
  test('and what came of an earlier one stays as it is', async () => {
    const own = await world();
    const id = await own.tell();
    await replay(own.services(), id);
    const first = await post(own.services(), id, 2);
    own.time.now += 20 * day;
    await own.change(id, 'reopen');
    own.time.now += hour;
    await own.change(id, 'close');
    own.time.now += minute;
    const second = await post(own.services(), id, 5);
    const [present, earlier] = await own.closings();
    expect(present).toMatchObject({ state: 'answered', surveyId: second.surveyId });
    expect(second.card.body.content.body).toContain(timeOf(present!.closedAt));
    expect(earlier).toMatchObject({ state: 'answered', surveyId: first.surveyId });
    expect(await answersOf(own.ledger, first.surveyId)).toMatchObject([{ rating: 2, revision: 1 }]);
    expect((await story(own.ledger, earlier!.id)).cards).toMatchObject([{ state: 'posted' }]);
    expect(await replay(own.services(), id)).toBe('already_surveyed');
    expect(own.sandbox.mailbox()).toHaveLength(1);
  });

  test('and while it is open, what was said when it was open before stays as it is', async () => {
    const own = await world();
    const id = await own.tell({ close: false });
    const first = await post(own.services(), id, 2);
    expect((await post(own.services(), id, 2)).outcome).toBe('already_posted');
    own.time.now += day;
    await own.change(id, 'close');
    own.time.now += 300 * day;
    await own.change(id, 'reopen');
    own.time.now += minute;
    const second = await post(own.services(), id, 5);
    expect((await post(own.services(), id, 5)).outcome).toBe('already_posted');
    const answers = [first, second].map(({ surveyId }) => answersOf(own.ledger, surveyId));
    expect(await Promise.all(answers)).toMatchObject([
      [{ rating: 2, revision: 1 }],
      [{ rating: 5, revision: 1 }],
    ]);
    expect(await own.closings()).toEqual([]);
  });

  test('also where another source told of it minutes late', async () => {
    const own = await world();
    const id = await own.tell({ topics: ['do_not_send_stella'] });
    const closedMs = Date.parse(String((await conversationOf(own, id))['closedAt']));
    own.time.now += 5 * minute;
    const told = { conversationId: id, customerId: null, closedAt: iso(closedMs + 5 * minute) };
    const { closing } = await recordClosing(own.ledger, {
      ...told,
      lane: 'live',
      source: 'webhook',
      seenAt: iso(own.time.now),
    });
    own.time.now += minute;
    await backfillOf(own.services(), [closedMs - 10 * day, closedMs - 10 * day + 1000]);
    expect(await own.closings()).toMatchObject([{ id: closing.id, state: 'suppressed' }]);
    own.time.now += hour;
    const services = own.services();
    const steps = createSteps(services, () => undefined);
    const preview = await previewConversation(services, { conversationId: id, closingId: null }, steps);
    expect(preview.document.conversation?.closing).toBe(closing.id);
    expect((await post(own.services(), id, 4)).outcome).toBe('posted');
    expect((await post(own.services(), id, 4)).outcome).toBe('already_posted');
    expect(await listed(own)).toMatchObject([{ ...answered(4), closingId: closing.id }]);
  });
});

test('a card whose first post arrived, though nobody was told so, is met again by every later try', async () => {
  const own = await world();
  const id = await own.tell();
  const closedMs = Date.parse(String((await conversationOf(own, id))['closedAt']));
  const told = { conversationId: id, customerId: null, closedAt: iso(closedMs + 350) };
  await recordClosing(own.ledger, { ...told, lane: 'live', source: 'webhook', seenAt: iso(own.time.now) });
  const { origin } = await faultyProxy(own.sandbox.origin, (request, count) => {
    if (!request.startsWith('POST') || !request.includes('/conversation-items')) return 'pass';
    return count === 1 ? 'reset after' : { status: 503 };
  });
  const preview = await post(own.services(), id, 4, true);
  await expect(post(own.services({ origin }), id, 4)).rejects.toMatchObject({ kind: 'temporary' });
  const again = await post(own.services(), id, 4);
  expect(again.outcome).toBe('already_posted');
  expect(again.card.body.content.body).toContain(timeOf(told.closedAt));
  expect(preview.card.body.content.body).toBe(again.card.body.content.body);
});

describe('a reason and an answer by hand', () => {
  const policy = { reasons: sampleReasons, question: sampleQuestions.choice };
  const by = (services: Services, conversationId: string, given: object, dryRun = false) =>
    postAnswer(
      services,
      { conversationId, answer: { rating: 2, resolved: null, comment: null, ...given } },
      { dryRun, steps: createSteps(services, () => undefined) },
    );

  test('are those of the profile where no survey was sent, and a repeat changes nothing', async () => {
    const own = await world();
    const id = await own.tell();
    const services = own.services({ policy });
    const given = { reason: 'Langsame Antwort', answer: 'Search' };
    const said = { reason: 'Slow reply', question: { kind: 'choice', answer: 'Search' } };
    expect(await by(services, id, given, true)).toMatchObject({ outcome: 'would_post', answer: said });
    const posted = await by(services, id, given);
    expect(posted).toMatchObject({ outcome: 'posted', answer: said });
    expect(posted.card.body.content.body).toContain('Reason: Slow reply<br>');
    expect((await by(services, id, given)).outcome).toBe('already_posted');
    expect(await answersOf(own.ledger, posted.surveyId)).toHaveLength(1);
    expect(await by(services, id, {})).toMatchObject({ outcome: 'posted', answer: { reason: null } });
  });

  test('are those of the survey where it was sent, also when the profile asks something else since', async () => {
    const own = await world();
    const id = await own.tell({ customer: { email: 'kim@example.org' } });
    expect(await replay(own.services({ policy }), id)).toBe('sent');
    const since = own.services({ policy: { reasons: { en: ['Too late'] }, question: null } });
    await expect(by(since, id, { reason: 'Too late' })).rejects.toMatchObject({
      kind: 'usage',
      code: 'answer_misfit',
      hint: 'Use one of: Slow reply | Wrong answer | Unfriendly.',
    });
    expect(await by(since, id, { reason: 'Unfriendly', answer: 'A friend' })).toMatchObject({
      answer: { reason: 'Unfriendly', question: { answer: 'A friend' } },
    });
  });

  test.each([
    [{ reason: 'Slow reply', rating: 3 }, policy, 'only up to a rating of 2'],
    [{ answer: 'Nowhere' }, policy, "does not offer 'Nowhere'"],
    [{ answer: '11' }, { ...policy, question: sampleQuestions.scale }, "does not offer '11'"],
    [{ answer: 'x'.repeat(2001) }, { ...policy, question: sampleQuestions.text }, 'is too long'],
    [{ reason: 'Slow reply' }, { ...policy, reasons: null }, 'asks for no reason'],
    [{ answer: '7' }, { ...policy, question: null }, 'has no question of its own'],
    [{ reason: 'Slow reply' }, {}, 'asks for no reason'],
  ])('that do not fit are refused, and nothing is kept: %j', async (given, asked, why) => {
    const own = await world();
    const id = await own.tell();
    const services = own.services({ policy: asked });
    await expect(by(services, id, given)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(why),
    });
    expect(await own.closings()).toEqual([]);
  });
});
