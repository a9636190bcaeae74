import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ForgetDocument } from '../../../src/documents/forget.ts';
import { linkKeyOf, makeToken } from '../../../src/domain/survey/token.ts';
import { isUnsubscribed } from '../../../src/store/addresses/unsubscribes.ts';
import { cardsOf } from '../../../src/store/answers/cards.ts';
import { openErasures } from '../../../src/store/erase/to-dos.ts';
import { rememberMediaFile } from '../../../src/store/erase/media-files.ts';
import { missingCards, postMissingCard } from '../../../src/workflow/answers/missing-cards.ts';
import { forgetCustomer } from '../../../src/workflow/forgetting/forget.ts';
import { keepRetention } from '../../../src/workflow/forgetting/retention.ts';
import { createSteps } from '../../../src/workflow/context/steps.ts';
import type { Services } from '../../../src/workflow/context/services.ts';
import { createSurveyDesk } from '../../../src/workflow/serving/survey-desk.ts';
import { surveyConversation } from '../../../src/workflow/survey/survey-closing.ts';
import { faultyProxy } from '../../support/faulty-proxy.ts';
import { answersOf } from '../../support/ledger.ts';
import { day, hour, iso, minute, world, type ServicesChanges } from '../support.ts';

const email = 'canary@example.org';

/** A customer who answered, with the card in Gladly. */
async function answered(changes: ServicesChanges = {}) {
  const own = await world();
  const id = await own.tell({ customer: { email } });
  own.time.now += minute;
  const services = own.services(changes);
  const steps = createSteps(services, () => undefined);
  const { document } = await surveyConversation(services, { conversationId: id, closingId: null }, steps);
  expect(document.outcome).toBe('sent');
  const [closing] = await own.closings();
  const surveyId = closing!.surveyId!;
  const key = linkKeyOf(Buffer.from('k'.repeat(32)), own.sandbox.origin, closing!.lane);
  const [survey, leave] = (['survey', 'unsubscribe'] as const).map((what) => makeToken(key, what, surveyId));
  const desk = createSurveyDesk(services, { onAnswer: () => undefined });
  await desk.answer(survey!, { rating: 2, resolved: false, comment: 'canary speaking' });
  for (const missing of await missingCards(services, 9))
    expect(await postMissingCard(services, missing)).toBeNull();
  const cards = async (): Promise<unknown[]> => {
    const [card] = await cardsOf(own.ledger, surveyId);
    return (await services.client.getItem(card!.itemId)) === null ? [] : [card];
  };
  return {
    own,
    id,
    services,
    steps,
    closing: closing!,
    surveyId,
    desk,
    survey: survey!,
    leave: leave!,
    cards,
  };
}

function forgotten(
  services: Services,
  typed: string,
  options: { dryRun?: boolean; keepCards?: boolean; agrees?: boolean } = {},
): ReturnType<typeof forgetCustomer> {
  const { dryRun = false, keepCards = false, agrees = true } = options;
  return forgetCustomer(services, typed, { dryRun, keepCards, confirm: () => Promise.resolve(agrees) });
}

