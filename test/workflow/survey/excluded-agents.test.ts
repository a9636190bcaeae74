import { describe, expect, test } from 'vitest';
import type { Agent } from '../../../src/gladly/resources/organization.ts';
import { skippingExcludedAgents } from '../../../src/workflow/survey/excluded-agents.ts';
import { previewConversation } from '../../../src/workflow/survey/preview.ts';
import { createSteps } from '../../../src/workflow/context/steps.ts';
import { faultyProxy } from '../../support/faulty-proxy.ts';
import { minute, world, type World } from '../support.ts';

interface Colleague {
  id: string;
  name: string;
  emailAddress: string;
}

/** The sandbox's agents; the list lacks some of them, though Gladly knows each by id. */
async function colleagues(
  { sandbox, services }: World,
  isUnlisted: (agent: Colleague) => boolean,
  answers: Record<string, unknown> = {},
) {
  const authorization = `Basic ${Buffer.from(`${sandbox.email}:${sandbox.token}`).toString('base64')}`;
  const answer = await fetch(`${sandbox.origin}/api/v1/agents`, { headers: { authorization } });
  const agents = (await answer.json()) as Colleague[];
  const told: Record<string, unknown> = {
    'GET /api/v1/agents': agents.filter((agent) => !isUnlisted(agent)),
    ...answers,
  };
  const { origin, seen } = await faultyProxy(sandbox.origin, (request) =>
    told[request] === undefined ? 'pass' : { status: 200, body: JSON.stringify(told[request]) },
  );
  const look = async (conversationId: string, excludedAgents: readonly string[]) => {
    const own = services({ origin, policy: { excludedAgents: [...excludedAgents] } });
    const steps = createSteps(own, () => undefined);
    return (await previewConversation(own, { conversationId, closingId: null }, steps)).document;
  };
  /** The agents who were requested one by one. */
  const askedFor = (): string[] =>
    seen.filter((request) => request.startsWith('GET /api/v1/agents/')).map((one) => one.split('/').at(-1)!);
  return { agents, look, askedFor };
}

/** A conversation of a customer's question and these agents' responses, in this order. */
const answered = (own: World, agents: readonly Colleague[]): Promise<string> =>
  own.tell({
    messages: [
      { from: 'customer', text: 'Hello?' },
      ...agents.map(({ name }) => ({ from: 'agent', agent: name, text: 'Hello.' })),
    ],
  });

