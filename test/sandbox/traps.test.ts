import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { ask, trapId, unhurried, type AnyJson } from './ask.ts';
import { asking, noon } from './asking.ts';

let sandbox: RunningSandbox;
const { conforming, customerOf, itemsOf, conversation } = asking(() => sandbox);

beforeAll(async () => {
  sandbox = await startSandbox({ clock: () => noon, size: 100, limits: unhurried });
});
afterAll(() => sandbox.close());

interface Behind {
  trap: string;
  conversationId: string;
  deviates: boolean;
  conversation: { status: string; agentId?: string; closedAt?: string; topicIds: string[] };
  closings: { closedAt: string; lastResponder: string | null; lastResponseItemId: string | null }[];
}

async function behind(name: string): Promise<Behind> {
  return (await ask(sandbox, { path: `/_sandbox/conversations?trap=${name}` })).json()[0];
}

async function profileOf(name: string): Promise<AnyJson> {
  return (await ask(sandbox, { path: `/api/v1/customer-profiles/${await customerOf(name)}` })).json();
}

const types = (items: AnyJson[]): string[] => items.map(({ content }) => content?.type);

test('every trap exists and lies before today, and is closed unless its name says otherwise', async () => {
  const all: Behind[] = (await ask(sandbox, { path: '/_sandbox/conversations' })).json();
  expect(new Set(all.map(({ trap }) => trap))).toEqual(new Set(sandbox.traps.map(({ name }) => name)));
  for (const { conversation: shown, conversationId, trap } of all) {
    expect((await ask(sandbox, { path: `/api/v1/conversations/${conversationId}` })).json()).toEqual(shown);
    const open = ['reopened', 'not_closed'].includes(trap);
    expect([trap, shown.status === 'CLOSED']).toEqual([trap, !open]);
    if (!open) expect(Date.parse(shown.closedAt ?? '')).toBeLessThan(Date.UTC(2026, 10, 22));
  }
});

test('the example: owner, closer and last responder differ; a note and an AI reply come after', async () => {
  const { conversation: shown, closings } = await behind('three_agents');
  const items = await itemsOf('three_agents');
  const closer = items.find(({ content }) => content.status === 'CLOSED').initiator.id;
  expect(new Set([shown.agentId, closer, closings[0]?.lastResponder]).size).toBe(3);
  const last = items.findIndex(({ id }) => id === closings[0]?.lastResponseItemId);
  expect(types(items.slice(last + 1))).toEqual([
    'CONVERSATION_NOTE',
    'CHAT_MESSAGE',
    'TOPIC_CHANGE',
    'CONVERSATION_STATUS_CHANGE',
  ]);
  expect(items[last + 2].initiator).toEqual({ id: 'SIDEKICK_V2', type: 'SYSTEM' });
  expect((await profileOf('three_agents')).emails).toHaveLength(1);
});

test('closings: twice in one conversation, twice of one customer', async () => {
  const { closings } = await behind('closed_twice');
  expect(closings).toHaveLength(2);
  expect(closings[0]?.lastResponder).not.toBe(closings[1]?.lastResponder);
  const both: Behind[] = (
    await ask(sandbox, { path: '/_sandbox/conversations?trap=same_customer_same_day' })
  ).json();
  const times = both.map((one) => Date.parse(one.conversation.closedAt ?? ''));
  expect(new Set(both.map(({ conversationId }) => conversationId)).size).toBe(2);
  expect(Math.max(...times) - Math.min(...times)).toBeLessThan(86_400_000);
});