describe('forgetting a customer', () => {
  test('takes the card out of Gladly, closes the link, and nothing brings them back', async () => {
    const { own, id, services, steps, closing, surveyId, desk, survey, leave, cards } = await answered();
    const dry = await forgotten(services, email, { dryRun: true });
    expect(dry.document).toMatchObject({ outcome: 'would_forget', closings: [closing.id], dryRun: true });
    expect((await forgotten(services, email, { agrees: false })).document.outcome).toBe('declined');
    expect(await own.closings()).toEqual([closing].map(() => expect.objectContaining({ forgottenAt: null })));
    expect(await cards()).toHaveLength(1);

    const { document, failure } = await forgotten(services, 'Canary <CANARY@example.org>');
    expect(failure).toBeNull();
    expect(document satisfies ForgetDocument).toMatchObject({
      outcome: 'forgotten',
      customers: [closing.customerId],
      counts: { closings: 1, messages: 1, answers: 1, cards: 1 },
      cards: { deleted: 1, kept: 0, open: 0 },
      open: [],
    });
    expect(await cards()).toEqual([]);
    const row = (await own.closings())[0];
    expect(row).toMatchObject({ state: 'answered', customer: null, forgottenAt: iso(own.time.now) });
    expect(JSON.stringify([await own.closings(), await answersOf(own.ledger, surveyId)])).not.toContain(
      'canary',
    );

    expect(await desk.view(survey)).toMatchObject({ state: 'closed' });
    const late = await desk.answer(survey, { rating: 5, resolved: true, comment: 'canary again' });
    expect(late).toMatchObject({ state: 'closed', saved: false });
    expect(await answersOf(own.ledger, surveyId)).toMatchObject([{ rating: 2, comment: null }]);
    const again = await surveyConversation(services, { conversationId: id, closingId: null }, steps);
    expect(again.document.outcome).toBe('already_surveyed');
    expect((await own.closings())[0]).toEqual(row);
    // The message is still in the customer's mailbox, with its link for unsubscribing.
    expect(await desk.unsubscribe(leave)).toMatchObject({ state: 'unsubscribed' });
    expect(await isUnsubscribed(own.ledger, email)).toBe(true);

    expect((await forgotten(services, email)).document.outcome).toBe('already_forgotten');
    await expect(forgotten(services, 'nobody@example.org')).rejects.toMatchObject({
      kind: 'not_found',
      code: 'customer_not_found',
    });
  });

  test('keeps the card where that is asked', async () => {
    const { services, cards } = await answered();
    const { document } = await forgotten(services, email, { keepCards: true });
    expect(document.cards).toEqual({ deleted: 0, kept: 1, open: 0 });
    expect(await cards()).toHaveLength(1);
  });

  test('goes on later where Gladly does not take the card out', async () => {
    const { own, services, surveyId, cards } = await answered();
    const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
      request.startsWith('DELETE') ? { status: 403, body: '{}' } : 'pass',
    );
    const { document, failure } = await forgotten(own.services({ origin }), email);
    expect(document).toMatchObject({ outcome: 'forgotten', cards: { deleted: 0, open: 1 } });
    expect(failure).toMatchObject({ code: 'not_all_erased' });
    expect((await own.closings())[0]?.customer).toBeNull();
    expect(await openErasures(own.ledger, null, 9)).toMatchObject([{ kind: 'card', tries: 1 }]);
    const anySize = { largestLedger: Number.POSITIVE_INFINITY };
    expect(await keepRetention(services, anySize)).toMatchObject({ cards: 0, open: [] });
    own.time.now += hour;
    expect(await keepRetention(services, anySize)).toMatchObject({ cards: 1, open: [] });
    expect(await cards()).toEqual([]);
    expect(await cardsOf(own.ledger, surveyId)).toMatchObject([{ state: 'deleted', body: '' }]);
    expect(await openErasures(own.ledger, null, 9)).toEqual([]);
  });

  test('removes messages of the outbox and recordings, also what a killed process left of them', async () => {
    const { own, services, surveyId, closing } = await answered({ delivery: 'outbox' });
    const outbox = join(own.folder, 'outbox');
    expect(readdirSync(outbox)).toContain(`${surveyId}.eml`);
    writeFileSync(join(outbox, '.unfinished', `${surveyId}.json.1`), email);
    writeFileSync(join(outbox, 'other.eml'), '');
    const media = join(own.folder, 'media');
    mkdirSync(media);
    for (const name of ['call.mp3', 'call.mp3.77.part', 'other.mp3']) writeFileSync(join(media, name), 'x');
    const file = { path: join(media, 'call.mp3'), closingId: closing.id, customerId: closing.customerId };
    await rememberMediaFile(own.ledger, { ...file, at: iso(own.time.now) });
    const { document } = await forgotten(services, closing.customerId!);
    expect(document.counts).toMatchObject({ outboxMessages: 1, recordings: 1 });
    expect(readdirSync(outbox).filter((name) => name !== '.unfinished')).toEqual(['other.eml']);
    expect(readdirSync(join(outbox, '.unfinished'))).toEqual([]);
    expect(readdirSync(media)).toEqual(['other.mp3']);
    expect(existsSync(join(media, 'call.mp3'))).toBe(false);
  });

  test('says where the profile itself names the customer', async () => {
    const { services } = await answered();
    const { settings } = services;
    const policy = { ...settings.policy, excludedCustomers: ['Canary@Example.org', 'example.org'] };
    const { document } = await forgotten({ ...services, settings: { ...settings, policy } }, email);
    expect(document.warnings).toHaveLength(1);
  });

  test.each(['example.org', '@example.org', '*@example.org', '@example\u3002org'])(
    'a domain is nobody: %s',
    async (entry) => {
      const { services } = await answered();
      const { settings } = services;
      const policy = { ...settings.policy, excludedCustomers: [entry] };
      const { document } = await forgotten({ ...services, settings: { ...settings, policy } }, email);
      expect(document.warnings).toEqual([]);
    },
  );
});

test('what is older than `retention` is forgotten, and its card stays in Gladly', async () => {
  const { own, cards, closing } = await answered();
  const services = own.services({ policy: { retention: 400 * day } });
  const small = { largestLedger: 0 };
  own.time.now = Date.parse(closing.closedAt) + 400 * day;
  expect(await keepRetention(services, small)).toMatchObject({ expired: 0 });
  own.time.now += 1;
  expect(await keepRetention(own.services(), small)).toMatchObject({ expired: 0 });
  expect(await keepRetention(services, small)).toMatchObject({ expired: 1, cards: 0, open: [] });
  expect((await own.closings())[0]).toMatchObject({ customer: null, state: 'answered' });
  expect(await cards()).toHaveLength(1);
  // The ledger is rewritten a day later, if it is so small that nobody has to wait for that.
  own.time.now += day;
  await keepRetention(services, small);
  expect(await openErasures(own.ledger, null, 9)).toMatchObject([{ kind: 'remnants' }]);
  await keepRetention(services, { largestLedger: 2 ** 30 });
  expect(await openErasures(own.ledger, null, 9)).toEqual([]);
});