describe('agents who are excluded by email address', () => {
  async function three() {
    const own = await world();
    const everybody = await colleagues(own, () => false);
    const [first, second, third] = everybody.agents as [Colleague, Colleague, Colleague];
    const id = await answered(own, [first, second, third]);
    own.time.now += minute;
    return { own, id, agents: [first, second, third] as const };
  }

  test('and whom the list lacks are passed over: the one before them is credited', async () => {
    const { own, id, agents } = await three();
    const [first, second, third] = agents;
    const { look, askedFor } = await colleagues(own, (agent) => agent.id !== first.id);
    const document = await look(id, [third.emailAddress.toUpperCase(), second.emailAddress]);
    expect(document.attribution?.agent).toMatchObject({ id: first.id });
    expect(document.outcome).toBe('would_send');
    expect(askedFor()).toEqual([third.id, second.id]);
  });

  test('and whom the list lacks are excluded where nobody else answered', async () => {
    const { own, id, agents } = await three();
    const { look } = await colleagues(own, () => true);
    const document = await look(
      id,
      agents.map(({ emailAddress }) => emailAddress),
    );
    expect(document.attribution).toBeNull();
    expect(document.reasons.map(({ code }) => code)).toEqual(['agent_excluded']);
  });

  test('cost no request while the list has those who answered, or they are excluded by id', async () => {
    const { own, id, agents } = await three();
    const [first, second, third] = agents;
    const listed = await colleagues(own, () => false);
    expect((await listed.look(id, [third.emailAddress])).attribution?.agent.id).toBe(second.id);
    expect(listed.askedFor()).toEqual([]);
    const unlisted = await colleagues(own, ({ id: agentId }) => agentId === third.id);
    own.time.now += 20 * minute;
    const document = await unlisted.look(id, [third.id, second.emailAddress]);
    expect(document.attribution?.agent.id).toBe(first.id);
    expect(unlisted.askedFor()).toEqual([]);
  });

  test('and whom the list lacks are passed over also where their response has no time', async () => {
    const { own, id, agents } = await three();
    const [, second, third] = agents;
    const message = (timestamp: string | null, { id: agentId }: { id: string }, type: string) => ({
      id: `${agentId}-said`,
      timestamp,
      initiator: { id: agentId, type },
      content: { type: 'CHAT_MESSAGE', sessionId: 's1', content: 'Hello', messageType: 'TEXT' },
    });
    const items = [
      message('2026-11-22T11:00:00Z', { id: 'k1' }, 'CUSTOMER'),
      message('2026-11-22T11:30:00Z', second, 'AGENT'),
      message(null, third, 'AGENT'),
    ];
    const answers = { [`GET /api/v1/conversations/${id}/items`]: items };
    const { look } = await colleagues(own, (agent) => agent.id === third.id, answers);
    await expect(look(id, ['somebody@example.com'])).rejects.toThrow('no readable time');
    expect((await look(id, [third.emailAddress])).attribution?.agent.id).toBe(second.id);
  });

  test('and whom the list lacks are passed over in what follows the end of a cut timeline too', async () => {
    const own = await world();
    const answer = await fetch(`${own.sandbox.origin}/_sandbox/conversations?trap=truncated`);
    const [trap] = (await answer.json()) as { conversationId: string }[];
    const everybody = await colleagues(own, () => false);
    const last = (await everybody.look(trap!.conversationId, [])).attribution?.agent;
    own.time.now += 20 * minute;
    const { look } = await colleagues(own, ({ id }) => id === last?.id);
    const document = await look(trap!.conversationId, [last!.email!]);
    expect(document.attribution?.agent.id).not.toBe(last?.id);
  });
});

describe('passing over', () => {
  const agent = (id: string, email: string | null): Agent => ({ id, name: null, email });

  function over(excludedAgents: string[], unlisted: readonly Agent[]) {
    const asked: string[] = [];
    const directory = {
      agent: (id: string) => {
        asked.push(id);
        return Promise.resolve(unlisted.find((one) => one.id === id) ?? null);
      },
    };
    const services = { settings: { policy: { excludedAgents } }, directory };
    const agents = new Map([['listed', agent('listed', 'listed@example.com')]]);
    return { skippingExcluded: skippingExcludedAgents(services as never, agents), asked };
  }

  const lastOf =
    (ids: readonly string[]) =>
    (isExcluded: (id: string) => boolean): string[] =>
      ids.filter((id) => !isExcluded(id)).slice(-1);

  test('asks for nobody without an address on the list', async () => {
    const { skippingExcluded, asked } = over(['gone'], [agent('gone', 'gone@example.com')]);
    expect(await skippingExcluded(lastOf(['a', 'b', 'gone']), (ids) => ids)).toEqual(['b']);
    expect(asked).toEqual([]);
  });

  test('asks for each once, and for nobody who would not be credited', async () => {
    const { skippingExcluded, asked } = over(['gone@example.com'], [agent('gone', 'gone@example.com')]);
    const question = lastOf(['new', 'listed', 'gone']);
    expect(await skippingExcluded(question, (ids) => ids)).toEqual(['listed']);
    expect(await skippingExcluded(question, (ids) => [...ids, null])).toEqual(['listed']);
    expect(asked).toEqual(['gone']);
  });

  test('takes one whom nobody knows as not excluded', async () => {
    const { skippingExcluded, asked } = over(['gone@example.com'], []);
    expect(await skippingExcluded(lastOf(['gone']), (ids) => ids)).toEqual(['gone']);
    expect(asked).toEqual(['gone']);
  });
});
