import { describe, expect, test } from 'vitest';
import { exitCodes } from '../../../src/failure.ts';
import { createSteps } from '../../../src/workflow/context/steps.ts';
import { surveyConversation } from '../../../src/workflow/survey/survey-closing.ts';
import { failureOf } from '../../gladly/local-gladly.ts';
import { faultyProxy } from '../../support/faulty-proxy.ts';
import { backfillOf, conversationOf, hour, minute, world } from '../support.ts';

/** A conversation that just closed, and services for which Gladly shows it with these properties. */
async function toldWith(properties: object) {
  const own = await world();
  const id = await own.tell();
  own.time.now += minute;
  const body = JSON.stringify({ ...(await conversationOf(own, id)), ...properties });
  const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
    request === `GET /api/v1/conversations/${id}` ? { status: 200, body } : 'pass',
  );
  return { own, id, origin };
}

describe('topics that can not be read', () => {
  test.each([[{}], ['x'], [['t1', {}]], [[['t1']]]])(
    '%j: whether one of them opts out is not known, so nothing is sent',
    async (topicIds) => {
      const { own, id, origin } = await toldWith({ topicIds });
      const services = own.services({ origin });
      const steps = createSteps(services, () => undefined);
      const failure = await failureOf(
        surveyConversation(services, { conversationId: id, closingId: null }, steps),
      );
      expect([exitCodes[failure.kind], failure.code]).toEqual([9, 'unreadable_answer']);
      await backfillOf(own.services({ origin }), [own.time.now - hour, own.time.now]);
      expect(await own.closings()).toMatchObject([{ state: 'failed', error: { code: 'unreadable_answer' } }]);
      expect(own.sandbox.mailbox()).toEqual([]);
    },
  );
});

test('an inbox that is not told may be an excluded one: the closing fails, and nothing is sent', async () => {
  const { own, origin } = await toldWith({ inboxId: null });
  const services = own.services({ origin, policy: { excludedInboxes: ['Wholesale'] } });
  await backfillOf(services, [own.time.now - hour, own.time.now]);
  expect(await own.closings()).toMatchObject([{ state: 'failed', error: { code: 'inbox_missing' } }]);
  expect(own.sandbox.mailbox()).toEqual([]);
});