describe('who answered', () => {
  test.each(['ai_only', 'api_only', 'outbound_only', 'unassigned', 'voicemail'])('%s', async (name) => {
    const items = await itemsOf(name);
    const customers = items.filter(({ initiator }) => initiator?.type === 'CUSTOMER');
    expect(customers.length > 0).toBe(name !== 'outbound_only');
    const { closings } = await behind(name);
    expect(closings[0]?.lastResponder === null).toBe(name !== 'outbound_only');
  });

  test('every kind of initiator occurs', async () => {
    const seen = new Set<string>();
    for (const { name } of sandbox.traps.filter(({ name: one }) => one !== 'busy_customer'))
      for (const { initiator } of await itemsOf(name)) seen.add(String(initiator?.type));
    expect(seen).toEqual(
      new Set(['AGENT', 'API', 'AUTOMATION', 'CUSTOMER', 'INTERNAL', 'EXTERNAL', 'SYSTEM', 'undefined']),
    );
  });

  test('the truncated timeline hides its end and says so', async () => {
    const answer = await conforming({ path: `${conversation('truncated')}/items` });
    const items = answer.json();
    expect(items).toHaveLength(1000);
    expect(answer.responseHeaders['gladly-limited-data']).toBe('true');
    const { closings } = await behind('truncated');
    expect(items.map(({ id }: AnyJson) => id)).not.toContain(closings[0]?.lastResponseItemId);
    const whole = await conforming({ path: `${conversation('three_agents')}/items` });
    expect(whole.responseHeaders['gladly-limited-data']).toBe('false');
    const hidden = await conforming({
      path: `/api/v1/conversation-items/${closings[0]?.lastResponseItemId ?? ''}`,
    });
    expect(hidden.json().initiator.id).toBe(closings[0]?.lastResponder);
  });

  test('equal times, and nanoseconds', async () => {
    const tied = (await itemsOf('equal_times')).slice(-3);
    expect(new Set(tied.map(({ timestamp }) => timestamp)).size).toBe(1);
    const digits = (await itemsOf('fractions_of_seconds')).map(
      ({ timestamp }) => /\.(\d+)Z$/.exec(timestamp)?.[1]?.length ?? 0,
    );
    expect(new Set(digits)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  });

  test('agents that are no longer listed', async () => {
    const listed = (await conforming({ path: '/api/v1/agents' })).json().map(({ id }: AnyJson) => id);
    for (const [name, status] of [
      ['deactivated_agent', 200],
      ['deleted_agent', 404],
    ] as const) {
      const agentId = (await behind(name)).closings[0]?.lastResponder ?? '';
      expect(listed).not.toContain(agentId);
      expect((await ask(sandbox, { path: `/api/v1/agents/${agentId}` })).status).toBe(status);
    }
  });
});

describe('calls', () => {
  test.each([
    ['call_inbound_answered', 'CUSTOMER', 'AGENT', true],
    ['call_inbound_unanswered', 'CUSTOMER', undefined, false],
    ['call_outbound_answered', 'AGENT', 'CUSTOMER', true],
    ['call_outbound_unanswered', 'AGENT', undefined, false],
  ])('%s', async (name, initiator, responder, answered) => {
    const call = (await itemsOf(name)).find(({ content }) => content.type === 'PHONE_CALL');
    expect([call.initiator.type, call.responder?.type]).toEqual([initiator, responder]);
    expect('answeredAt' in call.content).toBe(answered);
    expect((await behind(name)).closings[0]?.lastResponder === null).toBe(!answered);
  });

  test('a call that outlasts a message was the last response', async () => {
    const items = await itemsOf('call_outlasts_message');
    expect(types(items).slice(0, 2)).toEqual(['PHONE_CALL', 'SMS']);
    expect((await behind('call_outlasts_message')).closings[0]?.lastResponseItemId).toBe(items[0].id);
  });

  test('recordings of every status, and one with a duration in text', async () => {
    const recordings = await Promise.all(
      ['call_inbound_answered', 'recording_deleted', 'recording_error', 'recording_duration_text'].map(
        async (name) => (await itemsOf(name)).find(({ content }) => content.recordingStatus).content,
      ),
    );
    expect(recordings.map(({ recordingStatus }) => recordingStatus)).toEqual([
      'AVAILABLE',
      'DELETED',
      'ERROR',
      'AVAILABLE',
    ]);
    expect(recordings[3].recordingDuration).toBeTypeOf('string');
    expect(recordings[1]).not.toHaveProperty('recordingUrl');
    expect(types(await itemsOf('voice_ai'))).toContain('VOICE_AI_MESSAGE');
  });
});

describe('customers', () => {
  test('addresses', async () => {
    expect((await profileOf('no_address')).emails).toEqual([]);
    expect((await profileOf('phone_only')).phones).toHaveLength(1);
    expect((await profileOf('bad_address')).emails[0].original).not.toContain('@');
    const several = (await profileOf('several_addresses')).emails;
    expect(several.map(({ primary }: AnyJson) => primary)).toEqual([false, false, true]);
  });

  test('hostile names', async () => {
    const all: Behind[] = (await ask(sandbox, { path: '/_sandbox/conversations?trap=hostile_name' })).json();
    const names = await Promise.all(
      all.map(async ({ conversationId }) => {
        const { customerId } = (
          await ask(sandbox, { path: `/api/v1/conversations/${conversationId}` })
        ).json();
        const profile = await conforming({ path: `/api/v1/customer-profiles/${customerId}` });
        return String(profile.json().name);
      }),
    );
    const found = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
    expect(found(/\u001b\[/)).toBe(true);
    expect(found(/<script>/)).toBe(true);
    expect(found(/\u202e/)).toBe(true);
    expect(found(/^=/)).toBe(true);
    expect(found(/\r\n/)).toBe(true);
    expect(Math.max(...names.map((name) => name.length))).toBeGreaterThan(500);
  });

  test('opt-out directly, by a child topic, by another spelling, and removed again', async () => {
    const topics: AnyJson[] = (await conforming({ path: '/api/v1/topics' })).json();
    const namesOf = async (name: string): Promise<string[]> =>
      (await behind(name)).conversation.topicIds.map((id) => topics.find((topic) => topic.id === id).name);
    expect(await namesOf('opt_out_topic')).toContain('do_not_send_stella');
    expect(await namesOf('opt_out_child_topic')).toContain('Legal dispute');
    expect(await namesOf('opt_out_other_spelling')).toContain(' Do_Not_Send_Stella ');
    expect(await namesOf('opt_out_removed')).not.toContain('do_not_send_stella');
  });

  test('more than 100 conversations: the oldest 100 and a header', async () => {
    const path = `/api/v1/customers/${await customerOf('busy_customer')}/conversations`;
    const answer = await conforming({ path });
    const times = answer.json().map(({ createdAt }: AnyJson) => createdAt);
    expect(times).toHaveLength(100);
    expect(times).toEqual([...times].sort());
    expect(answer.responseHeaders['gladly-limited-data']).toBe('true');
  });

  test('an id that begins with a dash', async () => {
    expect(trapId(sandbox, 'id_with_dash')).toMatch(/^-/);
    const items = await itemsOf('id_with_dash');
    expect(new Set(items.map(({ conversationId }) => conversationId))).toEqual(
      new Set([trapId(sandbox, 'id_with_dash')]),
    );
  });
});
