import { describe, expect, test } from 'vitest';
import { makeToken, surveyIdOf } from '../../../src/domain/survey/token.ts';
import { createSurveyDesk } from '../../../src/workflow/serving/survey-desk.ts';
import { unsubscribeAddress } from '../../../src/workflow/operator/unsubscribed-addresses.ts';
import { backfillOf, day, hour, iso, minute, world, type World } from '../support.ts';

const customer = { email: 'kim@example.org' };

/** A conversation of the customer closes, and a backfill of the last hour finds it. */
async function closes(own: World, suppressionDays: number): Promise<void> {
  await own.tell({ customer });
  own.time.now += minute;
  await backfillOf(own.services({ policy: { suppressionDays } }), [own.time.now - hour, own.time.now]);
}

describe('an address that was unsubscribed', () => {
  test.each([
    [
      'on the page',
      async (own: World): Promise<void> => {
        const [closing] = await own.closings();
        const key = await own.services().linkKey();
        const token = makeToken(key, 'unsubscribe', surveyIdOf(closing!.id));
        const desk = createSurveyDesk(own.services(), { onAnswer: () => undefined });
        expect(await desk.unsubscribe(token)).toMatchObject({ state: 'unsubscribed' });
      },
    ],
    [
      'by an operator',
      async (own: World): Promise<void> => {
        expect(await unsubscribeAddress(own.ledger, customer.email, iso(own.time.now))).toMatchObject({
          changed: true,
        });
      },
    ],
  ])('%s is not asked about its next closing', async (_, leave) => {
    const own = await world();
    await closes(own, 0);
    expect(own.sandbox.mailbox()).toHaveLength(1);
    await leave(own);
    own.time.now += 2 * hour;
    await closes(own, 0);
    const [next] = await own.closings();
    expect(next).toMatchObject({ state: 'suppressed', reasons: [{ code: 'unsubscribed' }] });
    expect(own.sandbox.mailbox()).toHaveLength(1);
  });
});

describe('an address that was asked', () => {
  /** The customer's next closing, which is worked on this long after the survey was sent. */
  async function closingAfter(pause: number) {
    const own = await world();
    await closes(own, 7);
    const [first] = await own.closings();
    own.time.now = Date.parse(first!.sentAt!) + pause - minute;
    await closes(own, 7);
    const [next] = await own.closings();
    return { next, mails: own.sandbox.mailbox().length };
  }

  test('6 and a half days ago is not asked again within 7 days', async () => {
    const { next, mails } = await closingAfter(6.5 * day);
    expect(next).toMatchObject({ state: 'suppressed', reasons: [{ code: 'recently_surveyed' }] });
    expect(mails).toBe(1);
  });

  test('7 days ago may be asked again', async () => {
    const { next, mails } = await closingAfter(7 * day);
    expect(next).toMatchObject({ state: 'sent' });
    expect(mails).toBe(2);
  });
});
