import { describe, expect, test } from 'vitest';
import { previewConversation } from '../../../src/workflow/survey/preview.ts';
import { createSteps } from '../../../src/workflow/context/steps.ts';
import { failureOf } from '../../gladly/local-gladly.ts';
import { faultyProxy } from '../../support/faulty-proxy.ts';
import { backfillNamed, conversationOf, minute, world, type ServicesChanges } from '../support.ts';

interface Inbox {
  id: string;
  name: string | null;
}

/** A closed conversation whose inbox is in the list only from the `since`-th read on; `alone`: the inbox read by id. */
async function conversationIn({
  since = 2,
  alone = null,
}: {
  since?: number;
  alone?: Partial<Inbox> | null;
}) {
  const own = await world();
  const id = await own.tell();
  own.time.now += minute;
  const { sandbox } = own;
  const authorization = `Basic ${Buffer.from(`${sandbox.email}:${sandbox.token}`).toString('base64')}`;
  const answer = await fetch(`${sandbox.origin}/api/v1/inboxes`, { headers: { authorization } });
  const inboxes = (await answer.json()) as Inbox[];
  const inboxId = String((await conversationOf(own, id))['inboxId']);
  const inbox = inboxes.find((one) => one.id === inboxId)!;
  const other = inboxes.find((one) => one.id !== inboxId)!;
  const { origin, seen } = await faultyProxy(sandbox.origin, (request, count) => {
    if (request === `GET /api/v1/inboxes/${inboxId}`) {
      return alone === null ? { status: 404 } : { status: 200, body: JSON.stringify(alone) };
    }
    if (request !== 'GET /api/v1/inboxes' || count >= since) return 'pass';
    return { status: 200, body: JSON.stringify(inboxes.filter((one) => one !== inbox)) };
  });
  const look = async (excludedInboxes: string[], changes: ServicesChanges = {}) => {
    const services = own.services({ origin, policy: { excludedInboxes }, ...changes });
    const steps = createSteps(services, () => undefined);
    return (await previewConversation(services, { conversationId: id, closingId: null }, steps)).document;
  };
  const asked = (): number => seen.filter((request) => request.startsWith('GET /api/v1/inboxes')).length;
  return { own, origin, id, inbox, other, look, asked };
}

describe('an inbox that is excluded by name', () => {
  test('and newer than the list is excluded: the list is read anew', async () => {
    const { own, inbox, look, asked } = await conversationIn({});
    await look([]);
    own.time.now += 10_000;
    const document = await look([inbox.name!]);
    expect(document.conversation?.inbox).toEqual({ id: inbox.id, name: inbox.name });
    expect(asked()).toBe(2);
    expect(document.reasons.map(({ code }) => code)).toEqual(['inbox_excluded']);
  });

  test('and not in the list at all is asked for by itself', async () => {
    const { inbox, look } = await conversationIn({ since: 9, alone: { name: 'Returns' } });
    const document = await look(['returns']);
    expect(document.conversation?.inbox).toEqual({ id: inbox.id, name: 'Returns' });
    expect(document.reasons.map(({ code }) => code)).toEqual(['inbox_excluded']);
  });

  test('may be the one that Gladly does not name: its closing fails, and nobody is asked', async () => {
    for (const alone of [null, { name: null }]) {
      const { own, origin, id, inbox, look } = await conversationIn({ since: 9, alone });
      const failure = await failureOf(look(['Some other']));
      expect([failure.kind, failure.code, failure.conversationId]).toEqual(['contract', 'inbox_unnamed', id]);
      expect(failure.message).toContain(inbox.id);
      const services = own.services({ origin, policy: { excludedInboxes: ['Some other'] } });
      expect((await backfillNamed(services, [id])).thisRun).toMatchObject({ sent: 0, failed: 1 });
      expect(own.sandbox.mailbox()).toEqual([]);
    }
  });
});

describe('an inbox that Gladly does not name', () => {
  test('is no obstacle where none is excluded, or others by their ids', async () => {
    const { other, look, asked } = await conversationIn({ since: 9 });
    expect((await look([])).outcome).toBe('would_send');
    expect((await look([` ${other.id.toUpperCase()} `])).outcome).toBe('would_send');
    // The list and the inbox; both are remembered.
    expect(asked()).toBe(2);
  });

  test('is excluded by its own id, also beside names', async () => {
    const { inbox, look } = await conversationIn({ since: 9 });
    const document = await look(['Some other', inbox.id]);
    expect(document.reasons.map(({ code }) => code)).toEqual(['inbox_excluded']);
  });
});

test('an inbox that a brand has by name, and the list lacks, is asked for by itself', async () => {
  const brands = [{ name: 'outlet', inboxes: ['returns'], own: { companyName: 'Rook Outlet' } }];
  const { look, asked } = await conversationIn({ since: 9, alone: { name: 'Returns' } });
  expect((await look([], { brands })).brand).toBe('outlet');
  expect(asked()).toBe(2);
});
