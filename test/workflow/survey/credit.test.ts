import { describe, expect, test } from 'vitest';
import { exitCodes } from '../../../src/failure.ts';
import type { Services } from '../../../src/workflow/context/services.ts';
import { createSteps } from '../../../src/workflow/context/steps.ts';
import { surveyConversation } from '../../../src/workflow/survey/survey-closing.ts';
import { failureOf } from '../../gladly/local-gladly.ts';
import { faultyProxy, type Fate } from '../../support/faulty-proxy.ts';
import { backfillNamed, hour, minute, world, type World } from '../support.ts';

interface Item {
  timestamp: string;
  initiator: { type: string };
  content: { type: string };
}

async function itemsOf({ sandbox }: World, conversationId: string): Promise<Item[]> {
  const authorization = `Basic ${Buffer.from(`${sandbox.email}:${sandbox.token}`).toString('base64')}`;
  const path = `/api/v1/conversations/${conversationId}/items`;
  const answer = await fetch(`${sandbox.origin}${path}`, { headers: { authorization } });
  return (await answer.json()) as Item[];
}

const isMessage = ({ initiator, content }: Item): boolean =>
  initiator.type === 'AGENT' && content.type === 'EMAIL';

async function agentsOf(own: World): Promise<{ id: string; email: string }[]> {
  const agents = await own.services().directory.agents();
  return [...agents.values()].map(({ id, email }) => ({ id, email: email! }));
}

const replay = (services: Services, conversationId: string) =>
  surveyConversation(
    services,
    { conversationId, closingId: null },
    createSteps(services, () => undefined),
  );

test('agents that are excluded, by id or by email address, are passed over: whoever wrote before is credited', async () => {
  const own = await world();
  const [first, second, third, closer] = await agentsOf(own);
  const id = await own.tell({
    agent: closer!.id,
    messages: [
      { from: 'customer' },
      { from: 'agent', agent: first!.id },
      { from: 'agent', agent: second!.id },
      { from: 'agent', agent: third!.id },
    ],
  });
  own.time.now += minute;
  const excludedAgents = [second!.email.toUpperCase(), third!.id];
  await backfillNamed(own.services({ policy: { excludedAgents } }), [id]);
  expect(await own.closings()).toMatchObject([{ state: 'sent', agent: { id: first!.id } }]);
});

describe('a response without a readable time', () => {
  test('is an error, because nobody can tell whether it was the last one', async () => {
    const own = await world();
    const id = await own.tell();
    own.time.now += minute;
    const items = await itemsOf(own, id);
    items.findLast(isMessage)!.timestamp = 'x';
    const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
      request.endsWith('/items') ? { status: 200, body: JSON.stringify(items) } : 'pass',
    );
    const services = own.services({ origin });
    const failure = await failureOf(replay(services, id));
    expect([exitCodes[failure.kind], failure.code]).toEqual([9, 'response_without_time']);
    await backfillNamed(own.services({ origin }), [id]);
    expect(await own.closings()).toMatchObject([
      { state: 'failed', error: { code: 'response_without_time' } },
    ]);
    expect(own.sandbox.mailbox()).toEqual([]);
  });
});

describe('a cut timeline of a conversation that has just closed', () => {
  /** The second agent's response is behind the cut, and too recent for the report. */
  async function cut(fateOf: (request: string) => Fate) {
    const own = await world();
    const [first, second] = await agentsOf(own);
    const id = await own.tell({
      messages: [
        { from: 'customer', minutesAgo: 200 },
        { from: 'agent', agent: first!.id, minutesAgo: 190 },
        { from: 'customer', minutesAgo: 20 },
        { from: 'agent', agent: second!.id, minutesAgo: 5 },
      ],
    });
    own.time.now += 10 * minute;
    const items = await itemsOf(own, id);
    const visible = items.slice(0, items.findIndex(isMessage) + 1);
    const headers = { 'gladly-limited-data': 'true' };
    const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
      request.endsWith('/items') ? { status: 200, body: JSON.stringify(visible), headers } : fateOf(request),
    );
    return { own, id, second: second!, services: () => own.services({ origin }) };
  }

  const eventsBreak = (request: string): Fate =>
    request === 'GET /api/v1/events' ? { status: 503 } : 'pass';

  test('has no verdict where the credentials stop being right in the middle', async () => {
    const { own, id, services } = await cut((request) =>
      /events|reports/.test(request) ? { status: 401 } : 'pass',
    );
    expect((await failureOf(backfillNamed(services(), [id]))).kind).toBe('credentials');
    expect(await own.closings()).toMatchObject([{ state: 'pending', reasons: [], attempts: 0 }]);
  });

  test.each([
    ['and reports run behind', eventsBreak],
    [
      'and reports tell of nothing',
      (request: string): Fate =>
        request === 'POST /api/v1/reports'
          ? { status: 200, body: 'Timestamp\n', headers: { 'content-type': 'text/csv' } }
          : eventsBreak(request),
    ],
  ])('has no verdict while the events can not be asked %s, and the right one later', async (_, fateOf) => {
    let isWell = false;
    const { own, id, second, services } = await cut((request) => (isWell ? 'pass' : fateOf(request)));
    await backfillNamed(services(), [id]);
    expect(await own.closings()).toMatchObject([
      { state: 'failed', reasons: [], dueAt: expect.any(String), error: { code: 'gladly_unavailable' } },
    ]);
    expect(own.sandbox.mailbox()).toEqual([]);
    isWell = true;
    own.time.now += 2 * hour;
    await backfillNamed(services(), [id]);
    expect(await own.closings()).toMatchObject([{ state: 'sent', agent: { id: second.id } }]);
  });
});
