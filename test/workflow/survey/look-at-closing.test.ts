import { expect, test } from 'vitest';
import type { Closing } from '../../../src/domain/closing/closing.ts';
import { recordClosing } from '../../../src/store/closings/closing-reports.ts';
import type { Services } from '../../../src/workflow/context/services.ts';
import { createSteps } from '../../../src/workflow/context/steps.ts';
import { surveyConversation } from '../../../src/workflow/survey/survey-closing.ts';
import { hour, iso, minute, world, type World } from '../support.ts';

const later = { policy: { delay: hour, suppressionDays: 0 } };

async function replay(
  services: Services,
  conversationId: string,
  closingId: string | null = null,
): Promise<{ outcome: string; codes: string[] }> {
  const steps = createSteps(services, () => undefined);
  const { document } = await surveyConversation(services, { conversationId, closingId }, steps);
  return { outcome: document.outcome, codes: document.reasons.map(({ code }) => code) };
}

/** Services whose read of a customer waits for something else to happen first. */
function slow(services: Services, meanwhile: () => Promise<void>): Services {
  const getCustomer: Services['client']['getCustomer'] = async (customerId) => {
    await meanwhile();
    return services.client.getCustomer(customerId);
  };
  return { ...services, client: { ...services.client, getCustomer } };
}

const outline = ({ state, reopenedAt }: Closing): object => ({ state, reopenedAt });

test.each([
  ['as Gladly tells it', null],
  ['by a clock that is behind', -1000],
])('a read that began before a closing does not call it off, timed %s', async (_, toldFromRead) => {
  const own = await world();
  const id = await own.tell({ close: false });
  own.time.now += minute;
  const readMs = own.time.now;
  const services = slow(own.services(later), async () => {
    own.time.now += 2000;
    await own.change(id, 'close');
    if (toldFromRead !== null) {
      const told = { conversationId: id, customerId: null, closedAt: iso(readMs + toldFromRead) };
      await recordClosing(own.ledger, {
        ...told,
        lane: 'live',
        source: 'webhook',
        seenAt: iso(own.time.now),
      });
    }
    own.time.now += 1000;
    expect(await replay(own.services(later), id)).toMatchObject({ outcome: 'scheduled' });
  });
  expect(await replay(services, id)).toMatchObject({ outcome: 'suppressed' });
  expect((await own.closings()).map(outline)).toEqual([{ state: 'scheduled', reopenedAt: null }]);
});

test('nor does it tell of that closing', async () => {
  const own = await world();
  const id = await own.tell({ close: false });
  own.time.now += minute;
  const services = slow(own.services(later), async () => {
    own.time.now += 2000;
    await own.change(id, 'close');
    await replay(own.services(later), id);
  });
  expect(await replay(services, id)).toEqual({ outcome: 'suppressed', codes: ['not_closed'] });
});

test('a read that began after a closing and its verdict notes that the conversation is open again', async () => {
  const own = await world();
  const id = await own.tell();
  own.time.now += minute;
  expect(await replay(own.services(later), id)).toMatchObject({ outcome: 'scheduled' });
  own.time.now += minute;
  await own.change(id, 'reopen');
  expect(await replay(own.services(later), id)).toEqual({
    outcome: 'suppressed',
    codes: ['not_closed', 'reopened'],
  });
  expect((await own.closings()).map(outline)).toEqual([
    { state: 'suppressed', reopenedAt: expect.any(String) },
  ]);
});

/** An event without a time: its row has the time of its arrival. */
const arrived = async (own: World, conversationId: string, at: number): Promise<string> => {
  const times = { closedAt: iso(at), seenAt: iso(at) };
  const event = { lane: 'live', conversationId, customerId: null, source: 'webhook' } as const;
  return (await recordClosing(own.ledger, { ...event, ...times })).closing.id;
};

test('a closing that was told of while our clock was behind was not reopened, and is one with what others report', async () => {
  const own = await world();
  const conversationId = await own.tell();
  const closedMs = own.time.now;
  const id = await arrived(own, conversationId, closedMs - hour);
  own.time.now += minute;
  expect(await replay(own.services(), conversationId, id)).toMatchObject({ outcome: 'sent' });
  const report = { lane: 'live', conversationId, customerId: null, closedAt: iso(closedMs) } as const;
  expect(
    await recordClosing(own.ledger, { ...report, source: 'events', seenAt: iso(own.time.now) }),
  ).toMatchObject({ isNew: false, closing: { id, state: 'sent' } });
  expect(await replay(own.services(), conversationId)).toMatchObject({ outcome: 'already_surveyed' });
});

test('one that others reported before is one with theirs', async () => {
  const own = await world();
  const conversationId = await own.tell();
  const id = await arrived(own, conversationId, own.time.now - hour);
  expect(await replay(own.services(), conversationId)).toMatchObject({ outcome: 'sent' });
  const verdict = await replay(own.services({ policy: { suppressionDays: 0 } }), conversationId, id);
  expect(verdict).toMatchObject({ outcome: 'suppressed' });
  expect(verdict.codes).toContain('reopened');
});

test('a conversation that was closed when the event arrived, and again an hour later, was reopened in between', async () => {
  const own = await world();
  const conversationId = await own.tell();
  const id = await arrived(own, conversationId, own.time.now);
  own.time.now += hour / 2;
  await own.change(conversationId, 'reopen');
  own.time.now += hour / 2;
  await own.change(conversationId, 'close');
  expect(await replay(own.services(), conversationId, id)).toEqual({
    outcome: 'suppressed',
    codes: ['reopened'],
  });
  expect(await replay(own.services(), conversationId)).toMatchObject({ outcome: 'sent' });
});
